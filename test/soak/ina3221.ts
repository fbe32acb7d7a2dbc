// The lazy model of the INA3221 against a naive one that does every conversion: by chance registers are written and
// read, knobs turned, alerts answered, time passes; every byte and every move of a pin must be the same.
import { ms, us } from '../../src/base/clock.js';
import { Random } from '../../src/base/random.js';
import type { Ina3221Options } from '../../src/chips/ina3221/ina3221.js';
import { DEFAULT_READINGS } from '../../src/chips/ina3221/options.js';
import { NaiveIna3221 } from '../ina3221-naive.js';
import { Rig } from '../ina3221-chip.js';
import type { Scenario } from '../soak.js';

/** What `npm run soak` runs; `run` throws with the steps that led to a difference. */
export const scenarios: readonly Scenario[] = [{ name: 'ina3221', total: 1000, run }];

const STEPS = 80;
const ALL_REGISTERS = [...Array.from({ length: 0x13 }, (_, reg) => reg), 0xfe, 0xff];

/** One run. */
export async function run(seed: string): Promise<void> {
  const pair = new Pair(new Random(seed));
  for (let step = 0; step < STEPS; step++) await pair.step();
  pair.compareAll();
}

/** Two chips with the same surroundings, and what was done to both. */
class Pair {
  readonly #random: Random;
  readonly #rig: Rig;
  readonly #naive: NaiveIna3221;
  readonly #history: string[] = [];

  constructor(random: Random) {
    this.#random = random;
    const readings = readingsBy(random);
    this.#rig = new Rig(readings);
    const pins = Object.fromEntries([...this.#rig.knobs.values()].map((knob) => [knob.name, knob.get()]));
    this.#naive = new NaiveIna3221({ ...pins, ...readings } as Ina3221Options);
    this.#history.push(JSON.stringify(readings));
  }

  /** One thing done to both; what they answer must be the same. */
  async step(): Promise<void> {
    const dice = this.#random.below(100);
    if (dice < 22) this.#send([this.#random.pick(POINTERS), ...this.#dataBytes()]);
    else if (dice < 30) this.#send(bytesOf(0x00, this.#config()));
    else if (dice < 38) this.#send(bytesOf(0x0f, this.#random.below(0x100) << 8));
    else if (dice < 54) this.#turn();
    else if (dice < 58) this.#receive(this.#random.below(6));
    else if (dice < 64) this.#receiveAt(this.#random.pick(ALL_REGISTERS));
    else if (dice < 70) this.#alertResponse();
    else await this.#wait();
  }

  /** Every register, read over the bus. */
  compareAll(): void {
    for (const reg of ALL_REGISTERS) this.#receiveAt(reg);
  }

  #send(bytes: readonly number[]): void {
    this.#same(`send ${hex(bytes)}`, this.#rig.send(...bytes), this.#naive.write(bytes));
  }

  #receive(length: number): void {
    this.#same(`receive ${length}`, hex(this.#rig.receive(length)), hex(this.#naive.read(length)));
  }

  #receiveAt(reg: number): void {
    this.#send([reg]);
    this.#receive(2);
  }

  #turn(): void {
    const { name, min, max } = this.#random.pick([...this.#rig.knobs.values()]);
    const value = Math.max(min, Math.min(max, TURNS[name.replace(/\d/, '')]?.(this.#random) ?? 0));
    this.#rig.turn(name, value);
    this.#naive.turn(name, value);
    this.#same(`turn ${name} ${value}`, this.#rig.addr, 0x40 + this.#naive.around.a0);
  }

  #alertResponse(): void {
    const { alert } = this.#rig.chip;
    const byte = alert?.pending();
    this.#same('alert response', byte, this.#naive.alert());
    if (byte === undefined || this.#random.chance(0.3)) return;
    alert?.answered();
    this.#naive.answered();
    this.#same('answered', alert?.pending(), this.#naive.alert());
  }

  async #wait(): Promise<void> {
    const wait = waitBy(this.#random);
    await this.#rig.clock.run(wait);
    this.#naive.passTo(this.#rig.clock.now());
    this.#same(`wait ${wait}`, movesByPin(this.#rig.moves.splice(0), 1000), movesByPin(this.#naive.moves.splice(0), 1));
  }

  #config(): number {
    const random = this.#random;
    if (random.chance(0.1)) return 0x8000 | random.below(0x8000);
    const average = random.below(random.chance(0.4) ? 2 : 8);
    const [busTime, shuntTime] = [random.below(random.chance(0.6) ? 1 : 8), random.below(random.chance(0.6) ? 1 : 8)];
    const mode = random.chance(0.7) ? 5 + random.below(3) : random.below(8);
    return (random.below(8) << 12) | (average << 9) | (busTime << 6) | (shuntTime << 3) | mode;
  }

  /** Mostly a word beside what is measured; sometimes any, sometimes too few bytes or too many. */
  #dataBytes(): number[] {
    const random = this.#random;
    const near = random.pick(this.#naive.codes()) + random.below(3) - 1;
    const word = random.chance(0.8) ? (near << (random.chance(0.9) ? 3 : 1)) & 0xffff : random.below(0x10000);
    const bytes = [word >> 8, word & 0xff, random.below(0x100), random.below(0x100)];
    return bytes.slice(0, random.chance(0.8) ? 2 : random.below(5));
  }

  #same(what: string, lazy: unknown, naive: unknown): void {
    this.#history.push(`${this.#rig.clock.now()} ${what}`);
    if (lazy === naive) return;
    throw new Error(
      `the model says ${String(lazy)}, the naive one ${String(naive)}; behind\n${this.#history.join('\n')}`,
    );
  }
}

