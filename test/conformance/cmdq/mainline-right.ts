// What is right for a recorded run of Linux's helper: its own encodings (facts cmdq §7) but for the documented
// differences (mtk-cmdq.ts), written down a second time and without looking at the packet. Instructions are text
// here.
import type { Operand } from '../../../src/drivers/mtk-cmdq/encode.js';
import { hex, isErrno } from './common.js';
import { type MainlineCase, type MainlineOp, type MainlineResult, numberOf, operandOf } from './mainline-case.js';

/** The right result, and the ids of the differences whose rules applied. */
export interface MainlineRight extends MainlineResult {
  readonly ids: ReadonlySet<string>;
}

const [EINVAL, EBUSY, ERANGE] = [-22, -16, -34];
const FULL = 0xffff_ffff;

/** By rules over the calls of the case. */
export function rightMainline(one: MainlineCase): MainlineRight {
  const rules = new Rules(one);
  const rets = one.ops.flatMap((op) => (op.op === 'reset' ? rules.reset() : [rules.call(op)]));
  return { rets, ...rules.result() };
}

class Rules {
  readonly #one: MainlineCase;
  readonly #ids = new Set<string>();
  readonly #words: string[] = [];
  /** Places for instructions in each buffer: the last is kept for the JUMP to the next. */
  readonly #places: number[];
  #buffer = 0;
  #inBuffer = 0;
  #isFinal = false;
  #clientReg: MainlineResult['clientReg'];

  constructor(one: MainlineCase) {
    this.#one = one;
    this.#places = [Math.max(2, Math.floor(one.buf_size / 8)) - 1];
  }

  result(): Omit<MainlineRight, 'rets'> {
    return { words: this.#words, clientReg: this.#clientReg, ids: this.#ids };
  }

  reset(): [] {
    this.#words.length = 0;
    this.#isFinal = false;
    this.#buffer = 0;
    this.#inBuffer = 0;
    return [];
  }

  call(op: MainlineOp): number {
    if (op.op === 'finalize') return this.#finalize();
    if (op.op === 'jump_rel') return this.#jumpRel(numberOf(op, 'offset'));
    if (op.op === 'client_nomem') return -12;
    if (op.op === 'client_err') return numberOf(op, 'err');
    if (op.op === 'get_client_reg') return this.#register(op);
    const words = this.#wordsOf(op);
    return isErrno(words) ? words : this.#put(words);
  }

  #register(op: MainlineOp): number {
    const [subsys = 0, offset = 0, size = 0] = op['args'] as readonly number[];
    if (op['err'] !== undefined && op['err'] !== 0) return op['err'] === -2 ? -2 : EINVAL;
    if (subsys > 0xff || offset > 0xffff || size > 0xffff) this.#ids.add('cmdq-L9');
    this.#clientReg = { subsys, offset, size };
    return 0;
  }

