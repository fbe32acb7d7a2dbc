// `bringup devices`: what became of every device, without letting time pass beyond the probes.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { NodeState } from '../../bench/report.js';
import { reportBoot } from '../../stock/boot-report.js';
import { bootText, closingText, displaysText } from '../boot-text.js';
import { type Io, writeJson } from '../io.js';
import { buildMachine, powerOn } from '../machine.js';
import type { ExitCode } from '../refusal.js';
import { DEFAULT_STATES, parseStates, STATE_WORDS } from '../states.js';
import { defineOption, includeOption, loadTree, overlayOption, type TreeOptions } from '../tree-file.js';
import { examples, leave, parsed, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('devices')
    .description('List what became of every device of a devicetree: bound, waiting, failed, without driver, disabled.')
    .argument('<TREE>', 'devicetree, source or blob; - reads standard input')
    .addOption(
      new Option('--state <KIND,...>', `list only nodes of these states: ${STATE_WORDS}`)
        .argParser(parsed(parseStates))
        .default(DEFAULT_STATES, 'all'),
    )
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'devices boards/lab.dts',
        'devices board.dtb --state waits,failed',
        'devices board.dts -I linux/include --json',
      ),
    )
    .action(leave(session, (tree, options) => devices(tree, options, session.io)));
}

interface DevicesOptions extends TreeOptions {
  readonly state: readonly NodeState[];
  readonly json?: true | undefined;
}

async function devices(path: string, options: DevicesOptions, io: Io): Promise<ExitCode> {
  const start = io.nowNs();
  const machine = { seed: '1', fault: [], set: [], param: [] };
  const bench = buildMachine(await loadTree(io, path, options), machine);
  await powerOn(bench, machine);
  const report = reportBoot(bench, options.state);
  if (options.json === true) writeJson(io, report);
  else io.stdout.write(bootText(report, io) + displaysText(report) + closingText(report, io.nowNs() - start));
  return report.totals.failed > 0 ? 1 : 0;
}
