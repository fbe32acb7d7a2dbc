// Power rails for people: a table, with bars where there is room, and one line for where nothing can be redrawn.
import { oneLine } from './io.js';
import { type Cell, type Column, type Paint, tableLines, tableWidth } from './painted-table.js';
import {
  alarmsOf,
  type Extremes,
  guardErrors,
  isDisabled,
  nameOf,
  type PowerRail,
  type PowerSample,
  type PowerTotal,
} from '../stock/power-sample.js';

/** How a table is laid out. */
export interface TableOptions {
  /** Characters of a line; nothing is left out where there is no limit. */
  readonly columns?: number;
  readonly painted?: boolean;
  /** For a table that is watched: adds the smallest and largest power, and bars on the scale of the largest. */
  readonly extremes?: Extremes;
}

/** A column of the table: what stands there for a rail, and for what they take together. */
interface RailColumn extends Column {
  readonly of: (rail: PowerRail) => Cell;
  readonly ofTotal?: (total: PowerTotal) => Cell;
}

/** `-12.345`: so that a table that is watched does not jump. */
const NUMBER_COLUMNS = 7;
const LABEL_COLUMNS = 24;
const SHORT_LABEL_COLUMNS = 10;
const BAR_LEAST = 8;
const BAR_MOST = 40;

/** The lines of the table: a heading, the rails, and what they take together. In little room the least goes first. */
export function powerTable(sample: PowerSample, options: TableOptions = {}): string[] {
  const { columns: limit = Number.POSITIVE_INFINITY, painted = false, extremes } = options;
  const values = [...VALUES, ...alarmColumns(sample)];
  const device = deviceColumns(sample);
  const ways: RailColumn[][] = [
    [...device, labelColumn(LABEL_COLUMNS), ...VALUES, ...rangeColumns(extremes), ...alarmColumns(sample)],
    [...device, labelColumn(LABEL_COLUMNS), ...values],
    [labelColumn(LABEL_COLUMNS), ...values],
  ];
  const fits = (way: RailColumn[]): boolean => tableWidth(way, rowsOf(way, sample)) <= limit;
  const columns = ways.find(fits) ?? [labelColumn(SHORT_LABEL_COLUMNS), ...values];
  const room = Math.min(limit - tableWidth([...columns, BAR], rowsOf(columns, sample)), BAR_MOST);
  const bars = extremes !== undefined && room >= BAR_LEAST ? [barColumn(extremes.largest, room)] : [];
  const all = [...columns, ...bars];
  return tableLines(all, rowsOf(all, sample), limit, painted);
}

/** `VDD_IN 12.000 V 1.000 A 12.000 W  VDD_CPU n/a  total 12.000 W`, behind the time. */
export function powerLine(sample: PowerSample): string {
  const { time, seconds, rails, total } = sample;
  const when = time ?? `${(seconds ?? 0).toFixed(3)} s`;
  const texts = rails.map((rail) => [oneLine(nameOf(rail, rails)), ...wordsOf(rail)].join(' '));
  const word = total?.kind === 'input' ? 'total' : 'sum';
  const whole = total === undefined ? [] : [`${word} ${withUnit(total.milliwatts, 'W')}`];
  return [when, ...texts, ...whole].join('  ');
}

function wordsOf(rail: PowerRail): string[] {
  if (isDisabled(rail)) return ['n/a'];
  const power = rail.milliwatts === undefined ? [] : [withUnit(rail.milliwatts, 'W')];
  return [withUnit(rail.millivolts, 'V'), withUnit(rail.milliamperes, 'A'), ...power, ...alarmWords(rail)];
}

function withUnit(milli: number | string, unit: string): string {
  return typeof milli === 'string' ? milli : `${thousandth(milli)} ${unit}`;
}

/** Thousandths as a decimal number of the unit itself: 12000 mV are `12.000`. */
function thousandth(milli: number): string {
  return ((Math.round(milli) + 0) / 1000).toFixed(3);
}

/** Alarms in capitals, and errors of reading them or the limits. */
function alarmWords(rail: PowerRail): string[] {
  return [...alarmsOf(rail).map((alarm) => alarm.toUpperCase()), ...guardErrors(rail)];
}

