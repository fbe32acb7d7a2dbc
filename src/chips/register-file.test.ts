// What the bus may do with each kind of field, and what it leaves in the trace.
import { expect, test } from 'vitest';
import { bit, bits, registers } from '../base/regs.js';
import { Trace, type TraceEvent } from '../base/trace.js';
import { RegisterFile, RegisterLayout } from './register-file.js';

const R = registers({
  ID: { addr: 0x00, reset: 0xcafe_0221, fields: { ID: bits(31, 0, 'ro') } },
  CTRL: { addr: 0x04, reset: 0x8000_0010, fields: { TOP: bit(31), MODE: bits(5, 4), KEY: bits(11, 8, 'wo') } },
  STATUS: { addr: 0x08, fields: { SEEN: bit(0, 'rc'), DONE: bit(1, 'w1c'), SET: bit(2, 'w1s'), GO: bit(3, 'sc') } },
  LATER: { addr: 0x0c, reset: 0x12, fields: { A: bits(3, 0, 'todo'), B: bits(7, 4, 'todo'), C: bit(8) } },
});

function rig(): { file: RegisterFile; events: TraceEvent[] } {
  const trace = new Trace(() => 7);
  const events: TraceEvent[] = [];
  trace.attach((event) => events.push(event));
  return { file: new RegisterFile(new RegisterLayout(R), '/soc/x@0', trace), events };
}

test('a register with bit 31 set reads as an unsigned number', () => {
  expect(rig().file.busRead(0x00)).toBe(0xcafe_0221);
});

test('a write changes read-write fields only; reserved bits read 0, write-only fields too', () => {
  const { file } = rig();
  file.busWrite(0x00, 0);
  file.busWrite(0x04, 0x7fff_ffff);
  expect(file.snapshot()).toEqual({ ID: 0xcafe_0221, CTRL: 0x0000_0f30, STATUS: 0, LATER: 0x12 });
  expect(file.busRead(0x04)).toBe(0x30);
  expect(file.peek(R.CTRL, 'KEY')).toBe(15);
});

test('reading clears rc and nothing else; a write leaves rc alone', () => {
  const { file } = rig();
  file.poke(R.STATUS, 0x3);
  file.busWrite(0x08, 0);
  expect([file.busRead(0x08), file.busRead(0x08)]).toEqual([0x3, 0x2]);
});

test('writing 1 clears w1c and sets w1s, writing 0 does neither', () => {
  const { file } = rig();
  file.poke(R.STATUS, 'DONE', 1);
  file.busWrite(0x08, 0x4);
  expect(file.busRead(0x08)).toBe(0x6);
  file.busWrite(0x08, 0x2);
  expect(file.busRead(0x08)).toBe(0x4);
});

test('a write of some bytes changes those, and neither sets nor clears a bit of the others', () => {
  const { file } = rig();
  file.busWrite(0x04, 0x0f30, 0xff00);
  file.poke(R.STATUS, 'DONE', 1);
  file.busWrite(0x08, 0x000f, 0xff00);
  expect(file.snapshot()).toEqual({ ID: 0xcafe_0221, CTRL: 0x8000_0f10, STATUS: 0x2, LATER: 0x12 });
});

test('a self-clearing bit stays until the model says that the action is over', () => {
  const { file } = rig();
  file.busWrite(0x08, 0x8);
  file.busWrite(0x08, 0);
  expect(file.busRead(0x08)).toBe(0x8);
  file.poke(R.STATUS, 'GO', 0);
  expect(file.busRead(0x08)).toBe(0);
});

test('todo fields leave one event a read, and one for the fields that a write changes', () => {
  const { file, events } = rig();
  file.busRead(0x0c);
  file.busWrite(0x0c, 0x132);
  file.busWrite(0x0c, 0x032);
  expect(file.busRead(0x04)).toBe(0x8000_0010);
  const at = { t: 7, where: '/soc/x@0', kind: 'todo', reg: 'LATER' };
  expect(events).toEqual([
    { ...at, seq: 0, field: 'A,B', access: 'read' },
    { ...at, seq: 1, field: 'B', access: 'write' },
  ]);
});

test('an address without a register reads 0, ignores writes, and is traced', () => {
  const { file, events } = rig();
  const before = file.snapshot();
  expect(file.busRead(0x40)).toBe(0);
  file.busWrite(0x41, 1);
  expect(file.snapshot()).toEqual(before);
  expect(events.map((event) => event.kind === 'unknown_reg' && [event.reg, event.access])).toEqual([
    [0x40, 'read'],
    [0x41, 'write'],
  ]);
});

test('reset puts back every register', () => {
  const { file } = rig();
  const fresh = file.snapshot();
  for (const reg of [R.ID, R.CTRL, R.STATUS, R.LATER]) file.poke(reg, 0x1);
  file.reset();
  expect(file.snapshot()).toEqual(fresh);
});

test('poking a field takes the top bit, and refuses what does not fit or does not exist', () => {
  const { file } = rig();
  file.poke(R.CTRL, 0);
  file.poke(R.CTRL, 'TOP', 1);
  expect(file.peek(R.CTRL)).toBe(0x8000_0000);
  for (const number of [4, -1, 0.5, Number.NaN])
    expect(() => file.poke(R.CTRL, 'MODE', number)).toThrow(`${number} does not fit CTRL.MODE`);
  const other = registers({ CTRL: { addr: 0x04, fields: {} } });
  expect(() => file.peek(other.CTRL)).toThrow('CTRL is not a register of /soc/x@0');
});

test('a map with two registers at one address, or reset bits outside its fields, is refused', () => {
  const twice = registers({ A: { addr: 0, fields: {} }, B: { addr: 0, fields: {} } });
  const loose = registers({ A: { addr: 0, reset: 2, fields: { LOW: bit(0) } } });
  expect(() => new RegisterLayout(twice)).toThrow('B: another register is at 0x0');
  expect(() => new RegisterLayout(loose)).toThrow('A: its reset value has bits that no field declares');
});
