// Table of the rules about the kernel's own books: references to nodes that a probe does not give back, or twice.
import { isOutput } from '../../drivers/mtk-drm/component.js';
import { PATH_LIMIT } from '../../drivers/mtk-drm/tables.js';
import type { DtNode } from '../../dt/tree.js';
import type { LintContext, Rule } from './lint-context.js';
import type { DisplayKey } from './lint-messages.js';
import { isGood, type PathView, startOf } from './lint-paths.js';
import type { MmsysForecast } from './result.js';
import { deletion } from './rules-paths.js';

/** R1: a rule of this project, beside those of the facts. */
export const REFERENCE_RULES: readonly Rule[] = [
  {
    id: 'R1',
    severity: 'note',
    summary: "the kernel's count of references to a node is off after a probe",
    after: true,
    run: offCounts,
  },
];

/** L24 tells of an output with a wrong number, L18 of a probe that never ends: its counts only grow. */
function offCounts(c: LintContext): void {
  for (const mmsys of c.forecast.mmsys) {
    if (mmsys.hang) continue;
    for (const [node, count] of mmsys.references) if (!c.counted.has(node)) offCount(c, mmsys, node, count);
  }
}

function offCount(c: LintContext, mmsys: MmsysForecast, node: DtNode, count: number): void {
  const view = c.views.find((one) => one.mmsys === mmsys && one.tried && isEndOf(one, node));
  const first = view === undefined ? undefined : startOf(c, mmsys.node, view.number);
  const off = count > 0 ? `+${count}` : `${count}`;
  const unused = first === undefined ? undefined : deletion(c, mmsys.node, first);
  const key = keyOf(view, count);
  c.find(key === 'R1 disabled' && unused === undefined ? 'R1' : key, {
    node,
    mmsys: mmsys.node,
    path: view?.path,
    values: {
      node: node.path,
      mmsys: mmsys.node.path,
      off,
      p: view?.path ?? '',
      c: view?.number ?? '',
      deletion: unused ?? '',
    },
  });
}

/** Whether a walk ended at a device or right behind it: only there references go wrong (facts: OF graphs, 4.5). */
function isEndOf({ walk: { steps } }: PathView, node: DtNode): boolean {
  return steps.at(-1)?.node === node || steps.at(-2)?.node === node;
}

/** What the tree can do about it; where the path has an error, that is told by the error's own rule. */
function keyOf(view: PathView | undefined, count: number): DisplayKey {
  const last = view?.walk.steps.at(-1);
  const before = view?.walk.steps.at(-2)?.id;
  if (count < 0) {
    const unnumbered = last?.endpoint === undefined && before !== undefined && isOutput(before);
    return view !== undefined && isGood(view) && unnumbered ? 'R1 put output' : 'R1 put';
  }
  if (view?.end.kind === 'disabled') return 'R1 disabled';
  return view?.end.kind === 'built' && view.walk.ids.length === PATH_LIMIT ? 'R1 long' : 'R1';
}
