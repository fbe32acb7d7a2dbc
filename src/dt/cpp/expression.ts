// The expression of an #if: 64-bit numbers, signed or not, with C's operators and precedences.
import type { Values } from '../message.js';
import type { MessageName } from './messages.js';
import { LIMITS } from './report.js';
import { END, type Token } from './tokens.js';

/** What the evaluator needs from the run. */
export interface ExpressionInput {
  /** The next token of the line, macros expanded unless `literally`; `END` at the end. */
  next(literally: boolean): Token;
  isDefined(name: string): boolean;
  /** `__has_include` of an operand that was read, quotes or angle brackets included. */
  hasInclude(operand: string, behindThis: boolean): boolean;
  complain(message: MessageName, token: Token, values: Values): void;
}

interface Value {
  readonly bits: bigint;
  readonly unsigned: boolean;
}

/** Ends an evaluation at its first error; caught in `evaluate`, nowhere else. */
class Malformed extends Error {
  readonly messageName: MessageName;
  readonly token: Token;
  readonly values: Values;
  constructor(messageName: MessageName, token: Token, reason = '') {
    super(reason);
    this.messageName = messageName;
    this.token = token;
    this.values = { reason };
  }
}

const int = (bits: bigint, unsigned = false): Value => ({ bits: fit(bits, unsigned), unsigned });
const bool = (truth: boolean): Value => ({ bits: truth ? 1n : 0n, unsigned: false });
const fit = (bits: bigint, unsigned: boolean): bigint =>
  unsigned ? BigInt.asUintN(64, bits) : BigInt.asIntN(64, bits);
/** C's usual conversion: unsigned when one of the two is. */
const asUnsigned = ({ bits }: Value, unsigned: boolean): bigint => (unsigned ? BigInt.asUintN(64, bits) : bits);

interface Operator {
  readonly precedence: number;
  readonly kind: 'arithmetic' | 'shift' | 'compare' | 'and' | 'or' | 'comma';
  readonly apply: (a: bigint, b: bigint) => bigint | boolean;
}

const op = (precedence: number, kind: Operator['kind'], apply: Operator['apply']): Operator => {
  return { precedence, kind, apply };
};

const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  [',', op(1, 'comma', (_, b) => b)],
  ['||', op(3, 'or', (a, b) => a !== 0n || b !== 0n)],
  ['&&', op(4, 'and', (a, b) => a !== 0n && b !== 0n)],
  ['|', op(5, 'arithmetic', (a, b) => a | b)],
  ['^', op(6, 'arithmetic', (a, b) => a ^ b)],
  ['&', op(7, 'arithmetic', (a, b) => a & b)],
  ['==', op(8, 'compare', (a, b) => a === b)],
  ['!=', op(8, 'compare', (a, b) => a !== b)],
  ['<', op(9, 'compare', (a, b) => a < b)],
  ['>', op(9, 'compare', (a, b) => a > b)],
  ['<=', op(9, 'compare', (a, b) => a <= b)],
  ['>=', op(9, 'compare', (a, b) => a >= b)],
  ['<<', op(10, 'shift', (a, b) => shiftLeft(a, b))],
  ['>>', op(10, 'shift', (a, b) => shiftLeft(a, -b))],
  ['+', op(11, 'arithmetic', (a, b) => a + b)],
  ['-', op(11, 'arithmetic', (a, b) => a - b)],
  ['*', op(12, 'arithmetic', (a, b) => a * b)],
  ['/', op(12, 'arithmetic', (a, b) => a / b)],
  ['%', op(12, 'arithmetic', (a, b) => a % b)],
]);
/** Between the comma and `||`: `?:` takes everything from here. */
const TERNARY = 2;

const UNARY: ReadonlyMap<string, (v: Value) => Value> = new Map([
  ['+', (v: Value) => v],
  ['-', (v: Value) => int(-v.bits, v.unsigned)],
  ['~', (v: Value) => int(~v.bits, v.unsigned)],
  ['!', (v: Value) => bool(v.bits === 0n)],
]);