function alarmPaint(rail: PowerRail): Paint | undefined {
  if (alarmsOf(rail)[0] === 'max') return 'yellow';
  return alarmWords(rail).length > 0 ? 'red' : undefined;
}

function rowsOf(columns: readonly RailColumn[], { rails, total }: PowerSample): Cell[][] {
  const rows = rails.map((rail) => columns.map((column) => column.of(rail)));
  if (total !== undefined) rows.push(columns.map((column) => column.ofTotal?.(total) ?? { text: '' }));
  return rows;
}

function deviceColumns({ rails }: PowerSample): RailColumn[] {
  const isOne = new Set(rails.map(({ path }) => path)).size < 2;
  return isOne ? [] : [{ heading: 'device', of: ({ device }) => ({ text: device, paint: 'dim' }) }];
}

function labelColumn(most: number): RailColumn {
  const shortened = (text: string): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  return {
    heading: 'rail',
    of: ({ label }) => ({ text: shortened(oneLine(label)) }),
    ofTotal: ({ kind, rails }) => {
      const name = kind === 'input' ? `total = ${rails.join(' + ')}` : 'sum';
      return { text: shortened(oneLine(name)), paint: 'bold' };
    },
  };
}

function valueCell(milli: number | string | undefined): Cell {
  if (milli === undefined) return { text: '-', paint: 'dim' };
  return typeof milli === 'string' ? { text: milli, paint: 'red' } : { text: thousandth(milli) };
}

const NOTHING: Cell = { text: 'n/a', paint: 'dim' };
const NUMBER = { right: true, least: NUMBER_COLUMNS };

const VALUES: readonly RailColumn[] = [
  { heading: 'V', ...NUMBER, of: (rail) => (isDisabled(rail) ? NOTHING : valueCell(rail.millivolts)) },
  { heading: 'A', ...NUMBER, of: (rail) => (isDisabled(rail) ? NOTHING : valueCell(rail.milliamperes)) },
  {
    heading: 'W',
    ...NUMBER,
    of: (rail) => (isDisabled(rail) ? NOTHING : valueCell(rail.milliwatts)),
    ofTotal: ({ milliwatts }) => ({ paint: 'bold', ...valueCell(milliwatts) }),
  },
];

function rangeColumns(extremes: Extremes | undefined): RailColumn[] {
  if (extremes === undefined) return [];
  const cell = (milliwatts: number | undefined): Cell => ({
    text: milliwatts === undefined ? '' : thousandth(milliwatts),
  });
  return [
    { heading: 'min W', ...NUMBER, of: (rail) => cell(extremes.of(rail)?.min) },
    { heading: 'max W', ...NUMBER, of: (rail) => cell(extremes.of(rail)?.max) },
  ];
}

/** There for devices that have alarms, whether one is on or not, so that the table does not jump. */
function alarmColumns({ rails }: PowerSample): RailColumn[] {
  const isGuarded = rails.some(({ maxAlarm, critAlarm }) => maxAlarm !== undefined || critAlarm !== undefined);
  if (!isGuarded && rails.every((rail) => alarmWords(rail).length === 0)) return [];
  return [{ heading: 'alarms', of: (rail) => ({ text: alarmWords(rail).join(' '), paint: alarmPaint(rail) }) }];
}

const BAR: Column = { heading: '' };

function barColumn(largest: number, columns: number): RailColumn {
  return {
    ...BAR,
    of: (rail) => ({ text: bar(rail.milliwatts ?? 0, largest, columns), paint: alarmPaint(rail) ?? 'green' }),
  };
}

/** Eighths of a block, none to seven. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Power that flows backwards is drawn lighter. */
function bar(milliwatts: number, largest: number, columns: number): string {
  const eighths = largest === 0 ? 0 : Math.round((Math.abs(milliwatts) / largest) * columns * 8);
  if (milliwatts < 0) return '░'.repeat(Math.ceil(eighths / 8));
  return '█'.repeat(eighths >> 3) + (EIGHTHS[eighths & 7] as string);
}
