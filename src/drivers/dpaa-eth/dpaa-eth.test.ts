// The driver on scripted registers: numbers are those of the facts (dpaa, chapters 4, 5 and 7).
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { dpaaSource, FakeDpaa } from '../../../test/dpaa-registers.js';
import { treeOf } from '../../../test/tree-of.js';
import type { Bench, BenchParts } from '../../bench/bench.js';
import { passSysError } from '../../base/errno.js';
import type { Trace } from '../../base/trace.js';
import { FaultPlan } from '../../bus/fault-plan.js';
import { everyFault } from '../../bench/every-fault.js';
import { Bench as Machine } from '../../bench/bench.js';
import { settle } from '../../host/settle.js';
import { s } from '../../base/clock.js';
import { NetDevice } from '../../core/netdevice.js';
import { type FragSource, PAGE_SIZE, Page } from '../../core/page.js';
import { SkBuff } from '../../core/skbuff.js';
import { fmanDrivers } from '../fman/fman.js';
import { qbmanDrivers } from '../qbman/qbman.js';
import { dpaaEthDriver } from './dpaa-eth.js';

/** Eight queues for hashed frames, numbers 8 to 15, instead of 128: the number of operations counts here. */
const DRIVERS = [...qbmanDrivers, ...fmanDrivers, dpaaEthDriver({ hashQueues: 8 })];
const ETH = '/soc/fman@1a00000/ethernet@e0000/dpaa-ethernet.0';

async function booted(fake: FakeDpaa, patch?: (source: string) => string, parts: Partial<BenchParts> = {}) {
  const bench = benchOf(treeOf(dpaaSource(patch)), { drivers: DRIVERS, chips: fake.chips, ...parts });
  await bench.powerOn();
  return bench;
}

function netdevOf(bench: Bench): NetDevice {
  const found = bench.core.devices.find((dev) => dev.path === ETH)?.drvdata;
  if (!(found instanceof NetDevice))
    throw new Error(
      bench
        .report()
        .map(({ path, state }) => `${path} ${state}`)
        .join('\n'),
    );
  return found;
}

/** Lets time pass until it has ended. */
async function run<T>(bench: Bench, body: Promise<T>): Promise<T> {
  let done = false;
  const ended = body.finally(() => {
    done = true;
  });
  ended.catch(() => undefined);
  for (let i = 0; i < 100 && !done; i++) await bench.run(s(0.1));
  return await ended;
}

const stateOf = (bench: Bench, path: string): string => {
  const dev = bench.core.devices.find((one) => one.path === path);
  const state = dev?.state;
  if (state?.kind === 'failed') return state.error.message;
  return state?.kind === 'deferred' ? `deferred: ${state.reason}` : (state?.kind ?? 'none');
};

test('blocks are told their memory and settings', async () => {
  const fake = new FakeDpaa();
  await booted(fake);
  // Sizes: 4 KiB = 2^12, 32 KiB = 2^15, 64 KiB = 2^16; the register has one less, and the enable bit.
  expect([fake.bman.get(0xc10), fake.qman.get(0xc10), fake.qman.get(0xc30)]).toEqual([
    0x8000_000b, 0x8000_000e, 0x8000_000f,
  ]);
  expect([fake.qman.get(0xc00), fake.qman.get(0x300), fake.qman.get(0xb04), fake.qman.get(0xb08)]).toEqual([
    8,
    0x1000,
    8,
    1024 - 16,
  ]);
});

