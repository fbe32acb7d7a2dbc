// Who has mapped what for which device, and what was wrong with it: the checks of Linux's DMA-API debugging and more.
import { hexNumber } from '../base/bytes.js';
import type { Clock, Instant } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import { type DmaBlock, type DmaEntry, sharesCacheLine } from './dma-entry.js';
import type { DmaDirection } from './dma.js';

/** Something a driver or a device did wrong with shared memory. */
export interface DmaFinding {
  readonly t: Instant;
  readonly dev: string;
  /** Who did it: the driver broke a rule, or the device touched what it may not (misled by a lost write, say). */
  readonly by: 'driver' | 'device';
  /** Where Linux's DMA-API debugging has a message for it, that message without its `DMA-API: driver device:`. */
  readonly text: string;
}

/** A mapping that is open. */
export interface DmaMapping {
  readonly dev: string;
  readonly iova: number;
  readonly size: number;
  readonly dir: DmaDirection;
  /** When it was made. */
  readonly at: Instant;
}

/** Linux's names, as in its messages. */
const DIR_NAME: Readonly<Record<DmaDirection, string>> = {
  'to-device': 'DMA_TO_DEVICE',
  'from-device': 'DMA_FROM_DEVICE',
  bidirectional: 'DMA_BIDIRECTIONAL',
};

const PAGE = 4096;
const CACHE_LINE = 64;
const LINE_BITS = 6;
const PAGE_BITS = 12;
/** Multiplied by: a division takes several times as long. */
const PAGES_PER_BYTE = 1 / PAGE;
const LINES_PER_BYTE = 1 / CACHE_LINE;
/** Findings kept; later ones are only traced. A device that polls a wild address must not fill this memory. */
const MAX_FINDINGS = 1_000;
/** Pages of a row of the table, a power of two: rows are made when they are first used. */
const ROW_BITS = 9;
const ROW_LAST = 2 ** ROW_BITS - 1;
/** What is mapped where nothing can be. */
const NOWHERE: readonly DmaEntry[] = [];

/** Where the memory lies for devices. */
export interface DmaRange {
  /** Bus address of the first byte, and bytes; both whole pages. */
  readonly base: number;
  readonly size: number;
}

/** All open mappings by page of bus address, and the findings so far. */
export class DmaLedger {
  /** Bus address of the memory's first byte. */
  readonly base: number;
  /** Where in its entry's bytes the last access begins. */
  place = 0;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #size: number;
  readonly #findings: DmaFinding[] = [];
  /** The mappings that touch a page, by its number from `base` in rows. Emptied lists stay. */
  readonly #rows: (DmaEntry[] | undefined)[][];
  /** Closed mappings. */
  readonly #spare: DmaEntry[] = [];
  #seq = 0;
  #mapped = 0;
  /** Grows whenever what devices may touch could have changed. */
  epoch = 0;

  constructor(clock: Clock, trace: Trace, { base, size }: DmaRange) {
    this.#clock = clock;
    this.#trace = trace;
    this.base = base;
    this.#size = size;
    this.#rows = Array.from({ length: Math.ceil(size / PAGE / (ROW_LAST + 1)) }, () => []);
  }

  /** What was wrong so far, at most the first thousand. */
  get findings(): readonly DmaFinding[] {
    return this.#findings;
  }

  /** Mappings that are open. */
  get mapped(): number {
    return this.#mapped;
  }

