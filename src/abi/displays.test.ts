import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import type { Device } from '../core/device.js';
import { DrmDevice, drmDevRegister } from '../core/drm.js';
import type { DrmEncoder } from '../core/drm-bridge.js';
import { platformDriver } from '../core/platform-device.js';
import type { NodeReport } from '../bench/report.js';
import { absentDisplays, readDisplays } from './displays.js';

const PORCHES = { hsyncStart: 0, hsyncEnd: 0, htotal: 0, vsyncStart: 0, vsyncEnd: 0, vtotal: 0, clockKhz: 1 };

/** Two pipelines; the second can go to two encoders, of which one has no connector. */
function display(dev: Device): DrmDevice {
  const drm = new DrmDevice(dev);
  const [dsi, dpi, dp] = [
    ['DSI-31', 1],
    ['TMDS-33', 2],
    ['TMDS-35', 2],
  ].map(([name, possibleCrtcs]) => ({ name, dev, possibleCrtcs, bridges: [] }) as DrmEncoder) as [
    DrmEncoder,
    DrmEncoder,
    DrmEncoder,
  ];
  drm.addCrtc({ index: 0, name: 'main', components: ['OVL0', 'RDMA0', 'DSI0'] });
  drm.addCrtc({ index: 1, name: 'ext', components: ['RDMA1', 'DPI0'] });
  for (const encoder of [dsi, dpi, dp]) drm.addEncoder(encoder);
  drm.addConnector({ name: 'HDMI-A-1', encoder: dpi, modes: [], status: 'disconnected' });
  drm.addConnector({ name: 'DSI-1', encoder: dsi, modes: [{ hdisplay: 1200, vdisplay: 1920, ...PORCHES }] });
  return drm;
}

async function machine(drms: (dev: Device) => readonly DrmDevice[]) {
  const driver = platformDriver({
    name: 'gpu',
    compatible: ['x,gpu'],
    probe: (dev) => {
      for (const drm of drms(dev)) dev.scope.defer(drmDevRegister(drm));
    },
  });
  const bench = benchOf(treeOf('/ { gpu@10 { compatible = "x,gpu"; reg = <0x10 4>; }; };'), { drivers: [driver] });
  await bench.powerOn();
  return bench.core;
}

test('a display is a CRTC with its blocks, and with each connector that it can show a picture on', async () => {
  const from = { path: '/gpu@10', device: '10.gpu', card: 'card0' };
  expect(readDisplays(await machine((dev) => [display(dev)]))).toEqual([
    {
      ...from,
      crtc: 0,
      name: 'main',
      components: ['OVL0', 'RDMA0', 'DSI0'],
      outputs: [{ encoder: 'DSI-31', connector: 'DSI-1', status: 'connected', mode: '1200x1920' }],
    },
    {
      ...from,
      crtc: 1,
      name: 'ext',
      components: ['RDMA1', 'DPI0'],
      outputs: [{ encoder: 'TMDS-33', connector: 'HDMI-A-1', status: 'disconnected' }, { encoder: 'TMDS-35' }],
    },
  ]);
});

test('every card has its displays, and a device that is not registered has none', async () => {
  const core = await machine((dev) => {
    display(dev);
    return [display(dev), display(dev)];
  });
  expect(readDisplays(core).map(({ card, name }) => `${card} ${name}`)).toEqual([
    'card0 main',
    'card0 ext',
    'card1 main',
    'card1 ext',
  ]);
});

const MASTER = { path: '/mmsys/drm.0.auto', compatible: '', device: 'drm.0.auto' };
const BOUND = { ...MASTER, state: 'bound', driver: 'drm' } as const;

test.each<[string, readonly NodeReport[], string]>([
  [
    'a chain of those that wait is told to its end',
    [
      { ...BOUND, waitsFor: '/dpi', reason: 'waits for component /dpi' },
      {
        path: '/dpi',
        compatible: 'x,dpi',
        state: 'waits',
        waitsFor: '/hdmi',
        reason: '/dpi: waits for the panel or bridge /hdmi (x,hdmi): no driver (EPROBE_DEFER)',
      },
      { path: '/hdmi', compatible: 'x,hdmi', state: 'no driver' },
    ],
    'waits for component /dpi: waits for the panel or bridge /hdmi (x,hdmi): no driver',
  ],
  [
    'of several the first is followed, and named',
    [
      { ...BOUND, waitsFor: '/ovl', reason: 'waits for components /ovl, /dsi' },
      { path: '/ovl', compatible: 'x,ovl', state: 'failed', reason: '/ovl: irq: no interrupts (ENXIO)' },
    ],
    'waits for components /ovl, /dsi; /ovl failed: irq: no interrupts (ENXIO)',
  ],
  [
    'who has no driver ends it, where that was not said',
    [
      { ...BOUND, waitsFor: '/ovl', reason: 'waits for component /ovl' },
      { path: '/ovl', compatible: 'x,ovl', state: 'no driver' },
    ],
    'waits for component /ovl: no driver',
  ],
  [
    'a circle is told once',
    [
      { ...BOUND, waitsFor: '/a', reason: 'waits for /a' },
      { path: '/a', compatible: '', state: 'waits', waitsFor: '/b', reason: '/a: waits for /b' },
      { path: '/b', compatible: '', state: 'waits', waitsFor: '/a', reason: '/b: waits for /a' },
    ],
    'waits for /a: waits for /b: waits for /a',
  ],
  [
    'a failed probe',
    [{ ...MASTER, state: 'failed', driver: 'drm', reason: '/mmsys/drm.0.auto: probe: no path (EINVAL)' }],
    'failed: probe: no path (EINVAL)',
  ],
  ['one without driver', [{ ...MASTER, state: 'no driver' }], 'no driver'],
  ['one that nobody can explain', [BOUND], 'bound, and has made no display'],
])('a display that does not come up says why: %s', (_what, reports, reason) => {
  const other: NodeReport = { path: '/other', compatible: 'x', state: 'waits', driver: 'mouse', reason: 'waits' };
  expect(absentDisplays([...reports, other], new Set(['drm']))).toEqual([
    { path: MASTER.path, device: MASTER.device, reason },
  ]);
});
