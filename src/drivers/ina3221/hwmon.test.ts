// The hwmon face against a bus written by hand. What single values read and write is recorded from Linux and judged by
// `npm run conformance`; here is what the driver does otherwise than Linux, and what takes more than one file.
import { expect, test } from 'vitest';
import { addInput, file, files, probe, type Rig, rig, timed } from '../../../test/ina3221-rig.js';
import { debugfsRoot } from '../../core/debugfs.js';
import type { Device } from '../../core/device.js';
import { DtProperty } from '../../dt/tree.js';

async function bound(...shunts: number[]): Promise<Rig & { readonly dev: Device }> {
  const self = rig();
  shunts.forEach((shuntMicroOhms, reg) => addInput(self, { reg, shuntMicroOhms }));
  const dev = await probe(self);
  self.wires.length = 0;
  return Object.assign(self, { dev });
}

const write = (self: Rig, name: string, text: string): Promise<void> =>
  timed(self, () => files(self).write(name, `${text}\n`));

test('every alarm is told, although the first look clears them all in the chip (ina3221-L6)', async () => {
  const self = await bound();
  self.answers[0x0f] = 0x7222; // CF1 and WF1
  expect(await file(self, 'curr1_crit_alarm')).toBe('1\n');
  self.answers[0x0f] = 0x7002;
  expect(await file(self, 'curr1_crit_alarm')).toBe('0\n');
  expect(await file(self, 'curr2_max_alarm')).toBe('0\n');
  expect(await file(self, 'curr1_max_alarm')).toBe('1\n');
  expect(await file(self, 'curr1_max_alarm')).toBe('0\n');
});

test('an alarm that was seen while something else was looked for is told, too', async () => {
  const self = await bound();
  await write(self, 'in1_enable', '0');
  self.answers[0x0f] = 0x7103; // CF2 comes with conversion ready
  await write(self, 'in1_enable', '1');
  self.answers[0x0f] = 0x7002;
  expect(await file(self, 'curr2_crit_alarm')).toBe('1\n');
});

test('limits come back after all channels were off, those written meanwhile included (ina3221-L7)', async () => {
  const self = await bound();
  await write(self, 'curr1_crit', '1000');
  for (const n of [1, 2, 3]) await write(self, `in${n}_enable`, '0');
  await write(self, 'curr2_max', '500');
  expect(await file(self, 'curr2_max')).toBe('500\n');
  self.wires.length = 0;
  await write(self, 'in1_enable', '1');
  expect(self.wires).toEqual([
    ...['w 00 f1 27', 'w 07 07 d0', 'w 0a 03 e8', 'w 00 01 27'],
    ...['r 0f 7003', 'w 00 41 27', 'r 0f 7003'],
  ]);
});

test('asleep it is powered down, and what was set comes back on waking (ina3221-L14, ina3221-L15)', async () => {
  const self = await bound();
  await write(self, 'samples', '16');
  await write(self, 'curr3_crit', '-2000');
  self.wires.length = 0;
  await timed(self, async () => self.dev.pm?.suspend());
  expect(self.wires).toEqual(['w 00 75 20']);
  expect(await file(self, 'in1_enable')).toBe('0\n');
  await expect(file(self, 'in1_input')).rejects.toMatchObject({ code: 'ENODATA' });
  await timed(self, async () => self.dev.pm?.suspend()); // already asleep
  self.wires.length = 0;
  await timed(self, async () => self.dev.pm?.resume());
  expect(self.wires).toEqual([
    ...['w 00 f1 27', 'w 0b f0 60'],
    // The first conversion is not averaged.
    ...['w 00 71 27', 'r 0f 7003', 'r 0f 7003', 'w 00 75 27'],
  ]);
  await timed(self, async () => self.dev.pm?.resume()); // already awake
  expect([self.wires.length, await file(self, 'in1_enable')]).toEqual([6, '1\n']);
});

test('a chip whose channels are all off is left alone by sleep and waking', async () => {
  const self = await bound();
  for (const n of [1, 2, 3]) await write(self, `in${n}_enable`, '0');
  self.wires.length = 0;
  await timed(self, async () => self.dev.pm?.suspend());
  await timed(self, async () => self.dev.pm?.resume());
  expect(self.wires).toEqual([]);
});

