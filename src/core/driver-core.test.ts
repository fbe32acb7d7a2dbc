import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { s } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { TraceEvent } from '../base/trace.js';
import { Bench } from '../bench/bench.js';
import { settle } from '../host/settle.js';
import type { Device, DeviceCore, Driver } from './device.js';
import { PLATFORM_BUS, platformDriver } from './platform-device.js';
import { SysfsDir } from './sysfs.js';

const binds = (compatible: string, log: string[] = []): Driver =>
  platformDriver({
    name: compatible.replace(/.*,/, ''),
    compatible: [compatible],
    probe(dev) {
      log.push(`probe ${dev.name}`);
      dev.scope.defer(() => void log.push(`remove ${dev.name}`));
    },
  });

const states = (devices: readonly Device[]) => Object.fromEntries(devices.map((dev) => [dev.name, dev.state.kind]));

const TWO = `/ { b { compatible = "x,b"; clocks = <&a>; }; a: a { compatible = "x,a"; #clock-cells = <0>; }; };`;

test('a device binds to the driver whose table has its compatible, the most specific entry first', async () => {
  const matched: (string | undefined)[] = [];
  const driver = platformDriver({
    name: 'uart',
    compatible: ['x,old', 'x,NEW'],
    probe: (dev) => void matched.push(dev.matched),
  });
  const bench = benchOf(treeOf('/ { u { compatible = "x,new", "x,old"; }; v { compatible = "x,other"; }; };'), {
    drivers: [driver],
  });
  await bench.powerOn();
  expect(matched).toEqual(['x,NEW']);
  expect(states(bench.core.devices)).toEqual({ u: 'bound', v: 'no-driver' });
});

test('a consumer that stands first in the tree waits for its supplier and is probed when that is bound', async () => {
  const log: string[] = [];
  const bench = benchOf(treeOf(TWO), { drivers: [binds('x,b', log), binds('x,a', log)] });
  const events: TraceEvent[] = [];
  bench.trace.attach((event) => events.push(event));
  await bench.powerOn();
  expect(log).toEqual(['probe a', 'probe b']);
  expect(events.filter((event) => event.kind === 'deferred')).toMatchObject([
    { where: '/b', driver: 'b', reason: 'supplier a not ready' },
  ]);
});

test('a supplier that failed holds its consumer up, and the consumer says for whom it waits', async () => {
  const fails = platformDriver({
    name: 'a',
    compatible: ['x,a'],
    probe(dev) {
      throw dev.error('EIO', 'no answer');
    },
  });
  const bench = benchOf(treeOf(TWO), { drivers: [binds('x,b'), fails] });
  await bench.powerOn();
  expect(bench.report()).toEqual([
    {
      path: '/b',
      compatible: 'x,b',
      state: 'waits',
      device: 'b',
      driver: 'b',
      waitsFor: '/a',
      reason: 'supplier a not ready',
    },
    { path: '/a', compatible: 'x,a', state: 'failed', device: 'a', driver: 'a', reason: '/a: no answer (EIO)' },
  ]);
});

test.each([
  ['has no driver', TWO],
  ['is disabled', TWO.replace('#clock-cells', 'status = "disabled"; #clock-cells')],
  ['is no device', TWO.replace('compatible = "x,a"; ', '')],
])('a supplier that %s holds nobody up', async (_, source) => {
  const bench = benchOf(treeOf(source), { drivers: [binds('x,b')] });
  await bench.powerOn();
  expect(states(bench.core.devices)).toMatchObject({ b: 'bound' });
});

test('two devices that name each other as suppliers both bind: the circle is cut', async () => {
  const source = `/ { a: a { compatible = "x,a"; #clock-cells = <0>; clocks = <&b>; };
    b: b { compatible = "x,b"; #clock-cells = <0>; clocks = <&c>; };
    c: c { compatible = "x,c"; #clock-cells = <0>; clocks = <&a>; }; };`;
  const bench = benchOf(treeOf(source), { drivers: [binds('x,a'), binds('x,b'), binds('x,c')] });
  await bench.powerOn();
  expect(states(bench.core.devices)).toEqual({ a: 'bound', b: 'bound', c: 'bound' });
});

