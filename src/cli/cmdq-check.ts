// One file of `bringup cmdq lint`, a program or a devicetree: what it is, and what is wrong with it.
import type { Diagnostic, Severity } from '../base/diagnostic.js';
import type { CmdqNames } from '../drivers/mtk-cmdq/disassemble-names.js';
import type { DtTree } from '../dt/tree.js';
import { CMDQ_RULES } from '../review/cmdq/lint-catalogue.js';
import type { CmdqFinding } from '../review/cmdq/lint-finding.js';
import { lintProgram } from '../review/cmdq/lint.js';
import { type ProgramInput, readProgram } from '../review/cmdq/program-input.js';
import { lintCmdqTree } from '../review/cmdq/tree-lint.js';
import { offsetOf } from '../review/cmdq/thread-place.js';
import { type NameOptions, type ReadOptions, withoutJson } from './cmdq-program.js';
import type { Duration } from '../base/clock.js';
import type { Io } from './io.js';
import { Refusal } from './refusal.js';
import { countDiagnostics, isTree } from '../stock/tree-input.js';
import { readInput, showDiagnostics, treeOf } from './tree-file.js';

/** How files are looked at. */
export interface CheckOptions extends NameOptions, ReadOptions {
  readonly chained?: true | undefined;
  readonly blanking?: Duration | undefined;
  readonly warning: readonly string[];
  readonly error: readonly string[];
}

/** A file that was looked at. */
export interface CheckedFile {
  readonly path: string;
  readonly kind: 'program' | 'tree';
  /** Of a program: its form. */
  readonly format?: string | undefined;
  readonly soc?: string | undefined;
  readonly instructions?: number;
  readonly findings: readonly (Diagnostic | CmdqFinding)[];
}

/** Looks at a file. One that cannot be read ends the verb. */
export async function checkFile(io: Io, path: string, names: CmdqNames, options: CheckOptions): Promise<CheckedFile> {
  const input = await readInput(io, path);
  if (options.format === undefined && isTree(path, input)) {
    const tree: DtTree = await treeOf(io, path, input, options);
    return { path, kind: 'tree', findings: lintCmdqTree(tree) };
  }
  const { format, base, chained = false, blanking } = options;
  const program = readProgram(withoutJson(input), { file: path, names, format, base });
  const bytes = untilEnd(usable(io, path, program), program);
  const found = lintProgram(bytes, {
    names: program.names,
    base: program.base,
    positions: program.positions,
    restBytes: program.rest ?? 0,
    chained,
    blankingNs: blanking,
  });
  return {
    path,
    kind: 'program',
    format: program.format,
    soc: program.names.soc?.name,
    instructions: bytes.length / 8,
    findings: [...beside(program), ...found],
  };
}

/** Where a log tells END_ADDR, what is behind it in the buffer is of an earlier packet. */
function untilEnd(bytes: Uint8Array, { base, state, names }: ProgramInput): Uint8Array {
  const end = offsetOf(state.endAddr, { bytes, base, state }, names.shift);
  return end === undefined || end === 0 ? bytes : bytes.subarray(0, end);
}

/** What the reader has said; of a rest the lint has a rule of its own. */
function beside({ diagnostics }: ProgramInput): Diagnostic[] {
  const others = diagnostics.filter(({ code }) => code !== 'cmdq/input/rest');
  return others.map((one) => (one.at === undefined ? { ...one, where: undefined } : one));
}

function usable(io: Io, path: string, program: ProgramInput): Uint8Array {
  const { bytes, diagnostics } = program;
  if (bytes !== undefined && bytes.length > 0) return bytes;
  if (bytes !== undefined) {
    const what = 'it tells of a thread, and has no instructions';
    throw new Refusal(1, path, what, 'give the dump of its buffer; bringup cmdq run says why a thread is stuck');
  }
  const [first] = diagnostics;
  if (first !== undefined && diagnostics.length === 1 && first.at === undefined) {
    const end = first.text.lastIndexOf('; ');
    throw new Refusal(1, path, first.text.slice(0, end), first.text.slice(end + 2), diagnostics);
  }
  showDiagnostics(io, path, beside(program));
  throw new Refusal(1, path, countDiagnostics(diagnostics), 'nothing was checked', diagnostics);
}

/** Refuses `-W` and `-E` with a rule that does not exist. */
export function refuseUnknownRules({ warning, error }: CheckOptions): void {
  const unknown = [...warning, ...error].find((name) => !CMDQ_RULES.some(({ id }) => id === name.replace(/^no-/, '')));
  if (unknown === undefined) return;
  const what = `there is no rule ${unknown.replace(/^no-/, '')}`;
  throw new Refusal(2, 'cmdq lint', what, 'docs/cmdq-lint.md has all');
}

/** The findings with -W and -E applied: what is silenced is silent. */
export function finalFindings<F extends Diagnostic>(findings: readonly F[], options: CheckOptions): F[] {
  return findings.flatMap((one) => {
    const rule = 'rule' in one ? String(one.rule) : '';
    if (options.warning.includes(`no-${rule}`)) return [];
    const asked = options.warning.includes(rule) ? 'warning' : one.severity;
    return [{ ...one, severity: levelOf(asked, rule, options.error) }];
  });
}

function levelOf(severity: Severity, rule: string, error: readonly string[]): Severity {
  let level = severity;
  for (const name of error) {
    if (name === rule) level = 'error';
    if (name === `no-${rule}` && level === 'error') level = 'warning';
  }
  return level;
}
