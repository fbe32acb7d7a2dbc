// Trees for tests, compiled from source text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDiagnostic, hasErrors } from '../src/base/diagnostic.js';
import { compile } from '../src/dt/compile.js';
import { memoryFiles } from '../src/base/files.js';
import type { DtTree } from '../src/dt/tree.js';
import { ROOT } from './sources.js';

/** Compiles devicetree source; the `/dts-v1/;` line is added. Source with errors throws their text. */
export function treeOf(source: string): DtTree {
  return compiled(`/dts-v1/;\n${source}`);
}

/** The lab board's tree. */
export function labTree(): DtTree {
  return compiled(readFileSync(join(ROOT, 'boards/lab.dts'), 'utf8'));
}

function compiled(text: string): DtTree {
  const { tree, diagnostics } = compile('test.dts', memoryFiles({ 'test.dts': text }));
  if (tree === undefined || hasErrors(diagnostics)) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return tree;
}