test("a driver's own deferral keeps its reason and is tried again when anything binds", async () => {
  let tries = 0;
  const waits = platformDriver({
    name: 'waits',
    compatible: ['x,b'],
    probe(dev) {
      if (++tries < 3) throw dev.error('EPROBE_DEFER', 'panel not registered yet');
    },
  });
  const source = '/ { b { compatible = "x,b"; }; a { compatible = "x,a"; }; };';
  const bench = benchOf(treeOf(source), { drivers: [waits] });
  await bench.powerOn();
  expect(bench.report()[0]).toMatchObject({ state: 'waits', reason: '/b: panel not registered yet (EPROBE_DEFER)' });
  await bench.core.registerDriver(binds('x,a'));
  expect(states(bench.core.devices)).toEqual({ b: 'bound', a: 'bound' });
});

test('a failed probe is told in the words of the kernel and keeps its code', async () => {
  const driver = platformDriver({
    name: 'pwr',
    compatible: ['x,b'],
    probe(dev) {
      dev.scope.defer(() => undefined);
      throw dev.error('EREMOTEIO', 'no answer', 'probe');
    },
  });
  const bench = benchOf(treeOf('/ { b@10 { compatible = "x,b"; reg = <0x10 0x4>; }; };'), { drivers: [driver] });
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(event.text));
  await bench.powerOn();
  expect(lines).toEqual(['pwr 10.b: probe with driver pwr failed with error -121']);
  expect(bench.core.devices[0]?.held).toBe(0);
  expect(bench.core.devices[0]?.state).toMatchObject({ kind: 'failed', error: { code: 'EREMOTEIO' } });
});

test('a driver that rejects the match lets the next one try', async () => {
  const rejects = platformDriver({
    name: 'wrong',
    compatible: ['x,b'],
    probe(dev) {
      throw dev.error('ENODEV', 'not mine');
    },
  });
  const bench = benchOf(treeOf('/ { b { compatible = "x,b"; }; };'), { drivers: [rejects, binds('x,b')] });
  await bench.powerOn();
  expect(bench.report()).toMatchObject([{ state: 'bound', driver: 'b' }]);
});

test('what is not a SysError is our mistake and is not caught', async () => {
  const buggy = platformDriver({
    name: 'bug',
    compatible: ['x,b'],
    probe() {
      throw new TypeError('x is not a function');
    },
  });
  const bench = benchOf(treeOf('/ { b { compatible = "x,b"; }; };'), { drivers: [buggy] });
  await expect(bench.powerOn()).rejects.toThrow(TypeError);
  expect(bench.core.devices[0]?.state.kind).toBe('no-driver');
});

test('devices go away in reverse order, children before parents, and a failure does not stop the rest', async () => {
  const log: string[] = [];
  const stuck = platformDriver({
    name: 'stuck',
    compatible: ['x,c'],
    probe(dev) {
      dev.scope.defer(() => void log.push('remove c'));
      dev.scope.defer(() => {
        throw new SysError('ETIMEDOUT', 'stuck');
      });
    },
  });
  const source =
    '/ { s { compatible = "x,s", "simple-bus"; a { compatible = "x,a"; }; c { compatible = "x,c"; }; }; };';
  const bench = benchOf(treeOf(source), { drivers: [binds('x,s', log), binds('x,a', log), stuck] });
  await bench.powerOn();
  expect(await bench.powerOff()).toEqual([]);
  expect(log).toEqual(['probe s', 'probe s:a', 'remove c', 'remove s:a', 'remove s']);
  expect(bench.core.devices).toEqual([]);
});

test('a device that was unbound can be bound again', async () => {
  const log: string[] = [];
  const bench = benchOf(treeOf('/ { a { compatible = "x,a"; }; };'), { drivers: [binds('x,a', log)] });
  await bench.powerOn();
  const [dev] = bench.core.devices as [Device];
  await bench.core.unbind(dev);
  expect(dev.state.kind).toBe('no-driver');
  await bench.core.bind(dev);
  expect(log).toEqual(['probe a', 'remove a', 'probe a']);
});

