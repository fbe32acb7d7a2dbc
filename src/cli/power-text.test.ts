import { expect, test } from 'vitest';
import type { GuardedRail, RailLimits } from '../abi/rails.js';
import { csvHeading, csvLine } from './power-csv.js';
import { Extremes, type PowerSample, powerSample } from '../stock/power-sample.js';
import { powerLine, powerTable } from './power-text.js';

const rail = (
  channel: number,
  label: string,
  mv: number,
  ma: number,
  limits: RailLimits = {},
  device = '1-0040',
): GuardedRail => ({
  path: `/i2c@1/${device}`,
  device,
  hwmon: 'hwmon0',
  channel,
  label,
  millivolts: { value: mv },
  milliamperes: { value: ma },
  limits,
});

const on = { value: 1 };
const off = { value: 0 };
const GUARDED = [
  rail(1, 'VDD_IN', 19_008, 1500, { max: { value: 2000 }, maxAlarm: off, crit: { value: 3000 }, critAlarm: off }),
  rail(2, 'VDD_CPU_GPU_CV', 5000, -250, { maxAlarm: on, critAlarm: on }),
  rail(3, 'VDD_SOC', 5000, 800, { maxAlarm: on, critAlarm: { error: 'EIO' } }),
];
const sample = powerSample({ time: '2026-01-02T03:04:05.678Z' }, GUARDED);

const watched = (...samples: PowerSample[]): Extremes => {
  const extremes = new Extremes();
  for (const one of samples) extremes.note(one);
  return extremes;
};

test('a table marks alarms, and errors of reading them', () => {
  expect(powerTable(sample)).toEqual([
    'rail                  V        A        W  alarms',
    'VDD_IN           19.008    1.500   28.512',
    'VDD_CPU_GPU_CV    5.000   -0.250   -1.250  CRIT MAX',
    'VDD_SOC           5.000    0.800    4.000  MAX crit alarm EIO',
    'total = VDD_IN                     28.512',
  ]);
});

const CALM = powerSample({ seconds: 0 }, [rail(1, 'VDD_IN', 19_008, 1500), rail(2, 'VDD_CPU', 5000, -250)]);
const BUSY = powerSample({ seconds: 1 }, [rail(1, 'VDD_IN', 19_000, 2000), rail(2, 'VDD_CPU', 5000, 1900)]);

test.each([
  [
    100,
    [
      'rail                  V        A        W    min W    max W',
      'VDD_IN           19.000    2.000   38.000   28.512   38.000  ███████████████████████████████████████',
      'VDD_CPU           5.000    1.900    9.500   -1.250    9.500  █████████▊',
      'total = VDD_IN                     38.000',
    ],
  ],
  [
    60,
    [
      'rail                  V        A        W    min W    max W',
      'VDD_IN           19.000    2.000   38.000   28.512   38.000',
      'VDD_CPU           5.000    1.900    9.500   -1.250    9.500',
      'total = VDD_IN                     38.000',
    ],
  ],
  [
    55,
    [
      'rail                  V        A        W',
      'VDD_IN           19.000    2.000   38.000  ████████████',
      'VDD_CPU           5.000    1.900    9.500  ███',
      'total = VDD_IN                     38.000',
    ],
  ],
  [
    38,
    [
      'rail              V        A        W',
      'VDD_IN       19.000    2.000   38.000',
      'VDD_CPU       5.000    1.900    9.500',
      'total = V…                     38.000',
    ],
  ],
  [30, ['rail              V        A', 'VDD_IN       19.000    2.000', 'VDD_CPU       5.000    1.900', 'total = V…']],
  [5, ['rail', 'VDD_I', 'VDD_C', 'total']],
])('a table that is watched fits into %d columns, and cuts no number', (columns, lines) => {
  expect(powerTable(BUSY, { columns, extremes: watched(CALM, BUSY) })).toEqual(lines);
});

test('power that flows backwards has a lighter bar, on the scale of the largest so far', () => {
  const lines = powerTable(CALM, { columns: 79, extremes: watched(CALM, BUSY) });
  expect(lines.slice(1, 3).map((line) => line.slice(61))).toEqual(['█████████████▌', '░']);
});

test('colours are put around whole cells, after everything has its width', () => {
  const [head, , second] = powerTable(sample, { painted: true, columns: 70 });
  expect(head).toContain('\u001b[2mrail          \u001b[22m');
  expect(second).toBe('VDD_CPU_GPU_CV    5.000   -0.250   -1.250\u001b[31m  CRIT MAX\u001b[39m');
});

