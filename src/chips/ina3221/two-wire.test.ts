// The chip on the bus: pointer, bytes, address pin, alert response (TI SBOS576C, "Serial interface").
import { expect, test } from 'vitest';
import { us } from '../../base/clock.js';
import { I2C_ALERT_RESPONSE } from '../../bus/i2c.js';
import { SimI2cBus } from '../../bus/i2c-sim.js';
import { Rig } from '../../../test/ina3221-chip.js';
import type { Ina3221Options } from './ina3221.js';

const CONFIG = 0x00;
const MASK_ENABLE = 0x0f;
const CEN = 0x0400;
const WEN = 0x0800;

/** A bus with the chips of these rigs on it. */
function busOf(...rigs: readonly Rig[]): SimI2cBus {
  const bus = new SimI2cBus('i2c-0');
  for (const rig of rigs) bus.attach(rig.addr, rig.chip);
  return bus;
}

test('an address-only write is acknowledged and moves nothing', () => {
  const rig = new Rig();
  rig.read(0xfe);
  expect(rig.send()).toBe(0);
  expect(rig.receive(2)).toEqual([0x54, 0x49]);
});

test('the pointer starts at CONFIG and stays until the next write', () => {
  const rig = new Rig();
  expect(rig.receive(2)).toEqual([0x71, 0x27]);
  rig.write(0x08, 0x1230);
  expect([rig.receive(2), rig.receive(2)]).toEqual([
    [0x12, 0x30],
    [0x12, 0x30],
  ]);
});

test('a pointer alone is a whole write, and a read may come after a stop', () => {
  const rig = new Rig();
  expect([rig.send(0xff), rig.receive(2)]).toEqual([1, [0x32, 0x20]]);
});

test.each([
  ['repeats', [0x32, 0x20, 0x32, 0x20, 0x32]],
  ['ones', [0x32, 0x20, 0xff, 0xff, 0xff]],
] as const)('reading on %s, and one byte is the high one', (readOn, five) => {
  const rig = new Rig({ readOn });
  rig.read(0xff);
  expect([rig.receive(5), rig.receive(1), rig.receive(0)]).toEqual([five, [0x32], []]);
});

test.each([
  ['dropped', 0x7ff8],
  ['high-byte', 0x11f8],
] as const)('one data byte is acknowledged and %s', (loneByte, limit) => {
  const rig = new Rig({ loneByte });
  expect([rig.send(0x07, 0x11), rig.read(0x07)]).toEqual([2, limit]);
});

test('a high byte with RST in it resets, where one byte is taken', () => {
  const rig = new Rig({ loneByte: 'high-byte' });
  rig.write(0x07, 0x1230);
  rig.send(CONFIG, 0x80);
  expect(rig.all([CONFIG, 0x07])).toEqual([0x7127, 0x7ff8]);
});

test.each([
  ['ignored', 5],
  ['refused', 3],
] as const)('more than two data bytes are %s, and the two are taken', (extraBytes, acknowledged) => {
  const rig = new Rig({ extraBytes });
  expect(rig.send(0x07, 0x11, 0x20, 0x33, 0x44)).toBe(acknowledged);
  expect(rig.all([0x07, 0x08])).toEqual([0x1120, 0x7ff8]);
});

const READ_ONLY = [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0d, 0xfe, 0xff];

test.each([
  ['ignored', 3],
  ['refused', 1],
] as const)('data for registers that cannot be written are %s', (readOnly, acknowledged) => {
  const rig = new Rig({ readOnly });
  expect(READ_ONLY.map((reg) => rig.send(reg, 0x12, 0x34))).toEqual(READ_ONLY.map(() => acknowledged));
  expect(rig.all(READ_ONLY)).toEqual([0, 0, 0, 0, 0, 0, 0, 0x5449, 0x3220]);
  expect(rig.send(MASK_ENABLE, 0x04, 0x00)).toBe(3);
});

test('an unlisted pointer reads 0, ignores writes, and is traced', () => {
  const rig = new Rig();
  rig.write(0x12, 0x1234);
  expect(rig.read(0x12)).toBe(0);
  expect(rig.events.map(({ kind, where }) => [kind, where])).toEqual([
    ['unknown_reg', '/i2c@0/power@40'],
    ['unknown_reg', '/i2c@0/power@40'],
  ]);
});

test('where an unlisted pointer is refused, the one before stays', () => {
  const rig = new Rig({ unlisted: 'refused' });
  rig.send(0xfe);
  expect([rig.send(0x12), rig.send(0x12, 0x12, 0x34), rig.receive(2)]).toEqual([0, 0, [0x54, 0x49]]);
});

test('the chip does not answer the code of high-speed mode, nor the general call, and is not reset by it', async () => {
  const rig = new Rig();
  const bus = busOf(rig);
  rig.write(0x07, 0x1230);
  for (const code of [0x04, 0x05, 0x06, 0x07])
    await expect(bus.transfer(code, [{ write: Uint8Array.of() }])).rejects.toMatchObject({ code: 'ENXIO' });
  await expect(bus.transfer(0x00, [{ write: Uint8Array.of(0x06) }])).rejects.toMatchObject({ code: 'ENXIO' });
  expect(rig.read(0x07)).toBe(0x1230);
});

