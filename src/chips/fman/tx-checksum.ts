// Checksums of a frame that goes out, by the parse results that software wrote.
import { L3, L4, PR } from './parser.js';
import { pseudoSum } from './parser.js';
import { type KnownSum, onesSum } from './sum.js';

const PROTOCOL = { tcp: 6, udp: 17 } as const;

/**
 * Replaces the checksums that the results ask for. Answers in words what they ask for and the frame does not have; the
 * frame is then left as it is from there on.
 */
export function insertChecksums(frame: Uint8Array, results: Uint8Array, known: KnownSum): string | undefined {
  const l3 = ((results[PR.l3] as number) << 8) | (results[PR.l3 + 1] as number);
  const l4 = (results[PR.l4] as number) & 0xe0;
  const ip = results[PR.ipFirst] as number;
  const at = results[PR.l4Offset] as number;
  const ipv4 = (l3 & L3.ipv4) !== 0;
  if (!ipv4 && (l3 & L3.ipv6) === 0) return 'parse results name no IP';
  if (ip + (ipv4 ? 20 : 40) > frame.length) return 'IP header beyond the end of the frame';
  if (ipv4) {
    const length = ((frame[ip] as number) & 0xf) * 4;
    if (length < 20 || ip + length > frame.length) return `IPv4 header of ${length} bytes`;
    put(frame, ip + 10, 0);
    put(frame, ip + 10, ~onesSum(frame, ip, ip + length));
  }
  if (l4 !== L4.tcp && l4 !== L4.udp) return undefined;
  return insertL4(frame, ip, !ipv4, at, l4 === L4.udp, known);
}

function insertL4(
  frame: Uint8Array,
  ip: number,
  ipv6: boolean,
  at: number,
  udp: boolean,
  known: KnownSum,
): string | undefined {
  const total = ((frame[ip + (ipv6 ? 4 : 2)] as number) << 8) | (frame[ip + (ipv6 ? 5 : 3)] as number);
  const end = Math.min(frame.length, ip + total + (ipv6 ? 40 : 0));
  const field = at + (udp ? 6 : 16);
  if (at <= ip || field + 2 > end) return 'TCP or UDP header beyond the end of the packet';
  put(frame, field, 0);
  const protocol = udp ? PROTOCOL.udp : PROTOCOL.tcp;
  const pseudo = pseudoSum(frame, ip, ipv6, protocol, end - at);
  const sum = foldedNot(pseudo + onesSum(frame, at, end));
  put(frame, field, udp && sum === 0 ? 0xffff : sum);
  known.frame = frame;
  known.ip = ip;
  known.l4 = at;
  known.end = end;
  known.protocol = protocol;
  return undefined;
}

function foldedNot(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return ~rest & 0xffff;
}

function put(frame: Uint8Array, at: number, value: number): void {
  frame[at] = value >> 8;
  frame[at + 1] = value;
}
