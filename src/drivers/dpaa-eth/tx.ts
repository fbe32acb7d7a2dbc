// Packets become frames that are sent, and their confirmations give everything back (patch: dpa_tx, skb_to_contig_fd,
// skb_to_sg_fd, _dpa_cleanup_tx_fd).
import { ERRNO, passSysError, SysError } from '../../base/errno.js';
import { assert } from '../../base/assert.js';
import { hexNumber } from '../../base/bytes.js';
import { ETH_ZLEN } from '../../core/etherdevice.js';
import type { PageDma } from '../../core/dma-page.js';
import type { Page } from '../../core/page.js';
import type { SkBuff } from '../../core/skbuff.js';
import { compliantCopy, isCompliant } from './erratum.js';
import type { DpaPriv } from './dpa-priv.js';
import {
  BPID_NONE,
  FD_CMD,
  FD_CONTIG,
  FD_MAX_ADDR,
  FD_MAX_LENGTH,
  FD_SG,
  FD_STAT,
  type FdFields,
  type QmFd,
  SGT_ENTRY_BYTES,
  SGT_MAX_ENTRIES,
  sgtAddr,
  sgtLength,
  sgtWholeAddr,
  sgtWholeLength,
  sgtWrite,
  sgtWriteWhole,
} from './fd.js';
import { dpaChecksum, dpaEnableTxCsum, PARSE_RESULTS } from './tx-csum.js';

/** How often a frame is offered to a full ring. */
const ENQUEUE_TRIES = 100_000;
/** FMan reads so much of a table, whatever its length (dpaa-8.1.2). */
const TABLE_BYTES = SGT_MAX_ENTRIES * SGT_ENTRY_BYTES;
/** A table's buffer begins at a multiple of this, so that no read of it crosses 4 KiB (dpaa-8.1.3). */
const TABLE_ALIGN = 512;
/** Descriptors have 40 bits of an address; the patch cuts the others off (dpaa-8.3.2). */
const FD_ADDRESSES = FD_MAX_ADDR + 1;

/** Sends a packet, which is the driver's from here on: confirmed or freed (Linux: ndo_start_xmit, NETDEV_TX_OK). */
export function dpaTx(priv: DpaPriv, packet: SkBuff): void {
  let skb = packet;
  const { fd, stats } = priv;
  fd.clear();
  try {
    if (priv.right) skb = prepared(priv, packet);
    if (buildFd(priv, skb, fd) === 0 && dpaXmit(priv, skb, fd)) return;
  } catch (error) {
    passSysError(error);
  }
  stats.txErrors++;
  skb.kfree();
}

/** What the patch leaves undone before a descriptor is made. ENOMEM. */
function prepared(priv: DpaPriv, packet: SkBuff): SkBuff {
  let skb = packet;
  if (skb.len < ETH_ZLEN) skb.putPadto(ETH_ZLEN);
  if (skb.headlen === 0) skb.linearize();
  dpaChecksum(priv, skb);
  if (priv.erratum && !isCompliant(skb)) {
    skb = compliantCopy(skb, priv.txHeadroom);
    packet.kfree();
  }
  return skb;
}

/** Fills the descriptor and maps what it names. 0 or a negative error; ENOMEM as an error. */
function buildFd(priv: DpaPriv, skb: SkBuff, fd: QmFd): number {
  if (priv.right && skb.len > FD_MAX_LENGTH) return -ERRNO.EMSGSIZE;
  if (!skb.nonlinear) skb.cowHead(priv.txHeadroom);
  else if (skb.nrFrags < SGT_MAX_ENTRIES) return skbToSgFd(priv, skb, fd);
  else {
    skb.linearize();
    if (priv.right) skb.cowHead(priv.txHeadroom);
  }
  return skbToContigFd(priv, skb, fd);
}

function skbToContigFd(priv: DpaPriv, skb: SkBuff, fd: QmFd): number {
  const { txHeadroom } = priv;
  const { page } = skb;
  const start = skb.data - txHeadroom;
  const size = txHeadroom + skb.len;
  writeCookie(page, start);
  const error = dpaEnableTxCsum(priv, skb, fd, page.view, start + PARSE_RESULTS);
  if (error < 0) {
    priv.spec.log('netif_err', `HW csum error: ${error}`);
    return error;
  }
  try {
    const addr = mapSingle(priv, page, start, size);
    finish(fd, FD_CONTIG, addr, txHeadroom, skb.len);
    priv.note(cut(addr), skb, page, start, size, false);
    return 0;
  } catch (caught) {
    passSysError(caught);
    priv.spec.log('netif_err', 'dma_map_single() failed');
    return -ERRNO.EINVAL;
  }
}

