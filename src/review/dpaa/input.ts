// Whatever somebody has of DPAA's memory: lines of hex with or without labels, dumps with addresses, kernel logs,
// binaries. Answers what stands there, and the memory in which addresses are looked up.
import type { Diagnostic } from '../../base/diagnostic.js';
import { decodeUtf8 } from '../../base/text.js';
import { diagnosticOf, type Values } from '../../dt/message.js';
import { hexNumber } from '../../base/bytes.js';
import { DPAA_BYTES, FORMAT, type FrameDescriptor, frameDescriptor, TABLE_BYTES, tableEntries } from './formats.js';
import { INPUT_MESSAGES, type InputKey } from './input-messages.js';
import { readHexText, type TextBlock } from './input-text.js';
import type { DpaaKind, WordOrder } from './kinds.js';
import { DumpMemory, type MemoryPiece } from './memory.js';

/** Something to decode. */
export interface FoundItem {
  readonly kind: DpaaKind;
  readonly bytes: Uint8Array;
  /** Line of a text, from 1. */
  readonly line?: number | undefined;
  /** Its address, where the dump says it. */
  readonly addr?: number | undefined;
  /** The table of a descriptor that stands directly behind it. */
  readonly table?: Uint8Array | undefined;
}

/** What was found. */
export interface DpaaInput {
  /** Undefined when it cannot be read. */
  readonly items: readonly FoundItem[] | undefined;
  readonly memory: DumpMemory;
  readonly diagnostics: readonly Diagnostic[];
}

/** How it is read. */
export interface DpaaInputOptions {
  readonly file?: string;
  /** What stands where no label says so: descriptors, with their tables behind them, when left out. */
  readonly as?: DpaaKind | undefined;
  /** Where in the memory of the dump it stands; nothing else of the input is decoded then. */
  readonly at?: number | undefined;
  /** Address of the first byte of a binary. */
  readonly base?: number | undefined;
  /** Order of the bytes in words of 32 and 64 bits; found out when left out. */
  readonly order?: WordOrder | undefined;
}

const INPUT_BYTES: number = 16 * 1024 * 1024;
const INPUT_LINES = 200_000;
const MOST_ITEMS = 50_000;

/** Reads an input. Never throws. */
export function readDpaa(input: Uint8Array, options: DpaaInputOptions = {}): DpaaInput {
  const { file = '<input>' } = options;
  const isText = !isBinary(input);
  if (input.length > INPUT_BYTES || (isText && linesOf(input) > INPUT_LINES)) {
    return refused(file, 'large', { bytes: INPUT_BYTES, lines: INPUT_LINES });
  }
  if (input.length === 0) return refused(file, 'empty');
  if (!isText) {
    const memory = new DumpMemory([{ at: options.base ?? 0, bytes: input }]);
    if (options.at !== undefined) return itemsOf([], memory, options, []);
    return limited(cut(options.as ?? 'fd', input, undefined, options.base), memory, [], file);
  }
  const text = decodeUtf8(input);
  const { blocks, skipped } = readHexText(text, options.order);
  if (blocks.length === 0) return refused(file, text.trim() === '' ? 'empty' : 'none');
  const said = skipped === 0 ? [] : [inputDiagnostic('skipped', file, { count: skipped })];
  const memory = new DumpMemory(blocks.flatMap(pieceOf));
  return itemsOf(blocks, memory, options, said);
}

/** A diagnostic about the whole input. */
function inputDiagnostic(key: InputKey, file: string, values: Values = {}): Diagnostic {
  return diagnosticOf(`dpaa/input/${key}`, INPUT_MESSAGES[key], values, { where: file });
}

function refused(file: string, key: InputKey, values: Values = {}): DpaaInput {
  return { items: undefined, memory: new DumpMemory([]), diagnostics: [inputDiagnostic(key, file, values)] };
}

function pieceOf({ at, bytes }: TextBlock): MemoryPiece[] {
  return at === undefined ? [] : [{ at, bytes }];
}

function itemsOf(
  blocks: readonly TextBlock[],
  memory: DumpMemory,
  options: DpaaInputOptions,
  said: readonly Diagnostic[],
): DpaaInput {
  const { file = '<input>', at, as } = options;
  const items: FoundItem[] = [];
  for (const { kind, bytes, line, at: addr } of at === undefined ? blocks : []) {
    if (kind !== undefined) addLabelled(items, { kind, bytes, line, addr });
    else if (addr === undefined) items.push(...cut(as ?? 'fd', bytes, line, undefined));
    if (items.length > MOST_ITEMS) break;
  }
  if (at !== undefined) {
    const bytes = memory.read(at, INPUT_BYTES);
    if (bytes === undefined) return refused(file, 'outside', { addr: hexNumber(at, 10) });
    const most = BYTES_AT[as ?? 'fd'];
    items.push(...cut(as ?? 'fd', bytes.subarray(0, most), undefined, at));
  } else if (items.length === 0 && as === undefined) {
    const ask = inputDiagnostic('memory', file);
    const all = memory.pieces.flatMap((piece) => cut('fd', piece.bytes, undefined, piece.at));
    return limited(all.filter(isLikely), memory, [...said, ask], file);
  } else if (items.length === 0) {
    items.push(...memory.pieces.flatMap((piece) => cut(as ?? 'fd', piece.bytes, undefined, piece.at)));
  }
  return limited(items, memory, said, file);
}

