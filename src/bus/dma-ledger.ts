// Who has mapped what for which device, and what was wrong with it: the checks of Linux's DMA-API debugging and more.
import { hexNumber } from '../base/bytes.js';
import type { Instant } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
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

/** The allocated memory that a mapping lies in. */
export interface DmaBlock {
  /** The driver has given it back. */
  freed: boolean;
  /** Mappings that are open. */
  mapped: number;
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

/** A mapping as the memory knows it: also where the device's bytes are. */
export interface DmaEntry extends DmaMapping {
  readonly block: DmaBlock;
  /** The bytes that the device works on; the mapping starts at `start`. */
  bytes: Uint8Array;
  start: number;
  /** What the CPU's bytes were when the device took them, where that is watched. */
  before: Uint8Array | undefined;
  /** A sync gave it to the CPU and none has given it back. */
  cpuOwns: boolean;
  readonly seq: number;
}

/** Linux's names, as in its messages. */
const DIR_NAME: Readonly<Record<DmaDirection, string>> = {
  'to-device': 'DMA_TO_DEVICE',
  'from-device': 'DMA_FROM_DEVICE',
  bidirectional: 'DMA_BIDIRECTIONAL',
};

const PAGE = 4096;
const CACHE_LINE = 64;
/** Findings kept; later ones are only traced. A device that polls a wild address must not fill this memory. */
const MAX_FINDINGS = 1_000;

/** All open mappings by page of bus address, and the findings so far. */
export class DmaLedger {
  readonly #now: () => Instant;
  readonly #trace: Trace;
  readonly #findings: DmaFinding[] = [];
  readonly #pages = new Map<number, DmaEntry[]>();
  #seq = 0;
  #mapped = 0;
  /** Grows whenever what devices may touch could have changed. */
  epoch = 0;

  constructor(now: () => Instant, trace: Trace) {
    this.#now = now;
    this.#trace = trace;
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
    for (const [page, entries] of this.#pages) {
      for (const entry of entries) {
        if (pageOf(entry.iova) === page && (dev === undefined || entry.dev === dev)) found.push(entry);
      }
    }
    return found.sort((a, b) => a.seq - b.seq);
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
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push({ t: this.#now(), dev, by, text });
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
    const at = this.#now();
    const seq = this.#seq++;
    const entry: DmaEntry = { dev, iova, size, dir, at, block, bytes, start, before: undefined, cpuOwns: false, seq };
    let overlaps = false;
    const last = pageOf(iova + size - 1);
    for (let page = pageOf(iova); page <= last; page++) {
      const there = this.#pages.get(page);
      if (there === undefined) this.#pages.set(page, [entry]);
      else {
        overlaps ||= sharesCacheLine(there, entry);
        there.push(entry);
      }
    }
    block.mapped++;
    this.#mapped++;
    if (overlaps) this.report(dev, "cacheline tracking EEXIST, overlapping mappings aren't supported");
    return entry;
  }

  /** Closes a mapping and answers it; undefined when there is none. As in Linux a wrong size or direction closes it. */
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
    const end = iova - entry.iova + size;
    if (end > entry.size) {
      const sizes = `[allocation size=${entry.size} bytes] [sync offset+size=${end}]`;
      this.report(dev, `device driver syncs DMA memory outside allocated range ${address(entry.iova)} ${sizes}`);
      return undefined;
    }
    this.#checkSyncDirection(entry, dir, to);
    if (size === entry.size) entry.cpuOwns = to === 'cpu';
    return entry;
  }

  /** The mapping through which a device may do this access; otherwise a finding and EFAULT for the device. */
  access(dev: string, iova: number, length: number, op: 'read' | 'write'): DmaEntry {
    const entries = this.#pages.get(pageOf(iova));
    const forbidden = op === 'read' ? 'from-device' : 'to-device';
    if (entries !== undefined) {
      for (let i = 0; i < entries.length; i++) {
        const entry = entries[i] as DmaEntry;
        if (entry.iova > iova || iova + length > entry.iova + entry.size || entry.dir === forbidden) continue;
        if (entry.block.freed) continue;
        if (entry.cpuOwns && entry.dir !== 'from-device') this.#racing(dev, entry, op);
        return entry;
      }
    }
    throw this.#denial(dev, iova, length, op);
  }

  #checkSyncDirection(entry: DmaEntry, dir: DmaDirection, to: 'cpu' | 'device'): void {
    if (entry.dir === 'bidirectional') return;
    const names = `[mapped with ${DIR_NAME[entry.dir]}] [synced with ${DIR_NAME[dir]}]`;
    const tail = `${place(entry)} ${names}`;
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
    this.report(dev, `device ${op}s memory that was synced for the CPU and not given back ${place(entry)}`);
  }

