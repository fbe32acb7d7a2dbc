// The two ways to a display register: the processor writes it, or a packet that the GCE will execute (Linux:
// mtk_ddp_write, mtk_ddp_write_relaxed, mtk_ddp_write_mask).
import type { MmioSpace } from '../../core/io.js';

/** Where the GCE finds a block: `mediatek,gce-client-reg`. */
export interface GceWindow {
  readonly subsys: number;
  readonly offset: number;
}

/** A block's registers, for both ways. Without `gce` only the processor gets there. */
export interface DdpWindow {
  readonly regs: MmioSpace;
  readonly gce: GceWindow | undefined;
}

/** One of the ways. */
export interface DdpWriter {
  write(window: DdpWindow, offset: number, value: number): void;
  /** Changes the bits of `mask` and leaves the others. */
  writeMask(window: DdpWindow, offset: number, value: number, mask: number): void;
}

/** The processor's way: at once, and a masked write is a read and a write. */
export const CPU: DdpWriter = {
  write: ({ regs }, offset, value) => regs.write32(offset, value),
  writeMask: ({ regs }, offset, value, mask) => updateBits(regs, offset, mask, value),
};

/** Changes the bits of `mask` in a register (Linux: readl, writel). */
export function updateBits(regs: MmioSpace, offset: number, mask: number, value: number): void {
  regs.write32(offset, ((regs.read32(offset) & ~mask) | (value & mask)) >>> 0);
}
