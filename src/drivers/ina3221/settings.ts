// What CONFIG can be set to: conversion times and averages, as tables, and the nearest entry to what was asked for.
import { fieldMask, getField, setField } from '../../base/regs.js';
import { CHANNELS, R } from './regs.js';
import { divRoundClosest } from './units.js';

/** Microseconds by BUS_CT and SHUNT_CT, typical; the datasheet's maximum is 10 % more. */
export const CONVERSION_TIME_US: readonly number[] = [140, 204, 332, 588, 1100, 2116, 4156, 8244];
/** Samples by AVG. The average is a running one: it costs no time. */
export const AVERAGES: readonly number[] = [1, 4, 16, 64, 128, 256, 512, 1024];
/** MODE: nothing is converted. */
export const MODE_POWER_DOWN = 0;
/** MODE: shunts and buses once, when CONFIG is written. */
export const MODE_SINGLE_SHOT = 3;
/** MODE: shunts and buses again and again. */
export const MODE_CONTINUOUS = 7;

const { fields } = R.CONFIG;

/** How many channels a CONFIG word enables. */
export function channelCount(config: number): number {
  return CHANNELS.filter(({ enable }) => (config & fieldMask(fields[enable])) !== 0).length;
}

/** How long one conversion of every enabled channel takes, typically. Averaging does not lengthen it. */
export function cycleUs(config: number): number {
  const bus = CONVERSION_TIME_US[getField(config, fields.BUS_CT)] as number;
  const shunt = CONVERSION_TIME_US[getField(config, fields.SHUNT_CT)] as number;
  return channelCount(config) * (bus + shunt);
}

/**
 * CONFIG with both conversion times such that a cycle comes nearest to an interval in ms. At least one channel must be
 * enabled. Samples play no part, as in the reading; what is out of reach is cut (ina3221-L8).
 */
export function withInterval(config: number, ms: number): number {
  const index = closest(divRoundClosest(ms * 500, channelCount(config)), CONVERSION_TIME_US);
  return setField(setField(config, fields.BUS_CT, index), fields.SHUNT_CT, index);
}

/**
 * The index of the nearest entry of a rising table. Linux's find_closest: of two as near, the lower, and the middle
 * between two entries is a whole number.
 */
export function closest(value: number, table: readonly number[]): number {
  for (let index = 0; index + 1 < table.length; index++) {
    const [low, high] = [table[index] as number, table[index + 1] as number];
    if (value <= divRoundClosest(low + high, 2)) return high - value < value - low ? index + 1 : index;
  }
  return table.length - 1;
}
