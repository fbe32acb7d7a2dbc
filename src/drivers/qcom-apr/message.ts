// A received packet as a callback gets it.
import { APR_DEST, APR_DOMAIN } from './constants.js';

/** Whose header a packet has. */
export type RouterKind = 'apr' | 'gpr';

/**
 * One received packet, checked. The object looks at the next packet when the callback has ended; its bytes, and views
 * of them, stay.
 */
export class AprMessage {
  readonly kind: RouterKind;
  #bytes: Uint8Array = NOTHING;

  constructor(kind: RouterKind) {
    this.kind = kind;
  }

  /** For the bus: looks at another packet. */
  at(bytes: Uint8Array): this {
    this.#bytes = bytes;
    return this;
  }

  /** The whole packet, header included. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Command, response or event number. */
  get opcode(): number {
    return word(this.#bytes, this.kind === 'apr' ? 16 : 20);
  }

  /** What the command had that this answers. */
  get token(): number {
    return word(this.#bytes, this.kind === 'apr' ? 12 : 16);
  }

  get srcPort(): number {
    return this.kind === 'apr' ? half(this.#bytes, 6) : word(this.#bytes, 8);
  }

  get destPort(): number {
    return this.kind === 'apr' ? half(this.#bytes, 10) : word(this.#bytes, 12);
  }

  get srcDomain(): number {
    return this.#bytes[5] as number;
  }

  /** Zero for GPR, which has ports alone. */
  get srcSvc(): number {
    return this.kind === 'apr' ? (this.#bytes[4] as number) : 0;
  }

  /** Zero for GPR, which has ports alone. */
  get destSvc(): number {
    return this.kind === 'apr' ? (this.#bytes[8] as number) : 0;
  }

  /** Where an APR packet comes from, as an APR_DEST. */
  get src(): number {
    return this.srcDomain === APR_DOMAIN.MODEM ? APR_DEST.MODEM : APR_DEST.QDSP6;
  }

  /** An APR_MSG_TYPE; zero for GPR, which has none. */
  get messageType(): number {
    return this.kind === 'apr' ? (this.#bytes[1] as number) & 3 : 0;
  }

  /** Bytes before the payload; more than APR_HDR_SIZE or GPR_HDR_SIZE where optional words follow. */
  get headerBytes(): number {
    return ((this.#bytes[0] as number) & 0xf0) >> 2;
  }

  /** Bytes of the payload. */
  get payloadSize(): number {
    return this.#bytes.length - this.headerBytes;
  }

  /** The payload; a view, empty when there is none. */
  get payload(): Uint8Array {
    return this.#bytes.subarray(this.headerBytes);
  }

  /** The 32-bit word at an offset of the payload; undefined where the payload does not reach. */
  u32(offset: number): number | undefined {
    const at = this.headerBytes + offset;
    return at + 4 <= this.#bytes.length ? word(this.#bytes, at) : undefined;
  }

  /** The 16-bit word at an offset of the payload; undefined where the payload does not reach. */
  u16(offset: number): number | undefined {
    const at = this.headerBytes + offset;
    return at + 2 <= this.#bytes.length ? half(this.#bytes, at) : undefined;
  }
}

const NOTHING = new Uint8Array(24);

function half(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

function word(bytes: Uint8Array, at: number): number {
  return (half(bytes, at) | (half(bytes, at + 2) << 16)) >>> 0;
}
