// What would become of a received packet, as data and without a bus: under the checks of the patch, of Linux 6.12, and
// the right ones that the driver has. For tools and comparisons; the driver's own way is router.ts.
import { APR_DEST, APR_DOMAIN, APR_HDR_SIZE, APR_SVC } from './constants.js';
import { APR_REFUSALS, type AprReason, checkApr, NO_DRIVER, NO_SERVICE, PASSED } from './receive.js';

/** Whose checks: the patch's, Linux 6.12's, the right ones. */
export type AprProfile = 'seed' | 'mainline' | 'hardened';

/** A packet as a channel gives it. */
export interface AprReceived {
  /** Undefined where there is no buffer. */
  readonly bytes: Uint8Array | undefined;
  /** What the channel says; that of the bytes, unless somebody is wrong. */
  readonly length: number;
}

/** A service that is there, in the order of the coming. */
export interface AprListed {
  readonly domain: number;
  readonly svc: number;
  /** Whether it has a driver. */
  readonly bound: boolean;
  /** Whether that driver has a callback; it has when left out. */
  readonly listens?: boolean;
}

/** A packet that nobody gets. */
export interface AprDrop {
  readonly kind: 'drop';
  readonly reason: AprReason | 'packet-size-small' | 'no-memory';
  /** R1 to R8 of the patch, M1 and M2 of Linux, or the weakness of the patch that the check closes. */
  readonly rule: string;
  readonly ret: number;
  /** The line in the log; undefined where there is none. `<ptr>` stands for a pointer. */
  readonly message: string | undefined;
}

/** A packet that a driver gets. */
export interface AprDelivery<T> {
  readonly kind: 'deliver';
  readonly to: T;
  /** An APR_DEST; undefined in Linux 6.12. */
  readonly src: number | undefined;
  /** What the driver is told; in the patch it wraps around at 16 bits, in Linux it may be below zero. */
  readonly payloadSize: number;
  readonly payloadOffset: number;
  /** How much of that is there. Less means that the driver reads beyond the packet. */
  readonly inBuffer: number;
}

/** What becomes of a packet. */
export type AprVerdict<T> = AprDrop | AprDelivery<T> | { readonly kind: 'crash'; readonly why: string };

/** Judges one packet. */
export function judgeApr<T extends AprListed>(
  profile: AprProfile,
  packet: AprReceived,
  services: readonly T[],
): AprVerdict<T> {
  return JUDGES[profile](packet, services);
}

const JUDGES = { seed: judgeSeed, mainline: judgeMainline, hardened: judgeHardened } as const;

const EINVAL = -22;
const ENOMEM = -12;

const byte = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;
const sizeIn = (bytes: Uint8Array): number => byte(bytes, 2) | (byte(bytes, 3) << 8);
const headerIn = (bytes: Uint8Array): number => (byte(bytes, 0) & 0xf0) >> 2;
const versionIn = (bytes: Uint8Array): number => byte(bytes, 0) & 0xf;

function drop(reason: AprDrop['reason'], rule: string, message?: string, ret = EINVAL): AprDrop {
  return { kind: 'drop', reason, rule, ret, message };
}

function improper({ bytes, length }: AprReceived): string {
  return `APR: Improper apr pkt received:${bytes === undefined ? '(null)' : '<ptr>'} ${length}`;
}

function isOutOfRange(bytes: Uint8Array): boolean {
  const isDomain = (at: number): boolean => byte(bytes, at) < APR_DOMAIN.MAX;
  const isService = (at: number): boolean => byte(bytes, at) < APR_SVC.MAX;
  return !(isDomain(5) && isDomain(9) && isService(4) && isService(8));
}

function sourceOf(bytes: Uint8Array): number {
  const from = byte(bytes, 5);
  if (from === APR_DOMAIN.MODEM) return APR_DEST.MODEM;
  return from === APR_DOMAIN.ADSP ? APR_DEST.QDSP6 : APR_DEST.MAX;
}

