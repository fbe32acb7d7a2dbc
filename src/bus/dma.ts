// Memory that processor and devices share, with a ledger of who mapped what (the checks of Linux's DMA-API debugging).

/** Which way the bytes go (Linux: enum dma_data_direction). */
export type DmaDirection = 'to-device' | 'from-device' | 'bidirectional';

/** A piece of the modelled memory that the processor owns: its bytes and its physical address. */
export interface DmaBuffer {
  /** Physical address; above 4 GiB where the memory lies there. */
  readonly phys: number;
  readonly bytes: Uint8Array;
}

/** Memory, seen from a driver. Addresses are plain numbers (exact to 2^53). */
export interface DmaMemory {
  /** Pages for `size` bytes, zeroed, aligned to `align` (default 64). Throws ENOMEM when memory is out. */
  alloc(size: number, align?: number): DmaBuffer;
  /** Gives the pages back. The buffer must come from this memory and not be mapped any more. */
  free(buffer: DmaBuffer): void;
  /** The highest address that a device can reach, in bits; 32 until it is set (Linux: dma_set_mask_and_coherent). */
  setMask(dev: string, bits: number): void;
  /**
   * Hands bytes `[offset, offset + size)` of a buffer to the device; answers the bus address
   * (Linux: dma_map_single). Throws ENOMEM where Linux answers DMA_MAPPING_ERROR.
   */
  map(dev: string, buffer: DmaBuffer, dir: DmaDirection, offset?: number, size?: number): number;
  /** Takes them back. Size and direction must be those of the mapping. */
  unmap(dev: string, iova: number, size: number, dir: DmaDirection): void;
  /** Passes ownership of a mapped range for a while (Linux: dma_sync_single_for_cpu, _for_device). */
  sync(dev: string, iova: number, size: number, dir: DmaDirection, to: 'cpu' | 'device'): void;
}

/**
 * Memory, seen from a device: everything it touches must be mapped, in that direction, by somebody; anything else
 * throws EFAULT. An access lies within one mapping.
 */
export interface DmaPort {
  /** The answer may be a view of the memory itself: read it at once, and do not write to it. */
  read(iova: number, length: number): Uint8Array;
  /**
   * What `read` would answer, for who shows a person what is there: undefined where it would throw. No access of the
   * device: nothing is found, nothing is traced.
   */
  look(iova: number, length: number): Uint8Array | undefined;
  write(iova: number, bytes: Uint8Array): void;
  /** Writes one piece and then another at a higher address: as two writes, and quicker where one mapping has both. */
  writeBoth(iova: number, bytes: Uint8Array, iova2: number, bytes2: Uint8Array): void;
  /**
   * The bytes from `iova` on to the end of their mapping, at most `most`, at least 1: what a device may fetch ahead. A
   * view of the memory; it may be kept, and read again, as long as `epoch` stays.
   */
  span(iova: number, most: number): Uint8Array;
  /** Another number after each mapping, unmapping, sync and freeing of memory. */
  readonly epoch: number;
}
