import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { ms } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { TraceEvent } from '../base/trace.js';
import { platformDriver } from './platform-device.js';

const TREE = '/ { a { compatible = "x,s"; }; b { compatible = "x,s"; }; c { compatible = "x,plain"; }; };';

function machine(refuse: { readonly [op in 'suspend' | 'resume']?: string } = {}) {
  const log: string[] = [];
  const events: TraceEvent[] = [];
  const act = (op: 'suspend' | 'resume', name: string) => async () => {
    log.push(`${op} ${name}`);
    if (refuse[op] === name) throw new SysError('ENXIO', 'no answer');
  };
  const sleeper = platformDriver({
    name: 'sleeper',
    compatible: ['x,s'],
    probe(dev) {
      dev.pm = { suspend: act('suspend', dev.name), resume: act('resume', dev.name) };
    },
  });
  const plain = platformDriver({ name: 'plain', compatible: ['x,plain'], probe: () => undefined });
  const bench = benchOf(treeOf(TREE), { drivers: [sleeper, plain] });
  bench.trace.attach((event) => events.push(event));
  return { bench, log, events };
}

test('devices sleep youngest first and wake oldest first; who has no callback is not asked', async () => {
  const { bench, log, events } = machine();
  await bench.powerOn();
  await bench.suspend();
  await bench.suspend(); // who sleeps is not sent to sleep again
  await bench.run(ms(1));
  await bench.resume();
  await bench.resume();
  expect(log).toEqual(['suspend b', 'suspend a', 'resume a', 'resume b']);
  const told = events.flatMap((e) => (e.kind === 'device_pm_callback' ? [`${e.where} ${e.op} ${e.ret}`] : []));
  expect(told).toEqual(['/b suspend 0', '/a suspend 0', '/a resume 0', '/b resume 0']);
});

test('when one refuses to sleep those that sleep are woken, and its error goes up', async () => {
  const { bench, log, events } = machine({ suspend: 'a' });
  await bench.powerOn();
  await expect(bench.suspend()).rejects.toMatchObject({ code: 'ENXIO' });
  expect(log).toEqual(['suspend b', 'suspend a', 'resume b']);
  const words = events.flatMap((e) => (e.kind === 'printk' ? [e.text] : []));
  expect(words).toEqual(['sleeper a: PM: failed to suspend: error -6']);
});

test('one that does not wake does not keep the others asleep', async () => {
  const { bench, log } = machine({ resume: 'a' });
  await bench.powerOn();
  await bench.suspend();
  await bench.resume();
  expect(log.slice(2)).toEqual(['resume a', 'resume b']);
});

test('what a driver set for sleeping ends with its unbinding', async () => {
  const { bench, log } = machine();
  await bench.powerOn();
  const [dev] = bench.core.devices;
  if (dev !== undefined) await bench.core.unbind(dev);
  await bench.suspend();
  expect(log).toEqual(['suspend b']);
});