/** R1 to R9. The length is compared as an unsigned number, so one below zero passes. */
function judgeSeed<T extends AprListed>(packet: AprReceived, services: readonly T[]): AprVerdict<T> {
  const { bytes, length } = packet;
  if (bytes === undefined) return drop('bad-buffer', 'R1', improper(packet));
  if (length >= 0 && length <= APR_HDR_SIZE) return drop('short', 'R1', improper(packet));
  if (versionIn(bytes) > 1) return drop('version', 'R2');
  const header = headerIn(bytes);
  if (header < APR_HDR_SIZE) return drop('header-size-small', 'R3', `APR: Wrong hdr size:${header}`);
  const size = sizeIn(bytes);
  if (size < APR_HDR_SIZE) return drop('packet-size-small', 'R4', 'APR: Wrong paket size');
  if (isOutOfRange(bytes)) return drop('address-range', 'R6', 'APR: Wrong APR header');
  const src = sourceOf(bytes);
  if (src === APR_DEST.MAX) return drop('source-domain', 'R7');
  const to = services.find(({ svc }) => svc === byte(bytes, 8));
  if (to?.bound !== true)
    return drop(to === undefined ? 'no-such-service' : 'no-driver', 'R8', 'APR: service is not registered');
  if (to.listens === false) return { kind: 'crash', why: 'a driver without callback is called' };
  return delivery(to, src, bytes, (size - header) & 0xffff);
}

/** M1 to M4: copied first, one entry per number, and the wrong device is asked for its driver. */
function judgeMainline<T extends AprListed>(packet: AprReceived, services: readonly T[]): AprVerdict<T> {
  const { bytes, length } = packet;
  if (length >= 0 && length <= APR_HDR_SIZE) return drop('short', 'M1', improper(packet));
  if (length < 0) return drop('no-memory', 'M1', undefined, ENOMEM);
  if (bytes === undefined) return { kind: 'crash', why: 'there is no buffer to copy' };
  if (versionIn(bytes) > 1) return drop('version', 'M2');
  const header = headerIn(bytes);
  if (header < APR_HDR_SIZE) return drop('header-size-small', 'M2', `APR: Wrong hdr size:${header}`);
  const size = sizeIn(bytes);
  if (size < APR_HDR_SIZE || size !== length) return drop('packet-size-mismatch', 'M2', 'APR: Wrong packet size');
  if (isOutOfRange(bytes)) return drop('address-range', 'M2', 'APR: Wrong APR header');
  const svc = byte(bytes, 8);
  const to = services.find((service) => service.svc === svc);
  if (to === undefined) return drop('no-such-service', 'M2', `APR: service is not registered (${svc})`);
  if (!to.bound || to.listens === false) return { kind: 'crash', why: 'a service without driver is called' };
  return delivery(to, undefined, bytes, size - header);
}

/** The driver's own: a driver that does not listen is none. */
function judgeHardened<T extends AprListed>(packet: AprReceived, services: readonly T[]): AprVerdict<T> {
  const { bytes, length } = packet;
  if (bytes === undefined || length < 0 || length > bytes.length) return drop('bad-buffer', 'R1', improper(packet));
  const refused = checkApr(bytes, length);
  if (refused !== PASSED) return refusal(refused, packet);
  const fits = services.filter(({ domain, svc }) => domain === bytes[5] && svc === bytes[8]);
  const to = fits.find(({ bound, listens }) => bound && listens !== false);
  if (to === undefined) return refusal(fits.length === 0 ? NO_SERVICE : NO_DRIVER, packet);
  return delivery(to, sourceOf(bytes), bytes, length - headerIn(bytes));
}

function refusal(number: number, packet: AprReceived): AprDrop {
  const { reason, rule, ret, message } = APR_REFUSALS[number] as (typeof APR_REFUSALS)[number];
  return { kind: 'drop', reason, rule, ret, message: message(packet) };
}

function delivery<T>(to: T, src: number | undefined, bytes: Uint8Array, payloadSize: number): AprDelivery<T> {
  const header = headerIn(bytes);
  const inBuffer = Math.max(0, Math.min(payloadSize, bytes.length - header));
  return { kind: 'deliver', to, src, payloadSize, payloadOffset: payloadSize === 0 ? -1 : header, inBuffer };
}
