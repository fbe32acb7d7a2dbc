// A frame of Ethernet in words, layer by layer: as far as a person needs to know whose it is. Never throws, whatever
// the bytes are.
import { csumPartial, csumPseudo } from '../core/skb-checksum.js';

/** A field of a header in words. */
export type LayerField = readonly [name: string, words: string];

/** A header. */
export interface FrameLayer {
  /** `IPv4`. */
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly fields: readonly LayerField[];
  /** What is not as it should be. */
  readonly problems: readonly string[];
}

/** A frame. */
export interface DecodedFrame {
  /** The innermost protocol that is known: `UDP`. */
  readonly protocol: string;
  /** Who to whom, and what, in one line. */
  readonly summary: string;
  readonly layers: readonly FrameLayer[];
  /** Where the payload begins, and how long it is. */
  readonly payload: readonly [offset: number, bytes: number];
}

/** Takes a frame apart, from the destination address on. */
export function decodeFrame(bytes: Uint8Array): DecodedFrame {
  const frame = new Frame(bytes);
  frame.ethernet();
  const { layers, at, end } = frame;
  return {
    protocol: layers.at(-1)?.name ?? 'no frame',
    summary: frame.summary,
    layers,
    payload: [at, Math.max(0, end - at)],
  };
}

const ETHERNET_BYTES = 14;
const TYPE = { IPV4: 0x0800, ARP: 0x0806, VLAN: 0x8100, VLAN_S: 0x88a8, IPV6: 0x86dd } as const;
/** Below this the field is a length. */
const LEAST_TYPE = 0x600;
const PROTOCOL = { ICMP: 1, TCP: 6, UDP: 17, ICMPV6: 58 } as const;
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  6: 'TCP',
  17: 'UDP',
  58: 'ICMPv6',
  132: 'SCTP',
};
/** Headers of IPv6 that only lead to the next. */
const IPV6_OPTIONS: ReadonlySet<number> = new Set([0, 43, 60]);
const IPV6_FRAGMENT = 44;
const TCP_FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];
const ICMP_TYPES: Readonly<Record<number, string>> = {
  0: 'echo reply',
  3: 'destination unreachable',
  5: 'redirect',
  8: 'echo request',
  11: 'time exceeded',
};
const ICMPV6_TYPES: Readonly<Record<number, string>> = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  128: 'echo request',
  129: 'echo reply',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
};

