// Single packets: what the router delivers and refuses as the field `hardened` demands, and what the bus sends.
import { hex } from '../../../src/base/bytes.js';
import { SysError } from '../../../src/base/errno.js';
import { aprAddDevice } from '../../../src/drivers/qcom-apr/apr.js';
import { qcomApr } from '../../../src/drivers/qcom-apr/apr.js';
import { aprSendPkt } from '../../../src/drivers/qcom-apr/apr-device.js';
import { judgeApr } from '../../../src/drivers/qcom-apr/judge.js';
import { type AprRefusal, serviceKey } from '../../../src/drivers/qcom-apr/receive.js';
import { AprRouter } from '../../../src/drivers/qcom-apr/router.js';
import { AprMachine, CHANNEL_DEV, type LogLine } from '../apr/machine.js';
import { type Family, named, records, type Verdict, verdict } from '../family.js';

interface Service {
  readonly name: string;
  readonly domain: number;
  readonly svc: number;
  readonly client: number;
  readonly bound: boolean;
  readonly nocb?: boolean;
}

interface Delivered {
  readonly device: string;
  readonly payload: string;
  readonly payload_size: number;
  readonly payload_offset: number;
  readonly opcode: number;
  readonly src: number;
  readonly src_port: number;
  readonly dest_port: number;
  readonly token: number;
  readonly msg_type: number;
}

interface RxCase {
  readonly input: { readonly buf: string | null; readonly len: number; readonly services: readonly Service[] };
  readonly expected: {
    readonly ret: number | null;
    readonly delivered: Delivered | null;
    readonly log: readonly LogLine[];
  };
  readonly hardened: { readonly verdict: 'deliver' | 'drop'; readonly reason?: string; readonly to?: string };
}

interface TxCase {
  readonly input: {
    readonly device: string;
    readonly service: Service;
    readonly buf: string;
    readonly rpmsg_send_returns: number;
  };
  readonly expected: {
    readonly ret: number;
    readonly sent: string;
    readonly buf_after: string;
    readonly log: readonly LogLine[];
  };
}

/** Single packets in both directions. */
export const APR: readonly Family[] = [
  {
    name: 'apr',
    pick: (json) => named(records(json, 'direction', 'input', 'expected'), 'name'),
    judge: ({ data }) => {
      return (data as { direction: string }).direction === 'rx' ? judgeRx(data as RxCase) : judgeTx(data as TxCase);
    },
  },
];

/** What became of a received packet. */
interface Outcome {
  readonly to: string | undefined;
  readonly reason: string | undefined;
  readonly ret: number;
  readonly msg: string | undefined;
  readonly delivered: Omit<Delivered, 'device'> | undefined;
}

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const numbers = ({ domain, svc, client }: Service): string =>
  [domain, svc, client].map((nr) => nr.toString(16)).join(':');
const idOf = (service: Service): string => `${service.name}:${numbers(service)}`;

async function judgeRx(one: RxCase): Promise<Verdict> {
  const ours = await receive(one);
  const { verdict: wanted, reason, to } = one.hardened;
  const right = wanted === 'deliver' ? `to ${to}` : `drop ${reason}`;
  const was = ours.to === undefined ? `drop ${ours.reason}` : `to ${ours.to}`;
  if (was !== right) return verdict(`${was}, not ${right}`);
  const differing = differences(one, ours);
  if (differing === undefined) return { kind: 'passed' };
  const rule = ruleOf(one);
  if (rule === undefined) return verdict(`${differing}, and no rule has a reason`);
  if (rule.msg !== ours.msg) return verdict(`'${ours.msg}', ${rule.id} has '${rule.msg}'`);
  return { kind: 'deviation', id: rule.id };
}

/** What is not as the patch has it. */
function differences({ expected }: RxCase, ours: Outcome): string | undefined {
  if (ours.ret !== expected.ret) return `answers ${ours.ret}, not ${expected.ret}`;
  if (ours.msg !== expected.log[0]?.msg) return `says '${ours.msg}', not '${expected.log[0]?.msg}'`;
  if (expected.delivered === null) return ours.delivered === undefined ? undefined : 'is delivered';
  const { device, payload, payload_size, payload_offset, opcode, src, src_port, dest_port, token, msg_type } =
    expected.delivered;
  const right = { payload, payload_size, payload_offset, opcode, src, src_port, dest_port, token, msg_type };
  if (device !== `apr:${ours.to}`) return `goes to ${ours.to}, not ${device}`;
  const [is, should] = [JSON.stringify(ours.delivered), JSON.stringify(right)];
  return is === should ? undefined : `delivers ${is}, not ${should}`;
}

