// The wire of dpaa.ts, modelled: who offers, who takes, what is traced and what goes wrong.
import { assert } from '../base/assert.js';
import { hexNumber } from '../base/bytes.js';
import type { Trace } from '../base/trace.js';
import type {
  DpaaDequeued,
  DpaaEnqueue,
  DpaaFrame,
  DpaaPlace,
  DpaaPools,
  DpaaPort,
  DpaaQueues,
  DpaaSoc,
} from './dpaa.js';
import { traceBuffers, traceFrame } from './dpaa-trace.js';
import type { FaultPlan } from './fault-plan.js';

/**
 * Sees the descriptors that blocks put into queues and take out of them, in that moment: 16 bytes as in memory, valid
 * during the call only.
 */
export type DpaaWatcher = (block: string, kind: 'enqueue' | 'dequeue', fqid: number, descriptor: Uint8Array) => void;

/** The wire of one machine. */
export class SimDpaa {
  readonly soc: DpaaSoc;
  /** Names of the blocks that have an end. */
  readonly blocks: string[] = [];
  readonly #watchers = new Set<DpaaWatcher>();
  readonly #descriptor = new Uint8Array(16);
  readonly #trace: Trace;
  readonly #faults: FaultPlan;
  queues: DpaaQueues | undefined;
  pools: DpaaPools | undefined;

  /** `compatible`: the tree's own. */
  constructor(compatible: readonly string[], trace: Trace, faults: FaultPlan) {
    this.soc = { compatible };
    this.#trace = trace;
    this.#faults = faults;
  }

  /** The end of the block of that name, whose registers begin at `phys`. */
  port(name: string, phys: number): DpaaPort {
    this.blocks.push(name);
    return new Port(this, name, phys, this.#trace, this.#faults);
  }

  /** Watches the frames of all blocks; answers how to stop. */
  watch(watcher: DpaaWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** A block has put a frame into a queue, or taken it out. */
  tell(block: string, kind: 'enqueue' | 'dequeue', fqid: number, frame: DpaaFrame): void {
    if (this.#watchers.size === 0) return;
    const { w0, w1, w2, w3 } = frame;
    const view = new DataView(this.#descriptor.buffer);
    [w0, w1, w2, w3].forEach((word, index) => view.setUint32(4 * index, word));
    for (const watcher of this.#watchers) watcher(block, kind, fqid, this.#descriptor);
  }
}

class Port implements DpaaPort {
  readonly soc: DpaaSoc;
  readonly phys: number;
  readonly #wire: SimDpaa;
  readonly #name: string;
  readonly #trace: Trace;
  readonly #faults: FaultPlan;
  #queues: DpaaQueues | undefined;
  #pools: DpaaPools | undefined;

  constructor(wire: SimDpaa, name: string, phys: number, trace: Trace, faults: FaultPlan) {
    this.soc = wire.soc;
    this.phys = phys;
    this.#wire = wire;
    this.#name = name;
    this.#trace = trace;
    this.#faults = faults;
  }

  offerQueues(queues: DpaaQueues): void {
    assert(this.#wire.queues === undefined, `${this.#name}: a second QMan`);
    this.#wire.queues = queues;
  }

  offerPools(pools: DpaaPools): void {
    assert(this.#wire.pools === undefined, `${this.#name}: a second BMan`);
    this.#wire.pools = pools;
  }

  get queues(): DpaaQueues | undefined {
    const queues = this.#wire.queues;
    if (queues === undefined) return undefined;
    this.#queues ??= new WiredQueues(queues, this.#wire, this.#name, this.#trace, this.#faults);
    return this.#queues;
  }

  get pools(): DpaaPools | undefined {
    const pools = this.#wire.pools;
    if (pools === undefined) return undefined;
    this.#pools ??= new WiredPools(pools, this.#name, this.#trace, this.#faults);
    return this.#pools;
  }

  strikes(place: DpaaPlace, which: number): string | undefined {
    return this.#faults.idle ? undefined : this.#faults.hit(place, hexNumber(which), this.#name);
  }
}

/** What the block has of QMan. A frame that a fault takes is gone: the next one is asked for. */
class WiredQueues implements DpaaQueues {
  readonly #queues: DpaaQueues;
  readonly #wire: SimDpaa;
  readonly #name: string;
  readonly #trace: Trace;
  readonly #faults: FaultPlan;

  constructor(queues: DpaaQueues, wire: SimDpaa, name: string, trace: Trace, faults: FaultPlan) {
    this.#queues = queues;
    this.#wire = wire;
    this.#name = name;
    this.#trace = trace;
    this.#faults = faults;
  }

  enqueue(fqid: number, frame: DpaaFrame): DpaaEnqueue {
    const fault = this.#faults.idle ? undefined : this.#faults.hit('qman.enqueue', hexNumber(fqid), this.#name);
    if (this.#trace.on) traceFrame(this.#trace, this.#name, 'dpaa_enqueue', fqid, frame);
    this.#wire.tell(this.#name, 'enqueue', fqid, frame);
    if (fault === 'lost') return 'accepted';
    const answer = fault === undefined ? this.#queues.enqueue(fqid, frame) : 'error';
    if (answer !== 'accepted' && this.#trace.on)
      this.#trace.emit(this.#name, { kind: 'dpaa_reject', fqid, why: answer });
    return answer;
  }

  dequeue(channel: number, into: DpaaDequeued): boolean {
    while (this.#queues.dequeue(channel, into)) {
      if (this.#trace.on) traceFrame(this.#trace, this.#name, 'dpaa_dequeue', into.fqid, into);
      this.#wire.tell(this.#name, 'dequeue', into.fqid, into);
      if (this.#faults.idle || this.#faults.hit('qman.dequeue', hexNumber(into.fqid), this.#name) === undefined)
        return true;
    }
    return false;
  }

  serve(channel: number, ready: () => void): () => void {
    return this.#queues.serve(channel, ready);
  }
}

class WiredPools implements DpaaPools {
  readonly #pools: DpaaPools;
  readonly #name: string;
  readonly #trace: Trace;
  readonly #faults: FaultPlan;

  constructor(pools: DpaaPools, name: string, trace: Trace, faults: FaultPlan) {
    this.#pools = pools;
    this.#name = name;
    this.#trace = trace;
    this.#faults = faults;
  }

  acquire(bpid: number, count: number, into: Float64Array): boolean {
    const fault = this.#faults.idle ? undefined : this.#faults.hit('bman.acquire', hexNumber(bpid), this.#name);
    const got = fault === undefined && this.#pools.acquire(bpid, count, into);
    if (this.#trace.on) traceBuffers(this.#trace, this.#name, 'bman_acquire', bpid, got ? count : 0, into);
    return got;
  }

  release(bpid: number, from: Float64Array, count: number): boolean {
    const fault = this.#faults.idle ? undefined : this.#faults.hit('bman.release', hexNumber(bpid), this.#name);
    if (this.#trace.on) traceBuffers(this.#trace, this.#name, 'bman_release', bpid, count, from);
    return fault !== undefined || this.#pools.release(bpid, from, count);
  }

  available(bpid: number): number {
    return this.#pools.available(bpid);
  }

  depleted(bpid: number): boolean {
    return this.#pools.depleted(bpid);
  }

  onDepletion(bpid: number, changed: (depleted: boolean) => void): () => void {
    return this.#pools.onDepletion(bpid, changed);
  }
}
