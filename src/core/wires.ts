// What a board leads to its processor, as the driver core meets it; the bench makes it, and no driver asks it directly.
import type { DmaMemory } from '../bus/dma.js';
import type { IrqLine } from '../bus/irq.js';
import type { MmioSpace } from '../bus/mmio.js';
import type { DtNode } from '../dt/tree.js';

/** The wires of a machine. Drivers reach them through io.ts, interrupt.ts and dma-mapping.ts. */
export interface BoardWires {
  /** Memory that processor and devices share. Its devices are named by their paths. */
  readonly memory: DmaMemory;
  /** A range of physical addresses (Linux: ioremap). `name` stands in traces, faults and errors. */
  ioremap(phys: number, size: number, name: string): MmioSpace;
  /** The line at an input of an interrupt controller; `cells` are what the controller's binding makes of them. */
  irq(controller: DtNode, cells: readonly number[]): IrqLine;
  /** A driver has let go of a device: whatever is still mapped for it is a leak. */
  released(dev: string): void;
}
