// Received frames become packets (patch: _dpa_rx, contig_fd_to_skb, sg_fd_to_skb).
import { hexNumber } from '../../base/bytes.js';
import { CHECKSUM_NONE, CHECKSUM_UNNECESSARY, SkBuff } from '../../core/skbuff.js';
import { ETH_HLEN, ETH_P_8021Q, ethTypeTrans } from '../../core/etherdevice.js';
import { CANARY_BYTES, canaryStands } from './canary.js';
import type { DpaBp, DpaCount, RxBuffer } from './dpa-bp.js';
import type { DpaPriv } from './dpa-priv.js';
import {
  FD_CONTIG,
  FD_SG,
  FD_STAT,
  type FdFields,
  type SgtEntry,
  SGT_ENTRY_BYTES,
  SGT_MAX_ENTRIES,
  sgtAddr,
  sgtFinal,
  sgtLength,
  sgtOffset,
} from './fd.js';
import { dpaFdRelease, dpaReleaseUnmapped } from './release.js';

/** The default queue's callback (patch: rx_default_dqrr): fills the pool up, then takes the frame. */
export function dpaRxDefault(priv: DpaPriv, fd: FdFields, share: DpaCount): void {
  const filled = priv.bp.refill(share);
  if (filled || priv.right) dpaRx(priv, fd, share);
  else dpaFdRelease(priv, fd, share);
}

/** The error queue's callback (patch: rx_error_dqrr): counts by kind, and gives the frame back. */
export function dpaRxError(priv: DpaPriv, fd: FdFields, share: DpaCount): void {
  priv.bp.refill(share);
  priv.stats.rxErrors++;
  countKinds(priv, fd.cmd);
  dpaFdRelease(priv, fd, share);
}

/** A frame of the default queue. Whatever is wrong with it is counted, and its buffers go back. */
export function dpaRx(priv: DpaPriv, fd: FdFields, share: DpaCount): void {
  if ((fd.cmd & FD_STAT.RX_ERRORS) !== 0) return badStatus(priv, fd, share);
  const skb = priv.right ? rightSkb(priv, fd, share) : patchSkb(priv, fd, share);
  if (skb === undefined) return;
  share.count--;
  deliver(priv, skb, fd.cmd);
}

function badStatus(priv: DpaPriv, fd: FdFields, share: DpaCount): void {
  const { spec, stats } = priv;
  spec.log('netif_warn', `FD status = ${hexNumber(fd.cmd & FD_STAT.RX_ERRORS, 8)}`);
  stats.rxErrors++;
  if (priv.right) countKinds(priv, fd.cmd);
  dpaFdRelease(priv, fd, share);
}

function countKinds({ stats }: DpaPriv, status: number): void {
  if ((status & FD_STAT.DMA) !== 0) stats.rxDma++;
  if ((status & FD_STAT.PHYSICAL) !== 0) stats.rxPhysical++;
  if ((status & FD_STAT.SIZE) !== 0) stats.rxSize++;
  if ((status & FD_STAT.HEADER) !== 0) stats.rxHeader++;
}

function deliver(priv: DpaPriv, skb: SkBuff, status: number): void {
  const { right, stats } = priv;
  ethTypeTrans(skb);
  const { len } = skb;
  if (right) {
    const checked = priv.rxChecksum && (status & FD_STAT.L4_CHECKED) !== 0;
    skb.ipSummed = checked ? CHECKSUM_UNNECESSARY : CHECKSUM_NONE;
    if (priv.rxHash) skb.hash = priv.hash;
  } else if (overMtu(priv, skb, status)) {
    stats.rxDropped++;
    skb.kfree();
    return;
  }
  if (!priv.spec.receive(skb)) {
    if (right) stats.rxDropped++;
    return;
  }
  stats.rxPackets++;
  stats.rxBytes += len;
}

function overMtu({ mtu }: DpaPriv, { len, protocol }: SkBuff, status: number): boolean {
  if (len <= mtu || (status & FD_STAT.REASSEMBLED) !== 0) return false;
  return protocol !== ETH_P_8021Q || len > mtu + 4;
}

/** The packet of a frame that can be, or undefined: then it is counted and given back. */
function rightSkb(priv: DpaPriv, fd: FdFields, share: DpaCount): SkBuff | undefined {
  const { bp, buffers, dma } = priv;
  const buffer = buffers.get(fd.addr);
  if (buffer === undefined || fd.bpid !== bp.bpid || buffer.bp !== bp) return refuse(priv, fd, share);
  if (canaryStands(buffer.page, buffer.offset + bp.headroom, buffer.canary)) return refuse(priv, fd, share);
  if (fd.format === FD_CONTIG) {
    if (fd.length < ETH_HLEN || fd.offset + fd.length > bp.size) return refuse(priv, fd, share);
    dma.unmapSingle(fd.addr, bp.size, 'bidirectional');
    if (priv.rxHash) takeHash(priv, buffer);
    bp.forget(buffer);
    return linearSkb(priv, buffer, fd.offset, fd.length);
  }
  if (fd.format !== FD_SG) return refuse(priv, fd, share);
  dma.unmapSingle(fd.addr, bp.size, 'bidirectional');
  if (priv.rxHash) takeHash(priv, buffer);
  buffer.mark = ++priv.mark;
  const count = entriesOf(priv, buffer, fd);
  if (count > 0) return sgSkb(priv, buffer, fd, count, share);
  priv.stats.rxErrors++;
  priv.stats.rxBadDescriptor++;
  dpaReleaseUnmapped(priv, fd, share);
  return undefined;
}

