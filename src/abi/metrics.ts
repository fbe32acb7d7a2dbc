// A machine as metrics: what its hwmon files measure, what became of its devices, how far its time is.
import { s } from '../base/clock.js';
import { passSysError } from '../base/errno.js';
import { type NodeState, reportNodes } from '../bench/report.js';
import type { ClassDevice, DeviceCore } from '../core/device.js';
import type { SysfsDir } from '../core/sysfs.js';
import type { MetricFamily, Sample } from './prometheus-text.js';
import { railTest } from './rails.js';

/** Table of what hwmon measures: the stem of file names, and how the numbers in them become base units. */
const QUANTITIES = [
  { stem: 'in', name: 'voltage', unit: 'volts', perUnit: 1e3 },
  { stem: 'curr', name: 'current', unit: 'amperes', perUnit: 1e3 },
  { stem: 'power', name: 'power', unit: 'watts', perUnit: 1e6 },
] as const;

type Quantity = (typeof QUANTITIES)[number];

/** A file of a rail, by what it is. `limit` is the word of the file name: `max`, `crit`; `any` for `in1_alarm`. */
interface RailFile {
  readonly file: string;
  readonly kind: 'value' | 'limit' | 'alarm';
  readonly quantity: Quantity;
  readonly channel: string;
  readonly limit: string;
}

/** A file's number in base units, with what tells it from others. */
interface Measured extends RailFile {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | undefined;
}

const FILE = /^(in|curr|power)(\d+)_(?:(input)|(lcrit|min|max|crit|cap)|(?:(lcrit|min|max|crit|cap)_)?(alarm))$/;

/** Every state of a node; those that no node has are told too, as 0. */
const STATES: readonly NodeState[] = ['bound', 'waits', 'failed', 'no driver', 'bus', 'disabled', 'no device'];

/**
 * Reads all metrics. Devices are read side by side, the files of one after another; needs running time where a sensor
 * is slow. A value that cannot be read is left out and counted. `build` labels the metric that says what runs.
 */
export async function readMetrics(
  core: DeviceCore,
  build: Readonly<Record<string, string>>,
): Promise<readonly MetricFamily[]> {
  const measured = (await Promise.all(core.classDevices('hwmon').map(readDevice))).flat();
  const unreadable = measured.filter(({ value }) => value === undefined).length;
  return [
    ...QUANTITIES.flatMap((quantity) => [
      family(measured, 'value', quantity, `bringup_rail_${quantity.unit}`, `${capital(quantity.name)} of a rail.`),
      family(measured, 'limit', quantity, `bringup_rail_limit_${quantity.unit}`, `Limit of the ${quantity.name}.`),
    ]),
    family(measured, 'alarm', undefined, 'bringup_rail_alarm', 'Whether a limit of a rail is passed (1) or not (0).'),
    gauge('bringup_unreadable_files', 'Files of rails that could not be read for these metrics.', unreadable),
    deviceStates(core),
    virtualSeconds(core),
    {
      name: 'bringup_build_info',
      type: 'gauge',
      help: 'What runs: always 1, told by its labels.',
      samples: [{ labels: build, value: 1 }],
    },
  ];
}

async function readDevice({ parent, sysfs }: ClassDevice): Promise<Measured[]> {
  const chip = await labelOf(sysfs, 'name');
  const isRail = railTest(sysfs);
  const measured: Measured[] = [];
  for (const one of [...sysfs.attributes.keys()].flatMap(railFile)) {
    if (!isRail(Number(one.channel))) continue;
    const own = `${one.quantity.stem}${one.channel}`;
    const rail = (await labelOf(sysfs, `${own}_label`)) ?? (await labelOf(sysfs, `in${one.channel}_label`)) ?? own;
    const kind: Readonly<Record<string, string>> = {
      ...(one.kind === 'alarm' ? { quantity: one.quantity.name } : {}),
      ...(one.kind === 'value' ? {} : { limit: one.limit }),
    };
    measured.push({
      ...one,
      labels: { path: parent.path, hwmon: sysfs.name, chip: chip ?? '', channel: one.channel, rail, ...kind },
      value: await readNumber(sysfs, one),
    });
  }
  return measured;
}

function railFile(file: string): RailFile[] {
  const [, stem, channel = '', input, limit, alarmOf, alarm] = FILE.exec(file) ?? [];
  const quantity = QUANTITIES.find((one) => one.stem === stem);
  if (quantity === undefined) return [];
  const kind = input !== undefined ? 'value' : alarm !== undefined ? 'alarm' : 'limit';
  return [{ file, kind, quantity, channel, limit: limit ?? alarmOf ?? 'any' }];
}

async function labelOf(dir: SysfsDir, file: string): Promise<string | undefined> {
  if (!dir.attributes.has(file)) return undefined;
  return (await dir.read(file).catch(passSysError))?.trimEnd();
}

async function readNumber(dir: SysfsDir, { file, kind, quantity }: RailFile): Promise<number | undefined> {
  const text = (await dir.read(file).catch(passSysError))?.trim() ?? '';
  if (!/^-?\d+$/.test(text)) return undefined;
  return kind === 'alarm' ? Number(text) : Number(text) / quantity.perUnit;
}

function family(
  measured: readonly Measured[],
  kind: RailFile['kind'],
  quantity: Quantity | undefined,
  name: string,
  help: string,
): MetricFamily {
  const samples = measured.flatMap((one): Sample[] => {
    const isWanted = one.kind === kind && (quantity === undefined || one.quantity === quantity);
    return isWanted && one.value !== undefined ? [{ labels: one.labels, value: one.value }] : [];
  });
  return { name, type: 'gauge', help, samples };
}

function gauge(name: string, help: string, value: number): MetricFamily {
  return { name, type: 'gauge', help, samples: [{ labels: {}, value }] };
}

function deviceStates(core: DeviceCore): MetricFamily {
  const reports = reportNodes(core, new Map());
  return {
    name: 'bringup_device_nodes',
    type: 'gauge',
    help: 'Device nodes, and devices without node, by what became of them.',
    samples: STATES.map((state) => ({
      labels: { state: state.replace(' ', '-') },
      value: reports.filter((report) => report.state === state).length,
    })),
  };
}

function virtualSeconds({ clock }: DeviceCore): MetricFamily {
  return {
    name: 'bringup_virtual_seconds_total',
    type: 'counter',
    help: 'Time that has passed for the machine since it was powered on.',
    samples: [{ labels: {}, value: clock.now() / s(1) }],
  };
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
