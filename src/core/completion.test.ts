import { expect, test } from 'vitest';
import { ms, SimClock } from '../base/clock.js';
import { settle } from '../host/settle.js';
import { Completion } from './completion.js';

test('what is done before is not waited for, and is used up by one wait', async () => {
  const clock = new SimClock(settle);
  const done = new Completion();
  done.complete();
  const waits = Promise.all([done.wait(clock, ms(1)), done.wait(clock, ms(1))]);
  await clock.run(ms(2));
  expect(await waits).toEqual([true, false]);
});

test('who waits longest is served first, and nobody served or late leaves a timer or takes a later one', async () => {
  const clock = new SimClock(settle);
  const done = new Completion();
  const order: string[] = [];
  const wait = async (name: string, limit: number) => {
    order.push(`${name} ${await done.wait(clock, limit)} ${clock.now()}`);
  };
  const all = Promise.all([wait('late', ms(1)), wait('first', ms(9)), wait('second', ms(9))]);
  await clock.run(ms(2));
  done.complete();
  await clock.run(ms(1));
  done.complete();
  await clock.run(0);
  await all;
  expect([order, clock.pending]).toEqual([['late false 1000000', 'first true 2000000', 'second true 3000000'], 0]);
});

test('reinit forgets what was done', async () => {
  const clock = new SimClock(settle);
  const done = new Completion();
  done.complete();
  done.reinit();
  const wait = done.wait(clock, 1);
  await clock.run(1);
  expect(await wait).toBe(false);
});
