// Deviations of DPAA's drivers that no other test names: what a machine of two ports has of its own.
import { expect, test } from 'vitest';
import { FaultPlan } from '../../src/bus/fault-plan.js';
import { parseFaults } from '../../src/bus/fault-text.js';
import { bmanChip } from '../../src/chips/bman/bman.js';
import { fmanChips } from '../../src/chips/fman/fman.js';
import { qmanChip } from '../../src/chips/qman/qman.js';
import type { NetDevice } from '../../src/core/netdevice.js';
import { dpaaEth } from '../../src/drivers/dpaa-eth/dpaa-eth.js';
import { fmanDrivers } from '../../src/drivers/fman/fman.js';
import { qbmanDrivers } from '../../src/drivers/qbman/qbman.js';
import { benchOf } from '../bench.js';
import { FOUR_MACS, fourSource } from '../dpaa-four.js';
import { netsOf } from '../dpaa-machine.js';
import { dpaaPair } from '../dpaa-pair.js';
import { plainBytes } from '../dpaa-sweep.js';
import { treeOf } from '../lab.js';

const PARTS = {
  drivers: [...qbmanDrivers, ...fmanDrivers, dpaaEth],
  chips: [bmanChip(), qmanChip(), ...fmanChips()],
};

/** Numbers of `ethtool -S` whose names begin so. */
function values({ ethtool }: NetDevice, begins: string): readonly number[] {
  const numbers = ethtool.getEthtoolStats?.() ?? [];
  return (ethtool.getStrings?.() ?? []).flatMap((name, at) => (name.startsWith(begins) ? [numbers[at] ?? -1] : []));
}

test('dpaa-8.1.7: each interface has a pool of its own', async () => {
  const { bench } = await dpaaPair();
  const members = bench.core.classDevices('net');
  expect(await Promise.all(members.map(({ sysfs }) => sysfs.read('bpids')))).toEqual(['0\n', '1\n']);
});

test('dpaa-L31: a MAC without address has one by its number, the same at each boot', async () => {
  const bench = benchOf(treeOf(fourSource((text) => text.replaceAll(/local-mac-address = \[[^\]]*\];/g, ''))), PARTS);
  await bench.powerOn();
  expect(netsOf(bench).map(({ address }) => [...address])).toEqual([
    [0x02, 0x00, 0x00, 0xda, 0xaa, 0x00],
    [0x02, 0x00, 0x00, 0xda, 0xaa, 0x01],
  ]);
});

test('dpaa-L44: without a single buffer in its pool an interface does not come up', async () => {
  const { points } = parseFaults('dma.map=enomem');
  const bench = benchOf(treeOf(fourSource()), { ...PARTS, faults: (trace) => new FaultPlan(points, trace) });
  await bench.powerOn();
  const found = bench.report().find(({ path }) => path === `${FOUR_MACS[0]}/dpaa-ethernet.0`);
  expect([found?.state, found?.reason]).toEqual(['failed', expect.stringContaining('no buffer for its pool (ENOMEM)')]);
});

test('dpaa-L47: what is sent counts for the CPU of its queue', async () => {
  const pair = await dpaaPair({ tree: treeOf(fourSource()), macs: FOUR_MACS });
  await pair.open();
  const [{ net }] = pair.sides;
  for (const queue of [2, 3, 7]) {
    const skb = pair.packet(new Uint8Array(100).fill(0xff), 100);
    skb.hash = queue;
    await pair.send(0, skb);
  }
  expect([values(net, 'tx packets'), values(net, 'tx error')]).toEqual([
    [0, 0, 1, 2, 3],
    [0, 0, 0, 0, 0],
  ]);
  pair.release();
});

test.each([
  [1522, undefined, 1500, 1],
  [9600, undefined, 3500, 1],
  [9600, undefined, 9000, 3],
  [9600, 2048, 9000, 6],
] as const)('dpaa-L51: with frames of up to %i bytes, and buffers of %s, one of %i has %i pieces', async (...row) => {
  const [maxFrame, bufferBytes, length, pieces] = row;
  const pair = await dpaaPair({ maxFrame, ...(bufferBytes === undefined ? {} : { bufferBytes }) });
  await pair.open();
  const came: number[] = [];
  pair.sides[1].net.onReceive((skb) => {
    came.push(1 + skb.nrFrags);
    return pair.sides[1].receive(skb);
  });
  await pair.send(0, pair.packet(plainBytes(pair, 1, length), length));
  expect([came, pair.sides[1].received[0]?.length]).toEqual([[pieces], length]);
  pair.release();
});

test('dpaa-L48: three more numbers stand at the end of ethtool -S', async () => {
  const [first] = (await dpaaPair()).nets;
  expect(first?.ethtool.getStrings?.().slice(-4)).toEqual([
    'congested (0/1)',
    'rx bad descriptor',
    'rx stale descriptor',
    'tx stray confirm',
  ]);
});
