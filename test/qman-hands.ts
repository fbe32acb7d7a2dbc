// Software's hands at a portal of QMan, as Linux has them: valid bits, discrete acknowledgement, messages by index.
import { ioread32be, iowrite32be, type MmioSpace } from '../src/bus/mmio.js';
import type { Plugged } from './qbman-rig.js';

/** Four words of a frame descriptor. */
export type Fd = readonly [number, number, number, number];

/** An entry of the dequeue ring. */
export interface Dequeued {
  readonly index: number;
  readonly stat: number;
  readonly token: number;
  readonly fqid: number;
  readonly contextB: number;
  readonly fd: Fd;
}

/** An entry of the message ring; `byte1` is dca or the queue's status. */
export interface Message {
  readonly verb: number;
  readonly byte1: number;
  readonly rc: number;
  readonly fqid: number;
  readonly tag: number;
  readonly fd: Fd;
}

/** Fields of an initialisation, with the write enables of those that are given. */
export interface InitFq {
  readonly orpc?: number;
  readonly cgid?: number;
  readonly ctrl?: number;
  readonly destWq?: number;
  readonly ics?: number;
  readonly td?: number;
  readonly oac?: readonly [oac: number, oal: number];
  readonly contextB?: number;
  readonly contextA?: readonly [number, number];
  readonly count?: number;
}

/** What Linux writes into SDQCR: channels, up to 3, dedicated first, priority, token 0xab, the portal's own channel. */
export const SDQCR = 0x31ab_8000;
const ARM = {
  ...{ EQCR_PI: 0x3000, EQCR_CI: 0x3040, EQCR_ITR: 0x3080, DQRR_PI: 0x3100, DQRR_CI: 0x3140, DQRR_ITR: 0x3180 },
  ...{ DCAP: 0x31c0, SDQCR: 0x3200, VDQCR: 0x3240, PDQCR: 0x3280, MR_PI: 0x3300, MR_CI: 0x3340, MR_ITR: 0x3380 },
  ...{ CFG: 0x3500, ISR: 0x3600, IER: 0x3640, ISDR: 0x3680, IIR: 0x36c0, ITPR: 0x3740, EQCR_CI_CE: 0x3040 },
};
const PPC: typeof ARM = {
  ...{ EQCR_PI: 0, EQCR_CI: 4, EQCR_ITR: 8, DQRR_PI: 0x40, DQRR_CI: 0x44, DQRR_ITR: 0x48, DCAP: 0x50, SDQCR: 0x54 },
  ...{ VDQCR: 0x58, PDQCR: 0x5c, MR_PI: 0x80, MR_CI: 0x84, MR_ITR: 0x88, CFG: 0x100 },
  ...{ ISR: 0xe00, IER: 0xe04, ISDR: 0xe08, IIR: 0xe0c, ITPR: 0xe14, EQCR_CI_CE: 0x3100 },
};

/** Sets up private memory as Linux does: 4 MiB of queues, 32 MiB of records. */
export function qmanMemory(block: MmioSpace): void {
  for (const [at, base, exponent] of [
    [0xc00, 0x8_8200_0000, 22],
    [0xc20, 0x8_8400_0000, 25],
  ] as const) {
    iowrite32be(block, at, Math.floor(base / 0x1_0000_0000));
    iowrite32be(block, at + 4, base % 0x1_0000_0000);
    iowrite32be(block, at + 0x10, (0x8000_0000 | (exponent - 1)) >>> 0);
  }
  iowrite32be(block, 0xb04, 8);
  iowrite32be(block, 0xb08, 0x8_0000 - 16);
  iowrite32be(block, 0xb00, 0x0100_0000);
}

/** The hands. */
export class QmanHands {
  readonly ce: MmioSpace;
  readonly ci: MmioSpace;
  readonly at: typeof ARM;
  #eq: { index: number; valid: number };
  #dq: { index: number; valid: number };
  #mr: { index: number; valid: number };
  #rr = 1;
  #mcValid = 0x80;

  constructor(plugged: Plugged, arm = true, sdqcr = SDQCR) {
    this.ce = plugged.windows[0] as MmioSpace;
    this.ci = plugged.windows[1] as MmioSpace;
    this.at = arm ? ARM : PPC;
    const ring = (name: 'EQCR_PI' | 'DQRR_PI' | 'MR_PI', size: number): { index: number; valid: number } => {
      const pi = this.reg(name);
      return { index: pi & (size - 1), valid: (pi & size) === 0 ? 0 : 0x80 };
    };
    this.#eq = ring('EQCR_PI', 8);
    this.#dq = ring('DQRR_PI', 16);
    this.#mr = ring('MR_PI', 8);
    // Valid bits, push, 15 entries at most, discrete acknowledgement, RE and SE.
    this.setReg('CFG', 0x02f2_00a0);
    this.setReg('SDQCR', sdqcr);
  }

  reg(name: keyof typeof ARM): number {
    return ioread32be(this.ci, this.at[name]);
  }

  setReg(name: keyof typeof ARM, value: number): void {
    iowrite32be(this.ci, this.at[name], value);
  }

