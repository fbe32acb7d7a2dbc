// Random folders of IIO devices as plain files: names that nearly are channels, values that nearly are scales.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../src/base/random.js';

const TYPES = ['voltage', 'temp', 'accel', 'power', 'current', 'timestamp', 'count', 'intensity', 'volt'];
const MODIFIERS = ['x', 'x&y', 'both', 'ir', 'i', 'o2', 'co2', 'uv', 'sqrt(x^2+y^2)', 'from_north_true', 'pm2p5', 'xx'];
const POSTFIXES = [
  'raw',
  'scale',
  'offset',
  'input',
  'label',
  'sampling_frequency',
  'sampling_frequency_available',
  'en',
];
const EXTENSIONS = ['shunt', 'bus', 'vdd', 'shunt_critical'];
const VALUES = ['1', '0.04', '8.000000', '0.0078125', '-3.5', 'abc', '', '1e3', '0.000001', '123456789.123', 'µ'];
const SCAN_TYPES = ['be:s13/16>>3', 'le:u12/16>>4', 'le:s64/64>>0', 'be:S16/16>>0', 'le:u8/8X3>>0', 'le:U24/32>>8'];
const OTHER_FILES = [
  ...['name', 'label', 'dev', 'uevent', 'sampling_frequency', 'current_timestamp_clock'],
  ...['in_', 'out_x', 'inx_a_b', 'in__a', 'in_voltage', 'in_voltage_', 'in_scale', 'in_accel_scale'],
  ...[
    'in_voltage_scale',
    'in_voltage-voltage_scale',
    'out_voltage_scale',
    'in_voltage_shunt_scale',
    'in_temp_bus_offset',
  ],
];
const BUFFER_FILES = ['length', 'enable', 'watermark', 'data_available', 'direction', 'length_align_bytes'];

/** Makes a few devices below a folder. */
export function makeRandomTree(random: Random, root: string): void {
  mkdirSync(join(root, 'debug/iio'), { recursive: true });
  for (let count = 1 + random.below(3); count > 0; count--) {
    const id = random.chance(0.8) ? `iio:device${random.below(12)}` : `trigger${random.below(3)}`;
    makeDevice(random, join(root, 'bus/iio/devices', id));
    if (random.chance(0.3)) makeFiles(random, join(root, 'debug/iio', id), ['direct_reg_access', 'a', 'b']);
  }
}

function makeDevice(random: Random, folder: string): void {
  for (let count = 1 + random.below(6); count > 0; count--) {
    const channel = channelPart(random);
    const extension = random.chance(0.3) ? `${random.pick(EXTENSIONS)}_` : '';
    const own = POSTFIXES.filter(() => random.chance(0.3));
    makeFiles(
      random,
      folder,
      own.map((postfix) => `${channel}_${random.chance(0.8) ? extension : ''}${postfix}`),
    );
    if (random.chance(0.4)) makeScanElement(random, join(folder, 'scan_elements'), channel);
  }
  makeFiles(
    random,
    folder,
    OTHER_FILES.filter(() => random.chance(0.15)),
  );
  if (random.chance(0.4))
    makeFiles(
      random,
      join(folder, 'buffer'),
      BUFFER_FILES.filter(() => random.chance(0.7)),
    );
}

function makeScanElement(random: Random, folder: string, channel: string): void {
  makeFiles(random, folder, [`${channel}_en`]);
  writeFileSync(join(folder, `${channel}_index`), `${random.below(8)}\n`);
  writeFileSync(join(folder, `${channel}_type`), `${random.pick(SCAN_TYPES)}\n`);
}

function makeFiles(random: Random, folder: string, names: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of names) writeFileSync(join(folder, name), `${random.pick(VALUES)}\n`);
}

function channelPart(random: Random): string {
  const type = random.pick(TYPES);
  const [one, other] = [random.below(3), random.below(3)];
  const channel = random.pick([type, `${type}${one}`, `${type}${one}`, `${type}${one}-${type}${other}`]);
  const modifier = random.chance(0.2) ? `_${random.pick(MODIFIERS)}` : '';
  return `${random.chance(0.85) ? 'in' : 'out'}_${channel}${modifier}`;
}
