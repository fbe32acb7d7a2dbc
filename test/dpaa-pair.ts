// Two Ethernet ports for tests: the end of the test powers the machine off and searches it for leaks.
import { benchOf } from './bench.js';
import { type DpaaPair, type DpaaPairOptions, dpaaMachine } from './dpaa-machine.js';

/** Boots it. */
export function dpaaPair(options: DpaaPairOptions = {}): Promise<DpaaPair> {
  return dpaaMachine(benchOf, options);
}
