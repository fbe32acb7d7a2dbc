// Frames through the driver and a small FMan.
import { expect, test } from 'vitest';
import { sameBytes } from '../../base/bytes.js';
import { DpaaRig } from '../../../test/dpaa-rig.js';
import { Page } from '../../core/page.js';
import { CHECKSUM_PARTIAL } from '../../core/skbuff.js';
import { QmFd, SgtEntry } from './fd.js';
import { dpaRxError } from './rx.js';
import { dpaTxConfirm, dpaTxError, dpaTxRejected } from './tx.js';

const CLEAN = { pages: 0, mapped: 0, findings: 0, lost: 0 };

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
}

const same = (is: Uint8Array | undefined, should: Uint8Array): boolean => {
  return is !== undefined && sameBytes(is, should);
};

/** Lengths of the fragments of a packet: `count` of them, as equal as can be. */
function pieces(length: number, count: number): number[] {
  return Array.from(
    { length: count },
    (_, i) => Math.floor(((i + 1) * length) / count) - Math.floor((i * length) / count),
  );
}

test('what is sent arrives, whatever its length and its pieces, and nothing is left', () => {
  const rig = new DpaaRig();
  rig.bp.seed(rig.share);
  const lengths = [14, 59, 60, 61, 64, 1514, 1535, 1536, 1537, 1664, 3199, 3200, 3201, 3202, 4864, 4865, 9230, 9600];
  for (const length of lengths) {
    for (const count of [0, 1, 2, 3, 14, 15, 16, 17]) {
      const bytes = bytesOf(length);
      const linear = count === 0 ? length : Math.min(14, length - count);
      if (linear < 0 || length - linear < count) continue;
      rig.send(rig.packet(bytes, linear, pieces(length - linear, count)));
      const [frame] = rig.transmit();
      const padded = new Uint8Array(Math.max(60, length));
      padded.set(bytes);
      expect(same(frame, padded)).toBe(true);
      expect(rig.arrive(padded)).toBe(true);
      expect(same(rig.received.pop(), padded)).toBe(true);
      expect([rig.share.count, rig.priv.inFlight.size]).toEqual([rig.pool.length, 0]);
    }
  }
  const { stats } = rig.priv;
  expect([stats.txPackets, stats.txErrors, stats.rxErrors]).toEqual([stats.txConfirm, 0, 0]);
  expect(rig.close()).toEqual(CLEAN);
});

test('dpaa-L3: any step of a transmit may fail: one error, nothing left, the next frame goes', () => {
  const bytes = bytesOf(4000);
  for (const frags of [0, 1, 3, 15, 16]) {
    for (let failing = 0; ; failing++) {
      const rig = new DpaaRig();
      const linear = frags === 0 ? bytes.length : 66;
      const skb = rig.packet(bytes, linear, pieces(bytes.length - linear, frags));
      rig.turns.failing = failing;
      rig.send(skb);
      const struck = rig.turns.asked > failing;
      const { txErrors, txPackets } = rig.priv.stats;
      expect([txErrors, txPackets]).toEqual(struck ? [1, 0] : [0, 1]);
      rig.turns.failing = -1;
      rig.send(rig.packet(bytes, linear, pieces(bytes.length - linear, frags)));
      expect(same(rig.transmit().at(-1), bytes)).toBe(true);
      expect(rig.close()).toEqual(CLEAN);
      if (!struck) break;
    }
  }
});

test('any allocation, mapping or release of a receive may fail: buffers are in the pool or freed', () => {
  for (const length of [100, 1536, 1537, 9230]) {
    const bytes = bytesOf(length);
    for (let failing = 0; ; failing++) {
      const rig = new DpaaRig();
      rig.bp.seed(rig.share);
      rig.turns.asked = 0;
      rig.turns.failing = failing;
      rig.arrive(bytes);
      const struck = rig.turns.asked > failing;
      expect(same(rig.received.pop(), bytes)).toBe(true);
      expect(rig.share.count).toBe(rig.pool.length);
      rig.turns.failing = -1;
      rig.arrive(bytes);
      expect(same(rig.received.pop(), bytes)).toBe(true);
      expect([rig.share.count, rig.pool.length]).toEqual([rig.buffers.size, rig.buffers.size]);
      expect(rig.close()).toEqual(CLEAN);
      if (!struck) break;
    }
  }
});

