// The packet of bench users: Linux's calls, with every argument checked and nothing cut (Linux 6.12:
// drivers/soc/mediatek/mtk-cmdq-helper.c; the differences are listed in mtk-cmdq.ts). What is refused is a SysError and
// leaves the packet as it was. Rarer instructions are functions in pkt-more.ts.
import { hexNumber } from '../../base/bytes.js';
import { checkAccess, checkAddress, checkEvent, checkLow } from './check.js';
import { checkOperand, checkReg, checkSpr, checkU32 } from './check.js';
import { accessHigh, assignHigh, cmdqAddrHigh, cmdqAddrLow, gprHigh, logicHigh } from './encode.js';
import { type Operand, operandOf, pair, readSHigh, writeSHigh } from './encode.js';
import { ARG_A, EOC_IRQ_EN, high, INST_SIZE, LOGIC, type LogicOp } from './instruction.js';
import { OFFSET_MASKED, OP, SPR0, WFE_ACQUIRE, WFE_CLEAR, WFE_SET } from './instruction.js';
import { WFE_WAIT, WFE_WAIT_AND_CLEAR } from './instruction.js';
import type { CmdqMemory } from './memory.js';
import type { CmdqStatus, GceProgram, PlacedInstruction } from './program.js';
import type { CmdqSoc } from './soc-tables.js';
import { type CmdqMark, CmdqStore } from './store.js';
import { refusal } from './refusal.js';

const FULL_MASK = 0xffff_ffff;
const MASK = high(OP.MASK, 0);
/** The registers that `memMove` and addresses beyond the windows go through. */
const SPR1 = SPR0 + 1;
/** As in Linux 6.12 the shared register for addresses that are polled. */
const POLL_GPR = 15;

/** What a packet is built for and in. */
export interface CmdqPktSpec {
  readonly memory: CmdqMemory;
  /** Of the first buffer; whole instructions. Default a page. */
  readonly bytes?: number | undefined;
  /** Windows and event names; without it addresses go through registers and events are numbers. */
  readonly soc?: CmdqSoc | undefined;
  /** Code addresses in units of 2^shift bytes; that of the SoC when left out. */
  readonly shift?: number | undefined;
  /** How long the GCE may take, in ns. */
  readonly limit?: number | undefined;
}

/** A packet (Linux: struct cmdq_pkt). */
export class CmdqPkt implements GceProgram {
  // In an array, and beside the words, since both are read for each instruction: that is twice as fast as asking.
  readonly #pos: Int32Array = Int32Array.of(0, -1);
  #words: Uint32Array = new Uint32Array(0);
  readonly soc: CmdqSoc | undefined;
  readonly shift: number;
  limit: number | undefined;
  readonly #store: CmdqStore;
  #hasEoc = false;
  #done: ((status: CmdqStatus) => void) | undefined;

