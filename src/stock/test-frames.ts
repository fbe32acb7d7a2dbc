// Frames that an activity sends: UDP and, now and then, an echo request of ICMP, with a number in each, so that whoever
// receives them knows which are missing.
import { csumFold, csumPartial, csumPseudo } from '../core/skb-checksum.js';

/** The shortest frame on a wire; shorter ones are filled up. */
export const LEAST_FRAME = 60;

const HEADER = 14;
const IP_BYTES = 20;
const L4_BYTES = 8;
/** Where the number stands: the first bytes of the payload. */
const NUMBER_AT = HEADER + IP_BYTES + L4_BYTES;
const IPV4 = 0x0800;
const UDP = 17;
const ICMP = 1;
const ECHO_REQUEST = 8;
/** Networks for documents and tests (RFC 5737); the discard service (RFC 863). */
const HOSTS = 0xc000_0200;
const DISCARD = 9;
const SOURCE_PORT = 5001;
const TTL = 64;
const DONT_FRAGMENT = 0x4000;
/** Every eighth frame is an echo request. */
const ECHO_EVERY = 8;

/** Who sends to whom: addresses of Ethernet, and the last part of those of IP. */
export interface FrameEnds {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly fromHost: number;
  readonly toHost: number;
}

/** Frame `number` of `length` bytes, check sequence not counted. */
export function testFrame({ from, to, fromHost, toHost }: FrameEnds, number: number, length: number): Uint8Array {
  const frame = new Uint8Array(length);
  const view = new DataView(frame.buffer);
  const echo = number % ECHO_EVERY === ECHO_EVERY - 1;
  frame.set(to, 0);
  frame.set(from, 6);
  view.setUint16(12, IPV4);
  view.setUint16(HEADER, 0x4500);
  view.setUint16(HEADER + 2, length - HEADER);
  view.setUint16(HEADER + 4, number & 0xffff);
  view.setUint16(HEADER + 6, DONT_FRAGMENT);
  view.setUint8(HEADER + 8, TTL);
  view.setUint8(HEADER + 9, echo ? ICMP : UDP);
  view.setUint32(HEADER + 12, HOSTS + fromHost);
  view.setUint32(HEADER + 16, HOSTS + toHost);
  view.setUint16(HEADER + 10, csumFold(csumPartial(frame, HEADER, IP_BYTES)));
  view.setUint32(NUMBER_AT, number >>> 0);
  for (let at = NUMBER_AT + 4; at < length; at++) frame[at] = (at + number) & 0xff;
  if (echo) echoHeader(frame, view, number);
  else udpHeader(frame, view);
  return frame;
}

function udpHeader(frame: Uint8Array, view: DataView): void {
  const at = HEADER + IP_BYTES;
  const bytes = frame.length - at;
  view.setUint16(at, SOURCE_PORT);
  view.setUint16(at + 2, DISCARD);
  view.setUint16(at + 4, bytes);
  const sum = csumFold(csumPartial(frame, at, bytes, csumPseudo(frame, HEADER + 12, 8, UDP, bytes)));
  view.setUint16(at + 6, sum === 0 ? 0xffff : sum);
}

function echoHeader(frame: Uint8Array, view: DataView, number: number): void {
  const at = HEADER + IP_BYTES;
  view.setUint8(at, ECHO_REQUEST);
  view.setUint16(at + 4, SOURCE_PORT);
  view.setUint16(at + 6, number & 0xffff);
  view.setUint16(at + 2, csumFold(csumPartial(frame, at, frame.length - at)));
}

/** The number of a frame that `testFrame` made; undefined for any other. */
export function testFrameNumber(frame: Uint8Array): number | undefined {
  if (frame.length < LEAST_FRAME) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const at = HEADER + IP_BYTES;
  if (view.getUint16(12) !== IPV4 || view.getUint16(HEADER) !== 0x4500) return undefined;
  const number = view.getUint32(NUMBER_AT);
  const protocol = view.getUint8(HEADER + 9);
  if (protocol === UDP) return view.getUint32(at) === SOURCE_PORT * 0x1_0000 + DISCARD ? number : undefined;
  return protocol === ICMP && view.getUint16(at + 4) === SOURCE_PORT ? number : undefined;
}
