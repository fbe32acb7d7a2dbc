// Text to tokens. One token is current at a time; `next` overwrites its fields, so nothing is allocated per token.
import type { Values } from '../message.js';
import { CHAR_CLASS, DIGIT, HEX, hexDigit, LABEL_CHAR, LABEL_START, NAME_CHAR, PATH_CHAR, SPACE } from './chars.js';
import type { Segment, SourceInput } from './input.js';
import type { SyntaxKey } from './messages.js';
import { CHAR, KEYWORDS, OPERATORS, STATE, type State, TOKEN } from './tokens.js';

/** Takes a finding at an offset of the input. */
export type Report = (key: SyntaxKey, values: Values, origin: number) => void;

/** Reads a file for /include/ and answers its text, or reports why it cannot and answers nothing. */
export type Include = (file: string, origin: number) => { readonly path: string; readonly text: string } | undefined;

/** Nested /include/ beyond this is taken for a file that includes itself (dtc has the same limit). */
const MAX_INCLUDES = 200;
const WORD = /[\w,.+*#?@-]+/y;
const TWO32 = 0x1_0000_0000;
const LINE_MARKER = /#(?:line)?[ \t]+\d+[ \t]+"(?:[^\\"]|\\.)*"[^\n]*/y;
const INCLUDE = /\/include\/\s*"((?:[^\\"]|\\[^\n])*)"/y;

/** The tokens of a text and of the files it includes. The first `next` goes to the first token. */
export class Lexer {
  /** Kind of the current token: {@link TOKEN}, or the code of a single character. */
  kind: number = TOKEN.END;
  /** Where it stands in the current text. */
  start = 0;
  end = 0;
  /** Value of a literal, as two unsigned halves. */
  hi = 0;
  lo = 0;
  /** A string or character literal has a backslash in it. */
  escaped = false;
  state: State = STATE.START;
  readonly #input: SourceInput;
  readonly #report: Report;
  readonly #include: Include;
  readonly #names = new Map<number, string>();
  readonly #stack: { readonly segment: Segment; readonly pos: number }[] = [];
  #segment: Segment;
  #text: string;
  #pos = 0;

  constructor(input: SourceInput, main: Segment, report: Report, include: Include) {
    this.#input = input;
    this.#segment = main;
    this.#text = main.text;
    this.#report = report;
    this.#include = include;
  }

  /** Offset of the current token among all texts. */
  get origin(): number {
    return this.#segment.base + this.start;
  }

  /** Characters of the current token; `cut` leaves out that many at the front, `tail` at the end. */
  slice(cut = 0, tail = 0): string {
    return this.#text.slice(this.start + cut, this.end - tail);
  }

  /** Code of the character at an index of the current token. */
  code(index: number): number {
    return this.#text.charCodeAt(this.start + index);
  }

  /** As {@link slice}, but equal names are one string: they repeat, and comparing a string with itself is quick. */
  name(cut = 0, tail = 0): string {
    const text = this.#text;
    const start = this.start + cut;
    const end = this.end - tail;
    let hash = end - start;
    for (let i = start; i < end; i++) hash = (hash * 31 + text.charCodeAt(i)) & 0x3fffffff;
    const known = this.#names.get(hash);
    if (known !== undefined && known.length === end - start && text.startsWith(known, start)) return known;
    const name = text.slice(start, end);
    if (known === undefined) this.#names.set(hash, name);
    return name;
  }

