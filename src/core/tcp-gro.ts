// TCP segments of one flow are put together into a large frame (Linux: tcp_gro_receive, inet_gro_receive,
// ipv6_gro_receive, skb_gro_receive). A segment's bytes are copied once, to where the large frame is handed on from.
import { FlowDissector, IPPROTO_TCP, IPV4_HLEN, IPV6_HLEN, putU16, u16At, u32At } from './flow-dissector.js';
import { csumFold, csumPartial } from './skb-checksum.js';
import { TCP_CHECK, tcpPseudo } from './tcp-gso.js';

/** A packet whose data begins with its Ethernet header, and whose headers are linear; a SkBuff is one. */
export interface GroPacket {
  readonly page: { readonly bytes: Uint8Array };
  readonly data: number;
  readonly len: number;
  readonly headlen: number;
  copyBits(offset: number, to: Uint8Array, at: number, length: number): void;
}

/** A frame that is handed on: one segment as it came, or several with the headers of one. */
export interface GroFrame {
  /** The frame, behind as much room as was asked for. */
  readonly bytes: Uint8Array;
  /** Of the frame, without the room. */
  readonly length: number;
  readonly segments: number;
  /** Payload of each segment but the last, which may have less. */
  readonly gsoSize: number;
  readonly version: 4 | 6;
  /** In the frame. The checksum of several segments is that of the pseudo header: CHECKSUM_PARTIAL. */
  readonly transport: number;
  readonly headerBytes: number;
  /** The first segment has CWR, which no other of them has. */
  readonly ecn: boolean;
}

/** What `TcpGro` is to be. */
export interface TcpGroOptions {
  /** Flows that are held at once; one more, and the oldest is handed on. */
  readonly flows?: number;
  /** Bytes before each frame for who hands it on. */
  readonly room?: number;
}

const FLOWS = 4;
/** The longest IP packet. */
const IP_BYTES = 65_535;
/** Ethernet with two tags, and IPv6, whose length does not count its header. */
const FRAME_BYTES = 14 + 8 + IPV6_HLEN + IP_BYTES;
const SEQ = 4;
const ACK = 8;
const FLAGS = 13;
const WINDOW = 14;
const OPTIONS = 20;
const FIN_PSH = 0x09;
const PSH = 0x08;
const ECE_ACK_URG_RST_SYN = 0x76;
const CWR = 0x80;
/** No segment with one of these is waited behind. */
const ENDS = 0x01 | 0x02 | 0x04 | PSH | 0x20;
const DONT_FRAGMENT = 0x40;

/** Holds flows and puts their segments together. */
export class TcpGro {
  readonly #deliver: (frame: GroFrame) => void;
  readonly #flow = new FlowDissector();
  /** The first `#count` are held, the oldest first; behind them are free ones. */
  readonly #held: HeldFlow[];
  #count = 0;

  /** `deliver` gets what is put together; the frame is good during the call. */
  constructor(deliver: (frame: GroFrame) => void, { flows = FLOWS, room = 0 }: TcpGroOptions = {}) {
    this.#deliver = deliver;
    this.#held = Array.from({ length: flows }, () => new HeldFlow(room));
  }

  /** Flows that are held. */
  get held(): number {
    return this.#count;
  }

  /**
   * Takes a packet, whose bytes are copied. False: it is not one to be put together, `isChecked` says that its
   * checksums are right; what it must not overtake was handed on, and it goes next.
   */
  receive(packet: GroPacket, isChecked: boolean): boolean {
    const flow = this.#flow;
    const { data, headlen } = packet;
    const { bytes } = packet.page;
    if (!flow.dissect(bytes, data, data + headlen)) return false;
    if (flow.payload === 0) {
      if (flow.isFragment || flow.protocol === IPPROTO_TCP) this.flush();
      return false;
    }
    const index = this.#find(bytes, data);
    const canJoin = isChecked && isWhole(packet, flow);
    if (index >= 0) {
      const held = this.#held[index] as HeldFlow;
      if (canJoin && held.append(packet, flow)) {
        if (held.isFull) this.#handOn(index);
        return true;
      }
      this.#handOn(index);
    }
    return canJoin && this.#begin(packet, flow);
  }