test('dpaa-8.3.5: a refill may fail anywhere: the frame is delivered from the buffers that are there', () => {
  const bytes = bytesOf(1537);
  for (let failing = 0; failing < 20; failing++) {
    const rig = new DpaaRig();
    for (let i = 0; i < 3; i++) rig.bp.add8(rig.share);
    rig.turns.asked = 0;
    rig.turns.failing = failing;
    rig.arrive(bytes);
    expect(same(rig.received.pop(), bytes)).toBe(true);
    expect(rig.bp.refillErrors).toBe(Number(rig.share.count < 100));
    expect([rig.share.count, rig.pool.length]).toEqual([rig.buffers.size, rig.buffers.size]);
    expect(rig.close()).toEqual(CLEAN);
  }
});

test('a pool that refuses for good frees what it does not take', () => {
  const rig = new DpaaRig();
  rig.turns.failing = 0;
  rig.turns.count = Number.POSITIVE_INFINITY;
  expect(rig.bp.add8(rig.share)).toBe(false);
  rig.bp.seed(rig.share);
  expect([rig.share.count, rig.buffers.size]).toEqual([0, 0]);
  expect(rig.close()).toEqual(CLEAN);
});

test('dpaa-8.3.10: a bad status is an error of its kind, and every buffer goes back', () => {
  const rig = new DpaaRig();
  rig.bp.seed(rig.share);
  for (const status of [0x0100_0000, 0x0008_0000, 0x0004_0000, 0x20, 0x80]) rig.arrive(bytesOf(4000), status);
  const { rxErrors, rxDma, rxPhysical, rxSize, rxHeader, rxPackets } = rig.priv.stats;
  expect([rxErrors, rxDma, rxPhysical, rxSize, rxHeader, rxPackets]).toEqual([5, 1, 1, 1, 1, 0]);
  expect([rig.share.count, rig.pool.length, rig.buffers.size]).toEqual([128, 128, 128]);
  expect(rig.close()).toEqual(CLEAN);
});

test('dpaa-8.3.3: a table with one wrong bit is delivered right or refused, and nothing is freed twice', () => {
  const frame = bytesOf(4000);
  for (let bit = 0; bit < 3 * 128; bit++) {
    const rig = new DpaaRig();
    rig.bp.seed(rig.share);
    const fd = rig.deposit(frame);
    if (fd === undefined) throw new Error('no buffers');
    const buffer = rig.buffers.get(fd.addr);
    if (buffer === undefined) throw new Error('no table');
    const at = buffer.offset + fd.offset + (bit >> 3);
    buffer.page.bytes[at] = (buffer.page.bytes[at] as number) ^ (1 << (bit & 7));
    rig.arriveFd(fd);
    const { rxErrors, rxPackets } = rig.priv.stats;
    expect(rxErrors + rxPackets).toBe(1);
    const end = rig.close();
    expect([end.pages, end.mapped, end.findings]).toEqual([0, 0, 0]);
  }
});

test('a descriptor with one wrong bit, whichever, is one frame or one error', () => {
  for (const length of [1000, 4000]) {
    for (let bit = 0; bit < 128; bit++) {
      const rig = new DpaaRig();
      rig.bp.seed(rig.share);
      const fd = rig.deposit(bytesOf(length));
      if (fd === undefined) throw new Error('no buffers');
      const bytes = new Uint8Array(16);
      fd.encode(new DataView(bytes.buffer), 0);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      fd.decode(new DataView(bytes.buffer), 0);
      rig.arriveFd(fd);
      const { rxErrors, rxPackets } = rig.priv.stats;
      expect([bit, rxErrors + rxPackets]).toEqual([bit, 1]);
      const end = rig.close();
      expect([bit, end.pages, end.mapped, end.findings]).toEqual([bit, 0, 0, 0]);
    }
  }
});

