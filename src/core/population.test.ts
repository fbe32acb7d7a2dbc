import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { corpusFolders } from '../../test/corpus.js';
import { treeOf } from '../../test/lab.js';
import { readFdt } from '../dt/fdt-read.js';
import type { DtTree } from '../dt/tree.js';
import type { ChipModel } from '../bus/socket.js';
import type { Device } from './device.js';
import type { I2cClient } from './i2c.js';
import { i2cDriver } from './i2c.js';
import { devmOfPlatformPopulate } from './of-platform.js';
import { platformDriver } from './platform-device.js';

const names = async (source: string) => {
  const bench = benchOf(treeOf(source));
  await bench.powerOn();
  return bench.core.devices.map((dev) => `${dev.bus.name} ${dev.name}`);
};

test('children of the root and of buses become devices, under the names that Linux gives them', async () => {
  // facts ofgraph A3: first reg translated, otherwise the ancestors' names; Linux populates simple-bus and simple-mfd.
  expect(
    await names(`/ { #address-cells = <1>; #size-cells = <1>;
      pmu { compatible = "arm,pmu"; };
      cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { compatible = "arm,cpu"; reg = <0>; }; };
      opp { compatible = "operating-points-v2"; };
      soc { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; ranges = <0 0x1c000000 0x1000>;
        ovl@10 { compatible = "x,ovl"; reg = <0x10 4>; };
        mfd@20 { compatible = "x,mfd", "simple-mfd"; reg = <0x20 4>; foo { compatible = "x,foo"; }; };
        off@30 { compatible = "x,off"; reg = <0x30 4>; status = "disabled"; };
        prime@40 { compatible = "arm,pl011", "arm,primecell"; reg = <0x40 4>; };
        other { compatible = "x,bus"; child { compatible = "x,child"; }; }; };
      reserved-memory { ranges; ram@0 { compatible = "ramoops"; reg = <0 1>; };
        pool@1 { compatible = "shared-dma-pool"; }; };
      firmware { psci { compatible = "arm,scmi"; }; }; };`),
  ).toEqual([
    'platform 0.ram',
    'platform firmware:psci',
    'platform pmu',
    'platform soc',
    'platform 1c000010.ovl',
    'platform 1c000020.mfd',
    'platform 1c000020.mfd:foo',
    'amba 1c000040.prime',
    'platform soc:other',
  ]);
});

const CELLS = '#address-cells = <1>; #size-cells = <0>;';
const I2C = (body: string) => `${CELLS} compatible = "x,i2c"; ${body}`;

test('adapters take their number from the alias, others the first free one above all aliases', async () => {
  expect(
    await names(`/ { aliases { i2c3 = "/i2c@3"; };
      i2c@1 { ${I2C('a@10 { compatible = "x,a"; reg = <0x10>; };')} };
      i2c@3 { ${I2C('a@10 { compatible = "x,a"; reg = <0x10>; };')} };
      i2c@4 { ${I2C(`i2c-bus { ${CELLS} a@50 { compatible = "x,a"; reg = <0x50>; }; };`)} }; };`),
  ).toEqual(['platform i2c@1', 'platform i2c@3', 'platform i2c@4', 'i2c 4-0010', 'i2c 3-0010', 'i2c 5-0050']);
});

test('what comes first, what is left out and what is no bus: as Linux 6.12 goes through the tree', async () => {
  expect(
    await names(`/ { #address-cells = <1>; #size-cells = <1>;
      chosen { fb { compatible = "simple-framebuffer"; }; fb2 { compatible = "simple-framebuffer"; }; };
      soc { compatible = "SIMPLE-BUS"; ranges; smem@8 { compatible = "qcom,smem"; reg = <8 4>; };
        opp { compatible = "x,opp", "operating-points-v2"; };
        pm { compatible = "simple-pm-bus"; below { compatible = "x,below"; }; };
        amba@10 { compatible = "arm,primecell", "simple-bus"; reg = <0x10 4>; below { compatible = "x,below"; }; };
        lost { compatible = "arm,primecell"; }; };
      firmware { scm { compatible = "qcom,scm"; }; }; };`),
  ).toEqual([
    'platform 8.smem',
    'platform firmware:scm',
    'platform chosen:fb',
    'platform soc',
    'platform soc:pm',
    'amba 10.amba',
  ]);
});

