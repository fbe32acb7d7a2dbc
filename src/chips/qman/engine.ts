// What the register block and the portals of one QMan have in common: queues, channels, groups, and the way of a frame.
import type { DpaaDequeued, DpaaEnqueue, DpaaFrame, DpaaQueues } from '../../bus/dpaa.js';
import { frameLength } from '../../bus/dpaa.js';
import { Channel, type Consumer, type Soon } from './channel.js';
import { CongestionGroup } from './congestion.js';
import { CTRL, FrameQueue, STATE, STATE_WORDS } from './frame-queue.js';
import { CHANNELS, GROUPS, isChannel, type QmanSoc } from './soc.js';

/** Bits of the error interrupt. */
export const ERR = {
  INVALID_VERB: 0x1_0000,
  DEQUEUE_FQ: 0x400,
  DEQUEUE_STATE: 0x200,
  ENQUEUE_STATE: 0x4,
  ENQUEUE_CHANNEL: 0x2,
  ENQUEUE_FQ: 0x1,
} as const;
/** Codes of rejections, as messages have them. */
export const REJECTION: Readonly<Record<Exclude<DpaaEnqueue, 'accepted'>, number>> = {
  'group-tail-drop': 0x00,
  wred: 0x10,
  error: 0x20,
  'early-window': 0x30,
  'late-window': 0x40,
  'fq-tail-drop': 0x50,
  retired: 0x60,
  'orp-disabled': 0x70,
};
/** Frames that a record of private memory holds. */
const PER_RECORD = 3;
/** Frames that QMan has room for without private memory. */
const ON_CHIP = 2048;
const MOST_FINDINGS = 1000;

/** What the engine has of a portal. */
export interface PortalEnd extends Consumer {
  readonly index: number;
  /** Nothing leaves the enqueue ring. */
  stalled: boolean;
  /** A queue of a retirement that was pending is retired. */
  retired(fq: FrameQueue): void;
  /** A group that tells this portal has changed. */
  congestionChanged(): void;
  /** A block's enqueue was rejected and this portal is to hear of it. */
  blockRejected(fqid: number, frame: DpaaFrame, code: number): void;
  /** What its rings are doing, where that is worth a word. */
  words(): string | undefined;
}

/** What an engine is told to do besides. */
export interface EngineHooks {
  readonly finding: (text: string) => void;
  readonly unknown: (offset: number, access: 'read' | 'write') => void;
  readonly soon: Soon;
}

/** One QMan. */
export class QmanEngine implements DpaaQueues {
  readonly soc: QmanSoc;
  readonly portals = new Map<number, PortalEnd>();
  readonly groups: readonly CongestionGroup[] = Array.from({ length: GROUPS }, (_, id) => new CongestionGroup(id));
  readonly findings: string[] = [];
  /** Frame queues there is memory for; 0 while none is set up. */
  fqids = 0;
  /** Records for frames; 0 until they are initialised. */
  records = 0;
  /** Frames in all queues. */
  frames = 0;
  /** Portal that hears of rejections of FMan 0, -1 when FMan does. */
  rejectionsTo = -1;
  /** Weights of work queues by class of channel: portals, pools, blocks. */
  readonly weights: readonly number[][] = [new Array<number>(6).fill(0), new Array<number>(6).fill(0), []];
  /** Raises bits of the error interrupt; the register block puts itself here. */
  error: (bit: number, fqid: number, portal: number) => void = () => undefined;
  readonly #hooks: EngineHooks;
  readonly #fqs: (FrameQueue | undefined)[] = [];
  /** By number; made when they are first used. */
  readonly #channels: (Channel | undefined)[] = new Array<Channel | undefined>(CHANNELS.BLOCK_END).fill(undefined);
  #toldFull = false;

  constructor(soc: QmanSoc, hooks: EngineHooks) {
    this.soc = soc;
    this.#hooks = hooks;
  }

