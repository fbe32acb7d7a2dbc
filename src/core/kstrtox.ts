// Numbers and truth values from text as sysfs stores take them (Linux: linux/kstrtox.h).
import { SysError } from '../base/errno.js';

/** A signed type of C: its smallest and largest value. */
interface Range {
  readonly min: bigint;
  readonly max: bigint;
}

const LONG: Range = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const INT: Range = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const UINT: Range = { min: 0n, max: 2n ** 32n - 1n };
/** Digits beyond this are an overflow whatever follows them; below it the whole text is looked at first. */
const U64_MAX = 2n ** 64n - 1n;

/**
 * A decimal number of C's `long`: optional sign, digits, one optional newline at the end. EINVAL for anything else,
 * ERANGE beyond 64 bits. Above 2^53 the number is the nearest that JavaScript has.
 */
export function kstrtol(text: string): number {
  return signed(text, 10, LONG);
}

/** A number of C's `int`, where base 0 also takes hexadecimal behind `0x` and octal behind `0`. */
export function kstrtoint(text: string, base: 0 | 10): number {
  return signed(text, base, INT);
}

/** A decimal number of C's `unsigned int`: no minus sign. */
export function kstrtouint(text: string): number {
  const string = cString(text);
  const value = magnitude(string.startsWith('+') ? string.slice(1) : string, 10, text);
  return within(value, UINT, text);
}

/** `y`, `t`, `1`, `on` and `n`, `f`, `0`, `of`, in either case; what follows is not looked at. EINVAL otherwise. */
export function kstrtobool(text: string): boolean {
  if (/^(?:[yt1]|on)/i.test(text)) return true;
  if (/^(?:[nf0]|of)/i.test(text)) return false;
  throw new SysError('EINVAL', `${quoted(text)} is neither yes nor no`);
}

/** The text up to the first NUL, as C sees it: programs may write one, and it counts as written. */
export function cString(text: string): string {
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** Whether two C strings are equal but for one newline at the end of either (Linux: sysfs_streq). */
export function sysfsStreq(a: string, b: string): boolean {
  return withoutNewline(a) === withoutNewline(b);
}

function withoutNewline(text: string): string {
  return cString(text).replace(/\n$/, '');
}

/** A minus sign may not be followed by a plus sign. */
function signed(text: string, base: 0 | 10, range: Range): number {
  const string = cString(text);
  const negative = string.startsWith('-');
  const value = magnitude(/^[+-]/.test(string) ? string.slice(1) : string, base, text);
  return within(negative ? -value : value, range, text);
}

/** How a number is written; the first that fits counts. Base 10 knows only the last. */
const NOTATIONS: readonly { readonly prefix: string; readonly pattern: RegExp }[] = [
  { prefix: '0x', pattern: /^0x([0-9a-f]+)/i },
  { prefix: '0o', pattern: /^(0[0-7]*)/ },
  { prefix: '', pattern: /^([0-9]+)/ },
];

/** An unsigned number and nothing behind it but one newline. As in Linux too many digits come before a wrong end. */
function magnitude(string: string, base: 0 | 10, text: string): bigint {
  for (const { prefix, pattern } of base === 10 ? NOTATIONS.slice(-1) : NOTATIONS) {
    const match = pattern.exec(string);
    if (match === null) continue;
    const value = BigInt(`${prefix}${match[1]}`);
    if (value > U64_MAX) throw tooLarge(text);
    if (!/^\n?$/.test(string.slice(match[0].length))) break;
    return value;
  }
  throw notANumber(text);
}

function within(value: bigint, { min, max }: Range, text: string): number {
  if (value < min || value > max) throw tooLarge(text);
  return Number(value);
}

function notANumber(text: string): SysError {
  return new SysError('EINVAL', `${quoted(text)} is not a number`);
}

function tooLarge(text: string): SysError {
  return new SysError('ERANGE', `${quoted(text)} is too large`);
}

/** For messages: without what ends the text, and not longer than a line. */
function quoted(text: string): string {
  return JSON.stringify(cString(text).trimEnd().slice(0, 60));
}
