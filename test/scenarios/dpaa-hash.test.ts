// Received flows over four CPUs: drivers and chips of a machine with four portals.
import { expect, test } from 'vitest';
import { us } from '../../src/base/clock.js';
import type { NetDevice } from '../../src/core/netdevice.js';
import { NETIF_F } from '../../src/core/netdev-types.js';
import { FOUR_MACS, fourSource } from '../dpaa-four.js';
import type { DpaaPair } from '../dpaa-machine.js';
import { dpaaPair } from '../dpaa-pair.js';
import { treeOf } from '../lab.js';

const FLOWS = 64;
const ROUNDS = 5;
const PAYLOAD = 42;

/** UDP over IPv4 from a port of its own for each flow; of `length` bytes; the payload begins with a number. */
function udp(to: Uint8Array, flow: number, nr: number, length = 100): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(to);
  bytes.set([2, 0, 0, 0, 0, 0x99], 6);
  view.setUint16(12, 0x0800);
  bytes.set([0x45, 0], 14);
  view.setUint16(16, length - 14);
  bytes.set([64, 17], 22);
  bytes.set([10, 0, 0, 1, 10, 0, 0, 2], 26);
  let sum = 0;
  for (let at = 14; at < 34; at += 2) sum += view.getUint16(at);
  view.setUint16(24, ~((sum & 0xffff) + (sum >>> 16)) & 0xffff);
  view.setUint16(34, 1000 + flow);
  view.setUint16(36, 5001);
  view.setUint16(38, length - 34);
  bytes.set([flow, nr], PAYLOAD);
  return bytes;
}

interface Seen {
  readonly flow: number;
  readonly nr: number;
  readonly hash: number;
}

interface Machine {
  readonly pair: DpaaPair;
  readonly net: NetDevice;
  readonly seen: Seen[];
  /** Frames of all flows, all of one round before the next. */
  blast(length?: number): Promise<void>;
  /** Of each CPU. */
  packets(): readonly number[];
}

async function machine(maxFrame = 1522): Promise<Machine> {
  const pair = await dpaaPair({ tree: treeOf(fourSource()), macs: FOUR_MACS, maxFrame });
  await pair.open();
  const { net } = pair.sides[1];
  const seen: Seen[] = [];
  net.onReceive((skb) => {
    const at = skb.data - skb.macHeader;
    const bytes = skb.bytes();
    seen.push({ flow: bytes[PAYLOAD - at] ?? -1, nr: bytes[PAYLOAD - at + 1] ?? -1, hash: skb.hash });
    skb.kfree();
    return true;
  });
  return {
    ...{ pair, net, seen },
    async blast(length = 100) {
      for (let nr = 0; nr < ROUNDS; nr++) {
        for (let flow = 0; flow < FLOWS; flow++) {
          const bytes = udp(net.address, flow, nr, length);
          expect(pair.sides[0].net.xmit(pair.packet(bytes, length))).toBe(true);
          if (flow % 4 === 3) await pair.bench.run(us(1));
        }
      }
      await pair.bench.run(us(1000));
      pair.frags.drain();
      pair.zone.drain();
    },
    packets() {
      const names = net.ethtool.getStrings?.() ?? [];
      const values = net.ethtool.getEthtoolStats?.() ?? [];
      return [0, 1, 2, 3].map((cpu) => values[names.indexOf(`rx packets [CPU ${cpu}]`)] ?? -1);
    },
  };
}

/** Flows whose frames came in another order than they were sent. */
function disordered(seen: readonly Seen[]): number[] {
  const last = new Map<number, number>();
  return seen.flatMap(({ flow, nr }) => {
    const before = last.get(flow) ?? -1;
    last.set(flow, nr);
    return nr === before + 1 ? [] : [flow];
  });
}

const hashesOf = (seen: readonly Seen[]): Map<number, Set<number>> => {
  const hashes = new Map<number, Set<number>>();
  for (const { flow, hash } of seen) hashes.set(flow, (hashes.get(flow) ?? new Set()).add(hash));
  return hashes;
};

test('flows are spread over all CPUs, each with one hash, its frames in order', async () => {
  const { blast, packets, seen } = await machine();
  await blast();
  expect(seen.length).toBe(FLOWS * ROUNDS);
  expect(disordered(seen)).toEqual([]);
  const hashes = hashesOf(seen);
  expect([...hashes.values()].filter((each) => each.size !== 1)).toEqual([]);
  expect(new Set([...hashes.values()].flatMap((each) => [...each])).size).toBeGreaterThan(FLOWS / 2);
  const each = packets();
  expect(each.reduce((sum, one) => sum + one, 0)).toBe(FLOWS * ROUNDS);
  expect(each.filter((count) => count < (FLOWS * ROUNDS) / 16)).toEqual([]);
});

test('a frame with a table has the hash of its flow', async () => {
  const { blast, seen } = await machine(9600);
  await blast(100);
  const short = hashesOf(seen.splice(0));
  await blast(5000);
  expect(seen.length).toBe(FLOWS * ROUNDS);
  expect(hashesOf(seen)).toEqual(short);
});

test('without RXHASH packets have no hash and flows are spread', async () => {
  const { blast, net, packets, seen } = await machine();
  net.setFeatures(net.features & ~NETIF_F.RXHASH);
  await blast();
  expect(seen.filter(({ hash }) => hash !== 0)).toEqual([]);
  expect(packets().filter((count) => count === 0)).toEqual([]);
  net.setFeatures(net.features | NETIF_F.RXHASH);
  seen.length = 0;
  await blast();
  expect(seen.filter(({ hash }) => hash === 0)).toEqual([]);
});

test('with spreading off all frames come from the default queue, without hash', async () => {
  const { blast, net, pair, seen } = await machine();
  net.ethtool.setRxHash?.(false);
  expect(net.ethtool.getRxHash?.()).toBe(false);
  await blast();
  expect(seen.length).toBe(FLOWS * ROUNDS);
  expect(seen.filter(({ hash }) => hash !== 0)).toEqual([]);
  expect(disordered(seen)).toEqual([]);
  expect(pair.bench.dmaFindings).toEqual([]);
});

test('queues and their file', async () => {
  const { pair } = await machine();
  const [first, second] = pair.bench.core.classDevices('net');
  const ranges = [await first?.sysfs.read('fqids'), await second?.sysfs.read('fqids')].map(
    (text) => /Rx PCD: (\d+) - (\d+)/.exec(String(text))?.slice(1).map(Number) ?? [],
  );
  // Aligned to their count, and none of them twice.
  expect(ranges.map(([from = 1, to = 0]) => [from % 128, to - from])).toEqual([
    [0, 127],
    [0, 127],
  ]);
  expect(ranges[0]).not.toEqual(ranges[1]);
});
