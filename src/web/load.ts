// Files that were dropped on the page, as a tree: a blob, or a source with its folders.
import { memoryFiles } from '../base/files.js';
import { compile } from '../dt/compile.js';
import { readFdt } from '../dt/fdt-read.js';
import { writeFdt } from '../dt/fdt-write.js';
import type { DtTree } from '../dt/tree.js';
import { diagnosticLines, isNoSource, refusalOf } from '../stock/tree-input.js';

/** A file with its path below what was dropped. */
export interface DroppedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A tree that was read, and its blob; or nothing, where a diagnostic is an error. */
export interface LoadedTree {
  readonly name: string;
  readonly tree: DtTree | undefined;
  readonly blob: Uint8Array;
  /** What is wrong with it, a line each, as the command line prints them. */
  readonly lines: readonly string[];
}

/** Reads the one called `main`; the others are what it includes. As the command line does, by content, not by name. */
export function loadDropped(files: readonly DroppedFile[], main: string): LoadedTree {
  const bytes = files.find(({ path }) => path === main)?.bytes ?? new Uint8Array(0);
  const name = main.slice(main.lastIndexOf('/') + 1);
  const isBlob = isNoSource(bytes);
  const { tree, diagnostics } = isBlob ? readFdt(bytes) : compileAmong(files, main);
  const { alone, what } = refusalOf(diagnostics);
  const lines = tree === undefined && alone ? [] : diagnostics.flatMap((one) => diagnosticLines(main, one));
  return {
    name,
    tree,
    blob: tree === undefined || isBlob ? bytes : writeFdt(tree),
    lines: tree === undefined ? [...lines, `${main}: ${what}; nothing was loaded`] : lines,
  };
}

/** Where the kernel's own build finds the sources of other architectures: `<arm/cros-ec-keyboard.dtsi>`. */
const PREFIXES = 'scripts/dtc/include-prefixes';

/** Every dropped folder called `include` is one, and those above the file, as in the kernel's sources. */
function compileAmong(files: readonly DroppedFile[], main: string) {
  const contents = new Map<string, Uint8Array>();
  const dirs = new Set<string>();
  for (const { path, bytes } of files) {
    contents.set(path, bytes);
    const [, dir] = /^(.*?(?:^|\/)include)\//.exec(path) ?? [];
    if (dir !== undefined) dirs.add(dir);
    const [, above = '', arch = '', rest = ''] = /^(.*?)(?:^|\/)arch\/([^/]+)\/boot\/dts\/(.*)$/.exec(path) ?? [];
    if (arch === '') continue;
    const prefixes = above === '' ? PREFIXES : `${above}/${PREFIXES}`;
    dirs.add(prefixes);
    contents.set(`${prefixes}/${arch}/${rest}`, bytes);
  }
  for (let at = main.lastIndexOf('/'); at > 0; at = main.lastIndexOf('/', at - 1)) dirs.add(main.slice(0, at));
  return compile(main, memoryFiles(Object.fromEntries(contents)), { includeDirs: [...dirs] });
}
