// What a bus would do with a received packet: that of the patch of 2017, of Linux 6.12, or one that checks what it
// should; and why, with the numbers of the packet. The checks of APR are the driver's own (drivers/qcom-apr/judge.ts).
import { hexNumber } from '../../base/bytes.js';
import { APR_DOMAIN, APR_HDR_SIZE, APR_SVC, GPR_HDR_SIZE } from '../../drivers/qcom-apr/constants.js';
import { type AprDrop, type AprProfile, judgeApr } from '../../drivers/qcom-apr/judge.js';
import {
  type AprRefusal,
  checkGpr,
  GPR_REFUSALS,
  NO_DRIVER,
  NO_SERVICE,
  PASSED,
} from '../../drivers/qcom-apr/receive.js';
import { type DecodedHeader, decodePacket, type Router } from './decode.js';
import { domainName, serviceName } from './names.js';

/** Whose checks. */
export const PROFILES = ['patch', 'linux-6.12', 'right'] as const;
/** One of them. */
export type Profile = (typeof PROFILES)[number];

/** A service on the bus. For GPR `svc` is its port. */
export interface Listener {
  readonly name: string;
  readonly domain: number;
  readonly svc: number;
  /** A driver is attached. */
  readonly bound: boolean;
}

/** A packet that nobody gets. */
export interface Refused {
  readonly kind: 'refused';
  /** R<n>: rule of the patch; M<n>: of Linux 6.12; G3: of GPR; W<n>: weakness that the right checks close. */
  readonly rule: string;
  readonly reason: string;
  /** In words, with the numbers of this packet. */
  readonly because: string;
  /** What the check answers. */
  readonly ret: number;
  /** The line in the kernel's log. */
  readonly log?: string;
}

/** What becomes of a packet. */
export type Verdict =
  | { readonly kind: 'delivered'; readonly to: string; readonly warning?: string }
  | Refused
  | { readonly kind: 'crash'; readonly rule: string; readonly because: string };

/** Judges a packet that came from the other processor. */
export function judge(bytes: Uint8Array, router: Router, profile: Profile, listeners: readonly Listener[]): Verdict {
  if (router === 'apr') return judgeAprPacket(bytes, profile, listeners);
  if (profile === 'right') return judgeGprRight(bytes, listeners);
  if (profile === 'linux-6.12') return judgeGprLinux(bytes, listeners);
  const because = 'the patch knows no GPR, only the channel of APR';
  return { kind: 'refused', rule: 'R1', reason: 'no-such-router', because, ret: EINVAL };
}

const EINVAL = -22;
const JUDGES: Readonly<Record<Profile, AprProfile>> = {
  patch: 'seed',
  'linux-6.12': 'mainline',
  right: 'hardened',
};

function judgeAprPacket(bytes: Uint8Array, profile: Profile, listeners: readonly Listener[]): Verdict {
  const packet: Packet = { bytes, header: decodePacket(bytes, 'apr').header, router: 'apr' };
  const verdict = judgeApr(JUDGES[profile], { bytes, length: bytes.length }, listeners);
  if (verdict.kind === 'crash') return { kind: 'crash', rule: 'M4', because: verdict.why };
  if (verdict.kind === 'drop') {
    const { reason, rule, ret, message } = verdict;
    const log = message === undefined ? {} : { log: message };
    return { kind: 'refused', rule, reason, because: becauseOf(reason, packet, listeners), ret, ...log };
  }
  const { to, payloadSize, inBuffer } = verdict;
  if (payloadSize === inBuffer) return delivered(to.name, otherSource(packet, to));
  return delivered(to.name, `the driver is told of ${payloadSize} bytes of payload, ${inBuffer} are there`);
}

function judgeGprRight(bytes: Uint8Array, listeners: readonly Listener[]): Verdict {
  const packet: Packet = { bytes, header: decodePacket(bytes, 'gpr').header, router: 'gpr' };
  const failed = checkGpr(bytes, bytes.length);
  const found = listeners.find(({ svc }) => svc === packet.header?.destPort);
  if (failed === PASSED && found?.bound === true) return delivered(found.name);
  const number = failed !== PASSED ? failed : found === undefined ? NO_SERVICE : NO_DRIVER;
  const { reason, rule, ret, message } = GPR_REFUSALS[number] as AprRefusal;
  const log = message({ bytes, length: bytes.length });
  return { kind: 'refused', rule, reason, because: becauseOf(reason, packet, listeners), ret, log };
}

