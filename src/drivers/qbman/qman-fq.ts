// Frame queues that software feeds or consumes: their life (Linux: struct qman_fq, qman_create_fq, qman_init_fq).
import { us } from '../../base/clock.js';
import { ERRNO, type SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { errnoOf } from './bman-pool.js';
import type { QmanDqrrResult, QmanFd, QmanFqCallbacks, QmanFqSink } from './fq-types.js';
import type { QmanPortal } from './qman-portal.js';
import { type Qbman, qbmanOf } from './state.js';

/** Commands. */
const VERB = { INIT_SCHED: 0x41, QUERY_NP: 0x45, RETIRE: 0x4a, OOS: 0x4b } as const;
/** Results. */
const RESULT_OK = 0xf0;
const RESULT_PENDING = 0xf8;
const RESULTS: Readonly<Record<number, readonly [SysError['code'], string]>> = {
  0xf1: ['ERANGE', 'no such queue'],
  0xf2: ['EIO', 'the queue is in a wrong state: perhaps the boot loader left it alive'],
  0xf3: ['EBUSY', 'the queue is not empty'],
  0xf4: ['EINVAL', 'no such channel'],
  0xff: ['EINVAL', 'no such command'],
};
/** What an init writes. */
const WE = { OAC: 0x100, CGID: 0x40, CTRL: 0x20, DESTWQ: 0x10, CONTEXTB: 0x02, CONTEXTA: 0x01 } as const;
/** Bits of the queue's control word. */
export const FQCTRL = {
  CGE: 0x400,
  CTXASTASHING: 0x80,
  AVOIDBLOCK: 0x04,
  HOLDACTIVE: 0x02,
  PREFERINCACHE: 0x01,
} as const;
/** Status of a retired queue: it has frames. */
const FQS_NOTEMPTY = 0x01;
/** The overhead of what a frame counts for in its group, switched on for the group. */
const OAC_CG = 0x40;
const WAIT = us(10);
const WAITS = 10_000;

/** How a queue is initialised. */
export interface QmanFqInit {
  readonly channel: number;
  /** Work queue, 0 to 7. */
  readonly wq: number;
  readonly ctrl: number;
  /** Its congestion group. */
  readonly cgid?: number;
  /** Bytes that each frame counts more in the group; signed, 8 bits. */
  readonly oal?: number;
  /** Two words, where given. */
  readonly contextA?: readonly [number, number];
  /** Of queues that hardware consumes; others have their tag there. */
  readonly contextB?: number;
}

/** A frame queue with its number. Made by `qmanCreateFq`. */
export class QmanFrameQueue implements QmanFqSink {
  readonly fqid: number;
  readonly #dev: Device;
  readonly #state: Qbman;
  readonly #callbacks: QmanFqCallbacks;
  #alive = false;
  #retiredWith: number | undefined;
  #expired = false;

  constructor(dev: Device, state: Qbman, fqid: number, callbacks: QmanFqCallbacks) {
    this.#dev = dev;
    this.#state = state;
    this.fqid = fqid;
    this.#callbacks = callbacks;
  }

  /** Puts a frame on the ring of a CPU's portal; it is copied. 0, -EBUSY when the ring is full, or another error. */
  enqueue(fd: QmanFd, cpu = 0): number {
    try {
      return this.#state.qmanPortals[cpu]?.enqueue(this.fqid, this.fqid, fd) ?? -ERRNO.ENODEV;
    } catch (error) {
      return errnoOf(error);
    }
  }

  /** Out of service becomes scheduled. EINVAL, EIO: QMan says no, and why. */
  init(how: QmanFqInit): void {
    const { command } = this.#portal();
    const { cgid, oal, contextA } = how;
    let mask = WE.CTRL | WE.DESTWQ | WE.CONTEXTB;
    if (cgid !== undefined) mask |= WE.CGID;
    if (oal !== undefined) mask |= WE.OAC;
    if (contextA !== undefined) mask |= WE.CONTEXTA;
    command.word(1, this.fqid);
    command.word(2, cgid ?? 0);
    command.word(3, ((how.ctrl << 16) | (how.channel << 3) | how.wq) >>> 0);
    command.word(4, oal === undefined ? 0 : (OAC_CG << 8) | (oal & 0xff));
    command.word(5, how.contextB ?? this.fqid);
    command.word(6, contextA?.[0] ?? 0);
    command.word(7, contextA?.[1] ?? 0);
    for (let index = 8; index < 16; index++) command.word(index, 0);
    this.#check(VERB.INIT_SCHED, `init_fq(${this.fqid})`, mask);
    this.#alive = true;
  }

  /** Frames that are in it. */
  count(): number {
    this.#alter(VERB.QUERY_NP, `query_fq_np(${this.fqid})`);
    return this.#portal().command.result(11) & 0xff_ffff;
  }

  /**
   * Takes it out of service (Linux: qman_shutdown_fq). What is in it goes to the callbacks as ever. ETIMEDOUT when it
   * does not come to an end.
   */
  async shutdown(): Promise<void> {
    if (!this.#alive) return;
    this.#alive = false;
    const portal = this.#portal();
    this.#retiredWith = undefined;
    const result = this.#alter(VERB.RETIRE, `retire_fq(${this.fqid})`);
    if (result === RESULT_OK) this.#retiredWith = (portal.command.result(0) >>> 8) & 0xff;
    await this.#until(() => this.#retiredWith !== undefined, 'the queue to be retired');
    if (((this.#retiredWith ?? 0) & FQS_NOTEMPTY) !== 0) {
      this.#expired = false;
      portal.volatileDequeue(this.fqid);
      await this.#until(() => this.#expired, 'the queue to be empty');
    }
    this.#alter(VERB.OOS, `oos_fq(${this.fqid})`);
  }

  dqrr(fd: QmanFd, cpu: number, inInterrupt: boolean): QmanDqrrResult {
    return this.#callbacks.dqrr?.(fd, cpu, inInterrupt) ?? 'consume';
  }

  ern(fd: QmanFd, rc: number): void {
    this.#callbacks.ern?.(fd, rc);
  }

  retired(fqs: number): void {
    this.#retiredWith = fqs;
  }

  expired(): void {
    this.#expired = true;
  }

  #alter(verb: number, what: string): number {
    const { command } = this.#portal();
    command.word(1, this.fqid);
    return this.#check(verb, what, 0);
  }

  #check(verb: number, what: string, low: number): number {
    const { command } = this.#portal();
    command.run(verb, low);
    const result = (command.result(0) >>> 16) & 0xff;
    if (result === RESULT_OK || (verb === VERB.RETIRE && result === RESULT_PENDING)) return result;
    const [code, text] = RESULTS[result] ?? (['EIO', `result 0x${result.toString(16)}`] as const);
    throw this.#dev.error(code, text, what);
  }

  #portal(): QmanPortal {
    const portal = this.#state.qmanPortals[0];
    if (portal === undefined) throw this.#dev.error('ENODEV', 'QMan has no portal', 'qman');
    return portal;
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    for (let waits = 0; !done(); waits++) {
      if (waits === WAITS) throw this.#dev.error('ETIMEDOUT', `waited 100 ms for ${what}`, `fq ${this.fqid}`);
      const portal = this.#portal();
      portal.pollMessages();
      portal.poll(16);
      if (!done()) await this.#dev.core.clock.sleep(WAIT);
    }
  }
}

/** A queue with a number of its own, or `fqid`, until unbind: then it is shut down (Linux: qman_create_fq). */
export function devmQmanCreateFq(dev: Device, callbacks: QmanFqCallbacks, fqid?: number): QmanFrameQueue {
  const state = qbmanOf(dev);
  const { qman } = state;
  if (qman === undefined || state.qmanPortals[0] === undefined) {
    throw dev.error('ENODEV', 'QMan has no portal', 'qman');
  }
  const id = fqid ?? qman.fqids.alloc(dev);
  const fq = new QmanFrameQueue(dev, state, id, callbacks);
  state.fqs.sinks[id] = fq;
  dev.scope.defer(async () => {
    try {
      await fq.shutdown();
    } finally {
      state.fqs.sinks[id] = undefined;
      if (fqid === undefined) qman.fqids.free(id);
    }
  });
  return fq;
}

/** `count` numbers of queues until unbind, the first a multiple of `align` (Linux: qman_alloc_fqid_range). */
export function devmQmanAllocFqids(dev: Device, count: number, align = 1): number {
  const { qman } = qbmanOf(dev);
  if (qman === undefined) throw dev.error('ENODEV', 'QMan is not there', 'qman');
  const first = qman.fqids.alloc(dev, count, align);
  dev.scope.defer(() => qman.fqids.free(first, count));
  return first;
}

/** A pool channel until unbind (Linux: qman_alloc_pool), which the portals of all CPUs then serve. */
export function devmQmanPoolChannel(dev: Device): number {
  const { qman, qmanPortals } = qbmanOf(dev);
  if (qman === undefined) throw dev.error('ENODEV', 'QMan is not there', 'qman');
  const channel = qman.channels.alloc(dev);
  const bit = 0x8000 >> (channel - qman.firstChannel + 1);
  dev.scope.defer(() => {
    qman.channels.free(channel);
    for (const portal of qmanPortals) portal?.staticDequeueDel(bit);
  });
  for (const portal of qmanPortals) portal?.staticDequeueAdd(bit);
  return channel;
}
