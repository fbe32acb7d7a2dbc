// A tone that plays on the audio DSP until it is stopped. When the DSP dies the stream ends with its driver's error,
// and another begins as soon as the services are back.
import { passSysError, type SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import { openPlayback } from '../drivers/qcom-apr/pcm.js';
import type { PcmPlayback } from '../drivers/qcom-apr/pcm-playback.js';
import { Q6Dsps, q6Services } from '../drivers/qcom-apr/q6-dsp.js';
import { type Q6Port, q6Ports } from '../drivers/qcom-apr/q6-ports.js';
import type { Q6Asm } from '../drivers/qcom-apr/q6asm.js';
import type { Activity, Running } from './activity.js';
import { numberWord, onlyWords } from './activity-words.js';
import { dspPaths, whyNoServices } from './dsp-services.js';
import { InputError } from './input-error.js';
import { TONE_CHANNELS, TONE_FRAME_BYTES, TONE_RATE, toneSamples } from './tone-samples.js';
import { inTurn } from './turns.js';

/** What the tone is at. */
export type ToneIs = 'opens' | 'plays' | 'waits for the services' | 'is stopped';

/** What it does, for whoever looks. */
export interface ToneState extends Readonly<Record<string, unknown>> {
  readonly is: ToneIs;
  readonly hz: number;
  /** The name of the port; empty while none is open. */
  readonly port: string;
  /** ASM's number of the session. */
  readonly session: number | undefined;
  /** Frames that the DSP was through with, of all streams. */
  readonly played: number;
  readonly underruns: number;
  /** Streams that were opened. */
  readonly streams: number;
  /** Why the last one ended, in the driver's words. */
  readonly error: string | undefined;
}

/** The activity. */
export const tone: Activity = {
  name: 'tone',
  about: 'play a sine on the audio DSP; hz=440 port=NAME',
  hindrance: ({ bench }) => hindranceOf(bench),
  start({ bench }, args) {
    onlyWords('start tone', args, ['hz', 'port']);
    const hz = numberWord('start tone', args, 'hz', { least: 20, most: 20_000, usual: 440 });
    const port = args.get('port');
    if (port !== undefined) needPort(bench, port);
    return new Tone(bench, hz, port);
  },
};

/** A DSP that is dead or boots will do: its services come. */
function hindranceOf(bench: Bench): string | undefined {
  const states = dspPaths(bench).map((path) => bench.sockets.get(path)?.inspection?.words?.()['dsp'] ?? '');
  const comes = states.some((is) => is === 'has crashed' || is === 'boots');
  if (q6Services(bench.core) === undefined && !comes) return whyNoServices(bench);
  return playbackPorts(bench).length === 0 ? 'the board has no port for playback' : undefined;
}

function playbackPorts({ core }: Bench): readonly Q6Port[] {
  return q6Ports(core).filter(({ direction }) => direction === 'playback');
}

function needPort(bench: Bench, wished: string): void {
  const ports = playbackPorts(bench);
  if (ports.some(({ name, link, index }) => [name, link, `${index}`].includes(wished))) return;
  const there = ports.map(({ name, link }) => (link === undefined ? name : `${name} (${link})`)).join(', ');
  throw new InputError(`start tone port=${wished}`, 'this board has no such port for playback', `there are: ${there}`);
}

/** Samples that are made at once: 20 ms, as long as a period. */
const CHUNK = TONE_RATE / 50;

class Tone implements Running {
  readonly #bench: Bench;
  readonly #hz: number;
  readonly #port: string | undefined;
  #is: ToneIs = 'opens';
  #stream: PcmPlayback | undefined;
  #playedBefore = 0;
  #underrunsBefore = 0;
  #streams = 0;
  #error: string | undefined;
  #stopped = false;

  constructor(bench: Bench, hz: number, port: string | undefined) {
    this.#bench = bench;
    this.#hz = hz;
    this.#port = port;
    void inTurn(bench.core, 'tone', () => this.#run());
  }

  get state(): ToneState {
    const stream = this.#stream;
    return {
      ...{ is: this.#is, hz: this.#hz, port: stream?.port.name ?? '', session: stream?.session },
      played: this.#playedBefore + (stream?.played ?? 0) / TONE_FRAME_BYTES,
      underruns: this.#underrunsBefore + (stream?.underruns ?? 0),
      ...{ streams: this.#streams, error: this.#error },
    };
  }

  stop(): void {
    this.#stopped = true;
    // Whoever waits for services looks up; what the stream holds is given back.
    this.#bench.core.subsystem(Q6Dsps).arrivals.wake();
    void this.#stream?.close().catch(passSysError);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const asm = q6Services(this.#bench.core)?.asm;
      if (asm !== undefined) await this.#play();
      if (!this.#stopped) await this.#otherServices(asm);
    }
    this.#is = 'is stopped';
  }

  /** Until it is stopped, or something goes wrong: that is kept. */
  async #play(): Promise<void> {
    this.#is = 'opens';
    try {
      const format = { rate: TONE_RATE, channels: TONE_CHANNELS, bits: 16 };
      const stream = await openPlayback(
        this.#bench.core,
        this.#port === undefined ? format : { ...format, port: portOf(this.#port) },
      );
      this.#stream = stream;
      this.#streams++;
      this.#is = 'plays';
      for (let frame = 0; !this.#stopped; frame += CHUNK) await stream.write(toneSamples(this.#hz, frame, CHUNK));
    } catch (e) {
      passSysError(e);
      if (!this.#stopped) this.#error = (e as SysError).message;
    }
    await this.#close();
  }

  async #close(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return;
    await stream.close().catch(passSysError);
    this.#playedBefore += stream.played / TONE_FRAME_BYTES;
    this.#underrunsBefore += stream.underruns;
    this.#stream = undefined;
  }

  /** Until there are services, others than those with which it did not go. */
  async #otherServices(than: Q6Asm | undefined): Promise<void> {
    this.#is = 'waits for the services';
    const { core } = this.#bench;
    await core.subsystem(Q6Dsps).arrivals.wait(() => {
      const asm = q6Services(core)?.asm;
      return this.#stopped || (asm !== undefined && asm !== than) ? true : undefined;
    });
  }
}

/** A port is also called by its number. */
function portOf(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}
