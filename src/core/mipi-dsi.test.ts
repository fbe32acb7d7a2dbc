import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import type { Bench } from '../bench/bench.js';
import type { Device, Driver } from './device.js';
import { type I2cClient, i2cDriver } from './i2c.js';
import {
  dsiHostAwaits,
  mipiDsiAttach,
  MipiDsiDevice,
  mipiDsiDeviceRegisterFull,
  mipiDsiDeviceUnregister,
  mipiDsiDriver,
  type MipiDsiHostOps,
  mipiDsiHostRegister,
  ofFindMipiDsiHostByNode,
} from './mipi-dsi.js';
import { platformDriver } from './platform-device.js';

function host(log: string[] = [], ops: Partial<MipiDsiHostOps> = {}): Driver {
  return platformDriver({
    name: 'dsi',
    compatible: ['x,dsi'],
    async probe(dev) {
      log.push(`probe ${dev.name}`);
      const attach = (one: MipiDsiDevice) => void log.push(`attach ${one.dev.name} ${one.lanes} ${one.format}`);
      const detach = (one: MipiDsiDevice) => void log.push(`detach ${one.dev.name}`);
      dev.scope.defer(await mipiDsiHostRegister(dev, { attach, detach, ...ops }));
    },
  });
}

const panel = (log: string[] = []): Driver =>
  mipiDsiDriver({
    name: 'panel',
    compatible: ['x,panel'],
    async probe(dsi) {
      log.push(`probe ${dsi.dev.name}`);
      dsi.lanes = 4;
      dsi.dev.scope.defer(() => void log.push(`remove ${dsi.dev.name}`));
      dsi.dev.scope.defer(await mipiDsiAttach(dsi));
    },
  });

const dsi = (body: string) => `/ { #address-cells = <1>; #size-cells = <1>;
  dsi@1000 { compatible = "x,dsi"; reg = <0x1000 0x10>; #address-cells = <1>; #size-cells = <0>; ${body} }; };`;
const PANEL = 'panel@0 { compatible = "x,panel"; reg = <0>; };';

const at = (bench: Bench, path: string) => bench.core.devices.find((dev) => dev.path === path) as Device;

async function machine(source: string, drivers: readonly Driver[]): Promise<Bench> {
  const bench = benchOf(treeOf(source), { drivers });
  await bench.powerOn();
  return bench;
}

test('a host makes a peripheral of each available child with a reg, named by host and channel', async () => {
  const lines: string[] = [];
  const bench = benchOf(
    treeOf(
      dsi(`ports { port@0 { reg = <0>; }; }; port { };
        b@2 { compatible = "x,b"; reg = <2>; }; a@0 { compatible = "y,panel"; reg = <0>; };
        off@1 { compatible = "x,off"; reg = <1>; status = "disabled"; };
        far@4 { compatible = "x,far"; reg = <4>; }; again@2 { compatible = "x,again"; reg = <2>; };
        nameless@3 { reg = <3>; }; short@3 { compatible = "x,short"; reg = [00]; };`),
    ),
    { drivers: [host()] },
  );
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(event.text));
  await bench.powerOn();
  const made = bench.core.devices.filter(({ outer }) => outer instanceof MipiDsiDevice);
  expect(made.map(({ bus, name, path }) => `${bus.name} ${name} ${path}`)).toEqual([
    'mipi-dsi 1000.dsi.2 /dsi@1000/b@2',
    'mipi-dsi 1000.dsi.0 /dsi@1000/a@0',
  ]);
  // drivers/gpu/drm/drm_mipi_dsi.c.
  expect(lines).toEqual([
    'dsi 1000.dsi: invalid virtual channel: 4',
    'dsi 1000.dsi: failed to add DSI device -17',
    'dsi 1000.dsi: modalias failure on /dsi@1000/nameless@3',
    'dsi 1000.dsi: device node /dsi@1000/short@3 has no valid reg property: -22',
  ]);
});

test('a panel attaches inside its host, whichever driver comes first, and goes before it', async () => {
  for (const drivers of [1, -1]) {
    const log: string[] = [];
    const bench = await machine(
      dsi(PANEL),
      [host(log), panel(log)].sort(() => drivers),
    );
    expect(log).toEqual(['probe 1000.dsi', 'probe 1000.dsi.0', 'attach 1000.dsi.0 4 RGB888']);
    expect(dsiHostAwaits(at(bench, '/dsi@1000'))).toBe(undefined);
    log.length = 0;
    await bench.core.unbind(at(bench, '/dsi@1000'));
    expect(log).toEqual(['detach 1000.dsi.0', 'remove 1000.dsi.0']);
    expect(bench.core.devices.map(({ name }) => name)).toEqual(['1000.dsi']);
    await bench.core.bind(at(bench, '/dsi@1000'));
    expect(at(bench, '/dsi@1000/panel@0').state.kind).toBe('bound');
  }
});

test('a panel that is unbound detaches, and the host says again whom it waits for', async () => {
  const log: string[] = [];
  const bench = await machine(dsi(PANEL), [host(log), panel(log)]);
  await bench.core.unbind(at(bench, '/dsi@1000/panel@0'));
  expect(log.slice(-2)).toEqual(['detach 1000.dsi.0', 'remove 1000.dsi.0']);
  expect(dsiHostAwaits(at(bench, '/dsi@1000'))?.path).toBe('/dsi@1000/panel@0');
});

