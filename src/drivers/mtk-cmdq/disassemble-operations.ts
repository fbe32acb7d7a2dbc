// How each operation is written (facts cmdq §2.8, §4): one function per operation in a table by opcode. A function
// answers false for a word whose text would not be read back as the same bits; it is shown as a number then.
import { type TextOut, type Word, word } from './disassemble-out.js';
import { type InstructionNames, writeEvent, writePlace, writeRegister } from './disassemble-text.js';
import {
  ADDR_IN_REG,
  ARG_A,
  CONDITION,
  EOC_IRQ_EN,
  GPR0,
  GPR_COUNT,
  LOGIC,
  OFFSET_MASKED,
  OP,
  SOP_MAX,
  SOP_SHIFT,
  WFE,
  WFE_ACQUIRE,
  WFE_CLEAR,
  WFE_SET,
  WFE_WAIT,
  WFE_WAIT_AND_CLEAR,
} from './instruction.js';

/** Writes a word whose halves are `high` and `low`. */
export type Writer = (out: TextOut, high: number, low: number, names: InstructionNames) => boolean;

const TYPES = ARG_A.DST_REG | ARG_A.SRC_REG | ARG_A.C_REG;
/** arg_b of EOC that is no end: marks for the fetching of instructions ahead (facts cmdq §4.4). */
export const PREFETCH_ON = 0x0013_0000;
/** Its counterpart. */
export const PREFETCH_OFF = 0x0010_0000;
/** EOC: the thread is not suspended here (arg_a). */
export const EOC_NO_SUSPEND: number = 1 << 21;

/** Everything that is written around names and numbers. */
const WORDS = {
  ...{ COMMA: word(', '), OPEN: word('['), CLOSE: word(']'), COLON: word(':'), EQUALS: word(' = ') },
  ...{ MASK: word('mask '), MOVE: word('move '), READ_S: word('read_s '), IF: word('if '), TILDE: word('~') },
  ...{ PLUS: word('+'), MINUS: word('-'), JUMP: word('jump '), JUMP_ABS: word('jump_abs ') },
  ...{ EOC: word('eoc'), NO_IRQ: word(' no_irq'), NO_COUNT: word(' no_count'), NO_SUSPEND: word(' no_suspend') },
  ...{ PREFETCH_ON: word('prefetch on'), PREFETCH_OFF: word('prefetch off') },
  ...{ SYNC: word('sync '), SYNC_WAIT: word(', wait='), SYNC_SET: word(', set=') },
} as const;

const argA = (high: number): number => high & 0xff_ffff;
const sopOf = (high: number): number => (high >>> SOP_SHIFT) & SOP_MAX;
const a16Of = (high: number): number => high & 0xffff;

/** Numbers of GPR count from 0 where nothing else can stand. */
function writeGpr(out: TextOut, index: number): boolean {
  if (index >= GPR_COUNT) return false;
  writeRegister(out, GPR0 + index);
  return true;
}

const writeMask: Writer = (out, high, low) => {
  if (argA(high) === 0) {
    out.word(WORDS.MASK);
    out.hex8(~low);
    return true;
  }
  if ((high & TYPES) !== ARG_A.DST_REG || a16Of(high) !== 0) return false;
  out.word(WORDS.MOVE);
  if (!writeGpr(out, sopOf(high))) return false;
  out.word(WORDS.COMMA);
  out.hex8(low);
  return true;
};

/** WRITE and POLL: the place by subsystem or by register, bit 0 of the offset for the mask, the value. */
const writeAccess =
  (plain: Word, masked: Word, fromReg: boolean): Writer =>
  (out, high, low, names) => {
    const offset = a16Of(high);
    if ((high & ARG_A.C_REG) !== 0 || (!fromReg && (high & ARG_A.SRC_REG) !== 0)) return false;
    out.word((offset & OFFSET_MASKED) === 0 ? plain : masked);
    if ((high & ARG_A.DST_REG) === 0) writePlace(out, sopOf(high), offset & ~OFFSET_MASKED, names);
    else {
      out.word(WORDS.OPEN);
      if (offset > OFFSET_MASKED || !writeGpr(out, sopOf(high))) return false;
      out.word(WORDS.CLOSE);
    }
    out.word(WORDS.COMMA);
    if ((high & ARG_A.SRC_REG) !== 0) return writeGpr(out, low);
    out.hex8(low);
    return true;
  };

/** Bytes that a relative jump goes; more than 32 bits where code addresses are shifted. */
export function jumpDistance(low: number, shift: number): number {
  return (low | 0) * 2 ** shift;
}

