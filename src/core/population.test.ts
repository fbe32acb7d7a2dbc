import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import type { I2cClient } from './i2c.js';
import { i2cDriver } from './i2c.js';

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

test('a client without a sound address is told in the words of the kernel and left out', async () => {
  const bench = benchOf(
    treeOf(`/ { i2c@1 { ${I2C('a { compatible = "x,a"; }; b@400 { compatible = "x,b"; reg = <0x400>; };')} }; };`),
  );
  const lines: string[] = [];
  bench.trace.attach((event) => event.kind === 'printk' && lines.push(event.text));
  await bench.powerOn();
  expect(lines).toEqual([
    'sim-i2c i2c@1: of_i2c: invalid reg on /i2c@1/a',
    'sim-i2c i2c@1: of_i2c: invalid addr=400 on /i2c@1/b@400',
  ]);
  expect(bench.core.devices.map((dev) => dev.name)).toEqual(['i2c@1']);
});

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