function shiftLeft(value: bigint, by: bigint): bigint {
  if (by >= 64n) return 0n;
  return by <= -64n ? (value < 0n ? -1n : 0n) : by < 0n ? value >> -by : value << by;
}

/** Value of the expression; undefined after a complaint when it is none. */
export function evaluate(input: ExpressionInput): boolean | undefined {
  const evaluation = new Evaluation(input);
  try {
    return evaluation.whole();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    input.complain(error.messageName, error.token, error.values);
    return undefined;
  }
}

class Evaluation {
  readonly #input: ExpressionInput;
  #token: Token = END;
  /** Above 0 in an operand whose value does not matter: there a division by zero is no error. */
  #skipping = 0;
  #depth = 0;

  constructor(input: ExpressionInput) {
    this.#input = input;
  }

  whole(): boolean {
    this.#advance();
    if (this.#token === END) throw new Malformed('no-condition', END);
    const value = this.#binary(0);
    if (this.#token !== END) throw this.#unexpected('an operator');
    return value.bits !== 0n;
  }

  #advance(literally = false): void {
    this.#token = this.#input.next(literally);
  }

  #unexpected(wanted: string): Malformed {
    const found = this.#token === END ? 'the line ends' : `there is ${this.#token.text}`;
    return new Malformed('expression', this.#token, `${found} where ${wanted} should be`);
  }

  #take(text: string): void {
    if (this.#token.text !== text || this.#token === END) throw this.#unexpected(text);
    this.#advance();
  }

  /** Precedence climbing: operators that bind at least as tightly as `least`. */
  #binary(least: number): Value {
    if (++this.#depth > LIMITS.expressionDepth) {
      throw new Malformed('expression', this.#token, `it is nested more than ${LIMITS.expressionDepth} deep`);
    }
    let left = this.#unary();
    for (;;) {
      const token = this.#token;
      if (token.kind !== 'operator') break;
      if (token.text === '?' && least <= TERNARY) {
        left = this.#ternary(left);
        continue;
      }
      const operator = OPERATORS.get(token.text);
      if (operator === undefined || operator.precedence < least) break;
      this.#advance();
      const decided = operator.kind === 'and' ? left.bits === 0n : operator.kind === 'or' && left.bits !== 0n;
      if (decided) this.#skipping++;
      const right = this.#binary(operator.precedence + 1);
      if (decided) this.#skipping--;
      left = this.#apply(operator, token, left, right);
    }
    this.#depth--;
    return left;
  }

  #ternary(condition: Value): Value {
    const yes = condition.bits !== 0n;
    this.#advance();
    if (!yes) this.#skipping++;
    const first = this.#binary(0);
    this.#take(':');
    this.#skipping += yes ? 1 : -1;
    const second = this.#binary(TERNARY);
    if (yes) this.#skipping--;
    return int(yes ? first.bits : second.bits, first.unsigned || second.unsigned);
  }

  #apply({ kind, apply }: Operator, token: Token, a: Value, b: Value): Value {
    if (kind === 'comma') return b;
    if (kind === 'shift') {
      return int(apply(a.bits, b.bits) as bigint, a.unsigned);
    }
    const unsigned = a.unsigned || b.unsigned;
    const left = asUnsigned(a, unsigned);
    const right = asUnsigned(b, unsigned);
    if (right === 0n && (token.text === '/' || token.text === '%')) {
      if (this.#skipping === 0) throw new Malformed('division-by-zero', token);
      return int(0n, unsigned);
    }
    const result = apply(left, right);
    if (typeof result === 'boolean') return bool(result);
    const value = int(result, unsigned);
    if (!unsigned && value.bits !== result) this.#warn('integer-overflow', token, String(result));
    return value;
  }

  #warn(message: 'integer-overflow' | 'multi-char', token: Token, value: string): void {
    if (this.#skipping === 0) this.#input.complain(message, token, { value });
  }

