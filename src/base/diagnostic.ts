// What is wrong with the user's input. Parsers return these; they never throw on input.

/** How bad a diagnostic is: an error makes the result unusable, a warning may be ignored, a note explains another. */
export type Severity = 'error' | 'warning' | 'note';

/** A place in a text file. Lines and columns count from 1; column 0 is not known. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** How the compiler came to a position: through this include or this macro call. Innermost first. */
export interface Via {
  readonly kind: 'include' | 'macro';
  /** The macro's name, or the included file as written. */
  readonly name: string;
  /** Where the include directive or the macro call stands. */
  readonly at: Position;
}

/** One finding: `code` for programs (`room/area/name`), `text` for people, a position or a node path for both. */
export interface Diagnostic {
  readonly severity: Severity;
  readonly code: string;
  readonly text: string;
  readonly at?: Position | undefined;
  /** Devicetree path, byte offset in a blob or whatever locates it where there is no text file. */
  readonly where?: string | undefined;
  readonly via?: readonly Via[] | undefined;
}

/** `file:line:column: error: text [code]`, with one further line per include or macro on the way. */
export function formatDiagnostic(d: Diagnostic): string {
  const place = d.at === undefined ? d.where : formatPosition(d.at);
  const head = `${place === undefined ? '' : `${place}: `}${d.severity}: ${d.text} [${d.code}]`;
  const way = (d.via ?? []).map(
    (v) => `\n  ${v.kind === 'include' ? 'included' : `in macro ${v.name}`} at ${formatPosition(v.at)}`,
  );
  return head + way.join('');
}

/** `file:line:column`, without the column where it is not known. */
export function formatPosition(at: Position): string {
  return at.column > 0 ? `${at.file}:${at.line}:${at.column}` : `${at.file}:${at.line}`;
}

/** True when at least one of them is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}
