// Machines for tests: made from source text, powered off and searched for leaks after every test.
import { expect } from 'vitest';
import { Bench, type BenchParts } from '../src/bench/bench.js';
import type { DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';

const made: Bench[] = [];

/** What test/leaks.setup.ts does after each test. */
export async function powerOffBenches(): Promise<void> {
  for (const bench of made.splice(0)) expect(await bench.powerOff(), 'left behind after the test').toEqual([]);
}

/** A machine that the end of the test powers off. Without drivers and chips unless given. */
export function benchOf(tree: DtTree, parts: Partial<BenchParts> = {}): Bench {
  const bench = new Bench({ drivers: [], chips: [], settle, ...parts, tree });
  made.push(bench);
  return bench;
}
