// The registers of any chip, live, with their fields by name; what a bus could write can be written.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ChipEntry, ChipMap, RegistersState } from '../../../src/page/views/registers.js';
import { useView } from '../parts/hooks.js';
import { Search } from '../parts/search.js';
import { setArg } from '../parts/view-args.js';
import { VirtualList } from '../parts/virtual-list.js';
import { ask, hello, viewArgs } from '../store.js';
import { Chips, Words } from './registers-chips.js';
import { Knobs } from './registers-knobs.js';
import { useMarks } from './registers-marks.js';
import { Cells, type RegisterRow, type TableProps } from './registers-row.js';
import { type Base, BASES } from './registers-value.js';
import './registers.css';

const ROW = 26;
/** Of more rows these are on the screen. */
const MOST_ROWS = 24;
/** The view. */
export function View(): JSX.Element | null {
  const args = viewArgs.value;
  const state = useView<RegistersState>('registers', args['chip'] === undefined ? {} : { chip: args['chip'] });
  const [chips, setChips] = useState<readonly ChipEntry[]>([]);
  const [map, setMap] = useState<ChipMap | undefined>(undefined);
  const chip = state?.chip;
  useEffect(() => {
    void ask<ChipEntry[]>('registers', { what: 'chips' }).then((all) => all && setChips(all));
  }, [hello.value]);
  useEffect(() => {
    if (chip === undefined) return;
    void ask<ChipMap>('registers', { what: 'map', chip }).then(setMap);
  }, [chip]);
  const own = map?.chip === chip ? map : undefined;
  const marks = useMarks(state, own);
  if (state === undefined) return null;
  if (chips.length === 0)
    return <p class="quiet">No chip of this board has a model: there are no registers to show.</p>;
  return (
    <div class="registers">
      <Chips chips={chips} chip={state.chip} />
      <div class="registers-chip">
        <Table state={state} map={own} marks={marks} />
        <Knobs state={state} map={own} />
        <Words words={state.words} />
      </div>
    </div>
  );
}

/** The registers of a chip: what is found, with the fields of those that are open. */
function Table({ state, map, marks }: TableProps): JSX.Element {
  const args = viewArgs.value;
  const base = BASES.find((one) => one === args['base']) ?? 'hex';
  const opened = (args['open'] ?? '').split(',').filter(Boolean);
  const all = opened.includes('*');
  const isOpen = (name: string): boolean => all || opened.includes(name);
  const names = Object.keys(state.values).join();
  const rows = useMemo(
    () => rowsOf(names.split(',').filter(Boolean), map, args['find'] ?? '', isOpen),
    [names, map, args['find'], args['open']],
  );
  const at = useSignal<number | undefined>(undefined);
  useEffect(() => {
    at.value = undefined;
  }, [rows]);
  const toggle = all
    ? undefined
    : (name: string): void => {
        const next = opened.includes(name) ? opened.filter((one) => one !== name) : [...opened, name];
        setArg('open', next.join());
      };
  return (
    <section class="panel registers-table">
      <div class="head">
        <h2 class="mono">{state.chip}</h2>
        <span class="quiet">{map?.bus}</span>
      </div>
      <Tools map={map} base={base} all={all} count={rows.filter(({ field }) => field === undefined).length} />
      {state.notices.length === 0 ? null : (
        <p class="registers-notice" role="status">
          {'\u2717'} {state.notices.at(-1)}
        </p>
      )}
      <div class="registers-head" aria-hidden="true">
        {['', 'Address', 'Name', 'Value', 'Access'].map((title) => (
          <span key={title}>{title}</span>
        ))}
      </div>
      <div class="registers-rows" style={{ height: `${Math.min(Math.max(rows.length, 3), MOST_ROWS) * ROW + 1}px` }}>
        <VirtualList
          label="Registers"
          first={0}
          end={rows.length}
          rowHeight={ROW}
          columns={5}
          row={(index) => {
            const row = rows[index];
            const open = row !== undefined && isOpen(row.register);
            return <Cells row={row} base={base} state={state} map={map} marks={marks} toggle={toggle} isOpen={open} />;
          }}
          rowClass={(index) => (rows[index]?.field === undefined ? '' : 'is-field')}
          selected={at.value}
          onSelect={(index) => {
            at.value = index;
          }}
          onOpen={(index) => toggle?.(rows[index]?.register ?? '')}
        />
      </div>
    </section>
  );
}

interface ToolsProps {
  readonly map: ChipMap | undefined;
  readonly base: Base;
  readonly all: boolean;
  readonly count: number;
}

/** What is looked for, how numbers are written, whether all fields are shown. */
function Tools({ map, base, all, count }: ToolsProps): JSX.Element {
  const hasFields = Object.keys(map?.registers ?? {}).length > 0;
  return (
    <div class="registers-tools">
      <Search
        label="Find"
        value={viewArgs.value['find'] ?? ''}
        placeholder="register or field"
        change={(words) => setArg('find', words)}
      />
      <label>
        Numbers{' '}
        <select value={base} onChange={({ currentTarget }) => setArg('base', currentTarget.value)}>
          {BASES.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      {hasFields ? (
        <button type="button" aria-pressed={all} onClick={() => setArg('open', all ? '' : '*')}>
          {all ? 'Hide fields' : 'Show all fields'}
        </button>
      ) : null}
      <span class="quiet">{count} registers</span>
    </div>
  );
}

/** Registers whose name or a field of theirs has the words in it, with the fields of those that are open. */
function rowsOf(
  names: readonly string[],
  map: ChipMap | undefined,
  filter: string,
  isOpen: (name: string) => boolean,
): RegisterRow[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word));
  return names.flatMap((register): RegisterRow[] => {
    const fields = map?.registers[register]?.fields ?? [];
    const hit = words.length > 0 && !fits(register) ? fields.filter(({ name }) => fits(`${register}.${name}`)) : [];
    if (!fits(register) && hit.length === 0) return [];
    const shown = isOpen(register) ? fields : hit;
    return [{ register }, ...shown.map((field) => ({ register, field }))];
  });
}
