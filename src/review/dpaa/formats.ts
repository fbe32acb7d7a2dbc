// What DPAA's blocks hand to each other in memory, taken apart: frame descriptors, scatter/gather tables, buffers of
// BMan, parse results. All big-endian, on every SoC.

/** A frame descriptor. `word` is a command towards FMan, or a status from it. */
export interface FrameDescriptor {
  readonly dd: number;
  readonly liodnOffset: number;
  readonly bpid: number;
  readonly eliodnOffset: number;
  readonly reserved: number;
  readonly addr: number;
  readonly format: number;
  /** 0 where the format has none. */
  readonly offset: number;
  readonly length: number;
  readonly word: number;
}

/** An entry of a table. */
export interface TableEntry {
  readonly addr: number;
  readonly ext: boolean;
  readonly final: boolean;
  readonly length: number;
  readonly bpid: number;
  readonly offset: number;
  /** Bits that must be 0 and are not. */
  readonly isStained: boolean;
}

/** A buffer as BMan hands it out and takes it back; the first of eight has the verb of the command. */
export interface PoolBuffer {
  readonly verb: number;
  readonly bpid: number;
  /** 48 bits. */
  readonly addr: number;
}

/** What FMan's parser found, and what a driver says of headers whose checksums FMan shall fill in. */
export interface ParseResults {
  readonly lpid: number;
  readonly shim: number;
  readonly l2: number;
  readonly l3: number;
  readonly l4: number;
  readonly classPlan: number;
  readonly nextHeader: number;
  readonly runningSum: number;
  readonly flags: number;
  readonly routing: number;
  readonly ethOffset: number;
  readonly vlanOffsets: readonly [number, number];
  readonly etypeOffset: number;
  readonly mplsOffsets: readonly [number, number];
  readonly ipOffsets: readonly [number, number];
  readonly greOffset: number;
  readonly l4Offset: number;
  readonly endOffset: number;
}

/** Bytes of each. */
export const DPAA_BYTES = { fd: 16, entry: 16, buffer: 8, parse: 32 } as const;
/** Entries that a table has at most; FMan always reads as many bytes as they would have. */
export const TABLE_ENTRIES = 16;
/** Bytes that FMan reads of a table, however few entries it has. */
export const TABLE_BYTES: number = TABLE_ENTRIES * DPAA_BYTES.entry;
/** The pool of memory that belongs to none. */
export const NO_POOL = 0xff;
/** Pools that there are. */
export const POOLS = 64;

/** Formats by number; FMan's ports take the first of each kind only. */
export const FORMATS: Readonly<Record<number, string>> = {
  0: 'contiguous',
  1: 'compound',
  2: 'contiguous, long',
  4: 'scatter/gather',
  6: 'scatter/gather, long',
};
/** The two that FMan's ports take. */
export const FORMAT = { CONTIG: 0, SG: 4 } as const;

/** Takes 16 bytes apart. */
export function frameDescriptor(bytes: Uint8Array, at = 0): FrameDescriptor {
  const byte = (offset: number): number => bytes[at + offset] as number;
  const word = u32(bytes, at + 8);
  const format = word >>> 29;
  const isShort = (format & 3) === 0;
  return {
    dd: byte(0) >> 6,
    liodnOffset: byte(0) & 0x3f,
    bpid: byte(1),
    eliodnOffset: byte(2) >> 4,
    reserved: byte(2) & 0xf,
    addr: byte(3) * 0x1_0000_0000 + u32(bytes, at + 4),
    format,
    offset: isShort ? (word >>> 20) & 0x1ff : 0,
    length: isShort ? word & 0xf_ffff : word & 0x1fff_ffff,
    word: u32(bytes, at + 12),
  };
}

/** Takes 16 bytes apart. */
export function tableEntry(bytes: Uint8Array, at = 0): TableEntry {
  const byte = (offset: number): number => bytes[at + offset] as number;
  const word = u32(bytes, at + 8);
  return {
    addr: byte(3) * 0x1_0000_0000 + u32(bytes, at + 4),
    ext: word >>> 31 !== 0,
    final: (word & 0x4000_0000) !== 0,
    length: word & 0x3fff_ffff,
    bpid: byte(13),
    offset: ((byte(14) & 0x1f) << 8) | byte(15),
    isStained: (byte(0) | byte(1) | byte(2) | byte(12) | (byte(14) & 0xe0)) !== 0,
  };
}

/** The entries of a table up to the final one; all that are there, 16 at most, where there is none. */
export function tableEntries(bytes: Uint8Array): TableEntry[] {
  const entries: TableEntry[] = [];
  for (let at = 0; at + DPAA_BYTES.entry <= bytes.length && entries.length < TABLE_ENTRIES; at += DPAA_BYTES.entry) {
    const entry = tableEntry(bytes, at);
    entries.push(entry);
    if (entry.final) break;
  }
  return entries;
}

/** Takes 8 bytes apart. */
export function poolBuffer(bytes: Uint8Array, at = 0): PoolBuffer {
  const byte = (offset: number): number => bytes[at + offset] as number;
  return { verb: byte(0), bpid: byte(1), addr: (byte(2) * 256 + byte(3)) * 0x1_0000_0000 + u32(bytes, at + 4) };
}

/** Verbs of a release: all buffers to the pool of the first one, or each to its own; and bits of the count. */
export const RELEASE = { verbs: 0x70, one: 0x20, each: 0x30, count: 0x0f } as const;

/** The pool to which each buffer goes. */
export function poolsOf(buffers: readonly PoolBuffer[]): number[] {
  const [head] = buffers;
  const isOne = head !== undefined && (head.verb & RELEASE.verbs) === RELEASE.one;
  return buffers.map(({ bpid }) => (isOne ? head.bpid : bpid));
}

/** Takes 32 bytes apart. */
export function parseResults(bytes: Uint8Array, at = 0): ParseResults {
  const byte = (offset: number): number => bytes[at + offset] as number;
  const half = (offset: number): number => (byte(offset) << 8) | byte(offset + 1);
  const pair = (offset: number): readonly [number, number] => [byte(offset), byte(offset + 1)];
  return {
    lpid: byte(0),
    shim: byte(1),
    l2: half(2),
    l3: half(4),
    l4: byte(6),
    classPlan: byte(7),
    nextHeader: half(8),
    runningSum: half(10),
    flags: half(12),
    routing: half(14),
    ethOffset: byte(19),
    vlanOffsets: pair(21),
    etypeOffset: byte(23),
    mplsOffsets: pair(25),
    ipOffsets: pair(27),
    greOffset: byte(29),
    l4Offset: byte(30),
    endOffset: byte(31),
  };
}

function u32(bytes: Uint8Array, at: number): number {
  const byte = (offset: number): number => bytes[at + offset] as number;
  return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0;
}
