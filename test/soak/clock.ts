// Random timers on the virtual clock, set and cancelled on the way, against a sorted list that knows the whole past.
import { SimClock } from '../../src/base/clock.js';
import { Random } from '../../src/base/random.js';
import { settle } from '../../src/host/settle.js';
import type { Scenario } from '../soak.js';

interface Planned {
  readonly at: number;
  readonly order: number;
  cancelled: boolean;
}

/** Timers fire in order of moment, then of setting; a cancelled one never; none is left. */
export const scenarios: readonly Scenario[] = [{ name: 'clock-order', total: 1000, run: clockOrder }];

async function clockOrder(seed: string): Promise<void> {
  const random = new Random(seed);
  const clock = new SimClock(settle);
  const planned: Planned[] = [];
  const fired: Planned[] = [];
  const plan = (depth: number): void => {
    const wait = random.below(20);
    const entry: Planned = { at: clock.now() + wait, order: planned.length, cancelled: false };
    const timer = clock.after(wait, () => {
      if (clock.now() !== entry.at) throw new Error(`timer ${entry.order} for ${entry.at} fired at ${clock.now()}`);
      fired.push(entry);
      if (depth > 0) for (let n = random.below(3); n > 0; n--) plan(depth - 1);
    });
    planned.push(entry);
    if (random.below(4) > 0) return;
    timer.cancel();
    entry.cancelled = true;
  };
  for (let n = 5 + random.below(30); n > 0; n--) plan(3);
  await clock.run(100);
  const wanted = planned.filter(({ cancelled }) => !cancelled).sort((a, b) => a.at - b.at || a.order - b.order);
  const differs = wanted.findIndex((entry, index) => entry !== fired[index]);
  if (differs >= 0)
    throw new Error(`place ${differs}: timer ${wanted[differs]?.order} expected, ${fired[differs]?.order} fired`);
  if (fired.length !== wanted.length || clock.pending > 0) throw new Error(`${clock.pending} timers are left`);
}
