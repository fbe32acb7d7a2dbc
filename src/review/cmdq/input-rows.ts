// Hex dumps: rows of an offset and groups of digits, as xxd, hexdump, od, U-Boot and print_hex_dump write them, and
// numbers without any offset.
import { fitsWidth, groupBytes, placeRows } from '../hex-dump.js';
import { hexRowOf } from '../hex-row.js';
import { type Collected, groupsReversed, halvesSwapped, MAX_HOLE, plausible } from './input-result.js';

const SQUEEZED = /^\*\s*$/;

/** What a dump begins at, how many rows it had, and the digits of a group. */
export interface Dump {
  readonly base: number | undefined;
  readonly rows: number;
  readonly width: number;
}

/** Reads the rows of a text into `out`. Lines that are no rows are counted. */
export function readRows(lines: readonly string[], out: Collected): Dump {
  const rows = lines.map((text, index) => (SQUEEZED.test(text) ? ('*' as const) : hexRowOf(text, index + 1)));
  const { placed, width } = placeRows(rows);
  let base: number | undefined;
  let isSqueezed = false;
  let from = 0;
  let count = 0;
  for (const [index, row] of placed.entries()) {
    if (row === '*') {
      isSqueezed = true;
      continue;
    }
    if (row === undefined || !fitsWidth(row, width)) {
      if ((lines[index] ?? '').trim() !== '') out.skipped++;
      continue;
    }
    base ??= row.offset;
    const at = row.offset === undefined ? undefined : row.offset - (base ?? 0);
    if (!fillUp(out, at, isSqueezed ? out.bytes.slice(from) : undefined, row.line)) break;
    isSqueezed = false;
    if (row.groups.length === 0) continue;
    from = out.length;
    for (const group of row.groups) for (const byte of groupBytes(group, width, row)) out.byte(byte, row.line);
    count++;
  }
  return { base: base === 0 ? undefined : base, rows: count, width };
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

/** Of the orders that tools write groups of 32 and 64 bits in, the one with the most operations that exist. */
export function inLikelyOrder(bytes: Uint8Array, width: number): Uint8Array {
  const ways = [bytes];
  if (width === 8) ways.push(halvesSwapped(bytes));
  if (width >= 8) ways.push(groupsReversed(bytes, width / 2));
  const known = ways.map((way) => plausible(way).known);
  return ways[known.indexOf(Math.max(...known))] as Uint8Array;
}
