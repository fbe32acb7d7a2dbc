// The cache-enabled window of a portal of QMan or BMan: lines of 64 bytes that software writes and reads as memory, and
// the interrupt registers that every portal has.
import { type Access, bits } from '../base/regs.js';
import { swab32 } from '../bus/mmio.js';
import type { MmioMemory, MmioTarget } from '../bus/mmio.js';
import type { RegisterMap } from '../bus/socket.js';

const WINDOW = 0x4000;
const LINE = 63;
const WORDS_BUT_FIRST = 0x3c;

/**
 * Memory as software sees it. A write that reaches the first byte of a line, where the verb is, is told: software
 * writes that last. Caches are not modelled: what is written is there at once.
 */
export class PortalWindow implements MmioTarget {
  readonly view: DataView = new DataView(new ArrayBuffer(WINDOW));
  readonly memory: MmioMemory = { view: this.view, quiet: WORDS_BUT_FIRST };
  readonly #committed: (line: number) => void;

  constructor(committed: (line: number) => void) {
    this.#committed = committed;
  }

  read32(offset: number): number {
    return this.view.getUint32(offset, true);
  }

  read16(offset: number): number {
    return this.view.getUint16(offset, true);
  }

  read8(offset: number): number {
    return this.view.getUint8(offset);
  }

  write32(offset: number, value: number): void {
    this.view.setUint32(offset, value, true);
    if ((offset & LINE) === 0) this.#committed(offset);
  }

  write16(offset: number, value: number): void {
    this.view.setUint16(offset, value, true);
    if ((offset & LINE) === 0) this.#committed(offset);
  }

  write8(offset: number, value: number): void {
    this.view.setUint8(offset, value);
    if ((offset & LINE) === 0) this.#committed(offset);
  }
}

/**
 * Registers that are known by their places only, for a register view: `special` says what the bus may do with those
 * that do not keep what is written.
 */
export function placeMap(
  places: Readonly<Record<string, number>>,
  special: Readonly<Record<string, Access>>,
  window = 0,
): RegisterMap {
  const registers = Object.entries(places).map(([name, addr]) => {
    return { name, addr, fields: { VALUE: bits(31, 0, special[name] ?? 'rw') } };
  });
  return { width: 32, order: 'big', window, registers };
}

/** Big-endian registers behind a bus whose words are little-endian. */
export class BigEndianRegisters implements MmioTarget {
  readonly #read: (offset: number) => number;
  readonly #write: (offset: number, value: number) => void;

  constructor(read: (offset: number) => number, write: (offset: number, value: number) => void) {
    this.#read = read;
    this.#write = write;
  }

  read32(offset: number): number {
    return swab32(this.#read(offset));
  }

  write32(offset: number, value: number): void {
    this.#write(offset, swab32(value));
  }
}

/** Status, enable, status disable and inhibit. What holds comes again when it is cleared. */
export class InterruptUnit {
  status = 0;
  enable = 0;
  /** Bits that do not get into the status. */
  disable = 0;
  inhibit = 0;
  /** What holds now, besides what happened once. */
  holds = 0;
  readonly #pin: (high: boolean) => void;

  constructor(pin: (high: boolean) => void) {
    this.#pin = pin;
  }

  /** What holds from now on, of the bits of `mask`. */
  level(mask: number, on: boolean): void {
    const holds = on ? (this.holds | mask) >>> 0 : (this.holds & ~mask) >>> 0;
    if (holds === this.holds) return;
    this.holds = holds;
    if (on) this.update();
  }

  /** Something happened. */
  raise(mask: number): void {
    this.status = (this.status | (mask & ~this.disable)) >>> 0;
    this.update();
  }

  /** Software writes ones. */
  clear(mask: number): void {
    this.status = (this.status & ~mask) >>> 0;
    this.update();
  }

  /** Brings status and line to where they belong. */
  update(): void {
    this.status = (this.status | (this.holds & ~this.disable)) >>> 0;
    this.#pin((this.status & this.enable) !== 0 && (this.inhibit & 1) === 0);
  }
}
