// Table of the rules about single instructions of a GCE program: whether they exist, and where they lead.
import { ARG_A, EVENT_COUNT, INST_SIZE, OFFSET_MASKED, OP, WFE } from '../../drivers/mtk-cmdq/instruction.js';
import { CONDITIONS, OPERATORS } from '../../drivers/mtk-cmdq/disassemble-operations.js';
import {
  type At,
  hasNoSubsystem,
  hex,
  type LintContext,
  type LintRule,
  namesSubsystem,
  TOKENS,
} from './lint-context.js';
import { a16Of, isOperation, opOf, sopOf, stops, TARGET } from './lint-flow.js';
import { waitsFor } from './lint-state.js';

/** Rules about one instruction. */
export const FORM_RULES: readonly LintRule[] = [
  {
    id: 'misaligned-length',
    summary: 'bytes behind the last whole instruction',
    whole: (c) => {
      const count = c.settings.restBytes;
      if (count > 0) c.find('misaligned-length', -1, { count });
    },
  },
  {
    id: 'misaligned-base',
    summary: 'a program that does not begin at a multiple of 8',
    whole: (c) => {
      const { base } = c.flow;
      if (base !== undefined && base % INST_SIZE !== 0) c.find('misaligned-base', -1, { base: hex(base, 8) });
    },
  },
  { id: 'invalid-opcode', summary: 'an operation that does not exist, and words of zeros', each: opcodes },
  {
    id: 'invalid-operator',
    summary: 'an operator of LOGIC or a condition of JUMP_C that does not exist',
    each: operators,
  },
  { id: 'unaligned-offset', summary: 'an offset that is no multiple of 4', each: offsets },
  { id: 'unknown-subsystem', summary: 'a subsystem without a window on the SoC', each: subsystems },
  {
    id: 'event-range',
    summary: 'an event id that does not exist, or that nothing raises on the SoC',
    each: eventRange,
  },
  { id: 'unknown-event', summary: 'a wait for an event that has no name on the SoC', each: unknownEvents },
  {
    id: 'poll',
    summary: 'a poll, which stops all threads',
    each: (c, { index, high }) => {
      if (opOf(high) === OP.POLL) c.find('poll', index);
    },
  },
  { id: 'jump-outside', summary: 'a jump out of the program', each: jumpsOutside },
  { id: 'jump-misaligned', summary: 'a jump between two instructions', each: jumpsBetween },
  { id: 'negative-jump-shift', summary: 'a jump back whose sign was lost by the address shift', each: negativeJumps },
];

/** Marks of the program builder of MediaTek's kernels (facts cmdq §4.2). */
const MARKS: ReadonlySet<number> = new Set([0x05, 0x07, 0x21, 0x22, 0x23, 0x24, 0x41, 0x42]);

function opcodes(c: LintContext, { index, high, low }: At): void {
  const op = opOf(high);
  if (isOperation(op)) return;
  if (high !== 0 || low !== 0) {
    return c.find(MARKS.has(op) ? 'invalid-opcode marker' : 'invalid-opcode', index, { op: hex(op, 2) });
  }
  const isZero = (at: number): boolean => c.flow.high(at) === 0 && c.flow.low(at) === 0;
  if (index > 0 && isZero(index - 1)) return;
  let end = index + 1;
  while (end < c.flow.count && isZero(end)) end++;
  c.find('invalid-opcode empty', index, { count: end - index });
}

function operators(c: LintContext, { index, high }: At): void {
  const op = opOf(high);
  if (!isOperation(op) || !stops(high)) return;
  const isLogic = op === OP.LOGIC;
  const known = (isLogic ? ['=', '~', ...OPERATORS] : CONDITIONS).filter((text) => text !== undefined).join(' ');
  c.find('invalid-operator', index, { what: isLogic ? 'Operator' : 'Condition', number: sopOf(high), known });
}

/** Bit 0 of the offset switches the mask on; bit 1 has no meaning here. */
function offsets(c: LintContext, { index, high }: At): void {
  const op = opOf(high);
  const offset = a16Of(high) & ~OFFSET_MASKED;
  if ((op !== OP.WRITE && op !== OP.POLL) || (high & ARG_A.DST_REG) !== 0 || (offset & 2) === 0) return;
  c.find('unaligned-offset', index, { offset: hex(offset, 4), even: hex(offset & 0xfffc, 4) });
}

function subsystems(c: LintContext, { index, high, low }: At): void {
  if (hasNoSubsystem(high)) return c.find('unknown-subsystem none', index);
  const { soc } = c;
  if (soc === undefined || soc.windows.length === 0 || !namesSubsystem(high, low)) return;
  const subsys = sopOf(high);
  if (soc.windowOf(subsys) !== undefined) return;
  const ids = soc.windows.flatMap((window, id) => (window < 0 ? [] : [id]));
  c.find('unknown-subsystem', index, { subsys, soc: soc.name, known: `${ids[0]} to ${ids.at(-1)}` });
}

