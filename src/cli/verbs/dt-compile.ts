// `bringup dt compile`: devicetree source to blob, with dtc's options.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import type { CompileOptions } from '../../dt/compile-text.js';
import type { FdtWriteOptions } from '../../dt/fdt-write.js';
import { writeFileWhole } from '../../host/output.js';
import { type Io, writeJson } from '../io.js';
import { formOption, type OutputForm, outputOption, treeContent, writeProduct } from '../output-file.js';
import { cannotWrite, errorDocument, type ExitCode, Refusal } from '../refusal.js';
import { countDiagnostics } from '../../stock/tree-input.js';
import { compileFile, includeOption, usableTree } from '../tree-file.js';
import { collect, examples, leave, macro, type Session, wholeNumber } from '../verb.js';

const U32 = 0xffff_ffff;

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  const { definitions, define, undefine } = macroList();
  let quiet = 0;
  return new Command('compile')
    .description(
      'Compile devicetree source to a blob, preprocessor included. Options are those of dtc where it has them.',
    )
    .argument('<FILE>', 'source; - reads standard input')
    .addOption(outputOption())
    .addOption(formOption())
    .addOption(includeOption())
    .option('-i, --dt-include <DIR>', 'the same as -I, as dtc calls it (repeatable)', collect, [] as readonly string[])
    .option('-D, --define <NAME[=VALUE]>', 'set a macro (repeatable)', define)
    .option('-U, --undefine <NAME>', 'unset a macro that -D has set (repeatable)', undefine)
    .option('--no-preprocess', 'the source has no #include and no macros')
    .option('-@, --symbols', 'add __symbols__, so that overlays can refer to labels')
    .option('-A, --auto-alias', 'add an alias for every label')
    .option('-b, --boot-cpu <N>', 'physical id of the boot CPU', wholeNumber(0, U32))
    .option('-R, --reserve <N>', 'empty slots behind the memory reservations', wholeNumber(0, U32))
    .option('-S, --space <BYTES>', 'least size of the blob', wholeNumber(0, U32))
    .option('-p, --pad <BYTES>', 'zeros behind the blob', wholeNumber(0, U32))
    .option('-a, --align <BYTES>', 'make the size a multiple of this power of two', wholeNumber(1, U32))
    .option('-V, --out-version <N>', 'version of the blob, 16 or 17', wholeNumber(0, U32))
    .addOption(
      new Option('-H, --phandle <FORMAT>', 'which properties carry numbers of nodes: phandle, linux,phandle or both')
        .choices(['epapr', 'legacy', 'both'] as const)
        .default('epapr' as const, 'epapr'),
    )
    .option('-s, --sort', 'sort nodes and properties by name')
    .option('-f, --force', 'write a tree although checks have failed')
    .option('-q, --quiet', 'no warnings; twice: no errors either, the exit code tells')
    .on('option:quiet', () => {
      quiet++;
    })
    .option(
      '-W, --warning <[no-]NAME>',
      'switch the warning of a check on or off (repeatable)',
      collect,
      [] as readonly string[],
    )
    .option(
      '-E, --error <[no-]NAME>',
      'make a check an error, or no error (repeatable)',
      collect,
      [] as readonly string[],
    )
    .option('-d, --depfile <FILE>', 'write the files that were read as a rule for make')
    .option('--json', 'print one JSON document about the outcome; needs -o')
    .addHelpText(
      'after',
      examples(
        'dt compile boards/lab.dts -o lab.dtb',
        'dt compile board.dts -I linux/include -I linux/scripts/dtc/include-prefixes -@ -o board.dtb',
        'dt compile board.dts -W no-unit_address_vs_reg -d board.d -o board.dtb',
      ),
    )
    .action(
      leave(session, (file, options) => compile(file, { ...options, definitions, quietness: quiet }, session.io)),
    );
}

