import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { s } from '../base/clock.js';
import type { NetClassDevice, NetDevice, NetdevSpec } from './netdevice.js';
import { devmRegisterNetdev } from './netdevice.js';
import { platformDriver } from './platform-device.js';

async function machine(more: Partial<NetdevSpec> = {}) {
  const driver = platformDriver({
    name: 'nic',
    compatible: ['x,nic'],
    probe(dev) {
      devmRegisterNetdev(dev, { address: Uint8Array.of(2, 0, 0, 0, 0, 0xab), ops: { startXmit: () => {} }, ...more });
    },
  });
  const bench = benchOf(treeOf('/ { nic { compatible = "x,nic"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  const [member] = bench.core.classDevices('net') as readonly NetClassDevice[];
  if (member === undefined) throw new Error('not registered');
  const { netdev, sysfs } = member;
  /** Each file's text, or the error's code. */
  const files = async (...names: string[]): Promise<string[]> => {
    const texts = names.map((name) => sysfs.read(name).catch((error: unknown) => (error as { code: string }).code));
    return await Promise.all(texts);
  };
  return { bench, netdev, sysfs, files };
}

const LINK = { speed: 100, duplex: 'half' } as const;

test('an interface that is down has no speed, duplex and carrier', async () => {
  const { files } = await machine();
  expect(await files('speed', 'duplex', 'carrier', 'operstate', 'flags')).toEqual([
    'EINVAL',
    'EINVAL',
    'EINVAL',
    'down\n',
    '0x1002\n',
  ]);
});

test('up without and with a link', async () => {
  let link: typeof LINK | undefined;
  const { files, netdev } = await machine({ ethtool: { getLinkKsettings: () => link } });
  await netdev.open();
  const names = ['speed', 'duplex', 'carrier', 'operstate', 'carrier_changes', 'flags'];
  expect(await files(...names)).toEqual(['-1\n', 'unknown\n', '0\n', 'down\n', '0\n', '0x1003\n']);
  link = LINK;
  netdev.setCarrier(true);
  expect(await files(...names)).toEqual(['100\n', 'half\n', '1\n', 'up\n', '1\n', '0x1003\n']);
  netdev.setCarrier(false);
  expect(await files('carrier_changes', 'carrier_up_count', 'carrier_down_count')).toEqual(['2\n', '1\n', '1\n']);
});

test('the MTU is written, within its bounds', async () => {
  const { files, netdev, sysfs } = await machine({ maxMtu: 9578 });
  await sysfs.write('mtu', '9000\n');
  expect([netdev.mtu, ...(await files('mtu', 'address', 'type'))]).toEqual([
    9000,
    '9000\n',
    '02:00:00:00:00:ab\n',
    '1\n',
  ]);
  for (const text of ['9579\n', 'much\n', '-1\n']) await expect(sysfs.write('mtu', text)).rejects.toThrow('EINVAL');
  expect(netdev.mtu).toBe(9000);
});

test('statistics are the driver’s counters, and 0 where it has none', async () => {
  const counts = { rxPackets: 1, txPackets: 2, rxBytes: 3, txBytes: 4, rxErrors: 5, txErrors: 6 };
  const more = { rxDropped: 7, txDropped: 8, txFifoErrors: 9, rxMissedErrors: 10 };
  const { sysfs } = await machine({ ops: { startXmit: () => {}, getStats: () => ({ ...counts, ...more }) } });
  const dir = sysfs.dirs.get('statistics');
  const seen: Record<string, string> = {};
  for (const name of dir?.attributes.keys() ?? []) {
    const text = (await dir?.read(name)) ?? '';
    if (text !== '0\n') seen[name] = text.trim();
  }
  expect(dir?.attributes.size).toBe(24);
  expect(seen).toEqual({
    ...{ rx_packets: '1', tx_packets: '2', rx_bytes: '3', tx_bytes: '4', rx_errors: '5', tx_errors: '6' },
    ...{ rx_dropped: '7', tx_dropped: '8', tx_fifo_errors: '9', rx_missed_errors: '10' },
  });
});

test('a queue that stays stopped with a carrier is told once in each period, until it runs', async () => {
  const told: number[] = [];
  let net: NetDevice | undefined;
  const ops = {
    startXmit: () => {},
    txTimeout: (queue: number) => void told.push(queue, (net?.dev.clock.now() ?? 0) / s(1)),
  };
  const { bench, netdev } = await machine({ ops, txQueues: 2, watchdogMs: 1000 });
  net = netdev;
  await netdev.open();
  netdev.queues[1]?.stop();
  await bench.run(s(5));
  expect(told).toEqual([]);
  netdev.setCarrier(true);
  await bench.run(s(2.5));
  expect(told).toEqual([1, 6, 1, 7]);
  netdev.queues[1]?.wake();
  await bench.run(s(3));
  netdev.queues[0]?.stop();
  await netdev.stop();
  await bench.run(s(3));
  expect(told.length).toBe(4);
});
