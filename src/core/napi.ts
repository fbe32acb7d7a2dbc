// Polling with a budget instead of interrupts (Linux: struct napi_struct). A poll runs in a moment of its own, never
// inside the call that asked for it, as a softirq does.
import { assert } from '../base/assert.js';
import type { Clock, Timer } from '../base/clock.js';

/** What Linux drivers take for a poll. */
export const NAPI_POLL_WEIGHT = 64;

/**
 * Handles up to `budget` packets and answers how many it was. Fewer mean that nothing is left: it must have called
 * `completeDone` then, and switched its interrupt on.
 */
export type NapiPoll = (budget: number) => number;

/** A source of packets that is polled. Disabled at first. */
export class Napi {
  readonly #clock: Clock;
  readonly #poll: NapiPoll;
  readonly #weight: number;
  #state: 'disabled' | 'idle' | 'scheduled' = 'disabled';
  #timer: Timer | undefined;
  #polls = 0;

  /** Linux: netif_napi_add. */
  constructor(clock: Clock, poll: NapiPoll, weight: number = NAPI_POLL_WEIGHT) {
    this.#clock = clock;
    this.#poll = poll;
    this.#weight = weight;
  }

  /** Polls so far. */
  get polls(): number {
    return this.#polls;
  }

  /** Whether a poll is to come. */
  get scheduled(): boolean {
    return this.#state === 'scheduled';
  }

  /** From now on it can be scheduled (Linux: napi_enable). */
  enable(): void {
    assert(this.#state === 'disabled', 'enabled once');
    this.#state = 'idle';
  }

  /** No poll comes any more, not even one that was scheduled (Linux: napi_disable). */
  disable(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#state = 'disabled';
  }

  /**
   * Asks for a poll (Linux: napi_schedule). False when one is to come already, or it is disabled: then the caller
   * switches its interrupt off all the same.
   */
  schedule(): boolean {
    if (this.#state !== 'idle') return false;
    this.#state = 'scheduled';
    this.#arm();
    return true;
  }

  /** To be called by the poll when nothing is left (Linux: napi_complete_done). False when it was disabled since. */
  completeDone(): boolean {
    if (this.#state !== 'scheduled') return false;
    this.#state = 'idle';
    return true;
  }

  #arm(): void {
    this.#timer = this.#clock.after(0, () => this.#run());
  }

  #run(): void {
    this.#timer = undefined;
    this.#polls++;
    const work = this.#poll(this.#weight);
    if (work > this.#weight) assert(false, `a poll of ${work} packets with a budget of ${this.#weight}`);
    if (this.#state === 'scheduled' && this.#timer === undefined) this.#arm();
  }
}
