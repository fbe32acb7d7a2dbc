import { expect, test } from 'vitest';
import { goldenFiles } from '../../../test/ina3221-golden.js';
import { ANSWERS_ZERO, captureRig, iioRig, scanChannels } from '../../../test/iio-rig.js';
import { SysError } from '../../base/errno.js';
import { Bug } from '../../base/assert.js';
import type { IioChanInfo, IioChanSpec } from './channel.js';
import type { IioInfo } from './info.js';
import { devmIioDeviceRegister, type IioDevice } from './iio.js';
import { iioInt, iioMicro } from './value.js';

/** Names and modes, sorted. */
const files = (dir: { attributes: ReadonlyMap<string, { mode: number }> } | undefined): string[] =>
  [...(dir?.attributes ?? [])].map(([name, { mode }]) => `${name} ${mode.toString(8)}`).sort();

/** A device whose files are looked at only. */
const filesOf = async (channels: readonly IioChanSpec[], info: Partial<IioInfo> = {}): Promise<string[]> => {
  const rig = await iioRig(() => ({ name: 'adc', channels, info: { ...ANSWERS_ZERO, ...info } }));
  return files(rig.indio.sysfs);
};

const voltage = (channel: number, more: Partial<IioChanSpec> = {}): IioChanSpec => ({
  ...{ type: 'voltage', indexed: true, channel },
  ...more,
});

test('the INA3221 patch of 2016 makes the files that it made in the kernel', async () => {
  const channels = [1, 2, 3].flatMap((channel) =>
    ['shunt', 'bus', 'shunt_critical', 'shunt_warning'].map((extendName) =>
      voltage(channel, {
        extendName,
        separate: ['raw', 'scale'],
        sharedByAll: ['oversampling_ratio'],
      }),
    ),
  );
  const own = ['shunt', 'bus'].flatMap((kind) => [
    { name: `${kind}_integration_time`, mode: 0o644 },
    { name: `${kind}_integration_time_available`, mode: 0o444 },
  ]);
  const list = [{ name: 'oversampling_ratio_available', mode: 0o444 }, ...own];
  expect(await filesOf(channels, { attributes: list })).toEqual(goldenFiles('seed'));
});

test('every file of a channel is writable as in Linux, unless the driver says that it is not', async () => {
  const channels = [voltage(0, { separate: ['raw', 'scale'], sharedByAll: ['sampling_frequency'] })];
  const isWritable = (_: IioChanSpec, info: IioChanInfo): boolean => info !== 'raw';
  expect(await filesOf(channels)).toEqual([
    'in_voltage0_raw 644',
    'in_voltage0_scale 644',
    'name 444',
    'sampling_frequency 644',
  ]);
  expect(await filesOf(channels, { isWritable })).toEqual([
    'in_voltage0_raw 444',
    'in_voltage0_scale 644',
    'name 444',
    'sampling_frequency 644',
  ]);
});

test('shared files are merged, whoever describes them', async () => {
  const shared: Partial<IioChanSpec> = { sharedByType: ['scale'], sharedByDir: ['offset'], sharedByAll: ['en'] };
  const other = { type: 'current', channel: 0, indexed: true, output: true, ...shared } as const;
  expect(await filesOf([voltage(0, shared), voltage(1, shared), other])).toEqual([
    'en 644',
    'in_offset 644',
    'in_voltage_scale 644',
    'name 444',
    'out_current_scale 644',
    'out_offset 644',
  ]);
});

test('what a value may be is a file of its own, shared or not', async () => {
  const channels = [0, 1].map((channel) =>
    voltage(channel, {
      ...{ separateAvailable: ['scale'], sharedByTypeAvailable: ['offset'], sharedByDirAvailable: ['phase'] },
      sharedByAllAvailable: ['oversampling_ratio'],
    }),
  );
  const readAvail = () => ({ kind: 'list', type: 'INT', vals: [1, 4, 16] }) as const;
  expect(await filesOf(channels, { readAvail })).toEqual([
    'in_phase_available 444',
    'in_voltage0_scale_available 444',
    'in_voltage1_scale_available 444',
    'in_voltage_offset_available 444',
    'name 444',
    'oversampling_ratio_available 444',
  ]);
});

