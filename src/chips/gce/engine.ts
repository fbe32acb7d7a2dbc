// The engine: threads take turns and execute instructions. It knows no clock, no board and no devicetree.
import { assert } from '../../base/assert.js';
import type { DmaPort } from '../../bus/dma.js';
import type { MmioMaster } from '../../bus/mmio.js';
import { EVENTS } from './events.js';
import { DONE, POLLS, STOPS, WAITS } from './execute.js';
import { errorWords, type GceFinding, type GceHooks, type ThreadLook } from './look.js';
import { Machine } from './machine.js';
import { DEFAULT_READINGS, DEFAULT_TIMING, type GceSettings } from './options.js';
import { IRQ } from './regs.js';
import { Schedule } from './schedule.js';
import { GCE_SOCS, type GceSoc, type GceSocName } from './soc.js';
import { again, ENDS, FETCHES, mustFetch, straight } from './straight.js';
import { Thread } from './thread.js';

/** What an engine works in. Everything but memory and registers has a default. */
export interface GceEngineParts extends Partial<GceSettings> {
  /** Default mt8173. */
  readonly soc?: GceSocName | GceSoc;
  /** Where the code is, and data from `soc.memoryBase` on. */
  readonly memory: DmaPort;
  /** The registers of all other blocks, below. */
  readonly registers: MmioMaster;
  readonly hooks?: GceHooks;
  /** Values of the 1024 events at power-on; all 0 when left out. */
  readonly events?: Uint8Array;
}

/** Instructions of one `run` when nobody says. */
const DEFAULT_BUDGET = 1_000_000;
/** Bits 18 to 16 of GCTL_VALUE. */
const DDR_ENABLE = 0x0007_0000;
/** More than any timer of a clock takes. */
const LONGEST_NS = 2 ** 53;

/**
 * The engine without a chip around it. Nothing happens outside `run`; a program that never ends is a thread that is
 * still `running` when the budget is used up. What software does with the registers goes through `GceRegisters`.
 */
export class GceEngine {
  readonly soc: GceSoc;
  readonly machine: Machine;
  readonly threads: readonly Thread[];
  readonly #schedule: Schedule;
  readonly #slots: boolean;
  /** Who holds the engine with a POLL. */
  #poller: Thread | undefined;
  /** By event, one bit per thread that stands on a WFE for it. */
  readonly #waiters = new Int32Array(EVENTS);
  /** THR_SLOT_CYCLES. */
  slotCycles = 0;
  /** GCTL_VALUE. */
  control = 0;
  /** Instructions that are fetched ahead from the next fetch on. */
  prefetch: number;

