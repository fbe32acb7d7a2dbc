// Over the blobs of real boards: the two wrong entries of mt8186.dtsi, the stray cells of mt8183.dtsi, nothing else.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import type { DtTree } from '../../dt/tree.js';
import { readFdt } from '../../dt/fdt-read.js';
import { lintCmdqTree } from './tree-lint.js';

const STEELIX = 'mt8186-corsola-steelix-sku131072.dtb';
const folder = inCorpus(corpusFolders(), `dtb/${STEELIX}`)?.slice(0, -STEELIX.length);

function found(path: string): string[] {
  const { tree } = readFdt(readFileSync(path));
  return lintCmdqTree(tree as DtTree).map(({ severity, rule, where }) => `${severity} ${rule} ${where}`);
}

// facts cmdq §9.2
test.skipIf(folder === undefined)('a board with an MT8186 of Linux 6.12 has two wrong entries', () => {
  const { tree } = readFdt(readFileSync(join(folder as string, STEELIX)));
  expect(lintCmdqTree(tree as DtTree).map(({ text, suggestion }) => [text.split(':')[0], suggestion])).toEqual([
    ['/soc/mutex@14001000', 'Write <&gce 1 0x1000 0x1000>.'],
    ['/soc/color@14009000', 'Write <&gce 1 0x9000 0x1000>.'],
  ]);
});

test.skipIf(folder === undefined)('no other board has a finding but the MT8183, whose mboxes have stray cells', () => {
  const names = readdirSync(folder as string).filter((name) => name.endsWith('.dtb') && name !== STEELIX);
  expect(names.length).toBeGreaterThan(10);
  const all = names.flatMap((name) => found(join(folder as string, name)).map((line) => `${name} ${line}`));
  // facts cmdq §9.2: the MDP's third cell
  const expected = names.filter((name) => name.startsWith('mt8183')).map((name) => `${name} ${STRAY}`);
  expect(all).toEqual(expected);
});

const STRAY = 'error mbox-cells /soc/dma-controller0@14001000';
