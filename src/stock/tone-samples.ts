// A tone for the audio DSP: two channels whose levels rise and fall slowly, each at its own pace. Made of plain
// arithmetic, so that every computer has the same samples.

/** Samples a second. */
export const TONE_RATE = 48_000;
/** Left and right. */
export const TONE_CHANNELS = 2;
/** Of one sample of each channel. */
export const TONE_FRAME_BYTES = 4;

/** Seconds from silent to silent, by channel. */
const SWELL_S = [4, 6] as const;
/** Where the level is least and most, of full scale: -40 dBFS and -3 dBFS. */
const LEAST = 0.01;
const MOST = 0.708;
const FULL = 0x7fff;

/** The frames from `first` on, 16 bits, interleaved, little-endian. */
export function toneSamples(hz: number, first: number, frames: number): Uint8Array {
  const bytes = new Uint8Array(frames * TONE_FRAME_BYTES);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < frames; i++) {
    const frame = first + i;
    const wave = sineOfTurn((frame * hz) / TONE_RATE);
    for (let channel = 0; channel < TONE_CHANNELS; channel++)
      view.setInt16(i * TONE_FRAME_BYTES + 2 * channel, Math.round(FULL * levelAt(frame, channel) * wave), true);
  }
  return bytes;
}

/** The level of a channel at a frame, of full scale. */
export function levelAt(frame: number, channel: number): number {
  const period = (SWELL_S[channel] ?? 1) * TONE_RATE;
  const phase = (frame % period) / period;
  const rise = phase < 0.5 ? 2 * phase : 2 - 2 * phase;
  // By the cube it rises about as evenly as ears have it.
  return LEAST + (MOST - LEAST) * rise * rise * rise;
}

/** The sine of a part of a full turn; right to 4 parts in a million (the series of Taylor up to its ninth power). */
function sineOfTurn(turns: number): number {
  const part = turns - Math.floor(turns);
  const quarter = part < 0.25 ? part : part < 0.75 ? 0.5 - part : part - 1;
  const x = quarter * 2 * Math.PI;
  const square = x * x;
  return x * (1 - (square / 6) * (1 - (square / 20) * (1 - (square / 42) * (1 - square / 72))));
}
