// Channels as devices: names, drivers, and what becomes of both when the remote processor closes or dies.
import { expect, test } from 'vitest';
import { aprNode, type AprRig, aprRig, CHANNEL, dspSource, RECOVERED, SEED_NODE } from '../../test/apr-rig.js';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/tree-of.js';
import { hex } from '../base/bytes.js';
import { ms, SimClock } from '../base/clock.js';
import { SIM_REMOTEPROC } from '../bench/remoteproc-stand-in.js';
import { FaultPlan } from '../bus/fault-plan.js';
import { SimRpmsgEdge } from '../bus/rpmsg-sim.js';
import { qcomApr } from '../drivers/qcom-apr/apr.js';
import { settle } from '../host/settle.js';
import type { Device } from './device.js';
import { Rproc } from './remoteproc.js';
import { type RpmsgDevice, rpmsgDriver, type RpmsgDriverSpec } from './rpmsg.js';

const BY_NAME: Pick<RpmsgDriverSpec, 'name' | 'compatible' | 'channels'> = {
  name: 'by-name',
  compatible: [],
  channels: ['other', CHANNEL],
};
const SOURCE = dspSource('compatible = "x,unknown";');

const rpdevOf = (dev: Device): RpmsgDevice => dev.outer as RpmsgDevice;
const channels = ({ bench }: AprRig): string[] =>
  bench.core.devices
    .filter(({ bus }) => bus.name === 'rpmsg')
    .map(({ name, ofNode }) => `${name} ${ofNode?.name ?? '-'}`);

test('a channel is a device with the node that names it, below its processor; one without node is, too', async () => {
  const rig = await aprRig(SOURCE);
  rig.dsp.remote.open('fastrpcglink-apps-dsp', () => 0);
  await rig.bench.run(0);
  expect(channels(rig)).toEqual([
    'remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1 apr',
    'remoteproc-adsp:glink-edge.fastrpcglink-apps-dsp.-1.-1 -',
  ]);
  const { parent, sysfs } = rig.channel();
  const files = ['name', 'src', 'dst', 'announce'].map((name) => sysfs.read(name));
  expect([parent?.name, ...(await Promise.all(files))]).toEqual([
    ...['remoteproc-adsp', `${CHANNEL}\n`, '0xffffffff\n', '0xffffffff\n', 'false\n'],
  ]);
});

test('a driver takes a channel by name, its messages come from the opening on, and it sends', async () => {
  const log: string[] = [];
  const driver = rpmsgDriver({
    ...BY_NAME,
    async probe({ dev, channel }) {
      log.push(`probe ${channel}`);
      await dev.clock.sleep(ms(1));
      log.push('end');
    },
    callback: (_, bytes) => {
      log.push(hex(bytes, ''));
      return 0;
    },
  });
  const rig = await aprRig(SOURCE);
  const registering = rig.bench.core.registerDriver(driver);
  await rig.bench.run(0);
  rig.dsp.end.trysend(Uint8Array.of(1, 2, 3, 4));
  await rig.bench.run(ms(2));
  await registering;
  const rpdev = rpdevOf(rig.channel());
  expect([rpdev.trysend(Uint8Array.of(5, 6, 7, 8)), await rpdev.send(Uint8Array.of(9, 9, 9, 9))]).toEqual([0, 0]);
  await rig.bench.run(0);
  expect([log, rig.dsp.got]).toEqual([
    [`probe ${CHANNEL}`, '01020304', 'end'],
    ['05060708', '09090909'],
  ]);
  await rig.bench.core.unbind(rig.channel());
  expect([rpdev.trysend(new Uint8Array(4)), await rpdev.send(new Uint8Array(4))]).toEqual([-32, -32]);
});

test('a channel that closes is told to its driver at once, and its device goes; others stay', async () => {
  const log: string[] = [];
  const driver = rpmsgDriver({
    ...BY_NAME,
    probe({ dev, channel }) {
      dev.scope.defer(() => void log.push(`remove ${channel}`));
    },
    callback: () => 0,
    down: ({ channel, isDown }) => log.push(`down ${channel} ${isDown}`),
  });
  const rig = await aprRig(SOURCE, { drivers: [driver] });
  const other = rig.dsp.remote.open('other', () => 0);
  await rig.bench.run(0);
  other.close();
  expect(log).toEqual(['down other true']);
  await rig.bench.run(0);
  expect(log).toEqual(['down other true', 'remove other']);
  expect(channels(rig).length).toBe(1);
});

test('a channel that somebody else has fails the probe with ENOMEM, as in Linux', async () => {
  const rig = await aprRig(SOURCE);
  const rpdev = rpdevOf(rig.channel());
  const taken = rpdev.edge.open(CHANNEL, () => 0);
  await rig.bench.core.registerDriver(rpmsgDriver({ ...BY_NAME, probe: () => undefined, callback: () => 0 }));
  const { state } = rig.channel();
  expect(state.kind === 'failed' && state.error.errno).toBe(-12);
  expect(rig.log).toContain(`by-name ${rig.channel().name}: failed to create endpoint`);
  taken.close();
});

