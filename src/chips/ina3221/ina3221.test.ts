// The chip against its datasheet (TI SBOS576C) and the recorded examples in test/golden/ina3221.json, `chip_examples`.
import { expect, test } from 'vitest';
import { ms, us } from '../../base/clock.js';
import { Random } from '../../base/random.js';
import { Rig } from '../../../test/ina3221-chip.js';

const CONFIG = 0x00;
const SUM = 0x0d;
const SUM_LIMIT = 0x0e;
const MASK_ENABLE = 0x0f;
const CVRF = 0x0001;
const TCF = 0x0002;
const PVF = 0x0004;

const MEASURED = [1, 2, 3, 4, 5, 6];
/** 5 V, 1 A, 10 mOhm: 10 mV is code 250, 5 V is code 625. */
const SHUNT = 0x07d0;
const BUS = 0x1388;

test('registers at power-on are those of the register map', () => {
  const rig = new Rig();
  const addrs = Array.from({ length: 0x12 }, (_, addr) => addr);
  expect(rig.all([...addrs, 0xfe, 0xff])).toEqual([
    0x7127, 0, 0, 0, 0, 0, 0, 0x7ff8, 0x7ff8, 0x7ff8, 0x7ff8, 0x7ff8, 0x7ff8, 0, 0x7ffe, 0x0002, 0x2710, 0x2328, 0x5449,
    0x3220,
  ]);
});

test('writes keep the bits that the map lets them keep', () => {
  const rig = new Rig();
  const addrs = Array.from({ length: 0x11 }, (_, at) => at + 1);
  const keptOf = (value: number): number[] => {
    for (const addr of [...addrs, 0xfe, 0xff]) rig.write(addr, value);
    return rig.all([...addrs, 0xfe, 0xff]);
  };
  const limits = (value: number): number[] => Array.from({ length: 6 }, () => value);
  const ids = [0x5449, 0x3220];
  expect(keptOf(0xffff)).toEqual([0, 0, 0, 0, 0, 0, ...limits(0xfff8), 0, 0xfffe, 0x7c02, 0x7ff8, 0x7ff8, ...ids]);
  expect(keptOf(0x0000)).toEqual([0, 0, 0, 0, 0, 0, ...limits(0), 0, 0, 0x0002, 0, 0, ...ids]);
});

test('CONFIG keeps every bit but RST', () => {
  const rig = new Rig();
  rig.write(CONFIG, 0x7fff);
  const ones = rig.read(CONFIG);
  rig.write(CONFIG, 0x0000);
  expect([ones, rig.read(CONFIG)]).toEqual([0x7fff, 0x0000]);
});

test('four open-drain pins: released is high, and at power-on only power valid is low', () => {
  const rig = new Rig();
  expect([rig.levels, rig.moves]).toEqual([{ critical: true, warning: true, pv: false, tc: true }, [[0, 'pv', false]]]);
});

// chip_examples.shunt_uV_to_register; with a shunt of 1 Ohm a milliampere makes a millivolt.
test.each([
  [0, 0x0000],
  [40, 0x0008],
  [-40, 0xfff8],
  [80, 0x0010],
  [1000, 0x00c8],
  [-1000, 0xff38],
  [5000, 0x03e8],
  [80_000, 0x3e80],
  [-80_000, 0xc180],
  [163_800, 0x7ff8],
  [-163_840, 0x8000],
  [163_760, 0x7ff0],
  [-163_800, 0x8008],
])('a shunt voltage of %i uV reads as recorded', async (uv, register) => {
  const rig = new Rig({ load2Ma: uv / 1000, shunt2Uohm: 1_000_000 });
  await rig.at(us(6600));
  expect(rig.read(0x03)).toBe(register);
});

// chip_examples.bus_mV_to_register as far as the pins go (26 V).
test.each([
  [0, 0x0000],
  [8, 0x0008],
  [1200, 0x04b0],
  [3304, 0x0ce8],
  [5000, 0x1388],
  [9000, 0x2328],
  [10_000, 0x2710],
  [12_000, 0x2ee0],
  [26_000, 0x6590],
])('a bus voltage of %i mV reads as recorded', async (mv, register) => {
  const rig = new Rig({ bus3Mv: mv });
  await rig.at(us(6600));
  expect(rig.read(0x06)).toBe(register);
});

