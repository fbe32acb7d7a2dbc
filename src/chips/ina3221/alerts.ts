// What the INA3221 compares, the flags it keeps, and the four pins that follow: datasheet, "Alert monitoring".
import { fieldMask } from '../../base/regs.js';
import type { Ina3221Readings } from './options.js';
import { R } from './regs.js';

/** The pins as the datasheet names them. All are open drain: released is high. */
export const ALERT_PINS = ['critical', 'warning', 'pv', 'tc'] as const;

/** One of them. */
export type AlertPin = (typeof ALERT_PINS)[number];

/** What software has set up for the comparisons, in codes. */
export interface Limits {
  /** By channel from 0. */
  critical: readonly number[];
  warning: readonly number[];
  /** Channels that take part in the sum, from 0. */
  summed: readonly number[];
  sum: number;
  validAbove: number;
  invalidBelow: number;
  criticalLatches: boolean;
  warningLatches: boolean;
}

const { fields } = R.MASK_ENABLE;
const CRITICAL_FLAGS = [fields.CF1, fields.CF2, fields.CF3].map(fieldMask);
const WARNING_FLAGS = [fields.WF1, fields.WF2, fields.WF3].map(fieldMask);
const SUM_FLAG = fieldMask(fields.SF);
const PVF = fieldMask(fields.PVF);
const TCF = fieldMask(fields.TCF);
const CVRF = fieldMask(fields.CVRF);
/** Comparisons that drive each pin. */
const CRITICAL_PIN = union(CRITICAL_FLAGS) | SUM_FLAG;
const WARNING_PIN = union(WARNING_FLAGS);

/** Pins that answer the alert response. */
const ALERT_RESPONSE_PINS: Readonly<Record<Ina3221Readings['alertPins'], number>> = {
  both: CRITICAL_PIN | WARNING_PIN,
  critical: CRITICAL_PIN,
  warning: WARNING_PIN,
};

/** 1.2 V: what timing control takes for "the rail is up". */
const TIMING_CODE = 150;
/** Channel 2 is looked at in the cycle that saw channel 1 come up, and in four more. */
const TIMING_LOOKS = 5;
/** Timing control has not seen channel 1 yet. */
const TIMING_WAITS = -1;
const TIMING_OVER = 0;

/** The state of all comparisons. Comparisons carry the bit of their flag in MASK_ENABLE. */
export class Alerts {
  readonly limits: Limits;
  readonly #follows: boolean;
  readonly #answering: number;
  #flags = TCF;
  /** Comparisons whose last outcome was "greater". */
  #tripped = 0;
  /** CRITICAL_PIN and WARNING_PIN while those pins are low. */
  #low = 0;
  #looks = TIMING_WAITS;
  /** Set with every change of state; the reader clears it. */
  changed = false;

  constructor(limits: Limits, readings: Ina3221Readings) {
    this.limits = limits;
    this.#follows = readings.flags === 'follow';
    this.#answering = ALERT_RESPONSE_PINS[readings.alertPins];
  }

  /** Makes this a copy of `other`, which must share limits and readings. */
  copy(other: Alerts): void {
    this.#flags = other.#flags;
    this.#tripped = other.#tripped;
    this.#low = other.#low;
    this.#looks = other.#looks;
  }

  /** MASK_ENABLE bits 9 to 0. */
  get flags(): number {
    return this.#flags;
  }

  /** Levels as one number to compare: different exactly when a pin is different. */
  get levels(): number {
    return this.#low | (this.#flags & (PVF | TCF));
  }

