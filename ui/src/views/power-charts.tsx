// A chart for each rail, all over the same time.
import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { PowerState } from '../../../src/page/views/power.js';
import { alarmsOf, isDisabled, type PowerRail } from '../../../src/stock/power-sample.js';
import { Chart } from '../parts/chart.js';
import type { ChartLimit } from '../parts/chart-paint.js';
import { Choice } from '../parts/choice.js';
import { railHistory, revision } from '../parts/rail-history.js';
import { viewArgs } from '../store.js';
import { RailKnobs } from './power-knobs.js';

const UNITS = ['V', 'A', 'W'] as const;
type Unit = (typeof UNITS)[number];
const WINDOWS = ['10 s', '60 s', '10 min', 'all'] as const;
type Window = (typeof WINDOWS)[number];
const SECONDS: Readonly<Record<Window, number>> = {
  '10 s': 10,
  '60 s': 60,
  '10 min': 600,
  all: Number.POSITIVE_INFINITY,
};
/** Points of a chart: two for each pixel that it may have. */
const MOST_POINTS = 1600;
const COLOURS = 6;

/** A time that is looked at, s. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The charts, with what is chosen for all of them. */
export function RailCharts({ state }: { readonly state: PowerState }): JSX.Element | null {
  const stamp = revision.value;
  const [held, hold] = useState<Span | undefined>(undefined);
  const { unit: unitArg = 'A', window: windowArg = '60 s' } = viewArgs.value;
  const unit = UNITS.find((one) => one === unitArg) ?? 'A';
  const window = WINDOWS.find((one) => one === windowArg) ?? '60 s';
  const choose = (name: string, value: string): void => {
    viewArgs.value = { ...viewArgs.value, [name]: value };
  };
  const read = useMemo(() => readWindow(unit, window, held), [stamp, unit, window, held]);
  if (read === undefined) return null;
  const { shown, times, columns } = read;
  return (
    <>
      <div class="choices">
        <Choice legend="Unit" options={UNITS} value={unit} onChoose={(value) => choose('unit', value)} />
        <Choice legend="Time" options={WINDOWS} value={window} onChoose={(value) => choose('window', value)} />
        <button
          type="button"
          aria-pressed={held !== undefined}
          onClick={() => hold(held === undefined ? shown : undefined)}
        >
          {held === undefined ? 'Hold the charts' : 'Follow again'}
        </button>
        <span class="quiet">
          {held === undefined
            ? 'Draw a frame in a chart to look closer.'
            : `held at ${held.from.toFixed(2)} s to ${held.to.toFixed(2)} s; the board goes on`}
        </span>
      </div>
      <div class="rails">
        {state.rails.map((rail) => {
          const index = state.keys.indexOf(`${rail.path} ${rail.channel}`);
          if (index < 0 || isDisabled(rail)) return null;
          return (
            <RailCard
              key={`${rail.path} ${rail.channel}`}
              {...{ rail, index, unit, state, times, shown }}
              values={columns[index] ?? NOTHING}
              onSelect={(from, to) => hold({ from, to })}
            />
          );
        })}
      </div>
    </>
  );
}

const NOTHING = new Float64Array(0);

/** What the charts show: the time, and for each rail its values in the unit. */
function readWindow(unit: Unit, window: Window, held: Span | undefined) {
  const history = railHistory();
  const span = history?.span;
  if (history === undefined || span === undefined) return undefined;
  const end = span.to / 1e9;
  const shown = held ?? { from: Math.max(span.from / 1e9, end - SECONDS[window]), to: end };
  const { times, columns } = history.read(shown.from * 1e9, shown.to * 1e9, MOST_POINTS);
  const own = columns.filter((_, column) => column % UNITS.length === UNITS.indexOf(unit));
  return { shown, times: times.map((t) => t / 1e9), columns: own.map((column) => column.map((milli) => milli / 1000)) };
}

interface CardProps {
  readonly rail: PowerRail;
  readonly index: number;
  readonly unit: Unit;
  readonly state: PowerState;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly shown: Span;
  readonly onSelect: (from: number, to: number) => void;
}

function RailCard({ rail, index, unit, state, times, values, shown, onSelect }: CardProps): JSX.Element {
  const colour = `s${(index % COLOURS) + 1}`;
  const [worst] = alarmsOf(rail);
  const monitor = state.monitors.find(({ path }) => path === rail.path);
  const milli: Readonly<Record<Unit, number | string | undefined>> = {
    V: rail.millivolts,
    A: rail.milliamperes,
    W: rail.milliwatts,
  };
  const gaps = state.gaps
    .filter((gap) => gap.rail === index)
    .map(({ from, to, words }) => ({ from: from / 1e9, to: to / 1e9, words: errnoOf(words) }));
  return (
    <figure class="panel rail">
      <figcaption>
        <span class={`swatch ${colour}`} aria-hidden="true" />
        <strong>{rail.label}</strong>
        {UNITS.map((one) => (
          <span key={one} class={one === unit ? 'number chosen' : 'number quiet'}>
            {amount(milli[one], one)}
          </span>
        ))}
        {worst === undefined ? null : (
          <span class="alarm" title={`${worst}: the limit is passed`}>
            {'▲'} {worst}
          </span>
        )}
      </figcaption>
      <Chart
        label={sentence(rail.label, unit, values, shown, amount(milli[unit], unit))}
        {...{ times, values, unit, gaps, onSelect }}
        from={shown.from}
        to={shown.to}
        colour={`--${colour}`}
        limits={unit === 'A' ? limitsOf(rail) : []}
        withZero={unit !== 'V'}
        group="rails"
      />
      {monitor === undefined ? null : <RailKnobs {...{ monitor, rail }} />}
    </figure>
  );
}

function limitsOf({ max, maxAlarm, crit, critAlarm }: PowerRail): ChartLimit[] {
  const limits: ChartLimit[] = [];
  if (typeof max === 'number') limits.push({ name: 'max', value: max / 1000, isOn: maxAlarm === true });
  if (typeof crit === 'number') limits.push({ name: 'crit', value: crit / 1000, isOn: critAlarm === true });
  return limits;
}

/** `0.904 V`; the kernel's word where it could not be read. */
export function amount(milli: number | string | undefined, unit: string): string {
  if (typeof milli === 'string') return milli;
  return milli === undefined ? '–' : `${((Math.round(milli) + 0) / 1000).toFixed(3)} ${unit}`;
}

/** `ENXIO` of `mV ENXIO, mA ENXIO`. */
function errnoOf(words: string): string {
  const names = new Set(words.split(', ').map((word) => /E[A-Z0-9_]+$/.exec(word)?.[0] ?? word));
  return [...names].join(' ');
}

function sentence(label: string, unit: string, values: Float64Array, { from, to }: Span, now: string): string {
  const known = values.filter((value) => !Number.isNaN(value));
  const seconds = `${(to - from).toFixed(1)} s`;
  if (known.length === 0) return `${label} in ${unit} over ${seconds}: nothing could be read`;
  const least = known.reduce((a, b) => Math.min(a, b)).toFixed(3);
  const most = known.reduce((a, b) => Math.max(a, b)).toFixed(3);
  return `${label} in ${unit} over ${seconds}: now ${now}, from ${least} to ${most}`;
}
