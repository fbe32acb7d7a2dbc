// What the chip is off by: offset and gain errors as the datasheet counts them (TI SBOS576C, "Electrical
// characteristics").
import { expect, test } from 'vitest';
import { us } from '../../base/clock.js';
import { Rig } from '../../../test/ina3221-chip.js';

const MEASURED = [1, 2, 3, 4, 5, 6];
const OFF = { load1Ma: 0, load2Ma: 0, load3Ma: 0, bus1Mv: 0, bus2Mv: 0, bus3Mv: 0 };

/** What all six registers hold after one cycle. */
async function measured(pins: Readonly<Record<string, number>>): Promise<number[]> {
  const rig = new Rig(pins);
  await rig.at(us(6600));
  return rig.all(MEASURED);
}

test('the worst offsets of the datasheet are two steps, and rails near 0 V read below zero', async () => {
  const up = { shuntOffset1Uv: 80, busOffset2Mv: 16, shuntOffset3Uv: 40 };
  const down = { shuntOffset2Uv: -80, busOffset1Mv: -16, busOffset3Mv: -8 };
  expect(await measured({ ...OFF, ...up, ...down })).toEqual([0x0010, 0xfff0, 0xfff0, 0x0010, 0x0008, 0xfff8]);
});

test('a gain error is a share of the voltage: 0.25 % of 80 mV are five steps, of 12 V 30 mV', async () => {
  const gains = { shuntGain1Ppm: 2500, busGain1Ppm: 2500, shuntGain2Ppm: -2500, busGain2Ppm: -2500 };
  const pins = { load1Ma: 8000, load2Ma: -8000, bus1Mv: 12_000, bus2Mv: 12_000 };
  // 80.2 mV is code 2005; 12.030 V is 1503.75 steps of 8 mV, 11.970 V 1496.25.
  expect(await measured({ ...OFF, ...gains, ...pins })).toEqual([0x3ea8, 0x2f00, 0xc1a8, 0x2ec0, 0, 0]);
});

test('gain comes before offset', async () => {
  const pins = { bus3Mv: 10_000, busGain3Ppm: 100_000, busOffset3Mv: -1000 };
  expect((await measured({ ...OFF, ...pins }))[5]).toBe(0x2710);
});

test('what is beyond full scale with its error saturates as it does without', async () => {
  const full = { shunt1Uohm: 1_000_000, shunt2Uohm: 1_000_000, load1Ma: 163.8, load2Ma: -163.84 };
  const off = { shuntOffset1Uv: 80, shuntOffset2Uv: -80, shuntGain1Ppm: 100_000 };
  expect((await measured({ ...OFF, ...full, ...off })).slice(0, 3)).toEqual([0x7ff8, 0, 0x8000]);
});

test('an error that is turned at run time shows with the next conversion of its signal', async () => {
  const rig = new Rig();
  await rig.at(us(6600));
  rig.turn('busOffset1Mv', 8);
  await rig.at(us(8799));
  const before = rig.read(0x02);
  await rig.at(us(8800));
  expect([before, rig.read(0x02)]).toEqual([0x1388, 0x1390]);
});
