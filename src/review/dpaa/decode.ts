// One thing of a dump with all that can be said of it: a descriptor with its table and parse results, a table, buffers.
import type { Diagnostic } from '../../base/diagnostic.js';
import { diagnosticOf } from '../../dt/message.js';
import {
  DPAA_BYTES,
  FORMAT,
  type FrameDescriptor,
  frameDescriptor,
  NO_POOL,
  parseResults,
  type ParseResults,
  poolBuffer,
  type PoolBuffer,
  TABLE_BYTES,
  tableEntries,
  type TableEntry,
} from './formats.js';
import type { FoundItem } from './input.js';
import type { DpaaKind } from './kinds.js';
import type { DumpMemory } from './memory.js';
import {
  type Direction,
  directionOf,
  judgeBuffers,
  judgeFrame,
  judgeParse,
  judgeTable,
  type Known,
} from './verdict.js';
import { VERDICT_MESSAGES } from './verdict-messages.js';
import { COMMAND } from './words.js';

/** A thing, decoded. What does not belong to its kind is undefined. */
export interface DecodedItem {
  readonly kind: DpaaKind;
  readonly bytes: Uint8Array;
  readonly line: number | undefined;
  readonly addr: number | undefined;
  readonly direction: Direction | undefined;
  readonly fd: FrameDescriptor | undefined;
  readonly entries: readonly TableEntry[] | undefined;
  readonly buffers: readonly PoolBuffer[] | undefined;
  readonly parse: ParseResults | undefined;
  readonly findings: readonly Diagnostic[];
}

/** How things are judged. */
export interface JudgeOptions extends Known {
  /** Which way frames go; the descriptor says it when left out. */
  readonly direction?: Direction | undefined;
  /** Without the errata of the LS1043A. */
  readonly errata?: boolean | undefined;
}

/** Decodes and judges a thing; addresses are looked up in `memory`. */
export function decodeItem(item: FoundItem, memory: DumpMemory, options: JudgeOptions = {}): DecodedItem {
  const decoded = DECODERS[item.kind](item, memory, options);
  const { kind, bytes, line, addr } = item;
  const cutShort = cutFinding(item);
  const findings = [...cutShort, ...decoded.findings].filter(
    ({ code }) => options.errata !== false || !code.startsWith('dpaa/erratum-'),
  );
  return { ...NOTHING, kind, bytes, line, addr, ...decoded, findings };
}

const NOTHING = {
  direction: undefined,
  fd: undefined,
  entries: undefined,
  buffers: undefined,
  parse: undefined,
} as const;

type Decoded = Partial<DecodedItem> & Pick<DecodedItem, 'findings'>;

const DECODERS: Readonly<Record<DpaaKind, (item: FoundItem, memory: DumpMemory, options: JudgeOptions) => Decoded>> = {
  fd: decodeFrame,
  sgt: ({ bytes }, _memory, options) => {
    const entries = tableEntries(bytes);
    return { entries, findings: entries.length === 0 ? [] : judgeTable(entries, options) };
  },
  buffers: ({ bytes }, _memory, options) => {
    const buffers: PoolBuffer[] = [];
    for (let at = 0; at + DPAA_BYTES.buffer <= bytes.length; at += DPAA_BYTES.buffer)
      buffers.push(poolBuffer(bytes, at));
    return { buffers, findings: judgeBuffers(buffers, options) };
  },
  parse: ({ bytes }) => {
    if (bytes.length < DPAA_BYTES.parse) return { findings: [] };
    const parse = parseResults(bytes);
    return { parse, findings: judgeParse(parse) };
  },
};

/** Parse results stand 48 bytes before the data on receive, at byte 16 of the buffer on transmit. */
const PARSE_AT = { before: 48, transmit: 16 } as const;

function decodeFrame({ bytes, table }: FoundItem, memory: DumpMemory, options: JudgeOptions): Decoded {
  if (bytes.length < DPAA_BYTES.fd) return { findings: [] };
  const fd = frameDescriptor(bytes);
  const direction = options.direction ?? directionOf(fd);
  const found = fd.format === FORMAT.SG ? (table ?? memory.read(fd.addr + fd.offset, TABLE_BYTES)) : undefined;
  const read = found === undefined ? [] : tableEntries(found);
  const entries = read.length === 0 ? undefined : read;
  const parse = parseOf(fd, direction, memory);
  const said = parse === undefined ? [] : judgeParse(parse);
  return { fd, direction, entries, parse, findings: [...judgeFrame(fd, direction, entries, options), ...said] };
}

/** Where memory has them and somebody has written them: FMan on receive, a driver that asks for checksums. */
function parseOf(fd: FrameDescriptor, direction: Direction, memory: DumpMemory): ParseResults | undefined {
  if (direction === 'confirm' || (direction === 'transmit' && (fd.word & COMMAND.RPD) === 0)) return undefined;
  if (direction === 'receive' && (fd.offset < PARSE_AT.before || fd.bpid === NO_POOL)) return undefined;
  const at = direction === 'transmit' ? PARSE_AT.transmit : fd.offset - PARSE_AT.before;
  const bytes = memory.read(fd.addr + at, DPAA_BYTES.parse);
  return bytes === undefined || bytes.length < DPAA_BYTES.parse ? undefined : parseResults(bytes);
}

const WHOLE: Readonly<Record<DpaaKind, readonly [what: string, bytes: number]>> = {
  fd: ['descriptor', DPAA_BYTES.fd],
  sgt: ['entry of a table', DPAA_BYTES.entry],
  buffers: ['buffer', DPAA_BYTES.buffer],
  parse: ['parse results', DPAA_BYTES.parse],
};

/** Bytes that make no whole one. Behind the final entry of a table nothing is looked at. */
function cutFinding({ kind, bytes }: FoundItem): Diagnostic[] {
  const [what, size] = WHOLE[kind];
  const count = kind === 'parse' ? (bytes.length < size ? bytes.length : 0) : bytes.length % size;
  if (count === 0 || (kind === 'sgt' && tableEntries(bytes).at(-1)?.final === true)) return [];
  return [diagnosticOf('dpaa/cut', VERDICT_MESSAGES.cut, { count, what, bytes: size })];
}
