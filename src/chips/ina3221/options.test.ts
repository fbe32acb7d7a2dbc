// Each reading of the datasheet that concerns conversions and comparisons, both ways.
import { expect, test } from 'vitest';
import { ms, us } from '../../base/clock.js';
import { Rig } from '../../../test/ina3221-chip.js';

const CONFIG = 0x00;
const MASK_ENABLE = 0x0f;
/** Channel 1, shunt only, N = 4, 140 us a cycle. */
const FILTERED = 0x4205;
const codeOf = (rig: Rig, reg: number): number => rig.read(reg) >> 3;

/** Codes of shunt 1 after each of some cycles. */
async function cycles(rig: Rig, count: number): Promise<number[]> {
  const from = rig.clock.now();
  const codes: number[] = [];
  for (let cycle = 1; cycle <= count; cycle++) {
    await rig.at(from + us(140 * cycle));
    codes.push(codeOf(rig, 0x01));
  }
  return codes;
}

// 10 mV is code 250. From 0 by quarters: 62.5, 109.375, 144.53; from 250 to 0: 187.5, 140.625.
test.each([
  ['filtered', [63, 109, 145]],
  ['loaded', [250, 250, 250]],
] as const)('the first conversion is %s', async (firstSample, codes) => {
  const rig = new Rig({ firstSample });
  rig.write(CONFIG, FILTERED);
  expect(await cycles(rig, 3)).toEqual(codes);
});

test('loaded once, an average is an average, also behind another CONFIG; RST loads anew', async () => {
  const rig = new Rig({ firstSample: 'loaded' });
  rig.write(CONFIG, FILTERED);
  await cycles(rig, 1);
  rig.turn('load1Ma', 0);
  const falling = await cycles(rig, 1);
  rig.write(CONFIG, FILTERED);
  falling.push(...(await cycles(rig, 1)));
  rig.write(CONFIG, 0x8000);
  rig.turn('load1Ma', 1000);
  rig.write(CONFIG, FILTERED);
  expect([falling, await cycles(rig, 1)]).toEqual([[188, 141], [250]]);
});

test('each signal has its own first conversion, one of 0 included', async () => {
  const rig = new Rig({ firstSample: 'loaded', load1Ma: 0 });
  rig.write(CONFIG, FILTERED);
  await cycles(rig, 1);
  rig.turn('load1Ma', 1000);
  rig.write(CONFIG, 0x6205); // channel 2 comes in
  await rig.at(us(140 + 280));
  expect([codeOf(rig, 0x01), codeOf(rig, 0x03)]).toEqual([63, 250]);
});

test.each([
  ['enabled', true],
  ['all', false],
] as const)('power valid of %s channels where one is switched off and was never measured: %s', async (which, valid) => {
  const rig = new Rig({ powerValidChannels: which, bus1Mv: 12_000, bus2Mv: 12_000, bus3Mv: 12_000 });
  rig.write(CONFIG, 0x6127);
  await rig.at(ms(50));
  expect(rig.levels['pv']).toBe(valid);
});

test('where all channels count, one that is switched off counts as it was last measured', async () => {
  const rig = new Rig({ powerValidChannels: 'all', bus1Mv: 12_000, bus2Mv: 12_000, bus3Mv: 12_000 });
  await rig.at(us(6600));
  rig.write(CONFIG, 0x6127);
  rig.turn('bus3Mv', 0);
  await rig.at(ms(50));
  rig.write(CONFIG, 0x7127);
  await rig.at(ms(50) + us(6600));
  expect(rig.movesOf('pv')).toEqual([
    [0, false],
    [6600, true],
    [56_600, false],
  ]);
});

test.each([
  ['strict', [false, true, true]],
  ['inclusive', [true, true, false]],
] as const)('power valid with %s limits: at the upper, above it, at the lower', async (powerValidLimits, wanted) => {
  const rig = new Rig({ powerValidLimits, bus1Mv: 10_000, bus2Mv: 12_000, bus3Mv: 12_000 });
  const seen: unknown[] = [];
  for (const [cycle, mv] of [10_000, 10_008, 9000].entries()) {
    rig.turn('bus1Mv', mv);
    await rig.at(us(6600) * (cycle + 1));
    seen.push(rig.levels['pv']);
  }
  expect(seen).toEqual(wanted);
});

test.each([
  ['sticky', 0x0203],
  ['follow', 0x0003],
] as const)('a %s flag of a pin that does not latch, when its cause is gone', async (flags, mask) => {
  const rig = new Rig({ flags });
  rig.write(0x07, 0);
  await rig.at(us(6600));
  rig.turn('load1Ma', -1000);
  await rig.at(us(13_200));
  expect([rig.read(MASK_ENABLE), rig.levels['critical']]).toEqual([mask, true]);
});

test('whatever is chosen, a latched flag stays until it is read', async () => {
  const rig = new Rig({ flags: 'follow' });
  rig.write(MASK_ENABLE, 0x0400);
  rig.write(0x07, 0);
  await rig.at(us(6600));
  rig.turn('load1Ma', -1000);
  await rig.at(us(13_200));
  expect([rig.read(MASK_ENABLE), rig.read(MASK_ENABLE)]).toEqual([0x0603, 0x0402]);
});
