// A wrap of shared memory: allocations and mappings that fail.
import { SysError } from '../base/errno.js';
import type { DmaBuffer, DmaDirection, DmaMemory } from './dma.js';
import type { FaultPlan } from './fault-plan.js';

/** Lets the faults of the plan strike: `dma.alloc` and `dma.map` throw ENOMEM. What is released is never refused. */
export function withDmaFaults(memory: DmaMemory, plan: FaultPlan): DmaMemory {
  return new FaultyMemory(memory, plan);
}

class FaultyMemory implements DmaMemory {
  readonly #memory: DmaMemory;
  readonly #plan: FaultPlan;

  constructor(memory: DmaMemory, plan: FaultPlan) {
    this.#memory = memory;
    this.#plan = plan;
  }

  alloc(size: number, align?: number): DmaBuffer {
    if (!this.#plan.idle) this.#ask('dma.alloc', 'memory');
    return this.#memory.alloc(size, align);
  }

  free(buffer: DmaBuffer): void {
    this.#memory.free(buffer);
  }

  setMask(dev: string, bits: number): void {
    this.#memory.setMask(dev, bits);
  }

  map(dev: string, buffer: DmaBuffer, dir: DmaDirection, offset?: number, size?: number): number {
    if (!this.#plan.idle) this.#ask('dma.map', dev);
    return this.#memory.map(dev, buffer, dir, offset, size);
  }

  unmap(dev: string, iova: number, size: number, dir: DmaDirection): void {
    this.#memory.unmap(dev, iova, size, dir);
  }

  sync(dev: string, iova: number, size: number, dir: DmaDirection, to: 'cpu' | 'device'): void {
    this.#memory.sync(dev, iova, size, dir, to);
  }

  #ask(where: 'dma.alloc' | 'dma.map', dev: string): void {
    if (this.#plan.hit(where, dev) === undefined) return;
    throw new SysError('ENOMEM', `injected at ${where}`, { dev, op: 'dma' });
  }
}
