// A stream from a port to memory: samples go into the buffers that software has handed over, one behind the other.
import type { DmaPort } from '../../bus/dma.js';
import { encode, frameBytes, type PlacedFormat } from './format.js';
import type { Address } from './packet.js';
import { type Mapping, writeMemory } from './regions.js';
import { STATUS, type Status } from './status.js';

/** A buffer that waits to be filled. */
export interface ReadBuffer {
  readonly to: Address;
  readonly mapping: Mapping;
  readonly from: number;
  readonly bytes: number;
  readonly low: number;
  readonly high: number;
  readonly index: number;
  done: number;
  status: Status;
}

/** Capture. Frames that come while no buffer is there are lost. */
export class CaptureStream {
  readonly #dma: DmaPort;
  readonly #filled: (buffer: ReadBuffer) => void;
  readonly #queue: ReadBuffer[] = [];
  #bytes = new Uint8Array(0);
  /** The first bytes of these, by frames: made once each. */
  #parts: (Uint8Array | undefined)[] = [];
  format: PlacedFormat | undefined;
  /** Frames that were written. */
  taken = 0;
  lost = 0;

  constructor(dma: DmaPort, filled: (buffer: ReadBuffer) => void) {
    this.#dma = dma;
    this.#filled = filled;
  }

  /** Takes a format; no buffer may be waiting. */
  setFormat(format: PlacedFormat): void {
    this.format = format;
    this.#parts = [];
  }

  get queued(): number {
    return this.#queue.length;
  }

  push(buffer: ReadBuffer): void {
    buffer.mapping.used++;
    this.#queue.push(buffer);
  }

  /** Frames until the buffer is full; 0: none is there. */
  untilChange(): number {
    const next = this.#queue[0];
    return next === undefined || this.format === undefined ? 0 : (next.bytes - next.done) / frameBytes(this.format);
  }

  /** Takes `frames` frames, no more than the buffer has room for. */
  take(samples: Float64Array, frames: number): void {
    const buffer = this.#queue[0] as ReadBuffer;
    const format = this.format as PlacedFormat;
    const count = frames * format.channels;
    const length = frames * frameBytes(format);
    if (this.#bytes.length < length) this.#grow(length);
    const part = (this.#parts[frames] ??= this.#bytes.subarray(0, length));
    encode(samples, format.bits, count, part);
    if (!writeMemory(this.#dma, buffer.from + buffer.done, part)) buffer.status = STATUS.EFAILED;
    buffer.done += length;
    this.taken += frames;
    if (buffer.done < buffer.bytes) return;
    this.#queue.shift();
    buffer.mapping.used--;
    this.#filled(buffer);
  }

  #grow(length: number): void {
    this.#bytes = new Uint8Array(length);
    this.#parts = [];
  }

  /** Lets go of the buffers. Answers them. */
  drop(): readonly ReadBuffer[] {
    const dropped = this.#queue.splice(0);
    for (const one of dropped) one.mapping.used--;
    return dropped;
  }
}
