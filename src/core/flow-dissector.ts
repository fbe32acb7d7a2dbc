// Where the headers of a frame are (Linux: net/core/flow_dissector.c), as far as cutting and gluing have to know.
import { ETH_HLEN, ETH_P_8021AD, ETH_P_8021Q, ETH_P_IP, ETH_P_IPV6 } from './etherdevice.js';

/** IP protocols. */
export const IPPROTO_TCP = 6;
/** See IPPROTO_TCP. */
export const IPPROTO_UDP = 17;
/** Bytes of an IPv6 header, and of an IPv4 header without options. */
export const IPV6_HLEN = 40;
/** See IPV6_HLEN. */
export const IPV4_HLEN = 20;
const TCP_HLEN = 20;
const TYPE_AT = 12;
const VLAN_HLEN = 4;
/** More fragments, or an offset. */
const FRAGMENT_BITS = 0x3fff;
const NEXTHDR_FRAGMENT = 44;
/** Extension headers of IPv6 that have their length in their second byte: hop-by-hop, routing, destination. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60]);

/** A big-endian 16-bit word. */
export function u16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** A big-endian 32-bit word, unsigned. */
export function u32At(bytes: Uint8Array, at: number): number {
  return u16At(bytes, at) * 0x1_0000 + u16At(bytes, at + 2);
}

/** Writes a big-endian 16-bit word. */
export function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** Writes a big-endian 32-bit word; of a larger number its low 32 bits. */
export function putU32(bytes: Uint8Array, at: number, value: number): void {
  putU16(bytes, at, value >>> 16);
  putU16(bytes, at + 2, value & 0xffff);
}

/** The headers of one frame; good until the next one. Offsets are those in its bytes. */
export class FlowDissector {
  /** Of IP; 0 for other frames. */
  version: 0 | 4 | 6 = 0;
  network = 0;
  /** Behind IP and its options. */
  transport = 0;
  /** Behind TCP and its options; 0 without a whole TCP header. */
  payload = 0;
  /** Of layer 4. */
  protocol = 0;
  /** Where the packet ends that IP tells of, which may be beyond the frame. */
  end = 0;
  /** A piece of a packet; it has no header of layer 4 that one could rely on. */
  isFragment = false;

  /** Looks at headers from the Ethernet header at `from` on, up to `to`. False when it is no IP, or not all of it. */
  dissect(bytes: Uint8Array, from: number, to: number): boolean {
    this.version = 0;
    this.payload = 0;
    this.protocol = 0;
    this.isFragment = false;
    if (to - from < ETH_HLEN) return false;
    let at = from + TYPE_AT;
    let type = u16At(bytes, at);
    while ((type === ETH_P_8021Q || type === ETH_P_8021AD) && at + VLAN_HLEN + 2 <= to) {
      at += VLAN_HLEN;
      type = u16At(bytes, at);
    }
    this.network = at + 2;
    if (type === ETH_P_IP ? !this.#ipv4(bytes, to) : type !== ETH_P_IPV6 || !this.#ipv6(bytes, to)) return false;
    if (this.protocol === IPPROTO_TCP && !this.isFragment) this.#tcp(bytes, to);
    return true;
  }

  #ipv4(bytes: Uint8Array, to: number): boolean {
    const at = this.network;
    if (at + IPV4_HLEN > to || (bytes[at] as number) >> 4 !== 4) return false;
    const length = ((bytes[at] as number) & 0xf) * 4;
    const total = u16At(bytes, at + 2);
    if (length < IPV4_HLEN || at + length > to || total < length) return false;
    this.version = 4;
    this.transport = at + length;
    this.protocol = bytes[at + 9] as number;
    this.end = at + total;
    this.isFragment = (u16At(bytes, at + 6) & FRAGMENT_BITS) !== 0;
    return true;
  }

  #ipv6(bytes: Uint8Array, to: number): boolean {
    const ip = this.network;
    if (ip + IPV6_HLEN > to || (bytes[ip] as number) >> 4 !== 6) return false;
    let next = bytes[ip + 6] as number;
    let at = ip + IPV6_HLEN;
    for (; EXTENSIONS.has(next); at += ((bytes[at + 1] as number) + 1) * 8) {
      if (at + 8 > to) return false;
      next = bytes[at] as number;
    }
    this.end = ip + IPV6_HLEN + u16At(bytes, ip + 4);
    if (at > to || at > this.end) return false;
    this.version = 6;
    this.transport = at;
    this.protocol = next;
    this.isFragment = next === NEXTHDR_FRAGMENT;
    return true;
  }

  #tcp(bytes: Uint8Array, to: number): void {
    const at = this.transport;
    if (at + TCP_HLEN > to) return;
    const payload = at + ((bytes[at + 12] as number) >> 4) * 4;
    if (payload >= at + TCP_HLEN && payload <= to && payload <= this.end) this.payload = payload;
  }
}
