// Puts the bytes of a frame to send together: from one buffer, or from the pieces that a table names.
import { hexNumber } from '../../base/bytes.js';
import type { FmanBlocks } from './blocks.js';
import { ENTRY, ENTRY_BYTES, MOST_BYTES, MOST_ENTRIES, STATUS, TABLE_BYTES } from './status.js';

const LEAST_BYTES = 60;
const PAGE = 4096;
const ALIGN = 16;
/** Bytes of one transfer on the bus at most: reads that begin at a multiple of it are cut at every border of a page. */
const BURST = 256;

/** One for each Tx port. */
export class Gather {
  readonly #blocks: FmanBlocks;
  readonly #port: string;
  readonly #scratch = new Uint8Array(MOST_BYTES);
  readonly #pieces = new Float64Array(MOST_ENTRIES);
  readonly #lengths = new Float64Array(MOST_ENTRIES);
  #count = 0;
  /** What the last frame had of the scratch memory. */
  #whole = this.#scratch;
  /** The last frame, filled up to 60 bytes. Valid until the next; it may be memory of the machine. */
  bytes: Uint8Array = this.#scratch;

  constructor(blocks: FmanBlocks, port: string) {
    this.#blocks = blocks;
    this.#port = port;
  }

  /** A frame in one buffer; `writable`: the bytes are wanted as a copy. Answers its status. */
  contiguous(iova: number, length: number, writable: boolean): number {
    if (length === 0 || length > MOST_BYTES) return STATUS.lengthError;
    this.#checkErratum(iova, length, true);
    const bytes = this.#blocks.read(iova, length);
    if (bytes === undefined) return STATUS.dmaError;
    this.bytes = bytes;
    if (!writable && length >= LEAST_BYTES) return 0;
    this.#scratch.set(bytes);
    this.#fillUp(iova, length, length);
    return 0;
  }

  /** A frame by its table. Answers its status. */
  scattered(iova: number, length: number): number {
    if (length === 0 || length > MOST_BYTES) return STATUS.lengthError;
    this.#checkErratum(iova, TABLE_BYTES, true);
    const table = this.#blocks.read(iova, TABLE_BYTES);
    if (table === undefined) return STATUS.dmaError;
    const wrong = this.#walk(table, length);
    if (wrong !== 0) return wrong;
    let at = 0;
    for (let i = 0; i < this.#count; i++) {
      const size = this.#lengths[i] as number;
      if (size === 0) continue;
      const piece = this.#pieces[i] as number;
      this.#checkErratum(piece, size, i === this.#count - 1);
      const bytes = this.#blocks.read(piece, size);
      if (bytes === undefined) return STATUS.dmaError;
      this.#scratch.set(bytes, at);
      at += size;
    }
    const last = this.#count - 1;
    this.#fillUp(this.#pieces[last] as number, this.#lengths[last] as number, length);
    return 0;
  }

  /** Takes the table apart. */
  #walk(table: Uint8Array, length: number): number {
    let sum = 0;
    for (let i = 0; i < MOST_ENTRIES; i++) {
      const at = i * ENTRY_BYTES;
      const word = word32(table, at + 8);
      if ((word & ENTRY.extension) !== 0) return STATUS.unsupportedFormat;
      const size = word & ENTRY.length;
      sum += size;
      const offset = (((table[at + 14] as number) & 0x1f) << 8) | (table[at + 15] as number);
      this.#pieces[i] = (table[at + 3] as number) * 0x1_0000_0000 + word32(table, at + 4) + offset;
      this.#lengths[i] = size;
      if ((word & ENTRY.final) === 0) continue;
      this.#count = i + 1;
      return sum === length ? 0 : STATUS.lengthError;
    }
    return STATUS.lengthError;
  }

  /**
   * The frame is in the scratch memory: makes 60 bytes of shorter ones. As the FIFO is filled in words, up to three
   * bytes behind the last piece go out; the MAC's own padding is zeros.
   */
  #fillUp(piece: number, size: number, length: number): void {
    const end = Math.max(length, LEAST_BYTES);
    if (length < end) {
      this.#scratch.fill(0, length, end);
      const more = -length & 3;
      const behind = more === 0 || size === 0 ? undefined : this.#blocks.read(piece, size + more);
      if (behind !== undefined) this.#scratch.set(behind.subarray(size), length);
    }
    if (this.#whole.length !== end) this.#whole = this.#scratch.subarray(0, end);
    this.bytes = this.#whole;
  }

  /** Erratum A-050385: what may lock the real FMan up. */
  #checkErratum(iova: number, length: number, last: boolean): void {
    if (!this.#blocks.variant.erratumA050385 || !this.#blocks.trace.on) return;
    const crosses = iova % BURST !== 0 && Math.floor(iova / PAGE) !== Math.floor((iova + length - 1) / PAGE);
    const why = crosses
      ? 'crosses 4 KiB'
      : iova % ALIGN !== 0
        ? 'is not aligned to 16'
        : !last && length % ALIGN !== 0
          ? 'is a piece of no multiple of 16'
          : undefined;
    if (why !== undefined)
      this.#blocks.finding(this.#port, `A-050385: read of ${length} bytes at ${hexNumber(iova)} ${why}`);
  }
}

function word32(bytes: Uint8Array, at: number): number {
  const low = ((bytes[at + 1] as number) << 16) | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  return (bytes[at] as number) * 0x100_0000 + low;
}
