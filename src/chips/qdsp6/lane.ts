// All ports of one sample rate go in step. A lane knows the frame that is due, moves samples until then, and says when
// something happens next. Nothing is allocated on the way.
import type { Instant } from '../../base/clock.js';
import type { AudioInput, AudioListener } from './audio.js';
import type { Port } from './afe.js';
import type { CaptureStream } from './capture-stream.js';
import { type AudioFormat, encode, frameBytes } from './format.js';
import type { PlayStream } from './play-stream.js';
import type { Way } from './ways.js';

/** From a stream to ports. */
export interface PlayWays {
  readonly stream: PlayStream;
  readonly outs: readonly { readonly out: Out; readonly way: Way }[];
}

/** From ports to a stream. */
export interface CaptureWays {
  readonly stream: CaptureStream;
  readonly ins: readonly { readonly input: In; readonly way: Way }[];
}

const SECOND = 1_000_000_000;
/** A lane moves at least so often while there is something to move. */
const BLOCKS_PER_SECOND = 100;

/** When what happens in a step is told: at its end, which may be a part of a frame from now; 0 outside of steps. */
export interface Due {
  at: Instant;
}

/** When frame `frame` begins, in whole nanoseconds; frames of all lanes begin with time. */
export function timeOf(frame: number, rate: number): Instant {
  const seconds = Math.floor(frame / rate);
  return seconds * SECOND + Math.ceil(((frame - seconds * rate) * SECOND) / rate);
}

/** The first frame that begins at `now` or later. */
export function frameAt(now: Instant, rate: number): number {
  const seconds = Math.floor(now / SECOND);
  const frame = seconds * rate + Math.floor(((now - seconds * SECOND) * rate) / SECOND);
  return timeOf(frame, rate) < now ? frame + 1 : frame;
}

/** A port that plays, while it is started. */
export class Out {
  readonly port: Port;
  readonly format: AudioFormat;
  /** The lane's frame at which it started. */
  readonly start: number;
  readonly samples: Float64Array;
  /** A stream had something in this step. */
  fed = false;
  /** Silence before this step that a stream is to blame for. */
  starved = 0;
  /** Frames in which something was heard. */
  frames = 0;
  readonly #listener: AudioListener | undefined;
  readonly #block;
  readonly #bytes: Uint8Array;
  /** The first bytes of these, by frames: made once each. */
  readonly #parts: (Uint8Array | undefined)[] = [];

  constructor(port: Port, start: number, most: number, listener: AudioListener | undefined) {
    const format = { ...port.format };
    this.port = port;
    this.format = format;
    this.start = start;
    this.samples = new Float64Array(most * format.channels);
    this.#bytes = new Uint8Array(most * frameBytes(format));
    this.#block = { port: port.info, format, frame: 0, at: 0, frames: 0, starved: 0, bytes: this.#bytes };
    this.#listener = listener;
  }

  /** Takes `frames` frames of a stream into the step. */
  mix({ ring, head, capacity, format }: PlayStream, { channels: ways, scale }: Way, frames: number): void {
    const { channels } = this.format;
    const width = format?.channels ?? 0;
    const { samples } = this;
    if (!this.fed) samples.fill(0, 0, frames * channels);
    this.fed = true;
    for (let channel = 0; channel < channels; channel++) {
      const from = ways[channel] as number;
      if (from < 0) continue;
      let at = head * width + from;
      const end = capacity * width;
      for (let i = channel; i < frames * channels; i += channels) {
        samples[i] = (samples[i] as number) + (ring[at] as number) * scale;
        at += width;
        if (at >= end) at -= end;
      }
    }
  }

  /** The step is over: what was mixed goes out. */
  emit(frame: number, frames: number): void {
    if (!this.fed) return;
    this.fed = false;
    this.frames += frames;
    const listener = this.#listener;
    const block = this.#block;
    block.starved = this.starved;
    this.starved = 0;
    if (listener === undefined) return;
    const { format } = this;
    encode(this.samples, format.bits, frames * format.channels, this.#bytes);
    block.bytes = this.#parts[frames] ??= this.#bytes.subarray(0, frames * frameBytes(format));
    block.frames = frames;
    block.frame = frame - this.start;
    block.at = timeOf(frame, format.rate);
    listener(block);
  }
}

/** A port that captures, while it is started. */
export class In {
  readonly port: Port;
  readonly format: AudioFormat;
  readonly start: number;
  readonly samples: Int32Array;
  /** Frames that some stream has taken. */
  frames = 0;
  readonly #input: AudioInput | undefined;
  #at = -1;

