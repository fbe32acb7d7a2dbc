// Rings, commands and queues on scripted registers (facts dpaa, chapters 5 and 6).
import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { dpaaSource, FakeDpaa } from '../../../test/dpaa-registers.js';
import { treeOf } from '../../../test/tree-of.js';
import { ERRNO, SysError } from '../../base/errno.js';
import { s } from '../../base/clock.js';
import type { Device } from '../../core/device.js';
import { platformDriver } from '../../core/platform-device.js';
import { devmBmanNewPool, devmQmanAllocFqids, devmQmanCreateCgr, devmQmanCreateFq, qbmanDrivers } from './qbman.js';
import { devmQmanPoolChannel, qbmanGet } from './qbman.js';
import { csThreshold } from './qman-cgr.js';

const FD = { bpid: 0xff, addr: 0x12_3400_f000, format: 4, offset: 64, length: 2026, cmd: 0x8000_0200 };

/** A machine in which `body` runs as the probe of a user of QMan and BMan. */
async function using(fake: FakeDpaa, body: (dev: Device) => void, patch = (source: string): string => source) {
  const user = platformDriver({
    name: 'user',
    compatible: ['x,user'],
    probe: (dev) => {
      const state = qbmanGet(dev);
      for (const portal of state.qmanPortals) dev.core.deviceLinkAdd(dev, portal.dev);
      body(dev);
    },
  });
  const source = dpaaSource((text) => patch(text.replace('cpus {', 'user { compatible = "x,user"; }; cpus {')));
  const bench = benchOf(treeOf(source), { drivers: [...qbmanDrivers, user], chips: fake.chips });
  await bench.powerOn();
  const dev = bench.core.devices.find(({ path }) => path === '/user') as Device;
  if (dev.state.kind === 'failed') throw dev.state.error;
  expect(dev.state.kind).toBe('bound');
  return { bench, dev };
}

test('a frame lies on the ring as it is printed, and the validity bit turns with each pass', async () => {
  const fake = new FakeDpaa();
  await using(fake, (dev) => {
    const fq = devmQmanCreateFq(dev, {});
    const verbs = Array.from({ length: 17 }, (_, i) => {
      expect(fq.enqueue(FD)).toBe(0);
      return fake.qce.get(64 * (i % 8)) >>> 24;
    });
    expect(verbs).toEqual([...new Array(8).fill(0x01), ...new Array(8).fill(0x81), 0x01]);
  });
  // The example of the facts, 2.1.
  expect(fake.enqueued[0]).toBe('00000001 00000001 00ff0012 3400f000 840007ea 80000200');
});

test('dpaa-L20, dpaa-L21: seven entries fit, then the ring is full until the consumer has moved', async () => {
  const fake = new FakeDpaa();
  await using(fake, (dev) => {
    const fq = devmQmanCreateFq(dev, {});
    const pool = devmBmanNewPool(dev);
    fake.stuck = true;
    const said = Array.from({ length: 8 }, () => fq.enqueue(FD));
    expect(said).toEqual([...new Array(7).fill(0), -ERRNO.EBUSY]);
    const buffers = Float64Array.of(0x8_8000_0000);
    const released = Array.from({ length: 8 }, () => pool.release(buffers, 1));
    expect(released).toEqual([...new Array(7).fill(0), -ERRNO.EBUSY]);
    fake.stuck = false;
    fake.qci.set(0x3040, 7);
    fake.bci.set(0x3100, 7);
    expect([fq.enqueue(FD), pool.release(buffers, 1)]).toEqual([0, 0]);
  });
});

test('a release is one entry of up to eight addresses, and what is asked for comes whole or not at all', async () => {
  const fake = new FakeDpaa();
  await using(fake, (dev) => {
    const pool = devmBmanNewPool(dev);
    const buffers = Float64Array.of(0x12_3400_0040, 0x12_3400_0840, 0x12_3400_1040);
    expect(pool.release(buffers, 3)).toBe(0);
    expect(fake.bce.hex(0x1000, 6)).toBe('23000012 34000040 00000012 34000840 00000012 34001040');
    const out = new Float64Array(8);
    expect(pool.acquire(out, 8)).toBe(-ERRNO.ENOMEM);
    expect([pool.acquire(out, 2), out[0], out[1]]).toEqual([2, 0x12_3400_0840, 0x12_3400_1040]);
  });
});

