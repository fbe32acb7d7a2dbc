// Captures for Wireshark: writes pcapng (IETF draft-ietf-opsawg-pcapng) with nanoseconds, a name for each interface,
// and a comment for packets that deserve one. Reading is in pcapng-read.ts.
import type { Instant } from '../base/clock.js';
import { encodeUtf8 } from '../base/text.js';

/** Numbers of blocks. */
export const PCAPNG_BLOCK = { SECTION: 0x0a0d_0d0a, INTERFACE: 1, OLD_PACKET: 2, SIMPLE: 3, ENHANCED: 6 } as const;
/** Numbers of options. */
export const PCAPNG_OPTION = {
  END: 0,
  COMMENT: 1,
  NAME: 2,
  FLAGS: 2,
  DESCRIPTION: 3,
  APPLICATION: 4,
  TSRESOL: 9,
  TSOFFSET: 14,
} as const;
/** Says in which order bytes are. */
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
/** The link type that is reserved for private use; a dissector of one's own takes it. */
const LINKTYPE_USER0 = 147;

/** An interface: for us a channel between two processors. */
export interface PcapngInterface {
  readonly name: string;
  readonly description?: string;
  /** USER0 when left out. */
  readonly linkType?: number;
}

/** A packet to write. */
export interface PcapngPacket {
  /** As `addInterface` numbers them. */
  readonly iface: number;
  readonly timeNs: Instant;
  readonly bytes: Uint8Array;
  readonly way?: 'in' | 'out';
  readonly comment?: string;
}

/** Takes the bytes of a file piece by piece, in order. */
export type PcapngSink = (bytes: Uint8Array) => void;

/** Writes one capture. The section's head goes out at once. */
export class PcapngWriter {
  readonly #sink: PcapngSink;
  #interfaces = 0;

  /** `application` is told to whoever opens the file. */
  constructor(sink: PcapngSink, application = 'bringup') {
    this.#sink = sink;
    const body = new Uint8Array(16);
    const view = new DataView(body.buffer);
    view.setUint32(0, BYTE_ORDER_MAGIC, true);
    view.setUint16(4, 1, true);
    view.setUint32(8, 0xffff_ffff, true); // the length of the section is not known yet
    view.setUint32(12, 0xffff_ffff, true);
    this.#block(PCAPNG_BLOCK.SECTION, [body, textOption(PCAPNG_OPTION.APPLICATION, application), END]);
  }

  /** Adds an interface: its number. */
  addInterface({ name, description, linkType = LINKTYPE_USER0 }: PcapngInterface): number {
    const body = new Uint8Array(8);
    new DataView(body.buffer).setUint16(0, linkType, true);
    const about = description === undefined ? [] : [textOption(PCAPNG_OPTION.DESCRIPTION, description)];
    const resolution = option(PCAPNG_OPTION.TSRESOL, Uint8Array.of(9));
    this.#block(PCAPNG_BLOCK.INTERFACE, [body, textOption(PCAPNG_OPTION.NAME, name), ...about, resolution, END]);
    return this.#interfaces++;
  }

  /** Adds a packet. The bytes are copied. */
  add({ iface, timeNs, bytes, way, comment }: PcapngPacket): void {
    const { length } = bytes;
    const body = new Uint8Array(20 + padded(length));
    const view = new DataView(body.buffer);
    view.setUint32(0, iface, true);
    view.setUint32(4, Math.floor(timeNs / 0x1_0000_0000), true);
    view.setUint32(8, timeNs % 0x1_0000_0000, true);
    view.setUint32(12, length, true);
    view.setUint32(16, length, true);
    body.set(bytes, 20);
    const options = [
      ...(comment === undefined ? [] : [textOption(PCAPNG_OPTION.COMMENT, comment)]),
      ...(way === undefined ? [] : [option(PCAPNG_OPTION.FLAGS, Uint8Array.of(way === 'in' ? 1 : 2, 0, 0, 0))]),
    ];
    this.#block(PCAPNG_BLOCK.ENHANCED, [body, ...options, ...(options.length === 0 ? [] : [END])]);
  }

  #block(type: number, parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.length, 12);
    const out = new Uint8Array(length);
    const view = new DataView(out.buffer);
    view.setUint32(0, type, true);
    view.setUint32(4, length, true);
    let at = 8;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    view.setUint32(at, length, true);
    this.#sink(out);
  }
}

const END = new Uint8Array(4);
/** What the length of an option can say. */
const MOST_OPTION = 0xffff;

const padded = (length: number): number => (length + 3) & ~3;

function option(code: number, value: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + padded(value.length));
  const view = new DataView(out.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  out.set(value, 4);
  return out;
}

function textOption(code: number, text: string): Uint8Array {
  return option(code, encodeUtf8(text).subarray(0, MOST_OPTION));
}
