// A wrap of shared memory: allocations and mappings that fail.
import { SysError } from '../base/errno.js';
import type { DmaMemory } from './dma.js';
import type { FaultPlan } from './fault-plan.js';

/** Lets the faults of the plan strike: `dma.alloc` and `dma.map` throw ENOMEM. What is released is never refused. */
export function withDmaFaults(memory: DmaMemory, plan: FaultPlan): DmaMemory {
  const ask = (where: 'dma.alloc' | 'dma.map', dev: string): void => {
    if (plan.idle || plan.hit(where, dev) === undefined) return;
    throw new SysError('ENOMEM', `injected at ${where}`, { dev, op: 'dma' });
  };
  return {
    alloc: (size, align) => {
      ask('dma.alloc', 'memory');
      return memory.alloc(size, align);
    },
    free: (buffer) => memory.free(buffer),
    setMask: (dev, bits) => memory.setMask(dev, bits),
    map: (dev, buffer, dir, offset, size) => {
      ask('dma.map', dev);
      return memory.map(dev, buffer, dir, offset, size);
    },
    unmap: (dev, iova, size, dir) => memory.unmap(dev, iova, size, dir),
    sync: (dev, iova, size, dir, to) => memory.sync(dev, iova, size, dir, to),
  };
}
