// Erratum A050385 of the LS1043A: FMan may stall when a transfer crosses 4 KiB, or begins or ends oddly. The patch
// ignores it (dpaa-8.1.8).
import type { SkBuff } from '../../core/skbuff.js';

/** What all pieces of a packet but the end of the last must be multiples of. */
const GRAIN = 256;

/** Whether FMan may read the packet where it lies. */
export function isCompliant(skb: SkBuff): boolean {
  const { nrFrags } = skb;
  if (skb.data % GRAIN !== 0) return false;
  if (nrFrags > 0 && skb.headlen % GRAIN !== 0) return false;
  for (let i = 0; i < nrFrags; i++) {
    const { offset, size } = skb.frag(i);
    if (offset % GRAIN !== 0 || (i < nrFrags - 1 && size % GRAIN !== 0)) return false;
  }
  return true;
}

/** A linear copy that FMan may read, with room for the driver in front. ENOMEM. */
export function compliantCopy(skb: SkBuff, headroom: number): SkBuff {
  return skb.copy(headroom, GRAIN);
}
