// The lab board for figures: read where the benchmarks are started, at the root of the project.
import { readFileSync } from 'node:fs';
import { memoryFiles } from '../src/base/files.js';
import type { Bench } from '../src/bench/bench.js';
import { buildMachine } from '../src/cli/machine.js';
import { compile } from '../src/dt/compile.js';
import type { DtTree } from '../src/dt/tree.js';

/** Its tree. */
export function labTree(): DtTree {
  return compile('lab.dts', memoryFiles({ 'lab.dts': readFileSync('boards/lab.dts', 'utf8') })).tree as DtTree;
}

/** The machine with all its drivers and chips, powered on. */
export async function labBench(): Promise<Bench> {
  const bench = buildMachine(labTree(), { seed: '1', fault: [], param: [], set: [] });
  await bench.powerOn();
  return bench;
}
