// What a boot found, for people: aligned text; colour only marks what the words already say.
import { styleText } from 'node:util';
import type { Display, DisplayOutput } from '../abi/displays.js';
import type { Interface } from '../abi/interfaces.js';
import type { NodeReport, NodeState } from '../bench/report.js';
import type { RailReport } from '../abi/rails.js';
import { rootReason, totalsText } from '../stock/board-words.js';
import type { BootReport } from '../stock/boot-report.js';
import { formatDuration } from '../stock/duration.js';
import { hasColours, type Io, oneLine } from './io.js';
import { alignRows } from './text-table.js';

/** How a state's headline is painted on a terminal. */
const PAINT: Partial<Record<NodeState, Parameters<typeof styleText>[0]>> = {
  bound: 'green',
  waits: 'yellow',
  failed: 'red',
};

/** The order of the list: what most people look for stands last, next to the rails and the prompt. */
const LISTED: readonly NodeState[] = ['no device', 'bus', 'disabled', 'no driver', 'waits', 'bound', 'failed'];

/** What is known before time passes: the board, and its devices by state. */
export function bootText(report: BootReport, io: Io): string {
  const painted = hasColours(io);
  const head = safeRows(
    [
      ['model', report.model || '(none)'],
      ['compatible', report.compatible.join(', ') || '(none)'],
      ['nodes', String(report.nodes)],
      ['seed', report.seed],
    ],
    '',
  );
  const groups = LISTED.flatMap((state) => {
    const members = report.devices.filter((one) => one.state === state);
    if (members.length === 0) return [];
    const title = `${state}: ${members.length}`;
    const paint = PAINT[state];
    const heading = painted && paint !== undefined ? styleText(paint, title, { validateStream: false }) : title;
    return ['', heading, ...(BY_REASON.has(state) ? byReason(members) : safeRows(members.map(row)))];
  });
  return lines([...head, ...groups]);
}

/** In these states many nodes have one reason: it is said once, above them. */
const BY_REASON: ReadonlySet<NodeState> = new Set(['no device', 'disabled', 'waits']);

function byReason(members: readonly NodeReport[]): string[] {
  const groups = new Map<string, NodeReport[]>();
  for (const one of members) {
    const reason = rootReason(one);
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [one]);
    else group.push(one);
  }
  return [...groups].flatMap(([reason, group]) => {
    const plain = reason === '';
    const rows = safeRows(group.map(row), plain ? '  ' : '    ');
    return plain ? rows : [`  ${oneLine(reason)}: ${group.length}`, ...rows];
  });
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
  const table = rightAligned([['device', 'label', 'mV', 'mA'], ...rows], 2, 3);
  return lines(['', `rails: ${rails.length}`, ...safeRows(table)]);
}

/** The network interfaces and their counters, in packets; of those that are down only where none is up. */
export function interfacesText(interfaces: readonly Interface[] = []): string {
  if (interfaces.length === 0) return '';
  const used = interfaces.filter(({ state }) => state !== 'down');
  const down = interfaces.length - used.length;
  const title = [...(used.length > 0 ? [`${used.length} up`] : []), ...(down > 0 ? [`${down} down`] : [])].join(', ');
  const head = [
    'name',
    'address',
    'state',
    'mtu',
    'received',
    'errors',
    'dropped',
    'missed',
    'sent',
    'errors',
    'dropped',
    'of',
  ];
  const rows = (used.length > 0 ? used : interfaces).map(({ name, address, state, mtu, path, stats }) => {
    const { rxPackets, rxErrors, rxDropped, rxMissedErrors: missed = 0, txPackets, txErrors, txDropped } = stats;
    const numbers = [mtu, rxPackets, rxErrors, rxDropped, missed, txPackets, txErrors, txDropped].map(String);
    return [name, address, state, ...numbers, path];
  });
  return lines(['', `interfaces: ${title}`, ...safeRows(rightAligned([head, ...rows], 3, 10))]);
}

/** A table whose columns of numbers, `from` to `to`, stand at their right. */
function rightAligned(table: readonly (readonly string[])[], from: number, to: number): string[][] {
  const widths = (table[0] ?? []).map((_, at) => Math.max(...table.map((row) => (row[at] ?? '').length)));
  return table.map((row) =>
    row.map((cell, at) => (at >= from && at <= to ? cell.padStart(widths[at] as number) : cell)),
  );
}

/** The display pipelines: what each can be seen on, and the blocks that it goes through; or why there is none. */
export function displaysText({ displays, absentDisplays = [] }: BootReport): string {
  if (displays === undefined) return '';
  if (displays.length === 0) {
    return lines(['', 'displays: 0', ...safeRows(absentDisplays.map(({ path, reason }) => [path, reason]))]);
  }
  const head = ['card', 'crtc', 'path', 'encoder', 'connector', 'status', 'mode', 'components'];
  return lines(['', `displays: ${displays.length}`, ...safeRows([head, ...displays.flatMap(displayRows)])]);
}

function displayRows({ card, crtc, name, components, outputs }: Display): string[][] {
  const nowhere: Partial<DisplayOutput> = {};
  return (outputs.length > 0 ? outputs : [nowhere]).map(({ encoder, connector, status, mode }) => [
    card,
    String(crtc),
    name,
    ...[encoder, connector, status, mode].map((cell) => cell ?? '-'),
    components.join(' → '),
  ]);
}

/** The last lines: `3 device nodes: 2 bound, 1 waiting, 0 failed`, and `ran 5 s of virtual time in 0.04 s`. */
export function closingText(report: BootReport, realNs: number): string {
  const real = `${(realNs / 1e9).toFixed(2)} s`;
  const time =
    report.run === undefined
      ? `read and probed in ${real}`
      : `ran ${formatDuration(report.run.virtualNs)} of virtual time in ${real}`;
  const leaks = (report.run?.leaks ?? []).map((leak) => `left behind: ${leak}`);
  return lines(['', ...leaks, totalsText(report.totals), time]);
}

/** A line of the list. A device name that follows from the path is left out where there is no driver to go with it. */
function row(one: NodeReport): string[] {
  const { path, device = '', driver, compatible, state } = one;
  if (state === 'bound' || state === 'failed') return [path, device, driver ?? compatible, why(one)];
  return [path, driver ?? compatible, followsFrom(path, device) ? '' : device, why(one)];
}

/** `/soc/serial@70006000` makes `70006000.serial`, `/psci` makes `psci`. */
function followsFrom(path: string, device: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const at = name.indexOf('@');
  return device === name || device === `${name.slice(at + 1)}.${name.slice(0, at)}`;
}

/** What is to be said about one node. What it shares with others stands above them. */
function why({ state, reason = '', chip, path }: NodeReport): string {
  if (state === 'failed') return `failed: ${reason.replace(`${path}: `, '')}`;
  if (state === 'bound') return reason !== '' || chip === undefined ? reason : `on the model of ${chip}`;
  if (state !== 'no driver') return '';
  return chip === undefined ? reason.replace(`${path}: `, '') : `the model of ${chip} is plugged in`;
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
