// Reading the operands of assembly: numbers, registers, places, events. Each answers undefined after it has said why.
import type { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { registerIndex } from '../../drivers/mtk-cmdq/disassemble-text.js';
import { EVENT_COUNT, GPR0, GPR_COUNT, SOP_MAX } from '../../drivers/mtk-cmdq/instruction.js';
import { WINDOW_BYTES } from '../../drivers/mtk-cmdq/soc-tables.js';
import type { Values } from '../../dt/message.js';
import { suggestion } from '../../dt/suggestion.js';
import type { AssemblerKey } from './assembler-messages.js';
import type { Part } from './statement.js';

/** What the operands are read with. */
export interface OperandContext {
  readonly names: CmdqNames;
  /** Names of `.equ` and `.event`. */
  readonly equs: ReadonlyMap<string, number>;
  readonly events: ReadonlyMap<string, number>;
  say(key: AssemblerKey, column: number, values?: Values): void;
}

/** A register of a block. */
export interface Near {
  readonly subsys: number;
  readonly offset: number;
}

const NUMBER = /^(?:0[xX][\da-fA-F_]{1,20}|0[bB][01_]{1,72}|\d[\d_]{0,20})$/;
const NAME = /^[A-Za-z_][\w@.-]*$/;

/** A number as it is written; undefined for what is none. */
export function plainNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text.replaceAll('_', ''));
  return Number.isNaN(value) ? undefined : value;
}

/** A 32-bit value: numbers and names of `.equ`, with `~` or `-` in front, joined by `|`. */
export function readValue(c: OperandContext, part: Part, bits = 32): number | undefined {
  const max = 2 ** bits - 1;
  let value = 0;
  for (const piece of part.text.split('|')) {
    const term = termOf(c, piece.trim(), max);
    if (term === undefined) {
      c.say('number', part.column, { text: part.text });
      return undefined;
    }
    if (term < 0 || term > max) {
      c.say('number-size', part.column, { text: piece.trim(), bits, max: `0x${max.toString(16)}` });
      return undefined;
    }
    value = (value | term) >>> 0;
  }
  return value;
}

function termOf({ equs }: OperandContext, text: string, max: number): number | undefined {
  const sign = /^[~-]/.exec(text)?.[0] ?? '';
  const word = text.slice(sign.length).trim();
  const value = plainNumber(word) ?? equs.get(word);
  if (value === undefined || sign === '' || value > max) return value;
  return ((sign === '~' ? ~value : -value) & max) >>> 0;
}

/** A register by its name, as a number of 16 bits. */
export function readRegister(c: OperandContext, part: Part): number | undefined {
  const index = registerIndex(part.text);
  if (index === undefined) c.say('register', part.column, { text: part.text === '' ? 'nothing' : part.text, why: '' });
  return index;
}

/** A GPR by its name, counted from 0. */
export function readGpr(c: OperandContext, part: Part): number | undefined {
  const index = readRegister(c, part);
  if (index === undefined) return undefined;
  if (index >= GPR0 && index < GPR0 + GPR_COUNT) return index - GPR0;
  c.say('gpr', part.column, { text: part.text });
  return undefined;
}

/** What stands in brackets: `[gpr1]`, `[spr0:0xc020]`; undefined for what has none. */
export function bracketed({
  text,
  column,
}: Part): { readonly register: Part; readonly low: Part | undefined } | undefined {
  const match = /^\[\s*([^\]:]*?)\s*(?::\s*([^\]]*?)\s*)?\]$/.exec(text);
  if (match === null) return undefined;
  const [, register = '', low] = match;
  return {
    register: { text: register, column: column + text.indexOf(register, 1) },
    low: low === undefined ? undefined : { text: low, column: column + text.lastIndexOf(low) },
  };
}

/** An address, `ovl0+0x20` or `1:0xc020` as subsystem and offset. `form` is what else could stand there. */
export function readNear(c: OperandContext, part: Part, name: string, form: string): Near | undefined {
  const near = rawNear(c, part) ?? namedNear(c, part, form);
  if (near === undefined || near === 'told') return undefined;
  if ((near.offset & 1) !== 0) {
    c.say('odd', part.column, { text: part.text, name: name.replace(/_masked$/, '') });
    return undefined;
  }
  if ((near.offset & 2) !== 0) c.say('unaligned', part.column, { text: part.text });
  return near;
}

/** `told`: it is one, and what is wrong with it has been said. */
function rawNear(c: OperandContext, { text, column }: Part): Near | 'told' | undefined {
  const [, first = '', second = ''] = /^(\w+)\s*:\s*(\w+)$/.exec(text) ?? [];
  const [subsys, offset] = [plainNumber(first), plainNumber(second)];
  if (subsys === undefined || offset === undefined) return undefined;
  if (subsys > SOP_MAX) c.say('subsys-size', column, { subsys });
  else if (offset >= WINDOW_BYTES) c.say('window', column, { offset: second });
  else return { subsys, offset };
  return 'told';
}

function namedNear(c: OperandContext, part: Part, form: string): Near | 'told' {
  const addr = addressOf(c, part, form);
  if (addr === undefined) return 'told';
  const { soc } = c.names;
  const subsys = c.names.subsysOf(addr);
  if (subsys !== undefined) return { subsys, offset: addr % WINDOW_BYTES };
  const hex = `0x${addr.toString(16).padStart(8, '0')}`;
  if (soc === undefined) {
    c.say('no-soc', part.column, { addr: hex });
    return 'told';
  }
  const [upper, lower] = [Math.floor(addr / WINDOW_BYTES), addr % WINDOW_BYTES];
  const [a, b] = [upper, lower].map((half) => `0x${half.toString(16).padStart(4, '0')}`) as [string, string];
  c.say('no-subsys', part.column, { soc: soc.name, addr: hex, upper: a, lower: b });
  return 'told';
}

function addressOf(c: OperandContext, { text, column }: Part, form: string): number | undefined {
  const [base = '', offset = '0', ...more] = text.split('+').map((piece) => piece.trim());
  const plus = plainNumber(offset) ?? c.equs.get(offset);
  const start = plainNumber(base) ?? c.equs.get(base);
  const module = start === undefined ? c.names.modules?.named(base) : undefined;
  if (plus === undefined || more.length > 0 || (start === undefined && !NAME.test(base))) {
    c.say('place', column, { text: text === '' ? 'nothing' : text, form });
    return undefined;
  }
  if (start === undefined && module === undefined) {
    const known = c.names.modules?.all.map(({ name }) => name) ?? [];
    c.say('module', column, { name: base, near: suggestion(base, known) });
    return undefined;
  }
  if (module !== undefined && plus >= module.size) {
    c.say('outside', column, { text, module: module.name, size: `0x${module.size.toString(16)}` });
  }
  return (start ?? (module?.start as number)) + plus;
}

/** An event by name or number. */
export function readEvent(c: OperandContext, { text, column }: Part): number | undefined {
  const id = plainNumber(text) ?? c.events.get(text) ?? c.names.eventId(text);
  if (id === undefined) {
    const known = [...c.events.keys(), ...[...(c.names.soc?.events.all() ?? [])].map(([, name]) => name)];
    c.say('event', column, { name: text === '' ? 'nothing' : text, near: suggestion(text, known) });
    return undefined;
  }
  if (id > 0xffff) c.say('event-size', column, { id });
  else if (id >= EVENT_COUNT) c.say('event-range', column, { id });
  return id > 0xffff ? undefined : id;
}
