// Aligned columns for people.

/** Rows as lines: columns padded to their widest cell, two blanks between, nothing behind the last filled cell. */
export function alignRows(rows: readonly (readonly string[])[], indent = '  '): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)));
  return rows.map((row) => {
    const cells = row.map((cell, at) => cell.padEnd(widths[at] as number));
    return (indent + cells.join('  ')).trimEnd();
  });
}

/** `1 node`, `2 nodes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
