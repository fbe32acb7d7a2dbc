// The chip behind the recordings, by the rules of test/golden/ina3221.md ("The chip behind the recording"), and the bus
// that lists transfers as the recordings do. It is not the chip model: there, nothing but a test moves a measurement.
import type { Clock } from '../../../src/base/clock.js';
import { us } from '../../../src/base/clock.js';
import { type Errno, errnoName, SysError } from '../../../src/base/errno.js';
import type { I2cBus, I2cMsg } from '../../../src/bus/i2c.js';
import type { Registers, Transfer } from './case.js';

const POWER_ON: Registers = new Map([
  [0x00, 0x7127],
  ...Array.from({ length: 6 }, (_, at) => [at + 1, 0] as const),
  ...Array.from({ length: 6 }, (_, at) => [at + 7, 0x7ff8] as const),
  [0x0d, 0],
  [0x0e, 0x7ffe],
  [0x0f, 0x0002],
  [0x10, 0x2710],
  [0x11, 0x2328],
]);
const IDS: Registers = new Map([
  [0xfe, 0x5449],
  [0xff, 0x3220],
]);
const TIMES_US = [140, 204, 332, 588, 1100, 2116, 4156, 8244];
const FLAGS = 0x03f9;

/** The bits that a write to a register keeps; 0 for what ignores writes. */
function kept(reg: number): number {
  if (reg === 0x00) return 0xffff;
  if (reg >= 0x07 && reg <= 0x0c) return 0xfff8;
  if (reg === 0x0e) return 0xfffe;
  if (reg === 0x0f) return 0x7c00;
  return reg === 0x10 || reg === 0x11 ? 0x7ff8 : 0;
}

/** How long a cycle takes; 0 when nothing is converted. */
function cycleUs(config: number): number {
  const channels = [14, 13, 12].filter((bit) => (config >> bit) & 1).length;
  const bus = (config & 2) === 0 ? 0 : (TIMES_US[(config >> 6) & 7] as number);
  return channels * (bus + ((config & 1) === 0 ? 0 : (TIMES_US[(config >> 3) & 7] as number)));
}

/** The registers. */
export class RecordingChip {
  readonly #clock: Clock;
  readonly #regs = new Map(POWER_ON);
  /** When conversion ready comes next. */
  #readyAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, registers: Registers = new Map()) {
    this.#clock = clock;
    this.force(registers);
  }

  /** What each register but the ids holds. */
  get registers(): Registers {
    return new Map(this.#regs);
  }

  /** Sets registers behind the driver's back. */
  force(registers: Registers): void {
    for (const [reg, value] of registers) this.#regs.set(reg, value);
  }

  read(reg: number): number {
    if (reg !== 0x0f) return this.#regs.get(reg) ?? IDS.get(reg) ?? 0;
    const now = this.#clock.now();
    const ready = now >= this.#readyAt;
    const value = (this.#regs.get(0x0f) as number) | Number(ready);
    this.#regs.set(0x0f, value & ~FLAGS);
    if (ready) this.#readyAt = this.#nextReady(now);
    return value;
  }

  write(reg: number, value: number): void {
    if (reg === 0x00) this.#configure(value);
    else if (kept(reg) !== 0) this.#regs.set(reg, ((this.#regs.get(reg) as number) & ~kept(reg)) | (value & kept(reg)));
  }

  #configure(value: number): void {
    if ((value & 0x8000) !== 0) for (const [reg, reset] of POWER_ON) this.#regs.set(reg, reset);
    else this.#regs.set(0x00, value);
    const cycle = us(cycleUs(this.#regs.get(0x00) as number));
    this.#readyAt = cycle === 0 ? Number.POSITIVE_INFINITY : this.#clock.now() + cycle;
  }

  #nextReady(now: number): number {
    const config = this.#regs.get(0x00) as number;
    const cycle = us(cycleUs(config));
    if ((config & 4) === 0 || cycle === 0) return Number.POSITIVE_INFINITY;
    return this.#readyAt + (Math.floor((now - this.#readyAt) / cycle) + 1) * cycle;
  }
}

/** A bus with that chip at every address. It lists its transfers, and lets one of them fail. */
export class RecordingBus implements I2cBus {
  readonly functionality: I2cBus['functionality'];
  readonly #chip: RecordingChip;
  transfers: Transfer[] = [];
  /** The transfer after so many further good ones fails with this errno. */
  fault: { after: number; errno: number } | undefined;

  constructor(functionality: I2cBus['functionality'], chip: RecordingChip) {
    this.functionality = functionality;
    this.#chip = chip;
  }

  async transfer(_addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    const bytes = (msgs[0] as { readonly write: Uint8Array }).write;
    const reg = bytes[0] as number;
    const isRead = msgs.length === 2;
    const written = isRead ? 0 : ((bytes[1] as number) << 8) | (bytes[2] as number);
    const { fault } = this;
    if (fault !== undefined && fault.after-- === 0) {
      this.fault = undefined;
      this.transfers.push([isRead ? 'r' : 'w', reg, written, fault.errno]);
      throw new SysError(errnoName(fault.errno) as Errno, 'as recorded');
    }
    const value = isRead ? this.#chip.read(reg) : written;
    if (!isRead) this.#chip.write(reg, value);
    this.transfers.push([isRead ? 'r' : 'w', reg, value]);
    return isRead ? Uint8Array.of(value >> 8, value & 0xff) : new Uint8Array(0);
  }
}