// chip_examples.sum_uV_to_register as far as three channels go; each channel carries its share.
test.each([
  [0, 0x0000],
  [40, 0x0002],
  [-40, 0xfffe],
  [80_000, 0x0fa0],
  [240_000, 0x2ee0],
  [-240_000, 0xd120],
  [491_400, 0x5ffa],
])('a sum of %i uV reads as recorded', async (uv, register) => {
  const share = Math.trunc(uv / 120) / 25;
  const last = Math.round((uv / 1000 - 2 * share) * 25) / 25;
  const shunts = { shunt1Uohm: 1_000_000, shunt2Uohm: 1_000_000, shunt3Uohm: 1_000_000 };
  const rig = new Rig({ ...shunts, load1Ma: share, load2Ma: share, load3Ma: last });
  rig.write(MASK_ENABLE, 0x7000);
  await rig.at(us(6600));
  expect(rig.read(SUM)).toBe(register);
});

test('shunt voltages saturate at full scale in both directions', async () => {
  const rig = new Rig({ load1Ma: 50_000, load2Ma: -50_000 });
  await rig.at(us(6600));
  expect(rig.all([0x01, 0x03])).toEqual([0x7ff8, 0x8000]);
});

test('codes are rounded to the nearest', async () => {
  // 19, 21 and 61 uV of a 40 uV step; 3, 5 and 11 mV of an 8 mV step.
  const shunts = { shunt1Uohm: 1000, shunt2Uohm: 1000, shunt3Uohm: 1000 };
  const rig = new Rig({ ...shunts, load1Ma: 19, load2Ma: 21, load3Ma: 61, bus1Mv: 3, bus2Mv: 5, bus3Mv: 11 });
  await rig.at(us(6600));
  expect(rig.all(MEASURED)).toEqual([0x0000, 0x0000, 0x0008, 0x0008, 0x0010, 0x0008]);
});

test('a current that flows backwards reads negative', async () => {
  const rig = new Rig({ load1Ma: -8000 }); // -80 mV: the datasheet's example
  await rig.at(us(6600));
  expect(rig.read(0x01)).toBe(0xc180);
});

// chip_examples.config_to_cycle_us
test.each([
  ['0x7127', 6600],
  ['0x7126', 3300],
  ['0x7125', 3300],
  ['0x7123', 6600],
  ['0x7122', 3300],
  ['0x7121', 3300],
  ['0x4127', 2200],
  ['0x6127', 4400],
  ['0x7007', 840],
  ['0x71ff', 49_464],
  ['0x7e07', 840],
  ['0x71d7', 25_728],
  ['0x4125', 1100],
  ['0x40dd', 588],
  ['0x70ff', 26_496],
])('CONFIG %s: CVRF comes after the recorded cycle time, not a microsecond earlier', async (config, cycleUs) => {
  const rig = new Rig();
  await rig.at(us(1000));
  rig.write(CONFIG, Number(config));
  await rig.at(us(1000 + cycleUs - 1));
  expect(rig.read(MASK_ENABLE) & CVRF).toBe(0);
  await rig.at(us(1000 + cycleUs));
  expect(rig.read(MASK_ENABLE) & CVRF).toBe(CVRF);
});

test.each(['0x0127', '0x7120', '0x7124'])('CONFIG %s converts nothing', async (config) => {
  const rig = new Rig();
  rig.write(CONFIG, Number(config));
  await rig.at(ms(1000));
  expect(rig.all([...MEASURED, MASK_ENABLE])).toEqual([0, 0, 0, 0, 0, 0, TCF]);
});

test('signals are converted shunt 1, bus 1, shunt 2, bus 2, shunt 3, bus 3, each at its own time', async () => {
  const rig = new Rig();
  const full = [SHUNT, BUS, SHUNT, BUS, SHUNT, BUS];
  for (let done = 1; done <= 6; done++) {
    await rig.at(us(1100 * done - 1));
    expect(rig.all(MEASURED)).toEqual(full.map((value, at) => (at < done - 1 ? value : 0)));
    await rig.at(us(1100 * done));
    expect(rig.all(MEASURED)).toEqual(full.map((value, at) => (at < done ? value : 0)));
  }
});

test('disabled channels and the other kind are skipped, with a time for each kind', async () => {
  const rig = new Rig();
  rig.write(CONFIG, 0x50df); // channels 1 and 3, bus 588 us, shunt 588 us
  rig.write(CONFIG, 0x505f); // bus 204 us, shunt 588 us
  const steps: number[][] = [];
  for (const end of [588, 792, 1380, 1584]) {
    await rig.at(us(end));
    steps.push(rig.all(MEASURED));
  }
  expect(steps).toEqual([
    [SHUNT, 0, 0, 0, 0, 0],
    [SHUNT, BUS, 0, 0, 0, 0],
    [SHUNT, BUS, 0, 0, SHUNT, 0],
    [SHUNT, BUS, 0, 0, SHUNT, BUS],
  ]);
});

