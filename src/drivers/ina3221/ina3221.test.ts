// The driver alone, against a bus written by hand: what it asks for, what it makes of answers and of failures.
import { expect, test } from 'vitest';
import { hex } from '../../base/bytes.js';
import { ms, SimClock, us } from '../../base/clock.js';
import { type Errno, SysError } from '../../base/errno.js';
import { Trace } from '../../base/trace.js';
import type { I2cBus, I2cMsg } from '../../bus/i2c.js';
import type { Device } from '../../core/device.js';
import { DriverCore } from '../../core/driver-core.js';
import { I2C_BUS, I2cClient } from '../../core/i2c.js';
import { PLATFORM_BUS } from '../../core/platform-device.js';
import { SysfsDir } from '../../core/sysfs.js';
import { cellValue, DtNode, DtProperty, DtTree, stringValue } from '../../dt/tree.js';
import { ina3221 } from './ina3221.js';

/** What the script answers when a register is read. CVRF is set: a conversion is always done. */
const ANSWERS: Readonly<Record<number, number>> = { 0x00: 0x7127, 0x0f: 0x0003, 0xfe: 0x5449, 0xff: 0x3220 };

interface Rig {
  readonly core: DriverCore;
  readonly clock: SimClock;
  readonly node: DtNode;
  readonly answers: Record<number, number>;
  /** `w 00 f1 27` and `r fe 5449`, in order, failed ones too. */
  readonly wires: string[];
  /** Log lines, without the driver and device in front. */
  readonly log: string[];
  /** The transfers, counted from 1, that end with this code. */
  fail: { readonly from: number; readonly to: number; readonly code: Errno } | undefined;
}

function rig(functionality: I2cBus['functionality'] = ['i2c']): Rig & { readonly bus: I2cBus } {
  const clock = new SimClock(() => new Promise((resolve) => setImmediate(resolve)));
  const trace = new Trace(() => clock.now());
  const tree = new DtTree();
  const node = new DtNode('power@40', new DtNode('i2c@0', tree.root));
  node.properties.push(new DtProperty('compatible', stringValue('ti,ina3221')));
  const core = new DriverCore({ clock, trace, tree });
  const answers = { ...ANSWERS };
  const wires: string[] = [];
  const log: string[] = [];
  trace.attach((event) => {
    if (event.kind === 'printk') log.push(event.text.replace('ina3221 1-0040: ', ''));
  });
  const self: Rig & { readonly bus: I2cBus } = {
    ...{ core, clock, node, answers, wires, log, fail: undefined },
    bus: { functionality, transfer: async (addr, msgs) => answer(self, addr, msgs) },
  };
  return self;
}

function answer(self: Rig, addr: number, msgs: readonly I2cMsg[]): Uint8Array {
  expect(addr).toBe(0x40);
  const bytes = (msgs[0] as { write: Uint8Array }).write;
  const value = self.answers[bytes[0] as number] ?? 0;
  self.wires.push(msgs.length === 1 ? `w ${hex(bytes)}` : `r ${hex(bytes)} ${value.toString(16).padStart(4, '0')}`);
  const { fail, wires } = self;
  if (fail !== undefined && wires.length >= fail.from && wires.length <= fail.to) {
    throw new SysError(fail.code, 'injected', { dev: 'i2c-1', op: 'i2c' });
  }
  if (msgs.length === 2) return Uint8Array.of(value >> 8, value & 0xff);
  self.answers[bytes[0] as number] = ((bytes[1] as number) << 8) | (bytes[2] as number);
  return new Uint8Array(0);
}

interface InputSpec {
  readonly reg?: number;
  readonly label?: string;
  readonly shuntMicroOhms?: number;
  readonly status?: string;
}

function addInput(self: Rig, spec: InputSpec): void {
  const input = new DtNode(`input@${spec.reg ?? 0}`, self.node);
  self.node.children.push(input);
  const put = (name: string, value: Uint8Array) => input.properties.push(new DtProperty(name, value));
  if (spec.reg !== undefined) put('reg', cellValue(spec.reg));
  if (spec.label !== undefined) put('label', stringValue(spec.label));
  if (spec.shuntMicroOhms !== undefined) put('shunt-resistor-micro-ohms', cellValue(spec.shuntMicroOhms));
  if (spec.status !== undefined) put('status', stringValue(spec.status));
}

/** Registers the driver, adds the chip and lets 100 ms pass: more than probe may ever take. */
async function probe(self: Rig & { readonly bus: I2cBus }): Promise<Device> {
  const { core, clock, node, bus } = self;
  await core.registerDriver(ina3221);
  const parent = await core.addDevice({ name: '0.i2c', bus: PLATFORM_BUS, ...{ ofNode: node.parent } });
  const adapter = { nr: 1, parent, bus, sysfs: new SysfsDir('i2c-1') };
  const outer = (dev: Device) => new I2cClient(dev, adapter, 0x40);
  const adding = core.addDevice({ name: '1-0040', bus: I2C_BUS, parent, ofNode: node, outer });
  await clock.run(ms(100));
  return adding;
}

