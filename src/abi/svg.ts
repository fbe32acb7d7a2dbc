// Writes SVG as text: elements, escaped text, and how wide text will be where no font can be asked.

/** Attributes of an element; numbers are rounded to hundredths, undefined ones left out. */
export type SvgAttributes = Readonly<Record<string, string | number | undefined>>;

/** An element as data: what draws on a page makes its own of it. Children that are text are not escaped yet. */
export interface SvgElement {
  readonly name: string;
  readonly attributes: SvgAttributes;
  readonly children: readonly (SvgElement | string)[];
  /** Path of the node that it stands for: no part of the text. */
  readonly about?: string | undefined;
}

/** The same as text. */
export function svgText({ name, attributes, children }: SvgElement): string {
  return element(name, attributes, ...children.map((one) => (typeof one === 'string' ? escaped(one) : svgText(one))));
}

/** An element with children that are SVG already; text goes through `escaped` first. */
export function element(name: string, attributes: SvgAttributes, ...children: readonly string[]): string {
  const list = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === 'number' ? rounded(value) : escaped(value)}"`],
  );
  const open = `<${name}${list.join('')}`;
  return children.length === 0 ? `${open}/>` : `${open}>${children.join('')}</${name}>`;
}

function rounded(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** What XML 1.0 forbids, and characters that turn the direction of others. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g;
const HALF_PAIRS = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as content or attribute value. Unfit characters become U+FFFD. */
export function escaped(text: string): string {
  return fit(text).replace(/[&<>"]/g, (char) => ENTITIES[char] as string);
}

/** The text with U+FFFD for characters that are not for drawings. */
export function fit(text: string): string {
  return text.replace(CONTROLS, '\ufffd').replace(HALF_PAIRS, '\ufffd');
}

/** A face of type: `sans` is the widest of the usual system fonts, so that text fits in all of them. */
export interface Face {
  readonly family: 'sans' | 'mono';
  /** Pixels. */
  readonly size: number;
  readonly bold?: boolean;
}

/** Widths in ems of characters that differ much from their kind. */
const WIDTHS: readonly (readonly [chars: string, width: number])[] = [
  ["ijl.,:;'|!", 0.33],
  ['frt()[]{}/\\-I" ', 0.42],
  ['mMW@%', 1],
  ['w', 0.82],
  ['_~^', 0.52],
];
const WIDTH_OF: ReadonlyMap<string, number> = new Map(
  WIDTHS.flatMap(([chars, width]) => [...chars].map((char) => [char, width] as const)),
);
const MONO = 0.61;

/** About how wide a text is in the widest of the usual fonts, in pixels. */
export function widthOf(text: string, { family, size, bold }: Face): number {
  let ems = 0;
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    if (code >= 0x2e80 || (code >= 0x1100 && code < 0x1200)) ems += 1.05;
    else if (family === 'mono') ems += MONO;
    else if (code >= 0x2000) ems += 1;
    else ems += (WIDTH_OF.get(char) ?? (/[A-Z]/.test(char) ? 0.69 : 0.62)) * (bold === true ? 1.12 : 1);
  }
  return ems * size;
}

/** Characters that are looked at; nobody reads more, and a hostile text may have a million. */
const LONGEST = 2000;

/** The text cut to a width; where it is cut in the middle, its end, which tells nodes apart, stays. */
export function fitted(text: string, width: number, face: Face, cut: 'end' | 'middle' = 'end'): string {
  if (text.length <= LONGEST && widthOf(text, face) <= width) return text;
  const tail = cut === 'middle' ? headThatFits(backwards(text.slice(-9)), width * 0.6, face, 0) : '';
  const room = width - widthOf(`…${tail}`, face);
  const end = backwards(tail);
  return `${headThatFits(text.slice(0, LONGEST), room, face, 0)}…${end}`;
}

function backwards(text: string): string {
  return [...text].reverse().join('');
}

/** The text in lines of a width, at most `most`; the last one ends in `…` when there is more. */
export function wrapped(text: string, width: number, face: Face, most: number): string[] {
  const words = text
    .slice(0, LONGEST)
    .split(/\s+/)
    .filter((word) => word !== '');
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer, face) <= width) line = longer;
    else {
      if (line !== '') lines.push(line);
      line = word;
      while (widthOf(line, face) > width && lines.length < most) {
        const part = headThatFits(line, width, face, 1);
        lines.push(part);
        line = line.slice(part.length);
      }
    }
  }
  if (line !== '') lines.push(line);
  if (lines.length <= most && text.length <= LONGEST) return lines;
  const shown = lines.slice(0, most);
  return [...shown.slice(0, -1), fitted(`${shown.at(-1) ?? ''} …`, width, face)];
}

/** As many characters as fit, but so many at least. */
function headThatFits(text: string, width: number, face: Face, least: 0 | 1): string {
  let used = 0;
  let length = 0;
  for (const char of text) {
    used += widthOf(char, face);
    if (used > width && length >= least) break;
    length += char.length;
  }
  return text.slice(0, length);
}

/** The start of a text for a tooltip. */
export function bounded(text: string, most = 600): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
