// Where the bytes of property values are collected: blocks shared by many values, so that a value costs no allocation.
import { writeCell } from '../cells.js';
import { putLatin1 } from '../latin1.js';
import { DtProperty } from '../tree.js';

const BLOCK_BYTES = 1 << 16;

/** Collects one value at a time; a finished one is a view of the block and may be changed in place. */
export class Arena {
  #bytes = new Uint8Array(BLOCK_BYTES);
  #start = 0;
  #end = 0;

  /** Bytes of the value so far. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Begins a value; an unfinished one is forgotten. */
  begin(): void {
    this.#end = this.#start;
  }

  /** Ends the value as that of a new property. */
  finish(name: string): DtProperty {
    const property = new DtProperty(name, this.#bytes, this.#start, this.#end - this.#start);
    this.#start = this.#end;
    return property;
  }

  /** Appends a number of 1, 2 or 4 bytes, big-endian. */
  append(value: number, size: number): void {
    const at = this.#reserve(size);
    const bytes = this.#bytes;
    if (size === 4) writeCell(bytes, at, value);
    else if (size === 2) {
      bytes[at] = value >>> 8;
      bytes[at + 1] = value;
    } else bytes[at] = value;
  }

  /** Appends a copy. */
  appendBytes(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Appends characters, one byte each, and the NUL that ends a string. */
  appendString(text: string): void {
    const at = this.#reserve(text.length + 1);
    putLatin1(this.#bytes, at, text);
    this.#bytes[at + text.length] = 0;
  }

  #reserve(size: number): number {
    const at = this.#end;
    if (at + size > this.#bytes.length) return this.#newBlock(size);
    this.#end = at + size;
    return at;
  }

  #newBlock(size: number): number {
    const begun = this.length;
    const block = new Uint8Array(Math.max(BLOCK_BYTES, 2 * (begun + size)));
    block.set(this.#bytes.subarray(this.#start, this.#end));
    this.#bytes = block;
    this.#start = 0;
    this.#end = begun + size;
    return begun;
  }
}
