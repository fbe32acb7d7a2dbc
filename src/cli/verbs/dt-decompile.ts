// `bringup dt decompile`: a blob as source.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { decompile as sourceOf } from '../../dt/decompile.js';
import { type Io, writeJson } from '../io.js';
import { outputOption, writeProduct } from '../output-file.js';
import type { ExitCode } from '../refusal.js';
import { defineOption, includeOption, loadTree, type TreeOptions } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('decompile')
    .description('Write a blob as source: as dtc prints it, or for people, with labels and references.')
    .argument('<TREE>', 'devicetree, blob or source; - reads standard input')
    .addOption(outputOption())
    .option('-s, --sort', 'sort nodes and properties by name')
    .addOption(new Option('--plain', 'as `dtc -I dtb -O dts` prints it (the default)').conflicts('pretty'))
    .option('--pretty', 'with labels, references and lists of strings; compiles to an equal tree')
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document with the source in it')
    .addHelpText(
      'after',
      examples(
        'dt decompile board.dtb',
        'dt decompile board.dtb --pretty -o board.dts',
        'dt decompile --sort - < board.dtb',
      ),
    )
    .action(leave(session, (path, options) => decompile(path, options, session.io)));
}

interface Options extends TreeOptions {
  readonly output?: string | undefined;
  readonly sort?: true | undefined;
  readonly pretty?: true | undefined;
  readonly json?: true | undefined;
}

async function decompile(path: string, options: Options, io: Io): Promise<ExitCode> {
  const tree = await loadTree(io, path, options);
  const source = sourceOf(tree, { sort: options.sort === true, pretty: options.pretty === true });
  if (options.json !== true || options.output !== undefined) writeProduct(io, options.output, source);
  if (options.json === true) writeJson(io, { output: options.output ?? null, source });
  return 0;
}