/** The error and the log of a registration that fails. */
const refusal = async (channels: readonly IioChanSpec[], info: Partial<IioInfo> = {}, isBuffered = false) => {
  const buffer = { handler: async () => undefined };
  const spec = { name: 'adc', channels, info: { ...ANSWERS_ZERO, ...info }, ...(isBuffered ? { buffer } : {}) };
  try {
    await iioRig(() => spec);
  } catch (e) {
    if (e instanceof SysError && 'log' in e) return [e.code, ...(e.log as string[]).slice(0, -1)];
    throw e;
  }
  return [];
};

test('two separate files of one name are EBUSY, and the log names them', async () => {
  expect(await refusal([voltage(0, { separate: ['raw'] }), voltage(0, { separate: ['raw'] })])).toEqual([
    'EBUSY',
    'err: adc adc: tried to double register : in_voltage0_raw',
  ]);
});

test("a file of the driver's own that a channel has too is EEXIST", async () => {
  const attributes = [{ name: 'in_voltage0_raw', mode: 0o444 }];
  expect(await refusal([voltage(0, { separate: ['raw'] })], { attributes })).toEqual(['EEXIST']);
});

test('a difference between channels without numbers is EINVAL', async () => {
  const chan: IioChanSpec = { type: 'voltage', channel: 0, channel2: 1, differential: true, separate: ['raw'] };
  expect(await refusal([chan])).toEqual(['EINVAL']);
});

test('channels that cannot be captured together are EINVAL, and the log says why', async () => {
  const [first, second, time] = scanChannels(2) as [IioChanSpec, IioChanSpec, IioChanSpec];
  const { scanType } = first;
  const narrow = { ...first, scanType: { sign: 's', realbits: 14, storagebits: 16, shift: 3, endianness: 'be' } };
  const refused = (...channels: readonly object[]) => refusal(channels as IioChanSpec[], {}, true);
  expect(await refused(first, { ...second, scanIndex: 0 })).toEqual(['EINVAL', 'err: adc adc: Duplicate scan index 0']);
  expect(await refused(narrow)).toEqual(['EINVAL', 'err: adc adc: Scan index 0: 14 bits above 3 do not fit into 16']);
  expect(await refused(voltage(0, { scanIndex: 4 }))).toEqual([
    'EINVAL',
    'err: adc adc: Scan index 4 has no scan type',
  ]);
  expect(await refused({ ...time, scanType })).toEqual(['EINVAL', 'err: adc adc: Scan index 2: a time has 64 bits']);
  expect(await refusal([first, { ...second, scanIndex: 0 }])).toEqual([]);
});

test('labels and extended names exclude each other', async () => {
  expect(await refusal([voltage(0, { extendName: 'bus' })], { readLabel: () => 'VDD' })).toEqual([
    'EINVAL',
    'err: adc adc: Cannot use labels and extend_name at the same time',
  ]);
});

test('a channel has a label file when the driver knows labels, or when it has an extended name', async () => {
  const readLabel = ({ channel }: IioChanSpec) => (channel === 0 ? 'VDD' : undefined);
  const named = await iioRig(() => ({
    name: 'adc',
    channels: [voltage(0), voltage(1)],
    info: { ...ANSWERS_ZERO, readLabel },
  }));
  expect(files(named.indio.sysfs)).toEqual(['in_voltage0_label 444', 'in_voltage1_label 444', 'name 444']);
  expect(await named.read('in_voltage0_label')).toBe('VDD\n');
  await expect(named.read('in_voltage1_label')).rejects.toMatchObject({ code: 'EINVAL' });
  const extended = await iioRig(() => ({
    name: 'adc',
    channels: [voltage(1, { extendName: 'shunt_critical' })],
    info: ANSWERS_ZERO,
  }));
  expect(await extended.read('in_voltage1_shunt_critical_label')).toBe('shunt_critical\n');
});

