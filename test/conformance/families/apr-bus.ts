// Life cycles of the bus: naming, matching, probing, unbinding, removing, as scripts.
import { rightRun } from '../apr/bus-right.js';
import { type Event, runBusScript } from '../apr/bus-script.js';
import { type Family, named, records, verdict } from '../family.js';

interface BusCase {
  readonly script: readonly string[];
  readonly expected: readonly Event[];
}

/** Scripts of adding, binding and removing. */
export const APR_BUS: readonly Family[] = [
  {
    name: 'apr-bus',
    pick: (json) => named(records(json, 'script', 'expected'), 'name'),
    async judge({ data }) {
      const { script, expected } = data as BusCase;
      const { events, ids } = rightRun(script);
      const wrong = difference(await runBusScript(script), events);
      if (wrong !== undefined) return verdict(wrong);
      if (isAboutLoading(script)) return { kind: 'deviation', id: 'apr-W14' };
      const other = difference(
        events,
        expected.filter(({ ev }) => !LOADING.has(ev)),
      );
      if (other === undefined) return { kind: 'passed' };
      return ids.size > 0
        ? { kind: 'deviation', id: [...ids].sort().join(', ') }
        : verdict(`no rule has a reason: ${other}`);
    },
  },
];

/** Kinds of bus are not registered here: they are there before everything else, and nothing can come before them. */
const LOADING: ReadonlySet<string> = new Set([
  'bus_register',
  'bus_unregister',
  'register_rpmsg_driver',
  'unregister_rpmsg_driver',
]);

function isAboutLoading(script: readonly string[]): boolean {
  return script.every((line) => line === 'init' || line === 'exit');
}

/** The first event that is another. */
function difference(is: readonly Event[], should: readonly Event[]): string | undefined {
  for (let at = 0; at < Math.max(is.length, should.length); at++) {
    const [a, b] = [JSON.stringify(is[at]), JSON.stringify(should[at])];
    if (a !== b) return `event ${at}: ${a}, not ${b}`;
  }
  return undefined;
}