test('what the host says to an attach, the panel gets: a deferral is tried again when something binds', async () => {
  const log: string[] = [];
  let asked = 0;
  const attach = (one: MipiDsiDevice) => {
    if (asked++ === 0) throw one.host.dev.error('EPROBE_DEFER', 'not yet');
  };
  const bench = await machine(dsi(PANEL), [panel(log), host(log, { attach })]);
  expect(log).toEqual(['probe 1000.dsi', 'probe 1000.dsi.0', 'remove 1000.dsi.0', 'probe 1000.dsi.0']);
  expect(at(bench, '/dsi@1000/panel@0').state.kind).toBe('bound');
});

const BRIDGE = `/ { #address-cells = <1>; #size-cells = <1>;
  dsi: dsi@1000 { compatible = "x,dsi"; reg = <0x1000 0x10>; ports { #address-cells = <1>; #size-cells = <0>;
    port@0 { reg = <0>; endpoint { remote-endpoint = <&up>; }; };
    port@1 { reg = <1>; out: endpoint { remote-endpoint = <&in>; }; }; }; };
  dither { compatible = "x,dither"; port { up: endpoint { }; }; };
  i2c@2000 { compatible = "x,i2c"; reg = <0x2000 0x10>; #address-cells = <1>; #size-cells = <0>;
    bridge@58 { compatible = "x,bridge"; reg = <0x58>; port { in: endpoint { remote-endpoint = <&out>; }; }; }; }; };`;

/** As bridges on other buses do it: a peripheral of their own on the host behind their port. */
const bridge = i2cDriver({
  name: 'bridge',
  compatible: ['x,bridge'],
  async probe({ dev }: I2cClient) {
    const node = dev.core.tree.byPath('/dsi@1000');
    const found = node === undefined ? undefined : ofFindMipiDsiHostByNode(dev.core, node);
    if (found === undefined) throw dev.error('EPROBE_DEFER', 'no host yet');
    const own = await mipiDsiDeviceRegisterFull(found, { type: 'x-bridge', channel: 0 });
    dev.scope.defer(() => mipiDsiDeviceUnregister(own));
    dev.scope.defer(await mipiDsiAttach(own));
  },
});

for (const [order, paths] of [
  ['the host', ['/dsi@1000', '/i2c@2000/bridge@58']],
  ['the bridge', ['/i2c@2000/bridge@58', '/dsi@1000']],
] as const) {
  test(`a bridge on I2C puts a peripheral of its own on the host; ${order} may go first`, async () => {
    const log: string[] = [];
    const bench = await machine(BRIDGE, [bridge, host(log)]);
    expect(log).toEqual(['probe 1000.dsi', 'attach 1000.dsi.0 0 RGB888']);
    expect(at(bench, '/dsi@1000/1000.dsi.0').state.kind).toBe('no-driver');
    log.length = 0;
    for (const path of paths) await bench.core.unbind(at(bench, path));
    expect(log).toEqual(['detach 1000.dsi.0']);
    expect(bench.core.devices.some(({ outer }) => outer instanceof MipiDsiDevice)).toBe(false);
  });
}

test('a driver fits a peripheral without node by its type', async () => {
  const names: string[] = [];
  const byType = mipiDsiDriver({ name: 'x-bridge', compatible: [], probe: (one) => void names.push(one.dev.name) });
  await machine(BRIDGE, [host(), bridge, byType]);
  expect(names).toEqual(['1000.dsi.0']);
});

const HOST_WAITS: readonly (readonly [claim: string, source: string, drivers: readonly Driver[], text: string])[] = [
  ['a panel without driver', dsi(PANEL), [], 'waits for its panel or bridge /dsi@1000/panel@0 (x,panel): no driver'],
  [
    'a panel that is disabled',
    dsi('panel@0 { compatible = "x,panel"; reg = <0>; status = "disabled"; };'),
    [panel()],
    'waits for its panel or bridge /dsi@1000/panel@0 (x,panel): disabled',
  ],
  [
    'a panel whose driver does not attach it',
    dsi(PANEL),
    [mipiDsiDriver({ name: 'lazy', compatible: ['x,panel'], probe: () => undefined })],
    'waits for its panel or bridge /dsi@1000/panel@0 (x,panel): its driver lazy has registered none',
  ],
  [
    'a bridge behind its output, not the block before its input',
    BRIDGE,
    [],
    'waits for its panel or bridge /i2c@2000/bridge@58 (x,bridge): no driver',
  ],
  ['nothing that the tree names', dsi(''), [], 'waits for its panel or bridge: the devicetree has none'],
];

for (const [claim, source, drivers, text] of HOST_WAITS) {
  test(`a host waits for ${claim}`, async () => {
    const bench = await machine(source, [host(), ...drivers]);
    expect(dsiHostAwaits(at(bench, '/dsi@1000'))?.reason).toBe(text);
  });
}

test('a device that is no host waits for nothing', async () => {
  const bench = await machine(BRIDGE, [host()]);
  expect(dsiHostAwaits(at(bench, '/dither'))).toBe(undefined);
});
