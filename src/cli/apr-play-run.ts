// One run of `bringup apr play`: a machine boots, streams are opened and played, and what the DSP's port gave is kept.
import { type Duration, s } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import { type AudioListener, AudioRecorder, type Recording } from '../chips/qdsp6/qdsp6.js';
import { openPlayback } from '../drivers/qcom-apr/pcm.js';
import type { PcmPlayback } from '../drivers/qcom-apr/pcm-playback.js';
import type { StreamSound } from './apr-sound.js';

/** A file that is to be played. */
export interface PlayJob {
  readonly file: string;
  readonly sound: StreamSound;
}

/** What became of one stream. */
export interface StreamResult {
  readonly file: string;
  readonly frames: number;
  /** Frames that the DSP was through with. */
  readonly played: number;
  /** ASM's number of the session; absent where none was opened. */
  readonly session?: number;
  /** How often the DSP had nothing to play. */
  readonly underruns: number;
  /** What went wrong. */
  readonly error?: string;
}

/** What became of a playback. */
export interface PlayResult {
  /** The name of the port; empty where none was opened. */
  readonly port: string;
  readonly rate: number;
  readonly channels: number;
  readonly bits: number;
  readonly streams: readonly StreamResult[];
  /** Frames that came out of the port, silence between them included. */
  readonly heard: number;
  /** Silence among them that nobody wrote: software was late. */
  readonly starved: number;
  /** Whether they are the frames of the file: of one file only. */
  readonly identical?: boolean;
  readonly virtualNs: Duration;
}

/** A playback and its sound, as the streams have it. */
export interface Playback {
  readonly result: PlayResult;
  readonly sound: StreamSound;
}

/** How much longer than its sound a playback may take. */
const LATER: Duration = s(60);

/** Hears the port: the first that says something. */
export class Ear {
  #recorder = new AudioRecorder();
  /** For the option of the DSP. */
  readonly listen: AudioListener = (block) => this.#recorder.listener(block);

  /** What was heard since the last time. */
  take(): Recording | undefined {
    const [first] = this.#recorder.recordings;
    this.#recorder = new AudioRecorder();
    return first;
  }
}

/** Plays all of them at once on one port. `port` is the board's first when left out. */
export async function playAll(bench: Bench, ear: Ear, jobs: readonly PlayJob[], port?: string): Promise<Playback> {
  const began = bench.clock.now();
  const [first] = jobs as [PlayJob];
  const longest = Math.max(...jobs.map(({ sound }) => secondsOf(sound)));
  const streams: StreamResult[] = [];
  let name = '';
  await bench.drive('playing', s(longest) + LATER, async () => {
    const played = await Promise.all(jobs.map((job) => playOne(bench, job, port)));
    for (const { result, portName } of played) {
      streams.push(result);
      name ||= portName;
    }
  });
  const { rate, channels, bits } = first.sound;
  const recording = ear.take();
  const sound: StreamSound = { rate, channels, bits, bytes: recording?.bytes ?? new Uint8Array(0) };
  const result: PlayResult = {
    ...{ port: name, rate, channels, bits, streams },
    heard: framesOf(sound),
    starved: recording?.starved ?? 0,
    ...(jobs.length === 1 ? { identical: sameBytes(sound.bytes, first.sound.bytes) } : {}),
    virtualNs: bench.clock.now() - began,
  };
  return { result, sound };
}

/** Never throws what a device said: it is in the result. */
async function playOne(
  bench: Bench,
  { file, sound }: PlayJob,
  port: string | undefined,
): Promise<{ result: StreamResult; portName: string }> {
  const { rate, channels, bits, bytes } = sound;
  let stream: PcmPlayback | undefined;
  let error: string | undefined;
  const attempt = async (step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      error ??= e.message;
    }
  };
  await attempt(async () => {
    stream = await openPlayback(bench.core, { rate, channels, bits, ...(port === undefined ? {} : { port }) });
    await stream.write(bytes);
    await stream.drain();
  });
  const opened = stream as PcmPlayback | undefined;
  if (opened !== undefined) await attempt(() => opened.close());
  const result: StreamResult = {
    file,
    frames: framesOf(sound),
    played: (opened?.played ?? 0) / frameBytes(sound),
    ...(opened === undefined ? {} : { session: opened.session }),
    underruns: opened?.underruns ?? 0,
    ...(error === undefined ? {} : { error }),
  };
  return { result, portName: opened?.port.name ?? '' };
}

function frameBytes({ channels, bits }: StreamSound): number {
  return channels * (bits === 16 ? 2 : 4);
}

function framesOf(sound: StreamSound): number {
  return sound.bytes.length / frameBytes(sound);
}

function secondsOf(sound: StreamSound): number {
  return framesOf(sound) / sound.rate;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
