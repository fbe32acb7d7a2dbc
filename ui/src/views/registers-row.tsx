// One row of the table of registers.
import type { JSX } from 'preact';
import type { ChipMap, FieldEntry, RegistersState } from '../../../src/page/views/registers.js';
import { act } from '../store.js';
import { Editable } from './registers-edit.js';
import { type Base, fieldOf, formatValue } from './registers-value.js';

/** A chip and what has changed in it. */
export interface TableProps {
  readonly state: RegistersState;
  readonly map: ChipMap | undefined;
  readonly marks: ReadonlySet<string>;
}

/** A row of the table: a register, or a field of the one above it. */
export interface RegisterRow {
  readonly register: string;
  readonly field?: FieldEntry;
}

/** A row, and what there is to know for it. */
export interface CellsProps extends TableProps {
  readonly row: RegisterRow | undefined;
  readonly base: Base;
  /** Shows or hides the fields of a register; left out where all are shown. */
  readonly toggle: ((name: string) => void) | undefined;
  readonly isOpen: boolean;
}

/** The cells of a row. */
export function Cells({ row, base, state, map, marks, toggle, isOpen }: CellsProps): JSX.Element | null {
  if (row === undefined) return null;
  const { register, field } = row;
  const entry = map?.registers[register];
  const whole = state.values[register] ?? 0;
  const name = field === undefined ? register : `${register}.${field.name}`;
  const width = field === undefined ? (map?.width ?? 32) : field.hi - field.lo + 1;
  const value = field === undefined ? whole : fieldOf(whole, field);
  const isChanged = marks.has(name);
  const why = whyNot(entry, field, map);
  return (
    <>
      <span role="gridcell" class="registers-mark">
        {isChanged ? <b title="has just changed">{'\u25cf'}</b> : null}
        {field === undefined && toggle !== undefined && (entry?.fields.length ?? 0) > 0 ? (
          <button
            type="button"
            class="registers-twist"
            aria-expanded={isOpen}
            aria-label={`fields of ${register}`}
            onClick={() => toggle(register)}
          >
            {isOpen ? '\u25be' : '\u25b8'}
          </button>
        ) : null}
      </span>
      <span role="gridcell" class="number quiet">
        {field === undefined ? (entry === undefined ? '' : formatValue(entry.addr, 'hex', 8)) : bitsOf(field)}
      </span>
      <span role="gridcell" class="mono registers-name" title={name}>
        {field === undefined ? register : field.name}
      </span>
      <span role="gridcell" class={`number registers-value ${isChanged ? 'changed' : ''}`}>
        <Editable
          key={name}
          label={name}
          text={formatValue(value, base, width)}
          why={why}
          write={(text) => act(`write ${state.chip} ${name}=${text}`)}
        />
      </span>
      <span role="gridcell" class="quiet">
        {field === undefined ? (entry !== undefined && !entry.writable ? 'read-only' : '') : ACCESS[field.access]}
      </span>
    </>
  );
}

/** What the bus may do with a field, in words. */
const ACCESS: Readonly<Record<FieldEntry['access'], string>> = {
  rw: '',
  ro: 'read-only',
  wo: 'write-only',
  rc: 'reading clears it',
  w1c: 'a 1 clears it',
  w1s: 'a 1 sets it',
  sc: 'clears itself',
  todo: 'without behaviour in the model',
};

function bitsOf({ hi, lo }: FieldEntry): string {
  return hi === lo ? `[${hi}]` : `[${hi}:${lo}]`;
}

/** Why something cannot be written; undefined when it can. */
function whyNot(
  entry: ChipMap['registers'][string] | undefined,
  field: FieldEntry | undefined,
  map: ChipMap | undefined,
): string | undefined {
  if (map === undefined) return 'its table is not here yet';
  if (!map.reached) return map.bus;
  if (entry === undefined) return 'the model has no table of it';
  if (field !== undefined) return field.access === 'ro' || field.access === 'rc' ? 'read-only' : undefined;
  return entry.writable ? undefined : 'read-only';
}