test('a second device of the same name is told in the words of the kernel, and the others are made', async () => {
  const bench = benchOf(
    treeOf(`/ { #address-cells = <1>; #size-cells = <1>; a { ranges; };
      soc1 { compatible = "simple-bus"; ranges; u@10 { compatible = "x,u"; reg = <0x10 4>; }; };
      soc2 { compatible = "simple-bus"; ranges; u@10 { compatible = "x,v"; reg = <0x10 4>; };
        w@20 { compatible = "x,w"; reg = <0x20 4>; }; }; };`),
  );
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(event.text));
  await bench.powerOn();
  expect(lines).toEqual(["sysfs: cannot create duplicate filename '/bus/platform/devices/10.u'"]);
  expect(bench.core.devices.map((dev) => dev.path)).toEqual(['/soc1', '/soc1/u@10', '/soc2', '/soc2/w@20']);
});

test('what a driver populates goes away with it, youngest first', async () => {
  const log: string[] = [];
  const parent = platformDriver({ name: 'parent', compatible: ['x,p'], probe: (dev) => devmOfPlatformPopulate(dev) });
  const child = platformDriver({
    name: 'child',
    compatible: ['x,c'],
    probe: (dev) => dev.scope.defer(() => void log.push(`remove ${dev.name}`)),
  });
  const bench = benchOf(
    treeOf('/ { p { compatible = "x,p"; a { compatible = "x,c"; }; b { compatible = "x,c"; }; }; };'),
    {
      drivers: [parent, child],
    },
  );
  await bench.powerOn();
  await bench.core.unregisterDriver(parent);
  expect(log).toEqual(['remove p:b', 'remove p:a']);
  expect(bench.core.devices.map((dev) => dev.name)).toEqual(['p']);
});

test('a client without a sound address is told in the words of the kernel and left out', async () => {
  // i2c_check_addr_validity, i2c_check_addr_busy, of_i2c_register_devices of Linux 6.12.
  const bench = benchOf(
    treeOf(
      `/ { i2c@1 { ${I2C(`a { compatible = "x,a"; }; b@400 { compatible = "x,b"; reg = <0x400>; };
      c@10 { reg = <0x10>; }; d@10 { compatible = "x,d"; reg = <0x10>; }; e@10 { compatible = "x,e"; reg = <0x10>; };
      f@0 { compatible = "x,f"; reg = <0>; }; g@3 { compatible = "x,g"; reg = <3>; };
      h@10 { compatible = "x,h"; reg = <0x80000010>; }; i@10 { compatible = "x,i"; reg = <0x40000010>; };
      j@400 { compatible = "x,j"; reg = <0x80000400>; };`)} }; };`,
    ),
    { chips: [CHIP] },
  );
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(event.text));
  await bench.powerOn();
  const failed = (name: string) => `i2c i2c-0: Failed to create I2C device for /i2c@1/${name}`;
  const refused = (name: string) => `i2c i2c-0: of_i2c: Failure registering /i2c@1/${name}`;
  expect(lines).toEqual([
    ...['i2c i2c-0: of_i2c: invalid reg on /i2c@1/a', failed('a')],
    ...['i2c i2c-0: Invalid 7-bit I2C address 0x400', refused('b@400'), failed('b@400')],
    ...['i2c i2c-0: of_i2c: modalias failure on /i2c@1/c@10', failed('c@10')],
    ...['i2c i2c-0: Failed to register i2c client e at 0x10 (-16)', refused('e@10'), failed('e@10')],
    ...['i2c i2c-0: Invalid 7-bit I2C address 0x00', refused('f@0'), failed('f@0')],
    ...['i2c i2c-0: Invalid 10-bit I2C address 0x400', refused('j@400'), failed('j@400')],
  ]);
  expect(bench.core.devices.map((dev) => dev.name)).toEqual(['i2c@1', '0-0010', '0-0003', '0-a010', '0-1010']);
  expect([...bench.sockets.keys()]).toEqual(['/i2c@1/d@10']);
});

/** Sits on the bus wherever a tree says `x,b`, `x,d`, `x,e`, `x,f` or `x,h`. */
const CHIP: ChipModel = {
  name: 'silent',
  compatible: ['x,b', 'x,d', 'x,e', 'x,f', 'x,h'],
  plug: (socket) => socket.i2c({ write: () => 0, read: (length) => new Uint8Array(length), stop: () => undefined }),
};

