// The wire between the blocks of NXP's DPAA inside a SoC: FMan gives frames to QMan and takes them from it, takes
// buffers of BMan and gives them back. No register does that; software has its portals instead.

/** A frame descriptor as its four big-endian words: 32 bits each, signed or not. Takers copy what they keep. */
export interface DpaaFrame {
  /** dd [31:30], liodn offset [29:24], bpid [23:16], eliodn offset [15:12], address bits 39 to 32 [7:0]. */
  w0: number;
  /** Address bits 31 to 0. */
  w1: number;
  /** Format [31:29], offset [28:20], length [19:0]. */
  w2: number;
  /** Command towards FMan, status from it. */
  w3: number;
}

/** A frame as it leaves a queue. */
export interface DpaaDequeued extends DpaaFrame {
  fqid: number;
  /** The queue's contexts, as it was initialised with them. */
  contextAHi: number;
  contextALo: number;
  contextB: number;
}

/** Why QMan gives a frame back to the block that enqueued it. */
export type DpaaRejection =
  | 'group-tail-drop'
  | 'wred'
  | 'error'
  | 'early-window'
  | 'late-window'
  | 'fq-tail-drop'
  | 'retired'
  | 'orp-disabled';

/** `accepted`: the frame is QMan's, also where it tells software of a rejection. */
export type DpaaEnqueue = 'accepted' | DpaaRejection;

/** QMan, seen from FMan. */
export interface DpaaQueues {
  /** Puts a frame into a queue. A rejected frame stays the caller's, with its buffers. */
  enqueue(fqid: number, frame: DpaaFrame): DpaaEnqueue;
  /** Takes the next frame of a channel into `into`; false when there is none. */
  dequeue(channel: number, into: DpaaDequeued): boolean;
  /**
   * The caller serves a channel from now on: `ready` is called when a frame came after a `dequeue` that had none, and
   * when something is there already; in the same moment, and it may dequeue. The answer ends it. One block serves a
   * channel.
   */
  serve(channel: number, ready: () => void): () => void;
}

/** BMan, seen from FMan. Addresses are below 2^48. */
export interface DpaaPools {
  /** Takes `count` (1 to 8) buffers into `into`, all or none: false when the pool has fewer. */
  acquire(bpid: number, count: number, into: Float64Array): boolean;
  /** Gives back the first `count` (1 to 8) buffers of `from`; false when there is no such pool. */
  release(bpid: number, from: Float64Array, count: number): boolean;
  /** Buffers that a pool has now. */
  available(bpid: number): number;
  /** Whether a pool is depleted by its hardware thresholds. */
  depleted(bpid: number): boolean;
  /** Tells of a pool that becomes depleted for hardware, or no longer is. The answer ends that. */
  onDepletion(bpid: number, changed: (depleted: boolean) => void): () => void;
}

/** The SoC that blocks are in: one object per machine. */
export interface DpaaSoc {
  /** The tree's own compatibles: `fsl,ls1043a-rdb`, `fsl,ls1043a`. */
  readonly compatible: readonly string[];
}

/** Places of faults on this wire, for software's portals as well. */
export type DpaaPlace = 'qman.enqueue' | 'qman.dequeue' | 'bman.acquire' | 'bman.release';

/** A block's end of the wire. */
export interface DpaaPort {
  readonly soc: DpaaSoc;
  /** Where the block's first register window begins; portals know their number from it. */
  readonly phys: number;
  /** QMan shows itself. One per SoC. */
  offerQueues(queues: DpaaQueues): void;
  /** BMan shows itself. One per SoC. */
  offerPools(pools: DpaaPools): void;
  /** QMan, traced and with faults; undefined while none is plugged. To be asked for when it is needed. */
  readonly queues: DpaaQueues | undefined;
  /** BMan, traced and with faults; undefined while none is plugged. */
  readonly pools: DpaaPools | undefined;
  /** For QMan and BMan: the fault that strikes an operation of software at a portal; `which` is a fqid or bpid. */
  strikes(place: DpaaPlace, which: number): string | undefined;
}

/** Belongs to no pool. */
export const NO_BPID = 0xff;

/** Address of a frame, exact. */
export function frameAddr(frame: DpaaFrame): number {
  return (frame.w0 & 0xff) * 0x1_0000_0000 + (frame.w1 >>> 0);
}

/** Buffer pool of a frame. */
export function frameBpid(frame: DpaaFrame): number {
  return (frame.w0 >>> 16) & 0xff;
}

/** Format of a frame: 0 contiguous, 4 scatter/gather, 2 and 6 the same with 29 bits of length, 1 compound. */
export function frameFormat(frame: DpaaFrame): number {
  return frame.w2 >>> 29;
}

/** Offset of data or table; 0 for formats that have none. */
export function frameOffset(frame: DpaaFrame): number {
  return (frameFormat(frame) & 3) === 0 ? (frame.w2 >>> 20) & 0x1ff : 0;
}

/** Length of a frame; the congestion weight of a compound one. */
export function frameLength(frame: DpaaFrame): number {
  return (frameFormat(frame) & 3) === 0 ? frame.w2 & 0xf_ffff : frame.w2 & 0x1fff_ffff;
}
