// The packet of Linux 6.12, bit for bit and with what it lets pass: values are cut to the C types, the buffer has one
// size, and what does not fit is counted all the same (facts cmdq §7). For comparing with a kernel; a driver takes
// CmdqPkt.
import {
  assignHigh,
  cmdqAddrHigh,
  cmdqAddrLow,
  gprHigh,
  logicHigh,
  type Operand,
  operandOf,
  pair,
  readSHigh,
  writeSHigh,
} from './encode.js';
import { ARG_A, EOC_IRQ_EN, high, INST_SIZE, type Op, OP, SOP_MAX, SOP_SHIFT } from './instruction.js';
import { OFFSET_MASKED, SPR0, WFE_ACQUIRE, WFE_CLEAR, WFE_SET, WFE_WAIT, WFE_WAIT_AND_CLEAR } from './instruction.js';
import type { CmdqBuffer, CmdqMemory } from './memory.js';
import { refusal } from './refusal.js';

/** CMDQ_MAX_EVENT: one less than there are. */
const MAX_EVENT = 0x3ff;
/** CMDQ_LOGIC_MAX. */
const LOGIC_MAX = 14;
const POLL_GPR = 15;
const SPR1 = SPR0 + 1;

/** The calls of `struct cmdq_pkt`; arguments are those of the C functions. Errors are SysErrors with Linux's codes. */
export class LinuxPkt {
  readonly #memory: CmdqMemory;
  readonly #buffer: CmdqBuffer;
  readonly #bufSize: number;
  /** How far code addresses are shifted: what Linux finds through `pkt->cl`. */
  readonly #shift: number;
  #used = 0;

  constructor(memory: CmdqMemory, size: number, shift = 0) {
    this.#memory = memory;
    this.#buffer = memory.alloc(size);
    this.#bufSize = size;
    this.#shift = shift;
  }

  destroy(): void {
    this.#memory.free(this.#buffer);
  }

  /** Used anew from its beginning. */
  reset(): void {
    this.#used = 0;
  }

  /** Bytes that all calls wanted: more than there are after an ENOMEM. */
  get cmdBufSize(): number {
    return this.#used;
  }

  get bufSize(): number {
    return this.#bufSize;
  }

  get words(): Uint32Array {
    return this.#buffer.words;
  }

  write(subsys: number, offset: number, value: number): void {
    this.#access(OP.WRITE, subsys, offset, value);
  }

  writeMask(subsys: number, offset: number, value: number, mask: number): void {
    const masked = mask >>> 0 === 0xffff_ffff ? 0 : OFFSET_MASKED;
    if (masked) this.#mask(mask);
    this.write(subsys, offset | masked, value);
  }

  readS(highReg: number, addrLow: number, reg: number): void {
    this.#append(readSHigh(highReg & SOP_MAX, u16(reg)), pair(u16(addrLow), 0));
  }

  writeS(highReg: number, addrLow: number, srcReg: number): void {
    this.#append(writeSHigh(OP.WRITE_S, highReg & SOP_MAX, u16(addrLow), ARG_A.SRC_REG), pair(u16(srcReg), 0));
  }

  writeSMask(highReg: number, addrLow: number, srcReg: number, mask: number): void {
    this.#mask(mask);
    this.#append(writeSHigh(OP.WRITE_S_MASK, highReg & SOP_MAX, u16(addrLow), ARG_A.SRC_REG), pair(u16(srcReg), 0));
  }

  writeSValue(highReg: number, addrLow: number, value: number): void {
    this.#append(writeSHigh(OP.WRITE_S, highReg & SOP_MAX, u16(addrLow)), value);
  }

  writeSMaskValue(highReg: number, addrLow: number, value: number, mask: number): void {
    this.#mask(mask);
    this.#append(writeSHigh(OP.WRITE_S_MASK, highReg & SOP_MAX, u16(addrLow)), value);
  }

  /** Copies a word, through SPR0 and SPR1; address bits above 47 are lost. */
  memMove(src: number, dst: number): void {
    this.assign(SPR0, cmdqAddrHigh(src));
    this.readS(SPR0, cmdqAddrLow(src), SPR1);
    this.assign(SPR0, cmdqAddrHigh(dst));
    this.writeS(SPR0, cmdqAddrLow(dst), SPR1);
  }

