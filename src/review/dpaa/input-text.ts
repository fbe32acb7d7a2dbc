// Hex in texts: rows with addresses are memory, rows behind a label are what it says, other rows stand for themselves.
import { withoutStamps } from '../explain.js';
import { fitsWidth, groupBytes, type PlacedRow, placeRows } from '../hex-dump.js';
import { rowBehindTags } from '../hex-log.js';
import { type HexRow, hexRowOf } from '../hex-row.js';
import { DPAA_BYTES, frameDescriptor, tableEntry } from './formats.js';
import type { DpaaKind, WordOrder } from './kinds.js';

/** Bytes of a text that belong together. */
export interface TextBlock {
  /** What a label says. */
  readonly kind: DpaaKind | undefined;
  /** Address of its first byte, where rows have addresses. */
  readonly at: number | undefined;
  readonly bytes: Uint8Array;
  readonly line: number;
}

/** What a text has. */
export interface HexText {
  readonly blocks: readonly TextBlock[];
  /** Lines that are no part of a dump. */
  readonly skipped: number;
}

const LINE_CHARS = 0x2_0000;
const COLOURS = /\u001b\[[\d;]{0,16}[A-Za-z]/g;
const LABEL =
  /^(?:.{0,80}?[\s:])??(fd|frame|sgt|table|bman|buffers?|parse(?: results?)?|mem(?:ory)?)\s{0,8}[:=](?=\s|$)\s*(.*)$/i;
/** Digits without anything between them. */
const RUN = /^(?:0x)?((?:[\da-f]{2}){16,})$/i;
const KINDS: Readonly<Record<string, DpaaKind | undefined>> = {
  fd: 'fd',
  frame: 'fd',
  sgt: 'sgt',
  table: 'sgt',
  bman: 'buffers',
  buffer: 'buffers',
  buffers: 'buffers',
  parse: 'parse',
};
/** A row that is not the first of its dump. */
const FURTHER = /^(?=0{0,15}[1-9a-f])[\da-f]{4,16}:/i;
/** Behind a label a smaller number is an offset in what the label says. */
const LEAST_ADDRESS = 4096;
/** What `*` stands for at most, in all. */
const MOST_FILL = 0x40_0000;

/** Reads a text. */
export function readHexText(text: string, order?: WordOrder): HexText {
  const builder = new Builder(order);
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) builder.line(line, index + 1);
  builder.end();
  return { blocks: builder.blocks, skipped: builder.skipped };
}

/** Rows, and `*` for those that are as the one before. */
type Piece = HexRow | '*';

class Builder {
  readonly blocks: TextBlock[] = [];
  skipped = 0;
  readonly #order: WordOrder | undefined;
  #kind: DpaaKind | undefined;
  #rows: Piece[] = [];
  #filled = 0;

  constructor(order: WordOrder | undefined) {
    this.#order = order;
  }

  line(raw: string, number: number): void {
    const cut = withoutStamps(raw.slice(0, LINE_CHARS).replace(COLOURS, '').trim());
    const label = LABEL.exec(cut.slice(0, 1024));
    if (label !== null && !this.#goesOn(label)) {
      this.end();
      this.#kind = kindOf(label);
    }
    const rest = label === null ? cut : (label[2] as string) + cut.slice(1024);
    if (rest === '') {
      if (label === null) this.end();
      return;
    }
    this.#take(rest.trim(), number);
  }

