// What a register map remembers of the chip (Linux: drivers/base/regmap/regcache.c).

/** Values of registers by address. It holds what was written or read, and nothing else (regmap-R6). */
export class RegCache {
  readonly #values: Map<number, number>;
  readonly #defaults: ReadonlyMap<number, number>;
  #dirty = false;
  #wasReset = false;

  constructor(defaults: ReadonlyMap<number, number>) {
    this.#values = new Map(defaults);
    this.#defaults = defaults;
  }

  /** True when the chip may lack what is here. */
  get dirty(): boolean {
    return this.#dirty;
  }

  /** All that is remembered, by address. */
  get values(): ReadonlyMap<number, number> {
    return this.#values;
  }

  get(addr: number): number | undefined {
    return this.#values.get(addr);
  }

  put(addr: number, value: number): void {
    this.#values.set(addr, value);
  }

  /** Remembers a value that the chip has not got. */
  putUnsent(addr: number, value: number): void {
    this.put(addr, value);
    this.#dirty = true;
  }

  /** Forgets the registers from `first` to `last`, both included. */
  drop(first: number, last: number): void {
    for (const addr of [...this.#values.keys()]) if (addr >= first && addr <= last) this.#values.delete(addr);
  }

  /** The chip lost everything: it now holds its defaults. */
  markDirty(): void {
    this.#dirty = true;
    this.#wasReset = true;
  }

  /**
   * What a sync has to send, in order of addresses. Defaults are left out only when the chip is known to hold them,
   * that is after `markDirty`.
   */
  unsent(): readonly (readonly [addr: number, value: number])[] {
    const all = [...this.#values].sort(([a], [b]) => a - b);
    return this.#wasReset ? all.filter(([addr, value]) => this.#defaults.get(addr) !== value) : all;
  }

  /** A sync ended. After one that failed the cache stays dirty, and defaults are sent too the next time. */
  synced(complete: boolean): void {
    if (complete) this.#dirty = false;
    this.#wasReset = false;
  }
}