  #denial(dev: string, iova: number, length: number, op: 'read' | 'write'): SysError {
    const entry = this.#around(iova);
    const why =
      entry === undefined
        ? 'memory that nobody has mapped'
        : entry.block.freed
          ? 'memory that its driver has freed'
          : iova + length > entry.iova + entry.size
            ? `beyond a mapping of ${entry.size} bytes at ${hexNumber(entry.iova)}`
            : `memory mapped with ${DIR_NAME[entry.dir]}`;
    this.report(dev, `device ${op}s ${why} ${place({ iova, size: length })}`, 'device');
    return new SysError('EFAULT', `${op} of ${length} bytes at ${hexNumber(iova)}: ${why}`, { dev, op: 'dma' });
  }

  /** The mapping that the address is in, of that device or of any. */
  #around(iova: number, dev?: string): DmaEntry | undefined {
    const entries = this.#pages.get(pageOf(iova));
    return entries?.find((e) => e.iova <= iova && iova < e.iova + e.size && (dev === undefined || e.dev === dev));
  }

  /** The same range may be mapped several times: the mapping that fits best. */
  #closest(dev: string, iova: number, size: number, dir: DmaDirection): DmaEntry | undefined {
    const entries = this.#pages.get(pageOf(iova));
    if (entries === undefined) return undefined;
    let best: DmaEntry | undefined;
    let bestScore = -1;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries[i] as DmaEntry;
      if (entry.iova !== iova || entry.dev !== dev) continue;
      const score = (entry.size === size ? 2 : 0) + (entry.dir === dir ? 1 : 0);
      if (score <= bestScore) continue;
      best = entry;
      bestScore = score;
    }
    return best;
  }

  /** Emptied lists stay: the memory has only so many pages, and the next mapping is likely to be there again. */
  #remove(entry: DmaEntry): void {
    const last = pageOf(entry.iova + entry.size - 1);
    for (let page = pageOf(entry.iova); page <= last; page++) {
      const there = this.#pages.get(page) as DmaEntry[];
      const moved = there.pop() as DmaEntry;
      if (moved !== entry) there[there.indexOf(entry)] = moved;
    }
    entry.block.mapped--;
    this.#mapped--;
  }
}

/** True when another mapping that the device writes has bytes in a cache line of this one. Readers do not disturb. */
function sharesCacheLine(there: readonly DmaEntry[], entry: DmaEntry): boolean {
  if (entry.dir === 'to-device') return false;
  const first = lineOf(entry.iova);
  const last = lineOf(entry.iova + entry.size - 1);
  return there.some((e) => e.dir !== 'to-device' && lineOf(e.iova) <= last && lineOf(e.iova + e.size - 1) >= first);
}

function pageOf(iova: number): number {
  return Math.floor(iova / PAGE);
}

function lineOf(iova: number): number {
  return Math.floor(iova / CACHE_LINE);
}

function address(iova: number): string {
  return `[device address=${hexNumber(iova, 16)}]`;
}

function place(range: { readonly iova: number; readonly size: number }): string {
  return `${address(range.iova)} [size=${range.size} bytes]`;
}
