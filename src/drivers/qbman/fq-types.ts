// What passes between a portal and the frame queues that software consumes or feeds.

/** A frame descriptor as plain numbers (Linux: struct qm_fd). The address has 40 bits, `cmd` is 32 of them. */
export interface QmanFd {
  bpid: number;
  addr: number;
  format: number;
  offset: number;
  length: number;
  cmd: number;
}

/** What a consumer says of a dequeued frame; `stop` leaves it on the ring (Linux: enum qman_cb_dqrr_result). */
export type QmanDqrrResult = 'consume' | 'stop';

/** Who is told of a queue's frames. Descriptors are the portal's: valid during the call only. */
export interface QmanFqCallbacks {
  /** A frame was dequeued, by the portal of `cpu`; in its interrupt, or in a poll. */
  dqrr?(fd: QmanFd, cpu: number, inInterrupt: boolean): QmanDqrrResult;
  /** QMan did not take a frame; `rc` is the message's code, its low nibble cut off. */
  ern?(fd: QmanFd, rc: number): void;
}

/** The same with what QMan says of the queue itself. */
export interface QmanFqSink extends QmanFqCallbacks {
  /** It was retired, now or at last; `fqs` says with what left in it. */
  retired(fqs: number): void;
  /** A volatile dequeue of it has ended. */
  expired(): void;
}
