// Frame descriptors and tables that went wrong on their way: what bad memory, a mistaken block or a stranger makes of
// good ones. Each mistake is a row of a table; chance picks.
import type { Random } from '../src/base/random.js';
import type { DpaaFrame } from '../src/bus/dpaa.js';

const UPPER = 0x1_0000_0000;
const ENTRY = 16;
const MOST_ENTRIES = 16;
const FINAL = 0x4000_0000;
const EXTENSION = 0x8000_0000;
const SCATTERED = 4;

/** Addresses that a descriptor or an entry may be led to. Lists may be empty. */
export interface Targets {
  /** Buffers that are in the pool. */
  readonly pooled: readonly number[];
  /** Buffers of somebody else's pool. */
  readonly foreign: readonly number[];
  /** Buffers of frames that are on their way. */
  readonly out: readonly number[];
}

/** Where a table is. */
export interface TablePlace {
  readonly view: DataView;
  readonly at: number;
  /** Entries that it has. */
  readonly count: number;
}

/** Sets a descriptor's address. */
export function setAddr(frame: DpaaFrame, addr: number): void {
  frame.w0 = ((frame.w0 & 0xffff_ff00) | ((addr / UPPER) & 0xff)) >>> 0;
  frame.w1 = addr >>> 0;
}

/** Address of an entry. */
export function entryAddr(view: DataView, at: number): number {
  return view.getUint8(at + 3) * UPPER + view.getUint32(at + 4);
}

function setEntryAddr(view: DataView, at: number, addr: number): void {
  view.setUint8(at + 3, (addr / UPPER) & 0xff);
  view.setUint32(at + 4, addr >>> 0);
}

const addrOf = ({ w0, w1 }: DpaaFrame): number => (w0 & 0xff) * UPPER + w1;

function led(random: Random, { pooled, foreign, out }: Targets, from: number): number {
  const some = (list: readonly number[]): number => (list.length === 0 ? 0 : random.pick(list));
  const ways: readonly (() => number)[] = [
    () => some(pooled),
    () => some(pooled),
    () => some(foreign),
    () => some(out),
    () => from + 1 + random.below(2047),
    () => from + 64 * (random.below(64) - 32),
    () => some(pooled) + random.below(2048),
    () => random.u32() + random.below(256) * UPPER,
    () => 0,
  ];
  return Math.max(0, random.pick(ways)());
}

const LENGTHS = [0, 1, 13, 14, 59, 1536, 1537, 1664, 1665, 0xffff, 0xf_ffff];
const ERRORS = [0x0100_0000, 0x0008_0000, 0x0004_0000, 0x0000_0020, 0x0400_0000, 0x0200_0000];

type SpoilFrame = (frame: DpaaFrame, random: Random, targets: Targets) => void;

function flip(frame: DpaaFrame, random: Random): void {
  const bit = (1 << random.below(32)) >>> 0;
  const word = random.pick(['w0', 'w1', 'w2', 'w3'] as const);
  frame[word] = (frame[word] ^ bit) >>> 0;
}

const FRAME_SPOILERS: readonly SpoilFrame[] = [
  flip,
  flip,
  (frame, random) => {
    for (let n = 2 + random.below(6); n > 0; n--) flip(frame, random);
  },
  (frame, random, targets) => setAddr(frame, led(random, targets, addrOf(frame))),
  (frame, random, targets) => setAddr(frame, led(random, targets, addrOf(frame))),
  (frame, random) => {
    frame.w0 = ((frame.w0 & 0xff00_ffff) | (random.pick([0xff, 0, random.below(64), random.below(256)]) << 16)) >>> 0;
  },
  (frame, random) => {
    frame.w2 = ((frame.w2 & 0x1fff_ffff) | (random.below(8) << 29)) >>> 0;
  },
  (frame, random) => {
    frame.w2 = ((frame.w2 & 0xe00f_ffff) | (random.below(512) << 20)) >>> 0;
  },
  (frame, random) => {
    const length = frame.w2 & 0xf_ffff;
    const other = random.pick([length + 1, length - 1, random.below(0x10_0000), random.pick(LENGTHS)]);
    frame.w2 = ((frame.w2 & 0xfff0_0000) | (other & 0xf_ffff)) >>> 0;
  },
  (frame, random) => {
    frame.w3 = random.pick([random.u32(), (frame.w3 | random.pick(ERRORS)) >>> 0]);
  },
  (frame, random) => {
    for (const word of ['w0', 'w1', 'w2', 'w3'] as const) frame[word] = random.u32();
  },
];

