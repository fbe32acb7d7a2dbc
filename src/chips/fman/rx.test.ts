// Numbers are those of facts 2 and 7 for the port of 2015: margin 128, buffers of 1664 bytes, results at 80.
import { expect, test } from 'vitest';
import { AT, fdHex, FmanRig, MAC1, plainFrame } from '../../../test/fman-rig.js';
import { hex } from '../../base/bytes.js';
import type { EthernetDamage } from '../../bus/ethernet.js';

const BPID = 5;

function rigWith(buffers: number, maxFrame = 1522): { rig: FmanRig; addrs: number[] } {
  const rig = new FmanRig();
  const addrs = rig.fill(BPID, buffers);
  rig.setUpRx(AT.rx1, BPID);
  rig.setUpMac(AT.mac1, maxFrame);
  rig.peer(MAC1).plug({ speed: 1000, fullDuplex: true });
  return { rig, addrs };
}

function send(rig: FmanRig, frame: Uint8Array, damage?: EthernetDamage): void {
  rig.peer(MAC1).send(frame, damage);
}

/** Rx counters that are not zero. */
function counts(rig: FmanRig): Record<string, number> {
  const names = {
    rfrc: 4,
    rfbc: 8,
    rlfc: 0xc,
    rffc: 0x10,
    rfdc: 0x14,
    rfldec: 0x18,
    rodc: 0x1c,
    rbdc: 0x20,
    rpec: 0x24,
  };
  const all = Object.entries(names).map(([name, at]) => [name, rig.get(AT.rx1 + 0x200 + at)] as const);
  return Object.fromEntries(all.filter(([, count]) => count !== 0));
}

const hi = (addr: number): string =>
  Math.floor(addr / 2 ** 32)
    .toString(16)
    .padStart(2, '0');
const lo = (addr: number): string => (addr >>> 0).toString(16).padStart(8, '0');

test('a frame that fits comes in one buffer, behind 128 bytes, with its parse results at 80', () => {
  const { rig, addrs } = rigWith(3);
  const frame = plainFrame(60);
  send(rig, frame);
  const [addr = 0] = addrs;
  const got = rig.queues.take();
  expect(got.map((one) => `${one.fqid.toString(16)}: ${fdHex(one)}`)).toEqual([
    `101: 000500${hi(addr)} ${lo(addr)} 0800003c 00000000`,
  ]);
  expect(rig.bytes(addr, 128, 188)).toEqual(frame);
  // Port 8, Ethernet, unicast, EtherType 0x88b5 at 12; all other offsets are 0xff.
  expect(hex(rig.bytes(addr, 80, 112), '')).toBe(
    ['08008000', '00000000', '88b50000', '00000000', 'ffffff00', 'ffffff0c', 'ffffffff', 'ffffff0e'].join(''),
  );
  expect(counts(rig)).toEqual({ rfrc: 1 });
  expect(rig.get(AT.rx1 + 0x120)).toBe(1);
});

test('the time of a frame stands at 112, its hash at 120', async () => {
  const { rig, addrs } = rigWith(1);
  await rig.clock.run(0x1_2345_6789);
  send(rig, plainFrame(60));
  expect(hex(rig.bytes(addrs[0] as number, 112, 128), '')).toBe('00000001234567890000000000000000');
});

test.each([
  [1536, '08000600'],
  [1537, '88000601'],
])('%i bytes are the border between one buffer and a table', (length, word) => {
  const { rig } = rigWith(8, 9622);
  send(rig, plainFrame(length));
  expect(rig.queues.take().map(({ w2 }) => (w2 >>> 0).toString(16).padStart(8, '0'))).toEqual([word]);
});

