// Preprocessing tokens, made only where a macro or a directive needs them, and cpp's rule for the space between two.
import {
  BLANK,
  CHAR_CLASS,
  commentEnd,
  DIGIT,
  DOT,
  LETTER,
  literalEnd,
  numberEnd,
  operatorLength,
  QUOTE,
  SLASH,
  wordEnd,
} from './chars.js';
import type { Inclusion } from './source.js';

/** `other` is a char or an unterminated literal without meaning; `padding` stands for a possible space only. */
type TokenKind = 'word' | 'number' | 'string' | 'char' | 'operator' | 'other' | 'param' | 'padding' | 'end';

/** One token. Tokens are shared between expansions and never changed once they are in a list. */
export class Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Blanks, a comment or a line end stand before it. */
  white: boolean;
  /** Where it was written: offset in the file of `origin`. */
  readonly at: number;
  readonly origin: Inclusion | undefined;
  /** `##` follows. */
  pasteLeft = false;
  /** Met while its macro was being expanded: it is never a macro call again. */
  painted = false;
  /** Of a parameter: its number from 0. */
  index = -1;
  /** Of a parameter: `#` stands before it. */
  stringize = false;
  /** Of padding: the token whose leading space decides; undefined lets the next token decide. */
  source: Token | undefined;

  constructor(kind: TokenKind, text: string, white: boolean, at: number, origin: Inclusion | undefined) {
    this.kind = kind;
    this.text = text;
    this.white = white;
    this.at = at;
    this.origin = origin;
  }

  /** The same token in the same place, to be changed by the caller. */
  copy(kind: TokenKind = this.kind, text: string = this.text): Token {
    const token = new Token(kind, text, this.white, this.at, this.origin);
    token.pasteLeft = this.pasteLeft;
    token.painted = this.painted;
    token.index = this.index;
    token.stringize = this.stringize;
    return token;
  }
}

/** The end of a line, an argument or a file. */
export const END: Token = new Token('end', '', false, 0, undefined);
/** Where an expansion ends: the next token keeps apart from the one before if they would fuse. */
export const AVOID_PASTE: Token = new Token('padding', '', false, 0, undefined);

/** A place where a space belongs when `source` had one before it. */
export function paddingFor(source: Token): Token {
  const token = new Token('padding', '', false, source.at, source.origin);
  token.source = source;
  return token;
}

/** Which token's leading space decides behind a further padding, when `source` decided so far. */
export function spaceSource(source: Token | undefined, padding: Token): Token | undefined {
  return source === undefined || (!source.white && padding.source === undefined) ? padding.source : source;
}

/** The token at `pos`, which is neither blank, newline nor comment. Its end is `at + text.length`. */
export function lexToken(text: string, pos: number, white: boolean, origin: Inclusion): Token {
  const make = (kind: TokenKind, end: number): Token => new Token(kind, text.slice(pos, end), white, pos, origin);
  switch (CHAR_CLASS[text.charCodeAt(pos)]) {
    case LETTER: {
      const end = wordEnd(text, pos);
      const wide = end === pos + 1 && text[pos] === 'L' && CHAR_CLASS[text.charCodeAt(end)] === QUOTE;
      return wide ? lexLiteral(text, pos, end, white, origin) : make('word', end);
    }
    case DIGIT:
      return make('number', numberEnd(text, pos));
    case DOT:
      if (CHAR_CLASS[text.charCodeAt(pos + 1)] === DIGIT) return make('number', numberEnd(text, pos));
      return make('operator', pos + operatorLength(text, pos));
    case QUOTE:
      return lexLiteral(text, pos, pos, white, origin);
    default: {
      const kind = '=!<>+-*%&|^#:/()[]{},;?~'.includes(text[pos] as string) ? 'operator' : 'other';
      return make(kind, pos + operatorLength(text, pos));
    }
  }
}

function lexLiteral(text: string, pos: number, quoteAt: number, white: boolean, origin: Inclusion): Token {
  const end = literalEnd(text, quoteAt);
  const quote = text[quoteAt];
  const kind = !isTerminated(text, quoteAt, end) ? 'other' : quote === '"' ? 'string' : 'char';
  return new Token(kind, text.slice(pos, end), white, pos, origin);
}

/** A literal cut off by its line's end may still end in its quote: an escaped one, as in `"a\"`. */
function isTerminated(text: string, quoteAt: number, end: number): boolean {
  if (end === quoteAt + 1 || text[end - 1] !== text[quoteAt]) return false;
  let backslashes = 0;
  for (let i = end - 2; i > quoteAt && text[i] === '\\'; i--) backslashes++;
  return backslashes % 2 === 0;
}

/** All tokens of `text` from `pos` to `end`, which is a newline or the end of a macro's body on its line. */
export function lexRange(text: string, pos: number, end: number, origin: Inclusion): Token[] {
  const tokens: Token[] = [];
  let white = false;
  for (let i = pos; i < end; ) {
    const charClass = CHAR_CLASS[text.charCodeAt(i)];
    if (charClass === BLANK) {
      white = true;
      i++;
      continue;
    }
    if (charClass === SLASH) {
      const after = commentEnd(text, i);
      if (after < 0) break;
      if (after > i) {
        white = true;
        i = after;
        continue;
      }
    }
    const token = lexToken(text, i, white, origin);
    tokens.push(token);
    white = false;
    i += token.text.length;
  }
  return tokens;
}

/** Operators that become another operator, or a comment, with one of these chars behind them (digraphs too, as cpp). */
const FUSES: ReadonlyMap<string, string> = new Map([
  ['>', '>='],
  ['<', '<%:='],
  ['+', '+='],
  ['-', '->='],
  ['*', '='],
  ['/', '/*='],
  ['%', ':%='],
  ['&', '&='],
  ['|', '|='],
  ['^', '='],
  ['!', '='],
  ['=', '='],
  ['<<', '='],
  ['>>', '='],
  ['<=', '>'],
  [':', ':>'],
  ['->', '*'],
  ['.', '.%'],
  ['#', '#%'],
]);

/** True when `b` directly behind `a` would be read as something else: there cpp prints a space. */
export function wouldFuse(a: Token, b: Token): boolean {
  switch (a.kind) {
    case 'word':
      if (b.kind === 'number') return wordEnd(b.text, 0) === b.text.length;
      return b.kind === 'word' || b.kind === 'char' || b.kind === 'string';
    case 'number':
      if (b.kind === 'operator') return '.+-'.includes(b.text[0] as string);
      return b.kind === 'number' || b.kind === 'word' || b.kind === 'char';
    case 'operator':
      if (b.kind === 'operator') return FUSES.get(a.text)?.includes(b.text[0] as string) ?? false;
      return a.text === '.' && b.kind === 'number';
    case 'other':
      return a.text === '\\' && b.kind === 'word';
    default:
      return false;
  }
}

/** A token's text as the inside of a string: quotes and backslashes of literals are escaped. */
export function quoted(token: Token): string {
  const literal = token.kind === 'string' || token.kind === 'char';
  return literal ? token.text.replace(/["\\]/g, '\\$&') : token.text;
}