class Frame {
  readonly layers: FrameLayer[] = [];
  summary = '';
  at = 0;
  end: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.end = bytes.length;
  }

  ethernet(): void {
    if (!this.#fits('Ethernet', ETHERNET_BYTES)) return;
    const [to, from] = [this.#mac(0), this.#mac(6)];
    const type = this.#u16(12);
    this.summary = `${from} \u2192 ${to}`;
    this.#add('Ethernet', ETHERNET_BYTES, [
      ['destination', `${to}${castOf(this.#bytes)}`],
      ['source', from],
      [type < LEAST_TYPE ? 'length' : 'type', typeWords(type)],
    ]);
    this.#next(type);
  }

  #next(type: number): void {
    switch (type) {
      case TYPE.VLAN:
      case TYPE.VLAN_S:
        return this.#vlan();
      case TYPE.ARP:
        return this.#arp();
      case TYPE.IPV4:
        return this.#ipv4();
      case TYPE.IPV6:
        return this.#ipv6();
      default:
        this.summary += `, ${type < LEAST_TYPE ? `${type} bytes` : `type ${typeWords(type)}`}`;
    }
  }

  #vlan(): void {
    if (!this.#fits('VLAN', 4)) return;
    const [tag, type] = [this.#u16(this.at), this.#u16(this.at + 2)];
    this.#add('VLAN', 4, [
      ['network', String(tag & 0xfff)],
      ['priority', String(tag >> 13)],
      ['type', typeWords(type)],
    ]);
    this.#next(type);
  }

  #arp(): void {
    if (!this.#fits('ARP', 28)) return;
    const { at } = this;
    const asks = this.#u16(at + 6) === 1;
    const [fromIp, toIp] = [this.#ip4(at + 14), this.#ip4(at + 24)];
    this.summary = asks ? `who has ${toIp}? tell ${fromIp}` : `${fromIp} is at ${this.#mac(at + 8)}`;
    this.#add('ARP', 28, [
      ['operation', asks ? 'request' : this.#u16(at + 6) === 2 ? 'reply' : String(this.#u16(at + 6))],
      ['sender', `${this.#mac(at + 8)}, ${fromIp}`],
      ['target', `${this.#mac(at + 18)}, ${toIp}`],
    ]);
  }

  #ipv4(): void {
    if (!this.#fits('IPv4', 20)) return;
    const { at } = this;
    const header = (this.#u8(at) & 0xf) * 4;
    const total = this.#u16(at + 2);
    const fragment = this.#u16(at + 6);
    const protocol = this.#u8(at + 9);
    const [from, to] = [this.#ip4(at + 12), this.#ip4(at + 16)];
    const wrong = [
      ...(this.#u8(at) >> 4 === 4 ? [] : [`its version is ${this.#u8(at) >> 4}`]),
      ...(header < 20 ? [`a header of ${header} bytes`] : []),
      ...(total > this.end - at ? [`it claims ${total} bytes, ${this.end - at} are there`] : []),
    ];
    const sum = header >= 20 && at + header <= this.end ? ones(csumPartial(this.#bytes, at, header)) : true;
    if (!sum) wrong.push('its header checksum is wrong');
    this.end = Math.min(this.end, at + total);
    this.summary = `${from} \u2192 ${to}`;
    const flags = [
      ...((fragment & 0x4000) === 0 ? [] : ["don't fragment"]),
      ...((fragment & 0x2000) === 0 ? [] : ['more fragments']),
    ];
    this.#add(
      'IPv4',
      Math.max(20, header),
      [
        ['source', from],
        ['destination', to],
        ['length', `${total} bytes`],
        ['identification', hex(this.#u16(at + 4), 4)],
        ['fragment', [...flags, `offset ${(fragment & 0x1fff) * 8}`].join(', ')],
        ['time to live', String(this.#u8(at + 8))],
        ['protocol', protocolWords(protocol)],
        ['checksum', `${hex(this.#u16(at + 10), 4)}, ${sum ? 'right' : 'wrong'}`],
      ],
      wrong,
    );
    const isFirst = (fragment & 0x1fff) === 0;
    if (isFirst && wrong.length === 0)
      this.#transport(
        protocol,
        (length) => csumPseudo(this.#bytes, at + 12, 8, protocol, length),
        (fragment & 0x2000) !== 0,
      );
    else if (!isFirst) this.summary += `, fragment of ${protocolWords(protocol)}`;
  }

  #ipv6(): void {
    if (!this.#fits('IPv6', 40)) return;
    const { at } = this;
    const length = this.#u16(at + 4);
    const [from, to] = [this.#ip6(at + 8), this.#ip6(at + 24)];
    let next = this.#u8(at + 6);
    const wrong = length > this.end - at - 40 ? [`it claims ${length} bytes, ${this.end - at - 40} are there`] : [];
    this.end = Math.min(this.end, at + 40 + length);
    this.summary = `${from} \u2192 ${to}`;
    this.#add(
      'IPv6',
      40,
      [
        ['source', from],
        ['destination', to],
        ['payload', `${length} bytes`],
        ['hop limit', String(this.#u8(at + 7))],
        ['next header', protocolWords(next)],
      ],
      wrong,
    );
    while (IPV6_OPTIONS.has(next) && this.at + 8 <= this.end) {
      const bytes = 8 + 8 * this.#u8(this.at + 1);
      next = this.#u8(this.at);
      this.#add('IPv6 options', Math.min(bytes, this.end - this.at), [['next header', protocolWords(next)]]);
    }
    if (next === IPV6_FRAGMENT) this.summary += ', fragment';
    else this.#transport(next, (bytes) => csumPseudo(this.#bytes, at + 8, 32, next, bytes), false);
  }

  #transport(protocol: number, pseudo: (length: number) => number, cut: boolean): void {
    const isWhole = !cut;
    switch (protocol) {
      case PROTOCOL.UDP:
        return this.#udp(pseudo, isWhole);
      case PROTOCOL.TCP:
        return this.#tcp(pseudo, isWhole);
      case PROTOCOL.ICMP:
        return this.#icmp('ICMP', ICMP_TYPES, () => 0, isWhole);
      case PROTOCOL.ICMPV6:
        return this.#icmp('ICMPv6', ICMPV6_TYPES, pseudo, isWhole);
      default:
        this.summary += `, ${protocolWords(protocol)}`;
    }
  }

  #udp(pseudo: (length: number) => number, isWhole: boolean): void {
    if (!this.#fits('UDP', 8)) return;
    const { at } = this;
    const length = this.#u16(at + 4);
    const sum = this.#u16(at + 6);
    const there = this.end - at;
    const verdict = sum === 0 ? 'none' : this.#sumOf(pseudo, there, isWhole && length === there);
    this.summary += `, port ${this.#u16(at)} \u2192 ${this.#u16(at + 2)}, ${Math.max(0, length - 8)} bytes`;
    this.#add(
      'UDP',
      8,
      [
        ['ports', `${this.#u16(at)} \u2192 ${this.#u16(at + 2)}`],
        ['length', `${length} bytes`],
        ['checksum', `${hex(sum, 4)}, ${verdict}`],
      ],
      problemsOf(verdict),
    );
  }

  #tcp(pseudo: (length: number) => number, isWhole: boolean): void {
    if (!this.#fits('TCP', 20)) return;
    const { at } = this;
    const header = (this.#u8(at + 12) >> 4) * 4;
    const flags = TCP_FLAGS.filter((_, bit) => ((this.#u8(at + 13) >> bit) & 1) === 1).join(' ') || 'none';
    const verdict = this.#sumOf(pseudo, this.end - at, isWhole);
    this.summary += `, port ${this.#u16(at)} \u2192 ${this.#u16(at + 2)}, ${flags}`;
    this.#add(
      'TCP',
      Math.min(Math.max(20, header), this.end - at),
      [
        ['ports', `${this.#u16(at)} \u2192 ${this.#u16(at + 2)}`],
        ['sequence', String(this.#u32(at + 4))],
        ['acknowledges', String(this.#u32(at + 8))],
        ['flags', flags],
        ['window', String(this.#u16(at + 14))],
        ['checksum', `${hex(this.#u16(at + 16), 4)}, ${verdict}`],
      ],
      problemsOf(verdict),
    );
  }

  #icmp(
    name: string,
    types: Readonly<Record<number, string>>,
    pseudo: (length: number) => number,
    isWhole: boolean,
  ): void {
    if (!this.#fits(name, 8)) return;
    const { at } = this;
    const type = this.#u8(at);
    const verdict = this.#sumOf(pseudo, this.end - at, isWhole);
    const words = types[type] ?? `type ${type}`;
    const echo = words.startsWith('echo');
    this.summary += `, ${words}${echo ? ` ${this.#u16(at + 6)}` : ''}`;
    this.#add(
      name,
      8,
      [
        ['type', `${words} (${type}), code ${this.#u8(at + 1)}`],
        ['checksum', `${hex(this.#u16(at + 2), 4)}, ${verdict}`],
        ...(echo
          ? ([
              ['identifier', String(this.#u16(at + 4))],
              ['sequence', String(this.#u16(at + 6))],
            ] as const)
          : []),
      ],
      problemsOf(verdict),
    );
  }

  #sumOf(pseudo: (length: number) => number, length: number, isWhole: boolean): 'right' | 'wrong' | 'not checked' {
    if (!isWhole) return 'not checked';
    return ones(csumPartial(this.#bytes, this.at, length, pseudo(length))) ? 'right' : 'wrong';
  }

  #add(name: string, bytes: number, fields: readonly LayerField[], problems: readonly string[] = []): void {
    this.layers.push({ name, offset: this.at, bytes, fields, problems });
    this.at += bytes;
  }

  #fits(name: string, bytes: number): boolean {
    if (this.at + bytes <= this.end) return true;
    const there = Math.max(0, this.end - this.at);
    this.layers.push({
      ...{ name, offset: this.at, bytes: there, fields: [] },
      problems: [`${there} bytes are there, its header has ${bytes}`],
    });
    this.summary += `${this.summary === '' ? '' : ', '}${name} cut off`;
    this.at = this.end;
    return false;
  }

  #u8(at: number): number {
    return this.#view.getUint8(at);
  }

  #u16(at: number): number {
    return this.#view.getUint16(at);
  }

  #u32(at: number): number {
    return this.#view.getUint32(at);
  }

  #mac(at: number): string {
    return Array.from(this.#bytes.subarray(at, at + 6), (byte) => byte.toString(16).padStart(2, '0')).join(':');
  }

  #ip4(at: number): string {
    return this.#bytes.subarray(at, at + 4).join('.');
  }

  #ip6(at: number): string {
    return ip6Words(Array.from({ length: 8 }, (_, index) => this.#u16(at + 2 * index)));
  }
}

/** The first of the longest runs of zeros is left out (RFC 5952). */
function ip6Words(groups: readonly number[]): string {
  let [best, most] = [0, 1];
  for (let from = 0; from < groups.length; from++) {
    let length = 0;
    while (groups[from + length] === 0) length++;
    if (length > most) [best, most] = [from, length];
  }
  const words = groups.map((group) => group.toString(16));
  if (most < 2) return words.join(':');
  return `${words.slice(0, best).join(':')}::${words.slice(best + most).join(':')}`;
}

/** A sum over bytes with their own checksum among them. */
function ones(sum: number): boolean {
  let folded = sum;
  while (folded > 0xffff) folded = Math.floor(folded / 0x1_0000) + (folded % 0x1_0000);
  return folded === 0xffff;
}

function castOf(bytes: Uint8Array): string {
  if (bytes.subarray(0, 6).every((byte) => byte === 0xff)) return ' (broadcast)';
  return ((bytes[0] as number) & 1) === 1 ? ' (multicast)' : '';
}

function typeWords(type: number): string {
  if (type < LEAST_TYPE) return `${type} bytes`;
  const [name] = Object.entries(TYPE).find(([, number]) => number === type) ?? [];
  return name === undefined ? hex(type, 4) : `${TYPE_NAMES[name] ?? name} (${hex(type, 4)})`;
}
const TYPE_NAMES: Readonly<Record<string, string>> = { IPV4: 'IPv4', IPV6: 'IPv6', VLAN_S: 'VLAN, outer' };

function protocolWords(protocol: number): string {
  const name = PROTOCOLS[protocol];
  return name === undefined ? `protocol ${protocol}` : `${name} (${protocol})`;
}

function problemsOf(verdict: string): readonly string[] {
  return verdict === 'wrong' ? ['its checksum is wrong'] : [];
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}
