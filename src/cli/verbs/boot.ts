// `bringup boot`: create, plug, probe, let time pass, read the rails.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { readRails } from '../../abi/rails.js';
import { traceJson, traceLine } from '../../abi/trace-text.js';
import { type Duration, s } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import type { NodeState } from '../../bench/report.js';
import { FAULT_MENU } from '../../bus/fault-menu.js';
import { formatPlace, parseFaults } from '../../bus/fault-text.js';
import { runLive } from '../../host/live.js';
import { type LineFile, openLineFile } from '../../host/output.js';
import { type BootReport, type RunReport, reportBoot, reportRail } from '../boot-report.js';
import { bootText, closingText, displaysText, railsText } from '../boot-text.js';
import { formatDuration, parseDuration } from '../duration.js';
import { type Io, percentage, progress, writeJson } from '../io.js';
import { buildMachine, type MachineOptions, parseSeed, powerOn } from '../machine.js';
import { cannotWrite, type ExitCode } from '../refusal.js';
import { alignRows } from '../text-table.js';
import { DEFAULT_STATES, parseStates, STATE_WORDS } from '../states.js';
import { defineOption, includeOption, loadTree, overlayOption, type TreeOptions } from '../tree-file.js';
import { collect, examples, leave, parsed, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('boot')
    .description('Create, plug and probe the devices of a devicetree, let time pass, and read the rails.')
    .argument('<TREE>', 'devicetree, source or blob; - reads standard input')
    .addOption(
      new Option('--for <DURATION>', 'virtual time to run after probing: 5s, 250ms')
        .argParser(parsed(parseDuration))
        .default(s(5), '5s'),
    )
    .addOption(new Option('--live', 'run in step with real time until Ctrl-C').conflicts('for'))
    .addOption(
      new Option('--seed <SEED>', 'same seed, same run').argParser(parsed(parseSeed)).default({ seed: '1' }, '1'),
    )
    .option(
      '--fault <PLAN>',
      'what goes wrong, as in i2c.data@0x40#3=nack-data (repeatable)',
      collect,
      [] as readonly string[],
    )
    .option(
      '--set <DEVICE:KNOB=VALUE>',
      'turn a knob around a chip, as in power@40:bus1Mv=12000 (repeatable)',
      collect,
      [] as readonly string[],
    )
    .option('--trace <FILE>', 'write what happens on the wires, as text; as JSON lines if FILE ends in .jsonl')
    .addOption(
      new Option('--state <KIND,...>', `list only nodes of these states: ${STATE_WORDS}`)
        .argParser(parsed(parseStates))
        .default(DEFAULT_STATES, 'all'),
    )
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', () => faultsHelp())
    .addHelpText(
      'after',
      examples(
        'boot boards/lab.dts',
        'boot board.dtb --for 1m --state failed,waits',
        'boot board.dtb --fault i2c.data@0x40#3=nack-data --trace wires.txt',
        'boot board.dts -I linux/include --set power@40:bus1Mv=12000 --json',
      ),
    )
    .action(leave(session, (tree, options) => boot(tree, { ...options, ...options.seed }, session.io)));
}

/** What `--fault` takes, from the table that also checks it. */
function faultsHelp(): string {
  const rows = FAULT_MENU.map(({ where, whats }) => [where, whats.join(', ')]);
  return `\nFaults, as PLACE@WHICH#NTH=WHAT (without @ every one, without # each time):\n${alignRows(rows).join('\n')}`;
}

/** What the options say. */
interface BootOptions extends MachineOptions, TreeOptions {
  readonly for: Duration;
  readonly live?: true | undefined;
  readonly trace?: string | undefined;
  readonly state: readonly NodeState[];
  readonly json?: true | undefined;
}

/** The longest that reading all files may take in virtual time: a slow sensor answers within a second. */
const READ_LIMIT = s(60);
const SLICES = 100;
/** Less than this is not worth a word. */
const BEHIND_WORTH_TELLING = s(1);