test.each([
  ['0x7121', [SHUNT, 0, SHUNT, 0, SHUNT, 0]],
  ['0x7125', [SHUNT, 0, SHUNT, 0, SHUNT, 0]],
  ['0x3122', [0, 0, 0, BUS, 0, BUS]],
  ['0x3126', [0, 0, 0, BUS, 0, BUS]],
])('CONFIG %s converts its kind on its channels and nothing else', async (config, measured) => {
  const rig = new Rig();
  rig.write(CONFIG, Number(config));
  await rig.at(ms(100));
  expect(rig.all(MEASURED)).toEqual(measured);
});

test('in power-down all registers are read and written as ever', async () => {
  const rig = new Rig();
  await rig.at(us(6600));
  rig.write(CONFIG, 0x7120);
  rig.write(0x07, 0x1230);
  rig.write(0x10, 0x4560);
  await rig.at(ms(100));
  expect(rig.all([...MEASURED, 0x07, 0x10, 0xfe])).toEqual([
    ...[SHUNT, BUS, SHUNT, BUS, SHUNT, BUS],
    ...[0x1230, 0x4560, 0x5449],
  ]);
});

test('continuous mode follows a change in the cycle that it happens in', async () => {
  const rig = new Rig();
  await rig.at(ms(100)); // 15 cycles are 99 ms; shunt 1 of the next ends at 100.1 ms
  rig.turn('load1Ma', 2000);
  expect(rig.read(0x01)).toBe(SHUNT);
  await rig.at(us(100_099));
  expect(rig.read(0x01)).toBe(SHUNT);
  await rig.at(us(100_100));
  expect(rig.read(0x01)).toBe(2 * SHUNT);
});

test('single-shot does one cycle and stops; MODE stays; the same CONFIG again starts another', async () => {
  const rig = new Rig();
  rig.write(CONFIG, 0x7123);
  await rig.at(us(6600));
  rig.turn('bus1Mv', 8);
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF);
  await rig.at(ms(50));
  expect(rig.all([CONFIG, 0x02, MASK_ENABLE])).toEqual([0x7123, BUS, TCF]);
  rig.write(CONFIG, 0x7123);
  await rig.at(ms(50) + us(6600));
  expect(rig.all([0x02, MASK_ENABLE])).toEqual([0x0008, TCF | CVRF]);
});

test('reading MASK_ENABLE clears CVRF until the next cycle is complete', async () => {
  const rig = new Rig();
  await rig.at(us(6700));
  expect([rig.read(MASK_ENABLE), rig.read(MASK_ENABLE)]).toEqual([TCF | CVRF, TCF]);
  await rig.at(us(13_199));
  expect(rig.read(MASK_ENABLE)).toBe(TCF);
  await rig.at(us(13_200));
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF);
});

/** Everything that MASK_ENABLE can show of channel 1: CF1, SF, WF1, PVF, TCF, CVRF. */
const ALL_FLAGS = 0x0267;

/** A chip with all of them set, sums of channel 1 and latches on. */
async function flagged(): Promise<Rig> {
  const rig = new Rig({ bus1Mv: 12_000 });
  rig.write(0x07, 0);
  rig.write(0x08, 0);
  rig.write(SUM_LIMIT, 0);
  rig.write(MASK_ENABLE, 0x4c00);
  await rig.at(ms(1));
  rig.write(0x10, 4000);
  await rig.at(us(6600));
  return rig;
}

test('reading MASK_ENABLE clears the flags of conversions at once; PVF, TCF and the settings stay', async () => {
  const rig = await flagged();
  expect([rig.read(MASK_ENABLE), rig.read(MASK_ENABLE)]).toEqual([0x4c00 | ALL_FLAGS, 0x4c00 | PVF | TCF]);
});

test('a write to MASK_ENABLE clears no flag and sets none', async () => {
  const rig = await flagged();
  rig.write(MASK_ENABLE, 0x0000);
  const zeros = rig.inspection.registers()['MASK_ENABLE'];
  rig.write(MASK_ENABLE, 0x83ff);
  expect([zeros, rig.inspection.registers()['MASK_ENABLE']]).toEqual([ALL_FLAGS, ALL_FLAGS]);
});

test('writing CONFIG clears CVRF, unless it says power-down', async () => {
  const rig = new Rig();
  await rig.at(us(6600));
  rig.write(CONFIG, 0x7124);
  rig.write(CONFIG, 0x7120);
  expect(rig.inspection.registers()['MASK_ENABLE']).toBe(TCF | CVRF);
  rig.write(CONFIG, 0x7127);
  expect(rig.inspection.registers()['MASK_ENABLE']).toBe(TCF);
});

