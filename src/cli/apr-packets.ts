// What the verbs of `bringup apr` have in common: reading packets of any form, and the services they are judged by.
import { Option } from '@commander-js/extra-typings';
import { UNSENT } from '../abi/edge-messages.js';
import { isPcapng, type PcapngInput, readPcapng } from '../abi/pcapng-read.js';
import type { Diagnostic } from '../base/diagnostic.js';
import type { FoundPacket } from '../review/apr/found.js';
import type { DtTree } from '../dt/tree.js';
import { DUMP_FORMATS, type DumpFormat, readPackets } from '../review/apr/input.js';
import { type AprNode, aprNodes } from '../review/apr/services.js';
import type { Io } from './io.js';
import { Refusal } from './refusal.js';
import { counted } from './text-table.js';
import { countDiagnostics } from '../stock/tree-input.js';
import { loadTree, readInput, refuseSecondInput, showDiagnostics, type TreeOptions } from './tree-file.js';
import { withoutJournal } from './verbs/journal.js';
import { decodeUtf8, encodeUtf8 } from '../base/text.js';

/** Forms that packets may have. */
export const PACKET_FORMATS = [...DUMP_FORMATS, 'pcapng'] as const;
/** One of them. */
export type PacketFormat = (typeof PACKET_FORMATS)[number];

/** Packets, and the form that they were in. */
export interface Packets {
  readonly format: PacketFormat;
  readonly packets: readonly FoundPacket[];
  readonly diagnostics: readonly Diagnostic[];
}

/** `--format`. */
export function packetFormatOption(): Option<
  '--format <FORMAT>',
  undefined,
  undefined,
  undefined,
  false,
  PacketFormat
> {
  return new Option('--format <FORMAT>', 'what the input is; found out when left out').choices(PACKET_FORMATS);
}

/** Reads packets; what is wrong with them goes to stderr, and ends the verb where nothing is left. */
export async function loadPackets(io: Io, path: string, format: PacketFormat | undefined): Promise<Packets> {
  const input = withoutJson(await readInput(io, path));
  const found = readAny(input, path, format);
  const { packets, diagnostics } = found;
  const [first] = diagnostics;
  if (packets === undefined && first !== undefined && diagnostics.length === 1 && first.at === undefined) {
    const end = first.text.lastIndexOf('; ');
    throw new Refusal(1, path, first.text.slice(0, end), first.text.slice(end + 2), diagnostics);
  }
  showDiagnostics(io, path, diagnostics.map(withoutPath(path)));
  if (packets !== undefined) return { ...found, packets };
  throw new Refusal(1, path, countDiagnostics(diagnostics), 'nothing was read', diagnostics);
}

/** What is about the whole file is told with its name once. */
function withoutPath(path: string): (one: Diagnostic) => Diagnostic {
  return (one) => {
    const where = one.where === path ? undefined : one.where?.replace(`${path}: `, '');
    return { ...one, where };
  };
}

type Found = Omit<Packets, 'packets'> & { readonly packets: readonly FoundPacket[] | undefined };

function readAny(input: Uint8Array, path: string, format: PacketFormat | undefined): Found {
  if (format === 'pcapng' || (format === undefined && isPcapng(input))) return ofCapture(readPcapng(input, path), path);
  const wanted: DumpFormat | undefined = format;
  const { packets, diagnostics, format: found = 'hex' } = readPackets(input, { file: path, format: wanted });
  return { packets, format: found, diagnostics };
}

/** Link types that are for private use: ours, or those of whoever wrote the capture. */
const [FIRST_USER, LAST_USER] = [147, 162];
/** From here on a number of nanoseconds is not exact any more. */
const LAST_EXACT = 2n ** 53n;

function ofCapture({ capture, diagnostics }: PcapngInput, path: string): Found {
  if (capture === undefined) return { packets: undefined, format: 'pcapng', diagnostics };
  const { interfaces, packets } = capture;
  const isOurs = (iface: number): boolean => {
    const type = interfaces[iface]?.linkType ?? 0;
    return type >= FIRST_USER && type <= LAST_USER;
  };
  const mine = packets.filter(({ iface }) => isOurs(iface));
  const origin = mine.find(({ timeNs }) => timeNs !== undefined)?.timeNs ?? 0n;
  const from = origin < LAST_EXACT ? 0n : origin;
  const found = mine.map(({ bytes, timeNs, way, comment, iface }) => ({
    ...{ bytes, way, comment, channel: interfaces[iface]?.name },
    timeNs: timeNs === undefined ? undefined : Number(timeNs - from),
    ...(comment?.includes(UNSENT) === true ? { unsent: true as const } : {}),
  }));
  const others = packets.length - mine.length;
  if (others === 0 && mine.length > 0) return { packets: found, format: 'pcapng', diagnostics };
  if (mine.length === 0) {
    const text =
      packets.length === 0
        ? 'the capture has no packet; look whether it was ended too early'
        : `none of its ${packets.length} packets has a link type of private use (USER0 to USER15); ` +
          'give a capture of an APR channel';
    const none: Diagnostic = { severity: 'error', code: 'apr/input/no-packet', text, where: path };
    return { packets: undefined, format: 'pcapng', diagnostics: diagnostics.length > 0 ? diagnostics : [none] };
  }
  const text = `${counted(others, 'packet')} of other link types than USER0 to USER15 passed over`;
  const note: Diagnostic = { severity: 'note', code: 'apr/input/other-link', text, where: path };
  return { packets: found, format: 'pcapng', diagnostics: [...diagnostics, note] };
}

/** `journalctl -o json` wraps each line. */
function withoutJson(input: Uint8Array): Uint8Array {
  if (input[0] !== '{'.charCodeAt(0)) return input;
  const text = decodeUtf8(input);
  return text.includes('"MESSAGE"') ? encodeUtf8(withoutJournal(text)) : input;
}

/** Loads the routers of a tree; a tree without any is refused. */
export async function loadAprNodes(
  io: Io,
  path: string,
  options: TreeOptions,
  beside: { readonly verb: string; readonly path: string },
): Promise<AprNode[]> {
  refuseSecondInput(beside.verb, [beside.path, path, ...(options.overlay ?? [])]);
  return aprNodesOf(await loadTree(io, path, options), path);
}

/** The same of a tree that is loaded. */
export function aprNodesOf(tree: DtTree, path: string): AprNode[] {
  const nodes = aprNodes(tree);
  if (nodes.length > 0) return nodes;
  const what = 'it has no node of APR or GPR (qcom,apr, qcom,apr-v2, qcom,gpr)';
  throw new Refusal(1, path, what, 'give the tree of a board with a Qualcomm audio DSP');
}
