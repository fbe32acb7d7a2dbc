import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { i2cHolder } from './i2c-holder.js';

const root = mkdtempSync(join(tmpdir(), 'bringup-holder-'));
afterAll(() => rmSync(root, { recursive: true }));
const sys = join(root, 'sys');
const client = join(sys, 'bus/i2c/devices/1-0040');
mkdirSync(join(client, 'hwmon/hwmon3'), { recursive: true });
symlinkSync('../../../../bus/i2c/drivers/ina3221', join(client, 'driver'));
mkdirSync(join(sys, 'bus/i2c/devices/1-0041'));
writeFileSync(join(root, 'i2c-1'), '');
symlinkSync('i2c-1', join(root, 'power-bus'));

test('the driver that holds a chip is named, with the folder of its measurements', () => {
  const holder = { client: '1-0040', driver: 'ina3221', hwmon: [join(sys, 'class/hwmon/hwmon3')] };
  expect(i2cHolder(join(root, 'i2c-1'), 0x40, sys)).toEqual(holder);
  expect(i2cHolder(join(root, 'power-bus'), 0x40, sys)).toEqual(holder);
});

test('what sysfs does not tell is left out', () => {
  expect(i2cHolder(join(root, 'i2c-1'), 0x41, sys)).toEqual({ client: '1-0041', driver: undefined, hwmon: [] });
  expect(i2cHolder(join(root, 'none'), 0x40, sys)).toEqual({ client: '?-0040', driver: undefined, hwmon: [] });
});
