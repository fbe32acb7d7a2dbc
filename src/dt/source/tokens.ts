// The kinds of token. A single character stands for itself by its code; everything longer has a number above 255.

/** Token kinds that are not one character. */
export const TOKEN = {
  END: 256,
  STRING: 257,
  LITERAL: 258,
  CHAR: 259,
  LABEL: 260,
  LABEL_REF: 261,
  PATH_REF: 262,
  NAME: 263,
  BYTE: 264,
  DTS_V1: 265,
  PLUGIN: 266,
  MEMRESERVE: 267,
  BITS: 268,
  DELETE_PROPERTY: 269,
  DELETE_NODE: 270,
  OMIT: 271,
  INCBIN: 272,
  SHIFT_LEFT: 273,
  SHIFT_RIGHT: 274,
  LESS_EQUAL: 275,
  GREATER_EQUAL: 276,
  EQUAL: 277,
  NOT_EQUAL: 278,
  AND: 279,
  OR: 280,
} as const;

/** What the lexer makes of letters and digits depends on where the parser is: dtc's start conditions. */
export const STATE = { START: 0, VALUES: 1, NAMES: 2, BYTES: 3 } as const;

/** One of {@link STATE}. */
export type State = (typeof STATE)[keyof typeof STATE];

/** Words between slashes: the token, and the state they leave the lexer in where they change it. */
export const KEYWORDS: readonly { readonly word: string; readonly kind: number; readonly state?: State }[] = [
  { word: '/bits/', kind: TOKEN.BITS, state: STATE.VALUES },
  { word: '/delete-property/', kind: TOKEN.DELETE_PROPERTY, state: STATE.NAMES },
  { word: '/delete-node/', kind: TOKEN.DELETE_NODE, state: STATE.NAMES },
  { word: '/omit-if-no-ref/', kind: TOKEN.OMIT, state: STATE.NAMES },
  { word: '/incbin/', kind: TOKEN.INCBIN },
  { word: '/dts-v1/', kind: TOKEN.DTS_V1, state: STATE.VALUES },
  { word: '/plugin/', kind: TOKEN.PLUGIN },
  { word: '/memreserve/', kind: TOKEN.MEMRESERVE, state: STATE.VALUES },
];

/** Operators of two characters. */
export const OPERATORS: Readonly<Record<string, number>> = {
  '<<': TOKEN.SHIFT_LEFT,
  '>>': TOKEN.SHIFT_RIGHT,
  '<=': TOKEN.LESS_EQUAL,
  '>=': TOKEN.GREATER_EQUAL,
  '==': TOKEN.EQUAL,
  '!=': TOKEN.NOT_EQUAL,
  '&&': TOKEN.AND,
  '||': TOKEN.OR,
};

/** Character codes of the single-character tokens that the parser compares with. */
export const CHAR = {
  NEWLINE: 10,
  BANG: 33,
  QUOTE: 34,
  HASH: 35,
  PERCENT: 37,
  AMPERSAND: 38,
  APOSTROPHE: 39,
  OPEN: 40,
  CLOSE: 41,
  STAR: 42,
  COMMA: 44,
  MINUS: 45,
  SLASH: 47,
  ZERO: 48,
  COLON: 58,
  SEMICOLON: 59,
  LESS: 60,
  EQUALS: 61,
  GREATER: 62,
  QUESTION: 63,
  X: 88,
  OPEN_BRACKET: 91,
  BACKSLASH: 92,
  CLOSE_BRACKET: 93,
  OPEN_BRACE: 123,
  BAR: 124,
  CLOSE_BRACE: 125,
  TILDE: 126,
} as const;
