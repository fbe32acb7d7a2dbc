// The modelled memory that processor and devices share. Its addresses can be confused, and confusion is found.
import { assert, Bug } from '../base/assert.js';
import { hexNumber } from '../base/bytes.js';
import type { Clock } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import type { DmaBuffer, DmaDirection, DmaMemory, DmaPort } from './dma.js';
import type { DmaBlock, DmaEntry } from './dma-entry.js';
import { DmaLedger } from './dma-ledger.js';
import { PageAllocator } from './dma-pages.js';
import { giveToCpu, giveToDevice, separate } from './dma-poison.js';

/** How the memory lies on the board. */
export interface SimMemoryOptions {
  readonly clock: Clock;
  readonly trace: Trace;
  /** Physical address of the first byte, whole pages; default 4 GiB, so that upper address halves are used. */
  readonly base?: number;
  /** In bytes; default 1 GiB. Only what is allocated takes room here. */
  readonly size?: number;
  /**
   * Bus address of the first byte; default `base`. Another one is as behind an IOMMU: a driver that gives a physical
   * address to a device is found out.
   */
  readonly iovaBase?: number;
  /**
   * Devices work on a copy of to-device and from-device mappings, handed over by map, sync and unmap: a missing sync
   * shows as wrong bytes, a CPU write to a mapped buffer as a finding. Bidirectional mappings stay shared: drivers use
   * them for coherent memory.
   */
  readonly poison?: boolean;
}

const PAGE = 4096;
const FREED = 0x6b; // as Linux fills freed slab objects: easy to recognise in a dump
const DEFAULT_MASK_BITS = 32;

/** Its own allocation. The device's view of it is a mapping in the ledger. */
class Block implements DmaBuffer, DmaBlock {
  readonly phys: number;
  readonly bytes: Uint8Array;
  readonly memory: SimMemory;
  readonly firstPage: number;
  readonly pages: number;
  freed = false;
  mapped = 0;

  constructor(memory: SimMemory, phys: number, size: number, firstPage: number, pages: number) {
    this.memory = memory;
    this.phys = phys;
    this.bytes = new Uint8Array(size);
    this.firstPage = firstPage;
    this.pages = pages;
  }
}

/** Shared memory with a ledger. Buffers sit alone on their pages; what lies around them answers nobody. */
export class SimMemory implements DmaMemory {
  readonly ledger: DmaLedger;
  readonly #trace: Trace;
  readonly #pages: PageAllocator;
  /** What is added to a physical address to get the bus address. */
  readonly #toIova: number;
  readonly #poison: boolean;
  readonly #maxIova = new Map<string, number>();
  /** The device that mapped last, and the highest address it reaches. */
  #lastDev: string | undefined;
  #lastMax = 0;
  #allocated = 0;

  constructor(options: SimMemoryOptions) {
    const { base = 0x1_0000_0000, size = 0x4000_0000, iovaBase = base, poison = false } = options;
    assert(base % PAGE === 0 && size % PAGE === 0 && iovaBase % PAGE === 0, 'memory begins and ends with a page');
    this.ledger = new DmaLedger(options.clock, options.trace, { base: iovaBase, size });
    this.#trace = options.trace;
    this.#pages = new PageAllocator(base / PAGE, size / PAGE);
    this.#toIova = iovaBase - base;
    this.#poison = poison;
  }

  /** Buffers that were allocated and not freed: what a clean unbind leaves as it found it. */
  get allocated(): number {
    return this.#allocated;
  }

  /** Aligned to `align` and to no more below a page: a driver that needs more and does not ask for it is found out. */
  alloc(size: number, align = 64): DmaBuffer {
    assert(size > 0 && Number.isInteger(size), `${size} bytes of memory`);
    assert(align > 0 && Number.isInteger(Math.log2(align)), `alignment to ${align} is no power of two`);
    const skip = align < PAGE ? align : 0;
    const pages = Math.ceil((skip + size) / PAGE);
    const firstPage = this.#pages.take(pages, Math.max(1, align / PAGE));
    if (firstPage === undefined) throw new SysError('ENOMEM', `no room for ${size} bytes`, { op: 'dma' });
    this.#allocated++;
    return new Block(this, firstPage * PAGE + skip, size, firstPage, pages);
  }

