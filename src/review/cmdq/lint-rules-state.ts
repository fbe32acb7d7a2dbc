// Table of the rules about what was done before an instruction: events cleared, mask and registers set; and about the
// register that it goes to.
import {
  ADDR_IN_REG,
  ARG_A,
  EVENT_COUNT,
  GPR0,
  LOGIC,
  OFFSET_MASKED,
  OP,
  WFE,
} from '../../drivers/mtk-cmdq/instruction.js';
import { registerText } from '../../drivers/mtk-cmdq/disassemble-text.js';
import { type At, hasNoSubsystem, hex, type LintContext, type LintRule, TOKENS } from './lint-context.js';
import { a16Of, isOperation, opOf, sopOf, stops } from './lint-flow.js';
import { statusRegister } from './lint-registers.js';
import { MASK, setsMask, usesMask, waitsFor } from './lint-state.js';

/** Rules that look back; those about words that mean nothing come last, for what others have found. */
export const STATE_RULES: readonly LintRule[] = [
  { id: 'odd-offset', summary: 'an odd offset without a MASK of its own', each: oddOffsets },
  { id: 'mask-unset', summary: 'a masked access without a MASK before it', each: unsetMasks },
  {
    id: 'masked-status',
    summary: 'a masked write to a register whose bits are cleared by writing',
    each: maskedStatus,
  },
  {
    id: 'window-overflow',
    summary: 'an access behind the end of a block, or over the end of a window',
    each: overflows,
  },
  { id: 'disabled-block', summary: 'an access to a block that the tree disables', each: disabledBlocks },
  { id: 'wait-without-clear', summary: 'a wait for an event that was not cleared before', each: waits },
  { id: 'register-unset', summary: 'a register that is used before it is set', each: unsetRegisters },
  { id: 'odd-encoding', summary: 'bits that mean nothing in their operation', each: oddWords },
];

function oddOffsets(c: LintContext, { index, high, low, state }: At): void {
  const op = opOf(high);
  if (op === OP.WRITE || op === OP.POLL) {
    if ((high & OFFSET_MASKED) === 0 || state === undefined || state.mask === MASK.FRESH) return;
    const way = { way: c.way };
    return state.mask === MASK.UNSET ? c.find('odd-offset', index, way) : c.find('odd-offset reused', index);
  }
  const isFar = op === OP.READ_S || op === OP.WRITE_S || op === OP.WRITE_S_MASK;
  const lower = op === OP.READ_S ? low >>> 16 : a16Of(high);
  const isAddress = (high & (op === OP.READ_S ? ARG_A.SRC_REG : ARG_A.DST_REG)) === 0 || (lower & ADDR_IN_REG) !== 0;
  if (!isFar || !isAddress || (lower & 1) === 0) return;
  c.find('odd-offset ignored', index, { address: hex(lower & 0xfffc, 4) });
}

function unsetMasks(c: LintContext, { index, high, state }: At): void {
  if (opOf(high) === OP.WRITE_S_MASK && state?.mask === MASK.UNSET) c.find('mask-unset', index, { way: c.way });
}

function isMaskedWrite(high: number): boolean {
  return usesMask(high) && opOf(high) !== OP.POLL;
}

function maskedStatus(c: LintContext, at: At): void {
  const addr = isMaskedWrite(at.high) ? c.addressOf(at) : undefined;
  if (addr === undefined) return;
  const { soc } = c;
  const module = c.moduleAt(addr);
  const gce = soc?.bases.find((base) => addr >= base && addr < base + soc.sizeBytes);
  const found =
    module === undefined
      ? gce !== undefined && soc !== undefined && statusRegister([soc.compatible], addr - gce)
      : statusRegister(module.node.compatible, addr - module.start);
  if (found === undefined || found === false) return;
  const register = `${module?.name ?? 'GCE'}'s ${found.name} (${hex(addr, 8)})`;
  c.find(found.clearedBy === 1 ? 'masked-status' : 'masked-status zero', at.index, { register });
}

function overflows(c: LintContext, at: At): void {
  const addr = c.addressOf(at);
  if (addr === undefined || wraps(c, at)) return;
  const { modules } = c.settings.names;
  if (modules === undefined || c.soc?.subsysOf(addr) === undefined || modules.at(addr) !== undefined) return;
  const before = modules.all.findLast(({ start }) => start <= addr && c.soc?.subsysOf(start) === c.soc?.subsysOf(addr));
  if (before === undefined) return c.find('window-overflow hole', at.index, { address: hex(addr, 8) });
  const by = hex(addr - before.start - before.size);
  const values = { address: hex(addr, 8), by, module: before.name, size: hex(before.size) };
  c.find('window-overflow', at.index, values);
}

