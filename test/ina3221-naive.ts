// A second INA3221, written apart from the model in src/chips: one conversion after the other, nothing left out,
// nothing put off. It is slow and knows the registers by number, so that both can be wrong only for different reasons.
import type { Ina3221Options } from '../src/chips/ina3221/ina3221.js';

/** A move of a pin: nanoseconds, pin, level. */
export type Move = readonly [ns: number, pin: string, high: boolean];

const TIMES_US = [140, 204, 332, 588, 1100, 2116, 4156, 8244] as const;
const AVERAGES = [1, 4, 16, 64, 128, 256, 512, 1024] as const;
const DEFAULTS = [
  ...[0x7127, 0, 0, 0, 0, 0, 0],
  ...[0x7ff8, 0x7ff8, 0x7ff8, 0x7ff8, 0x7ff8, 0x7ff8],
  ...[0, 0x7ffe, 0x0002, 0x2710, 0x2328],
] as const;
/** Bits that a write changes, by register; none for those that are not here. */
const WRITABLE: Readonly<Record<number, number>> = {
  ...{ 0x00: 0x7fff, 0x07: 0xfff8, 0x08: 0xfff8, 0x09: 0xfff8, 0x0a: 0xfff8, 0x0b: 0xfff8, 0x0c: 0xfff8 },
  ...{ 0x0e: 0xfffe, 0x0f: 0x7c00, 0x10: 0x7ff8, 0x11: 0x7ff8 },
};

interface Conversion {
  readonly channel: 1 | 2 | 3;
  readonly bus: boolean;
  readonly takesNs: number;
}

/** What a comparison said last, and its flag. */
interface Comparison {
  greater: boolean;
  flag: boolean;
}

/** A pin that comparisons pull low. */
interface AlertLine {
  readonly name: 'critical' | 'warning';
  readonly latchBit: number;
  readonly causes: readonly Comparison[];
  low: boolean;
}

const compared = (): Comparison => ({ greater: false, flag: false });

/** The chip from power-on at moment 0. */
export class NaiveIna3221 {
  /** Everything around the chip, and every reading of its datasheet. */
  readonly around: Ina3221Options;
  readonly moves: Move[] = [];
  /** What conversions yield now, by channel. */
  #inputs: Record<'shunt' | 'bus', number[]> = { shunt: [], bus: [] };
  #now = 0;
  #pointer = 0;
  #words: number[] = [...DEFAULTS];
  /** Averages by channel: shunt, bus. */
  #averages: Record<'shunt' | 'bus', number[]> = { shunt: [0, 0, 0], bus: [0, 0, 0] };
  #measured = new Set<string>();
  #singles = [0, 0, 0];
  readonly #critical = [compared(), compared(), compared()] as const;
  readonly #warning = [compared(), compared(), compared()] as const;
  readonly #sum = compared();
  readonly #lines: readonly AlertLine[];
  #valid = false;
  #timingGood = true;
  #timing: 'waits' | 'over' | number = 'waits';
  #ready = false;
  /** The conversions of a cycle, which of them is in progress, and when it ends. */
  #cycle: readonly Conversion[] = [];
  #place = 0;
  #endsAt = Number.POSITIVE_INFINITY;
  readonly #shown = { critical: true, warning: true, pv: true, tc: true };