test('rails of several chips stand behind their device, and names that two have are told apart', () => {
  const two = powerSample({ seconds: 2.5 }, [rail(1, 'in1', 1000, 1), rail(1, 'in1', 2000, 2, {}, '1-0041')]);
  expect(powerTable(two)).toEqual([
    'device  rail        V        A        W',
    '1-0040  in1     1.000    0.001    0.001',
    '1-0041  in1     2.000    0.002    0.004',
  ]);
  expect(powerLine(two)).toBe('2.500 s  1-0040 in1 1.000 V 0.001 A 0.001 W  1-0041 in1 2.000 V 0.002 A 0.004 W');
  expect(csvHeading(two)).toBe(
    'seconds,1-0040 in1 mV,1-0040 in1 mA,1-0040 in1 mW,1-0041 in1 mV,1-0041 in1 mA,1-0041 in1 mW,alarms,errors',
  );
});

test('what a tree calls a rail cannot control the terminal', () => {
  const odd = powerSample({ seconds: 0 }, [rail(1, 'a\u001b[2Jb', 1, 1)]);
  expect([powerTable(odd)[1]?.slice(0, 10), powerLine(odd).includes('\u001b')]).toEqual(['a\\x1b[2Jb ', false]);
});

test('a line has everything behind its time', () => {
  expect(powerLine(sample)).toBe(
    '2026-01-02T03:04:05.678Z  VDD_IN 19.008 V 1.500 A 28.512 W  VDD_CPU_GPU_CV 5.000 V -0.250 A -1.250 W CRIT MAX  ' +
      'VDD_SOC 5.000 V 0.800 A 4.000 W MAX crit alarm EIO  total 28.512 W',
  );
});

test('values are separated by commas, alarms and errors told in words, names quoted where they must be', () => {
  expect(csvLine(sample)).toBe(
    '2026-01-02T03:04:05.678Z,19008,1500,28512,5000,-250,-1250,5000,800,4000,28512,' +
      'VDD_CPU_GPU_CV crit; VDD_CPU_GPU_CV max; VDD_SOC max,VDD_SOC crit alarm EIO',
  );
  const odd = powerSample({ seconds: 0 }, [rail(1, 'a,"b"', 3304, 7), rail(2, ' c', 1, 1)]);
  expect(csvHeading(odd)).toBe(
    'seconds,"a,""b"" mV","a,""b"" mA","a,""b"" mW"," c mV"," c mA"," c mW",total mW,alarms,errors',
  );
  expect(csvLine(odd)).toBe('0,3304,7,23.128,1,1,0.001,23.129,,');
});

const labels = (...names: string[]) =>
  powerSample(
    { seconds: 0 },
    names.map((name, at) => rail(at + 1, name, 1000, 1000)),
  ).total;

test.each([
  [['VDD_IN', 'VDD_CPU'], { kind: 'input', rails: ['VDD_IN'], milliwatts: 1000 }],
  [['VDD_IN', 'VDD_M2_IN'], { kind: 'input', rails: ['VDD_IN'], milliwatts: 1000 }],
  [['POM_5V_CPU', 'pom_5v_in'], { kind: 'input', rails: ['pom_5v_in'], milliwatts: 1000 }],
  [['VIN', 'DC_IN', 'VDD_CPU'], { kind: 'input', rails: ['VIN', 'DC_IN'], milliwatts: 2000 }],
  [
    ['VDD_GPU_SOC', 'VDD_CPU_CV', 'VIN_SYS_5V0'],
    { kind: 'sum', rails: ['VDD_GPU_SOC', 'VDD_CPU_CV', 'VIN_SYS_5V0'], milliwatts: 3000 },
  ],
  [['VDD_CPU', 'in2'], undefined],
  [['in1', 'in2', 'in3'], undefined],
  [['VDD_IN'], undefined],
])('what %j take together is %j', (names, total) => {
  expect(labels(...names)).toEqual(total);
});

test('a disabled rail takes nothing, and one that cannot be read makes the total unknown', () => {
  const none = { millivolts: { error: 'ENODATA' }, milliamperes: { error: 'ENODATA' } } as const;
  const fails = { millivolts: { error: 'ENXIO' }, milliamperes: { value: 5 } } as const;
  const parts = [rail(1, 'VDD_A', 1000, 1000), rail(2, 'VDD_B', 1000, 1000)];
  expect(powerSample({}, [...parts, { ...rail(3, 'in3', 0, 0), ...none }]).total?.milliwatts).toBe(2000);
  expect(powerSample({}, [...parts, { ...rail(3, 'VDD_C', 0, 0), ...fails }]).total?.milliwatts).toBe('ENXIO');
});
