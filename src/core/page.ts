// Pages with counts, alone or in compounds, and fragments of them (Linux: linux/mm.h, linux/gfp.h). All in the memory
// that processor and devices share; a compound is one buffer of it, and its count is that of its head page.
import { assert } from '../base/assert.js';
import { hexNumber } from '../base/bytes.js';
import type { DmaBuffer, DmaMemory } from '../bus/dma.js';

/** Bytes of a page. */
export const PAGE_SIZE = 4096;

/** A page or a compound of pages, as its head page. Whoever holds it has one of its references. */
export class Page {
  readonly phys: number;
  readonly bytes: Uint8Array;
  /** The same bytes. */
  readonly view: DataView;
  /** The same as words in the order of this computer. */
  readonly words: Int32Array;
  /** What mappings are made of. */
  readonly buffer: DmaBuffer;
  readonly #free: (page: Page) => void;
  #refs = 1;

  /** `free` is called once, when nobody holds it any more. `last` was on the same memory before. */
  constructor(buffer: DmaBuffer, free: (page: Page) => void, last?: Page) {
    this.buffer = buffer;
    this.phys = buffer.phys;
    this.bytes = buffer.bytes;
    this.view = last?.view ?? viewOf(buffer.bytes);
    this.words = last?.words ?? wordsOf(buffer.bytes);
    this.#free = free;
  }

  /** References now (Linux: page_ref_count). */
  get refs(): number {
    return this.#refs;
  }

  /** Takes another reference (Linux: get_page). */
  get(): void {
    if (this.#refs <= 0) assert(false, `page ${hexNumber(this.phys)} is used after it was freed`);
    this.#refs++;
  }

  /** Gives a reference back; the last one frees the page (Linux: put_page). */
  put(): void {
    if (this.#refs <= 0) assert(false, `page ${hexNumber(this.phys)} is put once too often`);
    if (--this.#refs === 0) this.#free(this);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, byteLength >> 2);
}

/** Compounds that a zone keeps for the next who asks, per order. */
const KEPT = 64;

/**
 * Where pages come from (Linux: struct zone). Freed compounds are kept for a while, as on Linux's lists per processor:
 * memory is not given back and taken again for each.
 */
export class Zone {
  readonly #memory: DmaMemory;
  /** Freed compounds by order, as they were last. */
  readonly #kept: Page[][] = [];
  readonly #held = new Set<Page>();
  readonly #free = (page: Page): void => {
    const { bytes } = page;
    const kept = this.#keptOf(bytes.length / PAGE_SIZE);
    this.#held.delete(page);
    if (kept.length < KEPT) kept.push(page);
    else this.#memory.free(page.buffer);
  };

  constructor(memory: DmaMemory) {
    this.#memory = memory;
  }

  /** Compounds that somebody holds. */
  get allocated(): number {
    return this.#held.size;
  }

  /** The same, as their head pages: for who counts references. */
  get held(): ReadonlySet<Page> {
    return this.#held;
  }

  /** A compound of 2^order pages at a multiple of its size. Its bytes are old ones. ENOMEM when memory is out. */
  allocPages(order = 0): Page {
    const pages = 1 << order;
    const kept = this.#keptOf(pages).pop();
    const size = pages * PAGE_SIZE;
    const buffer = kept?.buffer ?? this.#memory.alloc(size, size);
    const page = new Page(buffer, this.#free, kept);
    this.#held.add(page);
    return page;
  }

  /** Gives the memory of all kept compounds back (Linux: drain_all_pages). */
  drain(): void {
    for (const kept of this.#kept) for (const { buffer } of kept?.splice(0) ?? []) this.#memory.free(buffer);
  }

  #keptOf(pages: number): Page[] {
    return (this.#kept[31 - Math.clz32(pages)] ??= []);
  }
}

/** Who gives pieces of pages: `alloc` answers the offset in `page`, and the piece has one of the page's references. */
export interface FragSource {
  /** The page of the last piece. */
  readonly page: Page;
  /**
   * Where in `page` the new piece begins, a multiple of `align`, which is a power of two. Its bytes are old ones.
   * ENOMEM when memory is out.
   */
  alloc(size: number, align?: number): number;
}

/** Cuts compounds into pieces, from their end down (Linux: struct page_frag_cache, netdev_alloc_frag). */
export class PageFragCache implements FragSource {
  readonly #zone: Zone;
  readonly #order: number;
  readonly #capacity: number;
  #page: Page | undefined;
  #offset = 0;

  /** Linux cuts compounds of 32 KiB. */
  constructor(zone: Zone, order = 3) {
    this.#zone = zone;
    this.#order = order;
    this.#capacity = PAGE_SIZE * 2 ** order;
  }

  get page(): Page {
    assert(this.#page !== undefined, 'a piece was allocated');
    return this.#page;
  }

  alloc(size: number, align = 1): number {
    let page = this.#page;
    let offset = page === undefined ? -1 : cutDown(this.#offset, size, align);
    if (page === undefined || offset < 0) {
      page = this.#refill(size);
      offset = cutDown(page.bytes.length, size, align);
    }
    page.get();
    this.#offset = offset;
    return offset;
  }

  /** Lets go of the compound that is being cut (Linux: page_frag_cache_drain). */
  drain(): void {
    this.#page?.put();
    this.#page = undefined;
  }

  /** The compound again when all pieces came back, otherwise a new one. */
  #refill(size: number): Page {
    const old = this.#page;
    if (size <= 0 || size > this.#capacity) assert(false, `a piece of ${size} bytes of ${this.#capacity}`);
    if (old !== undefined && old.refs === 1) return old;
    const page = this.#zone.allocPages(this.#order);
    old?.put();
    this.#page = page;
    return page;
  }
}

const cutDown = (from: number, size: number, align: number): number => {
  const at = from - size;
  return at < 0 ? -1 : at & -align;
};
