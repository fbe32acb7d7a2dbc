// MediaTek's Global Command Engine: a socket around engine.ts. It gives the engine time, wires and a trace.
//
// No hardware was at hand and no datasheet is public. What the model does follows from Linux's driver and bindings and
// from what MediaTek's kernels say; every rule with its certainty stands in docs/devices/gce.md.
//
// Gaps
// 1. Decided here, because no public source says it.
// - The mask is one per thread and 0 after a reset (`mask: 'shared'` is the other reading). A flag of IRQ_STATUS is
//   kept while it is not enabled. WAIT_TOKEN is 0 while a thread does not wait, and after a write of CURR_ADDR.
// - A write to a subsystem that the SoC has not is dropped; so is one that the bus refuses. A read there is 0. The
//   program goes on, and the trace has a finding. A write that a mask needs a read for is dropped when that fails.
// - Code that cannot be read stops its thread as an invalid instruction does: a bus that refuses answers zeros, and
//   there is no opcode 0. So does a program counter between instructions.
// - A thread that stopped goes on behind a write of CURR_ADDR or a reset; clearing the flag is not enough.
// - Sums, differences and products that leave 32 bits stop the thread; shifts lose bits, and are 0 from 32 on. A WFE
//   with an operator other than 0 stops it. Event ids wrap at 1024; an event keeps bit 0 of what it is updated to.
// - Type bits that an instruction has no use for are not looked at. READ, POLL and WRITE name general registers from 0,
//   a value register by five bits of the lower word. A pair that is written by number takes 32 bits, and 0 above them.
// - A POLL whose thread is suspended ends first; disabling the thread, resetting it or writing CURR_ADDR ends it.
// - A higher priority takes over behind any instruction; among equals nobody gives way before it blocks (`turns`).
//   A POLL blocks, too: a thread that software takes off its POLL has lost its turn.
// - INST_CYCLES counts for instructions that wait or poll, once each; the flag goes up and the thread waits on.
// - TPR counts while TPR_MASK bit 31 is set. Its event fires in the tick in which it equals the register, also by a
//   write. It cannot be written.
// - An instruction takes 50 ns. They are executed in bursts of 16 and more, each at the moment when the one before is
//   over; a POLL looks again after 1 us, then after twice that, up to 64 us, and with each access to the GCE.
// - CORE_WARM_RESET resets all threads, and leaves events and general registers.
// - The window of a prefetch ends with the mapping that it lies in.
// - The interrupt of mt6779 and mt8365 is low, as it is with their contemporaries. mt6779 has the windows of mt8183.
//   For mt8365 there are no public facts: 16 threads and byte addresses are what MediaTek's kernel gives MT8168, which
//   is the same chip under its other name. Its windows are not known, so every subsystem is unknown there. mt8173 has
//   the three windows of Linux's header. CPRs are there where the shift is 3, from 0x8000 to 0xffff.
// 2. What the chip has and the model has not.
// - Secure threads, virtual machines, instruction aborts, outpin events, the debug registers, THR_EXEC_CYCLES,
//   THR_TIMEOUT_TIMER, THRESX, PREFETCH and its group sizes: `todo` in regs.ts. EOC's "no suspend".
// - Power and clocks: GCTL_VALUE keeps what is written; the memory is always there, and using it while the DDR bits are
//   off is a finding on the SoC that has them (mt8186).
// - What a write takes on the bus of its block.
import { hexNumber } from '../../base/bytes.js';
import type { Clock, Timer } from '../../base/clock.js';
import type { Trace } from '../../base/trace.js';
import type { EventTarget } from '../../bus/event.js';
import type { IrqPin } from '../../bus/irq.js';
import type { MmioTarget } from '../../bus/mmio.js';
import type { ChipModel, Socket } from '../../bus/socket.js';
import { wordMap } from '../register-file.js';
import { GceEngine } from './engine.js';
import { inWords, type GceFinding, type ThreadLook } from './look.js';
import { DEFAULT_KNOBS, type GceKnob, type GceKnobs, isEvent, knobs } from './knobs.js';
import { DEFAULT_TIMING, type GceOptions, undefinedEvents } from './options.js';
import { compatibleOf, GCE_SOCS, type GceSocName, socOf } from './soc.js';
import { GceRegisters } from './window.js';

