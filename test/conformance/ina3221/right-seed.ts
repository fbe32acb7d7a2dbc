// The right results for the recordings of the patch's driver: the rules of ina3221-D1 to -D10 over a case's input.
import type { Case, Operation, Registers, Transfer } from './case.js';
import { after, cut, type Right } from './right.js';

const AVERAGES = [1, 4, 16, 64, 128, 256, 512, 1024];
const TIMES_US = [140, 204, 332, 588, 1100, 2116, 4156, 8244];
const CONFIG = 0x00;
const AFTER_RESET = 0x7127;
/** Place of a setting in CONFIG, and its table. */
const SETTINGS: Readonly<Record<string, { readonly low: number; readonly table: readonly number[] }>> = {
  oversampling_ratio: { low: 9, table: AVERAGES },
  bus_integration_time: { low: 6, table: TIMES_US },
  shunt_integration_time: { low: 3, table: TIMES_US },
};
const EINVAL = -22;
const EACCES = -13;

/** What an operation does where it is right. */
interface Step {
  readonly ret: number;
  readonly text: string | undefined;
  readonly bus: readonly Transfer[];
}

/** The right result of a case. */
export function rightSeed(one: Case): Right {
  const model = new Model(one);
  for (const step of one.operation.op === 'probe' ? [] : one.beforeOps) {
    if ('force' in step) model.force(step.force);
    else model.perform(step, step.ret ?? 0);
  }
  model.force(one.force);
  const before = { chipBefore: model.chip, cacheBefore: model.cache };
  const isProbe = one.operation.op === 'probe';
  const sound = isProbe ? probe(model.ids) : model.perform(one.operation, one.expected.ret);
  const struck = cut(sound.bus, one.fault);
  if (struck !== undefined) model.failed(one.operation);
  const bus = struck === undefined ? sound.bus : isProbe ? poweredDown(struck, model.ids) : struck;
  const answer = struck === undefined ? sound : { ret: one.fault?.errno ?? 0, text: undefined };
  const waits = isProbe && (struck === undefined || struck.length === sound.bus.length);
  return {
    ...before,
    ...{ ret: answer.ret, text: answer.text, bus, sleptUs: waits ? WAIT_US : 0 },
    chip: after(before.chipBefore, bus),
    cache: model.cache,
    ids: model.ids,
  };
}

/** Three channels, 1100 us for bus and for shunt, at most 10 % more. */
const WAIT_US = 7260;

/** The ids are asked for, the reset is one write, CONFIG is written, and the first conversion is waited for. */
function probe(ids: Set<string>): Step {
  for (const id of ['ina3221-D1', 'ina3221-D9', 'ina3221-L3']) ids.add(id);
  const bus: readonly Transfer[] = [
    ['r', 0xfe, 0x5449],
    ['r', 0xff, 0x3220],
    ['w', CONFIG, AFTER_RESET | 0x8000],
    ['w', CONFIG, AFTER_RESET],
    ['r', 0x0f, 0x0003],
  ];
  return { ret: 0, text: undefined, bus };
}

/** A probe that fails after it began to reset powers the chip down. */
function poweredDown(bus: readonly Transfer[], ids: Set<string>): readonly Transfer[] {
  if (bus.length < 3) return bus;
  ids.add('ina3221-D10');
  return [...bus, ['w', CONFIG, AFTER_RESET & ~7]];
}

class Model {
  readonly ids = new Set<string>();
  readonly #one: Case;
  #config = AFTER_RESET;
  chip: Registers;
  cache: Registers = new Map();

  constructor(one: Case) {
    this.#one = one;
    this.chip =
      one.operation.op === 'probe' ? one.chipBefore : after(one.chipBefore, [['w', CONFIG, AFTER_RESET | 0x8000]]);
    if (one.beforeProbe.has(CONFIG)) this.ids.add('ina3221-D2');
  }

  force(registers: Registers): void {
    this.chip = new Map([...this.chip, ...registers]);
  }

  /** Does an operation to which the original answered `ret`. */
  perform({ op, attr = '', value = '' }: Operation, ret: number): Step {
    const step = this.#step(op, attr, value, ret);
    this.chip = after(this.chip, step.bus);
    return step;
  }

