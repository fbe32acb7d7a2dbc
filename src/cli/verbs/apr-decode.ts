// `bringup apr decode`: packets of APR and GPR in words, and what a bus would do with each.
import { Command, type CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { PcapngWriter } from '../../abi/pcapng.js';
import { type DecodedPacket, decodePacket, type Router } from '../../review/apr/decode.js';
import { Exchange } from '../../review/apr/exchange.js';
import type { FoundPacket } from '../../review/apr/found.js';
import { isSent } from '../../review/apr/names.js';
import { packetJson } from '../../review/apr/packet-json.js';
import { verdictWords } from '../../review/apr/packet-text.js';
import { listenersOf, USUAL_LISTENERS } from '../../review/apr/services.js';
import { judge, type Listener, PROFILES, type Profile } from '../../review/apr/verdict.js';
import { joinedBytes } from '../apr-capture.js';
import { loadAprNodes, loadPackets, type PacketFormat, packetFormatOption } from '../apr-packets.js';
import { type Io, oneLine, writeJson } from '../io.js';
import { writeProduct } from '../output-file.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { defineOption, includeOption, overlayOption } from '../tree-file.js';
import { examples, leave, type Session } from '../verb.js';
import { countsOf, type Shown, type ShownExchange, shownText, summaryText } from './apr-decode-text.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('decode')
    .description(
      'Write packets of APR and GPR in words: who sends what to whom, field by field, which command an answer is ' +
        'for, and to which service a bus would deliver it, or by which rule it would refuse it (docs/apr.md).',
    )
    .argument('<FILE>', 'packets: a capture (pcapng), a binary, a hex dump, a kernel log; - reads standard input')
    .addOption(packetFormatOption())
    .addOption(
      new Option('--bus <BUS>', 'which packets these are; found out by their sizes').choices(['apr', 'gpr'] as const),
    )
    .addOption(
      new Option('--profile <CHECKS>', 'whose checks: the patch of 2017, Linux 6.12, or those that are right')
        .choices(PROFILES)
        .default('right' as const, 'right'),
    )
    .option('--tree <TREE>', 'a devicetree whose services are there; CORE, AFE, ASM and ADM when left out')
    .option('--received', 'judge all packets as if they had been received, also those that Linux sends')
    .option('--pcapng <FILE>', 'write the packets as a capture for Wireshark, refused ones with a comment')
    .option('--brief', 'a line for each packet, and one for each that is refused')
    .option('--fields', 'a line for each field, with its offset and bytes')
    .addOption(overlayOption())
    .addOption(includeOption())
    .addOption(defineOption())
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        'apr decode capture.pcapng',
        'apr decode packets.hex --tree board.dtb',
        'apr decode packet.bin --profile patch --fields',
        'apr decode log.txt --pcapng log.pcapng',
        'dmesg | bringup apr decode -',
      ).replace('bringup dmesg', 'dmesg'),
    )
    .action(leave(session, (path, options) => decode(path, options, session.io)));
}

interface Options {
  readonly format?: PacketFormat | undefined;
  readonly bus?: Router | undefined;
  readonly profile: Profile;
  readonly tree?: string | undefined;
  readonly received?: true | undefined;
  readonly pcapng?: string | undefined;
  readonly brief?: true | undefined;
  readonly fields?: true | undefined;
  readonly overlay: readonly string[];
  readonly include: readonly string[];
  readonly define: readonly string[];
  readonly json?: true | undefined;
}

async function decode(path: string, options: Options, io: Io): Promise<ExitCode> {
  if (options.brief === true && options.fields === true) {
    throw new Refusal(2, 'apr decode', '--brief and --fields ask for less and for more', 'leave one of them out');
  }
  const listeners = await listenersFor(path, options, io);
  const { format, packets, diagnostics } = await loadPackets(io, path, options.format);
  const shown = showAll(packets, options, listeners);
  if (options.pcapng !== undefined) writeCapture(io, options.pcapng, shown.all);
  if (options.json === true) {
    writeJson(io, documentOf(shown, format, options.profile, diagnostics));
    return 0;
  }
  const detail = options.brief === true ? 'brief' : options.fields === true ? 'fields' : 'usual';
  for (const one of shown.all) io.stdout.write(shownText(one, detail));
  io.stdout.write(`${oneLine(summaryText(shown))}\n`);
  return 0;
}

