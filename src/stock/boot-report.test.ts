import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { DrmDevice, drmDevRegister } from '../core/drm.js';
import { platformDriver } from '../core/platform-device.js';
import { reportBoot, STATES } from './boot-report.js';

const gpu = platformDriver({
  name: 'gpu',
  compatible: ['x,gpu'],
  probe(dev) {
    const drm = new DrmDevice(dev);
    drm.addCrtc({ index: 0, name: 'main', components: ['OVL0'] });
    dev.scope.defer(drmDevRegister(drm));
  },
});

async function boot(drivers: readonly (typeof gpu)[]) {
  const bench = benchOf(treeOf('/ { gpu { compatible = "x,gpu"; }; };'), { drivers });
  await bench.powerOn();
  return reportBoot(bench, STATES);
}

test('displays are part of the report where there are any', async () => {
  const display = { path: '/gpu', device: 'gpu', card: 'card0', crtc: 0, name: 'main', components: ['OVL0'] };
  expect((await boot([gpu])).displays).toEqual([{ ...display, outputs: [] }]);
  expect('displays' in (await boot([]))).toBe(false);
});
