import { beforeEach, describe, expect, test } from 'vitest';
import { ioread32be, iowrite32be, type MmioSpace } from '../../bus/mmio.js';
import { DpaaRig, LS1043A, type Plugged, type RigSoc, T1040 } from '../../../test/qbman-rig.js';
import { type Fd, QmanHands, qmanMemory, SDQCR } from '../../../test/qman-hands.js';
import { queuesContract } from '../../bus/dpaa.contract.js';
import type { DpaaDequeued, DpaaQueues } from '../../bus/dpaa.js';
import { qmanChip } from './qman.js';

class Rig extends DpaaRig {
  readonly blockPlugged: Plugged;
  readonly registers: MmioSpace;
  readonly portals: Plugged[];
  readonly hands: QmanHands;
  readonly other: QmanHands;

  constructor(soc: RigSoc = LS1043A) {
    super(soc);
    this.listen();
    const model = qmanChip();
    this.blockPlugged = this.block('qman', model);
    this.registers = this.blockPlugged.windows[0] as MmioSpace;
    qmanMemory(this.registers);
    this.portals = [0, 1].map((index) => this.portal('qman', model, index));
    this.hands = new QmanHands(this.portals[0] as Plugged, soc.arm);
    this.other = new QmanHands(this.portals[1] as Plugged, soc.arm);
  }
}

/** The example of the facts, chapter 2.1: table of 2026 bytes, to be confirmed to queue 0x200. */
const FD: Fd = [0x00ff_0012, 0x3400_f000, 0x8400_07ea, 0x8000_0200];
/** A frame of that many bytes, with its number as status. */
const frame = (length: number, number = 0): Fd => [0x0001_0008, 0x9000_0000, length, number];
/** Work queue of a channel. */
const wq = (channel: number, queue: number): number => (channel << 3) | queue;

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});

describe.each([
  ['ls1043a', LS1043A],
  ['t1040', T1040],
])('a portal of %s', (_, soc) => {
  beforeEach(() => {
    rig = new Rig(soc);
  });

  test('passes a frame from its enqueue ring to its dequeue ring', () => {
    expect(rig.hands.init(0x100, { destWq: wq(0, 3), contextB: 0xcafe_0001 })).toBe(0xf0);
    rig.hands.enqueue(0x100, FD);
    expect(rig.hands.drain()).toEqual([
      { index: 0, stat: 0x90, token: 0xab, fqid: 0x100, contextB: 0xcafe_0001, fd: FD },
    ]);
  });

  test('goes round its rings with the valid bits turning, in order', () => {
    rig.hands.init(0x100, { destWq: wq(0, 3) });
    for (let i = 0; i < 100; i++) {
      rig.hands.enqueue(0x100, frame(64, i));
      expect(rig.hands.drain().map(({ fd }) => fd[3])).toEqual([i]);
    }
  });

  test('belongs to the channel of its number', () => {
    rig.hands.init(0x100, { destWq: wq(1, 0) });
    rig.hands.enqueue(0x100, FD);
    expect([rig.hands.drain().length, rig.other.drain().length]).toEqual([0, 1]);
  });
});