test('dpaa-L49: a descriptor of a buffer that FMan has not filled is refused, and the buffer stays where it is', () => {
  const rig = new DpaaRig();
  rig.bp.seed(rig.share);
  const fd = rig.deposit(bytesOf(100));
  if (fd === undefined) throw new Error('no buffers');
  const { addr } = fd;
  const left = rig.pool.slice();
  for (const format of [0, 4, 1]) {
    fd.format = format;
    fd.addr = left[3] as number;
    rig.arriveFd(fd);
  }
  // The same with an error in its status, and on the error queue.
  fd.cmd = 0x0008_0000;
  rig.arriveFd(fd);
  dpaRxError(rig.priv, fd, rig.share);
  const { rxErrors, rxStale, rxBadDescriptor, rxPackets } = rig.priv.stats;
  expect([rxErrors, rxStale, rxBadDescriptor, rxPackets]).toEqual([5, 5, 0, 0]);
  expect([rig.pool, rig.share.count]).toEqual([left, 128]);
  fd.format = 0;
  fd.cmd = 0;
  fd.addr = addr;
  rig.arriveFd(fd);
  expect(rig.received).toEqual([bytesOf(100)]);
  expect(rig.close()).toEqual(CLEAN);
});

test('dpaa-L4, dpaa-L49: an entry of a buffer that is not filled spoils its table, and only the others go back', () => {
  for (const index of [0, 1, 2]) {
    const rig = new DpaaRig();
    rig.bp.seed(rig.share);
    const fd = rig.deposit(bytesOf(4000));
    const table = fd === undefined ? undefined : rig.buffers.get(fd.addr);
    if (fd === undefined || table === undefined) throw new Error('no buffers');
    const before = rig.pool.length;
    table.page.view.setUint32(table.offset + 128 + 16 * index + 4, (rig.pool[3] as number) % 2 ** 32);
    rig.arriveFd(fd);
    const { rxErrors, rxBadDescriptor, rxPackets } = rig.priv.stats;
    // Of four buffers one is named by nobody any more; it is freed with the interface.
    expect([rxErrors, rxBadDescriptor, rxPackets, rig.pool.length - before]).toEqual([1, 1, 0, 3]);
    expect(rig.close()).toEqual({ ...CLEAN, lost: 1 });
  }
});

test('dpaa-8.1.8: with the erratum only multiples of 256 are sent where they lie', () => {
  const rig = new DpaaRig({ erratumA050385: true });
  const bytes = bytesOf(3000);
  rig.send(rig.packet(bytes, 66, [1000, 1934]));
  const [fd] = rig.wire;
  const word = new DataView((fd as Uint8Array).buffer).getUint32(8);
  expect(word >>> 29).toBe(0);
  const addr = new DataView((fd as Uint8Array).buffer).getUint32(4);
  expect((addr + ((word >>> 20) & 0x1ff)) % 256).toBe(0);
  expect(rig.transmit()).toEqual([bytes]);
  expect(rig.close()).toEqual(CLEAN);
});

test('dpaa-L5: a confirmation of a frame that was not sent is counted and touches nothing', () => {
  const rig = new DpaaRig();
  rig.send(rig.packet(bytesOf(100), 100, []));
  const [fd] = rig.wire;
  rig.transmit();
  rig.wire.push(new Uint8Array(fd as Uint8Array));
  expect(() => rig.transmit()).toThrow('EFAULT');
  rig.confirm(fd as Uint8Array);
  expect([rig.priv.stats.txStray, rig.priv.stats.txConfirm]).toEqual([1, 2]);
});

test('dpaa-8.1.5: behind an IOMMU, where bus addresses are others, everything works', () => {
  const rig = new DpaaRig({ iovaBase: 0x2_0000_0000 });
  rig.bp.seed(rig.share);
  const bytes = bytesOf(4000);
  rig.send(rig.packet(bytes, 66, [1000, 2934]));
  expect(rig.transmit()).toEqual([bytes]);
  rig.arrive(bytes);
  expect(rig.received).toEqual([bytes]);
  expect(rig.close()).toEqual(CLEAN);
});