  /** print_hex_dump has the label in front of each row; all but the first of a dump have an offset. */
  #goesOn(label: RegExpExecArray): boolean {
    return this.#kind !== undefined && kindOf(label) === this.#kind && FURTHER.test(label[2] as string);
  }

  /** What was collected is whole. A label goes as far. */
  end(): void {
    this.#flush();
    this.#kind = undefined;
  }

  #take(text: string, number: number): void {
    const run = RUN.exec(text)?.[1];
    if (run !== undefined) {
      this.#flush();
      this.#add(
        undefined,
        Uint8Array.from(run.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)),
        number,
      );
      return;
    }
    if (text === '*') {
      this.#rows.push('*');
      return;
    }
    const short = rowBehindTags(text.slice(0, 1024), number);
    const row = short === undefined ? undefined : hexRowOf(short, number);
    if (row === undefined) this.skipped++;
    else this.#rows.push(row);
  }

  /** Rows together: those that go on where the one before ended are one block. */
  #flush(): void {
    const rows = this.#rows;
    this.#rows = [];
    const { placed, width } = placeRows(rows);
    const order = this.#order ?? this.#orderOf(placed, width);
    let bytes: number[] = [];
    let [line, at]: [number, number | undefined] = [0, undefined];
    let last: readonly number[] = [];
    let isSqueezed = false;
    const close = (): void => {
      if (bytes.length > 0) this.#add(at, Uint8Array.from(bytes), line);
      bytes = [];
    };
    for (const row of placed) {
      if (row === '*') isSqueezed = true;
      else if (!fitsWidth(row, width)) this.skipped++;
      else {
        if (isSqueezed && at !== undefined && row.offset !== undefined) {
          this.#fill(bytes, last, row.offset - at - bytes.length);
        }
        isSqueezed = false;
        const goesOn = bytes.length > 0 && (at === undefined ? undefined : at + bytes.length) === row.offset;
        if (!goesOn) {
          close();
          [line, at] = [row.line, row.offset];
        }
        last = rowBytes(row, width, order);
        for (const byte of last) bytes.push(byte);
      }
    }
    close();
  }

  #fill(bytes: number[], pattern: readonly number[], count: number): void {
    if (count <= 0 || pattern.length === 0 || this.#filled + count > MOST_FILL) return;
    this.#filled += count;
    for (let i = 0; i < count; i++) bytes.push(pattern[i % pattern.length] as number);
  }

  #add(at: number | undefined, bytes: Uint8Array, line: number): void {
    const isOffset = this.#kind !== undefined && at !== undefined && at < LEAST_ADDRESS;
    this.blocks.push({ kind: this.#kind, at: isOffset ? undefined : at, bytes, line });
  }

  /** The order in which the first descriptor or entry of a block looks like one; as printed where both do. */
  #orderOf(placed: readonly (PlacedRow | '*')[], width: number): WordOrder {
    if (width < 8) return 'big';
    const first = placed.filter((row): row is PlacedRow => row !== '*' && fitsWidth(row, width)).slice(0, 4);
    if (this.#kind === undefined && first.some(({ offset }) => offset !== undefined)) return 'big';
    const stains = (order: WordOrder): number => {
      const bytes = Uint8Array.from(first.flatMap((row) => rowBytes(row, width, order)));
      return bytes.length < DPAA_BYTES.fd ? 0 : this.#kind === 'sgt' ? entryStains(bytes) : descriptorStains(bytes);
    };
    return stains('little') < stains('big') ? 'little' : 'big';
  }
}

function kindOf([, word = '']: RegExpExecArray): DpaaKind | undefined {
  return KINDS[word.toLowerCase().split(' ')[0] as string];
}

function descriptorStains(bytes: Uint8Array): number {
  const { dd, eliodnOffset, reserved, format, bpid } = frameDescriptor(bytes);
  return [dd !== 0, eliodnOffset !== 0, reserved !== 0, (format & 3) !== 0, bpid >= 64 && bpid !== 255].filter(Boolean)
    .length;
}

function entryStains(bytes: Uint8Array): number {
  const { isStained, ext, bpid, length } = tableEntry(bytes);
  return [isStained, ext, bpid >= 64 && bpid !== 255, length > 0xffff].filter(Boolean).length;
}

/** Bytes of a row. Words stand as they are printed when they are big-endian. */
function rowBytes(row: PlacedRow, width: number, order: WordOrder): number[] {
  const bytes: number[] = [];
  // Words of 16 bits are od's and hexdump's, whose order is known.
  const asPrinted = width > 4 && order === 'big';
  for (const group of row.groups) {
    if (asPrinted) addDigits(bytes, group.digits.padStart(width, '0'));
    else for (const byte of groupBytes(group, width, row)) bytes.push(byte);
  }
  return bytes;
}

function addDigits(bytes: number[], digits: string): void {
  for (let at = 0; at < digits.length; at += 2) bytes.push(Number.parseInt(digits.slice(at, at + 2), 16));
}
