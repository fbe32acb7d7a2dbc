// Tables of the instructions: what the two words of one mean, field by field.

/** Names of the instructions. `MASK` sets the mask register, or a general register where DST_TYPE is set. */
export type OpName =
  | 'READ'
  | 'MASK'
  | 'WRITE'
  | 'POLL'
  | 'JUMP'
  | 'WFE'
  | 'EOC'
  | 'READ_S'
  | 'WRITE_S'
  | 'WRITE_S_MASK'
  | 'LOGIC'
  | 'JUMP_C_ABS'
  | 'JUMP_C_REL';

/** Opcodes, bits 63 to 56. */
export const OP: Readonly<Record<OpName, number>> = {
  READ: 0x01,
  MASK: 0x02,
  WRITE: 0x04,
  POLL: 0x08,
  JUMP: 0x10,
  WFE: 0x20,
  EOC: 0x40,
  READ_S: 0x80,
  WRITE_S: 0x90,
  WRITE_S_MASK: 0x91,
  LOGIC: 0xa0,
  JUMP_C_ABS: 0xb0,
  JUMP_C_REL: 0xb1,
};

/** Operators of LOGIC, by their code; the names are for people. */
export const LOGIC_OPERATORS: Readonly<Record<number, string>> = {
  0: 'assign',
  1: '+',
  2: '-',
  3: '*',
  8: '^',
  9: '~',
  10: '|',
  11: '&',
  12: '<<',
  13: '>>',
};

/** Conditions of JUMP_C, by their code. */
export const CONDITIONS: Readonly<Record<number, string>> = { 0: '==', 1: '!=', 2: '>=', 3: '<=', 4: '>', 5: '<' };

/** Destination, or address, is a register: bit 55, in the upper word. */
export const DST_TYPE = 0x0080_0000;
/** Value, or left operand, is a register: bit 54. */
export const SRC_TYPE = 0x0040_0000;
/** Right operand is a register: bit 53. */
export const C_TYPE = 0x0020_0000;
/** Bit 0 of the lower field of an address: the mask applies. */
export const WITH_MASK = 0x0000_0001;
/** Bit 1 of the lower field of an address in READ_S and WRITE_S: a register has the upper part. */
export const LOW_OF_REGISTER = 0x0000_0002;

/** Bits 52 to 48. */
export const sopOf = (high: number): number => (high >>> 16) & 0x1f;
/** Bits 47 to 32. */
export const a16Of = (high: number): number => high & 0xffff;
/** Bits 31 to 16. */
export const b16Of = (low: number): number => low >>> 16;
/** Bits 15 to 0. */
export const c16Of = (low: number): number => low & 0xffff;

/** The fields of WFE's lower word. Update operator 0 assigns, wait operator 0 compares for equality. */
export const WFE = {
  update: 0x8000_0000,
  updateOperator: 0x7000_0000,
  updateValue: 0x0fff_0000,
  wait: 0x0000_8000,
  waitOperator: 0x0000_7000,
  waitValue: 0x0000_0fff,
} as const;

/** The fields of EOC: in the upper word, then in the lower. */
export const EOC = {
  noCount: 0x0001_0000,
  irq: 0x0000_0001,
  prefetch: 0x0010_0000,
  prefetchOn: 0x0003_0000,
} as const;

/** An instruction, taken apart. Numbers are unsigned. */
export interface Decoded {
  /** Undefined for an opcode that there is not. */
  readonly op: OpName | undefined;
  readonly opcode: number;
  readonly dstType: boolean;
  readonly srcType: boolean;
  readonly cType: boolean;
  readonly sop: number;
  readonly a16: number;
  readonly b16: number;
  readonly c16: number;
  /** The lower word as one number. */
  readonly value: number;
}

const NAMES: ReadonlyMap<number, OpName> = new Map(
  (Object.entries(OP) as [OpName, number][]).map(([name, code]) => [code, name]),
);

/** Takes an instruction apart: `high` is the word with the opcode, the second in memory. */
export function decode(high: number, low: number): Decoded {
  const opcode = high >>> 24;
  return {
    op: NAMES.get(opcode),
    opcode,
    dstType: (high & DST_TYPE) !== 0,
    srcType: (high & SRC_TYPE) !== 0,
    cType: (high & C_TYPE) !== 0,
    sop: sopOf(high),
    a16: a16Of(high),
    b16: b16Of(low),
    c16: c16Of(low),
    value: low >>> 0,
  };
}
