// How a run ends, on the command line and where a page checks one: interfaces and rails are read, what
// keeps the board busy stops, the power goes.
import { type Interface, readInterfaces } from '../abi/interfaces.js';
import { type Rail, readRails } from '../abi/rails.js';
import { s } from '../base/clock.js';
import type { Bench } from '../bench/bench.js';
import type { Player } from './player.js';

/** The longest that reading all files may take in virtual time: a slow sensor answers within a second. */
const READ_LIMIT = s(60);

/** What a run showed at its end. `leaks` are what was left behind: nothing, when drivers are clean. */
export interface Finished {
  readonly interfaces: readonly Interface[];
  readonly rails: readonly Rail[];
  readonly leaks: readonly string[];
}

/** Ends it. `interfaces` are left as they are where somebody read them already, while the world was on their wires. */
export async function finishRun(
  bench: Bench,
  player: Player,
  interfaces: readonly Interface[] = readInterfaces(bench.core),
): Promise<Finished> {
  player.end();
  const rails = await bench.drive('reading the rails', READ_LIMIT, () => readRails(bench.core));
  return { interfaces, rails, leaks: await bench.powerOff() };
}
