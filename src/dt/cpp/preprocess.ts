// The C preprocessor of the devicetree compiler: what GCC's cpp does to Linux's .dts files, in assembler mode.
import type { Diagnostic } from '../../base/diagnostic.js';
import type { FileReader } from '../../base/files.js';
import { FAULTS } from '../source-paths.js';
import type { SourceMap } from '../tree.js';
import { Cursor } from './cursor.js';
import { Expander } from './expand.js';
import { FileStore, type Found } from './file-store.js';
import { MacroTable } from './macros.js';
import { Output } from './output.js';
import { LIMITS, Report } from './report.js';
import type { Run } from './run.js';
import { rawInput, scan, scanMarkers } from './scan.js';
import { Inclusion, SourceFile } from './source.js';

/** What the command line of cpp would say. */
export interface PreprocessOptions {
  /** Directories for includes, in order of search: cpp's -I. */
  readonly includeDirs: readonly string[];
  /** NAME, NAME=VALUE or NAME(PARAMETERS)=VALUE: cpp's -D. `__DTS__` is defined without being asked for. */
  readonly defines?: readonly string[];
  /** False for a source that was preprocessed before, or needs none: only its line markers are obeyed. */
  readonly preprocess?: boolean;
}

/** A preprocessed source. */
export interface Preprocessed {
  /** One char per byte (latin1), whatever encoding the files have, so that strings keep their bytes. */
  readonly text: string;
  /** Finds the file, line and column that an offset in `text` came from, and the includes and macros on the way. */
  readonly source: SourceMap;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file read, once, in order: what the result depends on. */
  readonly files: readonly string[];
}

/** Preprocesses the source at `path`. Never throws; after an error the text is what could be made of the rest. */
export function preprocess(path: string, files: FileReader, options: PreprocessOptions): Preprocessed {
  const run = new Preprocessor(files, options);
  run.start(path, options);
  return { ...run.output.finish(), diagnostics: run.report.diagnostics, files: run.files.paths };
}

/** GCC 12 defines these with -undef in assembler mode, and the kernel's build adds the last. */
const PREDEFINED = ['__STDC__=1', '__STDC_HOSTED__=1', '__ASSEMBLER__=1', '__DTS__=1'];

class Preprocessor implements Run {
  readonly macros = new MacroTable();
  readonly report = new Report();
  readonly output: Output = new Output(this.report);
  readonly files: FileStore;
  readonly expander: Expander;

  constructor(files: FileReader, options: PreprocessOptions) {
    this.files = new FileStore(files, options.includeDirs);
    const nowhere = new Cursor(new Inclusion(new SourceFile('<built-in>', '')), this.report);
    this.expander = new Expander(this.macros, this.report, rawInput(this, nowhere));
  }

  start(path: string, options: PreprocessOptions): void {
    const loaded = this.files.load(path);
    if (loaded.kind === 'fault') return this.report.addWhole('unreadable', path, { reason: FAULTS[loaded.fault] });
    if (loaded.kind === 'binary') return this.report.addWhole('binary', path, { reason: loaded.why });
    const file = new Inclusion(loaded.file);
    if (options.preprocess === false) return scanMarkers(this, new Cursor(file, this.report));
    this.#scan(new Inclusion(new SourceFile('<command-line>', commandLine(options))));
    this.#noteNul(file, loaded.nulAt);
    this.#scan(file);
  }

  input(cursor: Cursor): ReturnType<Run['input']> {
    return rawInput(this, cursor);
  }

  include(cursor: Cursor, at: number, name: string, { loaded, directory }: Found): void {
    if (loaded.kind === 'binary')
      return this.report.add('binary-include', cursor.file, at, { file: loaded.path, reason: loaded.why });
    const { file: source } = loaded;
    if (source.once || (source.guard !== undefined && this.macros.get(source.guard) !== undefined)) return;
    if (cursor.file.depth >= LIMITS.includeDepth) {
      return this.report.halt('include-depth', cursor.file, at, { limit: LIMITS.includeDepth, file: name });
    }
    if (!this.report.spendFile(source.text.length, cursor.file, at, source.path)) return;
    const file = new Inclusion(source, cursor.file, at, name, directory);
    this.#noteNul(file, loaded.nulAt);
    this.#scan(file);
    this.output.map.enter(cursor.file);
  }

  #scan(file: Inclusion): void {
    const cursor = new Cursor(file, this.report);
    this.output.map.enter(file);
    scan(this, cursor);
    for (const open of cursor.conditions)
      this.report.add('unterminated-if', file, open.at, { directive: open.directive });
    if (cursor.guardState === 'closed') file.source.guard = cursor.guard;
  }

  #noteNul(file: Inclusion, nulAt: number): void {
    if (nulAt >= 0) this.report.add('nul', file, nulAt);
  }
}

/** The options as a source of their own, so that definitions are read, and complained about, in one way. */
function commandLine({ defines = [] }: PreprocessOptions): string {
  const definitions = [...PREDEFINED, ...defines].map((definition) => {
    const equals = definition.indexOf('=');
    const [name, value] = equals < 0 ? [definition, '1'] : [definition.slice(0, equals), definition.slice(equals + 1)];
    return `#define ${name} ${value}`;
  });
  return definitions.map((line) => `${line.split('\n', 1)[0]}\n`).join('');
}
