// What there was at a moment of the time line, in words.
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { formatNs } from '../parts/text.js';
import { time } from '../store.js';
import type { Lanes } from './cmdq-lanes.js';

/** The line below the time line. */
export function CmdqReadout({
  cursor,
  read,
}: {
  readonly cursor: Signal<number | undefined>;
  readonly read: (t: number) => string;
}): JSX.Element {
  const t = cursor.value;
  return <output class="readout">{t === undefined ? '' : read(Math.min(t, time.peek().t))}</output>;
}

const WORDS: Readonly<Record<string, string>> = {
  ...{ running: 'runs', waiting: 'waits', polling: 'polls', suspended: 'is suspended' },
  ...{ 'idle-at-end': 'is at its end', error: 'has stopped', disabled: 'is not enabled' },
};

/** Each thread at a moment, and the last event before it. */
export function readAt(
  { threads, events }: Lanes,
  t: number,
  eventName: (id: number) => string,
  shown: readonly { readonly kind: string; readonly id: number }[],
): string {
  const parts: string[] = [];
  for (const [id, lane] of [...threads].sort(([a], [b]) => a - b)) {
    const n = lane.after(t) - 1;
    if (n < 0) continue;
    const event = lane.event(n);
    const what = event === undefined ? '' : ` on ${eventName(event)}`;
    parts.push(`thread ${id} ${WORDS[lane.state(n)] ?? ''}${what} for ${formatNs(Math.round(t - lane.time(n)))}`);
  }
  let [last, at] = [-1, -1];
  for (const { kind, id } of shown) {
    const lane = kind === 'event' ? events.get(id) : undefined;
    const n = lane === undefined ? -1 : lane.after(t) - 1;
    if (lane !== undefined && n >= 0 && lane.time(n) > at) [last, at] = [id, lane.time(n)];
  }
  if (last >= 0) parts.push(`${eventName(last)} came ${formatNs(Math.round(t - at))} before`);
  return [`${(t / 1e9).toFixed(6)} s`, ...parts].join(' · ');
}
