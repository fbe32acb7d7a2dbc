// BMan and QMan of the DPAA, and the door of their drivers (Linux: soc/fsl/bman.h, soc/fsl/qman.h). Compared with Linux
// 6.12, drivers/soc/fsl/qbman.
//
// dpaa-L20 A full enqueue ring is -EBUSY, and the frame stays the caller's. Linux says 0 and the frame is gone.
// dpaa-L21 Releasing to a full ring is -EBUSY at once. Linux tries for a millisecond and says -ETIMEDOUT.
// dpaa-L22 New entries of the dequeue and message rings are found by the producer's index. Linux looks at validity
//          bits.
// dpaa-L23 Blocks and portals can be unbound: queues are shut down, pools emptied, memory given back. In Linux they
//          stay.
// dpaa-L24 An error of a queue says which command it was and why. Linux says a number.
// dpaa-L25 Memory whose place the tree leaves open is allocated when the block is bound. In Linux when it boots.
// dpaa-L26 A congestion group is switched off when its owner is unbound; portals other than CPU 0's are not told
//          of it.
import type { Device, Driver } from '../../core/device.js';
import { bman, qman } from './blocks.js';
import { nodesOf, notBound } from './not-bound.js';
import { bmanPortal, qmanPortal } from './portals.js';
import { type Qbman, qbmanOf } from './state.js';

export { type BmanPoolHandle, devmBmanNewPool } from './bman-pool.js';
export type { QmanDqrrResult, QmanFd, QmanFqCallbacks } from './fq-types.js';
export { devmQmanCreateCgr, type QmanCgrSpec } from './qman-cgr.js';
export { devmQmanAllocFqids, devmQmanCreateFq, devmQmanPoolChannel } from './qman-fq.js';
export { FQCTRL, type QmanFqInit, type QmanFrameQueue } from './qman-fq.js';
export type { QmanPortal } from './qman-portal.js';

/** The drivers, in the order in which they can bind. */
export const qbmanDrivers: readonly Driver[] = [bman, qman, bmanPortal, qmanPortal];

/** The interrupt source of a portal whose dequeue ring is not empty. */
export const QM_PIRQ_DQRI = 0x0002_0000;

/**
 * BMan and QMan once both can be used, with a portal of each for every CPU that can have one. ENODEV says what the tree
 * lacks, EPROBE_DEFER what is not bound yet.
 */
export function qbmanGet(dev: Device): Qbman {
  const state = qbmanOf(dev);
  const bound = (portals: readonly unknown[]): number => portals.filter((portal) => portal !== undefined).length;
  const parts = [
    { what: 'BMan', compatible: 'fsl,bman', bound: Number(state.bman !== undefined), most: 1 },
    { what: 'QMan', compatible: 'fsl,qman', bound: Number(state.qman !== undefined), most: 1 },
    { what: 'portal of BMan', compatible: 'fsl,bman-portal', bound: bound(state.bmanPortals), most: state.cpus },
    { what: 'portal of QMan', compatible: 'fsl,qman-portal', bound: bound(state.qmanPortals), most: state.cpus },
  ];
  for (const { what, compatible, bound: count, most } of parts) {
    const { on } = nodesOf(dev, compatible);
    if (on.length === 0 || count < Math.min(on.length, most)) throw notBound(dev, what, compatible);
  }
  return state;
}
