// What a boot found, for people: aligned text; colour only marks what the words already say.
import { styleText } from 'node:util';
import type { NodeReport, NodeState } from '../bench/report.js';
import { type BootReport, type RailReport, STATES } from './boot-report.js';
import { formatDuration } from './duration.js';
import { type Io, oneLine } from './io.js';
import { alignRows, counted } from './text-table.js';

/** How a state's headline is painted on a terminal. */
const PAINT: Partial<Record<NodeState, Parameters<typeof styleText>[0]>> = {
  bound: 'green',
  waits: 'yellow',
  failed: 'red',
};

/** What is known before time passes: the board, and its devices by state. */
export function bootText(report: BootReport, io: Io): string {
  const painted = io.stdout.isTTY && (io.env['NO_COLOR'] ?? '') === '';
  const head = safeRows(
    [
      ['model', report.model || '(none)'],
      ['compatible', report.compatible.join(', ') || '(none)'],
      ['nodes', String(report.nodes)],
      ['seed', report.seed],
    ],
    '',
  );
  const groups = STATES.flatMap((state) => {
    const members = report.devices.filter((one) => one.state === state);
    if (members.length === 0) return [];
    const title = `${state}: ${members.length}`;
    const paint = PAINT[state];
    const rows = safeRows(members.map((one) => [one.path, one.device ?? '-', what(one), why(one)]));
    return ['', painted && paint !== undefined ? styleText(paint, title, { validateStream: false }) : title, ...rows];
  });
  return lines([...head, ...groups]);
}

/** What letting time pass gave. */
export function railsText(rails: readonly RailReport[]): string {
  if (rails.length === 0) return '';
  const rows = rails.map(({ device, label, millivolts, milliamperes }) => [
    device,
    label,
    String(millivolts),
    String(milliamperes),
  ]);
  const table = [['device', 'label', 'mV', 'mA'], ...rows];
  const wide = [2, 3].map((at) => Math.max(...table.map((row) => (row[at] as string).length)));
  const right = table.map(([device = '', label = '', mv = '', ma = '']) => [
    device,
    label,
    mv.padStart(wide[0] as number),
    ma.padStart(wide[1] as number),
  ]);
  return lines(['', `rails: ${rails.length}`, ...safeRows(right)]);
}

/** The last line: `3 devices: 2 bound, 0 failed, …; ran 5 s of virtual time in 0.04 s`. */
export function closingText(report: BootReport, realNs: number): string {
  const totals = STATES.map((state) => `${report.totals[state]} ${WORDS[state]}`).join(', ');
  const count = STATES.reduce((sum, state) => sum + report.totals[state], 0);
  const real = `${(realNs / 1e9).toFixed(2)} s`;
  const time =
    report.run === undefined ? `in ${real}` : `ran ${formatDuration(report.run.virtualNs)} of virtual time in ${real}`;
  const leaks = (report.run?.leaks ?? []).map((leak) => `left behind: ${leak}`);
  return lines(['', ...leaks, `${counted(count, 'device node')}: ${totals}; ${time}`]);
}

/** The states behind a number. */
const WORDS: Readonly<Record<NodeState, string>> = {
  bound: 'bound',
  waits: 'waiting',
  failed: 'failed',
  'no driver': 'without driver',
  disabled: 'disabled',
  bus: 'bus',
  'no device': 'without device',
};

/** The driver that has it, or what it is compatible with. */
function what(one: NodeReport): string {
  return one.driver ?? one.compatible;
}

function why(one: NodeReport): string {
  const reason = one.reason ?? '';
  switch (one.state) {
    case 'bound':
      return reason !== '' ? reason : one.chip === undefined ? '' : `on the model of ${one.chip}`;
    case 'waits':
      return waiting(one.waitsFor, reason);
    case 'failed':
      return `failed: ${reason.replace(`${one.path}: `, '')}`;
    case 'no driver':
      return one.chip === undefined ? '' : `the model of ${one.chip} is plugged in`;
    case 'disabled':
    case 'bus':
    case 'no device':
      return reason;
  }
}

function waiting(waitsFor: string | undefined, reason: string): string {
  if (waitsFor === undefined) return `waits: ${reason}`;
  const more = reason.startsWith(`${waitsFor} `) ? `, which ${reason.slice(waitsFor.length + 1)}` : '';
  return `waits for ${waitsFor}${more}`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

/** Names and strings come from a tree that anybody may have made: nothing in them reaches the terminal raw. */
function safeRows(rows: readonly (readonly string[])[], indent?: string): string[] {
  return alignRows(
    rows.map((row) => row.map(oneLine)),
    indent,
  );
}
