// Power rails as comma-separated values (RFC 4180, lines that end with a newline): a heading, then a row per sample.
import { alarmsOf, errorsOf, nameOf, type PowerRail, type PowerSample } from '../stock/power-sample.js';

/** The heading for samples of this kind: `time` or `seconds`, three columns per rail, alarms, errors. */
export function csvHeading(sample: PowerSample): string {
  const { rails } = sample;
  const columns = rails.flatMap((rail) => ['mV', 'mA', 'mW'].map((unit) => `${nameOf(rail, rails)} ${unit}`));
  const total = sample.total === undefined ? [] : ['total mW'];
  return csvRow([sample.time === undefined ? 'seconds' : 'time', ...columns, ...total, 'alarms', 'errors']);
}

/** One sample. What could not be read is empty, with the reason in the last column: numbers stay numbers. */
export function csvLine(sample: PowerSample): string {
  const { rails, total, time, seconds } = sample;
  const told = (of: (rail: PowerRail) => readonly string[]): string =>
    rails.flatMap((rail) => of(rail).map((word) => `${nameOf(rail, rails)} ${word}`)).join('; ');
  const values = rails.flatMap(({ millivolts, milliamperes, milliwatts }) => [millivolts, milliamperes, milliwatts]);
  const cells = [...values, ...(total === undefined ? [] : [total.milliwatts])].map(number);
  return csvRow([time ?? number(seconds), ...cells, told(alarmsOf), told(errorsOf)]);
}

function number(value: number | string | undefined): string {
  return typeof value === 'number' ? String(value) : '';
}

function csvRow(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
