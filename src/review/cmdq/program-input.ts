// Whatever somebody has of a GCE program: a binary, a hex dump, a C array, assembly, a kernel log; which is found out.
import { type Diagnostic, hasErrors, type Position } from '../../base/diagnostic.js';
import { decodeUtf8 } from '../../base/text.js';
import { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { INST_SIZE } from '../../drivers/mtk-cmdq/instruction.js';
import type { Values } from '../../dt/message.js';
import { assemble } from './assemble.js';
import { looksLikeC, readC } from './input-c.js';
import { readLog } from './input-log.js';
import type { InputKey } from './input-messages.js';
import { Collected, halvesSwapped, inputDiagnostic, MAX_BYTES, plausible } from './input-result.js';
import { inLikelyOrder, readRows } from './input-rows.js';
import { MNEMONICS } from './mnemonics.js';
import { statementOf } from './statement.js';
import type { ThreadState } from './thread-state.js';

/** The forms that are read. */
export const INPUT_FORMATS = ['asm', 'binary', 'c', 'hex', 'log'] as const;
/** One of them. */
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** How it is read. */
export interface ProgramOptions {
  readonly file?: string;
  readonly format?: InputFormat | undefined;
  readonly names?: CmdqNames;
  /** Address of the first instruction; what the input says of it does not count then. */
  readonly base?: number | undefined;
}

/** A program, and what else was found beside it. */
export interface ProgramInput {
  /** Whole instructions as they are in memory; undefined when it cannot be read. */
  readonly bytes: Uint8Array | undefined;
  readonly format: InputFormat | undefined;
  /** Address, or offset in its buffer, of the first instruction. */
  readonly base: number | undefined;
  /** The names, with the SoC that assembly may have chosen. */
  readonly names: CmdqNames;
  /** Where each instruction stands in a text; empty for a binary. */
  readonly positions: readonly Position[];
  /** Bytes behind the last whole instruction, which were left out. */
  readonly rest?: number;
  readonly state: ThreadState;
  readonly diagnostics: readonly Diagnostic[];
}

/** A text of this size is a dump of some megabytes; what is larger comes as a binary. */
const TEXT_BYTES: number = 16 * 1024 * 1024;
const TEXT_LINES = 1_000_000;

/** Reads a program. Never throws. */
export function readProgram(input: Uint8Array, options: ProgramOptions = {}): ProgramInput {
  const { file = '<input>', format, names = new CmdqNames(undefined), base } = options;
  const context: Context = { file, names, base, wanted: format };
  if (format === 'binary' || (format === undefined && isBinary(input))) return readBinary(input, context);
  if (input.length > TEXT_BYTES || linesOf(input) > TEXT_LINES) {
    return refused(context, format, 'long', { bytes: TEXT_BYTES, lines: TEXT_LINES });
  }
  const text = decodeUtf8(input);
  const chosen = format ?? formatOf(text);
  if (chosen === 'asm') return readAssembly(text, context);
  if (chosen === 'c') return readArray(text, context);
  return readDump(text, context, chosen);
}

interface Context {
  readonly file: string;
  readonly names: CmdqNames;
  readonly base: number | undefined;
  /** The form that was asked for. */
  readonly wanted: InputFormat | undefined;
}

function linesOf(input: Uint8Array): number {
  let count = 1;
  for (let at = input.indexOf(10); at >= 0; at = input.indexOf(10, at + 1)) count++;
  return count;
}

/** Text has no such bytes; a program nearly always has some in its first instructions. */
function isBinary(input: Uint8Array): boolean {
  const head = input.subarray(0, 4096);
  return head.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
}

function formatOf(text: string): InputFormat | undefined {
  if (isAssembly(text)) return 'asm';
  return looksLikeC(text) ? 'c' : undefined;
}

/** More than half of the first lines begin as a line of assembly does. */
function isAssembly(text: string): boolean {
  const lines = text.slice(0, 16_384).split('\n', 200);
  const said = lines.flatMap((line, index) => statementOf(line.slice(0, 512), index + 1) ?? []);
  const known = said.filter(({ name, rest, labels }) => {
    if (name.text === '') return labels.length > 0;
    if (Object.hasOwn(MNEMONICS, name.text)) return !/^for event/.test(rest.text);
    return /^\.(inst|soc|base|equ|event)$/.test(name.text) || name.text === 'if' || /^=(?!=)/.test(rest.text);
  });
  return known.length > 0 && known.length * 2 >= said.length;
}

function readBinary(input: Uint8Array, context: Context): ProgramInput {
  if (input.length > MAX_BYTES) return refused(context, 'binary', 'large', { limit: MAX_BYTES });
  return finished(input, [], {}, [], 'binary', context);
}

function readAssembly(text: string, context: Context): ProgramInput {
  const { file, names, base } = context;
  const result = assemble(text, { file, names, base });
  const { positions, diagnostics } = result;
  if (result.bytes?.length === 0) return refused(context, 'asm', 'empty', {}, diagnostics);
  const shared = { format: 'asm', base: result.base, names: result.names, state: {} } as const;
  return { bytes: result.bytes, positions, diagnostics, ...shared };
}

function readArray(text: string, context: Context): ProgramInput {
  const out = new Collected(context.file);
  const width = readC(text, out);
  if (width === 0 || out.length === 0) {
    return refused(context, 'c', 'not-this', { format: 'C array', why: 'it has no numbers as 0x20000035' });
  }
  const { bytes, swapped } = width === 8 ? likelyPairs(out.bytes) : { bytes: out.bytes, swapped: false };
  const order = width === 8 ? [inputDiagnostic('order', context.file, 0, { which: swapped ? 'first' : 'second' })] : [];
  return finished(bytes, out.positions, {}, [...out.diagnostics, ...order], 'c', context);
}

function likelyPairs(bytes: Uint8Array): { readonly bytes: Uint8Array; readonly swapped: boolean } {
  const other = halvesSwapped(bytes);
  return plausible(other).known > plausible(bytes).known ? { bytes: other, swapped: true } : { bytes, swapped: false };
}

/** A hex dump, or a log: what has most of both is what it is. */
function readDump(text: string, context: Context, wanted: InputFormat | undefined): ProgramInput {
  const lines = text.split(/\r\n|\n|\r/);
  const logged = new Collected(context.file);
  const log = wanted === 'hex' ? undefined : readLog(lines, logged);
  if (log !== undefined && log.count > 0 && log.count >= log.others) {
    const notes = skippedNote(logged);
    const base = log.base === 0 ? undefined : log.base;
    return finished(logged.bytes, logged.positions, log.state, [...logged.diagnostics, ...notes], 'log', context, base);
  }
  const out = new Collected(context.file);
  const dump = readRows(log?.rows ?? lines, out);
  if (dump.rows > 0) {
    const bytes = inLikelyOrder(out.bytes, dump.width);
    const format = log?.told === true ? 'log' : 'hex';
    const diagnostics = [...out.diagnostics, ...skippedNote(out, logged.skipped)];
    return finished(bytes, out.positions, log?.state ?? {}, diagnostics, format, context, dump.base);
  }
  if (log !== undefined && log.told) {
    const { names, base } = context;
    const diagnostics = skippedNote(logged);
    return { bytes: new Uint8Array(0), format: 'log', base, names, positions: [], state: log.state, diagnostics };
  }
  if (text.trim() === '') return refused(context, wanted, 'empty', {});
  if (log !== undefined && /cmdq|\bgce\b/i.test(text)) return refused(context, 'log', 'log-only', {});
  if (wanted !== undefined) {
    const format = wanted === 'hex' ? 'hex dump' : 'log of a GCE thread';
    return refused(context, wanted, 'not-this', { format, why: 'no line of it has instructions' });
  }
  return refused(context, undefined, 'unknown', { why: 'no line has instructions, digits of a dump or registers' });
}

function skippedNote({ file, skipped }: Collected, more = 0): Diagnostic[] {
  const count = skipped + more;
  return count === 0 ? [] : [inputDiagnostic('skipped', file, 0, { count })];
}

function refused(
  { file, names, base }: Context,
  format: InputFormat | undefined,
  key: InputKey,
  values: Values,
  before: readonly Diagnostic[] = [],
): ProgramInput {
  const diagnostics = [...before, inputDiagnostic(key, file, 0, values)];
  return { bytes: undefined, format, base, names, positions: [], state: {}, diagnostics };
}

/** What all forms have in common: a rest is left out, and words that mean nothing are told. */
function finished(
  all: Uint8Array,
  positions: readonly Position[],
  state: ThreadState,
  diagnostics: readonly Diagnostic[],
  format: InputFormat,
  context: Context,
  found?: number,
): ProgramInput {
  const rest = all.length % INST_SIZE;
  const bytes = all.slice(0, all.length - rest);
  const { file, names, wanted } = context;
  const base = context.base ?? found;
  if (hasErrors(diagnostics)) return { bytes: undefined, format, base, names, positions, state, diagnostics };
  if (bytes.length === 0) return refused(context, format, 'empty', {}, diagnostics);
  const { known, count } = plausible(bytes);
  if (known === 0 && count > 0 && wanted === undefined) {
    const why = `none of its ${count} words of 64 bits has an operation that exists`;
    return refused(context, format, 'unknown', { why });
  }
  const more = [
    ...(rest === 0 ? [] : [inputDiagnostic('rest', file, 0, { count: rest })]),
    ...(known * 2 >= count ? [] : [inputDiagnostic('doubtful', file, 0, { known, count })]),
  ];
  return { bytes, format, base, names, positions, rest, state, diagnostics: [...diagnostics, ...more] };
}