/** The definitions so far. -D and -U act in the order in which they are written, as with cpp. */
function macroList(): { definitions: string[]; define: (text: string) => void; undefine: (name: string) => void } {
  const definitions: string[] = [];
  return {
    definitions,
    define: (text) => void definitions.push(macro(text)),
    undefine(name) {
      const kept = definitions.filter((text) => text.split(/[=(]/)[0] !== name);
      definitions.splice(0, definitions.length, ...kept);
    },
  };
}

/** What the options say. */
interface Options {
  readonly output?: string | undefined;
  readonly outputForm: OutputForm;
  readonly include: readonly string[];
  readonly dtInclude: readonly string[];
  readonly definitions: readonly string[];
  readonly preprocess: boolean;
  readonly symbols?: true | undefined;
  readonly autoAlias?: true | undefined;
  readonly bootCpu?: number | undefined;
  readonly reserve?: number | undefined;
  readonly space?: number | undefined;
  readonly pad?: number | undefined;
  readonly align?: number | undefined;
  readonly outVersion?: number | undefined;
  readonly phandle: 'epapr' | 'legacy' | 'both';
  readonly sort?: true | undefined;
  readonly force?: true | undefined;
  readonly quietness: number;
  readonly warning: readonly string[];
  readonly error: readonly string[];
  readonly depfile?: string | undefined;
  readonly json?: true | undefined;
}

async function compile(path: string, options: Options, io: Io): Promise<ExitCode> {
  const toStdout = options.output === undefined || options.output === '-';
  if (options.json === true && toStdout) {
    throw new Refusal(2, 'dt compile', '--json and the blob cannot both go to standard output', 'add -o FILE');
  }
  const result = await compileFile(io, path, compileOptions(options));
  const spoken = result.diagnostics.filter(({ severity }) => !silenced(severity, options.quietness));
  if (result.tree === undefined && options.quietness > 1) {
    const message = `${path}: ${countDiagnostics(result.diagnostics)}; nothing was written`;
    if (options.json === true) writeJson(io, errorDocument(1, message, result.diagnostics));
    return 1;
  }
  const tree = usableTree(io, path, { tree: result.tree, diagnostics: spoken }, 'nothing was written');
  const content = treeContent(tree, options.outputForm, writeOptions(options));
  writeProduct(io, options.output, content);
  if (options.depfile !== undefined) writeDependencies(io, options.depfile, options.output ?? '-', result.files);
  if (options.json === true) {
    const bytes = typeof content === 'string' ? Buffer.byteLength(content) : content.length;
    writeJson(io, { output: options.output, bytes, diagnostics: result.diagnostics, files: result.files });
  }
  return 0;
}

function silenced(severity: string, quietness: number): boolean {
  return quietness > 1 || (quietness > 0 && severity !== 'error');
}

function compileOptions(o: Options): CompileOptions {
  return {
    checks: 'all',
    warnings: o.warning,
    errors: o.error,
    includeDirs: [...o.include, ...o.dtInclude],
    defines: o.definitions,
    preprocess: o.preprocess,
    symbols: o.symbols === true,
    autoAlias: o.autoAlias === true,
    phandleFormat: o.phandle,
    sort: o.sort === true,
    force: o.force === true,
    ...given({ bootCpu: o.bootCpu }),
  };
}

function writeOptions(o: Options): FdtWriteOptions {
  return given({ version: o.outVersion, reserve: o.reserve, padding: o.pad, space: o.space, align: o.align });
}

/** Only what was given: options that are left out keep their defaults. */
function given<T extends Record<string, number | undefined>>(values: T): { [K in keyof T]?: number } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: number;
  };
}

/** A rule for make; blanks in names are escaped as make wants them. */
function writeDependencies(io: Io, path: string, target: string, files: readonly string[]): void {
  const names = [target, ...files].map((name) => name.replace(/[ \\]/g, '\\$&'));
  const fault = writeFileWhole(io.cwd, path, `${names[0]}: ${names.slice(1).join(' ')}\n`);
  if (fault !== undefined) throw cannotWrite(path, fault);
}
