// What this machine is worth just now: other figures are ratios to it, so that they mean the same on all machines.
import { median } from './bench.js';

const STEPS = 1_000_000;
const ROUNDS = 21;

/** Nanoseconds of 100 steps of xorshift, three shifts each and each dependent on the last. */
export const YARDSTICK = { name: '100 xorshift steps', run: xorshiftNs } as const;

/** 100 steps of it took 150 ns on the quiet machine on which bounds in nanoseconds were set (1.5 ns a step). */
export const YARDSTICK_NS = 150;

function xorshiftNs(): number {
  let word = 1;
  const rounds = Array.from({ length: ROUNDS }, () => {
    const began = performance.now();
    word = xorshift(word, STEPS);
    return ((performance.now() - began) * 1e8) / STEPS;
  });
  return word === 0 ? Number.NaN : median(rounds);
}

function xorshift(from: number, steps: number): number {
  let word = from;
  for (let i = 0; i < steps; i++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
  }
  return word;
}
