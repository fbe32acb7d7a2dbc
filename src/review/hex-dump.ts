// The rows of a hex dump together: whether their first groups are offsets, how wide a number is, in which order its
// bytes are in memory.
import type { HexGroup, HexRow } from './hex-row.js';

/** A row with its offset taken apart; undefined where it has none. */
export interface PlacedRow {
  readonly line: number;
  readonly offset: number | undefined;
  readonly colon: boolean;
  readonly groups: readonly HexGroup[];
}

/** Rows in their order, whatever stands between them left as it is, and the digits of a group. */
export interface PlacedRows<T> {
  readonly placed: readonly (PlacedRow | T)[];
  readonly width: number;
}

/** Digits of a byte, of numbers of 16, 32 and 64 bits. */
const WIDTHS = [2, 4, 8, 16] as const;

/** Takes the rows of one dump apart; a text stands for something between them. */
export function placeRows<T extends string | undefined>(rows: readonly (HexRow | T)[]): PlacedRows<T> {
  const isRow = (row: HexRow | T): row is HexRow => typeof row === 'object';
  const radix = radixOfOffsets(rows.filter(isRow));
  const placed = rows.map((row) => (isRow(row) ? place(row, radix) : row));
  const width = usualWidth(placed.filter((row): row is PlacedRow => typeof row === 'object'));
  return { placed, width };
}

/**
 * The bytes of a group in the order of memory. Two digits are a byte; xxd's groups of four have bytes in their order;
 * all others are little-endian numbers.
 */
export function groupBytes({ digits }: HexGroup, width: number, { colon }: Pick<PlacedRow, 'colon'>): number[] {
  const bytes = (digits.padStart(width, '0').match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  if (width > 4 || (width === 4 && !colon)) bytes.reverse();
  return bytes;
}

/**
 * 16, or od's 8, when the first groups of rows are offsets: they grow by the bytes of their row, which are a power of
 * two in every dump. A colon says so by itself. 0 when they are not.
 */
function radixOfOffsets(rows: readonly HexRow[]): 0 | 8 | 16 {
  const bare = rows.filter(({ colon }) => !colon).slice(0, 256);
  const steps = (radix: number): number => {
    let count = 0;
    for (let i = 1; i < bare.length; i++) {
      const [a, b] = [bare[i - 1] as HexRow, bare[i] as HexRow];
      const step = Number.parseInt(digitsOf(b), radix) - Number.parseInt(digitsOf(a), radix);
      if (isRowLength(step) && step === bytesBehind(a)) count++;
    }
    return count;
  };
  const [hex, octal] = [steps(16), bare.some((row) => /[89a-f]/i.test(digitsOf(row))) ? 0 : steps(8)];
  if (Math.max(hex, octal) * 2 >= Math.max(1, bare.length - 1)) return octal > hex ? 8 : 16;
  return bare.length > 0 && bare.every(isOddFirst) ? 16 : 0;
}

const isRowLength = (step: number): boolean => step > 0 && (step & (step - 1)) === 0;
const digitsOf = ({ groups }: HexRow): string => groups[0]?.digits ?? '';
const bytesBehind = ({ groups }: HexRow): number =>
  groups.slice(1).reduce((sum, { digits }) => sum + digits.length / 2, 0);

/** The first group is wider than the others, which are alike. */
function isOddFirst({ groups: [first, second, ...more] }: HexRow): boolean {
  if (first === undefined || second === undefined || first.digits.length <= second.digits.length) return false;
  return more.every(({ digits }) => digits.length === second.digits.length);
}

/** A group on its own is the closing offset of a dump that has offsets. */
function place({ line, colon, groups }: HexRow, radix: 0 | 8 | 16): PlacedRow {
  if (!colon && radix === 0) return { line, offset: undefined, colon, groups };
  const offset = Number.parseInt(groups[0]?.digits ?? '', colon ? 16 : radix);
  return { line, offset, colon, groups: groups.slice(1) };
}

/** Digits of most groups, rounded up to a number of bits that exists. */
function usualWidth(rows: readonly PlacedRow[]): number {
  const counts = new Map<number, number>();
  let widest = 0;
  for (const { groups } of rows) {
    for (const { digits, isNumber } of groups) {
      if (isNumber) widest = Math.max(widest, digits.length);
      else counts.set(digits.length, (counts.get(digits.length) ?? 0) + 1);
    }
  }
  const plain = [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
  const digits = plain ?? (widest > 2 && widest <= 8 ? 8 : widest);
  return WIDTHS.find((width) => width >= digits) ?? 8;
}

/** Whether the groups of a row have the usual width; a row with other ones is no part of the dump. */
export function fitsWidth({ groups }: PlacedRow, width: number): boolean {
  return groups.every(({ digits, isNumber }) => (isNumber ? digits.length <= width : digits.length === width));
}
