import { expect, test } from 'vitest';
import { Bug } from '../base/assert.js';
import { Trace, type TraceEvent } from '../base/trace.js';
import { FaultPlan } from './fault-plan.js';
import { parseFaults } from './fault-text.js';
import { memoryTarget, mmioContract } from './mmio.contract.js';
import { ioread32be, iowrite32be, type MmioSpace, type MmioTarget, swab32 } from './mmio.js';
import { withMasterWires, withMmioFaults, withMmioTrace } from './mmio-decorators.js';
import { MmioBus } from './mmio-sim.js';

const BASE = 0x1022_8000; // mt8173's gce
const ends = (wrap: (space: MmioSpace) => MmioSpace) => () => {
  const bus = new MmioBus();
  bus.attach(BASE, 0x1000, memoryTarget(0x1000));
  return { space: wrap(bus.ioremap(BASE, 0x1000, 'gce')) };
};

mmioContract(
  'simulated',
  ends((space) => space),
);
mmioContract(
  'traced, nobody listens',
  ends((space) => withMmioTrace(space, 'gce', new Trace(() => 0))),
);
mmioContract(
  'traced',
  ends((space) => withMmioTrace(space, 'gce', listening().trace)),
);
mmioContract(
  'faults, empty plan',
  ends((space) => withMmioFaults(space, 'gce', new FaultPlan())),
);
mmioContract(
  'faults, counting',
  ends((space) => withMmioFaults(space, 'gce', FaultPlan.counting())),
);
mmioContract('attached after the driver mapped it', () => {
  const bus = new MmioBus();
  const space = bus.ioremap(BASE, 0x1000, 'gce');
  bus.attach(BASE, 0x1000, memoryTarget(0x1000));
  return { space };
});

function listening(): { trace: Trace; events: TraceEvent[] } {
  const events: TraceEvent[] = [];
  const trace = new Trace(() => 0);
  trace.attach((event) => events.push(event));
  return { trace, events };
}

const wordsOnly = (value = 0): MmioTarget => ({ read32: () => value, write32() {} });

test('a range in the middle of a window reaches the target with its own offsets, in every width', () => {
  const bus = new MmioBus();
  const target = memoryTarget(0x100);
  bus.attach(BASE, 0x100, target);
  const space = bus.ioremap(BASE + 0x40, 0x20, 'thread0');
  space.write32(0x10, 0x1234_5678);
  space.write16(0x14, 0xabcd);
  space.write8(0x17, 0xef);
  expect([...target.bytes.subarray(0x50, 0x58)]).toEqual([0x78, 0x56, 0x34, 0x12, 0xcd, 0xab, 0x00, 0xef]);
  expect([space.read32(0x14), space.read16(0x16), space.read8(0x13)]).toEqual([0xef00_abcd, 0xef00, 0x12]);
  expect(() => space.read32(0x20)).toThrow(
    'thread0: mmio: 32-bit access at offset 0x20 is outside the window of 0x20 bytes (EFAULT)',
  );
});

test('a range over several windows and a hole reaches each, and the hole is a bus error with its address', () => {
  const bus = new MmioBus();
  bus.attach(0x1_0000_0000, 0x10, wordsOnly(1));
  const far = memoryTarget(0x10);
  bus.attach(0x1_0000_0020, 0x10, far);
  const space = bus.ioremap(0x1_0000_0000, 0x30, 'mmsys');
  space.write32(0x20, 0x8000_0002);
  space.write16(0x24, 0x1234);
  space.write8(0x26, 0x56);
  expect([...far.bytes.subarray(0, 8)]).toEqual([0x02, 0, 0, 0x80, 0x34, 0x12, 0x56, 0]);
  const reads = [space.read32(0x0c), space.read32(0x20), space.read16(0x24), space.read8(0x26)];
  expect(reads).toEqual([1, 0x8000_0002, 0x1234, 0x56]);
  expect(() => space.write8(0x04, 1)).toThrow('mmsys: mmio: bus error: no 8-bit access at 0x100000004 (EIO)');
  const error = 'mmsys: mmio: bus error: nobody answers at 0x100000010 (EIO)';
  expect(() => space.read32(0x10)).toThrow(error);
  expect(() => space.write32(0x10, 0)).toThrow(error);
});

