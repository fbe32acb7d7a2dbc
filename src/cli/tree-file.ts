// Loads a devicetree from a file of either form, blob or source. The content decides, not the name.
import { Option } from '@commander-js/extra-typings';
import type { Diagnostic } from '../base/diagnostic.js';
import type { FileReader } from '../base/files.js';
import type { CompileOptions, CompileResult } from '../dt/compile-text.js';
import { readFdt } from '../dt/fdt-read.js';
import type { DtTree } from '../dt/tree.js';
import { hostFiles, readToEnd } from '../host/files.js';
import { diagnosticLines, isNoSource, refusalOf } from '../stock/tree-input.js';
import { type Io, oneLine } from './io.js';
import { cannotRead, Refusal } from './refusal.js';
import { collect, macro, type Repeated, repeated } from './verb.js';

/** The options of every verb that takes a TREE. They matter for source only. */
export interface TreeOptions {
  readonly include: readonly string[];
  /** Macros: `NAME`, `NAME=VALUE` or `NAME(PARAMETERS)=VALUE`. */
  readonly define: readonly string[];
  /** Overlays to apply, in order. They are compiled with the same options. */
  readonly overlay?: readonly string[];
}

/** `-I`. */
export function includeOption(): Repeated<'-I, --include <DIR>'> {
  const about = "where the includes of a source are (repeatable; besides the file's own folder)";
  return repeated('-I, --include <DIR>', about);
}

/** `-D`. */
export function defineOption(): Repeated<'-D, --define <NAME[=VALUE]>'> {
  const about = 'set a macro for the preprocessor (repeatable)';
  return new Option('-D, --define <NAME[=VALUE]>', about)
    .argParser((text, before: readonly string[]) => collect(macro(text), before))
    .default<readonly string[]>([]);
}

/** `--overlay`. */
export function overlayOption(): Repeated<'--overlay <FILE>'> {
  return repeated('--overlay <FILE>', 'apply an overlay to the tree first, blob or source (repeatable, in order)');
}

