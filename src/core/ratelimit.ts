// Not every line of a stream of equal complaints (Linux: linux/ratelimit.h).
import { type Clock, type Duration, type Instant, s } from '../base/clock.js';

/** Linux's DEFAULT_RATELIMIT_INTERVAL. One line per interval is enough here; Linux allows ten. */
const INTERVAL: Duration = s(5);

/** Lets one thing through in five seconds. */
export class Ratelimit {
  readonly #clock: Clock;
  #next: Instant = 0;
  #suppressed = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many were held back since the last that went through, when this one may; otherwise undefined. */
  pass(): number | undefined {
    const now = this.#clock.now();
    if (now < this.#next) {
      this.#suppressed++;
      return undefined;
    }
    this.#next = now + INTERVAL;
    const suppressed = this.#suppressed;
    this.#suppressed = 0;
    return suppressed;
  }
}
