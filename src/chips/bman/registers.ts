// The register block of BMan: thresholds and contents of the pools, private memory, errors.
import { hexNumber } from '../../base/bytes.js';
import type { Access } from '../../base/regs.js';
import { BigEndianRegisters, InterruptUnit, placeMap } from '../portal-window.js';
import { type BmanEngine, ERR } from './engine.js';
import type { Pool, Thresholds } from './pools.js';

/** Offsets, as the reference manual has them. `POOL_` ones are tables with a word for each pool. */
export const R = {
  POOL_SWDET: 0x000,
  POOL_HWDET: 0x100,
  POOL_SWDXT: 0x200,
  POOL_HWDXT: 0x300,
  POOL_SDCNT: 0x400,
  POOL_HDCNT: 0x500,
  POOL_CONTENT: 0x600,
  FBPR_FPC: 0x800,
  FBPR_FP_LWIT: 0x804,
  ECSR: 0xa00,
  ECIR: 0xa04,
  EADR: 0xa08,
  IP_REV_1: 0xbf8,
  IP_REV_2: 0xbfc,
  FBPR_BARE: 0xc00,
  FBPR_BAR: 0xc04,
  FBPR_AR: 0xc10,
  SRCIDR: 0xd04,
  LIODNR: 0xd08,
  ERR_ISR: 0xe00,
  ERR_IER: 0xe04,
  ERR_ISDR: 0xe08,
  ERR_IIR: 0xe0c,
} as const;

const TABLE = 0x100;
const TABLES_END = 0x700;
const RECORD_BYTES = 64;
/** FBPR_AR: the exponent of the size, less one. */
const SIZE_MASK = 0x3f;
/** Registers that keep what is written. */
const KEPT: readonly number[] = [R.FBPR_FP_LWIT, R.FBPR_BARE, R.FBPR_BAR, R.SRCIDR, R.LIODNR];

/** Registers that do not. */
const SPECIAL: Readonly<Record<string, Access>> = {
  ...{ FBPR_FPC: 'ro', ECIR: 'ro', EADR: 'ro', IP_REV_1: 'ro', IP_REV_2: 'ro', ECSR: 'w1c', ERR_ISR: 'w1c' },
};
/** The block for a register view; the tables of the pools are not in it. */
export const BMAN_MAP = placeMap(Object.fromEntries(Object.entries(R).filter(([, at]) => at >= TABLES_END)), SPECIAL);

/** A threshold: eight bits and an exponent. */
const threshold = (value: number): number => (value & 0xff) * 2 ** ((value >>> 8) & 0xf);

/** The block. */
export class BmanRegisters {
  readonly target: BigEndianRegisters;
  readonly irq: InterruptUnit;
  readonly #engine: BmanEngine;
  /** What was written, by offset. */
  readonly #kept = new Map<number, number>();
  #ecsr = 0;
  #ecir = 0;

  constructor(engine: BmanEngine, pin: (high: boolean) => void) {
    this.#engine = engine;
    this.irq = new InterruptUnit(pin);
    engine.error = (bit, captured) => this.#error(bit, captured);
    this.target = new BigEndianRegisters(
      (offset) => this.read(offset),
      (offset, value) => this.#write(offset, value),
    );
  }

  /** What software reads there. */
  read(offset: number): number {
    if (offset < TABLES_END) return this.#readTable(offset);
    const kept = this.#kept.get(offset);
    if (kept !== undefined) return kept;
    switch (offset) {
      case R.FBPR_FPC:
        return this.#engine.pools.freeRecords;
      case R.ECSR:
        return this.#ecsr;
      case R.ECIR:
        return this.#ecir;
      case R.IP_REV_1:
        return this.#engine.soc.revision;
      case R.ERR_ISR:
        return this.irq.status;
      case R.ERR_IER:
        return this.irq.enable;
      case R.ERR_ISDR:
        return this.irq.disable;
      case R.ERR_IIR:
        return this.irq.inhibit;
      case R.FBPR_AR:
      case R.EADR:
      case R.IP_REV_2:
        return 0;
      default:
        return KEPT.includes(offset) ? 0 : this.#engine.unknownRegister(offset, 'read');
    }
  }

  /** For a person. */
  registers(): Record<string, number> {
    const single = Object.entries(R).filter(([, offset]) => offset >= TABLES_END);
    return Object.fromEntries(single.map(([name, offset]) => [name, this.read(offset)]));
  }

  #poolAt(offset: number): Pool | undefined {
    return this.#engine.pools.pools[(offset % TABLE) >>> 2];
  }

  #readTable(offset: number): number {
    const pool = this.#poolAt(offset);
    if (pool === undefined) return this.#engine.unknownRegister(offset, 'read');
    const table = offset - (offset % TABLE);
    if (table === R.POOL_CONTENT) return pool.count;
    if (table === R.POOL_SDCNT) return pool.softwareDepletions;
    if (table === R.POOL_HDCNT) return pool.blockDepletions;
    return this.#kept.get(offset) ?? 0;
  }

  #writeTable(offset: number, value: number): void {
    const pool = this.#poolAt(offset);
    const table = offset - (offset % TABLE);
    if (pool === undefined) {
      this.#engine.unknownRegister(offset, 'write');
      return;
    }
    if (table > R.POOL_HWDXT) return;
    this.#kept.set(offset, value & 0xfff);
    const user: Thresholds = table === R.POOL_SWDET || table === R.POOL_SWDXT ? pool.software : pool.block;
    if (table === R.POOL_SWDET || table === R.POOL_HWDET) user.entry = threshold(value);
    else user.exit = threshold(value);
    this.#engine.pools.settle(pool);
  }

  #write(offset: number, value: number): void {
    if (offset < TABLES_END) {
      this.#writeTable(offset, value);
      return;
    }
    if (KEPT.includes(offset)) this.#kept.set(offset, value);
    else if (offset === R.FBPR_AR) this.#setMemory(value);
    else if (offset === R.ECSR) this.#ecsr = (this.#ecsr & ~value) >>> 0;
    else if (offset === R.ERR_ISR) this.irq.clear(value);
    else if (offset === R.ERR_IER) this.irq.enable = value;
    else if (offset === R.ERR_ISDR) this.irq.disable = value;
    else if (offset === R.ERR_IIR) this.irq.inhibit = value & 1;
    else if (offset !== R.IP_REV_1 && offset !== R.IP_REV_2) this.#engine.unknownRegister(offset, 'write');
    this.irq.update();
  }

  /** Private memory: a power of two from 4 KiB to 1 GiB, aligned to its size. Else there is none. */
  #setMemory(value: number): void {
    this.#kept.set(R.FBPR_AR, value);
    const size = 2 ** ((value & SIZE_MASK) + 1);
    const base = (this.#kept.get(R.FBPR_BARE) ?? 0) * 0x1_0000_0000 + (this.#kept.get(R.FBPR_BAR) ?? 0);
    const fits = size >= 0x1000 && size <= 0x4000_0000 && base !== 0 && base % size === 0;
    if (!fits) this.#engine.find(`private memory of ${hexNumber(size)} bytes at ${hexNumber(base)} cannot be`);
    this.#engine.pools.records = fits ? size / RECORD_BYTES : 0;
  }

  /** The first error stays captured until software clears it. */
  #error(bit: number, captured: number): void {
    if (bit !== ERR.POOL_STATE && (this.#ecsr & bit) === 0) {
      this.#ecsr = (this.#ecsr | bit) >>> 0;
      this.#ecir = captured >>> 0;
    }
    this.irq.raise(bit);
  }
}
