// The devices of the board and what became of each: what is wrong in words, a list with filters, one of them closely.
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { NodeReport, NodeState } from '../../../src/bench/report.js';
import type { BoardState, BoardTrouble } from '../../../src/page/views/board.js';
import { useView } from '../parts/hooks.js';
import { List } from '../parts/list.js';
import { hello, viewArgs } from '../store.js';
import { watchArgs } from '../view-args.js';
import { CLOSELY, DevicePanel } from './board-device.js';
import { State, stateWord } from './board-state.js';
import './board.css';

const ROW = 27;
/** The order of the filters: what most people look for comes first. */
const FILTERS: readonly NodeState[] = ['failed', 'waits', 'bound', 'no driver', 'bus', 'disabled', 'no device'];

/** The view. */
export function BoardView(): JSX.Element | null {
  const { device = '', states = '', find = '' } = viewArgs.value;
  const state = useView<BoardState>('board', watchArgs('board', viewArgs.value));
  const rows = useMemo(() => rowsOf(state?.devices ?? [], states, find), [state?.devices, states, find]);
  if (state === undefined) return null;
  const shown = state.chosen?.asked === device ? state.chosen.report.path : device;
  const chosen = device === '' ? -1 : rows.findIndex(({ report }) => report.path === shown);
  return (
    <>
      <Summary state={state} />
      <div class={device === '' ? 'board' : 'board cols'} onKeyDown={(event) => event.key === 'Escape' && choose('')}>
        <section class="panel devices">
          <div class="head">
            <h2>Devices</h2>
            <Filters totals={state.totals} states={states} />
            <Search text={find} />
            <span class="quiet" role="status">
              {rows.length === state.devices.length ? '' : `${rows.length} of ${state.devices.length}`}
            </span>
          </div>
          <div class="place">
            {rows.length === 0 ? (
              <p class="empty quiet">No device is like that.</p>
            ) : (
              <List
                label="devices"
                count={rows.length}
                rowHeight={ROW}
                chosen={chosen}
                onChoose={(index) => choose(rows[index]?.report.path ?? '')}
                onOpen={() => document.getElementById(CLOSELY)?.focus()}
                row={(index) => <Row row={rows[index] as TreeRow} />}
              />
            )}
          </div>
        </section>
        {device === '' ? null : <DevicePanel path={device} detail={state.chosen} choose={choose} />}
      </div>
    </>
  );
}

/** Looks closely at a device; at none with an empty path. */
function choose(path: string): void {
  set('device', path);
}

function set(name: string, value: string): void {
  const { [name]: _, ...rest } = viewArgs.value;
  viewArgs.value = value === '' ? rest : { ...rest, [name]: value };
}

/** A line of the list. */
interface TreeRow {
  readonly report: NodeReport;
  readonly depth: number;
  /** The path from the row that it is below; the whole path at the top. */
  readonly name: string;
}

/** All as a tree; what a filter leaves as a plain list with whole paths. */
function rowsOf(devices: readonly NodeReport[], states: string, find: string): TreeRow[] {
  const wanted = states === '' ? [] : states.split(',');
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length > 0 || words.length > 0) {
    const fits = (one: NodeReport): boolean =>
      (wanted.length === 0 || wanted.includes(one.state)) && words.every((word) => textOf(one).includes(word));
    return devices.filter(fits).map((report) => ({ report, depth: 0, name: report.path }));
  }
  const above: string[] = [];
  return devices.map((report) => {
    const { path } = report;
    while (above.length > 0 && !path.startsWith(`${above.at(-1)}/`)) above.pop();
    const name = path.slice(above.at(-1)?.length ?? 0).replace(/^\//, above.length > 0 ? '' : '/');
    const depth = above.length;
    above.push(path);
    return { report, depth, name };
  });
}

function textOf({ path, compatible, driver = '', device = '', chip = '', reason = '' }: NodeReport): string {
  return `${path} ${compatible} ${driver} ${device} ${chip} ${reason}`.toLowerCase();
}

function Row({ row: { report, depth, name } }: { readonly row: TreeRow }): JSX.Element {
  const { state, driver = '', reason = '', compatible, path } = report;
  return (
    <div class="device" title={path}>
      <State state={state} />
      <span class="name mono">
        <span class="indent" style={{ width: `${Math.min(depth, 8) * 14}px` }} />
        {name}
      </span>
      <span class="mono quiet cut">{driver || compatible}</span>
      <span class="cut">{reason.replace(`${path}: `, '')}</span>
    </div>
  );
}

function Filters({ totals, states }: { readonly totals: BoardState['totals']; readonly states: string }): JSX.Element {
  const wanted = states === '' ? [] : states.split(',');
  return (
    <span class="filters" role="group" aria-label="only devices of a state">
      {FILTERS.filter((state) => (totals[state] ?? 0) > 0 || wanted.includes(state)).map((state) => {
        const on = wanted.includes(state);
        const others = wanted.filter((one) => one !== state);
        return (
          <button
            key={state}
            type="button"
            class="filter"
            aria-pressed={on}
            onClick={() => set('states', (on ? others : [...others, state]).join(','))}
          >
            <State state={state} /> <span class="number">{totals[state] ?? 0}</span>
          </button>
        );
      })}
    </span>
  );
}

function Search({ text }: { readonly text: string }): JSX.Element {
  return (
    <input
      type="search"
      class="find"
      placeholder="Find"
      aria-label="find in paths, drivers, compatible strings and reasons"
      value={text}
      onInput={({ currentTarget }) => set('find', currentTarget.value)}
    />
  );
}

function Summary({ state }: { readonly state: BoardState }): JSX.Element {
  const { troubles, summary } = state;
  const [all, setAll] = useState(false);
  useEffect(() => setAll(false), [hello.value]);
  const shown = all ? troubles : troubles.slice(0, FEW);
  return (
    <section class="panel summary" aria-label="what is wrong with the board">
      <p>{summary}</p>
      {shown.length === 0 ? null : (
        <ul class="plain">
          {shown.map((trouble) => (
            <li key={`${trouble.kind} ${trouble.path}`}>
              <Trouble trouble={trouble} />
            </li>
          ))}
        </ul>
      )}
      {troubles.length <= FEW ? null : (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'fewer' : `${troubles.length - FEW} more`}
        </button>
      )}
    </section>
  );
}
const FEW = 4;

function Trouble({ trouble: { kind, text, count, path } }: { readonly trouble: BoardTrouble }): JSX.Element {
  const state = kind === 'waits' ? 'waits' : 'failed';
  return (
    <button type="button" class="trouble" onClick={() => choose(path)}>
      <span class={`state ${state}`}>{kind === 'waits' ? `${count} ${stateWord('waits', count)}` : kind}</span>
      <span>{text}</span>
    </button>
  );
}
