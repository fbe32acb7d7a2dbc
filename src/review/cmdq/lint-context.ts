// State of a run of the rules about a GCE program: what they look at, and how they say what is wrong.
import type { Position } from '../../base/diagnostic.js';
import { describeInstruction } from '../../drivers/mtk-cmdq/disassemble.js';
import type { CmdqNames, Module } from '../../drivers/mtk-cmdq/disassemble-names.js';
import { WRITERS } from '../../drivers/mtk-cmdq/disassemble-operations.js';
import { TextOut } from '../../drivers/mtk-cmdq/disassemble-out.js';
import { type InstructionNames, NO_NAMES } from '../../drivers/mtk-cmdq/disassemble-text.js';
import { ADDR_IN_REG, ARG_A, GPR0, INST_SIZE, OP } from '../../drivers/mtk-cmdq/instruction.js';
import type { CmdqSoc } from '../../drivers/mtk-cmdq/soc-tables.js';
import { diagnosticOf, type Message, type Values } from '../../dt/message.js';
import type { CmdqFinding } from './lint-finding.js';
import { a16Of, type Flow, opOf, sopOf } from './lint-flow.js';
import { LINT_MESSAGES, type LintKey } from './lint-messages.js';
import type { State } from './lint-state.js';

/** One rule says no more than this about a program. */
const MAX_FINDINGS = 200;

/** Events from here on are tokens of software, on most SoCs. */
export const TOKENS = 512;

/** An instruction that is looked at, with what is known in front of it. */
export interface At {
  readonly index: number;
  readonly high: number;
  readonly low: number;
  /** Undefined where the program has too many jumps. */
  readonly state: State | undefined;
}

/** A rule; what it says has keys in LINT_MESSAGES that begin with its id. */
export interface LintRule {
  readonly id: string;
  /** What it detects, in one line. */
  readonly summary: string;
  /** Looks at an instruction that is reached. */
  readonly each?: (c: LintContext, at: At) => void;
  /** Looks at the whole. */
  readonly whole?: (c: LintContext) => void;
}

/** What the rules are told of a program. */
export interface LintSettings {
  readonly names: CmdqNames;
  /** Code addresses count units of this many bits; another than that of the names where the SoC is not known. */
  readonly shift: number;
  /** Where each instruction stands in a text. */
  readonly positions: readonly Position[];
  /** Bytes behind the last whole instruction. */
  readonly restBytes: number;
  /** Packets are chained to the program. */
  readonly chained: boolean;
  /** Nanoseconds between two frames; undefined where nobody said so. */
  readonly blankingNs: number | undefined;
}

/** State of one run. */
export class LintContext {
  readonly flow: Flow;
  readonly settings: LintSettings;
  readonly findings: CmdqFinding[] = [];
  /** Where several ways meet, what is said of one may not hold for the others. */
  branched = false;
  readonly #names: InstructionNames;
  readonly #counts = new Map<string, number>();
  readonly #found = new Set<number>();
  readonly #out = new TextOut();

