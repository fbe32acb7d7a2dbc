// Runs GCE programs on the modelled engine, each on a thread of its own, and keeps what happened.
import type { CmdqSoc } from '../drivers/mtk-cmdq/soc-tables.js';
import type { GceFinding, ThreadLook } from '../chips/gce/look.js';
import { T, THREAD_BASE, THREAD_SIZE } from '../chips/gce/regs.js';
import { GceSimulator } from '../chips/gce/simulator.js';
import { GCE_SOCS, type GceSocName } from '../chips/gce/soc.js';

/** A program on its thread. */
export interface ThreadPlan {
  readonly thread: number;
  readonly priority: number;
  readonly bytes: Uint8Array;
  /** Address of the first byte. */
  readonly base: number;
  /** Offsets of the first instruction that is executed, and of the first that is not. */
  readonly start: number;
  readonly end: number;
  /** What its own registers begin with. */
  readonly spr: readonly number[];
}

/** An event that somebody outside raises. */
export interface Raise {
  readonly id: number;
  readonly at: number;
  /** Nanoseconds from one to the next; undefined for one alone. */
  readonly every: number | undefined;
}

/** What is to be run. */
export interface RunPlan {
  readonly soc: CmdqSoc;
  readonly threads: readonly ThreadPlan[];
  readonly raises: readonly Raise[];
  /** Events that are 1 at the beginning. */
  readonly set: readonly number[];
  /** Registers that have a value at the beginning. */
  readonly registers: readonly (readonly [addr: number, value: number])[];
  /** Instructions of all threads and raised events together. */
  readonly steps: number;
  readonly untilNs: number;
}

/** One instruction that was begun, or an event from outside. */
export interface Step {
  readonly at: number;
  /** Undefined for an event from outside. */
  readonly thread: number | undefined;
  readonly pc: number;
  readonly high: number;
  readonly low: number;
  readonly writes: (readonly [addr: number, value: number])[];
  readonly reads: (readonly [addr: number, value: number])[];
  /** The event that was raised from outside; undefined for an instruction. */
  readonly raised: number | undefined;
  /** Flags of IRQ_STATUS that went up. */
  flags: number;
  /** How long it stood on a WFE or POLL; undefined where it did not, or still does. */
  waitedNs: number | undefined;
}

/** What one thread did. */
export interface ThreadResult extends ThreadLook {
  readonly plan: ThreadPlan;
  readonly instructions: number;
  readonly writes: number;
  readonly waits: number;
  /** Spent standing on WFE and POLL. */
  readonly waitedNs: number;
  /** The moment of its last instruction, or of the end. */
  readonly lastNs: number;
  readonly interrupts: number;
}

/** What happened. */
export interface RunResult {
  readonly steps: readonly Step[];
  /** Steps that were left out behind the first so many. */
  readonly left: number;
  readonly threads: readonly ThreadResult[];
  /** Written registers with their last value, in order of address. */
  readonly registers: readonly (readonly [addr: number, value: number])[];
  readonly findings: readonly GceFinding[];
  readonly executed: number;
  readonly nowNs: number;
  /** Steps or time were used up. */
  readonly isOut: boolean;
}

/** Steps that are kept. */
const KEPT = 2000;

/** Runs until nothing goes on, or the steps are used up, or the time is over. */
export function runPrograms(plan: RunPlan): RunResult {
  const run = new Run(plan);
  run.go();
  return run.result();
}

interface Tally {
  instructions: number;
  writes: number;
  waits: number;
  waitedNs: number;
  lastNs: number;
  interrupts: number;
  /** The step that the thread is on. */
  step: Step | undefined;
}

