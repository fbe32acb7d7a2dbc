// Frames with IP in them for tests, whose checksums are made here in the plainest way: word by word, with carries.

/** What a frame is to have. */
export interface IpFrame {
  readonly version: 4 | 6;
  readonly protocol: 'tcp' | 'udp';
  readonly payload: number;
  /** Tags in front of the IP header. */
  readonly vlans?: number;
  /** Words of IPv4 options, or of one IPv6 destination header in units of 8 bytes. */
  readonly options?: number;
  /** Checksums are left at these values. */
  readonly sum?: number;
}

/** The one's complement sum, as RFC 1071 tells it. */
function plainSum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    sum += (bytes[i] as number) * 256 + (bytes[i + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

/** A frame, and where its headers are. */
export interface Built {
  readonly frame: Uint8Array;
  readonly ip: number;
  readonly l4: number;
}

/** Builds one. */
export function ipFrame(want: IpFrame): Built {
  const { version, protocol, payload, vlans = 0, options = 0, sum } = want;
  const ip = 14 + 4 * vlans;
  const header = version === 4 ? 20 + 4 * options : 40 + 8 * options;
  const l4 = ip + header;
  const own = protocol === 'tcp' ? 20 : 8;
  const frame = new Uint8Array(l4 + own + payload);
  const view = new DataView(frame.buffer);
  for (let i = 0; i < frame.length; i++) frame[i] = (i * 11 + 3) & 0xff;
  frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]);
  for (let i = 0; i < vlans; i++) view.setUint32(12 + 4 * i, 0x8100_0005);
  view.setUint16(ip - 2, version === 4 ? 0x0800 : 0x86dd);
  const number = protocol === 'tcp' ? 6 : 17;
  if (version === 4) v4(view, ip, header, own + payload, number);
  else v6(view, ip, options, own + payload, number);
  if (protocol === 'udp') view.setUint16(l4 + 4, own + payload);
  else view.setUint8(l4 + 12, 0x50);
  sums(frame, view, { version, ip, header, l4, number }, sum);
  return { frame, ip, l4 };
}

function v4(view: DataView, ip: number, header: number, rest: number, protocol: number): void {
  view.setUint8(ip, 0x40 | (header / 4));
  view.setUint16(ip + 2, header + rest);
  view.setUint16(ip + 6, 0x4000);
  view.setUint8(ip + 9, protocol);
}

function v6(view: DataView, ip: number, options: number, rest: number, protocol: number): void {
  view.setUint32(ip, 0x6000_0000);
  view.setUint16(ip + 4, 8 * options + rest);
  view.setUint8(ip + 6, options > 0 ? 60 : protocol);
  if (options === 0) return;
  view.setUint8(ip + 40, protocol);
  view.setUint8(ip + 41, options - 1);
}

interface Place {
  readonly version: 4 | 6;
  readonly ip: number;
  readonly header: number;
  readonly l4: number;
  readonly number: number;
}

function sums(frame: Uint8Array, view: DataView, at: Place, fixed: number | undefined): void {
  const { version, ip, header, l4, number } = at;
  if (version === 4) {
    view.setUint16(ip + 10, 0);
    view.setUint16(ip + 10, fixed ?? ~plainSum(frame.subarray(ip, ip + header)) & 0xffff);
  }
  const field = l4 + (number === 6 ? 16 : 6);
  view.setUint16(field, 0);
  const addresses = version === 4 ? frame.subarray(ip + 12, ip + 20) : frame.subarray(ip + 8, ip + 40);
  const body = frame.subarray(l4);
  const all = Uint8Array.of(...addresses, 0, number, body.length >> 8, body.length & 0xff, ...body);
  const sum = ~plainSum(all) & 0xffff;
  view.setUint16(field, fixed ?? (number === 17 && sum === 0 ? 0xffff : sum));
}