test('writing CONFIG, even the same value, starts the sequence anew; reading it does not', async () => {
  const rig = new Rig();
  await rig.at(us(1000));
  rig.write(CONFIG, 0x7127);
  await rig.at(us(1100));
  expect(rig.all([CONFIG, 0x01])).toEqual([0x7127, 0]);
  await rig.at(us(2100));
  expect(rig.read(0x01)).toBe(SHUNT);
});

test('averaging moves each output by its share of the difference, from where it is', async () => {
  // 250 codes with N = 4 from 0: 62.5, 109.375, 144.53, 170.90; then N = 1 loads, and N = 4 goes on from 250 to 0.
  const rig = new Rig();
  rig.write(CONFIG, 0x4305);
  const codes: number[] = [];
  for (let cycle = 1; cycle <= 4; cycle++) {
    await rig.at(us(140 * cycle));
    codes.push(rig.read(0x01) >> 3);
  }
  expect(codes).toEqual([63, 109, 145, 171]);
  rig.write(CONFIG, 0x4105);
  await rig.at(us(560 + 140));
  rig.write(CONFIG, 0x4305);
  rig.turn('load1Ma', 0);
  await rig.at(us(700 + 280)); // 187.5, 140.625
  expect(rig.read(0x01) >> 3).toBe(141);
});

test('with N = 1024 a step smaller than N codes still settles, and cycles take no longer', async () => {
  const rig = new Rig();
  rig.write(CONFIG, 0x7e07);
  await rig.at(us(840));
  expect(rig.all([0x01, 0x02, MASK_ENABLE])).toEqual([0, 1 << 3, TCF | CVRF]); // 250/1024 and 625/1024 of a code
  await rig.at(ms(60_000));
  expect(rig.all(MEASURED)).toEqual([SHUNT, BUS, SHUNT, BUS, SHUNT, BUS]);
});

test('RST puts everything back and loses the other bits written with it', async () => {
  const rig = new Rig();
  await rig.at(ms(10));
  rig.write(0x07, 0x0008);
  rig.write(MASK_ENABLE, 0x7c00);
  rig.write(CONFIG, 0x8fff);
  const fresh = new Rig();
  expect(rig.inspection.registers()).toEqual(fresh.inspection.registers());
  await rig.at(ms(10) + us(1100));
  expect(rig.all([CONFIG, 0x01, 0x02])).toEqual([0x7127, SHUNT, 0]);
});

test('RST clears flags and lets latched pins go, and the limits that tripped them are gone', async () => {
  const rig = await flagged();
  expect(rig.levels).toEqual({ critical: false, warning: false, pv: true, tc: true });
  rig.write(CONFIG, 0x8000);
  expect([rig.levels, rig.read(MASK_ENABLE)]).toEqual([
    { critical: true, warning: true, pv: true, tc: true },
    PVF | TCF,
  ]);
  await rig.at(ms(100));
  expect([rig.movesOf('critical').length, rig.movesOf('warning').length]).toEqual([2, 2]);
});

/** One channel, shunt only, 140 us a cycle. */
const FAST = 0x4005;

test('a critical limit trips on greater, not on equal, at the moment of the conversion', async () => {
  const rig = new Rig(); // code 250
  rig.write(CONFIG, FAST);
  rig.write(0x07, 250 << 3);
  await rig.at(us(1000));
  expect([rig.read(MASK_ENABLE), rig.levels['critical']]).toEqual([TCF | CVRF, true]);
  rig.write(0x07, 249 << 3);
  await rig.at(us(2000));
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF | 0x0200);
  expect(rig.moves).toContainEqual([1120, 'critical', false]);
});

test('80 mV is the limit 0x3E80, and the next step of 40 uV is greater', async () => {
  const rig = new Rig({ load1Ma: 8000 });
  rig.write(0x07, 0x3e80);
  await rig.at(us(6600));
  const at = rig.read(MASK_ENABLE) & 0x03f8;
  rig.turn('load1Ma', 8004);
  await rig.at(us(13_200));
  expect([at, rig.read(MASK_ENABLE) & 0x03f8]).toEqual([0, 0x0200]);
});

test('limits are signed: -250 is greater than -251', async () => {
  const rig = new Rig({ load1Ma: -1000, load3Ma: -1000, load2Ma: -1000 });
  rig.write(0x07, (-250 << 3) & 0xffff);
  rig.write(0x0b, (-251 << 3) & 0xffff);
  await rig.at(us(6600));
  expect(rig.read(MASK_ENABLE) & 0x03f8).toBe(0x0080);
});

