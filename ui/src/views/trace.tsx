// All events of the board: a list of a million rows, filtered, with what led to each; and the trace as files.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Args } from '../../../src/page/protocol.js';
import type { TraceRow, TraceState } from '../../../src/page/views/trace.js';
import { useView } from '../parts/hooks.js';
import { VirtualList } from '../parts/virtual-list.js';
import { ask, viewArgs } from '../store.js';
import { setArg } from '../parts/view-args.js';
import { Detail } from './trace-detail.js';
import { counted, Filters, queryOf } from './trace-filters.js';
import { TraceList } from './trace-list.js';
import { TraceFiles } from './trace-files.js';
import './trace.css';

/** Signs of levels, so that colour is not the only one. */
const MARKS: Readonly<Record<string, string>> = { err: '\u2717', warn: '!', info: '\u00b7', dbg: '' };
const ROW = 24;
const NARROW_ROW = 42;

/** The view. */
export function View(): JSX.Element {
  const state = useView<TraceState>('trace');
  const { list, follow, goTo, index, setIndex, selected, find, open } = useTrace(state);
  const narrow = useNarrow();
  const { first, end } = list.bounds.value;
  void list.version.value;
  const onWindow = useCallback((from: number, count: number) => list.want(from, count), [list]);
  const select = (at: number): void => {
    const row = list.row(at);
    setIndex(at);
    follow.value = false;
    if (row !== undefined) setArg('event', String(row.seq));
  };
  return (
    <div class={`trace ${selected === undefined ? '' : 'with-detail'}`}>
      <section class="panel trace-list">
        <Filters find={(t) => void find({ t }).then(setIndex)} follow={follow} />
        <Count list={list} state={state} />
        <div class="trace-head" aria-hidden="true">
          <span>Time, s</span>
          <span>Device</span>
          <span>Event</span>
          <span>What</span>
        </div>
        <VirtualList
          label="Events"
          first={first}
          end={end}
          rowHeight={narrow ? NARROW_ROW : ROW}
          columns={4}
          row={(at) => <Cells row={list.row(at)} />}
          rowClass={(at) => rowClass(list.row(at))}
          follow={follow.value}
          onFollow={(on) => {
            follow.value = on;
          }}
          selected={index}
          onSelect={select}
          onWindow={onWindow}
          goTo={goTo.value}
        />
      </section>
      {selected === undefined ? null : <Detail seq={selected} open={(seq) => void open(seq)} />}
      <TraceFiles />
    </div>
  );
}

type Place = { readonly seq: number } | { readonly t: number };

/** The list of what is chosen, where it stands, and which event is looked at. */
function useTrace(state: TraceState | undefined) {
  const args = viewArgs.value;
  const key = JSON.stringify(queryOf(args));
  const list = useMemo(() => new TraceList(JSON.parse(key) as Args), [key]);
  const follow = useSignal(args['event'] === undefined);
  const goTo = useSignal<{ readonly index: number; readonly n: number } | undefined>(undefined);
  const [index, setIndex] = useState<number | undefined>(undefined);
  const selected = /^\d+$/.test(args['event'] ?? '') ? Number(args['event']) : undefined;
  /** Shows the row of an event, or of a moment. */
  const find = async (place: Place): Promise<number | undefined> => {
    for (;;) {
      const found = await ask<{ index: number; left: number }>('trace', { what: 'find', ...list.query, ...place });
      if (found === undefined) return undefined;
      if (found.left > 0) continue;
      follow.value = false;
      goTo.value = { index: found.index, n: (goTo.value?.n ?? 0) + 1 };
      return found.index;
    }
  };
  const open = async (seq: number): Promise<void> => {
    setArg('event', String(seq));
    setIndex(await find({ seq }));
  };
  useEffect(() => () => list.close(), [list]);
  useEffect(() => {
    if (state !== undefined) list.grown(state);
  }, [list, state]);
  const isThere = state !== undefined;
  useEffect(() => {
    setIndex(undefined);
    if (selected !== undefined && isThere) void find({ seq: selected }).then(setIndex);
  }, [list, isThere]);
  return { list, follow, goTo, index, setIndex, selected, find, open };
}

/** How many events are shown, of how many. */
function Count({ list, state }: { readonly list: TraceList; readonly state: TraceState | undefined }): JSX.Element {
  const { first, end, left } = list.bounds.value;
  const isAll = Object.keys(list.query).length === 0;
  const dropped = state?.dropped ?? 0;
  return (
    <p class="trace-count quiet" role="status">
      {counted(end - first)}
      {isAll || state === undefined ? '' : ` of ${counted(state.end - state.first)}`} events
      {left > 0 ? `, ${left > 1 ? counted(left) : 'more'} to search` : ''}
      {dropped > 0 ? `, ${counted(dropped)} older ones are not kept` : ''}
    </p>
  );
}

function rowClass(row: TraceRow | undefined): string {
  if (row === undefined) return 'waits';
  return row.level === undefined ? '' : row.level;
}

function Cells({ row }: { readonly row: TraceRow | undefined }): JSX.Element {
  if (row === undefined)
    return (
      <span role="gridcell" class="quiet">
        {'\u2026'}
      </span>
    );
  return (
    <>
      <span role="gridcell" class="number">
        {(row.t / 1e9).toFixed(9)}
      </span>
      <span role="gridcell" class="mono trace-where" title={row.where}>
        <bdi dir="ltr">{row.where}</bdi>
      </span>
      <span role="gridcell" class="mono trace-kind" title={row.level ?? ''}>
        <span class="trace-mark">{MARKS[row.level ?? ''] ?? ''}</span>
        {row.kind}
      </span>
      <span role="gridcell" class="mono trace-text" title={row.text}>
        {row.text}
      </span>
    </>
  );
}

const NARROW = '(max-width: 800px)';

/** True on a narrow screen, where a row has two lines. */
function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const media = matchMedia(NARROW);
    const changed = (): void => setNarrow(media.matches);
    media.addEventListener('change', changed);
    return () => media.removeEventListener('change', changed);
  }, []);
  return narrow;
}
