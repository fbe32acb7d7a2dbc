// `bringup boot`: create, plug, probe, let time pass, read the rails.
import { basename } from 'node:path';
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { type Interface, readInterfaces } from '../../abi/interfaces.js';
import { reportRail } from '../../abi/rails.js';
import { type Duration, s } from '../../base/clock.js';
import type { Bench } from '../../bench/bench.js';
import type { NodeState } from '../../bench/report.js';
import type { DtTree } from '../../dt/tree.js';
import type { ListenAddress } from '../../host/listen.js';
import { AudioHub } from '../../stock/audio-hub.js';
import { finishRun } from '../../stock/finish.js';
import { ACTIVITIES } from '../../stock/activities.js';
import { ACTION_FORMS, Player } from '../../stock/player.js';
import { type LiveResult, LiveTime, runLive } from '../../host/live.js';
import { type BootReport, type RunReport, reportBoot } from '../../stock/boot-report.js';
import { bootText, closingText, displaysText, interfacesText, railsText } from '../boot-text.js';
import { formatDuration, parseDuration } from '../../stock/duration.js';
import { faultsThatStrike, tellIdleFaults } from '../fault-watch.js';
import { type Io, oneLine, percentage, progress, writeJson } from '../io.js';
import { httpOption, iiodOption, metricsOption } from '../listen-option.js';
import { buildMachine, type MachineOptions, powerOn } from '../machine.js';
import { alignRows } from '../text-table.js';
import { readScenario, scenarioOption } from '../scenario-option.js';
import { faultOption, faultsHelp, paramOption, paramsHelp, seedOption, setOption } from '../machine-option.js';
import { closeFrames, framesInto, framesOption } from '../network-capture.js';
import { type NetworkOptions, offloadOption, tapOption, wantsNetwork, wireOption } from '../network-option.js';
import type { RunCode } from '../refusal.js';
import { type Services, type ServiceStart, startServices } from '../services.js';
import { DEFAULT_STATES, parseStates, STATE_WORDS } from '../states.js';
import { closeTrace, traceInto, traceOption } from '../trace-file.js';
import { defineOption, includeOption, loadTree, overlayOption, type TreeOptions } from '../tree-file.js';
import { examples, leave, parsed, type Session } from '../verb.js';

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
    .addOption(sysfsOption())
    .addOption(sysfsRunOption())
    .addOption(iiodOption())
    .addOption(metricsOption())
    .addOption(httpOption())
    .addOption(tapOption())
    .addOption(wireOption())
    .addOption(offloadOption())
    .addOption(framesOption())
    .addOption(seedOption())
    .addOption(faultOption())
    .addOption(setOption())
    .addOption(paramOption())
    .addOption(scenarioOption())
    .addOption(traceOption())
    .addOption(
      new Option('--state <KIND,...>', `list only nodes of these states: ${STATE_WORDS}`)
        .argParser(parsed(parseStates))
        .default(DEFAULT_STATES, 'all'),
    )
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText('after', () => `${faultsHelp()}\n${paramsHelp()}\n${actionsHelp()}`)
    .addHelpText(
      'after',
      examples(
        'boot boards/lab.dts',
        'boot board.dtb --for 1m --state failed,waits',
        'boot board.dtb --fault i2c.data@0x40#3=nack-data --trace wires.txt',
        'boot board.dts -I linux/include --set power@40:bus1Mv=12000 --json',
        "boot board.dtb --sysfs-run 'sensors'",
        'boot board.dtb --sysfs /tmp/sys --iiod --metrics',
        'boot board.dtb --live --http',
        'boot fsl-ls1043a-rdb.dtb --live --tap fm1-mac3=tap0 --tap fm1-mac4=tap1',
      ),
    )
    .action(leave(session, (tree, options) => boot(tree, { ...options, ...options.seed }, session.io)));
}

function actionsHelp(): string {
  const forms = ACTION_FORMS.map((form) => `  ${form}`);
  const activities = alignRows(ACTIVITIES.map(({ name, about }) => [name, about]));
  return [
    '',
    'Actions of --scenario, each behind its moment, as in 250ms clear:',
    ...forms,
    '',
    'Activities, for start and stop:',
    ...activities,
  ].join('\n');
}

function sysfsOption(): Option<'--sysfs <DIR>'> {
  const what = 'live, with sysfs of the machine mounted on an empty directory, for programs to look at';
  return new Option('--sysfs <DIR>', what).conflicts('for');
}