  #unary(): Value {
    const signs: ((v: Value) => Value)[] = [];
    for (;;) {
      const sign = this.#token.kind === 'operator' ? UNARY.get(this.#token.text) : undefined;
      if (sign === undefined) break;
      signs.push(sign);
      this.#advance();
    }
    return signs.reduceRight((value, sign) => sign(value), this.#primary());
  }

  #primary(): Value {
    const token = this.#token;
    switch (token.kind) {
      case 'number':
        this.#advance();
        return this.#number(token);
      case 'char':
        this.#advance();
        return this.#character(token);
      case 'word':
        return this.#word(token);
      default: {
        if (token.text !== '(') throw this.#unexpected('a value');
        this.#advance();
        const value = this.#binary(0);
        this.#take(')');
        return value;
      }
    }
  }

  #word(token: Token): Value {
    if (token.text === 'defined') return this.#defined();
    if (token.text === '__has_include' || token.text === '__has_include_next') {
      return this.#hasInclude(token.text === '__has_include_next');
    }
    this.#advance();
    return int(0n);
  }

  #defined(): Value {
    this.#advance(true);
    const parenthesis = this.#token.text === '(';
    if (parenthesis) this.#advance(true);
    if (this.#token.kind !== 'word') throw this.#unexpected('the name for "defined"');
    const value = bool(this.#input.isDefined(this.#token.text));
    this.#advance();
    if (parenthesis) this.#take(')');
    return value;
  }

  #hasInclude(behindThis: boolean): Value {
    this.#advance(true);
    if (this.#token.text !== '(') throw this.#unexpected('(');
    this.#advance();
    let operand = this.#token.text;
    if (operand === '<') {
      while (!operand.endsWith('>')) {
        this.#advance();
        if (this.#token === END) throw this.#unexpected('>');
        operand += (this.#token.white ? ' ' : '') + this.#token.text;
      }
    } else if (this.#token.kind !== 'string') throw this.#unexpected('a file name');
    this.#advance();
    this.#take(')');
    return bool(this.#input.hasInclude(operand, behindThis));
  }

  #number(token: Token): Value {
    const match = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)([uUlLzZ]*)$/.exec(token.text);
    if (match === null || !/^(u?(ll?|LL?|z)?|(ll?|LL?|z)u)$/i.test(match[2] as string)) {
      throw new Malformed('expression', token, `${token.text} is no integer`);
    }
    const digits = match[1] as string;
    const octal = digits.length > 1 && /^0[0-7]/.test(digits);
    const exact = BigInt(octal ? `0o${digits.slice(1)}` : digits);
    const bits = BigInt.asUintN(64, exact);
    if (bits !== exact) this.#warn('integer-overflow', token, token.text);
    // What does not fit a signed number is unsigned, in every base (GCC warns where the number is decimal).
    return int(bits, /u/i.test(match[2] as string) || bits >= 1n << 63n);
  }

  #character(token: Token): Value {
    const bytes = characters(token.text.slice(token.text.indexOf("'") + 1, -1));
    if (bytes.length === 0) throw new Malformed('expression', token, 'a character constant is empty');
    if (bytes.length > 1) this.#warn('multi-char', token, token.text);
    // GCC: the bytes in order, in 32 bits; a single one is a signed char.
    const packed = bytes.reduce((sum, byte) => (sum << 8) | byte, 0);
    return int(BigInt(bytes.length === 1 ? (packed << 24) >> 24 : packed));
  }
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, e: 27, E: 27 };

/** The bytes of a character constant's inside. */
function characters(text: string): number[] {
  return Array.from(
    text.matchAll(/\\x([0-9a-fA-F]+)|\\([0-7]{1,3})|\\(.)|([^\\])/g),
    ([, hex, octal, escape, plain]) => {
      if (hex !== undefined) return Number.parseInt(hex.slice(-2), 16);
      if (octal !== undefined) return Number.parseInt(octal, 8) & 255;
      if (escape !== undefined) return ESCAPES[escape] ?? escape.charCodeAt(0);
      return (plain as string).charCodeAt(0);
    },
  );
}
