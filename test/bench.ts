// Machines for tests: made from source text, powered off and searched for leaks after every test.
import { readFileSync } from 'node:fs';
import { afterEach, expect } from 'vitest';
import { formatDiagnostic, hasErrors } from '../src/base/diagnostic.js';
import { Bench, type BenchParts } from '../src/bench/bench.js';
import { compile } from '../src/dt/compile.js';
import { memoryFiles } from '../src/dt/files.js';
import type { DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';

const made: Bench[] = [];

afterEach(async () => {
  for (const bench of made.splice(0)) expect(await bench.powerOff(), 'left behind after the test').toEqual([]);
});

/** Compiles devicetree source; the `/dts-v1/;` line is added. Source with errors fails the test with their text. */
export function treeOf(source: string): DtTree {
  const { tree, diagnostics } = compile('test.dts', memoryFiles({ 'test.dts': `/dts-v1/;\n${source}` }), {
    includeDirs: [],
  });
  if (tree === undefined || hasErrors(diagnostics)) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return tree;
}

/** The lab board's tree. */
export function labTree(): DtTree {
  return treeOf(readFileSync(new URL('../boards/lab.dts', import.meta.url), 'utf8').replace('/dts-v1/;', ''));
}

/** A machine that the end of the test powers off. Without drivers and chips unless given. */
export function benchOf(tree: DtTree, parts: Partial<BenchParts> = {}): Bench {
  const bench = new Bench({ drivers: [], chips: [], settle, ...parts, tree });
  made.push(bench);
  return bench;
}
