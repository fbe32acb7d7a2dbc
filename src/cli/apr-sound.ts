// Sound for `bringup apr play` and `record`: what a file has, as the DSP's streams take it, and back.
import type { Wav } from '../abi/wav.js';

/** A stream of the DSP: 16 bits in two bytes, 24 and 32 in four, 24 in the low three with their sign. */
export interface StreamSound {
  readonly rate: number;
  readonly channels: number;
  readonly bits: 16 | 24 | 32;
  readonly bytes: Uint8Array;
}

/** The sound of a file as a stream has it; a text that says why there is none. Part of a frame at the end is left. */
export function toStream({ rate, channels, bits, data }: Wav): StreamSound | string {
  if (bits === 8) return 'its samples have 8 bits, the DSP takes 16, 24 and 32';
  const width = (bits / 8) * channels;
  const whole = data.subarray(0, data.length - (data.length % width));
  return { rate, channels, bits, bytes: bits === 24 ? widened(whole) : whole };
}

/** The same bytes as the file had them. */
export function toFile({ bits, bytes }: StreamSound): Uint8Array {
  return bits === 24 ? narrowed(bytes) : bytes;
}

/** Its samples as whole numbers, interleaved. */
export function toSamples({ bits, bytes }: StreamSound): Int16Array | Int32Array {
  const copy = bytes.slice(); // aligned
  return bits === 16 ? new Int16Array(copy.buffer) : new Int32Array(copy.buffer);
}

function widened(packed: Uint8Array): Uint8Array {
  const out = new Uint8Array((packed.length / 3) * 4);
  for (let from = 0, to = 0; from < packed.length; from += 3, to += 4) {
    const high = packed[from + 2] as number;
    out[to] = packed[from] as number;
    out[to + 1] = packed[from + 1] as number;
    out[to + 2] = high;
    out[to + 3] = high >= 0x80 ? 0xff : 0;
  }
  return out;
}

function narrowed(wide: Uint8Array): Uint8Array {
  const out = new Uint8Array((wide.length / 4) * 3);
  for (let from = 0, to = 0; from < wide.length; from += 4, to += 3) {
    out[to] = wide[from] as number;
    out[to + 1] = wide[from + 1] as number;
    out[to + 2] = wide[from + 2] as number;
  }
  return out;
}
