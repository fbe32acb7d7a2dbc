// The chip in its socket: time, interrupt line, event inputs, memory behind the ledger, knobs, trace.
import { expect, test } from 'vitest';
import { us } from '../../base/clock.js';
import { ChipRig, CODE, TAIL, threadAt, type Words } from '../../../test/gce-rig.js';
import { Bug } from '../../base/assert.js';

const WAIT: Words = [0x2000_0035, 0x8000_8001];
/** What the ledger says of a refused access. */
const EFAULT = (what: string, iova: number, why: string): string =>
  `/gce@10212000: dma: ${what} bytes at 0x${iova.toString(16)}: ${why} (EFAULT)`;
/** To the block at 0x1400c000. */
const write = (offset: number, value: number): Words => [0x0401_c000 + offset, value];

test('a program takes its time, 50 ns an instruction, and the line is low while a flag is up', async () => {
  const rig = new ChipRig();
  const idle = rig.level;
  rig.run([write(0x30, 1), write(0x34, 2), write(0x38, 3), ...TAIL]);
  await rig.clock.run(us(1));
  expect([idle, rig.level, rig.gce.read32(0x10), rig.gce.read32(0x110)]).toEqual([true, false, 0xfffe, 1]);
  expect(rig.writes.map(([, offset, value]) => [offset, value])).toEqual([
    [0x30, 1],
    [0x34, 2],
    [0x38, 3],
  ]);
  rig.gce.write32(0x110, ~1 >>> 0);
  expect([rig.level, rig.gce.read32(0x10)]).toEqual([true, 0xffff]);
});

test.each([
  ['mediatek,mt8173-gce', false],
  ['mediatek,mt8183-gce', false],
  ['mediatek,mt6795-gce', false],
  ['mediatek,mt8186-gce', true],
  ['mediatek,mt8188-gce', true],
  ['mediatek,mt8192-gce', true],
  ['mediatek,mt8195-gce', true],
])('the interrupt of %s: its level while a flag is up is %s (high)', async (compatible, high) => {
  const rig = new ChipRig({}, compatible);
  const shift = /mt8173|mt8183|mt6795/.test(compatible) ? 1 : 8;
  const pc = rig.map([[0x4000_0000, 1]]);
  const idle = rig.level;
  rig.start(0, pc, pc + 8, shift);
  await rig.clock.run(us(1));
  expect([idle, rig.level]).toEqual([!high, high]);
});

test('the line stays while any thread has a flag, and follows the enable bits', async () => {
  const rig = new ChipRig();
  for (const thread of [0, 5]) {
    const pc = rig.map([[0x4000_0000, 1]]);
    rig.start(thread, pc, pc + 8);
  }
  await rig.clock.run(us(1));
  const levels = [rig.level];
  rig.gce.write32(threadAt(0) + 0x10, 0);
  levels.push(rig.level);
  rig.gce.write32(threadAt(5) + 0x14, 0);
  levels.push(rig.level);
  rig.gce.write32(threadAt(5) + 0x14, 0x13);
  levels.push(rig.level);
  rig.gce.write32(threadAt(5), 1);
  expect([...levels, rig.level]).toEqual([false, false, true, false, true]);
});

test('a wait ends with the pulse of its event, in that moment, and a pulse that nobody waits for is kept', async () => {
  const rig = new ChipRig();
  rig.fire(53);
  rig.run([[0x2000_0035, 0x8000_0000], WAIT, write(0x30, 1), WAIT, write(0x34, 2), ...TAIL]);
  await rig.clock.run(us(100));
  rig.fire(11);
  await rig.clock.run(us(100));
  const before = rig.writes.length;
  rig.fire(53);
  await rig.clock.run(us(100));
  rig.fire(53);
  await rig.clock.run(us(1));
  expect([before, rig.writes]).toEqual([
    0,
    [
      [us(200), 0x30, 1],
      [us(300), 0x34, 2],
    ],
  ]);
});

