// Says what is wrong with a GCE program, or may be: one pass over its instructions, and rules about the whole.
import type { Position } from '../../base/diagnostic.js';
import { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { INST_SIZE, OP } from '../../drivers/mtk-cmdq/instruction.js';
import { LintContext, type LintRule } from './lint-context.js';
import type { CmdqFinding } from './lint-finding.js';
import { blocksOf, Flow } from './lint-flow.js';
import { FLOW_RULES } from './lint-rules-flow.js';
import { FORM_RULES } from './lint-rules-form.js';
import { STATE_RULES } from './lint-rules-state.js';
import { TIME_RULES } from './lint-rules-time.js';
import { State, statesOf } from './lint-state.js';

/** How a program is looked at. */
export interface LintOptions {
  /** SoC and tree; without them the rules that need them say nothing. */
  readonly names?: CmdqNames;
  /** Address of the first instruction. */
  readonly base?: number | undefined;
  /** Where each instruction stands in a text. */
  readonly positions?: readonly Position[];
  /** Bytes that were left out behind the last whole instruction. */
  readonly restBytes?: number;
  /** Packets are chained to it while it runs. */
  readonly chained?: boolean;
  /** Nanoseconds between two frames. */
  readonly blankingNs?: number | undefined;
}

/** All rules about programs. */
export const LINT_RULES: readonly LintRule[] = [
  ...FORM_RULES,
  ...FLOW_RULES,
  ...STATE_RULES,
  ...TIME_RULES,
  { id: 'guessed-shift', summary: 'the address shift was told by the jumps, since no SoC was given' },
  { id: 'unused-end', summary: 'zeros behind the end were taken for unused room' },
  { id: 'too-tangled', summary: 'too many jumps: waits, masks and registers were not looked at' },
];

/**
 * The findings of all rules about a program, in the order of its instructions, those about the whole first. At most 200
 * of a rule, then one that says how many more.
 */
export function lintProgram(bytes: Uint8Array, options: LintOptions = {}): CmdqFinding[] {
  const { names = new CmdqNames(undefined), positions = [], chained = false } = options;
  const whole = bytes.subarray(0, usedBytes(bytes));
  const shift = names.soc === undefined ? likelyShift(whole) : names.shift;
  const restBytes = options.restBytes ?? bytes.length % INST_SIZE;
  const settings = { names, shift, positions, restBytes, chained, blankingNs: options.blankingNs };
  const c = new LintContext(new Flow(whole, shift, options.base), settings);
  if (shift !== names.shift) c.find('guessed-shift', -1);
  const unused = bytes.length - (bytes.length % INST_SIZE) - whole.length;
  if (unused > 0) c.find('unused-end', -1, { count: unused, end: `0x${whole.length.toString(16)}` });
  run(c);
  c.finish();
  return c.findings.toSorted((a, b) => (a.instruction?.index ?? -1) - (b.instruction?.index ?? -1));
}

function run(c: LintContext): void {
  const { flow } = c;
  const blocks = blocksOf(flow);
  c.branched = blocks.length > 1;
  const states = statesOf(flow, blocks);
  if (states === undefined) c.find('too-tangled', -1);
  const each = LINT_RULES.flatMap((rule) => rule.each ?? []);
  const state = new State();
  for (const [number, { from, to }] of blocks.entries()) {
    if (states !== undefined) state.copy(states[number] as State);
    for (let index = from; index < to; index++) {
      const [high, low] = [flow.high(index), flow.low(index)];
      const at = { index, high, low, state: states === undefined ? undefined : state };
      for (const check of each) check(c, at);
      state.step(high, low);
    }
  }
  for (const { whole } of LINT_RULES) whole?.(c);
}

/** Buffers are often dumped whole: zeros behind the end are no part of the program. */
function usedBytes(bytes: Uint8Array): number {
  let end = bytes.length - (bytes.length % INST_SIZE);
  while (end >= INST_SIZE && bytes.subarray(end - INST_SIZE, end).every((byte) => byte === 0)) end -= INST_SIZE;
  return end === 0 ? bytes.length - (bytes.length % INST_SIZE) : end;
}

/** Without a SoC: a jump of one unit is one to the next instruction, where units are 8 bytes. */
function likelyShift(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + INST_SIZE <= bytes.length; at += INST_SIZE) {
    const isPlainJump = view.getUint32(at + 4, true) === OP.JUMP << 24;
    if (isPlainJump && view.getUint32(at, true) === 1) return 3;
  }
  return 0;
}
