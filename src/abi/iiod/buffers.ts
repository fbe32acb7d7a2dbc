// The buffers that one connection has open: OPEN, READBUF, WRITEBUF, CLOSE. Each has a mask of its own, and gets from
// the device the channels that it asked for.
import { type Duration, ms } from '../../base/clock.js';
import { passSysError, SysError } from '../../base/errno.js';
import type { IiodStream } from './device.js';
import type { ByteInput } from './input.js';
import { formatMask, parseMask, scanBytes } from './masks.js';
import type { DeviceModel } from './model.js';
import type { Request } from './request.js';

/** All buffers of all clients together hold at most this much; an OPEN beyond ends with ENOMEM. */
export const BUFFER_BYTES = 64 * 1024 * 1024;
/** The most that goes out, or is taken in, at once. */
const CHUNK_BYTES = 256 * 1024;

/** What the buffers of all connections share: bytes that may yet be opened. */
export interface BufferRoom {
  bytes: number;
}

/** A client: what it has said on one of its connections counts on all. */
export interface IiodClient {
  /** TIMEOUT; 0 is none. */
  timeoutMs: number;
  /** SET BUFFERS_COUNT, by the id of the device: how many times the samples its next buffer holds. */
  readonly blocks: Map<string, number>;
}

/** Bytes out: a head of one character per byte, then data. A promise means that the peer is slow: wait for it. */
export type WriteOut = (head: string, data?: Uint8Array) => void | Promise<void>;

type OpenRequest = Extract<Request, { kind: 'open' }>;

interface OpenBuffer {
  readonly stream: IiodStream;
  readonly mask: string;
  readonly samples: number;
  readonly bytes: number;
}

/** libiio's number of blocks where nobody has said another. */
const DEFAULT_BLOCKS = 4;

/** The buffers of one connection. */
export class ClientBuffers {
  readonly #room: BufferRoom;
  readonly #write: WriteOut;
  readonly #open = new Map<string, OpenBuffer>();
  #closed = false;
  /** A READBUF waits for scans. */
  waiting = false;

  constructor(room: BufferRoom, write: WriteOut) {
    this.#room = room;
    this.#write = write;
  }

