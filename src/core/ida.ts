// Numbers of devices: which are in use, and the lowest that is not (Linux: struct ida, linux/idr.h).

/** Numbers in use. Finding a free one takes a step for every 32 that are taken below it. */
export class Ida {
  /** How often each is in use: trees can give two adapters one number. */
  readonly #uses = new Map<number, number>();
  /** Bit n % 32 of word n / 32 is set while n is in use. */
  readonly #words = new Map<number, number>();

  /** Takes a number, whether it is free or not. */
  take(nr: number): void {
    this.#uses.set(nr, (this.#uses.get(nr) ?? 0) + 1);
    this.#words.set(wordOf(nr), this.#word(wordOf(nr)) | (1 << (nr % 32)));
  }

  /** Gives it back; it is free when everybody who took it has. */
  release(nr: number): void {
    const uses = (this.#uses.get(nr) ?? 0) - 1;
    if (uses > 0) {
      this.#uses.set(nr, uses);
      return;
    }
    this.#uses.delete(nr);
    this.#words.set(wordOf(nr), this.#word(wordOf(nr)) & ~(1 << (nr % 32)));
  }

  /** The first free number from `first` up. */
  lowestFree(first: number): number {
    let word = wordOf(first);
    let free = ~this.#word(word) & (-1 << (first % 32));
    while (free === 0) free = ~this.#word(++word);
    return 32 * word + 31 - Math.clz32(free & -free);
  }

  #word(index: number): number {
    return this.#words.get(index) ?? 0;
  }
}

function wordOf(nr: number): number {
  return Math.floor(nr / 32);
}
