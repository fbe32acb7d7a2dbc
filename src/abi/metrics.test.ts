import { expect, test } from 'vitest';
import { benchOf } from '../../test/bench.js';
import { treeOf } from '../../test/lab.js';
import { ms, s } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { type HwmonChannelInfo, hwmonDeviceRegister } from '../core/hwmon.js';
import { platformDriver } from '../core/platform-device.js';
import { readMetrics } from './metrics.js';
import { prometheusText } from './prometheus-text.js';

const INFO: readonly HwmonChannelInfo[] = [
  { type: 'in', channels: [[], ['input', 'label', 'max', 'crit_alarm']] },
  {
    type: 'curr',
    channels: [
      ['input', 'max', 'max_alarm'],
      ['input', 'alarm'],
    ],
  },
  { type: 'power', channels: [['input']] },
  { type: 'temp', channels: [['input']] },
];

const VALUES: Readonly<Record<string, number>> = {
  'in 1 input': 12001,
  'in 1 max': 13000,
  'in 1 crit_alarm': 0,
  'curr 0 input': -5,
  'curr 0 max': 2048,
  'curr 0 max_alarm': 1,
  'curr 1 alarm': 1,
  'power 0 input': 1_234_567,
};

/** A driver with two rails; the second one's current cannot be read. */
const sensor = platformDriver({
  name: 'sensor',
  compatible: ['x,s'],
  async probe(dev) {
    hwmonDeviceRegister(dev, {
      name: 'chip',
      info: INFO,
      ops: {
        isVisible: () => 0o444,
        read: async (type, attr, channel) => {
          await dev.clock.sleep(ms(1));
          const value = VALUES[`${type} ${channel} ${attr}`];
          if (value === undefined) throw new SysError('EIO', 'no answer');
          return value;
        },
        readString: () => dev.ofNode?.string('label') ?? '',
      },
    });
  },
});

const PLACE = 'path="/s",hwmon="hwmon0",chip="chip"';

test('rails, their limits and alarms, device states and time, in base units and a stable order', async () => {
  const tree = treeOf('/ { s { compatible = "x,s"; label = "12V \\"in\\" µ\\\\"; }; t { compatible = "x,t"; }; };');
  const bench = benchOf(tree, { drivers: [sensor] });
  await bench.powerOn();
  const read = (): Promise<string> =>
    bench.drive('reading', s(1), async () => prometheusText(await readMetrics(bench.core, { version: '1.2.3' })));
  const text = await read();
  const rail = String.raw`rail="12V \"in\" µ\\"`;
  expect(text.split('\n').filter((line) => !line.startsWith('#'))).toEqual([
    `bringup_rail_volts{${PLACE},channel="1",${rail}} 12.001`,
    `bringup_rail_limit_volts{${PLACE},channel="1",${rail},limit="max"} 13`,
    `bringup_rail_amperes{${PLACE},channel="1",${rail}} -0.005`,
    `bringup_rail_limit_amperes{${PLACE},channel="1",${rail},limit="max"} 2.048`,
    `bringup_rail_watts{${PLACE},channel="1",${rail}} 1.234567`,
    `bringup_rail_alarm{${PLACE},channel="1",${rail},quantity="voltage",limit="crit"} 0`,
    `bringup_rail_alarm{${PLACE},channel="1",${rail},quantity="current",limit="max"} 1`,
    `bringup_rail_alarm{${PLACE},channel="2",rail="curr2",quantity="current",limit="any"} 1`,
    'bringup_unreadable_files 1',
    'bringup_device_nodes{state="bound"} 1',
    'bringup_device_nodes{state="waits"} 0',
    'bringup_device_nodes{state="failed"} 0',
    'bringup_device_nodes{state="no-driver"} 1',
    'bringup_device_nodes{state="bus"} 0',
    'bringup_device_nodes{state="disabled"} 0',
    'bringup_device_nodes{state="no-device"} 0',
    'bringup_virtual_seconds_total 0.009',
    'bringup_build_info{version="1.2.3"} 1',
    '',
  ]);
  expect((await read()).replace('0.018', '0.009')).toBe(text);
});

test('shunt voltages and sums are no rails, so that no total counts them', async () => {
  const channels = [[], ['input', 'enable'], ['input'], ['input', 'enable']];
  const driver = platformDriver({
    name: 'sensor',
    compatible: ['x,s'],
    probe: (dev) => {
      const ops = { isVisible: () => 0o444, read: () => 1000 };
      const info: readonly HwmonChannelInfo[] = [
        { type: 'in', channels },
        { type: 'curr', channels: channels.slice(1).map(() => ['input']) },
      ];
      hwmonDeviceRegister(dev, { name: 'chip', info, ops });
    },
  });
  const bench = benchOf(treeOf('/ { s { compatible = "x,s"; }; };'), { drivers: [driver] });
  await bench.powerOn();
  const rails = (await readMetrics(bench.core, {})).filter(({ name }) => name.startsWith('bringup_rail'));
  const seen = rails.flatMap(({ name, samples }) => samples.map(({ labels }) => `${name} ${labels['channel']}`));
  expect(seen).toEqual([
    'bringup_rail_volts 1',
    'bringup_rail_volts 3',
    'bringup_rail_amperes 1',
    'bringup_rail_amperes 3',
  ]);
});

test('text is escaped as Prometheus reads it, and metrics without values are left out', () => {
  const families = [
    { name: 'a', type: 'gauge', help: 'one\\two\nthree "four"', samples: [{ labels: {}, value: 1e-7 }] },
    { name: 'b', type: 'gauge', help: 'nothing', samples: [] },
    {
      name: 'c_total',
      type: 'counter',
      help: 'c',
      samples: [
        { labels: { l: '\\"\n' }, value: Number.NaN },
        { labels: { l: '' }, value: Number.POSITIVE_INFINITY },
        { labels: { l: 'x', m: 'y' }, value: Number.NEGATIVE_INFINITY },
      ],
    },
  ] as const;
  expect(prometheusText(families)).toBe(
    [
      String.raw`# HELP a one\\two\nthree "four"`,
      '# TYPE a gauge',
      'a 1e-7',
      '# HELP c_total c',
      '# TYPE c_total counter',
      String.raw`c_total{l="\\\"\n"} NaN`,
      'c_total{l=""} +Inf',
      'c_total{l="x",m="y"} -Inf',
      '',
    ].join('\n'),
  );
});
