import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { captureRig } from '../../../test/iio-rig.js';
import { treeOf } from '../../../test/lab.js';
import { type Duration, ms, s, us } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import type { Bench } from '../../bench/bench.js';
import type { Device } from '../device.js';
import { devmIioHrtimerTrigger, iioHrtimerTrigger } from './trig-hrtimer.js';
import { devmIioTriggerRegister, type IioTrigger, iioTriggerByName, type IioTriggerSpec } from './trigger.js';
import { platformDriver } from '../platform-device.js';

/** A machine whose one device has a trigger. */
async function triggerRig<T>(probe: (dev: Device) => T): Promise<{ bench: Bench; dev: Device; made: T }> {
  let made: T | undefined;
  const driver = platformDriver({ name: 'clock', compatible: ['x,clock'], probe: (dev) => void (made = probe(dev)) });
  const bench = benchOf(treeOf('/ { clock { compatible = "x,clock"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  const dev = bench.core.devices.find(({ name }) => name === 'clock') as Device;
  return { bench, dev, made: made as T };
}

/** A consumer that logs when it runs, for as long as it takes. */
function consumer(
  log: string[],
  dev: Device,
  name: string,
  takes: Duration = 0,
): (timestampNs: number) => Promise<void> {
  return async (timestampNs) => {
    log.push(`${name} ${timestampNs}`);
    if (takes > 0) await dev.clock.sleep(takes);
  };
}

test('a trigger is a member of its class with a name, and gone after the unbind', async () => {
  const { bench, dev, made } = await triggerRig((device) => [
    devmIioTriggerRegister(device, { name: 'first' }),
    devmIioTriggerRegister(device, { name: 'second', attributes: [{ name: 'own', mode: 0o444 }] }),
  ]);
  const [first, second] = made as [IioTrigger, IioTrigger];
  expect(bench.core.classDevices('iio-trigger')).toEqual([first, second]);
  expect([second.nr, second.sysfs.name, [...second.sysfs.attributes.keys()]]).toEqual([1, 'trigger1', ['name', 'own']]);
  expect(await second.sysfs.read('name')).toBe('second\n');
  expect(['first', 'second\n', '', 'third'].map((name) => iioTriggerByName(bench.core, name))).toEqual([
    first,
    second,
    ...[undefined, undefined],
  ]);
  await bench.drive('unbinding', s(1), () => bench.core.unbind(dev));
  expect([bench.core.classDevices('iio-trigger'), first.sysfs.attributes.size]).toEqual([[], 0]);
});

test('no two triggers have one name', async () => {
  const { made } = await triggerRig((dev) => {
    devmIioTriggerRegister(dev, { name: 'same' });
    try {
      return devmIioTriggerRegister(dev, { name: 'same' });
    } catch (e) {
      return e;
    }
  });
  expect(made).toMatchObject({ code: 'EEXIST', message: expect.stringContaining("Duplicate trigger name 'same'") });
});

test('the first consumer starts a trigger and the last stops it', async () => {
  const log: string[] = [];
  const { dev, made } = await triggerRig((device) =>
    devmIioTriggerRegister(device, { name: 't', setState: async (on) => void log.push(on ? 'on' : 'off') }),
  );
  const [a, b] = [consumer(log, dev, 'a'), consumer(log, dev, 'b')];
  await made.attach(a);
  await made.attach(b);
  await made.detach(a);
  log.push('one is left');
  await made.detach(b);
  expect(log).toEqual(['on', 'one is left', 'off']);
});

test('all consumers run after the call that fires, with the moment that it names', async () => {
  const log: string[] = [];
  const { bench, dev, made } = await triggerRig((device) => devmIioTriggerRegister(device, { name: 't' }));
  await made.attach(consumer(log, dev, 'a'));
  await made.attach(consumer(log, dev, 'b'));
  made.poll(77);
  expect(log).toEqual([]);
  await bench.run(0);
  expect(log).toEqual(['a 77', 'b 77']);
});

test('while one consumer runs nobody captures, and what was missed is counted', async () => {
  const log: string[] = [];
  const { bench, dev, made } = await triggerRig((device) => devmIioTriggerRegister(device, { name: 't' }));
  await made.attach(consumer(log, dev, 'quick'));
  await made.attach(consumer(log, dev, 'slow', ms(15)));
  for (let at = 0; at < 4; at++) {
    made.poll(at);
    await bench.run(ms(10));
  }
  expect([log, made.missed]).toEqual([['quick 0', 'slow 0', 'quick 2', 'slow 2'], 2]);
});

test('a trigger that does not start takes no consumer', async () => {
  const log: string[] = [];
  const setState: IioTriggerSpec['setState'] = (on) => {
    log.push(on ? 'on' : 'off');
    if (log.length === 1) throw new SysError('EIO', 'no start');
  };
  const { bench, dev, made } = await triggerRig((device) => devmIioTriggerRegister(device, { name: 't', setState }));
  const run = consumer(log, dev, 'a');
  await expect(made.attach(run)).rejects.toMatchObject({ code: 'EIO' });
  made.poll(1);
  await bench.run(0);
  await made.attach(run);
  expect(log).toEqual(['on', 'on']);
});

test('a trigger that does not stop loses its consumer all the same', async () => {
  const log: string[] = [];
  const setState = (on: boolean): void => {
    if (!on) throw new SysError('EIO', 'no stop');
  };
  const { bench, dev, made } = await triggerRig((device) => devmIioTriggerRegister(device, { name: 't', setState }));
  const run = consumer(log, dev, 'a');
  await made.attach(run);
  await expect(made.detach(run)).rejects.toMatchObject({ code: 'EIO' });
  made.poll(1);
  await bench.run(0);
  expect(log).toEqual([]);
});

test('when this ends a consumer that is taken out has ended too', async () => {
  const log: string[] = [];
  const { bench, dev, made } = await triggerRig((device) => devmIioTriggerRegister(device, { name: 't' }));
  const run = consumer(log, dev, 'a', ms(5));
  await made.attach(run);
  made.poll(1);
  await bench.drive('detaching', s(1), () => made.detach(run));
  expect([log, bench.clock.now()]).toEqual([['a 1'], ms(5)]);
});

test('a trigger that goes away while it is used stops, is asked nothing more and takes nobody', async () => {
  const log: string[] = [];
  const setState = (on: boolean): void => void log.push(on ? 'on' : 'off');
  const { bench, dev, made } = await triggerRig((device) => devmIioTriggerRegister(device, { name: 't', setState }));
  const run = async (): Promise<void> => void log.push('run');
  await made.attach(run);
  await bench.drive('unbinding', s(1), () => bench.core.unbind(dev));
  made.poll(1);
  await made.detach(run);
  await expect(made.attach(run)).rejects.toMatchObject({ code: 'ENODEV' });
  expect(log).toEqual(['on', 'off']);
});

/** When a trigger fires within a time, in microseconds. */
async function firings(bench: Bench, trigger: IioTrigger, wait: Duration): Promise<number[]> {
  const times: number[] = [];
  const run = async (timestampNs: number): Promise<void> => void times.push(timestampNs / us(1));
  await trigger.attach(run);
  await bench.run(wait);
  await trigger.detach(run);
  return times;
}

test('the timer fires a hundred times a second, first after one period', async () => {
  const { bench, made } = await triggerRig((dev) => devmIioHrtimerTrigger(dev, 'timer'));
  expect(await made.sysfs.read('sampling_frequency')).toBe('100.000000\n');
  expect(await firings(bench, made, ms(35))).toEqual([10_000, 20_000, 30_000]);
  expect(await firings(bench, made, ms(15))).toEqual([45_000]);
});

test('its rate has three decimals, and a new one holds from the next firing on', async () => {
  const { bench, made } = await triggerRig((dev) => devmIioHrtimerTrigger(dev, 'timer'));
  for (const [text, shown] of [
    ['1000\n', '1000.000000\n'],
    ['0.5', '0.500000\n'],
    ['12.3456', '12.345000\n'],
    ['.001', '0.001000\n'],
    ['4294967.295', '4294967.295000\n'],
  ] as const) {
    await made.sysfs.write('sampling_frequency', text);
    expect(await made.sysfs.read('sampling_frequency')).toBe(shown);
  }
  await made.sysfs.write('sampling_frequency', '3');
  // Linux's integer division: 10^12 / 3000 ns.
  expect(await firings(bench, made, s(1))).toEqual([333_333.333, 666_666.666, 999_999.999]);
});

test('a rate while it runs is that of the periods after the one that runs', async () => {
  const { bench, made } = await triggerRig((dev) => devmIioHrtimerTrigger(dev, 'timer'));
  const times: number[] = [];
  const run = async (timestampNs: number): Promise<void> => void times.push(timestampNs / ms(1));
  await made.attach(run);
  await bench.run(ms(15));
  await made.sysfs.write('sampling_frequency', '1000');
  await bench.run(ms(8));
  await made.detach(run);
  expect(times).toEqual([10, 20, 21, 22, 23]);
});

test.each([
  ['0', 'EINVAL'],
  ['0.0001', 'EINVAL'],
  ['-1', 'ERANGE'],
  ['-0.5', 'ERANGE'],
  ['4294967.296', 'EINVAL'],
  ['fast', 'EINVAL'],
])('a rate of %s is %s', async (text, code) => {
  const { made } = await triggerRig((dev) => devmIioHrtimerTrigger(dev, 'timer'));
  await expect(made.sysfs.write('sampling_frequency', text)).rejects.toMatchObject({ code });
  expect(await made.sysfs.read('sampling_frequency')).toBe('100.000000\n');
});

test('an unbind of a running timer leaves no timer', async () => {
  const { bench, dev, made } = await triggerRig((device) => devmIioHrtimerTrigger(device, 'timer'));
  await made.attach(async () => undefined);
  await bench.run(ms(25));
  await bench.drive('unbinding', s(1), () => bench.core.unbind(dev));
  expect([dev.clock.pending, bench.clock.pending]).toEqual([0, 0]);
});

test('a timer without a device gets one of its own, which can be removed with it', async () => {
  const { bench } = await triggerRig(() => undefined);
  const make = (name: string) => bench.drive('making', s(1), () => iioHrtimerTrigger(bench.core, name));
  const trigger = await make('timer0');
  await make('timer1');
  await expect(make('timer0')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(bench.core.classDevices('iio-trigger').map(({ sysfs }) => sysfs.name)).toEqual(['trigger0', 'trigger1']);
  await bench.drive('removing', s(1), () => bench.core.removeDevice(trigger.parent));
  expect(bench.core.classDevices('iio-trigger').map(({ sysfs }) => sysfs.name)).toEqual(['trigger1']);
  await make('timer0');
  expect((bench.core.classDevices('iio-trigger') as IioTrigger[]).map(({ nr, name }) => `${nr} ${name}`)).toEqual([
    '1 timer1',
    '0 timer0',
  ]);
});

test('a timer whose name a trigger of some device has is EEXIST, and leaves no device', async () => {
  const { bench } = await triggerRig((dev) => devmIioTriggerRegister(dev, { name: 'taken' }));
  const before = bench.core.devices.length;
  const making = bench.drive('making', s(1), () => iioHrtimerTrigger(bench.core, 'taken'));
  await expect(making).rejects.toMatchObject({ code: 'EEXIST' });
  expect(bench.core.devices.length).toBe(before);
});

test('a device chooses a trigger by its name; an empty or unknown one leaves it without', async () => {
  const rig = await captureRig(1);
  const seen: string[] = [];
  for (const text of ['timer0\n', '\n', 'timer0', '\0', 'timer0\0', 'no such', 'timer0', 'timer0\n\n']) {
    await rig.write('trigger/current_trigger', text);
    seen.push(await rig.read('trigger/current_trigger'));
  }
  expect(seen).toEqual(['timer0\n', '', 'timer0\n', '', 'timer0\n', '', 'timer0\n', '']);
});
