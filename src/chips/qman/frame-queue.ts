// A frame queue: its descriptor, its state, and the frames in it.
import { type DpaaFrame, frameLength } from '../../bus/dpaa.js';

/** States, as a query answers them. */
export const STATE = { OOS: 0, RETIRED: 1, TENTATIVE: 2, SCHEDULED: 3, PARKED: 4, ACTIVE: 5 } as const;
/** Words for them. */
export const STATE_WORDS = [
  'is out of service',
  'is retired',
  'waits for frames',
  'waits to be served',
  'is parked',
  'is active',
] as const;

/** Bits of fq_ctrl. */
export const CTRL = { GROUP: 0x400, TAIL_DROP: 0x200, HOLD_ACTIVE: 0x002 } as const;
/** Overhead counts for the congestion group. */
const OAC_GROUP = 0x40;
const WORDS = 4;
/** Frames that there is room for at first. */
const ROOM = 8;

/** One frame queue. */
export class FrameQueue {
  readonly fqid: number;
  state: number = STATE.OOS;
  /** A retirement waits for the queue to be served, and this portal wants to hear of it. */
  retiringFor = -1;
  forced = false;
  orpc = 0;
  cgid = 0;
  ctrl = 0;
  destWq = 0;
  icsCred = 0;
  td = 0;
  oac = 0;
  /** Signed. */
  oal = 0;
  contextB = 0;
  contextAHi = 0;
  contextALo = 0;
  /** Next of its work queue. */
  next: FrameQueue | undefined;
  /** Entries of a dequeue ring that hold it active. */
  held = 0;
  frames = 0;
  bytes = 0;
  #words = new Int32Array(ROOM * WORDS);
  /** The room is a power of two; this is the last index. */
  #last = ROOM - 1;
  /** Index of the first frame. */
  #head = 0;

  constructor(fqid: number) {
    this.fqid = fqid;
  }

  get channel(): number {
    return this.destWq >>> 3;
  }

  /** All fields as after power on. */
  reset(): void {
    this.orpc = this.cgid = this.ctrl = this.destWq = this.icsCred = this.td = this.oac = this.oal = 0;
    this.contextB = this.contextAHi = this.contextALo = 0;
    this.forced = false;
  }

  /** What a frame counts for the congestion group. */
  weight(length: number): number {
    return Math.max(0, (this.oac & OAC_GROUP) === 0 ? length : length + this.oal);
  }

  /** Puts a frame of that length at the end. */
  push(frame: DpaaFrame, length: number): void {
    if (this.frames > this.#last) this.#grow();
    const words = this.#words;
    const at = ((this.#head + this.frames) & this.#last) * WORDS;
    words[at] = frame.w0;
    words[at + 1] = frame.w1;
    words[at + 2] = frame.w2;
    words[at + 3] = frame.w3;
    this.frames++;
    this.bytes += length;
  }

  /** Takes the first frame; there must be one. Answers its length. */
  shift(into: DpaaFrame): number {
    const words = this.#words;
    const at = this.#head * WORDS;
    into.w0 = words[at] as number;
    into.w1 = words[at + 1] as number;
    into.w2 = words[at + 2] as number;
    into.w3 = words[at + 3] as number;
    this.#head = (this.#head + 1) & this.#last;
    this.frames--;
    const length = frameLength(into);
    this.bytes -= length;
    return length;
  }

  #grow(): void {
    const old = this.#words;
    const grown = new Int32Array(old.length * 2);
    grown.set(old.subarray(this.#head * WORDS));
    grown.set(old.subarray(0, this.#head * WORDS), old.length - this.#head * WORDS);
    this.#words = grown;
    this.#last = 2 * this.#last + 1;
    this.#head = 0;
  }
}