test('dpaa-8.1.14, dpaa-8.1.16, dpaa-L40: queues, port and pool are set up', async () => {
  const fake = new FakeDpaa();
  // What lay there before must not go along.
  for (let at = 0x3804; at < 0x3840; at += 4) fake.qce.set(at, 0xa5a5_a5a5);
  await booted(fake);
  // Of hashed frames: channel 0, that of the only portal.
  const hashed = Array.from({ length: 8 }, (_, i) => {
    const tag = (8 + i).toString(16).padStart(8, '0');
    return `${8 + i}: 00000001 04030003 0000407f ${tag} 00000000 00000000`;
  });
  // Rx error, Rx default, confirm, Tx error, default confirm, Tx: group and control, channel and work queue, overhead.
  expect([...fake.fqs].map(([fqid, { words }]) => `${fqid}: ${words}`)).toEqual([
    '1: 00000001 0403200a 0000407f 00000001 00000000 00000000',
    '2: 00000001 0403200b 0000407f 00000002 00000000 00000000',
    ...hashed,
    '3: 00000000 04012009 0000407f 00000003 00000000 00000000',
    '4: 00000000 0001200a 00000000 00000004 00000000 00000000',
    '5: 00000000 04052009 0000407f 00000005 00000000 00000000',
    '6: 00000000 04014013 0000407f 00000000 1e000000 80000000',
  ]);
  const rx = (offset: number): number => fake.fman.get(0x88000 + offset);
  expect([rx(0x14), rx(0x1c), rx(0x10), rx(0x60), rx(0x64), rx(0x68), rx(0x6c), rx(0x100)]).toEqual([
    0x0005_0203, 0x0080_0000, 0x0004_0000, 2, 1, 0x0002_0000, 0x012c_e0e8, 0xc000_0680,
  ]);
  expect([0x14, 0x20, 0x24].map((offset) => fake.fman.get(0xa8000 + offset))).toEqual([0x0001_0203, 5, 4]);
  expect(fake.pool.length).toBe(128);
  expect(fake.qci.get(0x3200)).toBe(0x31ab_c000);
});

/** A page for one packet, which goes back to memory with it. */
function onePage({ dev }: NetDevice): FragSource {
  const { memory } = dev.core.wires;
  const buffer = memory.alloc(PAGE_SIZE, PAGE_SIZE);
  return { page: new Page(buffer, () => memory.free(buffer)), alloc: () => 0 };
}

/** A packet of 100 bytes is sent; what QMan got of it, without queue and tag. */
function send(fake: FakeDpaa, netdev: NetDevice): number[] {
  const before = fake.enqueued.length;
  const skb = SkBuff.alloc(256, onePage(netdev));
  skb.reserve(128);
  skb.put(100);
  if (!netdev.xmit(skb)) skb.kfree();
  const words = fake.enqueued[before]?.split(' ').slice(2) ?? [];
  return words.map((word) => Number.parseInt(word, 16));
}

/** A frame of 114 bytes in a buffer of the pool, as words; FMan has written it. */
function arrived(fake: FakeDpaa, bench: Bench, status: number): number[] {
  const buffer = fake.pool.pop() as number;
  bench.peekDma(buffer + 128, 114)?.fill(0);
  return [Math.floor(buffer / 0x1_0000_0000), buffer % 0x1_0000_0000, (128 << 20) | 114, status];
}

test('a packet goes out, and its confirmation gives it back', async () => {
  const fake = new FakeDpaa();
  const bench = await booted(fake);
  const netdev = netdevOf(bench);
  await run(bench, netdev.open());
  const fd = send(fake, netdev);
  const [words = ''] = fake.enqueued;
  expect(words.replace(/(00ff0008) \w+/, '$1 ADDRESS')).toBe('00000006 00000006 00ff0008 ADDRESS 04000064 80000003');
  fake.dequeue(3, [...fd.slice(0, 3), 0]);
  await bench.run(s(0.001));
  const { txPackets, txBytes, txErrors } = netdev.getStats();
  expect([txPackets, txBytes, txErrors]).toEqual([1, 100, 0]);
  const names = netdev.ethtool.getStrings?.() ?? [];
  expect(netdev.ethtool.getEthtoolStats?.()[names.indexOf('tx confirm [TOTAL]')]).toBe(1);
});

test('a frame comes up, one with an error is counted and its buffer goes back', async () => {
  const fake = new FakeDpaa();
  const bench = await booted(fake);
  const netdev = netdevOf(bench);
  await run(bench, netdev.open());
  const lengths: number[] = [];
  netdev.onReceive((skb) => {
    lengths.push(skb.len);
    skb.kfree();
    return true;
  });
  fake.dequeue(2, arrived(fake, bench, 0));
  fake.dequeue(1, arrived(fake, bench, 0x0008_0000));
  await bench.run(s(0.001));
  const { rxPackets, rxBytes, rxErrors } = netdev.getStats();
  expect([lengths, rxPackets, rxBytes, rxErrors, fake.pool.length]).toEqual([[100], 1, 100, 1, 127]);
});

