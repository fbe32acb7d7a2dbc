// APR and GPR packets: names for places in bytes. Little-endian; no judgement, that is in receive.ts.
import { assert } from '../../base/assert.js';
import { APR_HDR_SIZE, APR_MSG_TYPE, APR_PKT_VER, GPR_HDR_SIZE } from './constants.js';

/** The first word of an APR header; `headerBytes` in whole words. */
export function aprHdrField(
  messageType: number,
  headerBytes: number = APR_HDR_SIZE,
  version: number = APR_PKT_VER,
): number {
  return ((messageType & 0x3) << 8) | (((headerBytes / 4) & 0xf) << 4) | (version & 0xf);
}

/** A view of one APR packet from byte 0 of `bytes`, which has room for a header. */
export class AprPacket {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    assert(bytes.length >= APR_HDR_SIZE, `${bytes.length} bytes have no room for an APR header`);
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get hdrField(): number {
    return this.#view.getUint16(0, true);
  }

  set hdrField(value: number) {
    this.#view.setUint16(0, value, true);
  }

  get version(): number {
    return this.hdrField & 0xf;
  }

  /** What the header says of its own length, 0 to 60. */
  get headerBytes(): number {
    return (this.hdrField & 0xf0) >> 2;
  }

  get messageType(): number {
    return (this.hdrField & 0x300) >> 8;
  }

  /** What the packet says of its length, header included. */
  get pktSize(): number {
    return this.#view.getUint16(2, true);
  }

  set pktSize(value: number) {
    this.#view.setUint16(2, value, true);
  }

  get srcSvc(): number {
    return this.#view.getUint8(4);
  }

  set srcSvc(value: number) {
    this.#view.setUint8(4, value);
  }

  get srcDomain(): number {
    return this.#view.getUint8(5);
  }

  set srcDomain(value: number) {
    this.#view.setUint8(5, value);
  }

  get srcPort(): number {
    return this.#view.getUint16(6, true);
  }

  set srcPort(value: number) {
    this.#view.setUint16(6, value, true);
  }

  get destSvc(): number {
    return this.#view.getUint8(8);
  }

  set destSvc(value: number) {
    this.#view.setUint8(8, value);
  }

  get destDomain(): number {
    return this.#view.getUint8(9);
  }

  set destDomain(value: number) {
    this.#view.setUint8(9, value);
  }

  get destPort(): number {
    return this.#view.getUint16(10, true);
  }

  set destPort(value: number) {
    this.#view.setUint16(10, value, true);
  }

  get token(): number {
    return this.#view.getUint32(12, true);
  }

  set token(value: number) {
    this.#view.setUint32(12, value, true);
  }

  get opcode(): number {
    return this.#view.getUint32(16, true);
  }

  set opcode(value: number) {
    this.#view.setUint32(16, value, true);
  }

  /** The bytes behind the header, as far as they are there, whatever header and size say. */
  get payload(): Uint8Array {
    return this.bytes.subarray(
      Math.min(this.headerBytes, this.bytes.length),
      Math.min(this.pktSize, this.bytes.length),
    );
  }
}

/** What a service says of a command; the bus fills in who sends it to whom. */
export interface AprCommand {
  readonly opcode: number;
  readonly token?: number;
  readonly srcPort?: number;
  readonly destPort?: number;
  /** SEQ_CMD when left out. */
  readonly messageType?: number;
}

/** A new packet with room for `payloadBytes` of payload, which are zero. */
export function aprPacket(command: AprCommand, payloadBytes = 0): AprPacket {
  const packet = new AprPacket(new Uint8Array(APR_HDR_SIZE + payloadBytes));
  packet.hdrField = aprHdrField(command.messageType ?? APR_MSG_TYPE.SEQ_CMD);
  packet.pktSize = packet.bytes.length;
  packet.srcPort = command.srcPort ?? 0;
  packet.destPort = command.destPort ?? 0;
  packet.token = command.token ?? 0;
  packet.opcode = command.opcode;
  return packet;
}

/** A view of one GPR packet from byte 0 of `bytes`, which has room for a header. */
export class GprPacket {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    assert(bytes.length >= GPR_HDR_SIZE, `${bytes.length} bytes have no room for a GPR header`);
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Version, header length and packet size in one word. */
  get word0(): number {
    return this.#view.getUint32(0, true);
  }

  set word0(value: number) {
    this.#view.setUint32(0, value, true);
  }

  get version(): number {
    return this.word0 & 0xf;
  }

  /** What the header says of its own length, 0 to 60. */
  get headerBytes(): number {
    return (this.word0 & 0xf0) >> 2;
  }

  /** What the packet says of its length, header included; 24 bits. */
  get pktSize(): number {
    return this.word0 >>> 8;
  }

  get destDomain(): number {
    return this.#view.getUint8(4);
  }

  set destDomain(value: number) {
    this.#view.setUint8(4, value);
  }

  get srcDomain(): number {
    return this.#view.getUint8(5);
  }

  set srcDomain(value: number) {
    this.#view.setUint8(5, value);
  }

  get srcPort(): number {
    return this.#view.getUint32(8, true);
  }

  set srcPort(value: number) {
    this.#view.setUint32(8, value, true);
  }

  get destPort(): number {
    return this.#view.getUint32(12, true);
  }

  set destPort(value: number) {
    this.#view.setUint32(12, value, true);
  }

  get token(): number {
    return this.#view.getUint32(16, true);
  }

  set token(value: number) {
    this.#view.setUint32(16, value, true);
  }

  get opcode(): number {
    return this.#view.getUint32(20, true);
  }

  set opcode(value: number) {
    this.#view.setUint32(20, value, true);
  }

  /** The bytes behind the header, as far as they are there, whatever header and size say. */
  get payload(): Uint8Array {
    return this.bytes.subarray(
      Math.min(this.headerBytes, this.bytes.length),
      Math.min(this.pktSize, this.bytes.length),
    );
  }
}

/** The first word of a GPR header. */
export function gprWord0(pktSize: number, headerBytes: number = GPR_HDR_SIZE, version: number = APR_PKT_VER): number {
  return (((pktSize & 0xff_ffff) << 8) | (((headerBytes / 4) & 0xf) << 4) | (version & 0xf)) >>> 0;
}
