// The text of `bringup apr decode`: for each packet what it is, what it carries, what becomes of it.
import type { DecodedPacket } from '../../review/apr/decode.js';
import type { FoundPacket } from '../../review/apr/found.js';
import { fieldLines, packetLine, payloadWords, verdictWords } from '../../review/apr/packet-text.js';
import type { Verdict } from '../../review/apr/verdict.js';
import { formatDuration } from '../../stock/duration.js';
import { oneLine } from '../io.js';
import { counted, wrapText } from '../text-table.js';

/** A packet and all that is known of it. */
export interface Shown {
  /** Place in the input, from 0. */
  readonly index: number;
  readonly found: FoundPacket;
  readonly packet: DecodedPacket;
  /** Undefined for what Linux sends. */
  readonly verdict: Verdict | undefined;
  /** Place of the command that it answers, and how much later it came. */
  readonly answers: number | undefined;
  readonly since: number | undefined;
}

/** All packets as they are shown. */
export interface ShownExchange {
  readonly all: readonly Shown[];
  /** Places of commands that nobody answered. */
  readonly unanswered: readonly number[];
}

const INDENT = '      ';
const COLUMNS = 100;

/** How much is said of each packet. */
export type Detail = 'brief' | 'usual' | 'fields';

/** The lines of a packet. */
export function shownText(shown: Shown, detail: Detail): string {
  const { found, packet, verdict } = shown;
  const isFine = verdict === undefined || (verdict.kind === 'delivered' && verdict.warning === undefined);
  const below = detail === 'fields' ? fieldLines(packet) : detail === 'usual' ? payloadLines(packet) : [];
  const comment = found.comment === undefined ? [] : [`note: ${found.comment}`];
  const end = detail === 'brief' && isFine ? [] : verdictLines(shown);
  const lines = [headOf(shown), ...[...below, ...comment, ...end].map((line) => INDENT + line)];
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}

function headOf({ index, found, packet, answers, since }: Shown): string {
  const { from, to, name, about } = packetLine(packet);
  const time = found.timeNs === undefined ? '' : `${(found.timeNs / 1e9).toFixed(6).padStart(11)}  `;
  const later = since === undefined ? '' : ` after ${formatDuration(since)}`;
  const reply = answers === undefined ? '' : `answers ${answers + 1}${later}`;
  const words = [about, reply].filter((text) => text !== '').join(', ');
  const who = `${from} -> ${to}`.padEnd(14);
  return `${String(index + 1).padStart(4)}  ${time}${who}  ${name}${words === '' ? '' : `  ${words}`}`;
}

function payloadLines(packet: DecodedPacket): string[] {
  const words = payloadWords(packet);
  return words === '' ? [] : wrapText(words, COLUMNS);
}

function verdictLines({ verdict }: Shown): string[] {
  if (verdict === undefined) return [];
  const log = verdict.kind === 'refused' ? verdict.log : undefined;
  return [`=> ${verdictWords(verdict)}`, ...(log === undefined ? [] : [`   in the kernel's log: ${log}`])];
}

/** How many were sent, delivered, refused. */
export function countsOf(all: readonly Shown[]): {
  readonly sent: number;
  readonly delivered: number;
  readonly refused: number;
} {
  const of = (kinds: readonly (Verdict['kind'] | undefined)[]): number =>
    all.filter(({ verdict }) => kinds.includes(verdict?.kind)).length;
  return { sent: of([undefined]), delivered: of(['delivered']), refused: of(['refused', 'crash']) };
}

/** `24 packets: 12 sent, 12 delivered, 0 refused`, and what was not answered. */
export function summaryText({ all, unanswered }: ShownExchange): string {
  const parts = Object.entries(countsOf(all)).map(([name, count]) => `${count} ${name}`);
  const first = unanswered.slice(0, MOST_OPEN).map((index) => `${index + 1} (${nameOf(all[index])})`);
  const more = unanswered.length > MOST_OPEN ? ` and ${unanswered.length - MOST_OPEN} more` : '';
  const open = unanswered.length === 0 ? '' : `; not answered: ${first.join(', ')}${more}`;
  return `${counted(all.length, 'packet')}: ${parts.join(', ')}${open}`;
}

/** Commands without an answer that are named. */
const MOST_OPEN = 5;

function nameOf(shown: Shown | undefined): string {
  return shown === undefined ? '' : packetLine(shown.packet).name;
}
