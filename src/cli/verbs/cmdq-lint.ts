// `bringup cmdq lint`: what is wrong with programs of the GCE, and with what devicetrees say of it.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { sarif } from '../../abi/sarif.js';
import { CMDQ_RULES } from '../../review/cmdq/lint-catalogue.js';
import { checkFile, type CheckedFile, type CheckOptions, finalFindings, refuseUnknownRules } from '../cmdq-check.js';
import { baseOption, eventsOption, formatOption, loadNames, socOption, treeOption } from '../cmdq-program.js';
import { parseDuration } from '../../stock/duration.js';
import { type Io, oneLine, writeJson } from '../io.js';
import { writeProduct } from '../output-file.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { defineOption, includeOption } from '../tree-file.js';
import { collect, examples, leave, parsed, type Session } from '../verb.js';
import { version } from '../version.js';
import { countOf } from '../../review/finding-order.js';
import { countsText, type Finding, shortText } from './finding-text.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('lint')
    .description(
      'Find what is wrong with GCE programs, and with what devicetrees say of the GCE (docs/cmdq-lint.md). ' +
        'Each file is taken for what its content is. Exit code 0: no errors, 1: some.',
    )
    .argument(
      '<FILE...>',
      'programs in any form that bringup cmdq disassemble reads, and devicetrees; - reads standard input',
    )
    .addOption(socOption())
    .addOption(treeOption())
    .addOption(eventsOption())
    .addOption(formatOption())
    .addOption(baseOption())
    .option('--chained', 'other packets are chained to the programs while they run')
    .addOption(
      new Option(
        '--blanking <TIME>',
        'time that a program has, from its start and from each wait; as in 670us',
      ).argParser(parsed(parseDuration)),
    )
    .option(
      '-W, --warning <[no-]RULE>',
      'make a rule a warning, or silence it (repeatable)',
      collect,
      [] as readonly string[],
    )
    .option(
      '-E, --error <[no-]RULE>',
      'make a rule an error, or no error (repeatable)',
      collect,
      [] as readonly string[],
    )
    .option('--sarif <FILE>', 'write the findings in SARIF, for code review tools; - writes to standard output')
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'cmdq lint packet.bin --soc mt8173',
        'cmdq lint update.gce --tree board.dtb --blanking 450us --chained',
        'cmdq lint board.dtb',
        'cmdq lint board.dts packet.hex --soc mt8186 -I linux/include -W no-poll --sarif lint.sarif',
      ),
    )
    .action(leave(session, (paths, options) => lint(paths, { ...options, overlay: [] }, session.io)));
}

interface Options extends CheckOptions {
  readonly sarif?: string | undefined;
  readonly json?: true | undefined;
}

async function lint(paths: readonly string[], options: Options, io: Io): Promise<ExitCode> {
  if (options.json === true && options.sarif === '-') {
    const what = '--json and --sarif - cannot both go to standard output';
    throw new Refusal(2, 'cmdq lint', what, 'name a file: --sarif FILE');
  }
  refuseUnknownRules(options);
  const { names } = await loadNames(io, 'cmdq lint', paths, options);
  const files: CheckedFile[] = [];
  for (const path of paths)
    files.push(await sarifOfRefused(io, options.sarif, () => checkFile(io, path, names, options)));
  const checked = files.map((file) => ({ ...file, findings: finalFindings(file.findings, options) }));
  const all = checked.flatMap(({ findings }) => findings);
  if (options.sarif !== undefined) writeSarif(io, options.sarif, checked);
  if (options.json === true) writeJson(io, documentOf(checked));
  else if (options.sarif !== '-') io.stdout.write(textOf(checked));
  return countOf(all, 'error') > 0 ? 1 : 0;
}

/** What is wrong with a file that is refused is what the SARIF file has: one of an earlier run would be of another. */
async function sarifOfRefused<T>(io: Io, file: string | undefined, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (e) {
    if (file !== undefined && e instanceof Refusal && e.diagnostics.length > 0) {
      writeSarif(io, file, [{ path: e.where, kind: 'program', findings: e.diagnostics }]);
    }
    throw e;
  }
}

/** Findings by file; the counts last. */
function textOf(files: readonly CheckedFile[]): string {
  const lines = files.flatMap(({ path, findings }) => findings.flatMap((finding) => linesOf(path, finding)));
  const counts = countsText(files.flatMap(({ findings }) => findings));
  return [...lines, counts].map((line) => `${oneLine(line)}\n`).join('');
}

/** Where and what; the instruction; what to change. */
function linesOf(path: string, finding: Finding): string[] {
  // What is said of a node begins with its path.
  const isTwice = finding.where === undefined || finding.text.startsWith(`${finding.where}: `);
  const where = isTwice ? path : `${path}: ${finding.where}`;
  const [first = '', ...more] = shortText({ ...finding, where });
  const instruction = 'instruction' in finding ? (finding.instruction as { readonly text: string }) : undefined;
  return [first, ...(instruction === undefined ? [] : [`  in: ${instruction.text}`]), ...more];
}

function documentOf(files: readonly CheckedFile[]): object {
  const all = files.flatMap(({ findings }) => findings);
  return {
    errors: countOf(all, 'error'),
    warnings: countOf(all, 'warning'),
    notes: countOf(all, 'note'),
    files,
  };
}

function writeSarif(io: Io, file: string, files: readonly CheckedFile[]): void {
  const findings = files.flatMap(({ path, findings }) => {
    const whole = { file: path, line: 0, column: 0 };
    return findings.map((finding) => (path === '-' || finding.at !== undefined ? finding : { ...finding, at: whole }));
  });
  const rules = CMDQ_RULES.map(({ id, summary, severities }) => {
    return { id, text: summary, severity: severities[0] ?? 'warning' };
  });
  const document = sarif({ version: version(), findings, rules, base: io.cwd });
  writeProduct(io, file, `${JSON.stringify(document, undefined, 2)}\n`);
}