/** Through the judgement and, where there are bytes, through the router; both must agree. */
async function receive({ input }: RxCase): Promise<Outcome> {
  const bytes = input.buf === null ? undefined : bytesOf(input.buf);
  const services = input.services.map((service) => ({ ...service, listens: service.nocb !== true }));
  const judged = judgeApr('hardened', { bytes, length: input.len }, services);
  if (judged.kind === 'crash') throw new Error(judged.why);
  const nobody = { to: undefined, delivered: undefined };
  const said: Outcome =
    judged.kind === 'drop'
      ? { ...nobody, reason: judged.reason, ret: judged.ret, msg: judged.message }
      : { ...nobody, to: idOf(judged.to), reason: undefined, ret: 0, msg: undefined };
  if (bytes === undefined || input.len < 0) return said;
  const routed = await route(bytes.subarray(0, input.len), input.services);
  const same = routed.to === said.to && routed.reason === said.reason && routed.msg === said.msg;
  if (!same) throw new Error(`the router has ${JSON.stringify(routed)}, the judgement ${JSON.stringify(said)}`);
  return routed;
}

async function route(bytes: Uint8Array, services: readonly Service[]): Promise<Outcome> {
  let outcome: Outcome | undefined;
  const refused = (refusal: AprRefusal, packet: Uint8Array): void => {
    const msg = refusal.message({ bytes: packet, length: packet.length });
    outcome = { to: undefined, reason: refusal.reason, ret: refusal.ret, msg, delivered: undefined };
  };
  const failed = (error: Error): void => {
    throw error;
  };
  const router = new AprRouter('apr', { refused, failed });
  for (const service of services) {
    // As on the bus a key is taken once; here by the one that listens, if any does.
    const listens = service.bound && service.nocb !== true;
    const key = serviceKey(service.domain, service.svc);
    const box = router.find(key) ?? router.open(key);
    if (!listens || box === undefined || box.attached) continue;
    box.attach((message) => {
      const { payloadSize, payload, opcode, src, token, srcPort, destPort, messageType, headerBytes } = message;
      const delivered = {
        ...{ payload: hex(payload, ''), payload_size: payloadSize, payload_offset: payloadSize > 0 ? headerBytes : -1 },
        ...{ opcode, src, src_port: srcPort, dest_port: destPort, token, msg_type: messageType },
      };
      outcome = { to: idOf(service), reason: undefined, ret: 0, msg: undefined, delivered };
    });
  }
  router.receive(bytes);
  await Promise.resolve();
  if (outcome === undefined) throw new Error('neither delivered nor refused');
  return outcome;
}

/** Why a packet is not treated as the patch does, by what is in it, and the line that is right. */
function ruleOf({
  input,
  expected,
  hardened,
}: RxCase): { readonly id: string; readonly msg: string | undefined } | undefined {
  const bytes = bytesOf(input.buf ?? '');
  const length = input.len;
  const [head = 0, , low = 0, high = 0, , from = 0] = bytes;
  const size = low | (high << 8);
  const { reason } = hardened;
  if (input.buf !== null && length < 0) return { id: 'apr-W3', msg: `APR: Improper apr pkt received:<ptr> ${length}` };
  const noService = 'APR: service is not registered';
  if (length === 20) return { id: 'apr-W4', msg: w4Line(reason, bytes) };
  if (reason === 'version') return { id: 'apr-W25', msg: `APR: Wrong version:${head & 15}` };
  if (reason === 'source-domain') return { id: 'apr-W25', msg: `APR: Wrong source domain:${from}` };
  if (reason === 'packet-size-mismatch' && size >= 20)
    return { id: 'apr-W1', msg: `APR: packet size is ${size}, received were ${length}` };
  if (reason === 'header-past-packet')
    return { id: 'apr-W2', msg: `APR: header of ${(head >> 4) * 4} bytes in ${length}` };
  if (reason === 'no-such-service') return { id: 'apr-W6', msg: noService };
  if (reason === 'no-driver') return { id: expected.ret === null ? 'apr-L2' : 'apr-W6', msg: noService };
  return hardened.verdict === 'deliver' ? { id: 'apr-W17', msg: undefined } : undefined;
}

