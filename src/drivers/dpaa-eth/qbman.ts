// What the part of the driver that makes and takes frames needs of QMan and BMan (Linux: soc/fsl/qman.h, bman.h).
// Types only; whoever drives the portals implements them. Nothing here may call back inside the call that asked.
import type { QmFd } from './fd.js';

/** A frame queue that this driver enqueues to. */
export interface QmanFq {
  readonly fqid: number;
  /**
   * Puts the descriptor on the enqueue ring; it is copied before the call returns. 0, or -EBUSY when the ring is full
   * (the frame stays the caller's), or another negative error. A frame that QMan rejects later comes back by `ern`.
   */
  enqueue(fd: QmFd): number;
}

/** A buffer pool. Addresses are bus addresses. */
export interface BmanPool {
  readonly bpid: number;
  /** Gives `count` buffers, 1 to 8, to the pool in one command. 0, or -EBUSY when the ring is full. */
  release(buffers: Float64Array, count: number): number;
  /** Takes exactly `count` buffers, 1 to 8, or none: answers `count`, or -ENOMEM. */
  acquire(buffers: Float64Array, count: number): number;
}

/** What a frame queue's consumer says of a dequeued frame (Linux: enum qman_cb_dqrr_result). */
export type QmanCbDqrrResult = 'consume' | 'stop';

/** Who is told about a frame queue. The descriptor is the portal's: valid during the call only. */
export interface QmanFqHandlers {
  /** A frame was dequeued. `stop` leaves the entry on the ring: it comes again with the next poll. */
  dqrr?(fd: QmFd): QmanCbDqrrResult;
  /** QMan did not take a frame; `rc` is the message's code. */
  ern?(fd: QmFd, rc: number): void;
}
