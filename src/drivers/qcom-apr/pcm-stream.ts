// What playback and capture have in common: how the buffer is laid out, who waits, and how it ends.
import { type Duration, s } from '../../base/clock.js';
import { passSysError, type SysError } from '../../base/errno.js';
import { WaitQueue } from '../../core/wait.js';
import type { PcmPath, PcmSpec } from './pcm-path.js';
import type { AsmEvent } from './q6asm-client.js';

/** How a stream's bytes lie. */
export interface PcmLayout {
  /** Of one sample of each channel. */
  readonly frameBytes: number;
  readonly bytesPerSecond: number;
  readonly periodBytes: number;
  readonly periods: number;
}

/** How long the DSP may be late. */
export const GRACE: Duration = s(5);

const PERIODS_PER_SECOND = 50;
/** Buffers have 16 bits in a token; the DSP's addresses 32. */
const MOST_PERIODS = 0x1_0000;
const MOST_BYTES = 0x1000_0000;

/** The layout of a stream, or why there can be none, in words. */
export function pcmLayout(spec: PcmSpec): PcmLayout | string {
  const { rate, channels, bits, periods = 4 } = spec;
  if (![16, 24, 32].includes(bits)) return `${bits} bits; there are 16, 24 and 32`;
  if (!Number.isInteger(channels) || channels < 1 || channels > 8 || channels === 7)
    return `${channels} channels; there are 1 to 6, and 8`;
  if (!Number.isInteger(rate) || rate < 8000 || rate > 384_000) return `${rate} Hz; there are 8000 to 384000`;
  const frameBytes = channels * (bits === 16 ? 2 : 4);
  const periodBytes = spec.periodBytes ?? frameBytes * Math.ceil(rate / PERIODS_PER_SECOND);
  if (!Number.isInteger(periodBytes) || periodBytes < frameBytes || periodBytes % frameBytes !== 0)
    return `periods of ${periodBytes} bytes; a frame has ${frameBytes}`;
  if (!Number.isInteger(periods) || periods < 2 || periods > MOST_PERIODS) return `${periods} periods`;
  if (periodBytes * periods > MOST_BYTES) return `a buffer of ${periodBytes * periods} bytes`;
  return { frameBytes, bytesPerSecond: frameBytes * rate, periodBytes, periods };
}

/** The end of a stream, and who waits for its periods. */
export class PcmStream {
  readonly path: PcmPath;
  readonly layout: PcmLayout;
  readonly #queue = new WaitQueue();
  #error: SysError | undefined;
  #closing: Promise<void> | undefined;

  /** `done` is called for each period that the DSP is through with. */
  constructor(path: PcmPath, layout: PcmLayout, done: (index: number, bytes: number) => void) {
    this.path = path;
    this.layout = layout;
    path.client.onEvent = (event: AsmEvent): void => {
      if (event.kind === 'failed') return this.fail(event.error);
      done(event.index, event.bytes);
      this.#queue.wake();
    };
    path.client.onUnbind = () => this.close().catch(passSysError);
  }

  /** Why it does not go on; undefined while it does. */
  get error(): SysError | undefined {
    return this.#error;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Throws when the stream is over. */
  check(): void {
    if (this.#error !== undefined) throw this.#error;
    if (this.isClosed) throw this.failure('EBADF', 'the stream is closed');
  }

  /** Waits until something is so; ETIMEDOUT after `limit`. Without a limit it waits as long as the stream is there. */
  async wait<T>(what: string, look: () => T | undefined, limit?: Duration): Promise<T> {
    const { clock } = this.path.services.asm.requests.adev.dev;
    const seen = (): { readonly found: T } | 'over' | undefined => {
      if (this.#error !== undefined || this.isClosed) return 'over';
      const found = look();
      return found === undefined ? undefined : { found };
    };
    const answer = await this.#queue.wait(seen, limit === undefined ? undefined : { clock, limit });
    if (answer === 'timeout') throw this.failure('ETIMEDOUT', `${what} did not come within ${(limit ?? 0) / s(1)} s`);
    if (answer !== 'over') return answer.found;
    this.check();
    throw this.failure('EBADF', 'the stream is closed');
  }

  /** Something went wrong where nobody could be told. */
  fail(error: SysError): void {
    this.#error ??= error;
    this.#queue.wake();
  }

  /** Lets those who wait look again. */
  wake(): void {
    this.#queue.wake();
  }

  /** How long the DSP needs for so many bytes, and may be late. */
  limitFor(bytes: number): Duration {
    return Math.ceil((bytes * s(1)) / this.layout.bytesPerSecond) + GRACE;
  }

  /** Ends it; once, however often it is asked. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.path.close();
      this.wake();
    }
    return this.#closing;
  }

  failure(code: SysError['code'], what: string): SysError {
    const { services, client } = this.path;
    return services.asm.requests.adev.dev.error(code, what, `PCM on session ${client.session}`);
  }
}
