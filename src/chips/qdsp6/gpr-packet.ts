// Packets of the Generic Packet Router, of DSPs with AudioReach, as the DSP sees them. Little-endian; 24 bytes before
// the payload.

/** Answer to a command that has no other: the command's opcode and a status. */
export const GPR_BASIC_RESULT = 0x0200_1005;
const HEADER_BYTES = 24;
const LAST_VERSION = 1;
const EMPTY = new DataView(new ArrayBuffer(0));

/** Both ends of an exchange, and the token. */
export interface GprAddress {
  readonly srcDomain: number;
  readonly srcPort: number;
  readonly destDomain: number;
  readonly destPort: number;
  readonly token: number;
}

/** A command that has come in; one view is moved from packet to packet. */
export class GprRequest implements GprAddress {
  #data: DataView = EMPTY;
  #payload = 0;

  /** Looks at a packet; answers what is wrong with it. Wrong packets are not to be read. */
  at(bytes: Uint8Array): string | undefined {
    if (bytes.length < HEADER_BYTES) return `${bytes.length} bytes are no header`;
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const first = this.#data.getUint32(0, true);
    const size = first >>> 8;
    this.#payload = ((first >>> 4) & 0xf) * 4;
    if ((first & 0xf) > LAST_VERSION) return `version ${first & 0xf}`;
    if (this.#payload < HEADER_BYTES) return `header of ${this.#payload} bytes`;
    if (size !== bytes.length) return `size says ${size} bytes, ${bytes.length} came`;
    return this.#payload > size ? `header of ${this.#payload} bytes in ${size}` : undefined;
  }

  get destDomain(): number {
    return this.#data.getUint8(4);
  }
  get srcDomain(): number {
    return this.#data.getUint8(5);
  }
  get srcPort(): number {
    return this.#data.getUint32(8, true);
  }
  get destPort(): number {
    return this.#data.getUint32(12, true);
  }
  get token(): number {
    return this.#data.getUint32(16, true);
  }
  get opcode(): number {
    return this.#data.getUint32(20, true);
  }
  /** Bytes of the payload. */
  get length(): number {
    return this.#data.byteLength - this.#payload;
  }
  /** A word of the payload; the caller has compared with `length`. */
  u16(offset: number): number {
    return this.#data.getUint16(this.#payload + offset, true);
  }
  u32(offset: number): number {
    return this.#data.getUint32(this.#payload + offset, true);
  }
}

/** A packet to whoever sent from `to`. */
export function gprPacket(to: GprAddress, opcode: number, words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 4 * words.length);
  const data = new DataView(bytes.buffer);
  data.setUint32(0, (bytes.length << 8) | ((HEADER_BYTES / 4) << 4), true);
  data.setUint8(4, to.srcDomain);
  data.setUint8(5, to.destDomain);
  data.setUint32(8, to.destPort, true);
  data.setUint32(12, to.srcPort, true);
  data.setUint32(16, to.token, true);
  data.setUint32(20, opcode, true);
  words.forEach((word, index) => data.setUint32(HEADER_BYTES + 4 * index, word, true));
  return bytes;
}
