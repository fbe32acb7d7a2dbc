// A decoded thing as text, and as one line for the comment of a capture.
import { hex, hexNumber } from '../../base/bytes.js';
import type { DecodedItem } from './decode.js';
import { FORMATS, type FrameDescriptor, NO_POOL, type ParseResults, poolsOf, type TableEntry } from './formats.js';
import type { Direction } from './verdict.js';
import {
  bitsOf,
  COMMAND,
  COMMAND_BITS,
  DESTINATIONS,
  L4_PROTOCOLS,
  LAYER_BITS,
  LAYER_ERROR,
  STATUS_BITS,
} from './words.js';

/** Lines of an item, without its findings: what it is, and its fields by name. */
export function itemLines(item: DecodedItem): string[] {
  const { fd, direction, entries, buffers, parse } = item;
  const lines: string[] = [];
  if (fd !== undefined && direction !== undefined) lines.push(...descriptorLines(fd, direction));
  if (entries !== undefined) lines.push(...entries.map(entryLine));
  if (buffers !== undefined) {
    const pools = poolsOf(buffers);
    for (const [index, { addr }] of buffers.entries()) {
      lines.push(`${rowHead('buffer', index)}addr ${address(addr)}, ${pool(pools[index] as number)}`);
    }
  }
  if (parse !== undefined) lines.push(...parseLines(parse));
  return lines;
}

/** `frame, transmit, scatter/gather: 2026 bytes`. */
export function itemTitle({ kind, fd, direction, entries, buffers }: DecodedItem): string {
  switch (kind) {
    case 'fd':
      return fd === undefined ? 'frame descriptor' : `frame, ${direction}: ${fd.length} bytes, ${formatWords(fd)}`;
    case 'sgt':
      return `table: ${entries?.length ?? 0} ${entries?.length === 1 ? 'entry' : 'entries'}, ${sumOf(entries)} bytes`;
    case 'buffers':
      return `buffers of BMan: ${buffers?.length ?? 0}`;
    case 'parse':
      return 'parse results';
  }
}

/** A descriptor in one line, as comments of captures have it. */
export function descriptorWords(fd: FrameDescriptor, direction: Direction): string {
  const place = `addr ${address(fd.addr)}, offset ${fd.offset}, ${pool(fd.bpid)}`;
  return `${direction}, ${formatWords(fd)}, ${place}, ${wordText(fd, direction)}`;
}

function formatWords({ format }: FrameDescriptor): string {
  return FORMATS[format] ?? `format ${format}`;
}

function sumOf(entries: readonly TableEntry[] = []): number {
  return entries.reduce((sum, { length }) => sum + length, 0);
}

/** Bytes as the words of 32 bits that documents show. */
export function words(bytes: Uint8Array): string {
  return hex(bytes, '').replace(/.{8}(?=.)/g, '$& ');
}

function address(addr: number): string {
  return hexNumber(addr, 10);
}

function pool(bpid: number): string {
  return bpid === NO_POOL ? 'no pool' : `pool ${bpid}`;
}

function descriptorLines(fd: FrameDescriptor, direction: Direction): string[] {
  const { addr, bpid, format, offset, length } = fd;
  return [
    `addr ${address(addr)}, bpid ${bpid} (${pool(bpid)}), format ${format} (${formatWords(fd)}), offset ${offset}, ` +
      `length ${length}`,
    wordText(fd, direction),
  ];
}

function wordText({ word }: FrameDescriptor, direction: Direction): string {
  if (direction !== 'transmit') {
    const { set, rest } = bitsOf(word, STATUS_BITS);
    const names = [...set.map(({ name }) => name), ...(rest === 0 ? [] : [hexNumber(rest, 8)])];
    return `status ${hexNumber(word, 8)}: ${names.join(', ') || 'no error'}`;
  }
  const names = bitsOf(word, COMMAND_BITS).set.map(({ name }) => name);
  const confirm = (word & COMMAND.FCO) === 0 ? [] : [`confirmation to frame queue ${hexNumber(word & COMMAND.FQID)}`];
  return `command ${hexNumber(word, 8)}: ${[...names, ...confirm].join(', ') || 'nothing'}`;
}

function rowHead(what: string, index: number): string {
  return `${what} ${String(index).padEnd(3)}`;
}

function entryLine({ addr, offset, length, bpid, final, ext }: TableEntry, index: number): string {
  const marks = [...(ext ? ['E'] : []), ...(final ? ['F'] : [])];
  const mark = marks.length === 0 ? '' : `, ${marks.join(' ')}`;
  return `${rowHead('entry', index)}addr ${address(addr)}, offset ${offset}, length ${length}, ${pool(bpid)}${mark}`;
}

function parseLines(parse: ParseResults): string[] {
  const { l2, l3, l4, ipOffsets, l4Offset, ethOffset, vlanOffsets, runningSum } = parse;
  const names = (value: number, layer: 'l2' | 'l3'): string =>
    bitsOf(value, LAYER_BITS[layer])
      .set.map(({ name }) => name)
      .join(', ') || 'none';
  const cast = l2 === 0 ? '' : `, ${DESTINATIONS[(l2 >> 5) & 3]}`;
  const protocol = L4_PROTOCOLS[l4 & ~LAYER_ERROR.l4] ?? 'none';
  const offsets = Object.entries({ ethernet: ethOffset, vlan: vlanOffsets[0], ip: ipOffsets[0], l4: l4Offset });
  const shown = offsets.map(([name, offset]) => `${name} ${offset === 0xff ? 'none' : offset}`);
  return [
    `parse: layer 2 ${hexNumber(l2, 4)} (${names(l2, 'l2')}${cast}), ` +
      `layer 3 ${hexNumber(l3, 4)} (${names(l3, 'l3')}), layer 4 ${hexNumber(l4, 2)} (${protocol})`,
    `parse: offsets ${shown.join(', ')}; running sum ${hexNumber(runningSum, 4)}`,
  ];
}
