// Large TCP frames are cut into segments (Linux: tcp_gso_segment, inet_gso_segment, ipv6_gso_segment). Headers are made
// here; payload is for the caller to copy, once, to where it is sent from.
import { FlowDissector, IPPROTO_TCP, IPV6_HLEN, putU16, putU32, u16At, u32At } from './flow-dissector.js';
import { csumFold, csumPartial, csumPseudo } from './skb-checksum.js';

/** Where a TCP header has its checksum: what a request for one names. */
export const TCP_CHECK = 16;
const SEQ = 4;
const FLAGS = 13;
/** Flags that only the last segment has, and the one that only the first has. */
const FIN_PSH = 0x09;
const CWR = 0x80;
const ADDRESSES = { 4: { at: 12, size: 8 }, 6: { at: 8, size: 32 } } as const;

/** The sum as it stands in a header before somebody adds the rest: folded, not complemented. */
const csumHalf = (sum: number): number => ~csumFold(sum) & 0xffff;

/** The sum over the pseudo header of TCP in front of so many bytes, as it stands in a header. */
export function tcpPseudo(bytes: Uint8Array, version: 4 | 6, network: number, length: number): number {
  const { at, size } = ADDRESSES[version];
  return csumHalf(csumPseudo(bytes, network + at, size, IPPROTO_TCP, length));
}

/** Cuts one frame after the other. What it says is of the last one that `begin` took. */
export class TcpGso {
  /** Of the frame. Its headers lie before `headerBytes`, and so do those of each segment. */
  readonly flow: FlowDissector = new FlowDissector();
  headerBytes = 0;
  segments = 0;
  #head: Uint8Array = new Uint8Array();
  #gsoSize = 0;
  #payload = 0;
  #seq = 0;
  #id = 0;
  /** Sum of the IPv4 header without its length, number and checksum. */
  #ipSum = 0;

  /** Takes a frame whose bytes must not change until the last header is made. False: there is no way to cut it. */
  begin(frame: Uint8Array, version: 4 | 6, gsoSize: number): boolean {
    const { flow } = this;
    if (gsoSize < 1 || !flow.dissect(frame, 0, frame.length)) return false;
    if (flow.version !== version || flow.payload === 0 || flow.isFragment || flow.end !== frame.length) return false;
    this.headerBytes = flow.payload;
    this.#head = frame.subarray(0, flow.payload);
    this.#payload = frame.length - flow.payload;
    this.#gsoSize = gsoSize;
    this.segments = Math.max(1, Math.ceil(this.#payload / gsoSize));
    this.#seq = u32At(frame, flow.transport + SEQ);
    if (version === 4) this.#beginIpv4(frame, flow.network, flow.transport - flow.network);
    return true;
  }

  /** Where the payload of a segment begins in the frame. */
  payloadAt(index: number): number {
    return this.headerBytes + index * this.#gsoSize;
  }

  /** Bytes of it; the last segment has what is left. */
  payloadBytes(index: number): number {
    return Math.min(this.#gsoSize, this.#payload - index * this.#gsoSize);
  }

  /** Writes the headers of a segment. The checksum of TCP is that of its pseudo header: CHECKSUM_PARTIAL. */
  header(index: number, to: Uint8Array, at: number): void {
    const { network, transport, version } = this.flow;
    const tcp = at + transport;
    to.set(this.#head, at);
    const bytes = this.headerBytes - transport + this.payloadBytes(index);
    if (version === 4) this.#ipv4(index, to, at + network, bytes + transport - network);
    else putU16(to, at + network + 4, bytes + transport - network - IPV6_HLEN);
    putU32(to, tcp + SEQ, this.#seq + index * this.#gsoSize);
    if (index > 0) to[tcp + FLAGS] = (to[tcp + FLAGS] as number) & ~CWR;
    if (index < this.segments - 1) to[tcp + FLAGS] = (to[tcp + FLAGS] as number) & ~FIN_PSH;
    putU16(to, tcp + TCP_CHECK, tcpPseudo(to, version as 4 | 6, at + network, bytes));
  }

  #beginIpv4(frame: Uint8Array, at: number, length: number): void {
    this.#id = u16At(frame, at + 4);
    const known = u16At(frame, at + 2) + this.#id + u16At(frame, at + 10);
    this.#ipSum = csumPartial(frame, at, length) - known;
  }

  #ipv4(index: number, to: Uint8Array, at: number, total: number): void {
    const id = (this.#id + index) & 0xffff;
    putU16(to, at + 2, total);
    putU16(to, at + 4, id);
    putU16(to, at + 10, csumFold(this.#ipSum + total + id));
  }
}