test('a rejected frame is dropped by its code, and congestion stops the queues', async () => {
  const fake = new FakeDpaa();
  const bench = await booted(fake);
  const netdev = netdevOf(bench);
  await run(bench, netdev.open());
  fake.message(0x00, 0, 0x50, 6, [0x00ff_0008, 0x9000_0000, 0x0400_0064, 0]);
  fake.congest(0x8000_0000);
  await bench.run(s(0.001));
  const names = netdev.ethtool.getStrings?.() ?? [];
  const value = (name: string) => netdev.ethtool.getEthtoolStats?.()[names.indexOf(name)];
  expect([netdev.getStats().txDropped, value('qman fq tdrop')]).toEqual([1, 1]);
  expect(netdev.queues.map(({ stopped }) => stopped)).toEqual([true]);
  fake.congest(0);
  await bench.run(s(0.001));
  expect(netdev.queues.map(({ stopped }) => stopped)).toEqual([false]);
});

test('dpaa-L41: a frame that comes while the interface is down goes back, uncounted', async () => {
  const fake = new FakeDpaa();
  const bench = await booted(fake);
  fake.dequeue(2, arrived(fake, bench, 0));
  await bench.run(s(0.001));
  expect([fake.pool.length, netdevOf(bench).getStats().rxPackets]).toEqual([128, 0]);
});

test('dpaa-8.1.17, dpaa-L42: stopping waits 200 ms; what is not confirmed goes with the interface', async () => {
  const fake = new FakeDpaa();
  const bench = await booted(fake);
  const netdev = netdevOf(bench);
  await run(bench, netdev.open());
  send(fake, netdev);
  const from = bench.clock.now();
  let ended = 0;
  const stopped = netdev.stop().then(() => {
    ended = bench.clock.now() - from;
  });
  await run(bench, stopped);
  expect(ended).toBe(s(0.2));
  // Port and MAC are disabled; what is left behind is looked for after the test.
  expect([0x88000, 0xa8000, 0xa8400].map((offset) => fake.fman.get(offset) >>> 31)).toEqual([0, 0, 0]);
  expect(fake.fman.get(0xe0008) & 3).toBe(0);
});

test('a congestion that does not end is told each second; dpaa-L45: what FMan discards is missed', async () => {
  const fake = new FakeDpaa();
  const bench = await booted(fake);
  const netdev = netdevOf(bench);
  const log: string[] = [];
  bench.trace.attach((e) => {
    if (e.kind === 'printk') log.push(e.text);
  });
  await run(bench, netdev.open());
  log.length = 0;
  send(fake, netdev);
  fake.congest(0x8000_0000);
  await bench.run(s(3.5));
  expect(netdev.getStats().txErrors).toBe(2);
  expect(log.map((text) => text.replace(/\d+ ms/, 'N ms'))).toEqual([
    'fsl_dpa dpaa-ethernet.0: eth0: NETDEV WATCHDOG: transmit queue 0 timed out N ms',
    'fsl_dpa dpaa-ethernet.0: Transmit timeout latency: N ms',
    'fsl_dpa dpaa-ethernet.0: eth0: NETDEV WATCHDOG: transmit queue 0 timed out N ms',
    'fsl_dpa dpaa-ethernet.0: Transmit timeout latency: N ms',
  ]);
  fake.congest(0);
  await bench.run(s(2));
  expect(netdev.getStats().txErrors).toBe(2);
  fake.fman.set(0x8_8214, 7);
  expect(netdev.getStats().rxMissedErrors).toBe(7);
});

test('its files and names are those of the driver', async () => {
  const fake = new FakeDpaa();
  const drivers = [...qbmanDrivers, ...fmanDrivers, dpaaEthDriver({ maxFrame: 9600, names: 'fm' })];
  const bench = await booted(fake, undefined, { drivers });
  const [member] = bench.core.classDevices('net');
  const read = async (name: string) => await member?.sysfs.read(name);
  expect([member?.sysfs.name, await read('device_addr'), await read('bpids')]).toEqual(['fm1-mac1', '1ae0000', '0\n']);
  expect(await read('fqids')).toBe(
    'Rx error: 1\nRx default: 2\nRx PCD: 128 - 255\nTx confirmation (mq): 3\n' +
      'Tx error: 4\nTx default confirmation: 5\nTx: 6\n',
  );
  const netdev = netdevOf(bench);
  expect([netdev.minMtu, netdev.mtu, netdev.maxMtu, fake.fman.get(0xe0014)]).toEqual([68, 1500, 9578, 9600]);
  await expect(netdev.setMtu(9579)).rejects.toThrow('EINVAL');
});

