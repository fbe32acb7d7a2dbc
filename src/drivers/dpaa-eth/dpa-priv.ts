// What one interface works with (patch: struct dpa_priv_s), as far as frames are concerned. What differs from patch and
// Linux stands in dpaa-eth.ts.
import { assert } from '../../base/assert.js';
import type { PageDma } from '../../core/dma-page.js';
import type { FragSource, Page } from '../../core/page.js';
import type { SkBuff } from '../../core/skbuff.js';
import { AddressMap } from './address-map.js';
import type { DpaBp, RxBuffer } from './dpa-bp.js';
import { QmFd, SGT_MAX_ENTRIES, SgtEntry } from './fd.js';
import type { QmanFq } from './qbman.js';

/** Which of printk's friends the patch uses. */
export type DpaPrintk = 'dev_err' | 'netdev_err' | 'netif_err' | 'netif_warn' | 'netif_alert';

/** `seed` does what the patch does, mistakes included, for comparison; users have `right`. */
export type Personality = 'seed' | 'right';

/** Counters of one CPU (Linux: struct rtnl_link_stats64, and the driver's own). */
export interface DpaStats {
  rxPackets: number;
  rxBytes: number;
  rxErrors: number;
  rxDropped: number;
  /** Bad frames by kind: DMA, physical, size, header; descriptors and tables that cannot be. */
  rxDma: number;
  rxPhysical: number;
  rxSize: number;
  rxHeader: number;
  rxBadDescriptor: number;
  /** Descriptors of buffers that are in their pool. */
  rxStale: number;
  txPackets: number;
  txBytes: number;
  txErrors: number;
  txDropped: number;
  txFifoErrors: number;
  txConfirm: number;
  txSg: number;
  /** Confirmations of frames that are not ours. */
  txStray: number;
  /** Packets whose checksum was computed here after all. */
  txSoftwareChecksum: number;
}

/** All counters at zero. */
export function dpaStats(): DpaStats {
  const rx = { rxPackets: 0, rxBytes: 0, rxErrors: 0, rxDropped: 0, rxDma: 0, rxPhysical: 0, rxSize: 0, rxHeader: 0 };
  const tx = { txPackets: 0, txBytes: 0, txErrors: 0, txDropped: 0, txFifoErrors: 0, txConfirm: 0, txSg: 0 };
  return { ...rx, rxBadDescriptor: 0, rxStale: 0, ...tx, txStray: 0, txSoftwareChecksum: 0 };
}

/** A frame on its way out: what its confirmation gives back. */
export interface TxFrame {
  /** What the descriptor says. */
  iova: number;
  skb: SkBuff;
  /** The page of the table, and where its buffer begins; of a contiguous frame the packet's. */
  page: Page;
  offset: number;
  /** Bytes of the descriptor's buffer that are mapped. */
  mapped: number;
  sg: boolean;
}

/** What an interface is made of. */
export interface DpaPrivSpec {
  readonly personality?: Personality;
  /** FMan stalls when data crosses 4 KiB, and more: erratum A050385 of the LS1043A. */
  readonly erratumA050385?: boolean;
  /** Each counts for itself. */
  readonly cpus?: number;
  /** Bytes before the data of a sent frame, and of a received one. */
  readonly txHeadroom?: number;
  readonly rxHeadroom?: number;
  /** Where FMan puts a received frame's hash into the descriptor's buffer. */
  readonly rxHashOffset?: number;
  readonly dma: PageDma;
  /** Where tables come from. */
  readonly frags: FragSource;
  readonly bp: DpaBp;
  /** Buffers by bus address, of all pools. */
  readonly buffers: AddressMap<RxBuffer>;
  /** The pool of this number, if it is one of ours (patch: dpa_bpid2pool). */
  bpid2pool(bpid: number): DpaBp | undefined;
  /** Transmit queues, and by the same index the queues of their confirmations. */
  readonly egress: readonly QmanFq[];
  readonly confFqids: readonly number[];
  /** Hands a packet up, with its protocol; false when it is dropped there, and freed (Linux: netif_receive_skb). */
  receive(skb: SkBuff): boolean;
  log(kind: DpaPrintk, text: string): void;
}

