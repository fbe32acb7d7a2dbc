// What a driver does to use a GCE, and what it is told when that cannot be.
import { expect, test } from 'vitest';
import { ms, s } from '../../src/base/clock.js';
import type { Device } from '../../src/core/device.js';
import { pmRuntimeUsage } from '../../src/core/pm-runtime.js';
import {
  cmdqDevGetClientReg,
  cmdqDevGetEvents,
  cmdqMboxCreate,
  cmdqMboxDestroy,
  cmdqPktCreate,
  cmdqPktDestroy,
  cmdqPktFlush,
  cmdqPktFlushAsync,
  cmdqRegisterDevice,
  mtkCmdq,
} from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { benchOf } from '../bench.js';
import { ScriptedMailbox } from '../conformance/cmdq/scripted-mailbox.js';
import { treeOf } from '../lab.js';
import { clientDriver, gceOf, gceTree, logOf, rigOf } from './machine.js';
import { errorOf, wordsOf } from './packets.js';

/** The devices of a tree without a GCE's driver, by path. */
async function devicesOf(source: string): Promise<Map<string, Device>> {
  const devs = new Map<string, Device>();
  const bench = benchOf(treeOf(source), { drivers: [clientDriver((dev) => void devs.set(dev.path, dev))] });
  await bench.powerOn();
  return devs;
}

test.each([
  ['is bound when the GCE is', true, ['channel 3']],
  ['waits where nothing drives the GCE', false, []],
])('a client that comes first %s (cmdq-D1, cmdq-D2)', async (_, isDriven, wanted) => {
  const seen: string[] = [];
  const use = (dev: Device): void => {
    const client = cmdqMboxCreate(dev, 1);
    dev.scope.defer(() => cmdqMboxDestroy(client));
    seen.push(`channel ${client.chan.index}`);
  };
  const drivers = [clientDriver(use), ...(isDriven ? [mtkCmdq] : [])];
  const bench = benchOf(gceTree(), { drivers, chips: [gceOf().chip] });
  const log = logOf(bench);
  await bench.powerOn();
  const client = bench.core.devices.find(({ path }) => path.startsWith('/display')) as Device;
  expect([seen, log.filter((line) => line.startsWith('err'))]).toEqual([wanted, []]);
  expect(errorOf(() => cmdqMboxCreate(client, isDriven ? 1 : 0)).code).toBe(isDriven ? 'EBUSY' : 'EPROBE_DEFER');
});

test('the error of a channel goes up (cmdq-D2)', async () => {
  const { dev } = await rigOf();
  expect([0, 2].map((index) => errorOf(() => cmdqMboxCreate(dev, index)).message)).toEqual([
    '/display@14000000: mailbox: channel 0 belongs to /display@14000000 (EBUSY)',
    '/display@14000000: mailbox: mboxes[2]: there is no such entry (ENODEV)',
  ]);
});

test('the error of sending goes up, nobody is told, and the GCE may sleep (cmdq-D8)', async () => {
  const box = new ScriptedMailbox();
  const client = cmdqMboxCreate(await box.client(), 0);
  const pkt = cmdqPktCreate(client, 64);
  box.sendRet = -105;
  const calls = [1, 2].map(() => errorOf(() => cmdqPktFlushAsync(client, pkt, () => expect.fail('told'))).code);
  expect([calls, pkt.state, pmRuntimeUsage(client.chan.controller.dev)]).toEqual([
    ['ENOBUFS', 'ENOBUFS'],
    'finalized',
    0,
  ]);
  await expect(box.bench.drive('flush', s(5), () => cmdqPktFlush(client, pkt))).rejects.toMatchObject({
    code: 'ENOBUFS',
  });
  cmdqPktDestroy(pkt);
  expect(await box.bench.powerOff()).toEqual([]);
});

test('a mailbox that says nothing does not hold up a flush for ever (cmdq-D9)', async () => {
  const box = new ScriptedMailbox();
  const client = cmdqMboxCreate(await box.client(), 0);
  const pkt = cmdqPktCreate(client, 64);
  await expect(box.bench.drive('flush', s(5), () => cmdqPktFlush(client, pkt, 100))).rejects.toThrow(
    '/client@20000000: cmdq: the GCE driver said nothing within 1100 ms (ETIMEDOUT)',
  );
  expect(box.bench.clock.now()).toBe(ms(1100));
  pkt.done(0);
  cmdqPktDestroy(pkt);
  expect(await box.bench.powerOff()).toEqual([]);
});

test('a packet is in one place at a time (cmdq-D11)', async () => {
  const { client, pkt, said, gce } = await rigOf();
  const one = pkt(64, (p) => p.wfe(53));
  cmdqPktFlushAsync(client, one);
  const calls = [
    () => cmdqPktFlushAsync(client, one),
    () => cmdqPktDestroy(one),
    () => one.reset(),
    () => one.write(1, 0, 0),
  ];
  expect(calls.map((call) => errorOf(call).code)).toEqual(['EBUSY', 'EBUSY', 'EBUSY', 'EBUSY']);
  gce.raise(53);
  expect(
    await said(() =>
      cmdqPktFlush(
        client,
        pkt(64, (p) => p.write(1, 0, 1)),
      ),
    ),
  ).toBe('well');
});

test('a channel that is emptied ends its flush', async () => {
  const { client, pkt, said } = await rigOf();
  const flush = said(() =>
    cmdqPktFlush(
      client,
      pkt(64, (p) => p.wfe(53)),
    ),
  );
  cmdqMboxDestroy(client);
  expect(await flush).toBe(
    '/display@14000000: cmdq flush: the channel was emptied before the packet ended (ECONNABORTED)',
  );
});

