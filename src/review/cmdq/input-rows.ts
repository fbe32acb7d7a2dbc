// Hex dumps: rows of an offset and groups of digits, as xxd, hexdump, od, U-Boot and print_hex_dump write them, and
// numbers without any offset.
import { type HexGroup, type HexRow, hexRowOf } from './hex-row.js';
import { type Collected, groupsReversed, halvesSwapped, MAX_HOLE, plausible } from './input-result.js';

/** Digits of a byte, of numbers of 16, 32 and 64 bits. */
const WIDTHS = [2, 4, 8, 16] as const;
const SQUEEZED = /^\*\s*$/;

/** What a dump begins at, how many rows it had, and the digits of a group. */
export interface Dump {
  readonly base: number | undefined;
  readonly rows: number;
  readonly width: number;
}

/** A row with its offset taken apart; undefined stands for the `*` of rows that are as the one before. */
interface Placed {
  readonly line: number;
  readonly offset: number | undefined;
  readonly colon: boolean;
  readonly groups: readonly HexGroup[];
}

/** Reads the rows of a text into `out`. Lines that are no rows are counted. */
export function readRows(lines: readonly string[], out: Collected): Dump {
  const rows = lines.map((text, index) => (SQUEEZED.test(text) ? ('*' as const) : hexRowOf(text, index + 1)));
  const real = rows.filter((row) => row !== undefined && row !== '*');
  const radix = radixOfOffsets(real);
  const placed = rows.map((row) => (row === '*' || row === undefined ? row : place(row, radix)));
  const width = usualWidth(placed.flatMap((row) => (row === '*' || row === undefined ? [] : [row])));
  let base: number | undefined;
  let isSqueezed = false;
  let from = 0;
  let count = 0;
  for (const [index, row] of placed.entries()) {
    if (row === '*') {
      isSqueezed = true;
      continue;
    }
    if (row === undefined || row.groups.some((group) => !fits(group, width))) {
      if ((lines[index] ?? '').trim() !== '') out.skipped++;
      continue;
    }
    base ??= row.offset;
    const at = row.offset === undefined ? undefined : row.offset - (base ?? 0);
    if (!fillUp(out, at, isSqueezed ? out.bytes.slice(from) : undefined, row.line)) break;
    isSqueezed = false;
    if (row.groups.length === 0) continue;
    from = out.length;
    for (const group of row.groups) addGroup(out, group, width, row);
    count++;
  }
  return { base: base === 0 ? undefined : base, rows: count, width };
}

/**
 * 16, or od's 8, when the first groups of rows are offsets: they grow by the bytes of their row. A colon says so by
 * itself. 0 when they are not.
 */
function radixOfOffsets(rows: readonly HexRow[]): 0 | 8 | 16 {
  const bare = rows.filter(({ colon }) => !colon).slice(0, 256);
  const steps = (radix: number): number => {
    let count = 0;
    for (let i = 1; i < bare.length; i++) {
      const [a, b] = [bare[i - 1] as HexRow, bare[i] as HexRow];
      const step = Number.parseInt(digitsOf(b), radix) - Number.parseInt(digitsOf(a), radix);
      if (step > 0 && step === bytesBehind(a)) count++;
    }
    return count;
  };
  const [hex, octal] = [steps(16), bare.some((row) => /[89a-f]/i.test(digitsOf(row))) ? 0 : steps(8)];
  if (Math.max(hex, octal) * 2 >= Math.max(1, bare.length - 1)) return octal > hex ? 8 : 16;
  const [only, more] = bare;
  return only !== undefined && more === undefined && isOddFirst(only) ? 16 : 0;
}

const digitsOf = ({ groups }: HexRow): string => groups[0]?.digits ?? '';
const bytesBehind = ({ groups }: HexRow): number =>
  groups.slice(1).reduce((sum, { digits }) => sum + digits.length / 2, 0);

/** Of a single row: the first group is wider than the others, which are alike. */
function isOddFirst({ groups: [first, second, ...more] }: HexRow): boolean {
  if (first === undefined || second === undefined || first.digits.length <= second.digits.length) return false;
  return more.every(({ digits }) => digits.length === second.digits.length);
}

/** A group on its own is the closing offset of a dump that has offsets. */
function place({ line, colon, groups }: HexRow, radix: 0 | 8 | 16): Placed {
  if (!colon && radix === 0) return { line, offset: undefined, colon, groups };
  const offset = Number.parseInt(groups[0]?.digits ?? '', colon ? 16 : radix);
  return { line, offset, colon, groups: groups.slice(1) };
}

/** Digits of most groups, rounded up to a number of bits that exists. */
function usualWidth(rows: readonly Placed[]): number {
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

function fits({ digits, isNumber }: HexGroup, width: number): boolean {
  return isNumber ? digits.length <= width : digits.length === width;
}

/** Comes to `offset`: by what `*` stands for, or over a hole. False when the dump ends here. */
function fillUp(out: Collected, offset: number | undefined, squeezed: Uint8Array | undefined, line: number): boolean {
  if (offset === undefined || offset === out.length) return true;
  const count = offset - out.length;
  const hex = `0x${Math.max(0, offset).toString(16)}`;
  if (count < 0 || (squeezed === undefined && count > MAX_HOLE)) {
    out.say('back', line, { offset: hex });
    return false;
  }
  if (out.isFull(count)) return false;
  if (squeezed !== undefined && squeezed.length > 0) out.repeat(squeezed, count, line);
  else {
    out.say('hole', line, { count, offset: hex });
    out.repeat(Uint8Array.of(0), count, line);
  }
  return true;
}

/** Two digits are a byte; xxd's groups of four have bytes in their order; all others are little-endian numbers. */
function addGroup(out: Collected, { digits }: HexGroup, width: number, { colon, line }: Placed): void {
  const bytes = (digits.padStart(width, '0').match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  if (width > 4 || (width === 4 && !colon)) bytes.reverse();
  for (const byte of bytes) out.byte(byte, line);
}

/** Of the orders that tools write groups of 32 and 64 bits in, the one with the most operations that exist. */
export function inLikelyOrder(bytes: Uint8Array, width: number): Uint8Array {
  const ways = [bytes];
  if (width === 8) ways.push(halvesSwapped(bytes));
  if (width >= 8) ways.push(groupsReversed(bytes, width / 2));
  const known = ways.map((way) => plausible(way).known);
  return ways[known.indexOf(Math.max(...known))] as Uint8Array;
}
