// The contract of I2C adapters on a real one: the one that BRINGUP_I2C names, or that of the kernel's module i2c-stub.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type I2cEnds, i2cContract } from '../bus/i2c.contract.js';
import { openI2cDev } from './i2c-dev.js';
import { loadNative } from './native.js';

/** An adapter with a chip on it that may be written to. */
interface Place extends Omit<I2cEnds, 'bus' | 'close'> {
  readonly path: string;
}

const HOW =
  'set BRINGUP_I2C=/dev/i2c-N:ADDR:ABSENT:SCRATCH (a chip with 16-bit registers, an address where nobody is, a ' +
  'register that keeps what is written), or modprobe -a i2c-dev i2c-stub with chip_addr=0x40';

const native = loadNative();
const place = native === undefined ? undefined : (named() ?? stub());
const missing = native === undefined ? 'koffi is not installed' : 'no real I2C adapter with a chip to write to';
if (place === undefined) process.stderr.write(`i2c-dev: ${missing}: skipped; ${HOW}\n`);

function named(): Place | undefined {
  const text = process.env['BRINGUP_I2C'];
  if (text === undefined) return undefined;
  const [, path = '', ...numbers] = /^(.+):(0x[0-9a-f]+|\d+):(0x[0-9a-f]+|\d+):(0x[0-9a-f]+|\d+)$/i.exec(text) ?? [];
  if (path === '') throw new Error(`BRINGUP_I2C=${text}: write /dev/i2c-N:ADDR:ABSENT:SCRATCH`);
  const [present, absent, scratch] = numbers.map(Number) as [number, number, number];
  return { path, present, absent, scratch };
}

/** i2c-stub has chips of 256 words at the addresses that it was loaded with. */
function stub(): Place | undefined {
  try {
    const adapters = '/sys/class/i2c-adapter';
    const isStub = (name: string) => readFileSync(join(adapters, name, 'name'), 'utf8') === 'SMBus stub driver\n';
    const name = readdirSync(adapters).find(isStub);
    const chips = readFileSync('/sys/module/i2c_stub/parameters/chip_addr', 'utf8').split(',').map(Number);
    const absent = [0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a].find((a) => !chips.includes(a));
    const [present] = chips;
    if (name === undefined || present === undefined || absent === undefined) return undefined;
    return { path: `/dev/${name}`, present, absent, scratch: 7 };
  } catch {
    return undefined;
  }
}

test.skipIf(place === undefined)('a real adapter says what it offers, and no driver holds an address', async () => {
  const { path, absent } = place as Place;
  const bus = openI2cDev(loadNative() as NonNullable<typeof native>, path);
  expect(bus.functionality.length).toBeGreaterThan(0);
  expect(await bus.isHeld(absent)).toBe(false);
  await bus.close();
});

if (native !== undefined && place !== undefined) {
  i2cContract(`i2c-dev, ${place.path}`, () => {
    const bus = openI2cDev(native, place.path);
    return { ...place, bus, close: () => void bus.close() };
  });
}
