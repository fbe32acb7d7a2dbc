// What the blocks say of themselves: which is what somebody reads who sees no picture.
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { treeOf } from '../../../test/lab.js';
import {
  displayRig,
  displaySource,
  type DisplayRig,
  setUpPath,
  showLayer,
  startDsi,
} from '../../../test/mtk-display-rig.js';
import { us } from '../../base/clock.js';

const MODE = { width: 8, height: 6, vsync: 2, backPorch: 3, frontPorch: 4 };

async function made(): Promise<DisplayRig> {
  const rig = await displayRig('mt8173', treeOf(displaySource('mt8173')), benchOf);
  rig.bench.setKnob(rig.path('DSI0'), 'pixelClockKhz', 20_000);
  return rig;
}

const words = (rig: DisplayRig, block: string): Readonly<Record<string, string>> =>
  rig.bench.snapshot().chips.find(({ path }) => path === rig.path(block))?.words ?? {};

test('each block says what it does in a frame', async () => {
  const rig = await made();
  setUpPath(rig, 'mt8173', MODE);
  showLayer(rig, 'OVL0', 0, { iova: 0x4000_0000, pitch: 32, width: 8, height: 6 });
  showLayer(rig, 'OVL0', 2, { iova: 0x4100_0000, pitch: 64, width: 4, height: 2, x: 1, y: 3, con: 0x0100_0f80 });
  showLayer(rig, 'OVL0', 3, { iova: 0, pitch: 64, width: 4, height: 2, con: 0x4000 });
  startDsi(rig, MODE);
  await rig.bench.run(us(3));
  expect(
    Object.fromEntries(['MMSYS0', 'OVL0', 'COLOR0', 'RDMA0', 'MUTEX0', 'DSI0'].map((b) => [b, words(rig, b)])),
  ).toEqual({
    MMSYS0: { open: 'OVL0>COLOR0, COLOR0>AAL0, OD0>RDMA0, RDMA0>UFOE0, UFOE0>DSI0' },
    OVL0: {
      picture: '8x6, in a frame',
      'layer 0': '8x6 at 0,0: ARGB8888 from 0x40000000, 32 bytes a row',
      'layer 2': '4x2 at 1,3: BGR565 from 0x41000000, 64 bytes a row, mirrored, upside down, alpha 128',
      'layer 3': '4x2 at 0,0: blue, as its reader is off or its format is not modelled',
    },
    COLOR0: { picture: '8x6, in a frame' },
    RDMA0: { picture: '8x6 from the block before, in a frame' },
    MUTEX0: { 'mutex 0': 'frames of output 1, blocks at bits 11 13 18 20 22 25, in a frame' },
    DSI0: { frames: '8x6, 15 lines, 66666.67 frames a second, in a frame' },
  });
});

test('a RDMA that reads memory says from where, an output that stands says so', async () => {
  const rig = await made();
  rig.write('RDMA1', 0x14, 8);
  rig.write('RDMA1', 0x18, 6);
  rig.write('RDMA1', 0x24, 0x10);
  rig.write('RDMA1', 0x2c, 24);
  rig.write('RDMA1', 0xf00, 0x5000_0000);
  rig.write('RDMA1', 0x10, 2);
  expect(['RDMA1', 'DSI0', 'DPI0', 'MUTEX0'].map((block) => words(rig, block))).toEqual([
    { picture: '8x6 RGB888 from 0x50000000, 24 bytes a row, stands: ENGINE_EN is 0, or SOFT_RESET 1' },
    { frames: 'none go out' },
    { frames: 'none go out' },
    {},
  ]);
});

// One thing wrong at a time: the register write that is left out or added, and what the panel says.
test.each([
  ['MMSYS0', 0x040, 0, 'b14013000: nothing is led to it'],
  ['MMSYS0', 0x050, 0, 'nothing is led here'],
  ['OVL0', 0x0c, 0, 'b1400c000: EN is 0'],
  ['OVL0', 0x14, 1, 'b1400c000: RST is 1'],
  ['COLOR0', 0xc00, 0, 'b14013000: START is 0'],
  ['AAL0', 0x00, 0, 'b14015000: EN is 0'],
  ['OD0', 0x00, 0, 'b14023000: EN is 0'],
  ['UFOE0', 0x00, 0, 'b1401a000: START is 0'],
  ['RDMA0', 0x10, 0, 'b1400e000: ENGINE_EN is 0, or SOFT_RESET 1'],
  ['MUTEX0', 0x2c, 0, 'b1401a000: no frame was started: not in the mutex, or later enabled'],
  ['MUTEX0', 0x30, 2, 'b1401a000: no frame was started: not in the mutex, or later enabled'],
  ['MUTEX0', 0x20, 0, 'b1401a000: no frame was started: not in the mutex, or later enabled'],
  ['OVL0', 0x20, 0x0006_0007, 'b14013000: 8x6 is set, 7x6 comes in'],
  ['RDMA0', 0x18, 7, 'b1400e000: 8x7 is set, 8x6 comes in'],
  ['DSI0', 0x1c, 0x3_001b, '9x6 goes out, 8x6 comes in'],
] as const)('%s at %i with %i: "%s"', async (block, offset, value, why) => {
  const rig = await made();
  setUpPath(rig, 'mt8173', MODE);
  const said: string[] = [];
  rig.bench.trace.attach((event) => event.kind === 'printk' && said.push(event.text));
  if (block !== 'DSI0') rig.write(block, offset, value);
  startDsi(rig, MODE);
  if (block === 'DSI0') rig.write(block, offset, value);
  await rig.bench.run(us(40));
  const text = why.replace(/^b1/, '/b1').replace(/^(\/b[0-9a-f]+)/, (path) => `${path}@${path.slice(2)}`);
  expect(said).toEqual([`panel: no picture: ${text}`]);
  expect(words(rig, 'DSI0')['no picture']).toBe(text);
});

test('an output that gets no picture raises its underrun once a frame, and so does a RDMA that starves', async () => {
  const rig = await made();
  setUpPath(rig, 'mt8173', MODE);
  rig.write('OVL0', 0x0c, 0);
  const fired: string[] = [];
  rig.bench.trace.attach(
    (event) => event.kind === 'event_fire' && /underrun/.test(event.signal) && fired.push(event.where),
  );
  startDsi(rig, MODE);
  await rig.bench.run(us(29));
  const [dsi, rdma] = [rig.path('DSI0'), rig.path('RDMA0')];
  expect(fired.toSorted()).toEqual([rdma, rdma, dsi, dsi].toSorted());
  // The GCE hears of the RDMA's as input 63 of mt8173-gce.h.
  expect(rig.pulses.filter(([id]) => id === 63).map(([, t]) => t)).toEqual([0, 15_000]);
  expect([rig.read('RDMA0', 4) & 0x10, rig.read('DSI0', 0xc) & 0x1000]).toEqual([0x10, 0x1000]);
});
