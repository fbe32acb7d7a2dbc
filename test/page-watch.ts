// Views of the page in tests: watched on a machine of the stock, ticked as a page does.
import type { DtTree } from '../src/dt/tree.js';
import { type Frame, readFrame } from '../src/page/frames.js';
import type { Args, ViewName } from '../src/page/protocol.js';
import { TraceStore } from '../src/page/trace-store.js';
import type { View, ViewParts } from '../src/page/view.js';
import { VIEWS } from '../src/page/views.js';
import { type StockBoard, stockBoard } from './stock-board.js';

/** A board that somebody looks at. */
export interface Watched<T> extends StockBoard {
  readonly parts: ViewParts;
  readonly view: View;
  /** Frames so far. */
  readonly frames: Frame[];
  /** Lets so much time pass, a sixtieth of a second after the other, as a page does; answers the last state. */
  pass(ns: number): Promise<T>;
}

const TICK_NS = 16_000_000;

/** Boots it, and looks. */
export async function watched<T>(tree: DtTree, name: ViewName, args: Args = {}): Promise<Watched<T>> {
  let events: TraceStore | undefined;
  const board = await stockBoard(tree, ({ trace }) => {
    events = new TraceStore(trace);
  });
  const parts: ViewParts = { ...board, events: events as TraceStore, tree: 'test.dts' };
  const view = VIEWS[name].watch(parts, args);
  const frames: Frame[] = [];
  let state: T | undefined;
  const tick = (): void => {
    state = (view.state() as T | undefined) ?? state;
    view.frames?.((bytes) => {
      const frame = readFrame(bytes);
      if (frame !== undefined) frames.push(frame);
    });
  };
  return {
    ...{ ...board, parts, view, frames },
    async pass(ns) {
      for (let left = ns; left > 0; left -= TICK_NS) {
        await board.bench.run(Math.min(left, TICK_NS));
        tick();
      }
      for (let more = 0; more < 8; more++) tick();
      return state as T;
    },
  };
}

/** The trace of what is done to a board, looked at or not. */
export async function traceOf(tree: DtTree, actions: readonly string[], ns: number, look?: ViewName): Promise<string> {
  const { bench, player, audio, events } = await (async () => {
    let store: TraceStore | undefined;
    const board = await stockBoard(tree, ({ trace }) => {
      store = new TraceStore(trace);
    });
    return { ...board, events: store as TraceStore };
  })();
  const view = look && VIEWS[look].watch({ bench, player, audio, events, tree: '' }, {});
  for (const action of actions) {
    player.act(action);
    for (let left = ns; left > 0; left -= TICK_NS) {
      await bench.run(Math.min(left, TICK_NS));
      view?.state();
      view?.frames?.(() => undefined);
    }
  }
  player.end();
  await bench.powerOff();
  view?.close?.();
  return events.events.map((event) => JSON.stringify(event)).join('\n');
}
