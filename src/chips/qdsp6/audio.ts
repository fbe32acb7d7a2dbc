// What a port says and hears outside of the DSP: blocks of samples with their place in time.
import type { Instant } from '../../base/clock.js';
import type { AudioFormat } from './format.js';

/** A port by id and name. */
export interface AudioPort {
  /** The DSP's id: 0x1004. */
  readonly id: number;
  /** `TERTIARY_MI2S_RX`. */
  readonly name: string;
}

/**
 * Samples that have gone out of a port. A port that plays and that no stream has anything for is silent, and says
 * nothing: `frame` jumps then.
 */
export interface AudioBlock {
  readonly port: AudioPort;
  readonly format: AudioFormat;
  /** The first frame, counted from the start of the port. */
  readonly frame: number;
  /** When it went out. */
  readonly at: Instant;
  readonly frames: number;
  /**
   * Frames of silence right before, in which a running stream had nothing and goes on now: software was late. 0 after a
   * pause, and at the begin of a stream.
   */
  readonly starved: number;
  /** The samples, interleaved, little-endian; 24 bits lie in the lower part of 32, with their sign. */
  readonly bytes: Uint8Array;
}

/** Hears a port. Block and bytes are the DSP's and valid during the call; it must not call back into the DSP. */
export type AudioListener = (block: AudioBlock) => void;

/**
 * What comes in at a port that captures: fills `into` with `frames` frames from `frame` on, counted from the start of
 * the port, interleaved, whole numbers of the format's bits.
 */
export type AudioInput = (into: Int32Array, frame: number, frames: number, format: AudioFormat) => void;

/** The signal at a port that captures; undefined is silence. Asked when the port starts. */
export type AudioInputs = (port: AudioPort, format: AudioFormat) => AudioInput | undefined;

/** Samples that come in once from the start of the port on, and silence behind them: as a file has them. */
export function samplesInput(samples: ArrayLike<number>): AudioInput {
  return (into, frame, frames, { channels }) => {
    const from = frame * channels;
    for (let i = 0; i < frames * channels; i++) into[i] = samples[from + i] ?? 0;
  };
}

/** A square wave of `hz` in all channels, `level` of full scale (0 to 1): the same numbers on every machine. */
export function squareInput(hz: number, level: number): AudioInput {
  return (into, frame, frames, { rate, bits, channels }) => {
    const high = Math.floor((2 ** (bits - 1) - 1) * level);
    for (let i = 0; i < frames; i++) {
      const sample = ((frame + i) * hz * 2) % (2 * rate) < rate ? high : -high;
      into.fill(sample, i * channels, (i + 1) * channels);
    }
  };
}
