// Which buffer is where, for the strict mode: a table of addresses, by open addressing, without allocation per buffer.

/** Never seen, or forgotten. */
export const UNKNOWN = 0;
/** In a pool: this and the pool's number. */
export const IN_POOL = 1;
/** Out of a pool, taken by a block of the SoC: this and the pool's number. */
export const OUT_BY_BLOCK = 0x100;
/** Out of a pool, taken by software: this and the pool's number. */
export const OUT_BY_SOFTWARE = 0x200;

/** A state for each address. Addresses are never taken out: a machine has few. */
export class AddressBook {
  #keys = new Float64Array(1024).fill(-1);
  #states = new Uint16Array(1024);
  #used = 0;

  /** Where the address is now; `next` is where it is from now on. */
  swap(addr: number, next: number): number {
    let slot = this.#slot(addr);
    if (this.#keys[slot] !== addr) {
      if (this.#used * 2 >= this.#keys.length) {
        this.#grow();
        slot = this.#slot(addr);
      }
      this.#keys[slot] = addr;
      this.#used++;
    }
    const before = this.#states[slot] as number;
    this.#states[slot] = next;
    return before;
  }

  #slot(addr: number): number {
    const mask = this.#keys.length - 1;
    const low = addr | 0;
    let slot = (Math.imul(low ^ ((addr / 0x1_0000_0000) | 0), 0x9e37_79b1) >>> 12) & mask;
    while (this.#keys[slot] !== addr && this.#keys[slot] !== -1) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const states = this.#states;
    this.#keys = new Float64Array(keys.length * 2).fill(-1);
    this.#states = new Uint16Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      const addr = keys[i] as number;
      if (addr === -1) continue;
      const slot = this.#slot(addr);
      this.#keys[slot] = addr;
      this.#states[slot] = states[i] as number;
    }
  }
}
