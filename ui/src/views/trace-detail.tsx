// One event of the trace, and what it has to do with others.
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TraceDetail, TraceNeighbour, TraceRow } from '../../../src/page/views/trace.js';
import { formatNs } from '../parts/text.js';
import { setArg } from '../parts/view-args.js';
import { ask } from '../store.js';

/** The event, with what led to it and what followed; each of those can be opened. */
export function Detail({
  seq,
  open,
}: {
  readonly seq: number;
  readonly open: (seq: number) => void;
}): JSX.Element | null {
  const [detail, setDetail] = useState<TraceDetail | undefined>(undefined);
  useEffect(() => {
    let isWanted = true;
    void ask<TraceDetail>('trace', { what: 'event', seq }).then((found) => {
      if (isWanted) setDetail(found);
    });
    return () => {
      isWanted = false;
    };
  }, [seq]);
  if (detail === undefined) return null;
  const { row, fields, causes, effects, before, after } = detail;
  return (
    <section class="panel trace-detail" aria-label="The chosen event">
      <div class="head">
        <h2 class="mono">{row.kind}</h2>
        <span class="quiet number">
          {(row.t / 1e9).toFixed(9)} s, event {row.seq}
        </span>
        <button type="button" onClick={() => setArg('event', '')}>
          Close
        </button>
      </div>
      <div class="body">
        <p>
          <button type="button" class="link" title="only this device" onClick={() => setArg('place', row.where)}>
            {row.where}
          </button>
        </p>
        {row.text === '' ? null : <p class="mono trace-full">{row.text}</p>}
        <Fields fields={fields} />
        <h3>What led to it</h3>
        {causes.length === 0 ? <p class="quiet">No rule finds a cause among the events that are kept.</p> : null}
        <Neighbours rows={causes} from={row} open={open} />
        <h3>What followed</h3>
        {effects.length === 0 ? <p class="quiet">No rule finds anything that came of it so far.</p> : null}
        <Neighbours rows={effects} from={row} open={open} />
        <h3>Same device</h3>
        <Rows rows={before} from={row} open={open} />
        <p class="trace-here">this event</p>
        <Rows rows={after} from={row} open={open} />
      </div>
    </section>
  );
}

function Fields({ fields }: { readonly fields: TraceDetail['fields'] }): JSX.Element | null {
  const all = Object.entries(fields);
  if (all.length === 0) return null;
  return (
    <dl class="trace-fields">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="mono">{String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

interface RowsProps<R> {
  readonly rows: readonly R[];
  readonly from: TraceRow;
  readonly open: (seq: number) => void;
}

function Neighbours({ rows, from, open }: RowsProps<TraceNeighbour>): JSX.Element {
  return (
    <ul class="plain trace-near">
      {rows.map((row) => (
        <li key={row.seq} data-depth={Math.min(row.depth, 4)}>
          <span class="quiet">
            {row.relation}
            {row.t === from.t ? '' : `, ${sooner(row.t - from.t)}`}
          </span>
          <Line row={row} open={open} />
        </li>
      ))}
    </ul>
  );
}

function Rows({ rows, from, open }: RowsProps<TraceRow>): JSX.Element {
  return (
    <ul class="plain trace-near">
      {rows.map((row) => (
        <li key={row.seq}>
          {row.t === from.t ? null : <span class="quiet">{sooner(row.t - from.t)}</span>}
          <Line row={row} open={open} short />
        </li>
      ))}
    </ul>
  );
}

function Line({
  row,
  open,
  short = false,
}: {
  row: TraceRow;
  open: (seq: number) => void;
  short?: boolean;
}): JSX.Element {
  const place = row.where.slice(row.where.lastIndexOf('/') + 1);
  return (
    <button type="button" class="link" title={`${row.where}: event ${row.seq}`} onClick={() => open(row.seq)}>
      {short ? '' : `${place} `}
      {row.kind} {row.text}
    </button>
  );
}

function sooner(ns: number): string {
  return ns < 0 ? `${formatNs(-ns)} before` : `${formatNs(ns)} later`;
}
