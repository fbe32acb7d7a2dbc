// One line of a hex dump: its groups of digits, without the column of characters that tools print behind them.

/** A line of digits. Whether the first group is an offset is found out from all rows together. */
export interface HexRow {
  readonly line: number;
  /** A colon stands behind the first group, which is an offset then. */
  readonly colon: boolean;
  readonly groups: readonly HexGroup[];
}

/** Digits, and whether `0x` stands in front: such a number may have lost its zeros. */
export interface HexGroup {
  readonly digits: string;
  readonly isNumber: boolean;
}

const LINE_CHARS = 1024;
/** `20000035_80008001` is one number. */
const HALVES = /\b((?:0x)?[\da-f]{8})_(?:0x)?([\da-f]{8})\b/gi;
const FIRST = /^(?:0x)?[\da-f]{4,16}(:?)(?:\s+|$)/i;
const GROUP = /^(0x)?([\da-f]{1,16})(?:[,\s]+|$)/i;
const GROUPS = 128;
/** No offset has fewer digits, nor has a number on its own. */
const FEWEST_DIGITS = 4;

/** The row of a line; undefined for a line with anything else in it. */
export function hexRowOf(text: string, line: number): HexRow | undefined {
  const code = withoutPicture(text.slice(0, LINE_CHARS)).trim().replace(HALVES, '$1$2');
  const first = FIRST.exec(code);
  const colon = first?.[1] === ':';
  const groups: HexGroup[] = [];
  let rest = colon ? code.replace(':', ' ') : code;
  while (rest !== '') {
    const match = GROUP.exec(rest);
    if (match === null || groups.length >= GROUPS) return undefined;
    groups.push({ digits: match[2] ?? '', isNumber: match[1] !== undefined });
    rest = rest.slice(match[0].length);
  }
  const [only] = groups;
  if (only === undefined || (groups.length === 1 && only.digits.length < FEWEST_DIGITS)) return undefined;
  return { line, colon, groups };
}

/** The column with the characters: behind two spaces after a colon's groups, or between bars. It may have bars, too. */
function withoutPicture(text: string): string {
  const xxd = /^\s*(?:0x)?[\da-f]{4,16}:\s+(?:[\da-f]{2,16} )*[\da-f]{2,16}(?=\s\s)/i.exec(text);
  if (xxd !== null) return xxd[0];
  const bar = text.indexOf('|');
  return bar > 0 && /\s$/.test(text.slice(0, bar)) ? text.slice(0, bar) : text;
}
