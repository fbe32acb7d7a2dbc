// Instructions that Linux 6.12's helper does not build, for the packet of bench users (facts cmdq §4; encodings are
// those of MediaTek's own kernels). Arguments are checked as in pkt.ts: what does not fit is EINVAL or ERANGE.
import { checkAccess, checkGpr, checkOperand, checkReg, checkU32 } from './check.js';
import { assignHigh, gprHigh, jumpCHigh, type Operand, operandOf, pair, readSHigh, writeSHigh } from './encode.js';
import { ARG_A, CONDITION, type Condition, high, OP } from './instruction.js';
import type { CmdqPkt } from './pkt.js';
import type { CmdqMark } from './store.js';

/** Prefetch markers: an EOC without interrupt that the engine reads ahead. */
const PREFETCH_ENABLE = 0x0013_0000;
const PREFETCH_DISABLE = 0x0010_0000;

/** When to jump: two operands, compared without sign. */
export interface CmdqCondition {
  readonly left: Operand;
  readonly is: Condition;
  readonly right: Operand;
}

/** Goes to the address in a register, in the units that the GCE counts code in, if the condition holds. */
export function cmdqPktCondJumpAbs(pkt: CmdqPkt, target: number, when: CmdqCondition): void {
  condJump(pkt, OP.JUMP_C_ABSOLUTE, target, when);
}

/** Goes as far as a register says, in the same units, counted from this instruction. */
export function cmdqPktCondJumpRel(pkt: CmdqPkt, target: number, when: CmdqCondition): void {
  condJump(pkt, OP.JUMP_C_RELATIVE, target, when);
}

/** Goes to a place of this or another packet if the condition holds; register `reg` is loaded with it first. */
export function cmdqPktJumpIf(pkt: CmdqPkt, mark: CmdqMark, when: CmdqCondition, reg: number): void {
  checkReg(reg, 'target register');
  checkOperand(when.left, 'left operand');
  checkOperand(when.right, 'right operand');
  const units = pkt.address(mark.iova);
  pkt.reserve(2);
  pkt.append(assignHigh(reg), units);
  cmdqPktCondJumpAbs(pkt, reg, when);
}

/** Goes to the address in a register. */
export function cmdqPktJumpReg(pkt: CmdqPkt, reg: number): void {
  checkReg(reg, 'register');
  pkt.append(high(OP.JUMP, ARG_A.SRC_REG), reg);
}

/** Says whether the engine may read ahead from here on. */
export function cmdqPktPrefetch(pkt: CmdqPkt, isOn: boolean): void {
  pkt.append(high(OP.EOC, 0), isOn ? PREFETCH_ENABLE : PREFETCH_DISABLE);
}

/** Loads a shared register, R0 to R15. */
export function cmdqPktMoveGpr(pkt: CmdqPkt, gpr: number, value: number): void {
  checkGpr(gpr);
  checkU32(value, 'value');
  pkt.append(gprHigh(OP.MASK, gpr), value);
}

/** Reads a register of a subsystem's window. */
export function cmdqPktReadSubsys(pkt: CmdqPkt, subsys: number, offset: number, reg: number): void {
  checkAccess(subsys, offset);
  checkReg(reg, 'register');
  pkt.append(readSHigh(subsys, reg), pair(offset, 0));
}

/** Writes what a register has to a subsystem's window. */
export function cmdqPktWriteSubsysReg(pkt: CmdqPkt, subsys: number, offset: number, reg: number): void {
  checkAccess(subsys, offset);
  checkReg(reg, 'register');
  pkt.append(writeSHigh(OP.WRITE_S, subsys, offset, ARG_A.SRC_REG), pair(reg, 0));
}

/** Writes a value to the address in a register. */
export function cmdqPktStore(pkt: CmdqPkt, addrReg: number, value: number): void {
  checkReg(addrReg, 'register of the address');
  checkU32(value, 'value');
  pkt.append(writeSHigh(OP.WRITE_S, 0, addrReg, ARG_A.DST_REG), value);
}

/** Reads from the address in a register. */
export function cmdqPktLoad(pkt: CmdqPkt, reg: number, addrReg: number): void {
  checkReg(reg, 'register');
  checkReg(addrReg, 'register of the address');
  pkt.append(readSHigh(0, reg, ARG_A.DST_REG | ARG_A.SRC_REG), pair(addrReg, 0));
}

function condJump(
  pkt: CmdqPkt,
  op: typeof OP.JUMP_C_ABSOLUTE | typeof OP.JUMP_C_RELATIVE,
  target: number,
  when: CmdqCondition,
): void {
  const { left, is, right } = when;
  checkReg(target, 'target register');
  checkOperand(left, 'left operand');
  checkOperand(right, 'right operand');
  pkt.append(jumpCHigh(op, target, left, CONDITION[is], right), pair(operandOf(left), operandOf(right)));
}
