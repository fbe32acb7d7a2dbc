// A BMan portal: the ring of releases, and the command that acquires (Linux: drivers/soc/fsl/qbman/bman.c).
import { ERRNO } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { ioread32be, iowrite32be, type MmioSpace } from '../../core/io.js';
import { PortalCommand } from './command.js';
import { ARM_WINDOW, BM_CE, BM_CFG_RCR_PVB, BM_PORTAL_ARM, BM_PORTAL_PPC, type BmPortalRegs } from './regs.js';
import { ENTRY_BYTES, RING, VERB_VBIT } from './regs.js';

const RELEASE = 0x20;
const ACQUIRE = 0x10;
/** Buffers of one command. */
const MOST = 8;
const UPPER = 0x1_0000_0000;

/** One portal. Plain calls, usable in interrupts. Addresses have up to 48 bits. */
export class BmanPortal {
  readonly #ce: MmioSpace;
  readonly #ci: MmioSpace;
  readonly #regs: BmPortalRegs;
  readonly #command: PortalCommand;
  readonly #line = new Int32Array(2 * MOST);
  /** The entry that is next, its validity, and entries that are known to be free. */
  #pi: number;
  #vbit: number;
  #free = 0;

  constructor(dev: Device, ce: MmioSpace, ci: MmioSpace) {
    this.#ce = ce;
    this.#ci = ci;
    this.#regs = ci.size >= ARM_WINDOW ? BM_PORTAL_ARM : BM_PORTAL_PPC;
    this.#command = new PortalCommand(dev, ce, BM_CE);
    iowrite32be(ci, this.#regs.ISDR, 0xffff_ffff);
    iowrite32be(ci, this.#regs.IER, 0);
    iowrite32be(ci, this.#regs.ISR, 0xffff_ffff);
    iowrite32be(ci, this.#regs.CFG, BM_CFG_RCR_PVB);
    const pi = ioread32be(ci, this.#regs.RCR_PI);
    this.#pi = pi & (RING - 1);
    this.#vbit = (pi & RING) !== 0 ? VERB_VBIT : 0;
    const left = ioread32be(ci, this.#regs.RCR_CI) & (RING - 1);
    if (left !== this.#pi) throw dev.error('EBUSY', `the release ring is not empty: ${left} to ${this.#pi}`, 'portal');
  }

  /** Gives 1 to 8 buffers to a pool; -EBUSY while the ring is full. */
  release(bpid: number, buffers: Float64Array, count: number): number {
    if (!this.#hasRoom()) return -ERRNO.EBUSY;
    const line = this.#line;
    for (let i = 0; i < count; i++) {
      const addr = buffers[i] as number;
      line[2 * i] = (bpid << 16) | ((addr / UPPER) & 0xffff);
      line[2 * i + 1] = addr;
    }
    line[0] = (line[0] as number) | ((RELEASE | count | this.#vbit) << 24);
    // The verb makes the entry valid: it goes last of all.
    this.#ce.writeLine(BM_CE.RCR + this.#pi * ENTRY_BYTES, line, 2 * count);
    this.#pi = (this.#pi + 1) & (RING - 1);
    if (this.#pi === 0) this.#vbit ^= VERB_VBIT;
    this.#free--;
    return 0;
  }

  /** Takes 1 to 8 buffers, or none at all: -ENOMEM. ETIMEDOUT as an error. */
  acquire(bpid: number, buffers: Float64Array, count: number): number {
    const verb = this.#command.run(ACQUIRE | count, bpid << 16);
    if ((verb & 0x70) !== ACQUIRE || (verb & 0xf) !== count || count > MOST) return -ERRNO.ENOMEM;
    for (let i = 0; i < count; i++) {
      const upper = this.#command.result(2 * i) & 0xffff;
      buffers[i] = upper * UPPER + this.#command.result(2 * i + 1);
    }
    return count;
  }

  #hasRoom(): boolean {
    if (this.#free > 0) return true;
    const ci = ioread32be(this.#ci, this.#regs.RCR_CI) & (RING - 1);
    this.#free = RING - 1 - ((this.#pi - ci) & (RING - 1));
    return this.#free > 0;
  }
}
