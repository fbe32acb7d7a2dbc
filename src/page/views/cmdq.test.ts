import { expect, test } from 'vitest';
import { ms } from '../../base/clock.js';
import type { TraceEvent } from '../../base/trace.js';
import type { Bench } from '../../bench/bench.js';
import { settle } from '../../host/settle.js';
import { AudioHub } from '../../stock/audio-hub.js';
import { buildMachine, powerOn } from '../../stock/machine.js';
import { Player } from '../../stock/player.js';
import { labTree, treeOf } from '../../../test/lab.js';
import type { DtTree } from '../../dt/tree.js';
import { type Frame, readFrame } from '../frames.js';
import type { Args } from '../protocol.js';
import { TraceStore } from '../trace-store.js';
import type { View, ViewParts } from '../view.js';
import { cmdq, type CmdqState } from './cmdq.js';
import { MarkRows, readMarks } from './cmdq-marks.js';
import { smaller } from './cmdq-screen.js';

const GCE = '/soc@10000000/mailbox@10238000';

async function board(
  tree: DtTree = labTree(),
  param: readonly string[] = [],
): Promise<ViewParts & { readonly bench: Bench; readonly player: Player }> {
  const options = { seed: '1', fault: [], set: [], param };
  const bench = buildMachine(tree, options, { settle });
  const events = new TraceStore(bench.trace);
  await powerOn(bench, options);
  const audio = new AudioHub();
  return { bench, audio, events, player: new Player({ bench, audio }), tree: 'lab.dtb' };
}

/** Ticks as a page does: with each piece of time, and once more when it stands still. */
async function pass(parts: ViewParts, view: View, wait: number, piece = ms(16)): Promise<[CmdqState, Frame[]]> {
  let state: CmdqState | undefined;
  const frames: Frame[] = [];
  const tick = (): void => {
    state = (view.state() as CmdqState | undefined) ?? state;
    view.frames?.((bytes) => frames.push(readFrame(bytes) as Frame));
  };
  for (let left = wait; left > 0; left -= piece) {
    await parts.player.run(Math.min(piece, left));
    tick();
  }
  tick();
  return [state as CmdqState, frames];
}

const watch = (parts: ViewParts, args: Args = {}): View => cmdq.watch(parts, args);

test('a thread that waits is told with its event by name, its program, and who raises the event', async () => {
  const parts = await board();
  const view = watch(parts);
  const [before] = await pass(parts, view, ms(1));
  expect(before.threads.map(({ id, words, owner }) => [id, words, owner])).toEqual([
    [0, 'is not enabled', '/soc@10000000/syscon@14000000'],
    [1, 'is not enabled', '/soc@10000000/syscon@14000000'],
  ]);
  expect([before.gces, before.flips]).toEqual([[{ path: GCE, soc: 'mt8183' }], { running: false }]);
  parts.player.act('start flips');
  const [state, frames] = await pass(parts, view, ms(100));
  expect(state.threads[0]).toMatchObject({
    state: 'waiting',
    words: 'waits for event 130 (MUTEX_STREAM_DONE0) to be 1',
  });
  expect(state.thread).toBe(0);
  // The packet of a flip: clear the event, wait for it, the writes of a layer, EOC.
  const text = state.program?.lines.map((line) => line.text) ?? [];
  expect(text.slice(0, 2)).toEqual(['clear MUTEX_STREAM_DONE0', 'wait_keep MUTEX_STREAM_DONE0']);
  expect([text.filter((line) => line.includes('ovl0+')).length, text.at(-1)]).toEqual([8, 'eoc']);
  expect(state.program?.pc).toBe((state.program?.base ?? 0) + 8);
  expect(state.wait?.says).toBe('thread 0 waits at offset 0x0008 for event 130 (MUTEX_STREAM_DONE0) to be 1');
  expect(state.wait?.raised).toMatchObject({ where: '/soc@10000000/mutex@14016000', signal: 'stream_eof0' });
  const marks = frames.flatMap((frame) => (frame.what === 'rows' ? readMarks(frame.bytes) : []));
  const waits = marks.filter(({ kind, event }) => kind === 'thread' && event === 130).map(({ t }) => t);
  const raises = marks.filter(({ kind, id }) => kind === 'event' && id === 130).map(({ t }) => t);
  // Behind each end of a frame the next packet comes to its wait, 550 ns later.
  expect(waits.slice(-3)).toEqual(raises.slice(-3).map((t) => t + 550));
  expect(state.events.find(({ id }) => id === 130)).toEqual({ id: 130, name: 'MUTEX_STREAM_DONE0', waited: true });
  view.close?.();
  const late = watch(parts);
  const [again, past] = await pass(parts, late, ms(1));
  expect(again.wait?.raised?.signal).toBe('stream_eof0');
  expect(past.flatMap((frame) => (frame.what === 'rows' ? readMarks(frame.bytes) : [])).length).toBeGreaterThan(50);
  late.close?.();
  parts.player.end();
  expect(await parts.bench.powerOff()).toEqual([]);
});

test('a raise that is lost: the thread waits on, and the fault is told', async () => {
  const parts = await board();
  const view = watch(parts);
  parts.player.act('start flips');
  await pass(parts, view, ms(60));
  parts.player.act('fault event.fire@stream_eof0=lost');
  const [state] = await pass(parts, view, ms(200));
  expect(state.threads[0]?.state).toBe('waiting');
  expect(parts.bench.clock.now() - (state.wait?.since ?? 0)).toBeGreaterThan(ms(180));
  // The mutex fires at the end of each frame, and nothing of it arrives.
  expect(state.wait?.raised).toMatchObject({ signal: 'stream_eof0', lost: true });
  expect(state.troubles).toMatchObject([{ text: 'event.fire@stream_eof0 lost', count: 12 }]);
  view.close?.();
  parts.player.end();
  await parts.bench.powerOff();
});

