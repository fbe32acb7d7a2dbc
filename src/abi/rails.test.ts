import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { SysError } from '../base/errno.js';
import { type HwmonChannelInfo, hwmonDeviceRegister } from '../core/hwmon.js';
import { platformDriver } from '../core/platform-device.js';
import { readGuardedRails, readRails } from './rails.js';

const INFO: readonly HwmonChannelInfo[] = [
  { type: 'in', channels: [['input'], ['input', 'label'], ['input', 'label'], ['input']] },
  { type: 'curr', channels: [['input'], ['input']] },
];

const sensor = (read: (type: string, channel: number) => number) =>
  platformDriver({
    name: 'sensor',
    compatible: ['x,s'],
    probe(dev) {
      const ops = { isVisible: () => 0o444, read: (type: string, _: string, channel: number) => read(type, channel) };
      hwmonDeviceRegister(dev, { name: 'chip', info: INFO, ops: { ...ops, readString: () => 'VDD' } });
    },
  });

test('a rail is a channel with voltage and current; its label names it, an error stands for a value', async () => {
  const driver = sensor((type, channel) => {
    if (type === 'curr' && channel === 1) throw new SysError('EIO', 'no answer');
    return type === 'in' ? 1000 * channel : -5;
  });
  const bench = benchOf(treeOf('/ { s { compatible = "x,s"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  const place = { path: '/s', device: 's', hwmon: 'hwmon0' };
  // sysfs-interface: voltages count from 0, currents from 1; in0 and in3 have no current beside them.
  expect(await readRails(bench.core)).toEqual([
    { ...place, channel: 1, label: 'VDD', millivolts: { value: 1000 }, milliamperes: { value: -5 } },
    { ...place, channel: 2, label: 'VDD', millivolts: { value: 2000 }, milliamperes: { error: 'EIO' } },
  ]);
});

const GUARDED: readonly HwmonChannelInfo[] = [
  { type: 'in', channels: [[], ['input', 'enable'], ['input', 'enable'], ['input', 'enable'], ['input']] },
  {
    type: 'curr',
    channels: [['input', 'max', 'max_alarm', 'crit', 'crit_alarm'], ['input', 'crit'], ['input'], ['input']],
  },
];

/** What the files of a channel say, by attribute. */
const SAYS: Readonly<Record<string, number>> = { input: 900, max: 1000, max_alarm: 0, crit: 2000, crit_alarm: 1 };

const guarded = platformDriver({
  name: 'guarded',
  compatible: ['x,s'],
  probe(dev) {
    const read = (type: string, attr: string, channel: number): number => {
      if (type === 'curr' && channel === 1 && attr === 'crit') throw new SysError('EIO', 'no answer');
      return SAYS[attr] as number;
    };
    hwmonDeviceRegister(dev, { name: 'chip', info: GUARDED, ops: { isVisible: () => 0o444, read } });
  },
});

test('limits and alarms are read where there are files; what has no switch beside others is no rail', async () => {
  const bench = benchOf(treeOf('/ { s { compatible = "x,s"; }; };'), { drivers: [guarded] });
  await bench.powerOn();
  const rails = await readGuardedRails(bench.core);
  expect(rails.map(({ label, limits }) => [label, limits])).toEqual([
    ['in1', { max: { value: 1000 }, maxAlarm: { value: 0 }, crit: { value: 2000 }, critAlarm: { value: 1 } }],
    ['in2', { crit: { error: 'EIO' } }],
    ['in3', {}],
  ]);
  expect(await readRails(bench.core)).toEqual(rails.map(({ limits: _limits, ...rail }) => rail));
});

test('what is no answer of a device is not taken for one', async () => {
  const driver = sensor(() => {
    throw new TypeError('a bug');
  });
  const bench = benchOf(treeOf('/ { s { compatible = "x,s"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  await expect(readRails(bench.core)).rejects.toThrow(TypeError);
});
