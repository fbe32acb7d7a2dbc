// What a MAC counts: 64 bits each, lower word first.

/** Counters by name, with their address. */
export const MAC_COUNTERS = {
  reoct: 0x100,
  roct: 0x108,
  raln: 0x110,
  rxpf: 0x118,
  rfrm: 0x120,
  rfcs: 0x128,
  rvlan: 0x130,
  rerr: 0x138,
  ruca: 0x140,
  rmca: 0x148,
  rbca: 0x150,
  rdrp: 0x158,
  rpkt: 0x160,
  rund: 0x168,
  r64: 0x170,
  r127: 0x178,
  r255: 0x180,
  r511: 0x188,
  r1023: 0x190,
  r1518: 0x198,
  r1519x: 0x1a0,
  rovr: 0x1a8,
  rjbr: 0x1b0,
  rfrg: 0x1b8,
  rcnp: 0x1c0,
  rdrntp: 0x1c8,
  teoct: 0x200,
  toct: 0x208,
  txpf: 0x218,
  tfrm: 0x220,
  tfcs: 0x228,
  tvlan: 0x230,
  terr: 0x238,
  tuca: 0x240,
  tmca: 0x248,
  tbca: 0x250,
  tpkt: 0x260,
  tund: 0x268,
  t64: 0x270,
  t127: 0x278,
  t255: 0x280,
  t511: 0x288,
  t1023: 0x290,
  t1518: 0x298,
  t1519x: 0x2a0,
  tcnp: 0x2c0,
} as const;

/** Name of a counter. */
export type MacCounter = keyof typeof MAC_COUNTERS;

const FIRST = 0x100;
const WORDS = 60;
const WRAP = 0x1_0000_0000;
/** Longest frame of each size's counter, FCS included. */
const SIZES = [64, 127, 255, 511, 1023, 1518] as const;
/** Which of them a length belongs to; longer ones have the last counter. */
const SIZE_OF = Uint8Array.from({ length: SIZES[5] + 1 }, (_, length) => SIZES.findIndex((most) => length <= most));

/** The counters of one MAC. */
export class MacCounters {
  /** By address, in steps of 8 bytes. */
  readonly #values = new Float64Array(WORDS);

  /** Counts at an address of MAC_COUNTERS. */
  add(addr: number, count = 1): void {
    const at = (addr - FIRST) >> 3;
    this.#values[at] = (this.#values[at] as number) + count;
  }

  /** Counts a frame under its size; `length` with FCS. `first` is the address of r64 or t64. */
  size(first: number, length: number): void {
    const at = ((first - FIRST) >> 3) + (SIZE_OF[length] ?? SIZES.length);
    this.#values[at] = (this.#values[at] as number) + 1;
  }

  get(name: MacCounter): number {
    return this.#values[(MAC_COUNTERS[name] - FIRST) >> 3] as number;
  }

  /** The word at an address; undefined where there is no counter. */
  read(addr: number): number | undefined {
    const at = (addr - FIRST) >> 3;
    if (at < 0 || at >= WORDS) return undefined;
    const value = this.#values[at] as number;
    return (addr & 4) === 0 ? value % WRAP : Math.floor(value / WRAP);
  }

  clear(): void {
    this.#values.fill(0);
  }
}
