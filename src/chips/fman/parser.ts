// The hardware parser: walks the headers of a frame and writes its 32 bytes of parse results.
import { fold, KnownSum, onesSum } from './sum.js';
import { STATUS } from './status.js';

/** Offsets in the parse results. */
export const PR = {
  port: 0,
  l2: 2,
  l3: 4,
  l4: 6,
  nextHeader: 8,
  sum: 10,
  fragment: 12,
  ipValid: 15,
  shim: 16,
  lastProtocol: 18,
  ethernet: 19,
  llc: 20,
  vlanFirst: 21,
  vlanLast: 22,
  etherType: 23,
  ipFirst: 27,
  ipLast: 28,
  l4Offset: 30,
  end: 31,
  bytes: 32,
} as const;

/** Bits of the results. */
export const L2 = { ethernet: 0x8000, vlan: 0x4000, llc: 0x2000, multicast: 0x20, broadcast: 0x60 } as const;
/** See L2. */
export const L3 = { ipv4: 0x8000, ipv6: 0x4000, lastIpv4: 0x0800, lastIpv6: 0x0400 } as const;
/** See L2. */
export const L4 = { tcp: 0x20, udp: 0x40, ipsec: 0x60, sctp: 0x80, error: 0x10 } as const;

/** The parser reads no further. */
const REACH = 256;
const IPV6_OPTIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const IPV6_FRAGMENT = 44;
const L4_OF: Readonly<Record<number, number>> = { 6: L4.tcp, 17: L4.udp, 50: L4.ipsec, 51: L4.ipsec, 132: L4.sctp };

/** One parser; results are valid until the next frame. */
export class Parser {
  /** Parse results, at `at` of an internal context. */
  readonly #out: Uint8Array;
  /** The same as words. */
  readonly #words: Int32Array;
  #frame: Uint8Array = new Uint8Array();
  /** Where the payload of the last IP header begins and ends, and what it is. */
  #payload = 0;
  #end = 0;
  #protocol = -1;
  #fragment = false;
  /** Begin of the last IP header; -1 without. */
  ip = -1;
  ipv6 = false;
  /** Begin of TCP, UDP and others; -1 without. */
  l4 = -1;

  readonly #known: KnownSum;

  constructor(context: Uint8Array, at: number, known: KnownSum = new KnownSum()) {
    this.#known = known;
    this.#out = context.subarray(at, at + PR.bytes);
    this.#words = new Int32Array(context.buffer, context.byteOffset + at, PR.bytes / 4);
  }

  /** The IP protocol behind all headers; -1 without. */
  get protocol(): number {
    return this.#protocol;
  }

  /** Parses a frame and answers its status bits. */
  parse(frame: Uint8Array, port: number): number {
    const out = this.#out;
    const words = this.#words;
    for (let i = 0; i < PR.shim / 4; i++) words[i] = 0;
    for (let i = PR.shim / 4; i < PR.bytes / 4; i++) words[i] = -1;
    out[PR.port] = port;
    this.#frame = frame;
    this.ip = -1;
    this.l4 = -1;
    this.#protocol = -1;
    if (frame.length < 14) return STATUS.headerError;
    const type = this.#layer2();
    let status = 0;
    if (type === 0x0800) status = this.#ipv4();
    else if (type === 0x86dd) status = this.#ipv6();
    else out[PR.end] = this.#payload;
    if (status === 0 && this.#protocol >= 0) status = this.#layer4();
    if ((status & STATUS.headerError) !== 0) out[PR.end] = Math.min(0xff, this.#payload);
    return status;
  }

  #u16(at: number): number {
    return ((this.#frame[at] as number) << 8) | (this.#frame[at + 1] as number);
  }

  #put16(at: number, value: number): void {
    this.#out[at] = value >> 8;
    this.#out[at + 1] = value;
  }

  /** Answers the EtherType behind all VLAN tags. */
  #layer2(): number {
    const out = this.#out;
    const frame = this.#frame;
    let l2: number = L2.ethernet;
    if (((frame[0] as number) & 1) !== 0) l2 |= isBroadcast(frame) ? L2.broadcast : L2.multicast;
    out[PR.ethernet] = 0;
    let at = 12;
    let type = this.#u16(at);
    while ((type === 0x8100 || type === 0x88a8) && at + 6 <= frame.length && at < REACH) {
      if ((l2 & L2.vlan) === 0) out[PR.vlanFirst] = at;
      out[PR.vlanLast] = at;
      l2 |= L2.vlan;
      at += 4;
      type = this.#u16(at);
    }
    out[PR.etherType] = at;
    this.#payload = at + 2;
    if (type < 0x600) {
      l2 |= L2.llc;
      out[PR.llc] = at + 2;
    }
    this.#put16(PR.l2, l2);
    this.#put16(PR.nextHeader, type);
    return type;
  }

  #ipv4(): number {
    const at = this.#payload;
    const frame = this.#frame;
    const out = this.#out;
    out[PR.ipFirst] = at;
    out[PR.ipLast] = at;
    const length = ((frame[at] as number) & 0xf) * 4;
    const total = at + 20 <= frame.length ? this.#u16(at + 2) : 0;
    const bad =
      at + 20 > frame.length ||
      (frame[at] as number) >> 4 !== 4 ||
      length < 20 ||
      total < length ||
      at + total > frame.length ||
      onesSum(frame, at, at + length) !== 0xffff;
    this.#put16(PR.l3, L3.ipv4 | L3.lastIpv4 | (bad ? 1 : 0));
    if (bad) return STATUS.headerError;
    this.ip = at;
    this.ipv6 = false;
    out[PR.ipValid] = 1;
    const fragment = this.#u16(at + 6);
    this.#put16(PR.fragment, fragment);
    this.#fragment = (fragment & 0x3fff) !== 0;
    this.#ends(at + length, at + total, frame[at + 9] as number, at + 9);
    return 0;
  }

