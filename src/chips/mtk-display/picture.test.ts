// What a panel gets: pictures byte for byte, torn where registers change in the middle of a frame, and recognisable
// where something is missing.
import type { TraceEvent } from '../../base/trace.js';
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { treeOf } from '../../../test/lab.js';
import {
  displayRig,
  displaySource,
  type DisplayRig,
  frames,
  type RigLayer,
  type RigMode,
  setUpPath,
  showLayer,
  startDsi,
} from '../../../test/mtk-display-rig.js';
import { ms, us } from '../../base/clock.js';
import type { VideoFrame } from '../../bus/video.js';

const MODE: RigMode = { width: 8, height: 6, vsync: 2, backPorch: 3, frontPorch: 4 };
/** A line takes a microsecond. */
const LINES = 2 + 3 + 6 + 4;

async function started(soc: 'mt8173' | 'mt8183' = 'mt8173', mode: RigMode = MODE): Promise<DisplayRig> {
  const rig = await displayRig(soc, treeOf(displaySource(soc)), benchOf);
  rig.bench.setKnob(rig.path('DSI0'), 'pixelClockKhz', (mode.width + 12) * 1000);
  setUpPath(rig, soc, mode);
  rig.capture(true);
  return rig;
}

const hex = (bytes: Iterable<number>): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The frame's rows, each pixel as `rrggbb`. */
function rows({ width, height, rgb }: VideoFrame): string[][] {
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_pixel, x) => hex(rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3))),
  );
}

/** One letter a pixel where all of a kind are one colour. */
const COLOURS: Readonly<Record<string, string>> = {
  '000000': '.',
  '0000ff': 's',
  ff00ff: 'm',
  ff0000: 'R',
  '00ff00': 'G',
  ffffff: 'W',
};
const letters = (frame: VideoFrame): string[] =>
  rows(frame).map((row) => row.map((pixel) => COLOURS[pixel] ?? '?').join(''));

/** A surface of one colour, B G R X. */
function flat(rig: DisplayRig, width: number, height: number, bgrx: readonly number[]): RigLayer {
  const surface = rig.surface(width * height * 4);
  for (let i = 0; i < surface.bytes.length; i++) surface.bytes[i] = bgrx[i % 4] as number;
  return { iova: surface.iova, pitch: width * 4, width, height };
}
const RED = [0, 0, 0xff, 0];
const GREEN = [0, 0xff, 0, 0];

