// The key generator: spreads the frames of a port over queues by a hash of addresses and ports.
import type { Parser } from './parser.js';
import { crc64, type Crc64 } from './crc64.js';

/** A scheme as its registers have it, by offset from 0x100. */
const SCHEME = { mode: 0x00, ekfc: 0x04, fqb: 0x14, hc: 0x18, spc: 0x40, dv0: 0x44, dv1: 0x48 } as const;
const WORDS = 63;
const SCHEMES = 32;
const PORTS = 64;
const AR = 0x1fc;
const GO = 0x8000_0000;
const READ = 0x4000_0000;
const ERR = 0x2000_0000;
/** Bits of extract-known-fields that are modelled. */
const EKFC = { ipSrc: 0x0010_0000, ipDst: 0x0008_0000, protocol: 0x0004_0000, l4Src: 0x4, l4Dst: 0x2 } as const;
const MOST_KEY = 56;

/** The block at 0xc1000 of an FMan's window. */
export class KeyGen {
  readonly #plain = new Map<number, number>();
  readonly #window = new Uint32Array(WORDS);
  readonly #schemes = Array.from({ length: SCHEMES }, () => new Uint32Array(WORDS));
  /** Schemes of each port, scheme 0 in bit 31, and its classification plan. */
  readonly #partitions = new Uint32Array(PORTS);
  readonly #plans = new Uint32Array(PORTS);
  /** The last key and its hash: frames of one flow come in a row. */
  readonly #key = new Uint8Array(MOST_KEY);
  #length = 0;
  #changed = true;
  readonly #crc: Crc64 = { hi: 0, lo: 0 };

  read(offset: number): number {
    const at = (offset - 0x100) >> 2;
    if (at >= 0 && at < WORDS) return this.#window[at] as number;
    return this.#plain.get(offset) ?? 0;
  }

  write(offset: number, value: number): void {
    const at = (offset - 0x100) >> 2;
    if (at >= 0 && at < WORDS) this.#window[at] = value;
    else if (offset === AR) this.#plain.set(AR, (value & GO) === 0 ? value : this.#act(value));
    else this.#plain.set(offset, value);
  }

  /**
   * The queue for a frame, by the first scheme of its port that is on; undefined when there is none. Puts the hash into
   * the internal context at `at`; there it is 0 without a scheme.
   */
  spread(port: number, frame: Uint8Array, parser: Parser, context: Uint8Array, at: number): number | undefined {
    const scheme = this.#schemeOf(port);
    if (scheme === undefined) {
      put32(context, at, 0);
      put32(context, at + 4, 0);
      return undefined;
    }
    this.#hash(scheme, frame, parser);
    put32(context, at, this.#crc.hi);
    put32(context, at + 4, this.#crc.lo);
    const counter = SCHEME.spc >> 2;
    scheme[counter] = (scheme[counter] as number) + 1;
    const command = scheme[SCHEME.hc >> 2] as number;
    const shift = (command >>> 24) & 0x3f;
    const { hi, lo } = this.#crc;
    const bits = shift === 0 ? lo : shift < 32 ? (lo >>> shift) | (hi << (32 - shift)) : hi >>> (shift - 32);
    return (((scheme[SCHEME.fqb >> 2] as number) & 0xff_ffff) + (bits & command & 0xff_ffff)) & 0xff_ffff;
  }

  #schemeOf(port: number): Uint32Array | undefined {
    const partition = this.#partitions[port & (PORTS - 1)] as number;
    for (let i = 0; partition << i !== 0 && i < SCHEMES; i++) {
      const scheme = this.#schemes[i] as Uint32Array;
      if ((partition << i) >>> 31 === 1 && (scheme[0] as number) >= GO) return scheme;
    }
    return undefined;
  }

  #hash(scheme: Uint32Array, frame: Uint8Array, parser: Parser): void {
    const length = this.#fill(scheme, frame, parser);
    if (!this.#changed && length === this.#length) return;
    this.#length = length;
    this.#changed = false;
    crc64(this.#key, length, this.#crc);
  }

  /** The key of a frame; what it has not is filled with the scheme's default values. */
  #fill(scheme: Uint32Array, frame: Uint8Array, parser: Parser): number {
    const fields = scheme[SCHEME.ekfc >> 2] as number;
    const [dv0, dv1] = [scheme[SCHEME.dv0 >> 2] as number, scheme[SCHEME.dv1 >> 2] as number];
    const { ip, ipv6, l4 } = parser;
    const size = ipv6 ? 16 : 4;
    const src = ip < 0 ? -1 : ip + (ipv6 ? 8 : 12);
    let length = 0;
    if ((fields & EKFC.ipSrc) !== 0) length = this.#put(length, frame, src, size, dv0);
    if ((fields & EKFC.ipDst) !== 0) length = this.#put(length, frame, src < 0 ? -1 : src + size, size, dv0);
    if ((fields & EKFC.protocol) !== 0) this.#set(length++, Math.max(0, parser.protocol));
    const ports = l4 >= 0 && l4 + 4 <= frame.length ? l4 : -1;
    if ((fields & EKFC.l4Src) !== 0) length = this.#put(length, frame, ports, 2, dv1);
    if ((fields & EKFC.l4Dst) !== 0) length = this.#put(length, frame, ports < 0 ? -1 : ports + 2, 2, dv1);
    return length;
  }

  #put(length: number, frame: Uint8Array, from: number, size: number, value: number): number {
    const count = from < 0 ? Math.min(4, size) : size;
    for (let i = 0; i < count; i++)
      this.#set(length + i, from < 0 ? (value >>> (8 * (count - 1 - i))) & 0xff : (frame[from + i] as number));
    return length + count;
  }

  #set(at: number, byte: number): void {
    if (this.#key[at] === byte) return;
    this.#key[at] = byte;
    this.#changed = true;
  }

  /** Moves an entry between the window and the table. Answers the action register as it is then. */
  #act(action: number): number {
    const done = action & ~GO & ~ERR;
    const select = (action >>> 24) & 3;
    if (select === 0) this.#moveScheme((action >>> 16) & (SCHEMES - 1), (action & READ) !== 0);
    else if (select === 2) this.#movePort(action & (PORTS - 1), action);
    else return (done | ERR) >>> 0;
    return done >>> 0;
  }

  #moveScheme(number: number, read: boolean): void {
    const scheme = this.#schemes[number] as Uint32Array;
    if (read) this.#window.set(scheme);
    else scheme.set(this.#window);
  }

  #movePort(port: number, action: number): void {
    if ((action & READ) !== 0) {
      this.#window[0] = this.#partitions[port] as number;
      this.#window[1] = this.#plans[port] as number;
      return;
    }
    if ((action & 0x8000) !== 0) this.#partitions[port] = this.#window[0] as number;
    if ((action & 0x4000) !== 0) this.#plans[port] = this.#window[1] as number;
  }
}

function put32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
