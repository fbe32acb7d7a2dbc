// Explains lines of a kernel log: which line of which driver it is, what it says, why, and what to look at next.
import { ERRNO, type Errno, errnoName } from '../base/errno.js';
import type { Severity } from '../base/diagnostic.js';
import { APR_LINES } from './apr/kernel-lines.js';
import { CMDQ_LINES } from './cmdq/kernel-lines.js';
import { DISPLAY_LINES } from './display/kernel-lines.js';
import type { LineEntry, LineTable } from './line-table.js';

/** A number of the line and what it stands for. */
export interface NamedValue {
  /** As in the line: `38`. */
  readonly value: string;
  /** What kind: the name of the group in the table, `component`, `path`. */
  readonly kind: string;
  readonly name: string;
}

/** An error number of the line. */
export interface NamedError {
  /** Negative, as Linux returns it. */
  readonly number: number;
  readonly name: Errno;
  /** What it means to this driver; undefined when the table has no words for it. */
  readonly meaning: string | undefined;
}

/** One line in words. */
export interface Explanation {
  /** `display/last-component`. */
  readonly id: string;
  /** The message without what stands in front of it. */
  readonly message: string;
  /** Driver and device, or subsystem, as the line has them; undefined where it has none. */
  readonly device: string | undefined;
  readonly severity: Severity;
  readonly kernels: string;
  readonly says: string;
  readonly why: string;
  readonly check: readonly string[];
  readonly names: readonly NamedValue[];
  readonly errors: readonly NamedError[];
  readonly rules: readonly string[];
}

/** One known line of a log. */
export interface LogExplanation extends Explanation {
  /** Number of its first line in the text, from 1. */
  readonly line: number;
  /** How often the same message is in the text. */
  readonly count: number;
  /** Everything that said it, in order of appearance, at most 16. */
  readonly devices: readonly string[];
}

/** A whole log in words. */
export interface LogReport {
  readonly known: readonly LogExplanation[];
  /** Lines with text that nobody explains. */
  readonly unknown: number;
  /** Lines with text that were looked at. */
  readonly lines: number;
  /** The text was longer than is read; the rest was left out. */
  readonly truncated: boolean;
}

/** The tables that exist. */
const TABLES: readonly LineTable[] = [DISPLAY_LINES, CMDQ_LINES, APR_LINES];
/** The kernel's own lines end near 1,000 characters. What lies beyond the limit is no line of a log. */
const LINE_CHARS = 2048;
const TEXT_CHARS = 16 * 1024 * 1024;
const DEVICES = 16;

/** Explains one line with or without time, level, host and device in front; undefined when no table knows it. */
export function explainLine(line: string, tables: readonly LineTable[] = TABLES): Explanation | undefined {
  let rest = withoutStamps(line.slice(0, LINE_CHARS).replace(COLOURS, '').trim());
  let device: string | undefined;
  for (let depth = 0; depth < 5; depth++) {
    for (const table of tables) {
      const found = lookUp(table, rest, device);
      if (found !== undefined) return found;
    }
    const front = FRONT.exec(rest);
    if (front === null) return undefined;
    device ??= front[1] ?? front[2];
    rest = rest.slice(front[0].length).trimStart();
  }
  return undefined;
}

/** Explains each known line of a text once, in order of first appearance. */
export function explainLog(text: string, tables: readonly LineTable[] = TABLES): LogReport {
  const known = new Map<string, { explanation: Explanation; line: number; count: number; devices: Set<string> }>();
  let lines = 0;
  let unknown = 0;
  let number = 0;
  for (const line of text.slice(0, TEXT_CHARS).split(/\r\n|\n|\r/)) {
    number++;
    if (line.trim() === '') continue;
    lines++;
    const explanation = explainLine(line, tables);
    if (explanation === undefined) {
      unknown++;
      continue;
    }
    const key = `${explanation.id} ${explanation.message}`;
    const seen = known.get(key) ?? { explanation, line: number, count: 0, devices: new Set<string>() };
    seen.count++;
    if (explanation.device !== undefined && seen.devices.size < DEVICES) seen.devices.add(explanation.device);
    known.set(key, seen);
  }
  const list = [...known.values()].map(({ explanation, devices, ...rest }) => ({
    ...explanation,
    ...rest,
    devices: [...devices],
  }));
  return { known: list, unknown, lines, truncated: text.length > TEXT_CHARS };
}

