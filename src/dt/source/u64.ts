// Unsigned 64-bit arithmetic on two 32-bit halves, as C has it: wraps around, division truncates.

/** A 64-bit number that operations change in place, so that evaluating allocates nothing. Halves are unsigned. */
export interface U64 {
  hi: number;
  lo: number;
}

const TWO32 = 0x1_0000_0000;

/** The number as bigint, for messages, reservations and the rare wide division. */
export function toBigint(value: U64): bigint {
  return (BigInt(value.hi) << 32n) | BigInt(value.lo);
}

function setBigint(into: U64, value: bigint): void {
  into.hi = Number((value >> 32n) & 0xffffffffn);
  into.lo = Number(value & 0xffffffffn);
}

function setBoolean(into: U64, value: boolean): void {
  into.hi = 0;
  into.lo = value ? 1 : 0;
}

/** True unless the number is 0. */
export function isTrue(value: U64): boolean {
  return (value.hi | value.lo) !== 0;
}

/** Two's complement. */
export function negate(value: U64): void {
  const lo = -value.lo >>> 0;
  value.hi = (~value.hi + (value.lo === 0 ? 1 : 0)) >>> 0;
  value.lo = lo;
}

/** One's complement. */
export function invert(value: U64): void {
  value.hi = ~value.hi >>> 0;
  value.lo = ~value.lo >>> 0;
}

/** C's `!`: 1 for 0, else 0. */
export function logicalNot(value: U64): void {
  setBoolean(value, !isTrue(value));
}

function less(a: U64, b: U64): boolean {
  return a.hi < b.hi || (a.hi === b.hi && a.lo < b.lo);
}

function equal(a: U64, b: U64): boolean {
  return a.hi === b.hi && a.lo === b.lo;
}

function add(a: U64, b: U64): void {
  const lo = a.lo + b.lo;
  a.hi = (a.hi + b.hi + (lo >= TWO32 ? 1 : 0)) >>> 0;
  a.lo = lo >>> 0;
}

function subtract(a: U64, b: U64): void {
  a.hi = (a.hi - b.hi - (a.lo < b.lo ? 1 : 0)) >>> 0;
  a.lo = (a.lo - b.lo) >>> 0;
}

function multiply(a: U64, b: U64): void {
  const product = a.lo * b.lo;
  if (a.hi === 0 && b.hi === 0 && product <= Number.MAX_SAFE_INTEGER) {
    a.hi = Math.floor(product / TWO32);
    a.lo = product >>> 0;
  } else setBigint(a, BigInt.asUintN(64, toBigint(a) * toBigint(b)));
}

function divide(a: U64, b: U64): void {
  if (a.hi === 0 && b.hi === 0) a.lo = Math.floor(a.lo / b.lo);
  else setBigint(a, toBigint(a) / toBigint(b));
}

function remainder(a: U64, b: U64): void {
  if (a.hi === 0 && b.hi === 0) a.lo = a.lo % b.lo;
  else setBigint(a, toBigint(a) % toBigint(b));
}

/** Shift counts of 64 and more give 0 (dtc 1.6.1 does not leave them to the processor). */
function shiftLeft(a: U64, b: U64): void {
  const count = b.hi !== 0 || b.lo > 63 ? 64 : b.lo;
  if (count === 0) return;
  if (count < 32) {
    a.hi = ((a.hi << count) | (a.lo >>> (32 - count))) >>> 0;
    a.lo = (a.lo << count) >>> 0;
  } else {
    a.hi = count < 64 ? (a.lo << (count - 32)) >>> 0 : 0;
    a.lo = 0;
  }
}

function shiftRight(a: U64, b: U64): void {
  const count = b.hi !== 0 || b.lo > 63 ? 64 : b.lo;
  if (count === 0) return;
  if (count < 32) {
    a.lo = ((a.lo >>> count) | (a.hi << (32 - count))) >>> 0;
    a.hi = a.hi >>> count;
  } else {
    a.lo = count < 64 ? a.hi >>> (count - 32) : 0;
    a.hi = 0;
  }
}

/** One operator of two operands: `apply` puts the result into the left one. */
export interface Binary {
  /** C's precedence; a higher one binds tighter. */
  readonly precedence: number;
  /** The right operand must not be 0. */
  readonly divides?: true;
  readonly apply: (left: U64, right: U64) => void;
}

/** All operators of two operands by their text. `? :` is not here: it has three. */
export const BINARY: Readonly<Record<string, Binary>> = {
  '||': { precedence: 1, apply: (a, b) => setBoolean(a, isTrue(a) || isTrue(b)) },
  '&&': { precedence: 2, apply: (a, b) => setBoolean(a, isTrue(a) && isTrue(b)) },
  '|': {
    precedence: 3,
    apply: (a, b) => {
      a.hi = (a.hi | b.hi) >>> 0;
      a.lo = (a.lo | b.lo) >>> 0;
    },
  },
  '^': {
    precedence: 4,
    apply: (a, b) => {
      a.hi = (a.hi ^ b.hi) >>> 0;
      a.lo = (a.lo ^ b.lo) >>> 0;
    },
  },
  '&': {
    precedence: 5,
    apply: (a, b) => {
      a.hi = (a.hi & b.hi) >>> 0;
      a.lo = (a.lo & b.lo) >>> 0;
    },
  },
  '==': { precedence: 6, apply: (a, b) => setBoolean(a, equal(a, b)) },
  '!=': { precedence: 6, apply: (a, b) => setBoolean(a, !equal(a, b)) },
  '<': { precedence: 7, apply: (a, b) => setBoolean(a, less(a, b)) },
  '>': { precedence: 7, apply: (a, b) => setBoolean(a, less(b, a)) },
  '<=': { precedence: 7, apply: (a, b) => setBoolean(a, !less(b, a)) },
  '>=': { precedence: 7, apply: (a, b) => setBoolean(a, !less(a, b)) },
  '<<': { precedence: 8, apply: shiftLeft },
  '>>': { precedence: 8, apply: shiftRight },
  '+': { precedence: 9, apply: add },
  '-': { precedence: 9, apply: subtract },
  '*': { precedence: 10, apply: multiply },
  '/': { precedence: 10, divides: true, apply: divide },
  '%': { precedence: 10, divides: true, apply: remainder },
};
