// What the ports of one FMan share: its way to memory, to QMan and BMan, time, and who hears of mistakes.
import { hexNumber } from '../../base/bytes.js';
import type { Clock } from '../../base/clock.js';
import { isErrno } from '../../base/errno.js';
import type { Trace } from '../../base/trace.js';
import type { DmaPort } from '../../bus/dma.js';
import { type DpaaFrame, type DpaaPools, type DpaaPort, type DpaaQueues, NO_BPID } from '../../bus/dpaa.js';
import { KnownSum } from './sum.js';
import type { FmanVariant } from './variants.js';

const MOST_AT_ONCE = 8;

/** One FMan, as its blocks see it. */
export class FmanBlocks {
  readonly name: string;
  readonly clock: Clock;
  readonly trace: Trace;
  readonly dma: DmaPort;
  readonly variant: FmanVariant;
  /** The sum of the frame that is sent just now, where a port has put it in. */
  readonly known: KnownSum = new KnownSum();
  readonly #wire: DpaaPort;
  readonly #batch = new Float64Array(MOST_AT_ONCE);

  constructor(parts: {
    readonly name: string;
    readonly clock: Clock;
    readonly trace: Trace;
    readonly dma: DmaPort;
    readonly wire: DpaaPort;
    readonly variant: FmanVariant;
  }) {
    this.name = parts.name;
    this.clock = parts.clock;
    this.trace = parts.trace;
    this.dma = parts.dma;
    this.variant = parts.variant;
    this.#wire = parts.wire;
  }

  get queues(): DpaaQueues | undefined {
    return this.#wire.queues;
  }

  get pools(): DpaaPools | undefined {
    return this.#wire.pools;
  }

  /** Puts a frame into a queue; false when QMan does not take it, or is not there. */
  enqueue(fqid: number, frame: DpaaFrame): boolean {
    return this.#wire.queues?.enqueue(fqid, frame) === 'accepted';
  }

  /** Takes `count` buffers of a pool into `into`, all or none; what was taken goes back when it ends short. */
  acquire(bpid: number, count: number, into: Float64Array): boolean {
    const { pools } = this;
    if (pools === undefined) return false;
    if (count === 1) return pools.acquire(bpid, 1, into);
    let got = 0;
    while (got < count) {
      const want = Math.min(MOST_AT_ONCE, count - got);
      if (!pools.acquire(bpid, want, this.#batch)) {
        this.release(bpid, into, got);
        return false;
      }
      for (let i = 0; i < want; i++) into[got + i] = this.#batch[i] as number;
      got += want;
    }
    return true;
  }

  /** Gives the first `count` buffers of `from` back. */
  release(bpid: number, from: Float64Array, count: number): void {
    for (let at = 0; at < count; at += MOST_AT_ONCE) {
      const some = Math.min(MOST_AT_ONCE, count - at);
      for (let i = 0; i < some; i++) this.#batch[i] = from[at + i] as number;
      this.#giveBack(bpid, some);
    }
  }

  /** Gives one buffer back, if it belongs to a pool. Answers how many went. */
  releaseOne(bpid: number, addr: number): number {
    if (bpid === NO_BPID) return 0;
    this.#batch[0] = addr;
    return this.#giveBack(bpid, 1) ? 1 : 0;
  }

  #giveBack(bpid: number, count: number): boolean {
    if (this.pools?.release(bpid, this.#batch, count) === true) return true;
    this.finding('bmi', `${count} buffer(s) for pool ${bpid}, which does not take them: lost`);
    return false;
  }

  /** Reads memory; undefined when the device may not. */
  read(iova: number, length: number): Uint8Array | undefined {
    try {
      return this.dma.read(iova, length);
    } catch (e) {
      if (!isErrno(e, 'EFAULT')) throw e;
      return undefined;
    }
  }

  /** Writes memory; false when the device may not. */
  write(iova: number, bytes: Uint8Array): boolean {
    try {
      this.dma.write(iova, bytes);
      return true;
    } catch (e) {
      if (!isErrno(e, 'EFAULT')) throw e;
      return false;
    }
  }

  /** Writes two pieces of one buffer, the second only if the first can be written; false when the device may not. */
  writeBoth(iova: number, bytes: Uint8Array, iova2: number, bytes2: Uint8Array): boolean {
    try {
      this.dma.writeBoth(iova, bytes, iova2, bytes2);
      return true;
    } catch (e) {
      if (!isErrno(e, 'EFAULT')) throw e;
      return false;
    }
  }

  /** Says what a person should know. */
  finding(port: string, text: string): void {
    if (this.trace.on) this.trace.emit(this.name, { kind: 'fman_finding', port, text });
  }
}

/** The name of a port in findings: `rx 0x08`. */
export function portName(kind: 'rx' | 'tx', id: number): string {
  return `${kind} ${hexNumber(id, 2)}`;
}
