import { expect, test } from 'vitest';
import { ms, s, SimClock } from '../base/clock.js';
import { settle } from '../host/settle.js';
import { Ratelimit } from './ratelimit.js';

test('one passes in five seconds, and says how many did not', async () => {
  const clock = new SimClock(settle);
  const limit = new Ratelimit(clock);
  const passed = [limit.pass(), limit.pass()];
  await clock.run(s(5) - ms(1));
  passed.push(limit.pass());
  await clock.run(ms(1));
  passed.push(limit.pass());
  await clock.run(s(60));
  passed.push(limit.pass());
  expect(passed).toEqual([0, undefined, undefined, 2, 0]);
});
