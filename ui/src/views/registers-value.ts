// Numbers of registers, as a person reads and writes them.
import type { FieldEntry } from '../../../src/page/views/registers.js';

/** How numbers are written. */
export const BASES = ['hex', 'dec', 'bin'] as const;
/** One of them. */
export type Base = (typeof BASES)[number];

/** The field's number in its register. */
export function fieldOf(value: number, { hi, lo }: Pick<FieldEntry, 'hi' | 'lo'>): number {
  return Math.floor(value / 2 ** lo) % 2 ** (hi - lo + 1);
}

/** `0x7127`, `28967`, `0b111`: as many digits as the width has. */
export function formatValue(value: number, base: Base, width: number): string {
  if (base === 'dec') return String(value);
  if (base === 'bin') return `0b${value.toString(2).padStart(width, '0')}`;
  return `0x${value.toString(16).padStart(Math.ceil(width / 4), '0')}`;
}