test('a device is offered to one driver alone, which must fit and find it unbound', async () => {
  const log: string[] = [];
  const [first, second] = [
    binds('x,a', log),
    platformDriver({ name: 'other', compatible: ['x,a'], probe: () => undefined }),
  ];
  const bench = benchOf(treeOf('/ { a { compatible = "x,a"; }; };'), {
    drivers: [first, second, binds('x,b', log)],
  });
  await bench.powerOn();
  const { core } = bench;
  const [dev] = core.devices as [Device];
  await expect(core.bind(dev, second)).rejects.toMatchObject({ code: 'EBUSY' });
  await expect(core.bind(dev, core.drivers[2] as Driver)).rejects.toMatchObject({ code: 'ENODEV' });
  await core.unbind(dev);
  await core.bind(dev, second);
  expect(dev.state).toMatchObject({ kind: 'bound', driver: { name: 'other' } });
});

test('a driver that is offered a device again and fails again is told of with its new error', async () => {
  const errors = ['EIO', 'ENODEV', 'ETIMEDOUT'] as const;
  let nth = 0;
  const driver = platformDriver({
    name: 'd',
    compatible: ['x,b'],
    probe(dev) {
      throw dev.error(errors[nth++] ?? 'EIO', 'no');
    },
  });
  const bench = benchOf(treeOf('/ { b { compatible = "x,b"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  const [dev] = bench.core.devices as [Device];
  for (const code of errors) {
    expect(dev.state).toMatchObject({ kind: 'failed', error: { code } });
    await bench.core.bind(dev, driver);
  }
});

test('whoever asked is told when devices, drivers and members of classes come and go', async () => {
  const driver = platformDriver({
    name: 'a',
    compatible: ['x,a'],
    probe: (dev) => dev.core.joinClass('hwmon', { nr: 0, parent: dev, sysfs: new SysfsDir('hwmon0') }),
  });
  const bench = benchOf(treeOf('/ { a { compatible = "x,a"; }; };'), { drivers: [driver] });
  const { core } = bench;
  const counts: string[] = [];
  const end = core.onChange(() => {
    counts.push([core.devices, core.drivers, core.classDevices('hwmon')].map(({ length }) => length).join(' '));
  });
  await bench.powerOn();
  const [dev] = core.devices as [Device];
  await core.unbind(dev);
  await core.unregisterDriver(driver);
  await core.removeDevice(dev);
  end();
  await core.registerDriver(driver);
  expect(counts).toEqual(['1 0 0', '1 1 0', '1 1 1', '1 2 1', '1 2 0', '1 1 0', '0 1 0']);
});

test('a probe that never ends is told after a minute of virtual time, and so is its removal', async () => {
  const hangs = platformDriver({
    name: 'hangs',
    compatible: ['x,a'],
    probe(dev) {
      dev.scope.defer(() => undefined);
      return new Promise(() => undefined);
    },
  });
  const tree = treeOf('/ { a { compatible = "x,a"; }; };');
  const bench = new Bench({ tree, drivers: [hangs], chips: [], settle });
  await expect(bench.powerOn()).rejects.toThrow('bench: probing did not end within 60 s of virtual time (ETIMEDOUT)');
  expect(await bench.powerOff()).toEqual([
    'bench: unbinding did not end within 60 s of virtual time (ETIMEDOUT)',
    '/a is probing and holds 1',
  ]);
});

const failing = (name: string, code: 'EIO' | 'ENODEV' | 'EPROBE_DEFER'): Driver =>
  platformDriver({
    name,
    compatible: ['x,b'],
    probe(dev) {
      throw dev.error(code, `${name} says no`);
    },
  });

test.each([
  [['EIO', 'ENODEV'], { state: 'failed', driver: 'd0', reason: '/b: d0 says no (EIO)' }],
  [['ENODEV', 'EIO'], { state: 'failed', driver: 'd1', reason: '/b: d1 says no (EIO)' }],
  [['EPROBE_DEFER', 'EIO'], { state: 'waits', driver: 'd0', reason: '/b: d0 says no (EPROBE_DEFER)' }],
  [['EIO', 'EPROBE_DEFER'], { state: 'waits', driver: 'd1', reason: '/b: d1 says no (EPROBE_DEFER)' }],
] as const)('of drivers that end with %s the one that says most is reported', async (codes, want) => {
  // Linux: __device_attach_driver goes on after any error of a probe.
  const drivers = codes.map((code, index) => failing(`d${index}`, code));
  const bench = benchOf(treeOf('/ { b { compatible = "x,b"; }; };'), { drivers });
  await bench.powerOn();
  expect(bench.report()).toMatchObject([want]);
});

test('a driver that comes later and fails does not make a deferral forgotten', async () => {
  const bench = benchOf(treeOf('/ { b { compatible = "x,b"; }; };'), {
    drivers: [failing('waits', 'EPROBE_DEFER'), failing('fails', 'EIO')],
  });
  const told: TraceEvent[] = [];
  bench.trace.attach((event) => event.kind === 'deferred' && told.push(event));
  await bench.powerOn();
  expect(bench.report()).toMatchObject([{ state: 'waits', driver: 'waits' }]);
  expect(told.length).toBe(1);
});

test('a supplier that is unbound takes its consumers off first; they wait for it and come back with it', async () => {
  const log: string[] = [];
  const bench = benchOf(treeOf(TWO), { drivers: [binds('x,a', log), binds('x,b', log)] });
  await bench.powerOn();
  const [b, a] = bench.core.devices as [Device, Device];
  log.length = 0;
  await bench.core.unbind(a);
  expect(log).toEqual(['remove b', 'remove a']);
  expect(b.state).toMatchObject({ kind: 'deferred', reason: 'supplier a not ready', waitsFor: '/a' });
  await bench.core.bind(a);
  expect(log.slice(2)).toEqual(['probe a', 'probe b']);
});

test('devices in a circle of suppliers do not take one another off', async () => {
  const source = `/ { a: a { compatible = "x,a"; #clock-cells = <0>; clocks = <&b>; };
    b: b { compatible = "x,b"; #clock-cells = <0>; clocks = <&a>; }; };`;
  const bench = benchOf(treeOf(source), { drivers: [binds('x,a'), binds('x,b')] });
  await bench.powerOn();
  await bench.core.unbind(bench.core.devices[0] as Device);
  expect(states(bench.core.devices)).toEqual({ a: 'no-driver', b: 'bound' });
});

test('a driver is registered once, and unregistered it is off its devices and none waits for it', async () => {
  const log: string[] = [];
  const one = binds('x,a', log);
  const bench = benchOf(treeOf('/ { a@1 { compatible = "x,a"; }; a@2 { compatible = "x,a"; }; };'), { drivers: [one] });
  await bench.powerOn();
  await expect(bench.core.registerDriver(binds('x,a'))).rejects.toMatchObject({ code: 'EBUSY' });
  await bench.core.unregisterDriver(one);
  expect(log).toEqual(['probe a@1', 'probe a@2', 'remove a@2', 'remove a@1']);
  expect(states(bench.core.devices)).toEqual({ 'a@1': 'no-driver', 'a@2': 'no-driver' });
  const waits = failing('waits', 'EPROBE_DEFER');
  await bench.core.registerDriver({ ...waits, compatible: ['x,a'] });
  await bench.core.unregisterDriver(bench.core.drivers.at(-1) as Driver);
  expect(states(bench.core.devices)).toEqual({ 'a@1': 'no-driver', 'a@2': 'no-driver' });
});

test('a name is given once on a bus', async () => {
  const bench = benchOf(treeOf('/ { a { compatible = "x,a"; }; };'));
  await bench.powerOn();
  await expect(bench.core.addDevice({ name: 'a', bus: PLATFORM_BUS })).rejects.toMatchObject({ code: 'EEXIST' });
  expect(bench.core.devices.length).toBe(1);
});

test('a device goes away once: two who ask at a time wait for the same, to ask afterwards is a bug', async () => {
  const log: string[] = [];
  const bench = benchOf(treeOf('/ { a { compatible = "x,a"; }; b { compatible = "x,b"; }; };'), {
    drivers: [binds('x,a', log)],
  });
  await bench.powerOn();
  const [a] = bench.core.devices as [Device];
  await Promise.all([bench.core.removeDevice(a), bench.core.removeDevice(a)]);
  expect(log).toEqual(['probe a', 'remove a']);
  expect(bench.core.devices.map((dev) => dev.name)).toEqual(['b']);
  expect(() => bench.core.removeDevice(a)).toThrow('/a: removed twice');
});

/** Takes a second to bind. */
const slow = (log: string[]): Driver =>
  platformDriver({
    name: 'slow',
    compatible: ['x,a'],
    async probe(dev) {
      log.push(`begins ${dev.name}`);
      await dev.clock.sleep(s(1));
      log.push(`ends ${dev.name}`);
      dev.scope.defer(() => void log.push(`remove ${dev.name}`));
    },
  });

test('a device that is to go while its probe waits goes when that has ended, and nothing binds to it', async () => {
  const log: string[] = [];
  const bench = benchOf(treeOf('/ { a { compatible = "x,a"; }; };'));
  await bench.powerOn();
  const [a] = bench.core.devices as [Device];
  const { core } = bench;
  await bench.drive('both', s(5), () => Promise.all([core.registerDriver(slow(log)), core.removeDevice(a)]));
  expect(log).toEqual(['begins a', 'ends a', 'remove a']);
  expect(core.devices).toEqual([]);
});

test('two drivers never probe one device at a time, and one that is slow holds no other up', async () => {
  const log: string[] = [];
  const bench = benchOf(treeOf('/ { a { compatible = "x,a"; }; b { compatible = "x,b"; }; };'));
  await bench.powerOn();
  const drivers = [slow(log), binds('x,a', log), binds('x,b', log)];
  await bench.drive('all', s(5), () => Promise.all(drivers.map((driver) => bench.core.registerDriver(driver))));
  expect(log).toEqual(['begins a', 'probe b', 'ends a']);
  expect(states(bench.core.devices)).toEqual({ a: 'bound', b: 'bound' });
});

test('a supplier that is to go while its consumer is probed takes that off when the probe has ended', async () => {
  const log: string[] = [];
  const source = '/ { a { compatible = "x,a"; clocks = <&c>; }; c: c { compatible = "x,c"; #clock-cells = <0>; }; };';
  const bench = benchOf(treeOf(source), { drivers: [binds('x,c', log)] });
  await bench.powerOn();
  const { core } = bench;
  const [, c] = core.devices as [Device, Device];
  await bench.drive('both', s(5), () => Promise.all([core.registerDriver(slow(log)), core.unbind(c)]));
  expect(log).toEqual(['probe c', 'begins a', 'ends a', 'remove a', 'remove c']);
});

test('a deferral is told again when its reason changes, and not when it is the same', async () => {
  let tries = 0;
  const waits = platformDriver({
    name: 'waits',
    compatible: ['x,b'],
    probe(dev) {
      throw dev.error('EPROBE_DEFER', ++tries < 3 ? 'no panel' : 'no backlight');
    },
  });
  const bench = benchOf(treeOf('/ { b { compatible = "x,b"; }; a { compatible = "x,a"; }; };'), { drivers: [waits] });
  const told: string[] = [];
  bench.trace.attach((event) => event.kind === 'deferred' && told.push(event.reason));
  await bench.powerOn();
  const [, a] = bench.core.devices as [Device, Device];
  await bench.core.registerDriver(binds('x,a'));
  for (let again = 0; again < 3; again++) {
    await bench.core.unbind(a);
    await bench.core.bind(a);
  }
  expect(tries).toBeGreaterThan(3);
  expect(told).toEqual(['/b: no panel (EPROBE_DEFER)', '/b: no backlight (EPROBE_DEFER)']);
});

test('a deferral that names whom it waits for says so', async () => {
  const waits = platformDriver({
    name: 'waits',
    compatible: ['x,b'],
    probe(dev) {
      throw new SysError('EPROBE_DEFER', 'no panel', { dev: dev.path, waitsFor: '/panel' });
    },
  });
  const bench = benchOf(treeOf('/ { b { compatible = "x,b"; }; };'), { drivers: [waits] });
  await bench.powerOn();
  expect(bench.core.devices[0]?.state).toMatchObject({ kind: 'deferred', waitsFor: '/panel' });
});

test("a driver's own data lasts from its probe to its unbind, and not beyond a probe that failed", async () => {
  const seen: unknown[] = [];
  const keeps = platformDriver({
    name: 'keeps',
    compatible: ['x,a'],
    probe(dev) {
      seen.push(dev.drvdata);
      dev.drvdata = { frames: 1 };
      dev.scope.defer(() => void seen.push(dev.drvdata));
      if (seen.length === 1) throw dev.error('EIO', 'first time');
    },
  });
  const bench = benchOf(treeOf('/ { a { compatible = "x,a"; }; };'), { drivers: [keeps] });
  await bench.powerOn();
  const [a] = bench.core.devices as [Device];
  expect(a.drvdata).toBe(undefined);
  await bench.core.bind(a);
  expect(a.drvdata).toEqual({ frames: 1 });
  await bench.core.unbind(a);
  expect([a.drvdata, seen]).toEqual([undefined, [undefined, { frames: 1 }, undefined, { frames: 1 }]]);
});

test('a subsystem is made once for each machine, when it is first asked for', () => {
  class Counted {
    readonly core: DeviceCore;
    constructor(core: DeviceCore) {
      this.core = core;
    }
  }
  const [one, other] = [benchOf(treeOf('/ { };')).core, benchOf(treeOf('/ { };')).core];
  expect(one.subsystem(Counted)).toBe(one.subsystem(Counted));
  expect([one.subsystem(Counted).core, other.subsystem(Counted).core]).toEqual([one, other]);
});

test('a device link lasts until its consumer is unbound: the supplier goes after it, and is waited for', async () => {
  const log: string[] = [];
  const consumer: Driver = platformDriver({
    name: 'b',
    compatible: ['x,b'],
    probe(dev) {
      const a = dev.core.devices.find(({ name }) => name === 'a') as Device;
      if (a.state.kind !== 'bound') throw dev.error('EPROBE_DEFER', 'no a');
      log.push('probe b');
      dev.scope.defer(() => void log.push('remove b'));
      for (let times = 0; times < 2; times++) dev.core.deviceLinkAdd(dev, a);
    },
  });
  const bench = benchOf(treeOf(`/ { a { compatible = "x,a"; }; b { compatible = "x,b"; }; };`), {
    drivers: [binds('x,a', log), consumer],
  });
  await bench.powerOn();
  const { core } = bench;
  const [a, b] = core.devices as [Device, Device];
  await core.unbind(a);
  expect(log.splice(0)).toEqual(['probe a', 'probe b', 'remove b', 'remove a']);
  expect(b.state).toMatchObject({ kind: 'deferred', reason: 'supplier a not ready', waitsFor: '/a' });
  await core.bind(a);
  expect(log.splice(0)).toEqual(['probe a', 'probe b']);
  await core.unbind(b);
  await core.unbind(a);
  expect(log).toEqual(['remove b', 'remove a']);
});

test('a supplier cannot stand below its consumer or depend on it, through however many others', async () => {
  const bench = benchOf(
    treeOf('/ { a { compatible = "x,a"; }; b { compatible = "x,a"; }; c { compatible = "x,a"; }; };'),
    {
      drivers: [binds('x,a')],
    },
  );
  await bench.powerOn();
  const { core } = bench;
  const [a, b, c] = core.devices as [Device, Device, Device];
  const below = await core.addDevice({ name: 'below', bus: PLATFORM_BUS, parent: a });
  core.deviceLinkAdd(c, b);
  core.deviceLinkAdd(b, a);
  for (const supplier of [a, b, c, below]) {
    expect(() => core.deviceLinkAdd(a, supplier)).toThrow(
      `/a: device link: ${supplier.path} depends on it and cannot be its supplier (EINVAL)`,
    );
  }
});
