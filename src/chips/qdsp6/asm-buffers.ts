// The part of ASM that moves with the samples: buffers that come, events when they are done.
import type { CaptureStream, ReadBuffer } from './capture-stream.js';
import { frameBytes } from './format.js';
import { type Address, packet, type Request } from './packet.js';
import { MOST_QUEUED, type PlayEvents, type PlayStream, type WriteBuffer } from './play-stream.js';
import { addressOf, holds, type Regions } from './regions.js';
import type { Outcome } from './service.js';
import { STATUS, type Status } from './status.js';
import type { AsmParts, Stream } from './stream.js';

const WRITE_DONE = 0x0001_0d99;
const READ_DONE = 0x0001_0d9a;
const END_RENDERED = 0x0001_0c1c;

/** WRITE, READ and EOS, and their events. */
export class BufferCommands implements PlayEvents {
  readonly #parts: AsmParts;
  readonly #regions: Regions;

  constructor(parts: AsmParts, regions: Regions) {
    this.#parts = parts;
    this.#regions = regions;
  }

  /** Accepted before, while and after the stream runs. No answer but the event. */
  write(stream: Stream, request: Request): Outcome {
    const { play, format, running } = stream;
    if (play === undefined) return STATUS.EBADPARAM;
    if (play.queued >= MOST_QUEUED) return STATUS.ENORESOURCE;
    const place = this.#place(request, format === undefined ? 0 : frameBytes(format));
    if (typeof place === 'number') return place;
    play.push({ kind: 'buffer', to: request.address(), ...place });
    if (running) play.fill();
    return undefined;
  }

  read(stream: Stream, request: Request): Outcome {
    const { capture, format } = stream;
    if (capture === undefined) return STATUS.EBADPARAM;
    if (capture.queued >= MOST_QUEUED) return STATUS.ENORESOURCE;
    const place = this.#place(request, format === undefined ? 0 : frameBytes(format));
    if (typeof place === 'number') return place;
    capture.push({ to: request.address(), index: request.u32(16), ...place });
    return undefined;
  }

  end(stream: Stream, request: Request): Outcome {
    const { play, running } = stream;
    if (play === undefined) return STATUS.EBADPARAM;
    if (play.queued >= MOST_QUEUED) return STATUS.ENORESOURCE;
    play.end(request.address());
    if (running) play.fill();
    return undefined;
  }

  /** Gives all buffers back, as they are. */
  giveBack(play: PlayStream | undefined, capture: CaptureStream | undefined): void {
    for (const one of play?.drop() ?? []) {
      if (one.kind === 'end') this.rendered(one.to);
      else this.written({ ...one, status: STATUS.EABORTED });
    }
    for (const one of capture?.drop() ?? []) this.captured({ ...one, status: STATUS.EABORTED });
  }

  written({ to, low, high, mapping, status }: WriteBuffer): void {
    this.#event(to, WRITE_DONE, [low, high, mapping.handle, status]);
  }

  captured({ to, low, high, mapping, status, done, index, bytes }: ReadBuffer): void {
    const size = status === STATUS.EOK ? bytes : done;
    const [offset, timeLow, timeHigh, flags, frames] = [0, 0, 0, 0, 0];
    const words = [status, low, high, mapping.handle, size, offset, timeLow, timeHigh, flags, frames, index];
    this.#event(to, READ_DONE, words);
  }

  rendered(to: Address): void {
    this.#event(to, END_RENDERED, this.#parts.emptyEnd() ? [] : [0]);
  }

  #event(to: Address, opcode: number, words: readonly number[]): void {
    this.#parts.firmware.post(packet('event', to, opcode, words), opcode);
  }

  /** The memory that a command means: address, handle, bytes, in whole frames. */
  #place(request: Request, frame: number): Place | Status {
    const low = request.u32(0);
    const high = request.u32(4);
    const bytes = request.u32(12);
    const mapping = this.#regions.find(request.u32(8));
    if (mapping === undefined) return STATUS.EHANDLE;
    if (frame === 0) return STATUS.ENOTREADY;
    const from = addressOf(low, high);
    const right = from !== undefined && bytes > 0 && bytes % frame === 0 && holds(mapping, from, bytes);
    return right ? { mapping, from, bytes, low, high, done: 0, status: STATUS.EOK } : STATUS.EBADPARAM;
  }
}

type Place = Pick<WriteBuffer, 'mapping' | 'from' | 'bytes' | 'low' | 'high' | 'done' | 'status'>;
