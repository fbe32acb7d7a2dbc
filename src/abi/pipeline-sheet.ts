// The sheet that a pipeline picture is drawn on: text in known faces, signs and marks, from the top down.
import type { PictureNote, PictureTone } from '../review/display/picture-types.js';
import { FACES, type FaceName } from './pipeline-style.js';
import { bounded, fitted, type SvgAttributes, type SvgElement, svgText, widthOf, wrapped } from './svg.js';

/** A sheet of a given width; `y` is where the next thing goes. */
export class Sheet {
  readonly width: number;
  y = 0;
  readonly #parts: SvgElement[] = [];
  readonly #severities: ReadonlyMap<number, PictureNote['severity']>;

  constructor(width: number, notes: readonly PictureNote[]) {
    this.width = width;
    this.#severities = new Map(notes.map(({ number, severity }) => [number, severity]));
  }

  /** The drawing so far, as text. */
  get content(): string {
    return this.#parts.map(svgText).join('\n');
  }

  /** The same as data. */
  get elements(): readonly SvgElement[] {
    return this.#parts;
  }

  draw(name: string, attributes: SvgAttributes, ...children: readonly (SvgElement | string)[]): void {
    this.#parts.push({ name, attributes, children });
  }

  path(classes: string, d: string): void {
    this.draw('path', { class: classes, d });
  }

  /** What is drawn inside gets a tooltip, and is one thing that stands for a node. */
  titled(title: string, inside: () => void, about?: string): void {
    const start = this.#parts.length;
    inside();
    const parts = this.#parts.splice(start);
    this.#parts.push({ name: 'g', attributes: {}, children: [titleOf(title), ...parts], about });
  }

  /** One line of text on a baseline, cut to a width; with a tooltip when cut. Answers the width it takes. */
  text(face: FaceName, x: number, y: number, text: string, options: TextOptions = {}): number {
    const { tone, width = this.width - x, anchor, cut } = options;
    const shown = fitted(text, width, FACES[face], cut);
    const classes = tone === undefined ? face : `${face} ${tone}`;
    const title = shown === text || options.silent === true ? [] : [titleOf(text)];
    this.draw('text', { x, y, class: classes, 'text-anchor': anchor }, ...title, shown);
    return widthOf(shown, FACES[face]);
  }

  /** Text in lines from a first baseline on. Answers how many there are. */
  lines(face: FaceName, x: number, y: number, text: string, options: TextOptions & { most: number }): number {
    const { size } = FACES[face];
    const all = wrapped(text, options.width ?? this.width - x, FACES[face], options.most);
    for (const [at, line] of all.entries()) this.text(face, x, y + at * lineHeight(size), line, options);
    return all.length;
  }

  /** The sign of a verdict, in shape and colour, around a centre: tick, cross, bar or dash in a circle. */
  sign(tone: PictureTone, x: number, y: number): void {
    this.draw('circle', { class: `sign stroke-${tone}`, cx: x, cy: y, r: 7.5 });
    this.path(`sign stroke-${tone}`, SIGNS[tone](x, y));
  }

  /** Numbers of findings in a row from a left centre; more than fit become `+N`. */
  marks(numbers: readonly number[], x: number, y: number, most = 3): void {
    const shown = numbers.length > most ? numbers.slice(0, most - 1) : numbers;
    for (const [at, number] of shown.entries()) this.mark(number, x + at * MARK_STEP, y);
    if (shown.length === numbers.length) return;
    const left = x + shown.length * MARK_STEP;
    this.draw('circle', { class: 'ring', cx: left, cy: y, r: 8.5 });
    const text = `+${numbers.length - shown.length}`;
    this.text('mark', left, y + 4, text, { anchor: 'middle', tone: 'muted', width: 40 });
  }

  /** One number: an error in a disc, a warning in a square, a note in a ring. */
  mark(number: number, x: number, y: number): void {
    const severity = this.#severities.get(number) ?? 'note';
    if (severity === 'error') this.draw('circle', { class: 'bad', cx: x, cy: y, r: 8.5 });
    else if (severity === 'warning') {
      this.draw('rect', { class: 'warn', x: x - 8, y: y - 8, width: 16, height: 16, rx: 3 });
    } else this.draw('circle', { class: 'ring', cx: x, cy: y, r: 8 });
    const tone = severity === 'note' ? 'muted' : 'on';
    this.text('mark', x, y + 4, String(number), { anchor: 'middle', tone, width: 40 });
  }
}

function titleOf(text: string): SvgElement {
  return { name: 'title', attributes: {}, children: [bounded(text)] };
}

/** How a text is set. */
export interface TextOptions {
  readonly tone?: PictureTone | 'muted' | 'on' | 'controller-text' | 'controller-note' | undefined;
  readonly width?: number | undefined;
  readonly anchor?: 'start' | 'middle' | 'end' | undefined;
  readonly cut?: 'end' | 'middle' | undefined;
  /** No tooltip of its own: something around it has one. */
  readonly silent?: boolean | undefined;
}

/** From centre to centre of two marks. */
export const MARK_STEP = 19;

/** Distance of two baselines. */
export function lineHeight(size: number): number {
  return Math.round(size * 1.45);
}

const SIGNS: Readonly<Record<PictureTone, (x: number, y: number) => string>> = {
  good: (x, y) => `M${x - 3.5} ${y + 0.5}l2.5 2.5 4.5-5`,
  bad: (x, y) => `M${x - 2.8} ${y - 2.8}l5.6 5.6m0-5.6l-5.6 5.6`,
  warn: (x, y) => `M${x} ${y - 3.6}v4m0 3v.1`,
  idle: (x, y) => `M${x - 3} ${y}h6`,
};
