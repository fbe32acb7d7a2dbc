// The ways through a GCE program: where each instruction leads, what is reached, and the blocks between jumps.
import { jumpAddress, jumpDistance } from '../../drivers/mtk-cmdq/disassemble-operations.js';
import {
  ARG_A,
  CONDITION,
  GPR0,
  INST_SIZE,
  LOGIC,
  OP,
  SOP_MAX,
  SOP_SHIFT,
} from '../../drivers/mtk-cmdq/instruction.js';

/** Places of a target that are no instruction and not the end. */
export const TARGET = {
  /** It is no jump. */
  NONE: -1,
  /** Nobody knows: an address without a base, or a register that is not known. */
  UNKNOWN: -2,
  /** Before the program, behind its end, or between two instructions. */
  OUTSIDE: -3,
} as const;

const OPS: ReadonlySet<number> = new Set(Object.values(OP));
const OPERATORS: ReadonlySet<number> = new Set(Object.values(LOGIC));
const CONDITIONS: ReadonlySet<number> = new Set(Object.values(CONDITION));
/** So far back a constant is looked for in front of a jump by register. */
const NEAR = 32;

/** Bits 63..56. */
export const opOf = (high: number): number => high >>> 24;
/** Bits 52..48: subsystem, operator, condition, or a register. */
export const sopOf = (high: number): number => (high >>> SOP_SHIFT) & SOP_MAX;
/** Bits 47..32: offset, event, register, or the lower half of an address. */
export const a16Of = (high: number): number => high & 0xffff;

/** Whether an operation of this number exists. */
export function isOperation(op: number): boolean {
  return OPS.has(op);
}

/** The engine stops at it: no operation, or none of its operators. */
export function stops(high: number): boolean {
  const op = opOf(high);
  if (op === OP.LOGIC) return !OPERATORS.has(sopOf(high));
  if (op === OP.JUMP_C_ABSOLUTE || op === OP.JUMP_C_RELATIVE) return !CONDITIONS.has(sopOf(high));
  return !OPS.has(op);
}

/** The register that an instruction changes; -1 for none. */
export function registerWritten(high: number): number {
  const op = opOf(high);
  if (op === OP.LOGIC || op === OP.READ_S) return a16Of(high);
  return op === OP.MASK && (high & ARG_A.DST_REG) !== 0 ? GPR0 + sopOf(high) : -1;
}

/** It puts its operand of 32 bits into its register. */
export function assignsNumber(high: number): boolean {
  const op = opOf(high);
  if (op === OP.LOGIC) return sopOf(high) === LOGIC.assign && (high & ARG_A.SRC_REG) === 0;
  return op === OP.MASK && (high & ARG_A.DST_REG) !== 0;
}

/** Instructions of a program, and where they lead. */
export class Flow {
  readonly count: number;
  /** Address of the first instruction, where it is known. */
  readonly base: number | undefined;
  /** By instruction: the index of a jump's target (`count` is the end), or one of TARGET. */
  readonly targets: Int32Array;
  /** By instruction: 1 where some way leads to it. */
  readonly reached: Uint8Array;
  /** A jump that is reached leads nobody knows where: what seems not to be reached may be. */
  readonly vague: boolean;
  readonly #view: DataView;
  readonly #shift: number;