  /** True while the pin is released. */
  high(pin: AlertPin): boolean {
    switch (pin) {
      case 'critical':
        return (this.#low & CRITICAL_PIN) === 0;
      case 'warning':
        return (this.#low & WARNING_PIN) === 0;
      case 'pv':
        return (this.#flags & PVF) !== 0;
      case 'tc':
        return (this.#flags & TCF) !== 0;
    }
  }

  /** As at power-on, but the PV pin is held until the next evaluation. */
  reset(): void {
    this.#set((this.#flags & PVF) | TCF, 0, 0);
    this.#looks = TIMING_WAITS;
  }

  /** CONFIG was written: timing control is over; a new conversion is not ready, unless none was asked for. */
  configured(powerDown: boolean): void {
    this.#looks = TIMING_OVER;
    if (!powerDown) this.#set(this.#flags & ~CVRF, this.#tripped, this.#low);
  }

  /** MASK_ENABLE was read: flags go, and latched pins are let go until the next comparison. */
  acknowledge(): void {
    const low = this.#low & ~this.#latched();
    this.#set(this.#flags & (PVF | TCF), this.#tripped, low);
  }

  /** True while the chip answers the SMBus alert response: a pin that latches is low. */
  get pending(): boolean {
    return (this.#low & this.#latched() & this.#answering) !== 0;
  }

  /** Lets latched pins go that have answered, until the next comparison; flags stay. */
  release(): void {
    this.#set(this.#flags, this.#tripped, this.#low & ~(this.#latched() & this.#answering));
  }

  /** Limits or latches were written: a pin that does not latch shows the last comparisons. */
  limited(): void {
    const follow = this.#showing() & ~this.#latched();
    this.#set(this.#flags, this.#tripped, (this.#low & this.#latched()) | follow);
  }

  /** A shunt conversion: itself, and the average that it left. */
  shunt(channel: number, single: number, averaged: number): void {
    this.#compare(CRITICAL_FLAGS[channel] as number, single > (this.limits.critical[channel] as number));
    this.#compare(WARNING_FLAGS[channel] as number, averaged > (this.limits.warning[channel] as number));
  }

  /** A bus conversion, for timing control. */
  bus(channel: number, single: number): void {
    if (this.#looks === TIMING_OVER) return;
    if (this.#looks === TIMING_WAITS && channel === 0 && single >= TIMING_CODE) this.#look(TIMING_LOOKS);
    else if (this.#looks > 0 && channel === 1)
      this.#look(single >= TIMING_CODE ? TIMING_OVER : this.#looks - 1, single);
  }

  /** True while timing control may still decide, given what channel 1's bus conversions yield. */
  timing(first: number): boolean {
    return this.#looks > 0 || (this.#looks === TIMING_WAITS && first >= TIMING_CODE);
  }

  /** The sum at the end of a cycle. */
  sum(code: number): void {
    this.#compare(SUM_FLAG, code > this.limits.sum);
  }

  /** The bus voltages at the end of a cycle: the lowest of them decides either way. */
  rails(lowest: number): void {
    const valid = (this.#flags & PVF) !== 0 ? lowest >= this.limits.invalidBelow : lowest > this.limits.validAbove;
    this.#set(valid ? this.#flags | PVF : this.#flags & ~PVF, this.#tripped, this.#low);
  }

  /** A cycle is complete. */
  ready(): void {
    this.#set(this.#flags | CVRF, this.#tripped, this.#low);
  }

  /** True when no comparison of the signal comes out differently while its average moves from one code to the other. */
  sameBetween(bus: boolean, channel: number, from: number, to: number): boolean {
    const same = (limit: number): boolean => from > limit === to > limit;
    if (!bus) return same(this.limits.warning[channel] as number);
    return same(this.limits.validAbove) && same(this.limits.invalidBelow - 1);
  }

  #look(looks: number, single = TIMING_CODE): void {
    this.#looks = looks;
    this.changed = true;
    if (looks === TIMING_OVER && single < TIMING_CODE) this.#set(this.#flags & ~TCF, this.#tripped, this.#low);
  }

  #compare(flag: number, greater: boolean): void {
    const pin = (flag & CRITICAL_PIN) !== 0 ? CRITICAL_PIN : WARNING_PIN;
    if (greater) {
      this.#set(this.#flags | flag, this.#tripped | flag, this.#low | pin);
      return;
    }
    const tripped = this.#tripped & ~flag;
    if ((pin & this.#latched()) !== 0) {
      this.#set(this.#flags, tripped, this.#low);
      return;
    }
    const flags = this.#follows ? this.#flags & ~flag : this.#flags;
    this.#set(flags, tripped, (tripped & pin) === 0 ? this.#low & ~pin : this.#low);
  }

  /** Pins that stay low until MASK_ENABLE is read. */
  #latched(): number {
    return (this.limits.criticalLatches ? CRITICAL_PIN : 0) | (this.limits.warningLatches ? WARNING_PIN : 0);
  }

  /** Pins that the last comparisons would hold low. */
  #showing(): number {
    const critical = (this.#tripped & CRITICAL_PIN) !== 0 ? CRITICAL_PIN : 0;
    return critical | ((this.#tripped & WARNING_PIN) !== 0 ? WARNING_PIN : 0);
  }

  #set(flags: number, tripped: number, low: number): void {
    if (flags === this.#flags && tripped === this.#tripped && low === this.#low) return;
    this.#flags = flags;
    this.#tripped = tripped;
    this.#low = low;
    this.changed = true;
  }
}

function union(masks: readonly number[]): number {
  return masks.reduce((all, mask) => all | mask, 0);
}
