// What instructions work on: registers by number, the mask, events, and the two ways out, to registers and to memory.
import { hexNumber } from '../../base/bytes.js';
import { SysError } from '../../base/errno.js';
import type { DmaPort } from '../../bus/dma.js';
import type { MmioMaster } from '../../bus/mmio.js';
import { Events, TIMER_EVENT } from './events.js';
import type { FindingKind, GceFinding, GceHooks } from './look.js';
import type { GceSettings } from './options.js';
import { GPRS } from './regs.js';
import type { GceSoc } from './soc.js';
import type { Thread } from './thread.js';
import { Timer } from './timer.js';

/** What a machine is made of. */
export interface MachineParts {
  readonly soc: GceSoc;
  readonly settings: GceSettings;
  readonly memory: DmaPort;
  readonly registers: MmioMaster;
  readonly hooks: GceHooks;
  /** Values of the events at power-on; all 0 when left out. */
  readonly events: Uint8Array | undefined;
}

/** Findings that are kept; the hook is told of all. */
const MOST_FINDINGS = 1000;
const SPRS = 4;
const FIRST_GPR = 32;
const FIRST_PAIR = 48;
const TPR = 56;
const FIRST_CPR = 0x8000;
const CPRS = 0x8000;
const NO_WINDOW = -1;
/** No thread set the mask last. */
const NOBODY = -1;
/** Addresses of pairs are exact up to here. */
const PAIR_HIGH = 0x1f_ffff;

/** The parts of the engine that all threads share. */
export class Machine {
  readonly soc: GceSoc;
  readonly settings: GceSettings;
  readonly memory: DmaPort;
  readonly hooks: GceHooks;
  readonly gpr = new Int32Array(GPRS);
  readonly events: Events;
  readonly timer: Timer;
  readonly findings: GceFinding[] = [];
  /** One bit per thread whose interrupt is pending. */
  pending = 0;
  /** Instructions since time was set. This and what follows is read and written for each of them. */
  executed = 0;
  readonly registers: MmioMaster;
  /** Bases by subsystem. Signed numbers of 32 bits, which are all below 2^31: addresses then stay whole numbers. */
  readonly windows = new Int32Array(32).fill(NO_WINDOW);
  readonly memoryBase: number;
  /** R0 is the mask of all threads. */
  readonly shared: boolean;
  readonly willWrite: GceHooks['write'];
  readonly didRead: GceHooks['read'];
  /** False when the last read was refused. */
  answered = true;
  readonly #word = new Uint8Array(4);
  readonly #wordView = new DataView(this.#word.buffer);
  #maskOwner = NOBODY;
  #cpr: Int32Array | undefined;
  #instructionNs: number;
  /** When `executed` was 0. */
  #base = 0;

  constructor(parts: MachineParts, changed: (event: number) => void) {
    const { soc, settings, hooks } = parts;
    this.soc = soc;
    this.settings = settings;
    this.memory = parts.memory;
    this.hooks = hooks;
    this.registers = parts.registers;
    this.memoryBase = soc.memoryBase;
    this.willWrite = hooks.write?.bind(hooks);
    this.didRead = hooks.read?.bind(hooks);
    this.shared = settings.mask === 'shared';
    this.#instructionNs = settings.instructionNs;
    soc.subsys.forEach((base, id) => {
      if (base !== undefined) this.windows[id] = base;
    });
    this.events = new Events(parts.events, (id, value) => {
      hooks.event?.(id, value);
      changed(id);
    });
    this.timer = new Timer(this.gpr, (at) => this.events.set(TIMER_EVENT + at, 1));
  }

  /** Nanoseconds, the instructions included that were executed since the last `advance`. */
  get now(): number {
    return this.#base + this.executed * this.#instructionNs;
  }

  /** What an instruction takes; another value counts from now on. */
  get instructionNs(): number {
    return this.#instructionNs;
  }

  set instructionNs(ns: number) {
    this.#base = this.now;
    this.executed = 0;
    this.#instructionNs = ns;
  }

  /** Time passes until `now`, unless it is later already. */
  advance(now: number): void {
    if (now > this.now) {
      this.#base = now;
      this.executed = 0;
    }
    this.timer.advance(this.now);
  }

  /** A register by its number in instructions, signed. */
  read(t: Thread, number: number): number {
    if (number < SPRS) return t.spr[number] as number;
    const gpr = number - FIRST_GPR;
    if (gpr >= 0 && gpr < GPRS) return this.gpr[gpr] as number;
    if (number >= FIRST_PAIR && number < TPR) return this.gpr[2 * (number - FIRST_PAIR)] as number;
    if (number === TPR) return this.timer.value(this.now) | 0;
    if (number >= FIRST_CPR && this.soc.cpr) return this.#cpr?.[number - FIRST_CPR] ?? 0;
    this.find('unknown-register', t, `reads register ${number}, which there is not`);
    return 0;
  }

