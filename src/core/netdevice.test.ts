import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { SimClock } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { Trace } from '../base/trace.js';
import { SimMemory } from '../bus/dma-sim.js';
import { settle } from '../host/settle.js';
import { Napi } from './napi.js';
import { NETIF_F } from './netdev-types.js';
import { devmRegisterNetdev, type NetDevice, type NetdevSpec } from './netdevice.js';
import { PageFragCache, Zone } from './page.js';
import { platformDriver } from './platform-device.js';
import { SkBuff } from './skbuff.js';

function source(): PageFragCache {
  const clock = new SimClock(settle);
  return new PageFragCache(new Zone(new SimMemory({ clock, trace: new Trace(() => clock.now()) })));
}

/** A machine with one network device. */
async function machine(more: Partial<NetdevSpec> = {}) {
  const sent: SkBuff[] = [];
  let netdev: NetDevice | undefined;
  const address = Uint8Array.of(2, 0, 0, 0, 0, 1);
  const driver = platformDriver({
    name: 'nic',
    compatible: ['x,nic'],
    probe(dev) {
      const ops = { startXmit: (skb: SkBuff) => void sent.push(skb) };
      netdev = devmRegisterNetdev(dev, { address, ops, hwFeatures: NETIF_F.SG, features: NETIF_F.SG, ...more });
    },
  });
  const bench = benchOf(treeOf('/ { nic { compatible = "x,nic"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  if (netdev === undefined) throw new Error('not probed');
  return { bench, netdev, sent };
}

test('a device has its name and files, and unbinding takes it out of its class', async () => {
  const { bench, netdev } = await machine();
  const dev = netdev.dev;
  const members = (): readonly string[] => bench.core.classDevices('net').map(({ sysfs }) => sysfs.name);
  expect([netdev.name, members()]).toEqual(['eth0', ['eth0']]);
  await bench.core.removeDevice(dev);
  expect(members()).toEqual([]);
});

test('a packet goes when the interface is up, has a carrier and its queue runs; otherwise it stays', async () => {
  const { netdev, sent } = await machine();
  const frags = source();
  const xmit = (): boolean => netdev.xmit(SkBuff.alloc(64, frags));
  const answers = [xmit()];
  await netdev.open();
  answers.push(xmit());
  netdev.setCarrier(true);
  answers.push(xmit());
  netdev.stopAllQueues();
  answers.push(xmit());
  netdev.wakeAllQueues();
  answers.push(xmit());
  await netdev.stop();
  answers.push(xmit());
  expect(answers).toEqual([false, false, true, false, true, false]);
  expect(sent.length).toBe(2);
});

test('an interface whose opening fails stays down', async () => {
  const open = (): void => {
    throw new SysError('EBUSY', 'no');
  };
  const { netdev } = await machine({ ops: { open, startXmit: () => undefined } });
  await expect(netdev.open()).rejects.toThrow('EBUSY');
  expect(netdev.up).toBe(false);
});

test('an MTU beyond the bounds is EINVAL and changes nothing', async () => {
  const { netdev } = await machine({ maxMtu: 9578 });
  await netdev.setMtu(9578);
  await expect(netdev.setMtu(9579)).rejects.toThrow('EINVAL');
  await expect(netdev.setMtu(67)).rejects.toThrow('EINVAL');
  expect(netdev.mtu).toBe(9578);
});

test('with scatter/gather off packets are linear when they come to the driver', async () => {
  const { netdev, sent } = await machine();
  await netdev.open();
  netdev.setCarrier(true);
  const frags = source();
  for (const features of [NETIF_F.SG, 0]) {
    expect(netdev.setFeatures(features)).toBe(features);
    const skb = SkBuff.alloc(64, frags);
    skb.put(20);
    skb.addRxFrag(frags.page, frags.alloc(100), 100, 100);
    netdev.xmit(skb);
  }
  expect(sent.map(({ nonlinear, len }) => [nonlinear, len])).toEqual([
    [true, 120],
    [false, 120],
  ]);
});

test('what nobody takes is freed', async () => {
  const { netdev } = await machine();
  const frags = source();
  const skb = SkBuff.alloc(64, frags);
  const { page } = skb;
  expect([page.refs, netdev.receive(skb), page.refs]).toEqual([2, false, 1]);
});

test('a poll with all its budget used comes again, one with less ends, and never inside the asking', async () => {
  const clock = new SimClock(settle);
  let left = 150;
  const done: number[] = [];
  const napi: Napi = new Napi(clock, (budget) => {
    const work = Math.min(left, budget);
    left -= work;
    done.push(work);
    if (work < budget) napi.completeDone();
    return work;
  });
  expect(napi.schedule()).toBe(false);
  napi.enable();
  expect([napi.schedule(), napi.schedule(), done]).toEqual([true, false, []]);
  await clock.run(1);
  expect([done, napi.scheduled]).toEqual([[64, 64, 22], false]);
  napi.schedule();
  napi.disable();
  await clock.run(1);
  expect([done.length, clock.pending]).toEqual([3, 0]);
});