  /** Opens the device's buffer for these channels. A second OPEN of a device takes the place of the first. */
  async open(model: DeviceModel, { samples, mask, cyclic }: OpenRequest, client: IiodClient): Promise<void> {
    const { device } = model;
    const chosen = parseMask(model, mask);
    const refuse = (code: 'EPERM' | 'EINVAL' | 'ENOENT' | 'ENOMEM', what: string): SysError =>
      new SysError(code, what, { dev: device.id, op: 'OPEN' });
    if (device.open === undefined) throw refuse('ENOENT', 'no buffer');
    if (cyclic) throw refuse('EPERM', 'a buffer that repeats itself needs hardware of its own');
    if (samples < 1) throw refuse('EINVAL', 'no samples');
    const blocks = client.blocks.get(device.id) ?? DEFAULT_BLOCKS;
    const bytes = samples * blocks * scanBytes(chosen);
    if (!(bytes <= this.#room.bytes)) throw refuse('ENOMEM', `a buffer of ${bytes} bytes`);
    this.#room.bytes -= bytes;
    let stream: IiodStream | undefined;
    try {
      const scanIndexes = chosen.map(({ scan }) => scan.index).sort((a, b) => a - b);
      stream = await device.open({ scanIndexes, samples, blocks });
    } finally {
      if (stream === undefined) this.#room.bytes += bytes;
    }
    const before = this.#open.get(device.id);
    this.#open.set(device.id, { stream, mask: formatMask(model, chosen), samples, bytes });
    if (before !== undefined) await this.#release(before);
    if (this.#closed) await this.closeAll(); // the client left while the device was opening
  }

  /** CLOSE. ENXIO: not open here. */
  async close({ device }: DeviceModel): Promise<void> {
    const buffer = this.#open.get(device.id);
    if (buffer === undefined) throw new SysError('ENXIO', 'the buffer is not open', { dev: device.id });
    this.#open.delete(device.id);
    await this.#release(buffer);
  }

  /**
   * Closes all; a wait in progress ends, and what opens later is closed at once. A device that does not stop well has
   * nobody to tell.
   */
  async closeAll(): Promise<void> {
    this.#closed = true;
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(all.map((buffer) => this.#release(buffer).catch(passSysError)));
  }

  /**
   * READBUF: sends whole scans until so many bytes are sent. A wait that ends without them ends the answer with 0, or
   * is an error when nothing was sent yet: then nothing is lost, the scans stay in the buffer.
   */
  async read({ device }: DeviceModel, bytes: number, client: IiodClient): Promise<void> {
    const { stream, mask, samples } = this.#find(device.id);
    const size = stream.bytesPerScan;
    let line = `\n${mask}\n`; // once per command
    let left = bytes;
    while (left >= size && !this.#closed) {
      const scans = Math.min(Math.floor(left / size), samples);
      const state = await this.#wait(stream, scans, limitOf(client));
      if (state !== 'ready' && left === bytes) throw failure(state, device.id);
      if (state !== 'ready') break;
      for (let block = scans * size; block > 0 && !this.#closed; ) {
        const data = stream.read(Math.min(block, Math.max(size, CHUNK_BYTES)));
        if (data.length === 0) throw new SysError('EIO', 'scans that were there are gone', { dev: device.id });
        const slow = this.#write(`${data.length}${line}`, data);
        line = '\n';
        left -= data.length;
        block -= data.length;
        if (slow !== undefined) await slow;
      }
    }
    if (left > 0 || bytes === 0) await this.#write('0\n');
  }

  /** WRITEBUF: lets the client send, hands whole scans on, and answers how many bytes were taken. */
  async write({ device }: DeviceModel, bytes: number, input: ByteInput): Promise<number> {
    const { stream, samples } = this.#find(device.id);
    const size = stream.bytesPerScan;
    if (stream.write === undefined) throw new SysError('EINVAL', 'this buffer is for reading', { dev: device.id });
    await this.#write('0\n');
    const block = new Uint8Array(Math.min(samples, Math.max(1, Math.floor(CHUNK_BYTES / size))) * size);
    let filled = 0;
    let failed: SysError | undefined;
    for (let left = bytes; left > 0; ) {
      const some = await input.some(Math.min(left, block.length - filled));
      if (some === undefined) return 0; // the client has left
      block.set(some, filled);
      filled += some.length;
      left -= some.length;
      const whole = filled - (filled % size);
      if (filled < block.length && left > 0) continue;
      try {
        if (failed === undefined && whole > 0) await stream.write(block.subarray(0, whole));
      } catch (e) {
        if (!(e instanceof SysError)) throw e;
        failed = e; // the rest is taken all the same, or it would be read as commands
      }
      filled = 0;
    }
    if (failed !== undefined) throw failed;
    return bytes - (bytes % size);
  }

  #find(id: string): OpenBuffer {
    const buffer = this.#open.get(id);
    if (buffer === undefined) throw new SysError('EBADF', 'the buffer is not open', { dev: id });
    return buffer;
  }

  async #wait(stream: IiodStream, scans: number, limit: Duration | undefined): ReturnType<IiodStream['wait']> {
    this.waiting = true;
    try {
      return await (limit === undefined ? stream.wait(scans) : stream.wait(scans, limit));
    } finally {
      this.waiting = false;
    }
  }

  async #release({ stream, bytes }: OpenBuffer): Promise<void> {
    this.#room.bytes += bytes;
    await stream.close();
  }
}

function limitOf({ timeoutMs }: IiodClient): Duration | undefined {
  return timeoutMs === 0 ? undefined : ms(timeoutMs);
}

function failure(state: 'timeout' | 'disabled', dev: string): SysError {
  if (state === 'timeout') return new SysError('ETIMEDOUT', 'no scans came in time', { dev, op: 'READBUF' });
  return new SysError('ENODEV', 'the device is gone', { dev, op: 'READBUF' });
}
