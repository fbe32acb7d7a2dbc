// Aligned columns for people.

/** A longer cell shifts its own row only: one long path must not push all others off the screen. */
const WIDEST = 48;

/**
 * Rows as lines: columns padded to their widest cell (of those up to `widest` characters), two blanks between, nothing
 * behind the last filled cell.
 */
export function alignRows(rows: readonly (readonly string[])[], indent = '  ', widest = WIDEST): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length > widest ? 0 : cell.length);
    });
  }
  return rows.map((row) => {
    const cells = row.map((cell, at) => cell.padEnd(widths[at] as number));
    return (indent + cells.join('  ')).trimEnd();
  });
}

/** `1 node`, `2 nodes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A text in lines of at most `columns` characters where its blanks allow it. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