  constructor(bytes: Uint8Array, shift: number, base: number | undefined) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#shift = shift;
    this.count = Math.floor(bytes.length / INST_SIZE);
    this.base = base;
    this.targets = new Int32Array(this.count).fill(TARGET.NONE);
    for (let i = 0; i < this.count; i++) this.targets[i] = this.#targetOf(i);
    this.#forgetDoubtful();
    this.reached = comingFrom(this, [0], new Uint8Array(this.count));
    this.vague = this.targets.some(
      (target, i) => target === TARGET.UNKNOWN && this.reached[i] === 1 && !this.leaves(i),
    );
  }

  high(index: number): number {
    return this.#view.getUint32(index * INST_SIZE + 4, true);
  }

  low(index: number): number {
    return this.#view.getUint32(index * INST_SIZE, true);
  }

  op(index: number): number {
    return opOf(this.high(index));
  }

  /** The next instruction may come behind it. Behind what stops the engine the rest is looked at all the same. */
  falls(index: number): boolean {
    return this.op(index) !== OP.JUMP;
  }

  /** The program ends behind it, on some way. */
  ends(index: number): boolean {
    return this.targets[index] === this.count || (index === this.count - 1 && this.falls(index)) || this.leaves(index);
  }

  /** Bytes that a jump with an operand of its own, or with a known register, goes; undefined for other instructions. */
  distance(index: number): number | undefined {
    const target = this.#place(index);
    return target === undefined ? undefined : target - index * INST_SIZE;
  }

  /** It is the last, and an absolute jump: to the next buffer, or to the packet that was chained. */
  leaves(index: number): boolean {
    if (index !== this.count - 1 || this.op(index) !== OP.JUMP) return false;
    return this.isAbsolute(index) && (this.targets[index] as number) < 0;
  }

  /** An absolute jump, by operand or by register. */
  isAbsolute(index: number): boolean {
    const op = this.op(index);
    return op === OP.JUMP_C_ABSOLUTE || (op === OP.JUMP && (this.high(index) & ARG_A.JUMP_ABSOLUTE) !== 0);
  }

  #targetOf(index: number): number {
    const op = this.op(index);
    if (op !== OP.JUMP && op !== OP.JUMP_C_ABSOLUTE && op !== OP.JUMP_C_RELATIVE) return TARGET.NONE;
    if (stops(this.high(index))) return TARGET.NONE;
    const place = this.#place(index);
    if (place === undefined) return TARGET.UNKNOWN;
    const isInside = place >= 0 && place <= this.count * INST_SIZE && place % INST_SIZE === 0;
    return isInside ? place / INST_SIZE : TARGET.OUTSIDE;
  }

  /** Offset that a jump leads to; undefined where it is not known. */
  #place(index: number): number | undefined {
    const high = this.high(index);
    const op = opOf(high);
    const byRegister = op !== OP.JUMP || (high & ARG_A.SRC_REG) !== 0;
    const register = op === OP.JUMP ? this.low(index) : a16Of(high);
    const operand = byRegister ? this.constant(index, register) : this.low(index);
    if (operand === undefined) return undefined;
    if (!this.isAbsolute(index)) return index * INST_SIZE + jumpDistance(operand, this.#shift);
    return this.base === undefined ? undefined : jumpAddress(operand, this.#shift) - this.base;
  }

  /** What a register has in front of an instruction, if it is assigned a number a few instructions before. */
  constant(index: number, register: number): number | undefined {
    const at = this.#assignment(index, register);
    return at === undefined ? undefined : this.low(at);
  }

  #assignment(index: number, register: number): number | undefined {
    for (let i = index - 1; i >= Math.max(0, index - NEAR) && this.falls(i); i--) {
      const high = this.high(i);
      if (registerWritten(high) === register) return assignsNumber(high) ? i : undefined;
    }
    return undefined;
  }

  /** A jump between the assignment of a register and its use: then nobody knows what it has. */
  #forgetDoubtful(): void {
    const isTarget = new Uint8Array(this.count + 1);
    for (const target of this.targets) if (target >= 0) isTarget[target] = 1;
    for (let i = 0; i < this.count; i++) {
      if (this.targets[i] === TARGET.NONE) continue;
      const high = this.high(i);
      const op = opOf(high);
      if (op === OP.JUMP && (high & ARG_A.SRC_REG) === 0) continue;
      const from = this.#assignment(i, op === OP.JUMP ? this.low(i) : a16Of(high));
      if (from === undefined || isTarget.subarray(from + 1, i + 1).includes(1)) this.targets[i] = TARGET.UNKNOWN;
    }
  }
}

/** Marks all instructions from which one of `seeds` may come; `seeds` among them. */
export function leadingTo(flow: Flow, seeds: Uint8Array): Uint8Array {
  const { count, targets } = flow;
  const first = new Int32Array(count).fill(-1);
  const other = new Int32Array(count).fill(-1);
  const marked = seeds.slice();
  const open: number[] = [];
  for (let i = 0; i < count; i++) {
    if (marked[i] === 1) open.push(i);
    const target = targets[i] as number;
    if (target < 0 || target >= count) continue;
    other[i] = first[target] as number;
    first[target] = i;
  }
  const mark = (index: number): void => {
    if (marked[index] === 1) return;
    marked[index] = 1;
    open.push(index);
  };
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at > 0 && flow.falls(at - 1)) mark(at - 1);
    for (let i = first[at] as number; i >= 0; i = other[i] as number) mark(i);
  }
  return marked;
}

/** Marks all instructions that may come from `starts` on before one of `walls` was run; those walls are marked. */
export function comingFrom(flow: Flow, starts: readonly number[], walls: Uint8Array): Uint8Array {
  const marked = new Uint8Array(flow.count);
  const open = [...starts];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (let i = at; i < flow.count && marked[i] === 0; i++) {
      marked[i] = 1;
      if (walls[i] === 1) break;
      const target = flow.targets[i] as number;
      if (target >= 0) open.push(target);
      if (!flow.falls(i)) break;
    }
  }
  return marked;
}

/** Instructions that are run one behind the other: nothing jumps in but to the first, nor out but at the last. */
export interface Block {
  readonly from: number;
  /** Behind the last. */
  readonly to: number;
  /** Numbers of the blocks that may follow. */
  readonly next: readonly number[];
}

/** The blocks that are reached, in the order of the program. */
export function blocksOf(flow: Flow): Block[] {
  const starts = new Uint8Array(flow.count + 1);
  starts[0] = 1;
  for (let i = 0; i < flow.count; i++) {
    const target = flow.targets[i] as number;
    if (target >= 0) starts[target] = 1;
    if (target !== TARGET.NONE || !flow.falls(i)) starts[i + 1] = 1;
  }
  const spans: { from: number; to: number }[] = [];
  const number = new Map<number, number>();
  for (let from = 0; from < flow.count; ) {
    let to = from + 1;
    while (to < flow.count && starts[to] === 0) to++;
    if (flow.reached[from] === 1) {
      number.set(from, spans.length);
      spans.push({ from, to });
    }
    from = to;
  }
  return spans.map(({ from, to }) => {
    const last = to - 1;
    const next = [...(flow.falls(last) ? [to] : []), flow.targets[last] as number];
    return { from, to, next: next.flatMap((start) => number.get(start) ?? []) };
  });
}