test('9230 bytes come in six buffers, and a seventh has the table and the parse results', () => {
  const { rig, addrs } = rigWith(8, 9622);
  const frame = plainFrame(9230);
  send(rig, frame);
  const [table = 0, ...data] = addrs;
  expect(rig.queues.take().map(fdHex)).toEqual([`000500${hi(table)} ${lo(table)} 8800240e 00000000`]);
  const lengths = ['00000600', '00000680', '00000680', '00000680', '00000680', '4000040e'];
  const rows = lengths.map((length, i) => {
    const addr = data[i] as number;
    return `000000${hi(addr)} ${lo(addr)} ${length} 0005${i === 0 ? '0080' : '0000'}`;
  });
  for (const [i, row] of rows.entries())
    expect(hex(rig.bytes(table, 128 + 16 * i, 144 + 16 * i), '')).toBe(row.replaceAll(' ', ''));
  expect(hex(rig.bytes(table, 80, 84), '')).toBe('08008000');
  const bytes = new Uint8Array(9230);
  bytes.set(rig.bytes(data[0] as number, 128, 1664), 0);
  for (let i = 1; i < 5; i++) bytes.set(rig.bytes(data[i] as number, 0, 1664), 1536 + 1664 * (i - 1));
  bytes.set(rig.bytes(data[5] as number, 0, 1038), 1536 + 4 * 1664);
  expect(bytes).toEqual(frame);
  expect(rig.pools.available(BPID)).toBe(1);
});

test('without buffers a frame is discarded, and those it took go back', () => {
  const { rig } = rigWith(6, 9622);
  send(rig, plainFrame(9230));
  expect(rig.queues.take()).toEqual([]);
  expect(rig.pools.available(BPID)).toBe(6);
  expect(counts(rig)).toEqual({ rfrc: 1, rfdc: 1, rodc: 1 });
  expect(rig.findings()).toEqual(['rx 0x08: frame discarded: pool 5 has too few buffers']);
});

test('with tables switched off a frame that fits no buffer is discarded', () => {
  const { rig } = rigWith(8, 9622);
  rig.put(AT.rx1 + 0x1c, 0x8080_0000);
  send(rig, plainFrame(1600));
  expect(rig.queues.take()).toEqual([]);
  expect(counts(rig)).toEqual({ rfrc: 1, rfdc: 1, rodc: 1 });
});

test('a frame that needs more than sixteen entries is discarded', () => {
  const rig = new FmanRig();
  rig.fill(BPID, 32, 512);
  rig.setUpRx(AT.rx1, BPID, 512);
  rig.setUpMac(AT.mac1, 9622);
  rig.peer(MAC1).plug({ speed: 1000, fullDuplex: true });
  // 384 in the first, 512 in each of fifteen more.
  for (const length of [384 + 15 * 512, 384 + 15 * 512 + 1]) send(rig, plainFrame(length));
  expect(rig.queues.take().length).toBe(1);
  expect(rig.pools.available(BPID)).toBe(32 - 17);
  expect(counts(rig)).toEqual({ rfrc: 2, rlfc: 1, rfdc: 1 });
});

test('the smallest pool that fits is taken, and the next one when it is empty', () => {
  const { rig, addrs } = rigWith(2);
  const [small = 0] = rig.fill(9, 1, 512);
  rig.put(AT.rx1 + 0x104, 0x8009_0200);
  send(rig, plainFrame(300));
  send(rig, plainFrame(300));
  send(rig, plainFrame(385));
  expect(rig.queues.take().map(({ w1 }) => w1)).toEqual([small, ...addrs].map((addr) => addr >>> 0));
});

test.each<[string, Uint8Array, EthernetDamage | undefined, string, number, Record<string, number>]>([
  ['a wrong FCS', plainFrame(100), { fcs: true }, '00080000', 0x100, { rfrc: 1, rfbc: 1 }],
  ['a code error', plainFrame(100), { code: true }, '00080000', 0x100, { rfrc: 1, rfbc: 1 }],
  ['more than the maximum', plainFrame(1519), undefined, '00040000', 0x100, { rfrc: 1, rlfc: 1 }],
  ['the maximum', plainFrame(1518), undefined, '00000000', 0x101, { rfrc: 1 }],
])('%s: status and queue', (_, frame, damage, status, fqid, counted) => {
  const { rig } = rigWith(4);
  send(rig, frame, damage);
  const got = rig.queues.take();
  expect(got.map((one) => [one.fqid, (one.w3 >>> 0).toString(16).padStart(8, '0')])).toEqual([[fqid, status]]);
  expect(counts(rig)).toEqual(counted);
});