describe('initialisation', () => {
  const all = {
    ...{ orpc: 0x12, cgid: 7, ctrl: 0x401, destWq: wq(0x802, 3), ics: 0x1234, td: 0x0abc, contextB: 0x0102_0304 },
    contextA: [0x1e00_0000, 0x8000_0000],
  } as const;

  test('a query answers all fields', () => {
    rig.hands.init(5, all, 0x40);
    const fqd = rig.hands.command(0x44, (view) => view.setUint32(4, 5));
    expect([fqd.getUint8(0) & 0x7f, fqd.getUint8(1)]).toEqual([0x44, 0xf0]);
    expect([fqd.getUint8(10), fqd.getUint8(11), fqd.getUint16(12), fqd.getUint16(14)]).toEqual([
      0x12, 7, 0x401, 0x4013,
    ]);
    expect([fqd.getUint16(16), fqd.getUint16(18), fqd.getUint32(20)]).toEqual([0x1234, 0x0abc, 0x0102_0304]);
    expect([fqd.getUint32(24), fqd.getUint32(28)]).toEqual([0x1e00_0000, 0x8000_0000]);
  });

  test('overhead accounting is answered in its own place', () => {
    rig.hands.init(5, { oac: [0x40, 127] }, 0x40);
    const fqd = rig.hands.command(0x44, (view) => view.setUint32(4, 5));
    expect([fqd.getUint8(32), fqd.getInt8(33)]).toEqual([0x40, 127]);
  });

  test('without a write enable a field of a parked queue stays', () => {
    rig.hands.init(5, all, 0x40);
    rig.hands.init(5, { contextB: 9 }, 0x40);
    const fqd = rig.hands.command(0x44, (view) => view.setUint32(4, 5));
    expect([fqd.getUint8(11), fqd.getUint32(20)]).toEqual([7, 9]);
  });

  test('parks or schedules', () => {
    rig.hands.init(5, {}, 0x40);
    rig.hands.init(6, {}, 0x41);
    expect([rig.hands.state(5)[0], rig.hands.state(6)[0], rig.hands.state(7)[0]]).toEqual([4, 2, 0]);
  });

  test('of several queues at once', () => {
    rig.hands.init(128, { destWq: wq(1, 2), count: 127 }, 0x41);
    expect([127, 128, 255, 256].map((fqid) => rig.hands.state(fqid)[0])).toEqual([0, 2, 2, 0]);
  });

  test.each([
    ['queue 0', 0, {}, 0xf1],
    ['a queue beyond the 65536 of 4 MiB', 65_536, {}, 0xf1],
    ['the last queue of several beyond', 65_535, { count: 1 }, 0xf1],
    ['a channel that is not there', 5, { destWq: wq(0x300, 0) }, 0xf4],
    ['overhead and tail drop together', 5, { oac: [0x40, 1], td: 0 }, undefined],
  ] as const)('%s is refused', (_, fqid, init, result) => {
    if (result !== undefined) expect(rig.hands.init(fqid, init)).toBe(result);
    else
      expect(
        rig.hands
          .command(0x40, (v) => {
            v.setUint16(2, 0x104);
            v.setUint32(4, 5);
          })
          .getUint8(1),
      ).toBe(0xff);
    expect(rig.hands.state(5)[0]).toBe(0);
  });

  test('the last queue of 4 MiB is there', () => {
    expect(rig.hands.init(65_535, {})).toBe(0xf0);
  });

  test('of a queue that somebody left alive is a wrong state, as in the field reports', () => {
    rig.hands.init(926, {});
    expect(rig.hands.init(926, {})).toBe(0xf2);
  });
});

