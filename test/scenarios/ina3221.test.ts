// Driver and chip meet: the driver was written from the patch and from Linux, the chip from the datasheet.
import { expect, test } from 'vitest';
import { readRails } from '../../src/abi/rails.js';
import { traceJson, traceLine } from '../../src/abi/trace-text.js';
import { ms, s } from '../../src/base/clock.js';
import { compareRegisters } from '../../src/base/regs.js';
import type { TraceEvent } from '../../src/base/trace.js';
import { type Bench, type BenchParts, Bench as Machine } from '../../src/bench/bench.js';
import { everyFault } from '../../src/bench/every-fault.js';
import { ina3221Chip } from '../../src/chips/ina3221/ina3221.js';
import { R as CHIP } from '../../src/chips/ina3221/regs.js';
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
    // One conversion is done; conversion ready and timing control stand in the flags.
    ...['write 0f', 'reply 00 03'],
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

test('whichever bus operation fails, the driver ends bound and working or unbound with nothing left', async () => {
  const { operations, findings } = await everyFault({
    make: fresh(ONE('input@1 { reg = <1>; status = "disabled"; };')),
    scenario: async (bench) => void (await readings(bench)),
    async broken(bench) {
      if (bench.core.classDevices('hwmon').length === 0) return undefined;
      const now = await readings(bench);
      const want = ['0-0040 in1 5000 1000', '0-0040 in2 ENODATA ENODATA', '0-0040 in3 5000 1000'];
      return now.join() === want.join() ? undefined : `reads ${now.join()}`;
    },
  });
  expect(findings).toEqual([]);
  // Two ids, two writes of CONFIG, one look at CVRF, four measurements, and the read and write that power it down.
  expect(operations).toBe(11);
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