test.each([
  [0x40, {}, 0x40, 0],
  [0x41, {}, 0x41, 1],
  [0x42, {}, 0x42, 2],
  [0x43, {}, 0x43, 3],
  // An address that the chip cannot have: it is there all the same, at its own.
  [0x50, {}, 0x40, 0],
  [0x40, { a0: 3 }, 0x43, 3],
])('expected at 0x%x with wiring %o it answers at 0x%x', (expected, wiring, addr, a0) => {
  const rig = new Rig({}, wiring, expected);
  expect([rig.addr, rig.knobs.get('a0')?.get()]).toEqual([addr, a0]);
});

test('A0 is sampled with every transfer: who ties it elsewhere finds the chip there, as it was', () => {
  const rig = new Rig();
  rig.write(0x07, 0x1230);
  const addrs = [1, 2, 3, 0].map((a0) => {
    rig.turn('a0', a0);
    return rig.addr;
  });
  expect([addrs, rig.receive(2)]).toEqual([
    [0x41, 0x42, 0x43, 0x40],
    [0x12, 0x30],
  ]);
});

test('A0 is tied to one of four things', () => {
  const rig = new Rig();
  const text = '/i2c@0/power@40: a0 = 1.5: one of 0 GND, 1 VS, 2 SDA, 3 SCL (EINVAL)';
  expect(() => rig.turn('a0', 1.5)).toThrow(text);
  expect([rig.addr, rig.knobs.get('a0')?.get()]).toEqual([0x40, 0]);
  expect(() => new Rig({ a0: 4 })).toThrow('a0 = 4');
});

/** A chip whose critical and warning limits of channel 1 are exceeded from 1.1 ms on. */
async function alarmed(mask: number, options: Partial<Ina3221Options> = {}, addr = 0x40): Promise<Rig> {
  const rig = new Rig(options, {}, addr);
  rig.write(MASK_ENABLE, mask);
  rig.write(0x07, 0);
  rig.write(0x08, 0);
  await rig.at(us(1100));
  return rig;
}

const answerOf = async (bus: SimI2cBus): Promise<unknown> => {
  return bus.transfer(I2C_ALERT_RESPONSE, [{ read: 1 }]).then(
    (bytes) => bytes[0],
    (error) => error.code,
  );
};

test.each([
  [0, 'both', 'ENXIO'],
  [CEN, 'both', 0x80],
  [WEN, 'both', 0x80],
  [CEN, 'critical', 0x80],
  [WEN, 'critical', 'ENXIO'],
  [CEN, 'warning', 'ENXIO'],
  [WEN, 'warning', 0x80],
] as const)('with latches %i and pins %s the alert response ends with %s', async (mask, alertPins, answer) => {
  expect(await answerOf(busOf(await alarmed(mask, { alertPins })))).toBe(answer);
});

test('the alert is answered from the moment on at which the pin fell, with the address of the moment', async () => {
  const rig = new Rig();
  const bus = busOf(rig);
  rig.write(MASK_ENABLE, CEN);
  rig.write(0x07, 0);
  await rig.at(us(1099));
  const early = await answerOf(bus);
  await rig.at(us(1100));
  rig.turn('a0', 2);
  expect([early, await answerOf(bus)]).toEqual(['ENXIO', 0x84]);
});

test('answering clears nothing: the pin stays low and flags stay until MASK_ENABLE is read', async () => {
  const rig = await alarmed(CEN | WEN);
  const bus = busOf(rig);
  const answers = [await answerOf(bus), await answerOf(bus)];
  expect([answers, rig.levels['critical'], rig.levels['warning']]).toEqual([[0x80, 0x80], false, false]);
  expect(rig.read(MASK_ENABLE)).toBe(0x0e22);
  expect([await answerOf(bus), rig.levels['critical'], rig.levels['warning']]).toEqual(['ENXIO', true, true]);
});

test('where answering releases, the pins that answer go up until the next comparison; flags stay', async () => {
  const rig = await alarmed(CEN | WEN, { alertAnswered: 'released', alertPins: 'critical' });
  const bus = busOf(rig);
  const answers = [await answerOf(bus), await answerOf(bus)];
  expect([answers, rig.levels['critical'], rig.levels['warning']]).toEqual([[0x80, 'ENXIO'], true, false]);
  expect(rig.inspection.registers()['MASK_ENABLE']).toBe(0x0e22);
  await rig.at(us(7700));
  expect(rig.movesOf('critical')).toEqual([
    [1100, false],
    [1100, true],
    [7700, false],
  ]);
  expect(await answerOf(bus)).toBe(0x80);
});

test('of two chips the lower address answers first, and the other keeps its alert', async () => {
  const [low, high] = [await alarmed(CEN, {}, 0x41), await alarmed(CEN, {}, 0x43)];
  const bus = busOf(high, low);
  const first = await answerOf(bus);
  low.read(MASK_ENABLE);
  const second = await answerOf(bus);
  expect([first, second, high.levels['critical']]).toEqual([0x82, 0x86, false]);
  high.read(MASK_ENABLE);
  expect(await answerOf(bus)).toBe('ENXIO');
});
