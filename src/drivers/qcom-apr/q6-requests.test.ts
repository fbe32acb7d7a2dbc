// What becomes of requests: answered, refused, silent, dead; and of answers that nobody waits for.
import { expect, test } from 'vitest';
import { basic, own } from '../../../test/apr-fake-dsp.js';
import { q6Rig, type Q6Rig, q6Source } from '../../../test/q6-rig.js';
import { ms, s } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import { debugfsRoot } from '../../core/debugfs.js';
import { FaultPlan } from '../../bus/fault-plan.js';
import { dspStatus } from './q6-status.js';

const START = 0x100e5;
const STOP = 0x100e6;
const PORT = { rate: 48_000, channels: 2, bits: 16 };
const AFE = '/remoteproc-adsp/glink-edge/apr/service@4';

const start = ({ services: { afe } }: Q6Rig): Promise<void> => afe.start(afe.port('TERTIARY_MI2S_RX'), PORT);
const stop = ({ services: { afe } }: Q6Rig): Promise<void> => afe.stop(afe.port('TERTIARY_MI2S_RX'));

test('a refusal names command, object and status in words, and is EINVAL as in Linux (apr-L15)', async () => {
  const rig = await q6Rig();
  rig.dsp.on(START, 9, 1);
  const refused = await rig.bench.drive('start', s(10), () => start(rig).catch((e: unknown) => e));
  expect(refused).toBeInstanceOf(SysError);
  expect((refused as SysError).message).toBe(
    `${AFE}: AFE DEVICE_START on port TERTIARY_MI2S_RX: EALREADY (9) (EINVAL)`,
  );
  expect([(refused as SysError).errno, dspStatus(refused)]).toEqual([-22, 9]);
});

test('a status without a name is told by its number', async () => {
  const rig = await q6Rig();
  rig.dsp.on(START, 0x77, 1);
  expect(await rig.run(start(rig))).toContain(': status 0x77 (EINVAL)');
});

test.each([
  ['CORE', 0x1290c, ms(100)],
  ['AFE', START, s(1)],
  ['ADM', 0x10326, s(1)],
  ['ASM', 0x10db3, s(5)],
] as const)('silence of %s ends by its time-out', async (service, opcode, limit) => {
  const rig = await q6Rig();
  rig.dsp.on(opcode, 'silent');
  const { afe, adm, asm, core } = rig.services;
  const calls = {
    CORE: () => core?.requests.request({ command: { name: 'GET_STATE', opcode } }),
    AFE: () => start(rig),
    ADM: () => adm.open({ port: afe.port(20), ...PORT }),
    ASM: () => asm.alloc('playback').openWrite(16),
  };
  const from = rig.bench.clock.now();
  const said = await rig.run(Promise.resolve(calls[service]()));
  expect(said).toContain(`no answer within ${limit < s(1) ? '100 ms' : `${limit / s(1)} s`} (ETIMEDOUT)`);
  expect(rig.bench.clock.now() - from).toBe(limit);
});

test('a second answer and one that nobody asked for are counted and dropped (apr-L10)', async () => {
  const rig = await q6Rig();
  const { requests } = rig.services.afe;
  rig.dsp.on(START, (got) => [basic(got, 0), basic(got, 9), basic({ ...got, token: 0x999 }, 0)], 1);
  expect(await rig.run(start(rig))).toBeUndefined();
  expect(requests.counts).toEqual({ late: 0, duplicate: 1, foreign: 1, short: 0, posted: 0 });
  expect(requests.waiting).toBe(0);
});

test('debugfs says what waits, and why answers ended nothing (apr-L17)', async () => {
  const rig = await q6Rig();
  const dir = debugfsRoot(rig.bench.core).dirs.get('aprsvc:service:4:4');
  rig.dsp.on(START, (got) => [basic(got, 0), basic(got, 9)], 1);
  rig.dsp.on(0x100f4, 'silent', 1);
  await rig.run(start(rig));
  void rig.services.afe.vote(3, 'x').catch(() => undefined);
  expect(await dir?.read('answers')).toBe('waiting 1\nlate 0\nduplicate 1\nforeign 0\nshort 0\nposted 0\n');
});

test.each([
  ['another token', { token: 0x15 }],
  ['another port', { srcPort: 1 }],
  ['another command', { opcode: STOP }],
])('an answer with %s ends nothing (apr-L10)', async (_, other) => {
  const rig = await q6Rig();
  rig.dsp.on(START, (got) => [basic({ ...got, ...other }, 0)], 1);
  expect(await rig.run(start(rig))).toContain('(ETIMEDOUT)');
  expect(rig.services.afe.requests.counts.foreign).toBe(1);
});

