// Congestion of what an interface sends, for its numbers (facts N2).
import { type Instant, ms } from '../../base/clock.js';

/** State, and what has been since somebody looked. */
export class DpaCongestion {
  congested = false;
  #since: Instant = 0;
  #ms = 0;
  #entered = 0;

  /** QMan has told of a change. */
  changed(congested: boolean, now: Instant): void {
    if (congested) {
      this.#since = now;
      this.#entered++;
    } else if (this.congested) this.#ms += Math.floor((now - this.#since) / ms(1));
    this.congested = congested;
  }

  /** Milliseconds, times, and whether it is so now. Time and times start anew. */
  take(): readonly [number, number, number] {
    const taken = this.peek();
    this.#ms = 0;
    this.#entered = 0;
    return taken;
  }

  /** The same, and nothing starts anew. */
  peek(): readonly [number, number, number] {
    return [this.#ms, this.#entered, Number(this.congested)];
  }
}
