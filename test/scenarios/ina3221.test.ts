// Driver and chip meet: the driver was written from the patch and from Linux, the chip from the datasheet.
import { expect, test } from 'vitest';
import { readRails } from '../../src/abi/rails.js';
import { traceJson, traceLine } from '../../src/abi/trace-text.js';
import { ms, s } from '../../src/base/clock.js';
import { compareRegisters } from '../../src/base/regs.js';
import type { TraceEvent } from '../../src/base/trace.js';
import { SysError } from '../../src/base/errno.js';
import { type Bench, type BenchParts, Bench as Machine } from '../../src/bench/bench.js';
import { everyFault } from '../../src/bench/every-fault.js';
import { ina3221Chip } from '../../src/chips/ina3221/ina3221.js';
import { R as CHIP } from '../../src/chips/ina3221/regs.js';
import type { SysfsDir } from '../../src/core/sysfs.js';
import { platformDriver } from '../../src/core/platform-device.js';
import { ina3221 } from '../../src/drivers/ina3221/ina3221.js';
import { R as DRIVER } from '../../src/drivers/ina3221/regs.js';
import { settle } from '../../src/host/settle.js';
import { benchOf } from '../bench.js';
import { labTree, treeOf } from '../lab.js';

const PARTS = { drivers: [ina3221], chips: [ina3221Chip()] } satisfies Partial<BenchParts>;
const FIRST = '/soc@10000000/i2c@10001000/power-sensor@40';

const ONE = (inside = '') => `/ { i2c@1 { compatible = "x,i2c"; #address-cells = <1>; #size-cells = <0>;
  power@40 { compatible = "ti,ina3221"; reg = <0x40>; ${inside} }; }; };`;

async function readings(bench: Bench): Promise<string[]> {
  const rails = await bench.drive('reading', s(1), () => readRails(bench.core));
  const text = (value: { value: number } | { error: string }) => ('value' in value ? value.value : value.error);
  return rails.map(
    ({ device, label, millivolts, milliamperes }) => `${device} ${label} ${text(millivolts)} ${text(milliamperes)}`,
  );
}

/** A machine outside the watch of `benchOf`: what is tried here may be left unclean, and is asked for it. */
const fresh = (source: string) => (faults: NonNullable<BenchParts['faults']>) =>
  new Machine({ ...PARTS, tree: treeOf(source), settle, faults });

test('driver and datasheet agree on every register and field', () => {
  expect(compareRegisters(DRIVER, CHIP)).toEqual([]);
});

test('the lab board boots and its rails read in mV and mA under their labels', async () => {
  const bench = benchOf(labTree(), PARTS);
  await bench.powerOn();
  const path = '/soc@10000000/i2c@10001000/power-sensor@41';
  bench.setKnob(FIRST, 'bus1Mv', 12_000);
  bench.setKnob(FIRST, 'shunt1Uohm', 5_000);
  bench.setKnob(FIRST, 'load1Ma', 2_000);
  bench.setKnob(FIRST, 'load2Ma', -1_500);
  bench.setKnob(FIRST, 'shunt3Uohm', 1_000);
  for (const name of ['shunt1Uohm', 'shunt2Uohm']) bench.setKnob(path, name, 20_000);
  bench.setKnob(path, 'bus1Mv', 3304);
  await bench.run(ms(20));
  expect(await readings(bench)).toEqual([
    '0-0040 VDD_12V_IN 12000 2000',
    '0-0040 VDD_5V_SYS 5000 -1500',
    '0-0040 VDD_CPU 5000 1000',
    '0-0041 VDD_3V3_IO 3304 1000',
    '0-0041 VDD_1V8_IO 5000 1000',
    '0-0041 in3 ENODATA ENODATA',
  ]);
});

test('a rail that changes is read as it was until its conversion has ended', async () => {
  const bench = benchOf(treeOf(ONE()), PARTS);
  await bench.powerOn();
  bench.setKnob('/i2c@1/power@40', 'bus3Mv', 1200);
  expect((await readings(bench))[2]).toBe('0-0040 in3 5000 1000');
  // A cycle of three channels, 1100 us for each of six conversions (datasheet, VBUSCT = VSHCT = 4).
  await bench.run(ms(6.6));
  expect((await readings(bench))[2]).toBe('0-0040 in3 1200 1000');
});

test('what the probe sends is what the wires carry, and the model lacks none of it', async () => {
  const bench = benchOf(treeOf(ONE()), PARTS);
  const events: TraceEvent[] = [];
  bench.trace.attach((event) => events.push(event));
  await bench.powerOn();
  const wires = events.flatMap((e) =>
    e.kind === 'i2c_write' || e.kind === 'i2c_reply' ? [`${e.kind.slice(4)} ${e.bytes}`] : [],
  );
  expect(wires).toEqual([
    ...['write fe', 'reply 54 49', 'write ff', 'reply 32 20'],
    ...['write 00 f1 27', 'write 00 71 27'],
    // All three shunts have one resistance: the chip adds them up. Timing control stands in the flags.
    ...['write 0f', 'reply 00 02', 'write 0f 70 02'],
    // One conversion is done.
    ...['write 0f', 'reply 70 03'],
  ]);
  expect(events.filter((e) => e.kind === 'todo' || e.kind === 'unknown_reg')).toEqual([]);
});