test('a poll looks again by itself, within 64 us of the change, and holds the others meanwhile', async () => {
  const rig = new ChipRig();
  rig.run([[0x0801_c020, 5], write(0x30, 1), ...TAIL]);
  const pc = rig.map([write(0x34, 2)]);
  await rig.clock.run(us(1));
  rig.start(1, pc, pc + 8);
  await rig.clock.run(us(999));
  const before = rig.writes.length;
  rig.ovl.set(0x20, 5);
  await rig.clock.run(us(64));
  expect([before, rig.writes.map(([, offset]) => offset).toSorted()]).toEqual([0, [0x30, 0x34]]);
});

test('a poll that never ends looks every 64 us in the end, and takes no more of the machine', async () => {
  const rig = new ChipRig();
  rig.run([[0x0801_c020, 5]]);
  await rig.clock.run(us(10_000));
  const settled = rig.reads;
  await rig.clock.run(us(640_000));
  expect([rig.reads - settled, rig.clock.pending, rig.inspection.words?.()]).toEqual([
    10_000,
    1,
    { 'thread 0': 'polls 0x1400c020 for 0x5, which reads 0x0' },
  ]);
});

test('an endless program shares the time of the machine: the clock goes on', async () => {
  const rig = new ChipRig();
  rig.run([
    [0x4000_0000, 0],
    [0x1000_0000, 0xffff_fff8],
  ]);
  await rig.clock.run(us(1000));
  // 20,000 instructions, every other an EOC; a burst may be under way.
  const count = rig.gce.read32(threadAt(0) + 0x28);
  expect(count).toBeGreaterThanOrEqual(10_000);
  expect(count).toBeLessThanOrEqual(10_000 + 1024);
});

test('code that nobody has mapped stops the thread: an interrupt, a finding here and one in the ledger', async () => {
  const rig = new ChipRig();
  rig.start(0, CODE + 0x8000, CODE + 0x8008);
  await rig.clock.run(us(1));
  const text = 'dma: read of 1 bytes at 0x40008000: memory that nobody has mapped (EFAULT)';
  expect([rig.gce.read32(0x110), rig.findings(), rig.inspection.words?.()]).toEqual([
    0x10,
    [`cannot be executed: /gce@10212000: ${text}`],
    { 'thread 0': `has stopped: /gce@10212000: ${text}` },
  ]);
  expect(rig.memory.ledger.findings.map(({ by, text: found }) => [by, found])).toEqual([
    ['device', 'device reads memory that nobody has mapped [device address=0x0000000040008000] [size=1 bytes]'],
  ]);
});

test('a packet that is unmapped while its thread waits is found when the thread goes on', async () => {
  const rig = new ChipRig();
  const program: Words[] = [WAIT, write(0x30, 1), ...TAIL];
  const pc = rig.run(program);
  await rig.clock.run(us(1));
  rig.unmap(pc, program.length * 8);
  rig.fire(53);
  await rig.clock.run(us(1));
  expect([rig.writes, rig.gce.read32(0x110), rig.findings()]).toEqual([
    [],
    0x10,
    [`cannot be executed: ${EFAULT('read of 1', pc, 'memory that nobody has mapped')}`],
  ]);
});

test('a packet that is freed under the engine is found', async () => {
  const rig = new ChipRig();
  const buffer = rig.memory.alloc(16);
  buffer.bytes.set([1, 0x80, 0, 0x80, 0x35, 0, 0, 0x20]);
  const pc = rig.memory.map('/gce@10212000', buffer, 'to-device');
  rig.start(0, pc, pc + 16);
  await rig.clock.run(us(1));
  rig.memory.free(buffer);
  rig.fire(53);
  await rig.clock.run(us(1));
  expect(rig.findings().map((text) => text.replace(/.*: /, ''))).toEqual(['memory that its driver has freed (EFAULT)']);
});