/** A tree, or none where a diagnostic is an error. */
export interface TreeResult {
  readonly tree: DtTree | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Loads a tree, with the overlays of the options applied. What is wrong with it goes to stderr, a line each; an error
 * among it ends the verb. `more` are options of the compiler, for a file of source.
 */
export async function loadTree(io: Io, path: string, options: TreeOptions, more: CompileOptions = {}): Promise<DtTree> {
  refuseOverlayInput(path, options);
  const tree = usableTree(io, path, await readTree(io, path, options, more), 'nothing was loaded');
  return applyOverlays(io, path, tree, options);
}

/** Reads a tree without its overlays. What is wrong with it is answered; a file that cannot be read is refused. */
export async function readTree(
  io: Io,
  path: string,
  { include, define, overlay = [] }: TreeOptions,
  more: CompileOptions = {},
): Promise<TreeResult> {
  const { bytes, files } = await readMain(io, path);
  if (isNoSource(bytes)) return readFdt(bytes);
  // Overlays refer to labels, as those of a base that dtc compiles with -@.
  const symbols = overlay.length > 0 ? { symbols: true } : {};
  return compileIt(path, files, { includeDirs: include, defines: define, ...symbols, ...more });
}

/** The tree with the overlays of the options applied; `base` is what it is called. `todo` ends what is told. */
export async function applyOverlays(
  io: Io,
  base: string,
  tree: DtTree,
  options: TreeOptions,
  todo = 'nothing was loaded',
): Promise<DtTree> {
  let applied = tree;
  for (const path of options.overlay ?? []) {
    const { applyOverlay } = await import('../dt/overlay.js');
    const patch = usableTree(io, path, await readTree(io, path, { ...options, overlay: [] }), todo);
    const { tree: merged, diagnostics } = applyOverlay(applied, patch);
    // As in libfdt this is no error of merging; for who typed the name it is the wrong file.
    const isNone = diagnostics.some(({ code }) => code === 'dt/overlay/not-an-overlay');
    const result = { tree: isNone ? undefined : merged, diagnostics };
    applied = usableTree(io, path, result, isNone ? todo : `it does not fit ${base}; ${todo}`);
  }
  return applied;
}

/** The standard input is read once: `-` for a tree and for an overlay would find nothing the second time. */
export function refuseOverlayInput(path: string, { overlay = [] }: TreeOptions): void {
  refuseSecondInput('--overlay', [path, ...overlay]);
}

/** Compiles a file of source, whatever is in it: a blob is refused by the compiler. */
export async function compileFile(io: Io, path: string, options: CompileOptions): Promise<CompileResult> {
  const { files } = await readMain(io, path);
  return compileIt(path, files, options);
}

/** Writes the findings to stderr, and ends the verb where there is no tree: `todo` is the end of the summary. */
export function usableTree(io: Io, path: string, { tree, diagnostics }: TreeResult, todo: string): DtTree {
  const { alone, what } = refusalOf(diagnostics);
  if (tree !== undefined || !alone) showDiagnostics(io, path, diagnostics);
  if (tree !== undefined) return tree;
  const [first] = diagnostics;
  const exitCode = first !== undefined && isAboutOptions(first) ? 2 : 1;
  throw new Refusal(exitCode, path, what, todo, diagnostics);
}

/** The command line is wrong, not the file. */
function isAboutOptions({ code, at }: Diagnostic): boolean {
  return code === 'dt/syntax/unknown-check' || at?.file === '<command-line>';
}

/** The findings on stderr, each on its line with those of its includes and macros below it. */
export function showDiagnostics(io: Io, path: string, diagnostics: readonly Diagnostic[]): void {
  for (const one of diagnostics)
    io.stderr.write(
      diagnosticLines(path, one)
        .map((line) => `${oneLine(line)}\n`)
        .join(''),
    );
}

/** The compiler is loaded when there is something to compile: a blob starts without it. */
async function compileIt(path: string, files: FileReader, options: CompileOptions): Promise<CompileResult> {
  const { compile } = await import('../dt/compile.js');
  return compile(path, files, options);
}

/** The standard input is read once: a second `-` on the command line would find nothing. */
export function refuseSecondInput(verb: string, paths: readonly string[]): void {
  if (paths.filter((path) => path === '-').length < 2) return;
  throw new Refusal(2, verb, '- stands for the standard input, which is read once', 'give the others as files');
}

/** The bytes of a file, or of the standard input. One that cannot be read ends the verb. */
export async function readInput(io: Io, path: string): Promise<Uint8Array> {
  const host = hostFiles({ cwd: io.cwd });
  const bytes = path === '-' ? await readToEnd(io.stdin()) : path === '' ? 'missing' : host.read(path);
  if (typeof bytes === 'string') throw cannotRead(path, bytes);
  return bytes;
}

/** The file itself is read once: it may be a pipe. */
async function readMain(io: Io, path: string): Promise<{ bytes: Uint8Array; files: FileReader }> {
  const host = hostFiles({ cwd: io.cwd });
  const bytes = await readInput(io, path);
  return { bytes, files: { read: (wanted) => (wanted === path ? bytes : host.read(wanted)) } };
}

/** The tree of a file that was read already. Only what is wrong is told, and ends the verb; checks are for others. */
export async function treeOf(io: Io, path: string, bytes: Uint8Array, options: TreeOptions): Promise<DtTree> {
  const host = hostFiles({ cwd: io.cwd });
  const files = { read: (wanted: string) => (wanted === path ? bytes : host.read(wanted)) };
  const { include, define } = options;
  const { tree, diagnostics } = isNoSource(bytes)
    ? readFdt(bytes)
    : await compileIt(path, files, { includeDirs: include, defines: define });
  const told = tree === undefined ? diagnostics : diagnostics.filter(({ severity }) => severity === 'error');
  return usableTree(io, path, { tree, diagnostics: told }, 'nothing was checked');
}
