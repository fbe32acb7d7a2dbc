// How packets of tests lie in memory: the linear part and the fragments behind it, for any length.

/** A way to cut a packet. `undefined` where a length cannot be cut like that. */
export interface Pattern {
  readonly name: string;
  cut(length: number): Cut | undefined;
}

/** Bytes of the linear part, and of each fragment. */
export interface Cut {
  readonly linear: number;
  readonly frags: readonly number[];
}

/** Headers of Ethernet, IPv4 and TCP with options, which stacks leave linear. */
const HEADERS = 66;
/** The most fragments of a packet. */
const MOST = 17;

/** `count` fragments of about the same size behind `linear` bytes. */
function even(count: number, linear: number): Pattern {
  return {
    name: `${linear} + ${count} fragments`,
    cut(length) {
      const rest = length - linear;
      if (rest < count) return undefined;
      const size = Math.floor(rest / count);
      const frags = new Array<number>(count).fill(size);
      frags[count - 1] = rest - size * (count - 1);
      return { linear, frags };
    },
  };
}

/** The given fragments first, then what is left; or last, behind what is left. */
function given(name: string, sizes: readonly number[], where: 'first' | 'last', linear = HEADERS): Pattern {
  return {
    name,
    cut(length) {
      const rest = length - linear - sizes.reduce((sum, one) => sum + one, 0);
      if (rest < 0) return undefined;
      const more = rest === 0 ? [] : [rest];
      return { linear, frags: where === 'first' ? [...sizes, ...more] : [...more, ...sizes] };
    },
  };
}

const ones = (count: number): number[] => new Array<number>(count).fill(1);

/** All of them. The first is linear and fits every length. */
export const PATTERNS: readonly Pattern[] = [
  { name: 'linear', cut: (length) => ({ linear: length, frags: [] }) },
  ...Array.from({ length: MOST }, (_, i) => even(i + 1, i % 2 === 0 ? HEADERS : 14)),
  given('one byte last', [1], 'last'),
  given('one byte first', [1], 'first'),
  given('one-byte fragments', ones(14), 'first', 14),
  given('one-byte fragments, too many', ones(16), 'last', 14),
  given('one linear byte', [100], 'first', 1),
  { name: 'nothing linear', cut: (length) => ({ linear: 0, frags: [length] }) },
  ...[4095, 4096, 4097].map((size) => given(`${size} in the middle`, [size, 1], 'first')),
  given('pages', [4096, 4096], 'first'),
  given('1536 and around', [1535, 1536, 1537], 'first'),
  given('1664 and around', [1663, 1664, 1665], 'first'),
];

/** Lengths around the borders of buffers that a received frame lies in (facts V5), of pages, and the ends. */
export function borderLengths(first: number, buffer: number, most: number): number[] {
  const borders = [60, most];
  for (let at = first; at <= most; at += buffer) borders.push(at);
  for (let at = 4096; at <= most; at += 4096) borders.push(at);
  const around = borders.flatMap((border) => [-2, -1, 0, 1, 2].map((by) => border + by));
  return [...new Set(around)].filter((length) => length >= 60 && length <= most).sort((a, b) => a - b);
}