/** The byte address that a jump's operand means. */
export function jumpAddress(low: number, shift: number): number {
  return (low >>> 0) * 2 ** shift;
}

/** Code addresses have up to 35 bits. */
function writeAddress(out: TextOut, addr: number): void {
  if (addr > 0xffff_ffff) out.text(`0x${addr.toString(16)}`);
  else out.hex8(addr);
}

const writeJump: Writer = (out, high, low, { shift }) => {
  const how = argA(high) & ~ARG_A.SRC_REG;
  if (how > ARG_A.JUMP_ABSOLUTE) return false;
  out.word(how === ARG_A.JUMP_ABSOLUTE ? WORDS.JUMP_ABS : WORDS.JUMP);
  if ((high & ARG_A.SRC_REG) !== 0) {
    out.word(WORDS.OPEN);
    writeRegister(out, low);
    out.word(WORDS.CLOSE);
    return low <= 0xffff;
  }
  if (how === ARG_A.JUMP_ABSOLUTE) writeAddress(out, jumpAddress(low, shift));
  else {
    const bytes = jumpDistance(low, shift);
    out.word(bytes < 0 ? WORDS.MINUS : WORDS.PLUS);
    out.decimal(Math.abs(bytes));
  }
  return true;
};

const USUAL_WFE: ReadonlyMap<number, Word> = new Map([
  [WFE_WAIT_AND_CLEAR, word('wait ')],
  [WFE_WAIT, word('wait_keep ')],
  [WFE_CLEAR, word('clear ')],
  [WFE_SET, word('set ')],
  [WFE_ACQUIRE, word('acquire ')],
]);

const writeWfe: Writer = (out, high, low, names) => {
  if (argA(high) > 0xffff) return false;
  const usual = USUAL_WFE.get(low);
  out.word(usual ?? WORDS.SYNC);
  writeEvent(out, a16Of(high), names);
  return usual !== undefined || writeSync(out, low);
};

/** Any other use: what is waited for, and what is put there. Values without their bit, and other operators, are odd. */
function writeSync(out: TextOut, low: number): boolean {
  const [waited, put] = [low & 0xfff, (low >>> 16) & 0xfff];
  const isUpdate = (low & WFE.UPDATE) !== 0;
  const isWait = (low & WFE.WAIT) !== 0;
  if (isWait) {
    out.word(WORDS.SYNC_WAIT);
    out.decimal(waited);
  }
  if (isUpdate) {
    out.word(WORDS.SYNC_SET);
    out.decimal(put);
  }
  return (low & 0x7000_7000) === 0 && (isUpdate || put === 0) && (isWait || waited === 0);
}

const writeEoc: Writer = (out, high, low) => {
  const a = argA(high);
  if (a === 0 && (low === PREFETCH_ON || low === PREFETCH_OFF)) {
    out.word(low === PREFETCH_ON ? WORDS.PREFETCH_ON : WORDS.PREFETCH_OFF);
    return true;
  }
  out.word(WORDS.EOC);
  if (low === 0) out.word(WORDS.NO_IRQ);
  if ((a & ARG_A.EOC_NO_COUNT) !== 0) out.word(WORDS.NO_COUNT);
  if ((a & EOC_NO_SUSPEND) !== 0) out.word(WORDS.NO_SUSPEND);
  return (a & ~(ARG_A.EOC_NO_COUNT | EOC_NO_SUSPEND)) === 0 && low <= EOC_IRQ_EN;
};

/** The three forms of an address of READ_S and WRITE_S (facts cmdq §4.5); `inReg`: the type bit of a whole address. */
function writeFar(out: TextOut, sop: number, low: number, inReg: boolean, names: InstructionNames): boolean {
  if (inReg) {
    out.word(WORDS.OPEN);
    writeRegister(out, low);
    out.word(WORDS.CLOSE);
    return sop === 0 && (low & ADDR_IN_REG) === 0;
  }
  if ((low & OFFSET_MASKED) !== 0) return false;
  if ((low & ADDR_IN_REG) === 0) writePlace(out, sop, low, names);
  else {
    out.word(WORDS.OPEN);
    writeRegister(out, sop);
    out.word(WORDS.COLON);
    out.hex4(low & ~ADDR_IN_REG);
    out.word(WORDS.CLOSE);
  }
  return true;
}

const writeReadS: Writer = (out, high, low, names) => {
  if ((high & ARG_A.DST_REG) === 0 || (high & ARG_A.C_REG) !== 0 || (low & 0xffff) !== 0) return false;
  out.word(WORDS.READ_S);
  writeRegister(out, a16Of(high));
  out.word(WORDS.COMMA);
  return writeFar(out, sopOf(high), low >>> 16, (high & ARG_A.SRC_REG) !== 0, names);
};

