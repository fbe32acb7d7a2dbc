// What the verbs of `bringup cmdq` have in common: the options that say where names come from, and reading a program.
import { Option } from '@commander-js/extra-typings';
import { decodeUtf8 } from '../base/text.js';
import { CmdqNames, ModuleNames } from '../drivers/mtk-cmdq/disassemble-names.js';
import { EventNames } from '../drivers/mtk-cmdq/event-names.js';
import { CMDQ_SOCS, type CmdqSoc, cmdqSoc, cmdqSocOfTree } from '../drivers/mtk-cmdq/soc-tables.js';
import type { DtTree } from '../dt/tree.js';
import { INPUT_FORMATS, type InputFormat, type ProgramInput, readProgram } from '../review/cmdq/program-input.js';
import { type Io, oneLine } from './io.js';
import { Refusal } from './refusal.js';
import { countDiagnostics } from '../stock/tree-input.js';
import { loadTree, readInput, refuseSecondInput, showDiagnostics, type TreeOptions } from './tree-file.js';
import { parsed, wholeNumber } from './verb.js';
import { withoutJournal } from './verbs/journal.js';

/** Where names come from. */
export interface NameOptions extends TreeOptions {
  readonly overlay: readonly string[];
  readonly soc?: CmdqSoc | undefined;
  readonly tree?: string | undefined;
  readonly events?: string | undefined;
}

/** How a program is read. */
export interface ReadOptions {
  readonly format?: InputFormat | undefined;
  readonly base?: number | undefined;
}

/** Names, and the tree that they are from. */
export interface Names {
  readonly names: CmdqNames;
  readonly tree: DtTree | undefined;
}

/** A program that could be read. `bytes` is empty for a log that only tells of registers. */
export type Program = ProgramInput & { readonly bytes: Uint8Array };

/** Code addresses have 35 bits at most (facts cmdq §4.8). */
const LAST_ADDRESS = 2 ** 35 - 8;
const KNOWN = CMDQ_SOCS.join(', ');

/** `--soc`. */
export function socOption(): Option<'--soc <NAME>', undefined, undefined, CmdqSoc> {
  return new Option('--soc <NAME>', `whose subsystems, events and address shift count (${KNOWN})`).argParser(
    parsed((name) => cmdqSoc(name) ?? `it is not known; write one of ${KNOWN}`),
  );
}

/** `--tree`. */
export function treeOption(): Option<'--tree <TREE>'> {
  return new Option('--tree <TREE>', 'a devicetree whose nodes give registers their names; it says the SoC, too');
}

/** `--events`. */
export function eventsOption(): Option<'--events <HEADER>'> {
  return new Option('--events <HEADER>', 'a C header with other names of events (#define CMDQ_EVENT_... NUMBER)');
}

/** `--format`. */
export function formatOption(): Option<'--format <FORMAT>', undefined, undefined, undefined, false, InputFormat> {
  return new Option('--format <FORMAT>', 'what the input is; found out when left out').choices(INPUT_FORMATS);
}

/** `--base`. */
export function baseOption(): Option<'--base <ADDRESS>', undefined, undefined, number> {
  const about = 'where the first instruction is in memory, in bytes; gives absolute jumps their labels';
  return new Option('--base <ADDRESS>', about).argParser(wholeNumber(0, LAST_ADDRESS));
}

/** Loads what names come from; `verb` and `paths` are the verb and its files, for what is read from standard input. */
export async function loadNames(io: Io, verb: string, paths: readonly string[], options: NameOptions): Promise<Names> {
  const { tree: path, overlay, events: header } = options;
  if (path === undefined && overlay.length > 0) {
    throw new Refusal(2, verb, '--overlay is for a tree', 'give the tree with --tree, or leave it out');
  }
  const all = [path, header].filter((one) => one !== undefined);
  refuseSecondInput(verb, [...paths, ...all, ...overlay]);
  const tree = path === undefined ? undefined : await loadTree(io, path, options);
  const soc = options.soc ?? (tree === undefined ? undefined : cmdqSocOfTree(tree));
  const modules = tree === undefined ? undefined : new ModuleNames(tree);
  if (path !== undefined && soc === undefined) {
    const what = 'it has no GCE of a SoC that is known';
    if (modules?.windows === 0) throw new Refusal(1, path, what, 'say which SoC to take with --soc');
    const told = 'events have no names, and addresses of code are taken as bytes; --soc says which SoC to take';
    io.stderr.write(`bringup: ${oneLine(`${path}: ${what}: ${told}`)}\n`);
  }
  return { names: new CmdqNames(await withEvents(io, verb, soc, header), modules), tree };
}

async function withEvents(
  io: Io,
  verb: string,
  soc: CmdqSoc | undefined,
  header: string | undefined,
): Promise<CmdqSoc | undefined> {
  if (header === undefined) return soc;
  if (soc === undefined) {
    throw new Refusal(2, verb, '--events are those of a SoC', 'say which with --soc or --tree');
  }
  const events = EventNames.ofHeader(decodeUtf8(await readInput(io, header)));
  if (events.count > 0) return cmdqSoc(soc.name, events);
  throw new Refusal(1, header, 'no line of it is #define CMDQ_EVENT_... NUMBER', 'name a header of the bindings');
}

/** Reads a program; what is wrong with it goes to stderr, and ends the verb where nothing is left. */
export async function loadProgram(io: Io, path: string, names: CmdqNames, options: ReadOptions): Promise<Program> {
  const input = withoutJson(await readInput(io, path));
  const program = readProgram(input, { file: path, names, ...options });
  const { bytes, diagnostics } = program;
  const [first] = diagnostics;
  if (bytes === undefined && first !== undefined && diagnostics.length === 1 && first.at === undefined) {
    const end = first.text.lastIndexOf('; ');
    throw new Refusal(1, path, first.text.slice(0, end), first.text.slice(end + 2), diagnostics);
  }
  showDiagnostics(
    io,
    path,
    diagnostics.map((one) => (one.at === undefined ? { ...one, where: undefined } : one)),
  );
  if (bytes !== undefined) return { ...program, bytes };
  throw new Refusal(1, path, countDiagnostics(diagnostics), 'nothing was read', diagnostics);
}

/** `journalctl -o json` wraps each line. */
export function withoutJson(input: Uint8Array): Uint8Array {
  if (input[0] !== '{'.charCodeAt(0)) return input;
  const text = decodeUtf8(input);
  return text.includes('"MESSAGE"') ? new TextEncoder().encode(withoutJournal(text)) : input;
}
