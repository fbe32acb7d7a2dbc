// The instruction words of the GCE as a driver writes them (facts cmdq §2.8, §4). Two unsigned 32-bit halves each,
// never a bigint: `high` has the operation in its top byte and arg_a below it, `low` is arg_b; `low` comes first in
// memory.

/** Bytes of an instruction (Linux: CMDQ_INST_SIZE). */
export const INST_SIZE = 8;

/** Operations: bits 63..56 of an instruction (Linux: enum cmdq_code; READ and JUMP_C are MediaTek's own names). */
export const OP = {
  READ: 0x01,
  /** With `DST_REG` it moves arg_b into a register: MOVE. */
  MASK: 0x02,
  WRITE: 0x04,
  POLL: 0x08,
  JUMP: 0x10,
  WFE: 0x20,
  EOC: 0x40,
  READ_S: 0x80,
  WRITE_S: 0x90,
  WRITE_S_MASK: 0x91,
  LOGIC: 0xa0,
  JUMP_C_ABSOLUTE: 0xb0,
  JUMP_C_RELATIVE: 0xb1,
} as const;

/** An operation that exists. */
export type Op = (typeof OP)[keyof typeof OP];

/** Bits of arg_a: what its operands are. */
export const ARG_A = {
  /** The destination, or the address, is a register. */
  DST_REG: 1 << 23,
  /** The value, or the left operand, is a register. */
  SRC_REG: 1 << 22,
  /** The right operand is a register. */
  C_REG: 1 << 21,
  /** EOC: the thread's counter stays. */
  EOC_NO_COUNT: 1 << 16,
  /** JUMP: the target is an address, not a distance. */
  JUMP_ABSOLUTE: 1,
} as const;

/** Where subsystem, operator, condition or register of the upper address stand in arg_a: bits 20..16. */
export const SOP_SHIFT = 16;
/** The largest number that fits there. */
export const SOP_MAX = 0x1f;

/** Bit 0 of an offset: the access goes through the mask. */
export const OFFSET_MASKED = 1;
/** Bit 1 of a low address: the upper half is in a register. */
export const ADDR_IN_REG = 2;

/** Bits of WFE's arg_b; the values waited for and assigned stand in 11..0 and 27..16. */
export const WFE = { UPDATE: 0x8000_0000, UPDATE_VALUE: 1 << 16, WAIT: 1 << 15, WAIT_VALUE: 1 } as const;
/** WFE (facts cmdq §4.3): wait for 1, then clear. */
export const WFE_WAIT_AND_CLEAR = 0x8000_8001;
/** Wait for 1, and leave it. */
export const WFE_WAIT = 0x0000_8001;
/** Clear without waiting. */
export const WFE_CLEAR = 0x8000_0000;
/** Set without waiting. */
export const WFE_SET = 0x8001_0000;
/** Wait for 0, then set. */
export const WFE_ACQUIRE = 0x8001_8000;

/** EOC's arg_b: the done interrupt of the thread. */
export const EOC_IRQ_EN = 1;

/** LOGIC's operators by name (facts cmdq §4.6). */
export const LOGIC = {
  ...{ assign: 0, add: 1, subtract: 2, multiply: 3 },
  ...{ xor: 8, not: 9, or: 10, and: 11, leftShift: 12, rightShift: 13 },
} as const;
/** An operator of LOGIC. */
export type LogicOp = keyof typeof LOGIC;

/** Conditions of JUMP_C, all unsigned. */
export const CONDITION = { '==': 0, '!=': 1, '>=': 2, '<=': 3, '>': 4, '<': 5 } as const;
/** A condition of JUMP_C. */
export type Condition = keyof typeof CONDITION;

/** Registers as instructions number them: the first of those that are private to a thread. */
export const SPR0 = 0;
/** How many there are. */
export const SPR_COUNT = 4;
/** The first of those that all threads share. */
export const GPR0 = 32;
/** How many there are. */
export const GPR_COUNT = 16;
/** The timer that runs freely. */
export const TPR = 56;

/** Event ids that fit into an instruction. */
export const EVENT_COUNT = 1024;

/** The upper half of an instruction. Nothing is cut: arg_a above 24 bits would be another operation. */
export function high(op: Op, argA: number): number {
  return ((op << 24) | argA) >>> 0;
}
