// Pools are filled up when frames come. When memory is out for so long that no buffer is left, none come any more, and
// somebody else has to do it (dpaa-L46).
import { type Clock, ms, type Timer } from '../../base/clock.js';
import { type DpaBp, type DpaCount, REFILL_THRESHOLD } from './dpa-bp.js';

/** How long a share may be too small before it is filled up without a frame. */
const WAIT = ms(100);

/** Looks after the shares of one pool while its interface is up. */
export class Refill {
  readonly #clock: Clock;
  readonly #bp: DpaBp;
  readonly #shares: readonly DpaCount[];
  #timer: Timer | undefined;

  constructor(clock: Clock, bp: DpaBp, shares: readonly DpaCount[]) {
    this.#clock = clock;
    this.#bp = bp;
    this.#shares = shares;
  }

  /** Frames of a CPU were handled: is its share too small, it is filled up after a while, and again until it is not. */
  look({ count }: DpaCount): void {
    if (count < REFILL_THRESHOLD) this.#timer ??= this.#clock.after(WAIT, () => this.#fill());
  }

  /** Fills all shares up now, and goes on if that fails. */
  start(): void {
    for (const share of this.#shares) {
      this.#bp.refill(share);
      this.look(share);
    }
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #fill(): void {
    this.#timer = undefined;
    this.start();
  }
}