describe('the life of a queue', () => {
  /** State to get into, then the result of init, schedule, retire, out of service. */
  const table = [
    ['out of service', 0, 0xf0, 0xf2, 0xf2, 0xf2],
    ['retired', 1, 0xf2, 0xf2, 0xf2, 0xf0],
    ['tentatively scheduled', 2, 0xf2, 0xf2, 0xf0, 0xf2],
    ['truly scheduled', 3, 0xf2, 0xf2, 0xf8, 0xf2],
    ['parked', 4, 0xf0, 0xf0, 0xf0, 0xf2],
    ['active', 5, 0xf2, 0xf2, 0xf8, 0xf2],
  ] as const;

  function bring(state: number): void {
    if (state === 0) return;
    rig.hands.init(9, { destWq: wq(state === 3 ? 0x802 : 0, 1), ctrl: 2 }, state === 4 ? 0x40 : 0x41);
    if (state === 1) rig.hands.alter(0x4a, 9);
    if (state === 3 || state === 5) rig.hands.enqueue(9, FD);
  }

  describe.each(table)('%s', (_, state, init, schedule, retire, oos) => {
    test.each([
      [0x40, init],
      [0x48, schedule],
      [0x4a, retire],
      [0x4b, oos],
    ])('command 0x%s', (verb, result) => {
      bring(state);
      expect(rig.hands.state(9)[0]).toBe(state);
      expect(verb === 0x40 ? rig.hands.init(9, {}, 0x40) : rig.hands.alter(verb, 9)).toBe(result);
    });
  });

  test.each([0x44, 0x45, 0x48, 0x49, 0x4a, 0x4b])('command 0x%s refuses queue 0', (verb) => {
    expect(rig.hands.alter(verb, 0)).toBe(0xf1);
  });

  test('a retirement at once leaves a message, and the frames for a volatile dequeue', () => {
    rig.hands.init(9, { destWq: wq(0x802, 1), contextB: 77 }, 0x40);
    for (let i = 0; i < 3; i++) rig.hands.enqueue(9, frame(100, i));
    const response = rig.hands.command(0x4a, (view) => view.setUint32(4, 9));
    expect([response.getUint8(1), response.getUint8(2)]).toEqual([0xf0, 1]);
    expect(rig.hands.messages()).toMatchObject([{ verb: 0x22, byte1: 1, fqid: 9, tag: 77 }]);
    expect(rig.hands.alter(0x4b, 9)).toBe(0xf3);
    rig.hands.setReg('VDQCR', 0x0300_0009);
    expect(rig.hands.drain().map(({ stat, fd }) => [stat, fd[3]])).toEqual([
      [0x12, 0],
      [0x12, 1],
      [0x93, 2],
    ]);
    expect([rig.hands.alter(0x4b, 9), rig.hands.state(9)]).toEqual([0xf0, [0, 0, 0]]);
  });

  test('a retirement of a queue that waits ends when it is served', () => {
    const fman = rig.wire.port('/fman', 0).queues;
    rig.hands.init(9, { destWq: wq(0x802, 1), contextB: 77 });
    rig.hands.enqueue(9, FD);
    expect(rig.hands.alter(0x4a, 9)).toBe(0xf8);
    expect([rig.hands.messages(), rig.hands.state(9)]).toEqual([[], [0x0b, 2026, 1]]);
    expect(fman?.dequeue(0x802, into())).toBe(false);
    expect(rig.hands.messages()).toMatchObject([{ verb: 0x21, byte1: 1, fqid: 9, tag: 77 }]);
    expect(rig.hands.state(9)[0]).toBe(1);
  });

  test('a forced queue gives an entry without frame', () => {
    rig.hands.init(9, { destWq: wq(0, 1) });
    expect(rig.hands.alter(0x49, 9)).toBe(0xf0);
    const entry = rig.hands.peek();
    expect(entry).toMatchObject({ stat: 0xe0, fqid: 9, fd: [0, 0, 0, 0] });
    expect(rig.hands.state(9)[0]).toBe(5);
    rig.hands.ack(entry?.index ?? 0);
    expect(rig.hands.state(9)[0]).toBe(2);
  });

  test('a forced queue of a block gives nothing, and waits for frames again', () => {
    rig.hands.init(9, { destWq: wq(0x802, 1) });
    expect(rig.hands.alter(0x49, 9)).toBe(0xf0);
    expect([rig.hands.state(9), rig.wire.queues?.dequeue(0x802, into())]).toEqual([[0x13, 0, 0], false]);
    expect(rig.hands.state(9)).toEqual([2, 0, 0]);
  });

  test('a held queue is parked by its acknowledgement', () => {
    rig.hands.init(9, { destWq: wq(0, 1), ctrl: 2, contextB: 5 });
    rig.hands.enqueue(9, FD);
    const entry = rig.hands.peek();
    expect(entry?.stat).toBe(0xd0);
    rig.hands.ack(entry?.index ?? 0, true);
    expect([rig.hands.state(9)[0], rig.hands.messages()]).toMatchObject([4, [{ verb: 0x24, fqid: 9, tag: 5 }]]);
  });

  test('a held queue waits for its acknowledgement, and goes on', () => {
    rig.hands.init(9, { destWq: wq(0, 1), ctrl: 2 });
    rig.hands.enqueue(9, frame(64, 1));
    const entry = rig.hands.peek();
    rig.hands.enqueue(9, frame(64, 2));
    expect(rig.hands.peek()).toBeUndefined();
    rig.hands.ack(entry?.index ?? 0);
    expect(rig.hands.drain().map(({ fd }) => fd[3])).toEqual([2]);
  });
});

/** Room for a frame of a block. */
function into() {
  return { w0: 0, w1: 0, w2: 0, w3: 0, fqid: 0, contextAHi: 0, contextALo: 0, contextB: 0 };
}

