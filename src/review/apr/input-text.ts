// Packets in texts: rows of a hex dump with or without offsets, one packet in one line, dumps in kernel logs.
import type { Diagnostic } from '../../base/diagnostic.js';
import { withoutStamps } from '../explain.js';
import { fitsWidth, groupBytes, type PlacedRow, placeRows } from '../hex-dump.js';
import { rowBehindTags, TAGS } from '../hex-log.js';
import { type HexRow, hexRowOf } from '../hex-row.js';
import { type FoundPacket, inputDiagnostic } from './found.js';
import { claimedSizes, splitPackets } from './split.js';

/** What a text has. */
export interface TextPackets {
  readonly packets: readonly FoundPacket[];
  readonly diagnostics: readonly Diagnostic[];
  /** Lines that are no part of a dump. */
  readonly skipped: number;
  /** Rows had a time or a name in front. */
  readonly isLog: boolean;
}

const LINE_CHARS = 0x2_0000;
const COLOURS = /\u001b\[[\d;]{0,16}[A-Za-z]/g;
const SQUEEZED = /^\*$/;
/** One packet in one line: 20 bytes at least, as digits only. */
const WHOLE = /^(?:0x)?((?:[\da-f]{2}){20,})$/i;
/** A message in a trace of bringup (`boot --trace FILE`): channel, way, bytes, and what the sender was told. */
const TRACED = /^(\S{1,256}): rpmsg_(send|deliver): \[((?:[\da-f]{2}-)*[\da-f]{2})\](?: ret=(-?\d{1,6}))?$/;
const TIME = /^(?:<\d{1,3}>)?\[\s{0,12}(\d{1,9})\.(\d{1,9})\]/;
/** What `*` stands for at most. */
const MOST_FILL = 0x1_0000;
/** And all of them together. */
const MOST_FILLED = 0x40_0000;
const DIAGNOSTICS = 32;

/** Reads the packets of a text. */
export function readPacketText(text: string, file: string): TextPackets {
  const lines = text.split(/\r\n|\n|\r/).map((line, index) => lineOf(line, index + 1));
  const { placed, width } = placeRows(lines.map(({ row, kind }) => row ?? kind));
  const collector = new Collector(file);
  let skipped = 0;
  for (const [index, line] of lines.entries()) {
    const row = placed[index];
    if (line.whole !== undefined) collector.whole(line.whole, line);
    else if (row === 'squeezed') collector.squeezed();
    else if (typeof row === 'object' && fitsWidth(row, width)) collector.row(row, bytesOf(row, width), line);
    else {
      collector.between();
      if (line.kind !== 'empty') skipped++;
    }
  }
  collector.end();
  const isLog = lines.some(({ row, whole, stamped }) => stamped && (row !== undefined || whole !== undefined));
  return { packets: collector.packets, diagnostics: collector.diagnostics, skipped, isLog };
}

interface Line {
  readonly number: number;
  readonly timeNs: number | undefined;
  readonly stamped: boolean;
  readonly kind: 'empty' | 'squeezed' | 'other';
  readonly row?: HexRow | undefined;
  /** A packet by itself. */
  readonly whole?: Omit<FoundPacket, 'line' | 'timeNs'>;
}

function lineOf(text: string, number: number): Line {
  const cut = text.slice(0, LINE_CHARS).replace(COLOURS, '').trim();
  const time = TIME.exec(cut);
  const timeNs = time === null ? undefined : Number(time[1]) * 1e9 + Number((time[2] ?? '').padEnd(9, '0'));
  const line = withoutStamps(cut);
  const shared = { number, timeNs, stamped: line !== cut };
  if (line === '') return { ...shared, kind: 'empty' };
  if (SQUEEZED.test(line)) return { ...shared, kind: 'squeezed' };
  const traced = tracedOf(line);
  if (traced !== undefined) return { ...shared, kind: 'other', whole: traced, stamped: true };
  const found = wholeOf(line);
  if (found !== undefined) {
    return { ...shared, kind: 'other', whole: { bytes: found.bytes }, stamped: shared.stamped || found.tagged };
  }
  const short = line.slice(0, 1024);
  const rest = rowBehindTags(short, number);
  const row = rest === undefined ? undefined : hexRowOf(rest, number);
  return { ...shared, kind: 'other', row, stamped: shared.stamped || (rest !== undefined && rest !== short) };
}

function tracedOf(line: string): Omit<FoundPacket, 'line' | 'timeNs'> | undefined {
  const match = TRACED.exec(line);
  if (match === null) return undefined;
  const [, channel, what, digits = '', ret = '0'] = match;
  const refused = Number(ret) < 0 ? { comment: `not sent: ${ret}`, unsent: true as const } : {};
  return { bytes: fromHex(digits.replaceAll('-', '')), channel, way: what === 'send' ? 'out' : 'in', ...refused };
}

function wholeOf(line: string): { readonly bytes: Uint8Array; readonly tagged: boolean } | undefined {
  let rest = line;
  for (let depth = 0; depth < 4; depth++) {
    const match = WHOLE.exec(rest);
    if (match !== null) return { bytes: fromHex(match[1] as string), tagged: depth > 0 };
    const tag = TAGS.exec(rest);
    if (tag === null) return undefined;
    rest = rest.slice(tag[0].length);
  }
  return undefined;
}

function fromHex(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

function bytesOf(row: PlacedRow, width: number): number[] {
  return row.groups.flatMap((group) => groupBytes(group, width, row));
}

/** Lengths of rows that dumps without offsets have; a last one may be shorter. */
const ROW_BYTES: readonly number[] = [8, 16, 32, 64];

/** Puts rows together to chunks, and cuts those into packets. */
class Collector {
  readonly packets: FoundPacket[] = [];
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: string;
  #chunk: number[] = [];
  #line: Line | undefined;
  /** Offset of the chunk's first byte; undefined for rows without offsets. */
  #base: number | undefined;
  #rowBytes: number[] = [];
  #isSqueezed = false;
  #filled = 0;
  /** Something else came between: rows without offsets do not go on. */
  #isBroken = false;

  constructor(file: string) {
    this.#file = file;
  }

  /** A line that is a packet. */
  whole(packet: Omit<FoundPacket, 'line' | 'timeNs'>, { number, timeNs }: Line): void {
    this.end();
    this.packets.push({ ...packet, timeNs, line: number });
  }

  squeezed(): void {
    this.#isSqueezed = true;
  }

  between(): void {
    this.#isBroken = true;
  }

  row({ offset, line: number }: PlacedRow, bytes: number[], line: Line): void {
    if (!this.#goesOn(offset, bytes, number)) {
      this.end();
      this.#base = offset;
      this.#line = line;
    }
    this.#isBroken = false;
    this.#isSqueezed = false;
    if (bytes.length === 0) return; // the closing offset of a dump
    for (const byte of bytes) this.#chunk.push(byte);
    this.#rowBytes = bytes;
  }

  /** What was put together is whole. */
  end(): void {
    const [chunk, line] = [Uint8Array.from(this.#chunk), this.#line];
    this.#chunk = [];
    this.#rowBytes = [];
    this.#isBroken = false;
    this.#isSqueezed = false;
    if (chunk.length === 0 || line === undefined) return;
    const { pieces, restAt } = splitPackets(chunk);
    for (const piece of restAt === chunk.length ? pieces : [chunk]) this.#add(piece, line);
  }

  #add(bytes: Uint8Array, { number, timeNs }: Line): void {
    this.packets.push({ bytes, timeNs, line: number });
  }

  #goesOn(offset: number | undefined, bytes: readonly number[], line: number): boolean {
    const { length } = this.#chunk;
    if (length === 0) return false;
    if (offset === undefined || this.#base === undefined) return offset === this.#base && this.#absorbs(bytes);
    const expected = this.#base + length;
    if (offset === expected) return true;
    const fill = offset - expected;
    if (this.#isSqueezed && fill > 0 && fill <= MOST_FILL && this.#filled + fill <= MOST_FILLED) {
      this.#filled += fill;
      const pattern = this.#rowBytes;
      for (let at = 0; at < fill; at++) this.#chunk.push(pattern[at % pattern.length] ?? 0);
      return true;
    }
    if (fill > 0) this.#say(line, offset, expected);
    return false;
  }

  /** Rows without offsets: one goes on with a packet that lacks bytes and has had only full rows. */
  #absorbs(bytes: readonly number[]): boolean {
    const { length } = this.#rowBytes;
    if (this.#isBroken || !ROW_BYTES.includes(length) || bytes.length > length) return false;
    const [size] = claimedSizes(Uint8Array.from(this.#chunk.slice(0, 4)));
    return size !== undefined && this.#chunk.length < size;
  }

  #say(line: number, offset: number, expected: number): void {
    if (this.diagnostics.length >= DIAGNOSTICS) return;
    const hex = (value: number): string => `0x${value.toString(16)}`;
    this.diagnostics.push(inputDiagnostic('lost', this.#file, line, { offset: hex(offset), expected: hex(expected) }));
  }
}