test('a client has its address and its wires, and goes away with its adapter', async () => {
  const clients: I2cClient[] = [];
  const driver = i2cDriver({ name: 'a', compatible: ['x,a'], probe: (client) => void clients.push(client) });
  const bench = benchOf(treeOf(`/ { i2c@1 { ${I2C('a@10 { compatible = "x,a"; reg = <0x10>; };')} }; };`), {
    drivers: [driver],
  });
  await bench.powerOn();
  const [client] = clients as [I2cClient];
  expect([client.addr, client.dev.path, client.adapter.sysfs.name]).toEqual([0x10, '/i2c@1/a@10', 'i2c-0']);
  await expect(client.bus.transfer(0x10, [{ read: 1 }])).rejects.toMatchObject({ code: 'ENXIO' });
  const [adapter] = bench.core.devices;
  await bench.core.unbind(adapter as (typeof bench.core.devices)[0]);
  expect([bench.core.devices.length, client.dev.state.kind, bench.core.classDevices('i2c-adapter')]).toEqual([
    1,
    'removed',
    [],
  ]);
});

test('nodes below a controller without driver wait for it; disabled ones say which status', async () => {
  const bench = benchOf(
    treeOf(`/ { spi { compatible = "x,spi"; flash { compatible = "x,flash"; }; };
      off { compatible = "x,off"; status = "disabled"; below { compatible = "x,below"; }; };
      cpus { cpu { compatible = "x,cpu"; }; }; };`),
  );
  await bench.powerOn();
  expect(bench.report().map(({ path, state, waitsFor, reason }) => ({ path, state, waitsFor, reason }))).toEqual([
    { path: '/spi', state: 'no driver', waitsFor: undefined, reason: undefined },
    { path: '/spi/flash', state: 'waits', waitsFor: '/spi', reason: '/spi has no driver' },
    { path: '/off', state: 'disabled', waitsFor: undefined, reason: 'status is "disabled"' },
    { path: '/off/below', state: 'disabled', waitsFor: undefined, reason: '/off is disabled' },
    { path: '/cpus/cpu', state: 'no device', waitsFor: undefined, reason: 'Linux makes no devices below /cpus' },
  ]);
});

const DTB = corpusFolders()
  .map((folder) => join(folder, 'dtb'))
  .find(existsSync);
const blobs = DTB === undefined ? [] : readdirSync(DTB).filter((name) => name.endsWith('.dtb'));

test.skipIf(blobs.length === 0)(
  'real trees populate without a complaint, and nothing of an SoC is left out',
  async () => {
    const odd: string[] = [];
    for (const name of blobs) {
      const { tree } = readFdt(readFileSync(join(DTB as string, name)));
      const bench = benchOf(tree as DtTree);
      bench.trace.attach((event) => event.kind === 'printk' && odd.push(`${name}: ${event.text}`));
      await bench.powerOn();
      for (const { path, state } of bench.report()) {
        if (state === 'no device' && !NO_DEVICES.test(path)) odd.push(`${name}: ${path}`);
      }
    }
    expect(odd).toEqual([]);
  },
);

/** Where Linux makes none: processors and their tables, clocks in a container without compatible, pools of memory. */
const NO_DEVICES = /^\/(cpus|clocks|reserved-memory|idle-states|opp|[\w-]*opp[\w-]*table)\b|opp-?table|\/oscillators\//;

test.skipIf(blobs.length === 0)(
  'with a driver for everything, in the worst order, all of a real tree binds',
  async () => {
    for (const name of blobs.filter((blob) => /^(sdm845|mt8195|tegra210-p2371|fsl-ls1046a)/.test(blob))) {
      const { tree } = readFdt(readFileSync(join(DTB as string, name)));
      const { root } = tree as DtTree;
      const words = [...root.walk()].flatMap((node) => (node.baseName === 'i2c' ? [] : node.compatible.slice(0, 1)));
      const probe = (dev: Device) => devmOfPlatformPopulate(dev);
      const drivers = [...new Set(words)]
        .reverse()
        .map((word) => platformDriver({ name: word, compatible: [word], probe }));
      const bench = benchOf(tree as DtTree, { drivers });
      await bench.powerOn();
      const stuck = bench.report().filter(({ state }) => state === 'waits' || state === 'failed');
      expect([name, stuck]).toEqual([name, []]);
    }
  },
);
