// Draws the picture of a display as one SVG file: no script, no reference to anything outside, light and dark.
import type {
  Picture,
  PictureCrtc,
  PictureNote,
  PictureOutcome,
  PictureRow,
  PictureSection,
} from '../review/display/picture-types.js';
import { drawRow } from './pipeline-row.js';
import { lineHeight, Sheet } from './pipeline-sheet.js';
import { FACES, GRID, styleSheet } from './pipeline-style.js';
import { bounded, element, escaped, type SvgElement, widthOf } from './svg.js';

/** How to draw. */
export interface PipelineSvgOptions {
  /** Pixels, at least 320; 1280 when left out. Paths wrap to it. */
  readonly width?: number | undefined;
  /** `auto`, when left out, follows the reader's choice. */
  readonly theme?: 'auto' | 'light' | 'dark' | undefined;
  /** Begins the ids inside; give each drawing on one page its own. */
  readonly id?: string | undefined;
}

const MARGIN = 44;

/** The paths of a picture as elements, for a page that has heading and findings of its own. */
export interface PipelineDrawing {
  readonly width: number;
  readonly height: number;
  readonly elements: readonly SvgElement[];
}

/** Draws each mmsys with its paths, what becomes of them, and the key. The class `bp` goes around it. */
export function pipelineDrawing(picture: Picture, least: number): PipelineDrawing {
  const width = Math.max(GRID.least, Math.round(least));
  const sheet = new Sheet(width, picture.notes);
  // The line above the first part would be the edge of the page's own frame.
  sheet.y = -30;
  for (const section of picture.sections) drawSection(sheet, section);
  if (picture.more > 0) drawMore(sheet, `and ${picture.more} more`);
  for (const outcome of picture.outcomes) drawOutcome(sheet, outcome);
  drawKey(sheet, picture);
  return { width, height: Math.ceil(sheet.y + 20), elements: sheet.elements };
}

/** The whole file, a single `svg` element that can stand alone or inside a page. */
export function pipelineSvg(picture: Picture, options: PipelineSvgOptions = {}): string {
  const { theme = 'auto', id = 'pipeline' } = options;
  const width = Math.max(GRID.least, Math.round(options.width ?? 1280));
  const sheet = new Sheet(width, picture.notes);
  drawHeader(sheet, picture);
  for (const section of picture.sections) drawSection(sheet, section);
  if (picture.sections.length === 0) drawNothing(sheet);
  if (picture.more > 0) drawMore(sheet, `and ${picture.more} more`);
  for (const outcome of picture.outcomes) drawOutcome(sheet, outcome);
  if (picture.notes.length > 0) drawNotes(sheet, picture);
  drawKey(sheet, picture);
  const height = Math.ceil(sheet.y + 36);
  const root = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'bp',
    role: 'img',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'aria-labelledby': `${id}-title ${id}-desc`,
  };
  const head = [
    element('title', { id: `${id}-title` }, escaped(`Display pipelines of ${bounded(picture.title, 120)}`)),
    element('desc', { id: `${id}-desc` }, escaped(bounded(picture.summary, 2000))),
    element('style', {}, styleSheet(theme)),
    element('rect', { class: 'paper', width, height }),
  ];
  return `${element('svg', root, '\n', head.join('\n'), '\n', sheet.content, '\n')}\n`;
}

function drawHeader(sheet: Sheet, { title, subtitle }: Picture): void {
  const width = sheet.width - 2 * MARGIN;
  sheet.y = 58;
  const lines = sheet.lines('title', MARGIN, sheet.y, title, { width, most: 2 });
  sheet.y += (lines - 1) * lineHeight(FACES.title.size) + 26;
  const text = `MediaTek display pipelines, ${subtitle}`;
  const rows = sheet.lines('subtitle', MARGIN, sheet.y, text, { tone: 'muted', width, most: 2 });
  sheet.y += (rows - 1) * lineHeight(FACES.subtitle.size) + 10;
}

