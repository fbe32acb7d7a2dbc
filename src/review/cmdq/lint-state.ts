// What is known in front of each instruction of a GCE program, whichever way leads there: events that were cleared, the
// mask, registers. One pass over the blocks until nothing changes.
import { ARG_A, GPR0, GPR_COUNT, LOGIC, OP, WFE } from '../../drivers/mtk-cmdq/instruction.js';
import { a16Of, assignsNumber, type Block, type Flow, opOf, registerWritten, sopOf } from './lint-flow.js';

/** The mask: set on no way, or not on every; used by an access already; fresh. Of two ways the smaller counts. */
export const MASK = { UNSET: 0, USED: 1, FRESH: 2 } as const;
/** A register: not set on every way; set, nobody knows to what; a number. */
const REGISTER = { UNSET: 0, SET: 1, NUMBER: 2 } as const;

const EVENT_WORDS = 32;
/** SPR, GPR, and the pairs of GPR. */
const REGISTERS = 56;
const P0 = 48;

/** Masked WRITE and POLL have an odd offset, WRITE_S an operation of its own. */
export function usesMask(high: number): boolean {
  const op = opOf(high);
  return op === OP.WRITE_S_MASK || ((op === OP.WRITE || op === OP.POLL) && (high & 1) !== 0);
}

/** It sets the mask, and no register. */
export function setsMask(high: number): boolean {
  return opOf(high) === OP.MASK && (high & ARG_A.DST_REG) === 0;
}

/** Bit 15 of WFE's operand, with the value of bits 11..0. */
export function waitsFor(low: number): number | undefined {
  return (low & WFE.WAIT) === 0 ? undefined : low & 0xfff;
}

/** Bit 31 of WFE's operand, with the value of bits 27..16. */
function updatesTo(low: number): number | undefined {
  return (low & WFE.UPDATE) === 0 ? undefined : (low >>> 16) & 0xfff;
}

/** What is known at one place. Reused from block to block. */
export class State {
  /** A bit for each event that was cleared, or waited for with clearing, on every way. */
  readonly #cleared = new Uint32Array(EVENT_WORDS);
  /** A bit for each event that the program set, or left set, on some way. */
  readonly #raised = new Uint32Array(EVENT_WORDS);
  readonly #kinds = new Uint8Array(REGISTERS);
  readonly #numbers = new Uint32Array(REGISTERS);
  mask: number = MASK.UNSET;