  constructor(parts: GceEngineParts) {
    const { soc = 'mt8173', memory, registers, hooks = {}, events } = parts;
    const settings = { ...DEFAULT_READINGS, ...DEFAULT_TIMING, ...parts };
    this.soc = typeof soc === 'string' ? GCE_SOCS[soc] : soc;
    this.threads = Array.from({ length: this.soc.threads }, (_, id) => new Thread(id, this.soc.shift));
    this.#schedule = new Schedule(this.threads);
    this.#slots = settings.turns === 'slots';
    this.prefetch = settings.prefetch;
    const made = { soc: this.soc, settings, memory, registers, hooks, events };
    this.machine = new Machine(made, (event) => this.#release(event));
  }

  /** Virtual time in nanoseconds: what was executed, and what `advance` let pass. */
  get now(): number {
    return this.machine.now;
  }

  /** Lets time pass until `now`, if it is later: timers fire, and instructions that take too long are noted. */
  advance(now: number): void {
    this.machine.advance(now);
    for (const t of this.threads) if (this.#deadline(t) <= this.machine.now) this.#takesTooLong(t);
  }

  /** The moment of the next thing that happens by itself while no thread executes; Infinity when nothing will. */
  nextAt(): number {
    return this.threads.reduce((soonest, t) => Math.min(soonest, this.#deadline(t)), this.machine.timer.nextAt());
  }

  /** True while a thread can execute and none polls. */
  get busy(): boolean {
    return this.#poller === undefined && this.#schedule.any;
  }

  /** The thread that holds the engine with a POLL; -1 when none does. */
  get poller(): number {
    return this.#poller?.id ?? -1;
  }

  /** The thread that executed last; -1 when none has. */
  get current(): number {
    return this.#schedule.current;
  }

  /** One bit per thread whose interrupt is pending. */
  get pending(): number {
    return this.machine.pending;
  }

  /** What programs did wrong without being stopped; the first thousand. */
  get findings(): readonly GceFinding[] {
    return this.machine.findings;
  }

  /** A pulse on an event's input: it is 1 until somebody clears it. */
  fire(id: number): void {
    assert(id >= 0 && id < EVENTS && Number.isInteger(id), `there is no event ${id}`);
    this.machine.events.set(id, 1);
  }

  /** The value of an event: 0 or 1. */
  event(id: number): number {
    return this.machine.events.get(id);
  }

  /**
   * Executes until nothing can go on, or `budget` instructions; answers how many. A thread that polls has one look
   * each time.
   */
  run(budget: number = DEFAULT_BUDGET): number {
    let left = budget;
    const poller = this.#poller;
    if (poller !== undefined && left > 0) {
      this.#schedule.force(poller);
      left -= this.#turn(poller, 1);
    }
    while (left > 0 && this.#poller === undefined) {
      const t = this.#schedule.take();
      if (t === undefined) break;
      const slot = this.#slot();
      const most = Math.min(left, slot);
      const done = this.#turn(t, most);
      left -= done;
      if (done === slot) this.#schedule.rotate();
    }
    return budget - left;
  }

  /** Everything about a thread, as plain data. */
  look(id: number): ThreadLook {
    const t = this.threads[id];
    assert(t !== undefined, `there is no thread ${id}`);
    const { state, pc, end, priority, irqStatus, irqEnable, execCount, error, pollAddr: addr, pollMask: mask } = t;
    const spr = Array.from(t.spr, (value) => value >>> 0);
    const stands = t.waiting || t.polling || error !== undefined;
    const at = stands && t.count > t.index ? this.#at(t) : undefined;
    return {
      ...{ id, state, pc, end, priority, waitToken: this.waitToken(t), irqStatus, irqEnable },
      ...{ execCount: execCount >>> 0, spr },
      ...(at === undefined ? {} : { at }),
      ...(t.waiting || t.polling ? { since: t.blockedAt } : {}),
      ...(t.waiting ? { waitsFor: { event: t.waitId, value: t.waitValue } } : {}),
      ...(t.polling ? { pollsFor: { addr, value: t.pollValue, mask, seen: t.pollSeen } } : {}),
      ...(error === undefined ? {} : { error }),
    };
  }

  /** WAIT_TOKEN of a thread. */
  waitToken(t: Thread): number {
    return t.waiting ? (0x8000_0000 | t.waitId) >>> 0 : 0;
  }

  /** To be called when software has changed a thread: finds out whether it can execute now. */
  changed(t: Thread): void {
    if (this.#poller === t && !(t.polling && t.enabled)) this.#endPoll(t);
    if (!t.waiting) this.#unlist(t);
    this.machine.showIrq(t);
    this.#note(t);
  }

  #note(t: Thread): void {
    const free = t.enabled && !t.suspended && !t.polling && t.error === undefined && !t.atEnd;
    this.#schedule.note(t, free && !(t.waiting && this.machine.events.get(t.waitId) !== t.waitValue));
  }

  /** An event has changed: threads that stand on it may go on. */
  #release(event: number): void {
    for (let left = this.#waiters[event] as number; left !== 0; left &= left - 1)
      this.#note(this.threads[31 - Math.clz32(left & -left)] as Thread);
  }

  /** The thread does not wait any more, or not for the event that it did. */
  #unlist(t: Thread): void {
    this.#waiters[t.waitId] = (this.#waiters[t.waitId] as number) & ~(1 << t.id);
  }

  /** Instructions of one turn. */
  #slot(): number {
    if (!this.#slots || this.slotCycles === 0) return Number.POSITIVE_INFINITY;
    const { instructionNs } = this.machine;
    const { cycleNs } = this.machine.settings;
    return Math.max(1, Math.floor((this.slotCycles * cycleNs) / Math.max(instructionNs, cycleNs)));
  }

  /** One thread executes until it stands still, must give way, or `most` instructions are done; answers how many. */
  #turn(t: Thread, most: number): number {
    const m = this.machine;
    const before = m.executed;
    const limit = before + most;
    let outcome: number = t.waiting || t.polling ? this.#again(t) : DONE;
    while (outcome === DONE && !this.#schedule.over) {
      outcome = straight(m, t, this.#schedule, limit);
      if (outcome === FETCHES) outcome = this.#fetch(t) ? DONE : ENDS;
    }
    if (outcome > DONE) this.#stand(t, outcome);
    this.#note(t);
    return m.executed - before;
  }

  /** The instruction that a thread stands on, once more. */
  #again(t: Thread): number {
    if ((t.atEnd && !t.polling) || (mustFetch(this.machine, t) && !this.#fetch(t))) return ENDS;
    this.#unlist(t);
    const outcome = again(this.machine, t);
    if (outcome === DONE) this.#moveOn(t);
    return outcome;
  }

  #fetch(t: Thread): boolean {
    if (this.soc.control.ddr && (this.control & DDR_ENABLE) === 0)
      this.machine.find('ddr-off', t, 'reads its code while GCTL_VALUE has memory switched off', t.pc);
    const error = t.fetch(this.machine.memory, this.prefetch);
    if (error === undefined) return true;
    this.machine.find('code', t, `cannot be executed: ${errorWords(error)}`, t.pc);
    t.error = error;
    this.#stand(t, STOPS);
    return false;
  }

  /** The thread stays on its instruction. */
  #stand(t: Thread, outcome: number): void {
    if (outcome === STOPS) {
      if (t.polling) this.#endPoll(t);
      t.waiting = false;
      this.#unlist(t);
      this.machine.raise(t, IRQ.invalid);
      return;
    }
    if (!t.waiting && !t.polling) {
      t.blockedAt = this.machine.now;
      t.timedOut = false;
    }
    if (outcome === WAITS) {
      t.waiting = true;
      this.#waiters[t.waitId] = (this.#waiters[t.waitId] as number) | (1 << t.id);
    } else if (outcome === POLLS) {
      t.polling = true;
      this.#poller = t;
    }
  }

  /** The instruction that the thread stood on is done. */
  #moveOn(t: Thread): void {
    t.waiting = false;
    if (t.polling) this.#endPoll(t);
  }

  #endPoll(t: Thread): void {
    t.polling = false;
    if (this.#poller === t) this.#poller = undefined;
  }

  /** When the instruction that a thread stands on will have taken too long; Infinity when there is no limit. */
  #deadline(t: Thread): number {
    if (t.instCycles === 0 || t.timedOut || !t.enabled || !(t.waiting || t.polling)) return Number.POSITIVE_INFINITY;
    const at = Math.ceil(t.blockedAt + 2 ** t.instCycles * this.machine.settings.cycleNs);
    return at < LONGEST_NS ? at : Number.POSITIVE_INFINITY;
  }

  #takesTooLong(t: Thread): void {
    t.timedOut = true;
    this.machine.raise(t, IRQ.timeout);
  }

  #at(t: Thread): ThreadLook['at'] {
    const at = t.index * 2;
    return { pc: t.pc, high: (t.words[at + 1] as number) >>> 0, low: (t.words[at] as number) >>> 0 };
  }
}
