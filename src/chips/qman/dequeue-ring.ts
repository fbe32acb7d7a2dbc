// The dequeue ring of a portal: frames that came by a static, a volatile or a pull command, and their acknowledgement.
import type { DpaaFrame } from '../../bus/dpaa.js';
import { VALID } from '../portal-window.js';
import type { Channel } from './channel.js';
import { ERR, type QmanEngine } from './engine.js';
import { CTRL, type FrameQueue, STATE } from './frame-queue.js';
import { CE, STAT } from './places.js';
import { CHANNELS } from './soc.js';

const RING = 16;
const VERB = 0x60;
const FQID = 0xff_ffff;
/** Fields of SDQCR; PDQCR has them as well. */
const DQCR = {
  ...{ SPECIFIC_WQ: 0x4000_0000, UP_TO_3: 0x2000_0000, DEDICATED_FIRST: 0x1000_0000, TYPE: 0x0300_0000 },
  ...{ UNSCHEDULED: 0x8000_0000, DEDICATED: 0x8000 },
} as const;
const MOST = 3;
const NO_FRAME: DpaaFrame = { w0: 0, w1: 0, w2: 0, w3: 0 };

/** A dequeue command, taken apart. */
interface DequeueCommand {
  /** A bit for each work queue that it takes from, and the only one or -1. */
  readonly wqs: number;
  readonly wq: number;
  readonly dedicatedFirst: boolean;
  /** Frames of one queue at a time. */
  readonly most: number;
  readonly token: number;
}

function commandOf(command: number): DequeueCommand {
  const specific = (command & DQCR.SPECIFIC_WQ) !== 0;
  return {
    wqs: specific ? 1 << (command & 7) : 0xff,
    wq: specific ? command & 7 : -1,
    dedicatedFirst: (command & DQCR.DEDICATED_FIRST) !== 0,
    most: (command & DQCR.UP_TO_3) === 0 ? 1 : MOST,
    token: (command >>> 16) & 0xff,
  };
}

/** What the ring needs of its portal. */
export interface DequeueHooks {
  /** Fill or indexes have changed. */
  readonly changed: () => void;
  /** A queue is parked by its acknowledgement. */
  readonly parked: (fq: FrameQueue) => void;
  /** A frame goes to software: false when it is lost on the way. */
  readonly passes: (fqid: number, frame: DpaaFrame) => boolean;
}

/** One ring. */
export class DequeueRing {
  /** Index of the producer with the valid bit as bit 4. */
  pi = RING;
  ci = 0;
  /** CFG's DQRR_MF: most entries. */
  maxFill = 0;
  /** CFG's DP: software asks for each. */
  pull = false;
  /** CFG's DCM: 2 is discrete acknowledgement. */
  consumption = 0;
  sdqcr = 0;
  vdqcr = 0;
  /** What the static command says. */
  #static: DequeueCommand = commandOf(0);
  readonly #portal: number;
  readonly #engine: QmanEngine;
  readonly #words: Int32Array;
  readonly #hooks: DequeueHooks;
  /** A bit for each entry that is not acknowledged. */
  #outstanding = 0;
  readonly #holders: (FrameQueue | undefined)[] = new Array<FrameQueue | undefined>(RING).fill(undefined);
  /** Queues that no entry holds any more. */
  readonly #released: FrameQueue[] = [];
  #channels: Channel[] = [];
  #turn = 0;
  /** Frames that a volatile command still wants; -1: till the queue is empty. */
  #left = 0;
  readonly #frame: DpaaFrame = { w0: 0, w1: 0, w2: 0, w3: 0 };

  constructor(portal: number, engine: QmanEngine, words: Int32Array, hooks: DequeueHooks) {
    this.#portal = portal;
    this.#engine = engine;
    this.#words = words;
    this.#hooks = hooks;
  }

  get fill(): number {
    return (this.pi - this.ci) & (RING - 1);
  }