/** A thin line and the space above and below it, between parts. */
function rule(sheet: Sheet): void {
  sheet.y += 28;
  sheet.path('hair', `M${MARGIN} ${sheet.y + 0.5}H${sheet.width - MARGIN}`);
}

function drawSection(sheet: Sheet, section: PictureSection): void {
  rule(sheet);
  const width = sheet.width - 2 * MARGIN;
  sheet.y += 36;
  const marks = Math.min(section.marks.length, 5) * 20;
  const used = sheet.text('section', MARGIN, sheet.y, section.title, { width: width - marks - 8, cut: 'middle' });
  sheet.marks(section.marks, MARGIN + used + 20, sheet.y - 5, 5);
  sheet.y += 22;
  sheet.text('node', MARGIN, sheet.y, section.compatible, { tone: 'muted', width });
  sheet.y += 24;
  drawState(sheet, section.state, 24);
  for (const line of section.lines) drawQuote(sheet, line, 24);
  for (const row of section.rows) {
    sheet.y += 12;
    drawRow(sheet, row);
  }
}

/** A verdict with its sign; the indent is that of the text. */
function drawState(sheet: Sheet, { tone, text }: PictureSection['state'], indent: number): void {
  sheet.sign(tone, MARGIN + indent / 2 - 4, sheet.y - 4.5);
  const width = sheet.width - 2 * MARGIN - indent;
  const lines = sheet.lines('text', MARGIN + indent, sheet.y, text, { tone, width, most: 3 });
  sheet.y += (lines - 1) * lineHeight(FACES.text.size);
}

/** A line of the kernel's log. */
function drawQuote(sheet: Sheet, line: string, indent: number): void {
  sheet.y += 24;
  const width = sheet.width - 2 * MARGIN - indent;
  const lines = sheet.lines('code', MARGIN + indent, sheet.y, line, { tone: 'muted', width, most: 3 });
  sheet.y += (lines - 1) * lineHeight(FACES.code.size);
}

function drawNothing(sheet: Sheet): void {
  rule(sheet);
  sheet.y += 36;
  sheet.text('text', MARGIN, sheet.y, 'No MediaTek display in this tree.', { tone: 'muted' });
}

function drawMore(sheet: Sheet, text: string): void {
  sheet.y += 32;
  sheet.text('text', MARGIN, sheet.y, text, { tone: 'muted' });
}

function drawOutcome(sheet: Sheet, { title, state, crtcs, lines }: PictureOutcome): void {
  rule(sheet);
  const width = sheet.width - 2 * MARGIN;
  sheet.y += 36;
  const used = sheet.text('row', MARGIN, sheet.y, 'What becomes of it', { width });
  sheet.text('node', MARGIN + used + 12, sheet.y, title, { tone: 'muted', width: Math.max(40, width - used - 12) });
  sheet.y += 28;
  drawState(sheet, state, 36);
  for (const crtc of crtcs) drawCrtc(sheet, crtc, width);
  for (const line of lines) drawQuote(sheet, line, 36);
}

/** A screen with the index of its CRTC, or a dotted one. */
function drawCrtc(sheet: Sheet, { index, text }: PictureCrtc, width: number): void {
  sheet.y += 28;
  const box = { x: MARGIN, y: sheet.y - 15, width: 24, height: 17, rx: 3 };
  sheet.draw('rect', { class: index === undefined ? 'no-crtc' : 'crtc', ...box });
  if (index !== undefined) {
    sheet.path('crtc', `M${MARGIN + 7} ${sheet.y + 5}h10`);
    sheet.text('node', MARGIN + 12, sheet.y - 2.5, String(index), { anchor: 'middle', tone: 'good', width: 20 });
  }
  const tone = index === undefined ? 'muted' : undefined;
  const rows = sheet.lines('text', MARGIN + 36, sheet.y, text, { width: width - 36, most: 2, tone });
  sheet.y += (rows - 1) * lineHeight(FACES.text.size);
}