test('the power-up limit can never be exceeded, the lowest trips on all but full negative', async () => {
  const rig = new Rig({ load1Ma: 100_000, load2Ma: -100_000, load3Ma: -16_380 });
  rig.write(0x09, 0x8000);
  rig.write(0x0b, 0x8000);
  await rig.at(us(6600));
  expect(rig.read(MASK_ENABLE) & 0x03f8).toBe(0x0080);
});

test('critical looks at each conversion, warning at the average', async () => {
  const rig = new Rig();
  rig.write(0x07, 100 << 3);
  rig.write(0x08, 100 << 3);
  rig.write(CONFIG, 0x4205); // N = 4: 62.5, 109.375
  await rig.at(ms(1));
  expect(rig.moves.filter(([, pin]) => pin !== 'pv')).toEqual([
    [140, 'critical', false],
    [280, 'warning', false],
  ]);
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF | 0x0220);
});

test.each([
  [1, 0x0220],
  [2, 0x0110],
  [3, 0x0088],
])('channel %i has its own flags', async (channel, flags) => {
  const rig = new Rig();
  rig.write(0x05 + 2 * channel, 0);
  rig.write(0x06 + 2 * channel, 0);
  await rig.at(us(6600));
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF | flags);
});

test('a pin that does not latch follows the comparison while its flag stays until it is read', async () => {
  const rig = new Rig();
  rig.write(CONFIG, FAST);
  rig.write(0x07, 300 << 3);
  await rig.at(us(200));
  rig.turn('load1Ma', 2000);
  await rig.at(us(600));
  rig.turn('load1Ma', 1000);
  await rig.at(us(1000));
  expect(rig.moves.slice(-2)).toEqual([
    [280, 'critical', false],
    [700, 'critical', true],
  ]);
  expect([rig.read(MASK_ENABLE), rig.read(MASK_ENABLE)]).toEqual([TCF | CVRF | 0x0200, TCF]);
});

test('a latched pin stays low until MASK_ENABLE is read, and falls again while the cause lasts', async () => {
  const rig = new Rig({ load1Ma: 2000 });
  rig.write(MASK_ENABLE, 0x0800); // WEN
  rig.write(0x08, 300 << 3);
  rig.write(CONFIG, FAST);
  await rig.at(us(300));
  rig.read(MASK_ENABLE);
  rig.turn('load1Ma', 1000);
  await rig.at(us(500));
  rig.turn('load1Ma', 2000);
  await rig.at(us(600));
  rig.turn('load1Ma', 1000);
  await rig.at(us(1000));
  rig.read(MASK_ENABLE);
  await rig.at(us(2000));
  expect(rig.moves.filter(([, pin]) => pin === 'warning')).toEqual([
    [140, 'warning', false],
    [300, 'warning', true],
    [560, 'warning', false],
    [1000, 'warning', true],
  ]);
});

test('a latched pin whose cause lasts falls with the next conversion after the read', async () => {
  const rig = new Rig();
  rig.write(MASK_ENABLE, 0x0400); // CEN
  rig.write(0x07, 0);
  rig.write(CONFIG, FAST);
  await rig.at(us(200));
  rig.read(MASK_ENABLE);
  await rig.at(us(1000));
  expect(rig.moves.filter(([, pin]) => pin === 'critical')).toEqual([
    [140, 'critical', false],
    [200, 'critical', true],
    [280, 'critical', false],
  ]);
});

test('the sum of the selected channels is compared at the end of the cycle', async () => {
  const rig = new Rig({ load2Ma: 2000, load3Ma: -500 }); // codes 250, 500, -125
  rig.write(MASK_ENABLE, 0x6000);
  rig.write(SUM_LIMIT, 750 << 1);
  await rig.at(us(6600));
  expect([rig.read(SUM), rig.read(MASK_ENABLE) & 0x03f8]).toEqual([750 << 1, 0]);
  rig.write(SUM_LIMIT, 749 << 1);
  await rig.at(us(13_199));
  expect(rig.levels['critical']).toBe(true);
  await rig.at(us(13_200));
  expect([rig.read(MASK_ENABLE) & 0x03f8, rig.levels['critical']]).toEqual([0x0040, false]);
  rig.write(MASK_ENABLE, 0x7000);
  await rig.at(us(19_800));
  expect(rig.read(SUM)).toBe(625 << 1);
});

test('without selected channels there is no sum; a disabled one adds its last conversion', async () => {
  const rig = new Rig();
  await rig.at(us(6600));
  expect(rig.read(SUM)).toBe(0);
  rig.write(MASK_ENABLE, 0x7000);
  rig.write(CONFIG, 0x6127);
  rig.turn('load3Ma', 4000);
  await rig.at(us(6600 + 4400));
  expect(rig.read(SUM)).toBe(750 << 1);
});

