// Limits are passed on the modelled board, and somebody finds out: by interrupt, by file, by event. And what is
// captured is what the pins had.
import { expect, test } from 'vitest';
import { ms, s } from '../../src/base/clock.js';
import type { Bench } from '../../src/bench/bench.js';
import { ina3221Chip } from '../../src/chips/ina3221/ina3221.js';
import { IioDevice } from '../../src/core/iio/iio.js';
import type { SysfsDir } from '../../src/core/sysfs.js';
import { ina3221 } from '../../src/drivers/ina3221/ina3221.js';
import { benchOf } from '../bench.js';
import { treeOf } from '../lab.js';

const CHIP = '/i2c@1/power@40';
const CIRCUIT = (inside: string): string => `/ {
  gpio: gpio@2 { compatible = "x,gpio"; interrupt-controller; #interrupt-cells = <2>; };
  i2c@1 { compatible = "x,i2c"; #address-cells = <1>; #size-cells = <0>;
    power@40 { compatible = "ti,ina3221"; reg = <0x40>; ${inside} }; }; };`;
const EDGE = 2;
const LOW = 8;
const wired = (type: number): string =>
  CIRCUIT(`interrupts-extended = <&gpio 4 ${type}>, <&gpio 5 ${type}>; interrupt-names = "critical", "warning";`);

interface Watched {
  readonly bench: Bench;
  readonly hwmon: SysfsDir;
  readonly iio: IioDevice;
  /** Events of IIO, and files of hwmon that woke who polled them, with the millisecond. */
  readonly told: string[];
}

async function powered(source: string): Promise<Watched> {
  const bench = benchOf(treeOf(source), { drivers: [ina3221], chips: [ina3221Chip()] });
  const told: string[] = [];
  const at = () => Math.round(bench.clock.now() / ms(1));
  bench.trace.attach((e) => e.kind === 'iio_event' && told.push(`${at()} ${e.channel} ${e.event}`));
  await bench.powerOn();
  const [hwmon] = bench.core.classDevices('hwmon');
  const [iio] = bench.core.classDevices('iio');
  expect([hwmon !== undefined, iio instanceof IioDevice]).toEqual([true, true]);
  const files = (hwmon as { readonly sysfs: SysfsDir }).sysfs;
  for (const name of files.attributes.keys())
    if (name.endsWith('_alarm')) files.watch(name, () => told.push(`${at()} ${name}`));
  return { bench, hwmon: files, iio: iio as IioDevice, told };
}

const write = (bench: Bench, dir: SysfsDir | undefined, name: string, text: string): Promise<void> =>
  bench.drive(name, s(5), async () => dir?.write(name, `${text}\n`));

async function setLimits({ bench, hwmon, iio }: Watched): Promise<void> {
  await write(bench, hwmon, 'curr1_max', '2000');
  await write(bench, hwmon, 'curr1_crit', '3000');
  await write(bench, hwmon, 'curr2_crit', '3000');
  for (const n of [1, 3])
    for (const severity of ['', 'critical_'])
      await write(
        bench,
        iio.sysfs.dirs.get('events'),
        `in_voltage${n}-voltage${n - 1}_${severity}thresh_rising_en`,
        '1',
      );
}

