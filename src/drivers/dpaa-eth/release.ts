// Frames that are given back whole to the pools their buffers are of.
import { DPA_BUFF_RELEASE_MAX, type DpaCount } from './dpa-bp.js';
import type { DpaPriv } from './dpa-priv.js';
import { FD_SG, type FdFields, SGT_ENTRY_BYTES, SGT_MAX_ENTRIES, sgtAddr, sgtBpid, sgtFinal } from './fd.js';

/** Where the patch's counter of entries comes round; a table without final entry is walked for ever there. */
const PATCH_ENTRIES = 256;

/**
 * Gives the buffers of a table back, runs of one pool in batches of at most eight (patch: dpa_release_sgt). They stay
 * mapped, and the share's count stays what it is. At most 16 entries are looked at, and left out is what is not one of
 * our buffers, is in the pool still, stands there twice, or is `own`, where the table lies. The patch walks to the
 * final entry, wherever it is (dpaa-8.3.3).
 */
export function dpaReleaseSgt(priv: DpaPriv, view: DataView, at: number, share: DpaCount, own = 0): void {
  const { batch, right } = priv;
  const end = right ? Math.min(view.byteLength, at + SGT_MAX_ENTRIES * SGT_ENTRY_BYTES) : view.byteLength;
  const most = right ? SGT_MAX_ENTRIES : PATCH_ENTRIES;
  const mark = ++priv.mark;
  let entry = at;
  for (let i = 0; i < most && entry + SGT_ENTRY_BYTES <= end; ) {
    const bpid = sgtBpid(view, entry);
    let count = 0;
    let last = false;
    let same = true;
    while (count < DPA_BUFF_RELEASE_MAX && !last && same) {
      const addr = sgtAddr(view, entry);
      if (!right || (addr !== own && isOurs(priv, addr, bpid, mark))) batch[count++] = addr;
      last = sgtFinal(view, entry);
      entry += SGT_ENTRY_BYTES;
      i++;
      last ||= i >= most || entry + SGT_ENTRY_BYTES > end;
      same = last || sgtBpid(view, entry) === bpid;
    }
    if (count > 0) priv.spec.bpid2pool(bpid)?.release(batch, count, share);
    if (last) return;
  }
}

function isOurs(priv: DpaPriv, addr: number, bpid: number, mark: number): boolean {
  const buffer = priv.buffers.get(addr);
  if (buffer === undefined || buffer.bp.bpid !== bpid || buffer.mark === mark || !buffer.bp.isOut(buffer)) return false;
  buffer.mark = mark;
  buffer.bp.rearm(buffer);
  return true;
}

/**
 * Gives a frame back (patch: dpa_fd_release): the buffers of its table first, then the buffer of its descriptor, which
 * is mapped anew when a table was read from it. It goes to the pool that it is of; in the patch to the pool that the
 * descriptor says (dpaa-8.3.2).
 */
export function dpaFdRelease(priv: DpaPriv, fd: FdFields, share: DpaCount): void {
  const buffer = priv.buffers.get(fd.addr);
  const bp = priv.right ? buffer?.bp : priv.spec.bpid2pool(fd.bpid);
  if (buffer === undefined || bp === undefined) {
    priv.stats.rxBadDescriptor++;
    return;
  }
  if (priv.right && !bp.isOut(buffer)) {
    priv.stats.rxStale++;
    return;
  }
  if (fd.format === FD_SG) {
    priv.dma.unmapSingle(fd.addr, bp.size, 'bidirectional');
    dpaReleaseUnmapped(priv, fd, share);
    return;
  }
  if (priv.right) bp.rearm(buffer);
  priv.batch[0] = fd.addr;
  bp.release(priv.batch, 1, share);
}

/**
 * The same once the descriptor's buffer is unmapped. When it cannot be mapped again it is freed and leaves the share;
 * the patch loses it (dpaa-8.3.4).
 */
export function dpaReleaseUnmapped(priv: DpaPriv, fd: FdFields, share: DpaCount): void {
  const buffer = priv.buffers.get(fd.addr);
  const bp = priv.right ? buffer?.bp : priv.spec.bpid2pool(fd.bpid);
  if (buffer === undefined || bp === undefined) return;
  dpaReleaseSgt(priv, buffer.page.view, buffer.offset + fd.offset, share, fd.addr);
  if (!bp.remap(buffer)) {
    if (priv.right) share.count--;
    return;
  }
  priv.batch[0] = buffer.iova;
  bp.release(priv.batch, 1, share);
}
