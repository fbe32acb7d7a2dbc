import { expect, test } from 'vitest';
import { ms } from '../base/clock.js';
import { Throttle } from './throttle.js';

test('what changes at every tick is told fifteen times a second, and once more when time stands still', () => {
  const throttle = new Throttle();
  let told = 0;
  for (let t = 0; t < ms(1000); t += ms(16)) if (throttle.due(t, true)) told++;
  expect(told).toBeLessThanOrEqual(15);
  expect(told).toBeGreaterThan(11);
  expect([throttle.due(ms(1000), true), throttle.due(ms(1000), false), throttle.due(ms(1000), false)]).toEqual([
    false,
    true,
    false,
  ]);
});

test('what a person does while time stands still is told at once', () => {
  const throttle = new Throttle();
  expect([throttle.due(0, true), throttle.due(0, true), throttle.due(0, false), throttle.due(0, true)]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});
