// The effects of a program, found by following it once with values of registers as far as they are known. Both ways of
// a condition that is not known are followed; a jump back to where it was is a loop and ends its way.
import { CONDITIONS, OPERATORS, jumpAddress, jumpDistance } from '../../drivers/mtk-cmdq/disassemble-operations.js';
import type { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { registerText } from '../../drivers/mtk-cmdq/disassemble-text.js';
import {
  ADDR_IN_REG,
  ARG_A,
  EOC_IRQ_EN,
  GPR0,
  INST_SIZE,
  LOGIC,
  OFFSET_MASKED,
  OP,
  SOP_MAX,
  SOP_SHIFT,
  WFE_ACQUIRE,
  WFE_CLEAR,
  WFE_SET,
  WFE_WAIT,
  WFE_WAIT_AND_CLEAR,
} from '../../drivers/mtk-cmdq/instruction.js';
import type { Effect, EffectKind, Effects, Write } from './effect.js';
import type { Symbol32, Symbols } from './symbols.js';
import { eventText } from './thread-words.js';

/** What is followed. */
export interface Followed {
  readonly bytes: Uint8Array;
  readonly base: number | undefined;
  readonly names: CmdqNames;
}

const MOST_BRANCHES = 256;
const PAIR0 = 48;
const PAIRS = 8;
const ALL_BITS = 0xffff_ffff;

/** Follows it. `symbols` is shared by the programs that are compared. */
export function effectsOf(program: Followed, symbols: Symbols): Effects {
  return new Follower(program, symbols).run();
}

/** A way that is still to be followed. */
interface Branch {
  readonly offset: number;
  readonly registers: Map<number, Symbol32>;
  readonly mask: number;
  /** Number of the effect with its condition. */
  readonly of: number;
}

class Follower {
  readonly #view: DataView;
  readonly #end: number;
  readonly #base: number | undefined;
  readonly #names: CmdqNames;
  readonly #symbols: Symbols;
  readonly #list: Effect[] = [];
  /** The effect that an offset begins with, where it was followed before. */
  readonly #visited = new Map<number, number>();
  readonly #reads = new Map<number, number>();
  readonly #branches: Branch[] = [];
  #registers = new Map<number, Symbol32>();
  /** Bits that a masked access leaves alone. */
  #mask = 0;
  #at = 0;
  #next: number | undefined = 0;
  #isCut = false;

  constructor({ bytes, base, names }: Followed, symbols: Symbols) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#end = bytes.length - (bytes.length % INST_SIZE);
    this.#base = base;
    this.#names = names;
    this.#symbols = symbols;
  }

  run(): Effects {
    this.#follow(0);
    for (let i = 0; i < this.#branches.length; i++) {
      const { offset, registers, mask, of } = this.#branches[i] as Branch;
      this.#registers = registers;
      this.#mask = mask;
      this.#at = offset;
      this.#add('section', `section ${this.#list[of]?.key}`, `if the condition of effect ${of + 1} holds:`);
      this.#follow(offset);
    }
    return { list: this.#list, isCut: this.#isCut };
  }

  #follow(from: number): void {
    for (let at: number | undefined = from; at !== undefined && at !== this.#end; at = this.#next) {
      this.#at = at;
      const before = this.#visited.get(at);
      if (before !== undefined) return this.#goesOnFrom(before);
      if (at < 0 || at > this.#end || at % INST_SIZE !== 0) {
        return this.#add('leave', `leave ${at - this.#end}`, `leaves the program, to offset ${signed(at)}`);
      }
      this.#visited.set(at, this.#list.length);
      this.#next = at + INST_SIZE;
      this.#instruction(this.#view.getUint32(at + 4, true), this.#view.getUint32(at, true));
    }
  }

  /** The number of an effect is another one in another program; what it is, is not. */
  #goesOnFrom(index: number): void {
    const key = `loop ${this.#list[index]?.key ?? 'nothing'}`;
    this.#add('loop', key, index < this.#list.length ? `goes on as from effect ${index + 1}` : 'goes round for ever');
  }

  #add(kind: EffectKind, key: string, text: string, write?: Write): void {
    this.#list.push({ kind, key, text, offset: this.#at, write });
  }

  #instruction(high: number, low: number): void {
    const op = high >>> 24;
    if (op === OP.MASK) return this.#setMask(high, low);
    if (op === OP.WRITE || op === OP.POLL) return this.#near(op, high, low);
    if (op === OP.WRITE_S || op === OP.WRITE_S_MASK) return this.#writeFar(op, high, low);
    if (op === OP.READ_S) return this.#readFar(high, low);
    if (op === OP.LOGIC) return this.#logic(high, low);
    if (op === OP.WFE) return this.#event(high & 0xffff, low);
    if (op === OP.EOC) return this.#eoc(high, low);
    if (op === OP.JUMP) return this.#jump(high, low);
    if (op === OP.JUMP_C_ABSOLUTE || op === OP.JUMP_C_RELATIVE) return this.#jumpIf(op, high, low);
    this.#next = undefined;
    this.#add('stop', `stop ${op}`, `stops: there is no operation 0x${op.toString(16).padStart(2, '0')}`);
  }

  #get(register: number): Symbol32 {
    const number = asGpr(register);
    return this.#registers.get(number) ?? this.#symbols.initial(number, registerText(number));
  }

  #set(register: number, value: Symbol32): void {
    this.#registers.set(asGpr(register), value);
    if (isPair(register)) this.#registers.set(asGpr(register) + 1, this.#symbols.number(0));
  }

  #setMask(high: number, low: number): void {
    if ((high & ARG_A.DST_REG) === 0) this.#mask = low;
    else this.#set(GPR0 + sopOf(high), this.#symbols.number(low));
  }

  #near(op: number, high: number, low: number): void {
    const offset = high & 0xffff;
    const inReg = (high & ARG_A.DST_REG) !== 0;
    const place = inReg ? this.#get(GPR0 + sopOf(high)) : this.#window(sopOf(high), offset & 0xfffc);
    const bits = (offset & OFFSET_MASKED) === 0 ? ALL_BITS : ~this.#mask >>> 0;
    const value = (high & ARG_A.SRC_REG) === 0 ? this.#symbols.number(low) : this.#get(GPR0 + low);
    if (op === OP.WRITE) return this.#write(place, value, bits);
    const wanted = value.number === undefined ? value : this.#symbols.number(value.number & bits);
    const text = `polls ${this.#placeText(place)} for ${wanted.text}${bitsText(bits)}`;
    this.#add('poll', `poll ${place.id} ${wanted.id} ${bits}`, text);
  }

  /** Where a window is not known, its number and the offset stand for the address. */
  #window(subsys: number, offset: number): Symbol32 {
    const window = this.#names.windowOf(subsys);
    if (window !== undefined) return this.#symbols.number(window + offset);
    const number = -1 - (subsys * 0x1_0000 + offset);
    return this.#symbols.initial(number, `${subsys}:0x${offset.toString(16).padStart(4, '0')}`);
  }

  #placeText({ number, text }: Symbol32): string {
    return number === undefined ? text : (this.#names.registerName(number) ?? text);
  }

  #write(place: Symbol32, value: Symbol32, bits: number): void {
    const name = this.#placeText(place);
    const kept = value.number === undefined ? value : this.#symbols.number(value.number & bits);
    const write = { place, name, value: kept, bits };
    this.#add('write', `write ${place.id} ${kept.id} ${bits}`, `${name} = ${kept.text}${bitsText(bits)}`, write);
  }

  /** The three forms of an address (facts cmdq §4.5). */
  #far(sop: number, low: number, inReg: boolean): Symbol32 {
    if ((low & ADDR_IN_REG) !== 0) {
      const { operation, number } = this.#operations();
      const upper = operation(LOGIC.leftShift, '<<', this.#get(sop), number(16));
      return operation(LOGIC.or, '|', upper, number(low & 0xfffc));
    }
    return inReg ? this.#get(low) : this.#window(sop, low & 0xfffc);
  }

  #operations(): Pick<Symbols, 'operation' | 'number'> {
    const symbols = this.#symbols;
    return { operation: (...args) => symbols.operation(...args), number: (value) => symbols.number(value) };
  }

  #writeFar(op: number, high: number, low: number): void {
    const place = this.#far(sopOf(high), high & 0xffff, (high & ARG_A.DST_REG) !== 0);
    const value = (high & ARG_A.SRC_REG) === 0 ? this.#symbols.number(low) : this.#get(low >>> 16);
    this.#write(place, value, op === OP.WRITE_S_MASK ? ~this.#mask >>> 0 : ALL_BITS);
  }

  #readFar(high: number, low: number): void {
    const place = this.#far(sopOf(high), low >>> 16, (high & ARG_A.SRC_REG) !== 0);
    const nth = this.#reads.get(place.id) ?? 0;
    this.#reads.set(place.id, nth + 1);
    const name = this.#placeText(place);
    this.#set(high & 0xffff, this.#symbols.read(place, nth, name));
    this.#add('read', `read ${place.id}`, `reads ${name}`);
  }

  #logic(high: number, low: number): void {
    const sop = sopOf(high);
    const text = OPERATORS[sop] ?? '';
    const plain = sop === LOGIC.assign && (high & ARG_A.SRC_REG) === 0;
    const left = plain ? this.#symbols.number(low) : this.#operand(low >>> 16, (high & ARG_A.SRC_REG) !== 0);
    const right = this.#operand(low & 0xffff, (high & ARG_A.C_REG) !== 0);
    if (sop !== LOGIC.assign && sop !== LOGIC.not && text === '') {
      this.#next = undefined;
      return this.#add('stop', `stop logic ${sop}`, `stops: there is no operator ${sop}`);
    }
    this.#set(high & 0xffff, sop === LOGIC.assign ? left : this.#symbols.operation(sop, text, left, right));
  }

  #operand(value: number, isReg: boolean): Symbol32 {
    return isReg ? this.#get(value) : this.#symbols.number(value);
  }

  #event(id: number, low: number): void {
    const [kind, words] = USUAL.get(low) ?? ['sync', `synchronises (0x${low.toString(16)}) with event`];
    this.#add(kind, `${words} ${id} ${low}`, `${words} ${eventText(id, this.#names)}`);
  }

  #eoc(high: number, low: number): void {
    const counts = (high & ARG_A.EOC_NO_COUNT) === 0 && low <= EOC_IRQ_EN;
    const raises = (low & EOC_IRQ_EN) !== 0;
    if (!counts && !raises) return;
    const text = raises
      ? `raises its interrupt${counts ? '' : ', without counting'}`
      : 'counts an end, without interrupt';
    this.#add('interrupt', text, text);
  }

  #jump(high: number, low: number): void {
    const absolute = (high & ARG_A.JUMP_ABSOLUTE) !== 0;
    const { shift } = this.#names;
    if ((high & ARG_A.SRC_REG) === 0) {
      return this.#goTo(absolute ? this.#offsetOf(jumpAddress(low, shift)) : this.#at + jumpDistance(low, shift), low);
    }
    this.#goTo(this.#target(this.#get(low), absolute), this.#get(low).text);
  }

  /** Where a jump by register leads; undefined where that is not known. */
  #target({ number }: Symbol32, absolute: boolean): number | undefined {
    if (number === undefined) return undefined;
    const { shift } = this.#names;
    return absolute ? this.#offsetOf(jumpAddress(number, shift)) : this.#at + jumpDistance(number, shift);
  }

  #offsetOf(addr: number): number | undefined {
    return this.#base === undefined ? undefined : addr - this.#base;
  }

  #goTo(offset: number | undefined, to: number | string): void {
    this.#next = offset;
    if (offset !== undefined) return;
    const text = typeof to === 'number' ? `0x${to.toString(16)}` : to;
    this.#add('leave', `leave ${text}`, `leaves the program, to ${text}`);
  }

  #jumpIf(op: number, high: number, low: number): void {
    const condition = CONDITIONS[sopOf(high)];
    const left = this.#operand(low >>> 16, (high & ARG_A.SRC_REG) !== 0);
    const right = this.#operand(low & 0xffff, (high & ARG_A.C_REG) !== 0);
    const register = this.#get(high & 0xffff);
    const target = this.#target(register, op === OP.JUMP_C_ABSOLUTE);
    if (condition === undefined) {
      this.#next = undefined;
      return this.#add('stop', `stop condition ${sopOf(high)}`, `stops: there is no condition ${sopOf(high)}`);
    }
    const holds = decide(condition, left, right);
    if (holds === true) return this.#goTo(target, register.text);
    if (holds === false) return;
    this.#add('branch', `if ${left.id} ${condition} ${right.id}`, `if ${left.text} ${condition} ${right.text}`);
    if (target === undefined || this.#branches.length >= MOST_BRANCHES) {
      this.#isCut ||= target !== undefined;
      return;
    }
    const of = this.#list.length - 1;
    this.#branches.push({ offset: target, registers: new Map(this.#registers), mask: this.#mask, of });
  }
}

