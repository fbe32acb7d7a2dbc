// What is wrong with frame descriptors and tables, as FMan and a driver would find it.
import { hexNumber } from '../../base/bytes.js';
import type { Diagnostic } from '../../base/diagnostic.js';
import { diagnosticOf, type Values } from '../../dt/message.js';
import {
  FORMAT,
  FORMATS,
  type FrameDescriptor,
  NO_POOL,
  type ParseResults,
  type PoolBuffer,
  POOLS,
  poolsOf,
  RELEASE,
  TABLE_BYTES,
  TABLE_ENTRIES,
  type TableEntry,
} from './formats.js';
import { VERDICT_MESSAGES, type VerdictKey } from './verdict-messages.js';
import { bitsOf, COMMAND, COMMAND_BITS, L4_PROTOCOLS, LAYER_ERROR, STATUS_BITS } from './words.js';

/** Which way a frame goes: out with a command, back from that with a status, or in with a status. */
export type Direction = 'transmit' | 'confirm' | 'receive';

/** What is known beside the bytes. */
export interface Known {
  /** Pools that there are; any of 0 to 63 when left out. */
  readonly pools?: readonly number[] | undefined;
}

/** Takes findings: a key, the entry it is about (undefined: the whole), values. */
type Say = (key: VerdictKey, entry?: number, values?: Values) => void;

const FOUR_KIB = 4096;
const ADDRESS_END: number = 2 ** 40;
const LEAST_FRAME = 60;

/** The direction that a descriptor itself speaks for. */
export function directionOf({ bpid, word }: FrameDescriptor): Direction {
  if (bpid !== NO_POOL) return 'receive';
  return word >>> 28 === 0 && word !== 0 ? 'confirm' : 'transmit';
}

/** Collects findings. */
function sayInto(found: Diagnostic[], unit = 'entry'): Say {
  return (key, entry, values = {}) => {
    const place = entry === undefined ? {} : { where: `${unit} ${entry}` };
    found.push(diagnosticOf(`dpaa/${key}`, VERDICT_MESSAGES[key], values, place));
  };
}

/** Judges a descriptor, and its table where that is known. */
export function judgeFrame(
  fd: FrameDescriptor,
  direction: Direction,
  entries: readonly TableEntry[] | undefined,
  known: Known = {},
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const say = sayInto(found);
  judgeDescriptor(fd, direction, say);
  judgePool(fd.bpid, undefined, known, say);
  if (direction === 'transmit') judgeCommand(fd, say);
  else judgeStatus(fd, say);
  if (fd.format === FORMAT.CONTIG && fd.length > 0) {
    judgePlace('its bytes', fd.addr + fd.offset, fd.length, undefined, say);
  }
  if (fd.format !== FORMAT.SG) return found;
  const table = fd.addr + fd.offset;
  judgePlace(`the ${TABLE_BYTES} bytes that FMan reads of the table`, table, TABLE_BYTES, undefined, say);
  if (entries === undefined) say('table-missing', undefined, { addr: hexNumber(table, 10) });
  else judgeEntries(entries, { fd, known }, say);
  return found;
}

/** Judges a table whose descriptor is not known. */
export function judgeTable(entries: readonly TableEntry[], known: Known = {}): Diagnostic[] {
  const found: Diagnostic[] = [];
  judgeEntries(entries, { fd: undefined, known }, sayInto(found));
  return found;
}

function judgeDescriptor(fd: FrameDescriptor, direction: Direction, say: Say): void {
  const { dd, liodnOffset, eliodnOffset, reserved, addr, format, offset, length } = fd;
  const stained = Object.entries({ dd, liodn_offset: liodnOffset, eliodn_offset: eliodnOffset, reserved });
  const bits = stained.filter(([, value]) => value !== 0).map(([name, value]) => `${name} ${value}`);
  if (bits.length > 0) say('fd-bits', undefined, { bits: bits.join(', ') });
  if (format !== FORMAT.CONTIG && format !== FORMAT.SG) {
    say('fd-format', undefined, { format: `${format} (${FORMATS[format] ?? 'unknown'})` });
  }
  if (length === 0) say('fd-empty');
  else if (direction === 'transmit' && length < LEAST_FRAME) say('fd-short', undefined, { length });
  if (addr === 0) say('fd-address');
  const end = addr + offset + (format === FORMAT.SG ? TABLE_BYTES : length);
  if (end > ADDRESS_END) say('fd-beyond', undefined, { end: hexNumber(end, 10) });
}

