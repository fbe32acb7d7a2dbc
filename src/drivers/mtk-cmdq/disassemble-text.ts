// The words of which the text of an instruction is made: registers, addresses, events. Each is what the assembler reads
// back as the same bits.
import { type TextOut, type Word, word } from './disassemble-out.js';
import { GPR0, GPR_COUNT, SPR_COUNT, TPR } from './instruction.js';

/**
 * Where names come from. Everything may be missing: then numbers stand in the text. A name has printable ASCII without
 * spaces, commas and brackets, and at most 64 characters.
 */
export interface InstructionNames {
  /** Code addresses stand in instructions shifted right by this: 0 or 3. */
  readonly shift: number;
  /** First address of a subsystem's window. */
  windowOf(subsys: number): number | undefined;
  eventName(id: number): string | undefined;
  /** A register by its physical address, as `ovl0+0x20`; undefined where no module is. */
  registerName(addr: number): string | undefined;
}

const nothing = (): undefined => undefined;

/** No names: subsystems and offsets, events by number. */
export const NO_NAMES: InstructionNames = { shift: 0, windowOf: nothing, eventName: nothing, registerName: nothing };

/** Registers of 64 bits: the same memory as the GPR in pairs. */
const P0 = 48;
const P_COUNT = 8;
/** Registers in shared memory on newer parts. */
const CPR0 = 0x8000;
const NUMBERS = 0x1_0000;

/** First number and count of each kind of register. The last has the numbers that no other kind has. */
const KINDS: Readonly<Record<string, readonly [first: number, count: number]>> = {
  spr: [0, SPR_COUNT],
  gpr: [GPR0, GPR_COUNT],
  p: [P0, P_COUNT],
  cpr: [CPR0, NUMBERS - CPR0],
  reg: [0, NUMBERS],
};
const RANGES = Object.entries(KINDS);
/** Names of the registers in use, by number. */
const FEW: readonly string[] = Array.from({ length: 64 }, (_, index) => nameOf(index));

/** A register as instructions number them: SPR, GPR, pairs, timer, CPR; `reg99` for the numbers between. */
export function registerText(index: number): string {
  return FEW[index] ?? nameOf(index);
}

const FEW_WORDS: readonly Word[] = FEW.map(word);
const COLON = word(':');

/** Writes a register. */
export function writeRegister(out: TextOut, index: number): void {
  if (index < FEW_WORDS.length) out.word(FEW_WORDS[index] as Word);
  else out.text(nameOf(index));
}

function nameOf(index: number): string {
  if (index === TPR) return 'tpr';
  const [kind, [first]] = RANGES.find(([, [first, count]]) => index >= first && index < first + count) ?? ['reg', [0]];
  return `${kind}${index - first}`;
}

/** The number of a register's text in any case of its letters; undefined for what is none, or has no such number. */
export function registerIndex(text: string): number | undefined {
  const [, kind = '', digits = ''] = /^(spr|gpr|p|tpr|cpr|reg)(\d{0,5})$/.exec(text.toLowerCase()) ?? [];
  if (kind === 'tpr') return digits === '' ? TPR : undefined;
  const range = KINDS[kind];
  if (range === undefined || digits === '' || Number(digits) >= range[1]) return undefined;
  return range[0] + Number(digits);
}

/** A register of a module: by name, by address, or as `1:0xc020` where the window is not known. */
export function writePlace(out: TextOut, subsys: number, offset: number, names: InstructionNames): void {
  const window = names.windowOf(subsys);
  if (window === undefined) {
    out.decimal(subsys);
    out.word(COLON);
    out.hex4(offset);
    return;
  }
  const name = names.registerName(window + offset);
  if (name === undefined) out.hex8(window + offset);
  else out.text(name);
}

/** An event by name or number. */
export function writeEvent(out: TextOut, id: number, names: InstructionNames): void {
  const name = names.eventName(id);
  if (name === undefined) out.decimal(id);
  else out.text(name);
}