test('the buffers that the tree names are announced', async () => {
  const rig = await aprRig(dspSource(`${aprNode()} qcom,intents = <512 2 64 1>;`));
  const send = (size: number): number => rig.dsp.end.trysend(new Uint8Array(size));
  expect([send(64), send(64), send(512), send(1)]).toEqual([0, 0, 0, -16]);
});

test('the remote processor is in sysfs, says that it crashed, and comes back; it can crash again', async () => {
  const rig = await aprRig(dspSource(SEED_NODE));
  const [rproc] = rig.bench.core.classDevices('remoteproc');
  if (!(rproc instanceof Rproc)) throw new Error('no remoteproc0');
  expect([rproc.sysfs.name, await rproc.sysfs.read('name'), await rproc.sysfs.read('state')]).toEqual([
    'remoteproc0',
    'adsp\n',
    'running\n',
  ]);
  for (let crash = 1; crash <= 3; crash++) {
    rig.dsp.remote.down();
    expect([rproc.state, rproc.crashes, channels(rig).length]).toEqual(['crashed', crash, 1]);
    await rig.bench.run(RECOVERED);
    expect([rproc.state, channels(rig).length]).toEqual(['running', 1]);
  }
  expect(rig.bench.core.deviceOf(rproc.parent.ofNode as never)?.state).toMatchObject({
    driver: { name: SIM_REMOTEPROC },
  });
});

test('a processor that comes back by itself, and dies again meanwhile, is started once', async () => {
  const rig = await aprRig(dspSource(SEED_NODE));
  let boots = 0;
  rig.dsp.remote.onBoot(() => {
    boots++;
    rig.dsp.boot();
  });
  rig.dsp.remote.down();
  rig.dsp.boot();
  await rig.bench.run(ms(50));
  expect(channels(rig).length).toBe(1);
  rig.dsp.remote.down();
  await rig.bench.run(ms(60)); // the time of the first start has come
  expect([boots, channels(rig).length]).toEqual([0, 0]);
  await rig.bench.run(RECOVERED);
  expect([boots, channels(rig).length]).toEqual([1, 1]);
});

test('a machine that is powered off in the middle of a recovery leaves nothing', async () => {
  const rig = await aprRig(dspSource(SEED_NODE));
  rig.dsp.remote.down();
  await rig.bench.run(ms(50));
  expect(await rig.bench.powerOff()).toEqual([]);
  await rig.bench.run(RECOVERED);
  expect(channels(rig)).toEqual([]);
});

test('faults of the plan and the trace are on the way, under the name of the edge', async () => {
  const lines: string[] = [];
  const plan = (): FaultPlan => new FaultPlan([{ where: 'rpmsg.deliver', which: CHANNEL, nth: 2, what: 'drop' }]);
  const rig = await aprRig(dspSource(SEED_NODE), { faults: plan });
  rig.bench.trace.attach((event) => {
    if (event.kind === 'rpmsg_deliver') lines.push(`${event.where} ${event.bytes}`);
  });
  for (const byte of [1, 2, 3]) await rig.rx(`0${byte}000000`);
  expect(lines).toEqual([
    '/remoteproc-adsp/glink-edge.apr_audio_svc 01 00 00 00',
    '/remoteproc-adsp/glink-edge.apr_audio_svc 03 00 00 00',
  ]);
});

test('a real edge stands in the place of the modelled one', async () => {
  const clock = new SimClock(settle);
  const real = new SimRpmsgEdge('real', clock, { transport: 'glink' });
  real.remote.open(CHANNEL, () => 0);
  const bench = benchOf(treeOf(dspSource(SEED_NODE)), { drivers: [qcomApr], realRpmsg: () => real });
  await bench.powerOn();
  expect([bench.sockets.size, bench.core.devices.map(({ name }) => name).at(-1)]).toEqual([0, 'apr:CORE:4:3:0']);
});

test('what stands for a channel that is not open waits for its processor, and what is below does', async () => {
  const source = dspSource('compatible = "x,unknown"; part { compatible = "x,part"; };');
  const closed = source.replaceAll(CHANNEL, 'not_opened');
  const { bench } = await aprRig(closed);
  const reason = '/remoteproc-adsp has not opened the channel not_opened';
  expect(bench.report().map(({ path, state, waitsFor, reason: why }) => [path, state, waitsFor, why])).toEqual([
    ['/remoteproc-adsp', 'bound', undefined, 'stands in for x,adsp'],
    ['/remoteproc-adsp/remoteproc-adsp:glink-edge.apr_audio_svc.-1.-1', 'no driver', undefined, undefined],
    ['/remoteproc-adsp/glink-edge/apr', 'waits', '/remoteproc-adsp', reason],
    ['/remoteproc-adsp/glink-edge/apr/part', 'waits', '/remoteproc-adsp', reason],
  ]);
});
