// Arithmetic and conditional jumps of the assembly language: `spr1 = spr2 + 0x5`, `if spr1 >= spr2 jump [spr3]`.
import { CONDITIONS, OPERATORS } from '../../drivers/mtk-cmdq/disassemble-operations.js';
import { registerIndex } from '../../drivers/mtk-cmdq/disassemble-text.js';
import { ARG_A, high, LOGIC, OP, SOP_SHIFT } from '../../drivers/mtk-cmdq/instruction.js';
import type { Encoder } from './mnemonics.js';
import { readRegister, readValue } from './operand.js';
import { type Part, trimmed } from './statement.js';

/** An operand: a register, or a number of 16 bits. */
interface Operand {
  readonly value: number;
  readonly isReg: boolean;
}

const BINARY = /^(\S+?)\s*(\+|\*|\^|<<|>>|&|(?<!^)\||(?<!^)-)\s*(\S.*)$/;

/** `name rest` is `REGISTER = …`. */
export function encodeLogic(c: Encoder, name: Part, rest: Part): void {
  // Columns stay right although the two parts were taken apart: between them are only spaces.
  const whole = name.text + ' '.repeat(rest.column - name.column - name.text.length) + rest.text;
  const equals = whole.indexOf('=');
  const target = trimmed(whole.slice(0, equals), name.column - 1);
  const value = trimmed(whole.slice(equals + 1), name.column + equals);
  const register = readRegister(c, target);
  if (register === undefined) return;
  const emit = (sop: number, types: number, low: number): void =>
    c.emit(high(OP.LOGIC, ARG_A.DST_REG | types | (sop << SOP_SHIFT) | register), low >>> 0);
  if (value.text.startsWith('~') && isRegister(c, value.text.slice(1).trim())) return emitNot(c, value, emit);
  if (isRegister(c, value.text)) {
    const source = readRegister(c, value);
    return source === undefined ? undefined : emit(LOGIC.assign, ARG_A.SRC_REG, source << 16);
  }
  const binary = BINARY.exec(value.text);
  if (binary !== null && isOperation(c, binary)) return emitBinary(c, value, binary, emit);
  if (/^~\s*0x[\da-f]{1,4}$/i.test(value.text)) return emitNot(c, value, emit);
  const number = readValue(c, value);
  if (number !== undefined) emit(LOGIC.assign, 0, number);
}

type Emit = (sop: number, types: number, low: number) => void;

function emitNot(c: Encoder, value: Part, emit: Emit): void {
  const left = readOperand(c, trimmed(value.text.slice(1), value.column));
  if (left !== undefined) emit(LOGIC.not, left.isReg ? ARG_A.SRC_REG : 0, left.value << 16);
}

function emitBinary(
  c: Encoder,
  value: Part,
  [whole, a = '', operator = '', b = '']: RegExpExecArray,
  emit: Emit,
): void {
  const left = readOperand(c, { text: a, column: value.column });
  const right = readOperand(c, { text: b.trim(), column: value.column + whole.lastIndexOf(b) });
  if (left !== undefined && right !== undefined)
    emit(OPERATORS.indexOf(operator), typesOf(left, right), lowOf(left, right));
}

/** `A | B` of two numbers is one number, unless both are written as operands of 16 bits: `0x0001 | 0x0002`. */
function isOperation(c: Encoder, [, a = '', operator = '', b = '']: RegExpExecArray): boolean {
  return operator !== '|' || isRegister(c, a) || isRegister(c, b) || (isShort(a) && isShort(b));
}

const isShort = (text: string): boolean => /^0x[\da-f]{4}$/i.test(text);

function isRegister({ equs }: Encoder, text: string): boolean {
  return registerIndex(text) !== undefined && !equs.has(text);
}

const typesOf = (left: Operand, right: Operand): number =>
  (left.isReg ? ARG_A.SRC_REG : 0) | (right.isReg ? ARG_A.C_REG : 0);
const lowOf = (left: Operand, right: Operand): number => ((left.value << 16) | right.value) >>> 0;

function readOperand(c: Encoder, part: Part): Operand | undefined {
  if (isRegister(c, part.text)) {
    const value = readRegister(c, part);
    return value === undefined ? undefined : { value, isReg: true };
  }
  const value = readValue(c, part);
  if (value === undefined) return undefined;
  if (value <= 0xffff) return { value, isReg: false };
  c.say('operand-size', part.column, { text: part.text });
  return undefined;
}

const CONDITIONAL = /^(\S+?)\s*(==|!=|>=|<=|>|<)\s*(\S+)\s+(jump|jump_abs)\s+\[\s*(\w+)\s*\]$/;

/** `rest` is what stands behind `if`. */
export function encodeConditional(c: Encoder, rest: Part): void {
  const match = CONDITIONAL.exec(rest.text);
  if (match === null) return c.say('condition', rest.column);
  const [, a = '', condition = '', b = '', jump = '', target = ''] = match;
  const left = readOperand(c, { text: a, column: rest.column });
  const right = readOperand(c, { text: b, column: rest.column + rest.text.indexOf(b, a.length + condition.length) });
  const register = readRegister(c, { text: target, column: rest.column + rest.text.lastIndexOf(target) });
  if (left === undefined || right === undefined || register === undefined) return;
  const op = jump === 'jump' ? OP.JUMP_C_RELATIVE : OP.JUMP_C_ABSOLUTE;
  const argA = ARG_A.DST_REG | typesOf(left, right) | (CONDITIONS.indexOf(condition) << SOP_SHIFT) | register;
  c.emit(high(op, argA), lowOf(left, right));
}
