// Packets (Linux: linux/skbuff.h): a linear part with room before and behind it, and fragments of pages. All on
// modelled memory; offsets are those in the head's page, so that nothing is allocated to look at a byte.
import { assert } from '../base/assert.js';
import { SysError } from '../base/errno.js';
import type { FragSource, Page } from './page.js';
import { csumFold, csumPartial } from './skb-checksum.js';
import { copyFragBytes, type SkbFrag, SkbSharedInfo } from './skb-shared-info.js';

/** The most fragments that a packet has (Linux: MAX_SKB_FRAGS). */
export const MAX_SKB_FRAGS = 17;
/** What heads and rooms are rounded up to (Linux: SMP_CACHE_BYTES, NET_SKB_PAD). */
const SKB_ALIGN = 64;
/** What Linux keeps behind each head: struct skb_shared_info, rounded up. Only accounted for here. */
export const SKB_SHINFO_BYTES = 320;
/** Linux's struct sk_buff, rounded up. Only accounted for here. */
const SKB_STRUCT_BYTES = 256;
/** Room that a linearized packet gets behind its data, so that the next bytes do not cost another copy. */
const PULL_TAIL_SPARE = 128;

/** Checksums of a packet: none known; known to be right; to be computed from `csumStart` on. */
export const CHECKSUM_NONE = 0;
/** The checksums are right. */
export const CHECKSUM_UNNECESSARY = 1;
/** The last sum is to be computed by whoever sends the packet. */
export const CHECKSUM_PARTIAL = 3;

const NO_FRAGS: readonly SkbFrag[] = [];

const roundUp = (size: number): number => (size + SKB_ALIGN - 1) & -SKB_ALIGN;
/** What a head of `size` bytes costs (Linux: SKB_TRUESIZE). */
const truesizeOf = (size: number): number => roundUp(size) + SKB_STRUCT_BYTES + SKB_SHINFO_BYTES;

/** A packet. Its memory is counted: `kfree` gives it back, and exactly once. */
export class SkBuff {
  /** The page of the linear part; `head` to `end` of it are this packet's. */
  page: Page;
  head: number;
  data: number;
  tail: number;
  end: number;
  /** Bytes of the packet, and how many of them lie in fragments. */
  len = 0;
  dataLen = 0;
  /** Memory that is held for it. */
  truesize: number;
  /** EtherType, as a number. */
  protocol = 0;
  ipSummed: number = CHECKSUM_NONE;
  /** Where the sum begins, and where it goes: offset in the page, and from there. */
  csumStart = 0;
  csumOffset = 0;
  macHeader = 0;
  networkHeader = 0;
  transportHeader = 0;
  queueMapping = 0;
  /** The receive hash; 0: none. */
  hash = 0;
  /** Made when the packet gets a fragment or a clone. */
  #shinfo: SkbSharedInfo | undefined;
  #source: FragSource;
  #cloned = false;
  #freed = false;

  /** A packet on memory that has a reference of its own: the packet takes it over (Linux: build_skb). */
  constructor(page: Page, head: number, size: number, source: FragSource, shinfo?: SkbSharedInfo) {
    this.page = page;
    this.head = head;
    this.data = head;
    this.tail = head;
    this.end = head + size;
    this.truesize = truesizeOf(size);
    this.#shinfo = shinfo;
    this.#source = source;
  }

  /** A packet with room for `size` bytes (Linux: alloc_skb). ENOMEM when memory is out. */
  static alloc(size: number, source: FragSource): SkBuff {
    const whole = roundUp(size);
    const head = source.alloc(whole, SKB_ALIGN);
    return new SkBuff(source.page, head, whole, source);
  }

  get headlen(): number {
    return this.len - this.dataLen;
  }

  get headroom(): number {
    return this.data - this.head;
  }

  /** Room behind the linear part; none in a packet with fragments. */
  get tailroom(): number {
    return this.dataLen === 0 ? this.end - this.tail : 0;
  }

  get nonlinear(): boolean {
    return this.dataLen !== 0;
  }

  get nrFrags(): number {
    return this.#shinfo === undefined ? 0 : this.#shinfo.frags.length;
  }

  /** Another packet has the same memory (Linux: skb_cloned, skb_header_cloned: nobody gives up his header here). */
  get cloned(): boolean {
    return this.#cloned && this.#shinfo?.dataref !== 1;
  }

  frag(index: number): SkbFrag {
    return this.#frags[index] as SkbFrag;
  }

  /** Leaves `length` bytes of room in front of an empty packet. */
  reserve(length: number): void {
    this.data += length;
    this.tail += length;
  }

