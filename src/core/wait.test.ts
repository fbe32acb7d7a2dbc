import { expect, test } from 'vitest';
import { ms, SimClock } from '../base/clock.js';
import { settle } from '../host/settle.js';
import { WaitQueue } from './wait.js';

test('who waits looks when woken, and until then what he waits for may come and go', async () => {
  const queue = new WaitQueue();
  let count = 0;
  const log: string[] = [];
  const waiting = queue.wait(() => (count >= 2 ? count : undefined)).then((seen) => log.push(`saw ${seen}`));
  count = 5;
  await settle();
  expect(log).toEqual([]);
  count = 1;
  queue.wake();
  count = 3;
  queue.wake();
  await waiting;
  expect(log).toEqual(['saw 3']);
});

test('what is so already is not waited for', async () => {
  const clock = new SimClock(settle);
  expect(await new WaitQueue().wait(() => 'there', { clock, limit: ms(1) })).toBe('there');
  expect(clock.pending).toBe(0);
});

test('a wait ends with its limit, and leaves no timer either way', async () => {
  const clock = new SimClock(settle);
  const queue = new WaitQueue();
  let there = false;
  const look = (): 'there' | undefined => (there ? 'there' : undefined);
  const late = queue.wait(look, { clock, limit: ms(1) });
  const early = queue.wait(look, { clock, limit: ms(9) });
  await clock.run(ms(2));
  there = true;
  queue.wake();
  queue.wake();
  expect([await late, await early, clock.pending]).toEqual(['timeout', 'there', 0]);
});

test('a watcher is woken each time, once per asking, until he ends it', () => {
  const queue = new WaitQueue();
  const log: string[] = [];
  const wake = (): void => void log.push('woken');
  const endFirst = queue.watch(wake);
  const endSecond = queue.watch(wake);
  queue.wake();
  endFirst();
  endFirst();
  queue.wake();
  endSecond();
  queue.wake();
  expect(log).toEqual(['woken', 'woken', 'woken']);
});

test('who comes while others are woken is not woken with them', () => {
  const queue = new WaitQueue();
  const log: string[] = [];
  queue.watch(() => {
    log.push('first');
    queue.watch(() => void log.push('second'));
  });
  queue.wake();
  expect(log).toEqual(['first']);
});