  /** Entries that may still be put. */
  #room(): number {
    return Math.min(this.maxFill, RING - 1) - this.fill;
  }

  /** The channels of a static command. */
  channelsOf(command: number): Channel[] {
    const channels: Channel[] = [];
    if ((command & DQCR.SPECIFIC_WQ) !== 0) return [this.#engine.channel(this.#specific(command))];
    if ((command & DQCR.DEDICATED) !== 0) channels.push(this.#engine.channel(this.#portal));
    for (let n = 1; n <= CHANNELS.POOLS; n++)
      if ((command & (DQCR.DEDICATED >>> n)) !== 0) channels.push(this.#engine.channel(CHANNELS.POOL_FIRST + n - 1));
    return channels;
  }

  /** Takes frames of those channels from now on; answers the channels that it has left and joined. */
  setStatic(command: number): { readonly left: readonly Channel[]; readonly joined: readonly Channel[] } {
    const left = this.#channels;
    this.sdqcr = command;
    this.#static = commandOf(command);
    this.#channels = (command & DQCR.TYPE) === 0 ? [] : this.channelsOf(command);
    return { left, joined: this.#channels };
  }

  /** Fills the ring by the static command; true when something came. */
  pump(): boolean {
    if (this.pull || this.#room() <= 0) return false;
    const before = this.pi;
    const command = this.#static;
    do {
      const channel = this.#next(this.#channels, command);
      if (channel === undefined) break;
      const fq = this.#engine.take(channel, command.wq);
      if (fq !== undefined) this.#serve(fq, command);
    } while (this.#room() > 0);
    if (before === this.pi) return false;
    this.#hooks.changed();
    return true;
  }

  /** A volatile command: so many frames of one parked or retired queue. */
  setVolatile(command: number): void {
    this.vdqcr = command;
    const count = (command >>> 24) & 0x3f;
    this.#left = count === 0 ? -1 : count;
    if (command === 0) return;
    const fq = this.#engine.fq(command & FQID);
    if (fq !== undefined && (fq.state === STATE.PARKED || fq.state === STATE.RETIRED)) {
      this.volatile();
      return;
    }
    this.#engine.error(fq === undefined ? ERR.DEQUEUE_FQ : ERR.DEQUEUE_STATE, command & FQID, this.#portal);
    this.vdqcr = 0;
  }

  /** Goes on with the volatile command. */
  volatile(): void {
    const fq = this.vdqcr === 0 ? undefined : this.#engine.fq(this.vdqcr & FQID);
    if (fq === undefined) return;
    while (this.vdqcr !== 0 && this.#room() > 0) {
      const some = this.#takeFrame(fq);
      if (some && this.#left > 0) this.#left--;
      const ended = fq.frames === 0 || this.#left === 0;
      const empty = fq.frames === 0 ? STAT.FQ_EMPTY : 0;
      const stat = STAT.UNSCHEDULED | empty | (some ? STAT.FRAME : 0) | (ended ? STAT.EXPIRED : 0);
      this.#put(fq.fqid, fq.contextB, stat, 0);
      if (ended) this.vdqcr = 0;
    }
    this.#hooks.changed();
  }

  /** A pull command: what is there now, or an entry that says that nothing is. */
  pullNow(command: number): void {
    if (!this.pull || this.#room() <= 0) return;
    if ((command & DQCR.UNSCHEDULED) !== 0) {
      this.setVolatile((command & FQID) | 0x0100_0000);
      return;
    }
    const parts = commandOf(command);
    const channel = this.#next(this.channelsOf(command), parts);
    const fq = channel === undefined ? undefined : this.#engine.take(channel, parts.wq);
    if (fq === undefined) this.#put(0, 0, STAT.EXPIRED, parts.token);
    else this.#serve(fq, parts);
    this.#hooks.changed();
  }

  /** Acknowledges one entry; `park` parks a queue that it holds. */
  acknowledge(index: number, park: boolean): void {
    const bit = 1 << index;
    if ((this.#outstanding & bit) === 0) {
      this.#engine.find(`portal ${this.#portal} acknowledges entry ${index} of the dequeue ring, which has nothing`);
      return;
    }
    this.#outstanding &= ~bit;
    this.#advance();
    const holder = this.#holders[index];
    if (holder === undefined) return;
    this.#holders[index] = undefined;
    holder.held--;
    if (park) this.#park(holder);
    else if (holder.held === 0 && holder.state === STATE.ACTIVE) this.#resume(holder);
  }

  /** Acknowledges all entries of a mask. */
  acknowledgeMany(mask: number): void {
    const released = this.#released;
    for (let rest = mask & this.#outstanding; rest !== 0; rest &= rest - 1) {
      const index = 31 - Math.clz32(rest & -rest);
      const holder = this.#holders[index];
      if (holder === undefined) continue;
      this.#holders[index] = undefined;
      if (--holder.held === 0) released.push(holder);
    }
    this.#outstanding &= ~mask;
    this.#advance();
    // What comes now may use the entries that are free: last of all.
    for (let fq = released.pop(); fq !== undefined; fq = released.pop())
      if (fq.held === 0 && fq.state === STATE.ACTIVE) this.#resume(fq);
  }

  /** Acknowledges all before index `ci`. */
  consume(ci: number): void {
    const steps = Math.min((ci - this.ci) & (RING - 1), this.fill);
    for (let i = 0; i < steps; i++) this.acknowledge(this.ci, false);
  }

  #advance(): void {
    const end = this.pi & (RING - 1);
    while (this.ci !== end && (this.#outstanding & (1 << this.ci)) === 0) this.ci = (this.ci + 1) & (RING - 1);
  }

  #specific(command: number): number {
    const pool = (command >>> 4) & 0xf;
    return pool === 0 ? this.#portal : CHANNELS.POOL_FIRST + pool - 1;
  }

  /** The next channel with something in it: the portal's own first, if the command says so. */
  #next(channels: readonly Channel[], { wqs, dedicatedFirst }: DequeueCommand): Channel | undefined {
    const count = channels.length;
    if (count === 0) return undefined;
    const first = channels[0] as Channel;
    if (dedicatedFirst && (first.mask & wqs) !== 0 && first.id === this.#portal) return first;
    for (let i = 0; i < count; i++) {
      this.#turn = this.#turn + 1 < count ? this.#turn + 1 : 0;
      const channel = channels[this.#turn] as Channel;
      if ((channel.mask & wqs) !== 0) return channel;
    }
    return undefined;
  }

  /** An active queue gives up to `most` frames, and goes back unless its entries hold it. */
  #serve(fq: FrameQueue, { most, token }: DequeueCommand): void {
    const forced = fq.forced ? STAT.FORCED : 0;
    const holds = forced !== 0 || (fq.ctrl & CTRL.HOLD_ACTIVE) !== 0;
    fq.forced = false;
    const held = (holds ? STAT.HELD_ACTIVE : 0) | forced;
    for (let left = Math.min(most, this.#room()); left > 0 && fq.frames > 0; left--)
      if (this.#takeFrame(fq)) {
        const stat = STAT.FRAME | held | (fq.frames === 0 ? STAT.FQ_EMPTY : 0);
        this.#put(fq.fqid, fq.contextB, stat, token, holds ? fq : undefined);
      }
    if (forced !== 0 && fq.held === 0) this.#put(fq.fqid, fq.contextB, held | STAT.FQ_EMPTY, token, fq);
    if (fq.held === 0) this.#engine.letGo(fq);
  }

  /** Takes a frame into `#frame`; those that a fault takes are gone. False when there is none. */
  #takeFrame(fq: FrameQueue): boolean {
    while (fq.frames > 0) {
      this.#engine.shift(fq, this.#frame);
      if (this.#hooks.passes(fq.fqid, this.#frame)) return true;
    }
    return false;
  }

  #put(fqid: number, contextB: number, stat: number, token: number, holder?: FrameQueue): void {
    const words = this.#words;
    const index = this.pi & (RING - 1);
    const at = (CE.DQRR + index * 64) >> 2;
    const { w0, w1, w2, w3 } = (stat & STAT.FRAME) !== 0 ? this.#frame : NO_FRAME;
    words[at] = ((VERB | ((this.pi & RING) === 0 ? 0 : VALID)) << 24) | (stat << 16);
    words[at + 1] = token << 24;
    words[at + 2] = fqid;
    words[at + 3] = contextB;
    words[at + 4] = w0;
    words[at + 5] = w1;
    words[at + 6] = w2;
    words[at + 7] = w3;
    this.#outstanding |= 1 << index;
    this.#holders[index] = holder;
    if (holder !== undefined) holder.held++;
    this.pi = (this.pi + 1) & (2 * RING - 1);
  }

  #park(fq: FrameQueue): void {
    if (fq.state !== STATE.ACTIVE) return;
    if (fq.retiringFor >= 0) {
      if (fq.held === 0) this.#engine.retire(fq);
      return;
    }
    fq.state = STATE.PARKED;
    this.#hooks.parked(fq);
  }

  #resume(fq: FrameQueue): void {
    this.#engine.letGo(fq);
    if (fq.state === STATE.SCHEDULED) this.#engine.channel(fq.channel).serve();
  }
}
