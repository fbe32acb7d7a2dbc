// A QMan portal: enqueue ring, dequeue ring, messages, commands (Linux: drivers/soc/fsl/qbman/qman.c).
import { ERRNO, passSysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import type { IrqReturn } from '../../core/interrupt.js';
import { ioread32be, iowrite32be, type MmioSpace } from '../../core/io.js';
import { PortalCommand } from './command.js';
import type { QmanFd, QmanFqSink } from './fq-types.js';
import { ARM_WINDOW, DQRR_RING, ENTRY_BYTES, QM_CE, QM_CFG, QM_PIRQ, QM_PORTAL_ARM, QM_PORTAL_PPC } from './regs.js';
import { type QmPortalRegs, QM_SDQCR_BASE, QM_SDQCR_DEDICATED, RING, VERB_VBIT } from './regs.js';

const ENQUEUE = 0x01;
/** Status of a dequeued entry: it has a frame; it ends a volatile dequeue. */
const STAT_FD_VALID = 0x10;
const STAT_EXPIRED = 0x01;
/** Kinds of messages. */
const MR_TYPE = 0x27;
const MR_STATE = 0x20;
const MR_RETIRED: readonly number[] = [0x21, 0x22];
/** Entries that one interrupt handles. */
const INTERRUPT_LIMIT = 63;
const UPPER = 0x1_0000_0000;
/** Words of an entry that are used. */
const WORDS = 8;
/** DCAP: the upper half is a mask of entries. */
const DCAP_MANY = 0x100;
/** Availability of channels, which is told with the interrupts. */
const DQAVAIL = 0xffff;

/** What portals of one machine share. */
export interface QmanPortalShared {
  /** Who has a queue, by its tag: the number of the queue. */
  readonly sinks: (QmanFqSink | undefined)[];
}

/** One portal, of one CPU. Plain calls, usable in interrupts. */
export class QmanPortal {
  readonly dev: Device;
  readonly cpu: number;
  /** Its own channel: the portal's number. */
  readonly channel: number;
  readonly command: PortalCommand;
  /** Interrupts so far. */
  interrupts = 0;
  /** Told when a congestion group has changed. */
  onCongestion: () => void = () => undefined;
  readonly #ce: MmioSpace;
  readonly #ci: MmioSpace;
  readonly #regs: QmPortalRegs;
  readonly #shared: QmanPortalShared;
  readonly #fd: QmanFd = { bpid: 0, addr: 0, format: 0, offset: 0, length: 0, cmd: 0 };
  /** An entry that is written, and one that was read. */
  readonly #outgoing = new Int32Array(WORDS);
  readonly #entry = new Int32Array(WORDS);
  #sources = 0;
  #sdqcr = QM_SDQCR_BASE | QM_SDQCR_DEDICATED;
  #eqcrPi = 0;
  #eqcrVbit = 0;
  #eqcrFree = 0;
  #dqrrCi = 0;
  #dqrrFill = 0;
  /** Entries that were handled and are not acknowledged yet, a bit each. */
  #handled = 0;
  #mrCi = 0;

  constructor(dev: Device, cpu: number, channel: number, ce: MmioSpace, ci: MmioSpace, shared: QmanPortalShared) {
    this.dev = dev;
    this.cpu = cpu;
    this.channel = channel;
    this.#ce = ce;
    this.#ci = ci;
    this.#regs = ci.size >= ARM_WINDOW ? QM_PORTAL_ARM : QM_PORTAL_PPC;
    this.#shared = shared;
    this.command = new PortalCommand(dev, ce, QM_CE);
  }

  /**
   * Sets rings and interrupts up, and begins to dequeue. What others left to be dequeued is thrown away; EBUSY: they
   * have left something to be enqueued.
   */
  start(): void {
    const regs = this.#regs;
    this.#out(regs.ISDR, 0xffff_ffff);
    this.#out(regs.IER, 0);
    this.#out(regs.SDQCR, 0);
    this.#out(regs.CFG, QM_CFG);
    for (const register of [regs.DQRR_ITR, regs.MR_ITR, regs.ITPR]) this.#out(register, 0);
    const pi = this.#in(regs.EQCR_PI);
    this.#eqcrPi = pi & (RING - 1);
    this.#eqcrVbit = (pi & RING) !== 0 ? VERB_VBIT : 0;
    const ci = this.#in(regs.EQCR_CI) & (RING - 1);
    if (ci !== this.#eqcrPi) {
      throw this.dev.error('EBUSY', `the enqueue ring is not empty: ${ci} to ${this.#eqcrPi}`, 'portal');
    }
    this.#dqrrCi = this.#in(regs.DQRR_CI) & (DQRR_RING - 1);
    this.#mrCi = this.#in(regs.MR_CI) & (RING - 1);
    this.#discard();
    this.#out(regs.ISR, 0xffff_ffff);
    this.#out(regs.ISDR, 0);
    this.#out(regs.IIR, 0);
    this.irqSourceAdd(QM_PIRQ.MRI | QM_PIRQ.CSCI);
    this.#out(regs.SDQCR, this.#sdqcr);
  }

  /** Nothing is dequeued, and nothing interrupts any more. */
  stop(): void {
    this.#out(this.#regs.SDQCR, 0);
    this.#sources = 0;
    this.#out(this.#regs.IER, 0);
    this.#out(this.#regs.ISDR, 0xffff_ffff);
  }

  /** Serves these pool channels as well, bits as in SDQCR (Linux: qman_p_static_dequeue_add). */
  staticDequeueAdd(pools: number): void {
    this.#sdqcr |= pools;
    this.#out(this.#regs.SDQCR, this.#sdqcr);
  }

  /** Not any more. */
  staticDequeueDel(pools: number): void {
    this.#sdqcr &= ~pools;
    this.#out(this.#regs.SDQCR, this.#sdqcr);
  }

  /** Linux: qman_p_irqsource_add. */
  irqSourceAdd(bits: number): void {
    this.#out(this.#regs.IER, this.#sources | bits);
    this.#sources |= bits;
  }

  /** What was told of these and not handled is forgotten; it is told again while it lasts. */
  irqSourceRemove(bits: number): void {
    this.#out(this.#regs.IER, this.#sources & ~bits);
    this.#sources &= ~bits;
    this.#out(this.#regs.ISR, ~this.#sources >>> 0);
  }

  /** Puts a frame on the ring. -EBUSY while it is full: the frame stays the caller's (facts 8.2.3). */
  enqueue(fqid: number, tag: number, fd: QmanFd): number {
    if (this.#eqcrFree === 0 && !this.#eqcrRoom()) return -ERRNO.EBUSY;
    const line = this.#outgoing;
    const { addr } = fd;
    line[0] = (ENQUEUE | this.#eqcrVbit) << 24;
    line[2] = fqid;
    line[3] = tag;
    line[4] = ((fd.bpid & 0xff) << 16) | ((addr / UPPER) & 0xff);
    line[5] = addr;
    line[6] = (fd.format << 29) | (fd.offset << 20) | fd.length;
    line[7] = fd.cmd;
    // The verb makes the entry valid: it goes last of all.
    this.#ce.writeLine(QM_CE.EQCR + this.#eqcrPi * ENTRY_BYTES, line, WORDS);
    this.#eqcrPi = (this.#eqcrPi + 1) & (RING - 1);
    if (this.#eqcrPi === 0) this.#eqcrVbit ^= VERB_VBIT;
    this.#eqcrFree--;
    return 0;
  }

  /** Handles up to `limit` dequeued entries; answers how many it was (Linux: qman_p_poll_dqrr). */
  poll(limit: number, inInterrupt = false): number {
    let done = 0;
    this.#acknowledge();
    while (done < limit && (this.#dqrrFill > 0 || this.#dqrrLook())) {
      const some = Math.min(limit - done, this.#dqrrFill);
      const count = this.#handle(some, inInterrupt);
      done += count;
      if (count < some) break;
    }
    return done;
  }

  /** Dequeues a retired queue until it is empty; its sink is told at the end. */
  volatileDequeue(fqid: number): void {
    this.#out(this.#regs.VDQCR, fqid);
  }

  /** The handler of the portal's interrupt. A register that fails is in the log, and the interrupt comes again. */
  interrupt(): IrqReturn {
    try {
      const is = this.#in(this.#regs.ISR) & this.#sources;
      if (is === 0) return 'unhandled';
      this.interrupts++;
      let clear = is & (QM_PIRQ.MRI | QM_PIRQ.CSCI);
      if ((is & QM_PIRQ.DQRI) !== 0) {
        this.poll(INTERRUPT_LIMIT, true);
        clear |= DQAVAIL | QM_PIRQ.DQRI;
      }
      if ((is & QM_PIRQ.MRI) !== 0) this.pollMessages();
      if ((is & QM_PIRQ.CSCI) !== 0) this.onCongestion();
      this.#out(this.#regs.ISR, clear >>> 0);
    } catch (error) {
      passSysError(error);
      this.dev.err(`interrupt: ${String(error)}`);
    }
    return 'handled';
  }

  /** Handles the messages that are there. */
  pollMessages(): void {
    const pi = this.#in(this.#regs.MR_PI) & (RING - 1);
    if (pi === this.#mrCi) return;
    while (this.#mrCi !== pi) {
      const at = QM_CE.MR + this.#mrCi * ENTRY_BYTES;
      this.#mrCi = (this.#mrCi + 1) & (RING - 1);
      this.#message(at);
    }
    this.#out(this.#regs.MR_CI, this.#mrCi);
  }

  #message(at: number): void {
    const entry = this.#entry;
    this.#ce.readLine(at, entry, WORDS);
    const word = entry[0] as number;
    const type = (word >>> 24) & MR_TYPE;
    const sink = this.#shared.sinks[entry[3] as number];
    if ((type & MR_STATE) === 0) sink?.ern?.(this.#fdOf(entry), ((entry[1] as number) >>> 28) << 4);
    else if (MR_RETIRED.includes(type)) sink?.retired((word >>> 16) & 0xff);
  }

  /**
   * Handles up to `count` entries that are there, and acknowledges them together. Fewer: a consumer wants his entry to
   * stay.
   */
  #handle(count: number, inInterrupt: boolean): number {
    let done = 0;
    try {
      while (done < count && this.#one(inInterrupt)) {
        this.#take();
        done++;
      }
    } finally {
      this.#acknowledge();
    }
    return done;
  }

  /** False when its consumer wants it to stay. A frame of a queue that nobody has any more is thrown away. */
  #one(inInterrupt: boolean): boolean {
    const entry = this.#entry;
    this.#ce.readLine(QM_CE.DQRR + this.#dqrrCi * ENTRY_BYTES, entry, WORDS);
    const stat = ((entry[0] as number) >>> 16) & 0xff;
    const sink = this.#shared.sinks[entry[3] as number];
    if ((stat & STAT_FD_VALID) !== 0) {
      const said = sink?.dqrr?.(this.#fdOf(entry), this.cpu, inInterrupt);
      if (said === 'stop') return false;
    }
    if ((stat & STAT_EXPIRED) !== 0) sink?.expired();
    return true;
  }

  /** The entry is done with. */
  #take(): void {
    this.#handled |= 1 << this.#dqrrCi;
    this.#dqrrCi = (this.#dqrrCi + 1) & (DQRR_RING - 1);
    this.#dqrrFill--;
  }

  /** What a bus error keeps from being told is told by the next poll (Linux: qm_dqrr_cdc_consume_n). */
  #acknowledge(): void {
    if (this.#handled === 0) return;
    this.#out(this.#regs.DCAP, (this.#handled << 16) | DCAP_MANY);
    this.#handled = 0;
  }

  #dqrrLook(): boolean {
    const pi = this.#in(this.#regs.DQRR_PI) & (DQRR_RING - 1);
    this.#dqrrFill = (pi - this.#dqrrCi) & (DQRR_RING - 1);
    return this.#dqrrFill > 0;
  }

  #eqcrRoom(): boolean {
    const ci = this.#in(this.#regs.EQCR_CI) & (RING - 1);
    this.#eqcrFree = RING - 1 - ((this.#eqcrPi - ci) & (RING - 1));
    return this.#eqcrFree > 0;
  }

  #discard(): void {
    while (this.#dqrrFill > 0 || this.#dqrrLook()) {
      while (this.#dqrrFill > 0) this.#take();
      this.#acknowledge();
    }
    const pi = this.#in(this.#regs.MR_PI) & (RING - 1);
    if (pi === this.#mrCi) return;
    this.#mrCi = pi;
    this.#out(this.#regs.MR_CI, pi);
  }

  #fdOf(entry: Int32Array): QmanFd {
    const fd = this.#fd;
    const high = entry[4] as number;
    const word = entry[6] as number;
    fd.bpid = (high >>> 16) & 0xff;
    fd.addr = (high & 0xff) * UPPER + ((entry[5] as number) >>> 0);
    fd.format = word >>> 29;
    const short = (fd.format & 3) === 0;
    fd.offset = short ? (word >>> 20) & 0x1ff : 0;
    fd.length = word & (short ? 0xf_ffff : 0x1fff_ffff);
    fd.cmd = entry[7] as number;
    return fd;
  }

  #in(register: number): number {
    return ioread32be(this.#ci, register);
  }

  #out(register: number, value: number): void {
    iowrite32be(this.#ci, register, value >>> 0);
  }
}