test('a sum over its limit latches the Critical pin as a channel does', async () => {
  const rig = new Rig();
  rig.write(MASK_ENABLE, 0x4400); // SCC1, CEN
  rig.write(SUM_LIMIT, 0);
  await rig.at(us(6600));
  rig.turn('load1Ma', -1000);
  await rig.at(us(20_000));
  rig.read(MASK_ENABLE);
  await rig.at(us(40_000));
  expect(rig.movesOf('critical')).toEqual([
    [6600, false],
    [20_000, true],
  ]);
});

test('cycles that measure no shunt leave the sum and its flag alone', async () => {
  const rig = new Rig();
  rig.write(MASK_ENABLE, 0x7000);
  await rig.at(us(6600));
  rig.write(CONFIG, 0x7126);
  rig.write(SUM_LIMIT, 0);
  await rig.at(ms(100));
  expect([rig.read(SUM), rig.read(MASK_ENABLE) & 0x03f8]).toEqual([750 << 1, 0]);
});

test('power valid is looked for only where bus voltages are measured', async () => {
  const rig = new Rig({ bus1Mv: 12_000, bus2Mv: 12_000, bus3Mv: 12_000 });
  rig.write(CONFIG, 0x7125);
  await rig.at(ms(100));
  const without = rig.levels['pv'];
  rig.write(CONFIG, 0x7126);
  await rig.at(ms(100) + us(3300));
  expect([without, rig.levels['pv']]).toEqual([false, true]);
});

test('power valid: low from power-on, released above the upper limit, low again below the lower one', async () => {
  const rig = new Rig({ bus1Mv: 12_000, bus2Mv: 12_000, bus3Mv: 10_000 });
  await rig.at(ms(8));
  expect(rig.moves).toEqual([[0, 'pv', false]]); // channel 3 reaches 10 V and does not exceed it
  rig.turn('bus3Mv', 10_008);
  await rig.at(ms(14));
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF | PVF);
  rig.turn('bus1Mv', 9000);
  await rig.at(ms(30));
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF | PVF);
  rig.turn('bus1Mv', 8992);
  await rig.at(ms(60));
  expect(rig.moves).toEqual([
    [0, 'pv', false],
    [13_200, 'pv', true],
    [39_600, 'pv', false], // bus 1 of the cycle before was converted at 28.6 ms
  ]);
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF);
});

test('RST holds power valid until the default limits have been looked at', async () => {
  const rig = new Rig();
  rig.write(0x10, 4000);
  rig.write(0x11, 3000 & 0xfff8);
  await rig.at(us(7000));
  rig.write(CONFIG, 0x8000);
  expect([rig.levels['pv'], rig.read(MASK_ENABLE)]).toEqual([true, TCF | PVF]);
  await rig.at(us(7000 + 6600));
  expect([rig.levels['pv'], rig.read(MASK_ENABLE)]).toEqual([false, TCF | CVRF]);
});

test('timing control: channel 2 not up within four more cycles pulls TC low until a reset', async () => {
  const rig = new Rig({ bus2Mv: 1192 }); // code 149
  await rig.at(ms(100));
  expect(rig.moves.slice(1)).toEqual([[2200 + 28_600, 'tc', false]]);
  rig.turn('bus2Mv', 5000);
  expect([rig.read(MASK_ENABLE), rig.read(MASK_ENABLE)]).toEqual([CVRF, 0]);
  rig.write(CONFIG, 0x7127);
  expect(rig.levels['tc']).toBe(false);
  rig.write(CONFIG, 0x8000);
  expect([rig.levels['tc'], rig.read(MASK_ENABLE)]).toEqual([true, TCF]);
});

test('RST runs timing control again', async () => {
  const rig = new Rig({ bus2Mv: 0 });
  await rig.at(us(10_000));
  rig.write(CONFIG, 0x7127); // switched off
  await rig.at(ms(100));
  rig.write(CONFIG, 0x8000);
  await rig.at(ms(200));
  expect(rig.movesOf('tc')).toEqual([[100_000 + 2200 + 28_600, false]]);
});

test('timing control waits for channel 1, and is content with channel 2 at its fifth look', async () => {
  const rig = new Rig({ bus1Mv: 0, bus2Mv: 0 });
  await rig.at(ms(50));
  rig.turn('bus1Mv', 1200); // seen at 55.0 ms; the looks end at 57.2, 63.8, 70.4, 77.0, 83.6 ms
  await rig.at(us(83_599));
  rig.turn('bus2Mv', 1200);
  await rig.at(ms(90));
  rig.turn('bus2Mv', 0);
  await rig.at(ms(500));
  expect([rig.levels['tc'], rig.read(MASK_ENABLE) & TCF]).toEqual([true, TCF]);
});

