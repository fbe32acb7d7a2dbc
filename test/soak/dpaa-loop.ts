// Two ports and a cable: each run sends every length from 60 bytes on, cut in one of the ways, from one of the ports.
import { Bench } from '../../src/bench/bench.js';
import { settle } from '../../src/host/settle.js';
import { type DpaaPair, type DpaaPairOptions, dpaaMachine } from '../dpaa-machine.js';
import { PATTERNS } from '../dpaa-patterns.js';
import { sendOne } from '../dpaa-sweep.js';
import type { Scenario } from '../soak.js';

/** The longest frame of a port that may have 9600 bytes, check sequence and all. */
const MOST = 9596;

/** What `npm run soak` runs: all lengths in all ways, both directions, into buffers of both sizes. */
export const scenarios: readonly Scenario[] = [
  { name: 'dpaa-loop', total: 4 * PATTERNS.length, run: (seed) => run(seed, 1) },
];

/** The seed's number says how packets are cut, from where they come, and the buffers; every `step`th length. */
export async function run(seed: string, step: number): Promise<void> {
  const nr = Number(/\d+$/.exec(seed)?.[0] ?? 0);
  const pattern = PATTERNS[(nr >> 2) % PATTERNS.length] as (typeof PATTERNS)[number];
  const from = nr % 2 === 0 ? 0 : 1;
  const bufferBytes = (nr & 2) === 0 ? 2048 : 4096;
  await withPair({ maxFrame: 9600, bufferBytes, quiet: true }, async (pair) => {
    for (let length = 60; length <= MOST; length += step) {
      const wrong = (await sendOne(pair, from, length, pattern)) ?? [];
      if (wrong.length > 0) throw new Error(wrong.join('\n'));
    }
  });
}

/** A pair that is powered off in the end: what it leaves behind is a finding. */
export async function withPair(options: DpaaPairOptions, body: (pair: DpaaPair) => Promise<void>): Promise<void> {
  const pair = await dpaaMachine(
    (tree, parts) => new Bench({ drivers: [], chips: [], settle, ...parts, tree }),
    options,
  );
  await pair.open();
  await body(pair);
  pair.release();
  const left = await pair.bench.powerOff();
  if (left.length > 0) throw new Error(`left behind: ${left.join('; ')}`);
}
