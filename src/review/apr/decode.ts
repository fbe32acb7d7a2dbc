// Takes a packet of APR or GPR apart: header, name, payload field by field. Never throws, whatever the bytes are; what
// is not there is told. Judging it is in verdict.ts.
import { APR_HDR_SIZE, GPR_HDR_SIZE } from '../../drivers/qcom-apr/constants.js';
import { AprPacket, GprPacket } from '../../drivers/qcom-apr/packet.js';
import type { FieldName } from './fields.js';
import type { Layout, Step } from './layout.js';
import { type Message, MESSAGES, PARAM_HEAD, PARAMS, PCM_BLOCK, PCM_BLOCK_BYTES } from './messages.js';

/** Which router a packet is for. */
export type Router = 'apr' | 'gpr';

/** A number, several, or text: characters, bytes in hex, or a number beyond 2^53 in hex. */
export type FieldValue = number | string | readonly number[];

/** One field of a payload; the offset is that in the packet. */
export interface DecodedField {
  readonly name: FieldName;
  readonly offset: number;
  readonly size: number;
  readonly value: FieldValue;
}

/** What the header says. Sizes are what it claims. */
export interface DecodedHeader {
  readonly version: number;
  readonly headerBytes: number;
  readonly packetSize: number;
  /** APR only, as are the services. */
  readonly messageType?: number;
  readonly srcSvc?: number;
  readonly destSvc?: number;
  readonly srcDomain: number;
  readonly srcPort: number;
  readonly destDomain: number;
  readonly destPort: number;
  readonly token: number;
  readonly opcode: number;
}

/** A packet in words. */
export interface DecodedPacket {
  readonly router: Router;
  readonly bytes: Uint8Array;
  /** Undefined when there are not enough bytes for one. */
  readonly header: DecodedHeader | undefined;
  /** Undefined for an opcode that the table does not have. */
  readonly message: Message | undefined;
  readonly fields: readonly DecodedField[];
  /** The payload ended within its fields. */
  readonly short: boolean;
}

const SHORT_FIELDS: readonly DecodedField[] = [];

/** Whose packet it is, by its size, or else by what it says of its header. */
export function routerOf(bytes: Uint8Array): Router {
  const { length } = bytes;
  if (length < 4) return 'apr';
  const upper = (bytes[2] as number) | ((bytes[3] as number) << 8);
  if (upper === length) return 'apr';
  if (((upper << 8) | (bytes[1] as number)) === length) return 'gpr';
  return (bytes[0] as number) >> 4 === GPR_HDR_SIZE / 4 ? 'gpr' : 'apr';
}

/** Takes one packet apart. */
export function decodePacket(bytes: Uint8Array, router: Router = routerOf(bytes)): DecodedPacket {
  if (bytes.length < (router === 'apr' ? APR_HDR_SIZE : GPR_HDR_SIZE)) {
    return { router, bytes, header: undefined, message: undefined, fields: SHORT_FIELDS, short: true };
  }
  const header = router === 'apr' ? aprHeader(bytes) : gprHeader(bytes);
  const message = MESSAGES.get(header.opcode);
  const end = Math.min(header.packetSize, bytes.length);
  const reader = new Reader(bytes, Math.min(header.headerBytes, end), end);
  const isWhole = message?.layout === undefined || reader.read(message.layout);
  reader.rest(message === undefined || message.layout === undefined ? 'payload' : 'rest');
  return { router, bytes, header, message, fields: reader.fields, short: !isWhole };
}

function aprHeader(bytes: Uint8Array): DecodedHeader {
  const packet = new AprPacket(bytes);
  return {
    version: packet.version,
    headerBytes: packet.headerBytes,
    messageType: packet.messageType,
    packetSize: packet.pktSize,
    srcSvc: packet.srcSvc,
    srcDomain: packet.srcDomain,
    srcPort: packet.srcPort,
    destSvc: packet.destSvc,
    destDomain: packet.destDomain,
    destPort: packet.destPort,
    token: packet.token,
    opcode: packet.opcode,
  };
}

function gprHeader(bytes: Uint8Array): DecodedHeader {
  const packet = new GprPacket(bytes);
  return {
    version: packet.version,
    headerBytes: packet.headerBytes,
    packetSize: packet.pktSize,
    destDomain: packet.destDomain,
    srcDomain: packet.srcDomain,
    srcPort: packet.srcPort,
    destPort: packet.destPort,
    token: packet.token,
    opcode: packet.opcode,
  };
}