  /** The text of the current token; a single letter or digit is shown with the word it begins. */
  word(): string {
    const word = this.kind > 255 ? undefined : matchAt(WORD, this.#text, this.start)?.[0];
    return word ?? this.slice();
  }

  /** Lexes the current token again in another state: what follows a mistake is read as if there were none. */
  again(state: State): void {
    this.#pos = this.start;
    this.state = state;
    this.next();
  }

  /** Moves to the next token. At the end of all texts the kind is `TOKEN.END`, again and again. */
  next(): void {
    const code = this.#skip();
    if (code < 0) return;
    this.start = this.#pos;
    const kind = code < 256 ? (CHAR_CLASS[code] as number) : 0;
    if (this.state === STATE.NAMES && ((kind & NAME_CHAR) !== 0 || code === CHAR.BACKSLASH)) this.#lexName(code);
    else if ((kind & DIGIT) !== 0 && this.state === STATE.VALUES) this.#lexNumber();
    else if ((kind & LABEL_CHAR) !== 0) this.#lexWord(kind);
    else if (code === CHAR.AMPERSAND) this.#lexReference();
    else if (code === CHAR.QUOTE) this.#lexString();
    else if (code === CHAR.SLASH) this.#lexSlash();
    else if (code === CHAR.APOSTROPHE) this.#lexChar();
    else this.#lexPunctuation(code);
    this.#pos = this.end;
  }

  /** Skips blanks, comments, line markers and /include/; answers the first code of a token, or -1 at the end. */
  #skip(): number {
    for (;;) {
      const text = this.#text;
      const pos = this.#pos;
      if (pos >= text.length) {
        if (this.#leave()) continue;
        return this.#finish(text.length);
      }
      const code = text.charCodeAt(pos);
      if (code === 32 || (code < 256 && ((CHAR_CLASS[code] as number) & SPACE) !== 0)) this.#pos++;
      else if (code === CHAR.SLASH) {
        if (!this.#skipSlash(pos)) return code;
      } else if (code === CHAR.HASH && (pos === 0 || text.charCodeAt(pos - 1) === CHAR.NEWLINE)) {
        const marker = matchAt(LINE_MARKER, text, pos);
        if (marker === undefined) return code;
        this.#pos = pos + marker[0].length;
      } else return code;
    }
  }

  #finish(end: number): number {
    this.kind = TOKEN.END;
    this.start = this.end = end;
    return -1;
  }

  /** What begins with a slash and is no token: comments and /include/. */
  #skipSlash(pos: number): boolean {
    const text = this.#text;
    const second = text.charCodeAt(pos + 1);
    if (second === CHAR.STAR) {
      const close = text.indexOf('*/', pos + 2);
      if (close < 0) this.#report('unclosed-comment', {}, this.#segment.base + pos);
      this.#pos = close < 0 ? text.length : close + 2;
      return true;
    }
    if (second === CHAR.SLASH) {
      const close = text.indexOf('\n', pos);
      this.#pos = close < 0 ? text.length : close + 1;
      return true;
    }
    if (second !== 105 || !text.startsWith('/include/', pos)) return false;
    const include = matchAt(INCLUDE, text, pos);
    if (include === undefined) return false;
    this.#pos = pos + include[0].length;
    this.#enter(include[1] as string, this.#segment.base + pos);
    return true;
  }

