// COPPs: opened, shared, closed, routed.
import { expect, test } from 'vitest';
import { type Got, own } from '../../../test/apr-fake-dsp.js';
import { q6Rig } from '../../../test/q6-rig.js';
import { ms } from '../../base/clock.js';
import type { Copp } from './q6adm.js';
import { afePort, type AfePort } from './q6afe-ports.js';

const PORT = afePort('TERTIARY_MI2S_RX') as AfePort;
const STEREO = { port: PORT, rate: 48_000, channels: 2, bits: 16 };
const OPEN = 0x10326;

test.each([
  ['the status in its answer', [2, 7], 'ADM DEVICE_OPEN_V5 on port TERTIARY_MI2S_RX: EBADPARAM (2) (EINVAL)'],
  ['COPP 0xff', [0, 0xff], 'ADM DEVICE_OPEN_V5 on port TERTIARY_MI2S_RX: invalid COPP 255 (EINVAL)'],
] as const)('an open fails at once by %s (apr-L40), and nothing is closed (apr-L41)', async (_, words, said) => {
  const { services, run, dsp, bench } = await q6Rig();
  dsp.got.length = 0;
  dsp.on(OPEN, (got) => [own(got, 0x10329, words)], 1);
  const from = bench.clock.now();
  expect(await run(services.adm.open(STEREO))).toContain(said);
  await bench.run(ms(10));
  expect(bench.clock.now() - from).toBe(ms(10));
  expect(dsp.opcodes()).toEqual(['10326']);
});

test('those who want the same share a COPP, and the last closes it (apr-L42)', async () => {
  const { services, run, dsp } = await q6Rig();
  const { adm } = services;
  dsp.got.length = 0;
  const [first, same, other] = (await run(
    Promise.all([adm.open(STEREO), adm.open(STEREO), adm.open({ ...STEREO, channels: 1 })]),
  )) as [Copp, Copp, Copp];
  expect([first === same, first.users, first.index, other.index]).toEqual([true, 2, 0, 1]);
  await run(adm.close(first));
  expect(dsp.copps.size).toBe(2);
  await run(adm.close(same));
  await run(adm.close(same));
  await run(adm.close(other));
  expect([dsp.copps.size, adm.copps.length]).toEqual([0, 0]);
  expect(dsp.opcodes()).toEqual(['10326', '10326', '10327', '10327']);
});

test('a port has eight COPPs', async () => {
  const { services, run } = await q6Rig();
  const rates = [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000];
  for (const rate of rates) await run(services.adm.open({ ...STEREO, rate }));
  expect(await run(services.adm.open({ ...STEREO, rate: 192_000 }))).toContain('8 are open (ENOSPC)');
  expect(services.adm.copps.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('a COPP whose answer comes too late is closed', async () => {
  const { services, run, dsp, bench } = await q6Rig();
  dsp.on(OPEN, 'silent', 1);
  expect(await run(services.adm.open(STEREO))).toContain('no answer within 1 s');
  const asked = dsp.got.find(({ opcode }) => opcode === OPEN) as Got;
  dsp.got.length = 0;
  dsp.send(own(asked, 0x10329, [0, 9]));
  await bench.run(ms(1));
  expect(dsp.got.map(({ opcode, srcPort, destPort }) => [opcode, srcPort, destPort])).toEqual([[0x10327, 20, 9]]);
});

test('a session goes to any number of COPPs, for capture the other way', async () => {
  const { services, run, dsp } = await q6Rig();
  const { adm } = services;
  const first = (await run(adm.open(STEREO))) as Copp;
  const second = (await run(adm.open({ ...STEREO, bits: 24 }))) as Copp;
  dsp.got.length = 0;
  await run(adm.matrixMap('capture', 3, [first, second]));
  const ids = [first, second].map(({ id }) => id.toString(16).padStart(2, '0') + '00').join('');
  expect(dsp.got[0]?.hex.slice(40)).toBe(`01000000${'01000000'}${'03000200'}${ids}00000000`);
});

test('what is open is closed at unbind', async () => {
  const { services, run, dsp, bench } = await q6Rig();
  await run(services.adm.open(STEREO));
  await run(bench.core.unbind(services.adm.requests.adev.dev));
  expect(dsp.copps.size).toBe(0);
});

test('seven channels have no order', async () => {
  const { services, run } = await q6Rig();
  expect(await run(services.adm.open({ ...STEREO, channels: 7 }))).toContain('7 channels (EINVAL)');
});
