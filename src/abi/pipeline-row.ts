// Draws one path of a pipeline picture: boxes on a grid that wraps, links with their numbers, and how it ends.
import type { PictureBox, PictureGroup, PictureLink, PictureRow } from '../review/display/picture-types.js';
import { lineHeight, MARK_STEP, type Sheet } from './pipeline-sheet.js';
import { FACES, GRID } from './pipeline-style.js';
import { widthOf, wrapped } from './svg.js';

const { left, right, boxWidth, boxHeight, gap, gutter } = GRID;
/** Room around the boxes of a line for the frame of a group, and below for the way back of a circle. */
const GROUP_HEAD = 20;
const GROUP_FOOT = 12;
const CIRCLE_FOOT = 20;

/** Where the boxes of a row are. */
interface Grid {
  readonly columns: number;
  /** Top of each line's boxes, and the bottom of what hangs below them. */
  readonly tops: readonly number[];
  readonly feet: readonly number[];
}

interface Place {
  readonly x: number;
  readonly y: number;
  /** Middle of the box's height. */
  readonly middle: number;
  readonly line: number;
}

/** How many boxes fit side by side. */
function columnsOf(width: number): number {
  return Math.max(1, Math.floor((width - left - right + gap) / (boxWidth + gap)));
}

/** Draws a row at the sheet's place and moves that below it. */
export function drawRow(sheet: Sheet, row: PictureRow): void {
  const indent = left - 8;
  sheet.y += 24;
  const title = sheet.text('row', indent, sheet.y, row.title, { width: 200 });
  const stateX = indent + Math.max(64, title + 16);
  sheet.sign(row.state.tone, stateX + 8, sheet.y - 5);
  const words = { tone: row.state.tone, width: sheet.width - stateX - 24 - right, most: 3 } as const;
  const lines = sheet.lines('text', stateX + 24, sheet.y, row.state.text, words);
  sheet.y += (lines - 1) * lineHeight(FACES.text.size) + 30;
  const grid = gridOf(sheet, row);
  for (const group of row.groups) drawGroup(sheet, grid, group, row.boxes.length);
  for (const link of row.links) drawLink(sheet, grid, link);
  for (const [at, box] of row.boxes.entries()) drawBox(sheet, placeOf(grid, at), box);
  for (const link of row.links) drawMarks(sheet, grid, link);
  sheet.y = grid.feet.at(-1) as number;
  for (const link of row.links) if (link.words !== '') drawWords(sheet, grid, link);
  if (row.more > 0) {
    sheet.y += 20;
    sheet.text('text', left, sheet.y, `and ${row.more} more`, { tone: 'muted' });
  }
  sheet.y += 8;
}

function gridOf(sheet: Sheet, { boxes, groups, links }: PictureRow): Grid {
  const columns = columnsOf(sheet.width);
  const count = Math.ceil(boxes.length / columns);
  const tops: number[] = [];
  const feet: number[] = [];
  let { y } = sheet;
  for (let line = 0; line < count; line++) {
    const has = (index: number): boolean => Math.floor(index / columns) === line;
    const grouped = groups.some(
      ({ from, to }) => line >= Math.floor(from / columns) && line <= Math.floor(to / columns),
    );
    const circled = links.some(({ kind, from, to }) => kind === 'circle' && (has(from) || has(to)));
    y += grouped ? GROUP_HEAD : 0;
    tops.push(y);
    const foot = y + boxHeight + (grouped ? GROUP_FOOT : 0) + (circled ? CIRCLE_FOOT : 0);
    feet.push(foot);
    y = foot + gutter;
  }
  return { columns, tops, feet };
}

function placeOf({ columns, tops }: Grid, index: number): Place {
  const line = Math.floor(index / columns);
  const x = left + (index % columns) * (boxWidth + gap);
  const y = tops[line] as number;
  return { x, y, middle: y + boxHeight / 2, line };
}

/** A dashed frame behind its boxes, one piece per line, with its name above the first. */
function drawGroup(sheet: Sheet, grid: Grid, { from, to, label }: PictureGroup, count: number): void {
  const { columns } = grid;
  const last = Math.min(to, count - 1);
  for (let start = from; start <= last; ) {
    const end = Math.min(last, Math.floor(start / columns) * columns + columns - 1);
    const { x, y } = placeOf(grid, start);
    const width = placeOf(grid, end).x - x + boxWidth + 16;
    sheet.draw('rect', { class: 'group', x: x - 8, y: y - 10, width, height: boxHeight + 10 + GROUP_FOOT, rx: 8 });
    if (start === from) sheet.text('note', x - 6, y - 16, label, { tone: 'muted', width: sheet.width - x - right });
    start = end + 1;
  }
}