/** The checks of Linux 6.12 (G3): the first is still that of APR, silent where it has no line. */
function judgeGprLinux(bytes: Uint8Array, listeners: readonly Listener[]): Verdict {
  const { header } = decodePacket(bytes, 'gpr');
  const packet: Packet = { bytes, header, router: 'gpr' };
  const refuse = (reason: Reason, log?: string): Refused => {
    const because = becauseOf(reason, packet, listeners);
    return { kind: 'refused', rule: 'G3', reason, because, ret: EINVAL, ...(log === undefined ? {} : { log }) };
  };
  if (bytes.length <= APR_HDR_SIZE) return refuse('short', `APR: Improper apr pkt received:<ptr> ${bytes.length}`);
  if (header === undefined) return refuse('short', 'GPR: Wrong packet size');
  if (header.version > 1) return refuse('version');
  const { headerBytes, packetSize, destPort } = header;
  if (headerBytes < GPR_HDR_SIZE) return refuse('header-size-small', `GPR: Wrong hdr size:${headerBytes / 4}`);
  if (packetSize !== bytes.length) return refuse('packet-size-mismatch', 'GPR: Wrong packet size');
  const found = listeners.find(({ svc }) => svc === destPort);
  if (found?.bound === true) {
    const size = packetSize - headerBytes;
    return delivered(found.name, size < 0 ? `the driver is told of ${size} bytes of payload` : undefined);
  }
  if (found !== undefined) return refuse('no-driver');
  return refuse('no-such-service', `GPR: Port(${destPort.toString(16)}) is not registered`);
}

function delivered(to: string, warning?: string): Verdict {
  return warning === undefined ? { kind: 'delivered', to } : { kind: 'delivered', to, warning };
}

function otherSource({ header }: Packet, { domain, name }: Listener): string | undefined {
  if (header === undefined || header.srcDomain === domain) return undefined;
  const from = domainName('apr', header.srcDomain);
  return `it comes from ${from}, and ${name} is a service of ${domainName('apr', domain)}`;
}

interface Packet {
  readonly bytes: Uint8Array;
  readonly router: Router;
  readonly header: DecodedHeader | undefined;
}

type Reason = AprDrop['reason'];

/** Why a packet is refused for a reason. */
function becauseOf(reason: Reason, packet: Packet, listeners: readonly Listener[]): string {
  const { bytes, header, router } = packet;
  const least = router === 'apr' ? APR_HDR_SIZE : GPR_HDR_SIZE;
  if (header === undefined) return `it has ${bytes.length} bytes, a header has ${least}`;
  return BECAUSE[reason]({ ...packet, header, least, listeners });
}

/** A packet with a header that was refused. */
interface Case extends Packet {
  readonly header: DecodedHeader;
  /** Bytes of a header. */
  readonly least: number;
  readonly listeners: readonly Listener[];
}

const BECAUSE: Readonly<Record<Reason, (packet: Case) => string>> = {
  'bad-buffer': () => 'there is no buffer of that length',
  short: () => 'it is a header without payload, which this bus refuses',
  version: ({ header }) => `its version is ${header.version}; there are 0 and 1`,
  'header-size-small': ({ header, least }) => `its header claims ${header.headerBytes} bytes, ${least} are the least`,
  'packet-size-small': sizeSmall,
  'packet-size-mismatch': (packet) =>
    packet.header.packetSize < packet.least
      ? sizeSmall(packet)
      : `its size field says ${packet.header.packetSize}, and ${packet.bytes.length} bytes came`,
  'header-past-packet': ({ header, bytes }) =>
    `its header claims ${header.headerBytes} bytes, and the packet has ${bytes.length}`,
  'address-range': ({ header }) => wrongAddress(header),
  'source-domain': ({ header }) =>
    `it comes from domain ${domainName('apr', header.srcDomain)}; only MODEM and ADSP are known as sources`,
  'no-such-service': ({ router, header }) =>
    router === 'gpr'
      ? `nothing is registered at port ${hexNumber(header.destPort)}`
      : `nothing is registered as ${serviceName(header.srcDomain, header.destSvc ?? 0)} of ` +
        domainName('apr', header.srcDomain),
  'no-driver': ({ router, header, listeners }) => {
    const found = listeners.find(({ svc }) => svc === (router === 'gpr' ? header.destPort : header.destSvc));
    return `${found?.name ?? 'the service'} has no driver`;
  },
  'queue-full': () => 'too many packets wait for that service',
  'no-memory': () => 'there is no memory for a copy',
};

function sizeSmall({ header, least }: Case): string {
  return `its size field says ${header.packetSize}, a header has ${least} bytes`;
}

function wrongAddress({ srcDomain, destDomain, srcSvc = 0, destSvc = 0 }: DecodedHeader): string {
  if (srcDomain >= APR_DOMAIN.MAX) return `source domain ${srcDomain} is not below ${APR_DOMAIN.MAX}`;
  if (destDomain >= APR_DOMAIN.MAX) return `destination domain ${destDomain} is not below ${APR_DOMAIN.MAX}`;
  const most = hexNumber(APR_SVC.MAX);
  if (srcSvc >= APR_SVC.MAX) return `source service ${hexNumber(srcSvc)} is not below ${most}`;
  return `destination service ${hexNumber(destSvc)} is not below ${most}`;
}
