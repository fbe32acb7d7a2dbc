// `bringup explain`: lines of a kernel log in words, and what to look at next.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { readToEnd } from '../../host/files.js';
import { isFile } from '../../host/folder.js';
import { explainLog, type LogReport } from '../../review/explain.js';
import { type Io, oneLine, writeJson } from '../io.js';
import type { Kernel } from '../../review/display/kernels.js';
import { kernelOption } from '../kernel-option.js';
import { cannotRead, type ExitCode, Refusal } from '../refusal.js';
import { defineOption, includeOption, overlayOption, refuseSecondInput, type TreeOptions } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';
import { explainText } from './explain-text.js';
import type { TreeView } from './explain-tree.js';
import { withoutJournal } from './journal.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('explain')
    .description(
      'Say what lines of a kernel log mean, and what to look at next. Known are the lines of the MediaTek display ' +
        'and its command queues, and of the audio DSP of Qualcomm SoCs. ' +
        'Exit code 0: at least one line is known, 1: none.',
    )
    .argument('[LINE...]', 'a line in quotes; - or none reads a whole log from standard input, of dmesg or journalctl')
    .addOption(new Option('--tree <TREE>', 'also say which node and path of this tree a line is about'))
    .addOption(kernelOption())
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        "explain 'Invalid display hw pipeline. Last component: 38 (ret=-2)'",
        'explain < dmesg.txt',
        "explain 'Cannot find first endpoint for path 0' --tree board.dtb",
        'explain --json - < dmesg.txt',
      ),
    )
    .action(leave(session, (lines, options) => explain(lines, options, session.io)));
}

interface Options extends TreeOptions {
  readonly overlay: readonly string[];
  readonly kernel: Kernel;
  readonly tree?: string | undefined;
  readonly json?: true | undefined;
}

async function explain(words: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  if (words.length > 1 && words.includes('-')) {
    throw new Refusal(2, 'explain', '- stands for a whole log', 'give it alone, or lines in quotes');
  }
  if (options.tree === undefined && options.overlay.length > 0) {
    throw new Refusal(2, 'explain', '--overlay is for a tree', 'give the tree with --tree, or leave it out');
  }
  const fromStdin = words.length === 0 || words[0] === '-';
  const trees = options.tree === undefined ? [] : [options.tree, ...options.overlay];
  refuseSecondInput('explain', [...(fromStdin ? ['-'] : []), ...trees]);
  const report = fromStdin ? explainLog(withoutJournal(await logOf(io, words))) : reportOf(words);
  const view = options.tree === undefined ? undefined : await viewOf(io, options.tree, options);
  if (options.json === true) writeJson(io, documentOf(report, view));
  else io.stdout.write(explainText(report, view));
  if (report.known.length > 0) return 0;
  hintAtFile(io, words);
  return 1;
}

/** A name in place of what is in the file is soon typed. */
function hintAtFile(io: Io, words: readonly string[]): void {
  const [name = ''] = words;
  if (words.length !== 1 || !isFile(io.cwd, name)) return;
  io.stderr.write(`bringup: ${oneLine(`${name}: this is a file; bringup explain < ${name} reads it`)}\n`);
}

async function logOf(io: Io, words: readonly string[]): Promise<string> {
  const stdin = io.stdin();
  if (words.length === 0 && stdin.isTTY === true) {
    throw new Refusal(
      2,
      'explain',
      'no line is given',
      'write one in quotes, or give a log: bringup explain < dmesg.txt',
    );
  }
  const bytes = await readToEnd(stdin);
  if (typeof bytes === 'string') throw cannotRead('-', bytes);
  return new TextDecoder().decode(bytes);
}

/** Each argument is a line; where that means nothing, the quotes were forgotten. */
function reportOf(words: readonly string[]): LogReport {
  const report = explainLog(withoutJournal(words.join('\n')));
  if (report.known.length > 0 || words.length === 1) return report;
  const joined = explainLog(words.join(' '));
  return joined.known.length > 0 ? joined : report;
}

async function viewOf(io: Io, path: string, options: Options): Promise<TreeView> {
  const { viewTree } = await import('./explain-tree.js');
  return viewTree(io, path, options);
}

function documentOf(report: LogReport, view: TreeView | undefined): object {
  if (view === undefined) return report;
  return { ...report, known: report.known.map((one) => ({ ...one, tree: view.placesOf(one.message).plain })) };
}