function eventRange(c: LintContext, { index, high, low }: At): void {
  if (opOf(high) !== OP.WFE) return;
  const id = a16Of(high);
  const { soc, socText } = c;
  if (id >= EVENT_COUNT) return c.find('event-range', index, { id, soc: socText });
  if (id === EVENT_COUNT - 1) return c.find('event-range last', index, { id, soc: socText });
  const isToken = soc !== undefined && !soc.hasHighEvents && id >= TOKENS && soc.events.count > 0;
  if (isToken && soc.eventName(id) === undefined && waitsFor(low) === WFE.WAIT_VALUE) {
    c.find('event-range token', index, { id, soc: socText });
  }
}

function unknownEvents(c: LintContext, { index, high, low }: At): void {
  const { soc } = c;
  if (opOf(high) !== OP.WFE || soc === undefined || soc.events.count === 0) return;
  if (waitsFor(low) !== WFE.WAIT_VALUE) return;
  const id = a16Of(high);
  if (c.isTold(index) || soc.eventName(id) !== undefined) return;
  c.find('unknown-event', index, { id, soc: soc.name });
}

/** A jump that leads to no instruction: how far it goes, and where to. */
interface Stray {
  readonly bytes: number;
  readonly target: number;
  /** Its operand, where it has one of its own. */
  readonly operand: number | undefined;
}

function strayOf({ flow }: LintContext, { index, high, low }: At): Stray | undefined {
  if (flow.targets[index] !== TARGET.OUTSIDE) return undefined;
  const bytes = flow.distance(index) as number;
  const hasOperand = opOf(high) === OP.JUMP && (high & ARG_A.SRC_REG) === 0;
  return { bytes, target: index * INST_SIZE + bytes, operand: hasOperand && !flow.isAbsolute(index) ? low : undefined };
}

function isInside({ flow }: LintContext, offset: number): boolean {
  return offset >= 0 && offset <= flow.count * INST_SIZE && offset % INST_SIZE === 0;
}

/** What is left of a small negative number when it is shifted by 3 without its sign. */
const LOST_SIGN = { from: 0x1000_0000, to: 0x1fff_ffff, whole: 0x2000_0000 } as const;

function hasLostSign(c: LintContext, { operand }: Stray): boolean {
  const shifted = c.soc === undefined || c.soc.shift > 0;
  return shifted && operand !== undefined && operand >= LOST_SIGN.from && operand <= LOST_SIGN.to;
}

function negativeJumps(c: LintContext, at: At): void {
  const stray = strayOf(c, at);
  if (stray === undefined || !hasLostSign(c, stray)) return;
  const units = (stray.operand as number) - LOST_SIGN.whole;
  const operand = hex(units >>> 0, 8);
  c.find('negative-jump-shift', at.index, { meant: units * INST_SIZE, target: hex(stray.target), operand });
}

function jumpsOutside(c: LintContext, at: At): void {
  const stray = strayOf(c, at);
  const { flow, soc } = c;
  if (stray === undefined || stray.bytes % INST_SIZE !== 0 || hasLostSign(c, stray) || flow.leaves(at.index)) return;
  const { bytes, target, operand } = stray;
  if (flow.isAbsolute(at.index)) {
    return c.find('jump-outside absolute', at.index, { target: hex(target + (flow.base ?? 0), 8) });
  }
  const values = { bytes: signed(bytes), target: hex(target), end: hex(flow.count * INST_SIZE), soc: c.socText };
  const unit = operand === undefined || soc === undefined || soc.shift === 0 ? undefined : operand | 0;
  if (unit !== undefined && isInside(c, at.index * INST_SIZE + unit)) {
    return c.find('jump-outside unit', at.index, { ...values, operand: hex((unit / INST_SIZE) >>> 0) });
  }
  c.find('jump-outside', at.index, values);
}

function jumpsBetween(c: LintContext, at: At): void {
  const stray = strayOf(c, at);
  if (stray === undefined || stray.bytes % INST_SIZE === 0) return;
  const { bytes, operand } = stray;
  const values = { bytes: signed(bytes), soc: c.socText };
  const unit = operand === undefined || c.soc === undefined ? undefined : (operand | 0) * INST_SIZE;
  if (c.settings.shift === 0 && unit !== undefined && isInside(c, at.index * INST_SIZE + unit)) {
    return c.find('jump-misaligned unit', at.index, { ...values, operand: hex(unit >>> 0) });
  }
  c.find('jump-misaligned', at.index, values);
}

function signed(bytes: number): string {
  return bytes < 0 ? String(bytes) : `+${bytes}`;
}
