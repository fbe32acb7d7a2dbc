import { expect, test } from 'vitest';
import { ms, s } from '../base/clock.js';
import { formatScenario, parseScenario } from './scenario.js';

test('actions have their moments; blank lines, remarks and several in a line are no matter', () => {
  const { steps, diagnostics } = parseScenario(`
# what a person did
250ms set power@40:load1Ma=500; 1.5s clear
  1500ms fault i2c.data@0x40#3=nack-data  # the third byte
`);
  expect(diagnostics).toEqual([]);
  expect(steps).toEqual([
    { at: ms(250), action: 'set power@40:load1Ma=500' },
    { at: s(1.5), action: 'clear' },
    { at: s(1.5), action: 'fault i2c.data@0x40#3=nack-data' },
  ]);
});

test.each([
  ['soon clear', "scenario:1:1: error: 'soon clear': write TIME ACTION, as in 250ms set power@40:load1Ma=500"],
  ['1s', "scenario:1:1: error: '1s': write TIME ACTION, as in 250ms set power@40:load1Ma=500"],
  ['2s clear\n 1s clear', "scenario:2:2: error: '1s clear' is earlier than what is above it"],
])('%s is refused', (text, told) => {
  const [first] = parseScenario(text).diagnostics;
  expect(`${first?.at?.file}:${first?.at?.line}:${first?.at?.column}: ${first?.severity}: ${first?.text}`).toBe(told);
});

test('what was written is read again, whatever its moments', () => {
  const steps = [0, 1, 1_000, 1_500, ms(1), ms(16.7), s(3)].map((at) => ({ at, action: `set a:b=${at}` }));
  expect(parseScenario(formatScenario(steps)).steps).toEqual(steps);
  expect(parseScenario(formatScenario(steps, ';')).steps).toEqual(steps);
  expect(formatScenario(steps.slice(3, 6))).toBe('1500ns set a:b=1500\n1ms set a:b=1000000\n16700us set a:b=16700000');
});