  free(buffer: DmaBuffer): void {
    const block = this.#mine(buffer);
    assert(!block.freed, `memory at ${hexNumber(block.phys)} is freed twice`);
    block.freed = true;
    this.ledger.epoch++;
    block.bytes.fill(FREED);
    this.#allocated--;
    if (block.mapped === 0) return this.#pages.give(block.firstPage, block.pages);
    const count = `[physical address=${hexNumber(block.phys, 16)}] [mappings=${block.mapped}]`;
    this.ledger.report('memory', `device driver frees memory that is still mapped ${count}`);
  }

  setMask(dev: string, bits: number): void {
    assert(bits > 0 && bits <= 64, `DMA mask of ${bits} bits`);
    this.#maxIova.set(dev, 2 ** bits - 1);
    this.#lastDev = undefined;
  }

  map(
    dev: string,
    buffer: DmaBuffer,
    dir: DmaDirection,
    offset = 0,
    size: number = buffer.bytes.length - offset,
  ): number {
    const block = this.#mine(buffer);
    if (!(offset >= 0 && size > 0 && offset + size <= block.bytes.length)) throw outside(dev, block, offset, size);
    const iova = block.phys + offset + this.#toIova;
    if (block.freed) throw this.#mapsFreed(dev, iova, size);
    const max = dev === this.#lastDev ? this.#lastMax : this.#maxOf(dev);
    if (iova + size - 1 > max) throw this.#overflow(dev, iova, size, max);
    const entry = this.ledger.open(dev, iova, size, dir, block, block.bytes, offset);
    if (this.#poison) separate(entry, this.#cpuBytes(entry));
    if (this.#trace.on) this.#emit(dev, 'dma_map', iova, size, dir);
    return iova;
  }

  unmap(dev: string, iova: number, size: number, dir: DmaDirection): void {
    if (this.#trace.on) this.#emit(dev, 'dma_unmap', iova, size, dir);
    const entry = this.ledger.close(dev, iova, size, dir);
    if (entry === undefined) return;
    const block = entry.block as Block;
    if (block.freed) {
      if (block.mapped === 0) this.#pages.give(block.firstPage, block.pages);
    } else if (this.#poison) this.#toCpu(entry, 0, entry.size);
  }

  sync(dev: string, iova: number, size: number, dir: DmaDirection, to: 'cpu' | 'device'): void {
    if (this.#trace.on) this.#emit(dev, 'dma_sync', iova, size, dir);
    const entry = this.ledger.sync(dev, iova, size, dir, to);
    if (entry === undefined || !this.#poison || entry.block.freed) return;
    const from = iova - this.ledger.base - entry.from;
    if (to === 'cpu') this.#toCpu(entry, from, from + size);
    else giveToDevice(entry, this.#cpuBytes(entry), from, from + size);
  }

  #maxOf(dev: string): number {
    this.#lastDev = dev;
    this.#lastMax = this.#maxIova.get(dev) ?? 2 ** DEFAULT_MASK_BITS - 1;
    return this.#lastMax;
  }

  /** A device's way to the memory. `dev` names the device in findings and errors, whoever made the mapping. */
  port(dev: string): DmaPort {
    return new SimPort(dev, this.ledger);
  }

  #mine(buffer: DmaBuffer): Block {
    assert(buffer instanceof Block && buffer.memory === this, 'the buffer is of this memory');
    return buffer;
  }

  /** The mapped range as the driver sees it. */
  #cpuBytes(entry: DmaEntry): Uint8Array {
    const block = entry.block as Block;
    const start = entry.from + this.ledger.base - this.#toIova - block.phys;
    return block.bytes.subarray(start, start + entry.size);
  }

  #toCpu(entry: DmaEntry, from: number, to: number): void {
    const changed = giveToCpu(entry, this.#cpuBytes(entry), from, to);
    if (changed < 0) return;
    const place = `[device address=${hexNumber(entry.from + this.ledger.base, 16)}] [size=${entry.size} bytes]`;
    const text = `device driver changes memory while the device owns it ${place} [first changed byte=${changed}]`;
    this.ledger.report(entry.dev, text);
  }

  #mapsFreed(dev: string, iova: number, size: number): SysError {
    const place = `[device address=${hexNumber(iova, 16)}] [size=${size} bytes]`;
    this.ledger.report(dev, `device driver maps memory that it has freed ${place}`);
    return new SysError('ENOMEM', `mapping of freed memory at ${hexNumber(iova)}`, { dev, op: 'dma' });
  }

  /** Linux warns (dma_direct_map_page) and answers DMA_MAPPING_ERROR, which dma_mapping_error turns into ENOMEM. */
  #overflow(dev: string, iova: number, size: number, max: number): SysError {
    const text = `DMA addr ${hexNumber(iova, 16)}+${size} overflow (mask ${max.toString(16)}, bus limit 0).`;
    if (this.#trace.on) this.#trace.emit(dev, { kind: 'printk', level: 'warn', text });
    const what = `${hexNumber(iova)} is beyond the DMA mask ${hexNumber(max)}`;
    return new SysError('ENOMEM', what, { dev, op: 'dma' });
  }

  #emit(dev: string, kind: 'dma_map' | 'dma_unmap' | 'dma_sync', iova: number, size: number, dir: DmaDirection): void {
    this.#trace.emit(dev, { kind, iova: hexNumber(iova), size, dir });
  }
}

/** Where each access of a device goes through the ledger. A class: the epoch is asked for before each instruction. */
class SimPort implements DmaPort {
  readonly #dev: string;
  readonly #ledger: DmaLedger;
  /** The bytes that were looked at last, and their buffer: a typed array takes its time to say which it has. */
  #bytes: Uint8Array = new Uint8Array();
  #buffer: ArrayBufferLike = this.#bytes.buffer;

  constructor(dev: string, ledger: DmaLedger) {
    this.#dev = dev;
    this.#ledger = ledger;
  }

  get epoch(): number {
    return this.#ledger.epoch;
  }

  span(iova: number, most: number): Uint8Array {
    const entry = this.#ledger.access(this.#dev, iova, 1, 'read');
    return this.#view(entry.bytes, Math.min(entry.start + entry.size - this.#ledger.place, most));
  }

  read(iova: number, length: number): Uint8Array {
    return this.#view(this.#ledger.access(this.#dev, iova, length, 'read').bytes, length);
  }

  look(iova: number, length: number): Uint8Array | undefined {
    const entry = this.#ledger.allowed(iova, length, 'read');
    return entry === undefined ? undefined : this.#view(entry.bytes, length);
  }

  write(iova: number, bytes: Uint8Array): void {
    const entry = this.#ledger.access(this.#dev, iova, bytes.length, 'write');
    entry.bytes.set(bytes, this.#ledger.place);
  }

  writeBoth(iova: number, bytes: Uint8Array, iova2: number, bytes2: Uint8Array): void {
    const entry = this.#ledger.access(this.#dev, iova, bytes.length, 'write');
    const { place } = this.#ledger;
    const { bytes: memory } = entry;
    memory.set(bytes, place);
    const between = iova2 - iova;
    if (entry.cpuOwns || place + between + bytes2.length > entry.start + entry.size) this.write(iova2, bytes2);
    else memory.set(bytes2, place + between);
  }

  /** What the ledger has found; nothing where a length is below 0. `subarray` would take half as long again. */
  #view(bytes: Uint8Array, length: number): Uint8Array {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#buffer = bytes.buffer;
    }
    return new Uint8Array(this.#buffer, this.#ledger.place, Math.max(0, length));
  }
}

function outside(dev: string, block: Block, offset: number, size: number): Bug {
  return new Bug(`${dev}: maps ${size} bytes at ${offset} of a buffer of ${block.bytes.length}`);
}