/** Where the patch has a pointer to the packet the buffer's own address stands, for dumps. */
function writeCookie(page: Page, start: number): void {
  if (start < 0) return; // the patch writes in front of the packet's memory (dpaa-8.3.1)
  const cookie = page.phys + start;
  page.view.setUint32(start, (cookie / 0x1_0000_0000) | 0);
  page.view.setUint32(start + 4, cookie >>> 0);
}

function finish(fd: QmFd, format: number, addr: number, offset: number, length: number): void {
  fd.format = format;
  fd.bpid = BPID_NONE;
  fd.addr = addr;
  fd.offset = offset;
  fd.length = length;
  fd.cmd |= FD_CMD.FCO;
}

function skbToSgFd(priv: DpaPriv, skb: SkBuff, fd: QmFd): number {
  const { txHeadroom, frags, stats, right } = priv;
  const size = txHeadroom + (right ? TABLE_BYTES : SGT_ENTRY_BYTES * (1 + skb.nrFrags));
  stats.txSg++;
  let start: number;
  try {
    start = frags.alloc(size, right ? TABLE_ALIGN : 1);
  } catch (error) {
    passSysError(error);
    priv.spec.log('netdev_err', 'netdev_alloc_frag() failed');
    return -ERRNO.ENOMEM;
  }
  const { page } = frags;
  if (right) page.bytes.fill(0, start, start + size);
  let error = dpaEnableTxCsum(priv, skb, fd, page.view, start + PARSE_RESULTS);
  if (error < 0) priv.spec.log('netif_err', `HW csum error: ${error}`);
  else error = fillTable(priv, skb, fd, page, start, size);
  if (error < 0) page.put();
  return error;
}

/** Maps the linear part, the fragments and the table, in this order; on a failure nothing stays mapped. */
function fillTable(priv: DpaPriv, skb: SkBuff, fd: QmFd, page: Page, start: number, size: number): number {
  const { txHeadroom } = priv;
  const table = start + txHeadroom;
  const { nrFrags } = skb;
  let mapped = 0;
  try {
    let at = table;
    let length = skb.headlen;
    writeEntry(priv, page, at, mapSingle(priv, skb.page, skb.data, length), length, false);
    for (mapped = 1; mapped <= nrFrags; mapped++) {
      const frag = skb.frag(mapped - 1);
      at += SGT_ENTRY_BYTES;
      length = frag.size;
      const addr = mapPage(priv, frag.page, frag.offset, length);
      writeEntry(priv, page, at, addr, length, mapped === nrFrags);
    }
    writeCookie(page, start);
    const addr = mapSingle(priv, page, start, size);
    finish(fd, FD_SG, addr, txHeadroom, skb.len);
    priv.note(cut(addr), skb, page, start, size, true);
    return 0;
  } catch (error) {
    passSysError(error);
    priv.spec.log('dev_err', 'DMA mapping failed');
    unwind(priv, page.view, table, mapped);
    return -ERRNO.EINVAL;
  }
}

function writeEntry(
  { right }: DpaPriv,
  { words, view }: Page,
  at: number,
  addr: number,
  length: number,
  final: boolean,
): void {
  if (right) sgtWriteWhole(words, at, addr, length, final);
  else sgtWrite(view, at, addr, length, final);
}

const cut = (addr: number): number => (addr > FD_MAX_ADDR ? addr % FD_ADDRESSES : addr);

/** Undoes the first `count` mappings. The patch takes the linear part for a page (dpaa-8.3.7). */
function unwind({ dma, right }: DpaPriv, view: DataView, table: number, count: number): void {
  for (let i = 0, at = table; i < count; i++, at += SGT_ENTRY_BYTES) {
    if (i === 0 && right) dma.unmapSingle(sgtAddr(view, at), sgtLength(view, at), 'to-device');
    else dma.unmapPage(sgtAddr(view, at), sgtLength(view, at), 'to-device');
  }
}

function mapSingle({ dma, right }: DpaPriv, page: Page, offset: number, size: number): number {
  const addr = dma.mapSingle(page, offset, size, 'to-device');
  if (addr + size - 1 <= FD_MAX_ADDR || !right) return addr;
  dma.unmapSingle(addr, size, 'to-device');
  throw new SysError('EINVAL', 'an address of more than 40 bits', { op: 'dma' });
}

function mapPage({ dma, right }: DpaPriv, page: Page, offset: number, size: number): number {
  const addr = dma.mapPage(page, offset, size, 'to-device');
  if (addr + size - 1 <= FD_MAX_ADDR || !right) return addr;
  dma.unmapPage(addr, size, 'to-device');
  throw new SysError('EINVAL', 'an address of more than 40 bits', { op: 'dma' });
}

