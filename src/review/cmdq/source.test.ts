import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { corpusFolders, inCorpus } from '../../../test/corpus.js';
import { randomProgram } from '../../../test/cmdq-random.js';
import { Random } from '../../base/random.js';
import { CmdqNames, ModuleNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { cmdqSoc, cmdqSocOfTree } from '../../drivers/mtk-cmdq/soc-tables.js';
import { readFdt } from '../../dt/fdt-read.js';
import { assemble } from './assemble.js';
import { sourceOf } from './source.js';

/** Memory with words as the facts write them. */
function memory(...words: readonly string[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 8));
  words.forEach((word, i) => {
    const [high = '', low = ''] = word.split('_');
    view.setUint32(i * 8, Number.parseInt(low, 16), true);
    view.setUint32(i * 8 + 4, Number.parseInt(high, 16), true);
  });
  return new Uint8Array(view.buffer);
}

describe('a source', () => {
  const bytes = memory('20000035_80008001', '10000000_00000010', '40000000_00000001', '10000001_00001000');
  const names = new CmdqNames(cmdqSoc('mt8173'));

  test('has labels, addresses, words and notes; a rest is told', () => {
    const all = Uint8Array.of(...bytes, 1, 2, 3);
    const notes = new Map([[8, 'here']]);
    expect(sourceOf(all, names, { base: 0x1000, words: true, head: ['two', 'lines'], notes })).toBe(`; two
; lines
.soc mt8173
.base 0x00001000
L_0000:
    wait MUTEX0_STREAM_EOF                   ; 00001000 20000035_80008001
    jump L_0018                              ; 00001008 10000000_00000010  here
    eoc                                      ; 00001010 40000000_00000001
L_0018:
    jump_abs L_0000                          ; 00001018 10000001_00001000
; the last 3 bytes are no instruction
`);
  });

  test('is plain when nothing is asked for', () => {
    expect(sourceOf(bytes.subarray(0, 16), new CmdqNames(undefined))).toBe('    wait 53\n    jump +16\n');
    expect(sourceOf(new Uint8Array(0), new CmdqNames(undefined))).toBe('');
  });

  test('has longer offsets where they are needed', () => {
    const lines = sourceOf(new Uint8Array(0x1_0008), new CmdqNames(undefined), { words: true }).split('\n');
    expect(lines.at(-3)?.slice(45)).toBe('; fff8 00000000_00000000');
    expect(lines.at(-2)?.slice(45)).toBe('; 10000 00000000_00000000');
  });
});

const BOARDS = [
  ...['mt8173-elm', 'mt8183-kukui-krane-sku176', 'mt8186-corsola-steelix-sku131072', 'mt8192-asurada-spherion-r0'],
  ...['mt8195-cherry-tomato-r2', 'mt8395-genio-1200-evk', 'mt8365-evk'],
];

for (const board of BOARDS) {
  const path = inCorpus(corpusFolders(), `dtb/${board}.dtb`);
  test.skipIf(path === undefined)(`with the names of ${board} every program comes back as it was`, () => {
    const { tree } = readFdt(readFileSync(path as string));
    if (tree === undefined) throw new Error('the tree cannot be read');
    const names = new CmdqNames(cmdqSocOfTree(tree), new ModuleNames(tree));
    const random = new Random(board);
    for (let i = 0; i < 100; i++) {
      const bytes = randomProgram(random, 40);
      expect(assemble(sourceOf(bytes, names, { words: true }), { names }).bytes).toEqual(bytes);
    }
  });
}