test('the same rail one microsecond too late trips timing control', async () => {
  const rig = new Rig({ bus1Mv: 0, bus2Mv: 0 });
  await rig.at(ms(50));
  rig.turn('bus1Mv', 1200);
  await rig.at(us(83_601));
  rig.turn('bus2Mv', 1200);
  expect(rig.moves.at(-1)).toEqual([83_600, 'tc', false]);
});

test('a CONFIG write before its end switches timing control off', async () => {
  const rig = new Rig({ bus2Mv: 0 });
  await rig.at(us(30_799));
  rig.write(CONFIG, 0x7127);
  await rig.at(ms(500));
  expect([rig.levels['tc'], rig.read(MASK_ENABLE) & TCF]).toEqual([true, TCF]);
});

test('a chip with nothing to tell sets no timer, in any mode', async () => {
  const rig = new Rig();
  const pending: number[] = [];
  for (const config of [0x7127, 0x7123, 0x7120, 0x7fff]) {
    rig.write(CONFIG, config);
    await rig.clock.run(0); // the look ahead is made once a moment, when its changes are over
    pending.push(rig.clock.pending);
  }
  expect(pending).toEqual([0, 0, 0, 0]);
});

test('one timer stands for the next move of a pin, and power-down takes it away', () => {
  const rig = new Rig();
  rig.write(0x07, 0);
  expect(rig.clock.pending).toBe(1);
  rig.write(CONFIG, 0x7120);
  expect(rig.clock.pending).toBe(0);
});

test('a warning that an average reaches only after minutes comes with one timer, at its cycle', async () => {
  // 250 codes, N = 1024: the average reaches 248.5 when (1023/1024)^n <= 1.5/250, n = ln(0.006)/ln(1023/1024) = 5236.2.
  const rig = new Rig();
  rig.write(0x08, 248 << 3);
  rig.write(CONFIG, 0x4e3d); // channel 1, shunt only, 8244 us
  expect(rig.clock.pending).toBe(1);
  await rig.at(ms(60_000));
  expect(rig.moves.slice(1)).toEqual([[5237 * 8244, 'warning', false]]);
  expect(rig.clock.pending).toBe(0);
});

test('a change after its slot in the cycle trips critical in the next cycle', async () => {
  const rig = new Rig();
  rig.write(0x07, 300 << 3);
  rig.write(CONFIG, 0x7005); // three channels, shunts only, 140 us each
  await rig.at(us(200));
  rig.turn('load1Ma', 2000);
  await rig.at(us(2000));
  expect(rig.moves.slice(1)).toEqual([[560, 'critical', false]]);
});

test('a rail whose average sinks slowly loses power valid at its cycle', async () => {
  // 1500 codes falling to 0, N = 1024: 1500 (1023/1024)^n < 1124.5 at n = 294.9; the limit of 9 V is code 1125.
  const rig = new Rig({ bus1Mv: 12_000 });
  rig.write(CONFIG, 0x4006);
  await rig.at(us(140));
  rig.write(CONFIG, 0x4e06);
  rig.turn('bus1Mv', 0);
  await rig.at(ms(1000));
  expect(rig.moves.slice(1)).toEqual([
    [140, 'pv', true],
    [140 + 295 * 140, 'pv', false],
  ]);
});

test('a sum is right for who looks late, also when averages stood still at the new value', async () => {
  // N = 4: channel 1 converts 400 twice, which leaves 175; from then on it converts 175.
  const rig = new Rig({ load1Ma: 1600, load2Ma: 0, load3Ma: 0 });
  rig.write(MASK_ENABLE, 0x7000);
  rig.write(CONFIG, 0x7205);
  await rig.at(us(600));
  rig.turn('load1Ma', 700);
  await rig.at(us(4500)); // between channels 2 and 3 of the eleventh cycle
  expect([rig.read(0x01), rig.read(SUM)]).toEqual([175 << 3, 175 << 1]);
});

test('switching the latch off lets the pin follow its last comparison at once', async () => {
  const rig = new Rig({ load1Ma: 2000 });
  rig.write(MASK_ENABLE, 0x0400); // CEN
  rig.write(0x07, 300 << 3);
  rig.write(CONFIG, FAST);
  await rig.at(us(200));
  rig.turn('load1Ma', 1000);
  await rig.at(us(500));
  rig.write(MASK_ENABLE, 0x0000);
  expect(rig.moves.slice(1)).toEqual([
    [140, 'critical', false],
    [500, 'critical', true],
  ]);
});

