// Numbers are those of facts 2.4, 2.5 and 7.3.
import { expect, test } from 'vitest';
import { AT, CHANNEL, entry, fd, fdHex, FmanRig, MAC1, plainFrame } from '../../../test/fman-rig.js';
import type { DpaaFrame } from '../../bus/dpaa.js';

const CONFIRM = 0x8000_0200;

interface Sender {
  readonly rig: FmanRig;
  /** What left the MAC. */
  readonly out: Uint8Array[];
}

function sender(soc = 'ls1046a'): Sender {
  const rig = new FmanRig({ soc });
  rig.setUpTx(AT.tx1, CHANNEL.tx1);
  rig.setUpMac(AT.mac1);
  const peer = rig.peer(MAC1);
  peer.plug({ speed: 1000, fullDuplex: true });
  const out: Uint8Array[] = [];
  peer.listen((frame) => out.push(frame.slice()));
  return { rig, out };
}

function counts(rig: FmanRig): Record<string, number> {
  const names = { tfrc: 4, tfdc: 8, tfledc: 0xc, tfufdc: 0x10, tbdc: 0x14 };
  const all = Object.entries(names).map(([name, at]) => [name, rig.get(AT.tx1 + 0x200 + at)] as const);
  return Object.fromEntries(all.filter(([, count]) => count !== 0));
}

/** A buffer with 64 bytes of room in front. */
function contiguous(rig: FmanRig, frame: Uint8Array): number {
  const bytes = new Uint8Array(64 + frame.length);
  bytes.set(frame, 64);
  return rig.map(bytes);
}

/** A table in a buffer of 64 + 256 bytes, as is right. */
function table(rig: FmanRig, entries: readonly Uint8Array[]): number {
  const bytes = new Uint8Array(64 + 256);
  for (const [i, one] of entries.entries()) bytes.set(one, 64 + 16 * i);
  return rig.map(bytes);
}

/** Enqueues, and answers what came back: queue and descriptor. */
function go(rig: FmanRig, frame: DpaaFrame): [number, string][] {
  rig.queues.enqueue(0x300, frame);
  return rig.queues.take().map((one) => [one.fqid, fdHex(one)]);
}

test('a contiguous frame goes out as it is, and its descriptor comes back with status 0', () => {
  const { rig, out } = sender();
  const frame = plainFrame(1514);
  const addr = contiguous(rig, frame);
  const sent = fd(addr, 0xff, 0, 64, 1514, CONFIRM);
  expect(fdHex(sent)).toMatch(/^00ff0012 34[0-9a-f]{6} 040005ea 80000200$/);
  expect(go(rig, sent)).toEqual([[0x200, fdHex({ ...sent, w3: 0 })]]);
  expect(out).toEqual([frame]);
  expect(counts(rig)).toEqual({ tfrc: 1 });
});

test('a scattered frame is gathered: 66 bytes, 512 and 1448, as in the facts', () => {
  const { rig, out } = sender();
  const frame = plainFrame(2026);
  const pieces = [66, 512, 1448].map((size, i) => {
    const from = [0, 66, 578][i] as number;
    return entry(rig.map(frame.slice(from, from + size)), size, i === 2);
  });
  const sent = fd(table(rig, pieces), 0xff, 4, 64, 2026, CONFIRM);
  expect(fdHex(sent)).toMatch(/840007ea 80000200$/);
  expect(go(rig, sent)).toEqual([[0x200, fdHex({ ...sent, w3: 0 })]]);
  expect(out).toEqual([frame]);
});

test('an entry offset is added to its address', () => {
  const { rig, out } = sender();
  const addr = rig.map(plainFrame(300));
  go(rig, fd(table(rig, [entry(addr, 100, true, 0xff, 200)]), 0xff, 4, 64, 100, CONFIRM));
  expect(out).toEqual([plainFrame(300).slice(200)]);
});

test('a frame below 60 bytes is filled up; up to three bytes behind it leak', () => {
  const { rig, out } = sender();
  const bytes = new Uint8Array(64 + 60).fill(0xee);
  bytes.set(plainFrame(53), 64);
  go(rig, fd(rig.map(bytes), 0xff, 0, 64, 53, CONFIRM));
  expect(out).toEqual([Uint8Array.of(...plainFrame(53), 0xee, 0xee, 0xee, 0, 0, 0, 0)]);
});

