// The tools for frames of DPAA with descriptors of every kind, with dumps that are broken, and with what is none:
// whatever form a dump has it is read as itself; whatever is broken is told in words, and everything ends. And the
// framing of passt, whose stream is cut anywhere.
import { EthernetCapture, metadataComment } from '../../src/abi/ethernet-capture.js';
import { readPcapng } from '../../src/abi/pcapng-read.js';
import { Random } from '../../src/base/random.js';
import { PasstSplitter } from '../../src/host/passt-frames.js';
import { type DecodedItem, decodeItem } from '../../src/review/dpaa/decode.js';
import { readDpaa } from '../../src/review/dpaa/input.js';
import { itemJson } from '../../src/review/dpaa/item-json.js';
import { itemLines, itemTitle } from '../../src/review/dpaa/item-text.js';
import { DPAA_KINDS } from '../../src/review/dpaa/kinds.js';
import { DumpMemory } from '../../src/review/dpaa/memory.js';
import type { Scenario } from '../soak.js';

/** What `npm run soak` runs; `run` throws with what it found. */
export const scenarios: readonly Scenario[] = [
  { name: 'dpaa-decode', total: 200_000, run: decodeAny },
  { name: 'dpaa-input', total: 100_000, run: readForms },
  { name: 'dpaa-hostile', total: 100_000, run: readBroken },
  { name: 'passt-frames', total: 50_000, run: splitStreams },
];

/** A frame as hardware or driver would write it: a descriptor, and a table that fits it. */
interface Frame {
  readonly descriptor: Uint8Array;
  readonly table: Uint8Array;
  readonly lengths: readonly number[];
}

const TABLE_OFFSET = 64;

function frameOf(random: Random): Frame {
  const isSent = random.chance(0.5);
  const count = 1 + random.below(16);
  const lengths = Array.from({ length: count }, () => 16 * (4 + random.below(90)));
  const table = new Uint8Array(count * 16);
  const entries = new DataView(table.buffer);
  const pages = new Set<number>();
  while (pages.size <= count) pages.add(1 + random.below(0xff_fffe));
  const [own = 1, ...places] = pages;
  lengths.forEach((length, index) => {
    const addr = (places[index] as number) * 4096;
    entries.setUint32(index * 16, Math.floor(addr / 2 ** 32));
    entries.setUint32(index * 16 + 4, addr >>> 0);
    entries.setUint32(index * 16 + 8, length + (index === count - 1 ? 0x4000_0000 : 0));
    entries.setUint8(index * 16 + 13, isSent ? 0xff : 7);
  });
  const descriptor = new Uint8Array(16);
  const view = new DataView(descriptor.buffer);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  view.setUint32(0, ((isSent ? 0xff : 7) << 16) | Math.floor((own * 4096) / 2 ** 32));
  view.setUint32(4, (own * 4096) >>> 0);
  view.setUint32(8, (0x8000_0000 + TABLE_OFFSET * 0x10_0000 + total) >>> 0);
  view.setUint32(12, isSent ? (0x8000_0000 + 1 + random.below(0xff_ffff)) >>> 0 : 0);
  return { descriptor, table, lengths };
}

function shown(item: DecodedItem): string {
  return [itemTitle(item), ...itemLines(item), JSON.stringify(itemJson(item))].join('\n');
}

/** What is said of it, its digits left out. */
function meaning(item: DecodedItem): string {
  return shown({ ...item, bytes: new Uint8Array() });
}

function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  const out = bytes.slice(0, random.chance(0.3) ? random.below(bytes.length + 1) : bytes.length);
  const changes = random.below(6);
  for (let i = 0; i < changes && out.length > 0; i++) out[random.below(out.length)] = random.below(256);
  return out;
}

/** A frame that is right has no findings; one bit of it changed changes what is said; noise is decoded to its end. */
export function decodeAny(seed: string): void {
  const random = new Random(seed);
  const { descriptor, table } = frameOf(random);
  const memory = new DumpMemory([]);
  const fine = decodeItem({ kind: 'fd', bytes: descriptor, table }, memory);
  if (fine.findings.length > 0) throw new Error(`a right frame: ${fine.findings.map(({ text }) => text).join('; ')}`);
  const before = meaning(fine);
  const [bytes, entries] = [descriptor.slice(), table.slice()];
  const target = random.chance(0.5) ? bytes : entries;
  const at = random.below(target.length);
  target[at] = (target[at] as number) ^ (1 << random.below(8));
  const after = decodeItem({ kind: 'fd', bytes, table: entries }, memory);
  if (meaning(after) === before)
    throw new Error(`byte ${at} of the ${target === bytes ? 'descriptor' : 'table'} is not seen`);
  for (const kind of DPAA_KINDS) {
    const noise = random.bytes(random.below(300));
    const piece = new DumpMemory([{ at: random.below(2 ** 30), bytes: noise }]);
    shown(decodeItem({ kind, bytes: noise, table: noise }, piece, { pools: [random.below(64)] }));
    metadataComment({ descriptor: noise.subarray(0, 16), table: noise });
  }
}

type Form = (bytes: Uint8Array, at: number) => string;

const digits = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const grouped = (bytes: Uint8Array, size: number): string =>
  digits(bytes)
    .match(new RegExp(`.{${2 * size}}`, 'g'))
    ?.join(' ') ?? '';