test('what the discard mask names is dropped before it takes a buffer', () => {
  const { rig } = rigWith(1);
  rig.put(AT.rx1 + 0x68, 0x000a_0000);
  send(rig, plainFrame(100), { fcs: true });
  expect([rig.queues.take(), rig.pools.available(BPID), counts(rig)]).toEqual([[], 1, { rfrc: 1, rfbc: 1, rffc: 1 }]);
});

test('a frame that QMan rejects gives its buffers back', () => {
  const { rig } = rigWith(8, 9622);
  rig.queues.refusing.add(0x101);
  send(rig, plainFrame(100));
  send(rig, plainFrame(9230));
  expect([rig.pools.available(BPID), counts(rig)]).toEqual([8, { rfrc: 2, rfdc: 2, rbdc: 8 }]);
});

test('a buffer that is not mapped is a DMA error, and goes to the error queue', () => {
  const { rig } = rigWith(0);
  rig.pools.pools.set(BPID, [0x12_5000_0000]);
  send(rig, plainFrame(100));
  expect(rig.queues.take().map(({ fqid, w3 }) => [fqid, w3])).toEqual([[0x100, 0x0100_0000]]);
});

test('a table that cannot be written discards the frame', () => {
  const { rig } = rigWith(2, 9622);
  rig.pools.pools.get(BPID)?.push(0x12_5000_0000);
  send(rig, plainFrame(1600));
  expect([rig.queues.take(), rig.pools.available(BPID)]).toEqual([[], 3]);
  expect(counts(rig)).toEqual({ rfrc: 1, rfdc: 1, rfldec: 1, rbdc: 3 });
});

test('with nothing cut the FCS comes along', () => {
  const { rig, addrs } = rigWith(1);
  rig.put(AT.rx1 + 0x10, 0);
  // The check sequence of "123456789" is 0xcbf43926; here of 60 bytes, whose residue with it is the constant.
  const frame = plainFrame(60);
  send(rig, frame);
  expect(rig.queues.take().map(({ w2 }) => w2 & 0xfffff)).toEqual([64]);
  expect(residue(rig.bytes(addrs[0] as number, 128, 192))).toBe(0xdebb_20e3);
});

/** CRC-32 register after a frame with its FCS: a constant, by IEEE 802.3. */
function residue(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) crc = (crc >>> 1) ^ (0xedb8_8320 & -(crc & 1));
  }
  return crc >>> 0;
}

test('a port or MAC that is off takes nothing', () => {
  const { rig } = rigWith(2);
  rig.put(AT.rx1, 0);
  send(rig, plainFrame(60));
  rig.put(AT.rx1, 0x8000_0000);
  rig.put(AT.mac1 + 8, 0x11);
  send(rig, plainFrame(60));
  expect([rig.queues.take(), counts(rig)]).toEqual([[], {}]);
});

test('a port that is switched off is busy as long as the knob says', async () => {
  const { rig } = rigWith(1);
  rig.knobs.get('stopBusyUs')?.set(25);
  rig.put(AT.rx1, 0);
  expect(rig.get(AT.rx1 + 4)).toBe(0x8000_0000);
  await rig.clock.run(25_000);
  expect(rig.get(AT.rx1 + 4)).toBe(0);
});

test('counters stand still while statistics are off', () => {
  const { rig } = rigWith(2);
  rig.put(AT.rx1 + 0x200, 0);
  send(rig, plainFrame(60));
  expect([rig.queues.take().length, counts(rig)]).toEqual([1, {}]);
});