  isCleared(event: number): boolean {
    return has(this.#cleared, event);
  }

  isRaised(event: number): boolean {
    return has(this.#raised, event);
  }

  /** False for a register that is not set on every way. Of registers that are not followed nobody knows. */
  isSet(register: number): boolean {
    return register >= REGISTERS || this.#kinds[register] !== REGISTER.UNSET;
  }

  /** The number that a register has on every way. */
  number(register: number): number | undefined {
    return this.#kinds[register] === REGISTER.NUMBER ? this.#numbers[register] : undefined;
  }

  /** Becomes what the other is. */
  copy(other: State): void {
    this.#cleared.set(other.#cleared);
    this.#raised.set(other.#raised);
    this.#kinds.set(other.#kinds);
    this.#numbers.set(other.#numbers);
    this.mask = other.mask;
  }

  /** Another way leads here: only what both know is known. Answers whether that was news. */
  meet(other: State): boolean {
    let changed = other.mask < this.mask;
    if (changed) this.mask = other.mask;
    for (let i = 0; i < EVENT_WORDS; i++) {
      const cleared = ((this.#cleared[i] as number) & (other.#cleared[i] as number)) >>> 0;
      const raised = ((this.#raised[i] as number) | (other.#raised[i] as number)) >>> 0;
      changed ||= cleared !== this.#cleared[i] || raised !== this.#raised[i];
      this.#cleared[i] = cleared;
      this.#raised[i] = raised;
    }
    for (let i = 0; i < REGISTERS; i++) {
      const [a, b] = [this.#kinds[i] as number, other.#kinds[i] as number];
      const differs = a === REGISTER.NUMBER && b === a && this.#numbers[i] !== other.#numbers[i];
      const kind = differs ? REGISTER.SET : Math.min(a, b);
      changed ||= kind !== a;
      this.#kinds[i] = kind;
    }
    return changed;
  }

  /** An instruction was run. */
  step(high: number, low: number): void {
    if (setsMask(high)) this.mask = MASK.FRESH;
    else if (usesMask(high) && this.mask === MASK.FRESH) this.mask = MASK.USED;
    if (opOf(high) === OP.WFE && a16Of(high) < EVENT_WORDS * 32) this.#event(a16Of(high), low);
    const register = registerWritten(high);
    if (register >= 0 && register < REGISTERS) this.#assign(register, high, low);
  }

  #event(event: number, low: number): void {
    const update = updatesTo(low);
    const value = update ?? waitsFor(low);
    if (value === undefined) return;
    put(this.#cleared, event, value === 0);
    put(this.#raised, event, value !== 0);
  }

  #assign(register: number, high: number, low: number): void {
    const copied = opOf(high) === OP.LOGIC && sopOf(high) === LOGIC.assign ? this.number(low >>> 16) : undefined;
    const number = assignsNumber(high) ? low : copied;
    this.#kinds[register] = number === undefined ? REGISTER.SET : REGISTER.NUMBER;
    this.#numbers[register] = number ?? 0;
    if (register >= P0) {
      this.#setOnly(GPR0 + (register - P0) * 2);
      this.#setOnly(GPR0 + (register - P0) * 2 + 1);
    } else if (register >= GPR0 && register < GPR0 + GPR_COUNT) this.#setOnly(P0 + ((register - GPR0) >>> 1));
  }

  #setOnly(register: number): void {
    this.#kinds[register] = REGISTER.SET;
  }
}

function has(bits: Uint32Array, event: number): boolean {
  return ((bits[event >>> 5] as number) & (2 ** (event & 31))) !== 0;
}

function put(bits: Uint32Array, event: number, value: boolean): void {
  const bit = 2 ** (event & 31);
  const word = bits[event >>> 5] as number;
  bits[event >>> 5] = (value ? word | bit : word & ~bit) >>> 0;
}

/** Of more blocks the states are not kept. */
const MAX_BLOCKS = 8192;
/** Each block is looked at this often on average before it is given up: real programs need three. */
const ROUNDS = 64;

/** The state in front of each block; undefined when there are too many jumps to be followed. */
export function statesOf(flow: Flow, blocks: readonly Block[]): readonly State[] | undefined {
  if (blocks.length > MAX_BLOCKS) return undefined;
  const states: (State | undefined)[] = blocks.map((_, number) => (number === 0 ? new State() : undefined));
  const isOpen = new Uint8Array(blocks.length);
  const open: number[] = blocks.length === 0 ? [] : [0];
  const at = new State();
  let left = ROUNDS * flow.count;
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    isOpen[number] = 0;
    const { from, to, next } = blocks[number] as Block;
    left -= to - from;
    if (left < 0) return undefined;
    at.copy(states[number] as State);
    for (let i = from; i < to; i++) at.step(flow.high(i), flow.low(i));
    for (const follower of next) {
      const known = states[follower];
      if (known === undefined) (states[follower] = new State()).copy(at);
      else if (!known.meet(at)) continue;
      if (isOpen[follower] === 1) continue;
      isOpen[follower] = 1;
      open.push(follower);
    }
  }
  return states as State[];
}

/** By block: an access of it or behind it uses the mask that was there before. */
export function maskNeeded(flow: Flow, blocks: readonly Block[]): Uint8Array {
  const own = blocks.map((block) => firstUse(flow, block));
  const needed = Uint8Array.from(own, (use) => (use === true || (use === undefined && flow.vague) ? 1 : 0));
  for (let changed = true; changed; ) {
    changed = false;
    for (let number = blocks.length - 1; number >= 0; number--) {
      if (needed[number] === 1 || own[number] !== undefined) continue;
      if (!(blocks[number] as Block).next.some((follower) => needed[follower] === 1)) continue;
      needed[number] = 1;
      changed = true;
    }
  }
  return needed;
}

/** True where the mask is used first, false where it is set first, undefined where neither is. */
function firstUse(flow: Flow, { from, to }: Block): boolean | undefined {
  for (let i = from; i < to; i++) {
    const high = flow.high(i);
    if (usesMask(high)) return true;
    if (setsMask(high)) return false;
  }
  return undefined;
}
