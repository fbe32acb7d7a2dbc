// A GCE program as a source file: what the assembler reads back as the same bytes.
import { labelsOf, writeLabelled } from '../../drivers/mtk-cmdq/disassemble.js';
import type { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { TextOut, word } from '../../drivers/mtk-cmdq/disassemble-out.js';
import { INST_SIZE } from '../../drivers/mtk-cmdq/instruction.js';

/** What stands around the instructions. */
export interface SourceOptions {
  /** Address of the first instruction. */
  readonly base?: number | undefined;
  /** Comments with the offset, or address, and the word of each instruction. */
  readonly words?: boolean;
  /** Comments on top, a line each. */
  readonly head?: readonly string[];
  /** Comments behind instructions, by offset. */
  readonly notes?: ReadonlyMap<number, string>;
}

/** Comments stand behind this column where the text leaves them room. */
const COLUMN = 44;

const INDENT = word('    ');
const LINE_END = word('\n');
const COLON_END = word(':\n');
const COMMENT = word(' ; ');
const SPACE = word(' ');
const SPACES = word('  ');
const UNDERSCORE = word('_');
/** Bytes of a line with its comment, as they usually are. */
const LINE_BYTES = 80;

/** The text, with `.soc` and `.base` where they are known. A rest that is no whole instruction is a comment. */
export function sourceOf(bytes: Uint8Array, names: CmdqNames, options: SourceOptions = {}): string {
  const { base, head = [] } = options;
  const end = bytes.length - (bytes.length % INST_SIZE);
  const top = [
    ...head.map((text) => `; ${text}`),
    ...(names.soc === undefined ? [] : [`.soc ${names.soc.name}`]),
    ...(base === undefined ? [] : [`.base 0x${base.toString(16).padStart(8, '0')}`]),
  ];
  const rest = bytes.length - end;
  const tail = rest === 0 ? [] : [`; the last ${rest} bytes are no instruction`];
  const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
  return lines(top) + bodyOf(bytes, end, names, options) + lines(tail);
}

function bodyOf(bytes: Uint8Array, end: number, names: CmdqNames, options: SourceOptions): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const labels = labelsOf(bytes, names.shift, options.base);
  const out = new TextOut((end / INST_SIZE) * LINE_BYTES);
  const label = (offset: number): void => {
    const text = labels.at.get(offset);
    if (text === undefined) return;
    out.text(text);
    out.word(COLON_END);
  };
  for (let offset = 0; offset < end; offset += INST_SIZE) {
    out.reserve();
    label(offset);
    const start = out.at;
    const [high, low] = [view.getUint32(offset + 4, true), view.getUint32(offset, true)];
    out.word(INDENT);
    writeLabelled(out, offset, high, low, names, labels);
    writeComment(out, start, offset, high, low, options);
    out.word(LINE_END);
  }
  out.reserve();
  label(end);
  return out.toString();
}

function writeComment(
  out: TextOut,
  start: number,
  offset: number,
  high: number,
  low: number,
  { base, words, notes }: SourceOptions,
): void {
  const note = notes?.get(offset);
  if (words !== true && note === undefined) return;
  out.padTo(start + COLUMN);
  out.word(COMMENT);
  if (words === true) {
    writeAddress(out, base, offset);
    out.word(SPACE);
    writeDigits8(out, high);
    out.word(UNDERSCORE);
    writeDigits8(out, low);
    if (note !== undefined) out.word(SPACES);
  }
  if (note !== undefined) out.text(note);
}

function writeAddress(out: TextOut, base: number | undefined, offset: number): void {
  const addr = (base ?? 0) + offset;
  if (base === undefined && addr <= 0xffff) out.digits4(addr);
  else if (base !== undefined && addr <= 0xffff_ffff) writeDigits8(out, addr);
  else out.text(addr.toString(16));
}

function writeDigits8(out: TextOut, value: number): void {
  out.digits4(value >>> 16);
  out.digits4(value);
}