function limited(
  items: readonly FoundItem[],
  memory: DumpMemory,
  said: readonly Diagnostic[],
  file: string,
): DpaaInput {
  const most = MOST_ITEMS * DPAA_BYTES.buffer;
  const isLong = items.some(({ bytes }) => bytes.length > most);
  if (items.length <= MOST_ITEMS && !isLong) return { items, memory, diagnostics: said };
  const many = inputDiagnostic('many', file, { count: MOST_ITEMS });
  const kept = items.slice(0, MOST_ITEMS).map((item) => ({ ...item, bytes: item.bytes.subarray(0, most) }));
  return { items: kept, memory, diagnostics: [...said, many] };
}

/** Bytes that are taken of each at an address. */
const BYTES_AT: Readonly<Record<DpaaKind, number>> = {
  fd: DPAA_BYTES.fd,
  sgt: TABLE_BYTES,
  buffers: DPAA_BYTES.buffer * 8,
  parse: DPAA_BYTES.parse,
};

/** A table behind a descriptor is that one's. */
function addLabelled(items: FoundItem[], item: FoundItem): void {
  const before = items.at(-1);
  if (item.kind === 'sgt' && before?.kind === 'fd' && before.table === undefined && isTableNeeded(before)) {
    items[items.length - 1] = { ...before, table: item.bytes };
  } else if (item.kind === 'fd') items.push(...cut('fd', item.bytes, item.line, item.addr));
  else items.push(item);
}

function isTableNeeded({ bytes }: FoundItem): boolean {
  return bytes.length >= DPAA_BYTES.fd && frameDescriptor(bytes).format === FORMAT.SG;
}

/** Takes bytes apart that are one kind. Descriptors may have their tables directly behind them; zeros are none. */
function cut(kind: DpaaKind, bytes: Uint8Array, line: number | undefined, addr: number | undefined): FoundItem[] {
  if (kind !== 'fd') return [{ kind, bytes, line, addr }];
  const items: FoundItem[] = [];
  let at = 0;
  while (at < bytes.length && items.length <= MOST_ITEMS) {
    const one = bytes.subarray(at, at + DPAA_BYTES.fd);
    const place = addr === undefined ? undefined : addr + at;
    at += one.length;
    const isEmpty = bytes.length > DPAA_BYTES.fd && one.every((byte) => byte === 0);
    if (isEmpty) continue;
    const table = one.length < DPAA_BYTES.fd ? undefined : tableBehind(frameDescriptor(one), bytes.subarray(at));
    at += table?.length ?? 0;
    items.push({ kind, bytes: one, line, addr: place, table });
  }
  return items;
}

/** The entries behind a descriptor, when they look like its table: clean, and with an end. */
function tableBehind({ format }: FrameDescriptor, bytes: Uint8Array): Uint8Array | undefined {
  if (format !== FORMAT.SG) return undefined;
  const entries = tableEntries(bytes);
  const isTable = entries.at(-1)?.final === true && entries.every(({ isStained, addr }) => !isStained && addr !== 0);
  return isTable ? bytes.subarray(0, entries.length * DPAA_BYTES.entry) : undefined;
}

/** In memory of which nothing is known. */
function isLikely({ bytes }: FoundItem): boolean {
  if (bytes.length < DPAA_BYTES.fd) return false;
  const { dd, eliodnOffset, reserved, format, addr, length, bpid } = frameDescriptor(bytes);
  const isClean = (dd | eliodnOffset | reserved) === 0 && (bpid < 64 || bpid === 0xff);
  return (
    isClean && (format === FORMAT.CONTIG || format === FORMAT.SG) && addr >= 4096 && addr % 16 === 0 && length > 13
  );
}

function linesOf(input: Uint8Array): number {
  let count = 1;
  for (let at = input.indexOf(10); at >= 0; at = input.indexOf(10, at + 1)) count++;
  return count;
}

/** Text has no such bytes: control characters, and what UTF-8 never has. */
function isBinary(input: Uint8Array): boolean {
  return input.subarray(0, 4096).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27) || byte > 0xf7);
}