describe('rejections', () => {
  test.each([
    ['to queue 0', 0, 0x20, 0x1],
    ['to a queue that is out of service', 9, 0x20, 0x4],
  ])('%s: error, and the error interrupt', (_, fqid, rc, bit) => {
    iowrite32be(rig.registers, 0xe04, 0xffff_ffff);
    rig.hands.enqueue(fqid, FD, 0x1234_5678);
    expect(rig.hands.messages()).toEqual([{ verb: 1, byte1: 0, rc, fqid, tag: 0x1234_5678, fd: FD }]);
    expect([ioread32be(rig.registers, 0xe00), ioread32be(rig.registers, 0xa04)]).toEqual([bit, fqid]);
    expect(rig.blockPlugged.irq()).toBe(true);
  });

  test('to a retired queue', () => {
    rig.hands.init(9, {}, 0x40);
    rig.hands.alter(0x4a, 9);
    rig.hands.messages();
    rig.hands.enqueue(9, FD, 3);
    expect(rig.hands.messages()).toMatchObject([{ rc: 0x60, fqid: 9, tag: 3 }]);
  });

  test('by the tail drop of a queue: 0x200000 bytes are 0x80 << 14', () => {
    rig.hands.init(9, { destWq: wq(0x802, 3), ctrl: 0x200, td: (0x80 << 5) | 14 });
    for (let i = 0; i < 2; i++) rig.hands.enqueue(9, frame(0xf_ffff, i));
    rig.hands.enqueue(9, frame(2, 2));
    expect(rig.hands.state(9)[1]).toBe(0x20_0000);
    rig.hands.enqueue(9, frame(1, 3));
    rig.hands.enqueue(9, frame(1, 4));
    expect(rig.hands.messages()).toMatchObject([{ rc: 0x50, fd: frame(1, 4) }]);
  });

  test('of order restoration, which there is none of', () => {
    rig.hands.init(9, {});
    rig.hands.enqueue(9, FD, 0, 0x03);
    expect(rig.hands.messages()).toMatchObject([{ verb: 3, rc: 0x70 }]);
  });

  test('wait where the message ring is full, and come in order', () => {
    for (let i = 0; i < 20; i++) rig.hands.enqueue(0, frame(1, i));
    expect(rig.hands.reg('MR_PI')).toBe(15);
    expect(rig.hands.messages().map(({ fd }) => fd[3])).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test('of a block go back to it, or to a portal where DCP_CFG says so', () => {
    const fman = rig.wire.port('/fman', 0).queues;
    const [w0, w1, w2, w3] = FD;
    expect(fman?.enqueue(9, { w0, w1, w2, w3 })).toBe('error');
    iowrite32be(rig.registers, 0x300, 1);
    expect(fman?.enqueue(9, { w0, w1, w2, w3 })).toBe('accepted');
    expect(rig.other.messages()).toMatchObject([{ verb: 0x20, rc: 0x20, fqid: 9, fd: FD }]);
    iowrite32be(rig.registers, 0x300, 0x1000);
    expect(fman?.enqueue(9, { w0, w1, w2, w3 })).toBe('error');
  });
});

describe('congestion', () => {
  /** Group 3: threshold 8192 as 0x80 << 6, tells portal 0, drops. Queue 9 in it, with 127 bytes for each frame. */
  function group(drops: number): void {
    const response = rig.hands.command(0x50, (view) => {
      view.setUint16(2, 0x1e);
      view.setUint8(19, 1);
      view.setUint16(20, 0x8000);
      view.setUint8(24, drops);
      view.setUint16(26, (0x80 << 5) | 6);
      view.setUint8(31, 3);
    });
    expect(response.getUint8(1)).toBe(0xf0);
    rig.hands.init(9, { destWq: wq(0x802, 3), ctrl: 0x400, cgid: 3, oac: [0x40, 127] });
    rig.hands.setReg('IER', 0x10_0000);
  }

  const state = (): number[] => {
    const cgr = rig.hands.command(0x58, (view) => view.setUint8(31, 3));
    return [cgr.getUint8(25), cgr.getUint32(36)];
  };

  test('is entered above the threshold and left below 7/8 of it', () => {
    const fman = rig.wire.port('/fman', 0).queues;
    group(0);
    for (let i = 0; i < 8; i++) rig.hands.enqueue(9, frame(897));
    expect([state(), rig.portals[0]?.irq()]).toEqual([[0, 8192], false]);
    rig.hands.enqueue(9, frame(897));
    expect([state(), rig.portals[0]?.irq(), rig.portals[1]?.irq()]).toEqual([[1, 9216], true, false]);
    expect(rig.hands.command(0x59).getUint32(32)).toBe(0x1000_0000);
    rig.hands.setReg('ISR', 0x10_0000);
    fman?.dequeue(0x802, into());
    fman?.dequeue(0x802, into());
    expect([state(), rig.portals[0]?.irq()]).toEqual([[1, 7168], false]);
    fman?.dequeue(0x802, into());
    expect([state(), rig.portals[0]?.irq()]).toEqual([[0, 6144], true]);
    expect(rig.hands.command(0x59).getUint32(32)).toBe(0);
  });

  test('with tail drop rejects, software and blocks', () => {
    group(1);
    for (let i = 0; i < 10; i++) rig.hands.enqueue(9, frame(1000, i), 42);
    expect(rig.hands.messages()).toMatchObject([
      { rc: 0, tag: 42, fd: frame(1000, 8) },
      { rc: 0, tag: 42, fd: frame(1000, 9) },
    ]);
    expect(rig.wire.queues?.enqueue(9, { w0: 0, w1: 0, w2: 1, w3: 0 })).toBe('group-tail-drop');
  });

  test('0x10000000 and 0x06000000 are told apart: 0x80 << 21, 0xc0 << 19', () => {
    rig.hands.command(0x50, (view) => {
      view.setUint16(2, 2);
      view.setUint16(26, (0xc0 << 5) | 19);
      view.setUint8(31, 200);
    });
    const cgr = rig.hands.command(0x58, (view) => view.setUint8(31, 200));
    expect(cgr.getUint16(26)).toBe(0x1813);
  });

  test('tells the portals of its target mask, which a query answers', () => {
    group(0);
    rig.other.command(0x51, (view) => {
      view.setUint16(2, 8);
      view.setUint16(20, 0x8001);
      view.setUint8(31, 3);
    });
    const cgr = rig.hands.command(0x58, (view) => view.setUint8(31, 3));
    expect([cgr.getUint32(48), cgr.getUint8(19)]).toEqual([0xc000_0000, 1]);
  });
});

describe('channels', () => {
  test('a pool channel feeds whoever has room', () => {
    rig.hands.setReg('SDQCR', SDQCR | 0x4000);
    rig.other.setReg('SDQCR', SDQCR | 0x4000);
    rig.hands.init(9, { destWq: wq(0x401, 3) });
    for (let i = 0; i < 40; i++) rig.hands.enqueue(9, frame(64, i));
    const [a, b] = [rig.hands.reg('DQRR_PI'), rig.other.reg('DQRR_PI')].map((pi) => pi & 15);
    expect([a, b, rig.hands.state(9)[2]]).toEqual([15, 15, 10]);
    const all: number[] = [];
    for (let i = 0; i < 10; i++)
      for (const hands of [rig.hands, rig.other]) all.push(...hands.drain().map((e) => e.fd[3]));
    expect(all.sort((x, y) => x - y)).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  test('serve work queues 0 and 1 first, then 2 to 4, then 5 to 7, queues in turn', () => {
    rig.hands.setReg('SDQCR', 0);
    [7, 4, 1, 3, 0, 5].forEach((queue, i) => {
      rig.hands.init(20 + i, { destWq: wq(0, queue), contextB: queue });
      for (let n = 0; n < 2; n++) rig.hands.enqueue(20 + i, frame(64));
    });
    rig.hands.setReg('SDQCR', SDQCR & ~0x2000_0000);
    const order = rig.hands.drain().map(({ contextB }) => contextB);
    expect([order.slice(0, 4), order.slice(4, 8), order.slice(8)]).toEqual([
      [0, 0, 1, 1],
      [3, 4, 3, 4],
      [5, 7, 5, 7],
    ]);
  });

  test('a query of the work queues answers their lengths', () => {
    for (const fqid of [31, 32, 33]) {
      rig.hands.init(fqid, { destWq: wq(0x802, 3) });
      rig.hands.enqueue(fqid, FD);
    }
    const response = rig.hands.command(0x46, (view) => view.setUint16(2, wq(0x802, 0)));
    expect([response.getUint8(1), response.getUint32(44), response.getUint32(48)]).toEqual([0xf0, 3, 0]);
  });

  test('a block is told once when something comes, and again when it has seen the channel empty', async () => {
    const fman = rig.wire.port('/fman', 0).queues;
    let told = 0;
    fman?.serve(0x802, () => told++);
    rig.hands.init(9, { destWq: wq(0x802, 3), contextA: [0x1e00_0000, 0x8000_0000], contextB: 4 });
    rig.hands.enqueue(9, FD);
    rig.hands.enqueue(9, frame(64));
    expect(told).toBe(0);
    await rig.clock.run(0);
    expect(told).toBe(1);
    const frames = [into(), into(), into()];
    expect(frames.map((room) => fman?.dequeue(0x802, room))).toEqual([true, true, false]);
    const { fqid, ...words } = frames[0] as DpaaDequeued;
    const unsigned = Object.fromEntries(Object.entries(words).map(([name, word]) => [name, Number(word) >>> 0]));
    expect([fqid, unsigned]).toEqual([
      9,
      {
        ...{ w0: FD[0], w1: FD[1], w2: FD[2], w3: FD[3] },
        ...{ contextAHi: 0x1e00_0000, contextALo: 0x8000_0000, contextB: 4 },
      },
    ]);
    rig.hands.enqueue(9, FD);
    await rig.clock.run(0);
    expect(told).toBe(2);
  });

  test('a block may dequeue and enqueue within the call that tells it', async () => {
    const fman = rig.wire.port('/fman', 0).queues;
    const room = into();
    fman?.serve(0x802, () => {
      while (fman.dequeue(0x802, room)) fman.enqueue(room.w3 & 0xff_ffff, { ...room, w3: 0 });
    });
    rig.hands.init(0x200, { destWq: wq(0, 1), contextB: 1 });
    rig.hands.init(9, { destWq: wq(0x802, 3) });
    fman?.dequeue(0x802, room);
    for (let i = 0; i < 30; i++) {
      rig.hands.enqueue(9, FD);
      await rig.clock.run(0);
      expect(rig.hands.drain()).toMatchObject([{ fqid: 0x200, fd: [FD[0], FD[1], FD[2], 0] }]);
    }
  });
});

describe('the rings', () => {
  test('seven enqueues fit while the ring stands still', () => {
    rig.hands.init(9, { destWq: wq(0x802, 3) });
    const stall = rig.blockPlugged.knobs.get('stalledPortal');
    stall?.set(0);
    const taken = Array.from({ length: 9 }, () => rig.hands.enqueue(9, FD));
    expect(taken.filter((took) => took)).toHaveLength(7);
    expect(rig.blockPlugged.inspection().words?.()).toMatchObject({
      'portal 0': '7 enqueues wait, 0 frames and 0 messages are for software',
    });
    stall?.set(-1);
    expect([rig.hands.room(), rig.hands.state(9)[2]]).toEqual([7, 7]);
  });

  test('an enqueue acknowledges an entry of the dequeue ring along the way', () => {
    rig.hands.init(9, { destWq: wq(0, 3), ctrl: 2 });
    rig.hands.enqueue(9, FD);
    const entry = rig.hands.peek();
    rig.hands.init(10, { destWq: wq(0x802, 3) });
    rig.hands.enqueue(10, FD, 0, 0x01, 0x80 | (entry?.index ?? 0));
    expect([rig.hands.reg('DQRR_CI'), rig.hands.state(9)[0]]).toEqual([1, 2]);
  });

  test('entries are acknowledged in any order, and room comes back in order', () => {
    rig.hands.init(9, { destWq: wq(0, 3) });
    for (let i = 0; i < 20; i++) rig.hands.enqueue(9, frame(64, i));
    expect(rig.hands.state(9)[2]).toBe(5);
    rig.hands.setReg('DCAP', 0x100 | (0b110 << 16));
    expect(rig.hands.reg('DQRR_CI')).toBe(0);
    rig.hands.ack(0);
    expect([rig.hands.reg('DQRR_CI'), rig.hands.state(9)[2]]).toEqual([3, 2]);
  });

  test('an acknowledgement of nothing is a finding', () => {
    rig.hands.ack(3);
    expect(rig.findings()).toEqual(['portal 0 acknowledges entry 3 of the dequeue ring, which has nothing']);
  });

  test('a volatile command of an empty queue gives one entry without frame', () => {
    rig.hands.init(9, {}, 0x40);
    rig.hands.setReg('VDQCR', 0x0300_0009);
    expect(rig.hands.drain()).toMatchObject([{ stat: 0x83, fqid: 9, fd: [0, 0, 0, 0] }]);
    expect(rig.hands.reg('VDQCR')).toBe(0);
  });

  test('a volatile command till empty goes on as there is room', () => {
    rig.hands.init(9, {}, 0x40);
    for (let i = 0; i < 50; i++) rig.hands.enqueue(9, frame(64, i));
    rig.hands.setReg('VDQCR', 9);
    expect(rig.hands.reg('VDQCR')).toBe(9);
    const entries = rig.hands.drain();
    expect([entries.length, entries.at(-1)?.stat, entries.at(-2)?.stat]).toEqual([50, 0x93, 0x12]);
  });

  test('a volatile command of a scheduled queue is an error', () => {
    rig.hands.init(9, {});
    rig.hands.setReg('VDQCR', 9);
    expect([ioread32be(rig.registers, 0xe00), ioread32be(rig.registers, 0xa04)]).toEqual([0x200, 9]);
  });

  test('in pull mode software asks for each', () => {
    rig.hands.setReg('CFG', 0x02f6_00a0);
    rig.hands.init(9, { destWq: wq(0, 3) });
    rig.hands.enqueue(9, FD);
    expect(rig.hands.peek()).toBeUndefined();
    rig.hands.setReg('PDQCR', 0x0155_8000);
    rig.hands.setReg('PDQCR', 0x0155_8000);
    expect(rig.hands.drain()).toMatchObject([
      { stat: 0x90, token: 0x55, fd: FD },
      { stat: 0x01, token: 0x55, fqid: 0 },
    ]);
  });

  test('command 0x4d is a bad command, with the error interrupt', () => {
    expect([rig.hands.alter(0x4d, 9), ioread32be(rig.registers, 0xe00)]).toEqual([0xff, 0x1_0000]);
  });
});

describe('interrupts', () => {
  beforeEach(() => {
    rig.hands.init(9, { destWq: wq(0, 3) });
    rig.hands.setReg('IER', 0x3_0000);
  });
  const irq = (): boolean => rig.portals[0]?.irq() ?? false;

  test('a frame raises DQRR at once without threshold, and again while it is there', () => {
    rig.hands.enqueue(9, FD);
    expect([irq(), rig.hands.reg('ISR')]).toEqual([true, 0x2_0000]);
    rig.hands.setReg('ISR', 0x2_0000);
    expect(irq()).toBe(true);
    rig.hands.drain();
    rig.hands.setReg('ISR', 0x2_0000);
    expect(irq()).toBe(false);
  });

  test('up to the threshold of 12 it waits for the period, beyond it does not', async () => {
    rig.hands.setReg('DQRR_ITR', 12);
    rig.hands.setReg('ITPR', 100);
    rig.hands.enqueue(9, FD);
    await rig.clock.run(42_000);
    expect(irq()).toBe(false);
    await rig.clock.run(1_000);
    expect(irq()).toBe(true);
    rig.hands.drain();
    rig.hands.setReg('ISR', 0x2_0000);
    for (let i = 0; i < 12; i++) rig.hands.enqueue(9, FD);
    expect(irq()).toBe(false);
    rig.hands.enqueue(9, FD);
    expect(irq()).toBe(true);
  });

  test('a message raises MR', () => {
    rig.hands.enqueue(0, FD);
    expect([irq(), rig.hands.reg('ISR')]).toEqual([true, 0x1_0000]);
  });

  test('inhibit holds the line, disable the status', () => {
    rig.hands.setReg('IIR', 1);
    rig.hands.enqueue(9, FD);
    expect([irq(), rig.hands.reg('ISR')]).toEqual([false, 0x2_0000]);
    rig.hands.setReg('IIR', 0);
    expect(irq()).toBe(true);
    rig.hands.setReg('ISDR', 0xffff_ffff);
    rig.hands.setReg('ISR', 0xffff_ffff);
    expect([irq(), rig.hands.reg('ISR')]).toEqual([false, 0]);
  });

  test('an enqueue that asks for it tells that it is committed; the ring that it is below its threshold', () => {
    rig.hands.setReg('ISDR', 0x3_0000);
    rig.hands.enqueue(9, FD, 0, 0x05);
    expect(rig.hands.reg('ISR')).toBe(0x8_0000);
    rig.hands.setReg('EQCR_ITR', 4);
    expect(rig.hands.reg('ISR')).toBe(0xc_0000);
  });
});

describe('the register block', () => {
  test('is of revision 3', () => {
    expect((ioread32be(rig.registers, 0xbf8) >>> 8) & 0xff).toBe(3);
  });

  test('without memory for queues there are none', () => {
    iowrite32be(rig.registers, 0xc10, 0x15);
    expect(rig.hands.init(9, {})).toBe(0xf1);
  });

  test.each([
    ['smaller than 4 KiB', 0x8200_0000, 11],
    ['not aligned to its size', 0x8210_0000, 22],
  ])('refuses private memory %s', (_, bar, exponent) => {
    iowrite32be(rig.registers, 0xc04, bar);
    iowrite32be(rig.registers, 0xc10, (0x8000_0000 | (exponent - 1)) >>> 0);
    expect([rig.findings().length, rig.hands.init(9, {})]).toEqual([1, 0xf1]);
  });

  test('initialises records once, and not an odd range', () => {
    expect(ioread32be(rig.registers, 0xb00)).toBe(0xf000_0000);
    expect(ioread32be(rig.registers, 0x400)).toBe(0x8_0000 - 16);
    iowrite32be(rig.registers, 0xb00, 0x0100_0000);
    expect(ioread32be(rig.registers, 0xb00)).toBe(0xf800_0000);
    iowrite32be(rig.registers, 0xc30, 0x8000_0018);
    iowrite32be(rig.registers, 0xb04, 9);
    iowrite32be(rig.registers, 0xb00, 0x0100_0000);
    expect(ioread32be(rig.registers, 0xb00)).toBe(0xff00_0000);
  });
});

describe('the wire', () => {
  test('has faults: an enqueue that is rejected or lost, a frame that does not come out', () => {
    const fman = rig.wire.port('/fman', 0).queues;
    rig.hands.init(9, { destWq: wq(0, 3) });
    rig.hands.init(10, { destWq: wq(0x802, 3) });
    rig.fail('qman.enqueue@9#1=reject');
    rig.hands.enqueue(9, frame(64, 1));
    expect(rig.hands.messages()).toMatchObject([{ rc: 0x20, fqid: 9, fd: frame(64, 1) }]);
    rig.fail('qman.enqueue@9#1=lost');
    rig.hands.enqueue(9, frame(64, 2));
    rig.fail('qman.dequeue@/qman-portal@0#1=lost');
    rig.hands.enqueue(9, frame(64, 3));
    rig.hands.enqueue(9, frame(64, 4));
    expect([rig.hands.messages(), rig.hands.drain().map(({ fd }) => fd[3])]).toEqual([[], [4]]);
    rig.fail('qman.enqueue@/fman#1=reject,qman.dequeue@/fman#1=lost');
    expect(fman?.enqueue(10, { w0: 0, w1: 0, w2: 1, w3: 1 })).toBe('error');
    for (const w3 of [2, 3]) fman?.enqueue(10, { w0: 0, w1: 0, w2: 1, w3 });
    const room = into();
    expect([fman?.dequeue(0x802, room), room.w3, fman?.dequeue(0x802, room)]).toEqual([true, 3, false]);
  });

  test('traces software and blocks', () => {
    rig.hands.init(9, { destWq: wq(0, 3) });
    rig.wire.port('/fman', 0).queues?.enqueue(9, { w0: FD[0], w1: FD[1], w2: FD[2], w3: FD[3] });
    expect(rig.events.filter(({ kind }) => kind.startsWith('dpaa_'))).toMatchObject([
      { where: '/fman', kind: 'dpaa_enqueue', fqid: 9, addr: '0x123400f000', length: 2026, status: '0x80000200' },
      { where: '/qman-portal@0', kind: 'dpaa_dequeue', fqid: 9, addr: '0x123400f000', length: 2026 },
    ]);
  });
});

test('words say what queues, groups and portals are doing', () => {
  rig.hands.init(9, { destWq: wq(0x802, 3) });
  rig.hands.enqueue(9, FD);
  rig.hands.alter(0x4a, 9);
  rig.hands.init(10, { destWq: wq(0, 1) });
  rig.hands.enqueue(10, FD);
  expect(rig.blockPlugged.inspection().words?.()).toEqual({
    'fq 9': 'waits to be served, to be retired, 1 frames of 2026 bytes; channel 0x802 wq 3',
    'fq 10': 'waits for frames; channel 0x0 wq 1',
    'portal 0': '0 enqueues wait, 1 frames and 0 messages are for software',
  });
});

describe('the contract of the wire', () => {
  queuesContract(() => {
    const made = new Rig();
    made.hands.init(9, { destWq: wq(0x802, 3) });
    const queues = made.wire.port('/fman', 0).queues as DpaaQueues;
    return { queues, fqid: 9, channel: 0x802, missing: 65_536, moment: () => made.clock.run(0) };
  });
});
