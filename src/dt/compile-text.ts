// Devicetree text to tree: tokens -> nodes -> checks and references -> what the options add.
import type { Diagnostic } from '../base/diagnostic.js';
import type { FileFault, FileReader } from '../base/files.js';
import { decodeLatin1 } from './latin1.js';
import { Builder, retain } from './source/builder.js';
import { type CheckOptions, runChecks, unknownChecks } from './source/checks.js';
import { addFixups, addLabelNode, addLocalFixups, sortTree } from './source/generate.js';
import { SourceInput } from './source/input.js';
import { syntaxDiagnostic } from './source/messages.js';
import { Parser } from './source/parser.js';
import type { PhandleFormat } from './source/phandles.js';
import { Reader } from './source/reader.js';
import { FAULTS, folderOf, inFolder } from './source-paths.js';
import type { DtTree, SourceMap } from './tree.js';

/** How to compile; each with the option of dtc that means the same. */
export interface CompileOptions extends CheckOptions {
  /** Where to look for included files (`-i`), after the folder of the including file. */
  readonly includeDirs?: readonly string[];
  /** Macros for the preprocessor (`cpp -D`): NAME or NAME=VALUE. */
  readonly defines?: readonly string[];
  /** false: the text is not run through the C preprocessor first. */
  readonly preprocess?: boolean;
  /** Adds `/__symbols__` (`-@`). */
  readonly symbols?: boolean;
  /** Adds aliases from labels (`-A`). */
  readonly autoAlias?: boolean;
  /** Which properties carry numbers of nodes (`-H`); `phandle` alone unless told otherwise. */
  readonly phandleFormat?: PhandleFormat;
  /** Sorts properties and nodes by name (`-s`). */
  readonly sort?: boolean;
  /** Gives a tree even where checks failed (`-f`). */
  readonly force?: boolean;
  /** Physical id of the boot CPU (`-b`); without it, `reg` of the first node in `/cpus`. */
  readonly bootCpu?: number;
}

/** What came out. */
export interface CompileResult {
  /** undefined when there are errors, unless only checks failed and `force` was given. */
  readonly tree: DtTree | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Every file that was read, each once: the dependencies (`-d`). */
  readonly files: readonly string[];
}

/**
 * Compiles text that is at hand: one character per byte, preprocessed or without need of it. `path` names it in
 * diagnostics and is where /include/ and /incbin/ look first; `map` finds positions in preprocessed text, otherwise
 * lines are counted, with respect to line markers.
 */
export function compileText(
  text: string,
  path: string,
  files: FileReader,
  options: CompileOptions = {},
  map?: SourceMap,
): CompileResult {
  const unknown = unknownChecks(options);
  if (unknown.length > 0) {
    const at = { file: path, line: 1, column: 0 };
    const diagnostics = unknown.map((name) => syntaxDiagnostic('unknown-check', { name }, { at }));
    return { tree: undefined, diagnostics, files: [path] };
  }
  const compilation = new Compilation(text, path, files, options, map);
  return compilation.run();
}

/** One text on its way to a tree. */
class Compilation {
  readonly #path: string;
  readonly #files: FileReader;
  readonly #options: CompileOptions;
  readonly #input = new SourceInput();
  readonly #builder = new Builder();
  readonly #reader: Reader;
  readonly #read: Set<string>;

  constructor(text: string, path: string, files: FileReader, options: CompileOptions, map: SourceMap | undefined) {
    this.#path = path;
    this.#files = files;
    this.#options = options;
    this.#read = new Set([path]);
    this.#input.add(path, text, -1, map);
    this.#reader = new Reader(this.#input, (file, origin) => this.#include(file, origin));
  }

  run(): CompileResult {
    const reader = this.#reader;
    const { tree } = this.#builder;
    tree.source = this.#input;
    new Parser(reader, this.#builder, (file, origin) => this.#open(file, origin)?.bytes).parse();
    const files = [...this.#read];
    if (!reader.clean) return { tree: undefined, diagnostics: reader.diagnostics, files };
    if (this.#options.bootCpu !== undefined) tree.bootCpu = this.#options.bootCpu;
    const { diagnostics, usable } = this.#finish(tree);
    tree.changed();
    return { tree: usable ? tree : undefined, diagnostics: [...reader.diagnostics, ...diagnostics], files };
  }

  /** Checks, references, and what the options add, in dtc's order. */
  #finish(tree: DtTree): { diagnostics: Diagnostic[]; usable: boolean } {
    const options = this.#options;
    const builder = this.#builder;
    const target = (ref: string) => builder.target(ref);
    const { context, failed } = runChecks(tree, options, {
      target,
      omit: builder.omit,
      onceLabelled: builder.onceLabelled,
      drop: (node) => {
        builder.delete(node);
        if (node.parent !== undefined) retain(node.parent.children, (child) => child !== node);
      },
      phandleFormat: options.phandleFormat ?? 'epapr',
      symbols: options.symbols === true,
    });
    const { diagnostics } = context;
    if (failed && options.force !== true) return { diagnostics, usable: false };
    if (options.autoAlias === true) diagnostics.push(...addLabelNode(tree, 'aliases', builder.onceLabelled));
    if (options.symbols === true) {
      diagnostics.push(...addLabelNode(tree, '__symbols__', builder.onceLabelled, context.phandles));
    }
    let usable = true;
    if (tree.plugin) {
      const wrong = addFixups(tree, target);
      diagnostics.push(...wrong);
      usable = wrong.length === 0;
      addLocalFixups(tree, target);
    }
    if (options.sort === true) sortTree(tree);
    return { diagnostics, usable };
  }

  #include(file: string, origin: number): { path: string; text: string } | undefined {
    const found = this.#open(file, origin);
    return found === undefined ? undefined : { path: found.path, text: decodeLatin1(found.bytes) };
  }

  /** Looks in the folder of the file that asks, in that of the main file, then in the include folders. */
  #open(file: string, origin: number): { path: string; bytes: Uint8Array } | undefined {
    const asking = this.#input.locate(origin)?.at.file ?? this.#path;
    const folders = new Set([folderOf(asking), folderOf(this.#path), ...(this.#options.includeDirs ?? [])]);
    const candidates = new Set([...folders].map((folder) => inFolder(folder, file)));
    let fault: FileFault = 'missing';
    for (const path of candidates) {
      const bytes = this.#files.read(path);
      if (typeof bytes !== 'string') {
        this.#read.add(path);
        return { path, bytes };
      }
      if (fault === 'missing') fault = bytes;
    }
    const dirs = [...folders].map((folder) => folder || '.').join(', ');
    this.#reader.report('unreadable-include', { file, reason: FAULTS[fault], dirs }, origin);
    return undefined;
  }
}
