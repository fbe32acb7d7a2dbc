// TPR, its events, and instructions that take too long.
import { expect, test } from 'vitest';
import { Table, type Words } from '../../../test/gce-rig.js';

const TPR_MASK = 0xd0;
const TPR_TIMEOUT_EN = 0xdc;
const RUNNING = 0x8000_0000;
/** Event of R1: 994 is that of R0. */
const EVENT_R1 = 995;
const INST_CYCLES = 0x50;
const IRQ_STATUS = 0x10;

/** SPR0 = TPR, by LOGIC with register 56 on the left. */
const readTpr: Words = [0xa0c0_0000, 56 * 0x1_0000];

test('TPR counts 26 ticks a microsecond while bit 31 of its mask is set, and stands otherwise', () => {
  const table = new Table({ instructionNs: 0 });
  const tpr = (): number => {
    table.start(0, [readTpr]);
    table.gce.engine.run();
    return table.get(0, 0x60);
  };
  const seen = [tpr()];
  const after = (us: number, mask?: number): void => {
    table.gce.engine.advance(us * 1000);
    if (mask !== undefined) table.gce.registers.write32(TPR_MASK, mask);
    seen.push(tpr());
  };
  after(10, RUNNING);
  after(11);
  after(110);
  after(1010, 0);
  after(5000);
  after(6000, RUNNING);
  after(6001);
  expect(seen).toEqual([0, 0, 26, 2600, 26_000, 26_000, 26_000, 26_026]);
});

test('the timer can be read by number 56 only, writing it is a finding', () => {
  const table = new Table();
  table.go([0xa080_0038, 5]);
  expect(table.gce.engine.findings.map(({ text }) => text)).toEqual(['writes TPR, which only counts']);
});

test('the event of a general register fires when TPR reaches it: a program sleeps', () => {
  const table = new Table({ instructionNs: 0 });
  const { engine, registers } = table.gce;
  registers.write32(TPR_MASK, RUNNING);
  registers.write32(TPR_TIMEOUT_EN, 1 << 1);
  table.start(0, [
    [0x2000_0000 + EVENT_R1, 0x8000_0000],
    readTpr,
    [0xa0c1_0021, 0x0000_0104],
    [0x2000_0000 + EVENT_R1, 0x8000_8001],
    [0x0401_0010, 1],
  ]);
  engine.run();
  // 260 ticks are 10 us.
  expect([table.states(1), engine.nextAt()]).toEqual([[['waiting', 3]], 10_000]);
  engine.advance(9_999);
  engine.run();
  expect(table.states(1)).toEqual([['waiting', 3]]);
  engine.advance(10_000);
  engine.run();
  expect([table.states(1), table.writes]).toEqual([[['idle-at-end', 5]], [[0x1400_0010, 1]]]);
});

test('the events of the first and the last register are 994 and 1009, and only those switched on fire', () => {
  const { engine, registers } = new Table().gce;
  for (const offset of [0x80, 0x84, 0xbc]) registers.write32(offset, 26);
  registers.write32(TPR_MASK, RUNNING);
  registers.write32(TPR_TIMEOUT_EN, 0x8001);
  engine.advance(999);
  const before = [994, 995, 1009].map((id) => engine.event(id));
  engine.advance(1000);
  expect([before, [994, 995, 1009].map((id) => engine.event(id))]).toEqual([
    [0, 0, 0],
    [1, 0, 1],
  ]);
});

test('nothing fires while the timer stands', () => {
  const { engine, registers } = new Table().gce;
  registers.write32(0x84, 26);
  registers.write32(TPR_TIMEOUT_EN, 2);
  engine.advance(1e9);
  expect([engine.nextAt(), engine.event(EVENT_R1)]).toEqual([Number.POSITIVE_INFINITY, 0]);
});

test('a register behind the timer fires when that has come round', () => {
  const { engine, registers } = new Table().gce;
  registers.write32(TPR_MASK, RUNNING);
  engine.advance(1000);
  registers.write32(0x84, 25);
  registers.write32(TPR_TIMEOUT_EN, 2);
  const round = Math.ceil(((2 ** 32 + 25) * 1000) / 26);
  expect([engine.nextAt(), engine.event(EVENT_R1)]).toEqual([round, 0]);
  engine.advance(round);
  expect(engine.event(EVENT_R1)).toBe(1);
});

// 2^27 cycles are about half a second, 2^20 a hundred and twenty-eighth of it.
test.each([
  [0x1b, 500_000_000],
  [0x14, 3_906_250],
])('an instruction that waits longer than 2^%i cycles has its flag, and waits on', (power, ns) => {
  const table = new Table({ instructionNs: 0 });
  table.start(0, [
    [0x2000_0035, 0x8000_8001],
    [0x0401_0010, 1],
  ]);
  table.put(0, INST_CYCLES, power);
  table.gce.engine.run();
  expect(table.gce.engine.nextAt()).toBe(ns);
  table.gce.engine.advance(ns - 1);
  const before = table.get(0, IRQ_STATUS);
  table.gce.engine.advance(ns);
  expect([before, table.get(0, IRQ_STATUS), table.gce.registers.read32(0x10), table.states(1)]).toEqual([
    0,
    0x02,
    0xfffe,
    [['waiting', 0]],
  ]);
  table.put(0, IRQ_STATUS, 0);
  table.gce.engine.advance(10 * ns);
  expect(table.get(0, IRQ_STATUS)).toBe(0);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect(table.states(1)).toEqual([['idle-at-end', 2]]);
});

test('a poll may take too long as well, and without a limit nothing does', () => {
  const flags = [0x14, 0].map((power) => {
    const table = new Table();
    table.start(0, [[0x0801_0020, 5]]);
    table.put(0, INST_CYCLES, power);
    table.gce.engine.run();
    table.gce.engine.advance(1e10);
    return [table.get(0, IRQ_STATUS), table.gce.engine.look(0).state];
  });
  expect(flags).toEqual([
    [0x02, 'polling'],
    [0, 'polling'],
  ]);
});