class Run {
  readonly #plan: RunPlan;
  readonly #gce: GceSimulator;
  readonly #steps: Step[] = [];
  #left = 0;
  readonly #tallies = new Map<number, Tally>();
  readonly #registers = new Map<number, number>();
  readonly #raises: { readonly id: number; at: number; readonly every: number | undefined }[];
  #executed = 0;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#raises = plan.raises.map((raise) => ({ ...raise }));
    const events = new Uint8Array(1024);
    for (const id of plan.set) events[id] = 1;
    this.#gce = new GceSimulator({
      soc: GCE_SOCS[plan.soc.name as GceSocName],
      events,
      hooks: {
        instruction: (thread, pc, high, low) => this.#begin(thread, pc, high, low),
        write: (thread, addr, value) => this.#write(thread, addr, value),
        read: (thread, addr, value) => void this.#tally(thread).step?.reads.push([addr, value]),
        flag: (thread, flag) => this.#flag(thread, flag),
      },
    });
    for (const [addr, value] of plan.registers) this.#gce.blocks.write32(addr, value);
    for (const { thread, priority, bytes, base, start, end, spr } of plan.threads) {
      this.#gce.memory.put(base, bytes);
      this.#gce.start(thread, { pc: base + start, end: base + end, priority });
      spr.forEach((value, at) => {
        this.#gce.registers.write32(THREAD_BASE + thread * THREAD_SIZE + T.SPR0.addr + at * 4, value);
      });
    }
  }

  go(): void {
    const { engine } = this.#gce;
    const { steps, untilNs } = this.#plan;
    while (this.#executed < steps && engine.now <= untilNs) {
      this.#raiseDue();
      const next = Math.min(...this.#raises.map(({ at }) => at));
      this.#executed += engine.run(Math.min(steps - this.#executed, this.#instructionsUntil(next)));
      if (engine.busy) continue;
      this.#settle();
      const at = Math.min(engine.nextAt(), next);
      if (!this.#isWaiting() || at > untilNs) break;
      engine.advance(at);
    }
  }

  /** So many that none of them begins behind a moment. */
  #instructionsUntil(at: number): number {
    const { now, machine } = this.#gce.engine;
    return Math.max(1, Math.ceil((at - now) / machine.settings.instructionNs));
  }

  result(): RunResult {
    const { engine } = this.#gce;
    return {
      steps: this.#steps,
      left: this.#left,
      threads: this.#plan.threads.map((plan) => {
        const { step: _, ...tally } = this.#tally(plan.thread);
        return { ...engine.look(plan.thread), ...tally, plan };
      }),
      registers: [...this.#registers].toSorted(([a], [b]) => a - b),
      findings: engine.findings,
      executed: this.#executed,
      nowNs: engine.now,
      isOut: engine.busy,
    };
  }

  /** Somebody may still go on when an event comes. */
  #isWaiting(): boolean {
    return this.#plan.threads.some(({ thread }) =>
      ['waiting', 'polling'].includes(this.#gce.engine.look(thread).state),
    );
  }

  #tally(thread: number): Tally {
    const known = this.#tallies.get(thread);
    if (known !== undefined) return known;
    const made = { instructions: 0, writes: 0, waits: 0, waitedNs: 0, lastNs: 0, interrupts: 0, step: undefined };
    this.#tallies.set(thread, made);
    return made;
  }

  #keep(step: Step): void {
    if (this.#steps.length < KEPT) this.#steps.push(step);
    else this.#left++;
  }

  #begin(thread: number, pc: number, high: number, low: number): void {
    const tally = this.#tally(thread);
    this.#goesOn(tally);
    const step = stepAt(this.#gce.engine.now, thread, pc, high, low);
    tally.step = step;
    tally.instructions++;
    tally.lastNs = step.at;
    this.#keep(step);
  }

  /** The thread is behind its last step: had it stood there for longer than an instruction takes, it waited. */
  #goesOn(tally: Tally): void {
    const { step } = tally;
    if (step === undefined || step.waitedNs !== undefined) return;
    const { now, machine } = this.#gce.engine;
    const waited = now - step.at - machine.settings.instructionNs;
    tally.step = undefined;
    if (!isStop(step) || waited <= 0) return;
    step.waitedNs = waited;
    tally.waits++;
    tally.waitedNs += waited;
  }

  /** Threads that went on and came to their end have begun no other instruction. */
  #settle(): void {
    for (const { thread } of this.#plan.threads) {
      if (this.#gce.engine.look(thread).state === 'idle-at-end') this.#goesOn(this.#tally(thread));
    }
  }

  #write(thread: number, addr: number, value: number): void {
    const tally = this.#tally(thread);
    tally.step?.writes.push([addr, value]);
    tally.writes++;
    this.#registers.set(addr, value);
  }

  #flag(thread: number, flag: number): void {
    const tally = this.#tally(thread);
    if (tally.step !== undefined) tally.step.flags |= flag;
    tally.interrupts++;
  }

  #raiseDue(): void {
    const { engine } = this.#gce;
    for (const raise of this.#raises) {
      if (raise.at > engine.now) continue;
      this.#keep({ ...stepAt(raise.at, undefined, 0, 0, 0), raised: raise.id });
      engine.fire(raise.id);
      this.#executed++;
      raise.at = raise.every === undefined ? Number.POSITIVE_INFINITY : raise.at + raise.every;
    }
  }
}

function stepAt(at: number, thread: number | undefined, pc: number, high: number, low: number): Step {
  return { at, thread, pc, high, low, writes: [], reads: [], raised: undefined, flags: 0, waitedNs: undefined };
}

/** WFE and POLL. */
function isStop({ high }: Step): boolean {
  const op = high >>> 24;
  return op === 0x20 || op === 0x08;
}

/** Where the programs of a run are put when they do not say it. */
export function placeOf(index: number): number {
  return 0x4000_0000 + index * 0x0100_0000;
}

/** Whether two programs have memory in common. */
export function overlap(a: ThreadPlan, b: ThreadPlan): boolean {
  return a.base < b.base + b.bytes.length && b.base < a.base + a.bytes.length;
}