function drawBox(sheet: Sheet, { x, y }: Place, box: PictureBox): void {
  const draw = (): void => {
    drawShape(sheet, x, y, box);
    const dark = box.kind === 'controller' && !box.disabled;
    const pale = box.disabled || box.kind === 'missing';
    const strong = dark ? 'controller-text' : pale ? 'muted' : undefined;
    const weak = dark ? 'controller-note' : 'muted';
    const inner = boxWidth - 20;
    const face = widthOf(box.name, FACES.name) > inner ? 'tight' : 'name';
    const silent = { silent: true, width: inner } as const;
    sheet.text(face, x + 10, y + 24, box.name, { ...silent, tone: strong });
    sheet.text('node', x + 10, y + 41, box.node, {
      ...silent,
      tone: weak,
      cut: box.kind === 'missing' ? 'end' : 'middle',
    });
    const number = box.number === undefined ? '' : String(box.number);
    const room = inner - (number === '' ? 0 : widthOf(number, FACES.node) + 6);
    const cut = box.kind === 'sink' || box.kind === 'unknown' ? 'middle' : 'end';
    sheet.text('note', x + 10, y + 56, box.note, { silent: true, width: room, tone: weak, cut });
    if (number !== '') sheet.text('node', x + boxWidth - 10, y + 56, number, { ...silent, tone: weak, anchor: 'end' });
  };
  sheet.titled(box.text, draw, box.path === '' ? undefined : box.path);
  // A short word: up to three marks stand on the same edge.
  const tag = box.disabled ? 'disabled' : box.kind === 'unknown' ? 'no block' : '';
  if (tag !== '') drawTag(sheet, x, y, tag, box.disabled ? 'warn' : 'bad');
  sheet.marks(box.marks, x + 12, y);
}

/** A word that sits on the upper edge of a box. */
function drawTag(sheet: Sheet, x: number, y: number, tag: string, tone: 'warn' | 'bad'): void {
  const width = widthOf(tag, FACES.note) + 8;
  const start = x + boxWidth - 10 - width;
  sheet.draw('rect', { class: 'paper', x: start, y: y - 8, width, height: 14 });
  sheet.text('note', start + 4, y + 4, tag, { tone });
}

/** Outputs are an arrow, sinks a screen on a stand, the others rectangles; what is wrong shows in the outline. */
function drawShape(sheet: Sheet, x: number, y: number, { kind, disabled }: PictureBox): void {
  const outline = disabled ? ' disabled' : '';
  const size = { x, y, width: boxWidth, height: boxHeight };
  if (kind === 'output') {
    const tip = `l9 ${boxHeight / 2} -9 ${boxHeight / 2}`;
    sheet.path(
      `box output${outline}`,
      `M${x + 5} ${y}h${boxWidth - 9}${tip}h${9 - boxWidth}a5 5 0 0 1-5-5v${10 - boxHeight}a5 5 0 0 1 5-5z`,
    );
    return;
  }
  if (kind === 'sink') {
    sheet.draw('rect', { class: `box sink${outline}`, ...size, rx: 12 });
    sheet.path('stand', `M${x + boxWidth / 2 - 18} ${y + boxHeight + 5}h36`);
    return;
  }
  sheet.draw('rect', { class: `box ${kind}${outline}`, ...size, rx: kind === 'missing' ? 10 : 5 });
}

function drawLink(sheet: Sheet, grid: Grid, link: PictureLink): void {
  const from = placeOf(grid, link.from);
  const to = placeOf(grid, link.to);
  sheet.titled(link.text === '' ? link.words : link.text, () => {
    if (link.kind === 'circle') drawCircle(sheet, grid, from, to);
    else if (from.line === to.line) drawStraight(sheet, from.x + boxWidth, to.x, from.middle, link);
    else drawCarriage(sheet, grid, from, to, link);
  });
  if (link.kind === 'circle') return;
  const wrap = from.line !== to.line;
  const number = { tone: 'muted', width: gap - 8 } as const;
  const [outTone, clear] = link.kind === 'broken' && !wrap ? (['bad', 4] as const) : (['muted', 0] as const);
  sheet.text('node', from.x + boxWidth + 8, from.middle - 7 - clear, link.out, { ...number, tone: outTone });
  if (link.into !== '') {
    const end = to.x - (wrap ? 10 : 11);
    sheet.text('node', end, to.middle + 16 + clear, link.into, {
      ...number,
      anchor: 'end',
      width: wrap ? 34 : gap - 14,
    });
  }
}

