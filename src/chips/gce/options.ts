// What can be chosen about the model where no public source says it, and what time it takes.
import type { Random } from '../../base/random.js';
import type { GceSoc, GceSocName } from './soc.js';

/** The readings of what the hardware does; the default stands first. */
export interface GceReadings {
  /** Each thread has a mask of its own, or R0 is the mask of all; then interleaved use is a finding. */
  readonly mask: 'per-thread' | 'shared';
  /** Instructions that are fetched ahead and kept until the program leaves them; 0: memory is looked at each time. */
  readonly prefetch: number;
  /** Threads of one priority run until they block, or take turns of THR_SLOT_CYCLES. */
  readonly turns: 'until-blocked' | 'slots';
}

/** What time things take, in nanoseconds of virtual time. */
export interface GceTiming {
  /** An instruction. */
  readonly instructionNs: number;
  /** A cycle of the engine, which INST_CYCLES and THR_SLOT_CYCLES count. */
  readonly cycleNs: number;
  /** From one look of a POLL to the next, at first; it doubles up to `pollMostNs`. */
  readonly pollNs: number;
  readonly pollMostNs: number;
}

/** What the model takes when nothing else is said. */
export const DEFAULT_READINGS: GceReadings = { mask: 'per-thread', prefetch: 0, turns: 'until-blocked' };

/**
 * 50 ns is a write over the peripheral bus; nobody says what an instruction takes. The cycle follows from a limit of
 * 2^27 cycles, which is about half a second.
 */
export const DEFAULT_TIMING: GceTiming = {
  instructionNs: 50,
  cycleNs: 5e8 / 2 ** 27,
  pollNs: 1_000,
  pollMostNs: 64_000,
};

/** Readings and timing together. */
export interface GceSettings extends GceReadings, GceTiming {}

/** What a chip can be told. */
export interface GceOptions extends GceSettings {
  /** Another SoC than the one that the socket's compatible names. */
  readonly soc: GceSocName | GceSoc;
  /** What the 1024 events are at power-on: whatever the seed gives, as on hardware, or 0. */
  readonly events: 'undefined' | 'cleared';
}

/** Gives 1024 events a value by chance. */
export function undefinedEvents(random: Random): Uint8Array {
  return Uint8Array.from({ length: 1024 }, () => random.below(2));
}
