// Mappings of pages for one device, without objects in between (Linux: dma_map_page, skb_frag_dma_map).
import type { DmaDirection, DmaMemory } from '../bus/dma.js';
import type { Device } from './device.js';
import type { Page } from './page.js';

/** Maps pieces of pages for a device. Single and page are one here, as in Linux; who watches can tell them apart. */
export interface PageDma {
  /** Bus address of bytes `[offset, offset + size)` of a page. ENOMEM where Linux answers DMA_MAPPING_ERROR. */
  mapSingle(page: Page, offset: number, size: number, dir: DmaDirection): number;
  /** The same for what is a fragment. */
  mapPage(page: Page, offset: number, size: number, dir: DmaDirection): number;
  /** Takes it back. */
  unmapSingle(iova: number, size: number, dir: DmaDirection): void;
  /** Takes back what `mapPage` mapped. */
  unmapPage(iova: number, size: number, dir: DmaDirection): void;
  /** Passes what is mapped to the processor or the device for a while (Linux: dma_sync_single_for_cpu, _for_device). */
  syncSingle(iova: number, size: number, dir: DmaDirection, to: 'cpu' | 'device'): void;
}

/** The mappings of a device. */
export function pageDma(dev: Device): PageDma {
  return new MemoryPageDma(dev.path, dev.core.wires.memory);
}

/** The mappings that memory keeps under a path. */
export class MemoryPageDma implements PageDma {
  readonly #path: string;
  readonly #memory: DmaMemory;

  constructor(path: string, memory: DmaMemory) {
    this.#path = path;
    this.#memory = memory;
  }

  mapSingle(page: Page, offset: number, size: number, dir: DmaDirection): number {
    return this.#memory.map(this.#path, page.buffer, dir, offset, size);
  }

  mapPage(page: Page, offset: number, size: number, dir: DmaDirection): number {
    return this.#memory.map(this.#path, page.buffer, dir, offset, size);
  }

  unmapSingle(iova: number, size: number, dir: DmaDirection): void {
    this.#memory.unmap(this.#path, iova, size, dir);
  }

  unmapPage(iova: number, size: number, dir: DmaDirection): void {
    this.#memory.unmap(this.#path, iova, size, dir);
  }

  syncSingle(iova: number, size: number, dir: DmaDirection, to: 'cpu' | 'device'): void {
    this.#memory.sync(this.#path, iova, size, dir, to);
  }
}