test('dpaa-L23: a queue that is taken out of service gives its frames first', async () => {
  const fake = new FakeDpaa();
  const frames: string[] = [];
  const { bench, dev } = await using(fake, (user) => {
    const fq = devmQmanCreateFq(user, {
      dqrr: ({ addr, length }) => {
        frames.push(`${addr.toString(16)} ${length}`);
        return 'consume';
      },
    });
    fq.init({ channel: 0x401, wq: 3, ctrl: 0 });
  });
  // Retiring is pending; the message says that frames are left, and the volatile dequeue brings one.
  fake.results.set(0x4a, 0xf8);
  fake.dequeue(1, [0x00ff_0012, 0x3400_f000, 0x8400_07ea, 0]);
  fake.message(0x21, 0x01, 0, 1);
  const unbound = bench.core.unbind(dev);
  await bench.run(s(0.1));
  await unbound;
  expect(frames).toEqual(['123400f000 2026']);
  expect(fake.commands.slice(-2)).toEqual(['4a000000 1', 'cb000000 1']);
});

test('a queue that never ends its retirement does not hold the unbind up for ever', async () => {
  const fake = new FakeDpaa();
  const { bench, dev } = await using(fake, (user) => {
    devmQmanCreateFq(user, {}).init({ channel: 0x401, wq: 3, ctrl: 0 });
  });
  fake.results.set(0x4a, 0xf8);
  const unbound = bench.core.unbind(dev);
  await bench.run(s(1));
  await unbound;
  expect(dev.state.kind).not.toBe('bound');
  expect(fake.commands.at(-1)).toContain('4a000000 1');
});

test('thresholds are rounded up to what their field has', () => {
  // Facts N1: 0xc0 x 2^19 and 0x80 x 2^21; the mantissa stands in bits 12..5.
  expect([0x0600_0000, 0x1000_0000].map(csThreshold)).toEqual([(0xc0 << 5) | 19, (0x80 << 5) | 21]);
  expect(csThreshold(0x1ff)).toBe((0x80 << 5) | 2);
});

test('a group is initialised with threshold, tail drop and target, and told of once per change', async () => {
  const fake = new FakeDpaa();
  const told: boolean[] = [];
  const { bench } = await using(fake, (dev) => {
    devmQmanCreateCgr(dev, { bytes: 0x0600_0000, tailDrop: true, changed: (congested) => told.push(congested) });
  });
  expect(fake.qce.hex(0x3810, 4)).toBe('000000ff 80000000 ff001813 00000000');
  for (const word of [0x8000_0000, 0x8000_0000, 0]) {
    fake.congest(word);
    await bench.run(s(0.001));
  }
  expect(told).toEqual([true, false]);
});

test('numbers come back: queues from 1, aligned ranges, pool channels from 0x401', async () => {
  const fake = new FakeDpaa();
  const numbers = (dev: Device): number[] => [
    devmQmanCreateFq(dev, {}).fqid,
    devmQmanAllocFqids(dev, 128, 128),
    devmQmanPoolChannel(dev),
    devmBmanNewPool(dev).bpid,
  ];
  const seen: number[][] = [];
  const { bench, dev } = await using(fake, (user) => void seen.push(numbers(user)));
  await bench.core.unbind(dev);
  expect(fake.qci.get(0x3200)).toBe(0x31ab_8000);
  await bench.core.bind(dev);
  expect(seen).toEqual([
    [1, 128, 0x401, 0],
    [1, 128, 0x401, 0],
  ]);
});

test('revision 1 has other channels', async () => {
  const fake = new FakeDpaa({ revision: 0x0a01_0101 });
  await using(fake, (dev) => expect(devmQmanPoolChannel(dev)).toBe(0x21));
  expect(fake.qman.get(0x300)).toBe(0x100);
});

