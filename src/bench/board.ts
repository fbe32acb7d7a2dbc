// What is soldered between processor, memory and sockets: register windows, interrupt lines, shared memory.
import { SysError } from '../base/errno.js';
import { hexNumber } from '../base/bytes.js';
import type { Clock, Duration } from '../base/clock.js';
import type { Trace } from '../base/trace.js';
import type { DmaMemory } from '../bus/dma.js';
import { withDmaFaults } from '../bus/dma-decorators.js';
import { SimMemory, type SimMemoryOptions } from '../bus/dma-sim.js';
import type { FaultPlan } from '../bus/fault-plan.js';
import type { IrqIdle, IrqLine } from '../bus/irq.js';
import { withIrqFaults } from '../bus/irq-decorators.js';
import { SimIrqLine } from '../bus/irq-sim.js';
import type { MmioMaster, MmioSpace, MmioTarget } from '../bus/mmio.js';
import { withMasterWires, withMmioWires } from '../bus/mmio-decorators.js';
import { MmioBus } from '../bus/mmio-sim.js';
import { irqTrigger, irqTypeCell } from '../core/interrupt.js';
import type { BoardWires } from '../core/wires.js';
import { type CpuRange, cpuRange } from '../dt/address.js';
import { interrupt, interruptCount } from '../dt/interrupts.js';
import type { DtNode, DtTree } from '../dt/tree.js';

/** How the memory lies; what is left out comes from the tree's memory node, else from SimMemory's defaults. */
export type MemoryOptions = Omit<SimMemoryOptions, 'clock' | 'trace'>;

/** What a board stands on. Clock and faults are the bench's own, not the drivers'. */
export interface BoardParts {
  readonly tree: DtTree;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly faults: FaultPlan;
  readonly memory: MemoryOptions;
  /** How long the processor takes to come to an interrupt. */
  readonly irqLatency: () => Duration;
}

const PAGE = 4096;
/** No model needs more of the memory; only what is allocated takes room. */
const MEMORY_MOST = 0x4000_0000;

/** The wires of one machine: drivers see them as BoardWires, sockets ask for windows and pins. */
export class Board implements BoardWires {
  readonly memory: DmaMemory;
  readonly sim: SimMemory;
  /** Names of the register windows that were asked for. */
  readonly windows: Set<string> = new Set();
  readonly #parts: BoardParts;
  readonly #mmio = new MmioBus();
  readonly #lines = new Map<string, SimIrqLine>();
  /** The ends for drivers of those lines that a driver asked for, with the faults in them. */
  readonly #listeners = new Map<SimIrqLine, IrqLine>();

  constructor(parts: BoardParts) {
    this.#parts = parts;
    this.sim = new SimMemory({ ...memoryOf(parts.tree), ...parts.memory, clock: parts.clock, trace: parts.trace });
    this.memory = withDmaFaults(this.sim, parts.faults);
  }