test('a chip that is gone is a bus error, and one that comes in its place answers', () => {
  const bus = new MmioBus();
  const detach = bus.attach(BASE, 0x10, wordsOnly(1));
  const space = bus.ioremap(BASE, 0x10);
  expect(space.read32(0)).toBe(1);
  detach();
  expect(() => space.read32(0)).toThrow('bus error: nobody answers at 0x10228000 (EIO)');
  expect(detach).toThrow(Bug);
  bus.attach(BASE, 0x10, wordsOnly(2));
  expect([space.read32(0), space.read32(0)]).toEqual([2, 2]);
});

test('8- and 16-bit access to a chip that has none is a bus error', () => {
  const bus = new MmioBus();
  bus.attach(BASE, 0x10, wordsOnly());
  const space = bus.ioremap(BASE, 0x10, 'gce');
  expect(() => space.read8(1)).toThrow('gce: mmio: bus error: no 8-bit access at 0x10228001 (EIO)');
  expect(() => space.read16(2)).toThrow('gce: mmio: bus error: no 16-bit access at 0x10228002 (EIO)');
  expect(() => space.write8(1, 0)).toThrow('no 8-bit access');
  expect(() => space.write16(2, 0)).toThrow('no 16-bit access');
});

test('a value that does not fit is a Bug, a negative one too', () => {
  const bus = new MmioBus();
  bus.attach(BASE, 0x10, memoryTarget(0x10));
  const space = bus.ioremap(BASE, 0x10, 'gce');
  for (const value of [-1, 2 ** 32, 0.5]) expect(() => space.write32(0, value)).toThrow(Bug);
  expect(() => space.write16(0, 0x1_0000)).toThrow(new Bug('gce: 65536 does not fit into 16 bits at offset 0'));
  expect(() => space.write8(0, 256)).toThrow(Bug);
});

test('a chip that answers a negative word is read unsigned', () => {
  const bus = new MmioBus();
  bus.attach(BASE, 0x10, wordsOnly(-1));
  expect(bus.ioremap(BASE, 0x10).read32(0)).toBe(0xffff_ffff);
});

test('windows that overlap are a Bug, windows that touch are not', () => {
  const bus = new MmioBus('soc');
  bus.attach(0x100, 0x100, wordsOnly());
  const text = 'soc: window [0x180, 0x1a0) overlaps [0x100, 0x200)';
  expect(() => bus.attach(0x180, 0x20, wordsOnly())).toThrow(new Bug(text));
  expect(() => bus.attach(0xf0, 0x11, wordsOnly())).toThrow(Bug);
  bus.attach(0x200, 0x10, wordsOnly());
  bus.attach(0xf0, 0x10, wordsOnly());
});

test('big-endian registers hold their bytes the other way round', () => {
  const bus = new MmioBus();
  const target = memoryTarget(8);
  bus.attach(BASE, 8, target);
  const space = bus.ioremap(BASE, 8);
  iowrite32be(space, 4, 0x8000_00f1);
  expect([...target.bytes]).toEqual([0, 0, 0, 0, 0x80, 0x00, 0x00, 0xf1]);
  expect(ioread32be(space, 4)).toBe(0x8000_00f1);
  expect(swab32(0x1234_56f8)).toBe(0xf856_3412);
});

test('the trace has each access with offset, width and value, and what a write causes below it', () => {
  const { trace, events } = listening();
  const target = { ...wordsOnly(0x2a), write32: () => trace.emit('chip', { kind: 'irq_raise' }) };
  const bus = new MmioBus();
  bus.attach(BASE, 0x10, target);
  const space = withMmioTrace(bus.ioremap(BASE, 0x10), 'gce', trace);
  space.read32(8);
  space.write32(4, 7);
  expect(events.map(({ t: _t, seq: _seq, ...rest }) => rest)).toEqual([
    { where: 'gce', kind: 'mmio_read', offset: 8, width: 32, val: 0x2a },
    { where: 'gce', kind: 'mmio_write', offset: 4, width: 32, val: 7 },
    { where: 'chip', kind: 'irq_raise' },
  ]);
});

