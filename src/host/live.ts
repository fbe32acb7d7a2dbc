// Virtual time in step with real time, until somebody says stop.
import { type Duration, ms, type Pace, type Timer } from '../base/clock.js';

/** What can let virtual time pass: a SimClock, or the bench around it. */
export interface Runs {
  run(wait: Duration): Promise<void>;
}

/** Real time, as it is read and waited for; tests give their own. */
export interface RealTime {
  /** Nanoseconds from any start. */
  nowNs(): number;
  /** Calls `fire` once, `wait` from now. */
  after(wait: Duration, fire: () => void): Pick<Timer, 'cancel'>;
}

/** That of this computer. */
export const hostTime: RealTime = {
  nowNs: () => Number(process.hrtime.bigint()),
  after(wait, fire) {
    const timer = setTimeout(fire, wait / ms(1));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** How far a live run came. */
export interface LiveResult {
  /** Virtual time that has passed. */
  readonly virtualNs: Duration;
  /** By how much it stayed behind real time: the models need more than this computer gives. */
  readonly behindNs: Duration;
}

const STEP = ms(10);
/** After a pause of the computer, or under load, at most this much is caught up in one go, so that a stop is heard. */
const CATCH_UP = ms(250);

/**
 * Lets the clock of one bench follow real time, from the moment when this is made. Steps are small; where an answer of
 * the world comes between two of them, `arrived` makes a step at once, so that what the answer sets off begins at the
 * right moment.
 */
export class LiveTime {
  readonly #time: RealTime;
  #startNs: number;
  readonly #arrivals: (() => void)[] = [];
  #virtualNs = 0;
  #following = false;
  /** Ends the pause between two steps. */
  #wake = (): void => {};

  constructor(time: RealTime = hostTime) {
    this.#time = time;
    this.#startNs = time.nowNs();
  }

  /** Follows from this moment on instead of that in which it was made. Not while it follows. */
  begin(): void {
    this.#startNs = this.#time.nowNs() - this.#virtualNs;
  }

  /** How far it came. */
  get result(): LiveResult {
    return { virtualNs: this.#virtualNs, behindNs: Math.max(0, this.#behindNs) };
  }

  /** For a bench: what it drives passes as the world does. */
  readonly pace: Pace = async (clock, done, limit) => {
    const end = clock.now() + limit;
    await this.#follow(clock, () => done() || clock.now() >= end);
    return done();
  };

  /** Lets real time pass, and that of `runs` with it, until `stop` is aborted or `untilNs` of real time has come. */
  async run(runs: Runs, stop: AbortSignal, untilNs = Number.POSITIVE_INFINITY): Promise<void> {
    const wake = (): void => this.#wake();
    stop.addEventListener('abort', wake);
    await this.#follow(runs, () => stop.aborted || this.#time.nowNs() >= untilNs, untilNs);
    stop.removeEventListener('abort', wake);
    if (!stop.aborted) await this.#step(runs);
  }

  /** Resolves when the clock has caught up with this moment; at once while nobody lets it follow. */
  arrived(): Promise<void> {
    if (!this.#following) return Promise.resolve();
    return new Promise((resolve) => {
      this.#arrivals.push(resolve);
      this.#wake();
    });
  }

  get #behindNs(): Duration {
    return this.#time.nowNs() - this.#startNs - this.#virtualNs;
  }

  /** Each step lets pass what has passed in the world since the last one. */
  async #follow(runs: Runs, done: () => boolean, untilNs = Number.POSITIVE_INFINITY): Promise<void> {
    this.#following = true;
    try {
      while (!done()) {
        const arrivals = this.#arrivals.splice(0);
        await this.#step(runs);
        for (const arrive of arrivals) arrive();
        const busy = arrivals.length > 0 || this.#arrivals.length > 0 || this.#behindNs >= CATCH_UP;
        if (!busy && !done()) await this.#pause(untilNs);
      }
    } finally {
      this.#following = false;
      for (const arrive of this.#arrivals.splice(0)) arrive();
    }
  }

  async #step(runs: Runs): Promise<void> {
    const due = Math.max(0, Math.min(this.#behindNs, CATCH_UP));
    await runs.run(due);
    this.#virtualNs += due;
  }

  /** One step of real time, or less: until somebody wakes it. */
  #pause(untilNs: number): Promise<void> {
    const wait = Math.max(0, Math.min(STEP, untilNs - this.#time.nowNs()));
    return new Promise((resolve) => {
      const timer = this.#time.after(wait, () => this.#wake());
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

/** Runs until `stop` is aborted. Each step lets pass what has passed in the world since the last one. */
export async function runLive(runs: Runs, stop: AbortSignal, live: LiveTime = new LiveTime()): Promise<LiveResult> {
  live.begin();
  await live.run(runs, stop);
  return live.result;
}

/** What `stopOnSignals` listens to. */
export type StopSignal = (typeof STOP_SIGNALS)[number];
/** The signals that ask to stop: Ctrl-C, a polite kill, the end of the terminal. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The part of `process` that tells of signals. */
export interface Signals {
  once(name: StopSignal, listener: () => void): unknown;
  off(name: StopSignal, listener: () => void): unknown;
}

/** What `stopOnSignals` answers: aborted by the first SIGINT or SIGTERM; `close` takes the listeners away. */
export interface Stop {
  readonly signal: AbortSignal;
  close(): void;
}

/** Listens for the wish to stop. A second signal finds no listener and ends the process at once, as people expect. */
export function stopOnSignals(signals: Signals = process): Stop {
  const abort = new AbortController();
  const stop = (): void => {
    close();
    abort.abort();
  };
  const close = (): void => {
    for (const name of STOP_SIGNALS) signals.off(name, stop);
  };
  for (const name of STOP_SIGNALS) signals.once(name, stop);
  return { signal: abort.signal, close };
}
