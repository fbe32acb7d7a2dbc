// A GCE on the table: engine, registers and plain memory, for tools and tests that have no board and no clock.
import type { MmioMaster } from '../../bus/mmio.js';
import { GceEngine, type GceEngineParts } from './engine.js';
import type { ThreadLook } from './look.js';
import { PlainMemory, PlainRegisters } from './plain.js';
import { T, THREAD_BASE, THREAD_SIZE } from './regs.js';
import { GceRegisters } from './window.js';

/** How a thread is started: as a driver does it. */
export interface ThreadStart {
  /** Addresses in bytes; `end` is the first one that is not executed. */
  readonly pc: number;
  readonly end: number;
  /** Default 0. */
  readonly priority?: number;
  /** Default 0x13: all. */
  readonly irqEnable?: number;
  /** Default true. */
  readonly enable?: boolean;
}

/** What a simulator can be made of; memory and registers are plain when left out. */
export interface GceSimulatorParts extends Partial<GceEngineParts> {
  /** Where programs reach the engine's own registers; the SoC's first base when left out. */
  readonly base?: number;
}

const PAGE = 0x1000;

/**
 * Runs programs without a board. Nothing happens by itself: `engine.run` executes, `engine.advance` lets time pass,
 * `engine.fire` gives a pulse on an event.
 *
 *     const hooks = { write: (thread, addr, value) => log(thread, addr, value) };
 *     const gce = new GceSimulator({ soc: 'mt8173', hooks });
 *     gce.memory.putInstructions(0x4000_0000, [[0x2000_0035, 0x8000_8001], [0x0401_0010, 7], [0x4000_0000, 1]]);
 *     gce.start(0, { pc: 0x4000_0000, end: 0x4000_0018 });
 *     gce.engine.run(1000);
 *     inWords(gce.engine.look(0)); // waits for event 53 to be 1
 *     gce.engine.fire(53);
 *     gce.engine.run(1000); // writes 7 to 0x14000010
 *     gce.engine.look(0).state; // idle-at-end
 */
export class GceSimulator {
  readonly engine: GceEngine;
  /** The engine's own registers, by offset: what software does with them. */
  readonly registers: GceRegisters;
  /** The memory, unless another one was given. */
  readonly memory: PlainMemory = new PlainMemory();
  /** The registers of the other blocks, unless others were given. */
  readonly blocks: PlainRegisters = new PlainRegisters();

  constructor(parts: GceSimulatorParts = {}) {
    const { base, ...rest } = parts;
    const registers: MmioMaster = parts.registers ?? this.blocks;
    this.engine = new GceEngine({ ...rest, memory: parts.memory ?? this.memory, registers });
    this.registers = new GceRegisters(this.engine);
    const own = base ?? this.engine.soc.bases[0];
    const size = Math.ceil((THREAD_BASE + this.engine.threads.length * THREAD_SIZE) / PAGE) * PAGE;
    if (own !== undefined) this.blocks.lead(own, size, this.registers);
  }

  /** Resets a thread, sets it up and enables it. */
  start(thread: number, { pc, end, priority = 0, irqEnable = 0x13, enable = true }: ThreadStart): void {
    const unit = 2 ** this.engine.soc.shift;
    const put = (reg: { readonly addr: number }, value: number): void => {
      this.registers.write32(THREAD_BASE + thread * THREAD_SIZE + reg.addr, value);
    };
    put(T.WARM_RESET, 1);
    put(T.CURR_ADDR, Math.floor(pc / unit));
    put(T.END_ADDR, Math.floor(end / unit));
    put(T.PRIORITY, priority);
    put(T.IRQ_ENABLE, irqEnable);
    if (enable) put(T.ENABLE_TASK, 1);
  }

  /** All threads, as plain data. */
  look(): readonly ThreadLook[] {
    return this.engine.threads.map(({ id }) => this.engine.look(id));
  }
}
