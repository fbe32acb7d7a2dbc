// `bringup dt overlay`: a tree with overlays applied.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { type Io, writeJson } from '../io.js';
import { formOption, type OutputForm, outputOption, treeContent, writeProduct } from '../output-file.js';
import { type ExitCode, Refusal } from '../refusal.js';
import {
  applyOverlays,
  defineOption,
  includeOption,
  loadTree,
  refuseSecondInput,
  type TreeOptions,
} from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('overlay')
    .description('Apply overlays to a tree, one after the other. A base that is source gets __symbols__ first.')
    .argument('<BASE>', 'devicetree, blob or source; - reads standard input')
    .argument('<OVERLAY...>', 'overlays, blobs or sources')
    .addOption(outputOption())
    .addOption(formOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document about the outcome; needs -o')
    .addHelpText(
      'after',
      examples(
        'dt overlay board.dtb camera.dtbo -o board-with-camera.dtb',
        'dt overlay board.dts camera.dtso panel.dtso -I linux/include -o both.dtb',
        'dt overlay board.dtb camera.dtbo -O dts',
      ),
    )
    .action(leave(session, (base, overlays, options) => overlay([base, ...overlays], options, session.io)));
}

interface Options extends TreeOptions {
  readonly output?: string | undefined;
  readonly outputForm: OutputForm;
  readonly json?: true | undefined;
}

async function overlay(paths: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  if (options.json === true && (options.output === undefined || options.output === '-')) {
    throw new Refusal(2, 'dt overlay', '--json and the tree cannot both go to standard output', 'add -o FILE');
  }
  refuseSecondInput('dt overlay', paths);
  const [base = '', ...overlays] = paths;
  const loaded = await loadTree(io, base, options, { symbols: true });
  const tree = await applyOverlays(io, base, loaded, { ...options, overlay: overlays }, 'nothing was written');
  const content = treeContent(tree, options.outputForm);
  writeProduct(io, options.output, content);
  if (options.json === true) writeJson(io, { output: options.output, base, overlays, bytes: content.length });
  return 0;
}