/** Plain writes one behind the other, the last at the end of the window and this at its start. */
function wraps(c: LintContext, { index, high }: At): boolean {
  let before = index - 1;
  while (before >= 0 && setsMask(c.flow.high(before))) before--;
  const last = before < 0 ? 0 : c.flow.high(before);
  const isSame = opOf(last) === OP.WRITE && opOf(high) === OP.WRITE && ((last ^ high) & 0xff_0000) === 0;
  if (!isSame || (a16Of(last) & 0xfffc) !== 0xfffc || (a16Of(high) & 0xfffc) !== 0) return false;
  c.find('window-overflow wrap', index, { subsys: sopOf(high) });
  return true;
}

function disabledBlocks(c: LintContext, at: At): void {
  const addr = c.addressOf(at);
  const module = addr === undefined ? undefined : c.moduleAt(addr);
  if (module !== undefined && !module.node.available) c.find('disabled-block', at.index, { module: module.name });
}

function waits(c: LintContext, { index, high, low, state }: At): void {
  const id = a16Of(high);
  if (opOf(high) !== OP.WFE || waitsFor(low) !== WFE.WAIT_VALUE || state === undefined) return;
  if (id >= EVENT_COUNT || mayBeToken(c, id) || state.isCleared(id)) return;
  const event = c.eventText(id);
  if (!state.isRaised(id)) return c.find('wait-without-clear', index, { event, way: c.way });
  c.find('wait-without-clear raised', index, { event, why: 'the program sets it, or has waited for it before,' });
}

/** A token is set by software, which hands something over with it: a wait for one that is set already is right. */
function mayBeToken({ soc }: LintContext, id: number): boolean {
  return soc === undefined ? id >= TOKENS : soc.isToken(id);
}

/** A register that an instruction reads, and what for. */
type Use = readonly [register: number, what: 'an address' | 'a target' | 'a value'];

function unsetRegisters(c: LintContext, { index, high, low, state }: At): void {
  if (state === undefined || stops(high) || hasNoSubsystem(high)) return;
  for (const [register, what] of usesOf(high, low)) {
    if (state.isSet(register)) continue;
    const values = { register: registerText(register), what, way: c.way };
    if (register < GPR0 && what !== 'a value') c.find('register-unset', index, values);
    else c.find(register < GPR0 ? 'register-unset value' : 'register-unset shared', index, values);
  }
}

function usesOf(high: number, low: number): Use[] {
  const op = opOf(high);
  const fromReg = (high & ARG_A.SRC_REG) !== 0;
  if (op === OP.WRITE || op === OP.POLL) {
    const place: Use[] = (high & ARG_A.DST_REG) === 0 ? [] : [[GPR0 + sopOf(high), 'an address']];
    return op === OP.WRITE && fromReg ? [...place, [GPR0 + (low & 0xf), 'a value']] : place;
  }
  if (op === OP.READ_S) return farUse(high, low >>> 16, fromReg);
  if (op === OP.WRITE_S || op === OP.WRITE_S_MASK) {
    const place = farUse(high, a16Of(high), (high & ARG_A.DST_REG) !== 0);
    return fromReg ? [...place, [low >>> 16, 'a value']] : place;
  }
  if (op === OP.JUMP) return fromReg ? [[low & 0xffff, 'a target']] : [];
  const left: Use[] = fromReg ? [[low >>> 16, 'a value']] : [];
  const right: Use[] = (high & ARG_A.C_REG) === 0 ? [] : [[low & 0xffff, 'a value']];
  if (op === OP.LOGIC) return sopOf(high) === LOGIC.assign || sopOf(high) === LOGIC.not ? left : [...left, ...right];
  if (op !== OP.JUMP_C_ABSOLUTE && op !== OP.JUMP_C_RELATIVE) return [];
  return [...left, ...right, [a16Of(high), 'a target']];
}

function farUse(high: number, lower: number, inReg: boolean): Use[] {
  if ((lower & ADDR_IN_REG) !== 0) return [[sopOf(high), 'an address']];
  return inReg ? [[lower, 'an address']] : [];
}

function oddWords(c: LintContext, { index, high, low }: At): void {
  const op = opOf(high);
  if (!isOperation(op) || op === OP.READ || c.hasWords(high, low) || c.isTold(index)) return;
  c.find('odd-encoding', index, { word: c.textOf(index).slice('.inst '.length) });
}
