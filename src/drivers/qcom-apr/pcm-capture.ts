// A capture stream: the DSP has all periods, and gets each back when it was read.
import { Mutex } from '../../core/mutex.js';
import type { AfePort } from './q6afe-ports.js';
import type { PcmPath } from './pcm-path.js';
import { type PcmLayout, PcmStream } from './pcm-stream.js';
import type { PcmState } from './pcm-playback.js';

/** A stream that is recorded. */
export class PcmCapture {
  readonly #stream: PcmStream;
  readonly #lock = new Mutex();
  /** Periods that are there to be read, the oldest first. */
  readonly #ready: { readonly index: number; readonly bytes: number }[] = [];
  #state: PcmState = 'prepared';
  #overruns = 0;

  constructor(path: PcmPath, layout: PcmLayout) {
    this.#stream = new PcmStream(path, layout, (index, bytes) => this.#done(index, bytes));
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

  /** How often the DSP had no period to record into (ALSA: xruns). */
  get overruns(): number {
    return this.#overruns;
  }

  /** Starts recording: the DSP gets all periods first. */
  start(): Promise<void> {
    return this.#lock.run(() => this.#start());
  }

  /** The next period, a copy; it starts the stream where nobody has. */
  read(): Promise<Uint8Array> {
    return this.#lock.run(async () => {
      this.#stream.check();
      if (this.#state === 'prepared') await this.#start();
      const { periodBytes, periods } = this.layout;
      const limit = this.#state === 'running' ? this.#stream.limitFor(periodBytes * periods) : undefined;
      const { index, bytes } = await this.#stream.wait('a period', () => this.#ready.shift(), limit);
      const from = index * periodBytes;
      const samples = this.#stream.path.buffer.bytes.slice(from, from + bytes);
      this.#stream.path.client.read(index);
      return samples;
    });
  }

  /** Holds on. */
  async pause(): Promise<void> {
    this.#stream.check();
    if (this.#state !== 'running') throw this.#stream.failure('EINVAL', `a ${this.#state} stream does not pause`);
    this.#state = 'paused';
    await this.#stream.path.client.pause();
  }

  /** Goes on after a pause. */
  async resume(): Promise<void> {
    this.#stream.check();
    if (this.#state !== 'paused') throw this.#stream.failure('EINVAL', `a ${this.#state} stream does not resume`);
    await this.#stream.path.client.run();
    this.#state = 'running';
  }

  /** Ends the stream. Throws what went wrong; it is closed all the same. */
  close(): Promise<void> {
    return this.#stream.close();
  }

  async #start(): Promise<void> {
    this.#stream.check();
    if (this.#state !== 'prepared') return;
    const { client } = this.#stream.path;
    for (let index = 0; index < this.layout.periods; index++) client.read(index);
    await client.run();
    this.#state = 'running';
  }

  #done(index: number, bytes: number): void {
    this.#ready.push({ index, bytes });
    if (this.#ready.length === this.layout.periods) this.#overruns++;
  }
}
