// The lab board in step with real time, as `boot --live` runs it: for programs that look at it from outside.
import type { Bench } from '../src/bench/bench.js';
import { buildMachine, powerOn } from '../src/cli/machine.js';
import { runLive } from '../src/host/live.js';
import { labTree } from './lab.js';

/** The running machine, and how to end it. */
export interface LiveLab {
  readonly bench: Bench;
  /** What the monitor whose knobs are turned is called in a class: `hwmon1`, `iio:device1`. */
  nameIn(className: string): string;
  end(): Promise<void>;
}

/** Starts it with these knobs: rail 1 of the first monitor has 11 V and -2 A. */
export async function liveLab(): Promise<LiveLab> {
  const set = ['power-sensor@40:bus1Mv=11000', 'power-sensor@40:load1Ma=-2000'];
  const options = { seed: '1', fault: [], param: [], set };
  const bench = buildMachine(labTree(), options);
  await powerOn(bench, options);
  const stop = new AbortController();
  const running = runLive(bench, stop.signal);
  return {
    bench,
    nameIn: (className) =>
      bench.core.classDevices(className).find(({ parent }) => parent.path.endsWith('power-sensor@40'))?.sysfs.name ??
      'none',
    end: async () => {
      stop.abort();
      await running;
      const left = await bench.powerOff();
      if (left.length > 0) throw new Error(`left behind: ${left.join('; ')}`);
    },
  };
}