test('the errors of the transmit side: not sent, could not be sent, rejected', () => {
  const rig = new DpaaRig();
  const sendOne = (): QmFd => {
    rig.send(rig.packet(bytesOf(100), 100, []));
    const fd = new QmFd();
    fd.decode(new DataView((rig.wire.pop() as Uint8Array).buffer), 0);
    return fd;
  };
  const bad = sendOne();
  bad.cmd = 0x0200_0000;
  dpaTxConfirm(rig.priv, bad);
  dpaTxError(rig.priv, sendOne());
  dpaTxRejected(rig.priv, sendOne());
  const { txPackets, txErrors, txConfirm, txDropped, txFifoErrors } = rig.priv.stats;
  expect([txPackets, txErrors, txConfirm, txDropped, txFifoErrors]).toEqual([3, 2, 1, 1, 1]);
  expect(rig.close()).toEqual(CLEAN);
});

/** A TCP or UDP packet whose sum is to be computed: where its headers are, and what FMan is told. */
function request(bytes: Uint8Array, protocol: number, network: number, transport: number): readonly number[] {
  const rig = new DpaaRig();
  const skb = rig.packet(bytes, bytes.length, []);
  skb.protocol = protocol;
  skb.ipSummed = CHECKSUM_PARTIAL;
  skb.networkHeader = skb.data + network;
  skb.transportHeader = skb.data + transport;
  skb.csumStart = skb.transportHeader;
  skb.csumOffset = 6;
  const { page, data } = skb;
  rig.send(skb);
  const results = page.bytes.subarray(data - 48, data - 16);
  const cmd = new DataView((rig.wire[0] as Uint8Array).buffer).getUint32(12);
  rig.transmit();
  const told = cmd >>> 28 === 0xd ? [4, 6, 27, 30].map((at) => results[at] as number) : [];
  return [...told, rig.priv.stats.txSoftwareChecksum];
}

test('dpaa-8.1.13, dpaa-8.3.9: behind two tags and extension headers FMan is told where layer 4 is', () => {
  const tagged = new Uint8Array(200);
  tagged.set([0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 0x08, 0x00], 12);
  tagged[22 + 9] = 6;
  expect(request(tagged, 0x88a8, 22, 42)).toEqual([0x80, 0x20, 22, 42, 0]);
  const extended = new Uint8Array(200);
  extended[14 + 6] = 0; // hop-by-hop, 8 bytes, then destination options, 16 bytes, then UDP
  extended.set([60, 0], 14 + 40);
  extended.set([17, 1], 14 + 48);
  expect(request(extended, 0x86dd, 14, 78)).toEqual([0x40, 0x40, 14, 78, 0]);
  extended[14 + 48] = 50;
  expect(request(extended, 0x86dd, 14, 78)).toEqual([1]);
});

test('dpaa-8.3.8: a ring that stays full ends in freed buffers, not in a spin', () => {
  const rig = new DpaaRig();
  rig.busy = Number.POSITIVE_INFINITY;
  expect([rig.bp.add8(rig.share), rig.share.count, rig.buffers.size]).toEqual([false, 0, 0]);
  rig.busy = 3;
  expect([rig.bp.add8(rig.share), rig.share.count, rig.pool.length]).toEqual([true, 8, 8]);
  expect(rig.close()).toEqual(CLEAN);
});

test('dpaa-L2: an entry is read as big-endian words wherever it lies, its offset as 13 bits of the last', () => {
  const bytes = new Uint8Array(64);
  const page = new Page({ phys: 0, bytes }, () => undefined);
  const entry = new SgtEntry();
  for (let at = 0; at < 40; at++) {
    bytes.fill(0xff);
    bytes.set([0, 0, 0, 0x12, 0x34, 0x00, 0xf0, 0x40, 0x40, 0, 0x05, 0xdc, 0, 7, 0x10, 0x80], at);
    entry.load(page, at);
    const { addr, length, final, extension, bpid, offset } = entry;
    expect([at, addr, length, final, extension, bpid, offset]).toEqual([
      at,
      0x12_3400_f040,
      1500,
      true,
      false,
      7,
      0x1080,
    ]);
  }
  bytes.set([0x80, 0, 0, 1, 0, 7, 0xe0, 0], 8);
  entry.load(page, 0);
  expect([entry.extension, entry.final, entry.length, entry.offset]).toEqual([true, false, 1, 0]);
});
