import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Ticks } from '../../test/ticks.js';
import { ms, s, SimClock, us } from '../base/clock.js';
import { LiveTime, runLive, stopOnSignals } from './live.js';
import { onLiveTime } from './live-i2c.js';
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

/** A clock in step with time that passes at once. */
function live() {
  const time = new Ticks();
  const clock = new SimClock(settle);
  return { time, clock, live: new LiveTime(time) };
}

const never = new AbortController().signal;

test('a run ends at its moment of real time, however the steps fall, and leaves no timer', async () => {
  const { time, clock, live: pacer } = live();
  await pacer.run(clock, never, ms(25));
  time.pass(us(300));
  await pacer.run(clock, never, ms(25));
  expect([time.nowNs(), clock.now(), time.pending]).toEqual([ms(25.3), ms(25.3), 0]);
  expect(pacer.result).toEqual({ virtualNs: ms(25.3), behindNs: 0 });
});

test('an abort ends the pause between two steps', async () => {
  const { time, clock, live: pacer } = live();
  const stop = new AbortController();
  time.after(ms(3), () => stop.abort());
  await pacer.run(clock, stop.signal);
  expect(time.nowNs()).toBe(ms(3));
});

test('what a bench drives passes as the world does: its timers, and no more', async () => {
  const { time, clock, live: pacer } = live();
  let ended = false;
  void clock.sleep(ms(42)).then(() => {
    ended = true;
  });
  expect(await pacer.pace(clock, () => ended, s(1))).toBe(true);
  expect(time.nowNs()).toBe(ms(50)); // the end of the step in which the timer fired
  expect(await pacer.pace(clock, () => false, ms(20))).toBe(false);
  expect(clock.now()).toBe(ms(70));
});

test('an answer of the world wakes the clock: what follows begins at its moment, and a wait is never cut', async () => {
  const { time, clock, live: pacer } = live();
  const transfer = () => new Promise<Uint8Array>((resolve) => time.after(us(500), () => resolve(Uint8Array.of(7))));
  const bus = onLiveTime({ functionality: ['i2c'], transfer }, pacer);
  const seen: number[] = [];
  const work = (async () => {
    const [answer] = await bus.transfer(0x40, [{ read: 1 }]);
    seen.push(answer as number, clock.now());
    await clock.sleep(ms(3));
    seen.push(time.nowNs());
    await bus.transfer(0x40, [{ read: 1 }]);
    seen.push(clock.now());
    return true;
  })();
  let ended = false;
  void work.then((done) => {
    ended = done;
  });
  await pacer.pace(clock, () => ended, s(1));
  expect(seen).toEqual([7, us(500), ms(10.5), ms(11)]);
});

test('while nobody lets the clock follow, an answer is handed on at once', async () => {
  const { live: pacer } = live();
  const bus = onLiveTime({ functionality: ['i2c'], transfer: async () => Uint8Array.of(7) }, pacer);
  expect([...(await bus.transfer(0x40, [{ read: 1 }]))]).toEqual([7]);
});

test('time that passed before it begins is not caught up', async () => {
  const real = new Ticks();
  const live = new LiveTime(real);
  await new Promise<void>((resolve) => {
    real.after(s(3), resolve);
  });
  live.begin();
  const clock = new SimClock(settle);
  await live.run(clock, new AbortController().signal, real.nowNs() + ms(20));
  expect([clock.now(), live.result.behindNs]).toEqual([ms(20), 0]);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s asks to stop; a second one finds the system default',
  (name) => {
    const signals = new EventEmitter();
    const stop = stopOnSignals(signals);
    expect(stop.signal.aborted).toBe(false);
    signals.emit(name);
    expect(stop.signal.aborted).toBe(true);
    expect(signals.eventNames()).toEqual([]);
  },
);

test('a stop that is closed listens no more', () => {
  const signals = new EventEmitter();
  const stop = stopOnSignals(signals);
  stop.close();
  signals.emit('SIGINT');
  expect(stop.signal.aborted).toBe(false);
});
