// A channel: eight work queues with frame queues that want to be served, and who serves them.
import type { FrameQueue } from './frame-queue.js';

/** Whoever serves a channel: a portal with its dequeue ring. */
export interface Consumer {
  /** Something has come; true when it took something. Who has no room leaves it to the others. */
  pump(): boolean;
}

/** Runs something in this moment, when what goes on now is over. */
export type Soon = (run: () => void) => void;

const WQS = 8;
/** The first work queue of each tier with weights, and how many a tier has. */
const TIERS = [2, 5] as const;
const OF_TIER = 3;

/** Which work queue is next: 0 and 1 first, then the tiers, each in turn by weight. */
class Scheduler {
  /** Of each tier: whose turn it is, and how often. */
  readonly #turn = [0, 0];
  readonly #left = [1, 1];

  /** `mask` has a bit for each work queue with something in it; `weights` those of 2 to 7. */
  pick(mask: number, weights: readonly number[]): number {
    if ((mask & 1) !== 0) return 0;
    if ((mask & 2) !== 0) return 1;
    const tier = (mask & 0x1c) === 0 ? 1 : 0;
    const first = TIERS[tier] as number;
    let turn = this.#turn[tier] as number;
    let left = this.#left[tier] as number;
    while ((mask & (1 << (first + turn))) === 0 || left === 0) {
      // A round that comes back to the only one with something ends where it began.
      if (((mask >> first) & 7) !== 1 << turn) turn = turn + 1 < OF_TIER ? turn + 1 : 0;
      left = 1 + (weights[first + turn - 2] ?? 0);
    }
    this.#turn[tier] = turn;
    this.#left[tier] = left - 1;
    return first + turn;
  }
}

/** One channel. */
export class Channel {
  readonly id: number;
  readonly #heads: (FrameQueue | undefined)[] = new Array<FrameQueue | undefined>(WQS).fill(undefined);
  readonly #tails: (FrameQueue | undefined)[] = new Array<FrameQueue | undefined>(WQS).fill(undefined);
  readonly lengths: number[] = new Array<number>(WQS).fill(0);
  readonly #scheduler = new Scheduler();
  /** Weights of the work queues 2 to 7. */
  readonly weights: readonly number[];
  /** A bit for each work queue with something in it. */
  mask = 0;
  /** Portals that dequeue from here. */
  consumers: readonly Consumer[] = [];
  #turn = 0;
  /** A block that serves it instead. */
  ready: (() => void) | undefined;
  /** The block has seen it empty. */
  armed = false;
  readonly #soon: Soon;
  readonly #tell = (): void => this.ready?.();

  constructor(id: number, weights: readonly number[], soon: Soon) {
    this.id = id;
    this.weights = weights;
    this.#soon = soon;
  }

  append(fq: FrameQueue): void {
    const wq = fq.destWq & 7;
    const tail = this.#tails[wq];
    fq.next = undefined;
    if (tail === undefined) this.#heads[wq] = fq;
    else tail.next = fq;
    this.#tails[wq] = fq;
    this.lengths[wq] = (this.lengths[wq] as number) + 1;
    this.mask |= 1 << wq;
  }

  /** Takes the next frame queue, of one work queue where `only` names it. */
  take(only = -1): FrameQueue | undefined {
    if (this.mask === 0) return undefined;
    const wq = only >= 0 ? only : this.#scheduler.pick(this.mask, this.weights);
    const fq = this.#heads[wq];
    if (fq === undefined) return undefined;
    this.#heads[wq] = fq.next;
    this.lengths[wq] = (this.lengths[wq] as number) - 1;
    if (fq.next === undefined) {
      this.#tails[wq] = undefined;
      this.mask &= ~(1 << wq);
    }
    fq.next = undefined;
    return fq;
  }

  /** Lets somebody take what has come: portals in turn, or the block, which works beside them. */
  serve(): void {
    const { consumers } = this;
    for (let i = 0; i < consumers.length && this.mask !== 0; i++) {
      this.#turn = (this.#turn + 1) % consumers.length;
      (consumers[this.#turn] as Consumer).pump();
    }
    if (this.ready === undefined || !this.armed || this.mask === 0) return;
    this.armed = false;
    this.#soon(this.#tell);
  }
}
