import { expect, test } from 'vitest';
import { benchOf } from '../../../test/bench.js';
import { treeOf } from '../../../test/lab.js';
import { platformDriver } from '../../core/platform-device.js';
import { regulatorFixed } from './regulator-fixed.js';

const REGULATOR = (inside: string): string => `/ { r: regulator-5v { compatible = "regulator-fixed"; ${inside} };
  user { compatible = "x,user"; vdd-supply = <&r>; }; };`;
const FIVE = 'regulator-min-microvolt = <5000000>; regulator-max-microvolt = <5000000>;';
const user = platformDriver({ name: 'user', compatible: ['x,user'], probe: () => undefined });

async function powered(inside: string) {
  const bench = benchOf(treeOf(REGULATOR(inside)), { drivers: [user, regulatorFixed] });
  await bench.powerOn();
  return bench;
}

test('a fixed regulator shows what it gives, and who needs it binds after it', async () => {
  const bench = await powered(`regulator-name = "VDD_5V"; regulator-always-on; ${FIVE}`);
  const [regulator] = bench.core.classDevices('regulator');
  const { sysfs } = regulator ?? { sysfs: undefined };
  const files = await Promise.all([...(sysfs?.attributes.keys() ?? [])].map((name) => sysfs?.read(name)));
  expect([sysfs?.name, ...files]).toEqual([
    'regulator.1',
    ...['VDD_5V\n', 'voltage\n', 'enabled\n', '5000000\n', '5000000\n', '5000000\n'],
  ]);
  expect(bench.report().map(({ path, state }) => `${path} ${state}`)).toEqual(['/regulator-5v bound', '/user bound']);
  expect(await bench.powerOff()).toEqual([]);
  expect(bench.core.classDevices('regulator')).toEqual([]);
});

test('without a name it has that of its node, and nobody said that it is on', async () => {
  const bench = await powered(FIVE);
  const [regulator] = bench.core.classDevices('regulator');
  expect([await regulator?.sysfs.read('name'), await regulator?.sysfs.read('state')]).toEqual([
    'regulator-5v\n',
    'disabled\n',
  ]);
});

test('where the tree gives no voltage, it is a regulator all the same', async () => {
  const bench = await powered('');
  const [regulator] = bench.core.classDevices('regulator');
  expect([...(regulator?.sysfs.attributes.keys() ?? [])]).toEqual(['name', 'type', 'state']);
  expect(bench.report().map(({ state }) => state)).toEqual(['bound', 'bound']);
});

test('one that can give several voltages is refused, and consumers wait', async () => {
  const bench = await powered('regulator-min-microvolt = <1>; regulator-max-microvolt = <2>;');
  expect(bench.report().map(({ state }) => state)).toEqual(['failed', 'waits']);
});