test('a portal without cell-index is refused', async () => {
  const source = dpaaSource((text) => text.replace('<0 172 4>; cell-index = <0>;', '<0 172 4>;'));
  const bench = benchOf(treeOf(source), { drivers: qbmanDrivers, chips: new FakeDpaa().chips });
  await bench.powerOn();
  const portal = bench.core.devices.find(({ path }) => path.endsWith('qman-portal@0'));
  expect(portal?.state.kind === 'failed' ? portal.state.error.message : '').toContain('it has no cell-index');
});

test('dpaa-L50: what a poll handles is acknowledged together, also when a handler fails, and never twice', async () => {
  const fake = new FakeDpaa();
  await using(fake, (dev) => {
    const seen: number[] = [];
    let broken = true;
    const fq = devmQmanCreateFq(dev, {
      dqrr: ({ length }) => {
        if (length === 4 && broken) throw new SysError('EIO', 'this once');
        seen.push(length);
        return 'consume';
      },
    });
    const [portal] = qbmanGet(dev).qmanPortals;
    const acknowledged = (): string => (fake.qci.get(0x31c0) >>> 0).toString(16);
    for (let length = 1; length <= 3; length++) fake.dequeue(fq.fqid, [0, 0, length, 0]);
    expect([portal?.poll(64), acknowledged()]).toEqual([3, '70100']);
    for (let length = 3; length <= 5; length++) fake.dequeue(fq.fqid, [0, 0, length, 0]);
    expect(() => portal?.poll(64)).toThrow('this once');
    expect(acknowledged()).toBe('80100');
    broken = false;
    expect([portal?.poll(64), acknowledged(), seen]).toEqual([2, '300100', [1, 2, 3, 3, 4, 5]]);
  });
});

test('dpaa-L50: a full ring whose acknowledgement failed is acknowledged by the next poll', async () => {
  const fake = new FakeDpaa();
  await using(fake, (dev) => {
    let seen = 0;
    const fq = devmQmanCreateFq(dev, { dqrr: () => (seen++, 'consume') });
    const [portal] = qbmanGet(dev).qmanPortals;
    for (let i = 0; i < 15; i++) fake.dequeue(fq.fqid, [0, 0, 64, 0]);
    const { wrote } = fake.qci;
    fake.qci.wrote = (offset, word) => {
      if (offset !== 0x31c0) return wrote(offset, word);
      fake.qci.wrote = wrote;
      throw new SysError('EIO', 'this once');
    };
    const consumer = (): number => fake.qci.get(0x3140);
    expect(() => portal?.poll(64)).toThrow('this once');
    expect([seen, consumer()]).toEqual([15, 0]);
    expect([portal?.poll(64), seen, consumer()]).toEqual([0, 15, 15]);
  });
});

test('dpaa-L22: entries are new as far as the producer has come, whatever their validity bit', async () => {
  const fake = new FakeDpaa();
  await using(fake, (dev) => {
    const seen: number[] = [];
    const fq = devmQmanCreateFq(dev, { dqrr: ({ length }) => (seen.push(length), 'consume') });
    const [portal] = qbmanGet(dev).qmanPortals;
    // Three times around the ring; the fake leaves the bit at 0.
    for (let length = 1; length <= 48; length++) {
      fake.dequeue(fq.fqid, [0, 0, length, 0]);
      if (length % 5 === 0) portal?.poll(64);
    }
    portal?.poll(64);
    expect(seen).toEqual(Array.from({ length: 48 }, (_, i) => i + 1));
  });
});

test('dpaa-L26: a group is switched off when its owner goes, and CPU 0 is told of it until then', async () => {
  const fake = new FakeDpaa();
  const { bench, dev } = await using(fake, (user) => {
    devmQmanCreateCgr(user, { bytes: 0x0600_0000, tailDrop: true, changed: () => undefined });
  });
  // Notification, the write bit with portal 0, tail drop with threshold, group 0.
  expect(fake.qce.hex(0x3810, 4)).toBe('000000ff 80000000 ff001813 00000000');
  await bench.core.unbind(dev);
  expect(fake.qce.hex(0x3810, 4)).toBe('00000000 00000000 00000000 00000000');
});