/** A header alone is judged like any other packet. */
function w4Line(reason: string | undefined, bytes: Uint8Array): string | undefined {
  const [head = 0, , low = 0, high = 0, , from = 0] = bytes;
  const size = low | (high << 8);
  const lines: Readonly<Record<string, string>> = {
    version: `APR: Wrong version:${head & 15}`,
    'header-size-small': `APR: Wrong hdr size:${(head >> 4) * 4}`,
    'packet-size-mismatch': size < 20 ? 'APR: Wrong paket size' : `APR: packet size is ${size}, received were 20`,
    'header-past-packet': `APR: header of ${(head >> 4) * 4} bytes in 20`,
    'address-range': 'APR: Wrong APR header',
    'source-domain': `APR: Wrong source domain:${from}`,
    'no-such-service': 'APR: service is not registered',
    'no-driver': 'APR: service is not registered',
  };
  return reason === undefined ? undefined : lines[reason];
}

const EINVAL = -22;

async function judgeTx({ input, expected }: TxCase): Promise<Verdict> {
  const bytes = bytesOf(input.buf);
  const { service } = input;
  const size = bytes.length < 20 ? bytes.length : (bytes[2] ?? 0) | ((bytes[3] ?? 0) << 8);
  const ours = await send(service, bytes, input.rpmsg_send_returns);
  if (!(service.domain >= 1 && service.domain <= 5 && service.svc >= 1 && service.svc <= 0x16))
    return ours === EINVAL
      ? { kind: 'deviation', id: 'apr-W16' }
      : verdict(`${service.domain}:${service.svc} was added`);
  if (typeof ours === 'number') return verdict(`could not be added: ${ours}`);
  if (size < 20 || size > bytes.length) {
    const log = [{ level: 'err', dev: input.device, msg: `Unable to send APR pkt ${size}` }];
    const wrong = compare(ours, { ret: EINVAL, sent: [], buf_after: input.buf, log });
    return wrong === undefined ? { kind: 'deviation', id: size === 0 ? 'apr-W22' : 'apr-W21' } : verdict(wrong);
  }
  const { ret, sent, buf_after, log } = expected;
  return verdict(compare(ours, { ret, sent: [sent], buf_after, log }));
}

interface Sent {
  readonly ret: number;
  readonly sent: readonly string[];
  readonly buf_after: string;
  readonly log: readonly LogLine[];
}

function compare(is: Sent, should: Sent): string | undefined {
  const [a, b] = [JSON.stringify(is), JSON.stringify(should)];
  return a === b ? undefined : `${a}, not ${b}`;
}

/** The negative number of the error where the service cannot be there. */
async function send(service: Service, bytes: Uint8Array, answer: number): Promise<Sent | number> {
  const machine = new AprMachine();
  await machine.start();
  await machine.core.registerDriver(qcomApr);
  await machine.up();
  const { channel } = machine;
  if (channel?.name !== CHANNEL_DEV) throw new Error(`the channel is ${channel?.name}`);
  try {
    const core = channel.children.find(({ outer }) => (outer as { svcId: number }).svcId === 3);
    // CORE is there already; a recorded one must be that, any other takes its place.
    if (service.svc === 3 && service.domain === 4 && core !== undefined && core.name !== `apr:${idOf(service)}`)
      await machine.core.removeDevice(core);
    const there = channel.children.find(({ name }) => name === `apr:${idOf(service)}`);
    const adev = there?.outer ?? (await aprAddDevice(channel, service));
    machine.sendReturns = answer;
    const ret = aprSendPkt(adev as Awaited<ReturnType<typeof aprAddDevice>>, bytes);
    return { ret, sent: machine.sent, buf_after: hex(bytes, ''), log: machine.log };
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
    return e.errno;
  } finally {
    await machine.core.shutdown();
  }
}
