// Two ports with a cable between them: what goes into one comes out of the other.
import { expect, test } from 'vitest';
import { AT, CHANNEL, type Enqueued, entry, fd, FmanRig, MAC1, MAC2, plainFrame } from '../../../test/fman-rig.js';
import { Random } from '../../base/random.js';
import { sameBytes } from '../../base/bytes.js';

const BPID = 5;
const BUFFERS = 16;
const MARGIN = 128;
const SIZE = 1664;
const MOST = 9600;

class Loop {
  readonly rig = new FmanRig({ quiet: true, soc: 'ls1046a' });
  readonly #data = this.rig.map(plainFrame(MOST, 3), 'bidirectional');
  readonly #table = this.rig.map(64 + 256, 'bidirectional');

  constructor() {
    const { rig } = this;
    rig.fill(BPID, BUFFERS, SIZE);
    rig.setUpRx(AT.rx2, BPID, SIZE);
    rig.setUpTx(AT.tx1, CHANNEL.tx1);
    rig.setUpMac(AT.mac1, MOST + 4);
    rig.setUpMac(AT.mac2, MOST + 4);
    rig.lines.connect(MAC1, MAC2);
  }

  /** The bytes that are sent. */
  get data(): Uint8Array {
    return this.rig.bytes(this.#data);
  }

  /** Sends the first `length` bytes in pieces of these lengths; one piece goes without a table. */
  send(length: number, pieces: readonly number[]): void {
    if (pieces.length === 1) {
      // The offset has nine bits: the data begin at the buffer's begin.
      this.rig.queues.enqueue(0x300, fd(this.#data, 0xff, 0, 0, length, 0x8000_0200));
      return;
    }
    let at = 0;
    for (const [i, size] of pieces.entries()) {
      this.rig.bytes(this.#table).set(entry(this.#data + at, size, i === pieces.length - 1), 64 + 16 * i);
      at += size;
    }
    this.rig.queues.enqueue(0x300, fd(this.#table, 0xff, 4, 64, length, 0x8000_0200));
  }

  /** What came: queue 0x101 has the frame, 0x200 the confirmation. Buffers go back. */
  received(): { readonly queues: number[]; readonly bytes: Uint8Array; readonly statuses: number[] } {
    const got = this.rig.queues.take();
    const frame = got.find(({ fqid }) => fqid !== 0x200);
    const bytes = frame === undefined ? new Uint8Array() : this.#collect(frame);
    return { queues: got.map(({ fqid }) => fqid).sort(), bytes, statuses: got.map(({ w3 }) => w3) };
  }

  #collect({ w0, w1, w2 }: Enqueued): Uint8Array {
    const addr = (w0 & 0xff) * 2 ** 32 + (w1 >>> 0);
    const length = w2 & 0xfffff;
    const pool = this.rig.pools.pools.get(BPID) as number[];
    pool.push(addr);
    if (w2 >>> 29 === 0) return this.rig.bytes(addr, MARGIN, MARGIN + length).slice();
    const bytes = new Uint8Array(length);
    const table = new DataView(this.rig.bytes(addr).buffer, this.rig.bytes(addr).byteOffset + MARGIN, 256);
    let at = 0;
    for (let i = 0, final = 0; final === 0; i++) {
      const piece = (table.getUint32(16 * i) & 0xff) * 2 ** 32 + table.getUint32(16 * i + 4);
      const word = table.getUint32(16 * i + 8);
      const offset = table.getUint16(16 * i + 14) & 0x1fff;
      const size = word & 0x3fff_ffff;
      bytes.set(this.rig.bytes(piece, offset, offset + size), at);
      pool.push(piece);
      at += size;
      final = word & 0x4000_0000;
    }
    return bytes;
  }
}

/** Cuts a length into `count` pieces. */
function cut(length: number, count: number, random: Random): number[] {
  const marks = Array.from({ length: count - 1 }, () => 1 + random.below(length - 1));
  const ends = [...new Set(marks), length].sort((a, b) => a - b);
  return ends.map((end, i) => end - (i === 0 ? 0 : (ends[i - 1] as number)));
}

function run(lengths: Iterable<number>, patterns: readonly number[]): string[] {
  const loop = new Loop();
  const random = new Random('loop');
  const wrong: string[] = [];
  for (const length of lengths) {
    for (const count of patterns) {
      const pieces = cut(length, count, random);
      loop.send(length, pieces);
      const { queues, bytes, statuses } = loop.received();
      const fine =
        sameBytes(bytes, loop.data.subarray(0, length)) &&
        queues.join() === '257,512' &&
        statuses.every((status) => status === 0) &&
        loop.rig.pools.available(BPID) === BUFFERS;
      if (!fine) wrong.push(`${length} in ${pieces.join('+')}: ${queues.join()} ${statuses.join()}`);
    }
  }
  return wrong;
}

/** Every length around what fits into 1, 2, 3... buffers, and the least and the most. */
function* borders(): Generator<number> {
  for (let edge = SIZE - MARGIN; edge < MOST; edge += SIZE) for (let at = edge - 3; at <= edge + 3; at++) yield at;
  for (let at = 60; at < 70; at++) yield at;
  for (let at = MOST - 3; at <= MOST; at++) yield at;
}

test('every length from 60 to 9600 arrives, its buffers come back', () => {
  const all = Array.from({ length: MOST - 59 }, (_, i) => 60 + i);
  expect(run(all, [1])).toEqual([]);
});

test('every length around a border arrives in 1 to 16 pieces', () => {
  expect(
    run(
      borders(),
      Array.from({ length: 16 }, (_, i) => i + 1),
    ),
  ).toEqual([]);
});

test('traffic in both directions at once', () => {
  const { rig } = new Loop();
  rig.setUpRx(AT.rx1, BPID, SIZE);
  rig.setUpTx(AT.tx2, CHANNEL.tx2, 0x301);
  const addr = rig.map(plainFrame(200));
  for (let i = 0; i < 4; i++) rig.queues.enqueue(0x300 + (i & 1), fd(addr, 0xff, 0, 0, 200, 0x8000_0200));
  const frames = rig.queues.take().filter(({ fqid }) => fqid === 0x101);
  expect(frames.length).toBe(4);
  expect([rig.get(AT.rx1 + 0x204), rig.get(AT.rx2 + 0x204)]).toEqual([2, 2]);
});

test('the hash spreads flows over queues, and one flow stays in one', () => {
  const { rig } = new Loop();
  const kg = 0xc1000;
  const scheme: [number, number][] = [
    [0x100, 0x8050_0002],
    [0x104, 0x0018_0006],
    [0x114, 0x1000],
    [0x118, 127],
    [0x1fc, 0x8000_0000],
    [0x100, 0x8000_0000],
    [0x1fc, 0x8200_8009],
  ];
  for (const [offset, value] of scheme) rig.put(kg + offset, value);
  rig.put(AT.rx2 + 0x28, 0x0048_0000);
  const queues = Array.from({ length: 64 }, (_, flow) => {
    const frame = plainFrame(100);
    const [net, port] = [(flow * 37) & 0xff, (flow * 101) & 0xff];
    const addresses = [10, 0, net, flow, 10, 0, 0, 2, port, flow, 0, 9];
    frame.set([0x08, 0x00, 0x45, 0, 0, 86, 0, 0, 0x40, 0, 64, 17, 0, 0, ...addresses], 12);
    frame.set([0, 66, 0, 0], 38);
    headerSum(frame);
    const addr = rig.map(frame);
    return [0, 1].map(() => {
      rig.queues.enqueue(0x300, fd(addr, 0xff, 0, 0, 100, 0x8000_0200));
      const got = rig.queues.take().find(({ fqid }) => fqid !== 0x200) as Enqueued;
      rig.pools.pools.get(BPID)?.push((got.w0 & 0xff) * 2 ** 32 + (got.w1 >>> 0));
      return got.fqid;
    });
  });
  expect(queues.filter(([a, b]) => a !== b)).toEqual([]);
  const used = new Set(queues.map(([fqid]) => fqid as number));
  expect(used.size).toBeGreaterThan(32);
  expect([...used].filter((fqid) => fqid < 0x1000 || fqid > 0x107f)).toEqual([]);
});

function headerSum(frame: Uint8Array): void {
  let sum = 0;
  for (let i = 14; i < 34; i += 2) sum += (frame[i] as number) * 256 + (frame[i + 1] as number);
  const word = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
  frame.set([word >> 8, word & 0xff], 24);
}