test.each<[string, (rig: FmanRig) => DpaaFrame, string, string]>([
  ['format 2', (rig) => fd(contiguous(rig, plainFrame(60)), 0xff, 2, 64, 60, CONFIRM), '04000000', 'tfufdc'],
  ['compound', (rig) => fd(contiguous(rig, plainFrame(60)), 0xff, 1, 64, 60, CONFIRM), '04000000', 'tfufdc'],
  ['length 0', (rig) => fd(contiguous(rig, plainFrame(60)), 0xff, 0, 64, 0, CONFIRM), '02000000', 'tfledc'],
  [
    'a length of a megabyte',
    (rig) => fd(contiguous(rig, plainFrame(60)), 0xff, 0, 64, 0xfffff, CONFIRM),
    '02000000',
    'tfledc',
  ],
  ['memory that is not mapped', () => fd(0x12_0000_1000, 0xff, 0, 64, 60, CONFIRM), '01000000', 'tfdc'],
  [
    'a frame that ends behind its mapping',
    (rig) => fd(contiguous(rig, plainFrame(60)), 0xff, 0, 64, 61, CONFIRM),
    '01000000',
    'tfdc',
  ],
  [
    'entries that are less than the frame',
    (rig) => fd(table(rig, [entry(rig.map(60), 60, true)]), 0xff, 4, 64, 61, CONFIRM),
    '02000000',
    'tfledc',
  ],
  [
    'sixteen entries without an end',
    (rig) => {
      const addr = rig.map(100);
      return fd(
        table(
          rig,
          Array.from({ length: 16 }, () => entry(addr, 4, false)),
        ),
        0xff,
        4,
        64,
        64,
        CONFIRM,
      );
    },
    '02000000',
    'tfledc',
  ],
  [
    'an entry that leads to another table',
    (rig) => fd(table(rig, [entry(rig.map(64), 0x8000_0040, true)]), 0xff, 4, 64, 64, CONFIRM),
    '04000000',
    'tfufdc',
  ],
  [
    'a piece that is not mapped',
    (rig) => fd(table(rig, [entry(0x12_0000_0000, 64, true)]), 0xff, 4, 64, 64, CONFIRM),
    '01000000',
    'tfdc',
  ],
  [
    'a table of which less than 256 bytes are mapped',
    (rig) => {
      const bytes = new Uint8Array(64 + 32);
      bytes.set(entry(rig.map(60), 60, true), 64);
      return fd(rig.map(bytes), 0xff, 4, 64, 60, CONFIRM);
    },
    '01000000',
    'tfdc',
  ],
])('%s: to the error queue, with its status, and nothing leaves', (_, make, status, counter) => {
  const { rig, out } = sender();
  const sent = make(rig);
  expect(go(rig, sent)).toEqual([[0x202, fdHex({ ...sent, w3: Number.parseInt(status, 16) })]]);
  expect(out).toEqual([]);
  expect(counts(rig)).toEqual({ [counter]: 1 });
});

test('without FCO and with EBD the buffers go to their pools, the table last, and nothing is confirmed', () => {
  const { rig, out } = sender();
  rig.pools.pools.set(3, []);
  rig.pools.pools.set(7, []);
  const frame = plainFrame(128);
  const [a, b] = [rig.map(frame.slice(0, 64)), rig.map(frame.slice(64))];
  const at = table(rig, [entry(a, 64, false, 3), entry(b, 64, true, 0xff)]);
  expect(go(rig, fd(at, 7, 4, 64, 128, 0))).toEqual([]);
  expect(out).toEqual([frame]);
  expect([rig.pools.pools.get(3), rig.pools.pools.get(7)]).toEqual([[a], [at]]);
  expect(counts(rig)).toEqual({ tfrc: 1, tbdc: 2 });
});

test('without FCO context B is the queue where context A says so', () => {
  const { rig } = sender();
  rig.queues.contextAHi.set(0x300, 0x1e00_0000);
  rig.queues.contextB.set(0x300, 0x222);
  expect(go(rig, fd(contiguous(rig, plainFrame(60)), 0xff, 0, 64, 60, 0)).map(([fqid]) => fqid)).toEqual([0x222]);
});

