// One at a time, in the order of asking (Linux: linux/mutex.h).
import { assert } from '../base/assert.js';

/** A lock for what sleeps. Taking it twice from the same place waits for ever, as in Linux. */
export class Mutex {
  #locked = false;
  readonly #waiting: (() => void)[] = [];

  /** Takes the lock if nobody has it and answers whether it did (Linux: mutex_trylock). */
  tryLock(): boolean {
    if (this.#locked) return false;
    this.#locked = true;
    return true;
  }

  /** Gives the lock to who has waited longest. */
  unlock(): void {
    assert(this.#locked, 'unlock of a mutex that nobody holds');
    const next = this.#waiting.shift();
    if (next === undefined) this.#locked = false;
    else next();
  }

  /** Runs `body` with the lock held, and gives it back whatever happens. */
  async run<T>(body: () => T | Promise<T>): Promise<T> {
    if (!this.tryLock()) await this.#turn();
    try {
      return await body();
    } finally {
      this.unlock();
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
