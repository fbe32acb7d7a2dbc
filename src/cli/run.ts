// One run of the command: finds the verb, loads it, lets it act; what ends it early becomes one line and an exit code.
import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { SysError } from '../base/errno.js';
import { type Io, oneLine, writeJson } from './io.js';
import { InputError } from '../stock/input-error.js';
import { mistakeText } from './mistake.js';
import { errorDocument, type ExitCode, Refusal, type RunCode } from './refusal.js';
import type { Session, VerbEntry } from './verb.js';
import { VERBS } from './verbs.js';
import { version } from './version.js';

/** Columns of `--help`. */
const HELP_COLUMNS = 100;

/** Runs `bringup ARGV...`. Writes nothing but to `io`, throws nothing, and answers the exit code. */
export async function run(argv: readonly string[], io: Io): Promise<RunCode> {
  const args = argv[0] === 'help' ? helpFor(argv.slice(1)) : [...argv];
  const way = findVerb(args);
  const session: Session = { io, exitCode: 0 };
  try {
    await (await programFor(way, session)).parseAsync(args, { from: 'user' });
    return session.exitCode;
  } catch (e) {
    return explain(e, way, args, io);
  }
}

/** `help dt compile` is `dt compile --help`. A word that is no verb is left to be refused. */
function helpFor(words: readonly string[]): string[] {
  const way = findVerb(words);
  const all = way.length === words.length || (way.length > 0 && way.at(-1)?.verbs === undefined);
  return all ? [...words, '--help'] : [...words];
}

/** The verbs that the arguments begin with: none, `boot`, or `dt` and `compile`. */
function findVerb(args: readonly string[]): VerbEntry[] {
  const way: VerbEntry[] = [];
  let verbs: readonly VerbEntry[] | undefined = VERBS;
  for (const word of args) {
    const entry: VerbEntry | undefined = verbs?.find(({ name }) => name === word);
    if (entry === undefined) break;
    way.push(entry);
    verbs = entry.verbs;
  }
  return way;
}

/** The wanted verb with its options; where none is wanted all by name and summary, as the help lists them. */
async function programFor(way: readonly VerbEntry[], session: Session): Promise<CommandUnknownOpts> {
  const program = new Command('bringup').description(
    'Bring up SoC drivers without the SoC: a devicetree in, probed drivers on register-accurate chip models out.',
  );
  prepare(program, session);
  program.addHelpText('after', '\nSee bringup VERB --help for its options, with examples.');
  await addVerbs(program, VERBS, way, session);
  return program;
}

async function addVerbs(
  to: CommandUnknownOpts,
  verbs: readonly VerbEntry[],
  way: readonly VerbEntry[],
  session: Session,
): Promise<void> {
  for (const entry of verbs) {
    const wanted = way[0] === entry;
    if (!wanted && way.length > 0) continue; // nobody asks for the others: no help, no suggestion
    const loaded = wanted ? await entry.load?.() : undefined;
    const verb = loaded?.verb(session) ?? new Command(entry.name);
    verb.summary(entry.summary);
    if (loaded === undefined) verb.description(`${entry.summary.charAt(0).toUpperCase()}${entry.summary.slice(1)}.`);
    prepare(verb, session);
    if (wanted) await addVerbs(verb, entry.verbs ?? [], way.slice(1), session);
    to.addCommand(verb);
  }
}

/** What all commands have in common: where their texts go, and that they end by throwing. */
function prepare(command: CommandUnknownOpts, { io }: Session): void {
  command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .option('--version', 'print the version')
    .on('option:version', () => {
      io.stdout.write(`${version()}\n`);
      throw new CommanderError(0, 'commander.version', '');
    })
    .configureHelp({ subcommandTerm: (verb) => verb.name(), commandUsage: usageOf, optionDescription: aboutOption })
    .commandsGroup('Verbs:')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text), // the help that answers a missing verb; errors are explained below
      outputError: () => undefined,
      getOutHelpWidth: () => HELP_COLUMNS,
      getErrHelpWidth: () => HELP_COLUMNS,
      getErrHasColors: () => false,
      getOutHasColors: () => false,
    });
}

/** What an option is, with the choices and the default that were given words. */
function aboutOption({
  description,
  argChoices,
  defaultValueDescription,
}: CommandUnknownOpts['options'][number]): string {
  const more = [
    ...(argChoices === undefined ? [] : [argChoices.join(', ')]),
    ...(defaultValueDescription === undefined ? [] : [`default: ${defaultValueDescription}`]),
  ];
  return more.length === 0 ? description : `${description} (${more.join('; ')})`;
}

/** `bringup dt compile [options] <FILE>`, and VERB where verbs follow. */
function usageOf(command: CommandUnknownOpts): string {
  const names: string[] = [];
  for (let at: CommandUnknownOpts | null = command; at !== null; at = at.parent) names.unshift(at.name());
  const verbs = command.commands.length > 0;
  const words = command.registeredArguments.map((argument) => argumentTerm(argument));
  return [...names, ...(verbs ? ['VERB'] : ['[options]', ...words])].join(' ');
}

function argumentTerm(argument: CommandUnknownOpts['registeredArguments'][number]): string {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** One line on stderr for everything that ended a run early; with `--json` a document on stdout, too. */
function explain(e: unknown, way: readonly VerbEntry[], args: readonly string[], io: Io): ExitCode {
  if (e instanceof CommanderError && e.exitCode === 0) return 0; // help and version come this way
  const exitCode = e instanceof Refusal ? e.exitCode : isUsage(e) ? 2 : 1;
  const message = oneLine(messageOf(e, way));
  const isHelp = e instanceof CommanderError && e.code === 'commander.help'; // written already, for want of a verb
  if (!isHelp) io.stderr.write(`bringup: ${message}\n`);
  if (wantsJson(args)) writeJson(io, errorDocument(exitCode, message, e instanceof Refusal ? e.diagnostics : []));
  return exitCode;
}

/** The words are wrong, not what they are about. */
function isUsage(e: unknown): boolean {
  return e instanceof CommanderError || e instanceof InputError;
}

/** Asked of the words themselves: a run may have ended before commander came to the option. */
function wantsJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return (end < 0 ? args : args.slice(0, end)).includes('--json');
}

function messageOf(e: unknown, way: readonly VerbEntry[]): string {
  if (e instanceof CommanderError) return usageMessage(e, way);
  if (e instanceof Refusal || e instanceof InputError) return e.message;
  if (e instanceof SysError) return `${e.message}; --trace FILE of bringup boot shows what led to it`;
  return mistakeText(e);
}

/** commander's complaints in our form. */
function usageMessage(e: CommanderError, way: readonly VerbEntry[]): string {
  const verb = way.map(({ name }) => name).join(' ');
  const help = `bringup ${verb === '' ? '' : `${verb} `}--help`;
  const [, text = '', near] = /^(?:error: )?([^]*?)(?:\n\(Did you mean ([^]*)\?\))?$/.exec(e.message) ?? [];
  const what = text
    .replace(/^command-argument value '(.*)' is invalid for argument '(\S+)'\. /s, "$2 '$1': ")
    .replace(/ is invalid\. /, ': ')
    .replace(/\. Expected /, ': expected ')
    .replace(': Allowed choices are ', ': use one of ')
    .replace(/\.$/, '')
    .replace('unknown command', 'unknown verb');
  const advised = e.code === 'commander.invalidArgument' && what.includes(';');
  const todo = near === undefined ? `see ${help}` : `did you mean ${near}?`;
  return `${verb === '' ? '' : `${verb}: `}${what}${advised ? '' : `; ${todo}`}`;
}
