// What the blocks' registers are after power-on and which of their bits software can write. Masks are those of Linux
// 6.12's drivers and of the register lists that each table of the model names; offsets are written out here.
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { treeOf } from '../../../test/lab.js';
import { displayRig, displaySource } from '../../../test/mtk-display-rig.js';
import type { MtkDisplaySoc } from './mtk-display.js';

const ALL = 0xffff_ffff;
/** Block, offset, value after power-on, what reads back after all ones were written. */
type Case = readonly [block: string, offset: number, reset: number, ones: number];

const layer = (n: number): Case[] => [
  ['OVL0', 0x30 + 0x20 * n, 0, 0xf38f_f7ff],
  ['OVL0', 0x34 + 0x20 * n, 0, ALL],
  ['OVL0', 0x38 + 0x20 * n, 0, 0x1fff_1fff],
  ['OVL0', 0x3c + 0x20 * n, 0, 0x1fff_1fff],
  ['OVL0', 0x40 + 0x20 * n, 0, 0x0001_000f],
  ['OVL0', 0x44 + 0x20 * n, 0, ALL],
  ['OVL0', 0xc0 + 0x20 * n, 0, ALL],
  ['OVL0', 0xc8 + 0x20 * n, 0, ALL],
  ['OVL0', 0xf40 + 0x20 * n, 0, ALL],
];

const MT8173: readonly Case[] = [
  ['OVL0', 0x00, 0x1e, 0x1e],
  ['OVL0', 0x04, 0, 0x7fff],
  ['OVL0', 0x08, 0, 0],
  ['OVL0', 0x0c, 0, ALL],
  ['OVL0', 0x14, 0, 1],
  ['OVL0', 0x20, 0, 0x1fff_1fff],
  ['OVL0', 0x24, 0, ALL],
  ['OVL0', 0x28, 0, ALL],
  ['OVL0', 0x2c, 0, 0xf],
  ...[0, 1, 2, 3].flatMap(layer),
  ['RDMA0', 0x00, 0, 0x3f],
  ['RDMA0', 0x04, 0, 0],
  ['RDMA0', 0x10, 0, 0x13],
  ['RDMA0', 0x14, 0, 0x00f2_1fff],
  ['RDMA0', 0x18, 0, 0x000f_ffff],
  ['RDMA0', 0x1c, 0, 0x000f_ffff],
  ['RDMA0', 0x24, 0, 0x1f3],
  ['RDMA0', 0x2c, 0, 0xffff],
  ['RDMA0', 0x30, 0, ALL],
  ['RDMA0', 0x40, 0, 0x8fff_0fff],
  ['RDMA0', 0xf00, 0, ALL],
  ['COLOR0', 0x400, 0, 0x20ff],
  ['COLOR0', 0xc00, 0, 7],
  ['COLOR0', 0xc50, 0, 0x3fff],
  ['COLOR0', 0xc54, 0, 0x3fff],
  ['AAL0', 0x00, 0, 1],
  ['AAL0', 0x30, 0, 0x1fff_1fff],
  ['AAL0', 0x700, 0, ALL],
  ['GAMMA0', 0x20, 0, ALL],
  ['GAMMA0', 0x7fc, 0, ALL],
  ['OD0', 0x20, 0, ALL],
  ['OD0', 0x114, 0, ALL],
  ['UFOE0', 0x00, 0, 7],
  ['MUTEX0', 0x00, 0, 0xf_ffff],
  ['MUTEX0', 0x04, 0, 0],
  ['MUTEX0', 0x20, 0, 1],
  ['MUTEX0', 0x24, 0, 3], // GET, and INT_MUTEX that answers it.
  ['MUTEX0', 0x28, 0, 1],
  ['MUTEX0', 0x2c, 0, ALL],
  ['MUTEX0', 0x30, 0, ALL],
  ['MUTEX0', 0x34, 0, ALL],
  ['MUTEX0', 0x20 + 9 * 0x20, 0, 1],
  ['MMSYS0', 0x040, 0, ALL],
  ['MMSYS0', 0x140, ALL, ALL],
  ['DSI0', 0x00, 0, 0x0001_0005],
  ['DSI0', 0x0c, 0, 0],
  ['DSI0', 0x14, 0, 0x3f_0003],
  ['DSI0', 0x1c, 0, 0x3_7fff],
  ['DSI0', 0x60, 0, 0x803f],
  ['DSI0', 0x110, 0, ALL],
  ['DSI0', 0x200, 0, ALL],
  ['DPI0', 0x00, 0, 1],
  ['DPI0', 0x04, 0, 1],
  ['DPI0', 0x08, 0, 7],
  ['DPI0', 0x0c, 0, 0],
  ['DPI0', 0x18, 0, 0x1fff_1fff],
  ['DPI0', 0x20, 0, 0x1_1fff],
  ['DPI0', 0x24, 0, 0x1fff_1fff],
];

const MT8195: readonly Case[] = [
  ['MUTEX0', 0x00, 0, ALL],
  ['MUTEX0', 0x2c, 0, ALL],
  ['MUTEX0', 0x20 + 15 * 0x20, 0, 1],
  ['MMSYS0', 0xf34, 0, ALL],
  ['DSC0', 0x00, 0, 0x1_0015],
  ['MERGE0', 0x20, 0, ALL],
  ['MERGE0', 0x40, 0, 0x1f],
  ['DP_INTF0', 0x18, 0, ALL],
  ['DP_INTF0', 0x24, 0, ALL],
  ['OVL0', 0x2d0, 0, 0xffff],
];

test.each([
  ['mt8173', MT8173],
  ['mt8195', MT8195],
] as const)('registers of %s: reset values, and the bits that can be written', async (soc, cases) => {
  const found: Case[] = [];
  for (const [block, offset] of cases) {
    const rig = await displayRig(soc satisfies MtkDisplaySoc, treeOf(displaySource(soc)), benchOf);
    const reset = rig.read(block, offset);
    rig.write(block, offset, ALL);
    found.push([block, offset, reset, rig.read(block, offset)]);
  }
  const text = (all: readonly Case[]): string[] =>
    all.map(
      ([block, offset, reset, ones]) => `${block} ${offset.toString(16)}: ${reset.toString(16)}, ${ones.toString(16)}`,
    );
  expect(text(found)).toEqual(text(cases));
});

test('an offset that no register has reads 0, ignores writes, and is traced', async () => {
  const rig = await displayRig('mt8173', treeOf(displaySource('mt8173')), benchOf);
  const seen: string[] = [];
  rig.bench.trace.attach((event) => {
    if (event.kind === 'unknown_reg') seen.push(`${event.access} ${event.reg.toString(16)}`);
  });
  for (const block of ['OVL0', 'RDMA0', 'COLOR0', 'MUTEX0', 'MMSYS0', 'DSI0', 'DPI0']) {
    rig.write(block, 0xff0, ALL);
    expect([block, rig.read(block, 0xff0)]).toEqual([block, 0]);
  }
  expect(seen).toEqual(Array.from({ length: 7 }, () => ['write ff0', 'read ff0']).flat());
});