  /** Grows the linear part at its end; answers where the new bytes begin. A Bug beyond the end (skb_over_panic). */
  put(length: number): number {
    const at = this.tail;
    if (this.dataLen !== 0 || at + length > this.end) assert(false, `skb_over_panic: put of ${length} bytes`);
    this.tail = at + length;
    this.len += length;
    return at;
  }

  /** Grows the linear part at its front; answers where it begins now. A Bug beyond the head (skb_under_panic). */
  push(length: number): number {
    if (this.data - length < this.head) assert(false, `skb_under_panic: push of ${length} bytes`);
    this.data -= length;
    this.len += length;
    return this.data;
  }

  /** Cuts bytes off the front of the linear part; a Bug when it has fewer. */
  pull(length: number): void {
    if (length > this.headlen) assert(false, `pull of ${length} bytes into fragments`);
    this.data += length;
    this.len -= length;
  }

  /** Makes sure that the first `length` bytes are linear; false when the packet is shorter (Linux: pskb_may_pull). */
  mayPull(length: number): boolean {
    if (length <= this.headlen) return true;
    if (length > this.len) return false;
    this.#pullTail(length - this.headlen);
    return true;
  }

  /** Cuts a linear packet to `length` bytes (Linux: skb_trim). */
  trim(length: number): void {
    assert(this.dataLen === 0, 'only linear packets are trimmed');
    if (length >= this.len) return;
    this.len = length;
    this.tail = this.data + length;
  }

  /** Adds a fragment; the packet takes the caller's reference over (Linux: skb_add_rx_frag). */
  addRxFrag(page: Page, offset: number, size: number, truesize: number): void {
    const { frags } = this.#shared();
    if (frags.length >= MAX_SKB_FRAGS) assert(false, 'a packet has at most 17 fragments');
    frags.push({ page, offset, size });
    this.len += size;
    this.dataLen += size;
    this.truesize += truesize;
  }

  /**
   * Makes the header writable with at least `headroom` bytes before it, in new memory if need be
   * (Linux: skb_cow_head). ENOMEM: nothing has changed.
   */
  cowHead(headroom: number): void {
    const delta = Math.max(0, headroom - this.headroom);
    if (delta > 0 || this.cloned) this.expandHead(roundUp(delta), 0);
  }

  /** Moves the linear part to new memory with more room before and behind it (Linux: pskb_expand_head). */
  expandHead(before: number, behind: number): void {
    const size = roundUp(this.end - this.head + before + behind);
    const source = this.#source;
    const head = source.alloc(size, SKB_ALIGN);
    const { page } = source;
    page.bytes.set(this.page.bytes.subarray(this.head, this.tail), head + before);
    if (this.cloned) {
      const own = this.#shared().copy();
      this.#dropData();
      this.#shinfo = own;
    } else this.page.put();
    this.#cloned = false;
    this.#shift(head + before - this.head);
    this.page = page;
    this.head = head;
    this.end = head + size;
  }

  /** Takes all fragments into the linear part (Linux: __skb_linearize). ENOMEM: nothing has changed. */
  linearize(): void {
    if (this.dataLen > 0) this.#pullTail(this.dataLen);
  }

  /** Pads with zeroes to `length` bytes, which are then linear (Linux: __skb_put_padto). ENOMEM: nothing is lost. */
  putPadto(length: number): void {
    const missing = length - this.len;
    if (missing <= 0) return;
    if (this.nonlinear) this.linearize();
    if (this.cloned || this.end - this.tail < missing) {
      this.expandHead(0, Math.max(0, missing - (this.end - this.tail)));
    }
    const at = this.put(missing);
    this.page.bytes.fill(0, at, at + missing);
  }

