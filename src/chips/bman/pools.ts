// The pools of BMan: stacks of addresses, their thresholds, and what strict mode finds.
import { hexNumber } from '../../base/bytes.js';
import { AddressBook, IN_POOL, OUT_BY_BLOCK, OUT_BY_SOFTWARE } from './address-book.js';

/** Most buffers of one command. */
export const MOST_BUFFERS = 8;
/** Buffers that one record of BMan's private memory (64 bytes) holds. */
const PER_RECORD = 8;
/** A frame descriptor has 40 bits of address. */
const FRAME_LIMIT = 0x100_0000_0000;

/** Who takes and gives. */
export type BmanUser = 'software' | 'block';

/** Told when a pool changes its state. */
export type DepletionListener = (depleted: boolean) => void;

/** Entry and exit threshold of one kind of user. */
export interface Thresholds {
  entry: number;
  exit: number;
}

/** One pool. */
export class Pool {
  readonly bpid: number;
  count = 0;
  addrs: Float64Array = new Float64Array(64);
  readonly software: Thresholds = { entry: 0, exit: 0 };
  readonly block: Thresholds = { entry: 0, exit: 0 };
  depletedForSoftware = false;
  depletedForBlocks = false;
  /** Changes of the depletion states since power on. */
  softwareDepletions = 0;
  blockDepletions = 0;
  readonly listeners = new Set<DepletionListener>();

  constructor(bpid: number) {
    this.bpid = bpid;
  }

  push(addr: number): void {
    if (this.count === this.addrs.length) {
      const grown = new Float64Array(this.addrs.length * 2);
      grown.set(this.addrs);
      this.addrs = grown;
    }
    this.addrs[this.count++] = addr;
  }
}

/** What the pools tell. */
export interface PoolHooks {
  /** Something that no register tells. */
  readonly finding: (text: string) => void;
  /** A pool's state for software has changed: for portals and the error interrupt. */
  readonly softwareState: (bpid: number) => void;
}

/** All pools of one BMan. */
export class BmanPools {
  readonly pools: readonly Pool[];
  /** Records of private memory; 0 while none is set up. */
  records = 0;
  strict: boolean;
  readonly #hooks: PoolHooks;
  readonly #book = new AddressBook();
  #total = 0;
  #toldNoMemory = false;

  constructor(count: number, strict: boolean, hooks: PoolHooks) {
    this.pools = Array.from({ length: count }, (_, bpid) => new Pool(bpid));
    this.strict = strict;
    this.#hooks = hooks;
  }

  /** Records of private memory that are free. */
  get freeRecords(): number {
    return Math.max(0, this.records - Math.ceil(this.#total / PER_RECORD));
  }

  /** Takes `count` buffers, the last that came first; all or none. */
  acquire(bpid: number, count: number, into: Float64Array, user: BmanUser): boolean {
    const pool = this.pools[bpid];
    if (pool === undefined || count > pool.count || count < 1 || count > MOST_BUFFERS) return false;
    const out = (user === 'block' ? OUT_BY_BLOCK : OUT_BY_SOFTWARE) + bpid;
    for (let i = 0; i < count; i++) {
      const addr = pool.addrs[--pool.count] as number;
      into[i] = addr;
      if (this.strict) this.#book.swap(addr, out);
    }
    this.#total -= count;
    this.settle(pool);
    return true;
  }

  /** Gives buffers back; false where the pool does not exist or the number is none. */
  release(bpid: number, from: Float64Array, count: number, user: BmanUser): boolean {
    const pool = this.pools[bpid];
    if (pool === undefined || count < 1 || count > MOST_BUFFERS) return false;
    for (let i = 0; i < count; i++) {
      const addr = from[i] as number;
      if (this.strict) this.#check(bpid, addr, user);
      pool.push(addr);
    }
    this.#total += count;
    if (this.#total > this.records * PER_RECORD) this.#noMemory();
    this.settle(pool);
    return true;
  }

  /** Brings the pool's states to what its thresholds say. */
  settle(pool: Pool): void {
    const { count, software, block } = pool;
    const soft = pool.depletedForSoftware ? count < software.exit : count < software.entry;
    if (soft !== pool.depletedForSoftware) {
      pool.depletedForSoftware = soft;
      if (soft) pool.softwareDepletions++;
      this.#hooks.softwareState(pool.bpid);
    }
    const hard = pool.depletedForBlocks ? count < block.exit : count < block.entry;
    if (hard === pool.depletedForBlocks) return;
    pool.depletedForBlocks = hard;
    if (hard) pool.blockDepletions++;
    for (const listener of pool.listeners) listener(hard);
  }

  #check(bpid: number, addr: number, user: BmanUser): void {
    const before = this.#book.swap(addr, IN_POOL + bpid);
    if (before >= IN_POOL && before < OUT_BY_BLOCK)
      this.#find(`buffer ${hexNumber(addr)} is released to pool ${bpid} and is in pool ${before - IN_POOL} already`);
    else if (user === 'block' && before !== OUT_BY_BLOCK + bpid) this.#foreign(bpid, addr, before);
    if (addr === 0) this.#find(`buffer 0 is released to pool ${bpid}`);
    else if (addr >= FRAME_LIMIT)
      this.#find(`buffer ${hexNumber(addr)} of pool ${bpid} is beyond the 40 bits of a frame descriptor`);
  }

  /** What software releases is its own affair, it may be new; a block can only give what it got. */
  #foreign(bpid: number, addr: number, before: number): void {
    if (before === OUT_BY_SOFTWARE + bpid) return;
    const from = before === 0 ? 'came from no pool' : `came from pool ${before & 0xff}`;
    this.#find(`buffer ${hexNumber(addr)} is released to pool ${bpid} by a block and ${from}`);
  }

  #noMemory(): void {
    if (this.#toldNoMemory) return;
    this.#toldNoMemory = true;
    const room = `private memory has room for ${this.records * PER_RECORD}`;
    this.#find(`${this.#total} buffers are in the pools, ${room}`);
  }

  #find(text: string): void {
    this.#hooks.finding(text);
  }
}
