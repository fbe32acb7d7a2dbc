// A pool of receive buffers as this driver keeps it (patch: struct dpa_bp): which buffers are out there, and ways in
// and out. Buffers stay mapped from the moment they go into the pool until a frame is taken out of them.
import { assert } from '../../base/assert.js';
import { ERRNO, passSysError } from '../../base/errno.js';
import type { PageDma } from '../../core/dma-page.js';
import { type FragSource, type Page, PAGE_SIZE } from '../../core/page.js';
import { SKB_SHINFO_BYTES, SkBuff } from '../../core/skbuff.js';
import type { AddressMap } from './address-map.js';
import { armCanary, canaryOf, canaryStands } from './canary.js';
import type { BmanPool } from './qbman.js';

/** The most buffers of one release command (patch: DPA_BUFF_RELEASE_MAX). */
export const DPA_BUFF_RELEASE_MAX = 8;
/** Below this count a CPU's share is filled up again. */
export const REFILL_THRESHOLD = 80;
/** What a CPU puts in at first, and fills up to. */
export const CONFIG_COUNT = 128;
/** Releases that are tried of one batch while the ring is full; then the buffers are freed (dpaa-8.3.8). */
export const RELEASE_TRIES = 100_000;
/** Bytes of a buffer as the patch allocates it, and what lies before its start. */
const RAW_BYTES = 2048;
const PAD_BYTES = 64;
const RX_HEADROOM = 128;

/** A buffer that belongs to a pool, wherever it is just now. */
export interface RxBuffer {
  page: Page;
  /** Where it begins in its page, and where devices find it. */
  offset: number;
  iova: number;
  readonly bp: DpaBp;
  /** The packet that the patch builds on it when it goes into the pool. */
  shell: SkBuff | undefined;
  /** What stands in it while it is in the pool. */
  canary: number;
  /** The last frame that named it, by number: twice in one table is found out. */
  mark: number;
}

/** One CPU's count of what it has put into a pool and not taken out. */
export interface DpaCount {
  count: number;
}

/** What a pool is made of. */
export interface DpaBpSpec {
  readonly pool: BmanPool;
  /** Bytes of a buffer that FMan may use, and that mappings have; 1664 by default. */
  readonly size?: number;
  /** Where FMan puts data, or a table; 128 by default. */
  readonly headroom?: number;
  /** What makes canaries others than those of last time. */
  readonly salt?: number;
  /** What a buffer's address is a multiple of: 64, or 256 where FMan has erratum A050385. */
  readonly align?: number;
  readonly dma: PageDma;
  readonly frags: FragSource;
  /** Buffers by bus address, of all pools. */
  readonly buffers: AddressMap<RxBuffer>;
  /** Packets are built when buffers go in, as in the patch. */
  readonly shells?: boolean;
  log(kind: 'dev_err', text: string): void;
}

/** Bytes that FMan may use of a buffer of 2048. */
export const POOL_BUFFER_BYTES: number = RAW_BYTES - SKB_SHINFO_BYTES - PAD_BYTES;
/** The same of one that takes the room of a page (dpaa-L51). */
export const PAGE_BUFFER_BYTES: number = PAGE_SIZE - SKB_SHINFO_BYTES - 2 * PAD_BYTES;

/** A pool. */
export class DpaBp {
  readonly bpid: number;
  readonly pool: BmanPool;
  readonly size: number;
  /** What a buffer really holds of memory. */
  readonly rawSize: number;
  /** Buffers that were freed because nothing else was left to do with them, and refills that came to nothing. */
  freed = 0;
  refillErrors = 0;
  /** Where FMan puts data, or a table. */
  readonly headroom: number;
  readonly #align: number;
  readonly #spec: DpaBpSpec;
  readonly #salt: number;
  readonly #batch = new Float64Array(DPA_BUFF_RELEASE_MAX);
  /** Notes of buffers that have left, for others. */
  readonly #spare: RxBuffer[] = [];

  constructor(spec: DpaBpSpec) {
    const { pool, size = POOL_BUFFER_BYTES, align = PAD_BYTES } = spec;
    this.pool = pool;
    this.bpid = pool.bpid;
    this.size = size;
    this.rawSize = size + SKB_SHINFO_BYTES + 2 * PAD_BYTES;
    this.headroom = spec.headroom ?? RX_HEADROOM;
    this.#align = align;
    this.#spec = spec;
    this.#salt = spec.salt ?? 0;
  }

  /** The first filling of a CPU's share (patch: dpa_bp_priv_seed). */
  seed(share: DpaCount): void {
    while (share.count < CONFIG_COUNT && this.add8(share)) continue;
  }

  /** Fills up when few are left; false when that was not to be had (patch: dpaa_eth_refill_bpools). */
  refill(share: DpaCount): boolean {
    if (share.count >= REFILL_THRESHOLD) return true;
    this.seed(share);
    if (share.count >= CONFIG_COUNT) return true;
    this.refillErrors++;
    return false;
  }

