// A ring of scans (Linux: drivers/iio/buffer/kfifo_buf.c). Storing one allocates nothing.
import { SysError } from '../../base/errno.js';
import type { ScanCopy } from './scan.js';

/** Linux's kmalloc ends far below; more than this is a mistake, and would take the host's memory. */
const MOST_BYTES = 2 ** 28;

/** Scans of one size, oldest first. When it is full, new ones are refused. */
export class ScanFifo {
  readonly bytesPerScan: number;
  /** How many scans it holds: `length` rounded up to a power of two, as in Linux. */
  readonly capacity: number;
  readonly #bytes: Uint8Array;
  #first = 0;
  #count = 0;

  /** ENOMEM: more than a buffer may take. */
  constructor(bytesPerScan: number, length: number) {
    this.bytesPerScan = bytesPerScan;
    this.capacity = 2 ** Math.ceil(Math.log2(Math.max(length, 2)));
    const size = this.capacity * bytesPerScan;
    if (size > MOST_BYTES) throw new SysError('ENOMEM', `${this.capacity} scans of ${bytesPerScan} bytes`);
    this.#bytes = new Uint8Array(size);
  }

  /** Scans that can be read. */
  get count(): number {
    return this.#count;
  }

  /** Stores the beginning of `scan`, or with `demux` parts of it, and answers whether there was room. */
  put(scan: Uint8Array, demux: readonly ScanCopy[] | undefined): boolean {
    if (this.#count === this.capacity) return false;
    const slot = (this.#first + this.#count) & (this.capacity - 1);
    const at = slot * this.bytesPerScan;
    this.#count++;
    if (demux === undefined) this.#copy(scan, 0, at, this.bytesPerScan);
    else for (const { from, to, bytes } of demux) this.#copy(scan, from, at + to, bytes);
    return true;
  }

  /** Takes out as many whole scans as fit into `maxBytes`. */
  take(maxBytes: number): Uint8Array {
    const { bytesPerScan } = this;
    const scans = Math.min(this.#count, Math.floor(maxBytes / bytesPerScan));
    const out = new Uint8Array(scans * bytesPerScan);
    const start = this.#first * bytesPerScan;
    const upToEnd = this.#bytes.subarray(start, start + out.length);
    out.set(upToEnd);
    out.set(this.#bytes.subarray(0, out.length - upToEnd.length), upToEnd.length);
    this.#first = (this.#first + scans) & (this.capacity - 1);
    this.#count -= scans;
    return out;
  }

  /** By hand: for a scan's few bytes faster than a call, and without a view that would have to be made. */
  #copy(from: Uint8Array, start: number, to: number, count: number): void {
    const bytes = this.#bytes;
    for (let i = 0; i < count; i++) bytes[to + i] = from[start + i] as number;
  }
}
