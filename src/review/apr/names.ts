// Who sends to whom, in words: processors, services, ports and tokens of a packet.
import { hexNumber } from '../../base/bytes.js';
import { APR_DOMAIN, GPR_DOMAIN } from '../../drivers/qcom-apr/constants.js';
import type { DecodedHeader, DecodedPacket, Router } from './decode.js';
import { type Message, MESSAGES, type TokenKind } from './messages.js';
import { valueName } from './values.js';

/** `ADSP`, or the number. */
export function domainName(router: Router, domain: number): string {
  return valueName(router === 'apr' ? 'domain' : 'gpr_domain', domain) ?? String(domain);
}

/** `ASM`; the modem has other services under the same numbers. */
export function serviceName(domain: number, svc: number): string {
  const isModem = domain === APR_DOMAIN.MODEM;
  return valueName(isModem ? 'modem_service' : 'service', svc) ?? `service ${hexNumber(svc)}`;
}

/** `APM`, or the number of the port. */
export function portName(port: number): string {
  return valueName('gpr_port', port) ?? `port ${hexNumber(port)}`;
}

/** `ASM_STREAM_CMD_CLOSE`, or the number. */
export function opcodeName(opcode: number): string {
  return MESSAGES.get(opcode)?.name ?? hexNumber(opcode);
}

/** The processor that Linux runs on. */
function isLinux(router: Router, domain: number): boolean {
  return domain === (router === 'apr' ? APR_DOMAIN.APPS : GPR_DOMAIN.APPS);
}

/** True for what Linux sends; false for what it receives, or would. */
export function isSent(router: Router, { srcDomain, destDomain }: DecodedHeader): boolean {
  return isLinux(router, srcDomain) && !isLinux(router, destDomain);
}

/** `Linux` at one end, the service at the other. */
export function endsOf({ router, header }: DecodedPacket): readonly [from: string, to: string] {
  if (header === undefined) return ['?', '?'];
  const { srcDomain, destDomain, srcSvc = 0, destSvc = 0, srcPort, destPort } = header;
  const end = (domain: number, svc: number, port: number): string => {
    if (isLinux(router, domain)) return 'Linux';
    const name = router === 'apr' ? serviceName(domain, svc) : portName(port);
    const isUsual = domain === (router === 'apr' ? APR_DOMAIN.ADSP : GPR_DOMAIN.ADSP);
    return isUsual ? name : `${domainName(router, domain)}/${name}`;
  };
  return [end(srcDomain, srcSvc, srcPort), end(destDomain, destSvc, destPort)];
}

/** What ports and token of a packet stand for: `session 1 stream 1`, `buffer 2, 4800 bytes`. */
export function aboutPacket(packet: DecodedPacket): string {
  const { router, header, message } = packet;
  if (header === undefined) return `${packet.bytes.length} bytes`;
  if (router === 'gpr')
    return `${hexNumber(header.srcPort)} -> ${hexNumber(header.destPort)}, token ${hexNumber(header.token)}`;
  const asked = commandOf(packet) ?? message;
  const port = isSent(router, header) ? header.srcPort : header.destPort;
  const stream = asked?.stream === true ? `session ${port >>> 8} stream ${port & 0xff}` : '';
  const token = tokenWords(asked, header.token, port);
  const ports = asked?.stream === true ? '' : portWords(header);
  return [stream, ports, token].filter((words) => words !== '').join(', ');
}

/** The command that a basic response is about. */
function commandOf({ message, fields }: DecodedPacket): Message | undefined {
  const [first] = fields;
  if (message?.kind !== 'answer' || first?.name !== 'command') return undefined;
  return MESSAGES.get(first.value as number);
}

const SESSIONS: Partial<Record<TokenKind, (token: number) => string>> = {
  'session-path': (token) => `session ${(token >>> 8) & 0xf} ${(token & 0xf) === 0 ? 'playback' : 'capture'}`,
  buffer: (token) => `buffer ${token}`,
  'buffer-bytes': (token) => `buffer ${token & 0xffff}, ${token >>> 16} bytes`,
  'port-index': (token) => valueName('port_index', token) ?? (token === NO_PORT ? '' : tokenNumber(token)),
  'port-copp': (token) =>
    `${valueName('port_index', token >>> 16) ?? `port index ${token >>> 16}`}, copp index ${token & 0xffff}`,
  'vote-block': (token) => valueName('vote_block', token) ?? tokenNumber(token),
};
/** Clocks without a port of their own. */
const NO_PORT = 0x400;

const tokenNumber = (token: number): string => `token ${hexNumber(token)}`;

function tokenWords(message: Message | undefined, token: number, port: number): string {
  if (message?.token === 'session' && token === port >>> 8) return '';
  const words = message?.token === undefined ? undefined : SESSIONS[message.token];
  return words?.(token) ?? (token === 0 ? '' : tokenNumber(token));
}

function portWords({ srcPort, destPort }: DecodedHeader): string {
  if (srcPort === 0 && destPort === 0) return '';
  if (srcPort === destPort) return `port ${hexNumber(srcPort)}`;
  return `port ${hexNumber(srcPort)} to ${hexNumber(destPort)}`;
}
