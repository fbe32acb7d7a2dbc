// Memory-mapped registers. Plain calls: a driver may touch them in interrupt context.
import { swab32 } from '../base/bytes.js';

export { swab32 };

/** A mapped window of registers, seen from software. Offsets in bytes; words in the CPU's little-endian order. */
export interface MmioSpace {
  readonly size: number;
  read8(offset: number): number;
  read16(offset: number): number;
  read32(offset: number): number;
  write8(offset: number, value: number): void;
  write16(offset: number, value: number): void;
  write32(offset: number, value: number): void;
  /**
   * Reads `count` big-endian words from `offset` on into `into`, as signed numbers: a line of a ring at once
   * (Linux: memcpy_fromio).
   */
  readLine(offset: number, into: Int32Array, count: number): void;
  /** Writes such words, the first one last: what makes a line valid stands there (Linux: memcpy_toio). */
  writeLine(offset: number, from: Int32Array, count: number): void;
}

/**
 * The same window, seen from a chip. A chip without 8- or 16-bit access leaves those out: using them is a bus error.
 */
export interface MmioTarget {
  read32(offset: number): number;
  write32(offset: number, value: number): void;
  read16?(offset: number): number;
  write16?(offset: number, value: number): void;
  read8?(offset: number): number;
  write8?(offset: number, value: number): void;
  /** Where the window is memory: the bus then reads words, and reads and writes lines, without asking. It stays. */
  readonly memory?: MmioMemory;
}

/** Memory behind a window: reading it does nothing else. */
export interface MmioMemory {
  /** All words of the window, as signed numbers of the big-endian bytes that lie there. */
  readonly words: Int32Array;
  /** Words whose offset has one of these bits are memory to writers as well; the target hears of the others. */
  readonly quiet: number;
  /** Such a word was written. */
  written(offset: number): void;
}

/**
 * The registers of all chips, seen from a chip that reaches them by itself, as a command processor does. Physical
 * addresses; words, aligned. EIO: nobody answers there; EINVAL: not aligned.
 */
export interface MmioMaster {
  read32(phys: number): number;
  write32(phys: number, value: number): void;
}

/** Reads a register that is big-endian on the bus, as DPAA's are (Linux: ioread32be). */
export function ioread32be(space: MmioSpace, offset: number): number {
  return swab32(space.read32(offset));
}

/** Writes a register that is big-endian on the bus (Linux: iowrite32be). */
export function iowrite32be(space: MmioSpace, offset: number, value: number): void {
  space.write32(offset, swab32(value));
}
