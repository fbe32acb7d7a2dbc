// One look at all power rails, as data: what `power --json` prints, and what its tables and files are written from.
import { type GuardedRail, type RailLimits, type RailReport, type Reading, reportRail } from '../abi/rails.js';

/** A rail as `boot` reports it, with its power, its limits and its alarms: values, or names of errors. */
export interface PowerRail extends RailReport {
  /** Absent where voltage or current could not be read. */
  readonly milliwatts?: number;
  /** Limits of the current in mA, and whether they are exceeded; only those that the device has. */
  readonly max?: number | string;
  readonly maxAlarm?: boolean | string;
  readonly crit?: number | string;
  readonly critAlarm?: boolean | string;
}

/** What the rails take together. */
export interface PowerTotal {
  /** The name of an error where a rail of it could not be read. */
  readonly milliwatts: number | string;
  /** `input`: what comes in, by the rails that all others are fed from; `sum`: all rails, none of which is an input. */
  readonly kind: 'input' | 'sum';
  readonly rails: readonly string[];
}

/** All rails at one moment. */
export interface PowerSample {
  /** On a real bus: when, as ISO 8601. */
  readonly time?: string;
  /** On a model: seconds since the first look. */
  readonly seconds?: number;
  readonly rails: readonly PowerRail[];
  /** Absent where adding up would make no sense. */
  readonly total?: PowerTotal;
}

/** What a disabled input answers: no error of reading. */
const DISABLED = 'ENODATA';

/** Puts a sample together. */
export function powerSample(when: Pick<PowerSample, 'time' | 'seconds'>, read: readonly GuardedRail[]): PowerSample {
  const rails = read.map(powerRail);
  const total = totalOf(rails);
  return { ...when, rails, ...(total === undefined ? {} : { total }) };
}

/** True for a rail with nothing connected. */
export function isDisabled({ millivolts, milliamperes }: PowerRail): boolean {
  return millivolts === DISABLED && milliamperes === DISABLED;
}

/** What could not be read, as `mV ENXIO`. Where not even that could, limits and alarms need no words of their own. */
export function errorsOf(rail: PowerRail): string[] {
  if (isDisabled(rail)) return [];
  const { millivolts, milliamperes } = rail;
  const measured = errorWords({ mV: millivolts, mA: milliamperes });
  return measured.length > 0 ? measured : guardErrors(rail);
}

/** Limits and alarms of a rail whose values could be read. */
export function guardErrors({ millivolts, milliamperes, max, maxAlarm, crit, critAlarm }: PowerRail): string[] {
  if (typeof millivolts === 'string' || typeof milliamperes === 'string') return [];
  return errorWords({ max, 'max alarm': maxAlarm, crit, 'crit alarm': critAlarm });
}

function errorWords(values: Readonly<Record<string, number | boolean | string | undefined>>): string[] {
  return Object.entries(values).flatMap(([what, value]) => (typeof value === 'string' ? [`${what} ${value}`] : []));
}

/** The alarms that are on, the worse first. */
export function alarmsOf({ maxAlarm, critAlarm }: PowerRail): ('crit' | 'max')[] {
  return [...(critAlarm === true ? ['crit' as const] : []), ...(maxAlarm === true ? ['max' as const] : [])];
}

/** The label of a rail, with its device in front where another rail has the same label. */
export function nameOf(rail: PowerRail, rails: readonly PowerRail[]): string {
  const isAlone = rails.filter(({ label }) => label === rail.label).length === 1;
  return isAlone ? rail.label : `${rail.device} ${rail.label}`;
}

function powerRail(rail: GuardedRail): PowerRail {
  const report = reportRail(rail);
  const { millivolts, milliamperes } = report;
  const known = typeof millivolts === 'number' && typeof milliamperes === 'number';
  const power = known ? { milliwatts: (millivolts * milliamperes) / 1000 } : {};
  return { ...report, ...power, ...limitsOf(rail.limits) };
}

function limitsOf({ max, maxAlarm, crit, critAlarm }: RailLimits): Partial<PowerRail> {
  const plain = (reading: Reading): number | string => ('value' in reading ? reading.value : reading.error);
  const alarm = (reading: Reading): boolean | string => ('value' in reading ? reading.value !== 0 : reading.error);
  return {
    ...(max === undefined ? {} : { max: plain(max) }),
    ...(maxAlarm === undefined ? {} : { maxAlarm: alarm(maxAlarm) }),
    ...(crit === undefined ? {} : { crit: plain(crit) }),
    ...(critAlarm === undefined ? {} : { critAlarm: alarm(critAlarm) }),
  };
}

/**
 * Names of rails through which a whole board is fed: `VDD_IN`, `POM_5V_IN`, `VDD_12V_IN`, `VIN`. The input of a part of
 * it, as `VDD_M2_IN`, is none.
 */
const INPUT = /^(?:(?:VDD|VCC|VSYS|SYS|POM|DC|BOARD)_)?(?:\d+V\d*_)?(?:V?IN|INPUT|TOTAL)$/i;

/**
 * What comes in, where a rail's name says that it is an input: the others are fed from it and must not be added again.
 * Without such a rail the sum of all; no sum where a rail has no name, since it could be the input.
 */
function totalOf(all: readonly PowerRail[]): PowerTotal | undefined {
  const rails = all.filter((rail) => !isDisabled(rail));
  const inputs = rails.filter(({ label }) => INPUT.test(label));
  const isNamed = rails.every(({ label, channel }) => label !== `in${channel}`);
  if (rails.length < 2 || (inputs.length === 0 && !isNamed)) return undefined;
  const counted = inputs.length > 0 ? inputs : rails;
  return {
    milliwatts: sumOf(counted),
    kind: inputs.length > 0 ? 'input' : 'sum',
    rails: counted.map((rail) => nameOf(rail, all)),
  };
}

function sumOf(rails: readonly PowerRail[]): number | string {
  const failed = rails.flatMap(({ millivolts, milliamperes }) => [millivolts, milliamperes]);
  const error = failed.find((value) => typeof value === 'string');
  return error ?? rails.reduce((sum, { milliwatts = 0 }) => sum + milliwatts, 0);
}

/** The smallest and largest power of each rail so far. */
export class Extremes {
  readonly #rails = new Map<string, { readonly min: number; readonly max: number }>();
  /** The largest power that any rail has had, in either direction. */
  largest = 0;

  /** Takes a sample in. */
  note({ rails }: PowerSample): void {
    for (const { path, channel, milliwatts } of rails) {
      if (milliwatts === undefined) continue;
      const { min, max } = this.of({ path, channel }) ?? { min: milliwatts, max: milliwatts };
      this.#rails.set(`${path} ${channel}`, { min: Math.min(min, milliwatts), max: Math.max(max, milliwatts) });
      this.largest = Math.max(this.largest, Math.abs(milliwatts));
    }
  }

  /** Those of one rail; undefined while it could not be read. */
  of({
    path,
    channel,
  }: Pick<PowerRail, 'path' | 'channel'>): { readonly min: number; readonly max: number } | undefined {
    return this.#rails.get(`${path} ${channel}`);
  }
}
