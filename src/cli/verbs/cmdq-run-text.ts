// What `bringup cmdq run` prints.
import { type Diagnostic, formatDiagnostic } from '../../base/diagnostic.js';
import { describeInstruction } from '../../drivers/mtk-cmdq/disassemble.js';
import type { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { OP } from '../../drivers/mtk-cmdq/instruction.js';
import type { ThreadState } from '../../review/cmdq/thread-state.js';
import { eventText, stateWords } from '../../review/cmdq/thread-words.js';
import type { Outcome } from '../cmdq-outcome.js';
import type { Program } from '../cmdq-program.js';
import type { RunPlan, RunResult, Step, ThreadResult } from '../cmdq-run.js';
import { formatDuration } from '../../stock/duration.js';
import { oneLine } from '../io.js';
import { alignRows, counted } from '../text-table.js';

/** All that is told. */
export interface Report {
  readonly paths: readonly string[];
  readonly programs: readonly Program[];
  readonly plan: RunPlan;
  readonly result: RunResult;
  readonly outcomes: readonly Outcome[];
  readonly findings: readonly Diagnostic[];
  readonly names: CmdqNames;
}

/** Steps that are shown, from the beginning and from the end. */
const FIRST = 100;
const LAST = 20;

/** For people. */
export function runText(report: Report): string {
  const { result, outcomes, findings } = report;
  const lines = [
    ...report.programs.flatMap((program, index) => introduction(report, program, index)),
    '',
    ...timeline(report),
    '',
    ...result.threads.flatMap((thread, index) => ending(thread, outcomes[index] as Outcome)),
    ...findings.map(formatDiagnostic),
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}

/** The same for a log that has nothing but registers. */
export function logText(path: string, state: ThreadState, outcome: Outcome | undefined, names: CmdqNames): string {
  const told = stateWords(state, names).map((line) => `  ${line}`);
  const lines = [
    `${path}: a log without a program`,
    ...told,
    '',
    ...(outcome === undefined ? ['it does not say that the thread waits for an event'] : outcomeLines(outcome)),
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}

function introduction({ paths, plan, names }: Report, { bytes, state }: Program, index: number): string[] {
  const { thread, base, start } = plan.threads[index] as RunPlan['threads'][number];
  const from = start === 0 ? '' : `, from offset ${offset(start)} on`;
  return [
    `thread ${thread}: ${paths[index]}, ${counted(bytes.length / 8, 'instruction')} at ${hex8(base)}${from}`,
    ...stateWords(state, names).map((line) => `  the log says: ${line}`),
  ];
}

function timeline({ result, plan, names }: Report): string[] {
  const { steps, left } = result;
  const all = steps.map((step) => row(step, plan, names));
  const heading = ['time', 'thread', 'at', 'instruction', ''];
  if (all.length + left <= FIRST + LAST) return alignRows([heading, ...all]);
  const isCut = left > 0;
  const shown = [heading, ...all.slice(0, FIRST), ...(isCut ? [] : all.slice(-LAST))];
  const lines = alignRows(shown);
  const missing = all.length + left - FIRST - (isCut ? 0 : LAST);
  return [...lines.slice(0, FIRST + 1), `  ... ${missing} more`, ...lines.slice(FIRST + 1)];
}

function row(step: Step, plan: RunPlan, names: CmdqNames): string[] {
  const at = formatDuration(step.at);
  if (step.raised !== undefined) return [at, '-', '', `event ${eventText(step.raised, names)} is raised`, ''];
  const base = plan.threads.find(({ thread }) => thread === step.thread)?.base ?? 0;
  const text = describeInstruction(step.high, step.low, names);
  return [at, String(step.thread), offset(step.pc - base), text, effects(step, names).join(', ')];
}

/** What the text of the instruction does not say. */
function effects(step: Step, names: CmdqNames): string[] {
  const place = (addr: number): string => names.registerName(addr) ?? hex8(addr);
  const isPlain = step.high >>> 24 === OP.WRITE && (step.high & 0xc0_0001) === 0;
  const isPoll = step.high >>> 24 === OP.POLL;
  return [
    ...step.reads.slice(isPoll ? -1 : 0).map(([addr, value]) => `${place(addr)} reads ${hex8(value)}`),
    ...(isPlain ? [] : step.writes.map(([addr, value]) => `${place(addr)} = ${hex8(value)}`)),
    ...(step.waitedNs === undefined ? [] : [`waited ${formatDuration(step.waitedNs)}`]),
    ...((step.flags & 1) === 0 ? [] : ['interrupt: done']),
    ...((step.flags & 0x10) === 0 ? [] : ['interrupt: invalid instruction']),
  ];
}

function ending(thread: ThreadResult, outcome: Outcome): string[] {
  const { instructions, writes, waits, waitedNs, lastNs, interrupts } = thread;
  const waited = waits === 0 ? 'no wait' : `${counted(waits, 'wait')} of ${formatDuration(waitedNs)} in all`;
  const last = `last at ${formatDuration(lastNs)}`;
  const counts = [
    counted(instructions, 'instruction'),
    counted(writes, 'write'),
    waited,
    counted(interrupts, 'interrupt'),
  ];
  return [...outcomeLines(outcome), `  ${[...counts, last].join(', ')}`];
}

function outcomeLines({ says, why, check }: Outcome): string[] {
  return [says, ...why.map((line) => `  ${line}`), ...check.map((line) => `  check ${line}`)];
}

/** For `--json`. */
export function runDocument({ paths, programs, result, outcomes, findings, names, plan }: Report): object {
  const place = (addr: number): object => ({ addr, name: names.registerName(addr) ?? null });
  const access = ([addr, value]: readonly [number, number]): object => ({ ...place(addr), value });
  return {
    ...{ soc: plan.soc.name, timeNs: result.nowNs, executed: result.executed, stepsLeftOut: result.left },
    threads: result.threads.map(({ plan: { thread, base, start }, ...rest }, index) => ({
      ...{ thread, file: paths[index], base, start, state: rest.state, offset: rest.pc - base },
      ...{ instructions: rest.instructions, writes: rest.writes, waits: rest.waits, waitedNs: rest.waitedNs },
      ...{ lastNs: rest.lastNs, interrupts: rest.interrupts, waitsFor: rest.waitsFor ?? null },
      ...{ log: programs[index]?.state ?? {}, outcome: outcomes[index] },
    })),
    steps: result.steps.map((step) => ({
      ...{ timeNs: step.at, thread: step.thread ?? null },
      ...(step.raised === undefined
        ? { pc: step.pc, text: describeInstruction(step.high, step.low, names) }
        : { raised: { id: step.raised, name: names.eventName(step.raised) ?? null } }),
      ...(step.reads.length === 0 ? {} : { reads: step.reads.map(access) }),
      ...(step.writes.length === 0 ? {} : { writes: step.writes.map(access) }),
      ...(step.waitedNs === undefined ? {} : { waitedNs: step.waitedNs }),
    })),
    registers: result.registers.map(access),
    findings,
  };
}

function hex8(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

function offset(value: number): string {
  return value < 0 ? `-${offset(-value)}` : value.toString(16).padStart(4, '0');
}