async function boot(path: string, options: BootOptions, io: Io): Promise<ExitCode> {
  const start = io.nowNs();
  const bench = buildMachine(await loadTree(io, path, options), options);
  const struck = options.fault.length === 0 ? new Set<string>() : faultsThatStrike(bench);
  const trace = options.trace === undefined ? undefined : traceInto(bench, io, options.trace);
  let done: BootReport & { readonly run: RunReport };
  try {
    await powerOn(bench, options);
    const report = reportBoot(bench, options.state);
    if (options.json !== true) io.stdout.write(bootText(report, io));
    done = { ...report, run: await run(bench, options, io) };
  } finally {
    const fault = trace?.close();
    if (fault !== undefined) throw cannotWrite(options.trace ?? '', fault);
  }
  tell(done, options, io, io.nowNs() - start);
  for (const place of idleFaults(options.fault, struck)) {
    io.stderr.write(
      `bringup: --fault ${place}: nothing of that kind happened in this run; check it with --trace FILE\n`,
    );
  }
  return done.totals.failed > 0 || done.run.leaks.length > 0 ? 1 : 0;
}

/** The places where a planned fault has struck, filled while the machine runs. A misspelt address strikes nowhere. */
function faultsThatStrike(bench: Bench): ReadonlySet<string> {
  const struck = new Set<string>();
  bench.trace.attach((event) => {
    if (event.kind === 'fault') struck.add(event.point);
  });
  return struck;
}

function idleFaults(plans: readonly string[], struck: ReadonlySet<string>): string[] {
  const planned = plans.flatMap((text) => parseFaults(text).points.map(formatPlace));
  return planned.filter((place) => !struck.has(place));
}

function tell(report: BootReport & { readonly run: RunReport }, options: BootOptions, io: Io, realNs: number): void {
  if (options.json === true) writeJson(io, report);
  else io.stdout.write(railsText(report.run.rails) + displaysText(report) + closingText(report, realNs));
}

/** Lets time pass, reads, and takes the power away. */
async function run(bench: Bench, options: BootOptions, io: Io): Promise<RunReport> {
  const virtualNs = options.live === true ? await live(bench, io) : await pass(bench, options.for, io);
  const rails = await bench.drive('reading the rails', READ_LIMIT, () => readRails(bench.core));
  const leaks = await bench.powerOff();
  return { virtualNs, rails: rails.map(reportRail), leaks };
}

/** In slices, between which a person can be told how far it is. The machine does not notice them. */
async function pass(bench: Bench, span: Duration, io: Io): Promise<Duration> {
  const tell = percentage(io, 'running');
  const end = bench.clock.now() + span;
  const slice = Math.ceil(span / SLICES);
  for (let left = span; left > 0; left = end - bench.clock.now()) {
    await bench.run(Math.min(slice, left));
    tell((span - left) / span);
  }
  tell(1);
  return span;
}

/** Until a signal comes, or nobody reads any more. */
async function live(bench: Bench, io: Io): Promise<Duration> {
  const stop = io.stopOnSignals();
  const gone = new AbortController();
  void io.stdout.gone.then(() => gone.abort());
  progress(io, 'running in real time; Ctrl-C ends it');
  const { virtualNs, behindNs } = await runLive(bench, AbortSignal.any([stop.signal, gone.signal]));
  stop.close();
  if (behindNs > BEHIND_WORTH_TELLING) {
    io.stderr.write(
      `bringup: the models stayed ${formatDuration(behindNs)} behind real time: too much for this computer\n`,
    );
  }
  return virtualNs;
}

function traceInto(bench: Bench, io: Io, path: string): LineFile {
  const file = openLineFile(io.cwd, path);
  if (typeof file === 'string') throw cannotWrite(path, file);
  const write = path.endsWith('.jsonl') ? traceJson : traceLine;
  bench.trace.attach((event) => file.write(write(event)));
  return file;
}
