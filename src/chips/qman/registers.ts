// The register block of QMan: private memory, scheduling, rejections of blocks, errors.
import { hexNumber } from '../../base/bytes.js';
import type { Access } from '../../base/regs.js';
import { BigEndianRegisters, InterruptUnit, placeMap } from '../portal-window.js';
import type { QmanEngine } from './engine.js';

/** Offsets, as the reference manual has them. */
export const R = {
  DCP_CFG_FMAN0: 0x300,
  PFDR_FPC: 0x400,
  PFDR_FP_LWIT: 0x410,
  PFDR_CFG: 0x414,
  SFDR_CFG: 0x500,
  SFDR_IN_USE: 0x504,
  WQ_CS_CFG: 0x600,
  ECSR: 0xa00,
  ECIR: 0xa04,
  EADR: 0xa08,
  ECIR2: 0xa0c,
  MCR: 0xb00,
  MCP0: 0xb04,
  MCP1: 0xb08,
  HID_CFG: 0xbf0,
  IDLE_STAT: 0xbf4,
  IP_REV_1: 0xbf8,
  IP_REV_2: 0xbfc,
  FQD_BARE: 0xc00,
  FQD_BAR: 0xc04,
  FQD_AR: 0xc10,
  PFDR_BARE: 0xc20,
  PFDR_BAR: 0xc24,
  PFDR_AR: 0xc30,
  QCSP_BARE: 0xc80,
  QCSP_BAR: 0xc84,
  CI_SCHED_CFG: 0xd00,
  SRCIDR: 0xd04,
  LIODNR: 0xd08,
  ERR_ISR: 0xe00,
  ERR_IER: 0xe04,
  ERR_ISDR: 0xe08,
  ERR_IIR: 0xe0c,
} as const;

/** Registers that keep what is written, and no more. */
const KEPT: ReadonlySet<number> = new Set([
  ...[R.PFDR_FP_LWIT, R.PFDR_CFG, R.SFDR_CFG, R.MCP0, R.MCP1, R.HID_CFG, R.QCSP_BARE, R.QCSP_BAR, R.CI_SCHED_CFG],
  ...[R.FQD_BARE, R.FQD_BAR, R.PFDR_BARE, R.PFDR_BAR, R.SRCIDR, R.LIODNR],
]);
/** Registers that do not keep what is written. */
const SPECIAL: Readonly<Record<string, Access>> = {
  ...{ PFDR_FPC: 'ro', SFDR_IN_USE: 'ro', ECIR: 'ro', EADR: 'ro', ECIR2: 'ro', IDLE_STAT: 'ro' },
  ...{ IP_REV_1: 'ro', IP_REV_2: 'ro', ECSR: 'w1c', ERR_ISR: 'w1c' },
};
/** The block for a register view. */
export const QMAN_MAP = placeMap(R, SPECIAL);
/** One word for each class of channels: portals, pools, FMan 0 and 1, CAAM, PME. */
const CLASSES = 6;
/** LIO_CFG, IO_CFG and DD_CFG of the portals of revision 3, 16 bytes each. */
const PORTAL_FIRST = 0x1000;
const PORTAL_END = PORTAL_FIRST + 50 * 0x10;
const DCP_END = 0x340;

const ENTRY_BYTES = 64;
const SIZE_MASK = 0x3f;
/** Records at the beginning of their memory that are not used. */
const RESERVED_RECORDS = 8;
const MCR_INIT_PFDR = 0x01;
const MCR_RESULT = { OK: 0xf000_0000, REFUSED: 0xf800_0000, INVALID: 0xff00_0000 } as const;
/** DCP_CFG: FMan hears of its rejections itself; else the portal whose number is below. */
const DCP = { TO_BLOCK: 0x1000, PORTAL: 0x3ff } as const;

/** The block. */
export class QmanRegisters {
  readonly target: BigEndianRegisters;
  readonly irq: InterruptUnit;
  readonly #engine: QmanEngine;
  readonly #kept = new Map<number, number>();
  #ecsr = 0;
  #ecir = 0;
  #ecir2 = 0;
  #mcr = 0;

  constructor(engine: QmanEngine, pin: (high: boolean) => void) {
    this.#engine = engine;
    this.irq = new InterruptUnit(pin);
    engine.error = (bit, fqid, portal) => this.#error(bit, fqid, portal);
    this.target = new BigEndianRegisters(
      (offset) => this.read(offset),
      (offset, value) => this.#write(offset, value),
    );
  }