test('the client’s callback hears of every packet of its channel', async () => {
  const heard: [number, boolean][] = [];
  const { client, pkt, said } = await rigOf({
    client: { rxCallback: ({ sta, pkt }) => heard.push([sta, pkt === one]) },
  });
  const one = pkt(64, (p) => p.write(1, 0, 1));
  await said(() => cmdqPktFlush(client, one));
  await said(() =>
    cmdqPktFlush(
      client,
      pkt(64, (p) => p.append(0x7700_0000, 0)),
    ),
  );
  expect(heard).toEqual([
    [0, true],
    [-8, false],
  ]);
});

test('where the tree says that a module’s registers are (cmdq-L9)', async () => {
  const { dev } = await rigOf();
  expect([0, 1].map((index) => cmdqDevGetClientReg(dev, index))).toEqual([
    { subsys: 1, offset: 0xc000, size: 0x1000 },
    { subsys: 1, offset: 0, size: 0x1_0000 },
  ]);
  const devs = await devicesOf(`/ { gce: g { }; none { compatible = "x,client"; };
    short { compatible = "x,client"; mediatek,gce-client-reg = <&gce 1 2>; };
    nowhere { compatible = "x,client"; mediatek,gce-client-reg = <0x777 1 2 3>; }; };`);
  const said = ['/none', '/short', '/nowhere'].map(
    (name) => errorOf(() => cmdqDevGetClientReg(devs.get(name) as Device, 0)).message,
  );
  expect([errorOf(() => cmdqDevGetClientReg(dev, 2)).message, ...said]).toEqual([
    '/display@14000000: cmdq: mediatek,gce-client-reg[2]: there is no such entry (ENOENT)',
    '/none: cmdq: mediatek,gce-client-reg[0]: there is no such entry (ENOENT)',
    '/short: cmdq: mediatek,gce-client-reg[0]: entry 0: /g needs 3 cells, found 2 (EINVAL)',
    '/nowhere: cmdq: mediatek,gce-client-reg[0]: entry 0: no node has the phandle 0x777 that mediatek,gce-client-reg ' +
      'names (EINVAL)',
  ]);
});

test('which events the tree gives to a device', async () => {
  const many = Array.from({ length: 33 }, (_, id) => id).join(' ');
  const devs = await devicesOf(`/ { mutex { compatible = "x,client"; mediatek,gce-events = <53 54>; };
    none { compatible = "x,client"; }; many { compatible = "x,client"; mediatek,gce-events = <${many}>; };
    odd { compatible = "x,client"; mediatek,gce-events = [00 00 00 35 00]; };
    high { compatible = "x,client"; mediatek,gce-events = <53 1024>; }; };`);
  const of = (name: string): readonly number[] => cmdqDevGetEvents(devs.get(`/${name}`) as Device);
  expect(of('mutex')).toEqual([53, 54]);
  expect(['none', 'many', 'odd', 'high'].map((name) => errorOf(() => of(name)).message)).toEqual([
    '/none: cmdq: no mediatek,gce-events (ENOENT)',
    '/many: cmdq: mediatek,gce-events has 132 bytes: 1 to 32 cells (EINVAL)',
    '/odd: cmdq: mediatek,gce-events has 5 bytes: 1 to 32 cells (EINVAL)',
    '/high: cmdq: mediatek,gce-events: event 1024: ids are 0 to 1023 (EINVAL)',
  ]);
});

test('a module by its address, all bits of it, and why there is none (cmdq-D3, cmdq-D16)', async () => {
  const devs = await devicesOf(`/ { #address-cells = <2>; #size-cells = <1>;
    ovl { compatible = "x,client"; reg = <0 0x1400c000 0x1000>; };
    far { compatible = "x,client"; reg = <1 0x1400c000 0x1000>; };
    bare { compatible = "x,client"; }; };`);
  const dev = (name: string): Device => devs.get(`/${name}`) as Device;
  expect(cmdqRegisterDevice(dev('ovl'), 'mt8173')).toEqual({ subsys: 1, offset: 0xc000, size: 0x1000 });
  expect(cmdqRegisterDevice(dev('ovl'), 'mt8195')).toEqual({ subsys: 0, offset: 0xc000, size: 0x1000 });
  expect([
    errorOf(() => cmdqRegisterDevice(dev('far'), 'mt8173')).message,
    errorOf(() => cmdqRegisterDevice(dev('bare'), 'mt8173')).message,
    errorOf(() => cmdqRegisterDevice(dev('ovl'), 'mt9999')).message,
  ]).toEqual([
    '/far: cmdq: no subsystem of mt8173 has 0x11400c000 (ERANGE)',
    '/bare: cmdq: no register range (EINVAL)',
    '/ovl: cmdq: the tables have no SoC mt9999 (EINVAL)',
  ]);
});

test('a packet knows the SoC of its GCE: events by name, shift, windows (cmdq-D15)', async () => {
  const { pkt } = await rigOf({ soc: 'mt8192', gce: { shift: 3 } });
  const one = pkt(64, (p) => {
    p.wfe(434);
    p.writeAddr(0x1400_0000, 1);
    p.finalize();
  });
  expect(wordsOf(one)).toBe('200001b2_80008001 04010000_00000001 40000000_00000001 10000000_00000001');
});
