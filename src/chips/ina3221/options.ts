// How to read the datasheet of the INA3221 where it is silent or says two things. The default stands first.
import type { Ina3221Pins } from './analog.js';

/** The readings. What was decided without a choice stands under *Gaps* in ina3221.ts. */
export interface Ina3221Readings {
  /** A flag whose cause has gone while its pin does not latch: until MASK_ENABLE is read, or the next comparison. */
  readonly flags: 'sticky' | 'follow';
  /** The first conversion of a signal after power-on and RST moves the average from 0 as all do, or replaces it. */
  readonly firstSample: 'filtered' | 'loaded';
  /** Channels that power valid looks at: the state diagram says enabled ones, the text says all three. */
  readonly powerValidChannels: 'enabled' | 'all';
  /** Whether a rail that equals a power-valid limit has passed it. */
  readonly powerValidLimits: 'strict' | 'inclusive';
  /** One data byte behind the pointer, then a stop: lost, or the register's high byte. */
  readonly loneByte: 'dropped' | 'high-byte';
  /** Data bytes behind the second: acknowledged without effect, or not acknowledged. */
  readonly extraBytes: 'ignored' | 'refused';
  /** Bytes read behind the second: the two again, or 0xff, the level of wires that nobody drives. */
  readonly readOn: 'repeats' | 'ones';
  /** Data for a register that cannot be written: acknowledged without effect, or not acknowledged. */
  readonly readOnly: 'ignored' | 'refused';
  /** A pointer that no register has: reads 0 and ignores writes, or is not acknowledged and not taken. */
  readonly unlisted: 'zero' | 'refused';
  /** Latched pins that make the chip answer the SMBus alert response. */
  readonly alertPins: 'both' | 'critical' | 'warning';
  /** A pin whose alert response was answered: stays low until MASK_ENABLE is read, or is let go; flags stay. */
  readonly alertAnswered: 'kept' | 'released';
}

/** The readings that the model takes when nothing else is said. */
export const DEFAULT_READINGS: Ina3221Readings = {
  flags: 'sticky',
  firstSample: 'filtered',
  powerValidChannels: 'enabled',
  powerValidLimits: 'strict',
  loneByte: 'dropped',
  extraBytes: 'ignored',
  readOn: 'repeats',
  readOnly: 'ignored',
  unlisted: 'zero',
  alertPins: 'both',
  alertAnswered: 'kept',
};

/** What is around the chip at power-on, and how to read the datasheet. */
export interface Ina3221Options extends Ina3221Pins, Ina3221Readings {}
