// Threads: when one runs, whose turn it is, suspend and resume, errors, interrupts (rules G1 to G6 and G12 to G17).
import { expect, test } from 'vitest';
import type { DmaPort } from '../../bus/dma.js';
import { CODE, Table, TAIL, type Words } from '../../../test/gce-rig.js';

const ENABLE = 0x04;
const SUSPEND = 0x08;
const STATUS = 0x0c;
const IRQ_STATUS = 0x10;
const IRQ_ENABLE = 0x14;
const CURR_ADDR = 0x20;
const END_ADDR = 0x24;
const EXEC_CNT = 0x28;
const WAIT_TOKEN = 0x30;
const PRIORITY = 0x40;
const CURR_IRQ_STATUS = 0x10;
const BLOCK = 0x1400_0000;

const WAIT: Words = [0x2000_0035, 0x8000_8001];
const write = (offset: number, value: number): Words => [0x0401_0000 + offset, value];
const values = (table: Table): number[] => table.writes.map(([, value]) => value);

test('a thread that reaches its end idles: enabled, no interrupt, no count', () => {
  const table = new Table();
  table.start(0, [
    [0x2000_0000, 0x8000_0000],
    [0x2000_0001, 0x8000_0000],
  ]);
  table.gce.engine.run();
  expect([table.states(1), table.get(0, ENABLE), table.get(0, IRQ_STATUS), table.get(0, EXEC_CNT)]).toEqual([
    [['idle-at-end', 2]],
    1,
    0,
    0,
  ]);
});

test('the end is compared for equality: a jump beyond it is not noticed', () => {
  const table = new Table();
  table.start(0, [[0x1000_0000, 16], write(0x10, 1), write(0x10, 2), [0xff00_0000, 0]], { end: CODE + 8 });
  table.gce.engine.run();
  expect([values(table), table.states(1)]).toEqual([[2], [['error', 3]]]);
});

test('nothing runs from begin to end of an empty program, and moving the end lets it go on', () => {
  const table = new Table();
  table.start(0, [write(0x10, 1), write(0x10, 2)], { end: CODE });
  table.gce.engine.run();
  const before = [...values(table)];
  table.put(0, END_ADDR, CODE + 8);
  table.gce.engine.run();
  expect([before, values(table), table.states(1)]).toEqual([[], [1], [['idle-at-end', 1]]]);
  table.put(0, CURR_ADDR, CODE);
  table.gce.engine.run();
  expect(values(table)).toEqual([1, 1]);
});

test('the standard tail: one instruction before the end behind EOC, at the end behind JUMP', () => {
  const table = new Table();
  table.start(0, [write(0x10, 1), ...TAIL]);
  table.gce.engine.run(2);
  const behindEoc = [table.states(1), table.get(0, CURR_ADDR), table.get(0, IRQ_STATUS)];
  table.gce.engine.run();
  expect([behindEoc, table.states(1), table.get(0, CURR_ADDR)]).toEqual([
    [[['running', 2]], CODE + 0x10, 1],
    [['idle-at-end', 3]],
    CODE + 0x18,
  ]);
});

test('the highest priority first, and behind each instruction; equals by number until they block', () => {
  const table = new Table();
  const four = (value: number): Words[] => [1, 2, 3, 4].map((nth) => write(0x10, value + nth));
  table.start(0, four(0), { priority: 1 });
  table.start(1, [write(0x10, 11), WAIT, write(0x10, 12)], { priority: 3 });
  table.start(2, four(20), { priority: 1 });
  table.gce.engine.run(3);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect(values(table)).toEqual([11, 1, 2, 12, 3, 4, 21, 22, 23, 24]);
});

test('a thread that frees one of higher priority gives way at once', () => {
  const table = new Table();
  table.start(0, [write(0x10, 1), [0x2000_0035, 0x8001_0000], write(0x10, 2)], { priority: 1 });
  table.start(1, [WAIT, write(0x10, 11)], { priority: 2 });
  table.gce.engine.run();
  expect(values(table)).toEqual([1, 11, 2]);
});