test.each([
  ['edges', EDGE],
  ['levels', LOW],
])('each limit that is passed is told once, at the next conversion, by lines with %s', async (_, type) => {
  const watched = await powered(wired(type));
  const { bench, told } = watched;
  await setLimits(watched);
  await bench.run(ms(93)); // 100 ms after power on
  expect(told).toEqual([]);
  bench.setKnob(CHIP, 'load1Ma', 2500);
  await bench.run(ms(200));
  bench.setKnob(CHIP, 'load1Ma', 3500);
  bench.setKnob(CHIP, 'load2Ma', 3500); // the pin of the first is low already
  await bench.run(ms(300));
  bench.setKnob(CHIP, 'load1Ma', 500);
  bench.setKnob(CHIP, 'load2Ma', 500);
  await bench.run(ms(300));
  bench.setKnob(CHIP, 'load1Ma', 2500);
  await bench.run(ms(100));
  // Cycles begin every 6.6 ms, shunt 1 is converted after 1.1 ms of them and shunt 2 after 3.3 ms: at 106.7 ms, and at
  // 300.3 ms before 304.7 ms. The Critical pin is low by then, so channel 1 is seen at the next look, 100 ms later.
  expect(told).toEqual([
    ...['107 curr1_max_alarm', '107 in_voltage1-voltage0 thresh_rising'],
    ...['300 curr2_crit_alarm', '300 in_voltage3-voltage2 critical_thresh_rising'],
    ...['400 curr1_crit_alarm', '400 in_voltage1-voltage0 critical_thresh_rising'],
    ...['905 curr1_max_alarm', '905 in_voltage1-voltage0 thresh_rising'],
  ]);
});

test.each([
  ['an edge', EDGE],
  ['a level', LOW],
])('two chips on one line with %s: each is heard, also while the other holds the line', async (_, type) => {
  const pins = `interrupts-extended = <&gpio 4 ${type}>; interrupt-names = "critical";`;
  const bench = benchOf(
    treeOf(`/ {
      gpio: gpio@2 { compatible = "x,gpio"; interrupt-controller; #interrupt-cells = <2>; };
      i2c@1 { compatible = "x,i2c"; #address-cells = <1>; #size-cells = <0>;
        power@40 { compatible = "ti,ina3221"; reg = <0x40>; ${pins} };
        power@41 { compatible = "ti,ina3221"; reg = <0x41>; ${pins} }; }; };`),
    { drivers: [ina3221], chips: [ina3221Chip()] },
  );
  const told: string[] = [];
  await bench.powerOn();
  for (const { parent, sysfs } of bench.core.classDevices('hwmon')) {
    await write(bench, sysfs, 'curr1_crit', '3000');
    sysfs.watch('curr1_crit_alarm', () => told.push(`${Math.round(bench.clock.now() / ms(100))} ${parent.name}`));
  }
  const load = (address: number, mA: number) => bench.setKnob(`/i2c@1/power@${address}`, 'load1Ma', mA);
  load(40, 3500);
  await bench.run(ms(1000));
  load(41, 3500);
  await bench.run(ms(1000));
  load(40, 0);
  await bench.run(ms(1000));
  load(40, 3500);
  await bench.run(ms(1000));
  load(40, 0);
  load(41, 0);
  await bench.run(ms(1000));
  load(41, 3500);
  await bench.run(ms(1000));
  expect(told).toEqual(['0 0-0040', '10 0-0041', '30 0-0040', '50 0-0041']);
});

test('while a limit stays passed nobody is interrupted, and when all is well nobody looks', async () => {
  const watched = await powered(wired(LOW));
  const { bench } = watched;
  await setLimits(watched);
  let interrupts = 0;
  let transfers = 0;
  bench.trace.attach((e) => {
    if (e.kind === 'irq_handler_entry') interrupts++;
    if (e.kind === 'i2c_write') transfers++;
  });
  bench.setKnob(CHIP, 'load1Ma', 3500);
  await bench.run(s(10));
  // One for each pin, which fall together, and a look every 100 ms.
  expect([interrupts, transfers]).toEqual([2, 100]);
  bench.setKnob(CHIP, 'load1Ma', 0);
  await bench.run(s(1));
  transfers = 0;
  await bench.run(s(10));
  expect([interrupts, transfers]).toEqual([2, 0]);
});