  /** Hands on all that is held, the oldest first (Linux: napi_gro_flush). */
  flush(): void {
    while (this.#count > 0) this.#handOn(0);
  }

  /** Forgets all that is held. */
  clear(): void {
    this.#count = 0;
  }

  #find(bytes: Uint8Array, data: number): number {
    for (let i = 0; i < this.#count; i++) if ((this.#held[i] as HeldFlow).isSame(bytes, data, this.#flow)) return i;
    return -1;
  }

  #begin(packet: GroPacket, flow: FlowDissector): boolean {
    if (((packet.page.bytes[flow.transport + FLAGS] as number) & ENDS) !== 0) return false;
    if (flow.version === 4 && flow.transport - flow.network !== IPV4_HLEN) return false;
    if (this.#count === this.#held.length) this.#handOn(0);
    (this.#held[this.#count++] as HeldFlow).begin(packet, flow);
    return true;
  }

  #handOn(index: number): void {
    const held = this.#held;
    const one = held[index] as HeldFlow;
    this.#count--;
    for (let i = index; i < this.#count; i++) held[i] = held[i + 1] as HeldFlow;
    held[this.#count] = one;
    one.complete();
    this.#deliver(one);
  }
}

/** It has payload, and its packet and its frame end at one place. */
function isWhole({ data, len }: GroPacket, { end, payload }: FlowDissector): boolean {
  return end === data + len && payload < end;
}

/** One flow: the frame that is being made. */
class HeldFlow implements GroFrame {
  readonly bytes: Uint8Array;
  length = 0;
  segments = 0;
  gsoSize = 0;
  version: 4 | 6 = 4;
  transport = 0;
  headerBytes = 0;
  ecn = false;
  /** Nothing comes behind it. */
  isFull = false;
  readonly #room: number;
  #network = 0;
  #nextSeq = 0;
  #id = 0;
  /** By how much the numbers of IPv4 grow: 1, or 0 where there are no fragments; -1: a second segment will say it. */
  #idStep = -1;

  constructor(room: number) {
    this.#room = room;
    this.bytes = new Uint8Array(room + FRAME_BYTES);
  }

  /** Same headers of layer 2, addresses and ports. */
  isSame(bytes: Uint8Array, data: number, flow: FlowDissector): boolean {
    if (flow.version !== this.version || flow.network - data !== this.#network) return false;
    if (!this.#sameAs(bytes, flow.transport, this.transport, 4) || !this.#sameAs(bytes, data, 0, this.#network)) {
      return false;
    }
    const [at, size] = flow.version === 4 ? [12, 8] : [8, 32];
    return this.#sameAs(bytes, flow.network + at, this.#network + at, size);
  }

  begin(packet: GroPacket, { version, network, transport, payload }: FlowDissector): void {
    const { data, len } = packet;
    const { bytes } = packet.page;
    this.version = version as 4 | 6;
    this.#network = network - data;
    this.transport = transport - data;
    this.headerBytes = payload - data;
    this.length = len;
    this.segments = 1;
    this.gsoSize = len - this.headerBytes;
    this.ecn = ((bytes[transport + FLAGS] as number) & CWR) !== 0;
    this.isFull = false;
    this.#nextSeq = (u32At(bytes, transport + SEQ) + this.gsoSize) >>> 0;
    this.#id = u16At(bytes, network + 4);
    this.#idStep = -1;
    packet.copyBits(0, this.bytes, this.#room, len);
  }

  /** False when it does not go on where this ends, with headers that are the same. */
  append(packet: GroPacket, flow: FlowDissector): boolean {
    const { bytes } = packet.page;
    const { transport, payload } = flow;
    const size = flow.end - payload;
    if (size > this.gsoSize || this.length - this.#network + size > IP_BYTES) return false;
    if (u32At(bytes, transport + SEQ) !== this.#nextSeq) return false;
    if (transport - packet.data !== this.transport || payload - packet.data !== this.headerBytes) return false;
    if (!this.#sameTcp(bytes, transport, payload)) return false;
    if (this.version === 4 ? !this.#sameIpv4(bytes, flow.network) : !this.#sameIpv6(bytes, flow)) return false;
    packet.copyBits(this.headerBytes, this.bytes, this.#room + this.length, size);
    const flags = bytes[transport + FLAGS] as number;
    const at = this.#room + this.transport + FLAGS;
    this.bytes[at] = (this.bytes[at] as number) | (flags & FIN_PSH);
    this.isFull = size < this.gsoSize || (flags & ENDS) !== 0;
    this.#nextSeq = (this.#nextSeq + size) >>> 0;
    this.length += size;
    this.segments++;
    return true;
  }

  /** Lengths and checksums of several segments are those of one packet. */
  complete(): void {
    if (this.segments === 1) return;
    const { bytes, version, transport, length } = this;
    const ip = this.#room + this.#network;
    if (version === 4) {
      putU16(bytes, ip + 2, length - this.#network);
      putU16(bytes, ip + 10, 0);
      putU16(bytes, ip + 10, csumFold(csumPartial(bytes, ip, IPV4_HLEN)));
    } else putU16(bytes, ip + 4, length - this.#network - IPV6_HLEN);
    putU16(bytes, this.#room + transport + TCP_CHECK, tcpPseudo(bytes, version, ip, length - transport));
  }

  /** All but the sequence number, the checksum, and the flags that may come with a segment. */
  #sameTcp(bytes: Uint8Array, at: number, payload: number): boolean {
    const flags = bytes[at + FLAGS] as number;
    const first = this.bytes[this.#room + this.transport + FLAGS] as number;
    if ((flags & CWR) !== 0 || ((flags ^ first) & ECE_ACK_URG_RST_SYN) !== 0) return false;
    const own = this.transport;
    return (
      this.#sameAs(bytes, at + ACK, own + ACK, FLAGS - ACK) &&
      this.#sameAs(bytes, at + WINDOW, own + WINDOW, 2) &&
      this.#sameAs(bytes, at + OPTIONS, own + OPTIONS, payload - at - OPTIONS)
    );
  }

  /** All but length, number and checksum. */
  #sameIpv4(bytes: Uint8Array, at: number): boolean {
    const own = this.#network;
    if (!this.#sameAs(bytes, at, own, 2) || !this.#sameAs(bytes, at + 6, own + 6, 4)) return false;
    const past = (u16At(bytes, at + 4) - this.#id) & 0xffff;
    if (this.#idStep >= 0) return past === ((this.#idStep * this.segments) & 0xffff);
    if (past !== 1 && !(past === 0 && ((bytes[at + 6] as number) & DONT_FRAGMENT) !== 0)) return false;
    this.#idStep = past;
    return true;
  }

  /** All but the length. */
  #sameIpv6(bytes: Uint8Array, { network, transport }: FlowDissector): boolean {
    const own = this.#network;
    return this.#sameAs(bytes, network, own, 4) && this.#sameAs(bytes, network + 6, own + 6, transport - network - 6);
  }

  #sameAs(bytes: Uint8Array, at: number, own: number, size: number): boolean {
    const mine = this.bytes;
    const from = this.#room + own;
    for (let i = 0; i < size; i++) if (bytes[at + i] !== mine[from + i]) return false;
    return true;
  }
}
