// When what happens: frames of the outputs, the signals of the blocks on the way, interrupts, and what a change in the
// blanking does.
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { treeOf } from '../../../test/lab.js';
import {
  displayRig,
  displaySource,
  type DisplayRig,
  type RigLayer,
  type RigMode,
  setUpPath,
  showLayer,
  startDsi,
} from '../../../test/mtk-display-rig.js';
import { ms, us } from '../../base/clock.js';
import type { TraceEvent } from '../../base/trace.js';

// A line takes a microsecond: frames of 15, the picture from 5 to 11.
const MODE: RigMode = { width: 8, height: 6, vsync: 2, backPorch: 3, frontPorch: 4 };
const MUTEX0_STREAM_EOF = 53;

async function started(soc: 'mt8173' | 'mt8183' = 'mt8173', mode: RigMode = MODE): Promise<DisplayRig> {
  const rig = await displayRig(soc, treeOf(displaySource(soc)), benchOf);
  rig.bench.setKnob(rig.path('DSI0'), 'pixelClockKhz', (mode.width + 12) * 1000);
  setUpPath(rig, soc, mode);
  return rig;
}

function flat(rig: DisplayRig, value: number): RigLayer {
  const surface = rig.surface(8 * 6 * 4);
  surface.bytes.fill(value);
  return { iova: surface.iova, pitch: 32, width: 8, height: 6 };
}

/** Everything of those kinds that the trace says from now on. */
function listen(rig: DisplayRig, ...kinds: readonly TraceEvent['kind'][]): TraceEvent[] {
  const heard: TraceEvent[] = [];
  rig.bench.trace.attach((event) => kinds.includes(event.kind) && heard.push(event));
  return heard;
}

test('the signals of MT8173 come with the vertical sync and the end of the last row, the stream last', async () => {
  const rig = await started();
  showLayer(rig, 'OVL0', 0, flat(rig, 0xff));
  startDsi(rig, MODE);
  await rig.bench.run(us(20));
  // Ids of mt8173-gce.h: OVL0 11 and 39, RDMA0 13 and 41, the stream of mutex 0 53.
  expect(rig.pulses).toEqual([
    [11, 0],
    [13, 0],
    [39, 11_000],
    [41, 11_000],
    [53, 11_000],
    [11, 15_000],
    [13, 15_000],
  ]);
});

test('the signals of MT8183 are those of every block on its path', async () => {
  const rig = await started('mt8183');
  showLayer(rig, 'OVL0', 0, flat(rig, 0xff));
  startDsi(rig, MODE);
  await rig.bench.run(us(11));
  const ids = (t: number): number[] => rig.pulses.filter((pulse) => pulse[1] === t).map(([id]) => id);
  // Ids of mt8183-gce.h. DSI0 (19, 44) tells first; then in the order of the mutex' bits; the stream of mutex 0 is 130.
  expect(ids(0)).toEqual([19, 0, 9, 10, 13, 14, 15, 16, 17]);
  expect(ids(11_000)).toEqual([44, 26, 35, 36, 39, 40, 41, 42, 43, 130]);
  expect(rig.pulses).toHaveLength(19);
});

test('1080p60 on DPI: 2200 x 1125 pixels at 148.5 MHz, of which 45 lines are blanking', async () => {
  const rig = await displayRig('mt8173', treeOf(displaySource('mt8173')), benchOf);
  rig.bench.setKnob(rig.path('DPI0'), 'pixelClockKhz', 148_500);
  const heard = listen(rig, 'event_fire');
  rig.write('DPI0', 0x20, 44);
  rig.write('DPI0', 0x24, (88 << 16) | 148);
  rig.write('DPI0', 0x28, 5);
  rig.write('DPI0', 0x2c, (4 << 16) | 36);
  rig.write('DPI0', 0x18, (1080 << 16) | 1920);
  rig.write('DPI0', 0x00, 1);
  await rig.bench.run(ms(51));
  const at = (name: string): number[] =>
    heard.filter((event) => event.kind === 'event_fire' && event.signal === name).map(({ t }) => t);
  // 1125 lines of 14 814.8148 ns are 1/60 s; 1121 of them, 4 of front porch before the next, end with the picture.
  expect(at('sof')).toEqual([0, 16_666_667, 33_333_333, 50_000_000]);
  expect(at('eof')).toEqual([16_607_407, 33_274_074, 49_940_741]);
});

