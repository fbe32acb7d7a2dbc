// What page and board say to each other, in a Worker as over a websocket: commands as JSON, answers and states as JSON,
// samples and pictures as bytes (frames.ts).
import type { Duration, Instant } from '../base/clock.js';

/** Its number: a page and a board of different ones do not understand each other. */
export const PROTOCOL = 1;

/** What can be watched. */
export const VIEW_NAMES = [
  ...(['board', 'display', 'power', 'cmdq', 'audio', 'network', 'registers', 'trace'] as const),
  'faults',
] as const;
/** The name of a view. */
export type ViewName = (typeof VIEW_NAMES)[number];

/** Arguments of a view or a query: plain words and numbers. */
export type Args = Readonly<Record<string, string | number | boolean>>;

/** A command of the page. `id` comes back with the reply. */
export type Command =
  /** Time passes, as in the world. */
  | { readonly id: number; readonly do: 'run' }
  | { readonly id: number; readonly do: 'pause' }
  /** So much time passes as fast as it can. */
  | { readonly id: number; readonly do: 'step'; readonly ns: Duration }
  /** One action of a scenario, now: `set power@40:load1Ma=500`. */
  | { readonly id: number; readonly do: 'act'; readonly action: string }
  /** States of a view from now on, a few times a second, when something has changed. One watch per view. */
  | { readonly id: number; readonly do: 'watch'; readonly view: ViewName; readonly args: Args }
  | { readonly id: number; readonly do: 'unwatch'; readonly view: ViewName }
  /** One question to a view; the reply is its answer. */
  | { readonly id: number; readonly do: 'ask'; readonly view: ViewName; readonly args: Args };

/** A command as a caller writes it. */
export type CommandBody = Command extends infer C ? (C extends { id: number } ? Omit<C, 'id'> : never) : never;

/** Where the board is, and what it is of. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  /** In the page itself, or in a program that the page talks to. */
  readonly place: 'page' | 'remote';
  /** File name of the tree, and the SHA-256 of its blob. */
  readonly tree: string;
  readonly sha256: string;
  readonly model: string;
  readonly compatible: readonly string[];
  readonly seed: string;
  /** The moment at which probing had ended: where the command line's `--for` begins. */
  readonly probedNs: Instant;
  /** Whether time can be stopped: not where the world is on the other side of a real end. */
  readonly canPause: boolean;
  /** What the board can be kept busy with; `hindrance` says why it cannot. */
  readonly activities: readonly ActivityOffer[];
}

/** An activity as the page offers it. */
export interface ActivityOffer {
  readonly name: string;
  readonly about: string;
  readonly hindrance?: string;
}

/** What the board says. */
export type Message =
  | Hello
  | {
      readonly type: 'time';
      readonly t: Instant;
      readonly running: boolean;
      /** By how much it is behind the world while it runs. */
      readonly behindNs: Duration;
      /** Activities that run, and the scenario so far, one action a line: when they have changed. */
      readonly activities?: readonly string[];
      readonly scenario?: string;
    }
  | { readonly type: 'view'; readonly view: ViewName; readonly state: unknown }
  | { readonly type: 'reply'; readonly id: number; readonly ok: unknown }
  /** What a person did wrong, or a device said: one line. */
  | { readonly type: 'reply'; readonly id: number; readonly error: string }
  /** Our mistake: the board stands still. */
  | { readonly type: 'broken'; readonly error: string };

/** What a board sends: messages as JSON text, frames as bytes. */
export interface Outlet {
  text(json: string): void;
  bytes(frame: Uint8Array): void;
}
