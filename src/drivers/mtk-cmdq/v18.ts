// Pure parts of the mailbox driver that came with the patch (facts cmdq §3): how it led one packet to the next, and how
// an "atomic" thread took the waits out of a packet that joined a frame. Linux dropped the latter; 6.12 has none of it.
import { ARG_A, high, INST_SIZE, OP, WFE_WAIT_AND_CLEAR } from './instruction.js';

const JUMP_NEXT = { high: high(OP.JUMP, 0), low: INST_SIZE };

/** The halves of an instruction. */
export interface Instruction {
  readonly high: number;
  readonly low: number;
}

/** Whether it waits and clears: whatever the event, and whatever else stands beside the operation. */
export function isWfe({ high: upper, low }: Instruction): boolean {
  return upper >>> 24 === OP.WFE && low === WFE_WAIT_AND_CLEAR;
}

/** The packet without its waits: each becomes a JUMP to the next instruction. */
export function removeWfe(program: readonly Instruction[]): Instruction[] {
  return program.map((one) => (isWfe(one) ? JUMP_NEXT : one));
}

/** The packet with a JUMP to address `pa` in the place of its last instruction. */
export function insertJump(program: readonly Instruction[], pa: number): Instruction[] {
  return [...program.slice(0, -1), { high: high(OP.JUMP, ARG_A.JUMP_ABSOLUTE), low: pa }];
}