  /** Another packet on the same memory (Linux: skb_clone). */
  clone(): SkBuff {
    const shinfo = this.#shared();
    const other = new SkBuff(this.page, this.head, this.end - this.head, this.#source, shinfo);
    other.data = this.data;
    other.tail = this.tail;
    other.len = this.len;
    other.dataLen = this.dataLen;
    other.truesize = this.truesize;
    other.#takeMeta(this);
    shinfo.dataref++;
    this.#cloned = true;
    other.#cloned = true;
    return other;
  }

  /** A linear copy with `headroom` bytes before it, its data at a multiple of `align` (Linux: skb_copy_expand). */
  copy(headroom: number = this.headroom, align: number = SKB_ALIGN): SkBuff {
    const front = Math.ceil(headroom / align) * align;
    const size = roundUp(front + this.len);
    const head = this.#source.alloc(size, align);
    const other = new SkBuff(this.#source.page, head, size, this.#source);
    other.reserve(front);
    const at = other.put(this.len);
    this.copyBits(0, other.page.bytes, at, this.len);
    const moved = at - this.data;
    other.#takeMeta(this);
    other.#shiftMarks(moved);
    return other;
  }

  /** Copies `length` bytes of the packet from `offset` to `to` at `at` (Linux: skb_copy_bits). */
  copyBits(offset: number, to: Uint8Array, at: number, length: number): void {
    if (offset < 0 || offset + length > this.len) assert(false, `bytes ${offset} to ${offset + length} of ${this.len}`);
    const linear = Math.min(length, Math.max(0, this.headlen - offset));
    if (linear > 0) to.set(this.page.bytes.subarray(this.data + offset, this.data + offset + linear), at);
    if (linear < length) {
      copyFragBytes(this.#frags, offset + linear - this.headlen, to, at + linear, length - linear);
    }
  }

  /** All bytes, in memory of their own. For edges and tests. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.len);
    this.copyBits(0, all, 0, this.len);
    return all;
  }

  /** Sum over bytes from `offset`, unfolded (Linux: skb_checksum). */
  checksum(offset: number, length: number, sum: number): number {
    let total = sum;
    let skip = offset;
    let left = length;
    let odd = 0;
    const piece = (bytes: Uint8Array, from: number, size: number): void => {
      const start = Math.min(skip, size);
      const count = Math.min(left, size - start);
      skip -= start;
      left -= count;
      if (count > 0) total = csumPartial(bytes, from + start, count, total, odd);
      odd = (odd + count) & 1;
    };
    piece(this.page.bytes, this.data, this.headlen);
    for (const frag of this.#frags) piece(frag.page.bytes, frag.offset, frag.size);
    if (left !== 0) assert(false, `${length} bytes at ${offset} of ${this.len}`);
    return total;
  }

  /** Computes what CHECKSUM_PARTIAL asks for, here (Linux: skb_checksum_help). ENOMEM when a header must be copied. */
  checksumHelp(): void {
    const place = this.csumStart + this.csumOffset - this.data;
    if (!this.mayPull(place + 2)) throw new SysError('EINVAL', 'a checksum beyond the packet', { op: 'skb' });
    if (this.cloned) this.expandHead(0, 0);
    const from = this.csumStart - this.data;
    const sum = csumFold(this.checksum(from, this.len - from, 0));
    this.page.view.setUint16(this.data + place, sum === 0 ? 0xffff : sum);
    this.ipSummed = CHECKSUM_NONE;
  }

  /** Gives everything back (Linux: kfree_skb, dev_kfree_skb). */
  kfree(): void {
    if (this.#freed) assert(false, 'a packet is freed twice');
    this.#freed = true;
    this.#dropData();
  }

  #dropData(): void {
    const { page } = this;
    const shinfo = this.#shinfo;
    if (shinfo !== undefined) {
      if (--shinfo.dataref > 0) return;
      const { frags } = shinfo;
      for (let i = 0; i < frags.length; i++) (frags[i] as SkbFrag).page.put();
    }
    page.put();
  }

  /** Makes `more` bytes of the fragments linear (Linux: __pskb_pull_tail). */
  #pullTail(more: number): void {
    const lacking = this.tail + more - this.end;
    if (lacking > 0 || this.cloned) this.expandHead(0, lacking > 0 ? lacking + PULL_TAIL_SPARE : 0);
    copyFragBytes(this.#frags, 0, this.page.bytes, this.tail, more);
    this.#shared().eat(more);
    this.tail += more;
    this.dataLen -= more;
  }

  get #frags(): readonly SkbFrag[] {
    return this.#shinfo?.frags ?? NO_FRAGS;
  }

  #shared(): SkbSharedInfo {
    this.#shinfo ??= new SkbSharedInfo();
    return this.#shinfo;
  }

  #takeMeta(from: SkBuff): void {
    this.protocol = from.protocol;
    this.ipSummed = from.ipSummed;
    this.csumStart = from.csumStart;
    this.csumOffset = from.csumOffset;
    this.macHeader = from.macHeader;
    this.networkHeader = from.networkHeader;
    this.transportHeader = from.transportHeader;
    this.queueMapping = from.queueMapping;
    this.hash = from.hash;
  }

  #shift(by: number): void {
    this.data += by;
    this.tail += by;
    this.#shiftMarks(by);
  }

  #shiftMarks(by: number): void {
    this.csumStart += by;
    this.macHeader += by;
    this.networkHeader += by;
    this.transportHeader += by;
  }
}