  /** The queue of that number; undefined where there is no memory for it. */
  fq(fqid: number): FrameQueue | undefined {
    if (fqid === 0 || fqid >= this.fqids) return undefined;
    return (this.#fqs[fqid] ??= new FrameQueue(fqid));
  }

  /** The channel of that number; it must exist. */
  channel(id: number): Channel {
    const known = this.#channels[id];
    if (known !== undefined) return known;
    const kind = id < 0x400 ? 0 : id < 0x800 ? 1 : 2;
    const channel = new Channel(id, this.weights[kind] as number[], this.#hooks.soon);
    this.#channels[id] = channel;
    return channel;
  }

  enqueue(fqid: number, frame: DpaaFrame): DpaaEnqueue {
    const answer = this.accept(fqid, frame, -1);
    if (answer === 'accepted' || this.rejectionsTo < 0) return answer;
    this.portals.get(this.rejectionsTo)?.blockRejected(fqid, frame, REJECTION[answer]);
    return 'accepted';
  }

  dequeue(channel: number, into: DpaaDequeued): boolean {
    const from = this.channel(channel);
    let fq = this.take(from);
    // A queue that was forced may have nothing: for a block there is no entry without frame.
    while (fq !== undefined && fq.frames === 0) {
      fq.forced = false;
      this.letGo(fq);
      fq = this.take(from);
    }
    if (fq === undefined) {
      from.armed = true;
      return false;
    }
    into.fqid = fq.fqid;
    into.contextAHi = fq.contextAHi;
    into.contextALo = fq.contextALo;
    into.contextB = fq.contextB;
    this.shift(fq, into);
    this.letGo(fq);
    return true;
  }

  serve(channel: number, ready: () => void): () => void {
    const served = this.channel(channel);
    served.ready = ready;
    served.armed = true;
    served.serve();
    return () => {
      if (served.ready === ready) served.ready = undefined;
    };
  }

  /** Puts a frame into a queue, or says why not; `portal` is -1 for blocks. Last of all it lets others run. */
  accept(fqid: number, frame: DpaaFrame, portal: number): DpaaEnqueue {
    const fq = this.fq(fqid);
    if (fq === undefined) return this.#refuse(ERR.ENQUEUE_FQ, fqid, portal);
    const { state } = fq;
    if (state === STATE.OOS) return this.#refuse(ERR.ENQUEUE_STATE, fqid, portal);
    if (state === STATE.RETIRED || fq.retiringFor >= 0) return 'retired';
    if ((fq.ctrl & CTRL.TAIL_DROP) !== 0 && fq.bytes > threshold(fq.td)) return 'fq-tail-drop';
    const length = frameLength(frame);
    if ((fq.ctrl & CTRL.GROUP) !== 0) {
      const group = this.groups[fq.cgid] as CongestionGroup;
      if (group.tailDrop && group.congested) return 'group-tail-drop';
      if (group.add(fq.weight(length), 1)) this.#tell(group);
    }
    fq.push(frame, length);
    if (++this.frames > ON_CHIP + this.records * PER_RECORD) this.#full();
    if (state === STATE.TENTATIVE) this.schedule(fq);
    return 'accepted';
  }

  /** Takes the first frame of a queue that has one. */
  shift(fq: FrameQueue, into: DpaaFrame): void {
    const length = fq.shift(into);
    this.frames--;
    if ((fq.ctrl & CTRL.GROUP) === 0) return;
    const group = this.groups[fq.cgid] as CongestionGroup;
    if (group.add(-fq.weight(length), -1)) this.#tell(group);
  }

  /** The queue joins its work queue, and its channel is served. */
  schedule(fq: FrameQueue): void {
    fq.state = STATE.SCHEDULED;
    const channel = this.channel(fq.channel);
    channel.append(fq);
    channel.serve();
  }

  /** The next queue of a channel becomes active. Queues that wait for their retirement get it here. */
  take(channel: Channel, wq = -1): FrameQueue | undefined {
    let fq = channel.take(wq);
    while (fq !== undefined && fq.retiringFor >= 0) {
      this.retire(fq);
      fq = channel.take(wq);
    }
    if (fq !== undefined) fq.state = STATE.ACTIVE;
    return fq;
  }

  /** An active queue goes back to where it belongs, at the end of its work queue if it has frames. */
  letGo(fq: FrameQueue): void {
    if (fq.retiringFor >= 0) this.retire(fq);
    else if (fq.frames > 0) {
      fq.state = STATE.SCHEDULED;
      this.channel(fq.channel).append(fq);
    } else fq.state = STATE.TENTATIVE;
  }

  /** A pending retirement ends. */
  retire(fq: FrameQueue): void {
    const portal = fq.retiringFor;
    fq.retiringFor = -1;
    fq.state = STATE.RETIRED;
    this.portals.get(portal)?.retired(fq);
  }

  /** A group was changed by software: its state may be another. */
  groupChanged(group: CongestionGroup): void {
    if (group.settle()) this.#tell(group);
  }

  /** A register that is not there reads 0. */
  unknownRegister(offset: number, access: 'read' | 'write'): number {
    this.#hooks.unknown(offset, access);
    return 0;
  }

  /** Notes a finding. */
  find(text: string): void {
    if (this.findings.length < MOST_FINDINGS) this.findings.push(text);
    this.#hooks.finding(text);
  }

  /** Frame queues that are in use, for tools and tests. */
  *queues(): Generator<FrameQueue> {
    for (const fq of this.#fqs) if (fq !== undefined && (fq.state !== STATE.OOS || fq.frames > 0)) yield fq;
  }

  /** For a person: queues in use, congested groups, portals with something in their rings. */
  words(): Record<string, string> {
    const words: Record<string, string> = {};
    for (const fq of this.queues()) {
      const what = STATE_WORDS[fq.state] ?? '';
      const retiring = fq.retiringFor >= 0 ? ', to be retired' : '';
      const has = fq.frames === 0 ? '' : `, ${fq.frames} frames of ${fq.bytes} bytes`;
      words[`fq ${fq.fqid}`] = `${what}${retiring}${has}; channel 0x${fq.channel.toString(16)} wq ${fq.destWq & 7}`;
    }
    for (const group of this.groups)
      if (group.congested) words[`group ${group.cgid}`] = `is congested: ${group.count} of ${group.limit}`;
    for (const portal of this.portals.values()) {
      const said = portal.words();
      if (said !== undefined) words[`portal ${portal.index}`] = said;
    }
    return words;
  }

  #refuse(bit: number, fqid: number, portal: number): 'error' {
    this.error(bit, fqid, portal);
    return 'error';
  }

  #full(): void {
    if (this.#toldFull) return;
    this.#toldFull = true;
    this.find(`${this.frames} frames are queued, there is room for ${ON_CHIP + this.records * PER_RECORD}`);
  }

  #tell(group: CongestionGroup): void {
    if (!group.notify) return;
    for (const portal of this.portals.values()) if (group.tells(portal.index)) portal.congestionChanged();
  }
}

/** A tail drop threshold: eight bits [12:5] times two to the [4:0]. */
export function threshold(td: number): number {
  return ((td >>> 5) & 0xff) * 2 ** (td & 0x1f);
}

/** Whether a frame queue may lead there. */
export function isDestination(destWq: number): boolean {
  return isChannel(destWq >>> 3);
}
