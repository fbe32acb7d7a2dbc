// What tests of the GCE stand on: an engine on the table that notes its writes, and a chip in a socket made by hand
// with memory behind a ledger, register windows, and a clock.
import { SimClock } from '../src/base/clock.js';
import { Random } from '../src/base/random.js';
import { Trace, type TraceEvent } from '../src/base/trace.js';
import { SimMemory } from '../src/bus/dma-sim.js';
import type { EventTarget } from '../src/bus/event.js';
import { MmioBus } from '../src/bus/mmio-sim.js';
import type { MmioSpace, MmioTarget } from '../src/bus/mmio.js';
import type { Inspection, Knob, Socket } from '../src/bus/socket.js';
import {
  gceChip,
  type GceOptions,
  GceSimulator,
  type GceSimulatorParts,
  type ThreadLook,
  type ThreadStart,
} from '../src/chips/gce/gce.js';
import { settle } from '../src/host/settle.js';

/** An instruction as it is printed: the word with the opcode, then the other. */
export type Words = readonly [high: number, low: number];

/** Where programs of a table engine are, 4 KiB for each thread. */
export const CODE = 0x4000_0000;
/** EOC with interrupt, and the JUMP behind it, for byte addresses. */
export const TAIL: readonly Words[] = [
  [0x4000_0000, 1],
  [0x1000_0000, 8],
];

/** Where a thread's registers begin. */
export const threadAt = (thread: number): number => 0x100 + 0x80 * thread;

/** An engine on the table. */
export class Table {
  readonly gce: GceSimulator;
  /** What programs wrote: address and value. */
  readonly writes: [addr: number, value: number][] = [];

  constructor(parts: GceSimulatorParts = {}) {
    const write = (_: number, addr: number, value: number): void => void this.writes.push([addr, value]);
    this.gce = new GceSimulator({ ...parts, hooks: { write, ...parts.hooks } });
  }

  /** Where thread's program is, in bytes. */
  codeOf(thread: number): number {
    return CODE + 0x1000 * thread;
  }

  /** A program for a thread, which starts with it. */
  start(thread: number, program: readonly Words[], start: Partial<ThreadStart> = {}): void {
    const pc = this.codeOf(thread);
    this.gce.memory.putInstructions(pc, program);
    this.gce.start(thread, { pc, end: pc + 8 * program.length, ...start });
  }

  /** Starts a program on thread 0, executes all that can be executed, and answers how the thread then looks. */
  go(...program: readonly Words[]): ThreadLook {
    this.start(0, program);
    this.gce.engine.run();
    return this.gce.engine.look(0);
  }

  /** State of each of the first threads, and the instruction that it is at. */
  states(count: number): [state: string, at: number][] {
    return this.gce
      .look()
      .slice(0, count)
      .map(({ id, state, pc }) => [state, (pc - this.codeOf(id)) / 8]);
  }

  /** Software's hand on a register of a thread. */
  put(thread: number, offset: number, value: number): void {
    this.gce.registers.write32(threadAt(thread) + offset, value);
  }

  /** Software's eye. */
  get(thread: number, offset: number): number {
    return this.gce.registers.read32(threadAt(thread) + offset);
  }
}

/** Where the chip of a rig sits, as mt8173's. */
export const BASE = 0x1021_2000;
/** A block with registers that keep what is written, where mt8173 has its first overlay. */
const OVL = 0x1400_c000;
const NAME = '/gce@10212000';

/** A chip in its socket. */
export class ChipRig {
  readonly clock = new SimClock(settle);
  readonly trace = new Trace(() => this.clock.now());
  readonly events: TraceEvent[] = [];
  readonly memory = new SimMemory({ clock: this.clock, trace: this.trace, base: CODE });
  readonly bus = new MmioBus();
  readonly ovl = new Map<number, number>();
  /** How often the block was read. */
  reads = 0;
  /** What was written to the block: nanoseconds, offset, value. */
  readonly writes: [ns: number, offset: number, value: number][] = [];
  /** Moves of the interrupt line: nanoseconds and level. */
  readonly moves: [ns: number, high: boolean][] = [];
  level = false;
  readonly knobs = new Map<string, Knob>();
  inspection!: Inspection;
  #lines!: EventTarget;
  readonly gce: MmioSpace;