  constructor(spec: CmdqPktSpec) {
    this.soc = spec.soc;
    this.shift = spec.shift ?? spec.soc?.shift ?? 0;
    this.limit = spec.limit;
    const moved = (words: Uint32Array): void => void (this.#words = words);
    this.#store = new CmdqStore(spec.memory, spec.bytes ?? 4096, this.shift, { pos: this.#pos, moved });
  }

  /** Appends an instruction as it is. */
  append(upper: number, lower: number): void {
    const pos = this.#pos;
    const at = pos[0] as number;
    if (at > (pos[1] as number)) return this.#store.append(upper, lower);
    const words = this.#words;
    words[at] = lower;
    words[at + 1] = upper;
    pos[0] = at + 2;
  }

  /** Makes sure that so many can be appended without an error between them. */
  reserve(count: number): void {
    this.#store.reserve(count);
  }

  /**
   * Writes a register. An offset beyond the window belongs to another subsystem, which is found where the SoC is known;
   * ERANGE otherwise. EINVAL: not a word's offset.
   */
  write(subsys: number, offset: number, value: number): void {
    // Bare numbers: names from other modules would be looked up for each instruction.
    if ((subsys & 0x1f) === subsys && (offset & 0xfffc) === offset && value >>> 0 === value)
      this.append((0x0400_0000 | (subsys << 16) | offset) >>> 0, value);
    else this.#writeBeyond(subsys, offset, value);
  }

  /** Writes the bits of `mask`; the GCE reads the register first. */
  writeMask(subsys: number, offset: number, value: number, mask: number): void {
    const fits = (subsys & 0x1f) === subsys && (offset & 0xfffc) === offset && value >>> 0 === value;
    if (mask === 0xffff_ffff) this.write(subsys, offset, value);
    else if (fits && mask >>> 0 === mask)
      this.#appendPair(0x0200_0000, ~mask >>> 0, (0x0400_0001 | (subsys << 16) | offset) >>> 0, value);
    else this.#writeMaskBeyond(subsys, offset, value, mask);
  }

  /** Writes a physical address: through its subsystem where it has one, else with its upper part in SPR0. */
  writeAddr(addr: number, value: number, mask: number = FULL_MASK): void {
    checkAddress(addr, 'address');
    checkU32(value, 'value');
    checkU32(mask, 'mask');
    const subsys = this.soc?.subsysOf(addr);
    if (subsys !== undefined) return this.writeMask(subsys, addr % 0x1_0000, value, mask);
    this.reserve(mask === FULL_MASK ? 2 : 3);
    this.assign(SPR0, cmdqAddrHigh(addr));
    this.writeSMaskValue(SPR0, cmdqAddrLow(addr), value, mask);
  }

  /** Reads into a register; the upper part of the address is in SPR `highReg`, the lower one made by `cmdqAddrLow`. */
  readS(highReg: number, addrLow: number, reg: number): void {
    checkSpr(highReg, 'register of the upper address half');
    checkLow(addrLow);
    checkReg(reg, 'register');
    this.append(readSHigh(highReg, reg), pair(addrLow, 0));
  }

  /** Writes what a register has. */
  writeS(highReg: number, addrLow: number, srcReg: number): void {
    this.writeSMask(highReg, addrLow, srcReg, FULL_MASK);
  }

  /** Writes the bits of `mask` of what a register has. */
  writeSMask(highReg: number, addrLow: number, srcReg: number, mask: number): void {
    checkReg(srcReg, 'register');
    this.#writeS(highReg, addrLow, ARG_A.SRC_REG, pair(srcReg, 0), mask);
  }

  writeSValue(highReg: number, addrLow: number, value: number): void {
    this.writeSMaskValue(highReg, addrLow, value, FULL_MASK);
  }

  writeSMaskValue(highReg: number, addrLow: number, value: number, mask: number): void {
    checkU32(value, 'value');
    this.#writeS(highReg, addrLow, 0, value, mask);
  }

  /** Copies a word between physical addresses, through SPR0 and SPR1. */
  memMove(src: number, dst: number): void {
    checkAddress(src, 'source');
    checkAddress(dst, 'destination');
    this.reserve(4);
    this.assign(SPR0, cmdqAddrHigh(src));
    this.readS(SPR0, cmdqAddrLow(src), SPR1);
    this.assign(SPR0, cmdqAddrHigh(dst));
    this.writeS(SPR0, cmdqAddrLow(dst), SPR1);
  }

  /** Waits until an event is set; `clear` clears it then. Events are ids, or names of the SoC. */
  wfe(event: number | string, clear = true): void {
    this.#sync(event, clear ? WFE_WAIT_AND_CLEAR : WFE_WAIT);
  }

  /** Waits until an event is clear and sets it: a lock between threads. */
  acquireEvent(event: number | string): void {
    this.#sync(event, WFE_ACQUIRE);
  }

  clearEvent(event: number | string): void {
    this.#sync(event, WFE_CLEAR);
  }

  setEvent(event: number | string): void {
    this.#sync(event, WFE_SET);
  }

  /** Spins until a register has the value. Nothing else in the GCE executes meanwhile. */
  poll(subsys: number, offset: number, value: number): void {
    this.pollMask(subsys, offset, value, FULL_MASK);
  }

  pollMask(subsys: number, offset: number, value: number, mask: number): void {
    const at = this.#place(subsys, offset);
    checkU32(value, 'value');
    if (mask === FULL_MASK) this.append(accessHigh(OP.POLL, at.subsys, at.offset), value);
    else this.#masked(mask, accessHigh(OP.POLL, at.subsys, at.offset | OFFSET_MASKED), value);
  }

  /** The same at a physical address of 32 bits, through GPR R15. */
  pollAddr(addr: number, value: number, mask: number = FULL_MASK): void {
    checkAddress(addr, 'address');
    if (addr > FULL_MASK) throw refusal('ERANGE', `polls ${hexNumber(addr)}: a shared register has 32 bits`);
    checkU32(value, 'value');
    checkU32(mask, 'mask');
    const masked = mask === FULL_MASK ? 0 : OFFSET_MASKED;
    this.reserve(2 + masked);
    if (masked) this.append(MASK, ~mask >>> 0);
    this.append(gprHigh(OP.MASK, POLL_GPR), addr);
    this.append(gprHigh(OP.POLL, POLL_GPR, masked), value);
  }

  /** Loads a register. */
  assign(reg: number, value: number): void {
    checkReg(reg, 'register');
    checkU32(value, 'value');
    this.append(assignHigh(reg), value);
  }

  /** result = left operator right; `not` looks at the left only (Linux: cmdq_pkt_logic_command). */
  logic(result: number, left: Operand, operator: LogicOp, right: Operand): void {
    checkReg(result, 'result register');
    checkOperand(left, 'left operand');
    checkOperand(right, 'right operand');
    this.append(logicHigh(result, left, LOGIC[operator], right), pair(operandOf(left), operandOf(right)));
  }

  /** Goes to the address of an instruction. */
  jumpAbs(addr: number): void {
    this.append(high(OP.JUMP, ARG_A.JUMP_ABSOLUTE), this.#store.address(addr));
  }

  /** Goes so many bytes on; 8 is the next instruction. What lies between stays in one buffer. */
  jumpRel(distance: number): void {
    const count = distance / INST_SIZE;
    if (!Number.isInteger(count) || count === 0)
      throw refusal('EINVAL', `a jump of ${distance} bytes: whole instructions, and not onto itself`);
    this.#store.reserveTogether(Math.max(1, count + 1));
    if (-distance > this.#store.behind) throw refusal('ERANGE', `a jump of ${distance} bytes leaves its buffer`);
    this.append(high(OP.JUMP, 0), (distance / 2 ** this.shift) >>> 0);
  }

  /** An address in the units that the GCE counts code in. ERANGE: it has too many bits, or is not an instruction's. */
  address(iova: number): number {
    return this.#store.address(iova);
  }

  /** The place of the next instruction, to jump to. */
  here(): CmdqMark {
    return this.#store.here();
  }

  /** Goes to a place of this or another packet. */
  jumpTo(mark: CmdqMark): void {
    this.jumpAbs(mark.iova);
  }

  /** Says that it is through: the interrupt of the thread. Execution goes on; `count` is for the thread's counter. */
  eoc(count = true): void {
    this.append(high(OP.EOC, count ? 0 : ARG_A.EOC_NO_COUNT), EOC_IRQ_EN);
    this.#hasEoc = true;
  }

  /** Ends the packet: EOC, and a JUMP that a following packet takes the place of. A second time does nothing. */
  finalize(): void {
    if (this.#store.finalized) return;
    this.reserve(2);
    this.eoc();
    this.append(high(OP.JUMP, 0), INST_SIZE / 2 ** this.shift);
    this.#store.close();
  }

  /** Empties it for reuse, in the same memory. EBUSY: the GCE has it. */
  reset(): void {
    this.#store.reset();
    this.#hasEoc = false;
  }

  /** Gives its memory back. EBUSY: the GCE has it. */
  destroy(): void {
    this.#store.destroy();
  }

  /** Hands what was written to the GCE. Sending does it where the client has not. */
  syncForDevice(): void {
    this.#store.syncForDevice();
  }

  /** Where it stands. */
  get state(): 'open' | 'finalized' | 'in flight' {
    if (this.#store.inFlight) return 'in flight';
    return this.#store.finalized ? 'finalized' : 'open';
  }

  /** Bytes of all instructions (Linux: cmd_buf_size). */
  get usedBytes(): number {
    return this.#store.usedBytes;
  }

  get start(): number {
    return this.#store.start;
  }

  get end(): number {
    return this.#store.end;
  }

  get lastHigh(): number {
    return this.#store.lastHigh;
  }

  contains(iova: number): boolean {
    return this.#store.contains(iova);
  }

  relink(upper: number, lower: number): () => void {
    return this.#store.relink(upper, lower);
  }

  instructions(): Iterable<PlacedInstruction> {
    return this.#store.instructions(true);
  }

  /** What was appended, without the JUMPs between buffers. */
  appended(): Iterable<PlacedInstruction> {
    return this.#store.instructions(false);
  }

  /** Whom to tell when the GCE has done with it, once. */
  whenDone(tell: (status: CmdqStatus) => void): void {
    this.#done = tell;
  }

  sent(): void {
    if (!this.#hasEoc) throw refusal('EINVAL', 'the packet has no EOC: nobody would hear of its end');
    this.#store.take();
  }

  unsent(): void {
    this.#store.giveBack();
  }

  done(status: CmdqStatus): void {
    this.#store.giveBack();
    const tell = this.#done;
    this.#done = undefined;
    tell?.(status);
  }

  /** Two of them, both or none. */
  #appendPair(upper: number, lower: number, nextUpper: number, nextLower: number): void {
    const pos = this.#pos;
    const at = pos[0] as number;
    if (at + 2 > (pos[1] as number)) {
      this.reserve(2);
      this.#store.append(upper, lower);
      return this.#store.append(nextUpper, nextLower);
    }
    const words = this.#words;
    words[at] = lower;
    words[at + 1] = upper;
    words[at + 2] = nextLower;
    words[at + 3] = nextUpper;
    pos[0] = at + 4;
  }

  #writeBeyond(subsys: number, offset: number, value: number): void {
    checkU32(value, 'value');
    const at = this.#place(subsys, offset);
    this.append(accessHigh(OP.WRITE, at.subsys, at.offset), value);
  }

  #writeMaskBeyond(subsys: number, offset: number, value: number, mask: number): void {
    const at = this.#place(subsys, offset);
    checkU32(value, 'value');
    this.#masked(mask, accessHigh(OP.WRITE, at.subsys, at.offset | OFFSET_MASKED), value);
  }

  /** The subsystem and offset of a register that is given by those of its module. */
  #place(subsys: number, offset: number): { readonly subsys: number; readonly offset: number } {
    const window = this.soc?.windowOf(subsys);
    if (window === undefined || !Number.isInteger(offset) || (offset >= 0 && offset < 0x1_0000) || offset % 4 !== 0) {
      checkAccess(subsys, offset);
      return { subsys, offset };
    }
    // As in C the sum has 32 bits: the offset of something below may be written as a large one.
    const addr = (window + offset) >>> 0;
    const carried = Math.abs(offset) < 2 ** 33 ? this.soc?.subsysOf(addr) : undefined;
    if (carried !== undefined) return { subsys: carried, offset: addr % 0x1_0000 };
    throw refusal('ERANGE', `no subsystem has ${hexNumber(addr)}: offset ${hexNumber(offset)} of subsystem ${subsys}`);
  }

  #masked(mask: number, upper: number, lower: number): void {
    checkU32(mask, 'mask');
    this.#appendPair(MASK, ~mask >>> 0, upper, lower);
  }

  #writeS(highReg: number, addrLow: number, typeBits: number, lower: number, mask: number): void {
    checkSpr(highReg, 'register of the upper address half');
    checkLow(addrLow);
    if (mask === FULL_MASK) this.append(writeSHigh(OP.WRITE_S, highReg, addrLow, typeBits), lower);
    else this.#masked(mask, writeSHigh(OP.WRITE_S_MASK, highReg, addrLow, typeBits), lower);
  }

  #sync(event: number | string, argB: number): void {
    this.append(high(OP.WFE, checkEvent(event, this.soc)), argB);
  }
}
