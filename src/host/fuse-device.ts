// The kernel's end of a FUSE file system, /dev/fuse: requests are read from it one by one, replies written to it.
import { close, constants, openSync, read, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { errnoName } from '../base/errno.js';
import { codeOf } from './files.js';
import type { Native } from './native.js';
import { nextTurn } from './settle.js';

/** Where the kernel's end is opened. */
export const FUSE_PATH = '/dev/fuse';

/** An open /dev/fuse that a file system is mounted with. */
export interface FuseDevice {
  /** Hands each request to `handle`, until the file system is unmounted. The bytes are good during the call. */
  serve(handle: (request: Uint8Array) => void): Promise<void>;
  /**
   * Writes a reply. False: nobody waits for it any more. After the end nothing is written: the number may be that of
   * another file by then.
   */
  send(reply: Uint8Array): boolean;
  /** Ends `serve` where the unmounting has not done so, since a program still has a file open. */
  close(): void;
}

/** Opens /dev/fuse. Throws the system's error. With `native` it is for `fuseDevice` with the same. */
export function openFuse(native: Native | undefined): number {
  return openSync(FUSE_PATH, constants.O_RDWR | (native === undefined ? 0 : constants.O_NONBLOCK));
}

/** The device behind a descriptor; faster with the C library at hand. */
export function fuseDevice(fd: number, native: Native | undefined, requestBytes: number): FuseDevice {
  return native === undefined ? new PlainDevice(fd, requestBytes) : new NativeDevice(fd, native, requestBytes);
}

/** What reading and writing say when the file system is gone. */
const ENDED: ReadonlySet<string> = new Set(['ENODEV', 'ENOTCONN', 'ECONNABORTED', 'EPERM', 'EBADF']);
/** What reading says when there is nothing to read, or the program that asked has left in between. */
const NOTHING: ReadonlySet<string> = new Set(['EAGAIN', 'EINTR', 'ENOENT']);
/** What writing says when the program has left. */
const LEFT: ReadonlySet<string> = new Set(['ENOENT', ...ENDED]);

const readAt = promisify(read);
const closeLater = promisify(close);

/** Node alone: each read waits on a thread of its pool. */
class PlainDevice implements FuseDevice {
  readonly #fd: number;
  readonly #buffer: Uint8Array;
  #ended = false;
  #closed = false;

  constructor(fd: number, requestBytes: number) {
    this.#fd = fd;
    this.#buffer = new Uint8Array(requestBytes);
  }

  async serve(handle: (request: Uint8Array) => void): Promise<void> {
    try {
      while (!this.#ended) await this.#next(handle);
    } finally {
      this.#closed = true;
      await closeLater(this.#fd);
    }
  }

  send(reply: Uint8Array): boolean {
    if (this.#closed) return false;
    try {
      writeSync(this.#fd, reply);
      return true;
    } catch (e) {
      if (LEFT.has(codeOf(e))) return false;
      throw e;
    }
  }

  close(): void {
    this.#ended = true;
  }

  async #next(handle: (request: Uint8Array) => void): Promise<void> {
    try {
      const { bytesRead } = await readAt(this.#fd, this.#buffer, 0, this.#buffer.length, null);
      handle(this.#buffer.subarray(0, bytesRead));
    } catch (e) {
      if (ENDED.has(codeOf(e))) this.#ended = true;
      else if (!NOTHING.has(codeOf(e))) throw e;
    }
  }
}

/**
 * After a reply the program's next request comes within some microseconds, and being woken for it would take ten times
 * as long: so many milliseconds it is waited for by looking.
 */
const LOOK_MS = 0.1;
/** Between two looks promises go on by so many steps: a driver's answer takes some twenty of them. */
const HOPS = 8;
/** So long at most before timers and other files get their turn. */
const TURN_MS = 2;
/** A wait ends after so many milliseconds to see whether it is still wanted. */
const WAIT_MS = 500;
const POLLIN = 1;
const POLLFD_BYTES = 8;

/** With the C library: the descriptor does not block, and poll waits on a thread when nothing is to be done. */
class NativeDevice implements FuseDevice {
  readonly #fd: number;
  readonly #native: Native;
  readonly #buffer: Uint8Array;
  readonly #read: ReturnType<Native['func']>;
  readonly #write: ReturnType<Native['func']>;
  readonly #wait: () => Promise<void>;
  #ended = false;
  #closed = false;

  constructor(fd: number, native: Native, requestBytes: number) {
    this.#fd = fd;
    this.#native = native;
    this.#buffer = new Uint8Array(requestBytes);
    this.#read = native.func('long read(int fd, void *bytes, size_t size)');
    this.#write = native.func('long write(int fd, const void *bytes, size_t size)');
    this.#wait = waiterFor(fd, native);
  }

  async serve(handle: (request: Uint8Array) => void): Promise<void> {
    try {
      while (!this.#ended) {
        await this.#drain(handle);
        if (!this.#ended) await this.#wait();
      }
    } finally {
      this.#closed = true;
      await closeLater(this.#fd);
    }
  }

  send(reply: Uint8Array): boolean {
    if (this.#closed) return false;
    if (Number(this.#write(this.#fd, reply, reply.length)) === reply.length) return true;
    if (LEFT.has(this.#error())) return false;
    throw new Error(`${FUSE_PATH}: a reply was refused: ${this.#error()}`);
  }

  close(): void {
    this.#ended = true;
  }

  /** Takes requests as long as they come. In between, what drivers are about goes on. */
  async #drain(handle: (request: Uint8Array) => void): Promise<void> {
    let turn = performance.now();
    let last = turn;
    for (;;) {
      const length = Number(this.#read(this.#fd, this.#buffer, this.#buffer.length));
      const now = performance.now();
      if (length > 0) {
        handle(this.#buffer.subarray(0, length));
        last = now;
      } else if (this.#hasEnded() || now - last > LOOK_MS) return;
      if (now - turn < TURN_MS) for (let i = 0; i < HOPS; i++) await undefined;
      else {
        await nextTurn();
        turn = performance.now();
      }
    }
  }

  /** After a read that failed. */
  #hasEnded(): boolean {
    const error = this.#error();
    if (NOTHING.has(error)) return false;
    if (!ENDED.has(error)) throw new Error(`${FUSE_PATH}: it cannot be read: ${error}`);
    this.#ended = true;
    return true;
  }

  #error(): string {
    const errno = this.#native.errno();
    return errnoName(errno) ?? `error ${errno}`;
  }
}

/** Waits for a request on a thread of Node's pool. */
function waiterFor(fd: number, native: Native): () => Promise<void> {
  const poll = native.func('int poll(void *fds, unsigned long count, int timeout)');
  const fds = new Uint8Array(POLLFD_BYTES);
  const view = new DataView(fds.buffer);
  view.setInt32(0, fd, true);
  view.setInt16(4, POLLIN, true);
  return () =>
    new Promise((resolve, reject) => {
      poll.async(fds, 1, WAIT_MS, (e: unknown) => (e instanceof Error ? reject(e) : resolve()));
    });
}