test('a file says what the driver answers, and its errors pass through', async () => {
  const answers: Partial<Record<IioChanInfo, () => ReturnType<IioInfo['readRaw']>>> = {
    raw: () => iioInt(-4096),
    scale: async () => iioMicro(0, 40_000),
    offset: () => {
      throw new SysError('EREMOTEIO', 'no answer');
    },
  };
  const rig = await iioRig(() => ({
    name: 'ina3221',
    channels: [voltage(1, { channel2: 0, differential: true, separate: ['raw', 'scale', 'offset'] })],
    info: { readRaw: (_, info) => answers[info]?.() ?? iioInt(0) },
  }));
  expect(await rig.read('name')).toBe('ina3221\n');
  expect(await rig.read('in_voltage1-voltage0_raw')).toBe('-4096\n');
  expect(await rig.read('in_voltage1-voltage0_scale')).toBe('0.040000\n');
  await expect(rig.read('in_voltage1-voltage0_offset')).rejects.toMatchObject({ code: 'EREMOTEIO' });
  await expect(rig.read('in_voltage0_raw')).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a write is parsed as the driver says: with six decimals, with nine, or whole in any notation', async () => {
  const written: unknown[] = [];
  const rig = await iioRig(() => ({
    name: 'adc',
    channels: [voltage(0, { separate: ['scale', 'offset', 'raw'] })],
    info: {
      ...ANSWERS_ZERO,
      writeRaw: ({ channel }, val, val2, info) => void written.push([channel, info, val, val2]),
      writeRawGetFmt: (_, info) => (info === 'raw' ? 'INT' : info === 'offset' ? 'INT_PLUS_NANO' : 'INT_PLUS_MICRO'),
    },
  }));
  for (const [file, text] of [
    ['scale', '-1.0000015\n'],
    ['offset', '0.000000001'],
    ['raw', '0x10\n'],
    ['scale', '16\0'],
  ] as const)
    await rig.write(`in_voltage0_${file}`, text);
  expect(written).toEqual([
    [0, 'scale', -1, 1],
    [0, 'offset', 0, 1],
    [0, 'raw', 16, 0],
    [0, 'scale', 16, 0],
  ]);
  await expect(rig.write('in_voltage0_raw', '1.5')).rejects.toMatchObject({ code: 'EINVAL' });
  await expect(rig.write('in_voltage0_raw', '2147483648')).rejects.toMatchObject({ code: 'ERANGE' });
});

test('without a format a write has six decimals, and without a writer it is EINVAL', async () => {
  const written: unknown[] = [];
  const channels = [voltage(0, { separate: ['scale'] })];
  const writeRaw: IioInfo['writeRaw'] = (_, val, val2) => void written.push([val, val2]);
  const rig = await iioRig(() => ({ name: 'adc', channels, info: { ...ANSWERS_ZERO, writeRaw } }));
  await rig.write('in_voltage0_scale', '0.000140');
  expect(written).toEqual([[0, 140]]);
  const deaf = await iioRig(() => ({ name: 'adc', channels, info: ANSWERS_ZERO }));
  await expect(deaf.write('in_voltage0_scale', '1')).rejects.toMatchObject({ code: 'EINVAL' });
});

test('a list of what a value may be without anybody who knows it is our own mistake', async () => {
  await expect(filesOf([voltage(0, { separateAvailable: ['scale'] })])).rejects.toThrow(Bug);
});

test('a device has the label of its node unless its driver gives one', async () => {
  const spec = { name: 'adc', channels: [], info: ANSWERS_ZERO };
  const fromTree = await iioRig(() => spec, 'label = "main rails";');
  expect([fromTree.indio.label, await fromTree.read('label')]).toEqual(['main rails', 'main rails\n']);
  const fromDriver = await iioRig(() => ({ ...spec, label: 'cpu' }), 'label = "main rails";');
  expect(await fromDriver.read('label')).toBe('cpu\n');
  expect((await iioRig(() => spec)).indio.sysfs.attributes.has('label')).toBe(false);
});