test('the end of a mapping is the end of the code', async () => {
  const rig = new ChipRig();
  const pc = rig.map([write(0x30, 1)]);
  rig.start(0, pc, pc + 16);
  await rig.clock.run(us(1));
  expect([rig.writes.length, rig.gce.read32(0x110), rig.findings().length]).toEqual([1, 0x10, 1]);
});

test('data goes through the ledger as well: what nobody mapped, or not in that direction, is a finding', async () => {
  const rig = new ChipRig();
  const code = rig.memory.alloc(64);
  const target = rig.memory.map('/gce@10212000', code, 'to-device');
  const upper = Math.floor(target / 0x1_0000);
  const low = (target % 0x1_0000) + 2;
  rig.run([
    [0xa080_0000, upper],
    [0x9000_0000 + low, 7],
    [0xa080_0000, 0x4fff],
    [0x8080_0001, 0x0002_0000],
    write(0x30, 1),
    ...TAIL,
  ]);
  await rig.clock.run(us(1));
  expect([rig.writes.length, rig.findings()]).toEqual([
    1,
    [
      `0x${target.toString(16)}: ${EFAULT('write of 4', target, 'memory mapped with DMA_TO_DEVICE')}`,
      `0x4fff0000: ${EFAULT('read of 4', 0x4fff_0000, 'memory that nobody has mapped')}`,
    ],
  ]);
});

test('a register where nobody answers is a finding, and the program goes on', async () => {
  const rig = new ChipRig();
  rig.run([[0x0401_d010, 1], [0x0101_d010, 0], [0x0200_0000, 0xffff_0000], [0x0401_d011, 1], write(0x30, 1), ...TAIL]);
  await rig.clock.run(us(1));
  const nobody = '0x1400d010: /gce@10212000: mmio: bus error: nobody answers at 0x1400d010 (EIO)';
  expect([rig.findings(), rig.writes.map(([, offset]) => offset)]).toEqual([[nobody, nobody, nobody], [0x30]]);
});

test('the trace says what each thread does, when that changes', async () => {
  const rig = new ChipRig();
  rig.run([WAIT, write(0x30, 1), ...TAIL]);
  await rig.clock.run(us(10));
  rig.fire(53);
  await rig.clock.run(us(10));
  rig.gce.write32(threadAt(0), 1);
  expect(rig.told().map(([, thread, why]) => `${thread} ${why}`)).toEqual([
    '0 can execute',
    '0 waits for event 53 to be 1',
    '0 is at its end',
    '0 is not enabled',
  ]);
});

test('events are undefined at power-on, the same for the same seed, unless they are to be 0', () => {
  const ones = (events: 'undefined' | 'cleared'): number => {
    const { gce } = new ChipRig({ events });
    let sum = 0;
    for (let id = 0; id < 1024; id++) {
      gce.write32(0x60, id);
      sum += gce.read32(0x64);
    }
    return sum;
  };
  const some = ones('undefined');
  expect([some > 400 && some < 624, ones('undefined') === some, ones('cleared')]).toEqual([true, true, 0]);
});

test('a stale event lets a wait through that nobody has cleared before', async () => {
  const rig = new ChipRig({ events: 'undefined' });
  const stale = Array.from({ length: 1024 }, (_, id) => id).find((id) => {
    rig.gce.write32(0x60, id);
    return rig.gce.read32(0x64) === 1;
  });
  rig.run([[0x2000_0000 + (stale ?? 0), 0x8000_8001], write(0x30, 1)]);
  await rig.clock.run(us(1));
  expect(rig.writes.length).toBe(1);
});

test('knobs: names, limits, where they stand', () => {
  const rig = new ChipRig({ prefetch: 8 }, 'mediatek,mt8173-gce', { instructionNs: 100 });
  expect([...rig.knobs.values()].map(({ name, unit, min, max, get }) => [name, unit, min, max, get()])).toEqual([
    ['instructionNs', 'ns', 1, 1_000_000, 100],
    ['pollNs', 'ns', 1, 1_000_000_000, 1000],
    ['prefetchInstructions', 'instructions', 0, 65_536, 8],
    ['eventPulse', 'event', -1, 1023, -1],
  ]);
});

