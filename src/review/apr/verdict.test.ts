import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { verdictWords } from './packet-text.js';
import { judge, type Listener, type Verdict } from './verdict.js';

// Recorded from the patch and from Linux 6.12 (test/golden/apr.md); `hardened` is what is right.
interface Case {
  readonly name: string;
  readonly direction: string;
  readonly input: {
    readonly buf: string | null;
    readonly len: number;
    readonly services: readonly {
      name: string;
      domain: number;
      svc: number;
      client: number;
      bound: boolean;
      nocb?: boolean;
    }[];
  };
  readonly expected: Outcome;
  readonly expected_mainline?: Outcome & { readonly rx_ret: number | null };
  readonly hardened: { readonly verdict: string; readonly reason?: string; readonly to?: unknown };
}
interface Outcome {
  readonly ret: number | null;
  readonly delivered: { device: string; payload_size: number; in_buffer: number } | null;
  readonly log: readonly { msg: string }[];
  readonly crash?: boolean;
}

const GOLDEN = new URL('../../../test/golden/apr.json', import.meta.url);
const all = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Case[] | { cases: Case[] };
/** What a buffer and a length can be here: the bytes that came. Other lengths are the caller's mistake. */
const cases = (Array.isArray(all) ? all : all.cases).filter(
  ({ direction, input: { buf, len, services } }) =>
    direction === 'rx' && buf !== null && len >= 0 && len <= buf.length / 2 && !services.some(({ nocb }) => nocb),
);
const bytesOf = ({ input }: Case): Uint8Array => Buffer.from(input.buf ?? '', 'hex').subarray(0, input.len);
const short = ({ svc }: { svc: number }): string => svc.toString(16);
const listeners = ({ input }: Case, prefix: string): Listener[] =>
  input.services.map((one) => {
    const name = `${prefix}:${one.name}:${one.domain}:${short(one)}`;
    return { ...one, name: prefix === 'apr' ? `${name}:${one.client}` : name };
  });

test('there are cases', () => {
  expect(cases.length).toBeGreaterThan(210);
});

/** As the golden file says it. */
function outcome(verdict: Verdict): object {
  if (verdict.kind === 'crash') return { crash: true };
  if (verdict.kind === 'delivered') return { to: verdict.to, log: [] };
  return { ret: verdict.ret, log: verdict.log === undefined ? [] : [verdict.log] };
}

function wanted({ ret, delivered, log, crash }: Outcome): object {
  if (crash === true) return { crash: true };
  const lines = log.map(({ msg }) => msg);
  return delivered === null ? { ret, log: lines } : { to: delivered.device, log: lines };
}

test('the patch', () => {
  const judged = cases.map((one) => [one.name, outcome(judge(bytesOf(one), 'apr', 'patch', listeners(one, 'apr')))]);
  expect(judged).toEqual(cases.map(({ name, expected }) => [name, wanted(expected)]));
});

test('the patch hands out payloads that are not there', () => {
  const over = cases.filter(
    ({ expected: { delivered } }) => (delivered?.payload_size ?? 0) > (delivered?.in_buffer ?? 0),
  );
  expect(over.length).toBeGreaterThan(2);
  for (const one of over) {
    const { payload_size, in_buffer } = one.expected.delivered as { payload_size: number; in_buffer: number };
    expect(judge(bytesOf(one), 'apr', 'patch', listeners(one, 'apr')), one.name).toMatchObject({
      warning: `the driver is told of ${payload_size} bytes of payload, ${in_buffer} are there`,
    });
  }
});

test('Linux 6.12', () => {
  const main = cases.map((one) => {
    const { expected, expected_mainline: other } = one;
    const device = (one.expected.delivered?.device ?? '').replace(/^apr:(.*):\d$/, 'aprsvc:$1');
    const delivered = expected.delivered === null ? null : { ...expected.delivered, device };
    return [
      one.name,
      wanted(other === undefined ? { ...expected, delivered } : { ...other, ret: other.rx_ret ?? other.ret }),
    ];
  });
  const judged = cases.map((one) => [
    one.name,
    outcome(judge(bytesOf(one), 'apr', 'linux-6.12', listeners(one, 'aprsvc'))),
  ]);
  expect(judged).toEqual(main);
});