test('limits the wrong way round make power valid swing with every cycle', async () => {
  const rig = new Rig();
  rig.write(0x10, 4000);
  rig.write(0x11, 6000);
  await rig.at(us(20_000));
  expect(rig.moves).toEqual([
    [0, 'pv', false],
    [6600, 'pv', true],
    [13_200, 'pv', false],
    [19_800, 'pv', true],
  ]);
});

/** Turns knobs and writes registers by chance, the same for the same seed. */
async function wander(rig: Rig, seed: string, lookEvery: number): Promise<void> {
  const random = new Random(seed);
  const configs = [0x7127, 0x7007, 0x7607, 0x4405, 0x7e07, 0x6286, 0x7123, 0x7120, 0x8000, 0x3205, 0x7a47];
  for (let round = 0; round < 25; round++) {
    const channel = 1 + random.below(3);
    const acts = [
      () => rig.turn(`load${channel}Ma`, random.below(6000) - 3000),
      () => rig.turn(`bus${channel}Mv`, random.below(16_000)),
      () => rig.write(CONFIG, random.pick(configs)),
      () => rig.write(0x07 + random.below(6), ((random.below(800) - 100) << 3) & 0xffff),
      () => rig.write(MASK_ENABLE, random.below(0x80) << 8),
      () => rig.write(SUM_LIMIT, random.below(1000) << 1),
      () => rig.write(0x10 + random.below(2), random.below(12_000)),
      () => rig.read(MASK_ENABLE),
    ];
    for (let n = random.below(3); n >= 0; n--) random.pick(acts)();
    const end = rig.clock.now() + us(1 + random.below(random.chance(0.2) ? 400_000 : 20_000));
    while (rig.clock.now() + lookEvery < end) {
      await rig.clock.run(lookEvery);
      rig.inspection.registers();
    }
    await rig.at(end);
  }
}

test('whoever looks often and whoever looks rarely see the same registers and the same pins', async () => {
  for (let seed = 0; seed < 12; seed++) {
    const [often, rarely] = [new Rig(), new Rig()];
    await wander(often, `wander ${seed}`, us(377));
    await wander(rarely, `wander ${seed}`, Number.POSITIVE_INFINITY);
    expect({ seed, moves: rarely.moves }).toEqual({ seed, moves: often.moves });
    expect({ seed, ...rarely.inspection.registers() }).toEqual({ seed, ...often.inspection.registers() });
  }
});

test('inspecting clears nothing', async () => {
  const rig = new Rig();
  await rig.at(us(6600));
  rig.inspection.registers();
  expect(rig.read(MASK_ENABLE)).toBe(TCF | CVRF);
});

test('knobs tell their unit, their limits and where they stand', () => {
  const rig = new Rig({ load3Ma: -250, busOffset2Mv: -8 });
  expect([...rig.knobs.values()].map((knob) => [knob.name, knob.unit, knob.min, knob.max, knob.get()])).toEqual([
    ...[1, 2, 3].flatMap((n) => [
      [`bus${n}Mv`, 'mV', 0, 26_000, 5000],
      [`load${n}Ma`, 'mA', -100_000, 100_000, n === 3 ? -250 : 1000],
      [`shunt${n}Uohm`, 'uOhm', 0, 100_000_000, 10_000],
    ]),
    ...[1, 2, 3].flatMap((n) => [
      [`shuntOffset${n}Uv`, 'uV', -10_000, 10_000, 0],
      [`shuntGain${n}Ppm`, 'ppm', -100_000, 100_000, 0],
      [`busOffset${n}Mv`, 'mV', -1000, 1000, n === 2 ? -8 : 0],
      [`busGain${n}Ppm`, 'ppm', -100_000, 100_000, 0],
    ]),
    ['a0', '(0 GND, 1 VS, 2 SDA, 3 SCL)', 0, 3, 0],
  ]);
});

test('plugging the model twice gives two chips', async () => {
  const options = { load1Ma: 1000 };
  const [a, b] = [new Rig(options), new Rig(options)];
  a.turn('load1Ma', 0);
  await b.at(us(1100));
  expect(b.read(0x01)).toBe(SHUNT);
  expect(options).toEqual({ load1Ma: 1000 });
});

test('what is soldered takes the place of the options and of the defaults', () => {
  const board = new Rig({ bus1Mv: 3000, load1Ma: 500 }, { bus1Mv: 12_000, shunt2Uohm: 5_000 });
  const pins = ['bus1Mv', 'load1Ma', 'shunt2Uohm', 'bus2Mv'].map((name) => board.knobs.get(name)?.get());
  expect(pins).toEqual([12_000, 500, 5_000, 5_000]);
});
