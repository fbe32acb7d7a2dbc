// One run of the preprocessor: what its parts share. The scanner and the directives are written against this.
import type { Cursor } from './cursor.js';
import type { Expander, RawInput } from './expand.js';
import type { FileStore, Found } from './file-store.js';
import type { MacroTable } from './macros.js';
import type { Output } from './output.js';
import type { Report } from './report.js';

/** The parts of a run. */
export interface Run {
  readonly macros: MacroTable;
  readonly report: Report;
  readonly expander: Expander;
  readonly output: Output;
  readonly files: FileStore;
  /** The file at a cursor as input for macro calls. */
  input(cursor: Cursor): RawInput;
  /** Reads a found file in place of the include directive at `at`. */
  include(cursor: Cursor, at: number, name: string, found: Found): void;
}

/** A directive as it was met. */
export interface Directive {
  readonly run: Run;
  readonly cursor: Cursor;
  /** Its name, without the `#`. */
  readonly name: string;
  /** Offset of the `#`. */
  readonly at: number;
  /** Offset behind the name. */
  readonly end: number;
}
