// A transmit queue of a network device (Linux: struct netdev_queue): it runs or is stopped.
import type { Clock, Instant } from '../base/clock.js';

/** A queue. It runs at first. */
export class NetdevQueue {
  readonly #clock: Clock;
  readonly #wakers = new Set<() => void>();
  #stoppedAt: Instant | undefined;
  /** When the last packet went in. */
  transStart: Instant = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get stopped(): boolean {
    return this.#stoppedAt !== undefined;
  }

  /** For how long it has been stopped; 0 when it runs. */
  get stoppedFor(): number {
    return this.#stoppedAt === undefined ? 0 : this.#clock.now() - this.#stoppedAt;
  }

  /** Linux: netif_tx_stop_queue. */
  stop(): void {
    this.#stoppedAt ??= this.#clock.now();
  }

  /** Runs again, and who waited is told, in a moment of its own (Linux: netif_tx_wake_queue). */
  wake(): void {
    if (this.#stoppedAt === undefined) return;
    this.#stoppedAt = undefined;
    for (const told of this.#wakers) this.#clock.after(0, told);
  }

  /** Told each time when it runs again. The answer ends that. */
  onWake(told: () => void): () => void {
    this.#wakers.add(told);
    return () => void this.#wakers.delete(told);
  }
}
