// Backslash escapes in strings and character literals, as dtc reads them: C's, with at most two hex digits.

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
};
const ESCAPE = /\\(?:([0-7]{1,3})|x([0-9a-fA-F]{0,2})|([^]))/g;

/**
 * The characters that a literal stands for. `badHex` is called for each `\x` without digits. An octal number keeps its
 * low 8 bits.
 */
export function unescape(text: string, badHex: () => void): string {
  return text.replace(ESCAPE, (_, octal: string | undefined, hex: string | undefined, simple: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 255);
    if (hex === undefined) return SIMPLE[simple] ?? simple;
    if (hex === '') badHex();
    return String.fromCharCode(Number.parseInt(hex || '0', 16));
  });
}
