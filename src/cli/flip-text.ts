// What `bringup flip` found, for people.
import { formatDuration } from '../stock/duration.js';
import type { FlipPart } from '../stock/flip-picture.js';
import type { FlipResult } from './flip-run.js';
import type { FlipStep, TornFrame } from './flip-watch.js';
import { alignRows, counted } from './text-table.js';

/** Torn frames that are listed for each run. */
const MOST_TORN = 8;

/** The whole text. */
export function flipText(results: readonly FlipResult[]): string {
  const [first] = results;
  if (first === undefined) return '';
  const rows = results.map(({ path, writer, shown, whole, pictures, frames, torn }) => [
    path,
    WRITERS[writer],
    `${shown} of ${pictures}`,
    `${whole}`,
    `${frames}`,
    `${torn.length}`,
  ]);
  return lines([
    headline(first),
    '',
    ...alignRows([['path', 'registers written by', 'pictures shown', 'seen whole', 'frames', 'torn'], ...rows]),
    ...results.flatMap(details),
  ]);
}

const WRITERS = { gce: 'the GCE', cpu: 'the processor' } as const;

function headline({ card, crtc, connector, width, height, frameNs, blankNs }: FlipResult): string {
  const rate = `${(1e9 / frameNs).toFixed(2)} Hz`;
  return `${card} crtc ${crtc} ${connector}: ${width}x${height} at ${rate}, blanking ${formatDuration(blankNs)}`;
}

function details(result: FlipResult): string[] {
  const { path, torn, steps, errors, log, threads, findings, leaks, whyCpu } = result;
  const more = torn.length - MOST_TORN;
  return [
    ...(torn.length === 0 ? [] : ['', `torn frames of path ${path}:`, ...tears(torn)]),
    ...(more > 0 ? [`  and ${counted(more, 'more', 'more')}`] : []),
    ...(steps.length === 0 ? [] : ['', `one update of path ${path}, from the end of a frame:`, ...stepLines(steps)]),
    ...(whyCpu === undefined ? [] : ['', `path ${path} goes without the GCE: ${whyCpu}`]),
    ...listed(`errors of path ${path}:`, errors),
    ...(errors.length === 0 ? [] : listed('threads of the GCE then:', threads)),
    ...(errors.length === 0 ? [] : listed('kernel log:', log)),
    ...listed(`memory of path ${path}:`, findings),
    ...listed(`left behind by path ${path}:`, leaks),
  ];
}

function tears(torn: readonly TornFrame[]): string[] {
  return alignRows(
    torn.slice(0, MOST_TORN).map(({ frame, parts }) => [`frame ${frame}`, parts.map(partText).join(', ')]),
  );
}

function partText({ picture, firstRow, rows }: FlipPart): string {
  const what = picture === undefined ? 'no picture' : `picture ${picture}`;
  return `${what} in rows ${firstRow} to ${firstRow + rows - 1}`;
}

const AIM = { signal: 'signals', irq: 'handles the interrupt of', write: 'writes' } as const;

function stepLines(steps: readonly FlipStep[]): string[] {
  return alignRows(
    steps.map(({ at, kind, who, what, value }) => [
      `${at < 0 ? '-' : '+'}${(Math.abs(at) / 1e6).toFixed(6)} ms`,
      nodeName(who),
      AIM[kind],
      value === undefined ? what : `${nodeName(what)} = 0x${(value >>> 0).toString(16)}`,
    ]),
  );
}

/** The last part of a device path. */
function nodeName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function listed(title: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : ['', title, ...texts.map((text) => `  ${text}`)];
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
