// Says in words what is wrong with the display graphs of a tree, or may be (facts: OF graphs, chapter 11).
import type { DtNode, DtTree } from '../../dt/tree.js';
import { PATHS } from '../../drivers/mtk-drm/rules.js';
import type { DisplayFinding } from './finding.js';
import { LintContext, type Rule } from './lint-context.js';
import type { DisplayForecast } from './result.js';
import { COMPONENT_RULES } from './rules-components.js';
import { LINK_RULES } from './rules-links.js';
import { MACHINE_RULES } from './rules-machine.js';
import { OUTPUT_RULES } from './rules-outputs.js';
import { PATH_RULES } from './rules-paths.js';
import { REFERENCE_RULES } from './rules-references.js';
import { SINK_RULES } from './rules-sinks.js';
import { TREE_RULES } from './rules-tree.js';

const numberOf = ({ id }: Rule): number => Number(id.slice(1));

const GRAPH_RULES: readonly Rule[] = [
  ...LINK_RULES,
  ...PATH_RULES,
  ...COMPONENT_RULES,
  ...OUTPUT_RULES,
  ...MACHINE_RULES,
  ...TREE_RULES,
].toSorted((a, b) => numberOf(a) - numberOf(b));

/** All rules, L1 to L36, then R1 to R4. */
export const RULES: readonly Rule[] = [...GRAPH_RULES, ...REFERENCE_RULES, ...SINK_RULES];

/**
 * The findings of all rules about a tree, ordered by mmsys, path and place in the tree, R1 behind the others of a path.
 * One cause gives one finding; what only follows from another is a note or left out. At most 200 per rule, then one
 * that says how many more.
 */
export function lintDisplay(tree: DtTree, forecast: DisplayForecast): DisplayFinding[] {
  if (forecast.mmsys.length === 0) return [];
  const context = new LintContext(tree, forecast);
  const last = (rule: Rule): boolean => rule.after === true;
  for (const rule of [...RULES.filter((rule) => !last(rule)), ...RULES.filter(last)]) context.run(rule);
  return ordered(context.findings, tree, forecast);
}

function ordered(findings: readonly DisplayFinding[], tree: DtTree, forecast: DisplayForecast): DisplayFinding[] {
  const places = new Map<DtNode, number>();
  for (const node of tree.root.walk()) places.set(node, places.size);
  const mmsys = new Map(forecast.mmsys.map(({ node }, index) => [node, index]));
  const key = (finding: DisplayFinding): readonly number[] => [
    finding.mmsys === undefined ? mmsys.size : (mmsys.get(finding.mmsys) ?? mmsys.size),
    finding.path === undefined ? PATHS.length : PATHS.indexOf(finding.path),
    // What a fault does to the kernel's counts comes behind the fault.
    REFERENCE_RULES.some(({ id }) => id === finding.rule) ? 1 : 0,
    // What stands for the rest of a rule, at the root, comes last.
    finding.node === tree.root ? places.size : (places.get(finding.node) ?? places.size),
  ];
  return findings
    .map((finding) => ({ finding, key: key(finding) }))
    .toSorted((a, b) => a.key.map((part, i) => part - (b.key[i] as number)).find((by) => by !== 0) ?? 0)
    .map(({ finding }) => finding);
}
