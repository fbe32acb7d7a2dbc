// Runtime power: who needs a device keeps it awake, and after a while without anybody it sleeps.
import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { ms } from '../base/clock.js';
import { Bug } from '../base/assert.js';
import { SysError } from '../base/errno.js';
import type { Bench } from '../bench/bench.js';
import type { Device } from './device.js';
import { platformDriver } from './platform-device.js';
import {
  devmPmRuntimeEnable,
  pmRuntimeActive,
  pmRuntimeForceResume,
  pmRuntimeForceSuspend,
  pmRuntimeMarkLastBusy,
  pmRuntimePutAutosuspend,
  pmRuntimePutSync,
  pmRuntimeResumeAndGet,
  pmRuntimeUsage,
} from './pm-runtime.js';

interface Machine {
  readonly bench: Bench;
  readonly dev: Device;
  readonly plain: Device;
  readonly log: string[];
  readonly refuse: Set<string>;
}

/** A device that sleeps after 100 ms, and one without runtime power management. */
async function machine(): Promise<Machine> {
  const log: string[] = [];
  const refuse = new Set<string>();
  const found: Device[] = [];
  const act = (dev: Device, what: string) => (): void => {
    log.push(`${dev.clock.now() / 1_000_000} ${what}`);
    if (refuse.has(what)) throw new SysError('EIO', what);
  };
  const driver = platformDriver({
    name: 'sleeper',
    compatible: ['x,s', 'x,plain'],
    probe(dev) {
      found.push(dev);
      if (dev.matched !== 'x,s') return;
      devmPmRuntimeEnable(dev, { suspend: act(dev, 'sleeps'), resume: act(dev, 'wakes') }, ms(100));
    },
  });
  const bench = benchOf(treeOf('/ { a { compatible = "x,s"; }; b { compatible = "x,plain"; }; };'), {
    drivers: [driver],
  });
  bench.trace.attach((e) => e.kind === 'printk' && e.level === 'err' && log.push(e.text));
  await bench.powerOn();
  return { bench, dev: found[0] as Device, plain: found[1] as Device, log, refuse };
}

test('it wakes for the first who needs it and sleeps 100 ms after the last', async () => {
  const { bench, dev, log } = await machine();
  expect(pmRuntimeActive(dev)).toBe(false);
  pmRuntimeResumeAndGet(dev);
  pmRuntimeResumeAndGet(dev);
  pmRuntimePutAutosuspend(dev);
  await bench.run(ms(300));
  expect([pmRuntimeActive(dev), pmRuntimeUsage(dev), log]).toEqual([true, 1, ['0 wakes']]);
  pmRuntimePutAutosuspend(dev);
  await bench.run(ms(60));
  pmRuntimeMarkLastBusy(dev);
  await bench.run(ms(60));
  expect(pmRuntimeActive(dev)).toBe(true);
  await bench.run(ms(60));
  expect(log).toEqual(['0 wakes', '460 sleeps']);
});

test('who needs it meanwhile keeps it awake', async () => {
  const { bench, dev, log } = await machine();
  pmRuntimeResumeAndGet(dev);
  pmRuntimePutAutosuspend(dev);
  await bench.run(ms(50));
  pmRuntimeResumeAndGet(dev);
  await bench.run(ms(500));
  pmRuntimePutSync(dev);
  expect(log).toEqual(['0 wakes', '550 sleeps']);
});

test('one that does not wake is nobody’s; one that does not sleep stays awake and says so', async () => {
  const { dev, log, refuse } = await machine();
  refuse.add('wakes').add('sleeps');
  expect(() => pmRuntimeResumeAndGet(dev)).toThrow('wakes (EIO)');
  expect([pmRuntimeUsage(dev), pmRuntimeActive(dev)]).toEqual([0, false]);
  refuse.delete('wakes');
  pmRuntimeResumeAndGet(dev);
  pmRuntimePutSync(dev);
  expect(pmRuntimeActive(dev)).toBe(true);
  expect(log.at(-1)).toBe('sleeper a: runtime suspend failed: sleeps (EIO)');
  refuse.clear();
});

test('with the machine it sleeps whoever needs it, and wakes for those who did', async () => {
  const { dev, log } = await machine();
  pmRuntimeForceSuspend(dev);
  expect(() => pmRuntimeResumeAndGet(dev)).toThrow('/a: runtime PM: the machine sleeps (EACCES)');
  pmRuntimeForceResume(dev);
  pmRuntimeResumeAndGet(dev);
  pmRuntimeForceSuspend(dev);
  pmRuntimeForceResume(dev);
  pmRuntimePutSync(dev);
  expect(log).toEqual(['0 wakes', '0 sleeps', '0 wakes', '0 sleeps']);
});

test('a device without it is always awake, and cannot be asked for', async () => {
  const { plain } = await machine();
  expect([pmRuntimeActive(plain), pmRuntimeUsage(plain)]).toEqual([true, 0]);
  expect(() => pmRuntimeResumeAndGet(plain)).toThrow('/b: runtime PM: has no runtime PM (EACCES)');
});

test('one put too many is our mistake', async () => {
  const { dev } = await machine();
  expect(() => pmRuntimePutSync(dev)).toThrow(Bug);
});

test('when the driver goes the device sleeps, and references that are left are told (rpm-L1)', async () => {
  const { bench, dev, log } = await machine();
  pmRuntimeResumeAndGet(dev);
  await bench.core.unbind(dev);
  expect(log).toEqual(['0 wakes', 'sleeper a: runtime PM: 1 reference(s) left', '0 sleeps']);
});
