// What each character of the source language can be part of: one table of bit sets, indexed by character code.

/** Bits of {@link CHAR_CLASS}. */
export const SPACE = 1;
/** `0` to `9`. */
export const DIGIT = 2;
/** Hexadecimal digit. */
export const HEX = 4;
/** May begin a label. */
export const LABEL_START = 8;
/** May continue a label. */
export const LABEL_CHAR = 16;
/** May stand in the name of a property or node. */
export const NAME_CHAR = 32;
/** May stand in a path reference. */
export const PATH_CHAR = 64;

function classes(): Uint8Array {
  const table = new Uint8Array(256);
  const mark = (chars: string, bits: number): void => {
    for (let i = 0; i < chars.length; i++) table[chars.charCodeAt(i)] = (table[chars.charCodeAt(i)] as number) | bits;
  };
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  mark(' \t\n\r\v\f', SPACE);
  mark('0123456789', DIGIT | HEX | LABEL_CHAR | NAME_CHAR | PATH_CHAR);
  mark('abcdefABCDEF', HEX);
  mark(`${letters}${letters.toUpperCase()}_`, LABEL_START | LABEL_CHAR | NAME_CHAR | PATH_CHAR);
  mark(',._+*#?@-', NAME_CHAR | PATH_CHAR);
  mark('/', PATH_CHAR);
  return table;
}

/** Bit set per character code 0 to 255. */
export const CHAR_CLASS: Uint8Array = classes();

/** Value of a hexadecimal digit by character code; only meaningful where {@link HEX} is set. */
export function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : (code | 32) - 87;
}