test('the screen comes as a small picture, whole, with the picture that it shows', async () => {
  const parts = await board();
  const view = watch(parts, { screen: true });
  parts.player.act('start flips');
  const [state, frames] = await pass(parts, view, ms(500));
  const pictures = frames.filter(({ what }) => what === 'picture');
  expect(pictures.length).toBeGreaterThan(3);
  expect(pictures.length).toBeLessThan(7);
  expect(pictures.at(-1)).toMatchObject({ width: 360, height: 640, which: 0 });
  expect(state.screen).toMatchObject({ width: 720, height: 1280, torn: false, parts: [{ firstRow: 0, rows: 1280 }] });
  // Frame by frame each is shown.
  const numbers: (number | undefined)[] = [];
  for (let step = 0; step < 4; step++) {
    const [next] = await pass(parts, view, state.frameNs ?? 0, ms(20));
    numbers.push(next.screen?.number);
  }
  const first = numbers[1] as number;
  expect(numbers.slice(1)).toEqual([first, first + 1, first + 2]);
  view.close?.();
  parts.player.end();
  expect(await parts.bench.powerOff()).toEqual([]);
});

test('a processor that comes late to its interrupt tears the screen, and the view says where', async () => {
  const parts = await board(labTree(), ['mediatek-drm.cmdq=off']);
  const view = watch(parts, { screen: true });
  parts.player.act('start flips');
  await pass(parts, view, ms(100));
  const [first] = await pass(parts, view, ms(20), ms(20));
  // A millisecond late: the blanking is over, and rows of the next frame have gone out.
  parts.player.act('fault irq.deliver#1=late');
  const seen: (CmdqState['screen'] | undefined)[] = [];
  for (let step = 0; step < 4; step++) seen.push((await pass(parts, view, ms(16.69), ms(20)))[0].screen);
  const torn = seen.filter((screen) => screen?.torn === true);
  expect([torn.length, first.whyCpu]).toEqual([1, 'the driver was told so']);
  const [above, below] = torn[0]?.parts ?? [];
  expect([above?.firstRow, (below?.picture ?? 0) - (above?.picture ?? 0)]).toEqual([0, 1]);
  // 1 ms less the blanking of 36 lines, at 12.66 us a line.
  expect([above?.rows, below?.rows]).toEqual([43, 1237]);
  view.close?.();
  parts.player.end();
  expect(await parts.bench.powerOff()).toEqual([]);
});

test.each(['', 'mmio.write@14008000.ovl=lost', 'event.fire@stream_eof0#3=lost'])(
  'who watches changes nothing: equal traces, with fault %s',
  async (fault) => {
    const run = async (watched: boolean): Promise<string> => {
      const parts = await board();
      const events: TraceEvent[] = [];
      parts.bench.trace.attach((event) => events.push(event));
      const view = watched ? watch(parts, { screen: true }) : undefined;
      const still: View = { state: () => undefined };
      parts.player.act('start flips');
      await pass(parts, view ?? still, ms(100));
      if (fault !== '') parts.player.act(`fault ${fault}`);
      await pass(parts, view ?? still, ms(150));
      parts.player.act('stop flips');
      await pass(parts, view ?? still, ms(100));
      view?.close?.();
      parts.player.end();
      await parts.bench.powerOff();
      return JSON.stringify(events);
    };
    expect(await run(true)).toBe(await run(false));
  },
  60_000,
);

test('a board without a GCE says so, and nothing else', async () => {
  const parts = await board(treeOf('/ { compatible = "none"; };'));
  const view = watch(parts, { gce: '/nowhere', thread: '3', screen: true });
  const hindrance = 'no display of this board can be switched on: nothing in it would make one';
  expect(view.state()).toEqual({
    ...{ gces: [], threads: [], events: [], troubles: [] },
    flips: { running: false, hindrance },
    outputs: [],
  });
  expect(view.state()).toBeUndefined();
  view.close?.();
});

test('a picture is divided by a whole number, each pixel the mean of a square', () => {
  const rgb = new Uint8Array(961 * 3 * 3);
  // A square of three by three, of which one pixel is 90.
  rgb.set([90, 0, 9], 961 * 3 + 3);
  const { width, height, rgba } = smaller({ width: 961, height: 3, rgb });
  expect([width, height, [...rgba.subarray(0, 8)]]).toEqual([320, 1, [10, 0, 1, 255, 0, 0, 0, 255]]);
});

test('marks travel as they are, and more than can wait are forgotten, the oldest first', () => {
  const rows = new MarkRows();
  expect(rows.take()).toBeUndefined();
  const mark = { t: 16_683_072.5, kind: 'thread', state: 'waiting', id: 23, event: 0 } as const;
  rows.push(mark);
  expect(readMarks(rows.take() as Uint8Array)).toEqual([mark]);
  for (let t = 0; t < 70_000; t++) rows.push({ t, kind: 'event', state: 'disabled', id: 130, event: undefined });
  const kept = readMarks(rows.take() as Uint8Array);
  expect([kept.length, kept[0]?.t, kept.at(-1)?.t]).toEqual([70_000 - 32_768, 32_768, 69_999]);
});
