// The INA3221's driver alone, against a bus written by hand: a table answers, and everything on the wires is listed.
import { expect } from 'vitest';
import { hex } from '../src/base/bytes.js';
import { ms, s, SimClock } from '../src/base/clock.js';
import { type Errno, SysError } from '../src/base/errno.js';
import { Trace } from '../src/base/trace.js';
import type { I2cBus, I2cMsg } from '../src/bus/i2c.js';
import type { Device, Driver } from '../src/core/device.js';
import { DriverCore } from '../src/core/driver-core.js';
import { I2C_BUS, I2cClient } from '../src/core/i2c.js';
import { PLATFORM_BUS } from '../src/core/platform-device.js';
import { SysfsDir } from '../src/core/sysfs.js';
import { ina3221Driver } from '../src/drivers/ina3221/ina3221.js';
import { cellValue, DtNode, DtProperty, DtTree, stringValue } from '../src/dt/tree.js';

const HWMON = ina3221Driver({ channels: 'none' });

/** What the script answers when a register is read. CVRF is set: a conversion is always done. */
const ANSWERS: Readonly<Record<number, number>> = { 0x00: 0x7127, 0x0f: 0x0003, 0xfe: 0x5449, 0xff: 0x3220 };

/** A machine with one chip that answers from a table, and what went over its wires. */
export interface Rig {
  readonly bus: I2cBus;
  readonly core: DriverCore;
  readonly clock: SimClock;
  readonly node: DtNode;
  readonly answers: Record<number, number>;
  /** `w 00 f1 27` and `r fe 5449`, in order, failed ones too. */
  readonly wires: string[];
  /** Log lines, without the driver and device in front. */
  readonly log: string[];
  /** The transfers, counted from 1, that end with this code. */
  fail: { readonly from: number; readonly to: number; readonly code: Errno } | undefined;
}

/** The machine, nothing probed yet. */
export function rig(functionality: I2cBus['functionality'] = ['i2c']): Rig {
  const clock = new SimClock(() => new Promise((resolve) => setImmediate(resolve)));
  const trace = new Trace(() => clock.now());
  const tree = new DtTree();
  const node = new DtNode('power@40', new DtNode('i2c@0', tree.root));
  node.properties.push(new DtProperty('compatible', stringValue('ti,ina3221')));
  const core = new DriverCore({ clock, trace, tree });
  const answers = { ...ANSWERS };
  const wires: string[] = [];
  const log: string[] = [];
  trace.attach((event) => {
    if (event.kind === 'printk') log.push(event.text.replace('ina3221 1-0040: ', ''));
  });
  const self: Rig = {
    ...{ core, clock, node, answers, wires, log, fail: undefined },
    bus: { functionality, transfer: async (addr, msgs) => answer(self, addr, msgs) },
  };
  return self;
}

function answer(self: Rig, addr: number, msgs: readonly I2cMsg[]): Uint8Array {
  expect(addr).toBe(0x40);
  const bytes = (msgs[0] as { write: Uint8Array }).write;
  const value = self.answers[bytes[0] as number] ?? 0;
  self.wires.push(msgs.length === 1 ? `w ${hex(bytes)}` : `r ${hex(bytes)} ${value.toString(16).padStart(4, '0')}`);
  const { fail, wires } = self;
  if (fail !== undefined && wires.length >= fail.from && wires.length <= fail.to) {
    throw new SysError(fail.code, 'injected', { dev: 'i2c-1', op: 'i2c' });
  }
  if (msgs.length === 2) return Uint8Array.of(value >> 8, value & 0xff);
  self.answers[bytes[0] as number] = ((bytes[1] as number) << 8) | (bytes[2] as number);
  return new Uint8Array(0);
}

/** What an input's node says. */
export interface InputSpec {
  readonly reg?: number;
  readonly label?: string;
  readonly shuntMicroOhms?: number;
  readonly status?: string;
}

/** Gives the chip's node an input. */
export function addInput(self: Rig, spec: InputSpec): void {
  const input = new DtNode(`input@${spec.reg ?? 0}`, self.node);
  self.node.children.push(input);
  const put = (name: string, value: Uint8Array) => input.properties.push(new DtProperty(name, value));
  if (spec.reg !== undefined) put('reg', cellValue(spec.reg));
  if (spec.label !== undefined) put('label', stringValue(spec.label));
  if (spec.shuntMicroOhms !== undefined) put('shunt-resistor-micro-ohms', cellValue(spec.shuntMicroOhms));
  if (spec.status !== undefined) put('status', stringValue(spec.status));
}

/** Registers the driver, adds the chip and lets 100 ms pass: more than probe may ever take. */
export async function probe(self: Rig, driver: Driver = HWMON): Promise<Device> {
  const { core, clock, node, bus } = self;
  await core.registerDriver(driver);
  const parent = await core.addDevice({ name: '0.i2c', bus: PLATFORM_BUS, ...{ ofNode: node.parent } });
  const adapter = { nr: 1, parent, bus, sysfs: new SysfsDir('i2c-1') };
  const outer = (dev: Device) => new I2cClient(dev, adapter, 0x40);
  const adding = core.addDevice({ name: '1-0040', bus: I2C_BUS, parent, ofNode: node, outer });
  await clock.run(ms(100));
  return adding;
}

/** Why a probe failed. */
export function errorOf(dev: Device): SysError {
  expect(dev.state.kind).toBe('failed');
  return (dev.state as { readonly error: SysError }).error;
}

/** Nothing of a probe is left: no undo entry, no class member, no timer. */
export function expectNothingLeft(self: Rig, dev: Device): void {
  const members = ['hwmon', 'iio', 'iio-trigger'].flatMap((name) => self.core.classDevices(name));
  expect([dev.held, members.length, self.clock.pending]).toEqual([0, 0, 0]);
}

/** The files of the only hwmon or IIO device. */
export function files(self: Rig, kind: 'hwmon' | 'iio' = 'hwmon'): SysfsDir {
  const [member] = self.core.classDevices(kind);
  expect(member).toBeDefined();
  return (member as { readonly sysfs: SysfsDir }).sysfs;
}

/** Reads a file of the only hwmon device. */
export async function file(self: Rig, name: string): Promise<string> {
  return files(self).read(name);
}

/** Lets time pass until something has ended, and answers it. */
export async function timed<T>(self: Rig, body: () => Promise<T>): Promise<T> {
  let ended = false;
  const work = body().finally(() => {
    ended = true;
  });
  work.catch(() => undefined);
  await self.clock.runUntil(() => ended, s(10));
  expect(ended).toBe(true);
  return work;
}
