// Memory that software has mapped for the DSP: regions under handles, and the DSP's way to their bytes.
import { SysError } from '../../base/errno.js';
import type { DmaPort } from '../../bus/dma.js';
import { STATUS, type Status } from './status.js';

/** A piece of memory under a handle. Addresses without the stream id of the SMMU. */
interface Region {
  readonly from: number;
  readonly bytes: number;
}

/** A payload: words at offsets, and its bytes. */
interface Payload {
  readonly length: number;
  u16(offset: number): number;
  u32(offset: number): number;
}

/** What is behind a handle. */
export interface Mapping {
  readonly handle: number;
  readonly regions: readonly Region[];
  /** Buffers that streams have of it. */
  used: number;
}

/** The pool of pages of 4 KiB in memory of eight-bit bytes, the only one. */
const POOL = 3;
const PAGE = 4096;
const HEAD = 8;
const REGION_BYTES = 12;
const MOST_MAPPINGS = 64;
/** Handles look like nothing else; they are not used again before all the others were. */
const FIRST_HANDLE = 0xcafe_0001;
const LAST_HANDLE = 0xcafe_ffff;
/** The SMMU's stream id stands in four bits above the address. */
const MOST_STREAM_ID = 0xf;

/** The address in two words of a packet; undefined when no stream id can be in the upper one. */
export function addressOf(low: number, high: number): number | undefined {
  return high > MOST_STREAM_ID ? undefined : low;
}

/** Handles and what is behind them. */
export class Regions {
  readonly #mappings = new Map<number, Mapping>();
  #next = FIRST_HANDLE;

  get all(): readonly Mapping[] {
    return [...this.#mappings.values()];
  }

  /** Maps what a SHARED_MEM_MAP_REGIONS says; answers the mapping, or the status that refuses it. */
  map(request: Payload): Mapping | Status {
    const count = request.u16(2);
    if (request.u16(0) !== POOL || count === 0 || HEAD + REGION_BYTES * count > request.length) return STATUS.EBADPARAM;
    if (this.#mappings.size === MOST_MAPPINGS) return STATUS.ENORESOURCE;
    const regions: Region[] = [];
    for (let at = HEAD; regions.length < count; at += REGION_BYTES) {
      const from = addressOf(request.u32(at), request.u32(at + 4));
      const bytes = request.u32(at + 8);
      const right = from !== undefined && from % PAGE === 0 && bytes > 0 && bytes % PAGE === 0;
      if (!right || from + bytes > 0x1_0000_0000) return STATUS.EBADPARAM;
      regions.push({ from, bytes });
    }
    const mapping = { handle: this.#take(), regions, used: 0 };
    this.#mappings.set(mapping.handle, mapping);
    return mapping;
  }

  unmap(handle: number): Status {
    const mapping = this.#mappings.get(handle);
    if (mapping === undefined) return STATUS.EHANDLE;
    if (mapping.used > 0) return STATUS.EBUSY;
    this.#mappings.delete(handle);
    return STATUS.EOK;
  }

  find(handle: number): Mapping | undefined {
    return this.#mappings.get(handle);
  }

  #take(): number {
    while (this.#mappings.has(this.#next)) this.#step();
    const handle = this.#next;
    this.#step();
    return handle;
  }

  #step(): void {
    this.#next = this.#next === LAST_HANDLE ? FIRST_HANDLE : this.#next + 1;
  }
}

/** Whether a buffer lies in one region of the mapping. */
export function holds({ regions }: Mapping, from: number, bytes: number): boolean {
  return regions.some((region) => from >= region.from && from + bytes <= region.from + region.bytes);
}

/** Reads that come one behind the other: what lies there is asked for once, while nothing changes. */
export class Reader {
  readonly #dma: DmaPort;
  #epoch = -1;
  #from = 0;
  bytes: Uint8Array = new Uint8Array(0);

  constructor(dma: DmaPort) {
    this.#dma = dma;
  }

  /**
   * Where in `bytes` address `from` is, with `least` bytes behind it at least; -1 when the DSP may not read them, and
   * the ledger then has a finding. `most` is what will be read there soon.
   */
  seek(from: number, least: number, most: number): number {
    const at = from - this.#from;
    if (this.#dma.epoch === this.#epoch && at >= 0 && at + least <= this.bytes.length) return at;
    try {
      this.bytes = this.#dma.span(from, most);
      if (this.bytes.length < least) this.bytes = this.#dma.read(from, least);
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#epoch = -1;
      return -1;
    }
    this.#epoch = this.#dma.epoch;
    this.#from = from;
    return 0;
  }
}

/** Writes memory; false when the DSP may not, and the ledger then has a finding. */
export function writeMemory(dma: DmaPort, to: number, bytes: Uint8Array): boolean {
  try {
    dma.write(to, bytes);
    return true;
  } catch (error) {
    if (!isFault(error)) throw error;
    return false;
  }
}

function isFault(error: unknown): boolean {
  return error instanceof SysError && error.code === 'EFAULT';
}
