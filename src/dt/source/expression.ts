// Integers of the source: literals, character literals, and C expressions in parentheses, all unsigned 64-bit.
import { unescape } from './escapes.js';
import type { Reader } from './reader.js';
import { CHAR, OPERATORS, TOKEN } from './tokens.js';
import { BINARY, type Binary, invert, isTrue, logicalNot, negate, type U64 } from './u64.js';

/** Operands nested deeper than this are refused, long before our own stack ends. */
const MAX_DEPTH = 256;
const UNARY = new Map<number, (value: U64) => void>([
  [CHAR.MINUS, negate],
  [CHAR.TILDE, invert],
  [CHAR.BANG, logicalNot],
]);
const BY_TOKEN = new Map<number, Binary>(
  Object.entries(BINARY).map(([text, operator]) => [OPERATORS[text] ?? text.charCodeAt(0), operator]),
);

/**
 * Reads one integer into `into`: a literal, a character, or an expression in parentheses. False after a syntax error.
 */
export function readInteger(reader: Reader, into: U64, depth = 0): boolean {
  const lexer = reader.lexer;
  if (lexer.kind === TOKEN.LITERAL) {
    into.hi = lexer.hi;
    into.lo = lexer.lo;
    lexer.next();
    return true;
  }
  if (lexer.kind === TOKEN.CHAR) return readChar(reader, into);
  if (lexer.kind !== CHAR.OPEN) return reader.fail(depth > 0 ? 'a number' : "a number or '('");
  if (depth > MAX_DEPTH) return tooDeep(reader);
  lexer.next();
  return readConditional(reader, into, depth + 1) && reader.expect(CHAR.CLOSE, "')' or an operator");
}

function tooDeep(reader: Reader): false {
  reader.report('expression-depth', { limit: MAX_DEPTH });
  return false;
}

function readChar(reader: Reader, into: U64): true {
  const lexer = reader.lexer;
  const origin = lexer.origin;
  const text = unescape(lexer.slice(1, 1), () => reader.report('bad-hex-escape', {}, origin));
  if (text.length === 0) reader.report('char-empty', {}, origin);
  if (text.length > 1) reader.report('char-length', { count: text.length }, origin);
  into.hi = 0;
  into.lo = text.length === 0 ? 0 : text.charCodeAt(0);
  lexer.next();
  return true;
}

function readConditional(reader: Reader, into: U64, depth: number): boolean {
  if (depth > MAX_DEPTH) return tooDeep(reader);
  if (!readBinary(reader, into, 1, depth)) return false;
  if (reader.lexer.kind !== CHAR.QUESTION) return true;
  reader.lexer.next();
  const yes: U64 = { hi: 0, lo: 0 };
  const no: U64 = { hi: 0, lo: 0 };
  if (!readConditional(reader, yes, depth + 1) || !reader.expect(CHAR.COLON, "':'")) return false;
  if (!readConditional(reader, no, depth + 1)) return false;
  Object.assign(into, isTrue(into) ? yes : no);
  return true;
}

/** Operators of at least this precedence, from left to right. Both operands are always evaluated, as in dtc. */
function readBinary(reader: Reader, into: U64, least: number, depth: number): boolean {
  if (!readUnary(reader, into, depth)) return false;
  for (;;) {
    const operator = BY_TOKEN.get(reader.lexer.kind);
    if (operator === undefined || operator.precedence < least) return true;
    reader.lexer.next();
    const origin = reader.lexer.origin;
    const right: U64 = { hi: 0, lo: 0 };
    if (!readBinary(reader, right, operator.precedence + 1, depth)) return false;
    if (operator.divides === undefined || isTrue(right)) operator.apply(into, right);
    else reader.report('division-by-zero', {}, origin);
  }
}

function readUnary(reader: Reader, into: U64, depth: number): boolean {
  const operator = UNARY.get(reader.lexer.kind);
  if (operator === undefined) return readInteger(reader, into, depth);
  if (depth > MAX_DEPTH) return tooDeep(reader);
  reader.lexer.next();
  if (!readUnary(reader, into, depth + 1)) return false;
  operator(into);
  return true;
}
