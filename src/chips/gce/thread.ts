// One hardware thread: its registers, and the instructions that it has at hand.
import type { DmaPort } from '../../bus/dma.js';
import { SysError } from '../../base/errno.js';
import type { ErrorCause, ThreadState } from './look.js';

/** An instruction's bytes. */
export const INSTRUCTION = 8;
/** How much is looked at without asking the memory again, as long as its epoch stays. */
const VIEW_BYTES = 4096;
/** The epoch of instructions that were fetched ahead: no change of memory touches them. */
export const KEPT = -1;
/** END_ADDR is at no instruction that can be reached from `base` on. */
const NOT_HERE = -1;
const NOTHING = new Int32Array(0);
/** Instructions lie in memory with their lower byte first; so do the words of nearly all computers. */
const LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * A thread. The program counter is `base` plus `index` instructions. What lies from `base` on is at hand in `words`,
 * two for each instruction, the lower one first. END_ADDR is at `endIndex` there, or not at all.
 */
export class Thread {
  readonly id: number;
  readonly #unit: number;
  /** Addresses come round here. */
  readonly #limit: number;
  /** SPR0 to SPR3. */
  readonly spr = new Int32Array(4);
  priority = 0;
  enabled = false;
  suspended = false;
  irqStatus = 0;
  irqEnable = 0;
  execCount = 0;
  /** Power of two of cycles that an instruction may take; 0: no limit. */
  instCycles = 0;
  /** Bits of a register that masked accesses leave alone. */
  mask = 0;
  /** False between a marker that switches fetching ahead off and one that switches it on. */
  prefetches = true;
  error: ErrorCause | undefined;
  /** Stands on a WFE: for this event to have this value. */
  waiting = false;
  waitId = 0;
  waitValue = 0;
  /** Stands on a POLL, and holds the engine: for this word at this address. */
  polling = false;
  pollAddr = 0;
  pollValue = 0;
  pollMask = 0;
  pollSeen = 0;
  /** Since when it waits or polls, and whether that has taken too long already. */
  blockedAt = 0;
  timedOut = false;
  /** Fields that the run loop uses; others ask `pc` and `end`. */
  base = 0;
  index = 0;
  count = 0;
  endIndex = 0;
  epoch = KEPT;
  words: Int32Array = NOTHING;
  #end = 0;
  #ahead: Int32Array = NOTHING;

  constructor(id: number, shift: number) {
    this.id = id;
    this.#unit = 2 ** shift;
    this.#limit = 2 ** 32 * this.#unit;
  }

  /** As after WARM_RESET: every register is 0, nothing is fetched. */
  reset(): void {
    this.spr.fill(0);
    this.priority = 0;
    this.enabled = false;
    this.suspended = false;
    this.irqStatus = 0;
    this.irqEnable = 0;
    this.execCount = 0;
    this.instCycles = 0;
    this.mask = 0;
    this.prefetches = true;
    this.#end = 0;
    this.restart(0);
  }

  /** The program counter in bytes. */
  get pc(): number {
    const pc = this.base + this.index * INSTRUCTION;
    return pc < this.#limit ? pc : pc - this.#limit;
  }

  /** Where the instruction is that is being executed: the program counter is behind it already. */
  get current(): number {
    return this.base + (this.index - 1) * INSTRUCTION;
  }

  /** First address that is not executed, in bytes. */
  get end(): number {
    return this.#end;
  }

  set end(addr: number) {
    this.#end = addr;
    this.#findEnd();
  }

  /** The program counter has reached END_ADDR. */
  get atEnd(): boolean {
    return this.index === this.endIndex || this.pc === this.#end;
  }

  /** A software write of CURR_ADDR: what was fetched, awaited and wrong is forgotten. */
  restart(addr: number): void {
    this.error = undefined;
    this.waiting = false;
    this.polling = false;
    this.#goTo(addr);
  }

  /** Goes to an address, or comes round to it; what is at hand there stays. */
  jump(addr: number): void {
    const target = addr >= this.#limit ? addr - this.#limit : addr < 0 ? addr + this.#limit : addr;
    const bytes = target - this.base;
    // Whole numbers of 32 bits: the run loop must not meet anything else here.
    if (bytes >= 0 && bytes < this.count * INSTRUCTION && (bytes & 7) === 0) this.index = bytes >> 3;
    else this.#goTo(target);
  }

  /** Drops the instructions that are at hand. */
  drop(): void {
    this.#goTo(this.pc);
  }

  /**
   * Gets instructions from the program counter on: `ahead` of them to be kept, or with 0 a view of the memory. Answers
   * what was wrong.
   */
  fetch(memory: DmaPort, ahead: number): ErrorCause | undefined {
    this.#goTo(this.pc);
    if (this.base % INSTRUCTION !== 0) return { kind: 'misaligned' };
    const keep = ahead > 0 && this.prefetches;
    try {
      const bytes = memory.span(this.base, keep ? ahead * INSTRUCTION : VIEW_BYTES);
      if (bytes.length < INSTRUCTION) return { kind: 'fetch', text: `only ${bytes.length} bytes of it are mapped` };
      if (keep) this.#keep(bytes, ahead);
      else this.#look(bytes, memory.epoch);
      return undefined;
    } catch (error) {
      if (error instanceof SysError) return { kind: 'fetch', text: error.message };
      throw error;
    }
  }

  /** What the thread does. */
  get state(): ThreadState {
    if (!this.enabled) return 'disabled';
    if (this.suspended && !this.polling) return 'suspended';
    if (this.error !== undefined) return 'error';
    if (this.polling) return 'polling';
    if (this.atEnd) return 'idle-at-end';
    return this.waiting ? 'waiting' : 'running';
  }

  #goTo(addr: number): void {
    this.base = addr;
    this.index = 0;
    this.count = 0;
    this.#findEnd();
  }

  #findEnd(): void {
    const bytes = this.#end - this.base;
    this.endIndex = bytes >= 0 && bytes <= 0x7fff_ffff && (bytes & 7) === 0 ? bytes >> 3 : NOT_HERE;
  }

  #look(bytes: Uint8Array, epoch: number): void {
    if (LITTLE && bytes.byteOffset % 4 === 0) {
      this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
      this.count = bytes.length >> 3;
    } else this.#keep(bytes, 1);
    this.epoch = epoch;
  }

  #keep(bytes: Uint8Array, ahead: number): void {
    const count = Math.min(ahead, bytes.length >> 3);
    if (this.#ahead.length < 2 * count) this.#ahead = new Int32Array(2 * ahead);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < 2 * count; at++) this.#ahead[at] = view.getInt32(4 * at, true);
    this.words = this.#ahead;
    this.epoch = KEPT;
    this.count = count;
  }
}