test('the trace has the width of each access', () => {
  const { trace, events } = listening();
  const bus = new MmioBus();
  bus.attach(BASE, 0x10, memoryTarget(0x10));
  const space = withMmioTrace(bus.ioremap(BASE, 0x10), 'gce', trace);
  space.write16(2, 0xabcd);
  space.write8(1, 0x12);
  expect([space.read16(2), space.read8(1)]).toEqual([0xabcd, 0x12]);
  const seen = events.map((e) => ('width' in e ? [e.kind, e.offset, e.width, e.val] : []));
  expect(seen).toEqual([
    ['mmio_write', 2, 16, 0xabcd],
    ['mmio_write', 1, 8, 0x12],
    ['mmio_read', 2, 16, 0xabcd],
    ['mmio_read', 1, 8, 0x12],
  ]);
});

test('faults read all ones, lose a write or break the bus, and do not reach the chip', () => {
  const bus = new MmioBus();
  const target = memoryTarget(0x10);
  bus.attach(BASE, 0x10, target);
  const plan = new FaultPlan();
  const space = withMmioFaults(bus.ioremap(BASE, 0x10), 'gce', plan);
  plan.add(parseFaults('mmio.read@0x4#1=all-ones, mmio.write@gce:0x4#1=lost').points);
  space.write32(4, 5);
  expect([space.read32(4), space.read32(4)]).toEqual([0xffff_ffff, 0]);
  plan.add(parseFaults('mmio.read#1=all-ones, mmio.read#2=all-ones').points);
  expect([space.read8(0), space.read16(0)]).toEqual([0xff, 0xffff]);
  plan.add(parseFaults('mmio.write#1=lost').points);
  space.write8(0, 1);
  plan.add(parseFaults('mmio.read#1=bus-error, mmio.write#1=bus-error').points);
  expect(() => space.read8(3)).toThrow('gce: mmio: bus error: injected at offset 0x3 (EIO)');
  expect(() => space.write16(2, 1)).toThrow('gce: mmio: bus error: injected at offset 0x2 (EIO)');
  expect(target.bytes.every((byte) => byte === 0)).toBe(true);
  expect(plan.idle).toBe(true);
});

test('a range is free until a window has a byte of it, and again when that is gone', () => {
  const bus = new MmioBus();
  const detach = bus.attach(0x1000, 0x100, memoryTarget(0x100));
  const free = () => [bus.isFree(0xf00, 0x100), bus.isFree(0xf00, 0x101), bus.isFree(0x10ff, 1), bus.isFree(0x1100, 4)];
  expect(free()).toEqual([true, false, false, true]);
  detach();
  expect(free()).toEqual([true, true, true, true]);
});

test('a chip reaches the registers of all windows by their physical addresses', () => {
  const bus = new MmioBus();
  const [one, two] = [memoryTarget(0x100), memoryTarget(0x100)];
  bus.attach(BASE, 0x100, one);
  const detach = bus.attach(BASE + 0x100, 0x100, two);
  const master = bus.master('gce');
  master.write32(BASE + 0xfc, 0xffff_fffe);
  master.write32(BASE + 0x100, -1);
  expect([one.read32(0xfc), two.read32(0), master.read32(BASE + 0xfc)]).toEqual([
    0xffff_fffe, 0xffff_ffff, 0xffff_fffe,
  ]);
  expect(() => master.read32(BASE + 0x200)).toThrow('gce: mmio: bus error: nobody answers at 0x10228200 (EIO)');
  expect(() => master.write32(BASE + 2, 0)).toThrow('gce: mmio: 32-bit access at 0x10228002 is not aligned (EINVAL)');
  expect(master.read32(BASE + 0x100)).toBe(0xffff_ffff);
  detach();
  expect(() => master.read32(BASE + 0x100)).toThrow('nobody answers');
});

