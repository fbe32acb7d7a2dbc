// Clocks that are stood in for: found by the tree, counted, traced.
import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { Bug } from '../base/assert.js';
import { clkGet, ofClkGet } from './clk.js';
import type { Device } from './device.js';
import { platformDriver } from './platform-device.js';

const SOURCE = `/ { infra: clock { #clock-cells = <1>; }; osc: osc { #clock-cells = <0>; };
  a { compatible = "x,a"; clocks = <&infra 4>, <&osc>, <&infra 5>; clock-names = "gce", "osc", "more"; };
  b { compatible = "x,a"; clocks = <&infra 4>; }; };`;

async function machine(): Promise<{ devs: Device[]; log: string[] }> {
  const devs: Device[] = [];
  const log: string[] = [];
  const driver = platformDriver({ name: 'a', compatible: ['x,a'], probe: (dev) => void devs.push(dev) });
  const bench = benchOf(treeOf(SOURCE), { drivers: [driver] });
  bench.trace.attach((e) => {
    if (e.kind === 'printk') log.push(e.text);
    if (e.kind === 'clk_enable' || e.kind === 'clk_disable') log.push(`${e.where} ${e.kind} ${e.count}`);
  });
  await bench.powerOn();
  return { devs, log };
}

test('by name, by index, and the same for all who ask', async () => {
  const { devs, log } = await machine();
  const [a, b] = devs as [Device, Device];
  const clk = clkGet(a, 'gce');
  expect([clkGet(a, 0) === clk, clkGet(b, 0) === clk, clkGet(a, 'osc').name, clkGet(a, 2).name]).toEqual([
    ...[true, true, '/osc', '/clock:5'],
  ]);
  expect(ofClkGet(b.core, b.ofNode as NonNullable<Device['ofNode']>, 1)).toBeUndefined();
  expect(log).toEqual([
    'clk: no driver for /clock here: its clocks are stood in for',
    'clk: no driver for /osc here: its clocks are stood in for',
  ]);
});

test('who needs it counts', async () => {
  const { devs, log } = await machine();
  const clk = clkGet(devs[0] as Device, 'osc');
  clk.enable();
  clk.enable();
  clk.disable();
  expect(clk.enableCount).toBe(1);
  clk.disable();
  expect(() => clk.disable()).toThrow(Bug);
  expect(log.slice(1)).toEqual(['/osc clk_enable 1', '/osc clk_enable 2', '/osc clk_disable 1', '/osc clk_disable 0']);
});

test('there is none of that name or number', async () => {
  const { devs } = await machine();
  const [a] = devs as [Device];
  expect(() => clkGet(a, 'none')).toThrow("/a: clk: no clock 'none' (ENOENT)");
  expect(() => clkGet(a, 3)).toThrow('/a: clk: no clock 3 (ENOENT)');
});
