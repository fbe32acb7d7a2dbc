// Who gets a received packet, or why nobody does: the checks of the patch (R1 to R8), of Linux 6.12 and the right ones,
// each as one function that answers the number of a row in a table. What the row means is data: rule, errno, message.
import { APR_DOMAIN, APR_HDR_SIZE, APR_SVC, GPR_HDR_SIZE } from './constants.js';

/** Why a packet is not delivered. */
export type AprReason =
  | 'bad-buffer'
  | 'short'
  | 'version'
  | 'header-size-small'
  | 'packet-size-mismatch'
  | 'header-past-packet'
  | 'address-range'
  | 'source-domain'
  | 'no-such-service'
  | 'no-driver'
  | 'queue-full';

/** What is known of a packet when a message about it is written. */
export interface AprSubject {
  /** Undefined where there is no buffer. */
  readonly bytes: Uint8Array | undefined;
  readonly length: number;
}

/** One way to be refused. */
export interface AprRefusal {
  readonly reason: AprReason;
  /** The rule of the patch where it has one, else the weakness that it closes. */
  readonly rule: string;
  /** What a caller is told: -EINVAL. */
  readonly ret: number;
  /** The line in the log; `<ptr>` stands for a pointer. */
  readonly message: (packet: AprSubject) => string;
}

const EINVAL = -22;

const byte = ({ bytes }: AprSubject, at: number): number => bytes?.[at] ?? 0;
const half = (packet: AprSubject, at: number): number => byte(packet, at) | (byte(packet, at + 1) << 8);
const versionOf = (packet: AprSubject): number => byte(packet, 0) & 0xf;
const wordsOf = (packet: AprSubject): number => byte(packet, 0) >> 4;

const improper = ({ bytes, length }: AprSubject): string =>
  `APR: Improper apr pkt received:${bytes === undefined ? '(null)' : '<ptr>'} ${length}`;
const wrongHeader = (packet: AprSubject): string => `APR: Wrong hdr size:${wordsOf(packet) * 4}`;
const wrongAddress = (): string => 'APR: Wrong APR header';
const notRegistered = (): string => 'APR: service is not registered';

/** What is received but does not reach from one end to the other is named with both numbers. */
const sizeMismatch = (packet: AprSubject): string => {
  const size = half(packet, 2);
  return size < APR_HDR_SIZE ? 'APR: Wrong paket size' : `APR: packet size is ${size}, received were ${packet.length}`;
};

const row = (reason: AprReason, rule: string, message: AprRefusal['message']): AprRefusal => ({
  reason,
  rule,
  ret: EINVAL,
  message,
});

/** Answered by a check when nothing is wrong so far. */
export const PASSED = -1;
const SHORT = 1;
const VERSION = 2;
const HEADER_SMALL = 3;
const SIZE_MISMATCH = 4;
const HEADER_PAST = 5;
/** Nothing is registered under the key. */
export const NO_SERVICE = 6;
/** What is registered has no driver that listens. */
export const NO_DRIVER = 7;
/** Too many packets wait for that service. */
export const QUEUE_FULL = 8;
const ADDRESS = 9;
const SOURCE = 10;

/** The ways to be refused by the right checks, by number; the last two are not there for GPR. */
export const APR_REFUSALS: readonly AprRefusal[] = [
  row('bad-buffer', 'R1', improper),
  row('short', 'R1', improper),
  row('version', 'R2', (packet) => `APR: Wrong version:${versionOf(packet)}`),
  row('header-size-small', 'R3', wrongHeader),
  row('packet-size-mismatch', 'R4', sizeMismatch),
  row('header-past-packet', 'W2', (packet) => `APR: header of ${wordsOf(packet) * 4} bytes in ${packet.length}`),
  row('no-such-service', 'R8', notRegistered),
  row('no-driver', 'R8', notRegistered),
  row('queue-full', 'W8', (packet) => `APR: too many packets wait for service ${byte(packet, 8)}`),
  row('address-range', 'R6', wrongAddress),
  row('source-domain', 'R7', (packet) => `APR: Wrong source domain:${byte(packet, 5)}`),
];