  constructor(around: Ina3221Options) {
    this.around = { ...around };
    this.#lines = [
      { name: 'critical', latchBit: 0x0400, causes: [...this.#critical, this.#sum], low: false },
      { name: 'warning', latchBit: 0x0800, causes: this.#warning, low: false },
    ];
    this.#measure();
    this.#begin();
    this.#show();
  }

  /** Turns a pin of the surroundings. */
  turn(name: string, value: number): void {
    Object.assign(this.around, { [name]: value });
    this.#measure();
  }

  /** Lets time pass: every conversion that ends by then is done. */
  passTo(moment: number): void {
    while (this.#endsAt <= moment) {
      this.#now = this.#endsAt;
      this.#convert();
      this.#show();
    }
    this.#now = moment;
  }

  /** Bytes of a write part; how many are acknowledged. */
  write(bytes: readonly number[]): number {
    const [pointer, high, low] = bytes;
    if (pointer === undefined) return 0;
    const listed = pointer <= 0x11 || pointer >= 0xfe;
    if (!listed && this.around.unlisted === 'refused') return 0;
    this.#pointer = pointer;
    if (high === undefined) return 1;
    if (listed && WRITABLE[pointer] === undefined && this.around.readOnly === 'refused') return 1;
    if (low === undefined) {
      if (this.around.loneByte === 'high-byte') this.#store((high << 8) | (this.#word(pointer) & 0x00ff));
      return 2;
    }
    this.#store((high << 8) | low);
    return this.around.extraBytes === 'refused' ? 3 : bytes.length;
  }

  /** Bytes of a read part. */
  read(length: number): number[] {
    if (length === 0) return [];
    const word = this.#word(this.#pointer);
    if (this.#pointer === 0x0f) this.#acknowledge();
    const two = [word >> 8, word & 0xff];
    const more = this.around.readOn === 'ones' ? Array(length).fill(0xff) : Array(length).fill(two).flat();
    return [...two, ...more].slice(0, length);
  }

  /** What registers show and what conversions would yield now, and the sum: numbers that limits are best beside. */
  codes(): number[] {
    return [
      ...[...this.#inputs.shunt, ...this.#inputs.bus],
      ...[0, 1, 2].flatMap((index) => [this.#published('shunt', index), this.#published('bus', index)]),
      codeIn(this.#words[0x0d] as number, 1),
    ];
  }

  /** The byte for the alert response, as far as it has one. */
  alert(): number | undefined {
    return this.#calling().length > 0 ? (0x40 + this.around.a0) << 1 : undefined;
  }

  /** Its byte went through. */
  answered(): void {
    if (this.around.alertAnswered === 'released') for (const line of this.#calling()) line.low = false;
    this.#show();
  }

  #calling(): AlertLine[] {
    const { alertPins } = this.around;
    return this.#lines.filter((line) => {
      return line.low && this.#latches(line) && (alertPins === 'both' || alertPins === line.name);
    });
  }

  #latches({ latchBit }: AlertLine): boolean {
    return ((this.#words[0x0f] as number) & latchBit) !== 0;
  }

  #word(reg: number): number {
    if (reg === 0xfe) return 0x5449;
    if (reg === 0xff) return 0x3220;
    if (reg > 0x11) return 0;
    if (reg >= 1 && reg <= 6) {
      const kind = reg % 2 === 1 ? 'shunt' : 'bus';
      return (this.#published(kind, Math.ceil(reg / 2) - 1) << 3) & 0xffff;
    }
    return reg === 0x0f ? ((this.#words[0x0f] as number) & 0x7c00) | this.#flags() : (this.#words[reg] as number);
  }

  #published(kind: 'shunt' | 'bus', index: number): number {
    return Math.floor((this.#averages[kind][index] as number) + 0.5);
  }

  #flags(): number {
    const bits = [
      ...this.#critical.map(({ flag }) => flag),
      this.#sum.flag,
      ...this.#warning.map(({ flag }) => flag),
      ...[this.#valid, this.#timingGood, this.#ready],
    ];
    return bits.reduce((word, bit) => word * 2 + (bit ? 1 : 0), 0);
  }

  #acknowledge(): void {
    for (const cause of this.#lines.flatMap(({ causes }) => causes)) cause.flag = false;
    this.#ready = false;
    for (const line of this.#lines) if (this.#latches(line)) line.low = false;
    this.#show();
  }

  #store(word: number): void {
    const reg = this.#pointer;
    const mask = WRITABLE[reg] ?? 0;
    if (mask !== 0) this.#words[reg] = ((this.#words[reg] as number) & ~mask) | (word & mask);
    if (reg === 0x00 && word >= 0x8000) this.#reset();
    else if (reg === 0x00) this.#configured();
    for (const line of this.#lines) this.#follow(line);
    this.#show();
  }

  #reset(): void {
    this.#words = [...DEFAULTS];
    this.#averages = { shunt: [0, 0, 0], bus: [0, 0, 0] };
    this.#measured = new Set();
    this.#singles = [0, 0, 0];
    for (const cause of this.#lines.flatMap(({ causes }) => causes)) Object.assign(cause, compared());
    this.#ready = false;
    this.#timingGood = true;
    this.#timing = 'waits';
    this.#begin();
  }

  #configured(): void {
    this.#timing = 'over';
    if ((this.#words[0x00] as number) % 4 !== 0) this.#ready = false;
    this.#begin();
  }

  /** Begins the cycle that CONFIG asks for with its first conversion. */
  #begin(): void {
    const config = this.#words[0x00] as number;
    this.#cycle = ([1, 2, 3] as const).flatMap((channel) => {
      if ((config & (0x8000 >> channel)) === 0) return [];
      const takesNs = (lowBit: number): number => 1000 * (TIMES_US[(config >> lowBit) & 7] as number);
      const shunt = (config & 1) === 0 ? [] : [{ channel, bus: false, takesNs: takesNs(3) }];
      const bus = (config & 2) === 0 ? [] : [{ channel, bus: true, takesNs: takesNs(6) }];
      return [...shunt, ...bus];
    });
    this.#place = 0;
    this.#endsAt = this.#now + (this.#cycle[0]?.takesNs ?? Number.POSITIVE_INFINITY);
  }

  /** Ends the conversion in progress and begins the next one, if there is one. */
  #convert(): void {
    const { channel, bus } = this.#cycle[this.#place] as Conversion;
    const single = this.#inputs[bus ? 'bus' : 'shunt'][channel - 1] as number;
    this.#average(bus ? 'bus' : 'shunt', channel - 1, single);
    if (bus) this.#time(channel, single);
    else this.#compareShunt(channel - 1, single);
    this.#place = (this.#place + 1) % this.#cycle.length;
    if (this.#place === 0) this.#endCycle();
    const goesOn = this.#place > 0 || ((this.#words[0x00] as number) & 4) !== 0;
    this.#endsAt = goesOn ? this.#now + (this.#cycle[this.#place] as Conversion).takesNs : Number.POSITIVE_INFINITY;
  }

  #compareShunt(index: number, single: number): void {
    this.#singles[index] = single;
    const [critical, warning] = this.#lines as [AlertLine, AlertLine];
    this.#compare(critical, this.#critical[index] as Comparison, single > this.#limit(0x07 + 2 * index));
    const averaged = this.#published('shunt', index);
    this.#compare(warning, this.#warning[index] as Comparison, averaged > this.#limit(0x08 + 2 * index));
  }

  #limit(reg: number): number {
    return codeIn(this.#words[reg] as number, 3);
  }

  #average(kind: 'shunt' | 'bus', index: number, single: number): void {
    const before = this.#averages[kind][index] as number;
    const first = !this.#measured.has(`${kind}${index}`);
    this.#measured.add(`${kind}${index}`);
    const count = AVERAGES[((this.#words[0x00] as number) >> 9) & 7] as number;
    const share = first && this.around.firstSample === 'loaded' ? 1 : count;
    const after = before + (single - before) / share;
    this.#averages[kind][index] = Math.abs(single - after) < 2 ** -20 ? single : after;
  }

  #compare(line: AlertLine, cause: Comparison, greater: boolean): void {
    cause.greater = greater;
    if (greater) cause.flag = true;
    else if (this.around.flags === 'follow' && !this.#latches(line)) cause.flag = false;
    if (greater) line.low = true;
    this.#follow(line);
  }

  /** A pin that does not latch is low while one of its comparisons says so. */
  #follow(line: AlertLine): void {
    if (!this.#latches(line)) line.low = line.causes.some(({ greater }) => greater);
  }

  #time(channel: number, single: number): void {
    const up = single >= 150;
    if (this.#timing === 'waits' && channel === 1 && up) this.#timing = 5;
    else if (typeof this.#timing === 'number' && channel === 2) {
      this.#timing = up ? 'over' : this.#timing - 1;
      if (this.#timing !== 0) return;
      this.#timing = 'over';
      this.#timingGood = false;
    }
  }

  #endCycle(): void {
    const config = this.#words[0x00] as number;
    if ((config & 1) !== 0) this.#addUp();
    if ((config & 2) !== 0) this.#lookAtRails();
    this.#ready = true;
  }

  #addUp(): void {
    const chosen = [0, 1, 2].filter((index) => ((this.#words[0x0f] as number) & (0x4000 >> index)) !== 0);
    if (chosen.length === 0) return;
    const sum = chosen.reduce((total, index) => total + (this.#singles[index] as number), 0);
    this.#words[0x0d] = (sum * 2) & 0xffff;
    const [critical] = this.#lines as [AlertLine, AlertLine];
    this.#compare(critical, this.#sum, sum > codeIn(this.#words[0x0e] as number, 1));
  }

  #lookAtRails(): void {
    const { powerValidChannels, powerValidLimits } = this.around;
    const enabled = (index: number) => ((this.#words[0x00] as number) & (0x4000 >> index)) !== 0;
    const rails = [0, 1, 2].filter((index) => powerValidChannels === 'all' || enabled(index));
    const codes = rails.map((index) => this.#published('bus', index));
    const [upper, lower] = [this.#limit(0x10), this.#limit(0x11)];
    const strict = powerValidLimits === 'strict';
    if (this.#valid) this.#valid = !codes.some((code) => (strict ? code < lower : code <= lower));
    else this.#valid = codes.every((code) => (strict ? code > upper : code >= upper));
  }

  /** What each input is worth, with its errors. */
  #measure(): void {
    const { around } = this;
    const channels = [1, 2, 3] as const;
    const shunts = channels.map((n) => {
      const nv = around[`load${n}Ma`] * around[`shunt${n}Uohm`];
      return nearest(nv, around[`shuntGain${n}Ppm`], 1000 * around[`shuntOffset${n}Uv`], 40_000);
    });
    const rails = channels.map((n) => {
      return nearest(around[`bus${n}Mv`], around[`busGain${n}Ppm`], around[`busOffset${n}Mv`], 8);
    });
    this.#inputs = { shunt: shunts, bus: rails };
  }

  #show(): void {
    const [critical, warning] = this.#lines as [AlertLine, AlertLine];
    this.#showPin('critical', !critical.low);
    this.#showPin('warning', !warning.low);
    this.#showPin('pv', this.#valid);
    this.#showPin('tc', this.#timingGood);
  }

  #showPin(pin: 'critical' | 'warning' | 'pv' | 'tc', high: boolean): void {
    if (this.#shown[pin] !== high) this.moves.push([this.#now, pin, high]);
    this.#shown[pin] = high;
  }
}

/** The signed number above the `reserved` low bits of a word. */
function codeIn(word: number, reserved: number): number {
  return (word >= 0x8000 ? word - 0x10000 : word) / 2 ** reserved;
}

/** The step nearest to a voltage with its errors, of two as near the higher; whole numbers throughout. */
function nearest(value: number, ppm: number, offset: number, step: number): number {
  const millionths = BigInt(value) * BigInt(1_000_000 + ppm) + BigInt(offset) * 1_000_000n;
  const halves = 2n * millionths + BigInt(step) * 1_000_000n;
  const whole = BigInt(2 * step) * 1_000_000n;
  const floor = halves / whole - (halves < 0n && halves % whole !== 0n ? 1n : 0n);
  return Number(floor < -4096n ? -4096n : floor > 4095n ? 4095n : floor);
}
