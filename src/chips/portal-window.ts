// The cache-enabled window of a portal of QMan or BMan: lines of 64 bytes that software writes and reads as memory, and
// the interrupt registers that every portal has.
import { type Access, bits } from '../base/regs.js';
import { swab32 } from '../bus/mmio.js';
import type { MmioMemory, MmioTarget } from '../bus/mmio.js';
import type { RegisterMap } from '../bus/socket.js';

const WINDOW = 0x4000;
const LINE_BYTES = 64;
const LINE = LINE_BYTES - 1;
const WORDS_BUT_FIRST = 0x3c;

/**
 * Memory as software sees it. A write that reaches the first byte of a line, where the verb is, is told: software
 * writes that last. Caches are not modelled: what is written is there at once.
 */
export class PortalWindow implements MmioTarget {
  /** Its words, as signed numbers of the big-endian bytes: word n is at offset 4n. */
  readonly words: Int32Array = new Int32Array(WINDOW / 4);
  readonly memory: MmioMemory;
  readonly #committed: (line: number) => void;

  constructor(committed: (line: number) => void) {
    this.#committed = committed;
    this.memory = { words: this.words, quiet: WORDS_BUT_FIRST, written: committed };
  }

  read32(offset: number): number {
    return swab32(this.words[offset >> 2] as number);
  }

  read16(offset: number): number {
    return this.read8(offset) | (this.read8(offset + 1) << 8);
  }

  read8(offset: number): number {
    return ((this.words[offset >> 2] as number) >>> shiftOf(offset)) & 0xff;
  }

  write32(offset: number, value: number): void {
    this.words[offset >> 2] = swab32(value);
    if ((offset & LINE) === 0) this.#committed(offset);
  }

  write16(offset: number, value: number): void {
    this.#put(offset, value & 0xff);
    this.#put(offset + 1, value >>> 8);
    if ((offset & LINE) === 0) this.#committed(offset);
  }

  write8(offset: number, value: number): void {
    this.#put(offset, value);
    if ((offset & LINE) === 0) this.#committed(offset);
  }

  #put(offset: number, byte: number): void {
    const shift = shiftOf(offset);
    const others = (this.words[offset >> 2] as number) & ~(0xff << shift);
    this.words[offset >> 2] = others | (byte << shift);
  }
}

/** Where a byte stands in its word. */
const shiftOf = (offset: number): number => 24 - 8 * (offset & 3);

/** The bit of a verb that is the other one each time: what is new is known by it. */
export const VALID = 0x80;

/** Where a portal has a command, and the two lines that answer in turn. */
export interface CommandPlaces {
  readonly CR: number;
  readonly RR0: number;
  readonly RR1: number;
}

/** Commands and their answers as bytes, apart from the window: they are many fields of all sizes. */
export class CommandLines {
  /** The command's line, and behind it the answer's. */
  readonly view: DataView = new DataView(new ArrayBuffer(2 * LINE_BYTES));
  readonly #words: Int32Array;
  readonly #places: CommandPlaces;
  #lastValid = 0;

  constructor(words: Int32Array, places: CommandPlaces) {
    this.#words = words;
    this.#places = places;
  }

  /**
   * A verb was written. A new command is executed: `execute` fills its answer, which is all zeros, and its valid bit
   * says which line gets that. The verb of the other line goes.
   */
  run(execute: (verb: number) => void): void {
    const words = this.#words;
    const { CR, RR0, RR1 } = this.#places;
    const verb = (words[CR >> 2] as number) >>> 24;
    if ((verb & VALID) === this.#lastValid || (verb & ~VALID) === 0) return;
    this.#lastValid = verb & VALID;
    const [answer, other] = this.#lastValid === 0 ? [RR0, RR1] : [RR1, RR0];
    this.#take();
    execute(verb);
    for (let i = 0; i < LINE_BYTES; i += 4) words[(answer + i) >> 2] = this.view.getInt32(LINE_BYTES + i);
    words[other >> 2] = (words[other >> 2] as number) & 0xff_ffff;
  }

  #take(): void {
    for (let i = 0; i < LINE_BYTES; i += 4) {
      this.view.setInt32(i, this.#words[(this.#places.CR + i) >> 2] as number);
      this.view.setInt32(LINE_BYTES + i, 0);
    }
  }
}

/** Where they lie in `CommandLines`. */
export const COMMAND_AT = { command: 0, answer: LINE_BYTES } as const;

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
