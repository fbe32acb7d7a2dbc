import { expect, test } from 'vitest';
import { ERRNO, SysError } from '../base/errno.js';
import { Trace, type TraceEvent } from '../base/trace.js';
import { faultPlace } from './fault-menu.js';
import { FaultPlan } from './fault-plan.js';
import { parseFaults } from './fault-text.js';
import { wordTarget } from './i2c.contract.js';
import { I2C_ERRNO, type I2cBus, type I2cTarget } from './i2c.js';
import { withI2cFaults, withI2cTrace } from './i2c-decorators.js';
import { SimI2cBus } from './i2c-sim.js';

function bench(faults = '', target: I2cTarget = wordTarget()) {
  const events: TraceEvent[] = [];
  const trace = new Trace(() => 0);
  trace.attach((event) => events.push(event));
  const sim = new SimI2cBus('i2c-0');
  sim.attach(0x40, target);
  const { points, diagnostics } = parseFaults(faults);
  expect(diagnostics).toEqual([]);
  const bus = withI2cTrace(withI2cFaults(sim, 'i2c-0', new FaultPlan(points, trace)), 'i2c-0', trace);
  const bodies = () => events.map(({ t: _t, seq: _seq, where: _where, ...body }) => body);
  return { bus, events, bodies };
}

const WRITE = [{ write: Uint8Array.of(0x00, 0xf1, 0x27) }];
const READ = [{ write: Uint8Array.of(0x00) }, { read: 2 }];
const codes = async (bus: I2cBus, times: number, addr = 0x40) => {
  const seen: string[] = [];
  for (let i = 0; i < times; i++) {
    const say = (e: unknown) => seen.push(e instanceof SysError ? e.code : String(e));
    await bus.transfer(addr, WRITE).then(() => seen.push('ok'), say);
  }
  return seen;
};

test('a traced transfer leaves the events of Linux in the order of Linux', async () => {
  const { bus, bodies, events } = bench();
  await bus.transfer(0x40, WRITE);
  await bus.transfer(0x40, READ);
  expect(bodies()).toEqual([
    { kind: 'i2c_write', addr: 0x40, bytes: '00 f1 27' },
    { kind: 'i2c_result', addr: 0x40, ret: 1 },
    { kind: 'i2c_write', addr: 0x40, bytes: '00' },
    { kind: 'i2c_read', addr: 0x40, length: 2 },
    { kind: 'i2c_reply', addr: 0x40, bytes: 'f1 27' },
    { kind: 'i2c_result', addr: 0x40, ret: 2 },
  ]);
  expect(new Set(events.map((event) => event.where))).toEqual(new Set(['i2c-0']));
});

test('a failed transfer ends its trace with the negative errno and no reply', async () => {
  const { bus, bodies } = bench();
  await expect(bus.transfer(0x41, READ)).rejects.toMatchObject({ code: 'ENXIO' });
  expect(bodies().slice(2)).toEqual([{ kind: 'i2c_result', addr: 0x41, ret: -6 }]);
});

test('the Nth transfer to an address fails once; other addresses do not count', async () => {
  const { bus } = bench('i2c.transfer@0x40#3=timeout');
  await codes(bus, 2, 0x41);
  expect(await codes(bus, 5)).toEqual(['ok', 'ok', 'ETIMEDOUT', 'ok', 'ok']);
});

test('without a number every transfer fails', async () => {
  const { bus } = bench('i2c.transfer=arbitration-lost');
  expect(await codes(bus, 3)).toEqual(['EAGAIN', 'EAGAIN', 'EAGAIN']);
});

test('a fault that strikes stands in the trace, before the result', async () => {
  const { bus, bodies } = bench('i2c.address@0x40#1=nack-address');
  await expect(bus.transfer(0x40, WRITE)).rejects.toThrow('i2c-0: i2c: no acknowledge from 0x40 (ENXIO)');
  expect(bodies().slice(1)).toEqual([
    { kind: 'fault', point: 'i2c.address@0x40#1', fault: 'nack-address' },
    { kind: 'i2c_result', addr: 0x40, ret: -6 },
  ]);
});

test('a fault in the data counts written bytes, and those before it reach the target', async () => {
  const log: number[][] = [];
  const target = { ...wordTarget(), write: (bytes: Uint8Array) => log.push([...bytes]) && bytes.length };
  const { bus } = bench('i2c.data@0x40#5=nack-data', target);
  await bus.transfer(0x40, WRITE);
  const failed = bus.transfer(0x40, WRITE);
  await expect(failed).rejects.toThrow('i2c-0: i2c: no acknowledge from 0x40 for byte 1 (EREMOTEIO)');
  expect(log).toEqual([[0x00, 0xf1, 0x27], [0x00]]);
});

test('an adapter for words cannot send half a transfer: a fault in the data keeps all of it', async () => {
  const sim = new SimI2cBus('smb', ['smbus-word']);
  sim.attach(0x40, wordTarget());
  const points = parseFaults('i2c.data#2=nack-data').points;
  const bus = withI2cFaults(sim, 'smb', new FaultPlan(points));
  await expect(bus.transfer(0x40, WRITE)).rejects.toMatchObject({ code: 'EREMOTEIO' });
  expect([...(await bus.transfer(0x40, READ))]).toEqual([0, 0]);
});

test('a fault may name the bus, or bus and address', async () => {
  expect(await codes(bench('i2c.transfer@i2c-0#1=bus-error').bus, 1)).toEqual(['EIO']);
  expect(await codes(bench('i2c.transfer@i2c-0:0x40#1=bus-error').bus, 1)).toEqual(['EIO']);
  expect(await codes(bench('i2c.transfer@i2c-1:0x40#1=bus-error').bus, 1)).toEqual(['ok']);
});

test.each(['i2c.transfer', 'i2c.address', 'i2c.data'])(
  'every fault of %s ends with its error number',
  async (where) => {
    for (const what of faultPlace(where)?.whats ?? []) {
      const code = I2C_ERRNO[what as keyof typeof I2C_ERRNO];
      expect(await codes(bench(`${where}#1=${what}`).bus, 2)).toEqual([code, 'ok']);
      expect(ERRNO[code]).toBeGreaterThan(0);
    }
  },
);