function sysfsRunOption(): Option<'--sysfs-run <COMMAND>'> {
  const what = 'live, for a command that finds the machine at /sys and in /dev; ends as it ends';
  return new Option('--sysfs-run <COMMAND>', what).conflicts(['for', 'json', 'sysfs']);
}

/** What the options say. */
interface BootOptions extends MachineOptions, NetworkOptions, TreeOptions {
  readonly for: Duration;
  readonly live?: true | undefined;
  readonly sysfs?: string | undefined;
  readonly sysfsRun?: string | undefined;
  readonly iiod?: ListenAddress | undefined;
  readonly metrics?: ListenAddress | undefined;
  readonly http?: ListenAddress | undefined;
  readonly scenario?: string | undefined;
  readonly capture?: string | undefined;
  readonly trace?: string | undefined;
  readonly state: readonly NodeState[];
  readonly json?: true | undefined;
}

const SLICES = 100;
/** Less than this is not worth a word. */
const BEHIND_WORTH_TELLING = s(1);

async function boot(path: string, options: BootOptions, io: Io): Promise<RunCode> {
  if (options.sysfsRun !== undefined) return bootFor(options.sysfsRun, path, options, io);
  const start = io.nowNs();
  const tree = await loadTree(io, path, options);
  const steps = await readScenario(io, options.scenario);
  const beside = await servicesFor(tree, options, io);
  const board = boardOf(path, tree, options);
  const { bench, player } = board;
  player.queue(steps);
  if (options.http !== undefined) beside.push(await pageFor(board, options.http, io));
  const struck = options.fault.length === 0 ? new Set<string>() : faultsThatStrike(bench);
  const done = await traced(bench, options, io, async () => {
    await powerOn(bench, options);
    const report = reportBoot(bench, options.state);
    if (options.json !== true) io.stdout.write(bootText(report, io));
    return { ...report, run: await run(board, beside, options, io) };
  });
  tell(done, options, io, io.nowNs() - start);
  tellIdleFaults(io, options.fault, struck, 'check it with --trace FILE');
  return done.totals.failed > 0 || done.run.leaks.length > 0 ? 1 : 0;
}

/** A machine, and what happens to it. */
interface Board {
  readonly bench: Bench;
  readonly player: Player;
  readonly audio: AudioHub;
  /** File name of its tree. */
  readonly tree: string;
}

function boardOf(path: string, tree: DtTree, options: BootOptions): Board {
  const audio = new AudioHub();
  const bench = buildMachine(tree, options, { dsp: { onAudio: audio.listen } });
  return { bench, audio, player: new Player({ bench, audio }), tree: basename(path) };
}

/** The page of a board. It sees all that happens from power-on. */
async function pageFor(board: Board, address: ListenAddress, io: Io): Promise<ServiceStart> {
  const { TraceStore } = await import('../../page/trace-store.js');
  const { refuseWithoutPage, startPage } = await import('../page-service.js');
  refuseWithoutPage('--http');
  const events = new TraceStore(board.bench.trace);
  return (bench, live) => startPage({ ...board, events, probedNs: bench.clock.now() }, live, address, io);
}

/** Boots for one command, which has the standard output for itself, and ends as it ends. */
async function bootFor(command: string, path: string, options: BootOptions, io: Io): Promise<RunCode> {
  const { elsewhere, runCommand, sysfsHere } = await import('../sysfs-services.js');
  const code = await elsewhere(io);
  if (code !== undefined) return code;
  const tree = await loadTree(io, path, options);
  const servers = await serversFor(tree, options, io);
  const bench = buildMachine(tree, options);
  return traced(bench, options, io, async () => {
    await powerOn(bench, options);
    const time = new LiveTime();
    const services = await startServices(bench, time, [...servers, sysfsHere]);
    const ended = new AbortController();
    const running = runCommand(io, command).finally(() => ended.abort());
    await untilEnded(services, () => runLive(bench, ended.signal, time));
    const leaks = await bench.powerOff();
    for (const leak of leaks) io.stderr.write(`bringup: left behind: ${oneLine(leak)}\n`);
    return running;
  });
}

/** Writes trace and capture, where they are wanted, while `body` lasts. */
async function traced<T>(bench: Bench, options: BootOptions, io: Io, body: () => Promise<T>): Promise<T> {
  const trace = traceInto(bench, io, options.trace);
  const frames = options.capture === undefined ? undefined : framesInto(bench, io, options.capture);
  try {
    return await body();
  } finally {
    closeTrace(trace);
    if (frames !== undefined) closeFrames(io, frames);
  }
}

