// Memory-mapped registers. Plain calls: a driver may touch them in interrupt context.

/** A mapped window of registers, seen from software. Offsets in bytes; words in the CPU's little-endian order. */
export interface MmioSpace {
  readonly size: number;
  read8(offset: number): number;
  read16(offset: number): number;
  read32(offset: number): number;
  write8(offset: number, value: number): void;
  write16(offset: number, value: number): void;
  write32(offset: number, value: number): void;
}

/** The same window, seen from a chip. A chip without 8- or 16-bit access leaves those out: using them is a bus error. */
export interface MmioTarget {
  read32(offset: number): number;
  write32(offset: number, value: number): void;
  read16?(offset: number): number;
  write16?(offset: number, value: number): void;
  read8?(offset: number): number;
  write8?(offset: number, value: number): void;
}
