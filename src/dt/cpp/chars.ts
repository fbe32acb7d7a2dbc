// What a character of source may begin, and where the longer things that it begins come to an end.
// All texts here have one char per byte and end in a newline, so no loop below needs a bounds check.

/** Classes of `CHAR_CLASS`: what begins nothing. */
export const OTHER = 0;
/** Blanks, NUL and CR. */
export const BLANK = 1;
/** Ends of lines. */
export const NEWLINE = 2;
/** What begins an identifier. */
export const LETTER = 3;
/** What begins a number. */
export const DIGIT = 4;
/** Both kinds of quotes. */
export const QUOTE = 5;
/** What begins a comment. */
export const SLASH = 6;
/** What begins a number when a digit follows. */
export const DOT = 7;
/** What can take part in an operator of more than one character. */
const PUNCT = 8;

/** Class of each of the 256 chars. NUL and CR are blanks: cpp ignores the first and reads CRLF as a newline. */
export const CHAR_CLASS: Uint8Array = new Uint8Array(256);
/** 1 for the chars of an identifier. `$` is none in assembler mode. */
export const IS_WORD: Uint8Array = new Uint8Array(256);

const CLASSES: readonly (readonly [chars: string, charClass: number])[] = [
  [' \t\v\f\r\0', BLANK],
  ['\n', NEWLINE],
  ['abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', LETTER],
  ['0123456789', DIGIT],
  ['"\'', QUOTE],
  ['/', SLASH],
  ['.', DOT],
  ['=!<>+-*%&|^#:', PUNCT],
];
for (const [chars, charClass] of CLASSES) {
  for (let i = 0; i < chars.length; i++) {
    const code = chars.charCodeAt(i);
    CHAR_CLASS[code] = charClass;
    IS_WORD[code] = charClass === LETTER || charClass === DIGIT ? 1 : 0;
  }
}

/** Offset of the first char at or after `pos` that is no blank. */
export function skipBlanks(text: string, pos: number): number {
  let i = pos;
  while (CHAR_CLASS[text.charCodeAt(i)] === BLANK) i++;
  return i;
}

/** End of the identifier that begins at `pos`. */
export function wordEnd(text: string, pos: number): number {
  let i = pos;
  while (IS_WORD[text.charCodeAt(i)] === 1) i++;
  return i;
}

/** End of the preprocessing number at `pos`, which takes letters, dots and signed exponents: `0x1e+A` is one. */
export function numberEnd(text: string, pos: number): number {
  for (let i = pos + 1; ; i++) {
    const c = text.charCodeAt(i);
    if (IS_WORD[c] === 1 || c === 0x2e) continue;
    if (c !== 0x2b && c !== 0x2d) return i;
    const before = text.charCodeAt(i - 1) | 0x20;
    if (before !== 0x65 && before !== 0x70) return i; // e or p
  }
}

/** End of the string or character literal at `pos`; the end of the line when it is not terminated there. */
export function literalEnd(text: string, pos: number): number {
  const quote = text.charCodeAt(pos);
  for (let i = pos + 1; ; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) return i + 1;
    if (c === 0x0a) return i;
    if (c === 0x5c && text.charCodeAt(i + 1) !== 0x0a) i++;
  }
}

/** End of the comment at `pos`, `pos` itself when none begins there, -1 when a block comment has no end. */
export function commentEnd(text: string, pos: number): number {
  const c = text.charCodeAt(pos + 1);
  if (c === 0x2f) return text.indexOf('\n', pos);
  if (c !== 0x2a) return pos;
  const end = text.indexOf('*/', pos + 2);
  return end < 0 ? -1 : end + 2;
}

/** Length of the operator at `pos`, by C's rule of the longest match; 1 for a char that is no operator. */
export function operatorLength(text: string, pos: number): number {
  const c = text[pos] as string;
  const next = text[pos + 1];
  if (c === '.') return next === '.' && text[pos + 2] === '.' ? 3 : 1;
  if (next === '=') return '=!<>+-*/%&|^'.includes(c) ? 2 : 1;
  if (c === '-' && next === '>') return 2;
  if (c !== next || !'<>+-&|#'.includes(c)) return 1;
  return (c === '<' || c === '>') && text[pos + 2] === '=' ? 3 : 2;
}