/** The same for GPR; where Linux has a line, it is that. */
export const GPR_REFUSALS: readonly AprRefusal[] = [
  row('bad-buffer', 'G3', improper),
  row('short', 'G3', (packet) => `GPR: Improper gpr pkt received: ${packet.length}`),
  row('version', 'G3', (packet) => `GPR: Wrong version:${versionOf(packet)}`),
  row('header-size-small', 'G3', (packet) => `GPR: Wrong hdr size:${wordsOf(packet)}`),
  row('packet-size-mismatch', 'G3', () => 'GPR: Wrong packet size'),
  row('header-past-packet', 'W2', (packet) => `GPR: header of ${wordsOf(packet) * 4} bytes in ${packet.length}`),
  row('no-such-service', 'G3', (packet) => `GPR: Port(${portText(packet)}) is not registered`),
  row('no-driver', 'G3', (packet) => `GPR: Port(${portText(packet)}) is not registered`),
  row('queue-full', 'W8', (packet) => `GPR: too many packets wait for port ${portText(packet)}`),
];

function portText(packet: AprSubject): string {
  return ((half(packet, 12) | (half(packet, 14) << 16)) >>> 0).toString(16);
}

/** Bytes of the header by the first byte of a packet; 0 for a version that is none. One look instead of three. */
const HEADERS = Uint8Array.from({ length: 256 }, (_, byte) => ((byte & 0xf) > 1 ? 0 : (byte & 0xf0) >> 2));

/** The right checks of an APR packet up to its source: the number of the refusal, or PASSED. The hot path. */
export function checkApr(bytes: Uint8Array, length: number): number {
  if (length < APR_HDR_SIZE) return SHORT;
  const headerBytes = HEADERS[bytes[0] as number] as number;
  const size = (bytes[2] as number) | ((bytes[3] as number) << 8);
  if (headerBytes < APR_HDR_SIZE || size !== length || headerBytes > length)
    return whyHeader(bytes[0] as number, size, length);
  const from = bytes[5] as number;
  if (from >= APR_DOMAIN.MAX || (bytes[9] as number) >= APR_DOMAIN.MAX) return ADDRESS;
  if ((bytes[4] as number) >= APR_SVC.MAX || (bytes[8] as number) >= APR_SVC.MAX) return ADDRESS;
  return from === APR_DOMAIN.MODEM || from === APR_DOMAIN.ADSP ? PASSED : SOURCE;
}

/** What is wrong with a header that is wrong, the first in order. */
function whyHeader(first: number, size: number, length: number): number {
  if ((first & 0xf) > 1) return VERSION;
  if ((first & 0xf0) >> 2 < APR_HDR_SIZE) return HEADER_SMALL;
  return size !== length ? SIZE_MISMATCH : HEADER_PAST;
}

/** The right checks of a GPR packet: the number of the refusal, or PASSED. */
export function checkGpr(bytes: Uint8Array, length: number): number {
  if (length < GPR_HDR_SIZE) return SHORT;
  const field = bytes[0] as number;
  if ((field & 0xf) > 1) return VERSION;
  const headerBytes = (field & 0xf0) >> 2;
  if (headerBytes < GPR_HDR_SIZE) return HEADER_SMALL;
  if (((bytes[1] as number) | ((bytes[2] as number) << 8) | ((bytes[3] as number) << 16)) !== length)
    return SIZE_MISMATCH;
  return headerBytes > length ? HEADER_PAST : PASSED;
}

/** The port that a GPR packet goes to. */
export function gprDestPort(bytes: Uint8Array): number {
  const low = (bytes[12] as number) | ((bytes[13] as number) << 8);
  return (low | ((bytes[14] as number) << 16) | ((bytes[15] as number) << 24)) >>> 0;
}

/** The key of a service in a table: the processor that it runs on, and its number. */
export function serviceKey(domain: number, svc: number): number {
  return (domain << 8) | svc;
}