/** Pointers that are written: all, and those of limits more often. */
const POINTERS = [...ALL_REGISTERS, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0e, 0x10, 0x11, 0x0e, 0x10, 0x11, 0x80];

/** Values for each kind of knob, by its name without the channel. */
const TURNS: Readonly<Record<string, (random: Random) => number>> = {
  busMv: (random) => random.below(random.chance(0.8) ? 3000 : 26_001),
  loadMa: (random) => {
    if (random.chance(0.2)) return 0;
    return random.chance(0.9) ? random.below(600) - 300 : random.below(200_001) - 100_000;
  },
  shuntUohm: (random) => (random.chance(0.8) ? 40_000 : random.below(100_000)),
  shuntOffsetUv: (random) => random.below(161) - 80,
  shuntGainPpm: (random) => random.below(5001) - 2500,
  busOffsetMv: (random) => random.below(33) - 16,
  busGainPpm: (random) => random.below(5001) - 2500,
  a: (random) => random.below(4),
};

/** From nothing to seconds; often exactly where a conversion ends, or a nanosecond beside. */
function waitBy(random: Random): number {
  const dice = random.below(10);
  if (dice < 1) return random.below(1000);
  if (dice < 4) return us(140) * (1 + random.below(50)) + random.below(3) - 1;
  if (dice < 6) return us(140) * random.below(200);
  if (dice < 9) return us(random.below(60_000));
  return ms(random.below(random.chance(0.1) ? 10_000 : 300));
}

/** Each reading of the datasheet by chance; the default half of the time. */
function readingsBy(random: Random): typeof DEFAULT_READINGS {
  if (random.chance(0.5)) return DEFAULT_READINGS;
  return {
    flags: random.pick(['sticky', 'follow'] as const),
    firstSample: random.pick(['filtered', 'loaded'] as const),
    powerValidChannels: random.pick(['enabled', 'all'] as const),
    powerValidLimits: random.pick(['strict', 'inclusive'] as const),
    loneByte: random.pick(['dropped', 'high-byte'] as const),
    extraBytes: random.pick(['ignored', 'refused'] as const),
    readOn: random.pick(['repeats', 'ones'] as const),
    readOnly: random.pick(['ignored', 'refused'] as const),
    unlisted: random.pick(['zero', 'refused'] as const),
    alertPins: random.pick(['both', 'critical', 'warning'] as const),
    alertAnswered: random.pick(['kept', 'released'] as const),
  };
}

/** The moves of each pin, in nanoseconds. Within one moment the order of different pins does not count. */
function movesByPin(moves: readonly (readonly [number, string, boolean])[], ns: number): string {
  const pins = new Map<string, string[]>();
  for (const [at, pin, high] of moves) {
    const list = pins.get(pin) ?? [];
    pins.set(pin, list);
    list.push(`${Math.round(at * ns)} ${high ? 'up' : 'down'}`);
  }
  return [...pins]
    .sort()
    .map(([pin, list]) => `${pin}: ${list.join(', ')}`)
    .join('; ');
}

const bytesOf = (reg: number, word: number): number[] => [reg, word >> 8, word & 0xff];
const hex = (bytes: readonly number[]): string => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
