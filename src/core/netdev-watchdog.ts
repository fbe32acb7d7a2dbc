// Looks after transmit queues that stand still (Linux: net/sched/sch_generic.c, dev_watchdog).
import { type Clock, ms, type Timer } from '../base/clock.js';
import type { NetdevQueue } from './netdev-queue.js';

/** Runs while an interface is up. Without a period it does nothing. */
export class NetdevWatchdog {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #queues: readonly NetdevQueue[];
  /** A queue is stopped, and the last packet went in so long ago. */
  readonly #bark: (queue: number, forMs: number) => void;
  #timer: Timer | undefined;

  constructor(
    clock: Clock,
    periodMs: number,
    queues: readonly NetdevQueue[],
    bark: (queue: number, forMs: number) => void,
  ) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#queues = queues;
    this.#bark = bark;
  }

  /** Linux: __netdev_watchdog_up. */
  start(): void {
    if (this.#periodMs === 0) return;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(ms(this.#periodMs), () => this.#look());
  }

  /** Linux: dev_watchdog_down. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #look(): void {
    this.#queues.forEach(({ stopped, transStart }, index) => {
      const forMs = Math.floor((this.#clock.now() - transStart) / ms(1));
      if (stopped && forMs >= this.#periodMs) this.#bark(index, forMs);
    });
    this.start();
  }
}