test('a confirmation that nobody takes is counted, and pool buffers are not lost', () => {
  const { rig } = sender();
  rig.pools.pools.set(3, []);
  rig.queues.refusing.add(0x200);
  const addr = contiguous(rig, plainFrame(60));
  expect(go(rig, fd(addr, 3, 0, 64, 60, CONFIRM))).toEqual([]);
  expect([rig.pools.pools.get(3), counts(rig)]).toEqual([[addr], { tfrc: 1, tfdc: 1, tbdc: 1 }]);
});

test('a frame that is confirmed into its own channel does not hold the world up', async () => {
  const { rig, out } = sender();
  rig.queues.contextAHi.set(0x300, 0x0400_0000);
  rig.queues.contextB.set(0x300, 0x300);
  go(rig, fd(contiguous(rig, plainFrame(60)), 0xff, 0, 64, 60, 0));
  expect(out.length).toBe(256);
  await rig.clock.run(3_000);
  expect(out.length).toBe(4 * 256);
  rig.put(AT.tx1, 0);
  await rig.clock.run(10_000);
  expect(out.length).toBe(4 * 256);
});

test('frames wait while port, QMI or MAC is off', () => {
  const { rig, out } = sender();
  const frame = fd(contiguous(rig, plainFrame(60)), 0xff, 0, 64, 60, CONFIRM);
  const lengths = [
    [AT.tx1, 0, 0x8000_0000],
    [AT.tx1 + 0x400, 0, 0x8000_0000],
    [AT.mac1 + 8, 0x12, 0x13],
  ].map(([offset = 0, off = 0, on = 0]) => {
    rig.put(offset, off);
    rig.queues.enqueue(0x300, frame);
    const before = out.length;
    rig.put(offset, on);
    return [before, out.length];
  });
  expect(lengths).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
  ]);
});

test('who hears a frame may switch the port off: the next one waits', () => {
  const { rig, out } = sender();
  rig.put(AT.tx1, 0);
  const frame = fd(contiguous(rig, plainFrame(60)), 0xff, 0, 64, 60, CONFIRM);
  for (let i = 0; i < 3; i++) rig.queues.enqueue(0x300, frame);
  const stop = rig.peer(MAC1).listen(() => rig.put(AT.tx1, 0));
  rig.put(AT.tx1, 0x8000_0000);
  expect(out.length).toBe(1);
  rig.queues.enqueue(0x300, frame);
  expect(out.length).toBe(1);
  stop();
  rig.put(AT.tx1, 0x8000_0000);
  expect(out.length).toBe(4);
});

test('paced frames leave at the speed of the link: 1500 bytes take 12.192 us at 1000 Mbit/s', async () => {
  const { rig, out } = sender();
  rig.knobs.get('paced')?.set(1);
  const frame = fd(contiguous(rig, plainFrame(1500)), 0xff, 0, 64, 1500, CONFIRM);
  for (let i = 0; i < 3; i++) rig.queues.enqueue(0x300, frame);
  const seen = [out.length];
  for (const wait of [12_191, 1, 12_191, 1]) {
    await rig.clock.run(wait);
    seen.push(out.length);
  }
  expect(seen).toEqual([1, 1, 2, 2, 3]);
});

test('the erratum of LS1043A is told, and not that of LS1046A', () => {
  const told = ['ls1043a', 'ls1046a'].map((soc) => {
    const { rig } = sender(soc);
    const bytes = rig.map(8192, 'to-device', 4096);
    go(rig, fd(table(rig, [entry(bytes + 4000, 128, true)]), 0xff, 4, 64, 128, CONFIRM));
    return rig.findings().map((text) => text.replace(/0x[0-9a-f]{10}/, 'ADDR'));
  });
  expect(told).toEqual([['tx 0x28: A-050385: read of 128 bytes at ADDR crosses 4 KiB'], []]);
});

test('a long read from a multiple of 256 is none of the erratum: no transfer of it crosses 4 KiB', () => {
  const { rig } = sender('ls1043a');
  const bytes = rig.map(8192, 'to-device', 4096);
  for (const start of [0, 256, 3840, 3856]) go(rig, fd(bytes + start, 0xff, 0, 0, 4000, CONFIRM));
  const told = rig.findings().map((text) => text.replace(/0x[0-9a-f]+(?=[0-9a-f]{3} )/, ''));
  expect(told).toEqual(['tx 0x28: A-050385: read of 4000 bytes at f10 crosses 4 KiB']);
});
