// The assembler for GCE programs: text in, instructions and diagnostics out. The language is that of the disassembler.
import { type Diagnostic, hasErrors, type Position } from '../../base/diagnostic.js';
import { CmdqNames } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { ARG_A, high, INST_SIZE, OP } from '../../drivers/mtk-cmdq/instruction.js';
import { CMDQ_SOCS, cmdqSoc } from '../../drivers/mtk-cmdq/soc-tables.js';
import { diagnosticOf, type Values } from '../../dt/message.js';
import { suggestion } from '../../dt/suggestion.js';
import { encodeConditional, encodeLogic } from './assemble-logic.js';
import { ASSEMBLER_MESSAGES, type AssemblerKey } from './assembler-messages.js';
import { type Encoder, MNEMONICS, readWord } from './mnemonics.js';
import { plainNumber, readValue } from './operand.js';
import { operandsOf, type Part, type Statement, statementOf } from './statement.js';

/** What is assembled, and with which names. */
export interface AssembleOptions {
  /** Name of the file in positions. */
  readonly file?: string;
  readonly names?: CmdqNames;
  /** Address of the first byte, for absolute jumps to labels. */
  readonly base?: number | undefined;
}

/** What came of it. */
export interface Assembled {
  /** The program; undefined after an error. */
  readonly bytes: Uint8Array | undefined;
  readonly base: number | undefined;
  /** The names with which it was read: those of `.soc` where none were given. */
  readonly names: CmdqNames;
  /** Where each instruction stands in the text, by its number. */
  readonly positions: readonly Position[];
  readonly diagnostics: readonly Diagnostic[];
}

const MAX_MESSAGES = 100;
const MAX_INSTRUCTIONS = 2 * 1024 * 1024;
const LINE_CHARS = 4096;

/** Assembles a text. Never throws. */
export function assemble(text: string, options: AssembleOptions = {}): Assembled {
  return new Assembler(options).run(text);
}

interface LabelUse {
  readonly label: Part;
  readonly line: number;
  /** Number of the instruction whose target it is. */
  readonly index: number;
  readonly absolute: boolean;
}

class Assembler implements Encoder {
  names: CmdqNames;
  readonly equs = new Map<string, number>();
  readonly events = new Map<string, number>();
  readonly #file: string;
  readonly #soc: string | undefined;
  #base: number | undefined;
  readonly #words: number[] = [];
  readonly #positions: Position[] = [];
  readonly #labels = new Map<string, number>();
  readonly #uses: LabelUse[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #line = 0;
  #column = 1;
  #full = false;

  constructor({ file = '<program>', names = new CmdqNames(undefined), base }: AssembleOptions) {
    this.#file = file;
    this.names = names;
    this.#soc = names.soc?.name;
    this.#base = base;
  }