  constructor(port: Port, start: number, most: number, input: AudioInput | undefined) {
    this.port = port;
    this.format = { ...port.format };
    this.start = start;
    this.samples = new Int32Array(most * this.format.channels);
    this.#input = input;
  }

  /** Has the samples of a step ready. */
  hear(frame: number, frames: number): void {
    if (this.#at === frame) return;
    this.#at = frame;
    this.frames += frames;
    this.#input?.(this.samples, frame - this.start, frames, this.format);
  }
}

/** Ports and streams of one rate. */
export class Lane {
  readonly rate: number;
  /** Most frames of a step. */
  readonly most: number;
  /** The frame that is due next. */
  at: number;
  plays: readonly PlayWays[] = [];
  captures: readonly CaptureWays[] = [];
  outs: readonly Out[] = [];
  ins: readonly In[] = [];
  readonly #sum: Float64Array;
  readonly #due: Due;

  constructor(rate: number, now: Instant, due: Due) {
    this.rate = rate;
    this.#due = due;
    this.most = Math.ceil(rate / BLOCKS_PER_SECOND);
    this.at = frameAt(now, rate);
    this.#sum = new Float64Array(this.most * 8);
  }

  /** Lets everything happen that begins before `now`. */
  advance(now: Instant): void {
    const target = frameAt(now, this.rate);
    while (this.at < target) {
      const step = this.#step();
      const frames = Math.min(step === 0 ? target - this.at : step, target - this.at);
      this.#due.at = timeOf(this.at + frames, this.rate);
      this.#play(frames);
      this.#capture(frames);
      this.at += frames;
    }
    this.#due.at = 0;
  }

  /** When something happens next by itself; Infinity when nothing does. */
  nextAt(): Instant {
    const step = this.#step();
    return step === 0 ? Number.POSITIVE_INFINITY : timeOf(this.at + step, this.rate);
  }

  /** Frames until something happens, a block at most; 0: nothing will. */
  #step(): number {
    let step = 0;
    for (let i = 0; i < this.plays.length; i++) step = sooner(step, (this.plays[i] as PlayWays).stream.untilChange());
    for (let i = 0; i < this.captures.length; i++) {
      step = sooner(step, (this.captures[i] as CaptureWays).stream.untilChange());
    }
    return Math.min(step, this.most);
  }

  #play(frames: number): void {
    for (let i = 0; i < this.plays.length; i++) {
      const { stream, outs } = this.plays[i] as PlayWays;
      if (stream.filled === 0) {
        if (stream.expected) stream.starving += frames;
        continue;
      }
      for (let j = 0; j < outs.length; j++) {
        const { out, way } = outs[j] as PlayWays['outs'][number];
        out.mix(stream, way, frames);
        out.starved = Math.max(out.starved, stream.gap);
      }
      stream.hear(frames);
    }
    for (let i = 0; i < this.outs.length; i++) (this.outs[i] as Out).emit(this.at, frames);
    for (let i = 0; i < this.plays.length; i++) (this.plays[i] as PlayWays).stream.fill();
  }

  #capture(frames: number): void {
    for (let i = 0; i < this.captures.length; i++) {
      const { stream, ins } = this.captures[i] as CaptureWays;
      if (stream.untilChange() === 0) {
        stream.lost += frames;
        continue;
      }
      const channels = stream.format?.channels ?? 0;
      this.#sum.fill(0, 0, frames * channels);
      for (let j = 0; j < ins.length; j++) {
        const { input, way } = ins[j] as CaptureWays['ins'][number];
        input.hear(this.at, frames);
        this.#add(input, way, frames, channels);
      }
      stream.take(this.#sum, frames);
    }
  }

  #add({ samples, format }: In, { channels: ways, scale }: Way, frames: number, channels: number): void {
    const sum = this.#sum;
    for (let channel = 0; channel < channels; channel++) {
      let from = ways[channel] as number;
      if (from < 0) continue;
      for (let i = channel; i < frames * channels; i += channels, from += format.channels) {
        sum[i] = (sum[i] as number) + (samples[from] as number) * scale;
      }
    }
  }
}

/** The smaller of two steps; 0 is none. */
function sooner(a: number, b: number): number {
  return a === 0 ? b : b === 0 ? a : Math.min(a, b);
}
