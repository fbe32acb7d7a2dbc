// The register window: global registers, general registers, threads' blocks; what the model has not leaves a trace.
import { expect, test } from 'vitest';
import { Trace, type TraceBody } from '../../base/trace.js';
import { Table } from '../../../test/gce-rig.js';
import { GceRegisters } from './window.js';

test.each([
  ['mt8173', 0xffff],
  ['mt6795', 0xffff],
  ['mt8183', 0xff_ffff],
  ['mt8192', 0xff_ffff],
  ['mt8188', 0xffff_ffff],
] as const)('%s has a bit of CURR_IRQ_STATUS for each thread, all 1 at rest', (soc, idle) => {
  const { registers } = new Table({ soc }).gce;
  expect([registers.read32(0x10), registers.read32(0x14)]).toEqual([idle, idle]);
});

test('the last of 32 threads is one like the others', () => {
  const table = new Table({ soc: 'mt8188' });
  const { engine, registers, memory } = table.gce;
  memory.putInstructions(0x4000_0000, [[0x4000_0000, 1]]);
  table.gce.start(31, { pc: 0x4000_0000, end: 0x4000_0008, priority: 7 });
  engine.run();
  expect([registers.read32(0x10), registers.read32(0x18), table.get(31, 0x40)]).toEqual([0x7fff_ffff, 31, 7]);
});

test('where mt8188 has its last thread mt8173 has nothing', () => {
  const registers = (['mt8173', 'mt8188'] as const).map((soc) => {
    const table = new Table({ soc });
    table.put(31, 0x60, 0x1234);
    return table.get(31, 0x60);
  });
  expect(registers).toEqual([0, 0x1234]);
});

test('tokens: an id and a value are written at once, an id is written and its value read', () => {
  const { registers, engine } = new Table().gce;
  const values = [0x1_03ff, 0x1_0000, 0x1_0281].map((update) => {
    registers.write32(0x68, update);
    registers.write32(0x60, update & 0x3ff);
    return [registers.read32(0x60), registers.read32(0x64)];
  });
  registers.write32(0x68, 0x0281);
  expect([values, [0, 640, 641, 1023].map((id) => engine.event(id)), registers.read32(0x68)]).toEqual([
    [
      [0x3ff, 1],
      [0, 1],
      [0x281, 1],
    ],
    [1, 0, 0, 1],
    0,
  ]);
});

test('a driver clears all events by writing each id, with the value 0', () => {
  const events = Uint8Array.from({ length: 1024 }, () => 1);
  const { registers, engine } = new Table({ events }).gce;
  expect([engine.event(0), engine.event(1023)]).toEqual([1, 1]);
  for (let id = 0; id <= 0x3ff; id++) registers.write32(0x68, id);
  expect(Array.from(events, (_, id) => engine.event(id)).filter((value) => value !== 0)).toEqual([]);
});

test('general registers keep 32 bits, from 0x80 on', () => {
  const { registers } = new Table().gce;
  for (let at = 0; at < 16; at++) registers.write32(0x80 + 4 * at, 0xffff_fff0 + at);
  expect(Array.from({ length: 16 }, (_, at) => registers.read32(0x80 + 4 * at) & 0xf)).toEqual(
    Array.from({ length: 16 }, (_, at) => at),
  );
});

test('SPRs of a thread are registers of its block', () => {
  const table = new Table();
  [0x60, 0x64, 0x68, 0x6c].forEach((offset, at) => table.put(4, offset, 0x8000_0000 + at));
  table.gce.memory.putInstructions(table.codeOf(4), [
    [0xa0e1_0000, 0x0001_0001],
    [0xa0e2_0003, 0x0003_0002],
  ]);
  table.put(4, 0x20, table.codeOf(4) + 8);
  table.put(4, 0x24, table.codeOf(4) + 16);
  table.put(4, 0x04, 1);
  table.gce.engine.run();
  expect([0x60, 0x64, 0x68, 0x6c].map((offset) => table.get(4, offset))).toEqual([
    0x8000_0000, 0x8000_0001, 0x8000_0002, 1,
  ]);
});

test('bits that a register has not are not kept', () => {
  const table = new Table();
  const offsets = [0x04, 0x08, 0x10, 0x14, 0x20, 0x24, 0x28, 0x40, 0x50];
  for (const offset of offsets) table.put(1, offset, 0xffff_ffff);
  expect(offsets.map((offset) => table.get(1, offset))).toEqual([
    1, 1, 0, 0x13, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 7, 0x1f,
  ]);
});

