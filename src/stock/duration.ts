// Spans of time as people type and read them.
import { type Duration, ms, ns, s, us } from '../base/clock.js';

const UNITS: readonly (readonly [name: string, of: (count: number) => Duration])[] = [
  ['ns', ns],
  ['us', us],
  ['ms', ms],
  ['s', s],
  ['m', (count) => s(60 * count)],
];

/** `5s`, `1.5ms`, `2m`; a word that says what is wrong with anything else. */
export function parseDuration(text: string): Duration | string {
  const match = /^(\d+(?:\.\d+)?)\s*([a-zµ]*)$/.exec(text);
  if (match === null) return 'it is no span of time; write 5s, 250ms or 1.5m';
  const [, count = '', written = ''] = match;
  if (written === '') return `it has no unit; write ${count}s or ${count}ms (units: ns, us, ms, s, m)`;
  const unit = UNITS.find(([name]) => name === written.replace('µ', 'u'));
  if (unit === undefined) return `'${written}' is no unit of time; write ns, us, ms, s or m`;
  const span = Math.round(unit[1](Number(count)));
  return Number.isSafeInteger(span) ? span : 'it is more than 104 days; write less';
}

/** The largest unit that leaves a number from 1 up, with at most three digits behind the point: `5 s`, `1.25 ms`. */
export function formatDuration(span: Duration): string {
  const unit = UNITS.slice(0, 4).findLast(([, of]) => span >= of(1)) ?? UNITS[0];
  const [name, of] = unit as (typeof UNITS)[number];
  return `${Number((span / of(1)).toFixed(3))} ${name}`;
}
