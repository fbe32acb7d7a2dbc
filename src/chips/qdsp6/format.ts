// Samples: formats, positions of channels, and what becomes of samples on their way from memory to a port and back.
// A sample is a whole number of the format's bits; 24 bits lie in the lower part of 32.

/** How samples lie in a row. */
export interface AudioFormat {
  readonly rate: number;
  /** 16, 24 or 32. */
  readonly bits: number;
  readonly channels: number;
}

/** A format with a position for each channel. */
export interface PlacedFormat extends AudioFormat {
  readonly positions: readonly number[];
}

/** Rates of ports, COPPs and streams. */
const RATES = new Set([
  ...[8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100],
  ...[48_000, 64_000, 88_200, 96_000, 176_400, 192_000],
]);
/** Most channels of anything. */
export const MOST_CHANNELS = 8;
/** Positions that have names: FL 1 to RB 9, and the rest of what channel maps may hold. */
const LAST_POSITION = 32;
const FRONT_LEFT = 1;
const FRONT_RIGHT = 2;

/** Whether there is such a format. */
export function isFormat({ rate, bits, channels }: AudioFormat): boolean {
  return RATES.has(rate) && (bits === 16 || bits === 24 || bits === 32) && channels >= 1 && channels <= MOST_CHANNELS;
}

/** Whether every channel has a position of its own. */
export function arePositions(positions: readonly number[]): boolean {
  return (
    new Set(positions).size === positions.length && positions.every((place) => place >= 1 && place <= LAST_POSITION)
  );
}

/** Bytes of one sample in memory. */
export function sampleBytes(bits: number): number {
  return bits === 16 ? 2 : 4;
}

/** Bytes of one sample of every channel. */
export function frameBytes({ bits, channels }: AudioFormat): number {
  return sampleBytes(bits) * channels;
}

/** A format in words: `48000 Hz, 16 bit, 2 channels`. */
export function formatWords({ rate, bits, channels }: AudioFormat): string {
  return `${rate} Hz, ${bits} bit, ${channels} channel${channels === 1 ? '' : 's'}`;
}

/**
 * For each position of `to` the channel of `from` that goes there, or -1: nothing does. Undefined when a channel would
 * be lost. Mono goes to mono, and to front left and front right where there is no place like its own.
 */
export function channelWays(from: readonly number[], to: readonly number[]): Int8Array | undefined {
  if (from.length === 1 && to.length === 1) return Int8Array.of(0);
  const lost = from.filter((place) => !to.includes(place));
  if (lost.length === 0) return Int8Array.from(to, (place) => from.indexOf(place));
  if (from.length > 1 || !to.includes(FRONT_LEFT) || !to.includes(FRONT_RIGHT)) return undefined;
  return Int8Array.from(to, (place) => (place === FRONT_LEFT || place === FRONT_RIGHT ? 0 : -1));
}

/** Reads `count` samples from bytes into `into`. The upper byte of 24 bits says nothing. */
export function decode(
  bytes: Uint8Array,
  offset: number,
  bits: number,
  count: number,
  into: Int32Array,
  start: number,
): void {
  let at = offset;
  if (bits === 16) {
    for (let i = 0; i < count; i++, at += 2) {
      into[start + i] = (((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 24)) >> 16;
    }
    return;
  }
  const spare = 32 - bits;
  for (let i = 0; i < count; i++, at += 4) {
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
    into[start + i] = ((low | ((bytes[at + 3] as number) << 24)) << spare) >> spare;
  }
}

/** Writes `count` samples as bytes from the beginning of `into`; what is too large becomes the largest there is. */
export function encode(samples: Float64Array, bits: number, count: number, into: Uint8Array, start = 0): void {
  const most = 2 ** (bits - 1) - 1;
  const least = -most - 1;
  let at = start;
  if (bits === 16) {
    for (let i = 0; i < count; i++, at += 2) {
      const exact = samples[i] as number;
      const sample = (exact > most ? most : exact < least ? least : exact) | 0;
      into[at] = sample;
      into[at + 1] = sample >> 8;
    }
    return;
  }
  for (let i = 0; i < count; i++, at += 4) {
    const exact = samples[i] as number;
    const sample = (exact > most ? most : exact < least ? least : exact) | 0;
    into[at] = sample;
    into[at + 1] = sample >> 8;
    into[at + 2] = sample >> 16;
    into[at + 3] = sample >> 24;
  }
}
