// The analog side of the INA3221: what is soldered and loaded around it, and what an ideal conversion makes of that.
import type { Knob } from '../../bus/socket.js';

type Channel = 1 | 2 | 3;

/**
 * What surrounds the chip, per channel: `busNMv` the rail, as the chip sees it at IN-N to ground; `loadNMa` the current
 * through the shunt, negative when it flows backwards; `shuntNUohm` the soldered resistor.
 */
export type Ina3221Pins = Record<`bus${Channel}Mv` | `load${Channel}Ma` | `shunt${Channel}Uohm`, number>;

/** The name of one of them. */
export type Ina3221Pin = keyof Ina3221Pins;

/** The three channels, as the pins count them. */
const CHANNELS: readonly Channel[] = [1, 2, 3];

/** Rails of 5 V with 1 A through 10 mOhm. */
export function defaultPins(): Ina3221Pins {
  const pins = {} as Ina3221Pins;
  for (const n of CHANNELS)
    Object.assign(pins, { [`bus${n}Mv`]: 5000, [`load${n}Ma`]: 1000, [`shunt${n}Uohm`]: 10_000 });
  return pins;
}

/** Signals in the order of conversion: shunt 1, bus 1, shunt 2, bus 2, shunt 3, bus 3. */
export const SIGNALS = 6;
/** The channel of a signal, from 0. */
export const channelOf = (signal: number): number => signal >> 1;
/** True for a bus voltage, false for a shunt voltage. */
export const isBus = (signal: number): boolean => (signal & 1) === 1;

const SHUNT_LSB_UV = 40;
const BUS_LSB_MV = 8;

/** Puts into `codes` what one conversion of each signal yields: the nearest code (halves go up), -4096 to 4095. */
export function convert(pins: Ina3221Pins, codes: Int32Array): void {
  for (const n of CHANNELS) {
    // A milliampere through a micro-ohm is a nanovolt.
    const shuntNv = pins[`load${n}Ma`] * pins[`shunt${n}Uohm`];
    codes[2 * n - 2] = saturate(Math.round(shuntNv / (SHUNT_LSB_UV * 1000)));
    codes[2 * n - 1] = saturate(Math.round(pins[`bus${n}Mv`] / BUS_LSB_MV));
  }
}

function saturate(code: number): number {
  return Math.min(Math.max(code, -4096), 4095);
}

/** The knobs for these pins. `turn` changes the pin and lets the chip follow. */
export function knobs(pins: Ina3221Pins, turn: (pin: Ina3221Pin, value: number) => void): Knob[] {
  const knob = (name: Ina3221Pin, unit: string, min: number, max: number, about: string): Knob => ({
    name,
    unit,
    min,
    max,
    about,
    get: () => pins[name],
    set: (value) => turn(name, value),
  });
  return CHANNELS.flatMap((n) => [
    knob(`bus${n}Mv`, 'mV', 0, 26_000, `voltage of rail ${n}`),
    knob(`load${n}Ma`, 'mA', -100_000, 100_000, `current that rail ${n} delivers; negative: it flows backwards`),
    knob(`shunt${n}Uohm`, 'uOhm', 0, 100_000_000, `shunt resistor soldered into rail ${n}`),
  ]);
}