/** The state of an interface. */
export class DpaPriv {
  readonly right: boolean;
  readonly erratum: boolean;
  readonly txHeadroom: number;
  readonly rxHeadroom: number;
  readonly rxHashOffset: number;
  readonly dma: PageDma;
  readonly frags: FragSource;
  readonly bp: DpaBp;
  readonly buffers: AddressMap<RxBuffer>;
  readonly egress: readonly QmanFq[];
  readonly confFqids: readonly number[];
  /** Counters by CPU, and those of the CPU at work. */
  readonly percpu: readonly DpaStats[];
  stats: DpaStats;
  readonly spec: DpaPrivSpec;
  /** Frames that were sent and not confirmed, by the descriptor's address. */
  readonly inFlight = new AddressMap<TxFrame>();
  /** Largest length of layer 3 that the patch lets in. */
  mtu = 1500;
  /** FMan's verdict on checksums counts (Linux: NETIF_F_RXCSUM). */
  rxChecksum = true;
  /** Packets get FMan's hash (Linux: NETIF_F_RXHASH, and keygen_in_use). */
  rxHash = false;
  /** The hash of the frame at hand. */
  hash = 0;
  /** Filled for each frame that is sent. */
  readonly fd = new QmFd();
  /** Filled for each batch that is released. */
  readonly batch = new Float64Array(8);
  /** The buffers of a table that was looked through. */
  readonly members: RxBuffer[] = [];
  /** What stands in that table. */
  readonly entries: readonly SgtEntry[] = Array.from({ length: SGT_MAX_ENTRIES }, () => new SgtEntry());
  /** Numbers frames, to find a buffer that stands in a table twice. */
  mark = 0;
  readonly #spare: TxFrame[] = [];

  constructor(spec: DpaPrivSpec) {
    const { personality = 'right', erratumA050385 = false, txHeadroom = 64 } = spec;
    const { rxHeadroom = 128, rxHashOffset = 120 } = spec;
    this.percpu = Array.from({ length: spec.cpus ?? 1 }, () => dpaStats());
    this.stats = this.percpu[0] as DpaStats;
    this.right = personality === 'right';
    this.erratum = erratumA050385;
    this.txHeadroom = txHeadroom;
    this.rxHeadroom = rxHeadroom;
    this.rxHashOffset = rxHashOffset;
    this.dma = spec.dma;
    this.frags = spec.frags;
    this.bp = spec.bp;
    this.buffers = spec.buffers;
    this.egress = spec.egress;
    this.confFqids = spec.confFqids;
    this.spec = spec;
  }

  /** What happens from here on counts for this CPU. */
  onCpu(cpu: number): void {
    const stats = this.percpu[cpu] as DpaStats;
    if (stats !== this.stats) this.stats = stats;
  }

  /** Notes a frame that is about to go out under the address of its descriptor. */
  note(iova: number, skb: SkBuff, page: Page, offset: number, mapped: number, sg: boolean): void {
    let frame = this.#spare.pop();
    if (frame === undefined) frame = { iova, skb, page, offset, mapped, sg };
    else {
      frame.iova = iova;
      frame.skb = skb;
      frame.page = page;
      frame.offset = offset;
      frame.mapped = mapped;
      frame.sg = sg;
    }
    assert(this.inFlight.add(frame), 'a buffer is in one frame only');
  }

  /** Takes the note back; undefined when there is none. The answer counts until the next note. */
  forget(iova: number): TxFrame | undefined {
    const frame = this.inFlight.get(iova);
    if (frame === undefined) return undefined;
    this.inFlight.remove(frame);
    this.#spare.push(frame);
    return frame;
  }
}
