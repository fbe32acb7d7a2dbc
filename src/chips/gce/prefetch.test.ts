// Instructions that were fetched ahead (rule G15): a change of memory is not seen until CURR_ADDR is written.
import { expect, test } from 'vitest';
import { CODE, Table, TAIL, type Words } from '../../../test/gce-rig.js';

const WAIT: Words = [0x2000_0035, 0x8000_8001];
const write = (value: number): Words => [0x0401_0010, value];
const CURR_ADDR = 0x20;
const END_ADDR = 0x24;

/** A program that waits, has its third instruction replaced by `99` meanwhile, and goes on. */
function rewritten(prefetch: number, between: (table: Table) => void = () => {}): number[] {
  const table = new Table({ prefetch });
  table.start(0, [WAIT, write(1), write(2), write(3)]);
  table.gce.engine.run();
  table.gce.memory.putInstructions(CODE + 16, [write(99)]);
  between(table);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  return table.writes.map(([, value]) => value);
}

test.each([
  [0, [1, 99, 3]],
  [2, [1, 99, 3]],
  [3, [1, 2, 3]],
  [64, [1, 2, 3]],
])('with %i instructions fetched ahead', (prefetch, values) => {
  expect(rewritten(prefetch)).toEqual(values);
});

test('CURR_ADDR written with its own value drops what was fetched', () => {
  expect(rewritten(64, (table) => table.put(0, CURR_ADDR, table.get(0, CURR_ADDR)))).toEqual([1, 99, 3]);
});

test('writing END_ADDR, suspending and resuming drop nothing', () => {
  const others = (table: Table): void => {
    table.put(0, 0x08, 1);
    table.put(0, END_ADDR, CODE + 32);
    table.put(0, 0x08, 0);
  };
  expect(rewritten(64, others)).toEqual([1, 2, 3]);
});

test('a chained packet whose JUMP was fetched before it was rewritten is not reached', () => {
  const table = new Table({ prefetch: 16 });
  table.gce.memory.putInstructions(CODE + 0x8000, [write(2), ...TAIL]);
  table.start(0, [WAIT, write(1), ...TAIL]);
  table.gce.engine.run();
  table.gce.memory.putInstructions(CODE + 24, [[0x1000_0001, CODE + 0x8000]]);
  table.put(0, END_ADDR, CODE + 0x8018);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  const { state, pc, irqStatus } = table.gce.engine.look(0);
  expect([table.writes, state, pc, irqStatus]).toEqual([[[0x1400_0010, 1]], 'error', CODE + 0x20, 0x11]);
});

test('a loop inside what was fetched runs what was there, one beyond sees the change', () => {
  const seen = [16, 2].map((prefetch) => {
    const table = new Table({ prefetch });
    table.start(0, [write(1), write(2), write(3), [0x1000_0000, 0xffff_ffe8]]);
    table.gce.engine.run(4);
    table.gce.memory.putInstructions(CODE, [write(99)]);
    table.gce.engine.run(1);
    return table.writes.at(-1)?.[1];
  });
  expect(seen).toEqual([1, 99]);
});

test('each thread has fetched its own', () => {
  const table = new Table({ prefetch: 16 });
  table.start(0, [WAIT, write(1)]);
  table.gce.engine.run();
  table.gce.memory.putInstructions(CODE + 8, [write(99)]);
  table.start(1, [write(11)]);
  table.gce.memory.putInstructions(CODE + 0x1000, [write(12)]);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect(table.writes.map(([, value]) => value)).toEqual([1, 12]);
});

// EOC's markers: 0x00100000 switches fetching ahead off for the thread, 0x00130000 on.
test.each([
  [0x0010_0000, [1, 99]],
  [0x0013_0000, [1, 2]],
  [0, [1, 2]],
])('behind the marker %i', (marker, values) => {
  const table = new Table({ prefetch: 16 });
  table.start(0, [[0x4000_0000, marker], write(1), WAIT, write(2)]);
  table.gce.engine.run();
  table.gce.memory.putInstructions(CODE + 24, [write(99)]);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect(table.writes.map(([, value]) => value)).toEqual(values);
});
