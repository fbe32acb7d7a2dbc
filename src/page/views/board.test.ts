// The board as a page sees it, against the report of the command line and trees whose answers are known.
import { describe, expect, test } from 'vitest';
import { labTree, treeOf } from '../../../test/lab.js';
import { viewParts } from '../../../test/view-parts.js';
import { reportBoot, STATES } from '../../stock/boot-report.js';
import type { ViewParts } from '../view.js';
import { board, type BoardState } from './board.js';

function look(parts: ViewParts, device = ''): BoardState {
  const view = board.watch(parts, device === '' ? {} : { device });
  const state = view.state() as BoardState;
  view.close?.();
  return state;
}

/** Two supplies, one fed by the other; below a bus without driver a part waits for a device that waits itself. */
const SUPPLIES = `/ {
  one: regulator-one { compatible = "regulator-fixed"; regulator-name = "one"; };
  regulator-two { compatible = "regulator-fixed"; regulator-name = "two"; vin-supply = <&one>; };
  bus { compatible = "x,bus"; dev { compatible = "x,dev"; part { compatible = "x,part"; }; port { }; }; };
  off { compatible = "x,off"; status = "disabled"; };
};`;

describe('the list', () => {
  test('is what `bringup devices --json` prints', async () => {
    const parts = await viewParts(labTree());
    const { devices, totals } = look(parts);
    const report = reportBoot(parts.bench, STATES);
    expect({ devices, totals }).toEqual({ devices: report.devices, totals: report.totals });
  });

  test('is told again when a device changes, and not otherwise', async () => {
    const parts = await viewParts(labTree());
    const view = board.watch(parts, {});
    expect(view.state()).toBeDefined();
    await parts.bench.run(50e6);
    expect(view.state()).toBeUndefined();
    const monitor = parts.bench.core.devices.find(({ path }) => path.endsWith('power-sensor@40'));
    if (monitor === undefined) throw new Error('there is no monitor');
    await parts.bench.drive('unbinding', 1e9, () => parts.bench.core.unbind(monitor));
    const { devices } = view.state() as BoardState;
    expect(devices.find(({ path }) => path === monitor.path)?.state).toBe('no driver');
    expect(view.state()).toBeUndefined();
    view.close?.();
  });

  test('leaves no mark in the trace, however closely one looks', async () => {
    const run = async (looks: boolean) => {
      const parts = await viewParts(labTree());
      for (const { path } of looks ? look(parts).devices : []) look(parts, path);
      await parts.bench.run(20e6);
      await parts.bench.powerOff();
      return parts.events.events;
    };
    expect(await run(true)).toEqual(await run(false));
  });
});

describe('what is wrong', () => {
  test('who waits is counted by the root of the matter; the number of devices is that of boot', async () => {
    const { troubles, summary } = look(await viewParts(treeOf(SUPPLIES)));
    expect(troubles).toEqual([{ kind: 'waits', text: '/bus has no driver', count: 2, path: '/bus/dev' }]);
    expect(summary).toBe('6 device nodes: 2 bound, 2 waiting, 0 failed, 1 without driver, 1 disabled');
  });

  test('a failure is said by itself, with its words', async () => {
    const { troubles } = look(await viewParts(labTree(), 'i2c.data@0x41#3=nack-data'));
    const [first] = troubles;
    expect([first?.kind, first?.count, first?.path.endsWith('power-sensor@41')]).toEqual(['failed', 1, true]);
    expect(first?.text).toMatch(/power-sensor@41: regmap: write CONFIG failed \(EREMOTEIO\)$/);
  });
});

describe('one device', () => {
  test('has its chain to the root of the matter, and who waits for it', async () => {
    const parts = await viewParts(treeOf(SUPPLIES));
    const { chosen } = look(parts, '/bus/dev/part');
    expect(chosen?.chain.map(({ path, state }) => [path, state])).toEqual([
      ['/bus/dev/part', 'waits'],
      ['/bus/dev', 'waits'],
      ['/bus', 'no driver'],
    ]);
    expect(chosen?.chain.at(-1)?.reason).toBe('no driver here knows x,bus');
    expect(look(parts, '/bus').chosen?.waiting.map(({ path }) => path)).toEqual(['/bus/dev']);
  });

  test('has its suppliers and consumers', async () => {
    const parts = await viewParts(treeOf(SUPPLIES));
    const names = (device: string): unknown[] => {
      const { chosen } = look(parts, device);
      return [chosen?.suppliers.map(({ path }) => path), chosen?.consumers.map(({ path }) => path)];
    };
    expect(names('/regulator-two')).toEqual([['/regulator-one'], []]);
    expect(names('/regulator-one')).toEqual([[], ['/regulator-two']]);
  });

  test('has its node as source, with the lines where it was written', async () => {
    const { chosen } = look(await viewParts(treeOf(SUPPLIES)), '/regulator-two');
    // The line with the version stands above the text.
    expect(chosen?.at).toBe('test.dts:4');
    expect(chosen?.properties).toEqual([
      { name: 'compatible', value: '"regulator-fixed";', at: 'test.dts:4' },
      { name: 'regulator-name', value: '"two";', at: 'test.dts:4' },
      { name: 'vin-supply', value: '<&one>;', at: 'test.dts:4' },
    ]);
  });

  test('has its log from power-on', async () => {
    const { chosen } = look(await viewParts(treeOf(SUPPLIES)), '/regulator-two');
    expect(chosen?.log.filter(({ level }) => level === 'core')).toEqual([
      { t: 0, level: 'core', text: 'bound to reg-fixed-voltage' },
    ]);
  });

  test('a node that is no device stands for the nearest above it', async () => {
    const { chosen } = look(await viewParts(treeOf(SUPPLIES)), '/bus/dev/port');
    expect([chosen?.asked, chosen?.report.path, chosen?.children]).toEqual(['/bus/dev/port', '/bus/dev', ['port']]);
    expect(look(await viewParts(treeOf(SUPPLIES)), '/nowhere').chosen).toBeUndefined();
  });
});
