import { expect, test } from 'vitest';
import { SysfsDir } from '../../core/sysfs.js';
import { formatMask, parseMask, scanBytes } from './masks.js';
import { type DeviceModel, readModel } from './model.js';

/** A device with one channel for each type, `voltage0`, `voltage1`, …; an empty type is a channel without a place. */
function deviceOf(types: readonly string[]): Promise<DeviceModel> {
  const [dir, scan] = [new SysfsDir('iio:device0'), new SysfsDir('scan_elements')];
  const file = (name: string, text: string) => ({ name, mode: 0o444, show: () => `${text}\n` });
  dir.addGroup(types.map((_, at) => file(`in_voltage${at}_raw`, '0')));
  types.forEach((type, at) => {
    if (type === '') return;
    scan.addGroup([file(`in_voltage${at}_index`, String(at)), file(`in_voltage${at}_type`, type)]);
  });
  dir.addDir(scan);
  return readModel({ id: 'iio:device0', dir });
}

const ids = (model: DeviceModel, mask: string): string[] => parseMask(model, mask).map(({ id }) => id);

test('a mask has eight digits for 32 channels, the last channels first', async () => {
  const model = await deviceOf(Array(40).fill('be:s16/16>>0'));
  expect(ids(model, '0000000100000001')).toEqual(['voltage0', 'voltage32']);
  expect(ids(model, '000000808000000A')).toEqual(['voltage1', 'voltage3', 'voltage31', 'voltage39']);
  for (const mask of ['000000808000000a', 'ffffffffffffffff'])
    expect(formatMask(model, parseMask(model, mask))).toBe(mask === 'ffffffffffffffff' ? '000000ffffffffff' : mask);
});

test.each(['', '1', '0000000g', '000000001', '0x000001', '0000000000000001', '00000000', '00000004'])(
  'the mask %j selects nothing of two channels',
  async (mask) => {
    const model = await deviceOf(['be:s16/16>>0', 'be:s16/16>>0']);
    expect(() => parseMask(model, mask)).toThrow(/\(EINVAL\)/);
  },
);

test('a channel that no buffer holds is not selected', async () => {
  const model = await deviceOf(['', 'be:s16/16>>0']);
  expect(model.channels.map(({ id }) => id)).toEqual(['voltage1', 'voltage0']);
  expect(ids(model, '00000003')).toEqual(['voltage1']);
  expect(() => parseMask(model, '00000002')).toThrow(/\(EINVAL\)/);
});

// Facts §5.6: each channel aligned to its own size, the total to the largest.
test.each([
  [['be:s13/16>>3'], 2],
  [[...Array(6).fill('be:s13/16>>3'), 'le:s64/64>>0'], 24],
  [['be:s13/16>>3', 'le:s64/64>>0'], 16],
  [['le:u8/8>>0', 'le:u16/16>>0', 'le:u8/8>>0'], 6],
  [['le:u8/8X3>>0'], 3],
])('%j are %d bytes', async (types, bytes) => {
  const model = await deviceOf(types);
  expect(scanBytes(parseMask(model, (2 ** types.length - 1).toString(16).padStart(8, '0')))).toBe(bytes);
});
