// Register windows of platform devices (Linux: linux/io.h, lib/devres.c).
import type { MmioSpace } from '../bus/mmio.js';
import { type CpuRange, cpuRange } from '../dt/address.js';
import { hexNumber } from '../base/bytes.js';
import type { Device } from './device.js';

export { ioread32be, iowrite32be } from '../bus/mmio.js';
export type { MmioSpace };

/** A range of physical addresses that a `reg` row describes (Linux: IORESOURCE_MEM). */
export interface MemResource extends CpuRange {
  /** Its entry in `reg-names`. */
  readonly name: string | undefined;
}

/** Row `index` of the node's `reg` as the processor sees it; undefined when there is none or no way leads there. */
export function platformGetResource(dev: Device, index = 0): MemResource | undefined {
  const range = dev.ofNode === undefined ? undefined : cpuRange(dev.ofNode, index);
  return range === undefined ? undefined : { ...range, name: dev.ofNode?.strings('reg-names')[index] };
}

/**
 * Claims and maps `reg` row `index`, or the row of that name in `reg-names`, until unbind
 * (Linux: devm_platform_ioremap_resource, _byname). EINVAL: no such row; EBUSY: another device has part of it.
 */
export function devmPlatformIoremapResource(dev: Device, which: number | string = 0): MmioSpace {
  const index = typeof which === 'number' ? which : (dev.ofNode?.strings('reg-names').indexOf(which) ?? -1);
  const resource = index < 0 ? undefined : platformGetResource(dev, index);
  if (resource === undefined || resource.size === 0) {
    dev.err('invalid resource (null)');
    throw dev.error('EINVAL', `no register window ${which}`, 'ioremap');
  }
  claim(dev, resource);
  return devmIoremap(dev, resource.start, resource.size, index === 0 ? dev.path : `${dev.path}[${index}]`);
}

/**
 * Maps physical addresses without claiming them, for windows inside another device's (Linux: devm_ioremap). `name` is
 * what traces and faults call the window.
 */
export function devmIoremap(dev: Device, start: number, size: number, name: string = dev.path): MmioSpace {
  return dev.core.wires.ioremap(start, size, name);
}

function claim(dev: Device, { start, size }: MemResource): void {
  const claimed = dev.core.regions.request(dev.path, start, size);
  if (typeof claimed === 'function') return dev.scope.defer(claimed);
  const range = `[mem ${hexNumber(start, 8)}-${hexNumber(start + size - 1, 8)}]`;
  dev.err(`can't request region for resource ${range}`);
  throw dev.error('EBUSY', `${range} belongs to ${claimed.busy}`, 'ioremap');
}
