// Packets between the processors, one below the other as they went, with an arrow from lane to lane. Only what can be
// seen is drawn, however many there are.
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PacketDetail, PacketRow, SequenceRow } from '../../../src/page/views/audio-sequence.js';
import { ask, onFrames, time, viewArgs } from '../store.js';
import { formatNs } from '../parts/text.js';
import { setArg } from '../parts/view-args.js';

/** Rows that are kept. */
const MOST_ROWS = 5000;
const ROW_PX = 26;
/** Rows above and below the window that are drawn as well. */
const SPARE = 6;
/** A command that waits for so long is told. */
const LATE_NS = 1e9;

/** Rows that are kept. */
interface Kept {
  readonly rows: readonly SequenceRow[];
  /** Commands among them that were answered. */
  readonly answered: ReadonlySet<number>;
  /** Rows that have come since it is held. */
  readonly missed: number;
  clear(): void;
}

/** The newest rows; while it is held, those that were there. */
function useRows(held: boolean): Kept {
  const kept = useRef<SequenceRow[]>([]);
  const later = useRef<SequenceRow[]>([]);
  const answered = useRef(new Set<number>());
  const holds = useRef(held);
  const [, redraw] = useState(0);
  holds.current = held;
  useEffect(() => {
    const decoder = new TextDecoder();
    return onFrames('audio', (frame) => {
      if (frame.what !== 'rows') return;
      const to = holds.current ? later.current : kept.current;
      const rows = JSON.parse(decoder.decode(frame.bytes)) as SequenceRow[];
      for (const row of rows) if (row.kind === 'packet' && row.answers !== undefined) answered.current.add(row.answers);
      if (answered.current.size > 2 * MOST_ROWS) answered.current = new Set([...answered.current].slice(-MOST_ROWS));
      to.push(...rows);
      if (to.length > MOST_ROWS + 500) to.splice(0, to.length - MOST_ROWS);
      redraw((n) => n + 1);
    });
  }, []);
  if (!held && later.current.length > 0) {
    kept.current.push(...later.current);
    kept.current.splice(0, Math.max(0, kept.current.length - MOST_ROWS));
    later.current = [];
  }
  return {
    rows: kept.current,
    answered: answered.current,
    missed: later.current.length,
    clear: () => {
      kept.current = [];
      redraw((n) => n + 1);
    },
  };
}

