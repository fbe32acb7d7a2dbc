// Where packets lie: memory that the GCE reads, or none but this program's own, for building without a machine.
import { SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { allocPages, dmaMapSingle, dmaSyncSingle, dmaUnmapSingle, freePages } from '../../core/dma-mapping.js';

/** Memory for instructions. */
export interface CmdqBuffer {
  /** Two for each instruction, `low` first. The rest of an odd size is cut off. */
  readonly words: Uint32Array;
  /** Where the GCE finds the first. */
  readonly iova: number;
}

/** Who gives it. */
export interface CmdqMemory {
  /** Zeroed. ENOMEM: there is none, or the GCE does not reach it. */
  alloc(bytes: number): CmdqBuffer;
  free(buffer: CmdqBuffer): void;
  /** Says who may touch it next. */
  sync(buffer: CmdqBuffer, to: 'cpu' | 'device'): void;
}

/** Memory that is mapped for a GCE as long as it lives. */
export function gceMemory(dev: Device): CmdqMemory {
  const held = new Map<CmdqBuffer, () => void>();
  const bytesOf = ({ words }: CmdqBuffer): number => words.byteLength;
  return {
    alloc(bytes) {
      const pages = allocPages(dev, bytes);
      const size = bytes - (bytes % 8);
      try {
        const iova = dmaMapSingle(dev, pages, 'to-device', 0, size);
        const words = new Uint32Array(pages.bytes.buffer, pages.bytes.byteOffset, size / 4);
        const buffer = { words, iova };
        held.set(buffer, () => {
          dmaUnmapSingle(dev, iova, size, 'to-device');
          freePages(dev, pages);
        });
        return buffer;
      } catch (e) {
        freePages(dev, pages);
        throw e;
      }
    },
    free(buffer) {
      held.get(buffer)?.();
      held.delete(buffer);
    },
    sync: (buffer, to) => dmaSyncSingle(dev, buffer.iova, bytesOf(buffer), 'to-device', to),
  };
}

/** Memory of this program's own, at addresses that count up from `start`; `limit` bytes are the most at a time. */
export function plainMemory(start = 0x4000_0000, limit: number = Number.POSITIVE_INFINITY): CmdqMemory {
  let next = start;
  return {
    alloc(bytes) {
      if (bytes > limit) throw new SysError('ENOMEM', `no room for ${bytes} bytes`, { op: 'cmdq' });
      const iova = next;
      next += Math.ceil(bytes / 4096) * 4096;
      return { words: new Uint32Array((bytes - (bytes % 8)) / 4), iova };
    },
    free: () => undefined,
    sync: () => undefined,
  };
}
