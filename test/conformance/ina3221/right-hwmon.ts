// The right results for the recordings of Linux's hwmon driver: the rules of ina3221-L1 to -L14 over a case's input.
import type { Case, InputSpec, Operation, Registers, Transfer } from './case.js';
import { after, cut, type Right } from './right.js';

const CONFIG = 0x00;
const CRIT_SUM = 0x0e;
const MASK_ENABLE = 0x0f;
const AFTER_RESET = 0x7127;
const RESET: Transfer = ['w', CONFIG, AFTER_RESET | 0x8000];
const MODE = 7;
const AVERAGES = [1, 4, 16, 64, 128, 256, 512, 1024];
const TIMES_US = [140, 204, 332, 588, 1100, 2116, 4156, 8244];
const EBUSY = -16;
const ENODATA = -61;
const INT_MAX = 0x7fff_ffff;
/** Bits of the alarm files in MASK_ENABLE. */
const ALARM: Readonly<Record<string, number>> = {
  curr1_crit_alarm: 9,
  curr2_crit_alarm: 8,
  curr3_crit_alarm: 7,
  curr4_crit_alarm: 6,
  curr1_max_alarm: 5,
  curr2_max_alarm: 4,
  curr3_max_alarm: 3,
};

/** What an operation does where it is right. */
interface Step {
  readonly ret: number;
  readonly text?: string | undefined;
  readonly bus: readonly Transfer[];
  readonly sleptUs?: number;
}

/** The right result of a case. */
export function rightHwmon(one: Case): Right {
  const model = new Model(one);
  const isProbe = one.operation.op === 'probe';
  for (const step of isProbe ? [] : one.beforeOps) {
    if ('force' in step) model.force(step.force);
    else model.perform(step, step.ret ?? 0);
  }
  model.force(one.force);
  const { expected } = one;
  const before = { chipBefore: isProbe ? one.chipBefore : model.chip, cacheBefore: model.cache };
  const sound = isProbe ? model.probe() : model.perform(one.operation, expected.ret, expected);
  const struck = cut(sound.bus, one.fault);
  const bus = struck === undefined ? sound.bus : model.undone(struck, one.operation);
  // The channel is off: that the chip could not be powered down as well fails nothing.
  const isOff = struck?.length === 2 && isDisable(one);
  const answer = struck === undefined || isOff ? sound : { ret: one.fault?.errno ?? 0, text: undefined };
  const last = struck === undefined || struck.length === sound.bus.length;
  return {
    ...before,
    ...{ ret: answer.ret, text: answer.text, bus, sleptUs: last ? (sound.sleptUs ?? 0) : 0 },
    chip: after(before.chipBefore, bus),
    cache: model.cache,
    ids: model.ids,
  };
}

function isDisable({ operation: { op, attr = '', value = '' } }: Case): boolean {
  return op === 'write' && /^in[123]_enable$/.test(attr) && Number(value) === 0;
}

/** The driver as it should be, as far as the recordings go. */
class Model {
  readonly ids = new Set<string>();
  readonly #one: Case;
  readonly #shunts: number[];
  readonly #summed: readonly boolean[];
  #config: number;
  #powered: boolean;
  /** Alarm flags that were read and not told. */
  #untold = 0;
  /** From a start to the first conversion. */
  #fresh = true;
  chip: Registers;
  cache: Registers = new Map();

