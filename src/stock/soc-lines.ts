// The lines inside the SoC of a tree, where signals and pictures lead from block to block: no devicetree tells them.
import type { BenchParts } from '../bench/bench.js';
import { findPlan, socWiring } from '../bench/soc-plan.js';
import { mtkDisplayPlans } from '../chips/mtk-display/mtk-display.js';
import type { DtTree } from '../dt/tree.js';

/** Those of the modelled SoC that the tree is of; none for another. */
export function socLines(tree: DtTree): Pick<BenchParts, 'events' | 'video'> {
  const plan = findPlan(tree, mtkDisplayPlans());
  if (plan === undefined) return {};
  const { events, video } = socWiring(tree, plan);
  return { events, video };
}