function errorOf(dev: Device): SysError {
  expect(dev.state.kind).toBe('failed');
  return (dev.state as { readonly error: SysError }).error;
}

/** Nothing of a probe is left: no undo entry, no hwmon device, no timer. */
function expectNothingLeft(self: Rig, dev: Device): void {
  expect([dev.held, self.core.classDevices('hwmon').length, self.clock.pending]).toEqual([0, 0, 0]);
}

/** Reads a file of the only hwmon device. */
async function file(self: Rig, name: string): Promise<string> {
  const [hwmon] = self.core.classDevices('hwmon');
  return (hwmon as { readonly sysfs: SysfsDir }).sysfs.read(name);
}

const PROBE = ['r fe 5449', 'r ff 3220', 'w 00 f1 27', 'w 00 71 27', 'r 0f 0003'];

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
  expect(self.wires.slice(5)).toEqual(['r 00 7127', 'w 00 71 20']);
});

test('a bus that stays dead leaves the first error, and the failed power-down in the log', async () => {
  const self = rig();
  self.fail = { from: 4, to: 99, code: 'ENXIO' };
  const dev = await probe(self);
  expect(errorOf(dev).message).toBe('/i2c@0/power@40: regmap: write CONFIG failed (ENXIO)');
  expect(self.log[0]).toBe('cleanup: /i2c@0/power@40: regmap: read CONFIG failed (ENXIO)');
  expectNothingLeft(self, dev);
});

test('a chip that never converts fails with ETIMEDOUT after twice the longest cycle', async () => {
  const self = rig();
  self.answers[0x0f] = 0x0002;
  const dev = await probe(self);
  // Three channels, 1100 us for bus and for shunt, at most 10 % more: 7260 us a cycle.
  expect(errorOf(dev).message).toBe('/i2c@0/power@40: probe: no conversion within 14520 us (ETIMEDOUT)');
  expectNothingLeft(self, dev);
});

test('a chip that is late is asked a second time', async () => {
  const self = rig();
  self.answers[0x0f] = 0x0002;
  self.clock.after(us(10_000), () => {
    self.answers[0x0f] = 0x0003;
  });
  expect((await probe(self)).state.kind).toBe('bound');
  expect(self.wires.slice(4)).toEqual(['r 0f 0002', 'r 0f 0003']);
});

test('with one input connected probe waits for one channel only', async () => {
  const self = rig();
  addInput(self, { reg: 0, status: 'disabled' });
  addInput(self, { reg: 2, status: 'disabled' });
  self.answers[0x0f] = 0x0002;
  expect(errorOf(await probe(self)).message).toContain('no conversion within 4840 us');
});

test('unbinding powers the chip down and leaves nothing (ina3221-D10)', async () => {
  const self = rig();
  const dev = await probe(self);
  self.wires.length = 0;
  await self.core.unbind(dev);
  expect(self.wires).toEqual(['r 00 7127', 'w 00 71 20']);
  expect(dev.state.kind).toBe('no-driver');
  expectNothingLeft(self, dev);
  expect(self.log).toEqual([]);
});

test('a chip can be bound again after it was unbound', async () => {
  const self = rig();
  const dev = await probe(self);
  await self.core.unbind(dev);
  self.wires.length = 0;
  const binding = self.core.bind(dev);
  await self.clock.run(us(20_000));
  await binding;
  expect(dev.state.kind).toBe('bound');
  expect(self.wires).toEqual(PROBE);
});

test('the files are those of Linux for buses, currents and labels', async () => {
  const self = rig();
  addInput(self, { reg: 1, label: 'VDD_CPU_GPU_CV' });
  await probe(self);
  const [hwmon] = self.core.classDevices('hwmon');
  const files = [...(hwmon?.sysfs.attributes.values() ?? [])].map(({ name, mode }) => `${name} ${mode.toString(8)}`);
  expect(files).toEqual(
    ['name', 'in1_input', 'in2_input', 'in2_label', 'in3_input', 'curr1_input', 'curr2_input', 'curr3_input'].map(
      (name) => `${name} 444`,
    ),
  );
  expect(await file(self, 'name')).toBe('ina3221\n');
  expect(await file(self, 'in2_label')).toBe('VDD_CPU_GPU_CV\n');
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
  self.fail = { from: 6, to: 6, code: 'ETIMEDOUT' };
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
    await expect(file(self, name)).rejects.toMatchObject({ code: 'ENODATA', op: name });
  }
  expect(self.wires.length).toBe(PROBE.length);
  await expect(file(self, 'in2_label')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await file(self, 'in3_input')).toBe('0\n');
});

test('with every input disabled the chip is powered down and nobody waits (ina3221-L4)', async () => {
  const self = rig();
  for (const reg of [0, 1, 2]) addInput(self, { reg, status: 'disabled' });
  expect((await probe(self)).state.kind).toBe('bound');
  expect(self.wires).toEqual(['r fe 5449', 'r ff 3220', 'w 00 f1 27', 'w 00 01 20']);
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