/** Enqueues; false when that failed, and then nothing is mapped any more (patch: dpa_xmit). */
function dpaXmit(priv: DpaPriv, skb: SkBuff, fd: QmFd): boolean {
  const { egress, confFqids, stats } = priv;
  const { queueMapping } = skb;
  const fq = egress[queueMapping];
  const confFqid = confFqids[queueMapping];
  assert(fq !== undefined && confFqid !== undefined, 'a packet has one of the transmit queues');
  fd.cmd |= confFqid;
  const { length } = fd;
  let error = fq.enqueue(fd);
  for (let tries = 1; error === -ERRNO.EBUSY && tries < ENQUEUE_TRIES; tries++) error = fq.enqueue(fd);
  if (error === 0) {
    stats.txPackets++;
    stats.txBytes += priv.right ? length : length & FD_MAX_LENGTH;
    return true;
  }
  if (!priv.right) stats.txErrors++;
  stats.txFifoErrors++;
  dpaCleanupTxFd(priv, fd);
  return false;
}

/**
 * Unmaps what a descriptor names and frees its table (patch: _dpa_cleanup_tx_fd). The packet, which is not freed;
 * undefined for a frame that is not ours.
 */
export function dpaCleanupTxFd(priv: DpaPriv, fd: FdFields): SkBuff | undefined {
  const { dma, right } = priv;
  const frame = priv.forget(cut(fd.addr));
  if (frame === undefined) return undefined;
  const { skb, page } = frame;
  dma.unmapSingle(fd.addr, frame.mapped, 'to-device');
  if (!frame.sg) return skb;
  if (right) unmapTable(dma, page.words, frame.offset + priv.txHeadroom, skb.nrFrags);
  else patchUnmapTable(dma, page.view, frame.offset + priv.txHeadroom, skb.nrFrags);
  page.put();
  return skb;
}

function unmapTable(dma: PageDma, words: Int32Array, table: number, frags: number): void {
  dma.unmapSingle(sgtWholeAddr(words, table), sgtWholeLength(words, table), 'to-device');
  for (let i = 1, at = table + SGT_ENTRY_BYTES; i <= frags; i++, at += SGT_ENTRY_BYTES) {
    dma.unmapPage(sgtWholeAddr(words, at), sgtWholeLength(words, at), 'to-device');
  }
}

/** The patch leaves the last fragment mapped (dpaa-8.1.1). */
function patchUnmapTable(dma: PageDma, view: DataView, table: number, frags: number): void {
  dma.unmapSingle(sgtAddr(view, table), sgtLength(view, table), 'to-device');
  for (let i = 1, at = table + SGT_ENTRY_BYTES; i < frags; i++, at += SGT_ENTRY_BYTES) {
    dma.unmapPage(sgtAddr(view, at), sgtLength(view, at), 'to-device');
  }
}

/** What the confirm queues bring: the frame was sent, or not and why (patch: priv_tx_conf_default_dqrr). */
export function dpaTxConfirm(priv: DpaPriv, fd: FdFields): void {
  const { stats } = priv;
  if ((fd.cmd & FD_STAT.TX_ERRORS) !== 0) {
    priv.spec.log('netif_warn', `FD status = ${hexNumber(fd.cmd & FD_STAT.TX_ERRORS, 8)}`);
    stats.txErrors++;
  }
  stats.txConfirm++;
  give(priv, fd);
}

/** What the error queue brings: frames that FMan could not send (patch: priv_tx_error_dqrr). */
export function dpaTxError(priv: DpaPriv, fd: FdFields): void {
  priv.spec.log('netif_warn', `FD status = ${hexNumber(fd.cmd & FD_STAT.TX_ERRORS, 8)}`);
  priv.stats.txErrors++;
  give(priv, fd);
}

/** A frame that QMan took and then rejected (patch: egress_ern). It was counted as sent, and stays so. */
export function dpaTxRejected(priv: DpaPriv, fd: FdFields): void {
  priv.stats.txDropped++;
  priv.stats.txFifoErrors++;
  give(priv, fd);
}

function give(priv: DpaPriv, fd: FdFields): void {
  const skb = dpaCleanupTxFd(priv, fd);
  if (skb === undefined) priv.stats.txStray++;
  else skb.kfree();
}

/** Frees all frames that were never confirmed, when nothing of the hardware runs any more. Answers how many. */
export function dpaTxAbandon(priv: DpaPriv): number {
  const left = priv.inFlight.all();
  for (const { iova, sg } of left) {
    priv.fd.clear();
    priv.fd.addr = iova;
    priv.fd.format = sg ? FD_SG : FD_CONTIG;
    give(priv, priv.fd);
  }
  return left.length;
}
