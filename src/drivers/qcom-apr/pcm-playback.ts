// A playback stream: periods are filled, given to the DSP, and free again when it has played them.
import { isErrno, passSysError, type SysError } from '../../base/errno.js';
import { Mutex } from '../../core/mutex.js';
import type { AfePort } from './q6afe-ports.js';
import type { PcmPath } from './pcm-path.js';
import { type PcmLayout, PcmStream } from './pcm-stream.js';

/** Where a stream stands. */
export type PcmState = 'prepared' | 'running' | 'paused';

/** A stream that is played. Its calls may overlap; they are done in the order of asking, but for `close`. */
export class PcmPlayback {
  readonly #stream: PcmStream;
  readonly #lock = new Mutex();
  /** Bytes by period; 0: free. The one that is being filled is not among them. */
  readonly #filled: number[];
  /** Filled and not given to the DSP yet, the oldest first. */
  #ready: number[] = [];
  #head = 0;
  /** Bytes in the period that is being filled. */
  #fill = 0;
  #state: PcmState = 'prepared';
  #draining = false;
  #played = 0;
  #underruns = 0;

  constructor(path: PcmPath, layout: PcmLayout) {
    this.#stream = new PcmStream(path, layout, (index) => this.#done(index));
    this.#filled = Array.from({ length: layout.periods }, () => 0);
  }

  get port(): AfePort {
    return this.#stream.path.port;
  }

  /** The number of its session at ASM. */
  get session(): number {
    return this.#stream.path.client.session;
  }

  get layout(): PcmLayout {
    return this.#stream.layout;
  }

  get state(): PcmState | 'closed' | 'failed' {
    if (this.#stream.isClosed) return 'closed';
    return this.#stream.error === undefined ? this.#state : 'failed';
  }

  /** Bytes that the DSP is through with. */
  get played(): number {
    return this.#played;
  }

  /** How often the DSP had nothing to play although nobody had said that it ends (ALSA: xruns). */
  get underruns(): number {
    return this.#underruns;
  }

  /**
   * Takes samples, and waits while the buffer is full, for ever while the stream is paused. The stream starts by itself
   * when the buffer is full. The bytes may be any number; a period may begin in the middle of a sample.
   */
  write(samples: Uint8Array): Promise<void> {
    return this.#lock.run(async () => {
      for (let from = 0; from < samples.length; ) from += await this.#fillFrom(samples, from);
    });
  }

  /** Starts what was written. */
  start(): Promise<void> {
    return this.#lock.run(() => this.#start());
  }

  /** Waits until all that was written is played. More may be written afterwards. EINVAL: it is paused. */
  drain(): Promise<void> {
    return this.#lock.run(async () => {
      this.#stream.check();
      if (this.#state === 'paused') throw this.#stream.failure('EINVAL', 'a paused stream does not drain');
      if (this.#fill > 0) this.#submit();
      if (this.#state === 'prepared' && this.#ready.length > 0) await this.#start();
      if (this.#state === 'running') await this.#eos();
    });
  }

  /** Holds on; nothing is lost. */
  async pause(): Promise<void> {
    this.#stream.check();
    if (this.#state !== 'running') throw this.#stream.failure('EINVAL', `a ${this.#state} stream does not pause`);
    if (this.#draining) throw this.#stream.failure('EBUSY', 'it drains');
    this.#state = 'paused';
    this.#stream.wake();
    await this.#stream.path.client.pause();
  }

  /** Goes on after a pause. */
  async resume(): Promise<void> {
    this.#stream.check();
    if (this.#state !== 'paused') throw this.#stream.failure('EINVAL', `a ${this.#state} stream does not resume`);
    await this.#stream.path.client.run();
    this.#state = 'running';
    this.#stream.wake();
    this.#pump();
  }

  /** Drops what was written and not played (ALSA: drop, prepare). The stream starts anew with what is written next. */
  async flush(): Promise<void> {
    if (this.#state === 'running') await this.pause();
    this.#stream.check();
    const started = this.#state === 'paused';
    if (started) await this.#stream.path.client.flush();
    this.#state = 'prepared';
    this.#filled.fill(0);
    this.#ready = [];
    this.#head = 0;
    this.#fill = 0;
    this.#stream.wake();
  }

  /** Ends the stream; what was written and not played is lost. Throws what went wrong; it is closed all the same. */
  close(): Promise<void> {
    return this.#stream.close();
  }

  async #fillFrom(samples: Uint8Array, from: number): Promise<number> {
    const { periodBytes, periods } = this.layout;
    this.#stream.check();
    while (!this.#isFree) await this.#waitFree();
    const take = Math.min(samples.length - from, periodBytes - this.#fill);
    const at = this.#head * periodBytes + this.#fill;
    this.#stream.path.buffer.bytes.set(samples.subarray(from, from + take), at);
    this.#fill += take;
    if (this.#fill === periodBytes) this.#submit();
    if (this.#state === 'prepared' && this.#ready.length === periods) await this.#start();
    return take;
  }

  /** Until the period at the head is free, or the stream was held or goes on: only then time counts. */
  async #waitFree(): Promise<void> {
    const runs = this.#state === 'running';
    const look = (): true | undefined => (this.#isFree || (this.#state === 'running') !== runs ? true : undefined);
    const { periodBytes, periods } = this.layout;
    await this.#stream.wait('a free period', look, runs ? this.#stream.limitFor(periodBytes * periods) : undefined);
  }

  get #isFree(): boolean {
    return this.#filled[this.#head] === 0;
  }

  /** The period at the head is to be played. */
  #submit(): void {
    this.#filled[this.#head] = this.#fill;
    this.#ready.push(this.#head);
    this.#head = (this.#head + 1) % this.#filled.length;
    this.#fill = 0;
    if (this.#state === 'running') this.#pump();
  }

  async #start(): Promise<void> {
    this.#stream.check();
    if (this.#state !== 'prepared') return;
    await this.#stream.path.client.run();
    this.#state = 'running';
    this.#pump();
  }

  #pump(): void {
    const { client } = this.#stream.path;
    for (let index = this.#ready[0]; index !== undefined; index = this.#ready[0]) {
      try {
        client.write(index, this.#filled[index] as number);
      } catch (e) {
        if (client.inFlight > 0 && (isErrno(e, 'EAGAIN') || isErrno(e, 'EBUSY'))) return; // there is no room now
        throw e;
      }
      this.#ready.shift();
    }
  }

  /** In the callback of the bus nobody can be told but the stream. */
  #pumpLater(): void {
    try {
      this.#pump();
    } catch (e) {
      passSysError(e);
      this.#stream.fail(e as SysError);
    }
  }

  async #eos(): Promise<void> {
    const left = this.#filled.reduce((sum, bytes) => sum + bytes, 0);
    const limit = this.#stream.limitFor(left);
    this.#draining = true;
    try {
      await this.#stream.wait('room', () => (this.#ready.length === 0 ? true : undefined), limit);
      await this.#stream.path.client.eos(limit);
      await this.#stream.wait('the end', () => (this.#filled.every((bytes) => bytes === 0) ? true : undefined), limit);
    } finally {
      this.#draining = false;
    }
  }

  #done(index: number): void {
    this.#played += this.#filled[index] as number;
    this.#filled[index] = 0;
    if (this.#state === 'running' && this.#ready.length > 0) this.#pumpLater();
    const idle = this.#filled.every((bytes) => bytes === 0);
    if (idle && this.#state === 'running' && !this.#draining) this.#underruns++;
  }
}
