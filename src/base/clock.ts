// Time. One clock per bench; drivers and chips get it handed in and never look at another.
import { assert } from './assert.js';

/** A span of time in nanoseconds. Whole numbers; exact for 104 days. */
export type Duration = number;
/** Nanoseconds since the clock started. */
export type Instant = number;

/** Nanoseconds. */
export const ns = (count: number): Duration => count;
/** Microseconds. */
export const us = (count: number): Duration => count * 1_000;
/** Milliseconds. */
export const ms = (count: number): Duration => count * 1_000_000;
/** Seconds. */
export const s = (count: number): Duration => count * 1_000_000_000;

/** A timer that was set. Cancelling one that has fired or was cancelled does nothing. */
export interface Timer {
  readonly at: Instant;
  cancel(): void;
}

/** What drivers (`dev.clock`) and chips (`socket.clock`) know of time. */
export interface Clock {
  now(): Instant;
  /** Calls `fire` once, `wait` from now; never within this call, even for 0. */
  after(wait: Duration, fire: () => void): Timer;
  /** Resolves `wait` from now. On a virtual clock this costs no real time. */
  sleep(wait: Duration): Promise<void>;
}

/** A chip or driver that sets zero-time timers without end is told so, instead of hanging. */
const MOST_IN_A_MOMENT = 1_000_000;

/** Resolves when every promise that can settle has settled. The host gives it: `setImmediate`, `MessageChannel`. */
export type Settle = () => Promise<void>;

/**
 * How time passes on a clock until `done` says so or `limit` is over; answers whether it was `done`. That of a virtual
 * clock is `runUntil`; a real end needs one that waits for the world.
 */
export type Pace = (clock: SimClock, done: () => boolean, limit: Duration) => Promise<boolean>;

/** A clock that counts what its owner has set and not yet seen fire, so that a leak has a name. */
export class OwnedClock implements Clock {
  readonly owner: string;
  readonly #clock: Clock;
  readonly #count = { pending: 0 };

  constructor(clock: Clock, owner: string) {
    this.#clock = clock;
    this.owner = owner;
  }

  /** Timers and sleeps of this owner that have not ended. */
  get pending(): number {
    return this.#count.pending;
  }

  now(): Instant {
    return this.#clock.now();
  }

  after(wait: Duration, fire: () => void): Timer {
    return new OwnedTimer(this.#clock, this.#count, wait, fire);
  }

  sleep(wait: Duration): Promise<void> {
    return new Promise((resolve) => {
      this.after(wait, resolve);
    });
  }
}

/** Counts as pending until it fires or is cancelled. */
class OwnedTimer implements Timer {
  readonly #timer: Timer;
  readonly #count: { pending: number };
  readonly #fire: () => void;
  #open = true;

  constructor(clock: Clock, count: { pending: number }, wait: Duration, fire: () => void) {
    this.#count = count;
    this.#fire = fire;
    this.#timer = clock.after(wait, () => {
      this.#end();
      this.#fire();
    });
    count.pending++;
  }

  get at(): Instant {
    return this.#timer.at;
  }

  cancel(): void {
    if (!this.#open) return;
    this.#end();
    this.#timer.cancel();
  }

  #end(): void {
    this.#open = false;
    this.#count.pending--;
  }
}

class SimTimer implements Timer {
  readonly at: Instant;
  readonly seq: number;
  readonly fire: () => void;
  readonly #clock: SimClock;
  /** Place in the heap, -1 when it is not there. */
  slot = -1;

  constructor(clock: SimClock, at: Instant, seq: number, fire: () => void) {
    this.#clock = clock;
    this.at = at;
    this.seq = seq;
    this.fire = fire;
  }

  cancel(): void {
    this.#clock.drop(this);
  }
}

/**
 * Virtual, deterministic time: timers fire in order of moment, then of the sequence in which they were set,
 * and time moves only when all promises have settled.
 */
export class SimClock implements Clock {
  readonly #settle: Settle;
  readonly #heap: SimTimer[] = [];
  readonly #watchers: (() => void)[] = [];
  #now: Instant = 0;
  #seq = 0;
  #running = false;

  constructor(settle: Settle) {
    this.#settle = settle;
  }

  now(): Instant {
    return this.#now;
  }

