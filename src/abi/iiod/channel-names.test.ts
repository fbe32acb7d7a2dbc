import { expect, test } from 'vitest';
import { sortFiles } from './channel-names.js';

/** Channels in short: `id(name): attribute=file`; outputs begin with `>`. */
function sorted(files: readonly string[], scanFiles: readonly string[] = []): unknown {
  const { channels, attrs } = sortFiles(files, scanFiles);
  const lines = channels.map(({ id, output, name, attrs: own, scan }) => {
    const list = own.map((attr) => `${attr.name}=${attr.file}`).join(' ');
    const scans = scan.length === 0 ? '' : ` [${scan.map((attr) => attr.name).join(' ')}]`;
    return `${output ? '>' : ''}${id}${name === undefined ? '' : `(${name})`}: ${list}${scans}`;
  });
  return { channels: lines, attrs };
}

// What iio_genxml of libiio 0.24 printed for plain files of these names, in this order.

test('a number or a modifier makes a channel, and files without either are of every channel of their type', () => {
  const files = ['in_accel_y_raw', 'in_voltage_scale', 'in_temp_offset', 'in_accel_scale', 'in_voltage9_raw'];
  const more = ['in_voltage-voltage_scale', 'in_voltage1-voltage0_raw', 'out_voltage0_raw', 'in_temp_raw', 'in_scale'];
  expect(sorted([...files, ...more])).toEqual({
    channels: [
      'accel_y: raw=in_accel_y_raw scale=in_accel_scale',
      'voltage9: raw=in_voltage9_raw scale=in_voltage_scale',
      'voltage1-voltage0: raw=in_voltage1-voltage0_raw scale=in_voltage_scale scale=in_voltage-voltage_scale',
      '>voltage0: raw=out_voltage0_raw',
      'temp: offset=in_temp_offset raw=in_temp_raw',
    ],
    attrs: ['in_scale'],
  });
});

test('what the names of a channel have in common is its name, and files with it are its own before all others', () => {
  const vdd = ['in_power5_vdd_scale', 'in_power_vdd_offset', 'in_power5_vdd_raw', 'in_power_scale', 'in_power6_raw'];
  expect(sorted(vdd)).toEqual({
    channels: [
      'power5(vdd): offset=in_power_vdd_offset raw=in_power5_vdd_raw scale=in_power5_vdd_scale scale=in_power_scale',
      'power6: raw=in_power6_raw scale=in_power_scale',
    ],
    attrs: [],
  });
  expect(sorted(['in_voltage4_sampling_frequency_available', 'in_voltage4_sampling_frequency'])).toEqual({
    channels: [
      'voltage4(sampling): frequency=in_voltage4_sampling_frequency ' +
        'frequency_available=in_voltage4_sampling_frequency_available',
    ],
    attrs: [],
  });
});

test('name, label, dev and uevent are no attributes; the others stand in the order of their bytes', () => {
  const files = ['uevent', 'sampling_frequency', 'name', 'dev', 'label', 'current_timestamp_clock', 'in_voltage', 'B'];
  expect(sorted(files)).toEqual({
    channels: [],
    attrs: ['B', 'current_timestamp_clock', 'in_voltage', 'sampling_frequency'],
  });
});

test('files of scan_elements make channels too, and count for the name of one', () => {
  expect(sorted(['in_voltage0_raw'], ['in_voltage0_en', 'in_timestamp_index', 'in_timestamp_type'])).toEqual({
    channels: ['voltage0: raw=in_voltage0_raw [en]', 'timestamp:  [index type]'],
    attrs: [],
  });
  expect(sorted(['in_voltage0_vdd_raw'], ['in_voltage0_vdd_en'])).toEqual({
    channels: ['voltage0(vdd): raw=in_voltage0_vdd_raw [en]'],
    attrs: [],
  });
});
