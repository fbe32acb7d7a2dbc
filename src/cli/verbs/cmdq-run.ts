// `bringup cmdq run`: GCE programs on a modelled engine, and why they are stuck.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { Duration } from '../../base/clock.js';
import type { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { offsetOf } from '../../review/cmdq/thread-place.js';
import { INST_SIZE } from '../../drivers/mtk-cmdq/instruction.js';
import { eventOf, raiseOf, registerOf } from '../cmdq-settings.js';
import { overlap, placeOf, type RunPlan, runPrograms, type ThreadPlan } from '../cmdq-run.js';
import { findingsOf, outcomeOf, outcomeOfLog } from '../cmdq-outcome.js';
import {
  baseOption,
  eventsOption,
  formatOption,
  loadNames,
  loadProgram,
  type NameOptions,
  type Names,
  type Program,
  type ReadOptions,
  socOption,
  treeOption,
} from '../cmdq-program.js';
import { parseDuration } from '../../stock/duration.js';
import { type Io, writeJson } from '../io.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { defineOption, includeOption, overlayOption } from '../tree-file.js';
import { examples, leave, parsed, repeated, type Session, wholeNumber } from '../verb.js';
import { logText, type Report, runDocument, runText } from './cmdq-run-text.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('run')
    .description(
      'Run GCE programs on a modelled engine, each on a thread of its own, and say what they write, where they wait, ' +
        'and why one is stuck. The log of a hung thread goes on from where that stands. Exit code 0: all came to ' +
        'their end, 1: one did not, or did something wrong.',
    )
    .argument('<FILE...>', 'the programs, in any form that bringup cmdq disassemble reads; - reads standard input')
    .addOption(socOption())
    .addOption(treeOption())
    .addOption(eventsOption())
    .addOption(formatOption())
    .addOption(baseOption())
    .option('--thread <N>', 'thread of the first program; the others follow', wholeNumber(0, 31))
    .addOption(
      repeated('--event <EVENT@TIME>', 'raise an event: NAME@16ms, or again and again: NAME@0ms/16.7ms (repeatable)'),
    )
    .addOption(repeated('--set <EVENT>', 'an event that is 1 at the beginning (repeatable)'))
    .addOption(repeated('--reg <PLACE=VALUE>', 'a register that has a value at the beginning (repeatable)'))
    .addOption(
      new Option('--steps <N>', 'instructions and raised events at most')
        .argParser(wholeNumber(1, 1e9))
        .default(100_000, '100000'),
    )
    .addOption(new Option('--for <TIME>', 'virtual time at most').argParser(parsed(parseDuration)).default(1e9, '1s'))
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'cmdq run flip.gce --soc mt8173 --event MUTEX0_STREAM_EOF@16.7ms',
        'cmdq run hung.txt --tree board.dtb',
        'cmdq run config.bin trigger.bin --soc mt8192 --set SYNC_TOKEN_STREAM_EOF --event DSI0_TE@0ms/16.7ms',
        'cmdq run poll.bin --tree board.dtb --reg mutex@14001000+0x20=1 --json',
      ),
    )
    .action(leave(session, (paths, options) => runThem(paths, options, session.io)));
}

interface Options extends NameOptions, ReadOptions {
  readonly thread?: number | undefined;
  readonly event: readonly string[];
  readonly set: readonly string[];
  readonly reg: readonly string[];
  readonly steps: number;
  readonly for: Duration;
  readonly json?: true | undefined;
}

async function runThem(paths: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  const from = await loadNames(io, 'cmdq run', paths, options);
  const programs: Program[] = [];
  for (const path of paths) {
    const names = programs[0]?.names ?? from.names;
    programs.push(await loadProgram(io, path, names, programs.length === 0 ? options : { format: options.format }));
  }
  const names = programs.at(-1)?.names ?? from.names;
  const [first] = programs;
  if (first !== undefined && programs.length === 1 && first.bytes.length === 0) {
    return tellLog(io, paths[0] ?? '', first, { ...from, names }, options);
  }
  const plan = planOf(paths, programs, names, options);
  const result = runPrograms(plan);
  const outcomes = result.threads.map((thread) => outcomeOf(thread, result, { ...from, names }));
  const findings = findingsOf(result);
  const report: Report = { paths, programs, plan, result, outcomes, findings, names };
  if (options.json === true) writeJson(io, runDocument(report));
  else io.stdout.write(runText(report));
  return outcomes.every(({ isFine }) => isFine) && findings.length === 0 ? 0 : 1;
}

/** A log with nothing but registers is explained. */
function tellLog(io: Io, path: string, program: Program, from: Names, options: Options): ExitCode {
  const outcome = outcomeOfLog(program.state, from);
  if (options.json === true) writeJson(io, { thread: program.state, outcome: outcome ?? null });
  else io.stdout.write(logText(path, program.state, outcome, from.names));
  return 1;
}

function planOf(paths: readonly string[], programs: readonly Program[], names: CmdqNames, options: Options): RunPlan {
  const { soc } = names;
  if (soc === undefined) {
    throw new Refusal(2, 'cmdq run', 'the SoC is not known', 'give --soc or --tree, or write .soc into the program');
  }
  const first = options.thread ?? programs[0]?.state.thread ?? 0;
  const threads = programs.map((program, index) => threadPlan(program, index, first + index, paths[index] ?? ''));
  if (first + programs.length > soc.threads) {
    const text = `${soc.name} has ${soc.threads} threads, and thread ${first + programs.length - 1} is none of them`;
    throw new Refusal(2, 'cmdq run', text, 'give fewer programs, or a lower --thread');
  }
  threads.forEach((plan, at) => {
    const other = threads.slice(0, at).findIndex((before) => overlap(plan, before));
    if (other < 0) return;
    const text = `it is in memory where ${paths[other]} is`;
    throw new Refusal(2, paths[at] ?? '', text, 'change .base, or give --base for the first program');
  });
  return {
    ...{ soc, threads, steps: options.steps, untilNs: options.for },
    raises: options.event.map((text) => raiseOf(text, names)),
    set: options.set.map((text) => eventOf('--set', text, text, names)),
    registers: options.reg.map((text) => registerOf(text, names)),
  };
}

function threadPlan(program: Program, index: number, thread: number, path: string): ThreadPlan {
  const { bytes, state, names } = program;
  if (bytes.length === 0) {
    throw new Refusal(1, path, 'it tells of registers and has no program', 'give the dump of the buffer with it');
  }
  const base = program.base ?? placeOf(index);
  if (base % INST_SIZE !== 0) {
    throw new Refusal(
      2,
      path,
      `0x${base.toString(16)} is no multiple of 8`,
      'give the address of the buffer with --base',
    );
  }
  const start = offsetOf(state.currAddr, program, names.shift) ?? 0;
  const end = offsetOf(state.endAddr, program, names.shift) ?? bytes.length;
  return { thread, priority: 0, bytes, base, start, end: end > start ? end : bytes.length, spr: state.spr ?? [] };
}
