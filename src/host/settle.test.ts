import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { nextTurn, settle } from './settle.js';

/** A chain of so many promises. */
async function chain(hops: number, end: () => void): Promise<void> {
  for (let i = 0; i < hops; i++) await undefined;
  end();
}

test('chains of promises have come to their ends, those included that begin on the way', async () => {
  const ended: number[] = [];
  void chain(1, () => ended.push(1));
  void chain(1000, () => {
    ended.push(2);
    void chain(500, () => ended.push(3));
    process.nextTick(() => void chain(10, () => ended.push(4)));
  });
  await settle();
  expect(ended.sort()).toEqual([1, 2, 3]);
  await settle();
  expect(ended.sort()).toEqual([1, 2, 3, 4]);
});

test('it may be asked for outside of any promise, and many times at once', async () => {
  const ended: number[] = [];
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      void chain(100, () => ended.push(0));
      const all = [settle(), settle(), settle()].map(async (settled, i) => {
        await settled;
        ended.push(i + 1);
      });
      void Promise.all(all).then(() => resolve());
    });
  });
  // One of them may take a turn of the event loop, and come after those behind it.
  expect([ended[0], ended.sort()]).toEqual([0, [0, 1, 2, 3]]);
});

test('whoever settles again and again lets timers and others have their turn', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const end = performance.now() + 200;
  while (performance.now() < end) await settle();
  clearInterval(timer);
  expect(turns).toBeGreaterThan(3);
});

test('a turn lets what is due happen', async () => {
  let due = false;
  setImmediate(() => (due = true));
  await nextTurn();
  expect(due).toBe(true);
  await sleep(1);
});