  #wordsOf(op: MainlineOp): string[] | number {
    const n = (name: string): number => numberOf(op, name);
    switch (op.op) {
      case 'write':
        return this.#access('04', op, FULL);
      case 'write_mask':
        return this.#access('04', op, n('mask'));
      case 'poll':
        return this.#access('08', op, FULL);
      case 'poll_mask':
        if (n('mask') === FULL) this.#ids.add('cmdq-L5');
        return this.#access('08', op, n('mask'));
      case 'read_s':
        return (
          this.#low(op) ??
          this.#reg(n('reg_idx')) ?? [
            `80${sop(0x80, n('high_addr_reg_idx'))}${h4(n('reg_idx'))}${h4(n('addr_low'))}0000`,
          ]
        );
      case 'write_s':
      case 'write_s_mask':
        return this.#reg(n('src_reg_idx')) ?? this.#writeS(op, 0x40, `${h4(n('src_reg_idx'))}0000`);
      case 'write_s_value':
      case 'write_s_mask_value':
        return this.#writeS(op, 0, hex(n('value')));
      case 'mem_move':
        return this.#memMove(n('src'), n('dst'));
      case 'poll_addr':
        return this.#pollAddr(n('addr'), n('value'), n('mask'));
      case 'assign':
        return this.#reg(n('reg_idx')) ?? [`a080${h4(n('reg_idx'))}${hex(n('value'))}`];
      case 'logic':
        return this.#logic(op);
      case 'jump_abs':
        return this.#jumpAbs(n('addr'));
      case 'eoc':
        return ['4000000000000001'];
      default:
        return this.#event(op);
    }
  }

  #event(op: MainlineOp): string[] | number {
    const event = numberOf(op, 'event');
    const operands: Readonly<Record<string, string>> = {
      wfe: op['clear'] === true || op['clear'] === 1 ? '80008001' : '00008001',
      ...{ acquire_event: '80018000', clear_event: '80000000', set_event: '80010000' },
    };
    const operand = operands[op.op];
    if (operand === undefined) throw new Error(`no such call: ${op.op}`);
    if (event > 0xffff) return this.#refused('cmdq-L1', EINVAL);
    if (event === 1023) this.#ids.add('cmdq-L4');
    return event > 1023 ? EINVAL : [`2000${h4(event)}${operand}`];
  }

  #access(code: string, op: MainlineOp, mask: number): string[] | number {
    const [subsys, offset, value] = [numberOf(op, 'subsys'), numberOf(op, 'offset'), numberOf(op, 'value')];
    if (subsys > 31) return this.#refused('cmdq-L1', EINVAL);
    if (offset % 4 !== 0) return this.#refused('cmdq-L8', EINVAL);
    if (offset > 0xffff) return this.#refused('cmdq-L1', ERANGE);
    const at = `${code}${hex(subsys).slice(6)}${h4(mask === FULL ? offset : offset + 1)}`;
    return [...masking(mask), at + hex(value)];
  }

  #writeS(op: MainlineOp, typeBits: number, lower: string): string[] | number {
    const mask = op['mask'] === undefined ? FULL : numberOf(op, 'mask');
    if (op['mask'] === FULL) this.#ids.add('cmdq-L5');
    const refused = this.#low(op);
    if (refused !== undefined) return refused;
    const place = `${sop(typeBits, numberOf(op, 'high_addr_reg_idx'))}${h4(numberOf(op, 'addr_low'))}`;
    return [...masking(mask), `${mask === FULL ? '90' : '91'}${place}${lower}`];
  }

  /** The register of the upper half, and the lower half. */
  #low(op: MainlineOp): number | undefined {
    const [upper, low] = [numberOf(op, 'high_addr_reg_idx'), numberOf(op, 'addr_low')];
    if (upper > 31 || low > 0xffff) return this.#refused('cmdq-L1', EINVAL);
    return upper > 3 || low % 4 !== 2 ? this.#refused('cmdq-L8', EINVAL) : undefined;
  }

  /** The thread's own, the shared ones, those in pairs, the timer, and what newer parts have above. */
  #reg(reg: number): number | undefined {
    if (reg > 0xffff) return this.#refused('cmdq-L1', EINVAL);
    const isKnown = reg < 4 || (reg >= 32 && reg <= 56) || reg >= 0x8000;
    return isKnown ? undefined : this.#refused('cmdq-L8', EINVAL);
  }

  #memMove(src: number, dst: number): string[] | number {
    for (const addr of [src, dst]) {
      if (addr % 4 !== 0) return this.#refused('cmdq-L8', EINVAL);
      if (addr >= 2 ** 48) return this.#refused('cmdq-L10', ERANGE);
    }
    const upper = (addr: number): string => hex(Math.floor(addr / 0x1_0000));
    const lower = (addr: number): string => h4((addr % 0x1_0000) + 2);
    const [from, to] = [`a0800000${upper(src)}`, `a0800000${upper(dst)}`];
    return [from, `80800001${lower(src)}0000`, to, `9040${lower(dst)}00010000`];
  }

  #pollAddr(addr: number, value: number, mask: number): string[] | number {
    if (addr % 4 !== 0) return this.#refused('cmdq-L8', EINVAL);
    if (addr > FULL) return this.#refused('cmdq-L10', ERANGE);
    return [...masking(mask), `028f0000${hex(addr)}`, `088f000${mask === FULL ? 0 : 1}${hex(value)}`];
  }

  #logic(op: MainlineOp): string[] | number {
    const [left, right] = [operandOf(op, 'left'), operandOf(op, 'right')];
    const code = numberOf(op, 's_op');
    if (left === null || right === null || code > 13) return EINVAL;
    if (code > 3 && code < 8) return this.#refused('cmdq-L7', EINVAL);
    const result = numberOf(op, 'result_reg_idx');
    const refused = this.#reg(result) ?? this.#operand(left) ?? this.#operand(right);
    if (refused !== undefined) return refused;
    const types = 0x80 + ('reg' in left ? 0x40 : 0) + ('reg' in right ? 0x20 : 0);
    return [`a0${sop(types, code)}${h4(result)}${h4(numberIn(left))}${h4(numberIn(right))}`];
  }

  #operand(operand: Operand): number | undefined {
    if ('reg' in operand) return this.#reg(operand.reg);
    return operand.imm > 0xffff || operand.imm < 0 ? this.#refused('cmdq-L1', EINVAL) : undefined;
  }

  #jumpAbs(addr: number): string[] | number {
    const units = addr / 2 ** this.#one.shift_pa;
    if (!Number.isInteger(units)) return this.#refused('cmdq-L8', ERANGE);
    return units > FULL ? this.#refused('cmdq-L1', ERANGE) : [`10000001${hex(units)}`];
  }

  /** Only within what lies in one buffer. */
  #jumpRel(offset: number): number {
    if (offset % 8 !== 0 || offset === 0) return this.#refused('cmdq-L6', EINVAL);
    if (this.#isFinal) return this.#refused('cmdq-L3', EBUSY);
    const together = Math.max(1, offset / 8 + 1);
    if (this.#left() < together) {
      this.#provide(together);
      this.#next();
    }
    if (-offset > 8 * this.#inBuffer) return this.#refused('cmdq-L6', ERANGE);
    if (offset < 0 && this.#one.shift_pa > 0) this.#ids.add('cmdq-L6');
    return this.#put([`10000000${hex(offset / 2 ** this.#one.shift_pa)}`]);
  }

  #finalize(): number {
    if (this.#isFinal) return this.#refused('cmdq-L3', 0);
    const ret = this.#put(['4000000000000001', `10000000${hex(8 / 2 ** this.#one.shift_pa)}`]);
    this.#isFinal = true;
    return ret;
  }

  #put(words: readonly string[]): number {
    if (this.#isFinal) return this.#refused('cmdq-L3', EBUSY);
    if (this.#left() < words.length) this.#provide(words.length - this.#left());
    for (const word of words) {
      if (this.#left() === 0) this.#next();
      this.#words.push(word);
      this.#inBuffer++;
    }
    if (this.#words.length > Math.floor(this.#one.buf_size / 8)) this.#ids.add('cmdq-L2');
    return 0;
  }

  #left(): number {
    return (this.#places[this.#buffer] as number) - this.#inBuffer;
  }

  /** A buffer of twice what there is, or of what is needed; after a reset those that were there before serve again. */
  #provide(count: number): void {
    const next = this.#places[this.#buffer + 1];
    if (next !== undefined && next >= count) return;
    const instructions = this.#places.reduce((sum, places) => sum + places + 1, 0);
    this.#places.splice(this.#buffer + 1, 0, Math.max(2 * instructions, count + 1) - 1);
  }

  #next(): void {
    if (this.#places[this.#buffer + 1] === undefined) this.#provide(1);
    this.#buffer++;
    this.#inBuffer = 0;
  }

  #refused(id: string, errno: number): number {
    this.#ids.add(id);
    return errno;
  }
}

function masking(mask: number): string[] {
  return mask === FULL ? [] : [`02000000${hex(~mask)}`];
}

function numberIn(operand: Operand): number {
  return 'reg' in operand ? operand.reg : operand.imm;
}

function sop(typeBits: number, value: number): string {
  return hex(typeBits + value).slice(6);
}

function h4(value: number): string {
  return hex(value).slice(4);
}
