// The program of a GCE thread: its bytes as they lie in memory, disassembled around the program counter.
import type { Bench } from '../../bench/bench.js';
import type { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { disassemble } from '../../drivers/mtk-cmdq/disassemble.js';

/** An instruction. */
export interface ProgramLine {
  readonly addr: number;
  /** The label in front of it, where a jump leads here. */
  readonly label?: string;
  readonly text: string;
}

/** What is shown of a program. */
export interface ProgramListing {
  /** Addresses of its first byte, and of the first byte behind it. */
  readonly base: number;
  readonly end: number;
  /** Where the thread stands; undefined where it is no longer in this program. */
  readonly pc?: number;
  readonly lines: readonly ProgramLine[];
  /** Instructions before and behind those that are shown. */
  readonly before: number;
  readonly behind: number;
}

/** A program in memory. */
export interface ProgramBytes {
  readonly base: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

const INSTRUCTION = 8;
/** Instructions that are shown on each side of the program counter. */
const AROUND = 64;
/** A page holds no more. */
const MOST_BYTES = 65_536;

/** Finds programs: mappings of the GCE that a program counter lies in. */
export class ProgramFinder {
  readonly #bench: Bench;
  readonly #path: string;
  #last: { readonly base: number; readonly size: number } | undefined;

  constructor(bench: Bench, path: string) {
    this.#bench = bench;
    this.#path = path;
  }

  /** The program that a thread is in, a copy; it ends at the thread's end, or else with its memory. */
  at(pc: number, end: number): ProgramBytes | undefined {
    const place = this.#place(pc);
    if (place === undefined) return undefined;
    const { base, size } = place;
    const length = end > base && end <= base + size ? end - base : size;
    const bytes = this.#bench.peekDma(base, Math.min(length, MOST_BYTES));
    return bytes === undefined ? undefined : { base, end: base + bytes.length, bytes: bytes.slice() };
  }

  /** A thread at its end stands behind the last instruction. */
  #place(pc: number): { readonly base: number; readonly size: number } | undefined {
    const holds = ({ base, size }: { base: number; size: number }): boolean => pc >= base && pc <= base + size;
    const last = this.#last;
    if (last !== undefined && holds(last) && this.#bench.peekDma(last.base, last.size)?.length === last.size)
      return last;
    const mappings = this.#bench.dmaMappings.filter(({ dev }) => dev === this.#path);
    const places = mappings.map(({ iova, size }) => ({ base: iova, size }));
    this.#last = places.find(holds);
    return this.#last;
  }
}

/** The text around the program counter; from the beginning where there is none. */
export function listProgram({ base, bytes, end }: ProgramBytes, names: CmdqNames, pc?: number): ProgramListing {
  const { lines } = disassemble(bytes, names, base);
  const at = pc === undefined ? 0 : Math.max(0, Math.min(lines.length, (pc - base) / INSTRUCTION));
  const [from, to] = [Math.max(0, Math.floor(at) - AROUND), Math.floor(at) + AROUND + 1];
  return {
    ...{ base, end },
    ...(pc === undefined ? {} : { pc }),
    lines: lines.slice(from, to).map(({ offset, label, text }) => {
      return { addr: base + offset, text, ...(label === undefined ? {} : { label }) };
    }),
    before: from,
    behind: Math.max(0, lines.length - to),
  };
}