  constructor(
    options: Partial<GceOptions> = {},
    compatible = 'mediatek,mt8173-gce',
    wiring: Readonly<Record<string, number>> = {},
  ) {
    this.trace.attach((event) => this.events.push(event));
    this.bus.attach(OVL, 0x1000, {
      read32: (offset) => {
        this.reads++;
        return this.ovl.get(offset) ?? 0;
      },
      write32: (offset, value) => {
        this.writes.push([this.clock.now(), offset, value]);
        this.ovl.set(offset, value);
      },
    });
    gceChip({ events: 'cleared', ...options }).plug(this.#socket(compatible, wiring));
    this.gce = this.bus.ioremap(BASE, 0x2000, 'cpu');
  }

  #socket(compatible: string, wiring: Readonly<Record<string, number>>): Socket {
    const unused = (): never => {
      throw new Error('not a wire of this chip');
    };
    return {
      ...{ name: NAME, compatible, clock: this.clock, trace: this.trace, random: new Random('gce'), wiring },
      i2cAddr: undefined,
      i2c: unused,
      mmio: (target: MmioTarget) => void this.bus.attach(BASE, 0x2000, target),
      irq: (_pin, idle = false) => {
        this.level = idle === true;
        return { set: (high) => this.#move(high) };
      },
      dma: () => this.memory.port(NAME),
      master: () => this.bus.master(NAME),
      event: unused,
      dpaa: unused,
      ethernet: unused,
      rpmsg: unused,
      video: unused,
      events: (target) => {
        this.#lines = target;
      },
      knob: (knob) => void this.knobs.set(knob.name, knob),
      inspect: (inspection) => {
        this.inspection = inspection;
      },
    };
  }

  #move(high: boolean): void {
    if (this.level === high) return;
    this.level = high;
    this.moves.push([this.clock.now(), high]);
  }

  /** A buffer with a program, mapped for the chip; answers its address. */
  map(program: readonly Words[], size = program.length * 8): number {
    const buffer = this.memory.alloc(size);
    const view = new DataView(buffer.bytes.buffer);
    program.forEach(([high, low], at) => {
      view.setUint32(at * 8, low, true);
      view.setUint32(at * 8 + 4, high, true);
    });
    return this.memory.map(NAME, buffer, 'to-device');
  }

  /** Takes a mapping away. */
  unmap(iova: number, size: number): void {
    this.memory.unmap(NAME, iova, size, 'to-device');
  }

  /** Starts a thread as a driver does; addresses in bytes. */
  start(thread: number, pc: number, end: number, unit = 1): void {
    const put = (offset: number, value: number): void => this.gce.write32(threadAt(thread) + offset, value);
    put(0x00, 1);
    put(0x20, pc / unit);
    put(0x24, end / unit);
    put(0x40, 1);
    put(0x14, 0x13);
    put(0x04, 1);
  }

  /** A program on thread 0; answers where it is. */
  run(program: readonly Words[]): number {
    const pc = this.map(program);
    this.start(0, pc, pc + 8 * program.length);
    return pc;
  }

  /** A pulse of a block. */
  fire(id: number): void {
    this.#lines.event(id);
  }

  turn(name: string, value: number): void {
    (this.knobs.get(name) as Knob).set(value);
  }

  /** Texts of the findings in the trace. */
  findings(): string[] {
    return this.events.flatMap((event) => (event.kind === 'gce_finding' ? [event.text] : []));
  }

  /** What the trace says of threads. */
  told(): [ns: number, thread: number, why: string][] {
    return this.events.flatMap((e) => (e.kind === 'gce_thread' ? [[e.t, e.thread, e.why]] : []));
  }
}