// Bytes in memory by DRM's definition of the format, for the pixels 12 34 56 and fe dc ba with alpha 9a.
test.each([
  ['XRGB8888', 0x2000, '563412ff badcfe00'],
  ['XBGR8888', 0x0100_2000, '123456ff fedcba00'],
  ['RGBX8888', 0x3000, 'ff563412 00badcfe'],
  ['BGRX8888', 0x0100_3000, 'ff123456 00fedcba'],
  ['RGB888', 0x1000, '563412 badcfe'],
  ['BGR888', 0x0100_1000, '123456 fedcba'],
])('a %s picture comes out as it is', async (_name, con, memory) => {
  const rig = await started();
  const bytes = Uint8Array.from(memory.replace(' ', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const surface = rig.surface(4096);
  const pitch = (bytes.length / 2) * 8 + 5;
  // Pixels 0 and 1 in turns, each row one pixel further; rows have five bytes of padding.
  const size = bytes.length / 2;
  for (let y = 0; y < 6; y++)
    for (let x = 0; x < 8; x++)
      surface.bytes.set(bytes.subarray(((x + y) % 2) * size, ((x + y) % 2) * size + size), y * pitch + x * size);
  showLayer(rig, 'OVL0', 0, { iova: surface.iova, pitch, width: 8, height: 6, con });
  startDsi(rig, MODE);
  const [frame] = await frames(rig, 1);
  const even = ['123456', 'fedcba', '123456', 'fedcba', '123456', 'fedcba', '123456', 'fedcba'];
  const odd = [...even.slice(1), '123456'];
  expect(rows(frame as VideoFrame)).toEqual([even, odd, even, odd, even, odd]);
});

test('RGB565 and BGR565 are widened so that full stays full', async () => {
  const rig = await started();
  const surface = rig.surface(16);
  // f800 07e0 001f ffff 8410 as little-endian words, then black.
  surface.bytes.set([0x00, 0xf8, 0xe0, 0x07, 0x1f, 0x00, 0xff, 0xff, 0x10, 0x84]);
  const layer = { iova: surface.iova, pitch: 16, width: 8, height: 1 };
  showLayer(rig, 'OVL0', 0, { ...layer, con: 0x0000 });
  showLayer(rig, 'OVL0', 1, { ...layer, y: 1, con: 0x0100_0000 });
  startDsi(rig, MODE);
  const [frame] = await frames(rig, 1);
  const [rgb, bgr] = rows(frame as VideoFrame);
  expect(rgb?.slice(0, 5)).toEqual(['ff0000', '00ff00', '0000ff', 'ffffff', '848284']);
  expect(bgr?.slice(0, 5)).toEqual(['0000ff', '00ff00', 'ff0000', 'ffffff', '848284']);
});

test('layers lie one above the other at their offsets, cut at the picture, on the background', async () => {
  const rig = await started();
  showLayer(rig, 'OVL0', 0, { ...flat(rig, 4, 3, RED), x: 1, y: 1 });
  showLayer(rig, 'OVL0', 3, { ...flat(rig, 6, 6, GREEN), x: 4, y: 3 });
  startDsi(rig, MODE);
  const [frame] = await frames(rig, 1);
  expect(letters(frame as VideoFrame)).toEqual([
    '........',
    '.RRRR...',
    '.RRRR...',
    '.RRRGGGG',
    '....GGGG',
    '....GGGG',
  ]);
});

test('layers are blended by the alpha of pixel and layer, or of the layer alone, over what is below', async () => {
  const rig = await started();
  rig.write('OVL0', 0x28, 0xff00_0064); // Blue 100.
  const surface = rig.surface(16);
  surface.bytes.set([0, 0, 200, 51, 0, 0, 200, 255, 0, 0, 200, 0]); // Red 200 with alpha 1/5, 1, 0.
  const layer = { iova: surface.iova, pitch: 12, width: 3, height: 1 };
  showLayer(rig, 'OVL0', 0, { ...layer, con: 0x21ff });
  showLayer(rig, 'OVL0', 1, { ...layer, y: 1, con: 0x2133 }); // Layer alpha 1/5.
  showLayer(rig, 'OVL0', 2, { ...layer, y: 2, con: 0x2133, pitchHigh: 0x1000 }); // CONST_BLD.
  showLayer(rig, 'OVL0', 3, { ...layer, y: 3, con: 0x2033 }); // AEN 0.
  startDsi(rig, MODE);
  const [frame] = await frames(rig, 1);
  const first = rows(frame as VideoFrame).map((row) => row.slice(0, 3));
  expect(first.slice(0, 4)).toEqual([
    ['280050', 'c80000', '000064'], // 40 and 80; 200; 100.
    ['080060', '280050', '000064'], // 1/25: 8 and 96 (alpha 10 of 255); 40 and 80.
    ['280050', '280050', '280050'],
    ['c80000', 'c80000', 'c80000'],
  ]);
});

test('a layer upside down or mirrored is read backwards from where its address points', async () => {
  const rig = await started();
  const surface = rig.surface(32);
  surface.bytes.set([...RED, ...GREEN, ...RED, ...RED, ...GREEN, ...GREEN, ...GREEN, ...RED]);
  const layer = { pitch: 16, width: 4, height: 2 };
  showLayer(rig, 'OVL0', 0, { ...layer, iova: surface.iova });
  showLayer(rig, 'OVL0', 1, { ...layer, y: 2, iova: surface.iova + 16, con: 0x2200 });
  showLayer(rig, 'OVL0', 2, { ...layer, y: 4, iova: surface.iova + 15, con: 0x2400 });
  startDsi(rig, MODE);
  const [frame] = await frames(rig, 1);
  const left = letters(frame as VideoFrame).map((row) => row.slice(0, 4));
  expect(left).toEqual(['RGRR', 'GGGR', 'GGGR', 'RGRR', 'RRGR', 'RGGG']);
});

test('an OVL puts its layers on the picture of the OVL before it', async () => {
  const rig = await started('mt8183');
  showLayer(rig, 'OVL0', 0, flat(rig, 8, 6, RED));
  showLayer(rig, 'OVL_2L0', 1, { ...flat(rig, 2, 2, GREEN), x: 3, y: 2 });
  startDsi(rig, MODE);
  const [frame] = await frames(rig, 1);
  expect(letters(frame as VideoFrame).slice(1, 4)).toEqual(['RRRRRRRR', 'RRRGGRRR', 'RRRGGRRR']);
});

// Frames begin at 0, 15, 30 us; row y of the second goes out at 20 + y.
test.each([
  ['while row 2 goes out', 15 + 5 + 2.5, 3],
  ['as row 3 begins', 15 + 5 + 3, 3],
  ['just after row 3 began', 15 + 5 + 3.001, 4],
  ['in the blanking before the picture', 15 + 4.9, 0],
  ['in the blanking behind it', 15 + 5 + 6 + 0.5, 6],
])('an address that changes %s shows from the next row on', async (_name, at, torn) => {
  const rig = await started();
  const green = flat(rig, 8, 6, GREEN);
  showLayer(rig, 'OVL0', 0, flat(rig, 8, 6, RED));
  startDsi(rig, MODE);
  await rig.bench.run(us(at));
  rig.write('OVL0', 0xf40, green.iova);
  await rig.bench.run(us(60 - at));
  const [first, second, third] = rig.frames.map(letters);
  const whole = (colour: string, count: number): string[] => Array.from({ length: count }, () => colour.repeat(8));
  expect(first).toEqual(whole('R', 6));
  expect(second).toEqual([...whole('R', torn), ...whole('G', 6 - torn)]);
  expect(third).toEqual(whole('G', 6));
});

test('what the processor writes into a picture shows from the row on that has not gone out yet', async () => {
  const rig = await started();
  const surface = rig.surface(8 * 6 * 4);
  const paint = (colour: readonly number[]): void => {
    for (let i = 0; i < surface.bytes.length; i++) surface.bytes[i] = colour[i % 4] as number;
  };
  paint(RED);
  showLayer(rig, 'OVL0', 0, { iova: surface.iova, pitch: 32, width: 8, height: 6 });
  startDsi(rig, MODE);
  await rig.bench.run(us(5 + 1.5));
  paint(GREEN);
  rig.bench.clock.after(us(2), () => paint(RED));
  await rig.bench.run(us(LINES));
  expect((rig.frames.map(letters)[0] ?? []).map((row) => row[0]).join('')).toBe('RRGGRR');
});

test('a picture that is taken back while it goes out is magenta from the next row on', async () => {
  const rig = await started();
  const surface = rig.surface(8 * 6 * 4);
  showLayer(rig, 'OVL0', 0, { iova: surface.iova, pitch: 32, width: 8, height: 6 });
  startDsi(rig, MODE);
  await rig.bench.run(us(5 + 3.5));
  surface.unmap();
  await rig.bench.run(us(LINES));
  expect((rig.frames.map(letters)[0] ?? []).map((row) => row[0]).join('')).toBe('....mm');
});

test('frames say which they are, when they began and ended; those that nobody saw count', async () => {
  const rig = await started();
  rig.capture(false);
  startDsi(rig, MODE);
  await rig.bench.run(us(22));
  rig.capture(true);
  await rig.bench.run(us(LINES * 2));
  const path = rig.path('DSI0');
  expect(rig.frames.map(({ rgb, ...rest }) => [rest, rgb.length])).toEqual([
    [{ from: path, number: 2, width: 8, height: 6, start: 30_000, end: 41_000 }, 144],
  ]);
});

test('a picture that its block may not read is magenta, and a finding once a frame', async () => {
  const rig = await started();
  const gone = rig.surface(8 * 6 * 4);
  showLayer(rig, 'OVL0', 0, { iova: gone.iova, pitch: 32, width: 8, height: 6 });
  showLayer(rig, 'OVL0', 1, { ...flat(rig, 2, 6, RED), x: 3 });
  gone.unmap();
  startDsi(rig, MODE);
  await rig.bench.run(us(LINES * 2));
  expect(rig.frames.map((frame) => letters(frame)[5])).toEqual(['mmmRRmmm', 'mmmRRmmm']);
  expect(rig.bench.dmaFindings.map(({ dev, by, text }) => `${dev} ${by} ${text}`)).toEqual(
    Array.from(
      { length: 2 },
      () =>
        `${rig.path('OVL0')} device device reads memory that nobody has mapped ` +
        `[device address=${`0x${gone.iova.toString(16).padStart(16, '0')}`}] [size=32 bytes]`,
    ),
  );
});

test('a picture freed while it is shown is found out although nobody looks; so is one that ends early', async () => {
  const rig = await started();
  rig.capture(false);
  const freed = rig.surface(8 * 6 * 4);
  const short = rig.surface(8 * 5 * 4);
  showLayer(rig, 'OVL0', 0, { iova: freed.iova, pitch: 32, width: 8, height: 6 });
  showLayer(rig, 'OVL0', 1, { iova: short.iova, pitch: 32, width: 8, height: 6 });
  startDsi(rig, MODE);
  await rig.bench.run(us(5));
  freed.free();
  await rig.bench.run(us(LINES - 5));
  expect(rig.bench.dmaFindings.map(({ text }) => text.replace(/ \[.*/, ''))).toEqual([
    'device driver frees memory that is still mapped',
    'device reads memory that its driver has freed',
    'device reads memory that nobody has mapped',
  ]);
});

test('what a block may not read is in the trace at the same moments, whether somebody looks or not', async () => {
  const run = async (looks: boolean): Promise<TraceEvent[]> => {
    const rig = await started();
    const events: TraceEvent[] = [];
    rig.bench.trace.attach((event) => events.push(event));
    rig.capture(looks);
    const gone = rig.surface(8 * 6 * 4);
    showLayer(rig, 'OVL0', 0, { iova: gone.iova, pitch: 32, width: 8, height: 6 });
    startDsi(rig, MODE);
    await rig.bench.run(us(5 + 3.5));
    gone.unmap();
    await rig.bench.run(us(LINES * 2));
    return events;
  };
  const events = await run(true);
  expect(events.filter(({ kind }) => kind === 'dma_debug').map(({ t }) => t)).toEqual([11_000, 26_000]);
  expect(events).toEqual(await run(false));
});

test('a picture that is too short for its layer is magenta from where it ends', async () => {
  const rig = await started();
  const short = flat(rig, 8, 4, RED);
  showLayer(rig, 'OVL0', 0, { ...short, height: 6 });
  startDsi(rig, MODE);
  const all = await frames(rig, 2);
  for (const frame of all)
    expect(letters(frame)).toEqual(['RRRRRRRR', 'RRRRRRRR', 'RRRRRRRR', 'RRRRRRRR', 'mmmmmmmm', 'mmmmmmmm']);
});

test('a RDMA in memory mode shows memory, whatever is before it', async () => {
  const rig = await started();
  const { iova } = flat(rig, 8, 6, GREEN);
  rig.write('OVL0', 0x0c, 0);
  rig.write('RDMA0', 0x24, 2 << 4);
  rig.write('RDMA0', 0xf00, iova);
  rig.write('RDMA0', 0x2c, 32);
  rig.write('RDMA0', 0x10, 3);
  startDsi(rig, MODE);
  await rig.bench.run(us(5 + 3.5));
  rig.write('RDMA0', 0xf00, iova + 0x10_0000);
  await rig.bench.run(us(LINES));
  const green = 'GGGGGGGG';
  expect(letters(rig.frames[0] as VideoFrame)).toEqual([green, green, green, green, 'mmmmmmmm', 'mmmmmmmm']);
});

test('DPI shows what its path brings, in frames of its own', async () => {
  const rig = await displayRig('mt8173', treeOf(displaySource('mt8173')), benchOf);
  rig.bench.setKnob(rig.path('DPI0'), 'pixelClockKhz', 20_000);
  for (const [offset, value] of [
    [0x044, 1],
    [0x088, 1],
    [0x04c, 1],
    [0x0c8, 2],
    [0x0ac, 1],
  ] as const)
    rig.write('MMSYS0', offset, value);
  rig.write('MUTEX0', 0x70, 3);
  rig.write('MUTEX0', 0x6c, (1 << 12) | (1 << 14) | (1 << 19) | (1 << 21));
  rig.write('MUTEX0', 0x60, 1);
  rig.write('OVL1', 0x20, (6 << 16) | 8);
  rig.write('OVL1', 0x0c, 1);
  rig.write('COLOR1', 0xc50, 8);
  rig.write('COLOR1', 0xc54, 6);
  rig.write('COLOR1', 0xc00, 1);
  rig.write('GAMMA0', 0x30, (8 << 16) | 6);
  rig.write('GAMMA0', 0x00, 1);
  rig.write('RDMA1', 0x14, 8);
  rig.write('RDMA1', 0x18, 6);
  rig.write('RDMA1', 0x10, 1);
  showLayer(rig, 'OVL1', 0, { ...flat(rig, 8, 6, RED), y: 3 });
  rig.capture(true);
  rig.write('DPI0', 0x00, 1);
  rig.write('DPI0', 0x04, 1);
  rig.write('DPI0', 0x20, 2);
  rig.write('DPI0', 0x24, (6 << 16) | 4);
  rig.write('DPI0', 0x28, 2);
  rig.write('DPI0', 0x2c, (4 << 16) | 3);
  rig.write('DPI0', 0x18, (6 << 16) | 8);
  await rig.bench.run(us(3));
  rig.write('DPI0', 0x04, 0);
  const [first, second] = await frames(rig, 2, ms(1));
  expect(letters(first as VideoFrame)).toEqual([
    '........',
    '........',
    '........',
    'RRRRRRRR',
    'RRRRRRRR',
    'RRRRRRRR',
  ]);
  // 20 pixels at 20 MHz are a microsecond, 15 lines a frame.
  expect([first?.start, second?.start]).toEqual([3_000, 18_000]);
  rig.write('DPI0', 0x00, 0);
  expect(rig.bench.sockets.get(rig.path('DPI0'))?.clock.pending).toBe(0);
});
