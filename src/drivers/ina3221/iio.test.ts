// The IIO face under both sets of names, against a bus written by hand.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { addInput, expectNothingLeft, files, probe, type Rig, rig, timed } from '../../../test/ina3221-rig.js';
import { hex } from '../../base/bytes.js';
import { ms } from '../../base/clock.js';
import type { Device } from '../../core/device.js';
import { IioDevice } from '../../core/iio/iio.js';
import { DtProperty } from '../../dt/tree.js';
import { type Ina3221Options, ina3221Driver } from './ina3221.js';

interface GoldenFile {
  readonly name: string;
  readonly mode: string;
}
const GOLDEN = JSON.parse(readFileSync(new URL('../../../test/golden/ina3221.json', import.meta.url), 'utf8')) as {
  readonly attribute_lists: { readonly seed: readonly GoldenFile[] };
};

async function bound(channels: Ina3221Options['channels']): Promise<Rig & { readonly dev: Device }> {
  const self = rig();
  const dev = await probe(self, ina3221Driver({ channels, hwmon: false }));
  self.wires.length = 0;
  return Object.assign(self, { dev });
}

const read = (self: Rig, name: string): Promise<string> => files(self, 'iio').read(name);
const write = (self: Rig, name: string, text: string): Promise<void> =>
  timed(self, () => files(self, 'iio').write(name, `${text}\n`));
const events = (self: Rig) => files(self, 'iio').dirs.get('events');

function indio(self: Rig): IioDevice {
  const [device] = self.core.classDevices('iio');
  expect(device).toBeInstanceOf(IioDevice);
  return device as IioDevice;
}

