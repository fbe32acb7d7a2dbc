// One direction of a channel over SMD (Linux: drivers/rpmsg/qcom_smd.c): a ring of bytes in shared memory, each message
// behind a header of 20 bytes. A message that its receiver does not take stays, and everything behind it waits.
import type { Clock, Duration } from '../base/clock.js';
import type { RpmsgReceive } from './rpmsg.js';
import type { RpmsgPipe, RpmsgPipeOptions } from './rpmsg-pipe.js';

const HEADER = 20;
/** What wraps around the end of the ring goes through a buffer of a page: no more can be relied on. */
const MOST = 4096;
const EAGAIN = -11;
const EINVAL = -22;
const EPIPE = -32;

/** How a modelled SMD channel is made. */
export interface SmdOptions extends RpmsgPipeOptions {
  /** Bytes of the ring. */
  readonly ringBytes?: number;
  /** Whether the ring takes whole words alone, as those of newer processors do. */
  readonly wordAligned?: boolean;
}

/** One direction over SMD. */
export class SmdPipe implements RpmsgPipe {
  readonly #clock: Clock;
  readonly #latency: Duration;
  readonly #ring: number;
  readonly #wordAligned: boolean;
  readonly #queue: Uint8Array[] = [];
  #used = 0;
  #receive: RpmsgReceive | undefined;
  #signalled = false;
  #room: (() => void)[] = [];

  constructor(clock: Clock, options: SmdOptions = {}) {
    this.#clock = clock;
    this.#latency = options.latency ?? 0;
    this.#ring = options.ringBytes ?? 8192;
    this.#wordAligned = options.wordAligned ?? true;
  }

  open(receive: RpmsgReceive): void {
    this.#receive = receive;
  }

  close(): void {
    this.#receive = undefined;
    this.#queue.length = 0;
    this.#used = 0;
    this.#wake();
  }

  kill(): void {
    this.close();
  }

  trysend(bytes: Uint8Array): number {
    if (this.#receive === undefined) return EPIPE;
    const size = bytes.length + HEADER;
    if (size >= this.#ring || bytes.length > MOST) return EINVAL;
    if (this.#wordAligned && bytes.length % 4 !== 0) return EINVAL;
    if (this.#ring - 1 - this.#used < size) return EAGAIN;
    if (bytes.length > 0) {
      this.#queue.push(bytes.slice());
      this.#used += size;
    }
    this.#signal();
    return 0;
  }

  async send(bytes: Uint8Array): Promise<number> {
    for (;;) {
      const ret = this.trysend(bytes);
      if (ret !== EAGAIN) return ret;
      await new Promise<void>((resolve) => this.#room.push(resolve));
    }
  }

  #signal(): void {
    if (this.#signalled) return;
    this.#signalled = true;
    this.#clock.after(this.#latency, () => this.#interrupt());
  }

  /** Each interrupt offers what was not taken again. */
  #interrupt(): void {
    this.#signalled = false;
    for (let bytes = this.#queue[0]; bytes !== undefined && this.#receive !== undefined; bytes = this.#queue[0]) {
      const taken = this.#receive(bytes.slice()) >= 0; // out of the shared memory
      if (!taken) break;
      if (this.#queue[0] !== bytes) break; // it was closed meanwhile
      this.#queue.shift();
      this.#used -= bytes.length + HEADER;
    }
    this.#wake();
  }

  #wake(): void {
    for (const go of this.#room.splice(0)) go();
  }
}
