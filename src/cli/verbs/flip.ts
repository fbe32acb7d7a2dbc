// `bringup flip`: show picture after picture on a display, once through the GCE and once through the processor.
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { png } from '../../abi/png.js';
import { absentDisplays } from '../../abi/displays.js';
import { type Duration, ms, s } from '../../base/clock.js';
import type { Random } from '../../base/random.js';
import type { Bench } from '../../bench/bench.js';
import type { DtTree } from '../../dt/tree.js';
import { DISPLAY_DRIVERS } from '../../stock/catalogue.js';
import { type FlipTarget, flipTargets } from '../../stock/flip-target.js';
import { parseDuration } from '../../stock/duration.js';
import { faultsThatStrike, tellIdleFaults } from '../fault-watch.js';
import { type FlipPath, type FlipRun, runFlips } from '../flip-run.js';
import { flipText } from '../flip-text.js';
import { type Io, progress, writeJson } from '../io.js';
import { buildMachine, type MachineOptions, powerOn } from '../machine.js';
import { faultOption, faultsHelp, seedOption, setOption } from '../machine-option.js';
import { writeProduct } from '../output-file.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { closeTrace, traceInto, traceOption } from '../trace-file.js';
import { defineOption, includeOption, loadTree, overlayOption, type TreeOptions } from '../tree-file.js';
import { examples, leave, parsed, type Session, wholeNumber } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('flip')
    .description(
      'Show picture after picture on a display, through the GCE and through a processor that may be late, and tell ' +
        'which frames the panel got torn.',
    )
    .argument('<TREE>', 'devicetree, source or blob; - reads standard input')
    .addOption(
      new Option('--path <PATH>', 'who writes the registers of a frame')
        .choices(['both', 'gce', 'cpu'] as const)
        .default('both' as const),
    )
    .addOption(
      new Option('--pictures <COUNT>', 'how many to show behind the first one')
        .argParser(wholeNumber(1, 10_000))
        .default(8),
    )
    .addOption(
      new Option('--latency <DURATION>', 'the longest that the processor takes to come to an interrupt')
        .argParser(parsed(parseLatency))
        .default(ms(5), '5ms'),
    )
    .option('--connector <NAME>', 'the output, as in DSI-1; the first one when left out')
    .option('-o, --output <DIR>', 'write a frame of each path there, as the panel got it: gce.png, cpu.png')
    .addOption(seedOption())
    .addOption(faultOption())
    .addOption(setOption())
    .addOption(traceOption())
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', () => faultsHelp())
    .addHelpText(
      'after',
      examples(
        'flip boards/lab.dts',
        'flip boards/lab.dts --latency 12ms -o pictures',
        'flip board.dtb --path gce --pictures 60 --trace flips.txt',
        'flip board.dtb --path gce --fault mmio.write@14008000.ovl=lost --json',
      ),
    )
    .action(leave(session, (tree, options) => flip(tree, { ...options, ...options.seed, param: [] }, session.io)));
}

/** Frames take 16 ms: a processor later than this shows nothing that one of a second would not. */
const LATEST: Duration = s(1);

function parseLatency(text: string): Duration | string {
  const span = parseDuration(text);
  return typeof span === 'string' || span <= LATEST ? span : 'more than a second is no latency; write less';
}

/** What the options say. */
interface FlipOptions extends MachineOptions, TreeOptions {
  readonly path: 'both' | FlipPath;
  readonly pictures: number;
  readonly latency: Duration;
  readonly connector?: string | undefined;
  readonly output?: string | undefined;
  readonly trace?: string | undefined;
  readonly json?: true | undefined;
}

async function flip(tree: string, options: FlipOptions, io: Io): Promise<ExitCode> {
  const { path, trace } = options;
  if (trace !== undefined && path === 'both')
    throw new Refusal(2, `--trace ${trace}`, 'two machines do not go into one trace', 'add --path gce or --path cpu');
  const paths: readonly FlipPath[] = path === 'both' ? ['gce', 'cpu'] : [path];
  const file = tree === '-' ? await loadTree(io, tree, options) : undefined;
  const runs: FlipRun[] = [];
  for (const one of paths) {
    progress(io, `path ${one}`);
    runs.push(await runPath(file ?? (await loadTree(io, tree, options)), one, options, io));
  }
  for (const { result, frame } of runs)
    if (options.output !== undefined && frame !== undefined)
      writeProduct(io, join(options.output, `${result.path}.png`), png(frame, deflateSync));
  const results = runs.map(({ result }) => result);
  if (options.json === true) writeJson(io, { seed: options.seed, latencyNs: options.latency, paths: results });
  else io.stdout.write(flipText(results));
  return results.some(isWrong) ? 1 : 0;
}

/** A tear is what the processor's path is to show, and the GCE's is not. */
function isWrong({ writer, shown, whole, torn, errors, findings, leaks }: FlipRun['result']): boolean {
  return (writer === 'gce' && (torn.length > 0 || whole < shown)) || errors.length + findings.length + leaks.length > 0;
}

async function runPath(tree: DtTree, path: FlipPath, options: FlipOptions, io: Io): Promise<FlipRun> {
  const param = [`mediatek-drm.cmdq=${path === 'gce' ? 'auto' : 'off'}`];
  const irqLatency = (random: Random): Duration => random.below(options.latency + 1);
  const bench = buildMachine(tree, { ...options, param }, { irqLatency });
  const struck = options.fault.length === 0 ? new Set<string>() : faultsThatStrike(bench);
  const trace = traceInto(bench, io, options.trace);
  try {
    await powerOn(bench, options);
    const run = await runFlips(bench, targetOf(bench, options.connector), path, options.pictures);
    tellIdleFaults(io, options.fault, struck, 'check it with --trace FILE');
    return run;
  } finally {
    closeTrace(trace);
  }
}

function targetOf(bench: Bench, name: string | undefined): FlipTarget {
  const targets = flipTargets(bench);
  const [first] = targets;
  if (first === undefined) {
    const [absent] = absentDisplays(bench.report(), DISPLAY_DRIVERS);
    const why = absent === undefined ? 'nothing in it would make a display' : `${absent.path} ${absent.reason}`;
    throw new Refusal(
      1,
      'display',
      `this machine has none that can be switched on: ${why}`,
      'see bringup display --help',
    );
  }
  const found = name === undefined ? first : targets.find(({ connector }) => connector.name === name);
  if (found !== undefined) return found;
  const there = targets.map(({ connector }) => connector.name).join(', ');
  throw new Refusal(2, `--connector ${name === '' ? "''" : name}`, 'there is no such output', `there are ${there}`);
}