  #ipv6(): number {
    const at = this.#payload;
    const frame = this.#frame;
    const out = this.#out;
    out[PR.ipFirst] = at;
    out[PR.ipLast] = at;
    const end = at + 40 <= frame.length ? at + 40 + this.#u16(at + 4) : 0;
    const bad = end === 0 || (frame[at] as number) >> 4 !== 6 || end > frame.length;
    this.#put16(PR.l3, L3.ipv6 | L3.lastIpv6 | (bad ? 1 : 0));
    if (bad) return STATUS.headerError;
    this.ip = at;
    this.ipv6 = true;
    this.#fragment = false;
    out[PR.ipValid] = 1;
    return this.#extensions(at + 6, at + 40, end);
  }

  /** Walks IPv6 extension headers. */
  #extensions(first: number, from: number, end: number): number {
    const frame = this.#frame;
    let field = first;
    let at = from;
    let next = frame[field] as number;
    while (IPV6_OPTIONS.has(next) || next === IPV6_FRAGMENT) {
      if (at + 8 > end) return STATUS.headerError;
      if (at > REACH) return 0;
      field = at;
      if (next === IPV6_FRAGMENT) {
        this.#put16(PR.fragment, this.#u16(at + 2));
        this.#fragment = (this.#u16(at + 2) & 0xfff9) !== 0;
        at += 8;
      } else at += ((frame[at + 1] as number) + 1) * 8;
      next = frame[field] as number;
    }
    if (at > end) return STATUS.headerError;
    this.#ends(at, end, next, field);
    return 0;
  }

  #ends(payload: number, end: number, protocol: number, field: number): void {
    this.#payload = payload;
    this.#end = end;
    this.#protocol = protocol;
    this.#put16(PR.nextHeader, protocol);
    this.#out[PR.lastProtocol] = Math.min(0xff, field);
    this.#out[PR.end] = Math.min(0xff, payload);
  }

  /** A first or whole datagram: TCP, UDP, and whether their checksum holds. */
  #layer4(): number {
    const l4 = L4_OF[this.#protocol];
    const at = this.#payload;
    if (l4 === undefined || this.#fragment || at > REACH) return 0;
    this.#out[PR.l4] = l4;
    this.#out[PR.l4Offset] = Math.min(0xff, at);
    this.l4 = at;
    if (l4 !== L4.tcp && l4 !== L4.udp) return 0;
    const need = l4 === L4.tcp ? 20 : 8;
    if (at + need > this.#end) return this.#bad(l4);
    if (l4 === L4.udp && this.#u16(at + 6) === 0) return 0;
    if (this.#isKnown(at)) return STATUS.l4Checked;
    const sum = fold(
      pseudoSum(this.#frame, this.ip, this.ipv6, this.#protocol, this.#end - at) + onesSum(this.#frame, at, this.#end),
    );
    return sum === 0xffff ? STATUS.l4Checked : this.#bad(l4) | STATUS.l4Checked;
  }

  #isKnown(at: number): boolean {
    const { frame, ip, l4, end, protocol } = this.#known;
    return frame === this.#frame && ip === this.ip && l4 === at && end === this.#end && protocol === this.#protocol;
  }

  #bad(l4: number): number {
    this.#out[PR.l4] = l4 | L4.error;
    return STATUS.headerError;
  }
}

/** Sum of the pseudo header of TCP and UDP over IP at `ip`. */
export function pseudoSum(frame: Uint8Array, ip: number, ipv6: boolean, protocol: number, length: number): number {
  const addresses = ipv6 ? onesSum(frame, ip + 8, ip + 40) : onesSum(frame, ip + 12, ip + 20);
  return addresses + protocol + fold(length);
}

function isBroadcast(frame: Uint8Array): boolean {
  for (let i = 0; i < 6; i++) if (frame[i] !== 0xff) return false;
  return true;
}
