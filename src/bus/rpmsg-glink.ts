// One direction of a channel over GLINK (Linux: drivers/rpmsg/qcom_glink_native.c): a message goes into a buffer that
// the receiver has announced, its intent. What the receiver answers does not matter.
import { type Clock, type Duration, s, type Timer } from '../base/clock.js';
import type { RpmsgOpenOptions, RpmsgReceive } from './rpmsg.js';
import type { RpmsgPipe, RpmsgPipeOptions } from './rpmsg-pipe.js';

const HEADER = 16;
const CHUNK = 8192;
const DEFAULT_INTENTS = [[1024, 5]] as const;
const INTENT_TIMEOUT: Duration = s(10);
const EIO = -5;
const EAGAIN = -11;
const EBUSY = -16;
const EINVAL = -22;
const ETIMEDOUT = -110;
const ECANCELED = -125;
/** How a modelled GLINK channel is made. */
export interface GlinkOptions extends RpmsgPipeOptions {
  /** Bytes of the ring that commands and messages of this direction go through. */
  readonly ringBytes?: number;
  /** Whether the receiver announces a buffer when it is asked for one; otherwise who asks waits in vain. */
  readonly grants?: boolean;
}

interface Intent {
  readonly size: number;
  free: boolean;
  /** One that was asked for is used once. */
  readonly once: boolean;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly intent: Intent;
  readonly used: number;
}

/** One direction over GLINK. */
export class GlinkPipe implements RpmsgPipe {
  readonly #clock: Clock;
  readonly #options: GlinkOptions;
  readonly #ring: number;
  #intents: Intent[] = [];
  readonly #queue: Waiting[] = [];
  #used = 0;
  #receive: RpmsgReceive | undefined;
  #dead = false;
  #signalled = false;
  #changed: (() => void)[] = [];

  constructor(clock: Clock, options: GlinkOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.#ring = options.ringBytes ?? 16384;
  }

  open(receive: RpmsgReceive, options: RpmsgOpenOptions): void {
    this.#receive = receive;
    const announced = options.intents ?? DEFAULT_INTENTS;
    this.#intents = announced.flatMap(([size, count]) => {
      return Array.from({ length: count }, () => ({ size, free: true, once: false }));
    });
    this.#wake();
  }

  close(): void {
    this.#receive = undefined;
    this.#intents = [];
    this.#queue.length = 0;
    this.#used = 0;
    this.#wake();
  }

  kill(): void {
    this.#dead = true;
    this.close();
  }

  trysend(bytes: Uint8Array): number {
    return this.#offer(bytes, bytes.length);
  }

  async send(bytes: Uint8Array): Promise<number> {
    const until = this.#clock.now() + INTENT_TIMEOUT;
    let asked = false;
    for (;;) {
      const ret = this.#offer(bytes, Math.min(bytes.length, CHUNK));
      if (ret === EIO && asked) return ECANCELED;
      if (ret !== EBUSY && ret !== EAGAIN) return ret;
      if (ret === EBUSY && !asked) {
        asked = true;
        this.#ask(bytes.length);
      }
      if (!(await this.#change(ret === EBUSY ? until : undefined))) return ETIMEDOUT;
    }
  }

  #offer(bytes: Uint8Array, chunk: number): number {
    if (this.#dead) return EIO;
    const intent = this.#fit(bytes.length);
    if (intent === undefined) return EBUSY;
    const used = chunk + HEADER;
    if (used >= this.#ring) return EINVAL;
    if (this.#used + used > this.#ring) return EAGAIN;
    intent.free = false;
    this.#used += used;
    this.#queue.push({ bytes: bytes.slice(), intent, used });
    this.#signal();
    return 0;
  }

  /** The smallest that is large enough. */
  #fit(length: number): Intent | undefined {
    let best: Intent | undefined;
    for (const intent of this.#intents)
      if (intent.free && intent.size >= length && (best === undefined || intent.size < best.size)) best = intent;
    return best;
  }

  #ask(size: number): void {
    if (this.#options.grants === false) return;
    this.#clock.after(this.#options.latency ?? 0, () => {
      if (this.#receive === undefined) return;
      this.#intents.push({ size, free: true, once: true });
      this.#wake();
    });
  }

  #signal(): void {
    if (this.#signalled) return;
    this.#signalled = true;
    this.#clock.after(this.#options.latency ?? 0, () => this.#interrupt());
  }

  #interrupt(): void {
    this.#signalled = false;
    for (let one = this.#queue.shift(); one !== undefined; one = this.#queue.shift()) {
      this.#used -= one.used;
      this.#receive?.(one.bytes);
      if (one.intent.once) this.#intents = this.#intents.filter((intent) => intent !== one.intent);
      one.intent.free = true;
    }
    this.#wake();
  }

  /** Waits until something has changed; false when `until` comes before. */
  #change(until: number | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      let timer: Timer | undefined;
      const changed = (): void => {
        timer?.cancel();
        resolve(true);
      };
      this.#changed.push(changed);
      if (until === undefined) return;
      timer = this.#clock.after(Math.max(0, until - this.#clock.now()), () => {
        this.#changed = this.#changed.filter((other) => other !== changed);
        resolve(false);
      });
    });
  }

  #wake(): void {
    for (const go of this.#changed.splice(0)) go();
  }
}