export { type Decoded, decode, type OpName } from './decode.js';
export { GceEngine, type GceEngineParts } from './engine.js';
export {
  type ErrorCause,
  type EventName,
  type FindingKind,
  type GceFinding,
  type GceHooks,
  type Instruction,
  inWords,
  type PollLook,
  type ThreadLook,
  type ThreadState,
  whyInWords,
} from './look.js';
export type { GceOptions, GceReadings, GceSettings, GceTiming } from './options.js';
export { PlainMemory, PlainRegisters } from './plain.js';
export { GceSimulator, type GceSimulatorParts, type ThreadStart } from './simulator.js';
export { GCE_SOCS, type GceSoc, type GceSocName } from './soc.js';
export { GceRegisters } from './window.js';

/**
 * The model of all SoCs of soc.ts; which one, the socket's compatible says, or the option. It takes a register window,
 * the interrupt line `gce`, event lines, memory and the way to all registers.
 */
export function gceChip(options: Partial<GceOptions> = {}): ChipModel {
  return {
    name: 'gce',
    compatible: (Object.keys(GCE_SOCS) as GceSocName[]).map(compatibleOf),
    plug(socket) {
      new Gce(socket, options);
    },
  };
}

/** Where options put the knobs. */
function knobsOf({ instructionNs, pollNs, prefetch }: Partial<GceOptions>): Partial<GceKnobs> {
  return {
    ...(instructionNs === undefined ? {} : { instructionNs }),
    ...(pollNs === undefined ? {} : { pollNs }),
    ...(prefetch === undefined ? {} : { prefetchInstructions: prefetch }),
  };
}

/** Instructions of a burst: a program that goes on and on is executed in longer ones. */
const SHORT_BURST = 16;
const LONG_BURST = 1024;
const DEFAULT_SOC: GceSocName = 'mt8173';

class Gce implements MmioTarget, EventTarget {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #knobs: GceKnobs;
  readonly #pollMostNs: number;
  readonly #engine: GceEngine;
  readonly #registers: GceRegisters;
  readonly #irq: IrqPin;
  readonly #activeHigh: boolean;
  /** What the trace has said of each thread. */
  readonly #told: string[] = [];
  #timer: Timer | undefined;
  #running = false;
  #burst = SHORT_BURST;
  #pollWait: number;
  /** No look of a POLL before. */
  #pollAt = 0;

