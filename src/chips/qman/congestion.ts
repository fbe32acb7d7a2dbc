// A congestion group: what it counts, when it is congested, whom it tells.

const TARGET_WORDS = 4;
/** Leaves congestion below this part of the threshold. */
const LEAVE = 7 / 8;

/** One group. */
export class CongestionGroup {
  readonly cgid: number;
  /** WRED parameters of green, yellow and red, as written. */
  readonly wred = new Uint32Array(3);
  readonly wredEnable = new Uint8Array(3);
  notify = false;
  tailDrop = false;
  /** Counts frames instead of bytes. */
  countFrames = false;
  /** A bit for each portal that is told, portal 0 first. */
  readonly targets = new Uint32Array(TARGET_WORDS);
  count = 0;
  congested = false;
  #threshold = 0;
  #limit = 0;

  constructor(cgid: number) {
    this.cgid = cgid;
  }

  /** Encoded: eight bits [12:5] times two to the [4:0]. */
  get threshold(): number {
    return this.#threshold;
  }

  set threshold(encoded: number) {
    this.#threshold = encoded;
    this.#limit = ((encoded >>> 5) & 0xff) * 2 ** (encoded & 0x1f);
  }

  /** The threshold as a number; 0 means that there is none. */
  get limit(): number {
    return this.#limit;
  }

  /** All fields as after power on; what is in its queues still counts. */
  reset(): void {
    this.wred.fill(0);
    this.wredEnable.fill(0);
    this.targets.fill(0);
    this.notify = this.tailDrop = this.countFrames = false;
    this.threshold = 0;
  }

  /** Counts; true when the state has changed. */
  add(bytes: number, frames: number): boolean {
    this.count += this.countFrames ? frames : bytes;
    if (this.count < 0) this.count = 0;
    return this.settle();
  }

  /** Brings the state to the count; true when it has changed. */
  settle(): boolean {
    const limit = this.#limit;
    const congested = limit > 0 && (this.congested ? this.count >= limit * LEAVE : this.count > limit);
    if (congested === this.congested) return false;
    this.congested = congested;
    return true;
  }

  /** Whether that portal is told. */
  tells(portal: number): boolean {
    return ((this.targets[portal >>> 5] ?? 0) & (0x8000_0000 >>> (portal & 31))) !== 0;
  }

  /** From now on that portal is told, or not. */
  target(portal: number, on: boolean): void {
    const word = portal >>> 5;
    const bit = (0x8000_0000 >>> (portal & 31)) >>> 0;
    if (word >= TARGET_WORDS) return;
    const now = this.targets[word] as number;
    this.targets[word] = on ? now | bit : now & ~bit;
  }
}
