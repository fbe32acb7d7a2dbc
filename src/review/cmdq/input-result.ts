// What a reader of GCE programs answers, and how it tells what is wrong.
import type { Diagnostic, Position } from '../../base/diagnostic.js';
import { INST_SIZE, OP } from '../../drivers/mtk-cmdq/instruction.js';
import { diagnosticOf, type Values } from '../../dt/message.js';
import { INPUT_MESSAGES, type InputKey } from './input-messages.js';

/** No more is read: a real program has a few thousand instructions. */
export const MAX_BYTES: number = 16 * 1024 * 1024;
/** A hole in a dump up to this is filled up. */
export const MAX_HOLE = 0x1_0000;

/** Bytes that grow, with the line of the input for each instruction. */
export class Collected {
  readonly file: string;
  readonly diagnostics: Diagnostic[] = [];
  /** Lines that were no part of it. */
  skipped = 0;
  #bytes = new Uint8Array(256);
  #length = 0;
  readonly #lines: number[] = [];

  constructor(file: string) {
    this.file = file;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Where each whole instruction begins. */
  get positions(): Position[] {
    const count = Math.floor(this.#length / INST_SIZE);
    return this.#lines.slice(0, count).map((line) => ({ file: this.file, line, column: 0 }));
  }

  /** True when there is no room for so many more; it is said once. */
  isFull(count: number): boolean {
    if (this.#length + count <= MAX_BYTES) return false;
    if (!this.diagnostics.some(({ code }) => code === 'cmdq/input/large')) this.say('large', 0, { limit: MAX_BYTES });
    return true;
  }

  /** The bytes of a number of `size` bytes in the order of memory. */
  number(value: number, size: number, line: number): void {
    let rest = value;
    for (let i = 0; i < size; i++) {
      this.byte(rest & 0xff, line);
      rest = Math.floor(rest / 256);
    }
  }

  /** A whole instruction. */
  word(high: number, low: number, line: number): void {
    this.number(low, 4, line);
    this.number(high, 4, line);
  }

  /** One more byte; it comes from this line. */
  byte(value: number, line: number): void {
    if (this.isFull(1)) return;
    if (this.#length === this.#bytes.length) {
      const more = new Uint8Array(this.#bytes.length * 2);
      more.set(this.#bytes);
      this.#bytes = more;
    }
    if (this.#length % INST_SIZE === 0) this.#lines.push(line);
    this.#bytes[this.#length++] = value;
  }

  /** The same bytes again and again, `count` in all. */
  repeat(bytes: Uint8Array, count: number, line: number): void {
    for (let i = 0; i < count; i++) this.byte(bytes[i % bytes.length] as number, line);
  }

  /** Adds a diagnostic about a line; 0 for the whole. */
  say(key: InputKey, line: number, values: Values = {}): void {
    this.diagnostics.push(inputDiagnostic(key, this.file, line, values));
  }
}

/** A diagnostic about a line of the input; 0 for the whole. */
export function inputDiagnostic(key: InputKey, file: string, line: number, values: Values = {}): Diagnostic {
  const place = line === 0 ? { where: file } : { at: { file, line, column: 0 } };
  return diagnosticOf(`cmdq/input/${key}`, INPUT_MESSAGES[key], values, place);
}

/** 1 for each operation that exists. */
const KNOWN = new Uint8Array(256);
for (const op of Object.values(OP)) KNOWN[op] = 1;

/** Instructions whose operation exists, and how many there are, of memory bytes; words of zeros do not count. */
export function plausible(bytes: Uint8Array): { readonly known: number; readonly count: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let known = 0;
  let count = 0;
  for (let at = 0; at + INST_SIZE <= bytes.length; at += INST_SIZE) {
    const high = view.getUint32(at + 4, true);
    if (high === 0 && view.getUint32(at, true) === 0) continue;
    count++;
    if (KNOWN[high >>> 24] === 1) known++;
  }
  return { known, count };
}

/** The same bytes with the halves of each instruction exchanged. */
export function halvesSwapped(bytes: Uint8Array): Uint8Array {
  const swapped = new Uint8Array(bytes.length);
  const half = INST_SIZE / 2;
  const end = bytes.length - (bytes.length % INST_SIZE);
  for (let at = 0; at < end; at += INST_SIZE) {
    swapped.set(bytes.subarray(at + half, at + INST_SIZE), at);
    swapped.set(bytes.subarray(at, at + half), at + half);
  }
  swapped.set(bytes.subarray(end), end);
  return swapped;
}

/** The same bytes with those of each group of `size` in the other order. */
export function groupsReversed(bytes: Uint8Array, size: number): Uint8Array {
  const reversed = new Uint8Array(bytes);
  for (let at = 0; at + size <= bytes.length; at += size) reversed.subarray(at, at + size).reverse();
  return reversed;
}
