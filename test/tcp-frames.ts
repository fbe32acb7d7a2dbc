// TCP segments for tests, made field by field from RFC 791, 8200, 9293 and 1071 as a sender would have sent each of
// them: no line of the project takes part.

/** What a segment is to have. */
export interface TcpSegment {
  readonly version: 4 | 6;
  /** Of the flow: addresses, ports and the rest of the headers come of it. */
  readonly flow: number;
  readonly vlans: number;
  /** Words of IPv4 options, or a destination header of IPv6 of as many times 8 bytes. */
  readonly ipOptions: number;
  /** Words of TCP options. */
  readonly tcpOptions: number;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly window: number;
  /** Number of an IPv4 packet. */
  readonly id: number;
  readonly payload: Uint8Array;
}

/** Flags of TCP. */
export const TCP = { FIN: 0x01, SYN: 0x02, RST: 0x04, PSH: 0x08, ACK: 0x10, URG: 0x20, ECE: 0x40, CWR: 0x80 } as const;

/** A plain one, changed as wanted. */
export function segment(change: Partial<TcpSegment> = {}): TcpSegment {
  const usual = { version: 4, flow: 1, vlans: 0, ipOptions: 0, tcpOptions: 3, flags: TCP.ACK } as const;
  const numbers = { seq: 1000, ack: 77, window: 501, id: 5 } as const;
  return { ...usual, ...numbers, payload: payloadOf(100), ...change };
}

/** Bytes that differ from place to place. */
export function payloadOf(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => ((i + from) * 7 + ((i + from) >> 8)) & 0xff);
}

const word = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
const long = (value: number): number[] => [...word(value >>> 16), ...word(value)];

/** RFC 1071: words added with their carries. */
function plainSum(bytes: readonly number[] | Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] as number) * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

/** Where the parts of its frame begin. */
export function placesOf({ version, vlans, ipOptions, tcpOptions }: TcpSegment): {
  readonly ip: number;
  readonly tcp: number;
  readonly payload: number;
} {
  const ip = 14 + 4 * vlans;
  const tcp = ip + (version === 4 ? 20 + 4 * ipOptions : 40 + 8 * ipOptions);
  return { ip, tcp, payload: tcp + 20 + 4 * tcpOptions };
}

/** Its frame. With `half` the checksum of TCP is that of the pseudo header, which somebody else goes on with. */
export function tcpFrame(want: TcpSegment, half = false): Uint8Array {
  const { version, flow, vlans, seq, ack, window, flags, tcpOptions, payload } = want;
  const tags = Array.from({ length: vlans }, (_, i) => [0x81, 0x00, i, flow & 0xff]).flat();
  const ethernet = [2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, ...tags, ...word(version === 4 ? 0x0800 : 0x86dd)];
  const options = Array.from({ length: 4 * tcpOptions }, (_, i) => (i % 4 === 3 ? 0x42 : 1));
  const offset = (5 + tcpOptions) << 4;
  const head = [...word(4000 + flow), ...word(5201), ...long(seq), ...long(ack), offset, flags, ...word(window)];
  const length = 20 + options.length + payload.length;
  const addresses = addressesOf(version, flow);
  const pseudo = [...addresses, ...long(length), 0, 0, 0, 6];
  const summed = half ? pseudo : [...pseudo, ...head, 0, 0, 0, 0, ...options, ...payload];
  const sum = plainSum(summed);
  const check = half ? sum : 0xffff - sum;
  const ip = version === 4 ? ipv4(want, length, addresses) : ipv6(want, length, addresses);
  const start = [...ethernet, ...ip, ...head, ...word(check), 0, 0, ...options];
  const frame = new Uint8Array(start.length + payload.length);
  frame.set(start);
  frame.set(payload, start.length);
  return frame;
}

function addressesOf(version: 4 | 6, flow: number): number[] {
  if (version === 4) return [10, 0, 0, flow & 0xff, 10, 0, 1, 2];
  return [0xfd, ...new Array<number>(14).fill(0), flow & 0xff, 0xfd, ...new Array<number>(14).fill(3), 2];
}

function ipv4({ ipOptions, id }: TcpSegment, length: number, addresses: readonly number[]): number[] {
  const options = new Array<number>(4 * ipOptions).fill(1);
  const head = [0x45 + ipOptions, 2, ...word(20 + options.length + length), ...word(id), 0x40, 0, 64, 6];
  const sum = 0xffff - plainSum([...head, 0, 0, ...addresses, ...options]);
  return [...head, ...word(sum), ...addresses, ...options];
}

function ipv6({ ipOptions }: TcpSegment, length: number, addresses: readonly number[]): number[] {
  const bytes = 8 * ipOptions;
  // One destination header, padded by PadN.
  const extension = ipOptions === 0 ? [] : [6, ipOptions - 1, 1, bytes - 4, ...new Array<number>(bytes - 4).fill(0)];
  return [0x60, 1, 2, 3, ...word(bytes + length), ipOptions === 0 ? 6 : 60, 64, ...addresses, ...extension];
}

/** Segments of one flow as a sender makes them of some payload: the last with these flags as well. */
export function streamOf(base: TcpSegment, size: number, lastFlags = 0): TcpSegment[] {
  const { payload, seq, id, flags } = base;
  const count = Math.max(1, Math.ceil(payload.length / size));
  return Array.from({ length: count }, (_, i) => ({
    ...base,
    seq: (seq + i * size) >>> 0,
    id: (id + i) & 0xffff,
    flags: flags | (i === count - 1 ? lastFlags : 0),
    payload: payload.subarray(i * size, (i + 1) * size),
  }));
}