  /** A write that failed leaves nothing of its register in the cache. */
  failed({ attr = '', op }: Operation): void {
    const reg = limitOf(attr);
    if (reg === undefined) return;
    if (op === 'write') this.ids.add(this.#one.adapter === 'i2c' ? 'regmap-R1' : 'regmap-R2');
    this.#forget(reg);
  }

  #step(op: Operation['op'], attr: string, value: string, ret: number): Step {
    const limit = limitOf(attr);
    const setting = SETTINGS[attr];
    if (op === 'write' && /^in_voltage[123]_(?:shunt|bus)_raw$|_scale$/.test(attr)) return this.#readOnly();
    if (limit !== undefined) return op === 'read' ? this.#readLimit(limit) : this.#writeLimit(limit, value, ret);
    if (setting !== undefined) return op === 'read' ? this.#readSetting(attr) : this.#writeSetting(attr, value, ret);
    const measured = measuredOf(attr);
    const bus: Transfer[] = measured === undefined || op === 'write' ? [] : [['r', measured, this.#register(measured)]];
    return { ret, text: this.#one.expected.text, bus };
  }

  #readOnly(): Step {
    this.ids.add('ina3221-D5');
    return { ret: EACCES, text: undefined, bus: [] };
  }

  #readLimit(reg: number): Step {
    const word = this.cache.get(reg) ?? this.#register(reg);
    const bus: Transfer[] = this.cache.has(reg) ? [] : [['r', reg, word]];
    this.#remember(reg, word);
    return read(`${(word << 16) >> 19}\n`, bus);
  }

  #writeLimit(reg: number, value: string, ret: number): Step {
    const code = numberOf(value);
    const onWords =
      this.#one.adapter === 'smbus-word' && ret === EINVAL && /^-\d*(?:\.\d*)?\n?$/.test(value) && code < 0;
    if (ret <= 0 && !onWords && !this.#struck(ret)) return { ret, text: undefined, bus: [] };
    if (code < -4096 || code > 4095) {
      this.ids.add('ina3221-D3');
      return { ret: EINVAL, text: undefined, bus: [] };
    }
    if (onWords) this.ids.add('ina3221-D4');
    const word = (code << 3) & 0xffff;
    this.#remember(reg, word);
    return { ret: value.length, text: undefined, bus: [['w', reg, word]] };
  }

  #readSetting(attr: string): Step {
    const { low, table } = SETTINGS[attr] as (typeof SETTINGS)[string];
    const entry = table[(this.#config >> low) & 7] as number;
    return read(table === TIMES_US ? `0.${String(entry).padStart(6, '0')}\n` : `${entry}\n`, []);
  }

  #writeSetting(attr: string, value: string, ret: number): Step {
    const { low, table } = SETTINGS[attr] as (typeof SETTINGS)[string];
    const entry = table === TIMES_US ? millionthsOf(value) : numberOf(value);
    if (ret <= 0 && !this.#struck(ret)) return { ret, text: undefined, bus: [] };
    const config = (this.#config & ~(7 << low)) | (table.indexOf(entry) << low);
    if (config === this.#config) return { ret: value.length, text: undefined, bus: [] };
    this.ids.add('ina3221-D1');
    if (ret > 0) this.#config = config;
    return { ret: value.length, text: undefined, bus: [['w', CONFIG, config]] };
  }

  /** The text was taken, and the transfer failed. */
  #struck(ret: number): boolean {
    return ret === this.#one.fault?.errno;
  }

  #register(reg: number): number {
    return this.chip.get(reg) ?? 0;
  }

  #remember(reg: number, word: number): void {
    this.cache = new Map([...this.cache, [reg, word]]);
  }

  #forget(reg: number): void {
    this.cache = new Map([...this.cache].filter(([other]) => other !== reg));
  }
}

function read(text: string, bus: readonly Transfer[]): Step {
  return { ret: text.length, text, bus };
}

function limitOf(attr: string): number | undefined {
  const [, channel, kind] = /^in_voltage([123])_shunt_(critical|warning)_raw$/.exec(attr) ?? [];
  return channel === undefined ? undefined : 0x07 + 2 * (Number(channel) - 1) + Number(kind === 'warning');
}

function measuredOf(attr: string): number | undefined {
  const [, channel, kind] = /^in_voltage([123])_(shunt|bus)_raw$/.exec(attr) ?? [];
  return channel === undefined ? undefined : 0x01 + 2 * (Number(channel) - 1) + Number(kind === 'bus');
}

/** The whole part of a text that the kernel has accepted, in its 32 bits. */
function numberOf(value: string): number {
  const [, sign, digits] = /^([+-]?)(\d*)/.exec(value) ?? [];
  const whole = Number(BigInt.asIntN(32, BigInt(digits || '0')));
  return sign === '-' ? -whole : whole;
}

/** The six decimals that count. */
function millionthsOf(value: string): number {
  const [, digits = ''] = /\.(\d*)/.exec(value) ?? [];
  return Number(digits.padEnd(6, '0').slice(0, 6));
}
