// What `bringup apr play` did, for people.
import type { PlayResult, StreamResult } from './apr-play-run.js';
import { formatDuration } from '../stock/duration.js';
import { alignRows, counted } from './text-table.js';

/** What else there is to say. */
export interface PlayBeside {
  readonly findings: readonly string[];
  readonly leaks: readonly string[];
  /** Where the sound was written. */
  readonly output: string | undefined;
}

/** The whole text. */
export function playText(results: readonly PlayResult[], { findings, leaks, output }: PlayBeside): string {
  const last = results.length - 1;
  const lines = [
    ...results.flatMap((result, nth) => [
      ...(results.length === 1 ? [] : [nth === 0 ? 'first:' : 'again:']),
      ...resultLines(result, nth === last ? output : undefined),
    ]),
    ...findings.map((text) => `memory: ${text}`),
    ...leaks.map((text) => `left behind: ${text}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function resultLines(result: PlayResult, output: string | undefined): string[] {
  const { port, rate, channels, bits, streams, virtualNs } = result;
  const format = `${rate} Hz, ${counted(channels, 'channel')}, ${bits} bits`;
  return alignRows([
    ['port', port === '' ? 'none was opened' : `${port}: ${format}`],
    ...streams.map((stream) => [stream.file, streamText(stream)]),
    ['heard', heardText(result, output)],
    ['took', `${formatDuration(virtualNs)} of virtual time`],
  ]);
}

function streamText({ session, frames, played, underruns, error }: StreamResult): string {
  const on = session === undefined ? '' : `session ${session}, `;
  const part = played === frames ? counted(frames, 'frame') : `${Math.floor(played)} of ${counted(frames, 'frame')}`;
  const late = underruns === 0 ? '' : `, ${counted(underruns, 'underrun')}`;
  return `${on}${part} played${late}${error === undefined ? '' : `; ${error}`}`;
}

function heardText({ heard, starved, identical, streams }: PlayResult, output: string | undefined): string {
  const [first] = streams;
  const same =
    identical === undefined ? '' : identical ? `, identical to ${first?.file}` : `, not those of ${first?.file}`;
  const silent = starved === 0 ? '' : `, ${starved} of them silence that nobody wrote`;
  return `${counted(heard, 'frame')}${silent}${same}${output === undefined ? '' : `; written to ${output}`}`;
}
