// Table of the rules about the ways through a GCE program: its end, what is not reached, circles, masks, time.
import { EOC_IRQ_EN, OFFSET_MASKED, OP } from '../../drivers/mtk-cmdq/instruction.js';
import { PREFETCH_OFF, PREFETCH_ON } from '../../drivers/mtk-cmdq/disassemble-operations.js';
import { hex, type LintContext, type LintRule } from './lint-context.js';
import { a16Of, blocksOf, comingFrom, leadingTo, opOf, TARGET } from './lint-flow.js';
import { maskNeeded, setsMask, usesMask, waitsFor } from './lint-state.js';

/** Rules about the whole. */
export const FLOW_RULES: readonly LintRule[] = [
  { id: 'missing-eoc', summary: 'an end, or a way to it, without EOC and its interrupt', whole: missingEoc },
  { id: 'eoc-without-jump', summary: 'EOC as the last instruction, which chaining overwrites', whole: bareEoc },
  { id: 'work-after-eoc', summary: 'instructions behind the last EOC', whole: workAfterEoc },
  { id: 'unreachable-code', summary: 'instructions that are never reached', whole: unreachable },
  { id: 'endless-loop', summary: 'a circle without a way out and without a wait', whole: endlessLoops },
  { id: 'dangling-mask', summary: 'a MASK that no access uses', whole: danglingMasks },
];

/** Not one of the marks for the fetching of instructions ahead. */
function isEoc(high: number, low: number): boolean {
  return opOf(high) === OP.EOC && low !== PREFETCH_ON && low !== PREFETCH_OFF;
}

/** 1 for every EOC that is reached and raises the interrupt. */
function signals({ flow }: LintContext): Uint8Array {
  const marks = new Uint8Array(flow.count);
  for (let i = 0; i < flow.count; i++) {
    const low = flow.low(i);
    if (flow.reached[i] === 1 && isEoc(flow.high(i), low) && (low & EOC_IRQ_EN) !== 0) marks[i] = 1;
  }
  return marks;
}

function missingEoc(c: LintContext): void {
  const { flow } = c;
  const told = signals(c);
  if (!told.includes(1)) return withoutEoc(c);
  const silent = comingFrom(flow, [0], told);
  for (let i = 0; i < flow.count; i++) {
    if (silent[i] === 1 && told[i] === 0 && flow.ends(i)) c.find('missing-eoc way', i);
  }
}

function withoutEoc(c: LintContext): void {
  const { flow } = c;
  let last = -1;
  for (let i = 0; i < flow.count; i++) {
    if (flow.reached[i] === 0) continue;
    if (isEoc(flow.high(i), flow.low(i))) return c.find('missing-eoc silent', i);
    if (flow.ends(i)) last = i;
  }
  if (last >= 0) c.find(flow.leaves(last) ? 'missing-eoc chained' : 'missing-eoc', last);
}

function bareEoc(c: LintContext): void {
  const { flow } = c;
  const last = flow.count - 1;
  if (last < 0 || flow.reached[last] === 0 || !isEoc(flow.high(last), flow.low(last))) return;
  c.find(c.settings.chained ? 'eoc-without-jump chained' : 'eoc-without-jump', last);
}

function workAfterEoc(c: LintContext): void {
  const { flow } = c;
  const told = signals(c);
  const behind = [...told.keys()].filter((i) => told[i] === 1 && i + 1 < flow.count).map((i) => i + 1);
  if (behind.length === 0) return;
  const after = comingFrom(flow, behind, told);
  const before = leadingTo(flow, told);
  const first = after.findIndex((is, i) => is === 1 && before[i] === 0 && flow.op(i) !== OP.JUMP && !isEmpty(c, i));
  if (first >= 0) c.find('work-after-eoc', first);
}

function isEmpty({ flow }: LintContext, index: number): boolean {
  return flow.high(index) === 0 && flow.low(index) === 0;
}

function unreachable(c: LintContext): void {
  const { flow } = c;
  for (let from = 0; from < flow.count && !flow.vague; ) {
    let to = from + 1;
    while (to < flow.count && flow.reached[to] === flow.reached[from]) to++;
    if (flow.reached[from] === 0)
      c.find('unreachable-code', from, { count: to - from === 1 ? '1 instruction' : `${to - from} instructions` });
    from = to;
  }
}

function endlessLoops(c: LintContext): void {
  const { flow } = c;
  if (flow.vague) return;
  const ways = new Uint8Array(flow.count);
  for (let i = 0; i < flow.count; i++) {
    const waits = opOf(flow.high(i)) === OP.WFE && waitsFor(flow.low(i)) !== undefined;
    const goes = flow.ends(i) || flow.targets[i] === TARGET.OUTSIDE;
    if (waits || goes) ways[i] = 1;
  }
  const escapes = leadingTo(flow, ways);
  const isBack = (i: number): boolean => (flow.targets[i] as number) >= 0 && (flow.targets[i] as number) <= i;
  const first = escapes.findIndex((is, i) => is === 0 && flow.reached[i] === 1 && isBack(i));
  if (first >= 0) c.find('endless-loop', first);
}

function danglingMasks(c: LintContext): void {
  const { flow } = c;
  const blocks = blocksOf(flow);
  const needed = maskNeeded(flow, blocks);
  for (const { from, to, next } of blocks) {
    let isNeeded = flow.vague || next.some((follower) => needed[follower] === 1);
    for (let i = to - 1; i >= from; i--) {
      const high = flow.high(i);
      if (usesMask(high)) isNeeded = true;
      if (!setsMask(high)) continue;
      if (!isNeeded) dangling(c, i);
      isNeeded = false;
    }
  }
}

function dangling(c: LintContext, index: number): void {
  const { flow } = c;
  const behind = index + 1 < flow.count ? flow.high(index + 1) : 0;
  const op = opOf(behind);
  if (op === OP.WRITE || op === OP.POLL) {
    const offset = hex(a16Of(behind) | OFFSET_MASKED, 4);
    return c.find('dangling-mask even', index, { offset, done: op === OP.WRITE ? 'written' : 'compared' });
  }
  c.find('dangling-mask', index, { why: setsMask(behind) ? 'the next one follows at once' : 'none follows' });
}
