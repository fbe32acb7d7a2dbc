// Random GCE instructions: every operation with likely and unlikely fields, and words that mean nothing.
import type { Random } from '../src/base/random.js';

const OPS = [0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x90, 0x91, 0xa0, 0xb0, 0xb1] as const;
const WFE = [0x80008001, 0x00008001, 0x80000000, 0x80010000, 0x80018000, 0x00008000, 0x80ff8fff] as const;
const LOWS = [
  0, 1, 8, 0xffff_ffff, 0xffff_fff8, 0x0013_0000, 0x0010_0000, 0x8000_0000, 0x0001_0002, 0x0020_0000,
] as const;
const A16 = [0, 1, 2, 3, 32, 33, 47, 48, 56, 53, 0x3ff, 0x400, 0x7fff, 0x8000, 0xffff, 0xc020, 0xc021, 0xc022] as const;

/** A random word as its upper and lower half. */
function randomWord(random: Random): readonly [high: number, low: number] {
  if (random.chance(0.1)) return [random.u32(), random.u32()];
  const op = random.chance(0.02) ? random.below(256) : random.pick(OPS);
  const types = random.pick([0, 0, 4, 8, 12, 2, 14, 6, random.below(16)]) >>> 0;
  const sop = random.chance(0.5) ? random.below(4) : random.below(32);
  const a16 = random.chance(0.5) ? random.pick(A16) : random.below(0x10000);
  const low = op === 0x20 && random.chance(0.7) ? random.pick(WFE) : lowOf(random);
  return [((op << 24) | (types << 20) | (sop << 16) | a16) >>> 0, low >>> 0];
}

function lowOf(random: Random): number {
  if (random.chance(0.4)) return random.pick(LOWS);
  if (random.chance(0.3)) return random.below(64);
  return random.chance(0.3) ? random.below(0x1_0000) << 16 : random.u32();
}

/** A program of random words as bytes in memory. */
export function randomProgram(random: Random, count: number): Uint8Array {
  const bytes = new Uint8Array(count * 8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const [high, low] = randomWord(random);
    view.setUint32(i * 8, low, true);
    view.setUint32(i * 8 + 4, high, true);
  }
  return bytes;
}
