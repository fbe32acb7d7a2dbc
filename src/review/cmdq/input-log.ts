// Kernel logs with a dumped task: hex dumps behind a prefix, instructions as numbers, and instructions in words.
import { INST_SIZE } from '../../drivers/mtk-cmdq/instruction.js';
import { withoutStamps } from '../explain.js';
import { type Collected, inputDiagnostic } from './input-result.js';
import { rowBehindTags, TAGS } from '../hex-log.js';
import { readState, type ThreadState } from './thread-state.js';
import { wordOfWords } from './input-words.js';

/** What a log has. */
export interface LogResult {
  readonly state: ThreadState;
  /** Something was told of a thread. */
  readonly told: boolean;
  /** Instructions with their offset. */
  readonly count: number;
  /** Lines of digits that are no such instructions. */
  readonly others: number;
  /** The offset or address that the first instruction has in the log. */
  readonly base: number | undefined;
  /** Rows of digits with the prefixes taken off, in place of their lines; empty texts for all others. */
  readonly rows: readonly string[];
}

const LINE_CHARS = 1024;
const COLOURS = /\u001b\[[\d;]{0,16}[A-Za-z]/g;
/** `0010 20000035_80008001`, `0x0010 0x2000003580008001`, with a mark in front where the thread stands. */
const NUMBERED =
  /^[>*\s-]{0,8}(?:0x)?([\da-f]{3,16}):?\s+(?:0x)?([\da-f]{8})_?(?:0x)?([\da-f]{8})\b(?!\s+(?:0x)?[\da-f]{8})/i;
/** These lines repeat an instruction of the buffer. */
const ABOUT_ONE = /(?:curr|last) inst|inst:/i;
/** Rows of a dump that are as the one before. */
const SQUEEZED = /^\*$/;
const MARKED = /^\s*(?:->|=>|>|\*)/;

/** Reads a log: the instructions of one buffer go to `out`, that which the thread works on or else the first. */
export function readLog(lines: readonly string[], out: Collected): LogResult {
  const state: ThreadState = {};
  const rows: string[] = [];
  const buffers: Buffer[] = [];
  let told = false;
  let others = 0;
  for (const [index, whole] of lines.entries()) {
    const line = withoutStamps(whole.slice(0, LINE_CHARS).replace(COLOURS, '').trim());
    const tells = readState(line, state);
    told ||= tells;
    const row = SQUEEZED.test(line) ? line : rowBehindTags(line, index + 1);
    rows.push(row ?? '');
    const found = ABOUT_ONE.test(line) ? undefined : instructionIn(line);
    if (found !== undefined) addTo(buffers, found, index + 1);
    else if (row !== undefined) others++;
    else if (line !== '' && !tells) out.skipped++;
  }
  const buffer = currentOf(buffers, state);
  if (buffer === undefined) return { state, told, count: 0, others, base: undefined, rows };
  emit(buffer, out);
  for (const other of buffers) if (other !== buffer) out.say('other', other.line, { offset: hex(other.base ?? 0) });
  const {
    base,
    found: { length: count },
  } = buffer;
  return { state, told, count, others, base, rows };
}

/** Instructions of a log that stand one behind the other in memory. */
interface Buffer {
  readonly line: number;
  readonly base: number | undefined;
  readonly found: (Found & { readonly line: number })[];
  /** Offset behind the last one. */
  next: number | undefined;
}

/** A few lost lines leave the rest in its buffer. */
const MAX_LOST = 64 * INST_SIZE;

function addTo(buffers: Buffer[], found: Found, line: number): void {
  const { offset } = found;
  const last = buffers.at(-1);
  const lost = last?.next === undefined || offset === undefined ? 0 : offset - last.next;
  if (last === undefined || lost < 0 || lost > MAX_LOST || lost % INST_SIZE !== 0) {
    buffers.push({ line, base: offset, found: [{ ...found, line }], next: next(offset) });
    return;
  }
  last.found.push({ ...found, line });
  last.next = next(offset);
}

const next = (offset: number | undefined): number | undefined =>
  offset === undefined ? undefined : offset + INST_SIZE;
const hex = (value: number): string => `0x${value.toString(16)}`;

/** Dumps have the lower 32 bits of an address. */
function currentOf(buffers: readonly Buffer[], state: ThreadState): Buffer | undefined {
  const marked = buffers.find(({ found }) => found.some(({ marked }) => marked));
  const at = state.currAddr === undefined ? undefined : state.currAddr % 2 ** 32;
  const current = buffers.find(({ base, next }) => at !== undefined && (base ?? 0) <= at && at < (next ?? 0));
  const chosen = marked ?? current ?? buffers[0];
  const offset = chosen?.found.find(({ marked }) => marked)?.offset;
  if (offset !== undefined) state.currAddr ??= offset;
  return chosen;
}

function emit({ found }: Buffer, out: Collected): void {
  let expected = found[0]?.offset;
  for (const { offset, high, low, line } of found) {
    if (expected !== undefined && offset !== undefined && offset > expected) {
      out.say('hole', line, { count: offset - expected, offset: hex(offset) });
      for (let at = expected; at < offset; at += INST_SIZE) out.word(0, 0, line);
    }
    out.word(high, low, line);
    expected = next(offset);
  }
  if (found.some(({ isWords }) => isWords)) out.diagnostics.push(inputDiagnostic('guessed', out.file, 0));
}

interface Found {
  readonly offset: number | undefined;
  readonly high: number;
  readonly low: number;
  readonly isWords: boolean;
  /** A mark stands in front. */
  readonly marked: boolean;
}

/** The instruction of a line; the names in front of it are taken off one by one. */
function instructionIn(line: string): Found | undefined {
  let rest = line;
  for (let depth = 0; depth < 4; depth++) {
    const match = NUMBERED.exec(rest);
    if (match !== null) {
      const [, offset = '', high = '', low = ''] = match;
      const halves = { high: Number.parseInt(high, 16), low: Number.parseInt(low, 16) };
      return { offset: Number.parseInt(offset, 16), ...halves, isWords: false, marked: MARKED.test(rest) };
    }
    const words = wordOfWords(rest);
    if (words !== undefined) return { ...words, isWords: true, marked: MARKED.test(rest) };
    const tag = TAGS.exec(rest);
    if (tag === null) return undefined;
    rest = rest.slice(tag[0].length);
  }
  return undefined;
}
