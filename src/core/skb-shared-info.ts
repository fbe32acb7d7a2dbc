// The fragments of a packet and of its clones (Linux: struct skb_shared_info).
import type { Page } from './page.js';

/** A piece of a page in a packet (Linux: skb_frag_t). */
export interface SkbFrag {
  readonly page: Page;
  /** In the page's bytes; beyond 4096 in a compound. */
  offset: number;
  size: number;
}

/** Shared by all packets that have the same memory. */
export class SkbSharedInfo {
  readonly frags: SkbFrag[] = [];
  /** Packets that have it. */
  dataref = 1;

  /** The same fragments for memory of its own: each has another reference. */
  copy(): SkbSharedInfo {
    const other = new SkbSharedInfo();
    for (const { page, offset, size } of this.frags) {
      page.get();
      other.frags.push({ page, offset, size });
    }
    return other;
  }

  /** Cuts bytes off the front; fragments without bytes go. */
  eat(length: number): void {
    let left = length;
    while (left > 0) {
      const first = this.frags[0] as SkbFrag;
      const count = Math.min(left, first.size);
      left -= count;
      first.offset += count;
      first.size -= count;
      if (first.size === 0) (this.frags.shift() as SkbFrag).page.put();
    }
    while (this.frags[0]?.size === 0) (this.frags.shift() as SkbFrag).page.put();
  }
}

/** Copies `length` bytes of fragments, from `offset` in them, to `to` at `at`. */
export function copyFragBytes(
  frags: readonly SkbFrag[],
  offset: number,
  to: Uint8Array,
  at: number,
  length: number,
): void {
  let skip = offset;
  let done = 0;
  for (const frag of frags) {
    const start = Math.min(skip, frag.size);
    const count = Math.min(length - done, frag.size - start);
    skip -= start;
    if (count > 0) to.set(frag.page.bytes.subarray(frag.offset + start, frag.offset + start + count), at + done);
    done += count;
  }
}