test.each([
  ['no QMan', (t: string) => t.replace('"fsl,qman"', '"x,none"'), ETH, 'the tree has no QMan (fsl,qman)'],
  ['no portals', (t: string) => t.replace('"fsl,qman-portal"', '"x,none"'), ETH, 'the tree has no portal of QMan'],
  ['no memory', (t: string) => t.replace('memory-region = <&fbpr>;', ''), '/soc/bman@1890000', 'no reserved memory'],
  ['odd size', (t: string) => t.replace('0x8000>; a', '0x9000>; a'), '/soc/qman@1880000', 'no power of two'],
  ['one port', (t: string) => t.replace('<&rx &tx>', '<&rx>'), '/soc/fman@1a00000/ethernet@e0000', 'names 1 ports'],
])('%s is named plainly', async (_, patch, path, text) => {
  const bench = await booted(new FakeDpaa(), patch);
  expect(stateOf(bench, path)).toContain(text);
});

test('dpaa-L24: a queue that the boot loader left alive is told', async () => {
  const fake = new FakeDpaa();
  fake.results.set(0x41, 0xf2);
  const bench = await booted(fake);
  expect(stateOf(bench, ETH)).toContain(
    'init_fq(1): the queue is in a wrong state: perhaps the boot loader left it alive',
  );
});

/** Up, a packet out and confirmed, one in, and down. */
async function traffic(bench: Bench, fake: FakeDpaa, netdev: NetDevice): Promise<void> {
  netdev.onReceive((skb) => {
    skb.kfree();
    return true;
  });
  await run(bench, netdev.open());
  const [high = 0, low = 0, word = 0] = send(fake, netdev);
  if (high !== 0) fake.dequeue(3, [high, low, word, 0]);
  if (fake.pool.length > 0) fake.dequeue(2, arrived(fake, bench, 0));
  await bench.run(s(0.001));
  await run(bench, netdev.stop());
}

/** The interface, where it is bound. */
function bound(bench: Bench): NetDevice | undefined {
  const { drvdata } = bench.core.devices.find((one) => one.path === ETH) ?? {};
  return drvdata instanceof NetDevice ? drvdata : undefined;
}

function machine(fake: FakeDpaa, faults: (trace: Trace) => FaultPlan): Bench {
  // Without queues for hashed frames, whose failures keygen.test.ts has: each operation is a boot here.
  const drivers = [...qbmanDrivers, ...fmanDrivers, dpaaEthDriver({ hashQueues: 0 })];
  return new Machine({ tree: treeOf(dpaaSource()), drivers, chips: fake.chips, settle, faults });
}

test('each bus operation failing once, silently where it can, leaves nothing behind', async () => {
  let fake = new FakeDpaa();
  const { operations, findings } = await everyFault({
    make: (faults) => {
      fake = new FakeDpaa();
      return machine(fake, faults);
    },
    scenario: async (bench) => {
      const netdev = bound(bench);
      if (netdev !== undefined) await traffic(bench, fake, netdev);
    },
    // A word of a command that is lost on its way is not to be seen from here: another queue, another group.
    broken: async () => undefined,
  });
  expect(findings.slice(0, 10)).toEqual([]);
  expect(operations).toBeGreaterThan(500);
}, 120_000);

test.each(['mmio.read', 'mmio.write', 'dma.alloc', 'dma.map'])(
  'each %s that fails aloud leaves a port that works, or none',
  async (where) => {
    const wrong: string[] = [];
    let struck = true;
    for (let nth = 1; struck; nth++) {
      const fake = new FakeDpaa();
      const what = where.startsWith('mmio') ? 'bus-error' : 'enomem';
      const bench = machine(fake, (trace) => new FaultPlan([{ where, which: undefined, nth, what }], trace));
      await bench.powerOn();
      const netdev = bound(bench);
      if (netdev !== undefined) {
        await traffic(bench, fake, netdev).catch(passSysError);
        const before = netdev.getStats();
        const seen = bench.faults.struck;
        await traffic(bench, fake, netdev).catch(passSysError);
        const after = netdev.getStats();
        const counts = [after.rxPackets - before.rxPackets, after.txPackets - before.txPackets];
        if (seen > 0 && String(counts) !== '1,1') wrong.push(`${where} ${nth}: received and sent ${counts}`);
      }
      struck = bench.faults.struck > 0;
      wrong.push(...(await bench.powerOff()).map((left) => `${where} ${nth}: left behind: ${left}`));
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  },
  120_000,
);
