// How often a view says what there is to see: not for every tick, but never the last state too late.
import { type Duration, type Instant, ms } from '../base/clock.js';

/** Says when a changed state is due: some time after the last, or as soon as the board's time stands still. */
export class Throttle {
  readonly #least: Duration;
  #isDue = false;
  #seenAt: Instant = -1;
  #toldAt: Instant = Number.NEGATIVE_INFINITY;

  constructor(least: Duration = ms(66)) {
    this.#least = least;
  }

  /** Asked at each tick, with whether something has changed since the last. */
  due(t: Instant, changed: boolean): boolean {
    if (changed) this.#isDue = true;
    const isStill = t === this.#seenAt;
    this.#seenAt = t;
    if (!this.#isDue || (!isStill && t - this.#toldAt < this.#least)) return false;
    this.#isDue = false;
    this.#toldAt = t;
    return true;
  }
}