  /** Puts up to eight new buffers in; false when none was to be had (patch: _dpa_bp_add_8_bufs). */
  add8(share: DpaCount): boolean {
    let count = 0;
    try {
      for (; count < DPA_BUFF_RELEASE_MAX; count++) this.#batch[count] = this.#newBuffer();
    } catch (error) {
      passSysError(error);
    }
    if (count === 0) return false;
    share.count += count;
    return this.release(this.#batch, count, share);
  }

  /**
   * Gives buffers to the pool, again and again while its ring is full. When it stays full, or the pool refuses, the
   * buffers are freed and leave the share: false.
   */
  release(buffers: Float64Array, count: number, share: DpaCount): boolean {
    const { pool } = this;
    let tries = RELEASE_TRIES;
    let error = pool.release(buffers, count);
    while (error === -ERRNO.EBUSY && --tries > 0) error = pool.release(buffers, count);
    if (error === 0) return true;
    this.#spec.log('dev_err', `${count} buffers could not be released: ${error}`);
    for (let i = 0; i < count; i++) if (this.drop(buffers[i] as number)) share.count--;
    return false;
  }

  /** Maps a buffer that the driver has read and puts it back; false when it is freed instead. */
  recycle(buffer: RxBuffer, share: DpaCount): boolean {
    if (!this.remap(buffer)) return false;
    share.count++;
    this.#batch[0] = buffer.iova;
    return this.release(this.#batch, 1, share);
  }

  /** Whether FMan has written to a buffer since it went into the pool. */
  isOut({ page, offset, canary }: RxBuffer): boolean {
    return !canaryStands(page, offset + this.headroom, canary) || !canaryStands(page, offset, canary);
  }

  /** Makes a buffer that is mapped ready for its pool. */
  rearm({ page, offset, iova, canary }: RxBuffer): void {
    const { dma } = this.#spec;
    dma.syncSingle(iova, this.size, 'bidirectional', 'cpu');
    armCanary(page, offset, this.headroom, canary);
    dma.syncSingle(iova, this.size, 'bidirectional', 'device');
  }

  /** Maps it again; when that fails it is freed, and false. The patch loses it (dpaa-8.3.4). */
  remap(buffer: RxBuffer): boolean {
    const { dma, buffers, shells } = this.#spec;
    const { iova } = buffer;
    if (shells !== true) armCanary(buffer.page, buffer.offset, this.headroom, buffer.canary);
    try {
      const next = dma.mapSingle(buffer.page, buffer.offset, this.size, 'bidirectional');
      if (next === iova) return true;
      buffers.remove(buffer);
      buffer.iova = next;
      buffers.add(buffer);
    } catch (error) {
      passSysError(error);
      buffers.remove(buffer);
      this.#spec.log('dev_err', 'DMA mapping failed');
      if (shells === true) return false;
      this.freed++;
      this.#free(buffer);
      return false;
    }
    return true;
  }

  /** Unmaps and frees the buffer at this address; false when there is none. */
  drop(iova: number): boolean {
    const { dma, buffers } = this.#spec;
    const buffer = buffers.get(iova);
    if (buffer === undefined) return false;
    buffers.delete(iova);
    dma.unmapSingle(iova, this.size, 'bidirectional');
    this.freed++;
    this.#free(buffer);
    return true;
  }

  /**
   * Takes everything out and frees it, when nobody uses the pool any more (patch: dpa_bp_drain). Answers how many of
   * its buffers did not come out of it: they are freed as well.
   */
  drain(): number {
    const batch = this.#batch;
    for (let want = DPA_BUFF_RELEASE_MAX; want > 0; ) {
      const got = this.pool.acquire(batch, want);
      if (got <= 0) want = want === 1 ? 0 : 1;
      for (let i = 0; i < got; i++) this.drop(batch[i] as number);
    }
    let lost = 0;
    for (const { bp, iova } of this.#spec.buffers.all()) if (bp === this && this.drop(iova)) lost++;
    return lost;
  }

  /** A buffer of memory that is there already; it must have a reference of its own. */
  adopt(page: Page, offset: number, iova: number): RxBuffer {
    const { buffers, shells, frags } = this.#spec;
    const shell = shells === true ? new SkBuff(page, offset, this.size, frags) : undefined;
    const canary = canaryOf(page, offset, this.#salt);
    const buffer = this.#note(page, offset, iova, shell, canary);
    assert(buffers.add(buffer), 'a buffer is in one pool only');
    return buffer;
  }

  /** A buffer leaves: its memory is somebody else's. What is known of it counts until the next one comes. */
  forget(buffer: RxBuffer): void {
    this.#spec.buffers.remove(buffer);
    this.#spare.push(buffer);
  }

  #note(page: Page, offset: number, iova: number, shell: SkBuff | undefined, canary: number): RxBuffer {
    const spare = this.#spare.pop();
    if (spare === undefined) return { page, offset, iova, bp: this, shell, canary, mark: 0 };
    spare.page = page;
    spare.offset = offset;
    spare.iova = iova;
    spare.shell = shell;
    spare.canary = canary;
    spare.mark = 0;
    return spare;
  }

  #newBuffer(): number {
    const { dma, frags, shells } = this.#spec;
    const raw = frags.alloc(this.rawSize + (this.#align - PAD_BYTES), 1);
    const { page } = frags;
    const offset = (raw + PAD_BYTES + this.#align - 1) & -this.#align;
    if (shells !== true) armCanary(page, offset, this.headroom, canaryOf(page, offset, this.#salt));
    try {
      const iova = dma.mapSingle(page, offset, this.size, 'bidirectional');
      this.adopt(page, offset, iova);
      return iova;
    } catch (error) {
      page.put();
      throw error;
    }
  }

  #free(buffer: RxBuffer): void {
    if (buffer.shell === undefined) buffer.page.put();
    else buffer.shell.kfree();
  }
}