const writeWriteS =
  (name: Word): Writer =>
  (out, high, low, names) => {
    const fromReg = (high & ARG_A.SRC_REG) !== 0;
    if ((high & ARG_A.C_REG) !== 0 || (fromReg && (low & 0xffff) !== 0)) return false;
    out.word(name);
    if (!writeFar(out, sopOf(high), a16Of(high), (high & ARG_A.DST_REG) !== 0, names)) return false;
    out.word(WORDS.COMMA);
    if (fromReg) writeRegister(out, low >>> 16);
    else out.hex8(low);
    return true;
  };

/** Operators between two operands, by number. */
export const OPERATORS: readonly (string | undefined)[] = byNumber([
  [LOGIC.add, '+'],
  [LOGIC.subtract, '-'],
  [LOGIC.multiply, '*'],
  [LOGIC.xor, '^'],
  [LOGIC.or, '|'],
  [LOGIC.and, '&'],
  [LOGIC.leftShift, '<<'],
  [LOGIC.rightShift, '>>'],
]);
/** Conditions by number. */
export const CONDITIONS: readonly (string | undefined)[] = byNumber(
  Object.entries(CONDITION).map(([text, number]) => [number, text]),
);
const OPERATOR_WORDS = OPERATORS.map((text) => (text === undefined ? undefined : word(` ${text} `)));
const CONDITION_WORDS = CONDITIONS.map((text) => (text === undefined ? undefined : word(` ${text} `)));

function byNumber(rows: readonly (readonly [number: number, text: string])[]): (string | undefined)[] {
  return Array.from({ length: SOP_MAX + 1 }, (_, number) => rows.find(([wanted]) => wanted === number)?.[1]);
}

function writeOperand(out: TextOut, value: number, isReg: boolean): void {
  if (isReg) writeRegister(out, value);
  else out.hex4(value);
}

function writeBoth(out: TextOut, high: number, low: number, between: Word): void {
  writeOperand(out, low >>> 16, (high & ARG_A.SRC_REG) !== 0);
  out.word(between);
  writeOperand(out, low & 0xffff, (high & ARG_A.C_REG) !== 0);
}

const writeLogic: Writer = (out, high, low) => {
  if ((high & ARG_A.DST_REG) === 0) return false;
  writeRegister(out, a16Of(high));
  out.word(WORDS.EQUALS);
  const sop = sopOf(high);
  const operator = OPERATOR_WORDS[sop];
  if (operator !== undefined) {
    writeBoth(out, high, low, operator);
    return true;
  }
  const fromReg = (high & ARG_A.SRC_REG) !== 0;
  if ((high & ARG_A.C_REG) !== 0) return false;
  if (sop === LOGIC.assign && !fromReg) {
    out.hex8(low);
    return true;
  }
  if (sop === LOGIC.not) out.word(WORDS.TILDE);
  writeOperand(out, low >>> 16, fromReg);
  return (sop === LOGIC.not || sop === LOGIC.assign) && (low & 0xffff) === 0;
};

const writeConditional =
  (jump: Word): Writer =>
  (out, high, low) => {
    const condition = CONDITION_WORDS[sopOf(high)];
    if (condition === undefined || (high & ARG_A.DST_REG) === 0) return false;
    out.word(WORDS.IF);
    writeBoth(out, high, low, condition);
    out.word(jump);
    writeRegister(out, a16Of(high));
    out.word(WORDS.CLOSE);
    return true;
  };

/** By opcode; nothing for one that does not exist. Of READ (01) the operands are not published. */
export const WRITERS: readonly (Writer | undefined)[] = tableOf({
  [OP.MASK]: writeMask,
  [OP.WRITE]: writeAccess(word('write '), word('write_masked '), true),
  [OP.POLL]: writeAccess(word('poll '), word('poll_masked '), false),
  [OP.JUMP]: writeJump,
  [OP.WFE]: writeWfe,
  [OP.EOC]: writeEoc,
  [OP.READ_S]: writeReadS,
  [OP.WRITE_S]: writeWriteS(word('write_s ')),
  [OP.WRITE_S_MASK]: writeWriteS(word('write_s_masked ')),
  [OP.LOGIC]: writeLogic,
  [OP.JUMP_C_ABSOLUTE]: writeConditional(word(' jump_abs [')),
  [OP.JUMP_C_RELATIVE]: writeConditional(word(' jump [')),
});

function tableOf(writers: Readonly<Record<number, Writer>>): (Writer | undefined)[] {
  return Array.from({ length: 256 }, (_, opcode) => writers[opcode]);
}