  /** What software reads there. */
  read(offset: number): number {
    const kept = this.#kept.get(offset);
    if (kept !== undefined) return kept;
    switch (offset) {
      case R.PFDR_FPC:
        return this.#freeRecords();
      case R.SFDR_IN_USE:
        return Math.min(this.#engine.frames, 0x7ff);
      case R.ECSR:
        return this.#ecsr;
      case R.ECIR:
        return this.#ecir;
      case R.ECIR2:
        return this.#ecir2;
      case R.MCR:
        return this.#mcr;
      case R.IP_REV_1:
        return this.#engine.soc.revision;
      case R.IDLE_STAT:
        return 1;
      case R.ERR_ISR:
        return this.irq.status;
      case R.ERR_IER:
        return this.irq.enable;
      case R.ERR_ISDR:
        return this.irq.disable;
      case R.ERR_IIR:
        return this.irq.inhibit;
      default:
        return this.#isThere(offset) ? 0 : this.#engine.unknownRegister(offset, 'read');
    }
  }

  /** For a person. */
  registers(): Record<string, number> {
    return Object.fromEntries(Object.entries(R).map(([name, offset]) => [name, this.read(offset)]));
  }

  #isThere(offset: number): boolean {
    if (KEPT.has(offset) || (offset >= PORTAL_FIRST && offset < PORTAL_END)) return true;
    if (offset >= R.DCP_CFG_FMAN0 && offset < DCP_END) return true;
    if (offset >= R.WQ_CS_CFG && offset < R.WQ_CS_CFG + 4 * CLASSES) return true;
    return offset === R.FQD_AR || offset === R.PFDR_AR || offset === R.EADR || offset === R.IP_REV_2;
  }

  #write(offset: number, value: number): void {
    if (offset === R.FQD_AR || offset === R.PFDR_AR) this.#setMemory(offset, value);
    else if (offset === R.MCR) this.#mcr = this.#command(value);
    else if (offset === R.ECSR) this.#ecsr = (this.#ecsr & ~value) >>> 0;
    else if (offset === R.ERR_ISR) this.irq.clear(value);
    else if (offset === R.ERR_IER) this.irq.enable = value;
    else if (offset === R.ERR_ISDR) this.irq.disable = value;
    else if (offset === R.ERR_IIR) this.irq.inhibit = value & 1;
    else this.#keep(offset, value);
    this.irq.update();
  }

  #keep(offset: number, value: number): void {
    if (!this.#isThere(offset)) {
      this.#engine.unknownRegister(offset, 'write');
      return;
    }
    if (offset === R.EADR || offset === R.IP_REV_2) return;
    this.#kept.set(offset, value);
    if (offset === R.DCP_CFG_FMAN0) this.#engine.rejectionsTo = (value & DCP.TO_BLOCK) !== 0 ? -1 : value & DCP.PORTAL;
    const channels = this.#engine.weights[(offset - R.WQ_CS_CFG) >> 2];
    if (channels !== undefined) for (let i = 0; i < 6; i++) channels[i] = (value >>> (20 - 4 * i)) & 7;
  }

  /** Private memory: a power of two from 4 KiB to 1 GiB, aligned to its size, and enabled. Else there is none. */
  #setMemory(offset: number, value: number): void {
    this.#kept.set(offset, value);
    const size = 2 ** ((value & SIZE_MASK) + 1);
    const bar = offset === R.FQD_AR ? R.FQD_BAR : R.PFDR_BAR;
    const base = (this.#kept.get(bar - 4) ?? 0) * 0x1_0000_0000 + (this.#kept.get(bar) ?? 0);
    const fits = size >= 0x1000 && size <= 0x4000_0000 && base !== 0 && base % size === 0;
    if (!fits) this.#engine.find(`private memory of ${hexNumber(size)} bytes at ${hexNumber(base)} cannot be`);
    const entries = fits && (value & 0x8000_0000) !== 0 ? size / ENTRY_BYTES : 0;
    if (offset === R.FQD_AR) this.#engine.fqids = entries;
    else this.#engine.records = 0;
  }

  /** Initialises the records from MCP0 to MCP1. */
  #command(value: number): number {
    if (value >>> 24 !== MCR_INIT_PFDR) return MCR_RESULT.INVALID;
    const ar = this.#kept.get(R.PFDR_AR) ?? 0;
    const entries = 2 ** ((ar & SIZE_MASK) + 1) / ENTRY_BYTES;
    const first = this.#kept.get(R.MCP0) ?? 0;
    const last = this.#kept.get(R.MCP1) ?? 0;
    if ((ar & 0x8000_0000) === 0 || this.#engine.records > 0) return MCR_RESULT.REFUSED;
    if (first < RESERVED_RECORDS || (first & 7) !== 0 || (last & 7) !== 0 || last < first) return MCR_RESULT.INVALID;
    if (last + 8 > entries) return MCR_RESULT.INVALID;
    this.#engine.records = last + 8 - first;
    return MCR_RESULT.OK;
  }

  #freeRecords(): number {
    const used = Math.ceil(Math.max(0, this.#engine.frames - 2048) / 3);
    return Math.max(0, this.#engine.records - used);
  }

  /** The first error stays captured until software clears it. */
  #error(bit: number, fqid: number, portal: number): void {
    if (this.#ecsr === 0) {
      this.#ecsr = bit;
      this.#ecir = fqid;
      this.#ecir2 = portal < 0 ? 0x8000_0000 : portal;
    }
    this.irq.raise(bit);
  }
}
