// The buffers of a packet: instructions are appended, and where a buffer ends an absolute JUMP leads to the next. The
// last place of each buffer is kept for that JUMP, so that no instruction ever moves.
import { assert } from '../../base/assert.js';
import { hexNumber } from '../../base/bytes.js';
import { ARG_A, high, INST_SIZE, OP } from './instruction.js';
import type { CmdqBuffer, CmdqMemory } from './memory.js';
import type { PlacedInstruction } from './program.js';
import { refusal } from './refusal.js';

const WORDS = 2;
/** What the allocator gives in one piece (facts cmdq §2.6). */
const MAX_BUFFER = 4 * 1024 * 1024;
const JUMP_ABSOLUTE = high(OP.JUMP, ARG_A.JUMP_ABSOLUTE);

/** A place in a packet to jump to. */
export interface CmdqMark {
  readonly iova: number;
}

/** Where the next instruction goes: for who appends without asking. */
export interface CmdqCursor {
  /**
   * The index of the next instruction, and the last index at which one may be put without asking; -1 while none may.
   */
  readonly pos: Int32Array;
  /** The next instruction goes to these words now. */
  readonly moved: (words: Uint32Array) => void;
}

/** Buffers and who may touch them now. */
export class CmdqStore {
  readonly #pos: Int32Array;
  readonly #moved: (words: Uint32Array) => void;
  #words: Uint32Array = new Uint32Array(0);
  readonly #memory: CmdqMemory;
  readonly #shift: number;
  readonly #buffers: CmdqBuffer[] = [];
  /** Words used of the buffers before the current one, their JUMPs included. */
  readonly #used: number[] = [];
  #current = 0;
  #finalized = false;
  #inFlight = false;
  #gone = false;
  /** Handed to the GCE: the processor asks for it before it writes again. */
  #synced = false;
  /** The last instruction as it was before another packet was led to from it. */
  #closing: readonly [upper: number, lower: number] | undefined;

  constructor(memory: CmdqMemory, bytes: number, shift: number, { pos, moved }: CmdqCursor) {
    if (!(Number.isInteger(bytes) && bytes >= 2 * INST_SIZE && bytes % INST_SIZE === 0))
      throw refusal('EINVAL', `a buffer of ${bytes} bytes: whole instructions of 8 bytes, two at least`);
    this.#memory = memory;
    this.#shift = shift;
    this.#pos = pos;
    this.#moved = moved;
    this.#moveTo(this.#alloc(bytes).words);
    this.#refresh();
  }

