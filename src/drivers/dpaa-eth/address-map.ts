// What lies at a bus address, found without hashing the address itself: numbers of more than 31 bits are slow keys.

/** Bytes that one row of the map is for, and bytes that at most one entry begins in. */
const ROW = 0x8000;
const LINE_BITS = 6;

/** Things that have an address below 2^46. No two of them begin in one cache line. */
export interface Addressed {
  readonly iova: number;
}

/** Finds them by their exact address. */
export class AddressMap<T extends Addressed> {
  readonly #rows = new Map<number, (T | undefined)[]>();
  #lastKey = -1;
  #last: (T | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(iova: number): T | undefined {
    const key = Math.trunc(iova / ROW) | 0;
    const row = key === this.#lastKey ? this.#last : this.#row(key);
    if (row === undefined) return undefined;
    const found = row[(iova - key * ROW) >> LINE_BITS];
    return found !== undefined && found.iova === iova ? found : undefined;
  }

  /** Whether it was there; then it is not any more. */
  delete(iova: number): boolean {
    const one = this.get(iova);
    if (one !== undefined) this.remove(one);
    return one !== undefined;
  }

  /** Takes out what is known to be there. */
  remove(one: T): void {
    const key = Math.trunc(one.iova / ROW) | 0;
    const row = key === this.#lastKey ? this.#last : (this.#row(key) as (T | undefined)[]);
    row[(one.iova - key * ROW) >> LINE_BITS] = undefined;
    this.#size--;
  }

  /** False when the place is taken. */
  add(one: T): boolean {
    const key = Math.trunc(one.iova / ROW) | 0;
    let row = key === this.#lastKey ? this.#last : this.#row(key);
    if (row === undefined) {
      row = new Array<T | undefined>(ROW >> LINE_BITS).fill(undefined);
      this.#rows.set(key, row);
    }
    const slot = (one.iova - key * ROW) >> LINE_BITS;
    if (row[slot] !== undefined) return false;
    row[slot] = one;
    this.#size++;
    return true;
  }

  /** All of them; the list is the caller's. */
  all(): T[] {
    return [...this.#rows.values()].flatMap((row) => row.filter((one) => one !== undefined));
  }

  #row(key: number): (T | undefined)[] | undefined {
    const row = this.#rows.get(key);
    if (row === undefined) return undefined;
    this.#lastKey = key;
    this.#last = row;
    return row;
  }
}
