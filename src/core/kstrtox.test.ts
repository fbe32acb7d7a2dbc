import { expect, test } from 'vitest';
import { goldenCalls, outcome } from '../../test/ina3221-golden.js';
import { cString, kstrtobool, kstrtoint, kstrtol, kstrtouint, sysfsStreq } from './kstrtox.js';

interface Kstrto {
  readonly text: string;
  readonly value?: number;
}

test("decimal numbers are parsed as the kernel's kstrtol parsed them", () => {
  const calls = goldenCalls<Kstrto>('kstrtol_base10');
  expect(calls.map(({ text }) => ({ text, ...outcome(() => ({ value: kstrtol(text) })) }))).toEqual(calls);
});

test("numbers of any notation are parsed as the kernel's kstrtoint parsed them", () => {
  const calls = goldenCalls<Kstrto>('kstrtoint_base0');
  expect(calls.map(({ text }) => ({ text, ...outcome(() => ({ value: kstrtoint(text, 0) })) }))).toEqual(calls);
});

/** What lib/kstrtox.c makes of a text: a number, or the error. */
const said = (parse: () => unknown): unknown => {
  const { ret, value } = outcome(() => ({ value: parse() }));
  return ret === 0 ? value : ret;
};
const EINVAL = -22;
const ERANGE = -34;

test('a long ends at 64 bits, and what has more digits is too large whatever stands behind it', () => {
  const texts = ['9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809'];
  expect(texts.map((text) => said(() => kstrtol(text)))).toEqual([2 ** 63, ERANGE, -(2 ** 63), ERANGE]);
  const wrong = ['9223372036854775808x', '18446744073709551615x', '18446744073709551616x', '-18446744073709551616x'];
  expect(wrong.map((text) => said(() => kstrtol(text)))).toEqual([EINVAL, EINVAL, ERANGE, ERANGE]);
});

test('an int has a sign, 32 bits, and in base 0 the notations of C', () => {
  const texts = ['0x7fffffff', '0X1F', '-0x10', '017', '0', '00', '0x', '0xg', '-017', '-+1', '+-1', '1\n\n'];
  expect(texts.map((text) => said(() => kstrtoint(text, 0)))).toEqual([
    ...[0x7fff_ffff, 31, -16, 15, 0, 0, EINVAL, EINVAL, -15],
    ...[EINVAL, EINVAL, EINVAL],
  ]);
  expect(['010', '0x10'].map((text) => said(() => kstrtoint(text, 10)))).toEqual([10, EINVAL]);
});

test('an unsigned int has no minus sign and ends at 32 bits', () => {
  const texts = ['4294967295', '+7\n', '4294967296', '-1', '0x1', ''];
  expect(texts.map((text) => said(() => kstrtouint(text)))).toEqual([2 ** 32 - 1, 7, ERANGE, EINVAL, EINVAL, EINVAL]);
});

test('a truth value is its first letter, or two for on and off; the rest is not looked at', () => {
  const yes = ['1', 'y', 'Yes', 't', 'TRUE', 'on', 'ON\n', '1 but not really'];
  const no = ['0', 'n', 'No', 'f', 'False', 'off', 'OFF', 'of'];
  expect(yes.map((text) => said(() => kstrtobool(text)))).toEqual(yes.map(() => true));
  expect(no.map((text) => said(() => kstrtobool(text)))).toEqual(no.map(() => false));
  const neither = ['', '\n', '2', 'o', 'ox', ' 1', '-1', '\x001'];
  expect(neither.map((text) => said(() => kstrtobool(text)))).toEqual(neither.map(() => EINVAL));
});

test('a NUL ends a text', () => {
  expect([cString('16\0'), cString('a\0b\0'), cString('a'), cString('\0')]).toEqual(['16', 'a', 'a', '']);
});

test('sysfs compares texts without one newline at the end', () => {
  const pairs = [
    ['timer0', 'timer0\n'],
    ['timer0\n', 'timer0\0'],
    ['', '\n'],
    ['timer0', 'timer0\n\n'],
    ['timer0', 'timer'],
  ] as const;
  expect(pairs.map(([a, b]) => sysfsStreq(a, b))).toEqual([true, true, true, false, false]);
});

test('what cannot be parsed is quoted in one line', () => {
  expect(() => kstrtol('soon\n')).toThrow('"soon" is not a number (EINVAL)');
  expect(() => kstrtoint('2147483648', 0)).toThrow('"2147483648" is too large (ERANGE)');
  expect(() => kstrtobool('maybe')).toThrow('"maybe" is neither yes nor no (EINVAL)');
});
