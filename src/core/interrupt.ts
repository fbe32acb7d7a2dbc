// Interrupts of devices (Linux: linux/interrupt.h, platform_get_irq).
import type { IrqLine, IrqReturn, IrqTrigger } from '../bus/irq.js';
import { interrupt } from '../dt/interrupts.js';
import type { Device } from './device.js';

export type { IrqReturn };

/** An interrupt of a device: its line, and how it tells where the tree says so. */
export interface Irq {
  readonly line: IrqLine;
  readonly trigger: IrqTrigger | undefined;
}

/** The type cell of most interrupt bindings (include/dt-bindings/interrupt-controller/irq.h). */
const TRIGGERS: Readonly<Record<number, IrqTrigger>> = { 1: 'rising', 2: 'falling', 3: 'both', 4: 'high', 8: 'low' };

/**
 * Which cell of an interrupt holds its type, or -1: none with one cell (the controller knows), the last of two, the
 * third of three and more (as the GIC has it).
 */
export function irqTypeCell(cells: readonly number[]): number {
  return cells.length < 2 ? -1 : Math.min(cells.length - 1, 2);
}

/** How an interrupt tells, by its type cell; undefined where that says nothing. */
export function irqTrigger(cells: readonly number[]): IrqTrigger | undefined {
  return TRIGGERS[(cells[irqTypeCell(cells)] ?? 0) & 0xf];
}

/**
 * The device's interrupt `which`: an index, or a name of `interrupt-names` (Linux: platform_get_irq, _byname).
 * ENXIO when the node has no such interrupt or the way from it ends at no controller.
 */
export function platformGetIrq(dev: Device, which: number | string): Irq {
  const node = dev.ofNode;
  const index = typeof which === 'number' ? which : (node?.strings('interrupt-names').indexOf(which) ?? -1);
  const found = node === undefined || index < 0 ? undefined : interrupt(dev.core.tree, node, index);
  if (found?.kind === 'interrupt') {
    return { line: dev.core.wires.irq(found.controller, found.cells), trigger: irqTrigger(found.cells) };
  }
  dev.err(typeof which === 'number' ? `IRQ index ${which} not found` : `IRQ ${which} not found`);
  throw dev.error('ENXIO', found?.reason ?? `no interrupt ${which}`, 'irq');
}

/**
 * Listens until unbind (Linux: devm_request_irq). Without `trigger` the tree's counts; EINVAL when neither says.
 * EBUSY: somebody listens to the line in another way.
 */
export function devmRequestIrq(
  dev: Device,
  irq: Irq,
  handler: () => IrqReturn,
  trigger: IrqTrigger | undefined = irq.trigger,
): void {
  if (trigger === undefined) throw dev.error('EINVAL', `nothing says how ${irq.line.name} tells`, 'irq');
  dev.scope.defer(irq.line.request(trigger, dev.name, handler));
}
