// What of the trace is shown: words, a device, kinds, a level; and the moment to go to.
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Args } from '../../../src/page/protocol.js';
import type { TraceMenu } from '../../../src/page/views/trace.js';
import { Search } from '../parts/search.js';
import { setArg, setArgs } from '../parts/view-args.js';
import { ask, notice, viewArgs } from '../store.js';

/** What a person sees first when a level is chosen: it and all that is worse. */
const LEVELS: readonly (readonly [value: string, title: string])[] = [
  ['', 'all events'],
  ['info', 'what is said'],
  ['warn', 'warnings and errors'],
  ['err', 'errors'],
];
/** What is chosen, as the board is asked for it. */
export function queryOf(args: Readonly<Record<string, string>>): Args {
  const query: Record<string, string> = {};
  for (const name of ['text', 'kinds', 'place', 'level']) {
    const value = args[name];
    if (value !== undefined && value.trim() !== '') query[name] = value;
  }
  return query;
}

interface FiltersProps {
  readonly find: (t: number) => void;
  readonly follow: { value: boolean };
}

/** What is shown: words, kinds, a device, a level; and where the list stands. */
export function Filters({ find, follow }: FiltersProps): JSX.Element {
  const args = viewArgs.value;
  const menu = useSignal<TraceMenu>({ kinds: [], places: [] });
  const refresh = (): void => void ask<TraceMenu>('trace', { what: 'menu' }).then((all) => all && (menu.value = all));
  const isFiltered = Object.keys(queryOf(args)).length > 0;
  return (
    <div class="head trace-filters">
      <h2>Trace</h2>
      <Search label="Text" value={args['text'] ?? ''} placeholder="words" change={(text) => setArg('text', text)} />
      <Devices menu={menu.value} refresh={refresh} />
      <Kinds menu={menu.value} refresh={refresh} />
      <label>
        Level{' '}
        <select value={args['level'] ?? ''} onChange={({ currentTarget }) => setArg('level', currentTarget.value)}>
          {LEVELS.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {isFiltered ? (
        <button type="button" onClick={() => setArgs({ text: '', place: '', kinds: '', level: '' })}>
          Show all
        </button>
      ) : null}
      <Jump find={find} />
      <button
        type="button"
        aria-pressed={follow.value}
        title="the end stays on the screen"
        onClick={() => {
          follow.value = !follow.value;
        }}
      >
        {follow.value ? '\u25be Follows the end' : 'Follow the end'}
      </button>
    </div>
  );
}

/** A moment to go to. */
function Jump({ find }: Pick<FiltersProps, 'find'>): JSX.Element {
  const jump = (event: Event): void => {
    event.preventDefault();
    const { value } = (event.currentTarget as HTMLFormElement).elements.namedItem('at') as HTMLInputElement;
    const t = momentOf(value);
    if (t === undefined) notice.value = `'${value}' is no moment: write 250ms, or seconds as in 0.0123`;
    else find(t);
  };
  return (
    <form class="trace-jump" onSubmit={jump}>
      <label>
        At <input name="at" size={9} placeholder="250ms" />
      </label>{' '}
      <button type="submit">Go</button>
    </form>
  );
}

interface MenuProps {
  readonly menu: TraceMenu;
  readonly refresh: () => void;
}

/** A device, whose name a person types or chooses. */
function Devices({ menu, refresh }: MenuProps): JSX.Element {
  return (
    <>
      <Search
        label="Device"
        value={viewArgs.value['place'] ?? ''}
        placeholder="path, and below it"
        list="trace-places"
        change={(place) => setArg('place', place)}
        onFocus={refresh}
      />
      <datalist id="trace-places">
        {menu.places.map(([name, count]) => (
          <option key={name} value={name}>
            {counted(count)}
          </option>
        ))}
      </datalist>
    </>
  );
}

/** Kinds to choose from, with how many there are of each. */
function Kinds({ menu, refresh }: MenuProps): JSX.Element {
  const chosen = (viewArgs.value['kinds'] ?? '').split(',').filter(Boolean);
  const toggle = (kind: string): void => {
    const next = chosen.includes(kind) ? chosen.filter((one) => one !== kind) : [...chosen, kind];
    setArg('kinds', next.join(','));
  };
  return (
    <details class="trace-kinds" onToggle={refresh}>
      <summary>
        {chosen.length === 0 ? 'All kinds' : chosen.length === 1 ? chosen[0] : `${chosen.length} kinds`}
      </summary>
      <div class="panel">
        {menu.kinds.map(([kind, count]) => (
          <label key={kind}>
            <input type="checkbox" checked={chosen.includes(kind)} onChange={() => toggle(kind)} />{' '}
            <span class="mono">{kind}</span> <span class="quiet number">{counted(count)}</span>
          </label>
        ))}
        {chosen.length > 0 ? (
          <button type="button" onClick={() => setArg('kinds', '')}>
            All kinds
          </button>
        ) : null}
      </div>
    </details>
  );
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, '': 1e9 };

/** A moment in ns; seconds where no unit is given. */
function momentOf(text: string): number | undefined {
  const [, count = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(ns|us|ms|s)?\s*$/.exec(text) ?? [];
  return count === '' ? undefined : Math.round(Number(count) * (UNITS[unit] as number));
}

/** A number of events, with commas. */
export function counted(count: number): string {
  return count.toLocaleString('en-US');
}
