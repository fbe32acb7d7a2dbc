// Source files as the preprocessor reads them: one char per byte, line splices removed, and the way back to the line.
import type { Position, Via } from '../../base/diagnostic.js';
import { lastAtOrBefore, lineStarts, upperBound } from '../sorted.js';

/** One file, read once however often it is included. */
export class SourceFile {
  readonly path: string;
  /** Without line splices; ends in a newline. */
  readonly text: string;
  /** The macro that guards the whole file against a second reading: known after the first. */
  guard: string | undefined;
  once = false;
  readonly #original: string;
  readonly #splices: readonly Splice[];
  #lineStarts: Int32Array | undefined;

  constructor(path: string, original: string) {
    const { text, splices } = joinLines(original.endsWith('\n') ? original : `${original}\n`);
    this.path = path;
    this.text = text;
    this.#original = original;
    this.#splices = splices;
  }

  /** Line and column, both from 1, of an offset in `text`. */
  lineAndColumn(offset: number): { readonly line: number; readonly column: number } {
    const splice = lastAtOrBefore(this.#splices, offset);
    const place = offset + (splice?.removed ?? 0);
    this.#lineStarts ??= lineStarts(this.#original);
    const index = upperBound(this.#lineStarts, place);
    return { line: index, column: place - (this.#lineStarts[index - 1] as number) + 1 };
  }
}

/** From `offset` on, `removed` chars of the original are missing. */
interface Splice {
  readonly offset: number;
  readonly removed: number;
}

/** Takes out every backslash that ends a line, with its newline and the blanks between (cpp allows them and warns). */
function joinLines(original: string): { readonly text: string; readonly splices: readonly Splice[] } {
  const splices: Splice[] = [];
  const parts: string[] = [];
  let from = 0;
  let removed = 0;
  for (let at = original.indexOf('\\'); at >= 0; at = original.indexOf('\\', at + 1)) {
    let end = at + 1;
    while (' \t\v\f\r'.includes(original[end] ?? '\n')) end++;
    if (original[end] !== '\n') continue;
    parts.push(original.slice(from, at));
    from = end + 1;
    removed += from - at;
    splices.push({ offset: from - removed, removed });
  }
  if (from === 0) return { text: original, splices };
  parts.push(original.slice(from));
  const text = parts.join('');
  return { text: text.endsWith('\n') ? text : `${text}\n`, splices };
}

/** From `offset` on, lines are counted from `line` and belong to `file`: a #line directive or a line marker. */
interface LineMarker {
  readonly offset: number;
  readonly line: number;
  readonly file: string;
}

/** One reading of a file: by the command line, or by an include directive in another reading. */
export class Inclusion {
  readonly source: SourceFile;
  readonly parent: Inclusion | undefined;
  /** Offset of the include directive in the parent. */
  readonly at: number;
  /** The file as the directive wrote it. */
  readonly name: string;
  /** 0 for the first file, as `__INCLUDE_LEVEL__`. */
  readonly depth: number;
  /** Index of the include directory it was found in; -1 for another place. #include_next goes on behind it. */
  readonly directory: number;
  readonly #markers: LineMarker[] = [];

  constructor(source: SourceFile, parent?: Inclusion, at = 0, name: string = source.path, directory = -1) {
    this.source = source;
    this.parent = parent;
    this.at = at;
    this.name = name;
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.directory = directory;
  }

  /** Lets the line that begins at `offset` be number `line`, of `file` where it is given and not empty. */
  mark(offset: number, line: number, file?: string): void {
    this.#markers.push({ offset, line, file: file || this.position(offset).file });
  }

  /** The place of an offset, with line markers obeyed. */
  position(offset: number): Position {
    const { line, column } = this.source.lineAndColumn(offset);
    const marker = lastAtOrBefore(this.#markers, offset);
    if (marker === undefined) return { file: this.source.path, line, column };
    const first = this.source.lineAndColumn(marker.offset).line;
    return { file: marker.file, line: marker.line + line - first, column };
  }

  /** The include directives that led here, innermost first. */
  via(): Via[] {
    const chain: Via[] = [];
    for (let file: Inclusion = this; file.parent !== undefined; file = file.parent) {
      chain.push({ kind: 'include', name: file.name, at: file.parent.position(file.at) });
    }
    return chain;
  }
}
