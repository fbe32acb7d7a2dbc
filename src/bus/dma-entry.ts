// A mapping of memory for a device, as the memory knows it.
import type { Instant } from '../base/clock.js';
import type { DmaDirection } from './dma.js';

/** The allocated memory that a mapping lies in. */
export interface DmaBlock {
  /** The driver has given it back. */
  freed: boolean;
  /** Mappings that are open. */
  mapped: number;
}

/** A mapping as the memory knows it: also where the device's bytes are. Once closed it is used for another one. */
export interface DmaEntry {
  dev: string;
  /** Its first byte, and the one behind its last, counted from where memory begins for devices. */
  from: number;
  end: number;
  size: number;
  dir: DmaDirection;
  at: Instant;
  block: DmaBlock;
  /** The bytes that the device works on, a whole buffer of them; the mapping starts at `start`. */
  bytes: Uint8Array;
  start: number;
  /** What the CPU's bytes were when the device took them, where that is watched. */
  before: Uint8Array | undefined;
  /** A sync gave it to the CPU and none has given it back. */
  cpuOwns: boolean;
  seq: number;
  /** Its first and last page, and cache line, counted from where memory begins. */
  firstPage: number;
  lastPage: number;
  firstLine: number;
  lastLine: number;
}

/** True when another mapping that the device writes has bytes in a cache line of this one. Readers do not disturb. */
export function sharesCacheLine(there: readonly DmaEntry[], { dir, firstLine, lastLine }: DmaEntry): boolean {
  if (dir === 'to-device') return false;
  for (let i = 0; i < there.length; i++) {
    const other = there[i] as DmaEntry;
    if (other.dir !== 'to-device' && other.firstLine <= lastLine && other.lastLine >= firstLine) return true;
  }
  return false;
}
