import { expect, test } from 'vitest';
import { parseAddress, parseBus, parseLabels, parseShunts } from './shunt.js';

test.each([
  ['10m', 10_000],
  ['0.005', 5000],
  ['.1', 100_000],
  ['5mohm', 5000],
  ['5 mOhm', 5000],
  ['100m', 100_000],
  ['500u', 500],
  ['500\u00b5', 500],
  ['500\u03bc\u03a9', 500],
  ['2.5m\u2126', 2500],
  ['10ohm', 10_000_000],
  ['0.0003', 300],
  ['R100', 100_000],
  ['R005', 5000],
  ['0R01', 10_000],
  ['2147ohm', 2_147_000_000],
])('a shunt of %s has %d micro-ohms, for every input', (text, microOhms) => {
  expect(parseShunts(text)).toEqual([microOhms, microOhms, microOhms]);
});

test('each input may have its own, or nothing connected', () => {
  expect(parseShunts('10m, 5m ,-')).toEqual([10_000, 5000, undefined]);
});

const FORMS = 'write 10m, 500u, 0.005 or R010, for each input or one for all; - where nothing is connected';

test.each([
  ['10', "'10' has no unit; write 10m for milliohms or 10ohm"],
  ['10m,5,5m', "'5' has no unit; write 5m for milliohms or 5ohm"],
  ['10m,10m', `2 values for 3 inputs; ${FORMS}`],
  ['', `'' is no resistance; ${FORMS}`],
  ['10m,,10m', `'' is no resistance; ${FORMS}`],
  ['-5m', `'-5m' is no resistance; ${FORMS}`],
  ['10k', `'10k' is no resistance; ${FORMS}`],
  ['-', `no input has a shunt; ${FORMS}`],
  ['10M', "'10M' is in megohms, which no shunt has; write 10m for milliohms"],
  ['0m', "'0m' is out of range; a shunt has from 1u to 2147ohm"],
  ['2148ohm', "'2148ohm' is out of range; a shunt has from 1u to 2147ohm"],
  ['1.5u', "'1.5u' is finer than a micro-ohm; write whole ones"],
])('shunts of %j are refused with what to write', (text, words) => {
  expect(parseShunts(text)).toBe(words);
});

test('names of inputs are separated by commas, and may be left out', () => {
  expect(parseLabels('VDD_IN,, VDD SOC ')).toEqual(['VDD_IN', '', 'VDD SOC']);
  expect(parseLabels('a,b,c,d')).toBe('4 names for 3 inputs; write VDD_IN,VDD_CPU,VDD_SOC');
});

test.each([
  ['0x40', 0x40],
  ['0X77', 0x77],
])('%s is an address', (text, addr) => {
  expect(parseAddress(text)).toBe(addr);
});

test.each(['40', '64', '0x78', '0x02', '0x140', 'x', ''])('%j is no address of a chip', (text) => {
  expect(parseAddress(text)).toContain('write 0x40 (pin A0 to ground)');
});

test('a bus is a device file, or the number of one', () => {
  expect([parseBus('1'), parseBus('/dev/power-bus'), parseBus('i2c-1')]).toEqual([
    { path: '/dev/i2c-1' },
    { path: '/dev/power-bus' },
    'it is no device file; write /dev/i2c-1, or 1',
  ]);
});