test('lines of a window that is memory are neither asked for nor told but for their first word', () => {
  const bus = new MmioBus();
  const told: string[] = [];
  const words = new Int32Array(0x20);
  const target: MmioTarget = {
    memory: { words, quiet: 0x3c, written: (offset) => void told.push(`${offset} in a line`) },
    read32: () => 0,
    write32: (offset, value) => void told.push(`${offset}=${value}`),
  };
  const line = new Int32Array(3);
  const detach = bus.attach(BASE, 0x80, target);
  const [space, inside] = [bus.ioremap(BASE, 0x80, 'gce'), bus.ioremap(BASE + 0x40, 0x40, 'gce')];
  space.writeLine(0x40, Int32Array.of(5, 0x98ba_dcfe, 7), 2);
  space.write32(0x40, 5);
  expect([[...words.subarray(0x10, 0x13)], told]).toEqual([
    [5, 0x98ba_dcfe | 0, 0],
    ['64 in a line', '64=5'],
  ]);
  expect(space.read32(0x44)).toBe(0xfedc_ba98);
  space.readLine(0x40, line, 3);
  expect([...line]).toEqual([5, 0x98ba_dcfe | 0, 0]);
  expect(() => space.readLine(0x78, line, 3)).toThrow('is outside the window of 0x80 bytes (EFAULT)');
  expect(() => space.writeLine(0x42, line, 1)).toThrow('is not aligned (EINVAL)');
  // Who maps a part of it goes through the chip.
  expect(inside.read32(4)).toBe(0);
  expect(() => space.read32(4.5)).toThrow('is not aligned (EINVAL)');
  expect(() => space.write32(4, -1)).toThrow(Bug);
  expect(() => space.read32(0x80)).toThrow('is outside the window of 0x80 bytes (EFAULT)');
  detach();
  expect(() => space.read32(0x44)).toThrow('nobody answers');
  const other = memoryTarget(0x80);
  bus.attach(BASE, 0x80, other);
  space.write32(0x44, 7);
  expect([space.read32(0x44), space.read32(0x44), other.read32(0x44)]).toEqual([7, 7, 7]);
});

test('what a chip reads and writes of others is traced with its address, and may fail', () => {
  const bus = new MmioBus();
  bus.attach(BASE, 0x100, memoryTarget(0x100));
  const { trace, events } = listening();
  const { points } = parseFaults('mmio.write#2=lost,mmio.read#2=all-ones,mmio.write#3=bus-error');
  const master = withMasterWires(bus.master('gce'), 'gce', new FaultPlan(points, new Trace(() => 0)), trace);
  master.write32(BASE, 7);
  master.write32(BASE, 8);
  expect([master.read32(BASE), master.read32(BASE)]).toEqual([7, 0xffff_ffff]);
  expect(() => master.write32(BASE, 9)).toThrow('gce: mmio: bus error: injected at offset 0x10228000 (EIO)');
  expect(
    events.map((e) => (e.kind === 'mmio_read' || e.kind === 'mmio_write' ? `${e.kind} ${e.val}` : e.kind)),
  ).toEqual([...['mmio_write 7', 'mmio_write 8', 'mmio_read 7', 'mmio_read 4294967295', 'mmio_write 9']]);
});

test('a line that is watched is read word by word, and written word by word from its end', () => {
  const bus = new MmioBus();
  bus.attach(BASE, 0x100, memoryTarget(0x100));
  const { trace, events } = listening();
  const space = withMmioTrace(bus.ioremap(BASE, 0x100, 'gce'), 'gce', trace);
  space.writeLine(8, Int32Array.of(1, 2, 3), 3);
  space.readLine(8, new Int32Array(2), 2);
  expect(
    events.map((e) => (e.kind === 'mmio_read' || e.kind === 'mmio_write' ? `${e.kind} ${e.offset} ${e.val}` : e.kind)),
  ).toEqual([
    ...['mmio_write 16 50331648', 'mmio_write 12 33554432', 'mmio_write 8 16777216'],
    ...['mmio_read 8 16777216', 'mmio_read 12 33554432'],
  ]);
});