  /** Puts one instruction behind the others. EBUSY: finalized or in flight; ENOMEM: no room for it. */
  append(upper: number, lower: number): void {
    this.reserve(1);
    if (this.#left() === 0) this.#toNext();
    this.#words[this.#at] = lower;
    this.#words[this.#at + 1] = upper;
    this.#at += WORDS;
  }

  /** Makes room for so many, so that appending them cannot fail half way. Nothing changes when it fails. */
  reserve(count: number): void {
    if (this.#limit >= 0 && this.#at + WORDS * (count - 1) <= this.#limit) return;
    this.#open();
    const left = this.#left();
    if (left < count) this.#provide(count - left);
  }

  /** The same in one piece, for instructions that know their distance from each other. */
  reserveTogether(count: number): void {
    this.#open();
    if (this.#left() >= count) return;
    this.#provide(count);
    this.#toNext();
  }

  /** Where the next instruction comes to lie. */
  here(): CmdqMark {
    this.reserve(1);
    if (this.#left() === 0) this.#toNext();
    return { iova: this.end };
  }

  /** How many bytes before the next instruction its buffer begins. */
  get behind(): number {
    return 4 * this.#at;
  }

  get finalized(): boolean {
    return this.#finalized;
  }

  get inFlight(): boolean {
    return this.#inFlight;
  }

  get start(): number {
    return (this.#buffers[0] as CmdqBuffer).iova;
  }

  get end(): number {
    return (this.#buffers[this.#current] as CmdqBuffer).iova + 4 * this.#at;
  }

  /** Bytes of all instructions, JUMPs between buffers included. */
  get usedBytes(): number {
    let words = this.#at;
    for (let index = 0; index < this.#current; index++) words += this.#used[index] as number;
    return 4 * words;
  }

  get lastHigh(): number {
    return this.#words[this.#at - 1] ?? 0;
  }

  contains(iova: number): boolean {
    return this.#buffers.some((buffer, index) => {
      return index <= this.#current && iova >= buffer.iova && iova < buffer.iova + 4 * this.#usedOf(index);
    });
  }

  /** Nothing is appended any more until `reset`. */
  close(): void {
    this.#finalized = true;
    this.#refresh();
  }

  /** Changes the last instruction where the GCE sees it, until it is sent again. Answers how to undo that. */
  relink(upper: number, lower: number): () => void {
    this.#closing ??= [this.#words[this.#at - 1] as number, this.#words[this.#at - WORDS] as number];
    this.#putLast(upper, lower);
    return () => this.#restore();
  }

  /** Hands what was written to the GCE; what is written later is handed over later. */
  syncForDevice(): void {
    if (this.#synced) return;
    this.#syncAll('device');
    this.#synced = true;
    this.#refresh();
  }

  /** The GCE is about to get it. */
  take(): void {
    this.#alive();
    if (this.#inFlight) throw refusal('EBUSY', 'the GCE has the packet already');
    this.#restore();
    this.syncForDevice();
    this.#inFlight = true;
    this.#refresh();
  }

  /** The GCE has done with it. */
  giveBack(): void {
    this.#inFlight = false;
    this.#refresh();
  }

  /** Empty again, in the same buffers. */
  reset(): void {
    this.#alive();
    if (this.#inFlight) throw refusal('EBUSY', 'reset of a packet that the GCE has');
    this.#current = 0;
    this.#moveTo((this.#buffers[0] as CmdqBuffer).words);
    this.#at = 0;
    this.#finalized = false;
    this.#closing = undefined;
    if (this.#synced) this.#syncAll('cpu');
    this.#synced = false;
    this.#refresh();
  }

  destroy(): void {
    this.#alive();
    if (this.#inFlight) throw refusal('EBUSY', 'destroying a packet that the GCE has');
    this.#gone = true;
    this.#refresh();
    for (const buffer of this.#buffers.splice(0)) this.#memory.free(buffer);
  }

  /** What was appended, in order; with the JUMPs between buffers if wanted. */
  *instructions(jumps: boolean): Generator<PlacedInstruction> {
    for (const [index, { words, iova }] of this.#buffers.entries()) {
      if (index > this.#current) return;
      const end = this.#usedOf(index) - (jumps || index === this.#current ? 0 : WORDS);
      for (let at = 0; at < end; at += WORDS)
        yield { iova: iova + 4 * at, high: words[at + 1] as number, low: words[at] as number };
    }
  }

  /** An address as the GCE is told it. ERANGE: it has too many bits, or lies between instructions. */
  address(iova: number): number {
    const units = iova / 2 ** this.#shift;
    if (units >>> 0 === units) return units;
    throw refusal('ERANGE', `the GCE cannot be told the address ${hexNumber(iova)} in units of ${2 ** this.#shift}`);
  }

  get #at(): number {
    return this.#pos[0] as number;
  }

  set #at(at: number) {
    this.#pos[0] = at;
  }

  get #limit(): number {
    return this.#pos[1] as number;
  }

  set #limit(limit: number) {
    this.#pos[1] = limit;
  }

  #restore(): void {
    if (this.#closing !== undefined) this.#putLast(...this.#closing);
    this.#closing = undefined;
  }

  #putLast(upper: number, lower: number): void {
    const buffer = this.#buffers[this.#current] as CmdqBuffer;
    this.#memory.sync(buffer, 'cpu');
    this.#words[this.#at - WORDS] = lower;
    this.#words[this.#at - 1] = upper;
    this.#memory.sync(buffer, 'device');
  }

  #alive(): void {
    assert(!this.#gone, 'the packet was destroyed');
  }

  /** May be written now. */
  #open(): void {
    this.#alive();
    if (this.#inFlight) throw refusal('EBUSY', 'the GCE has the packet: nothing can be appended');
    if (this.#finalized) throw refusal('EBUSY', 'the packet is finalized: reset it to write it anew');
    if (this.#synced) this.#syncAll('cpu');
    this.#synced = false;
    this.#refresh();
  }

  #refresh(): void {
    const open = !(this.#gone || this.#inFlight || this.#finalized || this.#synced);
    this.#limit = open ? this.#words.length - 2 * WORDS : -1;
  }

  /** Instructions that still fit into the current buffer. */
  #left(): number {
    return this.#words.length / WORDS - 1 - this.#at / WORDS;
  }

  #usedOf(index: number): number {
    return index === this.#current ? this.#at : (this.#used[index] as number);
  }

  /** Sees to a next buffer that takes so many. Those that were used before a reset are used again. */
  #provide(count: number): void {
    const next = this.#buffers[this.#current + 1];
    if (next !== undefined && next.words.length / WORDS - 1 >= count) return;
    const wanted = Math.max(2 * this.#buffers.reduce((sum, { words }) => sum + words.byteLength, 0), (count + 1) * 8);
    const bytes = Math.min(wanted, MAX_BUFFER);
    if (bytes < (count + 1) * INST_SIZE) throw refusal('ERANGE', `${count} instructions in one piece`);
    this.#alloc(bytes, this.#current + 1);
  }

  #toNext(): void {
    const next = this.#buffers[this.#current + 1] as CmdqBuffer;
    this.#words[this.#at] = this.address(next.iova);
    this.#words[this.#at + 1] = JUMP_ABSOLUTE;
    this.#used[this.#current] = this.#at + WORDS;
    this.#current++;
    this.#moveTo(next.words);
    this.#at = 0;
    this.#refresh();
  }

  #moveTo(words: Uint32Array): void {
    this.#words = words;
    this.#moved(words);
  }

  #alloc(bytes: number, at = 0): CmdqBuffer {
    const buffer = this.#memory.alloc(bytes);
    this.#memory.sync(buffer, 'cpu');
    this.#buffers.splice(at, 0, buffer);
    return buffer;
  }

  #syncAll(to: 'cpu' | 'device'): void {
    for (const buffer of this.#buffers) this.#memory.sync(buffer, to);
  }
}
