// `bringup dt lint`: what is wrong with a tree: dtc's own checks, and the rules about displays.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Diagnostic, Severity } from '../../base/diagnostic.js';
import { checkTree, unknownChecks } from '../../dt/source/checks.js';
import { forecastDisplay } from '../../review/display/forecast.js';
import { lintDisplay, RULES } from '../../review/display/lint.js';
import type { DisplayFinding } from '../../review/display/finding.js';
import type { DtTree } from '../../dt/tree.js';
import { type Io, oneLine, writeJson } from '../io.js';
import type { Kernel } from '../../review/display/kernels.js';
import { kernelOption } from '../kernel-option.js';
import { type ExitCode, Refusal } from '../refusal.js';
import {
  applyOverlays,
  defineOption,
  includeOption,
  overlayOption,
  readTree,
  refuseOverlayInput,
  type TreeOptions,
  usableTree,
} from '../tree-file.js';
import { collect, examples, leave, type Session } from '../verb.js';
import { plainFinding } from './display-json.js';
import { countOf } from '../../review/finding-order.js';
import { countsText, type Finding, shortText } from './finding-text.js';
import { sarifOfRefusal } from './refused-sarif.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('lint')
    .description(
      "Find what is wrong with a tree: dtc's own checks, and the rules about MediaTek displays (docs/display.md). " +
        'Exit code 0: no errors, 1: some.',
    )
    .argument('<TREE>', 'devicetree, blob or source; - reads standard input')
    .addOption(kernelOption())
    .addOption(overlayOption())
    .option(
      '-W, --warning <[no-]NAME>',
      'switch the warning of a check, or a display rule as L24, on or off (repeatable)',
      collect,
      [] as readonly string[],
    )
    .option(
      '-E, --error <[no-]NAME>',
      'make a check or a display rule an error, or no error (repeatable)',
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
        'dt lint board.dtb',
        'dt lint board.dts -I linux/include --kernel v6.12',
        'dt lint board.dtb --overlay panel.dtbo -W no-unit_address_vs_reg -E L36',
        'dt lint board.dts -I linux/include -I linux/scripts/dtc/include-prefixes --sarif lint.sarif',
      ),
    )
    .action(leave(session, (path, options) => lint(path, options, session.io)));
}

interface Options extends TreeOptions {
  readonly overlay: readonly string[];
  readonly kernel: Kernel;
  readonly warning: readonly string[];
  readonly error: readonly string[];
  readonly sarif?: string | undefined;
  readonly json?: true | undefined;
}

async function lint(path: string, options: Options, io: Io): Promise<ExitCode> {
  if (options.json === true && options.sarif === '-') {
    throw new Refusal(
      2,
      'dt lint',
      '--json and --sarif - cannot both go to standard output',
      'name a file: --sarif FILE',
    );
  }
  refuseUnknown(options);
  const { tree, diagnostics } = await sarifOfRefusal(io, options.sarif, () => checked(io, path, options));
  const display = displayFindings(tree, options);
  const findings: readonly Finding[] = [...diagnostics, ...display];
  if (options.sarif !== undefined) {
    const { writeFindings } = await import('./display-sarif.js');
    writeFindings(io, path, options.sarif, findings);
  }
  if (options.json === true) writeJson(io, documentOf(diagnostics, display, options.kernel));
  else if (options.sarif !== '-') io.stdout.write(textOf(findings));
  return countOf(findings, 'error') > 0 ? 1 : 0;
}

/** The tree, with what dtc's checks say: those of the compiler itself for a source that stays as it is. */
async function checked(io: Io, path: string, options: Options): Promise<{ tree: DtTree; diagnostics: Diagnostic[] }> {
  refuseOverlayInput(path, options);
  const levels = { warnings: checkNames(options.warning), errors: checkNames(options.error) };
  const overlaid = options.overlay.length > 0;
  // With `force` a tree with errors is looked at all the same; only what is no tree is refused.
  const result = await readTree(io, path, options, overlaid ? {} : { checks: 'all', ...levels, force: true });
  if (result.tree === undefined) usableTree(io, path, result, 'nothing was checked');
  const base = result.tree as DtTree;
  const tree = await applyOverlays(io, path, base, options, 'nothing was checked');
  const isCompiled = base.source !== undefined && !overlaid;
  return { tree, diagnostics: [...result.diagnostics, ...(isCompiled ? [] : checkTree(tree, levels))] };
}

const RULE_NAME = /^(no-)?([LR]\d+)$/;

function checkNames(names: readonly string[]): string[] {
  return names.filter((name) => !RULE_NAME.test(name));
}

function refuseUnknown({ warning, error }: Options): void {
  const [check] = unknownChecks({ warnings: checkNames(warning), errors: checkNames(error) });
  if (check !== undefined) {
    const todo = 'docs/messages.md and docs/display.md have all';
    throw new Refusal(2, 'dt lint', `there is no check named '${check}'`, todo);
  }
  const rules = [...warning, ...error].flatMap((name) => RULE_NAME.exec(name)?.[2] ?? []);
  const rule = rules.find((wanted) => !RULES.some(({ id }) => id === wanted));
  if (rule !== undefined)
    throw new Refusal(2, 'dt lint', `there is no display rule ${rule}`, 'docs/display.md has all');
}

/**
 * The findings of the display rules, with -W and -E applied. For a check `-W no-NAME` leaves an error alone, as in dtc;
 * a rule is either: what is silenced is silent.
 */
function displayFindings(tree: DtTree, { kernel, warning, error }: Options): DisplayFinding[] {
  const found = lintDisplay(tree, forecastDisplay(tree, kernel.rules));
  return found.flatMap((one) => {
    const severity = severityOf(one, warning, error);
    return severity === undefined ? [] : [{ ...one, severity }];
  });
}

function severityOf({ rule, severity }: DisplayFinding, warning: readonly string[], error: readonly string[]) {
  let level: Severity = severity;
  for (const name of error) {
    if (name === rule) level = 'error';
    if (name === `no-${rule}` && level === 'error') level = 'warning';
  }
  return warning.includes(`no-${rule}`) ? undefined : level;
}

/** One line per finding, what to change below it; the counts last. */
function textOf(findings: readonly Finding[]): string {
  return [...findings.flatMap(shortText), countsText(findings)].map((line) => `${oneLine(line)}\n`).join('');
}

function documentOf(
  checks: readonly Diagnostic[],
  display: readonly DisplayFinding[],
  { name, rules }: Kernel,
): object {
  const all = [...checks, ...display];
  return {
    kernel: name,
    rules: rules.name,
    errors: countOf(all, 'error'),
    warnings: countOf(all, 'warning'),
    notes: countOf(all, 'note'),
    findings: [...checks, ...display.map(plainFinding)],
  };
}