test('the right checks', () => {
  const judged = cases.map((one) => {
    const verdict = judge(bytesOf(one), 'apr', 'right', listeners(one, 'aprsvc'));
    const reason = verdict.kind === 'refused' ? verdict.reason : undefined;
    return [one.name, verdict.kind === 'delivered' ? 'deliver' : 'drop', reason];
  });
  expect(judged).toEqual(cases.map(({ name, hardened }) => [name, hardened.verdict, hardened.reason]));
});

// Each made of a recorded packet: a response of ASM, 28 bytes.
const GOOD = '50011c00070401010705010101000000e8100100b30d010000000000';
const ASM: Listener = { name: 'aprsvc:service:4:7', domain: 4, svc: 7, bound: true };
const at = (offset: number, digits: string): string =>
  GOOD.slice(0, 2 * offset) + digits + GOOD.slice(2 * offset + digits.length);

test.each([
  [GOOD, 'right', 'delivered to aprsvc:service:4:7'],
  [at(0, '58'), 'patch', 'refused by rule R2 (version): its version is 8; there are 0 and 1'],
  [at(0, '40'), 'patch', 'refused by rule R3 (header-size-small): its header claims 16 bytes, 20 are the least'],
  [at(2, '0800'), 'patch', 'refused by rule R4 (packet-size-small): its size field says 8, a header has 20 bytes'],
  [at(8, '2a'), 'patch', 'refused by rule R6 (address-range): destination service 0x2a is not below 0x17'],
  [at(5, '06'), 'patch', 'refused by rule R6 (address-range): source domain 6 is not below 6'],
  [
    at(5, '05'),
    'patch',
    'refused by rule R7 (source-domain): it comes from domain APPS; only MODEM and ADSP are known as sources',
  ],
  [at(8, '09'), 'patch', 'refused by rule R8 (no-such-service): nothing is registered as MVM of ADSP'],
  [
    at(5, '03'),
    'patch',
    'delivered to aprsvc:service:4:7, but it comes from MODEM, and aprsvc:service:4:7 is a service of ADSP',
  ],
  [at(5, '03'), 'right', 'refused by rule R8 (no-such-service): nothing is registered as SRD of MODEM'],
  [at(2, 'c800'), 'right', 'refused by rule R4 (packet-size-mismatch): its size field says 200, and 28 bytes came'],
  [at(0, 'f0'), 'right', 'refused by rule W2 (header-past-packet): its header claims 60 bytes, and the packet has 28'],
  [
    at(0, 'f0'),
    'linux-6.12',
    'delivered to aprsvc:service:4:7, but the driver is told of -32 bytes of payload, 0 are there',
  ],
  [GOOD.slice(0, 24), 'right', 'refused by rule R1 (short): it has 12 bytes, a header has 20'],
] as const)('%s under %s', (digits, profile, words) => {
  expect(verdictWords(judge(Buffer.from(digits, 'hex'), 'apr', profile, [ASM]))).toBe(words);
});

// {opcode, status} from APM to port 0x2001.
const GPR = '602000000302000001000000012000000500000005100002' + '0010000103000000';
const AUDIO: Listener = { name: 'gprsvc:service:2:1', domain: 2, svc: 0x2001, bound: true };
const gprAt = (offset: number, digits: string): string =>
  GPR.slice(0, 2 * offset) + digits + GPR.slice(2 * offset + digits.length);

test.each([
  [GPR, 'right', 'delivered to gprsvc:service:2:1', undefined],
  [GPR, 'linux-6.12', 'delivered to gprsvc:service:2:1', undefined],
  [GPR, 'patch', 'refused by rule R1 (no-such-router): the patch knows no GPR, only the channel of APR', undefined],
  [
    gprAt(12, '02'),
    'linux-6.12',
    'refused by rule G3 (no-such-service): nothing is registered at port 0x2002',
    'GPR: Port(2002) is not registered',
  ],
  [
    gprAt(0, '50'),
    'linux-6.12',
    'refused by rule G3 (header-size-small): its header claims 20 bytes, 24 are the least',
    'GPR: Wrong hdr size:5',
  ],
  [
    gprAt(1, '24'),
    'right',
    'refused by rule G3 (packet-size-mismatch): its size field says 36, and 32 bytes came',
    'GPR: Wrong packet size',
  ],
] as const)('%s of GPR under %s', (digits, profile, words, log) => {
  const verdict = judge(Buffer.from(digits, 'hex'), 'gpr', profile, [AUDIO]);
  expect([verdictWords(verdict), verdict.kind === 'refused' ? verdict.log : undefined]).toEqual([words, log]);
});