const USUAL: ReadonlyMap<number, readonly [EffectKind, string]> = new Map([
  [WFE_WAIT_AND_CLEAR, ['wait', 'waits for, and clears, event']],
  [WFE_WAIT, ['wait', 'waits for event']],
  [WFE_CLEAR, ['clear', 'clears event']],
  [WFE_SET, ['set', 'sets event']],
  [WFE_ACQUIRE, ['acquire', 'acquires event']],
]);

const sopOf = (high: number): number => (high >>> SOP_SHIFT) & SOP_MAX;
const isPair = (register: number): boolean => register >= PAIR0 && register < PAIR0 + PAIRS;
const asGpr = (register: number): number => (isPair(register) ? GPR0 + 2 * (register - PAIR0) : register);
const bitsText = (bits: number): string =>
  bits === ALL_BITS ? '' : ` in bits 0x${bits.toString(16).padStart(8, '0')}`;
const signed = (value: number): string => (value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`);

function decide(condition: string, { number: a }: Symbol32, { number: b }: Symbol32): boolean | undefined {
  if (a === undefined || b === undefined) return undefined;
  const less = a < b;
  const equal = a === b;
  if (condition === '==') return equal;
  if (condition === '!=') return !equal;
  if (condition === '<') return less;
  if (condition === '<=') return less || equal;
  return condition === '>' ? !less && !equal : !less;
}