  /** Open mappings, all or one device's, in the order in which they were made. */
  leaks(dev?: string): readonly DmaMapping[] {
    const found: DmaEntry[] = [];
    for (const [nr, row] of this.#rows.entries()) {
      for (const [nth, entries = []] of row.entries()) {
        const page = (nr << ROW_BITS) | nth;
        for (const entry of entries)
          if (entry.firstPage === page && (dev === undefined || entry.dev === dev)) found.push(entry);
      }
    }
    found.sort((a, b) => a.seq - b.seq);
    return found.map((entry) => this.#mapping(entry));
  }

  /** To be called when a driver has let go of a device: a finding if mappings are left. Answers how many. */
  released(dev: string): number {
    const left = this.leaks(dev);
    const last = left.at(-1);
    if (last === undefined) return 0;
    const detail = `${place(last)} [mapped with ${DIR_NAME[last.dir]}] [mapped as single]`;
    const count = `[count=${left.length}]`;
    const text = `device driver has pending DMA allocations while released from device ${count}`;
    this.report(dev, `${text}\nOne of leaked entries details: ${detail}`);
    return left.length;
  }

  /** Findings and open mappings as text, one per line; empty when all is well. */
  summary(): string {
    const findings = this.#findings.map((finding) => `${finding.dev}: ${finding.text}`);
    const open = this.leaks().map((m) => `${m.dev}: still mapped since ${m.at} ns ${place(m)} [${DIR_NAME[m.dir]}]`);
    return [...findings, ...open].join('\n');
  }

  /** Notes a finding and traces it as `dma_debug`. */
  report(dev: string, text: string, by: DmaFinding['by'] = 'driver'): void {
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push({ t: this.#clock.now(), dev, by, text });
    if (this.#trace.on) this.#trace.emit(dev, { kind: 'dma_debug', text });
  }

  /** Notes a new mapping of the bytes from `start`. */
  open(
    dev: string,
    iova: number,
    size: number,
    dir: DmaDirection,
    block: DmaBlock,
    bytes: Uint8Array,
    start: number,
  ): DmaEntry {
    this.epoch++;
    const entry = this.#entry(dev, iova - this.base, size, dir, block, bytes, start);
    const last = entry.lastPage;
    let overlaps = false;
    for (let page = entry.firstPage; page <= last; page++) {
      const there = this.#listOf(page);
      overlaps ||= sharesCacheLine(there, entry);
      there.push(entry);
    }
    block.mapped++;
    this.#mapped++;
    if (overlaps) this.report(dev, "cacheline tracking EEXIST, overlapping mappings aren't supported");
    return entry;
  }

  /** Closes a mapping, as in Linux also with a wrong size or direction, and answers it, until the next is made. */
  close(dev: string, iova: number, size: number, dir: DmaDirection): DmaEntry | undefined {
    this.epoch++;
    const entry = this.#closest(dev, iova, size, dir);
    if (entry === undefined) {
      this.report(dev, `device driver tries to free DMA memory it has not allocated ${place({ iova, size })}`);
      return undefined;
    }
    if (size !== entry.size) {
      const sizes = `[map size=${entry.size} bytes] [unmap size=${size} bytes]`;
      this.report(dev, `device driver frees DMA memory with different size ${address(iova)} ${sizes}`);
    }
    if (dir !== entry.dir) {
      const names = `[mapped with ${DIR_NAME[entry.dir]}] [unmapped with ${DIR_NAME[dir]}]`;
      this.report(dev, `device driver frees DMA memory with different direction ${place({ iova, size })} ${names}`);
    }
    this.#remove(entry);
    return entry;
  }

  /** Checks a sync and answers its mapping; undefined when the range is not inside one. */
  sync(dev: string, iova: number, size: number, dir: DmaDirection, to: 'cpu' | 'device'): DmaEntry | undefined {
    this.epoch++;
    const entry = this.#around(iova, dev);
    if (entry === undefined) {
      this.report(dev, `device driver tries to sync DMA memory it has not allocated ${place({ iova, size })}`);
      return undefined;
    }
    const end = iova - this.base - entry.from + size;
    if (end > entry.size) {
      const sizes = `[allocation size=${entry.size} bytes] [sync offset+size=${end}]`;
      const where = address(entry.from + this.base);
      this.report(dev, `device driver syncs DMA memory outside allocated range ${where} ${sizes}`);
      return undefined;
    }
    this.#checkSyncDirection(entry, dir, to);
    if (size === entry.size) entry.cpuOwns = to === 'cpu';
    return entry;
  }

  /**
   * The mapping through which a device may do this access, and in `place` where that begins in its bytes; otherwise a
   * finding and EFAULT for the device.
   */
  access(dev: string, iova: number, length: number, op: 'read' | 'write'): DmaEntry {
    const entry = this.allowed(iova, length, op);
    if (entry === undefined) throw this.#denial(dev, iova, length, op);
    if (entry.cpuOwns && entry.dir !== 'from-device') this.#racing(dev, entry, op);
    return entry;
  }

  /** The same for who only looks on: nothing is said, and undefined is the answer where a device may not. */
  allowed(iova: number, length: number, op: 'read' | 'write'): DmaEntry | undefined {
    const from = iova - this.base;
    const entries = this.#at(from);
    const forbidden = op === 'read' ? 'from-device' : 'to-device';
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as DmaEntry;
      if (entry.from > from || from + length > entry.end || entry.dir === forbidden || entry.block.freed) continue;
      this.place = entry.start + (from - entry.from);
      return entry;
    }
    return undefined;
  }

  /** Mapped bytes as a device has them, at most `length`, for who looks on; undefined where nothing is mapped. */
  peek(iova: number, length: number): Uint8Array | undefined {
    const entry = this.#around(iova);
    if (entry === undefined) return undefined;
    const from = iova - this.base - entry.from;
    return entry.bytes.subarray(entry.start + from, entry.start + Math.min(entry.size, from + length));
  }

  /** The mappings that touch the page of a byte of the memory. */
  #at(from: number): readonly DmaEntry[] {
    if (!(from >= 0 && from < this.#size)) return NOWHERE;
    const page = (from * PAGES_PER_BYTE) | 0;
    return this.#rows[page >> ROW_BITS]?.[page & ROW_LAST] ?? NOWHERE;
  }

  /** The same by number, to change it. */
  #listOf(page: number): DmaEntry[] {
    const row = this.#rows[page >> ROW_BITS] as (DmaEntry[] | undefined)[];
    const there = row[page & ROW_LAST];
    return there ?? newList(row, page & ROW_LAST);
  }

  #entry(
    dev: string,
    from: number,
    size: number,
    dir: DmaDirection,
    block: DmaBlock,
    bytes: Uint8Array,
    start: number,
  ): DmaEntry {
    const at = this.#clock.now();
    const seq = this.#seq++;
    const end = from + size;
    const to = end - 1;
    const firstLine = (from * LINES_PER_BYTE) | 0;
    const lastLine = (to * LINES_PER_BYTE) | 0;
    const firstPage = firstLine >> (PAGE_BITS - LINE_BITS);
    const lastPage = lastLine >> (PAGE_BITS - LINE_BITS);
    const spare = this.#spare.pop();
    if (spare === undefined) {
      const places = { firstPage, lastPage, firstLine, lastLine };
      const range = { from, end, size, dir, at };
      return { dev, ...range, block, bytes, start, before: undefined, cpuOwns: false, seq, ...places };
    }
    spare.dev = dev;
    spare.from = from;
    spare.end = end;
    spare.size = size;
    spare.dir = dir;
    spare.at = at;
    spare.block = block;
    spare.bytes = bytes;
    spare.start = start;
    spare.before = undefined;
    spare.cpuOwns = false;
    spare.seq = seq;
    spare.firstPage = firstPage;
    spare.lastPage = lastPage;
    spare.firstLine = firstLine;
    spare.lastLine = lastLine;
    return spare;
  }

  #checkSyncDirection(entry: DmaEntry, dir: DmaDirection, to: 'cpu' | 'device'): void {
    if (entry.dir === 'bidirectional') return;
    const names = `[mapped with ${DIR_NAME[entry.dir]}] [synced with ${DIR_NAME[dir]}]`;
    const tail = `${this.#placeOf(entry)} ${names}`;
    if (dir !== entry.dir) this.report(entry.dev, `device driver syncs DMA memory with different direction ${tail}`);
    if (to === 'cpu' && entry.dir !== 'from-device' && dir !== 'to-device') {
      this.report(entry.dev, `device driver syncs device read-only DMA memory for cpu ${tail}`);
    }
    if (to === 'device' && entry.dir !== 'to-device' && dir !== 'from-device') {
      this.report(entry.dev, `device driver syncs device write-only DMA memory to device ${tail}`);
    }
  }

  /** Said once per sync. A from-device buffer needs no sync back when the CPU only read it (DMA-API-HOWTO). */
  #racing(dev: string, entry: DmaEntry, op: 'read' | 'write'): void {
    entry.cpuOwns = false;
    this.report(dev, `device ${op}s memory that was synced for the CPU and not given back ${this.#placeOf(entry)}`);
  }