  run(text: string): Assembled {
    for (let at = 0; at <= text.length && !this.#full; ) {
      const end = text.indexOf('\n', at);
      const line = text.slice(at, Math.min(end < 0 ? text.length : end, at + LINE_CHARS));
      at = end < 0 ? text.length + 1 : end + 1;
      this.#line++;
      const statement = statementOf(line, this.#line);
      if (statement !== undefined) this.#statement(statement);
    }
    for (const use of this.#uses) this.#resolve(use);
    const bytes = hasErrors(this.#diagnostics) ? undefined : bytesOf(this.#words);
    const { names } = this;
    return { bytes, base: this.#base, names, positions: this.#positions, diagnostics: this.#diagnostics };
  }

  say(key: AssemblerKey, column: number, values: Values = {}): void {
    if (this.#full) return;
    const place = { at: { file: this.#file, line: this.#line, column } };
    if (this.#diagnostics.length < MAX_MESSAGES) {
      this.#diagnostics.push(diagnosticOf(`cmdq/asm/${key}`, ASSEMBLER_MESSAGES[key], short(values), place));
    } else this.#giveUp('many', MAX_MESSAGES);
  }

  emit(high: number, low: number): void {
    if (this.#full) return;
    if (this.#words.length >= MAX_INSTRUCTIONS * 2) return this.#giveUp('long', MAX_INSTRUCTIONS);
    this.#words.push(low >>> 0, high >>> 0);
    this.#positions.push({ file: this.#file, line: this.#line, column: this.#column });
  }

  jump(target: Part, absolute: boolean): void {
    const { text, column } = target;
    const isLabel = /^[A-Za-z_]/.test(text);
    const bytes = absolute ? plainNumber(text) : /^[+-]/.test(text) ? distanceOf(text) : undefined;
    if (isLabel) this.#uses.push({ label: target, line: this.#line, index: this.#positions.length, absolute });
    else if (bytes === undefined) return this.say('distance', column, { text: text === '' ? 'nothing' : text });
    this.#emitJump(bytes ?? 0, absolute, target);
  }

  #giveUp(key: 'many' | 'long', limit: number): void {
    const place = { at: { file: this.#file, line: this.#line, column: 0 } };
    this.#diagnostics.push(diagnosticOf(`cmdq/asm/${key}`, ASSEMBLER_MESSAGES[key], { limit }, place));
    this.#full = true;
  }

  #statement({ labels, name, rest }: Statement): void {
    for (const label of labels) this.#define(label);
    this.#column = name.column;
    if (name.text === '') return;
    if (name.text.startsWith('.')) return this.#directive(name, rest);
    if (name.text === 'if') return encodeConditional(this, rest);
    const assignment = /^(\w+)\s*=(?!=)/.exec(`${name.text} ${rest.text}`);
    if (assignment !== null) return encodeLogic(this, name, rest);
    const mnemonic = Object.hasOwn(MNEMONICS, name.text) ? MNEMONICS[name.text] : undefined;
    if (mnemonic === undefined) {
      return this.say('instruction', name.column, {
        name: name.text,
        near: suggestion(name.text, Object.keys(MNEMONICS)),
      });
    }
    const operands = operandsOf(rest);
    const [min, max] = mnemonic.operands;
    if (operands.length >= min && operands.length <= max) return mnemonic.encode(this, operands, name);
    const wanted = min === max ? min : `${min} to ${max}`;
    const form = max === 0 ? name.text : `${name.text} ${mnemonic.form}`;
    this.say('operands', name.column, { name: name.text, wanted, found: operands.length, form });
  }

  #define({ text, column }: Part): void {
    if (this.#labels.has(text)) this.say('label-again', column, { name: text });
    else this.#labels.set(text, this.#positions.length);
  }

  #directive(name: Part, rest: Part): void {
    const [first = { text: '', column: name.column + name.text.length }, second] = operandsOf(rest);
    if (name.text === '.inst') return this.#inst(rest);
    if (name.text === '.soc') return this.#socIs(first);
    if (name.text === '.base') return this.#baseIs(first);
    if (name.text !== '.equ' && name.text !== '.event') {
      return this.say('directive', name.column, { name: name.text });
    }
    if (second === undefined || !/^[A-Za-z_]\w*$/.test(first.text)) {
      const values = { name: name.text, wanted: 2, found: operandsOf(rest).length, form: `${name.text} NAME, NUMBER` };
      return this.say('operands', name.column, values);
    }
    const names = name.text === '.equ' ? this.equs : this.events;
    const value = readValue(this, second);
    if (names.has(first.text)) this.say('name-again', first.column, { name: first.text });
    else if (value !== undefined) names.set(first.text, value);
  }

  #inst(rest: Part): void {
    const word = readWord(rest.text);
    if (word === undefined) this.say('inst', rest.column, { text: rest.text === '' ? 'nothing' : rest.text });
    else this.emit(word.high, word.low);
  }

  #socIs({ text, column }: Part): void {
    const soc = cmdqSoc(text);
    if (soc === undefined) return this.say('soc', column, { name: text, known: CMDQ_SOCS.join(', ') });
    if (this.#soc !== undefined && this.#soc !== soc.name) {
      return this.say('soc-again', column, { soc: soc.name, other: this.#soc });
    }
    if (this.#words.length > 0) return this.say('soc-late', column);
    if (this.#soc === undefined) this.names = this.names.withSoc(soc);
  }

  #baseIs(part: Part): void {
    const base = plainNumber(part.text);
    if (base === undefined || base > Number.MAX_SAFE_INTEGER) this.say('number', part.column, { text: part.text });
    else this.#base ??= base;
  }

  #emitJump(bytes: number, absolute: boolean, target: Part): void {
    const low = this.#units(bytes, absolute, target);
    this.emit(high(OP.JUMP, absolute ? ARG_A.JUMP_ABSOLUTE : 0), low ?? 0);
  }

  /** Bytes as a jump's operand. */
  #units(bytes: number, absolute: boolean, { text, column }: Part): number | undefined {
    const unit = 2 ** this.names.shift;
    const units = bytes / unit;
    if (!Number.isInteger(units)) {
      this.say('distance-unit', column, { text, unit, soc: this.names.soc?.name ?? 'this SoC' });
      return undefined;
    }
    const fits = absolute ? units >= 0 && units <= 0xffff_ffff : units >= -0x8000_0000 && units <= 0x7fff_ffff;
    if (!fits) this.say('distance-size', column, { text });
    return fits ? units >>> 0 : undefined;
  }

  #resolve({ label, line, index, absolute }: LabelUse): void {
    this.#line = line;
    const found = this.#labels.get(label.text);
    if (found === undefined) {
      return this.say('label', label.column, { name: label.text, near: suggestion(label.text, this.#labels.keys()) });
    }
    if (absolute && this.#base === undefined) return this.say('no-base', label.column, { label: label.text });
    const target = found * INST_SIZE;
    const bytes = absolute ? (this.#base as number) + target : target - index * INST_SIZE;
    this.#words[index * 2] = this.#units(bytes, absolute, label) ?? 0;
  }
}

function distanceOf(text: string): number | undefined {
  const bytes = plainNumber(text.slice(1).trim());
  return bytes === undefined ? undefined : text.startsWith('-') ? -bytes : bytes;
}

function bytesOf(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < words.length; i++) view.setUint32(i * 4, words[i] as number, true);
  return bytes;
}

/** What stands in a message stays readable however long it is in the text. */
function short(values: Values): Values {
  const cut = (value: string | number): string | number =>
    typeof value === 'string' && value.length > 100 ? `${value.slice(0, 80)}…` : value;
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, cut(value)]));
}