test('two that wait for one event go on by number, whoever ran last', () => {
  const table = new Table();
  table.start(0, [[0x2000_0035, 0x8001], write(0x10, 1)]);
  table.start(1, [[0x2000_0035, 0x8001], write(0x10, 2)]);
  table.gce.engine.run();
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect(values(table)).toEqual([1, 2]);
});

test('one that is overtaken goes on before its equals', () => {
  const table = new Table();
  const two = (value: number): Words[] => [write(0x10, value), write(0x10, value + 1)];
  table.start(0, two(1), { enable: false });
  table.start(1, two(11));
  table.gce.engine.run(1);
  table.put(0, ENABLE, 1);
  table.start(2, two(21), { priority: 7 });
  table.gce.engine.run();
  expect(values(table)).toEqual([11, 21, 22, 12, 1, 2]);
});

test('a priority that software changes counts from the next instruction on', () => {
  const table = new Table();
  table.start(0, [write(0x10, 1), write(0x10, 2)]);
  table.start(1, [write(0x10, 11)]);
  table.gce.engine.run(1);
  table.put(1, PRIORITY, 5);
  table.gce.engine.run();
  expect(values(table)).toEqual([1, 11, 2]);
});

test('with slots equals take turns of THR_SLOT_CYCLES, coming round', () => {
  const table = new Table({ turns: 'slots', instructionNs: 100, cycleNs: 50 });
  table.gce.registers.write32(0x30, 4);
  for (const id of [0, 1, 2]) {
    table.start(
      id,
      [1, 2, 3, 4, 5].map((nth) => write(0x10, 10 * id + nth)),
      { priority: 1 },
    );
  }
  table.gce.engine.run();
  expect(values(table)).toEqual([1, 2, 11, 12, 21, 22, 3, 4, 13, 14, 23, 24, 5, 15, 25]);
});

test('without slots, or with 0 cycles, nobody gives way before it blocks', () => {
  const orders = [{}, { turns: 'slots' }].map((parts) => {
    const table = new Table(parts as object);
    if (!('turns' in parts)) table.gce.registers.write32(0x30, 4);
    for (const id of [0, 1]) table.start(id, [write(0x10, 10 * id + 1), write(0x10, 10 * id + 2)]);
    table.gce.engine.run();
    return values(table);
  });
  expect(orders).toEqual([
    [1, 2, 11, 12],
    [1, 2, 11, 12],
  ]);
});

test('suspend stops between instructions and shows in bit 1 of the status; resume goes on', () => {
  const table = new Table();
  table.start(0, [write(0x10, 1), write(0x10, 2), write(0x10, 3)]);
  table.gce.engine.run(1);
  table.put(0, SUSPEND, 1);
  table.gce.engine.run();
  expect([table.states(1), table.get(0, STATUS), values(table)]).toEqual([[['suspended', 1]], 2, [1]]);
  table.put(0, SUSPEND, 0);
  table.gce.engine.run();
  expect([table.get(0, STATUS), values(table)]).toEqual([0, [1, 2, 3]]);
});

test('the status shows a suspension of enabled threads only', () => {
  const table = new Table();
  table.put(3, SUSPEND, 1);
  const disabled = [table.get(3, STATUS), table.gce.engine.look(3).state];
  table.put(3, ENABLE, 1);
  expect([disabled, table.get(3, STATUS), table.gce.engine.look(3).state]).toEqual([[0, 'disabled'], 2, 'suspended']);
});

test('a suspended thread that waits keeps its token, and an event that comes meanwhile', () => {
  const table = new Table();
  table.start(0, [WAIT, write(0x10, 1)]);
  table.gce.engine.run();
  table.put(0, SUSPEND, 1);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect([table.states(1), table.get(0, STATUS), table.get(0, WAIT_TOKEN)]).toEqual([
    [['suspended', 0]],
    2,
    0x8000_0035,
  ]);
  table.put(0, SUSPEND, 0);
  table.gce.engine.run();
  expect([table.states(1), values(table)]).toEqual([[['idle-at-end', 2]], [1]]);
});

