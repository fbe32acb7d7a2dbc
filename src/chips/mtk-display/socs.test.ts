// A picture through the main path of every SoC, programmed as Linux programs it.
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { treeOf } from '../../../test/lab.js';
import { MAIN_PATHS } from '../../../test/mtk-display-boards.js';
import {
  displayRig,
  displaySource,
  type DisplayRig,
  setUpPath,
  showLayer,
  startDpi,
  startDsi,
} from '../../../test/mtk-display-rig.js';
import { us } from '../../base/clock.js';
import type { MtkDisplaySoc } from './mtk-display.js';

const MODE = { width: 8, height: 6, vsync: 2, backPorch: 3, frontPorch: 4 };
type Output = 'DSI0' | 'DP_INTF0' | 'DPI0';

async function shown(soc: MtkDisplaySoc, output: Output, change?: (rig: DisplayRig) => void): Promise<DisplayRig> {
  const rig = await displayRig(soc, treeOf(displaySource(soc)), benchOf);
  rig.bench.setKnob(rig.path(output), 'pixelClockKhz', (MODE.width + 12) * 1000);
  setUpPath(rig, soc, MODE);
  change?.(rig);
  const surface = rig.surface(8 * 6 * 4);
  surface.bytes.forEach((_, i) => {
    surface.bytes[i] = i;
  });
  showLayer(rig, 'OVL0', 0, { iova: surface.iova, pitch: 32, width: 8, height: 6 });
  rig.capture(true);
  if (output === 'DSI0') startDsi(rig, MODE);
  else startDpi(rig, output, MODE);
  await rig.bench.run(us(14));
  return rig;
}

/** B G R X in memory, R G B on the wire: 2 1 0, 6 5 4 and so on. */
const PICTURE = Array.from({ length: 8 * 6 * 3 }, (_, i) => Math.floor(i / 3) * 4 + 2 - (i % 3));

// First stream events of the GCE: what the devicetrees of the SoCs name in mediatek,gce-events of the mutex.
test.each([
  ['mt8173', 53],
  ['mt8183', 130],
  ['mt8186', 434],
  ['mt8188', 574],
  ['mt8192', 434],
  ['mt8195', 597],
  ['mt8365', undefined],
] as const)('%s shows a picture, byte for byte, and tells the end of its stream as %s', async (soc, stream) => {
  const output = MAIN_PATHS[soc].path.at(-1) as Output;
  const { frames, pulses, bench } = await shown(soc, output);
  expect(frames.map(({ start, end, rgb }) => [start, end, [...rgb]])).toEqual([[0, 11_000, PICTURE]]);
  expect(pulses.at(-1)).toEqual(stream === undefined ? undefined : [stream, 11_000]);
  expect(bench.dmaFindings).toEqual([]);
});

test.each(Object.keys(MAIN_PATHS) as MtkDisplaySoc[])('no register that Linux writes is unknown to %s', async (soc) => {
  const rig = await displayRig(soc, treeOf(displaySource(soc)), benchOf);
  const unknown: string[] = [];
  rig.bench.trace.attach((event) => {
    if (event.kind === 'unknown_reg' || event.kind === 'todo') unknown.push(`${event.where} ${JSON.stringify(event)}`);
  });
  setUpPath(rig, soc, MODE);
  showLayer(rig, 'OVL0', 0, { iova: 0, pitch: 32, width: 8, height: 6 });
  expect(unknown).toEqual([]);
});

// Of the headers of MMSYS: other ways through VDOSYS0.
test.each([
  [
    'mt8188',
    'DSI0, straight',
    'DSI0',
    [
      [0xf44, 1],
      [0xf58, 1],
    ],
    0x81,
    [],
  ],
  [
    'mt8188',
    'DSI0 through DSC',
    'DSI0',
    [
      [0xf44, 0],
      [0xf58, 0],
      [0xf64, 0x1_0000],
    ],
    0x81,
    [9],
  ],
  [
    'mt8188',
    'DP through DSC and MERGE',
    'DP_INTF0',
    [
      [0xf58, 0],
      [0xf64, 0x4_0000],
      [0xf60, 0x10],
      [0xf4c, 1],
    ],
    0x183,
    [9, 20],
  ],
  [
    'mt8188',
    'DP through MERGE',
    'DP_INTF0',
    [
      [0xf58, 6],
      [0xf60, 0x13],
      [0xf4c, 1],
    ],
    0x183,
    [20],
  ],
  [
    'mt8195',
    'DSI0, straight',
    'DSI0',
    [
      [0xf34, 0x1_0000],
      [0xf38, 1],
    ],
    0x81,
    [],
  ],
  [
    'mt8195',
    'DSI0 through DSC',
    'DSI0',
    [
      [0xf34, 0],
      [0xf38, 0],
    ],
    0x81,
    [9],
  ],
] as const)('%s to %s', async (soc, _name, output, mmsys, sof, more) => {
  const { frames } = await shown(soc, output, (rig) => {
    for (const [offset, value] of mmsys) rig.write('MMSYS0', offset, value);
    rig.write('MUTEX0', 0x2c, sof);
    rig.write(
      'MUTEX0',
      0x30,
      more.reduce((bits, mod) => bits | (1 << mod), rig.read('MUTEX0', 0x30)),
    );
    rig.write('DSC0', 0x00, 0x1_0015);
    rig.write('MERGE0', 0x20, (6 << 16) | 8);
    rig.write('MERGE0', 0x00, 1);
  });
  expect(frames.map(({ from, rgb }) => [from.length > 0, [...rgb]])).toEqual([[true, PICTURE]]);
});

test.each(['mt8183', 'mt8186', 'mt8192', 'mt8365'] as const)('%s shows a RDMA’s memory on DPI', async (soc) => {
  const rig = await displayRig(soc, treeOf(displaySource(soc)), benchOf);
  rig.bench.setKnob(rig.path('DPI0'), 'pixelClockKhz', 20_000);
  const rdma = soc === 'mt8192' ? 'RDMA4' : 'RDMA1';
  const bit = { mt8183: 1, mt8186: 17, mt8192: 17, mt8365: 10 }[soc];
  const mmsys = {
    mt8183: [[0xf30, 2]],
    mt8186: [[0xf3c, 1]],
    mt8192: [],
    mt8365: [
      [0xfd0, 1],
      [0xfdc, 1],
    ],
  }[soc];
  for (const [offset, value] of mmsys) rig.write('MMSYS0', offset as number, value as number);
  rig.write('MUTEX0', 0x4c, 0x82);
  rig.write('MUTEX0', 0x50, 1 << bit);
  rig.write('MUTEX0', 0x40, 1);
  const surface = rig.surface(8 * 6 * 4);
  surface.bytes.forEach((_, i) => {
    surface.bytes[i] = i;
  });
  for (const [offset, value] of [
    [0x14, 8],
    [0x18, 6],
    [0x24, 0x20],
    [0x2c, 32],
    [0xf00, surface.iova],
    [0x10, 3],
  ] as const)
    rig.write(rdma, offset, value);
  rig.capture(true);
  startDpi(rig, 'DPI0', MODE);
  await rig.bench.run(us(15));
  expect(rig.frames.map(({ rgb }) => [...rgb])).toEqual([PICTURE]);
});
