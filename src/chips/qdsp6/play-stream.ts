// A stream from memory to ports: buffers in order, the samples that are read ahead of what is heard, events when a
// buffer has been read and when the end has been heard.
import type { DmaPort } from '../../bus/dma.js';
import { decode, frameBytes, type PlacedFormat } from './format.js';
import type { Address } from './packet.js';
import { type Mapping, Reader } from './regions.js';
import { STATUS, type Status } from './status.js';

/** A buffer that software has handed over. */
export interface WriteBuffer {
  readonly kind: 'buffer';
  readonly to: Address;
  readonly mapping: Mapping;
  readonly from: number;
  readonly bytes: number;
  /** The address as the packet has it. */
  readonly low: number;
  readonly high: number;
  /** Bytes that were read. */
  done: number;
  status: Status;
}

/** The end of all that was handed over before it. */
interface EndMark {
  readonly kind: 'end';
  readonly to: Address;
}

/** What a stream tells. */
export interface PlayEvents {
  written(buffer: WriteBuffer): void;
  rendered(to: Address): void;
}

/** Buffers and ends that may wait. */
export const MOST_QUEUED = 64;

/** Playback. Frames count from the first that was read. */
export class PlayStream {
  readonly #reader: Reader;
  readonly #events: PlayEvents;
  readonly #queue: (WriteBuffer | EndMark)[] = [];
  /** Ends whose samples are all read, and at which frame. */
  readonly #ends: { readonly at: number; readonly to: Address }[] = [];
  /** Samples that were read and not heard: a ring of `capacity` frames. */
  ring: Int32Array = new Int32Array(0);
  capacity = 0;
  head = 0;
  filled = 0;
  format: PlacedFormat | undefined;
  /** Frames that were heard. */
  heard = 0;
  /** Frames of silence because nothing had come, between the first and the last that were heard. */
  starved = 0;
  /** The same, since the last that was heard. */
  starving = 0;
  /** Such a silence that is over, before the frame that is heard next. */
  gap = 0;

  constructor(dma: DmaPort, events: PlayEvents) {
    this.#reader = new Reader(dma);
    this.#events = events;
  }

  /** Takes a format; nothing may be waiting. `ahead` frames are read before they are heard. */
  setFormat(format: PlacedFormat, ahead: number): void {
    this.format = format;
    this.capacity = ahead;
    this.ring = new Int32Array(ahead * format.channels);
    this.head = 0;
  }

  /** Buffers and ends that wait. */
  get queued(): number {
    return this.#queue.length;
  }

  /** True when all that was handed over is heard. */
  get empty(): boolean {
    return this.filled === 0 && this.#queue.length === 0;
  }

  /** Something was heard, and the end was not said: silence that comes now is not meant. */
  get expected(): boolean {
    return this.empty && this.heard > 0 && this.#ends.length === 0 && !this.ended;
  }

  /** The last that was handed over was an end. */
  ended = false;

  push(buffer: WriteBuffer): void {
    this.ended = false;
    buffer.mapping.used++;
    this.#queue.push(buffer);
    this.starved += this.starving;
    this.gap += this.starving;
    this.starving = 0;
  }

  /** The end: told at once when nothing is left to be heard. */
  end(to: Address): void {
    this.ended = true;
    this.starving = 0;
    if (this.empty) this.#events.rendered(to);
    else this.#queue.push({ kind: 'end', to });
  }

  /** Reads as far ahead as there is room. */
  fill(): void {
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      if (next.kind === 'end') {
        this.#queue.shift();
        this.#ends.push({ at: this.heard + this.filled, to: next.to });
        this.#tellEnds();
        continue;
      }
      if (this.filled === this.capacity) return;
      this.#read(next);
      if (next.done < next.bytes) return;
      this.#queue.shift();
      next.mapping.used--;
      this.#events.written(next);
    }
  }

  /** Frames until something of this stream changes: a buffer is read to its end, an end is heard, nothing is left. */
  untilChange(): number {
    const next = this.#queue[0];
    const end = this.#ends[0];
    let frames = this.filled;
    if (end !== undefined) frames = Math.min(frames, end.at - this.heard);
    if (next === undefined || next.kind === 'end' || this.format === undefined) return frames;
    // A buffer that waits has filled the ring: each frame that is heard makes room for one of it.
    return Math.min(frames, (next.bytes - next.done) / frameBytes(this.format));
  }

  /** `frames` frames have been heard. */
  hear(frames: number): void {
    this.filled -= frames;
    this.heard += frames;
    this.gap = 0;
    this.head = (this.head + frames) % this.capacity;
    this.#tellEnds();
  }

  /** Lets go of all that waits. Answers it. */
  drop(): readonly (WriteBuffer | EndMark)[] {
    const ends = this.#ends.splice(0).map(({ to }): EndMark => ({ kind: 'end', to }));
    const dropped = [...ends, ...this.#queue.splice(0)];
    for (const one of dropped) if (one.kind === 'buffer') one.mapping.used--;
    this.filled = 0;
    this.head = 0;
    this.ended = true;
    this.starving = 0;
    return dropped;
  }

  #tellEnds(): void {
    for (let end = this.#ends[0]; end !== undefined && end.at <= this.heard; end = this.#ends[0]) {
      this.#ends.shift();
      this.#events.rendered(end.to);
    }
  }

  /** Samples of a buffer into the ring; what the DSP may not read is silence, and the buffer says so. */
  #read(buffer: WriteBuffer): void {
    const format = this.format as PlacedFormat;
    const size = frameBytes(format);
    let frames = Math.min(this.capacity - this.filled, (buffer.bytes - buffer.done) / size);
    while (frames > 0) {
      const tail = (this.head + this.filled) % this.capacity;
      const run = Math.min(frames, this.capacity - tail);
      const left = buffer.bytes - buffer.done;
      const at = this.#reader.seek(buffer.from + buffer.done, size, left);
      const fits = at < 0 ? run : Math.min(run, Math.floor((this.#reader.bytes.length - at) / size));
      if (at < 0) {
        buffer.status = STATUS.EFAILED;
        this.ring.fill(0, tail * format.channels, (tail + fits) * format.channels);
      } else {
        decode(this.#reader.bytes, at, format.bits, fits * format.channels, this.ring, tail * format.channels);
      }
      buffer.done += fits * size;
      this.filled += fits;
      frames -= fits;
    }
  }
}
