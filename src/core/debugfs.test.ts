import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { debugfsDir, debugfsRoot } from './debugfs.js';
import type { Device } from './device.js';
import { platformDriver } from './platform-device.js';

test('each machine has a debugfs of its own, and a name in it is taken once', async () => {
  const driver = platformDriver({ name: 'a', compatible: ['x,a'], probe: (dev) => void debugfsDir(dev, 'a') });
  const source = '/ { a { compatible = "x,a"; }; b { compatible = "x,a"; }; };';
  const [one, two] = [1, 2].map(() => benchOf(treeOf(source), { drivers: [driver] }));
  await one?.powerOn();
  expect(one?.report()).toMatchObject([
    { state: 'bound' },
    { state: 'failed', reason: expect.stringContaining('EEXIST') },
  ]);
  const dirs = [one, two].map((bench) => [...(bench === undefined ? [] : debugfsRoot(bench.core).dirs.keys())]);
  expect(dirs).toEqual([['a'], []]);
  await one?.core.unbind(one.core.devices[0] as Device);
  expect(one && debugfsRoot(one.core).dirs.size).toBe(0);
});