  constructor(one: Case) {
    this.#one = one;
    const inputs = one.inputs ?? [];
    const of = (channel: number): InputSpec | undefined => inputs.find(({ reg }) => reg === channel);
    this.#shunts = [0, 1, 2].map((channel) => of(channel)?.shunt_micro_ohms ?? 10_000);
    this.#summed = [0, 1, 2].map((n) => of(n)?.summation_disable !== true);
    const off = [0, 1, 2].filter((channel) => of(channel)?.disabled === true);
    this.#config = off.reduce((config, n) => config & ~(0x4000 >> n), one.singleShot ? 0x7123 : AFTER_RESET);
    this.#powered = off.length < 3;
    this.chip = after(one.chipBefore, [RESET, ['w', CONFIG, this.#config], ...this.#sumUp(0x0002)]);
    if (!this.#powered) this.chip = after(one.beforeProbe, [['w', CONFIG, this.#config & ~MODE]]);
  }

  force(registers: Registers): void {
    this.chip = new Map([...this.chip, ...registers]);
  }

  /** The ids are asked for, the reset is one write, the first conversion is waited for. */
  probe(): Step {
    const { expected } = this.#one;
    if (expected.ret < 0 && this.#one.fault === undefined) return expected;
    for (const id of ['ina3221-L1', 'ina3221-L2', 'ina3221-L3']) this.ids.add(id);
    const ids: Transfer[] = [
      ['r', 0xfe, 0x5449],
      ['r', 0xff, 0x3220],
    ];
    if (this.#powered) return { ret: 0, bus: [...ids, ...this.#start(), ...this.#wait()], sleptUs: this.#waitUs() };
    this.ids.add('ina3221-L4');
    return { ret: 0, bus: [...ids, ['w', CONFIG, this.#config & ~MODE]] };
  }

  /** Does an operation to which the original answered `ret`; `told` is the rest of its answer where it is known. */
  perform(operation: Operation, ret: number, told?: Case['expected']): Step {
    const step = this.#step(operation, ret, told);
    this.chip = after(this.chip, step.bus);
    return step;
  }

  /** What follows a transfer that failed. */
  undone(bus: readonly Transfer[], { op, attr = '' }: Operation): readonly Transfer[] {
    const [, reg = 0] = bus.at(-1) as Transfer;
    if (op === 'write' && reg >= 0x07 && reg <= CRIT_SUM) this.#forget(reg);
    if (op === 'probe' && bus.length > 2) return [...bus, ['w', CONFIG, this.#config & ~MODE]];
    const [, channel] = /^in([123])_enable$/.exec(attr) ?? [];
    return channel === undefined ? bus : [...bus, ...this.#switchedOff(bus, 0x4000 >> (Number(channel) - 1))];
  }

  /** Switching on was given up: what was switched on meanwhile is switched off again. */
  #switchedOff(bus: readonly Transfer[], mask: number): readonly Transfer[] {
    const [op, reg, value] = bus.at(-1) as Transfer;
    const config = this.#config & ~mask;
    const wasOn =
      op === 'r' && reg === MASK_ENABLE && bus.some(([, at, word]) => at === CONFIG && word === this.#config);
    const begun = wasOn || (op === 'w' && reg === CONFIG && value === this.#config && (value & mask) !== 0);
    const isLast = begun && (config & 0x7000) === 0;
    return [
      ...(wasOn ? [['w', CONFIG, config] as const] : []),
      ...(isLast ? [['w', CONFIG, config & ~MODE] as const] : []),
    ];
  }

  #step({ op, attr = '', value = '' }: Operation, ret: number, told: Case['expected'] | undefined): Step {
    if (op === 'suspend') return this.#suspend();
    if (op === 'resume') return this.#resume();
    const isFault = ret < 0 && ret === this.#one.fault?.errno;
    if (op === 'read') return this.#read(attr, ret, told);
    if (attr === 'update_interval') return this.#writeInterval(value, ret);
    if (ret <= 0 && !isFault) return { ret, bus: [] };
    const step = this.#write(attr, value);
    return { ret: value.length, sleptUs: 0, ...step };
  }

  #suspend(): Step {
    if (!this.#powered) return { ret: 0, bus: [] };
    this.#powered = false;
    this.ids.add('ina3221-L14');
    return { ret: 0, bus: [['w', CONFIG, this.#config & ~MODE]] };
  }

  #resume(): Step {
    if (this.#powered || (this.#config & 0x7000) === 0) return { ret: 0, bus: [] };
    this.ids.add('ina3221-L2').add('ina3221-L3');
    this.#powered = true;
    return { ret: 0, bus: [...this.#start(), ...this.#wait()], sleptUs: this.#waitUs() };
  }

  #read(attr: string, ret: number, told: Case['expected'] | undefined): Step {
    const bit = ALARM[attr];
    if (bit !== undefined && (ret > 0 || this.#one.fault !== undefined)) return this.#readAlarm(attr, bit, told);
    if (told === undefined) return this.#looked(attr);
    const step = { ret, text: told.text, bus: this.#asMeasured(told.bus), sleptUs: told.sleptUs };
    if (attr === 'update_interval') return { ...step, ...text(`${this.#intervalMs()}\n`) };
    if (limitOf(attr) !== undefined && (ret > 0 || this.#one.fault !== undefined)) return this.#readLimit(attr);
    if (!/^in[4-7]_input$/.test(attr) || ret < 0) return step;
    this.ids.add('ina3221-L9');
    return { ...step, ...text(`${divRoundClosest(Number(told.text), 1000)}\n`) };
  }

  /** In single-shot mode the first conversion is not averaged. */
  #asMeasured(bus: readonly Transfer[]): readonly Transfer[] {
    const [first, ...rest] = bus;
    if (first === undefined || first[1] !== CONFIG || !this.#fresh || (first[2] & 0x0e00) === 0) return bus;
    this.ids.add('ina3221-L15');
    return [['w', CONFIG, first[2] & ~0x0e00], ...rest];
  }

  /** A reading before the one that counts: in single-shot mode it looks at the flags. */
  #looked(attr: string): Step {
    const reg = limitOf(attr);
    if (reg !== undefined) return this.#readLimit(attr);
    const looks = this.#one.singleShot && /_input$/.test(attr);
    if (looks) this.#look();
    if (looks) this.#fresh = false;
    return { ret: 0, bus: looks ? [['r', MASK_ENABLE, 0]] : [] };
  }

  #readLimit(attr: string): Step {
    const reg = limitOf(attr) as number;
    const word = this.cache.get(reg) ?? (this.chip.get(reg) as number);
    const bus: readonly Transfer[] = this.cache.has(reg) || !this.#powered ? [] : [['r', reg, word]];
    if (!this.cache.has(reg) && !this.#powered) return { ret: EBUSY, bus };
    this.#remember(reg, word);
    const code = (word << 16) >> (reg === CRIT_SUM ? 17 : 19);
    const shunt = reg === CRIT_SUM ? this.#commonShunt() : (this.#shunts[Number(attr[4]) - 1] as number);
    return { ...text(`${divRoundClosest(code * 40_000, shunt)}\n`), bus };
  }

  #readAlarm(attr: string, bit: number, told: Case['expected'] | undefined): Step {
    const on = attr.startsWith('curr4') ? this.#commonShunt() > 0 : (this.#config & (0x8000 >> Number(attr[4]))) !== 0;
    if (!on || !this.#powered) return { ret: told?.ret ?? 0, text: told?.text, bus: told?.bus ?? [] };
    const word = this.chip.get(MASK_ENABLE) as number;
    this.#look();
    const was = (this.#untold >> bit) & 1;
    this.#untold &= ~(1 << bit);
    if (((word >> bit) & 1) !== was) this.ids.add('ina3221-L6');
    return { ...text(`${was}\n`), bus: [['r', MASK_ENABLE, word]] };
  }

  #write(attr: string, value: string): Partial<Step> & Pick<Step, 'bus'> {
    const [, channel] = /^in([123])_enable$/.exec(attr) ?? [];
    if (channel !== undefined) return this.#enable(Number(channel) - 1, Number(value) !== 0);
    if (attr === 'samples') return this.#configure(AVERAGES, [9], Number(value));
    const [, shunt] = /^shunt([123])_resistor$/.exec(attr) ?? [];
    if (shunt !== undefined) return this.#setShunt(Number(shunt) - 1, Math.max(1, intOf(value)));
    return this.#writeLimit(attr, value);
  }

  #writeInterval(value: string, ret: number): Step {
    const channels = bitsIn(this.#config & 0x7000);
    if (!/^[+-]?\d+\n?$/.test(value)) return { ret, bus: [] };
    this.ids.add('ina3221-L8');
    if (channels === 0) return { ret: ENODATA, bus: [] };
    const us = divRoundClosest(Number(value) * 500, channels);
    return { ret: value.length, ...this.#configure(TIMES_US, [6, 3], us) };
  }

  #configure(table: readonly number[], places: readonly number[], wanted: number): Pick<Step, 'bus'> {
    const index = closest(wanted, table);
    const config = places.reduce((all, low) => (all & ~(7 << low)) | (index << low), this.#config);
    if (this.#one.fault?.after !== 0 || !this.#powered) this.#config = config;
    return { bus: this.#powered ? [['w', CONFIG, config]] : [] };
  }

  #enable(channel: number, on: boolean): Partial<Step> & Pick<Step, 'bus'> {
    const mask = 0x4000 >> channel;
    if (((this.#config & mask) !== 0) === on) return { bus: [] };
    if (!on) return this.#disable(mask);
    const first = this.#powered ? [] : this.#start();
    this.#powered = true;
    this.#config |= mask;
    this.ids.add('ina3221-L3');
    return { bus: [...first, this.#firstConfig(), ...this.#wait()], sleptUs: this.#waitUs() };
  }

  #disable(mask: number): Pick<Step, 'bus'> {
    const config = this.#config & ~mask;
    this.#config = config;
    if (!this.#powered) return { bus: [] };
    if ((config & 0x7000) !== 0) return { bus: [['w', CONFIG, config]] };
    this.#powered = false;
    this.ids.add('ina3221-L14');
    return {
      bus: [
        ['w', CONFIG, config],
        ['w', CONFIG, config & ~MODE],
      ],
    };
  }

  #setShunt(channel: number, microOhms: number): Pick<Step, 'bus'> {
    const before = this.#commonShunt();
    this.#shunts[channel] = microOhms;
    if (before !== 0 || this.#commonShunt() === 0 || !this.#powered) return { bus: [] };
    this.ids.add('ina3221-L12');
    return { bus: this.#sumUp(this.chip.get(MASK_ENABLE) as number) };
  }

  #writeLimit(attr: string, value: string): Pick<Step, 'bus'> {
    const reg = limitOf(attr);
    if (reg === undefined) return { bus: [] };
    const shunt = reg === CRIT_SUM ? this.#commonShunt() : (this.#shunts[Number(attr[4]) - 1] as number);
    const most = Math.trunc(INT_MAX / shunt);
    const ma = Math.min(Math.max(Number(value), Math.trunc(-0x8000_0000 / shunt)), most);
    const product = ma * shunt;
    if (Math.abs(product) + 500 > INT_MAX) this.ids.add('ina3221-L11');
    const uv = divRoundClosest(product, 1000);
    if (reg === CRIT_SUM && Math.abs(uv) > 163_800) this.ids.add('ina3221-L10');
    const word = reg === CRIT_SUM ? sumWord(uv) : shuntWord(uv);
    this.#remember(reg, word);
    return { bus: this.#powered ? [['w', reg, word]] : [] };
  }

  /** Reset, the limits again, CONFIG, the sum. */
  #start(): readonly Transfer[] {
    const limits = [...this.cache].sort(([a], [b]) => a - b).map(([reg, word]): Transfer => ['w', reg, word]);
    this.ids.add('ina3221-L2');
    if (limits.length > 0) this.ids.add('ina3221-L7');
    this.#fresh = true;
    return [RESET, ...limits, this.#firstConfig(), ...this.#sumUp(0x0002)];
  }

  /** CONFIG for the first conversion, which is not averaged. */
  #firstConfig(): Transfer {
    const averages = (this.#config & 0x0e00) !== 0;
    if (averages) this.ids.add('ina3221-L15');
    return ['w', CONFIG, averages ? this.#config & ~0x0e00 : this.#config];
  }

  #sumUp(word: number): readonly Transfer[] {
    if (this.#commonShunt() === 0) return [];
    const scc = this.#summed.reduce((mask, on, n) => (on ? mask | (0x4000 >> n) : mask), 0);
    return [
      ['r', MASK_ENABLE, word],
      ['w', MASK_ENABLE, (word & ~0x7000) | scc],
    ];
  }

  /** The look at conversion ready, after the longest that a cycle takes. */
  #wait(): readonly Transfer[] {
    if (this.#one.singleShot || (this.#config & 0x7000) === 0) return [];
    this.#look();
    const scc = this.#commonShunt() === 0 ? (this.chip.get(MASK_ENABLE) ?? 0) & 0x7000 : this.#sumMask();
    const look: Transfer = ['r', MASK_ENABLE, scc | 0x0003];
    return (this.#config & 0x0e00) === 0 ? [look] : [look, ['w', CONFIG, this.#config]];
  }

  #sumMask(): number {
    return this.#summed.reduce((mask, on, n) => (on ? mask | (0x4000 >> n) : mask), 0);
  }

  #waitUs(): number {
    return this.#one.singleShot ? 0 : Math.ceil((this.#cycleUs() * 11) / 10);
  }

  #look(): void {
    this.#untold |= (this.chip.get(MASK_ENABLE) ?? 0) & 0x03f8;
  }

  #cycleUs(): number {
    const time = (low: number): number => TIMES_US[(this.#config >> low) & 7] as number;
    return bitsIn(this.#config & 0x7000) * (time(6) + time(3));
  }

  #intervalMs(): number {
    return divRoundClosest(this.#cycleUs(), 1000);
  }

  #commonShunt(): number {
    const inputs = this.#one.inputs ?? [];
    const off = (channel: number): boolean => inputs.some(({ reg, disabled }) => reg === channel && disabled === true);
    const counted = this.#shunts.filter((_, channel) => this.#summed[channel] === true && !off(channel));
    const [first, ...others] = counted;
    return first !== undefined && others.every((other) => other === first) ? first : 0;
  }

  #remember(reg: number, word: number): void {
    this.cache = new Map([...this.cache, [reg, word]]);
  }

  #forget(reg: number): void {
    this.ids.add(this.#one.adapter === 'i2c' ? 'regmap-R1' : 'regmap-R2');
    this.cache = new Map([...this.cache].filter(([other]) => other !== reg));
  }
}

function text(content: string): { ret: number; text: string } {
  return { ret: content.length, text: content };
}

function limitOf(attr: string): number | undefined {
  const [, channel, kind] = /^curr([1-4])_(crit|max)$/.exec(attr) ?? [];
  if (channel === undefined) return undefined;
  return channel === '4' ? CRIT_SUM : 0x07 + 2 * (Number(channel) - 1) + Number(kind === 'max');
}

const shuntWord = (uv: number): number => divRoundClosest(Math.min(Math.max(uv, -163_800), 163_800), 5) & 0xfff8;
const sumWord = (uv: number): number => divRoundClosest(Math.min(Math.max(uv, -655_360), 655_320), 20) & 0xfffe;

/** Hex, octal or decimal, as C writes them. */
function intOf(value: string): number {
  const [, sign, digits = ''] = /^([+-]?)(\w+)/.exec(value) ?? [];
  const whole = /^0[0-7]/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return sign === '-' ? -whole : whole;
}

const bitsIn = (value: number): number => [...value.toString(2)].filter((bit) => bit === '1').length;

function divRoundClosest(value: number, divisor: number): number {
  const half = Math.trunc(divisor / 2);
  return Math.trunc((value < 0 ? value - half : value + half) / divisor) + 0;
}

/** Of two entries as near, the lower one. */
function closest(value: number, table: readonly number[]): number {
  const distance = (entry: number): number => Math.abs(entry - value);
  return table.reduce((best, entry, at) => (distance(entry) < distance(table[best] as number) ? at : best), 0);
}