test('a knob is a whole number, and stays where it was when it is not', () => {
  const rig = new ChipRig();
  expect(() => rig.turn('eventPulse', 1.5)).toThrow('eventPulse = 1.5 is not a whole number (EINVAL)');
  expect(rig.knobs.get('eventPulse')?.get()).toBe(-1);
});

test('the knob of the event inputs gives a pulse, as a block does', async () => {
  const rig = new ChipRig();
  rig.run([WAIT, write(0x30, 1), ...TAIL]);
  await rig.clock.run(us(10));
  rig.turn('eventPulse', 53);
  await rig.clock.run(us(10));
  expect(rig.writes).toEqual([[us(10), 0x30, 1]]);
});

test('the knob of speed counts from then on', async () => {
  const rig = new ChipRig();
  rig.run([
    [0x4000_0000, 0],
    [0x1000_0000, 0xffff_fff8],
  ]);
  await rig.clock.run(us(500));
  const slow = rig.gce.read32(threadAt(0) + 0x28);
  rig.turn('instructionNs', 1000);
  await rig.clock.run(us(2000));
  const more = rig.gce.read32(threadAt(0) + 0x28) - slow;
  // 2000 instructions of 1 us, the time that was spent ahead not counted, and one burst.
  expect(more).toBeGreaterThan(900);
  expect(more).toBeLessThanOrEqual(1000 + 1024);
});

test('the knob of prefetch counts from the next fetch on', async () => {
  const rig = new ChipRig();
  rig.turn('prefetchInstructions', 16);
  const program: Words[] = [WAIT, write(0x30, 1), write(0x34, 2)];
  const buffer = rig.memory.alloc(24);
  const view = new DataView(buffer.bytes.buffer);
  const put = (at: number, [high, low]: Words): void => {
    view.setUint32(at * 8, low, true);
    view.setUint32(at * 8 + 4, high, true);
  };
  program.forEach((words, at) => put(at, words));
  const pc = rig.memory.map('/gce@10212000', buffer, 'bidirectional');
  rig.start(0, pc, pc + 24);
  await rig.clock.run(us(1));
  put(1, write(0x30, 99));
  rig.fire(53);
  await rig.clock.run(us(1));
  expect(rig.writes.map(([, , value]) => value)).toEqual([1, 2]);
});

test('inspecting changes nothing and says all of the used threads', async () => {
  const rig = new ChipRig();
  const pc = rig.run([WAIT]);
  await rig.clock.run(us(1));
  const look = (): unknown => [rig.inspection.registers(), rig.inspection.words?.()];
  const first = look();
  expect(look()).toEqual(first);
  expect(rig.inspection.words?.()).toEqual({ 'thread 0': 'waits for event 53 to be 1' });
  expect(rig.inspection.registers()).toMatchObject({ 'THR0.CURR_ADDR': pc, 'THR0.WAIT_TOKEN': 0x8000_0035 });
});

test('nothing waits to happen while no thread executes', async () => {
  const rig = new ChipRig();
  rig.run([WAIT]);
  await rig.clock.run(us(1));
  expect(rig.clock.pending).toBe(0);
});

test('an event that there is not is a mistake of whoever wired it', () => {
  const rig = new ChipRig();
  expect(() => rig.fire(1024)).toThrow(Bug);
});

test('two runs of one machine have one trace', async () => {
  const traces = await Promise.all(
    [1, 2].map(async () => {
      const rig = new ChipRig({ events: 'undefined' });
      rig.run([WAIT, write(0x30, 1), [0x0801_c020, 5], ...TAIL]);
      rig.fire(53);
      await rig.clock.run(us(100));
      rig.ovl.set(0x20, 5);
      await rig.clock.run(us(100));
      return JSON.stringify(rig.events);
    }),
  );
  expect(traces[0]).toBe(traces[1]);
});
