// The words of the assembly language, a table: what each takes, and the instructions that it stands for.
import { EOC_NO_SUSPEND, PREFETCH_OFF, PREFETCH_ON } from '../../drivers/mtk-cmdq/disassemble-operations.js';
import {
  ADDR_IN_REG,
  ARG_A,
  EOC_IRQ_EN,
  high,
  OFFSET_MASKED,
  type Op,
  OP,
  SOP_MAX,
  SOP_SHIFT,
  WFE,
  WFE_ACQUIRE,
  WFE_CLEAR,
  WFE_SET,
  WFE_WAIT,
  WFE_WAIT_AND_CLEAR,
} from '../../drivers/mtk-cmdq/instruction.js';
import {
  bracketed,
  type OperandContext,
  plainNumber,
  readEvent,
  readGpr,
  readNear,
  readRegister,
  readValue,
} from './operand.js';
import type { Part } from './statement.js';

/** What an instruction is assembled with. */
export interface Encoder extends OperandContext {
  emit(high: number, low: number): void;
  /** A jump; `absolute` to an address. */
  jump(target: Part, absolute: boolean): void;
}

/** One word of the language. `form` is how it is written. */
export interface Mnemonic {
  readonly operands: readonly [min: number, max: number];
  readonly form: string;
  /** Instructions that it stands for. */
  readonly count: number;
  readonly encode: (c: Encoder, operands: readonly Part[], name: Part) => void;
}

const isRegister = ({ text }: Part): boolean =>
  /^[A-Za-z]+\d*$/.test(text) && /^(spr|gpr|p|tpr|cpr|reg)\d*$/i.test(text);
const at = (operands: readonly Part[], index: number): Part => operands[index] ?? { text: '', column: 1 };

/** `mask` in front of an access, with the bits that may change. */
function emitMask(c: Encoder, mask: number): void {
  c.emit(high(OP.MASK, 0), ~mask >>> 0);
}

/** WRITE and POLL. With `mask` the access goes through it. */
function emitAccess(c: Encoder, op: Op, [place, value]: readonly [Part, Part], name: string, masked: boolean): void {
  const bit = masked ? OFFSET_MASKED : 0;
  const inReg = bracketed(place);
  let argA: number | undefined;
  if (inReg !== undefined && inReg.low === undefined) {
    const gpr = readGpr(c, inReg.register);
    argA = gpr === undefined ? undefined : ARG_A.DST_REG | (gpr << SOP_SHIFT) | bit;
  } else {
    const near = readNear(c, place, name, '[gprN]');
    argA = near === undefined ? undefined : (near.subsys << SOP_SHIFT) | near.offset | bit;
  }
  const fromReg = op === OP.WRITE && isRegister(value) && !c.equs.has(value.text);
  const low = fromReg ? readGpr(c, value) : readValue(c, value);
  if (argA !== undefined && low !== undefined) c.emit(high(op, argA | (fromReg ? ARG_A.SRC_REG : 0)), low);
}

function access(op: Op, masked: boolean): Mnemonic {
  return {
    operands: [2, 2],
    form: op === OP.WRITE ? 'PLACE, VALUE or gprN' : 'PLACE, VALUE',
    count: 1,
    encode: (c, operands, { text }) => emitAccess(c, op, [at(operands, 0), at(operands, 1)], text, masked),
  };
}

function accessWithMask(op: Op): Mnemonic {
  return {
    operands: [3, 3],
    form: 'PLACE, VALUE, MASK',
    count: 2,
    encode: (c, operands, { text }) => {
      const mask = readValue(c, at(operands, 2));
      if (mask !== undefined) emitMask(c, mask);
      emitAccess(c, op, [at(operands, 0), at(operands, 1)], text, true);
    },
  };
}

/** An address of READ_S and WRITE_S: its 5 and 16 bits, and whether it is a whole one in a register. */
interface Far {
  readonly sop: number;
  readonly low: number;
  readonly inReg: boolean;
}

