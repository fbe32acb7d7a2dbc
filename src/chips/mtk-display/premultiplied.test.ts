// Formats whose colours are multiplied with alpha in memory: OVLs since MT8192, with CLRFMT_MAN.
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { treeOf } from '../../../test/lab.js';
import { displayRig, displaySource, setUpPath, showLayer, startDsi } from '../../../test/mtk-display-rig.js';
import { us } from '../../base/clock.js';
import type { MtkDisplaySoc } from './mtk-display.js';

const MODE = { width: 8, height: 2, vsync: 2, backPorch: 3, frontPorch: 4 };
const PARGB8888 = 0x0080_3000;

/** The first pixel of a layer with that CON over blue 100, in hexadecimal. */
async function shown(soc: MtkDisplaySoc, con: number, memory: readonly number[], pitchHigh = 0): Promise<string> {
  const rig = await displayRig(soc, treeOf(displaySource(soc)), benchOf);
  rig.bench.setKnob(rig.path('DSI0'), 'pixelClockKhz', 20_000);
  setUpPath(rig, soc, MODE);
  rig.write('OVL0', 0x28, 0xff00_0064);
  const surface = rig.surface(4);
  surface.bytes.set(memory);
  showLayer(rig, 'OVL0', 0, { iova: surface.iova, pitch: 4, width: 1, height: 1, con, pitchHigh });
  rig.capture(true);
  startDsi(rig, MODE);
  await rig.bench.run(us(10));
  return Buffer.from(rig.frames[0]?.rgb.subarray(0, 3) ?? []).toString('hex');
}

// Alpha 0xff, red 0x12, green 0x34, blue 0x56; the order of the bytes is that of the names in DRM, low byte first.
test.each([
  ['PARGB8888', 0, [0x56, 0x34, 0x12, 0xff]],
  ['PBGRA8888', 0x0100_0000, [0xff, 0x12, 0x34, 0x56]],
  ['PABGR8888', 0x0200_0000, [0x12, 0x34, 0x56, 0xff]],
  ['PRGBA8888', 0x0300_0000, [0xff, 0x56, 0x34, 0x12]],
] as const)('%s comes out as it is where it is opaque', async (_name, swaps, memory) => {
  expect(await shown('mt8192', PARGB8888 + swaps + 0x1ff, memory)).toBe('123456');
});

// Red 200 with alpha 51, a fifth, is 40 in memory.
test.each([
  ['its own alpha', 0x1ff, 0, '280050'], // 40, and four fifths of 100.
  ['half of it', 0x180, 0, '14005a'], // 40 * 128 / 255; alpha is 26, of 100 are left 90.
  ['the layer’s alpha alone', 0x1ff, 0x1000, '280000'],
  ['no alpha: it covers', 0x0ff, 0, '280000'],
] as const)('a premultiplied pixel is laid on what is below with %s', async (_name, blending, pitchHigh, pixel) => {
  expect(await shown('mt8192', PARGB8888 + blending, [0, 0, 40, 51], pitchHigh)).toBe(pixel);
});

test('colours that are more than their alpha allows stop at full', async () => {
  expect(await shown('mt8192', PARGB8888 + 0x1ff, [250, 0, 0, 51])).toBe('0000ff');
});

test('another format under CLRFMT_MAN is not modelled, and an older OVL does not look at the bit', async () => {
  expect(await shown('mt8192', 0x0080_2000 + 0xff, [0x56, 0x34, 0x12, 0xff])).toBe('0000ff');
  expect(await shown('mt8183', 0x0080_2000 + 0xff, [0x56, 0x34, 0x12, 0xff])).toBe('123456');
});