  #enter(file: string, origin: number): void {
    if (this.#stack.length >= MAX_INCLUDES) {
      this.#report('include-depth', { file, limit: MAX_INCLUDES }, origin);
      return;
    }
    const found = this.#include(file, origin);
    if (found === undefined) return;
    this.#stack.push({ segment: this.#segment, pos: this.#pos });
    this.#segment = this.#input.add(found.path, found.text, origin);
    this.#text = found.text;
    this.#pos = 0;
  }

  #leave(): boolean {
    const outer = this.#stack.pop();
    if (outer === undefined) return false;
    this.#segment = outer.segment;
    this.#text = outer.segment.text;
    this.#pos = outer.pos;
    return true;
  }

  /** End of the run of characters of a class. */
  #runEnd(from: number, bits: number): number {
    const text = this.#text;
    let end = from;
    for (;;) {
      const code = text.charCodeAt(end); // NaN behind the end has no class
      if (code > 255 || ((CHAR_CLASS[code] as number) & bits) === 0 || end >= text.length) return end;
      end++;
    }
  }

  #lexName(first: number): void {
    const start = this.start;
    const end = this.#runEnd(first === CHAR.BACKSLASH ? start + 1 : start, NAME_CHAR);
    if (this.#text.charCodeAt(end) === CHAR.COLON && this.#isLabel(start, end))
      return this.#token(TOKEN.LABEL, end + 1);
    if (first === CHAR.BACKSLASH) {
      if (end === start + 1) return this.#token(first, end);
      this.start++;
    }
    this.state = STATE.VALUES;
    this.#token(TOKEN.NAME, end);
  }

  #isLabel(start: number, end: number): boolean {
    const first = CHAR_CLASS[this.#text.charCodeAt(start)] as number;
    return (first & LABEL_START) !== 0 && this.#runEnd(start, LABEL_CHAR) === end;
  }

  /** A label, a byte, or one letter or digit that the parser will not like. */
  #lexWord(kind: number): void {
    const start = this.start;
    if ((kind & LABEL_START) !== 0) {
      const end = this.#runEnd(start, LABEL_CHAR);
      if (this.#text.charCodeAt(end) === CHAR.COLON) return this.#token(TOKEN.LABEL, end + 1);
    }
    const pair = this.state === STATE.BYTES && (kind & HEX) !== 0;
    const second = this.#text.charCodeAt(start + 1);
    if (pair && second < 256 && ((CHAR_CLASS[second] as number) & HEX) !== 0) {
      this.lo = hexDigit(this.code(0)) * 16 + hexDigit(second);
      this.#token(TOKEN.BYTE, start + 2);
    } else this.#token(this.code(0), start + 1);
  }

  #token(kind: number, end: number): void {
    this.kind = kind;
    this.end = end;
  }

  #lexNumber(): void {
    const text = this.#text;
    const zero = text.charCodeAt(this.start) === CHAR.ZERO;
    const afterX = this.start + 2;
    const hex =
      zero &&
      (text.charCodeAt(this.start + 1) | 32) === 120 &&
      ((CHAR_CLASS[text.charCodeAt(afterX) & 255] as number) & HEX) !== 0;
    const from = hex ? afterX : this.start;
    const digitsEnd = this.#runEnd(from, hex ? HEX : DIGIT);
    const base = hex ? 16 : zero ? 8 : 10;
    let value = 0;
    for (let i = from; i < digitsEnd; i++) {
      const digit = hexDigit(text.charCodeAt(i));
      if (digit >= base) return this.#badInteger('bad-integer', digitsEnd);
      value = value * base + digit;
    }
    this.#token(TOKEN.LITERAL, this.#suffixEnd(digitsEnd));
    if (value > Number.MAX_SAFE_INTEGER) return this.#wideNumber(from, digitsEnd, base);
    this.hi = value < TWO32 ? 0 : Math.floor(value / TWO32);
    this.lo = value >>> 0;
  }

  /** `U`, `L`, `UL`, `LL` or `ULL`, the longest that fits. */
  #suffixEnd(from: number): number {
    const text = this.#text;
    let end = from;
    if (text.charCodeAt(end) === 85) end++;
    if (text.charCodeAt(end) === 76) end++;
    if (end > from && text.charCodeAt(end - 1) === 76 && text.charCodeAt(end) === 76) end++;
    return end;
  }

  #wideNumber(from: number, end: number, base: number): void {
    const digits = this.#text.slice(from, end);
    const prefix = base === 16 ? '0x' : base === 8 ? '0o' : '';
    // A hostile literal may have a million digits; none of more than 64 significant ones fits anyway.
    const value = digits.replace(/^0+/, '').length > 64 ? -1n : BigInt(prefix + digits);
    if (value < 0n || value >> 64n !== 0n) return this.#badInteger('integer-range', end);
    this.hi = Number(value >> 32n);
    this.lo = Number(value & 0xffffffffn);
  }

  #badInteger(key: 'bad-integer' | 'integer-range', end: number): void {
    this.#token(TOKEN.LITERAL, this.#suffixEnd(end));
    this.hi = this.lo = 0;
    this.#report(key, { text: this.slice().slice(0, 80) }, this.origin);
  }

  #lexReference(): void {
    const text = this.#text;
    const next = this.start + 1;
    const code = text.charCodeAt(next);
    if (code === CHAR.OPEN_BRACE && text.charCodeAt(next + 1) === CHAR.SLASH) {
      const end = this.#runEnd(next + 1, PATH_CHAR);
      if (text.charCodeAt(end) === CHAR.CLOSE_BRACE) return this.#token(TOKEN.PATH_REF, end + 1);
    }
    if (code < 256 && ((CHAR_CLASS[code] as number) & LABEL_START) !== 0) {
      return this.#token(TOKEN.LABEL_REF, this.#runEnd(next, LABEL_CHAR));
    }
    this.#lexPunctuation(CHAR.AMPERSAND);
  }

  #lexString(): void {
    const text = this.#text;
    this.escaped = false;
    for (let end = this.start + 1; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === CHAR.QUOTE) return this.#token(TOKEN.STRING, end + 1);
      if (code === CHAR.BACKSLASH) {
        this.escaped = true;
        end++;
      }
    }
    this.#report('unclosed-string', {}, this.origin);
    this.#token(TOKEN.END, text.length);
  }

  /** The longest text that ends in an apostrophe, where `\'` may go on: dtc's lexer reads `'\\' 'b'` as one literal. */
  #lexChar(): void {
    const text = this.#text;
    let end = -1;
    for (let at = text.indexOf("'", this.start + 1); at >= 0; at = text.indexOf("'", at + 1)) {
      end = at + 1;
      if (text.charCodeAt(at - 1) !== CHAR.BACKSLASH || at - 1 === this.start) break;
    }
    if (end < 0) {
      this.#report('unclosed-char', {}, this.origin);
      return this.#token(CHAR.APOSTROPHE, this.start + 1);
    }
    this.#token(TOKEN.CHAR, end);
  }

  #lexSlash(): void {
    for (const { word, kind, state } of KEYWORDS) {
      if (!this.#text.startsWith(word, this.start)) continue;
      if (state !== undefined) this.state = state;
      return this.#token(kind, this.start + word.length);
    }
    this.#token(CHAR.SLASH, this.start + 1);
  }

  #lexPunctuation(code: number): void {
    const second = this.#text.charCodeAt(this.start + 1);
    if (second === CHAR.EQUALS || second === code) {
      const operator = OPERATORS[this.#text.slice(this.start, this.start + 2)];
      if (operator !== undefined) return this.#token(operator, this.start + 2);
    }
    if (code === CHAR.OPEN_BRACKET) this.state = STATE.BYTES;
    else if (code === CHAR.OPEN_BRACE || code === CHAR.SEMICOLON) this.state = STATE.NAMES;
    else if (code === CHAR.CLOSE_BRACKET && this.state === STATE.BYTES) this.state = STATE.VALUES;
    this.#token(code, this.start + 1);
  }
}

/** The match of a sticky pattern that begins at an offset. */
function matchAt(pattern: RegExp, text: string, offset: number): RegExpExecArray | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text) ?? undefined;
}