/** Colours as dmesg and terminals write them. */
const COLOURS = /\u001b\[[\d;]{0,16}[A-Za-z]/g;
/** What logging programs write in front: quotes of mails, levels, times, hosts. None can match the empty text. */
const STAMPS: readonly RegExp[] = [
  /^>+\s*/,
  /^<\d{1,3}>/,
  /^\[\s*(?:[+<]\s*)?\d{1,10}\.\d{1,9}>?\]\s*/,
  /^\[\s*[TC]\d{1,8}\]\s*/,
  /^\[\w{3} \w{3}\s{1,2}\d{1,2} \d\d:\d\d:\d\d \d{4}\]\s*/,
  /^\[\w{3}\s{0,2}\d{1,2} \d\d:\d\d\]\s*/,
  /^(?:\(\d\))?\[\d{1,8}:[^\]\s]{1,32}\]\s*/,
  /^\d{1,3},\d{1,12},\d{1,16},[^;\s]{1,32};/,
  /^\[?(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?\s+/,
  /^(?:kern|user|daemon) {0,4}: ?(?:emerg|alert|crit|err|warn|notice|info|debug) {0,4}: ?/,
  /^(?:\w{3} )?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d| [A-Z]{3,5})?\s+/,
  /^\w{3}\s{1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,9})?\s+/,
  /^(?:[\w.-]{1,64} )?kernel: /,
];
/** One name in front of a message: `driver device: `, `[drm:function] `, `*ERROR* `, `OF: `. */
const FRONT = /^(?:([\w.,-]+ [\w.:@+-]+|[\w.-]+): |(\[drm[^\]\s]{0,80}(?: \[[\w-]{1,40}\]\])?\]?|\*\w+\*)\s)/;

/** A line of a log without what logging programs write in front of the kernel's own text. */
export function withoutStamps(line: string): string {
  let rest = line;
  for (let found = true; found; ) {
    found = false;
    for (const stamp of STAMPS) {
      const front = stamp.exec(rest);
      if (front === null) continue;
      rest = rest.slice(front[0].length);
      found = true;
    }
  }
  return rest;
}

function lookUp(table: LineTable, message: string, device: string | undefined): Explanation | undefined {
  for (const entry of table.entries) {
    if (entry.from !== undefined && device !== undefined && !entry.from.test(device)) continue;
    const match = entry.pattern.exec(message);
    if (match !== null) return explained(table, entry, message, device, match.groups ?? {});
  }
  return undefined;
}

function explained(
  table: LineTable,
  entry: LineEntry,
  message: string,
  device: string | undefined,
  groups: Readonly<Record<string, string | undefined>>,
): Explanation {
  const names: NamedValue[] = [];
  const errors: NamedError[] = [];
  const words = new Map<string, string>();
  for (const [group, value] of Object.entries(groups)) {
    if (value === undefined) continue;
    const error = group === 'ret' ? errorOf(value, table) : undefined;
    const name = error?.name ?? table.names[group]?.(value);
    words.set(group, name === undefined || name === value ? value : `${name} (${value})`);
    if (error !== undefined) errors.push(error);
    else if (name !== undefined) names.push({ value, kind: group, name });
  }
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (hole, group: string) => words.get(group) ?? hole);
  const { severity, kernels, rules } = entry;
  const [says, why] = [fill(entry.says), fill(entry.why)];
  const id = `${table.name}/${entry.id}`;
  return { id, message, device, severity, kernels, says, why, check: entry.check.map(fill), names, errors, rules };
}

/** `-22` and `-EINVAL` alike; 0 and numbers that Linux does not give to drivers have no name. */
function errorOf(text: string, { errors }: LineTable): NamedError | undefined {
  const word = text.replace(/^-/, '');
  const name = Object.hasOwn(ERRNO, word) ? (word as Errno) : text.length > 6 ? undefined : errnoName(Number(word));
  return name === undefined ? undefined : { number: -ERRNO[name], name, meaning: errors[name] };
}
