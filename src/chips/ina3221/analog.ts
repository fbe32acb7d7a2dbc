// The analog side of the INA3221: what is soldered and loaded around it, how far it is off, and what a conversion makes
// of that.
import type { Knob } from '../../bus/socket.js';
import { LAST_STRAP, STRAP_WORDS } from './address-pin.js';

type Channel = 1 | 2 | 3;
type BoardPin = `bus${Channel}Mv` | `load${Channel}Ma` | `shunt${Channel}Uohm`;
type ErrorPin = `shuntOffset${Channel}Uv` | `shuntGain${Channel}Ppm` | `busOffset${Channel}Mv` | `busGain${Channel}Ppm`;

/**
 * What surrounds the chip, per channel: `busNMv` the rail, as the chip sees it at IN-N to ground; `loadNMa` the current
 * through the shunt, negative when it flows backwards; `shuntNUohm` the soldered resistor. How far the chip is off:
 * `shuntOffsetNUv`, `busOffsetNMv` at its inputs, `shuntGainNPpm`, `busGainNPpm` of what it measures. `a0` is what its
 * address pin is tied to: 0 GND, 1 VS, 2 SDA, 3 SCL.
 */
export type Ina3221Pins = Record<BoardPin | ErrorPin | 'a0', number>;

/** The name of one of them. */
export type Ina3221Pin = keyof Ina3221Pins;

/** A pin as people turn it. `start` is where it stands unless somebody says otherwise. */
interface Spec {
  readonly name: Ina3221Pin;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly start: number;
  readonly about: string;
}

/** The three channels, as the pins count them. */
const CHANNELS: readonly Channel[] = [1, 2, 3];
/** Sound chips are within 80 uV, 16 mV and 2,500 ppm (datasheet, "Electrical characteristics"); broken ones are not. */
const MOST = { uv: 10_000, mv: 1_000, ppm: 100_000 };

/** Rails of 5 V with 1 A through 10 mOhm, measured without error. */
const SPECS: readonly Spec[] = [
  ...CHANNELS.flatMap((n): Spec[] => [
    { name: `bus${n}Mv`, unit: 'mV', min: 0, max: 26_000, start: 5_000, about: `voltage of rail ${n}` },
    {
      name: `load${n}Ma`,
      unit: 'mA',
      ...between(100_000),
      start: 1_000,
      about: `current that rail ${n} delivers; negative: it flows backwards`,
    },
    {
      name: `shunt${n}Uohm`,
      unit: 'uOhm',
      min: 0,
      max: 100_000_000,
      start: 10_000,
      about: `shunt resistor soldered into rail ${n}`,
    },
  ]),
  ...CHANNELS.flatMap((n): Spec[] => [
    offBy(`shuntOffset${n}Uv`, 'uV', MOST.uv, `offset error of shunt input ${n}`),
    offBy(`shuntGain${n}Ppm`, 'ppm', MOST.ppm, `gain error of shunt input ${n}`),
    offBy(`busOffset${n}Mv`, 'mV', MOST.mv, `offset error of bus input ${n}`),
    offBy(`busGain${n}Ppm`, 'ppm', MOST.ppm, `gain error of bus input ${n}`),
  ]),
  { name: 'a0', unit: `(${STRAP_WORDS})`, min: 0, max: LAST_STRAP, start: 0, about: 'what address pin A0 is tied to' },
];

function between(most: number): { min: number; max: number } {
  return { min: -most, max: most };
}

function offBy(name: ErrorPin, unit: string, most: number, about: string): Spec {
  return { name, unit, ...between(most), start: 0, about };
}

/** Where all pins stand at first. */
export const DEFAULT_PINS: Ina3221Pins = Object.fromEntries(
  SPECS.map(({ name, start }) => [name, start]),
) as Ina3221Pins;

/** Signals in the order of conversion: shunt 1, bus 1, shunt 2, bus 2, shunt 3, bus 3. */
export const SIGNALS = 6;
/** The channel of a signal, from 0. */
export const channelOf = (signal: number): number => signal >> 1;
/** True for a bus voltage, false for a shunt voltage. */
export const isBus = (signal: number): boolean => (signal & 1) === 1;

const SHUNT_LSB_NV = 40_000;
const BUS_LSB_MV = 8;

/** Puts into `codes` what one conversion of each signal yields: the nearest code (halves go up), -4096 to 4095. */
export function convert(pins: Ina3221Pins, codes: Int32Array): void {
  for (const n of CHANNELS) {
    // A milliampere through a micro-ohm is a nanovolt.
    const shuntNv = pins[`load${n}Ma`] * pins[`shunt${n}Uohm`];
    const seenNv = withGain(shuntNv, pins[`shuntGain${n}Ppm`]) + pins[`shuntOffset${n}Uv`] * 1000;
    const seenMv = withGain(pins[`bus${n}Mv`], pins[`busGain${n}Ppm`]) + pins[`busOffset${n}Mv`];
    codes[2 * n - 2] = saturate(Math.round(seenNv / SHUNT_LSB_NV));
    codes[2 * n - 1] = saturate(Math.round(seenMv / BUS_LSB_MV));
  }
}

function withGain(value: number, ppm: number): number {
  return value + (value * ppm) / 1_000_000;
}

function saturate(code: number): number {
  return Math.min(Math.max(code, -4096), 4095);
}

/** The knobs for these pins. `turn` changes the pin and lets the chip follow. */
export function knobs(pins: Ina3221Pins, turn: (pin: Ina3221Pin, value: number) => void): Knob[] {
  return SPECS.map((spec) => new PinKnob(spec, pins, turn));
}

/** A chip has many of them: what all chips share stays in the table. */
class PinKnob implements Knob {
  readonly #spec: Spec;
  readonly #pins: Ina3221Pins;
  readonly #turn: (pin: Ina3221Pin, value: number) => void;

  constructor(spec: Spec, pins: Ina3221Pins, turn: (pin: Ina3221Pin, value: number) => void) {
    this.#spec = spec;
    this.#pins = pins;
    this.#turn = turn;
  }

  get name(): string {
    return this.#spec.name;
  }

  get unit(): string {
    return this.#spec.unit;
  }

  get min(): number {
    return this.#spec.min;
  }

  get max(): number {
    return this.#spec.max;
  }

  get about(): string {
    return this.#spec.about;
  }

  get(): number {
    return this.#pins[this.#spec.name];
  }

  set(value: number): void {
    this.#turn(this.#spec.name, value);
  }
}