test('a suspension does not complete while its thread polls', () => {
  const table = new Table();
  table.start(0, [[0x0801_0020, 5], write(0x10, 1)]);
  table.gce.engine.run();
  table.put(0, SUSPEND, 1);
  table.gce.engine.run();
  expect([table.states(1), table.get(0, STATUS)]).toEqual([[['polling', 0]], 0]);
  table.gce.blocks.write32(BLOCK + 0x20, 5);
  table.gce.engine.run();
  expect([table.states(1), table.get(0, STATUS), values(table)]).toEqual([[['suspended', 1]], 2, []]);
});

test.each([
  ['disabling', ENABLE, 0],
  ['a reset', 0x00, 1],
  ['another CURR_ADDR', CURR_ADDR, CODE + 8],
])('%s ends a poll, and the others run', (_, offset, value) => {
  const table = new Table();
  table.start(0, [[0x0801_0020, 5]]);
  table.start(1, [write(0x10, 1)]);
  table.gce.engine.run();
  table.put(0, offset, value);
  table.gce.engine.run();
  expect([table.gce.engine.poller, values(table)]).toEqual([-1, [1]]);
});

test('an error stops its thread alone, until CURR_ADDR is written; clearing the flag is not enough', () => {
  const table = new Table();
  table.start(0, [[0xff00_0000, 0], write(0x10, 1)], { priority: 2 });
  table.start(1, [write(0x10, 11)]);
  table.gce.engine.run();
  expect([table.states(2), table.get(0, IRQ_STATUS), values(table)]).toEqual([
    [
      ['error', 0],
      ['idle-at-end', 1],
    ],
    0x10,
    [11],
  ]);
  table.put(0, IRQ_STATUS, 0);
  table.put(0, ENABLE, 0);
  table.put(0, ENABLE, 1);
  table.gce.engine.run();
  expect(table.states(1)).toEqual([['error', 0]]);
  table.put(0, CURR_ADDR, CODE + 8);
  table.gce.engine.run();
  expect([table.states(1), values(table)]).toEqual([[['idle-at-end', 2]], [11, 1]]);
});

test('a flag is kept while it is not enabled, and cleared by a written 0; a 0 says that a thread has one', () => {
  const table = new Table();
  table.start(
    2,
    [
      [0x4000_0000, 1],
      [0xff00_0000, 0],
    ],
    { irqEnable: 0 },
  );
  table.gce.engine.run();
  const irq = (): number[] => [table.get(2, IRQ_STATUS), table.gce.registers.read32(CURR_IRQ_STATUS)];
  const seen = [irq()];
  for (const enabled of [0x02, 0x10, 0x01]) {
    table.put(2, IRQ_ENABLE, enabled);
    seen.push(irq());
  }
  for (const written of [0xffff_ffff, 0xffff_fffe, 0]) {
    table.put(2, IRQ_STATUS, written);
    seen.push(irq());
  }
  expect(seen).toEqual([
    [0x11, 0xffff],
    [0x11, 0xffff],
    [0x11, 0xfffb],
    [0x11, 0xfffb],
    [0x11, 0xfffb],
    [0x10, 0xffff],
    [0, 0xffff],
  ]);
});

test('a reset clears every register of the thread and reads 0 when it is done', () => {
  const table = new Table();
  table.start(0, [WAIT], { priority: 3 });
  table.gce.engine.run();
  for (const offset of [SUSPEND, EXEC_CNT, 0x50, 0x60, 0x64, 0x68, 0x6c]) table.put(0, offset, 1);
  table.put(0, 0x00, 1);
  const all = Array.from({ length: 32 }, (_, at) => table.get(0, 4 * at));
  expect([all.filter((value) => value !== 0), table.gce.engine.look(0).state]).toEqual([[], 'disabled']);
});

test('a thread that was aborted in its wait does nothing later', () => {
  const table = new Table();
  table.start(0, [WAIT, write(0x10, 1), ...TAIL]);
  table.gce.engine.run();
  table.put(0, SUSPEND, 1);
  table.put(0, SUSPEND, 0);
  table.put(0, 0x00, 1);
  table.put(0, ENABLE, 0);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect([values(table), table.gce.engine.look(0).state, table.gce.engine.event(53)]).toEqual([[], 'disabled', 1]);
});

