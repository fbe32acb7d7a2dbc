// Who has claimed which physical addresses (Linux: linux/ioport.h, /proc/iomem).

interface Region {
  readonly start: number;
  readonly end: number;
  readonly owner: string;
}

/** The claimed ranges of one machine; no two overlap. */
export class IoRegions {
  readonly #regions = new Set<Region>();

  /**
   * Claims `[start, start + size)` for the owner, a device path (Linux: request_mem_region), and answers how to let go
   * of it; or the owner of what is in the way.
   */
  request(owner: string, start: number, size: number): (() => void) | { readonly busy: string } {
    const region: Region = { start, end: start + size, owner };
    for (const other of this.#regions) {
      if (other.start < region.end && region.start < other.end) return { busy: other.owner };
    }
    this.#regions.add(region);
    return () => {
      this.#regions.delete(region);
    };
  }
}
