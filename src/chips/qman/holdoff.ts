// When a ring with entries interrupts: above its threshold at once, else when they have waited.
import type { Clock, Timer } from '../../base/clock.js';
import type { InterruptUnit } from '../portal-window.js';

/** One unit of ITPR: 256 cycles at 600 MHz. */
const UNIT_NS = 427;

/** The interrupt of one ring. */
export class Holdoff {
  threshold = 0;
  /** ITPR. */
  period = 0;
  readonly #irq: InterruptUnit;
  readonly #mask: number;
  readonly #clock: Clock;
  #fill = 0;
  #waited = false;
  #timer: Timer | undefined;

  constructor(irq: InterruptUnit, mask: number, clock: Clock) {
    this.#irq = irq;
    this.#mask = mask;
    this.#clock = clock;
  }

  /** The ring has that many entries. */
  filled(fill: number): void {
    if (fill === this.#fill) return;
    this.#fill = fill;
    if (fill === 0) {
      this.#waited = false;
      this.#timer?.cancel();
      this.#timer = undefined;
    }
    this.check();
  }

  /** Something that the interrupt depends on has changed. */
  check(): void {
    const fill = this.#fill;
    const { period } = this;
    const now = fill > 0 && (fill > this.threshold || this.#waited || period === 0);
    this.#irq.level(this.#mask, now);
    const wanted = fill > 0 && !now && (this.#irq.enable & this.#mask) !== 0;
    if (wanted && this.#timer === undefined) this.#timer = this.#clock.after(period * UNIT_NS, () => this.#expired());
  }

  #expired(): void {
    this.#timer = undefined;
    this.#waited = true;
    this.check();
  }
}
