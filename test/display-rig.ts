// The machine of display-registers.ts that the end of a test powers off and searches for leaks.
import type { BenchParts } from '../src/bench/bench.js';
import type { DtTree } from '../src/dt/tree.js';
import { benchOf } from './bench.js';
import { DisplayRig, type SocSpec } from './display-registers.js';

/** The machine; see DisplayRig. */
export function displayRig(
  spec: SocSpec,
  tree: DtTree,
  cmdq: 'auto' | 'off',
  parts: Partial<BenchParts> = {},
): DisplayRig {
  return new DisplayRig(spec, tree, cmdq, parts, (all) => benchOf(all.tree, all));
}