  #denial(dev: string, iova: number, length: number, op: 'read' | 'write'): SysError {
    const entry = this.#around(iova);
    const why =
      entry === undefined
        ? 'memory that nobody has mapped'
        : entry.block.freed
          ? 'memory that its driver has freed'
          : iova - this.base + length > entry.end
            ? `beyond a mapping of ${entry.size} bytes at ${hexNumber(entry.from + this.base)}`
            : `memory mapped with ${DIR_NAME[entry.dir]}`;
    this.report(dev, `device ${op}s ${why} ${place({ iova, size: length })}`, 'device');
    return new SysError('EFAULT', `${op} of ${length} bytes at ${hexNumber(iova)}: ${why}`, { dev, op: 'dma' });
  }

  /** The mapping that the address is in, of that device or of any. */
  #around(iova: number, dev?: string): DmaEntry | undefined {
    const from = iova - this.base;
    return this.#at(from).find((e) => e.from <= from && from < e.end && e.dev === (dev ?? e.dev));
  }

  /** The same range may be mapped several times: the mapping that fits best. */
  #closest(dev: string, iova: number, size: number, dir: DmaDirection): DmaEntry | undefined {
    const from = iova - this.base;
    const entries = this.#at(from);
    let best: DmaEntry | undefined;
    let bestScore = -1;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as DmaEntry;
      if (entry.from !== from || entry.dev !== dev) continue;
      if (entry.size === size && entry.dir === dir) return entry;
      const score = (entry.size === size ? 2 : 0) + (entry.dir === dir ? 1 : 0);
      if (score <= bestScore) continue;
      best = entry;
      bestScore = score;
    }
    return best;
  }

  #mapping({ dev, from, size, dir, at }: DmaEntry): DmaMapping {
    return { dev, iova: from + this.base, size, dir, at };
  }

  #placeOf({ from, size }: DmaEntry): string {
    return place({ iova: from + this.base, size });
  }

  #remove(entry: DmaEntry): void {
    const last = entry.lastPage;
    for (let page = entry.firstPage; page <= last; page++) {
      const there = this.#listOf(page);
      const moved = there.pop() as DmaEntry;
      if (moved !== entry) there[there.indexOf(entry)] = moved;
    }
    entry.block.mapped--;
    this.#mapped--;
    this.#spare.push(entry);
  }
}

/** A list for a page. Rows have no holes: those are slow. */
function newList(row: (DmaEntry[] | undefined)[], at: number): DmaEntry[] {
  while (row.length <= at) row.push(undefined);
  const list: DmaEntry[] = [];
  row[at] = list;
  return list;
}

function address(iova: number): string {
  return `[device address=${hexNumber(iova, 16)}]`;
}

function place(range: { readonly iova: number; readonly size: number }): string {
  return `${address(range.iova)} [size=${range.size} bytes]`;
}