  constructor(socket: Socket, options: Partial<GceOptions>) {
    const { events = 'undefined', soc = socOf(socket.compatible) ?? DEFAULT_SOC, ...settings } = options;
    this.#name = socket.name;
    this.#clock = socket.clock;
    this.#trace = socket.trace;
    this.#knobs = { ...DEFAULT_KNOBS, ...knobsOf(settings), ...socket.wiring };
    this.#pollMostNs = settings.pollMostNs ?? DEFAULT_TIMING.pollMostNs;
    this.#pollWait = this.#knobs.pollNs;
    this.#engine = new GceEngine({
      ...settings,
      instructionNs: this.#knobs.instructionNs,
      prefetch: this.#knobs.prefetchInstructions,
      soc,
      memory: socket.dma(),
      registers: socket.master(),
      hooks: { finding: (finding) => this.#tellFinding(finding) },
      ...(events === 'cleared' ? {} : { events: undefinedEvents(socket.random.stream('events')) }),
    });
    this.#registers = new GceRegisters(this.#engine, socket.name, socket.trace);
    this.#activeHigh = this.#engine.soc.irqLevel === 'high';
    this.#irq = socket.irq('gce', !this.#activeHigh);
    socket.mmio(this);
    socket.events(this);
    socket.inspect({
      registers: () => this.#registers.registers(),
      words: () => this.#words(),
      map: () => wordMap(this.#registers.mapped()),
    });
    for (const knob of knobs(this.#knobs, (name) => this.#turned(name))) socket.knob(knob);
    this.#turned('eventPulse');
  }

  read32(offset: number): number {
    this.#catchUp();
    return this.#registers.read32(offset);
  }

  write32(offset: number, value: number): void {
    this.#catchUp();
    this.#registers.write32(offset, value);
    this.#touched();
  }

  event(id: number): void {
    this.#catchUp();
    this.#engine.fire(id);
    this.#touched();
  }

  /** A knob was turned: what it says counts from now on. */
  #turned(knob: GceKnob): void {
    const { instructionNs, prefetchInstructions, eventPulse } = this.#knobs;
    this.#catchUp();
    if (knob === 'instructionNs') this.#engine.machine.instructionNs = instructionNs;
    else if (knob === 'prefetchInstructions') this.#engine.prefetch = prefetchInstructions;
    else if (knob === 'eventPulse' && isEvent(eventPulse)) this.#engine.fire(eventPulse);
    this.#touched();
  }

  /** Every thread that somebody has used. */
  #words(): Record<string, string> {
    const used = this.#engine.threads.filter((t) => t.enabled || t.end !== 0 || t.pc !== 0 || t.irqStatus !== 0);
    return Object.fromEntries(used.map(({ id }) => [`thread ${id}`, inWords(this.#engine.look(id))]));
  }

  /** The engine's time is at least the clock's; while it runs it is ahead. */
  #catchUp(): void {
    if (!this.#running) this.#engine.advance(this.#clock.now());
  }

  /** Somebody did something: a POLL looks again at once. What a program does to its own GCE is seen to behind it. */
  #touched(): void {
    if (this.#running) return;
    this.#pollWait = this.#knobs.pollNs;
    this.#pollAt = 0;
    this.#follow();
  }

  #step(): void {
    this.#timer = undefined;
    const now = this.#clock.now();
    const engine = this.#engine;
    engine.advance(now);
    const polled = engine.poller;
    this.#running = true;
    if (engine.now <= now) engine.run(polled >= 0 && now < this.#pollAt ? 0 : this.#burst);
    this.#running = false;
    this.#burst = engine.busy ? Math.min(2 * this.#burst, LONG_BURST) : SHORT_BURST;
    if (engine.poller >= 0 && now >= this.#pollAt) this.#pollLater(engine.poller === polled, now);
    this.#follow();
  }

  #pollLater(again: boolean, now: number): void {
    const { pollNs } = this.#knobs;
    this.#pollWait = again ? Math.max(pollNs, Math.min(2 * this.#pollWait, this.#pollMostNs)) : pollNs;
    this.#pollAt = now + this.#pollWait;
  }

  /** Brings line, trace and timer to where the engine is. */
  #follow(): void {
    const active = this.#engine.pending !== 0;
    this.#irq.set(active === this.#activeHigh);
    if (this.#trace.on) this.#tellThreads();
    this.#plan();
  }

  #plan(): void {
    const now = this.#clock.now();
    const engine = this.#engine;
    let at = engine.nextAt();
    if (engine.busy) at = Math.min(at, engine.now);
    else if (engine.poller >= 0) at = Math.min(at, Math.max(engine.now, this.#pollAt));
    // A timer holds whole nanoseconds, and the engine must not be ahead when it fires.
    at = Math.ceil(Math.max(at, now));
    if (this.#timer?.at === at) return;
    this.#timer?.cancel();
    this.#timer = Number.isFinite(at) ? this.#clock.after(at - now, () => this.#step()) : undefined;
  }

  #tellThreads(): void {
    for (const { id, state, waitId } of this.#engine.threads) {
      const told = state === 'waiting' ? `${state} ${waitId}` : state;
      if (told === (this.#told[id] ?? 'disabled')) continue;
      this.#told[id] = told;
      this.#tell(this.#engine.look(id));
    }
  }

  #tell(look: ThreadLook): void {
    const { id: thread, state, pc } = look;
    this.#trace.emit(this.#name, { kind: 'gce_thread', thread, state, pc: hexNumber(pc), why: inWords(look) });
  }

  #tellFinding({ thread, pc, text }: GceFinding): void {
    if (this.#trace.on) this.#trace.emit(this.#name, { kind: 'gce_finding', thread, pc: hexNumber(pc), text });
  }
}
