// `bringup dpaa decode`: frame descriptors, scatter/gather tables, buffers and parse results in words, and what is
// wrong with them.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { isPcapng, readPcapng } from '../../abi/pcapng-read.js';
import type { Diagnostic } from '../../base/diagnostic.js';
import { encodeUtf8 } from '../../base/text.js';
import { type DecodedItem, decodeItem } from '../../review/dpaa/decode.js';
import { type DpaaInput, readDpaa } from '../../review/dpaa/input.js';
import { DPAA_KINDS, type DpaaKind, WORD_ORDERS, type WordOrder } from '../../review/dpaa/kinds.js';
import { itemJson } from '../../review/dpaa/item-json.js';
import { itemLines, itemTitle, words } from '../../review/dpaa/item-text.js';
import type { Direction } from '../../review/dpaa/verdict.js';
import { type Io, oneLine, writeJson } from '../io.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { counted } from '../text-table.js';
import { readInput, showDiagnostics } from '../tree-file.js';
import { examples, leave, parsed, type Session, wholeNumber } from '../verb.js';
import { countOf } from '../../review/finding-order.js';
import { countsText } from './finding-text.js';

/** Ways of a frame, as they are typed. */
const DIRECTIONS = ['transmit', 'confirm', 'receive'] as const;
const MOST_ADDRESS: number = 2 ** 48 - 1;

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('decode')
    .description(
      'Write frame descriptors, scatter/gather tables, buffers of BMan and parse results in words, and say what is ' +
        'wrong with them: lengths, final bit, pools, alignment, reserved bits (docs/dpaa.md). ' +
        'Exit code 0: no errors, 1: some.',
    )
    .argument(
      '<FILE>',
      'hex with or without labels, a dump of memory, a log, a binary, a capture; - reads standard input',
    )
    .addOption(new Option('--as <KIND>', 'what stands where no label says so; fd when left out').choices(DPAA_KINDS))
    .addOption(
      new Option('--at <ADDRESS>', 'where in the dumped memory it stands').argParser(wholeNumber(0, MOST_ADDRESS)),
    )
    .addOption(new Option('--base <ADDRESS>', 'address of a binary').argParser(wholeNumber(0, MOST_ADDRESS)))
    .addOption(
      new Option('--order <ORDER>', 'order of the bytes in words of 32 and 64 bits; found out when left out').choices(
        WORD_ORDERS,
      ),
    )
    .addOption(
      new Option('--direction <WAY>', 'which way frames go; the descriptor says it when left out').choices(DIRECTIONS),
    )
    .addOption(new Option('--pools <IDS>', 'the pools that there are, as in 7,8').argParser(parsed(parsePools)))
    .option('--no-errata', 'leave out what only the LS1043A stumbles over')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'dpaa decode frames.txt',
        'dpaa decode memory.hex --at 0x12340fff00 --as sgt',
        'dpaa decode ring.bin --base 0x880000000 --pools 7,8 --no-errata',
        'dmesg | bringup dpaa decode -',
      ).replace('bringup dmesg', 'dmesg'),
    )
    .action(leave(session, (path, options) => decode(path, options, session.io)));
}

interface Options {
  readonly as?: DpaaKind | undefined;
  readonly at?: number | undefined;
  readonly base?: number | undefined;
  readonly order?: WordOrder | undefined;
  readonly direction?: Direction | undefined;
  readonly pools?: readonly number[] | undefined;
  readonly errata: boolean;
  readonly json?: true | undefined;
}

/** `7,8` as numbers; what is wrong as a text. */
function parsePools(text: string): readonly number[] | string {
  const words = text.split(',').map((word) => word.trim());
  const numbers = words.map((word) => (/^\d{1,3}$/.test(word) ? Number(word) : 64));
  return numbers.every((number) => number < 64) ? numbers : 'write numbers of pools from 0 to 63, as in 7,8';
}

async function decode(path: string, options: Options, io: Io): Promise<ExitCode> {
  const { as, at, base, order } = options;
  const input = readDpaa(withoutCapture(await readInput(io, path), path), { file: path, as, at, base, order });
  const items = itemsOf(input, path, options);
  const findings = items.flatMap((item) => item.findings);
  if (options.json === true) {
    writeJson(io, { items: items.map(itemJson), diagnostics: input.diagnostics });
  } else {
    showDiagnostics(io, path, input.diagnostics.map(withoutPath));
    const text = items.flatMap((item, index) => linesOf(item, index)).map((line) => `${oneLine(line)}\n`);
    io.stdout.write(`${text.join('')}${counted(items.length, 'thing')}: ${countsText(findings)}\n`);
  }
  return countOf(findings, 'error') > 0 ? 1 : 0;
}

/** Of a capture the comments in which frames have their descriptors; anything else as it is. */
function withoutCapture(bytes: Uint8Array, path: string): Uint8Array {
  if (!isPcapng(bytes)) return bytes;
  const { capture, diagnostics } = readPcapng(bytes, path);
  const comments = (capture?.packets ?? []).flatMap(({ comment }) => comment ?? []);
  if (comments.length > 0) return encodeUtf8(comments.join('\n\n'));
  const what = 'no frame of this capture has a descriptor in its comment';
  throw new Refusal(1, path, what, 'give a capture that bringup has written, or a dump of memory', diagnostics);
}

function itemsOf(input: DpaaInput, path: string, { direction, pools, errata }: Options): DecodedItem[] {
  const { items, memory, diagnostics } = input;
  const [first] = diagnostics;
  if (items === undefined) {
    const text = first?.text ?? '';
    const end = text.lastIndexOf('; ');
    throw new Refusal(1, path, text.slice(0, end), text.slice(end + 2), diagnostics);
  }
  return items.map((item) => decodeItem(item, memory, { direction, pools, errata }));
}

function withoutPath(one: Diagnostic): Diagnostic {
  return { ...one, where: undefined };
}

const INDENT = '      ';
/** Bytes of a thing that its line shows. */
const SHOWN_BYTES = 32;

/** What it is, its fields, what is wrong. */
function linesOf(item: DecodedItem, index: number): string[] {
  const { bytes, findings, line, addr } = item;
  const place = addr === undefined ? (line === undefined ? '' : ` (line ${line})`) : ` (at 0x${addr.toString(16)})`;
  const more = bytes.length > SHOWN_BYTES ? ' ..' : '';
  const below = [
    `${words(bytes.subarray(0, SHOWN_BYTES))}${more}`,
    ...itemLines(item),
    ...findings.map(({ severity, code, text, where }) => {
      return `=> ${where === undefined ? '' : `${where}: `}${severity}: ${text} [${code}]`;
    }),
    ...(findings.length === 0 ? ['=> nothing is wrong with it'] : []),
  ];
  return [`${String(index + 1).padStart(4)}  ${itemTitle(item)}${place}`, ...below.map((text) => INDENT + text)];
}