test('the status and what is waited for cannot be written', () => {
  const table = new Table();
  table.put(0, 0x0c, 0xffff_ffff);
  table.put(0, 0x30, 0xffff_ffff);
  table.gce.registers.write32(0x10, 0);
  expect([table.get(0, 0x0c), table.get(0, 0x30), table.gce.registers.read32(0x10)]).toEqual([0, 0, 0xffff]);
});

test('GCTL keeps the bits of software control and DDR, slots their cycles', () => {
  const { registers } = new Table({ soc: 'mt8186' }).gce;
  for (const offset of [0x48, 0x30]) registers.write32(offset, 0xffff_ffff);
  expect([registers.read32(0x48), registers.read32(0x30)]).toEqual([0x0007_0007, 0xffff_ffff]);
});

test.each([
  ['mt8186', 0x0000_0007, ['reads its code while GCTL_VALUE has memory switched off']],
  ['mt8186', 0x0007_0007, []],
  ['mt8192', 0x0000_0007, []],
  ['mt8173', 0, []],
] as const)('%s executes with GCTL at %i', (soc, control, texts) => {
  const table = new Table({ soc });
  table.gce.registers.write32(0x48, control);
  expect(table.go([0x4000_0000, 1])).toMatchObject({ state: 'idle-at-end', irqStatus: 1 });
  expect(table.gce.engine.findings.map(({ text }) => text)).toEqual(texts);
});

test('a hard reset is one of all threads, and leaves events and general registers', () => {
  const table = new Table();
  const { registers, engine } = table.gce;
  table.start(0, [[0x2000_0035, 0x8000_8001]]);
  table.start(7, [[0x0801_0010, 1]]);
  engine.run();
  engine.fire(60);
  registers.write32(0xa0, 5);
  registers.write32(0x00, 0x1_0000);
  expect([engine.look(0), engine.look(7)].map(({ state, pc, end, waitToken }) => [state, pc, end, waitToken])).toEqual([
    ['disabled', 0, 0, 0],
    ['disabled', 0, 0, 0],
  ]);
  expect([engine.poller, engine.event(60), registers.read32(0xa0), registers.read32(0)]).toEqual([-1, 1, 5, 0]);
});

test('registers without behaviour say so, those that are not there, too', () => {
  const { engine } = new Table().gce;
  const bodies: TraceBody[] = [];
  const trace = new Trace(() => 0);
  trace.attach(({ t: _t, seq: _seq, where: _where, ...body }) => void bodies.push(body as TraceBody));
  const registers = new GceRegisters(engine, 'gce', trace);
  registers.write32(0x40, 1);
  registers.read32(0x4c);
  registers.write32(0x144, 1);
  registers.read32(0x7c);
  registers.write32(0x1104, 1);
  expect(bodies).toEqual([
    { kind: 'todo', reg: 'BUS_CONTROL_TYPE', field: 'VALUE', access: 'write' },
    { kind: 'todo', reg: 'OUTPIN_EVENT', field: 'VALUE', access: 'read' },
    { kind: 'todo', reg: 'PREFETCH', field: 'VALUE', access: 'write' },
    { kind: 'unknown_reg', reg: 0x7c, access: 'read' },
    { kind: 'unknown_reg', reg: 0x1104, access: 'write' },
  ]);
});

test('registers by name: the global ones, and those of threads that somebody has used', () => {
  const table = new Table();
  table.start(3, [[0x2000_0035, 0x8000_8001]], { priority: 1 });
  table.gce.engine.run();
  const shown = table.gce.registers.registers();
  expect(Object.keys(shown).filter((name) => name.startsWith('THR') && !name.startsWith('THR3.'))).toEqual([
    'THR_SLOT_CYCLES',
    'THR_EXEC_CYCLES',
    'THR_TIMEOUT_TIMER',
  ]);
  expect(shown).toMatchObject({
    CURR_IRQ_STATUS: 0xffff,
    GPR_R15: 0,
    'THR3.CURR_ADDR': 0x4000_3000,
    'THR3.WAIT_TOKEN': 0x8000_0035,
    'THR3.PRIORITY': 1,
  });
});