function tell(report: BootReport & { readonly run: RunReport }, options: BootOptions, io: Io, realNs: number): void {
  if (options.json === true) writeJson(io, report);
  else {
    const { rails, interfaces } = report.run;
    io.stdout.write(railsText(rails) + interfacesText(interfaces) + displaysText(report) + closingText(report, realNs));
  }
}

/** Lets time pass, reads, and takes the power away. */
async function run(board: Board, beside: readonly ServiceStart[], options: BootOptions, io: Io): Promise<RunReport> {
  const isLive = options.live === true || beside.length > 0;
  const { virtualNs, interfaces } = isLive
    ? await live(board, beside, options, io)
    : await pass(board, options.for, io);
  const { rails, leaks, interfaces: seen } = await finishRun(board.bench, board.player, interfaces);
  return { virtualNs, ...(seen.length > 0 ? { interfaces: seen } : {}), rails: rails.map(reportRail), leaks };
}

/** How long a run was, and its interfaces where somebody outside was on their wires until then. */
interface Passed {
  readonly virtualNs: Duration;
  readonly interfaces?: readonly Interface[];
}

/** In slices, between which a person can be told how far it is. The machine does not notice them. */
async function pass({ bench, player }: Board, span: Duration, io: Io): Promise<Passed> {
  const tell = percentage(io, 'running');
  const end = bench.clock.now() + span;
  const slice = Math.ceil(span / SLICES);
  for (let left = span; left > 0; left = end - bench.clock.now()) {
    await player.run(Math.min(slice, left));
    tell((span - left) / span);
  }
  tell(1);
  return { virtualNs: span };
}

/** Until a signal comes, or nobody reads any more, or what runs beside the machine breaks down. */
async function live(
  { bench, player }: Board,
  beside: readonly ServiceStart[],
  options: BootOptions,
  io: Io,
): Promise<Passed> {
  const stop = io.stopOnSignals();
  const gone = new AbortController();
  void io.stdout.gone.then(() => gone.abort());
  try {
    const time = new LiveTime();
    const services = await startServices(bench, time, beside);
    const out = options.json === true ? io.stderr : io.stdout;
    const lines = services.about.flatMap((about) => about.split('\n'));
    for (const line of lines) out.write(`${options.json === true ? 'bringup: ' : ''}${line}\n`);
    progress(io, 'running in real time; Ctrl-C ends it');
    return await untilEnded(services, async () => {
      const ends = AbortSignal.any([stop.signal, gone.signal, services.broken]);
      const result = await runLive(player, ends, time);
      tellBehind(result, io);
      return { virtualNs: result.virtualNs, interfaces: readInterfaces(bench.core) };
    });
  } finally {
    stop.close();
  }
}

async function untilEnded<T>(services: Services, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } finally {
    await services.close();
  }
}

/** What the options want beside the machine. Its code is loaded when it is wanted. */
async function servicesFor(tree: DtTree, options: BootOptions, io: Io): Promise<ServiceStart[]> {
  const { sysfs, iiod, metrics } = options;
  const network = wantsNetwork(options);
  const wanted = sysfs !== undefined || iiod !== undefined || metrics !== undefined || network;
  if (!wanted) return [];
  const servers = await serversFor(tree, options, io);
  if (sysfs === undefined) return servers;
  const { sysfsOn } = await import('../sysfs-services.js');
  return [...servers, sysfsOn(io, sysfs)];
}

/** What all of them have: a timer to capture with, and those that listen. */
async function serversFor(tree: DtTree, options: BootOptions, io: Io): Promise<ServiceStart[]> {
  const { iiod, metrics } = options;
  const { timerTrigger } = await import('../timer-trigger.js');
  const starts: ServiceStart[] = [timerTrigger];
  if (iiod !== undefined) {
    const { startIiod } = await import('../iiod-service.js');
    starts.push((bench) => startIiod(bench, iiod, io));
  }
  if (metrics !== undefined) {
    const { startMetrics } = await import('../metrics-service.js');
    starts.push((bench) => startMetrics(bench, metrics, io));
  }
  if (wantsNetwork(options)) {
    const { networkOn } = await import('../network-service.js');
    starts.push(await networkOn(io, tree, options));
  }
  return starts;
}

function tellBehind({ behindNs }: LiveResult, io: Io): void {
  if (behindNs <= BEHIND_WORTH_TELLING) return;
  const behind = formatDuration(behindNs);
  io.stderr.write(`bringup: the models stayed ${behind} behind real time: too much for this computer\n`);
}
