// A receive port: finds buffers for a frame, fills them, and hands the frame to QMan.
import type { DpaaFrame } from '../../bus/dpaa.js';
import { RegisterLayout } from '../register-file.js';
import { type FmanBlocks, portName } from './blocks.js';
import { type KeyGen } from './keygen.js';
import { Page } from './page.js';
import { Parser } from './parser.js';
import { RX } from './regs.js';
import { ENTRY, ENTRY_BYTES, MOST_ENTRIES, STATUS, TABLE_BYTES } from './status.js';

const LAYOUT = new RegisterLayout(RX);
const POOLS = 8;
const EBMPI = 0x100;
const FCS_BYTES = 4;
const UNIT = 16;
/** Next engines, as they stand in "next action" registers. */
const ENGINE_MASK = 0x00fc_0000;
const PARSER = 0x0044_0000;
const KEYGEN = 0x0048_0000;
/** The internal context: parse results, time, hash. */
const CONTEXT = { bytes: 256, parse: 32, time: 64, hash: 72 } as const;
/** Places of the counters. */
const COUNT = { RFRC: 0, RFBC: 1, RLFC: 2, RFFC: 3, RFDC: 4, RFLDEC: 5, RODC: 6, RBDC: 7, RPEC: 8 } as const;
const COUNTED = [RX.RFRC, RX.RFBC, RX.RLFC, RX.RFFC, RX.RFDC, RX.RFLDEC, RX.RODC, RX.RBDC, RX.RPEC];

/** A pool as the port has it. */
interface PortPool {
  readonly bpid: number;
  readonly size: number;
  /** Bytes of a frame that one buffer takes. */
  readonly room: number;
  /** Its counter, where it counts. */
  readonly counter: number;
}

/** One receive port. */
export class RxPort {
  readonly id: number;
  readonly #page: Page;
  readonly #acnt = new Uint32Array(POOLS);
  readonly #blocks: FmanBlocks;
  readonly #keygen: KeyGen;
  readonly #busyNs: () => number;
  #busyUntil = 0;
  #enabled = false;
  #pools: readonly PortPool[] = [];
  #start = 0;
  #noTables = false;
  #cut = 0;
  #parses = false;
  #spreads = false;
  #discard = 0;
  #error = 0;
  #fqid = 0;
  #errorFqid = 0;
  #contextTo = 0;
  readonly #context = new Uint8Array(CONTEXT.bytes);
  #copied: Uint8Array = this.#context;
  readonly #parser: Parser;
  readonly #buffers = new Float64Array(MOST_ENTRIES + 1);
  readonly #table = new Uint8Array(TABLE_BYTES);
  readonly #frame: DpaaFrame = { w0: 0, w1: 0, w2: 0, w3: 0 };
  #stamped = -1;
  #long = new Uint8Array(0);

  constructor(blocks: FmanBlocks, id: number, keygen: KeyGen, busyNs: () => number) {
    this.id = id;
    this.#blocks = blocks;
    this.#parser = new Parser(this.#context, CONTEXT.parse, blocks.known);
    this.#keygen = keygen;
    this.#busyNs = busyNs;
    this.#page = new Page(LAYOUT, COUNTED, blocks.name, blocks.trace);
  }

  read(offset: number): number {
    if (offset === RX.RST.addr) return this.#blocks.clock.now() < this.#busyUntil ? 0x8000_0000 : 0;
    const pool = (offset - 0x120) >> 2;
    if (pool >= 0 && pool < POOLS) return this.#acnt[pool] as number;
    return this.#page.read(offset);
  }

  write(offset: number, value: number): void {
    const pool = (offset - 0x120) >> 2;
    if (pool >= 0 && pool < POOLS) this.#acnt[pool] = value;
    else this.#page.write(offset, value);
    this.#configure();
  }

