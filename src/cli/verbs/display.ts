// `bringup display`: what a given kernel's mediatek-drm driver makes of a tree, and what is wrong in words.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { DtTree } from '../../dt/tree.js';
import type { DisplayFinding } from '../../review/display/finding.js';
import { forecastDisplay } from '../../review/display/forecast.js';
import { lintDisplay } from '../../review/display/lint.js';
import type { DisplayForecast } from '../../review/display/result.js';
import { hostFiles } from '../../host/files.js';
import { isFolder } from '../../host/folder.js';
import { type Io, writeJson } from '../io.js';
import type { Kernel } from '../../review/display/kernels.js';
import { kernelOption } from '../kernel-option.js';
import { writeProduct } from '../output-file.js';
import { cannotRead, type ExitCode, Refusal } from '../refusal.js';
import { defineOption, includeOption, loadTree, overlayOption, type TreeOptions } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';
import { displayText } from './display-text.js';
import { verdicts } from '../../review/display/verdict.js';
import { countOf, inOrder } from '../../review/finding-order.js';
import { sarifOfRefusal } from './refused-sarif.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('display')
    .description(
      'Say what becomes of the MediaTek display that a tree describes: the paths of each mmsys as a given kernel ' +
        "builds them, the kernel's own log lines and return codes, and what is wrong in words. " +
        'Exit code 0: nothing is wrong, 1: it fails or a finding is an error.',
    )
    .argument('<TREE>', 'devicetree, blob or source; - reads standard input; with --summary a folder of them')
    .addOption(kernelOption())
    .addOption(overlayOption())
    .option('--svg <FILE>', 'draw the paths; - writes to standard output in place of the text')
    .option('--sarif <FILE>', 'write the findings in SARIF, for code review tools; - as with --svg')
    .option('--summary', 'all *.dtb and *.dts below a folder as one table')
    .option(
      '--verbose',
      'debug lines of the kernel log, every block of a walk, counts of references; with --summary every tree',
    )
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'display mt8183-kukui-krane.dtb --kernel v6.18',
        'display board.dts -I linux/include --svg board.svg',
        'display board.dtb --overlay panel.dtbo --overlay touch.dtbo',
        'display linux/arch/arm64/boot/dts/mediatek --summary -I linux/include -I linux/scripts/dtc/include-prefixes',
        'display board.dts -I linux/include --sarif display.sarif --json',
      ),
    )
    .action(leave(session, (path, options) => display(path, options, session.io)));
}

interface Options extends TreeOptions {
  readonly overlay: readonly string[];
  readonly kernel: Kernel;
  readonly svg?: string | undefined;
  readonly sarif?: string | undefined;
  readonly summary?: true | undefined;
  readonly verbose?: true | undefined;
  readonly json?: true | undefined;
}

async function display(path: string, options: Options, io: Io): Promise<ExitCode> {
  if (options.summary === true) return summarize(path, options, io);
  if (isFolder(io.cwd, path)) {
    throw new Refusal(2, path, 'this is a directory', 'name a tree in it, or add --summary for a table of all');
  }
  const toStdout = productOnStdout(options);
  const tree = await sarifOfRefusal(io, options.sarif, () => loadTree(io, path, options));
  const forecast = forecastDisplay(tree, options.kernel.rules);
  const seen: Seen = { tree, forecast, findings: inOrder(lintDisplay(tree, forecast)), kernel: options.kernel };
  await writeProducts(io, path, seen, options);
  if (!toStdout) io.stdout.write(textOf(seen, options.verbose === true, io));
  const fails = verdicts(forecast).some(({ kind }) => kind === 'fails');
  return fails || countOf(seen.findings, 'error') > 0 ? 1 : 0;
}

/** A tree and all that is to be said about it. */
interface Seen {
  readonly tree: DtTree;
  readonly forecast: DisplayForecast;
  readonly findings: readonly DisplayFinding[];
  readonly kernel: Kernel;
}

/** Whether something else than the text goes to the standard output; two things are refused. */
function productOnStdout({ json, svg, sarif }: Options): boolean {
  const takers = [json === true, svg === '-', sarif === '-'].filter(Boolean).length;
  if (takers > 1) {
    const what = 'only one of --json, --svg - and --sarif - can go to standard output';
    throw new Refusal(2, 'display', what, 'name files for the others');
  }
  return takers > 0;
}

function textOf({ tree, forecast, findings, kernel }: Seen, verbose: boolean, io: Io): string {
  if (forecast.mmsys.length === 0) {
    const isOverlay = tree.plugin || tree.root.children.some((node) => node.child('__overlay__') !== undefined);
    const more = isOverlay ? '; it is an overlay: give the board, and this with --overlay' : '';
    return `there is no MediaTek display in this tree: no node that the mmsys driver binds${more}\n`;
  }
  return displayText(tree.root, forecast, findings, { kernel, verbose }, io);
}

/** What else was asked for. Their code is loaded when they are: most runs want the text alone. */
async function writeProducts(io: Io, path: string, seen: Seen, { svg, sarif, json }: Options): Promise<void> {
  const { tree, forecast, findings, kernel } = seen;
  if (svg !== undefined) {
    const { displayPicture } = await import('../../review/display/picture.js');
    const { pipelineSvg } = await import('../../abi/pipeline-svg.js');
    writeProduct(io, svg, pipelineSvg(displayPicture(tree, forecast, findings, kernel.name)));
  }
  if (sarif !== undefined) {
    const { writeFindings } = await import('./display-sarif.js');
    writeFindings(io, path, sarif, findings);
  }
  if (json === true) {
    const { displayDocument } = await import('./display-json.js');
    writeJson(io, displayDocument(tree, forecast, findings, kernel));
  }
}

async function summarize(path: string, options: Options, io: Io): Promise<ExitCode> {
  const wrong = options.svg !== undefined ? '--svg' : options.sarif !== undefined ? '--sarif' : undefined;
  const one = wrong ?? (options.overlay.length > 0 ? '--overlay' : undefined);
  if (one !== undefined) throw new Refusal(2, 'display', `${one} is for one tree`, 'leave it out, or --summary');
  if (!isFolder(io.cwd, path)) {
    const found = path === '-' ? undefined : hostFiles({ cwd: io.cwd }).read(path);
    if (typeof found === 'string') throw cannotRead(path, found);
    throw new Refusal(2, path, 'this is no directory', 'leave out --summary');
  }
  const { summary } = await import('./display-summary.js');
  return summary(path, options, io);
}
