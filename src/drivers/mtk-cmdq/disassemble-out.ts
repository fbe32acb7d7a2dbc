// The text of instructions as ASCII bytes: strings put together one by one would take ten times as long.
import { decodeUtf8 } from '../../base/text.js';

/** A name that is longer is cut. */
const NAME_CHARS = 128;
/** More than the longest text of one instruction: two names, and words of ours. */
const ROOM = 512;
/** `0x`, as a little-endian number. */
const HEX_MARK = 0x7830;
/** The two digits of a byte, as a little-endian number. */
const PAIRS = Uint16Array.from({ length: 256 }, (_, byte) => {
  const digits = byte.toString(16).padStart(2, '0');
  return digits.charCodeAt(0) | (digits.charCodeAt(1) << 8);
});
const ZERO = 0x30;
const SPACE = 0x20;
/** Numbers that are often written: events. */
const SMALL: readonly Word[] = Array.from({ length: 1024 }, (_, value) => word(String(value)));

/** A text that is often written, four characters in each number. */
export interface Word {
  readonly length: number;
  readonly packed: Uint32Array;
}

/** Makes one of ASCII characters. */
export function word(text: string): Word {
  const packed = new Uint32Array(Math.ceil(text.length / 4));
  const view = new DataView(packed.buffer);
  for (let i = 0; i < text.length; i++) view.setUint8(i, text.charCodeAt(i));
  for (let i = 0; i < packed.length; i++) packed[i] = view.getUint32(i * 4, true);
  return { length: text.length, packed };
}

/** A growing text. */
export class TextOut {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(room: number = ROOM) {
    this.#bytes = new Uint8Array(Math.max(room, ROOM));
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Where the next character goes. */
  get at(): number {
    return this.#at;
  }

  /** Makes room for one more instruction. */
  reserve(): void {
    if (this.#at + ROOM <= this.#bytes.length) return;
    const more = new Uint8Array(this.#bytes.length * 2);
    more.set(this.#bytes);
    this.#bytes = more;
    this.#view = new DataView(more.buffer);
  }

  /** Forgets what was written from there on. */
  rewind(at: number): void {
    this.#at = at;
  }

  /** A word of ours. */
  word({ length, packed }: Word): void {
    const view = this.#view;
    const at = this.#at;
    for (let i = 0; i < packed.length; i++) view.setUint32(at + i * 4, packed[i] as number, true);
    this.#at = at + length;
  }

  /** A name; one that is too long is cut. */
  text(text: string): void {
    const length = text.length < NAME_CHARS ? text.length : NAME_CHARS;
    const bytes = this.#bytes;
    const at = this.#at;
    for (let i = 0; i < length; i++) bytes[at + i] = text.charCodeAt(i);
    this.#at = at + length;
  }

  /** `0x` and four digits of a 16-bit number. */
  hex4(value: number): void {
    this.#view.setUint16(this.#at, HEX_MARK, true);
    this.#at += 2;
    this.digits4(value);
  }

  /** `0x` and eight digits of a 32-bit number. */
  hex8(value: number): void {
    this.hex4(value >>> 16);
    this.digits4(value);
  }

  /** Four digits of a 16-bit number. */
  digits4(value: number): void {
    const pairs = (PAIRS[(value >>> 8) & 0xff] as number) | ((PAIRS[value & 0xff] as number) << 16);
    this.#view.setUint32(this.#at, pairs, true);
    this.#at += 4;
  }

  /** Spaces up to `at`, where it is not there yet. */
  padTo(at: number): void {
    if (at <= this.#at) return;
    this.#bytes.fill(SPACE, this.#at, at);
    this.#at = at;
  }

  /** A whole number, not negative. */
  decimal(value: number): void {
    if (value < 10) this.#bytes[this.#at++] = ZERO + value;
    else if (value < SMALL.length) this.word(SMALL[value] as Word);
    else this.text(String(value));
  }

  /** Everything as bytes: a view. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Everything as text. */
  toString(): string {
    return decodeUtf8(this.#bytes, 0, this.#at);
  }
}