test('a packet is chained to one that runs: its last JUMP is rewritten, the end is moved', () => {
  const table = new Table();
  table.gce.memory.putInstructions(CODE + 0x8000, [write(0x10, 2), ...TAIL]);
  table.start(0, [WAIT, write(0x10, 1), ...TAIL]);
  table.gce.engine.run();
  table.put(0, SUSPEND, 1);
  table.gce.memory.putInstructions(CODE + 24, [[0x1000_0001, CODE + 0x8000]]);
  table.put(0, CURR_ADDR, table.get(0, CURR_ADDR));
  table.put(0, END_ADDR, CODE + 0x8018);
  table.put(0, SUSPEND, 0);
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect([values(table), table.get(0, EXEC_CNT), table.get(0, CURR_ADDR)]).toEqual([[1, 2], 2, CODE + 0x8018]);
});

test('an instruction between two is none', () => {
  const table = new Table();
  table.start(0, [write(0x10, 1)], { pc: CODE + 4 });
  table.gce.engine.run();
  expect(table.gce.engine.look(0)).toMatchObject({ state: 'error', irqStatus: 0x10, error: { kind: 'misaligned' } });
});

test('zeroes are no instructions: memory behind the program is not executed quietly', () => {
  expect(new Table().go([0x1000_0000, 0x100])).toMatchObject({ state: 'error', pc: CODE + 0x100, irqStatus: 0x10 });
});

/** Memory whose bytes begin at `offset` of a larger buffer, `size` of them. */
function memoryAt(offset: number, size: number, program: readonly Words[]): DmaPort {
  const bytes = new Uint8Array(new ArrayBuffer(256), offset, size);
  const view = new DataView(bytes.buffer, offset);
  program.forEach(([high, low], at) => {
    view.setUint32(8 * at, low, true);
    view.setUint32(8 * at + 4, high, true);
  });
  return {
    epoch: 0,
    span: (iova, most) => bytes.subarray(iova - CODE, iova - CODE + most),
    read: (iova, length) => bytes.subarray(iova - CODE, iova - CODE + length),
    look: (iova, length) => bytes.subarray(iova - CODE, iova - CODE + length),
    write: (iova, from) => bytes.set(from, iova - CODE),
    writeBoth: () => expect.fail('instructions are not written'),
  };
}

test.each([0, 1, 2, 4, 7])('code is executed wherever its bytes lie in this computer: %i', (offset) => {
  const program: Words[] = [write(0x10, 1), [0x1000_0000, 16], write(0x10, 2), WAIT, write(0x10, 3), ...TAIL];
  const table = new Table({ memory: memoryAt(offset, 8 * program.length, program) });
  table.gce.start(0, { pc: CODE, end: CODE + 8 * program.length });
  table.gce.engine.run();
  table.gce.engine.fire(53);
  table.gce.engine.run();
  expect([values(table), table.gce.engine.look(0).state]).toEqual([[1, 3], 'idle-at-end']);
});

test('an instruction that a mapping cuts off is none', () => {
  const table = new Table({ memory: memoryAt(0, 12, [write(0x10, 1)]) });
  table.gce.start(0, { pc: CODE, end: CODE + 16 });
  table.gce.engine.run();
  expect([values(table), table.gce.engine.look(0)]).toMatchObject([
    [1],
    { state: 'error', pc: CODE + 8, irqStatus: 0x10, error: { kind: 'fetch', text: 'only 4 bytes of it are mapped' } },
  ]);
});

test('a budget ends a program that never ends, wherever it is', () => {
  const table = new Table();
  table.start(0, [[0x1000_0000, 0]]);
  expect([table.gce.engine.run(1_000_000), table.states(1)]).toEqual([1_000_000, [['running', 0]]]);
});

test('who executes is told, and whether it still does', () => {
  const table = new Table();
  const loaded = (): number => table.gce.registers.read32(0x18);
  const seen = [loaded()];
  table.start(5, [[0x1000_0000, 0]]);
  table.gce.engine.run(3);
  seen.push(loaded());
  table.put(5, ENABLE, 0);
  expect([...seen, loaded()]).toEqual([0, 0x8000_0005, 5]);
});