function drawNotes(sheet: Sheet, { notes, moreNotes }: Picture): void {
  rule(sheet);
  sheet.y += 36;
  sheet.text('row', MARGIN, sheet.y, notes.length === 1 ? '1 finding' : `${notes.length + moreNotes} findings`);
  sheet.y += 6;
  for (const note of notes) drawNote(sheet, note);
  if (moreNotes > 0) drawMore(sheet, `and ${moreNotes} more findings`);
}

function drawNote(sheet: Sheet, { number, rule, severity, text, suggestion, where }: PictureNote): void {
  const x = MARGIN + 28;
  const width = Math.min(920, sheet.width - x - MARGIN);
  const step = lineHeight(FACES.text.size);
  sheet.y += 30;
  sheet.mark(number, MARGIN + 9, sheet.y - 4.5);
  const tone = severity === 'error' ? 'bad' : severity === 'warning' ? 'warn' : 'muted';
  const used = sheet.text('code', x, sheet.y, `${severity} ${rule}`, { tone });
  sheet.text('node', x + used + 14, sheet.y, where, { tone: 'muted', width: width - used - 14, cut: 'middle' });
  sheet.y += step;
  sheet.y += sheet.lines('text', x, sheet.y, text, { width, most: 10 }) * step;
  if (suggestion !== '') {
    sheet.y += sheet.lines('text', x, sheet.y, suggestion, { width, most: 10, tone: 'muted' }) * step;
  }
  sheet.y -= step;
}

/** What a kind of link looks like; only kinds that are in the picture are explained. */
const KEY: readonly { readonly kind: PictureRow['links'][number]['kind']; readonly text: string }[] = [
  { kind: 'graph', text: 'link of the tree' },
  { kind: 'built-in', text: "from the driver's own table" },
  { kind: 'broken', text: 'ends here, with an error' },
  { kind: 'dropped', text: 'ends here: the path is dropped' },
  { kind: 'circle', text: 'leads back' },
];

function drawKey(sheet: Sheet, { sections }: Picture): void {
  const links = sections.flatMap(({ rows }) => rows.flatMap((row) => row.links));
  const kinds = new Set(links.map(({ kind }) => kind));
  if (kinds.size === 0) return;
  rule(sheet);
  sheet.y += 32;
  let x = MARGIN;
  const numbers = links.some(({ out }) => out !== '') ? [{ kind: undefined, text: 'numbers: port/endpoint' }] : [];
  for (const { kind, text } of [...KEY.filter((one) => kinds.has(one.kind)), ...numbers]) {
    const width = widthOf(text, FACES.note) + (kind === undefined ? 0 : 48) + 28;
    if (x > MARGIN && x + width > sheet.width - MARGIN) {
      x = MARGIN;
      sheet.y += 22;
    }
    if (kind !== undefined) drawSample(sheet, kind, x);
    sheet.text('note', x + (kind === undefined ? 0 : 48), sheet.y, text, { tone: 'muted' });
    x += width;
  }
}

function drawSample(sheet: Sheet, kind: PictureRow['links'][number]['kind'], x: number): void {
  const y = sheet.y - 4;
  const middle = x + 20;
  if (kind === 'broken') {
    sheet.path('link broken', `M${x} ${y}h13m14 0h13`);
    sheet.path('link cross', `M${middle - 5} ${y - 5}l10 10m0-10l-10 10`);
  } else if (kind === 'dropped') {
    sheet.path('link dropped', `M${x} ${y}h34`);
    sheet.path('link bar', `M${x + 37} ${y - 7}v14`);
  } else if (kind === 'circle') {
    sheet.path('link circle', `M${x + 38} ${y - 5}v8h-32v-4`);
    sheet.path('head circle', `M${x + 6} ${y - 8}l-4.5 7h9z`);
  } else {
    sheet.path(`link ${kind}`, `M${x} ${y}h30`);
    sheet.path('head', `M${x + 38} ${y}l-8-4.5v9z`);
  }
}
