import { afterEach, beforeEach, expect, test } from 'vitest';
import { ms } from '../../base/clock.js';
import { type PageLab, pageLab } from '../../../test/page-lab.js';
import { type ChipEntry, type ChipMap, registers, type RegistersState } from './registers.js';

const POWER = '/soc@10000000/i2c@10001000/power-sensor@40';
let lab: PageLab;
beforeEach(async () => {
  lab = await pageLab();
});
afterEach(async () => {
  expect(await lab.end()).toEqual([]);
});

const watch = (chip: string) => {
  const view = registers.watch(lab, { chip });
  return (): RegistersState | undefined => view.state() as RegistersState | undefined;
};
const ask = <T>(what: string, chip = POWER): T => registers.ask?.(lab, { what, chip }) as T;

test('all chips of the board can be chosen', () => {
  const chips = ask<ChipEntry[]>('chips');
  expect(chips.length).toBe(lab.bench.sockets.size);
  expect(chips[0]).toEqual({ path: POWER, model: 'ina3221', registers: 20 });
});

test('the map has addresses, fields from the highest bit on, and says by what the chip is reached', () => {
  const map = ask<ChipMap>('map');
  expect([map.model, map.width, map.reached, map.bus]).toEqual([
    ...['ina3221', 16, true, 'I2C, /soc@10000000/i2c@10001000, address 0x40'],
  ]);
  // SBOS576C, table of the mask and enable register.
  expect(map.registers['MASK_ENABLE']?.fields.slice(0, 2)).toEqual([
    { name: 'SCC1', hi: 14, lo: 14, access: 'rw' },
    { name: 'SCC2', hi: 13, lo: 13, access: 'rw' },
  ]);
  expect([map.registers['BUS1']?.writable, map.registers['BUS1']?.addr]).toEqual([false, 2]);
  expect(map.knobs.find(({ name }) => name === 'bus1Mv')).toMatchObject({ unit: 'mV', min: 0, max: 26_000 });
});

test('a chip without table says that it cannot be written', () => {
  const map = ask<ChipMap>('map', '/soc@10000000/remoteproc@10300000');
  expect([map.reached, map.bus]).toEqual([
    ...[false, 'the model has no table of its registers: they cannot be written'],
  ]);
});

test('values come once, and again when an action or time has changed them', async () => {
  const look = watch(POWER);
  const first = look();
  expect([first?.chip, first?.values['MANUFACTURER_ID'], first?.knobs['bus1Mv']]).toEqual([POWER, 0x5449, 12_000]);
  expect(look()).toBeUndefined();
  lab.player.act('write power-sensor@40 WARNING1=0x100');
  await lab.bench.clock.settle();
  expect(look()?.values['WARNING1']).toBe(0x100);
  lab.player.act('set power-sensor@40:bus1Mv=8000');
  expect(look()?.knobs['bus1Mv']).toBe(8000);
  await lab.bench.run(ms(200));
  // 8 V in steps of 8 mV, from bit 3 on.
  expect(look()?.values['BUS1']).toBe(1000 << 3);
});

test('while time passes it tells a few times a second, and the last time when it stands', async () => {
  const look = watch(POWER);
  look();
  let told = 0;
  for (let i = 0; i < 60; i++) {
    lab.player.act(`set power-sensor@40:bus1Mv=${5000 + 8 * i}`);
    await lab.bench.run(ms(16));
    if (look() !== undefined) told++;
  }
  expect(told).toBeGreaterThan(5);
  expect(told).toBeLessThanOrEqual(10);
  expect(look()?.knobs['bus1Mv'] ?? 5000 + 8 * 59).toBe(5000 + 8 * 59);
});

test('an unknown chip is the first one; a board without chips has none', () => {
  expect(watch('/nothing')()?.chip).toBe(POWER);
  expect(() => registers.ask?.(lab, { what: 'nonsense' })).toThrow('it cannot be asked for nonsense');
});

test('looking leaves no trace', async () => {
  const from = lab.events.ring.end;
  for (const chip of lab.bench.sockets.keys()) {
    watch(chip)();
    ask('map', chip);
  }
  ask('chips');
  await lab.bench.clock.settle();
  expect(lab.events.ring.end).toBe(from);
});
