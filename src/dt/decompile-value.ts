// The value of a property as source text, its type guessed from the bytes as dtc does.
import { hex, hexNumber } from '../base/bytes.js';
import { readCell } from './cells.js';

/** Bytes that may stand in text: printable ASCII, NUL and the seven control characters that have an escape. */
const IN_TEXT = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 0 || (byte >= 7 && byte <= 13) || (byte >= 0x20 && byte <= 0x7e) ? 1 : 0,
);

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

/** What the bytes of a value look like. */
type ValueKind = 'empty' | 'strings' | 'cells' | 'bytes';

/**
 * dtc's guess (1.6.1): text that ends in NUL and has no more NULs than other characters is strings,
 * any other length divisible by 4 is cells, the rest is bytes.
 */
function valueKind(bytes: Uint8Array): ValueKind {
  const { length } = bytes;
  if (length === 0) return 'empty';
  if (bytes[length - 1] === 0 && looksLikeStrings(bytes)) return 'strings';
  return length % 4 === 0 ? 'cells' : 'bytes';
}

function looksLikeStrings(bytes: Uint8Array): boolean {
  let nuls = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (IN_TEXT[byte] === 0) return false;
    if (byte === 0) nuls++;
  }
  return nuls <= bytes.length - nuls;
}

/**
 * The value as dtc 1.6.1 prints it; a list of strings is one string with `\0` inside. Empty for an empty value.
 * A NUL before an octal digit is `\000`, or with `dtcNul` the `\0` that dtc prints and misreads.
 */
export function valueText(bytes: Uint8Array, dtcNul = false): string {
  const kind = valueKind(bytes);
  if (kind === 'empty') return '';
  if (kind === 'strings') return `"${escaped(bytes, bytes.length - 1, dtcNul)}"`;
  return kind === 'cells' ? `<${cellTexts(bytes).join(' ')}>` : `[${hex(bytes)}]`;
}

/** The value for people: a list of strings is written `"a", "b"`. It still compiles to the same bytes. */
export function listText(bytes: Uint8Array): string {
  if (valueKind(bytes) !== 'strings') return valueText(bytes);
  const parts: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(0, start);
    parts.push(`"${escaped(bytes.subarray(start, end), end - start, false)}"`);
    start = end + 1;
  }
  return parts.join(', ');
}

/** Each cell as `0x..` with at least two digits. */
export function cellTexts(bytes: Uint8Array): string[] {
  const texts: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    texts.push(hexNumber(readCell(bytes, at), 2));
  }
  return texts;
}

function escaped(bytes: Uint8Array, length: number, dtcNul: boolean): string {
  let text = '';
  for (let i = 0; i < length; i++) {
    const byte = bytes[i] as number;
    if (byte === 0) text += !dtcNul && i + 1 < length && isOctal(bytes[i + 1] as number) ? '\\000' : '\\0';
    else text += ESCAPES.get(byte) ?? String.fromCharCode(byte);
  }
  return text;
}

function isOctal(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x37;
}