function readFar(c: Encoder, place: Part, name: string): Far | undefined {
  const inReg = bracketed(place);
  if (inReg === undefined) {
    const near = readNear(c, place, name, '[REGISTER:OFFSET]');
    if (near === undefined) return undefined;
    if ((near.offset & ADDR_IN_REG) === 0) return { sop: near.subsys, low: near.offset, inReg: false };
    c.say('far-register', place.column, {
      text: place.text,
      why: 'bit 1 has another meaning',
      instead: 'a multiple of 4',
    });
    return undefined;
  }
  const register = readRegister(c, inReg.register);
  if (register === undefined) return undefined;
  const { text, column } = inReg.register;
  if (inReg.low === undefined) {
    if ((register & ADDR_IN_REG) === 0) return { sop: 0, low: register, inReg: true };
    c.say('far-register', column, {
      text,
      why: 'bit 1 of its number has another meaning',
      instead: 'gpr0, gpr1, gpr4',
    });
    return undefined;
  }
  const low = readValue(c, inReg.low, 16);
  if (register > SOP_MAX) {
    c.say('far-register', column, { text, why: 'its number has more than 5 bits', instead: 'spr0 to spr3' });
    return undefined;
  }
  if (low === undefined) return undefined;
  if ((low & 3) === 0) return { sop: register, low: low | ADDR_IN_REG, inReg: false };
  c.say('far-register', inReg.low.column, { text: inReg.low.text, why: 'it is no multiple of 4', instead: 'one' });
  return undefined;
}

function emitWriteS(c: Encoder, op: Op, operands: readonly Part[], name: string): void {
  const far = readFar(c, at(operands, 0), name);
  const value = at(operands, 1);
  const fromReg = isRegister(value) && !c.equs.has(value.text);
  const number = fromReg ? readRegister(c, value) : readValue(c, value);
  if (far === undefined || number === undefined) return;
  const types = (far.inReg ? ARG_A.DST_REG : 0) | (fromReg ? ARG_A.SRC_REG : 0);
  c.emit(high(op, types | (far.sop << SOP_SHIFT) | far.low), fromReg ? (number << 16) >>> 0 : number);
}

const writeS = (op: Op): Mnemonic => ({
  operands: [2, 2],
  form: 'PLACE, VALUE or REGISTER',
  count: 1,
  encode: (c, operands, { text }) => emitWriteS(c, op, operands, text),
});

const WRITE_S_MASK: Mnemonic = {
  operands: [3, 3],
  form: 'PLACE, VALUE or REGISTER, MASK',
  count: 2,
  encode: (c, operands, { text }) => {
    const mask = readValue(c, at(operands, 2));
    if (mask !== undefined) emitMask(c, mask);
    emitWriteS(c, OP.WRITE_S_MASK, operands, text);
  },
};

const READ_S: Mnemonic = {
  operands: [2, 2],
  form: 'REGISTER, PLACE',
  count: 1,
  encode: (c, operands, { text }) => {
    const register = readRegister(c, at(operands, 0));
    const far = readFar(c, at(operands, 1), text);
    if (register === undefined || far === undefined) return;
    const types = ARG_A.DST_REG | (far.inReg ? ARG_A.SRC_REG : 0);
    c.emit(high(OP.READ_S, types | (far.sop << SOP_SHIFT) | register), (far.low << 16) >>> 0);
  },
};

const event = (low: number): Mnemonic => ({
  operands: [1, 1],
  form: 'EVENT',
  count: 1,
  encode: (c, operands) => {
    const id = readEvent(c, at(operands, 0));
    if (id !== undefined) c.emit(high(OP.WFE, id), low);
  },
});

const SYNC: Mnemonic = {
  operands: [1, 3],
  form: 'EVENT, wait=VALUE, set=VALUE',
  count: 1,
  encode: (c, [first, ...more]) => {
    const id = readEvent(c, first as Part);
    let low = 0;
    for (const part of more) {
      const [, key = '', value = ''] = /^(wait|set)\s*=\s*(.*)$/.exec(part.text) ?? [];
      if (key === '')
        return c.say('word', part.column, { word: part.text, name: 'sync', words: 'wait=VALUE, set=VALUE' });
      const number = readValue(c, { text: value, column: part.column + part.text.indexOf('=') + 1 }, 12);
      if (number === undefined) return;
      low |= key === 'wait' ? WFE.WAIT | number : WFE.UPDATE | (number << 16);
    }
    if (id !== undefined) c.emit(high(OP.WFE, id), low >>> 0);
  },
};

const EOC_WORDS: Readonly<Record<string, number>> = {
  no_irq: 0,
  no_count: ARG_A.EOC_NO_COUNT,
  no_suspend: EOC_NO_SUSPEND,
};

