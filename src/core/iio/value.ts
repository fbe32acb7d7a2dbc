// Values of IIO attributes as text and from text (Linux: iio_format_value, iio_str_to_fixpoint of
// industrialio-core.c).
import { assert } from '../../base/assert.js';
import { SysError } from '../../base/errno.js';
import { cString, kstrtoint } from '../kstrtox.js';

/**
 * What the numbers of a value mean. Two of them are an integer and its millionths or billionths (a negative fraction
 * is for values between 0 and -1), a numerator and its divisor or the power of two that divides it, or the low and
 * the high half of 64 bits; several stand for themselves, and a character is its code.
 */
export type IioValType =
  | 'INT'
  | 'INT_PLUS_MICRO'
  | 'INT_PLUS_NANO'
  | 'INT_PLUS_MICRO_DB'
  | 'INT_MULTIPLE'
  | 'INT_64'
  | 'FRACTIONAL'
  | 'FRACTIONAL_LOG2'
  | 'CHAR';

/** The value of an attribute. Its numbers are C's `int`. */
export interface IioVal {
  readonly type: IioValType;
  readonly vals: readonly number[];
}

/** The values that an attribute takes: a list one after the other, or a range as first, step and last. */
export interface IioAvail extends IioVal {
  readonly kind: 'list' | 'range';
}

/** A whole number. */
export function iioInt(value: number): IioVal {
  return { type: 'INT', vals: [value] };
}

/** An integer and millionths: (0, 140) is 0.000140. */
export function iioMicro(integer: number, micro: number): IioVal {
  return { type: 'INT_PLUS_MICRO', vals: [integer, micro] };
}

/** The text of a value as its file has it, newline included. */
export function iioFormatValue({ type, vals }: IioVal): string {
  return `${format(type, vals)}\n`;
}

/** The text of an `…_available` file: `1 4 16` or `[0 1 10]`, newline included. */
export function iioFormatAvail({ kind, type, vals }: IioAvail): string {
  const stride = type === 'INT' ? 1 : 2;
  const count = Math.floor(vals.length / stride);
  const texts = Array.from({ length: count }, (_, i) => format(type, vals.slice(i * stride, (i + 1) * stride)));
  return kind === 'range' ? `[${texts.slice(0, 3).join(' ')}]\n` : `${texts.join(' ')}\n`;
}

const FORMATS: Readonly<Record<IioValType, (vals: readonly number[]) => string>> = {
  INT: ([value]) => `${value}`,
  INT_PLUS_MICRO: (vals) => plus(vals, 6),
  INT_PLUS_NANO: (vals) => plus(vals, 9),
  INT_PLUS_MICRO_DB: (vals) => `${plus(vals, 6)} dB`,
  INT_MULTIPLE: (vals) => vals.map((value) => `${value} `).join(''),
  INT_64: ([low = 0, high = 0]) => `${(BigInt(high) << 32n) | BigInt(low >>> 0)}`,
  FRACTIONAL: ([value = 0, divisor = 1]) => billionths(value, BigInt(divisor)),
  FRACTIONAL_LOG2: ([value = 0, bits = 0]) => billionths(value, 1n << BigInt(bits)),
  CHAR: ([code = 0]) => String.fromCharCode(code & 0xff),
};

/** A type that Linux does not know is no text, as there. */
function format(type: string, vals: readonly number[]): string {
  return Object.hasOwn(FORMATS, type) ? FORMATS[type as IioValType](vals) : '';
}

function plus([integer = 0, fract = 0]: readonly number[], digits: number): string {
  if (fract < 0) return `-${Math.abs(integer)}.${String(-fract).padStart(digits, '0')}`;
  return `${integer}.${String(fract).padStart(digits, '0')}`;
}

const BILLION = 1_000_000_000n;

/** Nine decimals of a quotient, cut off toward zero. */
function billionths(value: number, divisor: bigint): string {
  assert(divisor !== 0n, `${value} divided by 0`);
  const quotient = (BigInt(value) * BILLION) / divisor;
  const size = quotient < 0n ? -quotient : quotient;
  return `${quotient < 0n ? '-' : ''}${size / BILLION}.${String(size % BILLION).padStart(9, '0')}`;
}

/**
 * A decimal number as integer and fraction, where `fractMult` is what one in the first decimal counts: 100000 for
 * millionths. Further decimals are cut off, and the integer wraps at 32 bits as in Linux. A negative number has a
 * negative integer, or for want of one a negative fraction. With 0 it is a whole number in any notation of C.
 * EINVAL: no such number (no digit at all is 0); ERANGE: a whole number beyond 32 bits.
 */
export function iioStrToFixpoint(text: string, fractMult: number): { integer: number; fract: number } {
  if (fractMult === 0) return { integer: kstrtoint(text, 0), fract: 0 };
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?\n?$/.exec(cString(text));
  if (match === null) throw new SysError('EINVAL', `${JSON.stringify(cString(text))} is not a decimal number`);
  const [, sign, digits = '', decimals = ''] = match;
  let integer = 0;
  for (const digit of digits) integer = (Math.imul(integer, 10) + Number(digit)) | 0;
  let fract = 0;
  let weight = fractMult;
  for (const digit of decimals) {
    fract = (fract + Math.imul(weight, Number(digit))) | 0;
    weight = Math.trunc(weight / 10);
  }
  if (sign !== '-') return { integer, fract };
  return integer !== 0 ? { integer: (0 - integer) | 0, fract } : { integer, fract: 0 - fract };
}
