// One open TAP: a file descriptor and its counts.
import { closeSync } from 'node:fs';
import type { NativeFunction } from './native.js';
import { intArgument, TAP_IOCTL } from './tap-ioctl.js';

/** Takes a frame, from the destination address on. The bytes are good during the call. */
export type TapReceive = (frame: Uint8Array) => void;

/** What went over a TAP, and what did not. */
export interface TapCounts {
  readonly received: number;
  readonly receivedBytes: number;
  readonly sent: number;
  readonly sentBytes: number;
  /** Not sent: the device is down. */
  readonly down: number;
  /** Not sent: the queue that `sendBufferBytes` limits is full. */
  readonly full: number;
  /** Not sent: the kernel refused the frame; it has fewer than 14 bytes, or too many. */
  readonly refused: number;
}

/** An open TAP. */
export interface Tap {
  readonly name: string;
  readonly counts: TapCounts;
  /** False when it is closed, or the kernel has taken the device away (with its network namespace, for example). */
  readonly isOpen: boolean;
  /** Who gets what the computer sends. One receiver; the last one counts. Until there is one frames wait. */
  listen(receive: TapReceive): void;
  /** Hands a frame to the computer's network stack. False: it was not taken, and is counted. */
  send(frame: Uint8Array): boolean;
  /** Plugs the cable in or pulls it out, as `ip link` shows it. It is in when a TAP is opened. */
  setCarrier(up: boolean): void;
  /** The device goes, unless it was made by somebody else and stays. */
  close(): void;
}

const ERRNO_FULL = 11; // EAGAIN
const ERRNO_DOWN = 5; // EIO
/** What the kernel says of a device that is gone: EBADFD. */
export const ERRNO_GONE = 77;

/** The C library's calls, and one buffer: frames are handed over one after the other. */
export interface Calls {
  readonly ioctl: NativeFunction;
  /** The same with a number for an argument. */
  readonly ioctlValue: NativeFunction;
  readonly read: NativeFunction;
  readonly write: NativeFunction;
  readonly errno: () => number;
  readonly buffer: Uint8Array;
}

/** Whom a TAP tells that it wants to be read, that it does not, and that it is closed. */
export interface Watch {
  readonly begin: () => void;
  readonly end: () => void;
  readonly closed: () => void;
}

/** A plain one. */
export class NativeTap implements Tap {
  readonly name: string;
  readonly counts = { received: 0, receivedBytes: 0, sent: 0, sentBytes: 0, down: 0, full: 0, refused: 0 };
  readonly #fd: number;
  readonly #calls: Calls;
  readonly #watch: Watch;
  #receive: TapReceive | undefined;
  #isOpen = true;

  constructor(fd: number, name: string, calls: Calls, watch: Watch) {
    this.#fd = fd;
    this.name = name;
    this.#calls = calls;
    this.#watch = watch;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  listen(receive: TapReceive): void {
    const isFirst = this.#receive === undefined;
    this.#receive = receive;
    if (isFirst && this.#isOpen) this.#watch.begin();
  }

  send(frame: Uint8Array): boolean {
    if (!this.#isOpen) {
      this.counts.down++;
      return false;
    }
    if (Number(this.#calls.write(this.#fd, frame, frame.length)) === frame.length) {
      this.counts.sent++;
      this.counts.sentBytes += frame.length;
      return true;
    }
    const errno = this.#calls.errno();
    if (errno === ERRNO_FULL) this.counts.full++;
    else if (errno === ERRNO_DOWN || errno === ERRNO_GONE) this.counts.down++;
    else this.counts.refused++;
    return false;
  }

  setCarrier(up: boolean): void {
    if (this.#isOpen) this.#calls.ioctl(this.#fd, TAP_IOCTL.TUNSETCARRIER, intArgument(up ? 1 : 0));
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#watch.end();
    this.#watch.closed();
    closeSync(this.#fd);
  }

  /** Hands on what is there, up to so many frames. */
  drain(most: number): void {
    const { read, buffer, errno } = this.#calls;
    for (let count = 0; count < most && this.#isOpen; count++) {
      const length = Number(read(this.#fd, buffer, buffer.length));
      if (length <= 0) {
        if (errno() === ERRNO_GONE) this.close();
        return;
      }
      this.counts.received++;
      this.counts.receivedBytes += length;
      this.#receive?.(buffer.subarray(0, length));
    }
  }
}