function judgePool(bpid: number, entry: number | undefined, { pools }: Known, say: Say): void {
  if (bpid === NO_POOL) return;
  if (bpid >= POOLS) say('pool-range', entry, { bpid });
  else if (pools !== undefined && !pools.includes(bpid)) say('pool-unknown', entry, { bpid, pools: pools.join(', ') });
}

function judgeCommand({ word, bpid }: FrameDescriptor, say: Say): void {
  const isConfirmed = (word & COMMAND.FCO) !== 0;
  const { rest } = bitsOf(word, COMMAND_BITS);
  const bits = isConfirmed ? (rest & ~COMMAND.FQID) >>> 0 : rest;
  if (isConfirmed && (word & COMMAND.FQID) === 0) say('command-fqid');
  if ((word & COMMAND.DTC) !== 0 && (word & COMMAND.RPD) === 0) say('command-dtc');
  if (!isConfirmed && bpid === NO_POOL) say('command-lost');
  if (bits !== 0) say('command-bits', undefined, { bits: hexNumber(bits, 8) });
}

function judgeStatus({ word }: FrameDescriptor, say: Say): void {
  const { set, rest } = bitsOf(word, STATUS_BITS);
  for (const { name, says } of set.filter(({ isError }) => isError)) say('status-error', undefined, { name, says });
  if (rest !== 0) say('status-bits', undefined, { bits: hexNumber(rest, 8) });
}

interface Table {
  readonly fd: FrameDescriptor | undefined;
  readonly known: Known;
}

function judgeEntries(entries: readonly TableEntry[], { fd, known }: Table, say: Say): void {
  const count = entries.length;
  if (entries.at(-1)?.final !== true) {
    say(count < TABLE_ENTRIES ? 'table-cut' : 'table-final', undefined, { count, last: count - 1 });
  }
  entries.forEach((entry, index) => judgeEntry(entry, index, say));
  entries.forEach(({ bpid }, index) => judgePool(bpid, index, known, say));
  judgeOwners(entries, fd, say);
  const sum = entries.reduce((all, { length }) => all + length, 0);
  if (fd !== undefined && sum !== fd.length) say('table-sum', undefined, { sum, length: fd.length });
}

function judgeEntry({ addr, ext, final, length, offset, isStained }: TableEntry, index: number, say: Say): void {
  if (ext) say('table-ext', index);
  if (isStained) say('table-bits', index);
  if (addr === 0) say('table-address', index);
  if (addr + offset + length > ADDRESS_END) {
    say('fd-beyond', index, { end: hexNumber(addr + offset + length, 10) });
  }
  if (length === 0) say('table-zero', index);
  else judgePlace('its bytes', addr + offset, length, index, say);
  if (!final && length % 16 !== 0) say('erratum-length', index, { what: 'its bytes', length });
}

/** Whoever gets the frame releases each buffer to its pool. */
function judgeOwners(entries: readonly TableEntry[], fd: FrameDescriptor | undefined, say: Say): void {
  const seen = new Map<number, number>();
  entries.forEach(({ addr, bpid }, index) => {
    if (fd !== undefined && fd.bpid !== NO_POOL && bpid === NO_POOL) say('pool-none', index, { bpid: fd.bpid });
    if (fd !== undefined && fd.bpid === NO_POOL && bpid !== NO_POOL) say('pool-given', index, { bpid });
    if (bpid === NO_POOL) return;
    const first = seen.get(addr);
    if (first !== undefined) say('table-double', index, { first });
    else seen.set(addr, index);
    if (fd !== undefined && fd.bpid !== NO_POOL && fd.addr === addr) say('table-own', index);
  });
}

