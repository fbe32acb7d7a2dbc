// One at a time, in the order of asking (Linux: linux/mutex.h).
import { assert, Bug } from '../base/assert.js';
import { type Clock, type Duration, s } from '../base/clock.js';

/** How long a limited wait for a lock may last; Linux's khungtaskd speaks after 120 s, a bench gives up after 60 s. */
const HUNG: Duration = s(30);

/** Who waits for a lock with a limit: whose clock counts, and what the Bug says when the time is over. */
export interface LockLimit {
  readonly clock: Clock;
  readonly who: string;
}

/** A lock for what sleeps. Taking it twice from the same place waits for ever, as in Linux, unless with a limit. */
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

  /** Runs `body` with the lock held, and gives it back whatever happens. With a limit a wait for itself is a Bug. */
  async run<T>(body: () => T | Promise<T>, limit?: LockLimit): Promise<T> {
    if (!this.tryLock()) await (limit === undefined ? this.#turn() : this.#turnWithin(limit));
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

  #turnWithin({ clock, who }: LockLimit): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = clock.after(HUNG, () => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1);
        reject(new Bug(`${who}: blocked for more than ${HUNG / s(1)} s`));
      });
      const turn = (): void => {
        giveUp.cancel();
        resolve();
      };
      this.#waiting.push(turn);
    });
  }
}