/** FMan puts it into the buffer that the descriptor names; of a frame with a table that is the table's. */
function takeHash(priv: DpaPriv, { page, offset }: RxBuffer): void {
  priv.hash = page.view.getUint32(offset + priv.rxHashOffset);
}

/** A descriptor that cannot be, or one of a buffer that is in its pool still. */
function refuse(priv: DpaPriv, fd: FdFields, share: DpaCount): undefined {
  const buffer = priv.buffers.get(fd.addr);
  priv.stats.rxErrors++;
  if (buffer?.bp.isOut(buffer) === true) priv.stats.rxBadDescriptor++;
  dpaFdRelease(priv, fd, share);
  return undefined;
}

function linearSkb(priv: DpaPriv, { page, offset }: RxBuffer, from: number, length: number): SkBuff {
  const skb = new SkBuff(page, offset, priv.bp.size, priv.frags);
  skb.reserve(from);
  skb.put(length);
  return skb;
}

/** How many entries a table has, when each of them and all together can be; otherwise 0. */
function entriesOf(priv: DpaPriv, { page, offset }: RxBuffer, fd: FdFields): number {
  const { bp, buffers, mark, members, entries } = priv;
  let left = fd.length;
  let at = offset + fd.offset;
  for (let i = 0; i < SGT_MAX_ENTRIES; i++, at += SGT_ENTRY_BYTES) {
    const entry = entries[i] as SgtEntry;
    entry.load(page, at);
    const buffer = buffers.get(entry.addr);
    if (buffer === undefined || buffer.bp !== bp || buffer.mark === mark) return 0;
    buffer.mark = mark;
    members[i] = buffer;
    const { length } = entry;
    const from = i === 0 ? fd.offset : entry.offset;
    if (from + length > bp.size || length < (i === 0 ? ETH_HLEN : 0)) return 0;
    if (entry.bpid !== bp.bpid || entry.extension) return 0;
    if (isStale(bp, buffer, i, length)) return 0;
    left -= length;
    if (entry.final) return left === 0 ? i + 1 : 0;
  }
  return 0;
}

/** FMan has not filled it. Of a later piece shorter than the canary nobody can say. */
function isStale({ headroom }: DpaBp, { page, offset, canary }: RxBuffer, index: number, length: number): boolean {
  if (index === 0) return canaryStands(page, offset + headroom, canary);
  return length >= CANARY_BYTES && canaryStands(page, offset, canary);
}

/** The first buffer is the linear part, each later one a fragment; the table's buffer goes back to the pool. */
function sgSkb(priv: DpaPriv, table: RxBuffer, fd: FdFields, count: number, share: DpaCount): SkBuff {
  const { bp, dma, members, entries } = priv;
  let skb: SkBuff | undefined;
  for (let i = 0; i < count; i++) {
    const buffer = members[i] as RxBuffer;
    const { length, offset } = entries[i] as SgtEntry;
    dma.unmapSingle(buffer.iova, bp.size, 'bidirectional');
    bp.forget(buffer);
    if (skb === undefined) skb = linearSkb(priv, buffer, fd.offset, length);
    else skb.addRxFrag(buffer.page, buffer.offset + offset, length, bp.rawSize);
  }
  share.count -= count;
  bp.recycle(table, share);
  return skb as SkBuff;
}

/** As the patch does it: nothing is checked, and packets were built when the buffers went into the pool. */
function patchSkb(priv: DpaPriv, fd: FdFields, share: DpaCount): SkBuff | undefined {
  const { bp, buffers, dma } = priv;
  dma.unmapSingle(fd.addr, bp.size, 'bidirectional');
  const buffer = buffers.get(fd.addr) as RxBuffer;
  if (fd.format !== FD_CONTIG) return patchSg(priv, buffer, fd, share);
  buffers.delete(fd.addr);
  return filled(buffer, fd.offset, fd.length);
}

function filled({ shell }: RxBuffer, from: number, length: number): SkBuff {
  const skb = shell as SkBuff;
  skb.reserve(from);
  skb.put(length);
  return skb;
}

function patchSg(priv: DpaPriv, table: RxBuffer, fd: FdFields, share: DpaCount): SkBuff | undefined {
  const { bp, buffers, dma } = priv;
  const { view } = table.page;
  let skb: SkBuff | undefined;
  let final = false;
  for (let i = 0, at = table.offset + fd.offset; i < SGT_MAX_ENTRIES && !final; i++, at += SGT_ENTRY_BYTES) {
    const addr = sgtAddr(view, at);
    dma.unmapSingle(addr, bp.size, 'bidirectional');
    const buffer = buffers.get(addr) as RxBuffer;
    if (skb === undefined) skb = filled(buffer, fd.offset, sgtLength(view, at));
    else patchFrag(skb, buffer, sgtOffset(view, at), sgtLength(view, at), bp);
    buffers.delete(addr);
    share.count--;
    final = sgtFinal(view, at);
  }
  if (!final) priv.spec.log('netif_warn', 'No final bit on SGT');
  bp.recycle(table, share);
  return skb;
}

/** The packet on it goes, its memory stays: it has a reference more for a moment. */
function patchFrag(skb: SkBuff, { page, offset, shell }: RxBuffer, from: number, length: number, bp: DpaBp): void {
  page.get();
  (shell as SkBuff).kfree();
  skb.addRxFrag(page, offset + from, length, bp.size);
}