  /** Timers that have not fired: what a clean unbind leaves at zero. */
  get pending(): number {
    return this.#heap.length;
  }

  after(wait: Duration, fire: () => void): Timer {
    if (!(wait >= 0 && Number.isFinite(wait))) assert(false, `a wait of ${wait} ns`);
    const timer = new SimTimer(this, this.#now + Math.round(wait), this.#seq++, fire);
    this.#up(timer, this.#heap.length);
    return timer;
  }

  sleep(wait: Duration): Promise<void> {
    return new Promise((resolve) => {
      this.after(wait, resolve);
    });
  }

  /**
   * Calls `watch` each time that time has moved, before anything else of that moment: nothing but time has changed
   * since the moment before. Answers how to stop. For models of what goes on steadily; watching moves no time and keeps
   * nobody awake.
   */
  onMove(watch: () => void): () => void {
    this.#watchers.push(watch);
    return () => {
      const at = this.#watchers.indexOf(watch);
      if (at >= 0) this.#watchers.splice(at, 1);
    };
  }

  /** Lets `wait` pass: fires every timer on the way, those set on the way included. */
  async run(wait: Duration): Promise<void> {
    if (!(wait >= 0 && Number.isFinite(wait))) assert(false, `a wait of ${wait} ns`);
    const end = this.#now + Math.round(wait);
    await this.#exclusive(async () => {
      while (this.#nextAt() <= end) await this.#moment();
      this.#move(end);
    });
  }

  /** Lets time pass until `done` says so, no timer is left, or `limit` has passed. Answers whether it was `done`. */
  async runUntil(done: () => boolean, limit: Duration): Promise<boolean> {
    const end = this.#now + limit;
    return this.#exclusive(async () => {
      while (!done() && this.#nextAt() <= end) await this.#moment();
      return done();
    });
  }

  /** Settles promises and fires nothing. */
  settle(): Promise<void> {
    return this.#settle();
  }

  /** Takes a timer out before it fires. Called by its `cancel`. */
  drop(timer: SimTimer): void {
    if (timer.slot < 0) return;
    const last = this.#heap.pop() as SimTimer;
    const hole = timer.slot;
    timer.slot = -1;
    if (last === timer) return;
    this.#down(last, hole);
    this.#up(last, last.slot);
  }

  async #exclusive<T>(body: () => Promise<T>): Promise<T> {
    assert(!this.#running, 'the clock is already running');
    this.#running = true;
    try {
      await this.#settle();
      return await body();
    } finally {
      this.#running = false;
    }
  }

  #nextAt(): Instant {
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Moves to the next timer's moment, fires all of that moment, settles once. */
  async #moment(): Promise<void> {
    this.#move(this.#nextAt());
    let fired = 0;
    for (let next = this.#heap[0]; next !== undefined && next.at === this.#now; next = this.#heap[0]) {
      if (++fired > MOST_IN_A_MOMENT)
        assert(false, `more than ${MOST_IN_A_MOMENT} timers at ${this.#now} ns: time stands still`);
      this.drop(next);
      next.fire();
    }
    await this.#settle();
  }

  #move(to: Instant): void {
    if (to === this.#now) return;
    this.#now = to;
    for (let i = 0; i < this.#watchers.length; i++) (this.#watchers[i] as () => void)();
  }

  #up(timer: SimTimer, from: number): void {
    const heap = this.#heap;
    let slot = from;
    while (slot > 0) {
      const parent = heap[(slot - 1) >> 1] as SimTimer;
      if (!before(timer, parent)) break;
      heap[slot] = parent;
      parent.slot = slot;
      slot = (slot - 1) >> 1;
    }
    heap[slot] = timer;
    timer.slot = slot;
  }

  #down(timer: SimTimer, from: number): void {
    const heap = this.#heap;
    let slot = from;
    for (;;) {
      let child = 2 * slot + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as SimTimer, heap[child] as SimTimer)) child++;
      if (!before(heap[child] as SimTimer, timer)) break;
      heap[slot] = heap[child] as SimTimer;
      (heap[slot] as SimTimer).slot = slot;
      slot = child;
    }
    heap[slot] = timer;
    timer.slot = slot;
  }
}

function before(a: SimTimer, b: SimTimer): boolean {
  return a.at < b.at || (a.at === b.at && a.seq < b.seq);
}