const rows = (bytes: Uint8Array): Uint8Array[] =>
  Array.from({ length: bytes.length / 16 }, (_, index) => bytes.subarray(index * 16, index * 16 + 16));

/** Forms of what stands behind a label. */
const FORMS: Readonly<Record<string, Form>> = {
  digits: (bytes) => digits(bytes),
  bytes: (bytes) =>
    rows(bytes)
      .map((row) => grouped(row, 1))
      .join('\n'),
  words: (bytes) =>
    rows(bytes)
      .map((row) => grouped(row, 4))
      .join('\n'),
  long: (bytes) =>
    rows(bytes)
      .map((row) => grouped(row, 8))
      .join('\n'),
  numbers: (bytes) =>
    rows(bytes)
      .map((row) => grouped(row, 4).replace(/\S+/g, '0x$&,'))
      .join('\n'),
  log: (bytes) =>
    rows(bytes)
      .map((row, index) => `[   12.${100 + index}] ${grouped(row, 1)}`)
      .join('\n'),
  dump: (bytes) =>
    rows(bytes)
      .map((row, index) => `${(index * 16).toString(16).padStart(8, '0')}: ${grouped(row, 1)}`)
      .join('\n'),
};

/** In whatever form a frame is written, it is read as itself. */
export function readForms(seed: string): void {
  const random = new Random(seed);
  const { descriptor, table } = frameOf(random);
  const [name, form] = random.pick(Object.entries(FORMS)) as [string, Form];
  const text = `fd:\n${form(descriptor, 0)}\nsgt:\n${form(table, 0)}\n`;
  const { items = [] } = readDpaa(new TextEncoder().encode(text));
  const [item] = items;
  if (items.length !== 1 || item === undefined) throw new Error(`${name}: ${items.length} things`);
  if (digits(item.bytes) !== digits(descriptor)) throw new Error(`${name}: another descriptor`);
  if (digits(item.table ?? new Uint8Array()) !== digits(table)) throw new Error(`${name}: another table`);
  captured(random, descriptor, table);
}

/** Out of a capture comes what went in. */
function captured(random: Random, descriptor: Uint8Array, table: Uint8Array): void {
  const parts: Uint8Array[] = [];
  const capture = new EthernetCapture((bytes) => void parts.push(bytes));
  const port = capture.addPort('fm1-mac1');
  const bytes = random.bytes(14 + random.below(100));
  capture.add({ port, way: 'in', timeNs: random.below(2 ** 31), bytes, metadata: { descriptor, table } });
  const [packet] = readPcapng(Uint8Array.from(parts.flatMap((part) => [...part]))).capture?.packets ?? [];
  const { items = [] } = readDpaa(new TextEncoder().encode(packet?.comment ?? ''));
  if (digits(items[0]?.bytes ?? new Uint8Array()) !== digits(descriptor))
    throw new Error('a capture has lost a descriptor');
  if (digits(items[0]?.table ?? new Uint8Array()) !== digits(table)) throw new Error('a capture has lost a table');
}

const SNIPPETS = [
  'fd: ',
  'sgt:',
  'bman: ',
  'parse: ',
  'mem:\n',
  '\n',
  '*\n',
  '  ',
  '0x',
  ': ',
  '|',
  '\u001b[1m',
  '\0',
  'é',
  '[  1.0] ',
];

/** Text and binaries of which nothing is right. */
export function readBroken(seed: string): void {
  const random = new Random(seed);
  const { descriptor, table } = frameOf(random);
  const [, form] = random.pick(Object.entries(FORMS)) as [string, Form];
  let text = '';
  for (let count = random.below(12); count >= 0; count--) {
    text += random.pick(SNIPPETS);
    if (random.chance(0.7)) text += form(random.chance(0.5) ? descriptor : table, 0);
    if (random.chance(0.3)) text += digits(random.bytes(random.below(20)));
  }
  const bytes = mutated(random, new TextEncoder().encode(text));
  const at = random.chance(0.3) ? random.below(2 ** 20) : undefined;
  const as = random.chance(0.5) ? random.pick(DPAA_KINDS) : undefined;
  const { items, memory, diagnostics } = readDpaa(bytes, { at, as });
  if (items === undefined && diagnostics.length === 0) throw new Error('nothing was read, and nothing was said');
  for (const item of items ?? []) shown(decodeItem(item, memory));
}

/** Frames come out of the stream as they went in, wherever it is cut. */
export function splitStreams(seed: string): void {
  const random = new Random(seed);
  const frames = Array.from({ length: 1 + random.below(8) }, () => random.bytes(14 + random.below(300)));
  const stream = Uint8Array.from(frames.flatMap((frame) => [0, 0, frame.length >> 8, frame.length & 0xff, ...frame]));
  const splitter = new PasstSplitter();
  const got: string[] = [];
  for (let at = 0; at < stream.length; ) {
    const piece = stream.subarray(at, at + 1 + random.below(200));
    splitter.take(piece, (frame) => got.push(digits(frame)));
    at += piece.length;
  }
  if (got.join() !== frames.map(digits).join()) throw new Error('other frames came out');
  new PasstSplitter().take(random.bytes(200), () => undefined);
}