test('update_interval counts conversions, whatever is averaged, and has its limits (ina3221-L8)', async () => {
  const self = await bound();
  await write(self, 'samples', '1024');
  await write(self, 'update_interval', '50');
  // Three channels, 8244 us for bus and for shunt: 49 ms is as near as it gets.
  expect(self.wires.at(-1)).toBe('w 00 7f ff');
  expect(await file(self, 'update_interval')).toBe('49\n');
  await write(self, 'update_interval', '-1');
  expect(await file(self, 'update_interval')).toBe('1\n');
  await write(self, 'update_interval', '4294967296');
  expect(await file(self, 'update_interval')).toBe('49\n');
});

test('without an enabled channel there is no interval to set, and that divides by nothing (ina3221-L8)', async () => {
  const self = await bound();
  for (const n of [1, 2, 3]) await write(self, `in${n}_enable`, '0');
  self.wires.length = 0;
  await expect(write(self, 'update_interval', '10')).rejects.toMatchObject({ code: 'ENODATA' });
  expect([self.wires, await file(self, 'update_interval')]).toEqual([[], '0\n']);
});

test('shunt voltages are millivolts (ina3221-L9)', async () => {
  const self = await bound();
  self.answers[0x01] = 0x3e80; // 80 mV in the datasheet's example
  self.answers[0x03] = 0xc180; // -80 mV
  self.answers[0x0d] = 0x0fa0; // 80 mV as a sum
  expect(await Promise.all(['in4_input', 'in5_input', 'in7_input'].map((name) => file(self, name)))).toEqual([
    '80\n',
    '-80\n',
    '80\n',
  ]);
});

test('the limit of the sum takes all of its range, and its default can be written back (ina3221-L10)', async () => {
  const self = await bound();
  self.answers[0x0e] = 0x7ffe;
  expect(await file(self, 'curr4_crit')).toBe('65532\n');
  for (const [ma, wire] of [
    ['65532', 'w 0e 7f fe'],
    ['999999', 'w 0e 7f fe'],
    ['-999999', 'w 0e 80 00'],
  ] as const) {
    await write(self, 'curr4_crit', ma);
    expect(self.wires.at(-1)).toBe(wire);
  }
});

test('limits of a very large resistor keep their sign (ina3221-L11)', async () => {
  const self = await bound(0x7fff_ffff, 0x7fff_ffff, 0x7fff_ffff);
  await write(self, 'curr1_crit', '1');
  await write(self, 'curr1_crit', '-1');
  expect(self.wires).toEqual(['w 07 7f f8', 'w 07 80 08']);
});

test('resistors that become equal let the chip add up (ina3221-L12)', async () => {
  const self = await bound(5_000, 10_000, 5_000);
  await expect(file(self, 'curr4_input')).rejects.toMatchObject({ code: 'ENODATA' });
  self.answers[0x0f] = 0x0002;
  await write(self, 'shunt2_resistor', '5000');
  expect(self.wires).toEqual(['r 0f 0002', 'w 0f 70 02']);
  self.answers[0x0d] = 0x01f4; // 10 mV
  expect(await file(self, 'curr4_input')).toBe('2000\n');
  await write(self, 'shunt2_resistor', '0x2710');
  expect(await file(self, 'shunt2_resistor')).toBe('10000\n');
  await expect(file(self, 'in7_input')).rejects.toMatchObject({ code: 'ENODATA' });
  expect(self.wires.length).toBe(3);
});

test('who switches a channel on waits for its first conversion (ina3221-L3)', async () => {
  const self = await bound();
  await write(self, 'in2_enable', '0');
  const began = self.clock.now();
  await write(self, 'in2_enable', '1');
  expect(self.wires.slice(1)).toEqual(['w 00 71 27', 'r 0f 7003']);
  expect(self.clock.now() - began).toBe(7_260_000);
});