/** Packets that were seen on a machine, a line each, and how many there were. */
export function exchangeText(packets: readonly FoundPacket[]): string {
  const shown = showAll(packets, { profile: 'right' }, USUAL_LISTENERS);
  return shown.all.map((one) => shownText(one, 'brief')).join('') + `${oneLine(summaryText(shown))}\n`;
}

async function listenersFor(
  path: string,
  options: Options,
  io: Io,
): Promise<Readonly<Record<Router, readonly Listener[]>>> {
  const { tree, overlay } = options;
  if (tree === undefined) {
    if (overlay.length === 0) return USUAL_LISTENERS;
    throw new Refusal(2, 'apr decode', '--overlay is for a tree', 'give the tree with --tree, or leave it out');
  }
  const nodes = await loadAprNodes(io, tree, options, { verb: 'apr decode', path });
  return { apr: listenersOf(nodes, 'apr'), gpr: listenersOf(nodes, 'gpr') };
}

function showAll(
  packets: readonly FoundPacket[],
  { bus, profile, received }: Pick<Options, 'bus' | 'profile' | 'received'>,
  listeners: Readonly<Record<Router, readonly Listener[]>>,
): ShownExchange {
  const exchange = new Exchange();
  const all = packets.map((found, index): Shown => {
    const packet = decodePacket(found.bytes, bus);
    const answers = exchange.add(packet, found.unsent !== true);
    const isOut = received !== true && isOutgoing(packet, found);
    const verdict = isOut ? undefined : judge(found.bytes, packet.router, profile, listeners[packet.router]);
    const since = answers === undefined ? undefined : sinceOf(packets[answers], found);
    return { index, found, packet, verdict, answers, since };
  });
  return { all, unanswered: exchange.unanswered };
}

/** Linux sends it: the header says so, or else the capture does. */
function isOutgoing({ router, header }: DecodedPacket, { way }: FoundPacket): boolean {
  return header === undefined ? way === 'out' : way !== 'in' && isSent(router, header);
}

function sinceOf(command: FoundPacket | undefined, answer: FoundPacket): number | undefined {
  if (command?.timeNs === undefined || answer.timeNs === undefined) return undefined;
  return answer.timeNs - command.timeNs;
}

/** Packets without a time stand one after the other. */
function writeCapture(io: Io, path: string, all: readonly Shown[]): void {
  const parts: Uint8Array[] = [];
  const writer = new PcapngWriter((bytes) => void parts.push(bytes));
  const interfaces = new Map<string, number>();
  for (const { index, found, verdict } of all) {
    const channel = found.channel ?? 'apr';
    const iface = interfaces.get(channel) ?? writer.addInterface({ name: channel });
    interfaces.set(channel, iface);
    const refused = verdict === undefined || verdict.kind === 'delivered' ? [] : [verdictWords(verdict)];
    const comment = [...(found.comment === undefined ? [] : [found.comment]), ...refused].join('; ');
    const timeNs = found.timeNs ?? index * 1000;
    const way = verdict === undefined ? 'out' : 'in';
    writer.add({ iface, timeNs, bytes: found.bytes, way, ...(comment === '' ? {} : { comment }) });
  }
  writeProduct(io, path, joinedBytes(parts));
}

function documentOf(
  { all, unanswered }: ShownExchange,
  format: PacketFormat,
  profile: Profile,
  diagnostics: readonly object[],
): object {
  return {
    ...{ format, profile },
    packets: all.map(({ index, found, packet, verdict, answers, since }) => ({
      number: index + 1,
      ...(found.timeNs === undefined ? {} : { timeNs: found.timeNs }),
      ...(found.line === undefined ? {} : { line: found.line }),
      ...(found.offset === undefined ? {} : { offset: found.offset }),
      ...(found.channel === undefined ? {} : { channel: found.channel }),
      ...(found.comment === undefined ? {} : { comment: found.comment }),
      ...packetJson(packet),
      verdict: verdict ?? null,
      ...(answers === undefined ? {} : { answers: answers + 1 }),
      ...(since === undefined ? {} : { afterNs: since }),
    })),
    unanswered: unanswered.map((index) => index + 1),
    counts: countsOf(all),
    diagnostics,
  };
}
