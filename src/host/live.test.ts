import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { ms, SimClock } from '../base/clock.js';
import { runLive, stopOnSignals } from './live.js';
import { settle } from './settle.js';

test('timers of the virtual clock fire in step with real time, until it is stopped', async () => {
  const clock = new SimClock(settle);
  const stop = new AbortController();
  const fired: number[] = [];
  clock.after(ms(5), () => fired.push(5));
  clock.after(ms(30), () => {
    fired.push(30);
    stop.abort();
  });
  const began = process.hrtime.bigint();
  const { virtualNs } = await runLive(clock, stop.signal);
  const realNs = Number(process.hrtime.bigint() - began);
  expect(fired).toEqual([5, 30]);
  expect(virtualNs).toBe(clock.now());
  expect(virtualNs).toBeGreaterThanOrEqual(ms(30));
  expect(virtualNs).toBeLessThanOrEqual(realNs);
});

test('models that need more time than there is are told of, and a stop is still heard', async () => {
  const stop = new AbortController();
  let steps = 0;
  const slow = {
    run: () => {
      const until = process.hrtime.bigint() + 300_000_000n;
      while (process.hrtime.bigint() < until);
      if (++steps === 2) stop.abort();
      return settle();
    },
  };
  const { behindNs } = await runLive(slow, stop.signal);
  expect(steps).toBe(2);
  expect(behindNs).toBeGreaterThan(ms(250));
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s asks to stop; a second one finds the system default', (name) => {
  const signals = new EventEmitter();
  const stop = stopOnSignals(signals);
  expect(stop.signal.aborted).toBe(false);
  signals.emit(name);
  expect(stop.signal.aborted).toBe(true);
  expect([signals.listenerCount('SIGINT'), signals.listenerCount('SIGTERM')]).toEqual([0, 0]);
});

test('a stop that is closed listens no more', () => {
  const signals = new EventEmitter();
  const stop = stopOnSignals(signals);
  stop.close();
  signals.emit('SIGINT');
  expect(stop.signal.aborted).toBe(false);
});
