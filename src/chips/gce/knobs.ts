// What a person can turn on a GCE: how fast it is, how far it fetches ahead, and its event inputs.
import { SysError } from '../../base/errno.js';
import type { Knob } from '../../bus/socket.js';
import { EVENTS } from './events.js';
import { DEFAULT_READINGS, DEFAULT_TIMING } from './options.js';

/** Names of the knobs. */
export type GceKnob = 'instructionNs' | 'pollNs' | 'prefetchInstructions' | 'eventPulse';

/** Where the knobs stand. */
export type GceKnobs = Record<GceKnob, number>;

/** No event input has had a pulse by hand. */
const NO_EVENT = -1;

interface Spec {
  readonly name: GceKnob;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly start: number;
  readonly about: string;
}

/** Table of the knobs. All of them are whole numbers. */
const SPECS: readonly Spec[] = [
  {
    name: 'instructionNs',
    unit: 'ns',
    min: 1,
    max: 1_000_000,
    start: DEFAULT_TIMING.instructionNs,
    about: 'time that an instruction takes',
  },
  {
    name: 'pollNs',
    unit: 'ns',
    min: 1,
    max: 1_000_000_000,
    start: DEFAULT_TIMING.pollNs,
    about: 'from one look of a POLL to the next, at first',
  },
  {
    name: 'prefetchInstructions',
    unit: 'instructions',
    min: 0,
    max: 65_536,
    start: DEFAULT_READINGS.prefetch,
    about: 'instructions that are fetched ahead; 0: memory is looked at each time',
  },
  {
    name: 'eventPulse',
    unit: 'event',
    min: NO_EVENT,
    max: EVENTS - 1,
    start: NO_EVENT,
    about: 'the event input that gets a pulse now, as if its block had given it; -1: none',
  },
];

/** Where all knobs stand at first. */
export const DEFAULT_KNOBS: GceKnobs = Object.fromEntries(SPECS.map(({ name, start }) => [name, start])) as GceKnobs;

/** Whether `eventPulse` is an input, and not none or what the limits will refuse. */
export function isEvent(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < EVENTS;
}

/** The knobs. `turned` is called behind each change. */
export function knobs(stand: GceKnobs, turned: (knob: GceKnob) => void): Knob[] {
  return SPECS.map(({ name, unit, min, max, about }) => ({
    ...{ name, unit, min, max, about },
    get: () => stand[name],
    set: (value) => {
      if (!Number.isInteger(value)) throw new SysError('EINVAL', `${name} = ${value} is not a whole number`);
      stand[name] = value;
      turned(name);
    },
  }));
}
