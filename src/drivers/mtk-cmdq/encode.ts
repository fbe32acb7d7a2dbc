// The upper halves of instructions from their fields (facts cmdq §4). The fields must fit: who calls has cut or checked
// them.
import { ADDR_IN_REG, ARG_A, type Op, OP, SOP_SHIFT, high } from './instruction.js';

/** An operand of LOGIC and JUMP_C: a register, or 16 bits as they are. */
export type Operand = { readonly reg: number } | { readonly imm: number };

/** WRITE, POLL: a register of a subsystem's window. */
export function accessHigh(op: Op, subsys: number, offset: number): number {
  return high(op, (subsys << SOP_SHIFT) | offset);
}

/** READ_S: into register `dst` from a low address above which register `hi` has the rest, or from a window. */
export function readSHigh(hi: number, dst: number, typeBits: number = ARG_A.DST_REG): number {
  return high(OP.READ_S, typeBits | (hi << SOP_SHIFT) | dst);
}

/** WRITE_S, WRITE_S_MASK: to a low address above which register `hi` has the rest, or to a window. */
export function writeSHigh(op: Op, hi: number, low: number, typeBits = 0): number {
  return high(op, typeBits | (hi << SOP_SHIFT) | low);
}

/** LOGIC with operands: result register, operator. */
export function logicHigh(dst: number, left: Operand, op: number, right: Operand): number {
  return high(OP.LOGIC, ARG_A.DST_REG | typeBits(left, right) | (op << SOP_SHIFT) | dst);
}

/** LOGIC that loads 32 bits into a register. */
export function assignHigh(dst: number): number {
  return high(OP.LOGIC, ARG_A.DST_REG | dst);
}

/** JUMP_C: condition, and the register that has the target. */
export function jumpCHigh(op: Op, target: number, left: Operand, condition: number, right: Operand): number {
  return high(op, ARG_A.DST_REG | typeBits(left, right) | (condition << SOP_SHIFT) | target);
}

/** MOVE and POLL by address: the register that has it. */
export function gprHigh(op: Op, gpr: number, offset = 0): number {
  return high(op, ARG_A.DST_REG | (gpr << SOP_SHIFT) | offset);
}

/** The lower half with two operands of 16 bits. */
export function pair(left: number, right: number): number {
  return ((left << 16) | right) >>> 0;
}

/** The number of an operand, whichever it is. */
export function operandOf(operand: Operand): number {
  return 'reg' in operand ? operand.reg : operand.imm;
}

function typeBits(left: Operand, right: Operand): number {
  return ('reg' in left ? ARG_A.SRC_REG : 0) | ('reg' in right ? ARG_A.C_REG : 0);
}

/** The upper part of an address, for the register (Linux: CMDQ_ADDR_HIGH). */
export function cmdqAddrHigh(addr: number): number {
  return Math.floor(addr / 0x1_0000) >>> 0;
}

/** The lower part, and the bit that says where the rest is (Linux: CMDQ_ADDR_LOW). */
export function cmdqAddrLow(addr: number): number {
  return (addr % 0x1_0000) | ADDR_IN_REG;
}
