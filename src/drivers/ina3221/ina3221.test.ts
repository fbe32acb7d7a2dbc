// The driver alone, against a bus written by hand: what it asks for, what it makes of answers and of failures.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addInput, errorOf, expectNothingLeft, file, type InputSpec, probe, rig } from '../../../test/ina3221-rig.js';
import { us } from '../../base/clock.js';

const PROBE = [
  ...['r fe 5449', 'r ff 3220', 'w 00 f1 27', 'w 00 71 27'],
  // The channels that the chip adds up, then the look at conversion ready.
  ...['r 0f 0003', 'w 0f 70 03', 'r 0f 7003'],
];

test('probe identifies, resets, starts and sees the first conversion', async () => {
  const self = rig();
  const dev = await probe(self);
  expect(dev.state.kind).toBe('bound');
  expect(self.wires).toEqual(PROBE);
  expect(self.log).toEqual([]);
});

test('an adapter with SMBus words alone will do, one with neither will not', async () => {
  const words = rig(['smbus-word']);
  expect((await probe(words)).state.kind).toBe('bound');
  const none = rig([]);
  const dev = await probe(none);
  expect(errorOf(dev).code).toBe('ENOTSUPP');
  expect(none.log).toEqual(['Unable to allocate register map', 'probe with driver ina3221 failed with error -524']);
  expectNothingLeft(none, dev);
});

test.each([
  [0xfe, 0x1234, 'manufacturer id 0x1234, die id 0x3220'],
  [0xff, 0x2260, 'manufacturer id 0x5449, die id 0x2260'],
])('register 0x%x with 0x%x is another chip, and nothing is written to it (ina3221-D9)', async (reg, value, found) => {
  const self = rig();
  self.answers[reg] = value;
  const dev = await probe(self);
  expect(errorOf(dev).message).toBe(`/i2c@0/power@40: probe: not an INA3221: ${found} (ENODEV)`);
  expect(self.wires.filter((line) => line.startsWith('w'))).toEqual([]);
  expectNothingLeft(self, dev);
});

test.each([
  { nth: 1, what: 'read MANUFACTURER_ID', log: [] },
  { nth: 2, what: 'read DIE_ID', log: [] },
  { nth: 3, what: 'write CONFIG', log: ['Unable to reset device'] },
  { nth: 4, what: 'write CONFIG', log: [] },
  { nth: 5, what: 'read MASK_ENABLE', log: [] },
  { nth: 6, what: 'write MASK_ENABLE', log: [] },
  { nth: 7, what: 'read MASK_ENABLE', log: [] },
])('transfer $nth of probe failing once fails the probe with its code', async ({ nth, what, log }) => {
  const self = rig();
  self.fail = { from: nth, to: nth, code: 'EREMOTEIO' };
  const dev = await probe(self);
  const error = errorOf(dev);
  expect([error.code, error.message]).toEqual(['EREMOTEIO', `/i2c@0/power@40: regmap: ${what} failed (EREMOTEIO)`]);
  expect(self.log).toEqual([...log, 'probe with driver ina3221 failed with error -121']);
  expectNothingLeft(self, dev);
});

test('a probe that fails after the reset powers the chip down again', async () => {
  const self = rig();
  self.fail = { from: 5, to: 5, code: 'EREMOTEIO' };
  await probe(self);
  expect(self.wires.slice(5)).toEqual(['w 00 71 20']);
});

test('a bus that stays dead leaves the first error, and the failed power-down in the log', async () => {
  const self = rig();
  self.fail = { from: 4, to: 99, code: 'ENXIO' };
  const dev = await probe(self);
  expect(errorOf(dev).message).toBe('/i2c@0/power@40: regmap: write CONFIG failed (ENXIO)');
  expect(self.log[0]).toBe('cleanup: /i2c@0/power@40: regmap: write CONFIG failed (ENXIO)');
  expectNothingLeft(self, dev);
});

test('a chip that never converts fails with ETIMEDOUT after twice the longest cycle', async () => {
  const self = rig();
  self.answers[0x0f] = 0x7002;
  const dev = await probe(self);
  // Three channels, 1100 us for bus and for shunt, at most 10 % more: 7260 us a cycle.
  expect(errorOf(dev).message).toBe('/i2c@0/power@40: start: no conversion within 14520 us (ETIMEDOUT)');
  expectNothingLeft(self, dev);
});

test('a chip that is late is asked a second time', async () => {
  const self = rig();
  self.answers[0x0f] = 0x7002;
  self.clock.after(us(10_000), () => {
    self.answers[0x0f] = 0x7003;
  });
  expect((await probe(self)).state.kind).toBe('bound');
  expect(self.wires.slice(4)).toEqual(['r 0f 7002', 'r 0f 7002', 'r 0f 7003']);
});

test('with one input connected probe waits for one channel only', async () => {
  const self = rig();
  addInput(self, { reg: 0, status: 'disabled' });
  addInput(self, { reg: 2, status: 'disabled' });
  self.answers[0x0f] = 0x7002;
  expect(errorOf(await probe(self)).message).toContain('no conversion within 4840 us');
});

test('unbinding powers the chip down and leaves nothing (ina3221-D10)', async () => {
  const self = rig();
  const dev = await probe(self);
  self.wires.length = 0;
  await self.core.unbind(dev);
  expect(self.wires).toEqual(['w 00 71 20']);
  expect(dev.state.kind).toBe('no-driver');
  expectNothingLeft(self, dev);
  expect(self.log).toEqual([]);
});

test('a chip can be bound again after it was unbound', async () => {
  const self = rig();
  const dev = await probe(self);
  await self.core.unbind(dev);
  self.wires.length = 0;
  self.answers[0x0f] = 0x0003; // as the reset leaves it
  const binding = self.core.bind(dev);
  await self.clock.run(us(20_000));
  await binding;
  expect(dev.state.kind).toBe('bound');
  expect(self.wires).toEqual(PROBE);
});

