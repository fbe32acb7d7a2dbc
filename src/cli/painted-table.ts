// Tables of a live picture: columns that keep their place, cells in colours, lines that fit a width.
import { styleText } from 'node:util';

/** A colour, or less or more of it. */
export type Paint = 'red' | 'yellow' | 'green' | 'dim' | 'bold';

/** Text in one place of the table. */
export interface Cell {
  readonly text: string;
  readonly paint?: Paint | undefined;
}

/** How the cells of a column stand, below its heading. */
export interface Column {
  readonly heading: string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
  /** It is never narrower than this. */
  readonly least?: number;
}

const GAP = '  ';

/** How many characters the longest line has. */
export function tableWidth(columns: readonly Column[], rows: readonly (readonly Cell[])[]): number {
  return columns.reduce((sum, column, at) => sum + widthOf(column, rows, at), (columns.length - 1) * GAP.length);
}

/**
 * The heading and the rows as lines. A cell that would not fit into `limit` characters is left out with all behind it,
 * but for a first one: half a number says something else.
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  limit: number,
  painted: boolean,
): string[] {
  const heading = columns.map(({ heading: text }): Cell => ({ text, paint: 'dim' }));
  const widths = columns.map((column, at) => widthOf(column, rows, at));
  const fit = (text: string, at: number): string => {
    const width = widths[at] as number;
    return columns[at]?.right === true ? text.padStart(width) : text.padEnd(width);
  };
  return [heading, ...rows].map((row) => {
    const cells = row.map(({ text, paint }, at) => ({ text: (at === 0 ? '' : GAP) + fit(text, at), paint }));
    while (cells.length > 1 && isTooMuch(cells, limit)) cells.pop();
    return cells.map((cell, at) => finished(cell, at === cells.length - 1, limit, painted)).join('');
  });
}

/** The last cell says nothing, or does not fit. */
function isTooMuch(cells: readonly Cell[], limit: number): boolean {
  const line = cells.map(({ text }) => text).join('');
  return cells.at(-1)?.text.trim() === '' || line.trimEnd().length > limit;
}

function finished({ text, paint }: Cell, isLast: boolean, limit: number, painted: boolean): string {
  const shown = (isLast ? text.trimEnd() : text).slice(0, limit);
  return painted && paint !== undefined ? styleText(paint, shown, { validateStream: false }) : shown;
}

function widthOf({ heading, least = 0 }: Column, rows: readonly (readonly Cell[])[], at: number): number {
  return Math.max(heading.length, least, ...rows.map((row) => row[at]?.text.length ?? 0));
}
