// The recorded cases under the checks of those who recorded them: the patch, and Linux 6.12.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type AprListed, type AprProfile, type AprVerdict, judgeApr } from './judge.js';

interface RxService extends AprListed {
  readonly name: string;
  readonly client: number;
  readonly nocb?: boolean;
}

interface Outcome {
  readonly ret: number | null;
  readonly rx_ret?: number | null;
  readonly crash?: boolean;
  readonly delivered: {
    readonly device: string;
    readonly payload_size: number;
    readonly payload_offset: number;
    readonly in_buffer: number;
    readonly src?: number;
  } | null;
  readonly log: readonly { readonly msg: string }[];
}

interface RxCase {
  readonly name: string;
  readonly direction: string;
  readonly input: { readonly buf: string | null; readonly len: number; readonly services: readonly RxService[] };
  readonly expected: Outcome;
  readonly expected_mainline?: Outcome;
}

const ALL = JSON.parse(readFileSync(new URL('../../../test/golden/apr.json', import.meta.url), 'utf8')) as RxCase[];
const RX = ALL.filter(({ direction }) => direction === 'rx');

function judge({ input }: RxCase, profile: AprProfile): AprVerdict<RxService> {
  const bytes = input.buf === null ? undefined : Uint8Array.from(Buffer.from(input.buf, 'hex'));
  const services = input.services.map((service) => ({ ...service, listens: service.nocb !== true }));
  return judgeApr(profile, { bytes, length: input.len }, services);
}

const summary = (verdict: AprVerdict<RxService>): unknown => {
  if (verdict.kind === 'crash') return 'crash';
  if (verdict.kind === 'drop') return [verdict.ret, verdict.message];
  const { to, src, payloadSize, inBuffer } = verdict;
  return [to.domain, to.svc, to.client, src, payloadSize, inBuffer];
};

const recorded = ({ ret, rx_ret, crash, delivered, log }: Outcome): unknown => {
  if (crash === true) return 'crash';
  if (delivered === null) return [rx_ret ?? ret, log[0]?.msg];
  const [domain, svc, client = '0'] = delivered.device.split(':').slice(2);
  const numbers = [domain, svc, client].map((text) => Number.parseInt(text ?? '', 16));
  return [...numbers, delivered.src, delivered.payload_size, delivered.in_buffer];
};

test('the checks of the patch give its verdict, line, payload and source in every recorded case', () => {
  expect(RX.length).toBeGreaterThan(200);
  for (const one of RX) expect([one.name, summary(judge(one, 'seed'))]).toEqual([one.name, recorded(one.expected)]);
});

test.each([-1, -2_147_483_648])(
  'a length of %i is refused, which the patch takes for a large one (apr-W3)',
  (length) => {
    const bytes = Uint8Array.from(Buffer.from('50011800040400000405000001000000e810010000000000', 'hex'));
    const services = [{ domain: 4, svc: 4, bound: true }];
    const kinds = (['seed', 'mainline', 'hardened'] as const).map((profile) => {
      const verdict = judgeApr(profile, { bytes, length }, services);
      return verdict.kind === 'drop' ? verdict.reason : verdict.kind;
    });
    expect(kinds).toEqual(['deliver', 'no-memory', 'bad-buffer']);
  },
);

test('the checks of Linux 6.12 give its own', () => {
  const withoutClient = (of: unknown): unknown => (Array.isArray(of) && of.length === 6 ? of.toSpliced(2, 1) : of);
  let differing = 0;
  for (const one of RX) {
    if (one.expected_mainline === undefined) continue;
    differing++;
    const ours = withoutClient(summary(judge(one, 'mainline')));
    expect([one.name, ours]).toEqual([one.name, withoutClient(recorded(one.expected_mainline))]);
  }
  expect(differing).toBeGreaterThan(100);
});