  constructor(flow: Flow, settings: LintSettings) {
    this.flow = flow;
    this.settings = settings;
    const { names, shift } = settings;
    this.#names = {
      shift,
      windowOf: (subsys) => names.windowOf(subsys),
      eventName: (id) => names.eventName(id),
      registerName: (addr) => names.registerName(addr),
    };
  }

  get soc(): CmdqSoc | undefined {
    return this.settings.names.soc;
  }

  /** `on the way here`, or `on some way here`. */
  get way(): string {
    return this.branched ? 'some way here' : 'the way here';
  }

  /** An instruction was found faulty already. */
  isTold(index: number): boolean {
    return this.#found.has(index);
  }

  /** A rule has found something about an instruction, or about the whole with -1. */
  find(key: LintKey, index: number, values: Values = {}): void {
    const rule = key.split(' ', 1)[0] as string;
    const count = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, count);
    if (index >= 0) this.#found.add(index);
    if (count <= MAX_FINDINGS) this.findings.push(this.#finding(rule, LINT_MESSAGES[key], index, values));
  }

  /** Says of which rules there are more. */
  finish(): void {
    for (const [rule, count] of this.#counts) {
      if (count <= MAX_FINDINGS) continue;
      const values = { count: count - MAX_FINDINGS, rule };
      this.findings.push(this.#finding('more', LINT_MESSAGES.more, -1, values));
    }
  }

  #finding(rule: string, message: Message, index: number, values: Values): CmdqFinding {
    const at = this.settings.positions[index];
    const offset = index * INST_SIZE;
    const where = index < 0 ? {} : { where: hex(offset, 4) };
    const place = at === undefined ? where : { at, ...where };
    const [severity, text, advice = ''] = message;
    const finding = {
      ...diagnosticOf(`cmdq/lint/${rule}`, [severity, text], values, place),
      rule,
      suggestion: diagnosticOf('', [severity, advice], values).text,
    };
    return index < 0 ? finding : { ...finding, instruction: { index, offset, text: this.textOf(index) } };
  }

  /** The disassembler can write it so that the same bits are read back. */
  hasWords(high: number, low: number): boolean {
    this.#out.rewind(0);
    return WRITERS[opOf(high)]?.(this.#out, high, low, NO_NAMES) === true;
  }

  /** As the disassembler writes it. */
  textOf(index: number): string {
    return describeInstruction(this.flow.high(index), this.flow.low(index), this.#names);
  }

  /** `DISP_OVL0_SOF (event 11)`. */
  eventText(id: number): string {
    const name = this.settings.names.eventName(id);
    return name === undefined ? `event ${id}` : `${name} (event ${id})`;
  }

  /** The SoC in words. */
  get socText(): string {
    return this.soc?.name ?? 'this SoC';
  }

  /** The block of the tree with this register. */
  moduleAt(addr: number): Module | undefined {
    return this.settings.names.modules?.at(addr);
  }

  /** The address that an access goes to; undefined for other instructions, and where nobody knows. */
  addressOf({ high, low, state }: At): number | undefined {
    const op = opOf(high);
    if (op === OP.WRITE || op === OP.POLL) {
      if ((high & ARG_A.DST_REG) !== 0) return state?.number(GPR0 + sopOf(high));
      return near(this.settings.names.windowOf(sopOf(high)), a16Of(high));
    }
    if (op !== OP.READ_S && op !== OP.WRITE_S && op !== OP.WRITE_S_MASK) return undefined;
    const isRead = op === OP.READ_S;
    const lower = isRead ? low >>> 16 : a16Of(high);
    if ((lower & ADDR_IN_REG) !== 0) {
      const upper = state?.number(sopOf(high));
      return upper === undefined ? undefined : near(upper * 0x1_0000, lower);
    }
    if ((high & (isRead ? ARG_A.SRC_REG : ARG_A.DST_REG)) !== 0) return state?.number(lower);
    return near(this.settings.names.windowOf(sopOf(high)), lower);
  }
}

/** The engine takes no notice of the two lowest bits. */
function near(window: number | undefined, offset: number): number | undefined {
  return window === undefined ? undefined : window + (offset & 0xfffc);
}

/** The bindings' mark for a block without a subsystem; it has more than 5 bits. */
const NO_SUBSYS = 99;

/** The mark stands in place of a subsystem. */
export function hasNoSubsystem(high: number): boolean {
  const op = opOf(high);
  return (op === OP.WRITE || op === OP.POLL) && ((high >>> 16) & 0xff) === NO_SUBSYS;
}

/** The operation has a subsystem, not a register, for the address. */
export function namesSubsystem(high: number, low: number): boolean {
  const op = opOf(high);
  if (op === OP.WRITE || op === OP.POLL) return (high & ARG_A.DST_REG) === 0;
  if (op === OP.READ_S) return (high & ARG_A.SRC_REG) === 0 && ((low >>> 16) & ADDR_IN_REG) === 0;
  if (op !== OP.WRITE_S && op !== OP.WRITE_S_MASK) return false;
  return (high & ARG_A.DST_REG) === 0 && (a16Of(high) & ADDR_IN_REG) === 0;
}

/** `0x0028` */
export function hex(value: number, digits = 1): string {
  return `${value < 0 ? '-' : ''}0x${Math.abs(value).toString(16).padStart(digits, '0')}`;
}