test('unbound, the chip is powered down and sets no timer', async () => {
  const bench = benchOf(treeOf(ONE()), PARTS);
  await bench.powerOn();
  expect(await bench.powerOff()).toEqual([]);
  const { chips, timers } = bench.snapshot();
  expect(chips[0]?.registers['CONFIG']).toBe(0x7120);
  expect(timers).toBe(0);
});

/** Four chips' worth of addresses on one bus, and what is expected there. */
const NODES = (
  ...nodes: readonly string[]
) => `/ { i2c@1 { compatible = "x,i2c"; #address-cells = <1>; #size-cells = <0>;
  ${nodes.map((at) => `power@${at} { compatible = "ti,ina3221"; reg = <0x${at}>; };`).join('\n')} }; };`;

/** Device and driver of every sensor that is bound, and what the bench says. */
async function bootOf(source: string): Promise<{ bench: Bench; bound: string[]; said: string[] }> {
  const bench = benchOf(treeOf(source), PARTS);
  const said: string[] = [];
  bench.trace.attach((e) => e.kind === 'printk' && e.text.startsWith('bench:') && said.push(e.text));
  await bench.powerOn();
  const bound = bench.report().flatMap(({ device, state }) => (state === 'bound' && device ? [device] : []));
  return { bench, bound: bound.filter((device) => device.startsWith('0-')), said };
}

test('a chip answers where its A0 puts it: a node at an address that it cannot have finds nobody', async () => {
  const { bench, bound, said } = await bootOf(NODES('43', '50'));
  expect([bound, said]).toEqual([['0-0043'], []]);
  expect(bench.snapshot().chips.map(({ path, knobs }) => [path, knobs['a0']])).toEqual([
    ['/i2c@1/power@43', 3],
    ['/i2c@1/power@50', 0],
  ]);
});

test('where the address of a chip is taken, its socket stays empty and the bench says by whom', async () => {
  const { bound, said } = await bootOf(NODES('50', '40'));
  expect([bound, said]).toEqual([
    ['0-0040'],
    ['bench: ina3221 does not fit: /i2c@1/power@40: i2c: cannot answer at 0x40, /i2c@1/power@50 does (EBUSY)'],
  ]);
});

test('whoever ties A0 elsewhere at run time moves the chip; onto another it cannot', async () => {
  const { bench } = await bootOf(NODES('40', '41'));
  const [first] = await readings(bench);
  expect(() => bench.setKnob('/i2c@1/power@40', 'a0', 1)).toThrow(
    '/i2c@1/power@40: i2c: cannot answer at 0x41, /i2c@1/power@41 does (EBUSY)',
  );
  expect(() => bench.setKnob('/i2c@1/power@40', 'a0', 4)).toThrow(
    '/i2c@1/power@40: a0 = 4: from 0 to 3 (0 GND, 1 VS, 2 SDA, 3 SCL) (EINVAL)',
  );
  bench.setKnob('/i2c@1/power@40', 'a0', 2);
  const [gone] = await readings(bench);
  bench.setKnob('/i2c@1/power@40', 'a0', 0);
  const [back] = await readings(bench);
  expect([first, gone, back]).toEqual(['0-0040 in1 5000 1000', '0-0040 in1 ENXIO ENXIO', '0-0040 in1 5000 1000']);
});

test('a chip whose options stand beyond a knob does not get power', async () => {
  const bench = benchOf(treeOf(ONE()), { ...PARTS, chips: [ina3221Chip({ bus2Mv: 30_000 })] });
  await expect(bench.powerOn()).rejects.toThrow('/i2c@1/power@40: bus2Mv = 30000: from 0 to 26000 mV (EINVAL)');
});

test('a sensor waits for its supply and binds when that has', async () => {
  const source = `${ONE('vs-supply = <&vs>;')} / { vs: regulator { compatible = "x,regulator"; }; };`;
  const log: string[] = [];
  const regulator = platformDriver({
    name: 'regulator',
    compatible: ['x,regulator'],
    probe: () => void log.push('on'),
  });
  const bench = benchOf(treeOf(source), { ...PARTS, drivers: [ina3221, regulator] });
  bench.trace.attach((e) => (e.kind === 'deferred' || e.kind === 'bound') && log.push(`${e.where} ${e.kind}`));
  await bench.powerOn();
  expect(log.filter((line) => !line.startsWith('/i2c@1 '))).toEqual([
    'on',
    '/regulator bound',
    '/i2c@1/power@40 bound',
  ]);
});

