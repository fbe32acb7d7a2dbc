// Readiness and versions, as firmware of all ages tells them.
import { expect, test } from 'vitest';
import { FakeDsp, own } from '../../../test/apr-fake-dsp.js';
import { q6Rig, q6RigWith, q6Source } from '../../../test/q6-rig.js';
import { aprNode } from '../../../test/apr-rig.js';
import { ms, s } from '../../base/clock.js';
import { Q6Dsps } from './q6-dsp.js';
import type { Q6Core } from './q6core.js';

const CORE_ONLY = q6Source(aprNode('service@3 { reg = <3>; compatible = "qcom,q6core"; };'));
const [GET_STATE, FWK, VERSIONS] = [0x1290c, 0x1292c, 0x12905];

async function coreRig(): Promise<Awaited<ReturnType<typeof q6Rig>> & { readonly core: Q6Core }> {
  const rig = await q6Rig(CORE_ONLY);
  const core = rig.bench.core.subsystem(Q6Dsps).all[0]?.core as Q6Core;
  return { ...rig, core };
}

test('CORE is asked without ports and token, and only once (apr-L20)', async () => {
  const { dsp, run, core } = await coreRig();
  await run(core.waitReady());
  await run(core.waitReady());
  expect(await run(core.svcApiInfo(7))).toEqual({ svc: 7, version: 0x2_0007, branch: 0 });
  expect(await run(core.svcApiInfo(12))).toContain('service 12 is not there (ENOTSUPP)');
  // test/golden/apr-services.json, session, lines 0 and 3.
  expect(dsp.got.map(({ hex }) => hex)).toEqual([
    '500214000305000003040000000000000c290100',
    '500214000305000003040000000000002c290100',
  ]);
});

test('firmware that does not know the framework is asked the old way', async () => {
  const { dsp, run, core } = await coreRig();
  dsp.on(FWK, 3);
  expect(await run(core.svcApiInfo(7))).toMatchObject({ version: 0x1_0002 });
  expect(dsp.opcodes()).toEqual(['1292c', '12905']);
});

test('silence on both is ENOTSUPP, and the next one asks again (apr-L21)', async () => {
  const { dsp, run, core } = await coreRig();
  dsp.on(FWK, 'silent', 2);
  dsp.on(VERSIONS, 'silent', 1);
  expect(await run(core.svcApiInfo(7))).toContain('the firmware tells no versions (ENOTSUPP)');
  expect(await run(core.svcApiInfo(7))).toMatchObject({ version: 0x1_0002 });
  expect(dsp.opcodes()).toEqual(['1292c', '12905', '1292c', '12905']);
});

test('a DSP that boots is waited for', async () => {
  const { dsp, run, core, bench } = await coreRig();
  dsp.state = 0;
  bench.clock.after(ms(950), () => {
    dsp.state = 1;
  });
  const from = bench.clock.now();
  expect(await run(core.waitReady())).toBeUndefined();
  expect([bench.clock.now() - from, dsp.got.length]).toEqual([ms(1000), 11]);
});

test.each([
  ['says that it is not', 0, 'its state is 0'],
  ['says nothing', undefined, 'no answer'],
])('one that %s is not ready after three seconds (apr-L22)', async (_, state, why) => {
  const { dsp, run, core, bench } = await coreRig();
  if (state === undefined) dsp.on(GET_STATE, 'silent');
  else dsp.state = state;
  const from = bench.clock.now();
  expect(await run(core.waitReady())).toContain(`CORE GET_STATE: not ready after 3 s: ${why} (ETIMEDOUT)`);
  expect([bench.clock.now() - from, dsp.got.length, core.isSilent]).toEqual([s(3), 30, state === undefined]);
});

test('one lost answer does not matter (apr-L22)', async () => {
  const { dsp, run, core } = await coreRig();
  dsp.on(GET_STATE, 'silent', 1);
  expect(await run(core.waitReady())).toBeUndefined();
  expect(dsp.got.map(({ token }) => token)).toEqual([0, 0x100_0000]);
});

test('firmware that does not know the question is ready', async () => {
  const { dsp, run, core } = await coreRig();
  dsp.on(GET_STATE, 3);
  expect(await run(core.waitReady())).toBeUndefined();
});

test('a list that says more than it has is read as far as it goes (apr-L23)', async () => {
  const { dsp, run, core } = await coreRig();
  dsp.on(FWK, (got) => [own(got, 0x1292d, [2, 0, 0, 0, 0xffff_ffff, 7, 0x2_0000, 5, 8, 1])]);
  expect(await run(core.apis())).toEqual([{ svc: 7, version: 0x2_0000, branch: 5 }]);
});

test('a DSP that dies while it is asked ends the question', async () => {
  const { dsp, run, core, bench } = await coreRig();
  dsp.state = 0;
  bench.clock.after(ms(50), () => dsp.crash());
  expect(await run(core.waitReady())).toContain('(ECONNRESET)');
  expect(bench.clock.now()).toBeLessThan(s(1));
});

test('services come up with their versions, and without them where the firmware is silent', async () => {
  const { log, bench } = await q6Rig();
  expect(log.filter((line) => line.includes('API version'))).toEqual([
    'qcom-q6afe aprsvc:service:4:4: API version 2.4',
    'qcom-q6asm aprsvc:service:4:7: API version 2.7',
    'qcom-q6adm aprsvc:service:4:8: API version 2.8',
  ]);
  expect(bench.clock.now()).toBeLessThan(ms(10));
  const silent = new FakeDsp();
  for (const opcode of [GET_STATE, FWK, VERSIONS]) silent.on(opcode, 'silent');
  const second = await q6RigWith(silent);
  expect(second.log.filter((line) => line.includes('its API version is not known'))).toHaveLength(3);
  expect(second.services.asm.frontEnds.map(({ name }) => name)).toEqual(['MultiMedia1', 'MultiMedia2', 'MultiMedia3']);
});