function judgePlace(what: string, from: number, length: number, entry: number | undefined, say: Say): void {
  const to = from + length - 1;
  if (from % 16 !== 0) say('erratum-align', entry, { what, from: hexNumber(from, 10) });
  if (Math.floor(from / FOUR_KIB) !== Math.floor(to / FOUR_KIB)) {
    say('erratum-cross', entry, { what, from: hexNumber(from, 10), to: hexNumber(to, 10) });
  }
}

/** Buffers of one command. */
const RELEASED = 8;

/** The buffers that a release command says to have; undefined for a verb that is none. */
function releasedBy(verb: number): number | undefined {
  const kind = verb & RELEASE.verbs;
  return kind === RELEASE.one || kind === RELEASE.each ? verb & RELEASE.count : undefined;
}

/** Judges buffers that were released together. */
export function judgeBuffers(buffers: readonly PoolBuffer[], known: Known = {}): Diagnostic[] {
  const found: Diagnostic[] = [];
  const say = sayInto(found, 'buffer');
  const seen = new Map<number, number>();
  const [head] = buffers;
  const count = head === undefined ? undefined : releasedBy(head.verb);
  if (count !== undefined && buffers.length <= RELEASED && count !== buffers.length) {
    say('buffer-count', undefined, { count, there: buffers.length });
  }
  const pools = poolsOf(buffers);
  buffers.forEach(({ verb, addr }, index) => {
    if (verb !== 0 && (index > 0 || count === undefined)) say('buffer-bits', index, { verb: hexNumber(verb, 2) });
    const bpid = pools[index] as number;
    if (bpid === NO_POOL) say('pool-range', index, { bpid });
    else judgePool(bpid, index, known, say);
    if (addr === 0) say('buffer-zero', index);
    else if (addr >= ADDRESS_END) say('buffer-address', index, { addr: hexNumber(addr, 12) });
    else if (addr % 64 !== 0) say('buffer-align', index, { addr: hexNumber(addr, 10) });
    const first = seen.get(addr);
    if (first !== undefined && addr !== 0) say('buffer-double', index, { first });
    else seen.set(addr, index);
  });
  return found;
}

/** Headers that there are not, in what FMan writes; a driver leaves 0. */
const NO_HEADER: ReadonlySet<number> = new Set([0, 0xff]);
/** Bytes of the least IP header. */
const IP_BYTES = { 0x8000: 20, 0x4000: 40 } as const;

/** Judges parse results. All zero, or all ones: there are none. */
export function judgeParse({ l2, l3, l4, ipOffsets: [ip], l4Offset }: ParseResults): Diagnostic[] {
  const found: Diagnostic[] = [];
  const say = sayInto(found);
  const version = l3 & 0x8000 ? 0x8000 : l3 & 0x4000 ? 0x4000 : undefined;
  const protocol = L4_PROTOCOLS[l4 & ~LAYER_ERROR.l4];
  if (version !== undefined && NO_HEADER.has(ip)) {
    say('parse-l3', undefined, { name: version === 0x8000 ? 'IPv4' : 'IPv6', offset: ip });
  }
  if (protocol !== undefined && NO_HEADER.has(l4Offset)) {
    say('parse-l4', undefined, { name: protocol, offset: l4Offset });
  } else if (
    protocol !== undefined &&
    version !== undefined &&
    !NO_HEADER.has(ip) &&
    l4Offset < ip + IP_BYTES[version]
  ) {
    say('parse-order', undefined, { l4: l4Offset, ip: ip + IP_BYTES[version] });
  }
  if ((l2 & LAYER_ERROR.l2) !== 0)
    say('parse-error', undefined, { layer: 2, value: hexNumber(l2 & LAYER_ERROR.l2, 2) });
  if (protocol !== undefined && (l4 & LAYER_ERROR.l4) !== 0) {
    say('parse-error', undefined, { layer: 4, value: hexNumber(l4, 2) });
  }
  return found;
}
