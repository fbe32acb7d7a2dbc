// Waiting until something is so (Linux: linux/wait.h, and the wait queues that poll uses).
import type { Clock, Duration, Timer } from '../base/clock.js';

/** How long a wait may last, and by which clock. */
export interface WaitLimit {
  readonly clock: Clock;
  readonly limit: Duration;
}

/** Those who wait for something to become so, and those who only want to be told to look (Linux: wait_queue_head_t). */
export class WaitQueue {
  readonly #sleepers = new Set<() => void>();

  /** Lets everybody look again. Who comes meanwhile is not woken. */
  wake(): void {
    if (this.#sleepers.size > 0) for (const wake of [...this.#sleepers]) wake();
  }

  /** Asks to be woken each time. Answers how to end that. */
  watch(wake: () => void): () => void {
    // A function of its own, so that one `wake` may be given twice.
    const sleeper = (): void => wake();
    this.#sleepers.add(sleeper);
    return () => void this.#sleepers.delete(sleeper);
  }

  /** Waits until `look` answers something (Linux: wait_event_timeout): now, or when woken. */
  wait<T>(look: () => T | undefined, within?: WaitLimit): Promise<T | 'timeout'> {
    const seen = look();
    if (seen !== undefined) return Promise.resolve(seen);
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const end = (answer: T | 'timeout'): void => {
        leave();
        timer?.cancel();
        resolve(answer);
      };
      const leave = this.watch(() => {
        const answer = look();
        if (answer !== undefined) end(answer);
      });
      timer = within?.clock.after(within.limit, () => end('timeout'));
    });
  }
}
