// Power rails as the hwmon files tell them: what `sensors` would print, as rows.
import { SysError, type Errno } from '../base/errno.js';
import type { DeviceCore } from '../core/device.js';
import type { SysfsDir } from '../core/sysfs.js';

/** A value of a file, or the error that reading it ended with. */
export type Reading = { readonly value: number } | { readonly error: Errno };

/** One channel of one hwmon device that has a voltage and a current. */
export interface Rail {
  /** Path and Linux name of the device that measures. */
  readonly path: string;
  readonly device: string;
  /** `hwmonN`. */
  readonly hwmon: string;
  /** Number in the file names. */
  readonly channel: number;
  /** The label file, or `inN` where there is none. */
  readonly label: string;
  readonly millivolts: Reading;
  readonly milliamperes: Reading;
}

/** One channel of a power monitor: a number, or the name of the error that reading it ended with. */
export interface RailReport {
  readonly path: string;
  readonly device: string;
  readonly channel: number;
  readonly label: string;
  readonly millivolts: number | string;
  readonly milliamperes: number | string;
}

/** The limits of a current in mA and their alarms, 1 for one that is on; absent where there is no such file. */
export interface RailLimits {
  /** Above it the device warns (`currN_max`, `currN_max_alarm`). */
  readonly max?: Reading;
  readonly maxAlarm?: Reading;
  /** Above it the current is critical (`currN_crit`, `currN_crit_alarm`). */
  readonly crit?: Reading;
  readonly critAlarm?: Reading;
}

/** A rail with what guards it. */
export type GuardedRail = Rail & { readonly limits: RailLimits };

/** Reads every pair `inN_input`, `currN_input` of every hwmon device, in the order of the files. Needs running time. */
export function readRails(core: DeviceCore): Promise<Rail[]> {
  return eachRail(core, async (rail) => rail);
}

/** The same, with limits and alarms. Devices may take an alarm back once it has been read. */
export function readGuardedRails(core: DeviceCore): Promise<GuardedRail[]> {
  return eachRail(core, async (rail, dir) => ({ ...rail, limits: await limitsOf(dir, rail.channel) }));
}

/** A rail without what only programs of a running system need. */
export function reportRail(rail: Rail): RailReport {
  const { path, device, channel, label } = rail;
  const plain = (reading: Reading): number | string => ('value' in reading ? reading.value : reading.error);
  return { path, device, channel, label, millivolts: plain(rail.millivolts), milliamperes: plain(rail.milliamperes) };
}

async function eachRail<T>(core: DeviceCore, complete: (rail: Rail, dir: SysfsDir) => Promise<T>): Promise<T[]> {
  const rails: T[] = [];
  for (const { parent, sysfs } of core.classDevices('hwmon')) {
    const place = { path: parent.path, device: parent.name, hwmon: sysfs.name };
    for (const channel of channelsOf(sysfs)) {
      const label = sysfs.attributes.has(`in${channel}_label`)
        ? (await sysfs.read(`in${channel}_label`)).trimEnd()
        : `in${channel}`;
      const millivolts = await reading(sysfs, `in${channel}_input`);
      const milliamperes = await reading(sysfs, `curr${channel}_input`);
      rails.push(await complete({ ...place, channel, label, millivolts, milliamperes }, sysfs));
    }
  }
  return rails;
}

function channelsOf(dir: SysfsDir): number[] {
  const isRail = railTest(dir);
  const numbers = [...dir.attributes.keys()].flatMap((name) => /^in(\d+)_input$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.filter((channel) => isRail(channel) && dir.attributes.has(`curr${channel}_input`));
}

/**
 * Answers which channels of a device are rails: where it has some that can be switched off, the others are none but
 * shunt voltages and sums.
 */
export function railTest({ attributes }: SysfsDir): (channel: number) => boolean {
  const switchable = [...attributes.keys()].some((name) => /^in\d+_enable$/.test(name));
  return (channel) => !switchable || attributes.has(`in${channel}_enable`);
}

const LIMIT_FILES: readonly (readonly [key: keyof RailLimits, file: string])[] = [
  ['max', 'max'],
  ['maxAlarm', 'max_alarm'],
  ['crit', 'crit'],
  ['critAlarm', 'crit_alarm'],
];

async function limitsOf(dir: SysfsDir, channel: number): Promise<RailLimits> {
  const limits: { -readonly [K in keyof RailLimits]: RailLimits[K] } = {};
  for (const [key, file] of LIMIT_FILES) {
    const name = `curr${channel}_${file}`;
    if (dir.attributes.has(name)) limits[key] = await reading(dir, name);
  }
  return limits;
}

async function reading(dir: SysfsDir, file: string): Promise<Reading> {
  try {
    return { value: Number(await dir.read(file)) };
  } catch (e) {
    if (e instanceof SysError) return { error: e.code };
    throw e;
  }
}
