// GCE programs as text: one instruction, a buffer as fast as it goes, or a listing with offsets, labels and names.
// The text is the assembly language of docs/cmdq.md: src/review/cmdq/assemble.ts reads it back bit by bit.
import { jumpAddress, jumpDistance, WRITERS } from './disassemble-operations.js';
import { TextOut, word } from './disassemble-out.js';
import { type InstructionNames, NO_NAMES } from './disassemble-text.js';
import { ARG_A, INST_SIZE, OP } from './instruction.js';

const INST = word('.inst ');
const UNDERSCORE = word('_');
const LINE_END = word('\n');
const JUMP = word('jump ');
const JUMP_ABS = word('jump_abs ');

/** One line of a listing. */
export interface ListingLine {
  /** Bytes from the start of the buffer. */
  readonly offset: number;
  readonly high: number;
  readonly low: number;
  /** The label in front of it, where a jump leads here. */
  readonly label: string | undefined;
  readonly text: string;
}

/** A program line by line. */
export interface Listing {
  readonly lines: readonly ListingLine[];
  /** The label behind the last instruction, where a jump leads there. */
  readonly endLabel: string | undefined;
  /** Bytes at the end that are no whole instruction. */
  readonly rest: Uint8Array;
}

/** One instruction in words; `.inst` and the number for what is none. Never throws. */
export function describeInstruction(high: number, low: number, names: InstructionNames = NO_NAMES): string {
  const out = new TextOut();
  writeInstruction(out, high >>> 0, low >>> 0, names);
  return out.toString();
}

/**
 * A whole buffer as ASCII text, a line per instruction, without offsets and labels; a rest of less than 8 bytes is left
 * out.
 */
export function disassembleRaw(bytes: Uint8Array, names: InstructionNames = NO_NAMES): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - (bytes.byteLength % INST_SIZE);
  const out = new TextOut(end * 4);
  for (let at = 0; at < end; at += INST_SIZE) {
    out.reserve();
    writeInstruction(out, view.getUint32(at + 4, true), view.getUint32(at, true), names);
    out.word(LINE_END);
  }
  return out.bytes();
}

/** Writes one instruction; there must be room. */
export function writeInstruction(out: TextOut, high: number, low: number, names: InstructionNames): void {
  const start = out.at;
  const writer = WRITERS[high >>> 24];
  if (writer?.(out, high, low, names) === true) return;
  out.rewind(start);
  out.word(INST);
  out.hex8(high);
  out.word(UNDERSCORE);
  out.digits4(low >>> 16);
  out.digits4(low);
}

/** The listing of a buffer. `base` is the address of its first byte: with it absolute jumps have labels as well. */
export function disassemble(bytes: Uint8Array, names: InstructionNames = NO_NAMES, base?: number): Listing {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - (bytes.byteLength % INST_SIZE);
  const labels = labelsOf(bytes, names.shift, base);
  const out = new TextOut();
  const lines = Array.from({ length: end / INST_SIZE }, (_, index): ListingLine => {
    const offset = index * INST_SIZE;
    const [high, low] = [view.getUint32(offset + 4, true), view.getUint32(offset, true)];
    out.rewind(0);
    writeLabelled(out, offset, high, low, names, labels);
    return { offset, high, low, label: labels.at.get(offset), text: out.toString() };
  });
  return { lines, endLabel: labels.at.get(end), rest: bytes.subarray(end) };
}

/** Labels of a buffer. */
export interface Labels {
  /** The label in front of an offset. */
  readonly at: ReadonlyMap<number, string>;
  /** The label that the jump at an offset leads to. */
  readonly of: ReadonlyMap<number, string>;
}

/** Finds where jumps lead. One to the next instruction needs no label. */
export function labelsOf(bytes: Uint8Array, shift: number, base: number | undefined): Labels {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength - (bytes.byteLength % INST_SIZE);
  const at = new Map<number, string>();
  const of = new Map<number, string>();
  for (let offset = 0; offset < end; offset += INST_SIZE) {
    const high = view.getUint32(offset + 4, true);
    if (high >>> 24 !== OP.JUMP) continue;
    const target = jumpTarget(offset, high, view.getUint32(offset, true), shift, base);
    if (target === undefined || !isPlace(target, end) || target === offset + INST_SIZE) continue;
    of.set(offset, labelOf(target));
    at.set(target, labelOf(target));
  }
  return { at, of };
}

/** Writes the instruction at an offset, a jump with the label that it leads to. */
export function writeLabelled(
  out: TextOut,
  offset: number,
  high: number,
  low: number,
  names: InstructionNames,
  labels: Labels,
): void {
  const label = high >>> 24 === OP.JUMP ? labels.of.get(offset) : undefined;
  if (label === undefined) return writeInstruction(out, high, low, names);
  out.word((high & ARG_A.JUMP_ABSOLUTE) === 0 ? JUMP : JUMP_ABS);
  out.text(label);
}

/**
 * Where an unconditional jump goes, in bytes from the start of its buffer; undefined for other instructions, for jumps
 * by register, and for absolute ones where `base` is not known.
 */
export function jumpTarget(
  offset: number,
  high: number,
  low: number,
  shift: number,
  base: number | undefined,
): number | undefined {
  const relative = OP.JUMP << 24;
  if (high === relative) return offset + jumpDistance(low, shift);
  if (high !== relative + ARG_A.JUMP_ABSOLUTE || base === undefined) return undefined;
  return jumpAddress(low, shift) - base;
}

/** Instructions stand at multiples of 8; behind the last is a place too. */
function isPlace(target: number, end: number): boolean {
  return target >= 0 && target <= end && target % INST_SIZE === 0;
}

function labelOf(offset: number): string {
  return `L_${hex(offset, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
