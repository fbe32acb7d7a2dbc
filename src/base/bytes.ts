// Views of bytes with named fields, without allocation: declare a layout once, then move one view along a buffer.
import { assert, Bug } from './assert.js';

/**
 * How one field lies in the bytes: offset and size of the word that carries it, byte order, and bits inside that word.
 */
export interface Slot {
  readonly offset: number;
  readonly bytes: 1 | 2 | 4;
  readonly little: boolean;
  /** Bits of the word, `[hi:lo]`, counted from its least significant bit. */
  readonly hi: number;
  readonly lo: number;
}

type SlotMaker = (offset: number, hi?: number, lo?: number) => Slot;

const word = (bytes: 1 | 2 | 4, little: boolean): SlotMaker => {
  return (offset, hi, lo = hi) => {
    const [top, low] = hi === undefined || lo === undefined ? [bytes * 8 - 1, 0] : [hi, lo];
    assert(top >= low && top < bytes * 8, `bits [${top}:${low}] of ${bytes} bytes`);
    return { offset, bytes, little, hi: top, lo: low };
  };
};

/** A byte, or bits `[hi:lo]` of it. With `hi` alone, that one bit. */
export const u8: SlotMaker = word(1, true);
/** A little-endian 16-bit word, or bits `[hi:lo]` of it. */
export const u16le: SlotMaker = word(2, true);
/** A big-endian 16-bit word, or bits `[hi:lo]` of it. */
export const u16be: SlotMaker = word(2, false);
/** A little-endian 32-bit word, or bits `[hi:lo]` of it. */
export const u32le: SlotMaker = word(4, true);
/** A big-endian 32-bit word, or bits `[hi:lo]` of it. */
export const u32be: SlotMaker = word(4, false);

/** A view over bytes: unsigned numbers under the names of the layout, and `at` to move it. */
export type View<L extends Record<string, Slot>> = { -readonly [K in keyof L]: number } & {
  /** Looks at `length` bytes from `offset` of these bytes; throws a Bug when the layout does not fit. */
  at(bytes: Uint8Array, offset?: number): View<L>;
};

/** A layout: its size and a maker of views. */
export interface Layout<L extends Record<string, Slot>> {
  readonly sizeBytes: number;
  /** A new view. Make one and move it with `at`: moving allocates nothing within one ArrayBuffer. */
  view(): View<L>;
}

/**
 * Declares a layout. Reading a name reads the bytes, writing it writes them and leaves the bits beside it alone;
 * a number that does not fit is a Bug, never cut.
 */
export function layout<const L extends Record<string, Slot>>(slots: L, sizeBytes: number = sizeOf(slots)): Layout<L> {
  class Bytes {
    data: DataView = EMPTY;
    base = 0;
    at(bytes: Uint8Array, offset = 0): this {
      if (!(offset >= 0 && offset + sizeBytes <= bytes.length)) {
        throw new Bug(`${sizeBytes} bytes at ${offset} of ${bytes.length}`);
      }
      if (this.data.buffer !== bytes.buffer) this.data = new DataView(bytes.buffer);
      this.base = bytes.byteOffset + offset;
      return this;
    }
  }
  for (const [name, slot] of Object.entries(slots)) Object.defineProperty(Bytes.prototype, name, accessor(name, slot));
  return { sizeBytes, view: () => new Bytes() as unknown as View<L> };
}

const EMPTY = new DataView(new ArrayBuffer(0));

function sizeOf(slots: Record<string, Slot>): number {
  return Math.max(0, ...Object.values(slots).map((slot) => slot.offset + slot.bytes));
}

interface Cursor {
  readonly data: DataView;
  readonly base: number;
}

function accessor(name: string, slot: Slot): PropertyDescriptor {
  const { offset, little, lo } = slot;
  const width = slot.hi - lo + 1;
  const max = width === 32 ? 0xffff_ffff : 2 ** width - 1;
  const read = READ[slot.bytes];
  const write = WRITE[slot.bytes];
  const whole = width === slot.bytes * 8;
  return {
    get(this: Cursor): number {
      const value = read(this.data, this.base + offset, little);
      return whole ? value : (value >>> lo) & max;
    },
    set(this: Cursor, value: number) {
      // Not by assert: the text would be made each time.
      if (!(value >= 0 && value <= max && Number.isInteger(value))) {
        throw new Bug(`${name}: ${value} does not fit into ${width} bits`);
      }
      const at = this.base + offset;
      write(this.data, at, whole ? value : (read(this.data, at, little) & ~(max << lo)) | (value << lo), little);
    },
  };
}

const READ = {
  1: (data: DataView, at: number, _little: boolean): number => data.getUint8(at),
  2: (data: DataView, at: number, little: boolean): number => data.getUint16(at, little),
  4: (data: DataView, at: number, little: boolean): number => data.getUint32(at, little),
} as const;

const WRITE = {
  1: (data: DataView, at: number, value: number, _little: boolean): void => data.setUint8(at, value),
  2: (data: DataView, at: number, value: number, little: boolean): void => data.setUint16(at, value, little),
  4: (data: DataView, at: number, value: number, little: boolean): void => data.setUint32(at, value, little),
} as const;

/** Writes a whole number from 0 to 2^53 as a little-endian 64-bit word, without allocation. */
export function putU64le(bytes: Uint8Array, offset: number, value: number): void {
  putU32le(bytes, offset, value | 0);
  putU32le(bytes, offset + 4, (value / 0x1_0000_0000) | 0);
}

function putU32le(bytes: Uint8Array, offset: number, word: number): void {
  bytes[offset] = word;
  bytes[offset + 1] = word >>> 8;
  bytes[offset + 2] = word >>> 16;
  bytes[offset + 3] = word >>> 24;
}

const HEX = Array.from({ length: 256 }, (_, value) => value.toString(16).padStart(2, '0'));

/** Bytes as hex text with blanks between: `00 f1 27`. */
export function hex(bytes: Uint8Array, separator = ' '): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += (i === 0 ? '' : separator) + (HEX[bytes[i] as number] as string);
  return text;
}

/** A number as `0x` and at least `digits` hex digits. */
export function hexNumber(value: number, digits = 1): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** True when both have the same length and bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The four bytes of a word in the other order, unsigned (Linux: swab32). */
export function swab32(word: number): number {
  const pairs = ((word & 0x00ff_00ff) << 8) | ((word >>> 8) & 0x00ff_00ff);
  return ((pairs << 16) | (pairs >>> 16)) >>> 0;
}

const IS_LITTLE = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

/** A big-endian word of memory that was read as a word of this computer, or the other way round. Signed. */
export function be32(word: number): number {
  return IS_LITTLE ? swab32(word) | 0 : word | 0;
}