test('a late answer does not end the next request, whose token differs (apr-L11)', async () => {
  const rig = await q6Rig();
  const { dsp, bench } = rig;
  dsp.on(START, 'silent', 1);
  dsp.got.length = 0;
  expect(await rig.run(start(rig))).toContain('(ETIMEDOUT)');
  const late = dsp.got.find(({ opcode }) => opcode === START);
  if (late === undefined) throw new Error('not sent');
  dsp.on(START, () => [basic(late, 9)], 1); // what belongs to the first, and nothing for the second
  const second = start(rig).catch((e: unknown) => e);
  await bench.run(ms(10));
  expect(rig.services.afe.requests.counts.late).toBe(1);
  const again = dsp.got.filter(({ opcode }) => opcode === START)[1];
  expect([late.token, again?.token]).toEqual([0x14, 0x0100_0014]);
  if (again !== undefined) dsp.send(basic(again, 0));
  await bench.run(ms(10));
  expect(await second).toBeUndefined();
});

test.each([
  ['a response without status', 4, 'an answer of 4 bytes, 8 are wanted (EPROTO)'],
  ['a response of nothing', 0, 'no answer within 1 s (ETIMEDOUT)'],
])('%s does not pass for an answer (apr-L12)', async (_, bytes, said) => {
  const rig = await q6Rig();
  rig.dsp.on(
    START,
    (got) => {
      const short = basic(got, 0).slice(0, 20 + bytes);
      short[2] = short.length;
      return [short];
    },
    1,
  );
  expect(await rig.run(start(rig))).toContain(said);
});

test('a short answer of its own kind is refused at once (apr-L12)', async () => {
  const rig = await q6Rig();
  rig.dsp.on(0x100f4, (got) => [own(got, 0x100f5, [])], 1);
  expect(await rig.run(rig.services.afe.vote(3, 'LPASS'))).toContain('an answer of 0 bytes, 4 are wanted (EPROTO)');
});

test('"done" does not stand for an answer of its own, and "accepted" for none', async () => {
  const rig = await q6Rig();
  rig.dsp.on(0x100f4, (got) => [basic(got, 0), own(got, 0x100be, [got.opcode]), own(got, 0x100f5, [0x55])], 1);
  expect(await rig.run(rig.services.afe.vote(3, 'LPASS_HW_MACRO'))).toBe(0x55);
});

test('when the DSP dies all that waits fails at once, and what comes after too (apr-L13)', async () => {
  const rig = await q6Rig();
  const { services, dsp, bench } = rig;
  dsp.on(START, 'silent');
  dsp.on(0x10326, 'silent');
  const waiting = [start(rig), services.adm.open({ port: services.afe.port(20), ...PORT })];
  const ends = waiting.map((one) =>
    one.then(
      () => 'done',
      (e: Error) => e.message,
    ),
  );
  await bench.run(ms(1));
  const from = bench.clock.now();
  dsp.crash();
  expect(() => services.afe.unvote(3, 1)).toThrow('the DSP has died (ECONNRESET)');
  const said = await rig.run(Promise.all(ends));
  expect(bench.clock.now()).toBe(from);
  expect(said).toEqual([
    `${AFE}: AFE DEVICE_START on port TERTIARY_MI2S_RX: the DSP has died (ECONNRESET)`,
    `${AFE.replace('@4', '@8')}: ADM DEVICE_OPEN_V5 on port TERTIARY_MI2S_RX: the DSP has died (ECONNRESET)`,
  ]);
});

test('when its driver is unbound all that waits fails', async () => {
  const rig = await q6Rig();
  rig.dsp.on(0x100f4, 'silent');
  const vote = rig.services.afe.vote(3, 'x').then(
    () => 'done',
    (e: Error) => e.message,
  );
  await rig.bench.run(ms(1));
  const { dev } = rig.services.afe.requests.adev;
  await rig.run(rig.bench.core.unbind(dev));
  expect(await vote).toContain('the driver is unbound (ENODEV)');
});

test('a start without answer is undone, so that the next one works (apr-L14)', async () => {
  const rig = await q6Rig();
  const { dsp } = rig;
  const startsSilently = (): readonly Uint8Array[] => {
    dsp.started.add(0x1004);
    return [];
  };
  dsp.on(START, startsSilently, 1);
  expect(await rig.run(start(rig))).toContain('(ETIMEDOUT)');
  expect(await rig.run(start(rig))).toBeUndefined();
});

