// `bringup power watch`: the power rails, again and again.
import { type CommandUnknownOpts, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type Duration, ms, s } from '../../base/clock.js';
import { parseDuration } from '../../stock/duration.js';
import type { Io } from '../io.js';
import { powerCommand, sourceOptions } from '../power-option.js';
import { errorsOf } from '../../stock/power-sample.js';
import { openPower, type PowerSource, type SourceOptions } from '../power-source.js';
import { tellAbsent } from '../power-report.js';
import { csvFileView, csvView, jsonView, openView, type PowerView } from '../power-view.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { examples, leave, parsed, type Session, wholeNumber } from '../verb.js';

const SHORTEST = ms(10);
const LONGEST = s(24 * 60 * 60);

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return powerCommand('watch')
    .description(
      'Watch the power rails of a machine, modelled or real, in real time until Ctrl-C: a live table on a ' +
        'terminal, a line per sample elsewhere.',
    )
    .addOption(
      new Option('--interval <DURATION>', 'time from one sample to the next: 500ms, 2s')
        .argParser(interval)
        .default(ms(500), '500ms'),
    )
    .addOption(new Option('--count <N>', 'end after so many samples').argParser(wholeNumber(1, 1_000_000_000)))
    .option('--csv <FILE>', 'write a row of values per sample, too; - writes them to standard output instead')
    .option('--json', 'print one JSON document per line and sample')
    .addHelpText(
      'after',
      examples(
        'power watch boards/lab.dts --interval 1s',
        'power watch --bus /dev/i2c-1 --shunt 10m --label VDD_IN,VDD_CPU,VDD_SOC --csv rails.csv',
        'power watch --bus 1 --address 0x41 --shunt R100 --count 10 --json',
      ),
    )
    .action(leave(session, (tree, options) => watch(tree, sourceOptions(options), session.io)));
}

function interval(text: string): Duration {
  const span = parsed(parseDuration)(text);
  if (span >= SHORTEST && span <= LONGEST) return span;
  throw new InvalidArgumentError('write from 10ms to 1440m');
}

interface WatchOptions extends SourceOptions {
  readonly interval: Duration;
  readonly count?: number | undefined;
  readonly csv?: string | undefined;
  readonly json?: true | undefined;
}

async function watch(tree: string | undefined, options: WatchOptions, io: Io): Promise<ExitCode> {
  if (options.json === true && options.csv === '-') {
    const what = '--json and --csv - cannot both go to standard output';
    throw new Refusal(2, 'power watch', what, 'name a file: --csv FILE');
  }
  const source = await openPower(tree, options, io, true);
  let leaks: readonly string[] = [];
  let failed = false;
  try {
    failed = await look(source, options, io);
  } finally {
    leaks = await source.close();
  }
  return tellAbsent(io, source, leaks) || failed ? 1 : 0;
}

/** Shows samples until somebody says stop, or nobody reads any more. Answers whether something could not be read. */
async function look(source: PowerSource, options: WatchOptions, io: Io): Promise<boolean> {
  const views = viewsFor(source, options, io);
  const stop = io.stopOnSignals();
  const gone = new AbortController();
  void io.stdout.gone.then(() => gone.abort());
  const ended = AbortSignal.any([stop.signal, gone.signal]);
  try {
    return await sampleUntil(ended, source, options, io, views);
  } finally {
    stop.close();
    for (const view of views) view.close();
  }
}

function viewsFor({ title }: PowerSource, { csv, json, interval: every }: WatchOptions, io: Io): PowerView[] {
  if (csv === '-') return [csvView(io)];
  const shown = json === true ? jsonView(io) : openView(io, title, every);
  return csv === undefined ? [shown] : [csvFileView(io, csv), shown];
}

async function sampleUntil(
  ended: AbortSignal,
  source: PowerSource,
  { interval: every, count = Number.POSITIVE_INFINITY }: WatchOptions,
  io: Io,
  views: readonly PowerView[],
): Promise<boolean> {
  const startNs = io.nowNs();
  let failed = false;
  for (let taken = 1; ; taken++) {
    const sample = await source.sample();
    failed ||= sample.rails.some((rail) => errorsOf(rail).length > 0);
    for (const view of views) view.show(sample);
    if (taken >= count) return failed;
    // Samples keep their distance from the first one; those that reading took too long for are left out.
    const passed = Math.floor((io.nowNs() - startNs) / every);
    await source.wait(startNs + (passed + 1) * every, ended);
    if (ended.aborted) return failed;
  }
}
