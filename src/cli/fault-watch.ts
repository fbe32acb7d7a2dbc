// Which planned faults have struck: a misspelt address must not look like a driver that copes.
import type { Bench } from '../bench/bench.js';
import { formatPlace, parseFaults } from '../bus/fault-text.js';
import type { Io } from './io.js';

/** The places where a planned fault has struck, filled while the machine runs. */
export function faultsThatStrike(bench: Bench): ReadonlySet<string> {
  const struck = new Set<string>();
  bench.trace.attach((event) => {
    if (event.kind === 'fault') struck.add(event.point);
  });
  return struck;
}

/** Says on stderr which planned faults never came up. `todo` ends each line. */
export function tellIdleFaults(io: Io, plans: readonly string[], struck: ReadonlySet<string>, todo: string): void {
  const planned = plans.flatMap((text) => parseFaults(text).points.map(formatPlace));
  for (const place of planned.filter((one) => !struck.has(one))) {
    io.stderr.write(`bringup: --fault ${place}: nothing of that kind happened in this run; ${todo}\n`);
  }
}