interface GoldenFile {
  readonly name: string;
  readonly mode: string;
}
const GOLDEN = JSON.parse(readFileSync(new URL('../../../test/golden/ina3221.json', import.meta.url), 'utf8')) as {
  readonly attribute_lists: Readonly<Record<string, readonly GoldenFile[]>>;
};

test.each([
  ['hwmon_no_dt', []],
  ['hwmon_three_labels', ['VDD_IN', 'VDD_CPU_GPU_CV', 'VDD_SOC']],
])('the hwmon files are those of Linux, modes included (recorded: %s)', async (list, labels) => {
  const self = rig();
  labels.forEach((label, reg) => addInput(self, { reg, label }));
  await probe(self);
  const [hwmon] = self.core.classDevices('hwmon');
  const files = [...(hwmon?.sysfs.attributes.values() ?? [])].map(({ name, mode }) => ({
    name,
    mode: `0${mode.toString(8)}`,
  }));
  expect(files.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(GOLDEN.attribute_lists[list]);
  for (const [at, label] of labels.entries()) expect(await file(self, `in${at + 1}_label`)).toBe(`${label}\n`);
});

// The texts are what Linux 6.12 answers (recorded: in1-0008, in1-8000), the low three bits carry nothing.
test.each([
  [0x0000, '0\n'],
  [0x0008, '8\n'],
  [0x000f, '8\n'],
  [0x8000, '-32768\n'],
])('bus register 0x%x reads as %j', async (value, text) => {
  const self = rig();
  await probe(self);
  for (const [channel, reg] of [
    [1, 0x02],
    [2, 0x04],
    [3, 0x06],
  ] as const) {
    self.answers[reg] = value;
    expect(await file(self, `in${channel}_input`)).toBe(text);
  }
});

// The texts are what Linux 6.12 answers (recorded: curr1-VALUE-shunt-RESISTOR).
test.each([
  [0xc180, 5_000, '-16000\n'],
  [0xc180, 10_000, '-8000\n'],
  [0xc180, 30_000, '-2667\n'],
  [0xc180, 2_147_483_647, '0\n'],
  [0x8000, 2_000, '-81920\n'],
  [0x1000, 1, '20480000\n'],
  [0x1000, 100_000, '205\n'],
  [0x0008, 30_000, '1\n'],
  [0x7ff8, 500, '327600\n'],
])('shunt register 0x%x over %i uOhm reads as %j mA', async (value, shuntMicroOhms, text) => {
  const self = rig();
  for (const reg of [0, 1, 2]) addInput(self, { reg, shuntMicroOhms });
  await probe(self);
  for (const [channel, reg] of [
    [1, 0x01],
    [2, 0x03],
    [3, 0x05],
  ] as const) {
    self.answers[reg] = value;
    expect(await file(self, `curr${channel}_input`)).toBe(text);
  }
});

test('an input without resistor in the tree has 10 mOhm', async () => {
  const self = rig();
  addInput(self, { reg: 0 });
  await probe(self);
  self.answers[0x01] = 0x1000;
  expect(await file(self, 'curr1_input')).toBe('2048\n'); // recorded: curr1-1000-shunt-10000
});

test('a reading that fails keeps the code of the bus', async () => {
  const self = rig();
  await probe(self);
  self.fail = { from: 8, to: 8, code: 'ETIMEDOUT' };
  await expect(file(self, 'in1_input')).rejects.toMatchObject({
    code: 'ETIMEDOUT',
    message: '/i2c@0/power@40: regmap: read BUS1 failed (ETIMEDOUT)',
  });
});

test('a disabled input is not measured; its files say ENODATA and stay off the bus', async () => {
  const self = rig();
  addInput(self, { reg: 1, label: 'VDD_UNUSED', status: 'disabled' });
  await probe(self);
  expect(self.wires[3]).toBe('w 00 51 27');
  for (const name of ['in2_input', 'curr2_input']) {
    await expect(file(self, name)).rejects.toThrow('/i2c@0/power@40: measure: channel 2 is disabled (ENODATA)');
  }
  expect(self.wires.length).toBe(PROBE.length);
  await expect(file(self, 'in2_label')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await file(self, 'in3_input')).toBe('0\n');
});

test('with every input disabled the chip is powered down and nobody waits (ina3221-L4)', async () => {
  const self = rig();
  for (const reg of [0, 1, 2]) addInput(self, { reg, status: 'disabled' });
  expect((await probe(self)).state.kind).toBe('bound');
  expect(self.wires).toEqual(['r fe 5449', 'r ff 3220', 'w 00 01 20']);
});

test.each<[InputSpec, string]>([
  [{}, 'missing reg property of input'],
  [{ status: 'disabled' }, 'missing reg property of input'],
  [{ reg: 3 }, 'invalid reg 3 of input'],
  [{ reg: 0, shuntMicroOhms: 0 }, 'invalid shunt resistor value 0 of input'],
  [{ reg: 0, shuntMicroOhms: 0x8000_0000 }, 'invalid shunt resistor value 2147483648 of input'],
])('a node %j is refused in the words of Linux before the chip is touched', async (spec, text) => {
  const self = rig();
  addInput(self, spec);
  const dev = await probe(self);
  expect(errorOf(dev).message).toBe(`/i2c@0/power@40: probe: /i2c@0/power@40/input@${spec.reg ?? 0}: ${text} (EINVAL)`);
  expect(self.log).toEqual([
    text,
    'Unable to probe from device tree',
    'probe with driver ina3221 failed with error -22',
  ]);
  expect(self.wires).toEqual([]);
  expectNothingLeft(self, dev);
});