  ioremap(phys: number, size: number, name: string): MmioSpace {
    const { trace, faults } = this.#parts;
    this.windows.add(name);
    return withMmioWires(this.#mmio.ioremap(phys, size, name), name, faults, trace);
  }

  /** A chip's way to all register windows. */
  master(name: string): MmioMaster {
    const { trace, faults } = this.#parts;
    this.windows.add(name);
    return withMasterWires(this.#mmio.master(name), name, faults, trace);
  }

  irq(controller: DtNode, cells: readonly number[]): IrqLine {
    return this.#listener(this.#line(inputName(controller, cells), restsHigh(cells)));
  }

  released(dev: string): void {
    this.sim.ledger.released(dev);
  }

  /** Every line that a chip drives or a driver has asked for. */
  get lines(): readonly SimIrqLine[] {
    return [...this.#lines.values()];
  }

  /** True when the processor reaches row 0 of the node's `reg`. */
  hasWindow(node: DtNode): boolean {
    return windowOf(node, 0) !== undefined;
  }

  /** Lets a chip answer at row `index` of the node's `reg`. ENODEV: no such row; EBUSY: another chip answers there. */
  attach(node: DtNode, index: number, target: MmioTarget): void {
    const window = windowOf(node, index);
    if (window === undefined) throw new SysError('ENODEV', `no register window ${index}`, { dev: node.path });
    const { start, size } = window;
    if (!this.#mmio.isFree(start, size))
      throw new SysError('EBUSY', `another chip answers at ${hexNumber(start)}`, { dev: node.path });
    this.#mmio.attach(start, size, target);
  }

  /**
   * The line that a chip's pin leads to: the interrupt of the pin's name in `interrupt-names`; where the node has no
   * names, the `nth` pin that the chip asks for (from 0) is interrupt `nth`. Undefined for a pin that leads nowhere.
   */
  lineOfPin(node: DtNode, pin: string, nth: number, idle: IrqIdle): SimIrqLine | undefined {
    const names = node.strings('interrupt-names');
    const index = names.length === 0 ? nth : names.indexOf(pin);
    const found = index < 0 ? undefined : interrupt(this.#parts.tree, node, index);
    if (found?.kind !== 'interrupt') return undefined;
    return this.#line(inputName(found.controller, found.cells), idle === 'wired' ? restsHigh(found.cells) : idle);
  }

  /** A line of its own, for a pin that leads nowhere. */
  looseLine(name: string, idle: boolean): SimIrqLine {
    return this.#line(name, idle);
  }

  #line(name: string, idle: boolean): SimIrqLine {
    const known = this.#lines.get(name);
    if (known !== undefined) return known;
    const line = new SimIrqLine(name, this.#parts.clock, this.#parts.trace, idle, this.#parts.irqLatency);
    this.#lines.set(name, line);
    return line;
  }

  #listener(line: SimIrqLine): IrqLine {
    const known = this.#listeners.get(line);
    if (known !== undefined) return known;
    const listener = withIrqFaults(line, this.#parts.faults, this.#parts.clock);
    this.#listeners.set(line, listener);
    return listener;
  }
}

/** The lines of a node's interrupts, as traces name them, in the order of its `interrupts`. */
export function lineNames(tree: DtTree, node: DtNode): string[] {
  return Array.from({ length: interruptCount(tree, node) }, (_, index) => interrupt(tree, node, index)).flatMap(
    (found) => (found.kind === 'interrupt' ? [inputName(found.controller, found.cells)] : []),
  );
}

/** `/soc/gic@0:irq0.17`: the controller and the cells, without the one that says how the line tells. */
function inputName(controller: DtNode, cells: readonly number[]): string {
  const type = irqTypeCell(cells);
  return `${controller.path}:irq${cells.filter((_, index) => index !== type).join('.')}`;
}

/** True for a line that tells by being low, as its cells say. */
function restsHigh(cells: readonly number[]): boolean {
  const trigger = irqTrigger(cells);
  return trigger === 'low' || trigger === 'falling';
}

/** Row `index` of `reg` as a window for a chip; undefined for one that is empty, out of reach or between words. */
function windowOf(node: DtNode, index: number): CpuRange | undefined {
  const range = cpuRange(node, index);
  return range !== undefined && range.size > 0 && range.start % 4 === 0 ? range : undefined;
}

/**
 * The first range of memory that the tree tells of, in whole pages. Boot loaders fill in what blobs leave empty: where
 * only the size is missing, memory begins there, in reach of devices with 32 address bits.
 */
function memoryOf(tree: DtTree): MemoryOptions {
  const node = tree.root.children.find((child) => child.string('device_type') === 'memory');
  const range = node === undefined ? undefined : cpuRange(node, 0);
  if (range === undefined || range.start % PAGE !== 0 || (range.size < PAGE && range.start === 0)) return {};
  if (range.size < PAGE) return { base: range.start };
  return { base: range.start, size: Math.min(Math.floor(range.size / PAGE) * PAGE, MEMORY_MOST) };
}