const EOC: Mnemonic = {
  operands: [0, 1],
  form: 'no_irq no_count no_suspend, each as wished',
  count: 1,
  encode: (c, [flags]) => {
    const words = flags === undefined ? [] : flags.text.split(/\s+/);
    const bad = words.find((word) => !Object.hasOwn(EOC_WORDS, word));
    if (bad !== undefined) {
      return c.say('word', flags?.column ?? 1, { word: bad, name: 'eoc', words: Object.keys(EOC_WORDS).join(', ') });
    }
    const argA = words.reduce((sum, word) => sum | (EOC_WORDS[word] as number), 0);
    c.emit(high(OP.EOC, argA), words.includes('no_irq') ? 0 : EOC_IRQ_EN);
  },
};

const jump = (absolute: boolean): Mnemonic => ({
  operands: [1, 1],
  form: absolute ? 'ADDRESS, LABEL or [REGISTER]' : 'LABEL, +BYTES, -BYTES or [REGISTER]',
  count: 1,
  encode: (c, operands) => {
    const target = at(operands, 0);
    const inReg = bracketed(target);
    if (inReg === undefined || inReg.low !== undefined) return c.jump(target, absolute);
    const register = readRegister(c, inReg.register);
    const how = ARG_A.SRC_REG | (absolute ? ARG_A.JUMP_ABSOLUTE : 0);
    if (register !== undefined) c.emit(high(OP.JUMP, how), register);
  },
});

/** Every word that begins an instruction. `REGISTER = …`, `if …` and directives are read by themselves. */
export const MNEMONICS: Readonly<Record<string, Mnemonic>> = {
  write: access(OP.WRITE, false),
  write_masked: access(OP.WRITE, true),
  write_mask: accessWithMask(OP.WRITE),
  poll: access(OP.POLL, false),
  poll_masked: access(OP.POLL, true),
  poll_mask: accessWithMask(OP.POLL),
  mask: {
    operands: [1, 1],
    form: 'BITS that may change',
    count: 1,
    encode: (c, operands) => {
      const mask = readValue(c, at(operands, 0));
      if (mask !== undefined) emitMask(c, mask);
    },
  },
  move: {
    operands: [2, 2],
    form: 'gprN, VALUE',
    count: 1,
    encode: (c, operands) => {
      const [gpr, value] = [readGpr(c, at(operands, 0)), readValue(c, at(operands, 1))];
      if (gpr !== undefined && value !== undefined) c.emit(high(OP.MASK, ARG_A.DST_REG | (gpr << SOP_SHIFT)), value);
    },
  },
  read_s: READ_S,
  write_s: writeS(OP.WRITE_S),
  write_s_masked: writeS(OP.WRITE_S_MASK),
  write_s_mask: WRITE_S_MASK,
  wait: event(WFE_WAIT_AND_CLEAR),
  wait_keep: event(WFE_WAIT),
  clear: event(WFE_CLEAR),
  set: event(WFE_SET),
  acquire: event(WFE_ACQUIRE),
  sync: SYNC,
  eoc: EOC,
  prefetch: {
    operands: [1, 1],
    form: 'on or off',
    count: 1,
    encode: (c, operands) => {
      const { text, column } = at(operands, 0);
      if (text === 'on' || text === 'off') c.emit(high(OP.EOC, 0), text === 'on' ? PREFETCH_ON : PREFETCH_OFF);
      else c.say('word', column, { word: text, name: 'prefetch', words: 'on, off' });
    },
  },
  jump: jump(false),
  jump_abs: jump(true),
  end: {
    operands: [0, 0],
    form: 'nothing',
    count: 2,
    encode: (c, _, name) => {
      c.emit(high(OP.EOC, 0), EOC_IRQ_EN);
      c.jump({ text: '+8', column: name.column }, false);
    },
  },
};

/** `0x20000035_80008001`, or two halves with a comma, as a word. */
export function readWord(text: string): { readonly high: number; readonly low: number } | undefined {
  const [, whole = '', lower = ''] = /^(0[xX][\da-fA-F]{1,8})\s*[_,]\s*(?:0[xX])?([\da-fA-F]{1,8})$/.exec(text) ?? [];
  const [upper, low] = [plainNumber(whole), plainNumber(`0x${lower}`)];
  return upper === undefined || low === undefined ? undefined : { high: upper, low };
}
