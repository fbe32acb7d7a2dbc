import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { componentAdd, componentMasterAddWithMatch } from '../core/component.js';
import type { Driver } from '../core/device.js';
import { mipiDsiAttach, mipiDsiDriver, mipiDsiHostRegister } from '../core/mipi-dsi.js';
import { PLATFORM_BUS, platformDriver } from '../core/platform-device.js';

const TREE = `/ { #address-cells = <1>; #size-cells = <1>;
  mmsys@1000 { compatible = "x,mmsys"; reg = <0x1000 0x10>; };
  dsi@2000 { compatible = "x,dsi"; reg = <0x2000 0x10>; #address-cells = <1>; #size-cells = <0>;
    panel@0 { compatible = "boe,panel"; reg = <0>; }; };
  dpi@3000 { compatible = "x,dpi"; reg = <0x3000 0x10>; }; };`;

/** A controller without node below that of its node, whose parts are a DSI and a DPI. */
const mmsys = platformDriver({
  name: 'mmsys',
  compatible: ['x,mmsys'],
  probe: async (dev) => void (await dev.core.addDevice({ name: 'drm.0.auto', bus: PLATFORM_BUS, parent: dev })),
});
const drm = platformDriver({
  name: 'drm',
  compatible: [],
  matches: ({ name }) => name === 'drm.0.auto',
  async probe(dev) {
    const matches = ['/dsi@2000', '/dpi@3000'].map((what) => ({
      what,
      matches: (one: { path: string }) => one.path === what,
    }));
    const ops = { bind: () => undefined, unbind: () => undefined };
    dev.scope.defer(await componentMasterAddWithMatch(dev, ops, matches));
  },
});
const dsi = platformDriver({
  name: 'dsi',
  compatible: ['x,dsi'],
  async probe(dev) {
    let leave = (): Promise<void> => Promise.resolve();
    const attach = async () => {
      leave = await componentAdd(dev, { bind: () => undefined });
    };
    dev.scope.defer(await mipiDsiHostRegister(dev, { attach, detach: () => leave() }));
  },
});
const dpi = platformDriver({
  name: 'dpi',
  compatible: ['x,dpi'],
  probe: async (dev) => dev.scope.defer(await componentAdd(dev, { bind: () => undefined })),
});
const panel = mipiDsiDriver({
  name: 'panel',
  compatible: ['boe,panel'],
  probe: async (one) => one.dev.scope.defer(await mipiDsiAttach(one)),
});

async function report(drivers: readonly Driver[]) {
  const bench = benchOf(treeOf(TREE), { drivers });
  await bench.powerOn();
  return bench.report();
}

const MMSYS = { path: '/mmsys@1000', compatible: 'x,mmsys', state: 'bound', device: '1000.mmsys', driver: 'mmsys' };
const DRM = { path: '/mmsys@1000/drm.0.auto', compatible: '', device: 'drm.0.auto' };
const PANEL = { path: '/dsi@2000/panel@0', compatible: 'boe,panel', device: '2000.dsi.0' };
const DSI = { path: '/dsi@2000', compatible: 'x,dsi', state: 'bound', device: '2000.dsi', driver: 'dsi' };
const DPI = { path: '/dpi@3000', compatible: 'x,dpi', device: '3000.dpi' };

test('a device without node stands behind its parent, bound or not', async () => {
  expect(await report([mmsys, dsi, panel])).toEqual([
    MMSYS,
    { ...DRM, state: 'no driver' },
    DSI,
    { ...PANEL, state: 'bound', driver: 'panel' },
    { ...DPI, state: 'no driver' },
  ]);
});

test('a bound master says which components it waits for, and a component on DSI for which panel', async () => {
  const waits = 'waits for its panel or bridge /dsi@2000/panel@0 (boe,panel): no driver';
  expect(await report([mmsys, drm, dsi, dpi])).toEqual([
    MMSYS,
    { ...DRM, state: 'bound', driver: 'drm', waitsFor: '/dsi@2000', reason: 'waits for component /dsi@2000' },
    { ...DSI, waitsFor: '/dsi@2000/panel@0', reason: waits },
    { ...PANEL, state: 'no driver' },
    { ...DPI, state: 'bound', driver: 'dpi' },
  ]);
});

test('several missing components are all named', async () => {
  const [, master] = await report([mmsys, drm]);
  expect(master).toMatchObject({ waitsFor: '/dsi@2000', reason: 'waits for components /dsi@2000, /dpi@3000' });
});

test('who waits for nothing says nothing', async () => {
  expect(await report([mmsys, drm, dsi, dpi, panel])).toEqual([
    MMSYS,
    { ...DRM, state: 'bound', driver: 'drm' },
    DSI,
    { ...PANEL, state: 'bound', driver: 'panel' },
    { ...DPI, state: 'bound', driver: 'dpi' },
  ]);
});

test('a device without parent and node stands at the end', async () => {
  const bench = benchOf(treeOf(TREE));
  await bench.powerOn();
  await bench.core.addDevice({ name: 'loop.0', bus: PLATFORM_BUS });
  expect(bench.report().at(-1)).toEqual({ path: '/loop.0', compatible: '', state: 'no driver', device: 'loop.0' });
});