test.each([
  [1, ['w 00 f1 27'], 'Unable to reset device'],
  [3, ['w 00 f1 27', 'w 00 01 27', 'r 0f 7003'], undefined],
  [4, ['w 00 f1 27', 'w 00 01 27', 'r 0f 7003', 'w 00 41 27', 'w 00 01 20'], 'Failed to enable channel 0: error -121'],
  [
    5,
    ['w 00 f1 27', 'w 00 01 27', 'r 0f 7003', 'w 00 41 27', 'r 0f 7003', 'w 00 01 27', 'w 00 01 20'],
    'Failed to enable channel 0: error -121',
  ],
])('the first channel stays off when transfer %i of switching it on fails', async (nth, wires, log) => {
  const self = await bound();
  for (const n of [1, 2, 3]) await write(self, `in${n}_enable`, '0');
  self.wires.length = 0;
  self.fail = { from: nth, to: nth, code: 'EREMOTEIO' };
  await expect(write(self, 'in1_enable', '1')).rejects.toMatchObject({ code: 'EREMOTEIO' });
  expect([self.wires, self.log[0], await file(self, 'in1_enable')]).toEqual([wires, log, '0\n']);
  self.fail = undefined;
  await write(self, 'in1_enable', '1');
  self.answers[0x02] = 0x1388; // 5 V
  expect([await file(self, 'in1_enable'), await file(self, 'in1_input')]).toEqual(['1\n', '5000\n']);
});

test('the last channel goes off even when the chip cannot be powered down as well', async () => {
  const self = await bound();
  for (const n of [1, 2]) await write(self, `in${n}_enable`, '0');
  self.fail = { from: 4, to: 4, code: 'ENXIO' };
  await write(self, 'in3_enable', '0');
  expect([self.wires.slice(2), self.log]).toEqual([['w 00 01 27', 'w 00 01 20'], ['Failed to power down: error -6']]);
  expect(await file(self, 'in3_enable')).toBe('0\n');
});

test('in single-shot mode each reading converts, and waits for that', async () => {
  const self = rig();
  self.node.properties.push(new DtProperty('ti,single-shot', new Uint8Array(0)));
  await probe(self);
  expect(self.wires.slice(2)).toEqual(['w 00 f1 27', 'w 00 71 23', 'r 0f 0003', 'w 0f 70 03']);
  self.wires.length = 0;
  self.answers[0x0f] = 0x7002;
  self.answers[0x01] = 0x07d0; // 10 mV
  const reading = timed(self, () => file(self, 'curr1_input'));
  self.clock.after(6_600_000, () => {
    self.answers[0x0f] = 0x7003;
  });
  expect(await reading).toBe('1000\n');
  expect(self.wires).toEqual(['w 00 71 23', 'r 0f 7002', 'r 0f 7003', 'r 01 07d0']);
});

test('in single-shot mode the first reading is not averaged either (ina3221-L15)', async () => {
  const self = rig();
  self.node.properties.push(new DtProperty('ti,single-shot', new Uint8Array(0)));
  await probe(self);
  await write(self, 'samples', '64');
  self.wires.length = 0;
  for (const name of ['in1_input', 'in2_input']) await timed(self, () => file(self, name));
  expect(self.wires.filter((line) => line.startsWith('w'))).toEqual(['w 00 71 23', 'w 00 77 23']);
});

test('a single shot that never ends is ETIMEDOUT', async () => {
  const self = rig();
  self.node.properties.push(new DtProperty('ti,single-shot', new Uint8Array(0)));
  await probe(self);
  self.answers[0x0f] = 0x7002;
  await expect(timed(self, () => file(self, 'in1_input'))).rejects.toThrow(
    '/i2c@0/power@40: single-shot: no conversion within 19800 us (ETIMEDOUT)',
  );
});

test('channels that take no part in the sum are left out of it', async () => {
  const self = rig();
  addInput(self, { reg: 0 });
  addInput(self, { reg: 1 });
  self.node.children[0]?.properties.push(new DtProperty('ti,summation-disable', new Uint8Array(0)));
  const dev = await probe(self);
  expect(self.wires).toContain('w 0f 30 03');
  const debugfs = debugfsRoot(self.core);
  const dir = debugfs.dirs.get('ina3221-1-0040');
  expect([...(dir?.attributes.keys() ?? [])]).toEqual([0, 1, 2].map((n) => `in${n}_summation_disable`));
  expect(await Promise.all([0, 1].map((n) => dir?.read(`in${n}_summation_disable`)))).toEqual(['Y\n', 'N\n']);
  await timed(self, () => self.core.unbind(dev));
  expect(debugfs.dirs.size).toBe(0);
});