/** Walks through a payload. */
class Reader {
  readonly fields: DecodedField[] = [];
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, at: number, end: number) {
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }

  /** False when the bytes ended before the layout did. */
  read(layout: Layout): boolean {
    for (const step of layout) if (!this.#step(step)) return false;
    return true;
  }

  /** What no layout has taken. */
  rest(name: 'payload' | 'rest'): void {
    if (this.#at < this.#end) this.#raw(name, this.#end - this.#at, 'padding');
  }

  #step(step: Step): boolean {
    switch (step.kind) {
      case 'number':
        return this.#number(step.name, step.size);
      case 'array':
        return this.#array(step.name, step.size, this.#count(step.count));
      case 'wide':
        return this.#wide(step.name);
      case 'text':
        return this.#text(step.name, step.size);
      case 'reserved':
        return this.#raw('reserved', step.size);
      case 'repeat':
        return this.#repeat(this.#count(step.count), step.of);
      case 'param':
        return this.#param();
      case 'format':
        return this.#format();
    }
  }

  #fits(size: number): boolean {
    return this.#at + size <= this.#end;
  }

  #take(name: FieldName, size: number, value: FieldValue): true {
    this.fields.push({ name, offset: this.#at, size, value });
    this.#at += size;
    return true;
  }

  #number(name: FieldName, size: number): boolean {
    return this.#fits(size) && this.#take(name, size, this.#value(this.#at, size));
  }

  #value(at: number, size: number): number {
    const bytes = this.#bytes;
    let value = bytes[at] as number;
    if (size >= 2) value |= (bytes[at + 1] as number) << 8;
    if (size === 4) value |= ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24);
    return value >>> 0;
  }

  /** As many as there are, if fewer than they should be. */
  #array(name: FieldName, size: number, count: number): boolean {
    const there = Math.min(count, Math.floor((this.#end - this.#at) / size));
    const values = Array.from({ length: there }, (_, index) => this.#value(this.#at + index * size, size));
    if (there > 0) this.#take(name, there * size, values);
    return there === count;
  }

  #wide(name: FieldName): boolean {
    if (!this.#fits(8)) return false;
    const [low, high] = [this.#value(this.#at, 4), this.#value(this.#at + 4, 4)];
    const isExact = high < 0x20_0000;
    const hex = (): string => `0x${high.toString(16)}${low.toString(16).padStart(8, '0')}`;
    return this.#take(name, 8, isExact ? high * 2 ** 32 + low : hex());
  }

  #text(name: FieldName, size: number): boolean {
    if (!this.#fits(size)) return false;
    const all = this.#bytes.subarray(this.#at, this.#at + size);
    const end = all.indexOf(0);
    const text = Array.from(end < 0 ? all : all.subarray(0, end), (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    ).join('');
    return this.#take(name, size, text);
  }

  /** Bytes without a meaning: in hex, unless they are zero as they should be; those have `zero` as name, or none. */
  #raw(name: FieldName, size: number, zero?: FieldName): boolean {
    if (!this.#fits(size)) return false;
    const all = this.#bytes.subarray(this.#at, this.#at + size);
    if (name !== 'payload' && all.every((byte) => byte === 0)) {
      if (zero === undefined) this.#at += size;
      else this.#take(zero, size, size);
      return true;
    }
    return this.#take(name, size, hexOf(all));
  }

  #count(count: number | FieldName): number {
    if (typeof count === 'number') return count;
    for (let at = this.fields.length - 1; at >= 0; at--) {
      const field = this.fields[at] as DecodedField;
      if (field.name === count) return field.value as number;
    }
    return 0;
  }

  #repeat(count: number, layout: Layout): boolean {
    for (let done = 0; done < count; done++) if (!this.read(layout)) return false;
    return true;
  }

  #format(): boolean {
    const size = this.#count('block_size');
    if (size === PCM_BLOCK_BYTES) return this.read(PCM_BLOCK);
    const there = Math.min(size, this.#end - this.#at);
    if (there > 0) this.#raw('format_block', there, 'padding');
    return there === size;
  }

  #param(): boolean {
    const first = this.fields.length;
    if (!this.read(PARAM_HEAD)) return false;
    const [module, param, size] = [0, 1, 2].map((index) => this.fields[first + index]?.value as number);
    const layout = PARAMS[module as number]?.[param as number];
    const wanted = this.#at + (size as number);
    const end = Math.min(wanted, this.#end);
    const inner = new Reader(this.#bytes, this.#at, end);
    const isWhole = layout === undefined || inner.read(layout);
    if (inner.#at < end) inner.#raw('param_data', end - inner.#at, 'padding');
    this.fields.push(...inner.fields);
    this.#at = end;
    return isWhole && end === wanted;
  }
}

/** Bytes of a field in hex that are shown; a packet may have thousands. */
const MOST_HEX = 64;

function hexOf(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, MOST_HEX), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return bytes.length > MOST_HEX ? `${shown}...` : shown;
}