/** Between neighbours on one line. Outputs have a tip, so links begin a little further right. */
function drawStraight(sheet: Sheet, start: number, end: number, y: number, { kind }: PictureLink): void {
  const from = start + 6;
  const middle = (start + end) / 2;
  if (kind === 'broken') {
    sheet.path('link broken', `M${from} ${y}H${middle - 7}M${middle + 7} ${y}H${end - 5}`);
    drawCross(sheet, middle, y);
  } else if (kind === 'dropped') {
    sheet.path('link dropped', `M${from} ${y}H${end - 10}`);
    sheet.path('link bar', `M${end - 8} ${y - 9}v18`);
  } else {
    sheet.path(`link ${kind}`, `M${from} ${y}H${end - 8}`);
    drawHead(sheet, end - 2, y);
  }
}

/** From the end of a line to the beginning of the next. */
function drawCarriage(sheet: Sheet, grid: Grid, from: Place, to: Place, { kind }: PictureLink): void {
  const outer = from.x + boxWidth + 26;
  const inner = to.x - 30;
  const turn = (grid.feet[from.line] as number) + gutter / 2 - 2;
  const r = 8;
  const way =
    `M${from.x + boxWidth + 6} ${from.middle}H${outer - r}q${r} 0 ${r} ${r}V${turn - r}q0 ${r} ${-r} ${r}` +
    `H${inner + r}q${-r} 0 ${-r} ${r}V${to.middle - r}q0 ${r} ${r} ${r}`;
  sheet.path(`link ${kind}`, `${way}H${to.x - (kind === 'broken' ? 18 : 8)}`);
  if (kind === 'broken') drawCross(sheet, to.x - 12, to.middle);
  else if (kind === 'dropped') sheet.path('link bar', `M${to.x - 8} ${to.middle - 9}v18`);
  else drawHead(sheet, to.x - 2, to.middle);
}

/** Down from a box, along the left margin where it has to change lines, and up into an earlier box. */
function drawCircle(sheet: Sheet, grid: Grid, from: Place, to: Place): void {
  const down = (grid.feet[from.line] as number) - 4;
  const up = (grid.feet[to.line] as number) - 4;
  const [start, end] = [from.x + boxWidth / 2 + 12, to.x + boxWidth / 2 - 12];
  const [top, tip] = [from.y + boxHeight + 3, to.y + boxHeight + 3];
  const side = from.line === to.line ? '' : `H12V${up}`;
  sheet.path('link circle', `M${start} ${top}V${down}${side}H${end}V${tip + 7}`);
  sheet.path('head circle', `M${end} ${tip}l-5 8h10z`);
}

function drawHead(sheet: Sheet, x: number, y: number): void {
  sheet.path('head', `M${x} ${y}l-8-4.5v9z`);
}

function drawCross(sheet: Sheet, x: number, y: number): void {
  sheet.path('link cross', `M${x - 6} ${y - 6}l12 12m0-12l-12 12`);
}

/** Where a link's words belong: its cross or bar, or the bottom of a circle. */
function anchorOf(grid: Grid, { from, to, kind }: PictureLink): { x: number; y: number } {
  const start = placeOf(grid, from);
  const end = placeOf(grid, to);
  if (kind === 'circle') return { x: start.x + boxWidth / 2 + 12, y: (grid.feet[start.line] as number) - 4 };
  const y = end.y + boxHeight + 2;
  if (start.line !== end.line) return { x: end.x - 12, y };
  return { x: kind === 'dropped' ? end.x - 8 : (start.x + boxWidth + end.x) / 2, y };
}

function drawMarks(sheet: Sheet, grid: Grid, link: PictureLink): void {
  if (link.marks.length === 0) return;
  const shown = Math.min(link.marks.length, 3);
  const { x, y } = anchorOf(grid, link);
  const level = link.kind === 'circle' ? y : placeOf(grid, link.to).y + 4;
  sheet.marks(link.marks, x - ((shown - 1) * MARK_STEP) / 2, level);
}

/** The words of the link that ends a row, below the last line, with a leader to their place. */
function drawWords(sheet: Sheet, grid: Grid, link: PictureLink): void {
  const anchor = anchorOf(grid, link);
  const face = link.quoted ? 'code' : 'text';
  const room = sheet.width - left - right;
  const lines = wrapped(link.words, room - 16, FACES[face], 4);
  const width = Math.max(...lines.map((line) => widthOf(line, FACES[face])));
  const top = sheet.y + 14;
  const start = Math.max(left, Math.min(anchor.x + 8, sheet.width - right - width));
  const tone = link.kind === 'dropped' ? 'warn' : 'bad';
  sheet.path('leader', `M${anchor.x} ${anchor.y}V${top + (start > anchor.x ? 6 : -3)}${start > anchor.x ? 'h5' : ''}`);
  const step = lineHeight(FACES[face].size);
  for (const [at, line] of lines.entries()) sheet.text(face, start, top + 10 + at * step, line, { tone });
  sheet.y = top + 10 + (lines.length - 1) * step;
}