/** Reads and writes everything that the driver offers, sleeps and wakes. */
async function useAll(bench: Bench): Promise<void> {
  const files = (): readonly SysfsDir[] =>
    ['hwmon', 'iio'].flatMap((name) => bench.core.classDevices(name).map(({ sysfs }) => sysfs));
  const inside = (dir: SysfsDir): readonly SysfsDir[] => [dir, ...[...dir.dirs.values()].flatMap(inside)];
  const each = (what: (dir: SysfsDir, name: string) => Promise<void>): Promise<void> =>
    bench.drive('using', s(30), async () => {
      for (const dir of files().flatMap(inside))
        for (const name of dir.attributes.keys()) await answered(what(dir, name));
    });
  await each(async (dir, name) => void (await dir.read(name)));
  // What was read goes back in: nothing changes, and every writable file is written.
  await each(async (dir, name) => {
    if (((dir.attributes.get(name)?.mode ?? 0) & 0o222) !== 0) await dir.write(name, await dir.read(name));
  });
  const [hwmon] = bench.core.classDevices('hwmon');
  const write = (name: string, text: string) =>
    bench.drive(name, s(5), async () => answered(hwmon?.sysfs.write(name, text)));
  for (const [name, text] of SETTINGS) await write(name, text);
  await capture(bench);
  await answered(bench.suspend());
  await answered(bench.resume());
  for (const n of [1, 3]) await write(`in${n}_enable`, '0\n');
  for (const n of [1, 3]) await write(`in${n}_enable`, '1\n');
}

const SETTINGS = [
  ['curr1_crit', '2000\n'],
  ['curr3_max', '1900\n'],
  ['curr4_crit', '9000\n'],
  ['samples', '4\n'],
  ['samples', '1\n'],
  ['update_interval', '20\n'],
  ['update_interval', '7\n'],
] as const;

async function capture(bench: Bench): Promise<void> {
  const [iio] = bench.core.classDevices('iio');
  const write = (dir: string, name: string, text: string) =>
    bench.drive(name, s(5), async () => answered(iio?.sysfs.dirs.get(dir)?.write(name, text)));
  await write('events', 'in_voltage1-voltage0_critical_thresh_rising_en', '1\n');
  for (const name of ['in_voltage0_en', 'in_voltage1-voltage0_en', 'in_timestamp_en'])
    await write('scan_elements', name, '1\n');
  await write('buffer', 'enable', '1\n');
  await bench.run(ms(15));
  await write('buffer', 'enable', '0\n');
  await write('events', 'in_voltage1-voltage0_critical_thresh_rising_en', '0\n');
}

/** An error is an answer, as a program gets it. */
async function answered(work: Promise<unknown> | undefined): Promise<void> {
  try {
    await work;
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
  }
}

test('whichever bus operation fails, the driver ends bound and working or unbound with nothing left', async () => {
  const { operations, findings } = await everyFault({
    make: fresh(ONE('input@1 { reg = <1>; status = "disabled"; };')),
    scenario: useAll,
    async broken(bench) {
      const [hwmon] = bench.core.classDevices('hwmon');
      if (hwmon === undefined) return undefined;
      // Who was told that switching on failed tries again.
      for (const n of [1, 3]) await bench.drive('enable', s(1), async () => hwmon.sysfs.write(`in${n}_enable`, '1\n'));
      const now = await readings(bench);
      const want = ['0-0040 in1 5000 1000', '0-0040 in2 ENODATA ENODATA', '0-0040 in3 5000 1000'];
      return now.join() === want.join() ? undefined : `reads ${now.join()}`;
    },
  });
  expect(findings).toEqual([]);
  expect(operations).toBeGreaterThan(80);
});

test('in single-shot mode, too', async () => {
  const { operations, findings } = await everyFault({
    make: fresh(ONE('ti,single-shot;')),
    scenario: useAll,
    async broken(bench) {
      const [hwmon] = bench.core.classDevices('hwmon');
      if (hwmon === undefined) return undefined;
      for (const n of [1, 3]) await bench.drive('enable', s(1), async () => hwmon.sysfs.write(`in${n}_enable`, '1\n'));
      const now = await readings(bench);
      return now.every((line) => line.endsWith(' 5000 1000')) ? undefined : `reads ${now.join()}`;
    },
  });
  expect(findings).toEqual([]);
  expect(operations).toBeGreaterThan(120);
});

test('same seed and scenario: the same trace, byte for byte, on every Node version', async () => {
  const run = async () => {
    const bench = benchOf(labTree(), { ...PARTS, seed: 'fixed' });
    const lines: string[] = [];
    const json: string[] = [];
    bench.trace.attach((event) => {
      lines.push(traceLine(event));
      json.push(traceJson(event));
    });
    await bench.powerOn();
    bench.setKnob(FIRST, 'load1Ma', 2500);
    await bench.run(ms(50));
    await readings(bench);
    await bench.powerOff();
    return { text: `${lines.join('\n')}\n`, json: json.join('\n') };
  };
  const first = await run();
  expect((await run()).json).toBe(first.json);
  await expect(first.text).toMatchFileSnapshot('../snapshots/lab-trace.txt');
});
