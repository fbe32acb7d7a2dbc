// Aligned columns for people.

/** A longer cell shifts its own row only: one long path must not push all others off the screen. */
const WIDEST = 48;

/**
 * Rows as lines: columns padded to their widest cell (of those up to 48 characters), two blanks between, nothing behind
 * the last filled cell.
 */
export function alignRows(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length > WIDEST ? 0 : cell.length);
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
