// The recorded buffers of test/golden/cmdq.json: what the patch's helper and that of Linux 6.12 have made.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources.js';

/** A case with a buffer; `words` of the family ext are instructions alone. */
export interface GoldenCase {
  readonly name: string;
  readonly family: string;
  readonly why?: string;
  readonly shift_pa?: number;
  readonly expected?: { readonly buffer?: string | null; readonly words?: readonly string[] };
}

/** All cases. */
export function goldenCases(): readonly GoldenCase[] {
  const { cases } = JSON.parse(readFileSync(join(ROOT, 'test/golden/cmdq.json'), 'utf8')) as {
    readonly cases: readonly GoldenCase[];
  };
  return cases;
}

/** The bytes of hexadecimal text. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** Every buffer of the families seed and mainline. */
export function goldenBuffers(): Uint8Array[] {
  const made = goldenCases().filter(({ family }) => family === 'seed' || family === 'mainline');
  return made.flatMap(({ expected }) => (typeof expected?.buffer !== 'string' ? [] : [bytesOf(expected.buffer)]));
}