/** The panel. */
export function Sequence({
  lanes,
  waiting,
}: {
  readonly lanes: readonly string[];
  readonly waiting: readonly number[];
}): JSX.Element {
  const held = viewArgs.value['hold'] === '1';
  const lane = viewArgs.value['lane'] ?? '';
  const marked = viewArgs.value['odd'] === '1';
  const chosen = Number(viewArgs.value['packet'] ?? Number.NaN);
  const { rows, answered, missed, clear } = useRows(held);
  const shown = lane === '' && !marked ? rows : rows.filter((row) => isShown(row, lane, marked));
  return (
    <section class="panel audio-sequence" aria-label="Packets between the processors">
      <div class="head">
        <h2>Packets</h2>
        <span class="quiet">{rows.length === 0 ? 'none yet' : `${shown.length} rows`}</span>
        <span class="tools">
          <label>
            Service{' '}
            <select value={lane} onChange={({ currentTarget }) => setArg('lane', currentTarget.value)}>
              <option value="">all</option>
              {lanes.slice(1).map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            <input
              type="checkbox"
              checked={marked}
              onChange={({ currentTarget }) => setArg('odd', currentTarget.checked ? '1' : '')}
            />{' '}
            odd ones only
          </label>
          <button type="button" aria-pressed={held} onClick={() => setArg('hold', held ? '' : '1')}>
            {held ? `Go on${missed === 0 ? '' : ` (${missed} more)`}` : 'Hold'}
          </button>
          <button type="button" onClick={clear}>
            Clear
          </button>
        </span>
      </div>
      <Rows rows={shown} lanes={lanes} waiting={waiting} answered={answered} chosen={chosen} held={held} />
      <Detail seq={chosen} />
    </section>
  );
}

function isShown(row: SequenceRow, lane: string, marked: boolean): boolean {
  if (row.kind === 'note') return lane === '' && (!marked || row.level === 'wrong');
  if (marked && row.mark === undefined) return false;
  return lane === '' || row.from === lane || row.to === lane;
}

interface RowsProps {
  readonly rows: readonly SequenceRow[];
  readonly lanes: readonly string[];
  readonly waiting: readonly number[];
  readonly answered: ReadonlySet<number>;
  readonly chosen: number;
  readonly held: boolean;
}

/** The window on the rows. It follows the newest until somebody scrolls up. */
function Rows({ rows, lanes, waiting, answered, chosen, held }: RowsProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(480);
  const follows = useRef(true);
  const open = useMemo(() => new Set(waiting), [waiting]);
  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const sized = new ResizeObserver(() => setHeight(current.clientHeight));
    sized.observe(current);
    return () => sized.disconnect();
  }, []);
  const newest = rows.at(-1)?.seq;
  useLayoutEffect(() => {
    const { current } = box;
    // More than there is: the browser stops at the end.
    if (current !== null && follows.current && !held) current.scrollTop = (rows.length + 2) * ROW_PX;
  }, [newest, rows.length, held, height]);
  const scrolled = (): void => {
    const { current } = box;
    if (current === null) return;
    follows.current = current.scrollTop + current.clientHeight >= current.scrollHeight - ROW_PX;
    setTop(current.scrollTop);
  };
  const first = Math.max(0, Math.floor(top / ROW_PX) - SPARE);
  const drawn = rows.slice(first, first + Math.ceil(height / ROW_PX) + 2 * SPARE);
  const choose = (row: SequenceRow): void => setArg('packet', row.kind === 'packet' ? String(row.seq) : '');
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const now = rows.findIndex((row) => row.seq === chosen);
    const packets = rows.filter((row) => row.kind === 'packet');
    const at = packets.findIndex((row) => row.seq === chosen);
    const next = packets[Math.min(packets.length - 1, Math.max(0, at < 0 ? packets.length - 1 : at + step))];
    if (next === undefined) return;
    follows.current = false;
    choose(next);
    const place = rows.indexOf(next) * ROW_PX;
    const { current } = box;
    if (current === null || now < 0) return;
    if (place < current.scrollTop) current.scrollTop = place;
    else if (place + ROW_PX > current.scrollTop + current.clientHeight - ROW_PX)
      current.scrollTop = place + 2 * ROW_PX - current.clientHeight;
  };
  return (
    <div class="sequence-scroll" ref={box} onScroll={scrolled} tabIndex={-1}>
      <div class="sequence-head sequence-row" aria-hidden="true">
        <span class="at">time</span>
        <span class="lanes" style={{ gridTemplateColumns: `repeat(${lanes.length}, 1fr)` }}>
          {lanes.map((name) => (
            <b key={name}>{name}</b>
          ))}
        </span>
        <span class="what">packet</span>
      </div>
      <div
        class="sequence"
        role="listbox"
        aria-label="packets, oldest first"
        aria-activedescendant={Number.isNaN(chosen) ? undefined : `packet-${chosen}`}
        tabIndex={0}
        onKeyDown={keys}
        style={{ height: `${rows.length * ROW_PX}px` }}
      >
        {drawn.map((row, index) => (
          <Row
            key={row.seq}
            row={row}
            lanes={lanes}
            y={(first + index) * ROW_PX}
            chosen={row.seq === chosen}
            waits={open.has(row.seq) && !answered.has(row.seq)}
            choose={choose}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  readonly row: SequenceRow;
  readonly lanes: readonly string[];
  readonly y: number;
  readonly chosen: boolean;
  readonly waits: boolean;
  choose(row: SequenceRow): void;
}

function Row({ row, lanes, y, chosen, waits, choose }: RowProps): JSX.Element {
  const style = { transform: `translateY(${y}px)` };
  const at = <span class="at number">{(row.t / 1e9).toFixed(6)}</span>;
  if (row.kind === 'note')
    return (
      <div class={`sequence-row note-row ${row.level}`} style={style} role="option" aria-selected="false">
        {at}
        <span class="note-text" title={row.text}>
          <span class="mark" aria-hidden="true">
            {{ good: '\u2713', wrong: '\u2717', plain: '\u2022' }[row.level]}
          </span>{' '}
          {row.text}
        </span>
      </div>
    );
  return (
    <div
      id={`packet-${row.seq}`}
      class={`sequence-row ${row.says} ${row.mark?.level ?? ''}`}
      style={style}
      role="option"
      aria-selected={chosen}
      onClick={() => choose(row)}
    >
      {at}
      <Arrow row={row} lanes={lanes} />
      <span class="what" title={`${row.name}: ${row.about}`}>
        <span class="aloud">
          {row.from} to {row.to}, {row.says}:
        </span>{' '}
        <span class="mono">{row.name}</span> <Aside row={row} waits={waits} /> <span class="quiet">{row.about}</span>
      </span>
    </div>
  );
}

function Arrow({ row, lanes }: { readonly row: PacketRow; readonly lanes: readonly string[] }): JSX.Element {
  const [from, to] = [Math.max(0, lanes.indexOf(row.from)), Math.max(0, lanes.indexOf(row.to))];
  const part = 100 / lanes.length;
  const left = (Math.min(from, to) + 0.5) * part;
  return (
    <span class="lanes" style={{ gridTemplateColumns: `repeat(${lanes.length}, 1fr)` }} aria-hidden="true">
      {lanes.map((name) => (
        <i key={name} class="lane" />
      ))}
      <span
        class={`arrow ${to > from ? 'right' : 'left'}`}
        style={{ left: `${left}%`, width: `${Math.abs(to - from) * part}%` }}
      />
    </span>
  );
}

/** What is to be seen at once: what is wrong, how long an answer took, that it is waited for. */
function Aside({ row, waits }: { readonly row: PacketRow; readonly waits: boolean }): JSX.Element | null {
  if (row.mark !== undefined)
    return (
      <span class={`badge ${row.mark.level}`}>
        {row.mark.level === 'wrong' ? '\u2717' : '!'} {row.mark.text}
      </span>
    );
  if (row.afterNs !== undefined) return <span class="quiet">after {formatNs(row.afterNs)}</span>;
  if (!waits) return null;
  const since = time.value.t - row.t;
  if (since < LATE_NS) return <span class="quiet">{'\u2026'} waits</span>;
  return <span class="badge odd">! no answer for {formatNs(since)}</span>;
}

/** All fields of the packet that was chosen. */
function Detail({ seq }: { readonly seq: number }): JSX.Element | null {
  const [detail, setDetail] = useState<PacketDetail | undefined>(undefined);
  useEffect(() => {
    setDetail(undefined);
    let gone = false;
    if (!Number.isNaN(seq))
      void ask<PacketDetail>('audio', { packet: seq }).then((answer) => {
        if (!gone) setDetail(answer);
      });
    return () => {
      gone = true;
    };
  }, [seq]);
  if (Number.isNaN(seq)) return <p class="body quiet">Choose a packet to see all its fields.</p>;
  if (detail === undefined) return null;
  return (
    <div class="packet-detail" aria-live="polite">
      <div class="head">
        <h3 class="mono">{detail.name}</h3>
        <span>
          {detail.from} {'\u2192'} {detail.to}
        </span>
        <span class="quiet">
          {detail.channel} at {(detail.t / 1e9).toFixed(9)} s
        </span>
        <button type="button" onClick={() => setArg('packet', '')}>
          Close
        </button>
      </div>
      {detail.comment === undefined ? null : <p class="badge odd">! {detail.comment}</p>}
      <div class="scroll" tabIndex={0} role="group" aria-label="fields of the packet">
        <table>
          <thead>
            <tr>
              <th class="n">Offset</th>
              <th>Bytes</th>
              <th>Field</th>
              <th>Value</th>
            </tr>
          </thead>
          <tbody>
            {detail.fields.map(({ offset, bytes, name, words }, index) => (
              <tr key={index}>
                <td class="n mono">{offset.toString(16).padStart(4, '0')}</td>
                <td class="mono bytes">{bytes}</td>
                <td>{name}</td>
                <td>{words}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {detail.verdicts.length === 0 ? null : (
        <dl class="verdicts">
          {detail.verdicts.map(({ profile, text, level }) => (
            <div key={profile}>
              <dt>{PROFILE_TITLES[profile] ?? profile}</dt>
              <dd class={`verdict ${level}`}>
                <span aria-hidden="true">{{ good: '\u2713', wrong: '\u2717', odd: '!' }[level]}</span> {text}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

const PROFILE_TITLES: Readonly<Record<string, string>> = {
  patch: 'Patch of 2017',
  'linux-6.12': 'Linux 6.12',
  right: 'Right checks',
};
