// Knobs of a chip as a page shows them.
import type { Knob } from '../../bus/socket.js';

/** A knob and where it stands. `set PATH:NAME=VALUE` turns it. */
export interface ViewKnob {
  readonly name: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly about: string;
  readonly value: number;
}

/** Those of a socket, in its order. */
export function knobsOf(knobs: ReadonlyMap<string, Knob> = new Map()): ViewKnob[] {
  return [...knobs.values()].map((knob) => {
    const { name, unit, min, max, about } = knob;
    return { name, unit, min, max, about, value: knob.get() };
  });
}