test('with no pixel clock set a frame of any mode takes a sixtieth of a second', async () => {
  const rig = await started();
  rig.bench.setKnob(rig.path('DSI0'), 'pixelClockKhz', 0);
  startDsi(rig, { ...MODE, frontPorch: 400 });
  await rig.bench.run(ms(34));
  expect(rig.pulses.filter(([id]) => id === 13).map(([, t]) => t)).toEqual([0, 16_666_667, 33_333_333]);
});

test('a layer that is moved to another picture when the stream is done does not tear', async () => {
  const rig = await started();
  const pages = [flat(rig, 0x22), flat(rig, 0xdd)] as const;
  showLayer(rig, 'OVL0', 0, pages[0]);
  rig.capture(true);
  startDsi(rig, MODE);
  for (let flip = 1; flip <= 4; flip++) {
    const told = (): boolean => rig.pulses.filter(([id]) => id === MUTEX0_STREAM_EOF).length === flip;
    expect(await rig.bench.clock.runUntil(told, ms(1))).toBe(true);
    rig.write('OVL0', 0xf40, (pages[flip % 2] as RigLayer).iova);
  }
  await rig.bench.run(us(15));
  expect(rig.frames.map(({ rgb }) => [...new Set(rgb)])).toEqual([[0x22], [0xdd], [0x22], [0xdd], [0x22]]);
});

test('interrupts: lines are low while a status bit is set and enabled; writing 0 to it ends that', async () => {
  const rig = await started();
  for (const [block, offset, bits] of [
    ['OVL0', 0x04, 1 << 1],
    ['RDMA0', 0x00, (1 << 1) | (1 << 2)],
    ['MUTEX0', 0x00, 1 << 10],
    ['DSI0', 0x08, 1 << 4],
  ] as const)
    rig.write(block, offset, bits);
  const heard = listen(rig, 'irq_raise', 'irq_lower');
  startDsi(rig, MODE);
  await rig.bench.run(us(12));
  const irq = (n: number): string => `/gic:irq0.${n}`;
  expect(heard.map(({ t, kind, where }) => [t, kind, where])).toEqual([
    [0, 'irq_lower', irq(182)],
    [11_000, 'irq_lower', irq(192)],
    [11_000, 'irq_lower', irq(180)],
    [11_000, 'irq_lower', irq(169)],
  ]);
  expect([rig.read('OVL0', 8), rig.read('RDMA0', 4), rig.read('MUTEX0', 4), rig.read('DSI0', 0xc)]).toEqual([
    1 << 1,
    (1 << 1) | (1 << 2),
    1 | (1 << 10),
    0x8000_0010,
  ]);
  heard.length = 0;
  rig.write('RDMA0', 0x04, ~(1 << 1));
  rig.write('RDMA0', 0x04, 0);
  rig.write('OVL0', 0x08, 0);
  rig.write('MUTEX0', 0x04, 0);
  rig.write('DSI0', 0x0c, 0);
  expect(heard.map(({ kind, where }) => [kind, where])).toEqual([182, 180, 169, 192].map((n) => ['irq_raise', irq(n)]));
  expect([rig.read('OVL0', 8), rig.read('RDMA0', 4), rig.read('MUTEX0', 4)]).toEqual([0, 0, 0]);
});

test('frames go out on a board without GCE', async () => {
  const source = displaySource('mt8173').replace(/GCE0: [^;]*;[^;]*;[^;]*; };/, '');
  expect(source).not.toContain('gce');
  const rig = await displayRig('mt8173', treeOf(source), benchOf);
  setUpPath(rig, 'mt8173', MODE);
  showLayer(rig, 'OVL0', 0, flat(rig, 0x5a));
  rig.capture(true);
  startDsi(rig, MODE);
  await rig.bench.run(ms(17));
  expect(rig.frames.map(({ number, rgb }) => [number, [...new Set(rgb)]])).toEqual([[0, [0x5a]]]);
  expect(rig.pulses).toEqual([]);
});