  /** Writes a register by its number in instructions. The upper half of a pair becomes 0. */
  write(t: Thread, number: number, value: number): void {
    if (number < SPRS) {
      t.spr[number] = value;
      return;
    }
    const gpr = number - FIRST_GPR;
    if (gpr >= 0 && gpr < GPRS) this.setGpr(gpr, value, t.id);
    else if (number >= FIRST_PAIR && number < TPR) {
      this.setGpr(2 * (number - FIRST_PAIR), value, t.id);
      this.setGpr(2 * (number - FIRST_PAIR) + 1, 0, t.id);
    } else if (number >= FIRST_CPR && this.soc.cpr) {
      this.#cpr ??= new Int32Array(CPRS);
      this.#cpr[number - FIRST_CPR] = value;
    } else {
      const which = number === TPR ? 'TPR, which only counts' : `register ${number}, which there is not`;
      this.find('unknown-register', t, `writes ${which}`);
    }
  }

  /** A general register, written by a thread or by software (`by` -1). */
  setGpr(at: number, value: number, by: number): void {
    this.timer.advance(this.now);
    this.gpr[at] = value;
    if (at === 0) this.#maskOwner = by;
    this.timer.changed(this.now);
  }

  /** The address in a register, in whole words; a pair has one of 64 bits. */
  addressIn(t: Thread, number: number): number {
    const low = (this.read(t, number) & ~3) >>> 0;
    if (number < FIRST_PAIR || number >= TPR) return low;
    return ((this.gpr[2 * (number - FIRST_PAIR) + 1] as number) & PAIR_HIGH) * 2 ** 32 + low;
  }

  /** The address in a subsystem's window; negative, and a finding, where there is none. */
  windowAddress(t: Thread, subsys: number, offset: number): number {
    const base = this.windows[subsys] as number;
    if (base !== NO_WINDOW) return base + (offset & 0xfffc);
    if (!t.polling) this.find('unknown-subsys', t, `uses subsystem ${subsys}, which the SoC has not`);
    return NO_WINDOW;
  }

  /** MASK. */
  setMask(t: Thread, mask: number): void {
    if (this.shared) this.setGpr(0, mask, t.id);
    else t.mask = mask;
  }

  /** Ones where a masked access leaves the register alone. */
  maskFor(t: Thread): number {
    if (!this.shared) return t.mask;
    if (this.#maskOwner !== t.id && this.#maskOwner !== NOBODY && !t.polling)
      this.find('mask-hazard', t, `uses the mask of thread ${this.#maskOwner}: R0 is shared`);
    return this.gpr[0] as number;
  }

  /** A word from a register or from memory, unsigned. What does not answer reads 0, and is a finding. */
  load(t: Thread, addr: number): number {
    const value = this.#load(t, addr);
    if (this.didRead !== undefined) this.didRead(t.id, addr, value);
    return value;
  }

  /** A word to a register or to memory; with a mask its bits stay as they are. What does not answer is a finding. */
  store(t: Thread, addr: number, value: number, masked: boolean): void {
    let word = value >>> 0;
    if (masked) {
      const mask = this.maskFor(t);
      this.answered = true;
      word = ((this.load(t, addr) & mask) | (value & ~mask)) >>> 0;
      if (!this.answered) return;
    }
    if (this.willWrite !== undefined) this.willWrite(t.id, addr, word);
    try {
      if (addr < this.memoryBase) this.registers.write32(addr, word);
      else {
        this.#wordView.setUint32(0, word, true);
        this.memory.write(addr, this.#word);
      }
    } catch (error) {
      this.#refused(t, addr, error);
    }
  }

  /** Raises flags of IRQ_STATUS. */
  raise(t: Thread, flag: number): void {
    if ((t.irqStatus & flag) === 0) this.hooks.flag?.(t.id, flag);
    t.irqStatus |= flag;
    this.showIrq(t);
  }

  /** Brings the pending bit of a thread up to date. */
  showIrq(t: Thread): void {
    const bit = (1 << t.id) >>> 0;
    this.pending = ((t.irqStatus & t.irqEnable) !== 0 ? this.pending | bit : this.pending & ~bit) >>> 0;
  }

  /** Notes what nobody else would tell, of the instruction that is being executed or another one. */
  find(kind: FindingKind, t: Thread, text: string, pc: number = t.current): void {
    const finding = { kind, thread: t.id, pc, text };
    if (this.findings.length < MOST_FINDINGS) this.findings.push(finding);
    this.hooks.finding?.(finding);
  }

  #load(t: Thread, addr: number): number {
    try {
      if (addr < this.memoryBase) return this.registers.read32(addr) >>> 0;
      const bytes = this.memory.read(addr, 4);
      return (
        ((bytes[0] as number) |
          ((bytes[1] as number) << 8) |
          ((bytes[2] as number) << 16) |
          ((bytes[3] as number) << 24)) >>>
        0
      );
    } catch (error) {
      this.#refused(t, addr, error);
      return 0;
    }
  }

  /** A bus that says no does not stop the program; anything else is our mistake. */
  #refused(t: Thread, addr: number, error: unknown): void {
    if (!(error instanceof SysError)) throw error;
    this.answered = false;
    if (t.polling) return;
    const kind = addr < this.soc.memoryBase ? 'bus-error' : 'memory-error';
    this.find(kind, t, `${hexNumber(addr)}: ${error.message}`);
  }
}
