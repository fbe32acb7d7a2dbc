// Memory shared with devices (Linux: linux/dma-mapping.h). Every mapping is noted under the device's path.
import type { DmaBuffer, DmaDirection } from '../bus/dma.js';
import type { Device } from './device.js';

/** Memory that driver and device use at the same time. */
export interface CoherentMemory extends DmaBuffer {
  /** Where the device finds it (Linux: dma_addr_t). */
  readonly iova: number;
}

/** Says how many address bits the device has; 32 until then (Linux: dma_set_mask_and_coherent). */
export function dmaSetMask(dev: Device, bits: number): void {
  dev.core.wires.memory.setMask(dev.path, bits);
}

/** Zeroed memory for both sides until unbind (Linux: dmam_alloc_coherent). ENOMEM as `dmaMapSingle`. */
export function dmamAllocCoherent(dev: Device, size: number, align?: number): CoherentMemory {
  const { memory } = dev.core.wires;
  const buffer = devmAllocPages(dev, size, align);
  const iova = memory.map(dev.path, buffer, 'bidirectional');
  dev.scope.defer(() => memory.unmap(dev.path, iova, size, 'bidirectional'));
  return { phys: buffer.phys, bytes: buffer.bytes, iova };
}

/** Zeroed memory until unbind, for mappings (Linux: devm_get_free_pages). ENOMEM when memory is out. */
export function devmAllocPages(dev: Device, size: number, align?: number): DmaBuffer {
  const buffer = allocPages(dev, size, align);
  dev.scope.defer(() => freePages(dev, buffer));
  return buffer;
}

/** The same until `freePages` (Linux: __get_free_pages): for what a client of the device owns. */
export function allocPages(dev: Device, size: number, align?: number): DmaBuffer {
  return dev.core.wires.memory.alloc(size, align);
}

/** Gives memory of `allocPages` back. It must not be mapped any more. */
export function freePages(dev: Device, buffer: DmaBuffer): void {
  dev.core.wires.memory.free(buffer);
}

/**
 * Hands a buffer, or `size` bytes of it from `offset`, to the device; answers the bus address. ENOMEM where Linux
 * answers DMA_MAPPING_ERROR: beyond the device's mask, for one.
 */
export function dmaMapSingle(
  dev: Device,
  buffer: DmaBuffer,
  dir: DmaDirection,
  offset?: number,
  size?: number,
): number {
  return dev.core.wires.memory.map(dev.path, buffer, dir, offset, size);
}

/** Takes a mapping back; size and direction are those of the mapping. */
export function dmaUnmapSingle(dev: Device, iova: number, size: number, dir: DmaDirection): void {
  dev.core.wires.memory.unmap(dev.path, iova, size, dir);
}

/** Passes a mapped range for a while (Linux: dma_sync_single_for_cpu, dma_sync_single_for_device). */
export function dmaSyncSingle(dev: Device, iova: number, size: number, dir: DmaDirection, to: 'cpu' | 'device'): void {
  dev.core.wires.memory.sync(dev.path, iova, size, dir, to);
}