  registers(): Record<string, number> {
    const counts = Object.fromEntries(Array.from(this.#acnt, (count, i) => [`ACNT${i}`, count]));
    return { ...this.#page.registers(), ...counts };
  }

  /** A frame that the MAC lets through, without FCS, with its status. */
  take(frame: Uint8Array, macStatus: number): void {
    if (!this.#enabled) return;
    const counters = this.#page.counters;
    counters.add(COUNT.RFRC);
    let status = macStatus;
    if (this.#parses) status |= this.#parser.parse(frame, this.id);
    if ((status & STATUS.physical) !== 0) counters.add(COUNT.RFBC);
    if ((status & STATUS.size) !== 0) counters.add(COUNT.RLFC);
    if ((status & STATUS.headerError) !== 0) counters.add(COUNT.RPEC);
    if ((status & this.#discard) !== 0) return counters.add(COUNT.RFFC);
    const data = this.#cut === FCS_BYTES ? frame : this.#withFcs(frame);
    const fqid = this.#queueOf(frame, status);
    this.#stamp();
    const { length } = data;
    const pools = this.#pools;
    for (let i = 0; i < pools.length; i++) {
      const pool = pools[i] as PortPool;
      if (pool.room >= length && this.#blocks.acquire(pool.bpid, 1, this.#buffers))
        return this.#contiguous(pool, data, status, fqid);
    }
    this.#scattered(data, status, fqid);
  }

  #queueOf(frame: Uint8Array, status: number): number {
    if (!this.#spreads || (status & this.#error) !== 0) return this.#fqid;
    return this.#keygen.spread(this.id, frame, this.#parser, this.#context, CONTEXT.hash) ?? this.#fqid;
  }

  #contiguous(pool: PortPool, data: Uint8Array, status: number, fqid: number): void {
    const addr = this.#buffers[0] as number;
    this.#count(pool, 1);
    const fine = this.#blocks.writeBoth(addr + this.#contextTo, this.#copied, addr + this.#start, data);
    this.#describe(pool.bpid, addr, 0, data.length, fine ? status : status | STATUS.dmaError);
    this.#enqueue(fqid, pool.bpid, 1);
  }

  /** A frame that fits no buffer: several of the largest pool, the first of them with the table. */
  #scattered(data: Uint8Array, status: number, fqid: number): void {
    const counters = this.#page.counters;
    const pool = this.#pools.at(-1);
    if (pool === undefined || this.#noTables || pool.room <= 0 || this.#start + TABLE_BYTES > pool.size)
      return this.#noBuffers(-1);
    const entries = 1 + Math.ceil(Math.max(0, data.length - pool.room) / pool.size);
    if (entries > MOST_ENTRIES) {
      counters.add(COUNT.RLFC);
      return counters.add(COUNT.RFDC);
    }
    if (!this.#blocks.acquire(pool.bpid, entries + 1, this.#buffers)) return this.#noBuffers(pool.bpid);
    this.#count(pool, entries + 1);
    const filled = this.#fill(pool, data, entries);
    const addr = this.#buffers[0] as number;
    const table = this.#table.subarray(0, entries * ENTRY_BYTES);
    const blocks = this.#blocks;
    if (!blocks.write(addr + this.#contextTo, this.#copied) || !blocks.write(addr + this.#start, table)) {
      counters.add(COUNT.RFLDEC);
      counters.add(COUNT.RFDC);
      return this.#giveBack(pool.bpid, entries + 1);
    }
    this.#describe(pool.bpid, addr, 0x8000_0000, data.length, filled ? status : status | STATUS.dmaError);
    this.#enqueue(fqid, pool.bpid, entries + 1);
  }

  /** Data into buffers 1 and following, and the table of them. */
  #fill(pool: PortPool, data: Uint8Array, entries: number): boolean {
    let fine = true;
    let at = 0;
    for (let i = 0; i < entries; i++) {
      const addr = this.#buffers[i + 1] as number;
      const offset = i === 0 ? this.#start : 0;
      const length = Math.min(data.length - at, i === 0 ? pool.room : pool.size);
      if (!this.#blocks.write(addr + offset, data.subarray(at, at + length))) fine = false;
      putEntry(this.#table, i, addr, i === entries - 1 ? length | ENTRY.final : length, pool.bpid, offset);
      at += length;
    }
    return fine;
  }

  #noBuffers(bpid: number): void {
    this.#page.counters.add(COUNT.RODC);
    this.#page.counters.add(COUNT.RFDC);
    if (!this.#blocks.trace.on) return;
    const why = bpid < 0 ? 'it fits no buffer and may have no table' : `pool ${bpid} has too few buffers`;
    this.#blocks.finding(portName('rx', this.id), `frame discarded: ${why}`);
  }

  #describe(bpid: number, addr: number, format: number, length: number, status: number): void {
    const frame = this.#frame;
    frame.w0 = (bpid << 16) | (addr / 0x1_0000_0000);
    frame.w1 = addr | 0;
    frame.w2 = format | (this.#start << 20) | length;
    frame.w3 = status;
  }

  #enqueue(fqid: number, bpid: number, count: number): void {
    const target = (this.#frame.w3 & this.#error) === 0 ? fqid : this.#errorFqid;
    if (this.#blocks.enqueue(target, this.#frame)) return;
    this.#page.counters.add(COUNT.RFDC);
    this.#giveBack(bpid, count);
  }

  #giveBack(bpid: number, count: number): void {
    this.#page.counters.add(COUNT.RBDC, count);
    this.#blocks.release(bpid, this.#buffers, count);
  }

  #count(pool: PortPool, count: number): void {
    if (pool.counter >= 0) this.#acnt[pool.counter] = (this.#acnt[pool.counter] as number) + count;
  }

  #stamp(): void {
    const now = this.#blocks.clock.now();
    if (now === this.#stamped) return;
    this.#stamped = now;
    put32(this.#context, CONTEXT.time, Math.floor(now / 0x1_0000_0000));
    put32(this.#context, CONTEXT.time + 4, now >>> 0);
  }

  /** The frame with as much of its FCS as is not cut. */
  #withFcs(frame: Uint8Array): Uint8Array {
    const length = frame.length + FCS_BYTES;
    if (this.#long.length < length) this.#long = new Uint8Array(length);
    this.#long.set(frame);
    const fcs = crc32(frame);
    for (let i = 0; i < FCS_BYTES; i++) this.#long[frame.length + i] = fcs >>> (8 * i);
    return this.#long.subarray(0, Math.max(1, length - this.#cut));
  }

  /** What the registers say, taken apart once. */
  #configure(): void {
    const { file, counters } = this.#page;
    const enabled = file.peek(RX.RCFG, 'EN') === 1;
    if (this.#enabled && !enabled) this.#busyUntil = this.#blocks.clock.now() + this.#busyNs();
    this.#enabled = enabled;
    counters.on = file.peek(RX.RSTC, 'EN') === 1;
    this.#start = file.peek(RX.REBM, 'START');
    this.#noTables = file.peek(RX.REBM, 'SGD') === 1;
    this.#cut = file.peek(RX.RFED, 'CUT');
    this.#parses = (file.peek(RX.RFNE) & ENGINE_MASK) === PARSER;
    this.#spreads = this.#parses && (file.peek(RX.RFPNE) & ENGINE_MASK) === KEYGEN;
    this.#discard = file.peek(RX.RFSDM) | 0;
    this.#error = file.peek(RX.RFSEM) | 0;
    this.#fqid = file.peek(RX.RFQID);
    this.#errorFqid = file.peek(RX.REFQID);
    this.#contextTo = file.peek(RX.RICP, 'TO') * UNIT;
    const from = file.peek(RX.RICP, 'FROM') * UNIT;
    this.#copied = this.#context.subarray(from, from + file.peek(RX.RICP, 'SIZE') * UNIT);
    this.#pools = this.#poolsOf(this.#start + file.peek(RX.REBM, 'END'));
  }

  /** In order of size, as the port looks at them. */
  #poolsOf(margins: number): PortPool[] {
    const pools: PortPool[] = [];
    for (let i = 0; i < POOLS; i++) {
      const value = this.#page.file.busRead(EBMPI + 4 * i);
      if (value < 0x8000_0000) continue;
      const size = value & 0xffff;
      pools.push({
        bpid: (value >>> 16) & 0x3f,
        size,
        room: size - margins,
        counter: (value & 0x4000_0000) === 0 ? -1 : i,
      });
    }
    return pools.sort((a, b) => a.size - b.size);
  }
}

/** Writes entry `index` of a table. */
function putEntry(table: Uint8Array, index: number, addr: number, word: number, bpid: number, offset: number): void {
  const at = index * ENTRY_BYTES;
  put32(table, at, Math.floor(addr / 0x1_0000_0000));
  put32(table, at + 4, addr >>> 0);
  put32(table, at + 8, word);
  put32(table, at + 12, (bpid << 16) | offset);
}

function put32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

/** The FCS of Ethernet. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb8_8320;
  }
  return ~crc >>> 0;
}
