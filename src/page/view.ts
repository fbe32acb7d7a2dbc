// One subject that a page looks at: rails, command queues, packets.
import type { Bench } from '../bench/bench.js';
import type { AudioHub } from '../stock/audio-hub.js';
import type { Player } from '../stock/player.js';
import type { DeviceLog } from './device-log.js';
import type { Args } from './protocol.js';
import type { TraceStore } from './trace-store.js';

/** What views look at. Looking changes nothing on the board. */
export interface ViewParts {
  readonly bench: Bench;
  readonly player: Player;
  readonly audio: AudioHub;
  readonly events: TraceStore;
  /** What was said about each device; a view makes its own where there is none. */
  readonly deviceLog?: DeviceLog;
  /** File name of the tree. */
  readonly tree: string;
}

/** A view that somebody watches. */
export interface View {
  /** What there is to see, as plain data; undefined while nothing has changed since the last time. */
  state(): object | undefined;
  /** Samples and pictures since the last time; see frames.ts. */
  frames?(send: (frame: Uint8Array) => void): void;
  /** Ends it: listeners are taken away. */
  close?(): void;
}

/** A kind of view. */
export interface ViewKind {
  watch(parts: ViewParts, args: Args): View;
  /** Answers one question with plain data. InputError where it makes no sense. */
  ask?(parts: ViewParts, args: Args): unknown;
}
