// A devicetree for a test, written as source.
import { memoryFiles } from '../src/base/files.js';
import { compileText } from '../src/dt/compile-text.js';
import type { DtTree } from '../src/dt/tree.js';

/** The tree of a source without its `/dts-v1/;`, with labels, whatever the checks say. Throws on an error of syntax. */
export function treeOf(source: string): DtTree {
  const options = { force: true, symbols: true, bootCpu: 0 };
  const { tree, diagnostics } = compileText(`/dts-v1/; ${source}`, 'test.dts', memoryFiles({}), options);
  if (tree === undefined) throw new Error(JSON.stringify(diagnostics));
  return tree;
}