test('without lines events that are wanted are looked for, and the alarm files tell all the same', async () => {
  const watched = await powered(CIRCUIT(''));
  const { bench, hwmon, told } = watched;
  await setLimits(watched);
  bench.setKnob(CHIP, 'load1Ma', 3500);
  await bench.run(ms(200));
  expect(told.map((line) => line.replace(/^\d+ /, ''))).toEqual([
    ...['curr1_crit_alarm', 'in_voltage1-voltage0 critical_thresh_rising'],
    ...['curr1_max_alarm', 'in_voltage1-voltage0 thresh_rising'],
  ]);
  const alarms = ['curr1_crit_alarm', 'curr1_max_alarm', 'curr2_crit_alarm', 'curr4_crit_alarm'];
  const read = () => bench.drive('reading', s(1), () => Promise.all(alarms.map((name) => hwmon.read(name))));
  expect(await read()).toEqual(['1\n', '1\n', '0\n', '0\n']);
  bench.setKnob(CHIP, 'load1Ma', 0);
  await bench.run(ms(20));
  await read(); // what was passed until then
  expect(await read()).toEqual(['0\n', '0\n', '0\n', '0\n']);
});

test('the sum of the currents has its own limit', async () => {
  const { bench, hwmon, told } = await powered(wired(EDGE));
  await write(bench, hwmon, 'curr4_crit', '4500');
  const read = (name: string) => bench.drive('reading', s(1), () => hwmon.read(name));
  await bench.run(ms(20));
  expect([await read('curr4_input'), await read('in7_input')]).toEqual(['3000\n', '30\n']);
  bench.setKnob(CHIP, 'load3Ma', 2_000);
  await bench.run(ms(20));
  bench.setKnob(CHIP, 'load2Ma', 2_000);
  await bench.run(ms(20));
  expect(told.map((line) => line.replace(/^\d+ /, ''))).toEqual(['curr4_crit_alarm']);
  expect([await read('curr4_input'), await read('curr4_crit_alarm')]).toEqual(['5000\n', '1\n']);
});

test('asleep the chip tells nothing; awake its limits hold again', async () => {
  const watched = await powered(wired(LOW));
  const { bench, told } = watched;
  await setLimits(watched);
  await bench.suspend();
  bench.setKnob(CHIP, 'load1Ma', 3500);
  await bench.run(s(1));
  expect(told).toEqual([]);
  await bench.resume();
  await bench.run(ms(200));
  expect(told.map((line) => line.replace(/^\d+ /, '')).sort()).toEqual([
    ...['curr1_crit_alarm', 'curr1_max_alarm'],
    ...['in_voltage1-voltage0 critical_thresh_rising', 'in_voltage1-voltage0 thresh_rising'],
  ]);
});

test('captured scans have what the pins had at their conversion, cycle by cycle', async () => {
  const { bench, iio } = await powered(CIRCUIT(''));
  const scans = iio.sysfs.dirs.get('scan_elements');
  for (const name of ['in_voltage0_en', 'in_voltage1-voltage0_en', 'in_timestamp_en'])
    await write(bench, scans, name, '1');
  await write(bench, iio.sysfs.dirs.get('buffer'), 'length', '64');
  await write(bench, iio.sysfs.dirs.get('buffer'), 'enable', '1');
  const began = bench.clock.now();
  for (const [mv, ma] of [
    [5000, 1000],
    [4800, -1000],
    [12_000, 2000],
  ] as const) {
    bench.setKnob(CHIP, 'bus1Mv', mv);
    bench.setKnob(CHIP, 'load1Ma', ma);
    await bench.run(ms(13.2)); // two cycles
  }
  const bytes = iio.buffer?.read(1000) ?? new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const rows = Array.from({ length: bytes.length / 16 }, (_, at) => ({
    ma: (view.getInt16(16 * at) >> 3) * 4, // 40 uV over 10 mOhm
    mv: (view.getInt16(16 * at + 2) >> 3) * 8,
    ms: (Number(view.getBigInt64(16 * at + 8, true)) - began) / ms(1),
  }));
  // The chip's cycle and the moments of the knobs are not in step: every second scan is sure to be of the new load.
  expect(rows.map(({ ms: t }) => Math.round(t * 10) / 10)).toEqual([6.6, 13.2, 19.8, 26.4, 33, 39.6]);
  expect([rows[1], rows[3], rows[5]].map((row) => [row?.mv, row?.ma])).toEqual([
    [5000, 1000],
    [4800, -1000],
    [12_000, 2000],
  ]);
});