test('devices take the first free number of their class', async () => {
  const spec = { name: 'adc', channels: [], info: ANSWERS_ZERO };
  let first: IioDevice | undefined;
  const rig = await iioRig((dev) => {
    first = devmIioDeviceRegister(dev, spec);
    return spec;
  });
  const { indio, bench } = rig;
  expect([first?.sysfs.name, indio.nr, indio.sysfs.name]).toEqual(['iio:device0', 1, 'iio:device1']);
  expect(bench.core.classDevices('iio')).toEqual([first, indio]);
});

test('a device with events or times has a clock, which any that Linux has may be', async () => {
  const rig = await captureRig(1);
  expect(await rig.read('current_timestamp_clock')).toBe('realtime\n');
  for (const clock of ['monotonic', 'monotonic_raw', 'realtime_coarse', 'monotonic_coarse', 'boottime', 'tai']) {
    await rig.write('current_timestamp_clock', `${clock}\n`);
    expect(await rig.read('current_timestamp_clock')).toBe(`${clock}\n`);
  }
  await expect(rig.write('current_timestamp_clock', 'sundial')).rejects.toMatchObject({ code: 'EINVAL' });
  await rig.write('scan_elements/in_voltage0_en', '1');
  await rig.write('buffer/enable', '1');
  await expect(rig.write('current_timestamp_clock', 'tai')).rejects.toMatchObject({ code: 'EBUSY' });
  await rig.write('buffer/enable', '0');
});

test('a device without buffer and events has neither their directories nor a clock', async () => {
  const { indio } = await iioRig(() => ({ name: 'adc', channels: scanChannels(1).slice(0, 1), info: ANSWERS_ZERO }));
  expect([[...indio.sysfs.dirs.keys()], files(indio.sysfs), indio.buffer, indio.events, indio.debugfs]).toEqual([
    [],
    ['name 444'],
    ...[undefined, undefined, undefined],
  ]);
});

test('a register is chosen, read and written through debugfs, in any notation of C', async () => {
  const regs = new Map([[0x0f, 0x7002]]);
  const rig = await iioRig(() => ({
    name: 'adc',
    channels: [],
    info: {
      ...ANSWERS_ZERO,
      debugfsRegAccess: {
        read: async (reg) => {
          const value = regs.get(reg);
          if (value === undefined) throw new SysError('EIO', 'no such register');
          return value;
        },
        write: async (reg, value) => void regs.set(reg, value),
      },
    },
  }));
  const dir = rig.indio.debugfs;
  if (dir === undefined) throw new Error('no debugfs');
  expect([dir.name, files(dir)]).toEqual(['iio:device0', ['direct_reg_access 644']]);
  const seen: string[] = [];
  for (const text of ['0x0f\n', '017', '15 rest', ' 0x0F 0xabcd\n', '0x0e 010', '14 -1']) {
    await dir.write('direct_reg_access', text);
    seen.push(await dir.read('direct_reg_access'));
  }
  expect(seen).toEqual(['0x7002\n', '0x7002\n', '0x7002\n', '0xABCD\n', '0x8\n', '0xFFFFFFFF\n']);
  await expect(dir.write('direct_reg_access', 'reg')).rejects.toMatchObject({ code: 'EINVAL' });
  await dir.write('direct_reg_access', '0x80');
  await expect(dir.read('direct_reg_access')).rejects.toMatchObject({ code: 'EIO' });
  expect(rig.log).toEqual(['err: adc adc: iio_debugfs_read_reg: read failed']);
});

test('an unbind leaves no file, no member of the class and nothing that answers', async () => {
  const rig = await captureRig(2);
  await rig.unbind();
  const { indio, bench } = rig;
  const left = [indio.sysfs, ...indio.sysfs.dirs.values()].flatMap((dir) => [...dir.attributes.keys()]);
  expect([left, bench.core.classDevices('iio'), indio.registered]).toEqual([[], [], false]);
});
