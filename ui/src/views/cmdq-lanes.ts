// The past of a GCE as the page keeps it: a lane for each thread and each event, the last marks of each.
import { type Mark, THREAD_STATES } from '../../../src/page/views/cmdq-marks.js';

type ThreadState = (typeof THREAD_STATES)[number];

/** Marks of one lane in order of time; the oldest are forgotten. */
export class Lane {
  readonly #times: Float64Array;
  readonly #states: Uint8Array;
  readonly #events: Int16Array;
  /** Marks that ever came. */
  #count = 0;

  constructor(most: number) {
    this.#times = new Float64Array(most);
    this.#states = new Uint8Array(most);
    this.#events = new Int16Array(most);
  }

  /** How many are kept. */
  get length(): number {
    return Math.min(this.#count, this.#times.length);
  }

  push({ t, state, event }: Mark): void {
    const at = this.#count++ % this.#times.length;
    this.#times[at] = t;
    this.#states[at] = THREAD_STATES.indexOf(state);
    this.#events[at] = event ?? -1;
  }

  /** When mark `n` was, the oldest that is kept being 0. */
  time(n: number): number {
    return this.#times[this.#slot(n)] as number;
  }

  /** The state of the thread from mark `n` on. */
  state(n: number): ThreadState {
    return THREAD_STATES[this.#states[this.#slot(n)] as number] as ThreadState;
  }

  /** The event that it waits for; undefined where it does not. */
  event(n: number): number | undefined {
    const event = this.#events[this.#slot(n)] as number;
    return event < 0 ? undefined : event;
  }

  /** The first mark that is later than a moment; `length` where none is. */
  after(t: number): number {
    let [from, to] = [0, this.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.time(middle) <= t) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #slot(n: number): number {
    const most = this.#times.length;
    return this.#count <= most ? n : (this.#count + n) % most;
  }
}

/** For half a minute of a display at 60 Hz, and more. */
const MOST_OF_THREAD = 8192;
const MOST_OF_EVENT = 4096;

/** All lanes. */
export class Lanes {
  readonly threads = new Map<number, Lane>();
  readonly events = new Map<number, Lane>();
  troubles = new Lane(MOST_OF_EVENT);
  /** The first moment of which there is something. */
  #last = -1;

  /** Takes marks. Such that are older than what is there begin a new past: another board, or another GCE. */
  take(marks: readonly Mark[]): void {
    if (marks[0] !== undefined && marks[0].t < this.#last) this.clear();
    for (const mark of marks) this.#laneOf(mark).push(mark);
    this.#last = marks.at(-1)?.t ?? this.#last;
  }

  clear(): void {
    this.threads.clear();
    this.events.clear();
    this.troubles = new Lane(MOST_OF_EVENT);
    this.#last = -1;
  }

  #laneOf({ kind, id }: Mark): Lane {
    if (kind === 'trouble') return this.troubles;
    const [lanes, most] = kind === 'thread' ? [this.threads, MOST_OF_THREAD] : [this.events, MOST_OF_EVENT];
    const lane = lanes.get(id) ?? new Lane(most);
    lanes.set(id, lane);
    return lane;
  }
}