type SpoilTable = (place: TablePlace, random: Random, targets: Targets, own: number) => void;

const entryOf = ({ at, count }: TablePlace, random: Random): number => at + ENTRY * random.below(count);

function setBits(view: DataView, at: number, bits: number, on: boolean): void {
  const word = view.getUint32(at + 8);
  view.setUint32(at + 8, (on ? word | bits : word & ~bits) >>> 0);
}

function setLength(view: DataView, at: number, length: number): void {
  view.setUint32(at + 8, ((view.getUint32(at + 8) & 0xc000_0000) | (length & 0x3fff_ffff)) >>> 0);
}

function copyEntry({ view, at }: TablePlace, from: number, to: number): void {
  for (let i = 0; i < ENTRY; i += 4) view.setUint32(at + ENTRY * to + i, view.getUint32(at + ENTRY * from + i));
}

const TABLE_SPOILERS: readonly SpoilTable[] = [
  ({ view, at, count }, random) => {
    for (let n = 1 + random.below(3); n > 0; n--) {
      const byte = at + random.below(ENTRY * count);
      view.setUint8(byte, view.getUint8(byte) ^ (1 << random.below(8)));
    }
  },
  (place, random, targets) => {
    const at = entryOf(place, random);
    setEntryAddr(place.view, at, led(random, targets, entryAddr(place.view, at)));
  },
  (place, random, targets) => {
    const at = entryOf(place, random);
    setEntryAddr(place.view, at, led(random, targets, entryAddr(place.view, at)));
  },
  (place, random, _, own) => setEntryAddr(place.view, entryOf(place, random), own),
  (place, random) => setBits(place.view, entryOf(place, random), EXTENSION, true),
  (place, random) => setBits(place.view, entryOf(place, random), FINAL, true),
  ({ view, at, count }) => setBits(view, at + ENTRY * (count - 1), FINAL, false),
  // No end within the entries that a table has, and copies of entries beyond.
  (place) => {
    for (let i = 0; i < MOST_ENTRIES + 4; i++) {
      if (i >= place.count) copyEntry(place, i % place.count, i);
      setBits(place.view, place.at + ENTRY * i, FINAL, false);
    }
  },
  (place, random) => {
    const at = entryOf(place, random);
    const length = place.view.getUint32(at + 8) & 0x3fff_ffff;
    const other = random.pick([length + 1, length - 1, random.below(4096), random.u32(), random.pick(LENGTHS)]);
    setLength(place.view, at, other);
  },
  (place, random) => place.view.setUint16(entryOf(place, random) + 14, random.below(0x1_0000)),
  (place, random) => place.view.setUint8(entryOf(place, random) + 13, random.pick([0xff, 0, random.below(256)])),
  (place, random) => copyEntry(place, random.below(place.count), random.below(place.count)),
  ({ view, at }) => {
    for (let i = 0; i < ENTRY * MOST_ENTRIES; i += 4) view.setUint32(at + i, 0);
  },
  ({ view, at, count }, random) => {
    for (let i = 0; i < ENTRY * count; i += 4) view.setUint32(at + i, random.u32());
  },
];

/** Spoils a descriptor, or its table where it has one, in one way or several. */
export function spoil(frame: DpaaFrame, table: TablePlace | undefined, random: Random, targets: Targets): void {
  const own = addrOf(frame);
  for (let n = random.pick([1, 1, 1, 2]); n > 0; n--) {
    if (table !== undefined && random.below(3) > 0) random.pick(TABLE_SPOILERS)(table, random, targets, own);
    else random.pick(FRAME_SPOILERS)(frame, random, targets);
  }
}

/** Whether a descriptor says that a table follows. */
export function isScattered({ w2 }: DpaaFrame): boolean {
  return w2 >>> 29 === SCATTERED;
}

/** Entries of a table up to the final one; at most as many as FMan reads. */
export function entriesUpTo(view: DataView, at: number): number {
  for (let i = 0; i < MOST_ENTRIES; i++) if ((view.getUint8(at + ENTRY * i + 8) & 0x40) !== 0) return i + 1;
  return MOST_ENTRIES;
}
