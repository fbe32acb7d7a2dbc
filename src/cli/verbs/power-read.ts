// `bringup power read`: one look at the power rails.
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { hasColours, type Io, writeJson } from '../io.js';
import { powerCommand, sourceOptions } from '../power-option.js';
import { errorsOf } from '../../stock/power-sample.js';
import { openPower, type SourceOptions } from '../power-source.js';
import { tellAbsent } from '../power-report.js';
import { powerTable } from '../power-text.js';
import type { ExitCode } from '../refusal.js';
import { examples, leave, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return powerCommand('read')
    .description('Read the power rails of a machine, modelled or real, once.')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'power read boards/lab.dts',
        'power read --bus /dev/i2c-1 --shunt 10m',
        'power read --bus /dev/i2c-1 --address 0x41 --shunt 5m,5m,- --label VDD_IN,VDD_CPU --json',
      ),
    )
    .action(leave(session, (tree, options) => read(tree, sourceOptions(options), session.io)));
}

async function read(
  tree: string | undefined,
  options: SourceOptions & { readonly json?: true | undefined },
  io: Io,
): Promise<ExitCode> {
  const source = await openPower(tree, options, io, false);
  let leaks: readonly string[] = [];
  let failed = false;
  try {
    const sample = await source.sample();
    failed = sample.rails.some((rail) => errorsOf(rail).length > 0);
    if (options.json === true) writeJson(io, sample);
    else
      io.stdout.write(
        powerTable(sample, { painted: hasColours(io) })
          .map((line) => `${line}\n`)
          .join(''),
      );
  } finally {
    leaks = await source.close();
  }
  return tellAbsent(io, source, leaks) || failed ? 1 : 0;
}
