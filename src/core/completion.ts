// Waiting for what somebody else ends (Linux: linux/completion.h).
import type { Clock, Duration, Timer } from '../base/clock.js';

/** A count of things that are done. Each wait takes one; who waits longest is served first. */
export class Completion {
  #done = 0;
  readonly #waiting: (() => void)[] = [];

  /** One more is done. May be called in interrupt context. */
  complete(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#done++;
    else next();
  }

  /** Forgets what was done and not waited for (Linux: reinit_completion). */
  reinit(): void {
    this.#done = 0;
  }

  /** Answers true when it was done within `limit`, and false otherwise (Linux: wait_for_completion_timeout). */
  wait(clock: Clock, limit: Duration): Promise<boolean> {
    if (this.#done > 0) {
      this.#done--;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const done = (): void => {
        timer?.cancel();
        resolve(true);
      };
      timer = clock.after(limit, () => {
        this.#waiting.splice(this.#waiting.indexOf(done), 1);
        resolve(false);
      });
      this.#waiting.push(done);
    });
  }
}
