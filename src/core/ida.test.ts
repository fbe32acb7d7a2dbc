import { expect, test } from 'vitest';
import { Random } from '../base/random.js';
import { Ida } from './ida.js';

test('the lowest free number is found over word boundaries, and comes back when it is given back', () => {
  const ida = new Ida();
  for (let nr = 0; nr < 100; nr++) ida.take(nr);
  const full = [ida.lowestFree(0), ida.lowestFree(31), ida.lowestFree(32), ida.lowestFree(101)];
  for (const nr of [63, 31, 64]) ida.release(nr);
  const open = [ida.lowestFree(0), ida.lowestFree(31), ida.lowestFree(32), ida.lowestFree(64), ida.lowestFree(65)];
  expect([full, open]).toEqual([
    [100, 100, 100, 101],
    [31, 31, 63, 64, 100],
  ]);
});

test('a number that two have is free when both gave it back', () => {
  const ida = new Ida();
  ida.take(0);
  ida.take(0);
  ida.release(0);
  const still = ida.lowestFree(0);
  ida.release(0);
  expect([still, ida.lowestFree(0)]).toEqual([1, 0]);
});

test('a number as high as an alias may write it costs nothing for those below', () => {
  const ida = new Ida();
  ida.take(2_147_483_647);
  ida.take(2_147_483_648);
  expect([ida.lowestFree(0), ida.lowestFree(2_147_483_647)]).toEqual([0, 2_147_483_649]);
});

test('whatever is taken and given back, the answer is that of a search', () => {
  const random = new Random('ida');
  const ida = new Ida();
  const taken = new Set<number>();
  for (let step = 0; step < 2000; step++) {
    const nr = random.below(130);
    if (taken.delete(nr)) ida.release(nr);
    else {
      taken.add(nr);
      ida.take(nr);
    }
    const first = random.below(130);
    let expected = first;
    while (taken.has(expected)) expected++;
    expect(ida.lowestFree(first)).toBe(expected);
  }
});
