// Numbers that are handed out: queues, pools, channels, congestion groups (Linux: gen_pool of each).
import type { Device } from '../../core/device.js';

/** A range of numbers. */
export class IdPool {
  readonly #what: string;
  readonly #first: number;
  readonly #taken: Uint8Array;
  readonly #why: string;
  #next = 0;

  /** `why` says in an error what decides how many there are. */
  constructor(what: string, first: number, count: number, why: string) {
    this.#what = what;
    this.#first = first;
    this.#taken = new Uint8Array(Math.max(0, count));
    this.#why = why;
  }

  /** `count` numbers behind each other, the first a multiple of `align`; answers that one. ENOMEM: none are left. */
  alloc(dev: Device, count = 1, align = 1): number {
    const { length } = this.#taken;
    const least = Math.floor(this.#next);
    for (let id = Math.ceil((this.#first + least) / align) * align; id + count <= this.#first + length; id += align) {
      const at = id - this.#first;
      if (!this.#isFree(at, count)) continue;
      this.#taken.fill(1, at, at + count);
      if (at === this.#next) this.#next = at + count;
      return id;
    }
    throw dev.error('ENOMEM', this.#lack(count, align), 'alloc');
  }

  /** Gives numbers back. */
  free(id: number, count = 1): void {
    const at = id - this.#first;
    this.#taken.fill(0, at, at + count);
    this.#next = Math.min(this.#next, at);
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken.reduce((sum, one) => sum + one, 0);
  }

  #lack(count: number, align: number): string {
    const { length } = this.#taken;
    const aligned = align === 1 ? '' : `, the first a multiple of ${align}`;
    const what = count === 1 ? `no ${this.#what} is left` : `no ${count} ${this.#what}s in a row are left${aligned}`;
    return `${what}: ${this.taken} of ${length} are taken, ${this.#why}`;
  }

  #isFree(at: number, count: number): boolean {
    for (let i = at; i < at + count; i++) if (this.#taken[i] !== 0) return false;
    return true;
  }
}