test('a stop that was not sent, or not answered, is made up for before the next start (apr-L14)', async () => {
  const rig = await q6Rig();
  const { dsp } = rig;
  expect(await rig.run(start(rig))).toBeUndefined();
  dsp.on(STOP, 'silent', 1);
  expect(await rig.run(stop(rig))).toContain('AFE DEVICE_STOP on port TERTIARY_MI2S_RX: no answer within 1 s');
  dsp.got.length = 0;
  expect(await rig.run(start(rig))).toBeUndefined();
  expect(dsp.opcodes()).toEqual(['100e6', '100ef', '100e5']);
});

test('a stop that the DSP refuses is not made up for', async () => {
  const rig = await q6Rig();
  const { dsp } = rig;
  await rig.run(start(rig));
  dsp.on(STOP, 2, 1);
  expect(await rig.run(stop(rig))).toContain('EBADPARAM (2)');
  dsp.started.clear();
  dsp.got.length = 0;
  await rig.run(start(rig));
  expect(dsp.opcodes()).toEqual(['100ef', '100e5']);
});

test('a command that reached the DSP twice is undone once', async () => {
  const rig = await q6Rig();
  const { dsp, bench, services } = rig;
  dsp.on(0x10326, (got) => [own(got, 0x10329, [0, 5]), own(got, 0x10329, [0, 6]), own(got, 0x10329, [0, 5])], 1);
  expect(await rig.run(services.adm.open({ port: services.afe.port(20), ...PORT }))).toMatchObject({ id: 5 });
  await bench.run(ms(1));
  const closed = dsp.got.filter(({ opcode }) => opcode === 0x10327).map(({ destPort }) => destPort);
  expect([closed, services.adm.requests.counts.duplicate]).toEqual([[6], 2]);
});

/** A machine whose channel refuses packets from the `from`th on, `count` times. */
async function fullChannel(from: number, count: number): Promise<Q6Rig> {
  const points = Array.from({ length: count }, (_, nth) => {
    return { where: 'rpmsg.send', which: undefined, nth: from + nth, what: 'refuse' } as const;
  });
  return q6Rig(q6Source(), { faults: (trace) => new FaultPlan(points, trace) });
}

/** GET_STATE and GET_FWK_VERSION. */
const AT_PROBE = 2;

test('a packet waits for room in the channel, and those behind it keep their order (apr-L16)', async () => {
  const rig = await fullChannel(AT_PROBE + 1, 3);
  const { dsp, services, bench } = rig;
  dsp.got.length = 0;
  const from = bench.clock.now();
  services.afe.unvote(3, 1);
  expect(await rig.run(start(rig))).toBeUndefined();
  expect([dsp.opcodes(), bench.clock.now() - from]).toEqual([['100f6', '100ef', '100e5'], ms(1 + 2 + 4)]);
});

test('a packet for which there is no room all the time was not sent, and is no time-out (apr-L16)', async () => {
  const rig = await fullChannel(AT_PROBE + 1, 40);
  const { dsp, services, bench, log } = rig;
  const from = bench.clock.now();
  const started = rig.run(start(rig));
  services.afe.unvote(3, 1);
  expect(await started).toContain(
    'PORT_SET_PARAM_V2 on port TERTIARY_MI2S_RX: the packet was not sent: there was no room (EAGAIN)',
  );
  expect(bench.clock.now() - from).toBe(s(1));
  dsp.got.length = 0;
  await bench.run(s(2));
  expect(await rig.run(start(rig))).toBeUndefined();
  expect(dsp.got.map(({ opcode, token }) => [opcode, token])).toEqual([
    [0x100ef, 20],
    [START, 20],
  ]); // none was given up
  expect(log.filter((line) => line.includes('LPASS_HW_DEVOTE'))).toHaveLength(1);
});

test('when too much waits for room, the next is refused', async () => {
  const rig = await fullChannel(AT_PROBE + 1, 1000);
  const { afe } = rig.services;
  for (let nth = 0; nth < 64; nth++) afe.unvote(3, nth);
  expect(() => afe.unvote(3, 64)).toThrow('the packet was not sent (EAGAIN)');
  await rig.run(rig.bench.core.unbind(afe.requests.adev.dev));
});
