// TPR, the 26 MHz timer, and the events that fire when it reaches a general register.
import { GPRS } from './regs.js';

/** Ticks in 1000 ns. */
const TICKS = 26;
const ROUND = 2 ** 32;

/** Counts while TPR_MASK bit 31 is set and holds its value otherwise. */
export class Timer {
  readonly #gpr: Int32Array;
  readonly #fire: (gpr: number) => void;
  #running = false;
  /** One bit per general register whose event is switched on. */
  #watched = 0;
  /** Ticks when `#since` was; it counts on from there while it runs. */
  #held = 0;
  #since = 0;
  /** Ticks up to which events have fired. */
  #seen = 0;

  constructor(gpr: Int32Array, fire: (gpr: number) => void) {
    this.#gpr = gpr;
    this.#fire = fire;
  }

  /** TPR_MASK, bit 31 of it. */
  run(running: boolean, now: number): void {
    this.#held = this.#ticks(now);
    this.#since = now;
    this.#running = running;
    this.changed(now);
  }

  /** TPR_TIMEOUT_EN. */
  watch(mask: number, now: number): void {
    this.#watched = mask;
    this.changed(now);
  }

  /** TPR. */
  value(now: number): number {
    return this.#ticks(now) % ROUND;
  }

  /** Fires the event of each register that was reached since the last look. */
  advance(now: number): void {
    if (this.#watched === 0 || !this.#running) return;
    const from = this.#seen;
    const ticks = this.#ticks(now);
    this.#seen = ticks;
    for (let at = 0; at < GPRS; at++) {
      if ((this.#watched & (1 << at)) !== 0 && from + this.#toGo(at, from) <= ticks) this.#fire(at);
    }
  }

  /** A register or the switches were written: a register that equals TPR has been reached. */
  changed(now: number): void {
    if (this.#watched === 0 || !this.#running) return;
    this.#seen = this.#ticks(now) - 1;
    this.advance(now);
  }

  /** The moment when the next event fires by itself; Infinity when none will. */
  nextAt(): number {
    if (this.#watched === 0 || !this.#running) return Number.POSITIVE_INFINITY;
    let soonest = ROUND;
    for (let at = 0; at < GPRS; at++) {
      if ((this.#watched & (1 << at)) !== 0) soonest = Math.min(soonest, this.#toGo(at, this.#seen));
    }
    return this.#since + Math.ceil(((this.#seen + soonest - this.#held) * 1000) / TICKS);
  }

  /** Ticks from `from` until TPR equals the register: 1 to 2^32. */
  #toGo(at: number, from: number): number {
    const goal = (this.#gpr[at] as number) >>> 0;
    const ahead = (goal - (from % ROUND) + ROUND) % ROUND;
    return ahead === 0 ? ROUND : ahead;
  }

  #ticks(now: number): number {
    return this.#running ? this.#held + Math.floor(((now - this.#since) * TICKS) / 1000) : this.#held;
  }
}
