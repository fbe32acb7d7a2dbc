// Packets of the Asynchronous Packet Router as the DSP sees them: what comes in, where its fields are, how answers are
// built. Little-endian throughout.

/** A header without optional words. */
export const HEADER_BYTES = 20;
/** Answer to a command that has no other: the command's opcode and a status. */
export const BASIC_RESULT = 0x0001_10e8;

/** Bits 9:8 of the first word. */
export const MESSAGE = { event: 0, response: 1, command: 2, commandOutOfOrder: 3 } as const;
/** Versions that are understood. */
const LAST_VERSION = 1;
/** First word of what the DSP sends: version 0, a header of five words. */
const FIRST_WORD = { event: 0x0050, response: 0x0150 } as const;

/** Both ends of an exchange, and the token that the answer repeats. */
export interface Address {
  readonly srcSvc: number;
  readonly srcDomain: number;
  readonly srcPort: number;
  readonly destSvc: number;
  readonly destDomain: number;
  readonly destPort: number;
  readonly token: number;
}

const EMPTY = new DataView(new ArrayBuffer(0));

/** A command that has come in. One view is moved from packet to packet; the bytes are the transport's. */
export class Request implements Address {
  #data: DataView = EMPTY;
  #payload = 0;

  /** Looks at a packet; answers what is wrong with it, undefined when nothing is. Wrong packets are not to be read. */
  at(bytes: Uint8Array): string | undefined {
    if (bytes.length < HEADER_BYTES) return `${bytes.length} bytes are no header`;
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const first = this.#data.getUint16(0, true);
    const headerBytes = ((first >>> 4) & 0xf) * 4;
    const size = this.#data.getUint16(2, true);
    this.#payload = headerBytes;
    if ((first & 0xf) > LAST_VERSION) return `version ${first & 0xf}`;
    if (headerBytes < HEADER_BYTES) return `header of ${headerBytes} bytes`;
    if (size !== bytes.length) return `size says ${size} bytes, ${bytes.length} came`;
    if (headerBytes > size) return `header of ${headerBytes} bytes in ${size}`;
    if (((first >>> 8) & 3) < MESSAGE.command) return 'no command';
    return undefined;
  }

  get srcSvc(): number {
    return this.#data.getUint8(4);
  }
  get srcDomain(): number {
    return this.#data.getUint8(5);
  }
  get srcPort(): number {
    return this.#data.getUint16(6, true);
  }
  get destSvc(): number {
    return this.#data.getUint8(8);
  }
  get destDomain(): number {
    return this.#data.getUint8(9);
  }
  get destPort(): number {
    return this.#data.getUint16(10, true);
  }
  get token(): number {
    return this.#data.getUint32(12, true);
  }
  get opcode(): number {
    return this.#data.getUint32(16, true);
  }

  /** Bytes of the payload. */
  get length(): number {
    return this.#data.byteLength - this.#payload;
  }

  /** A byte of the payload; the caller has compared with `length`. So with the others. */
  u8(offset: number): number {
    return this.#data.getUint8(this.#payload + offset);
  }
  u16(offset: number): number {
    return this.#data.getUint16(this.#payload + offset, true);
  }
  u32(offset: number): number {
    return this.#data.getUint32(this.#payload + offset, true);
  }

  /** Who asked, to be kept. */
  address(): Address {
    const { srcSvc, srcDomain, srcPort, destSvc, destDomain, destPort, token } = this;
    return { srcSvc, srcDomain, srcPort, destSvc, destDomain, destPort, token };
  }
}

/** A packet to whoever sent from `to`: its source is where that was sent, and the token is the same. */
export function packet(
  type: keyof typeof FIRST_WORD,
  to: Address,
  opcode: number,
  words: readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + 4 * words.length);
  const data = new DataView(bytes.buffer);
  data.setUint16(0, FIRST_WORD[type], true);
  data.setUint16(2, bytes.length, true);
  data.setUint8(4, to.destSvc);
  data.setUint8(5, to.destDomain);
  data.setUint16(6, to.destPort, true);
  data.setUint8(8, to.srcSvc);
  data.setUint8(9, to.srcDomain);
  data.setUint16(10, to.srcPort, true);
  data.setUint32(12, to.token, true);
  data.setUint32(16, opcode, true);
  words.forEach((word, index) => data.setUint32(HEADER_BYTES + 4 * index, word, true));
  return bytes;
}
