// Over the sources of all MediaTek boards, and the blobs that `npm run corpus` fetched: only MT8183 and MT8186 have
// findings, and in Linux 6.12 MT8188; all boards of a SoC have the same.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { ROOT } from '../../../test/sources.js';
import { compile } from '../../dt/compile.js';
import { readFdt } from '../../dt/fdt-read.js';
import type { DtTree } from '../../dt/tree.js';
import { hostFiles } from '../../host/files.js';
import { lintCmdqTree } from './tree-lint.js';

/** Findings of a SoC's own file, which every board of it has (facts cmdq §9.2). */
const OF_SOC: Readonly<Record<string, readonly string[]>> = {
  'mediatek,mt8183-gce': ['error mbox-cells /soc/dma-controller0@14001000'],
  'mediatek,mt8186-gce': [
    'error client-reg-mismatch /soc/mutex@14001000',
    'error client-reg-mismatch /soc/color@14009000',
  ],
};

/** In Linux 6.12 the two GCEs of MT8188 have no aliases, by which the driver finds their clocks; later they have. */
const OF_LINUX_6_12: typeof OF_SOC = {
  ...OF_SOC,
  'mediatek,mt8188-gce': ['warning gce-alias /soc/mailbox@10320000'],
};

/** What is expected of a tree, and what is found. */
function compared(tree: DtTree, known = OF_SOC): readonly [expected: readonly string[], found: readonly string[]] {
  const gce = [...tree.root.walk()].flatMap(({ compatible }) => compatible).find((name) => name.endsWith('-gce')) ?? '';
  const found = lintCmdqTree(tree).map(({ severity, rule, where }) => `${severity} ${rule} ${where}`);
  return [known[gce] ?? [], found];
}

const sources = ['v6.18', 'v7.1'].map((release) => ({ release, folder: inCorpus(corpusFolders(), `dts/${release}`) }));

test.each(sources.filter(({ folder }) => folder !== undefined))('sources of $release', ({ folder = '' }) => {
  let count = 0;
  for (const arch of ['arm64', 'arm']) {
    const boards = join(folder, 'src', arch, 'mediatek');
    const names = existsSync(boards) ? readdirSync(boards).filter((name) => name.endsWith('.dts')) : [];
    const includeDirs = ['include', 'src', 'src/arm64/mediatek'].map((dir) => join(folder, dir));
    for (const name of names) {
      const { tree } = compile(join(boards, name), hostFiles({ cwd: ROOT }), { includeDirs, bootCpu: 0 });
      const [expected, found] = compared(tree as DtTree);
      expect([name, found]).toEqual([name, expected]);
      count++;
    }
  }
  expect(count).toBeGreaterThan(100);
});

const fetched = join(ROOT, '.cache/corpus/dtb');

test.skipIf(!existsSync(fetched))('blobs of Debian', () => {
  const names = readdirSync(fetched, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dtb'));
  for (const name of names) {
    const { tree } = readFdt(readFileSync(join(fetched, name)));
    const [expected, found] = compared(tree as DtTree, OF_LINUX_6_12);
    expect([name, found]).toEqual([name, expected]);
  }
  expect(names.length).toBeGreaterThan(1000);
});