  wfe(event: number, clear: boolean): void {
    this.#sync(event, clear ? WFE_WAIT_AND_CLEAR : WFE_WAIT);
  }

  acquireEvent(event: number): void {
    this.#sync(event, WFE_ACQUIRE);
  }

  clearEvent(event: number): void {
    this.#sync(event, WFE_CLEAR);
  }

  setEvent(event: number): void {
    this.#sync(event, WFE_SET);
  }

  poll(subsys: number, offset: number, value: number): void {
    this.#access(OP.POLL, subsys, offset, value);
  }

  pollMask(subsys: number, offset: number, value: number, mask: number): void {
    this.#mask(mask);
    this.poll(subsys, offset | OFFSET_MASKED, value);
  }

  pollAddr(addr: number, value: number, mask: number): void {
    const masked = mask >>> 0 === 0xffff_ffff ? 0 : OFFSET_MASKED;
    if (masked) this.#mask(mask);
    this.#append(gprHigh(OP.MASK, POLL_GPR), addr);
    this.#append(gprHigh(OP.POLL, POLL_GPR, masked), value);
  }

  assign(reg: number, value: number): void {
    this.#append(assignHigh(u16(reg)), value);
  }

  /** EINVAL: an operand is missing, or the operator is 14 or more; 4 to 7 pass. */
  logic(result: number, left: Operand | null, operator: number, right: Operand | null): void {
    if (left === null || right === null || operator >>> 0 >= LOGIC_MAX) throw refusal('EINVAL', 'logic command');
    const [a, b] = [u16(operandOf(left)), u16(operandOf(right))];
    this.#append(logicHigh(u16(result), left, operator, right), pair(a, b));
  }

  jumpAbs(addr: number, shift: number): void {
    this.#append(high(OP.JUMP, ARG_A.JUMP_ABSOLUTE), Math.floor(addr / 2 ** shift));
  }

  /** With a shift the sign is lost. */
  jumpRel(offset: number, shift: number): void {
    this.#append(high(OP.JUMP, 0), offset >>> shift);
  }

  eoc(): void {
    this.#append(high(OP.EOC, 0), EOC_IRQ_EN);
  }

  /** A second time appends it again. */
  finalize(): void {
    this.eoc();
    this.#append(high(OP.JUMP, 0), INST_SIZE >>> this.#shift);
  }

  /** Newer than 6.12: for parts without subsystems. The lower half of `base` is not looked at. */
  writePa(base: number, offset: number, value: number): void {
    this.assign(SPR0, cmdqAddrHigh(base));
    this.writeSValue(SPR0, cmdqAddrLow(offset), value);
  }

  writeMaskPa(base: number, offset: number, value: number, mask: number): void {
    this.assign(SPR0, cmdqAddrHigh(base));
    this.writeSMaskValue(SPR0, cmdqAddrLow(offset), value, mask);
  }

  #access(op: Op, subsys: number, offset: number, value: number): void {
    this.#append(high(op, ((subsys & 0xff) << SOP_SHIFT) | u16(offset)), value);
  }

  #mask(mask: number): void {
    this.#append(high(OP.MASK, 0), ~mask);
  }

  #sync(event: number, argB: number): void {
    if (u16(event) >= MAX_EVENT) throw refusal('EINVAL', `event ${event}`);
    this.#append(high(OP.WFE, u16(event)), argB);
  }

  #append(upper: number, lower: number): void {
    const at = this.#used / 4;
    this.#used += INST_SIZE;
    if (this.#used > this.#bufSize) throw refusal('ENOMEM', `the packet has ${this.#bufSize} bytes`);
    this.#buffer.words[at] = lower;
    this.#buffer.words[at + 1] = upper;
  }
}

function u16(value: number): number {
  return value & 0xffff;
}

/** A module's registers as Linux keeps them: in 8, 16 and 16 bits. */
export function linuxClientReg<T extends { subsys: number; offset: number; size: number }>(reg: T): T {
  return { ...reg, subsys: reg.subsys & 0xff, offset: u16(reg.offset), size: u16(reg.size) };
}
