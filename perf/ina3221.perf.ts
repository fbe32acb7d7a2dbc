// The INA3221: an hour of conversions read out over the bus, and what a chip costs on a bench with many.
import { readRails } from '../src/abi/rails.js';
import { type Clock, SimClock, s, us } from '../src/base/clock.js';
import { memoryFiles } from '../src/base/files.js';
import { Random } from '../src/base/random.js';
import { Trace } from '../src/base/trace.js';
import { Bench } from '../src/bench/bench.js';
import { BoardSocket } from '../src/bench/board-socket.js';
import { I2cSeats } from '../src/bench/i2c-seats.js';
import type { I2cBus } from '../src/bus/i2c.js';
import { ina3221Chip } from '../src/chips/ina3221/ina3221.js';
import type { IioDevice } from '../src/core/iio/iio.js';
import { IioBuffer } from '../src/core/iio/buffer.js';
import { ina3221 } from '../src/drivers/ina3221/ina3221.js';
import { compile } from '../src/dt/compile.js';
import type { DtTree } from '../src/dt/tree.js';
import { settle } from '../src/host/settle.js';
import type { Row } from './bench.js';

const ADDR = 0x40;
/** Three channels, shunt and bus, 1.1 ms each (datasheet: CONFIG after reset). */
const CYCLE = us(6600);
const CYCLES_AN_HOUR = Math.floor(s(3600) / CYCLE);
/** How often the load changes: the chip may not get away with one conversion that lasts. */
const LOAD_EVERY = 10;
/** What is read after each cycle: six measurements, then MASK_ENABLE. */
const READS = [1, 2, 3, 4, 5, 6, 0x0f].map((reg) => [{ write: Uint8Array.of(reg) }, { read: 2 }] as const);

/** A chip in a socket on a bus. */
function chipOnBus(clock: Clock): { bus: I2cBus; socket: BoardSocket } {
  const seats = new I2cSeats('i2c-0');
  const parts = { clock, trace: new Trace(() => clock.now()), random: new Random('1') };
  const sit = seats.sit.bind(seats, '/power@40');
  const socket = new BoardSocket('/power@40', ina3221Chip(), parts, { i2c: { addr: ADDR, sit } });
  socket.plug();
  return { bus: seats.bus, socket };
}

/** Seconds for one virtual hour in which the result of every conversion is read. */
async function hour(): Promise<number> {
  const clock = new SimClock(settle);
  const { bus, socket } = chipOnBus(clock);
  const words = new Uint16Array(READS.length);
  const began = performance.now();
  for (let cycle = 0; cycle < CYCLES_AN_HOUR; cycle++) {
    const load = Math.floor(cycle / LOAD_EVERY) % 1000;
    if (cycle % LOAD_EVERY === 0) socket.turn('load2Ma', load);
    await clock.run(CYCLE);
    for (let at = 0; at < READS.length; at++) {
      const answer = await bus.transfer(ADDR, READS[at] as (typeof READS)[number]);
      words[at] = ((answer[0] as number) << 8) | (answer[1] as number);
    }
    // A milliampere through 10 mOhm is a quarter of 40 uV.
    const [, , shunt2 = 0, , , bus3, flags = 0] = words;
    if (shunt2 >> 3 !== Math.round(load / 4) || bus3 !== 0x1388 || (flags & 1) === 0) throw new Error(`cycle ${cycle}`);
  }
  return (performance.now() - began) / 1000;
}

/** Bytes of a scan of all six measurements and the time. */
const SCAN_BYTES = 24;
/** The scan index after those of the measurements. */
const TIMESTAMP = 6;

/** Seconds for one virtual hour that the driver captures: conversion-ready trigger, register map, buffer. */
async function capturedHour(): Promise<number> {
  const bench = new Bench({ tree: treeOf(1), drivers: [ina3221], chips: [ina3221Chip()], settle });
  await bench.powerOn();
  const [device] = bench.core.classDevices('iio') as readonly IioDevice[];
  const buffer = new IioBuffer(device as IioDevice);
  buffer.length = 4096;
  for (let index = 0; index <= TIMESTAMP; index++) buffer.setChannel(index, true);
  await bench.drive('enabling the buffer', s(1), () => (device as IioDevice).attachBuffer(buffer));
  const began = performance.now();
  let scans = 0;
  for (let time = 0; time < 3600; time += 10) {
    await bench.run(s(10));
    scans += buffer.read(buffer.length * SCAN_BYTES).length / SCAN_BYTES;
  }
  const seconds = (performance.now() - began) / 1000;
  if (Math.abs(scans - CYCLES_AN_HOUR) > 1 || buffer.overflows > 0) throw new Error(`${scans} scans`);
  await bench.powerOff();
  return seconds;
}

const CHIPS_ON_A_BUS = 4;

/** A tree of that many chips. */
function treeOf(chips: number): DtTree {
  const bus = '#address-cells = <1>; #size-cells = <0>;';
  const sensors = Array.from({ length: Math.min(chips, CHIPS_ON_A_BUS) }, (_, at) => 0x40 + at)
    .map((addr) => addr.toString(16))
    .map((addr) => `power@${addr} { compatible = "ti,ina3221"; reg = <0x${addr}>; };`)
    .join(' ');
  const buses = Array.from({ length: Math.ceil(chips / CHIPS_ON_A_BUS) }, (_, at) => at.toString(16))
    .map((at) => `i2c@${at} { compatible = "x,i2c"; reg = <0x${at}>; ${bus} ${sensors} };`)
    .join('\n');
  const { tree } = compile('many.dts', memoryFiles({ 'many.dts': `/dts-v1/; / { ${bus} ${buses} };` }));
  return tree as DtTree;
}

const SECONDS = 5;

/** Powered on, run for some seconds, read once a second, powered off. */
async function session(tree: DtTree, chips: number): Promise<void> {
  const bench = new Bench({ tree, drivers: [ina3221], chips: [ina3221Chip()], settle });
  await bench.powerOn();
  let right = 0;
  for (let second = 0; second < SECONDS; second++) {
    await bench.run(s(1));
    const rails = await bench.drive('reading', s(60), () => readRails(bench.core));
    for (const { millivolts } of rails) if ('value' in millivolts && millivolts.value === 5000) right++;
  }
  const left = await bench.powerOff();
  if (right !== SECONDS * 3 * chips || left.length > 0) throw new Error(`${right} right; ${left.join(', ')}`);
}

const MOST_CHIPS = 1000;

/** Microseconds a chip, with as many benches of that many chips as make a thousand. */
async function costPerChip(chips: number): Promise<number> {
  const trees = Array.from({ length: MOST_CHIPS / chips }, () => treeOf(chips));
  const began = performance.now();
  for (const tree of trees) await session(tree, chips);
  return ((performance.now() - began) * 1000) / MOST_CHIPS;
}

/** What the issue of the INA3221 asks. */
export const rows: readonly Row[] = [
  {
    name: 'ina3221: one virtual hour, three channels, default rate',
    unit: 's',
    rounds: 3,
    run: hour,
    wanted: { of: 'figure', atMost: 10 },
  },
  {
    name: 'ina3221: the same, captured by the driver into a buffer',
    unit: 's',
    rounds: 3,
    run: capturedHour,
    wanted: { of: 'figure', atMost: 10 },
  },
  {
    name: 'bench: cost per chip, 1,000 chips against 100',
    unit: 'us',
    rounds: 15,
    run: () => costPerChip(1000),
    against: { name: 'ten times 100 chips', run: () => costPerChip(100) },
    wanted: { of: 'ratio', atMost: 1.2 },
  },
];
