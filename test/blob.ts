// Sources to a blob with our own compiler, as the recordings were made with `dtc -b 0`.
import { formatDiagnostic } from '../src/base/diagnostic.js';
import { compile } from '../src/dt/compile.js';
import { writeFdt } from '../src/dt/fdt-write.js';
import { hostFiles } from '../src/host/files.js';
import { ROOT } from './sources.js';

/** How to compile: where `#include <…>` looks, `-@`, `-f`, and whether the C preprocessor runs first. */
export interface BlobOptions {
  readonly includes?: readonly string[];
  readonly symbols?: boolean;
  readonly force?: boolean;
  readonly preprocess?: boolean;
}

/** The blob, or the first error in words. */
export function compileBlob(path: string, options: BlobOptions = {}): Uint8Array | string {
  const { includes = [], symbols = false, force = false, preprocess = false } = options;
  const { tree, diagnostics } = compile(path, hostFiles({ cwd: ROOT }), {
    includeDirs: includes,
    symbols,
    force,
    preprocess,
    bootCpu: 0,
  });
  if (tree !== undefined) return writeFdt(tree);
  const first = diagnostics.find(({ severity }) => severity === 'error');
  return first === undefined ? 'no tree, and no error that says why' : formatDiagnostic(first);
}