  /** Free entries of the enqueue ring. */
  room(): number {
    return 7 - ((this.#eq.index - ioread32be(this.ce, this.at.EQCR_CI_CE)) & 7);
  }

  /** One enqueue; false when the ring is full. */
  enqueue(fqid: number, fd: Fd, tag = 0, verb = 0x01, dca = 0): boolean {
    if (this.room() === 0) return false;
    const at = this.#eq.index * 64;
    const { ce } = this;
    iowrite32be(ce, at + 8, fqid);
    iowrite32be(ce, at + 12, tag);
    for (let i = 0; i < 4; i++) iowrite32be(ce, at + 16 + 4 * i, fd[i] as number);
    iowrite32be(ce, at, (((verb | this.#eq.valid) << 24) | (dca << 16)) >>> 0);
    step(this.#eq, 8);
    return true;
  }

  /** The next entry of the dequeue ring, not acknowledged. */
  peek(): Dequeued | undefined {
    const at = 0x1000 + this.#dq.index * 64;
    const first = ioread32be(this.ce, at);
    if (((first >>> 24) & 0x80) !== this.#dq.valid || ((first >>> 24) & 0x7f) !== 0x60) return undefined;
    const { index } = this.#dq;
    step(this.#dq, 16);
    const words = this.#words(at);
    return {
      index,
      stat: (first >>> 16) & 0xff,
      token: words[1] >>> 24,
      fqid: words[2],
      contextB: words[3],
      fd: fdOf(words),
    };
  }

  ack(index: number, park = false): void {
    this.setReg('DCAP', index | (park ? 0x40 : 0));
  }

  /** All that is in the dequeue ring and comes while it is acknowledged. */
  drain(): Dequeued[] {
    const all: Dequeued[] = [];
    for (let entry = this.peek(); entry !== undefined; entry = this.peek()) {
      all.push(entry);
      this.ack(entry.index);
    }
    return all;
  }

  /** All messages, consumed. */
  messages(): Message[] {
    const all: Message[] = [];
    for (;;) {
      const at = 0x2000 + this.#mr.index * 64;
      const first = ioread32be(this.ce, at);
      if (((first >>> 24) & 0x80) !== this.#mr.valid || first === 0) return all;
      const words = this.#words(at);
      const [verb, byte1] = [(first >>> 24) & 0x7f, (first >>> 16) & 0xff];
      all.push({ verb, byte1, rc: words[1] >>> 24, fqid: words[2], tag: words[3], fd: fdOf(words) });
      step(this.#mr, 8);
      this.setReg('MR_CI', this.#mr.index);
    }
  }

  #words(at: number): [number, number, number, number, number, number, number, number] {
    const word = (i: number): number => ioread32be(this.ce, at + 4 * i);
    return [word(0), word(1), word(2), word(3), word(4), word(5), word(6), word(7)];
  }

  /** A management command; `fill` writes its fields. */
  command(verb: number, fill: (view: DataView) => void = () => undefined): DataView {
    const view = new DataView(new ArrayBuffer(64));
    fill(view);
    for (let i = 4; i < 64; i += 4) iowrite32be(this.ce, 0x3800 + i, view.getUint32(i));
    view.setUint8(0, verb | this.#mcValid);
    iowrite32be(this.ce, 0x3800, view.getUint32(0));
    const rr = 0x3900 + this.#rr * 0x40;
    const response = new DataView(new ArrayBuffer(64));
    for (let i = 0; i < 64; i += 4) response.setUint32(i, ioread32be(this.ce, rr + i));
    this.#rr ^= 1;
    this.#mcValid ^= 0x80;
    return response;
  }

  /** Result of a command on a queue. */
  alter(verb: number, fqid: number): number {
    return this.command(verb, (view) => view.setUint32(4, fqid)).getUint8(1);
  }

  /** Initialises a queue, scheduled unless `verb` says parked. */
  init(fqid: number, init: InitFq, verb = 0x41): number {
    return this.command(verb, (view) => fillInit(view, fqid, init)).getUint8(1);
  }

  /** State of a queue with its flags, bytes, frames. */
  state(fqid: number): readonly [state: number, bytes: number, frames: number] {
    const np = this.command(0x45, (view) => view.setUint32(4, fqid));
    return [np.getUint8(3), np.getUint32(40), np.getUint32(44)];
  }
}

function fillInit(view: DataView, fqid: number, init: InitFq): void {
  let we = 0;
  const field = <T>(value: T | undefined, bit: number, write: (value: T) => void): void => {
    if (value === undefined) return;
    we |= bit;
    write(value);
  };
  view.setUint32(4, fqid);
  view.setUint16(8, init.count ?? 0);
  field(init.orpc, 0x80, (value) => view.setUint8(10, value));
  field(init.cgid, 0x40, (value) => view.setUint8(11, value));
  field(init.ctrl, 0x20, (value) => view.setUint16(12, value));
  field(init.destWq, 0x10, (value) => view.setUint16(14, value));
  field(init.ics, 0x08, (value) => view.setUint16(16, value));
  field(init.td, 0x04, (value) => view.setUint16(18, value));
  field(init.oac, 0x100, ([oac, oal]) => view.setUint16(18, (oac << 8) | (oal & 0xff)));
  field(init.contextB, 0x02, (value) => view.setUint32(20, value));
  field(init.contextA, 0x01, ([hi, lo]) => {
    view.setUint32(24, hi);
    view.setUint32(28, lo);
  });
  view.setUint16(2, we);
}

function step(ring: { index: number; valid: number }, size: number): void {
  ring.index = (ring.index + 1) & (size - 1);
  if (ring.index === 0) ring.valid ^= 0x80;
}

const fdOf = (words: readonly number[]): Fd => [words[4], words[5], words[6], words[7]] as unknown as Fd;
