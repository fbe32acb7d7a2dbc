// How fast counters rise: over the last second of the board's time.
import type { Duration, Instant } from '../../base/clock.js';

const WINDOW: Duration = 1_000_000_000;
/** Between two values that are remembered. */
const STEP: Duration = 50_000_000;

interface Moment {
  readonly t: Instant;
  readonly values: readonly number[];
}

/** Counters that are looked at again and again. */
export class RateWindow {
  readonly #moments: Moment[] = [];
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  /** How much each rose per second; 0 while only one moment is known. */
  rates(t: Instant, values: readonly number[]): number[] {
    const moments = this.#moments;
    const last = moments.at(-1);
    if (last === undefined || t - last.t >= STEP) moments.push({ t, values: [...values] });
    // The first that is kept lies at the window's begin, or before it.
    while (moments.length > 2 && t - (moments[1] as Moment).t >= WINDOW) moments.shift();
    const first = moments[0] as Moment;
    const span = t - first.t;
    return Array.from({ length: this.#count }, (_, index) =>
      span <= 0 ? 0 : Math.max(0, (((values[index] ?? 0) - (first.values[index] ?? 0)) * WINDOW) / span),
    );
  }
}
