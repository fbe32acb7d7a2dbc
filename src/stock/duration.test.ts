import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.js';

test.each([
  ['5s', 5_000_000_000],
  ['250ms', 250_000_000],
  ['1.5ms', 1_500_000],
  ['10us', 10_000],
  ['10µs', 10_000],
  ['7ns', 7],
  ['2m', 120_000_000_000],
  ['0s', 0],
])('%s is %d ns', (text, span) => {
  expect(parseDuration(text)).toBe(span);
});

test.each([
  ['5', 'it has no unit; write 5s or 5ms (units: ns, us, ms, s, m)'],
  ['1h', "'h' is no unit of time; write ns, us, ms, s or m"],
  ['soon', 'it is no span of time; write 5s, 250ms or 1.5m'],
  ['-5s', 'it is no span of time; write 5s, 250ms or 1.5m'],
  ['1e9s', 'it is no span of time; write 5s, 250ms or 1.5m'],
  ['', 'it is no span of time; write 5s, 250ms or 1.5m'],
  ['200000m', 'it is more than 104 days; write less'],
])('%j is refused with what to write', (text, advice) => {
  expect(parseDuration(text)).toBe(advice);
});

test.each([
  [5_000_000_000, '5 s'],
  [90_000_000_000, '90 s'],
  [1_250_000, '1.25 ms'],
  [999, '999 ns'],
  [0, '0 ns'],
])('%d ns is written %s', (span, text) => {
  expect(formatDuration(span)).toBe(text);
});