function listed(self: Rig): GoldenFile[] {
  const all = [...files(self, 'iio').attributes.values()];
  return all
    .map(({ name, mode }) => ({ name, mode: `0${mode.toString(8)}` }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

test("the patch's files are all there; measurements and scales are read-only (ina3221-D5)", async () => {
  const self = await bound('patch');
  const readOnly = /_(?:shunt|bus)_raw$|_scale$/;
  const wanted = GOLDEN.attribute_lists.seed.map(({ name, mode }) => ({
    name,
    mode: readOnly.test(name) ? '0444' : mode,
  }));
  expect(listed(self)).toEqual(wanted);
  expect([...files(self, 'iio').dirs.keys()]).toEqual([]);
});

test('the files of what is measured are those of the standard ABI, without labels', async () => {
  const self = await bound('measured');
  const perChannel = [
    'voltage0',
    'voltage1-voltage0',
    'voltage2',
    'voltage3-voltage2',
    'voltage4',
    'voltage5-voltage4',
  ];
  expect(listed(self)).toEqual([
    { name: 'current_timestamp_clock', mode: '0644' },
    ...perChannel.flatMap((channel) => [
      { name: `in_${channel}_integration_time`, mode: '0644' },
      { name: `in_${channel}_integration_time_available`, mode: '0444' },
      { name: `in_${channel}_raw`, mode: '0444' },
      { name: `in_${channel}_scale`, mode: '0444' },
    ]),
    { name: 'name', mode: '0444' },
    { name: 'oversampling_ratio', mode: '0644' },
    { name: 'oversampling_ratio_available', mode: '0444' },
    { name: 'sampling_frequency', mode: '0444' },
  ]);
  expect([...files(self, 'iio').dirs.keys()]).toEqual(['events', 'scan_elements', 'buffer', 'trigger']);
});

test('raw times scale is millivolts, of either sign', async () => {
  const self = await bound('measured');
  self.answers[0x01] = 0xc180; // -80 mV, the datasheet's example
  self.answers[0x06] = 0x6590; // 26 V
  expect([await read(self, 'in_voltage1-voltage0_raw'), await read(self, 'in_voltage1-voltage0_scale')]).toEqual([
    '-2000\n',
    '0.040000\n',
  ]);
  expect([await read(self, 'in_voltage4_raw'), await read(self, 'in_voltage4_scale')]).toEqual([
    '3250\n',
    '8.000000\n',
  ]);
  expect(self.wires).toEqual(['r 01 c180', 'r 06 6590']);
});

test('an input that is not connected has no channels', async () => {
  const self = rig();
  addInput(self, { reg: 1, status: 'disabled' });
  await probe(self, ina3221Driver({ hwmon: false }));
  const raws = listed(self).filter(({ name }) => name.endsWith('_raw'));
  expect(raws.map(({ name }) => name)).toEqual([
    'in_voltage0_raw',
    'in_voltage1-voltage0_raw',
    'in_voltage4_raw',
    'in_voltage5-voltage4_raw',
  ]);
});

test('settings change one field of CONFIG, and the same again sends nothing (ina3221-D1)', async () => {
  const self = await bound('measured');
  await write(self, 'oversampling_ratio', '64');
  await write(self, 'in_voltage3-voltage2_integration_time', '0.000140');
  await write(self, 'in_voltage4_integration_time', '0.008244');
  await write(self, 'in_voltage0_integration_time', '0.008244'); // one time for all buses
  expect(self.wires).toEqual(['w 00 77 27', 'w 00 77 07', 'w 00 77 c7']);
  expect(await read(self, 'in_voltage1-voltage0_integration_time')).toBe('0.000140\n');
  expect(await read(self, 'in_voltage0_integration_time_available')).toBe(
    '0.000140 0.000204 0.000332 0.000588 0.001100 0.002116 0.004156 0.008244\n',
  );
  // Three channels, 140 and 8244 us: 25.152 ms.
  expect(await read(self, 'sampling_frequency')).toBe('39.758270\n');
});

test.each([
  ['oversampling_ratio', '3'],
  ['oversampling_ratio', '4.1'],
  ['in_voltage0_integration_time', '0.0012'],
  ['in_voltage0_integration_time', '1'],
])('%s does not take %s', async (name, text) => {
  const self = await bound('measured');
  await expect(write(self, name, text)).rejects.toMatchObject({ code: 'EINVAL' });
  expect(self.wires).toEqual([]);
});

test('limits are events with values in raw codes; they keep their sign and their range (ina3221-D3)', async () => {
  const self = await bound('measured');
  const dir = events(self);
  await timed(self, async () => dir?.write('in_voltage3-voltage2_thresh_rising_value', '-100\n'));
  await timed(self, async () => dir?.write('in_voltage3-voltage2_critical_thresh_rising_value', '4095\n'));
  expect(self.wires).toEqual(['w 0a fc e0', 'w 09 7f f8']);
  expect(await dir?.read('in_voltage3-voltage2_thresh_rising_value')).toBe('-100\n');
  for (const text of ['4096', '-4097', '1.5']) {
    const writing = timed(self, async () => dir?.write('in_voltage3-voltage2_thresh_rising_value', `${text}\n`));
    await expect(writing).rejects.toMatchObject({ code: 'EINVAL' });
  }
  expect(self.wires.length).toBe(2);
});

test('without alert lines the chip is looked at while an event is wanted, which tells once (ina3221-D7)', async () => {
  const self = await bound('measured');
  const reader = indio(self).events?.open();
  await events(self)?.write('in_voltage1-voltage0_thresh_rising_en', '1\n');
  await self.clock.run(ms(450));
  expect(self.wires).toEqual(Array.from({ length: 4 }, () => 'r 0f 0003'));
  self.answers[0x0f] = 0x0023; // WF1, as long as the cause lasts
  await self.clock.run(ms(500));
  self.answers[0x0f] = 0x0003;
  await self.clock.run(ms(500));
  self.answers[0x0f] = 0x0223; // WF1 again, and CF1, which nobody wants
  await self.clock.run(ms(100));
  const records = reader?.read() ?? new Uint8Array(0);
  // Code of a rising threshold on voltage1-voltage0, and when it was seen: 500 and 1500 ms after the first look.
  expect([hex(records.subarray(0, 8), ''), hex(records.subarray(16, 24), '')]).toEqual([
    '0100000000008100',
    '0100000000008100',
  ]);
  expect(records.length).toBe(32);
  await events(self)?.write('in_voltage1-voltage0_thresh_rising_en', '0\n');
  self.answers[0x0f] = 0x0003;
  await self.clock.run(ms(500));
  self.wires.length = 0;
  await self.clock.run(ms(500));
  expect([self.wires, self.clock.pending]).toEqual([[], 0]);
  reader?.close();
});

test('a scan has the words of the registers, big-endian as they came, and its time', async () => {
  const self = await bound('measured');
  for (let reg = 1; reg <= 6; reg++) self.answers[reg] = 0x1008 * reg;
  const dir = files(self, 'iio');
  for (const name of [...(dir.dirs.get('scan_elements')?.attributes.keys() ?? [])])
    if (name.endsWith('_en')) await dir.dirs.get('scan_elements')?.write(name, '1\n');
  expect(await dir.dirs.get('trigger')?.read('current_trigger')).toBe('ina3221-dev0\n');
  expect(await dir.dirs.get('scan_elements')?.read('in_voltage1-voltage0_type')).toBe('be:s13/16>>3\n');
  await timed(self, async () => dir.dirs.get('buffer')?.write('enable', '1\n'));
  const began = self.clock.now();
  await self.clock.run(ms(6.6));
  const scan = indio(self).buffer?.read(100) ?? new Uint8Array(0);
  const time = new DataView(scan.buffer, scan.byteOffset).getBigInt64(16, true);
  expect([hex(scan.subarray(0, 16), ''), Number(time) - began]).toEqual([
    '10082010301840205028603000000000',
    6_600_000,
  ]);
  // Conversion ready, then the six registers.
  expect(self.wires).toEqual([
    'r 0f 0003',
    ...[1, 2, 3, 4, 5, 6].map((reg) => `r 0${reg} ${(0x1008 * reg).toString(16)}`),
  ]);
  await timed(self, async () => dir.dirs.get('buffer')?.write('enable', '0\n'));
  expect(self.clock.pending).toBe(0);
});

test('a chip that is late is asked again, and nothing is captured twice', async () => {
  const self = await bound('measured');
  const dir = files(self, 'iio');
  await dir.dirs.get('scan_elements')?.write('in_voltage0_en', '1\n');
  self.answers[0x0f] = 0x0002;
  await timed(self, async () => dir.dirs.get('buffer')?.write('enable', '1\n'));
  await self.clock.run(ms(7));
  expect([self.wires, indio(self).buffer?.dataAvailable]).toEqual([['r 0f 0002'], 0]);
  self.answers[0x0f] = 0x0003;
  await self.clock.run(ms(1));
  expect([self.wires.slice(1), indio(self).buffer?.dataAvailable]).toEqual([['r 0f 0003', 'r 02 0000'], 1]);
});

test('in single-shot mode a scan is one conversion', async () => {
  const self = rig();
  self.node.properties.push(new DtProperty('ti,single-shot', new Uint8Array(0)));
  await probe(self, ina3221Driver({ hwmon: false }));
  const dir = files(self, 'iio');
  for (const name of ['in_voltage0_en', 'in_voltage2_en']) await dir.dirs.get('scan_elements')?.write(name, '1\n');
  await timed(self, async () => dir.dirs.get('buffer')?.write('enable', '1\n'));
  self.wires.length = 0;
  await self.clock.run(ms(6.6));
  expect(self.wires).toEqual(['w 00 71 23', 'r 0f 0003', 'r 02 0000', 'r 04 0000']);
});

test('unbinding ends capture and events, and leaves nothing', async () => {
  const self = await bound('measured');
  const dir = files(self, 'iio');
  const device = indio(self);
  const waiting = device.buffer?.wait(5);
  await dir.dirs.get('scan_elements')?.write('in_voltage0_en', '1\n');
  await events(self)?.write('in_voltage1-voltage0_thresh_rising_en', '1\n');
  await timed(self, async () => dir.dirs.get('buffer')?.write('enable', '1\n'));
  await timed(self, () => self.core.unbind(self.dev));
  expect(await waiting).toBe('disabled');
  expect(self.wires.at(-1)).toBe('w 00 71 20');
  expectNothingLeft(self, self.dev);
});

test('debugfs reads any register and changes CONFIG, but cannot reset behind the back of the driver', async () => {
  const self = await bound('measured');
  const debug = indio(self).debugfs;
  await debug?.write('direct_reg_access', '0xff\n');
  expect(await debug?.read('direct_reg_access')).toBe('0x3220\n');
  await debug?.write('direct_reg_access', '0x00 0xf367\n');
  expect([self.wires.at(-1), await read(self, 'oversampling_ratio')]).toEqual(['w 00 73 67', '4\n']);
  await expect(debug?.write('direct_reg_access', '0x01 0x1234\n')).rejects.toMatchObject({ code: 'EIO' });
});
