import { expect, test } from 'vitest';
import { goldenCalls, outcome } from '../../../test/ina3221-golden.js';
import { Bug } from '../../base/assert.js';
import { iioFormatAvail, iioFormatValue, iioInt, iioMicro, iioStrToFixpoint, type IioValType } from './value.js';

test("values have the texts of the kernel's iio_format_value", () => {
  const calls = goldenCalls<{ type_name: string; vals: readonly number[]; text: string }>('iio_format_value');
  for (const { type_name, vals, text } of calls) {
    const type = type_name.replace('IIO_VAL_', '') as IioValType;
    expect({ type_name, vals, text: iioFormatValue({ type, vals }) }).toEqual({ type_name, vals, text });
  }
});

test("decimal numbers are parsed as the kernel's iio_str_to_fixpoint parsed them", () => {
  const calls = goldenCalls<{ text: string; fract_mult: number }>('iio_str_to_fixpoint');
  const is = calls.map(({ text, fract_mult }) => ({
    text,
    fract_mult,
    ...outcome(() => iioStrToFixpoint(text, fract_mult)),
  }));
  expect(is).toEqual(calls);
});

test('the INA3221 driver knows these texts: a time in any form whose first six decimals are its own', () => {
  const time = { integer: 0, fract: 140 };
  const good = ['0.000140', '0.00014', '.00014', '00.000140', '+0.000140', '0.0001409', '0.000140\n', '0.000140\0'];
  expect(good.map((text) => iioStrToFixpoint(text, 100_000))).toEqual(good.map(() => time));
  expect(iioStrToFixpoint('4294967296.000140', 100_000)).toEqual(time);
  const bad = ['1.4e-4', '0.000140s', ' 0.000140', '0.000140 ', '0.000140\n\n', '0,000140', '1\n2'];
  expect(bad.map((text) => outcome(() => iioStrToFixpoint(text, 100_000)))).toEqual(bad.map(() => ({ ret: -22 })));
});

test('a negative number carries its sign in the integer, or for want of one in the fraction', () => {
  const texts = ['-0.000140', '-1.000140', '-0', '-0.0', '-'];
  expect(texts.map((text) => iioStrToFixpoint(text, 100_000))).toEqual([
    { integer: 0, fract: -140 },
    { integer: -1, fract: 140 },
    { integer: 0, fract: 0 },
    { integer: 0, fract: 0 },
    { integer: 0, fract: 0 },
  ]);
});

test('whole numbers and millionths are made in short', () => {
  expect([iioFormatValue(iioInt(-4096)), iioFormatValue(iioMicro(0, 40_000))]).toEqual(['-4096\n', '0.040000\n']);
});

test('what a value may be is a list or a range', () => {
  const avail = (kind: 'list' | 'range', type: IioValType, ...vals: number[]) => iioFormatAvail({ kind, type, vals });
  expect(avail('list', 'INT', 1, 4, 16)).toBe('1 4 16\n');
  expect(avail('list', 'INT_PLUS_MICRO', 0, 140, 0, 8244)).toBe('0.000140 0.008244\n');
  expect(avail('list', 'INT')).toBe('\n');
  expect(avail('range', 'INT', 0, 1, 10)).toBe('[0 1 10]\n');
  expect(avail('range', 'INT_PLUS_MICRO', 0, 1, 0, 500_000, 1, 0)).toBe('[0.000001 0.500000 1.000000]\n');
});

test('a division by zero is our own mistake', () => {
  expect(() => iioFormatValue({ type: 'FRACTIONAL', vals: [1, 0] })).toThrow(Bug);
});
