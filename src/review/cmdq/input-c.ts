// Arrays of C: bytes, 32-bit numbers in pairs, or 64-bit numbers.
import type { Collected } from './input-result.js';

const NUMBER = /0x([\da-f]{1,17})(?:u?l{0,2}|l{1,2}u)\b/gi;
const LONGEST = 16;

/** The digits of a number of the text, and the line. */
interface Digits {
  readonly digits: string;
  readonly line: number;
}

/** Reads the numbers into `out`; answers the digits of a group: 2, 8 or 16, or 0 where there is no number. */
export function readC(text: string, out: Collected): number {
  const numbers = numbersOf(text);
  const longest = numbers.reduce((most, { digits }) => Math.max(most, digits.length), 0);
  if (longest === 0 || longest > LONGEST) return 0;
  const width = longest <= 2 ? 2 : longest <= 8 ? 8 : LONGEST;
  for (const { digits, line } of numbers) {
    const bytes = digits.padStart(width, '0').match(/../g) ?? [];
    for (const byte of bytes.reverse()) out.byte(Number.parseInt(byte, 16), line);
  }
  return width;
}

/** The numbers inside of the braces, where there are some. Comments, and what stands in front, have other numbers. */
function numbersOf(text: string): Digits[] {
  const bare = withoutComments(text);
  const open = bare.indexOf('{');
  const close = bare.lastIndexOf('}');
  const code =
    open >= 0 && close > open ? `${bare.slice(0, open).replace(/[^\n]/g, ' ')}${bare.slice(open, close)}` : bare;
  return code.split('\n').flatMap((line, index) => {
    return [...line.matchAll(NUMBER)].map(([, digits = '']) => ({ digits, line: index + 1 }));
  });
}

/** Whether a text looks like an array of C: numbers with commas, and nothing else in most of its lines. */
export function looksLikeC(text: string): boolean {
  const head = withoutComments(text.slice(0, 4096));
  const numbers = head.match(/0x[\da-f]{1,17}[ul]{0,3}\s*[,}]/gi)?.length ?? 0;
  return numbers > 0 && (/\{/.test(head) || /^\s*0x[\da-f]+[ul]{0,3}\s*,/im.test(head));
}

/** Comments become spaces; the lines stay. */
function withoutComments(text: string): string {
  let bare = '';
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('/', at);
    const kind = open < 0 ? undefined : text[open + 1];
    if (open < 0) return bare + text.slice(at);
    const end = kind === '*' ? text.indexOf('*/', open + 2) + 2 : kind === '/' ? text.indexOf('\n', open) : open + 1;
    const isWhole = end > 1;
    bare += text.slice(at, open);
    const comment = text.slice(open, isWhole ? end : text.length);
    bare += kind === '*' || kind === '/' ? comment.replace(/[^\n]/g, ' ') : comment;
    at = open + comment.length;
  }
  return bare;
}
