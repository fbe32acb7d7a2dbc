import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import type { Device } from './device.js';
import { Drm, type DrmConnector, DrmDevice, drmDevRegister } from './drm.js';
import { DrmBridge, drmBridgeAttach, type DrmEncoder } from './drm-bridge.js';
import { platformDriver } from './platform-device.js';

async function gpu() {
  const driver = platformDriver({ name: 'gpu', compatible: ['x,gpu'], probe: () => undefined });
  const bench = benchOf(treeOf('/ { gpu { compatible = "x,gpu"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  const [dev] = bench.core.devices as [Device];
  return { bench, dev, core: bench.core };
}

const PORCHES = { hsyncStart: 0, hsyncEnd: 0, htotal: 0, vsyncStart: 0, vsyncEnd: 0, vtotal: 0, clockKhz: 1 };

function filled(dev: Device, possibleCrtcs = 1): DrmDevice {
  const drm = new DrmDevice(dev);
  const encoder: DrmEncoder = { name: 'DSI-31', dev, possibleCrtcs, bridges: [] };
  const modes = [
    { hdisplay: 1200, vdisplay: 1920, ...PORCHES },
    { hdisplay: 640, vdisplay: 480, ...PORCHES },
  ];
  const dsi: DrmConnector = { name: 'DSI-1', encoder, modes };
  drm.addCrtc({ index: 0, name: 'main', components: ['OVL0', 'DSI0'] });
  drm.addEncoder(encoder);
  drm.addConnector(dsi);
  drm.addConnector({ name: 'HDMI-A-1', encoder, modes: [], status: 'disconnected' });
  return drm;
}

test('a registered device is a card with a directory for each connector', async () => {
  const { dev, core } = await gpu();
  const drm = filled(dev);
  drmDevRegister(drm);
  expect(core.subsystem(Drm).devices).toEqual([drm]);
  const [card] = core.classDevices('drm');
  expect([drm.name, card?.sysfs.name, card?.parent]).toEqual(['card0', 'card0', dev]);
  expect([...(card?.sysfs.dirs.keys() ?? [])]).toEqual(['card0-DSI-1', 'card0-HDMI-A-1']);
  const [dsi, hdmi] = [...(card?.sysfs.dirs.values() ?? [])];
  expect([await dsi?.read('status'), await dsi?.read('modes')]).toEqual(['connected\n', '1200x1920\n640x480\n']);
  expect([await hdmi?.read('status'), await hdmi?.read('modes')]).toEqual(['disconnected\n', '']);
});

test('a device that goes frees its number, also while its parent stays bound', async () => {
  const { dev, core } = await gpu();
  const [first, second] = [filled(dev), filled(dev)];
  const leave = drmDevRegister(first);
  drmDevRegister(second);
  leave();
  expect([first.name, second.name, core.subsystem(Drm).devices]).toEqual([undefined, 'card1', [second]]);
  expect(core.classDevices('drm').map(({ nr }) => nr)).toEqual([1]);
  drmDevRegister(first);
  expect([first.name, dev.held]).toEqual(['card0', 0]);
});

test('an encoder that shows what is not there is warned of in the words of Linux', async () => {
  const { bench, dev } = await gpu();
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(`${event.level} ${event.text}`));
  drmDevRegister(filled(dev, 2));
  // Facts ofgraph M6, with this encoder's name.
  const text = 'Bogus possible_crtcs: [ENCODER:31:DSI-31] possible_crtcs=0x2 (full crtc mask=0x1)';
  expect(lines).toEqual([`warn gpu gpu: ${text}`]);
});

test('what was added goes with its answer, an encoder with its chain', async () => {
  const { dev } = await gpu();
  const drm = new DrmDevice(dev);
  const encoder: DrmEncoder = { name: 'DSI-31', dev, possibleCrtcs: 1, bridges: [] };
  const undo = [
    drm.addCrtc({ index: 0, name: 'main', components: [] }),
    drm.addEncoder(encoder),
    drm.addConnector({ name: 'DSI-1', encoder, modes: [] }),
  ];
  await drmBridgeAttach(encoder, new DrmBridge({ dev, type: 'DSI' }));
  expect([drm.crtcs.length, drm.encoders.length, drm.connectors.length, encoder.bridges.length]).toEqual([1, 1, 1, 1]);
  for (const leave of undo.reverse()) leave();
  expect([drm.crtcs, drm.encoders, drm.connectors, encoder.bridges]).toEqual([[], [], [], []]);
});
