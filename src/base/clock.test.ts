import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ms, OwnedClock, SimClock, s, type Timer, us } from './clock.js';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('timers fire in order of moment, then of setting', async () => {
  const clock = new SimClock(settle);
  const fired: string[] = [];
  clock.after(us(2), () => fired.push(`late ${clock.now()}`));
  clock.after(us(1), () => fired.push(`first ${clock.now()}`));
  clock.after(us(1), () => fired.push(`second ${clock.now()}`));
  await clock.run(us(5));
  expect(fired).toEqual(['first 1000', 'second 1000', 'late 2000']);
  expect(clock.now()).toBe(5_000);
});

test('a timer set for now does not fire within the call, and fires in the same moment', async () => {
  const clock = new SimClock(settle);
  const order: string[] = [];
  clock.after(0, () => {
    clock.after(0, () => order.push(`inner ${clock.now()}`));
    order.push('outer');
  });
  order.push('set');
  await clock.run(0);
  expect(order).toEqual(['set', 'outer', 'inner 0']);
});

test('time moves only when promises have settled', async () => {
  const clock = new SimClock(settle);
  const seen: number[] = [];
  const chain = async () => {
    await clock.sleep(ms(1));
    for (let i = 0; i < 1000; i++) await Promise.resolve();
    seen.push(clock.now());
    await clock.sleep(ms(1));
    seen.push(clock.now());
  };
  const work = chain();
  clock.after(ms(1) + 1, () => seen.push(-1));
  await clock.run(ms(3));
  await work;
  expect(seen).toEqual([1_000_000, -1, 2_000_000]);
});

test('an hour of virtual sleep costs no real time and ends at its moment', async () => {
  const clock = new SimClock(settle);
  let woke = -1;
  void clock.sleep(s(3600)).then(() => {
    woke = clock.now();
  });
  expect(await clock.runUntil(() => woke >= 0, s(7200))).toBe(true);
  expect(woke).toBe(3_600_000_000_000);
});

test('runUntil gives up at its limit or when nothing is left to wait for', async () => {
  const clock = new SimClock(settle);
  clock.after(s(2), () => undefined);
  expect(await clock.runUntil(() => false, s(1))).toBe(false);
  expect(clock.pending).toBe(1);
  expect(await clock.runUntil(() => false, s(10))).toBe(false);
  expect(clock.pending).toBe(0);
});

test('who watches is told of each move of time, before what happens then, and not where time stands', async () => {
  const clock = new SimClock(settle);
  const seen: string[] = [];
  const stop = clock.onMove(() => seen.push(`moved ${clock.now()}`));
  clock.after(0, () => seen.push('at once'));
  for (const name of ['one', 'two']) clock.after(us(1), () => seen.push(name));
  await clock.run(us(2));
  await clock.run(0);
  stop();
  stop();
  await clock.run(us(1));
  expect(seen).toEqual(['at once', 'moved 1000', 'one', 'two', 'moved 2000']);
  expect(clock.pending).toBe(0);
});

test('a chip that sets zero-time timers for ever is told so', async () => {
  const clock = new SimClock(settle);
  const again = () => {
    clock.after(0, again);
  };
  again();
  await expect(clock.run(us(1))).rejects.toThrow('time stands still');
});

test('whatever is set and cancelled, the rest fires sorted by moment and sequence', async () => {
  const action = fc.record({ wait: fc.nat(20), cancel: fc.option(fc.nat(40), { nil: undefined }) });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const clock = new SimClock(settle);
      const timers: Timer[] = [];
      const live = new Map<number, number>();
      const fired: number[] = [];
      actions.forEach(({ wait, cancel }, index) => {
        timers.push(clock.after(wait, () => fired.push(index)));
        live.set(index, wait);
        if (cancel === undefined || timers[cancel] === undefined) return;
        timers[cancel].cancel();
        live.delete(cancel);
      });
      expect(clock.pending).toBe(live.size);
      await clock.run(20);
      expect(fired).toEqual([...live].sort((a, b) => a[1] - b[1] || a[0] - b[0]).map(([index]) => index));
    }),
    { numRuns: 100 },
  );
});

test('an owned clock counts what its owner left behind', async () => {
  const clock = new SimClock(settle);
  const own = new OwnedClock(clock, 'driver');
  const kept = own.after(ms(2), () => undefined);
  void own.sleep(ms(1));
  expect(own.pending).toBe(2);
  await clock.run(ms(1));
  expect(own.pending).toBe(1);
  kept.cancel();
  kept.cancel();
  expect([own.pending, clock.pending]).toEqual([0, 0]);
});

test('time does not run backwards, and not by parts of a nanosecond', async () => {
  const clock = new SimClock(settle);
  await expect(clock.run(-1)).rejects.toThrow('a wait of -1 ns');
  await expect(clock.run(Number.NaN)).rejects.toThrow('a wait of NaN ns');
  await clock.run(1.4);
  expect(clock.now()).toBe(1);
});
