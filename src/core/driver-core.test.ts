import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { SysError } from '../base/errno.js';
import type { TraceEvent } from '../base/trace.js';
import type { Device, Driver } from './device.js';
import { platformDriver } from './platform-device.js';

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
    { where: '/b', driver: 'b', reason: 'wait for supplier /a' },
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
      reason: 'wait for supplier /a',
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

test('a probe that never ends is told after a minute of virtual time', async () => {
  const hangs = platformDriver({ name: 'hangs', compatible: ['x,a'], probe: () => new Promise(() => undefined) });
  const bench = benchOf(treeOf('/ { };'), { drivers: [hangs] });
  await bench.powerOn();
  const slow = benchOf(treeOf('/ { a { compatible = "x,a"; }; };'), { drivers: [hangs] });
  await expect(slow.powerOn()).rejects.toThrow('bench: probing did not end within 60 s of virtual time (ETIMEDOUT)');
});
