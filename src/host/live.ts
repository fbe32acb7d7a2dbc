// Virtual time in step with real time, until somebody says stop.
import { type Duration, ms } from '../base/clock.js';

/** What can let virtual time pass: a SimClock, or the bench around it. */
export interface Runs {
  run(wait: Duration): Promise<void>;
}

/** How far a live run came. */
export interface LiveResult {
  /** Virtual time that has passed. */
  readonly virtualNs: Duration;
  /** By how much it stayed behind real time: the models need more than this computer gives. */
  readonly behindNs: Duration;
}

const STEP_MS = 10;
/** After a pause of the computer, or under load, at most this much is caught up in one go, so that a stop is heard. */
const CATCH_UP = ms(250);

/** Runs until `stop` is aborted. Each step lets pass what has passed in the world since the last one. */
export async function runLive(runs: Runs, stop: AbortSignal): Promise<LiveResult> {
  const start = process.hrtime.bigint();
  const elapsed = (): Duration => Number(process.hrtime.bigint() - start);
  let virtualNs = 0;
  while (!stop.aborted) {
    const due = Math.min(elapsed() - virtualNs, CATCH_UP);
    await runs.run(due);
    virtualNs += due;
    if (elapsed() - virtualNs < CATCH_UP) await pause(stop);
  }
  return { virtualNs, behindNs: Math.max(0, elapsed() - virtualNs) };
}

/** One step of real time; an abort ends it early. */
function pause(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, STEP_MS);
    stop.addEventListener('abort', end);
  });
}

/** The part of `process` that tells of signals. */
export interface Signals {
  once(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** What `stopOnSignals` answers: aborted by the first SIGINT or SIGTERM; `close` takes the listeners away. */
export interface Stop {
  readonly signal: AbortSignal;
  close(): void;
}

/** Listens for the wish to stop. A second SIGINT finds no listener and ends the process at once, as people expect. */
export function stopOnSignals(signals: Signals = process): Stop {
  const abort = new AbortController();
  const stop = (): void => {
    close();
    abort.abort();
  };
  const close = (): void => {
    signals.off('SIGINT', stop);
    signals.off('SIGTERM', stop);
  };
  signals.once('SIGINT', stop);
  signals.once('SIGTERM', stop);
  return { signal: abort.signal, close };
}
