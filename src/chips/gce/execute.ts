// Table of what each instruction does, by opcode. The program counter is behind the instruction already when it runs.
import {
  a16Of,
  b16Of,
  C_TYPE,
  c16Of,
  DST_TYPE,
  EOC,
  LOGIC_OPERATORS,
  LOW_OF_REGISTER,
  OP,
  type OpName,
  SRC_TYPE,
  sopOf,
  WFE,
  WITH_MASK,
} from './decode.js';
import type { ErrorCause } from './look.js';
import type { Machine } from './machine.js';
import { IRQ } from './regs.js';
import type { Thread } from './thread.js';

/** The instruction is done. */
export const DONE = 0;
/** The thread stands on it until an event has its value. */
export const WAITS = 1;
/** The thread stands on it until a register has its value, and nothing else runs. */
export const POLLS = 2;
/** It cannot be executed. */
export const STOPS = 3;

/** Executes one instruction; `high` and `low` are its words, as signed numbers. */
type Executor = (m: Machine, t: Thread, high: number, low: number) => number;

/** Legacy instructions name general registers from 0 on. */
const GENERAL = 32;

const EXECUTORS: Readonly<Record<OpName, Executor>> = {
  READ: (m, t, high, low) => {
    const addr = legacyAddress(m, t, high);
    if (addr >= 0) m.write(t, GENERAL + (low & 0x1f), m.load(t, addr));
    return DONE;
  },
  MASK: (m, t, high, low) => {
    if ((high & DST_TYPE) !== 0) m.write(t, GENERAL + sopOf(high), low);
    else m.setMask(t, low);
    return DONE;
  },
  WRITE: writeWindow,
  POLL: poll,
  JUMP: (m, t, high, low) => {
    const units = (high & SRC_TYPE) !== 0 ? m.read(t, c16Of(low)) : low;
    jump(m, t, units, (high & WITH_MASK) !== 0);
    return DONE;
  },
  WFE: waitOrUpdate,
  EOC: (m, t, high, low) => {
    if ((high & EOC.noCount) === 0) t.execCount = (t.execCount + 1) | 0;
    if ((low & EOC.irq) !== 0) m.raise(t, IRQ.done);
    if ((low & EOC.prefetch) !== 0) {
      t.prefetches = (low & EOC.prefetchOn) === EOC.prefetchOn;
      if (!t.prefetches) t.drop();
    }
    return DONE;
  },
  READ_S: (m, t, high, low) => {
    const addr = address(m, t, sopOf(high), b16Of(low), (high & SRC_TYPE) !== 0);
    if (addr >= 0) m.write(t, a16Of(high), m.load(t, addr));
    return DONE;
  },
  WRITE_S: (m, t, high, low) => write(m, t, high, low, false),
  WRITE_S_MASK: (m, t, high, low) => write(m, t, high, low, true),
  LOGIC: logic,
  JUMP_C_ABS: (m, t, high, low) => conditional(m, t, high, low, true),
  JUMP_C_REL: (m, t, high, low) => conditional(m, t, high, low, false),
};

/** By opcode; undefined where there is no such instruction. */
const EXECUTE: readonly (Executor | undefined)[] = Array.from({ length: 256 }, (_, opcode) => {
  const name = (Object.keys(OP) as OpName[]).find((one) => OP[one] === opcode);
  return name === undefined ? undefined : EXECUTORS[name];
});

/** One instruction. Most are WRITE: a call that is always the same costs less than one through the table. */
export function execute(m: Machine, t: Thread, high: number, low: number): number {
  const opcode = high >>> 24;
  if (opcode === OP.WRITE) return writeWindow(m, t, high, low);
  const executor = EXECUTE[opcode];
  return executor === undefined ? stop(t, { kind: 'opcode', opcode }) : executor(m, t, high, low);
}

/** A thread stops on an instruction. */
function stop(t: Thread, error: ErrorCause): number {
  t.error = error;
  return STOPS;
}

/** Where READ, WRITE and POLL go: a subsystem's window, or what a general register says. Negative: nowhere. */
function legacyAddress(m: Machine, t: Thread, high: number): number {
  if ((high & DST_TYPE) !== 0) return m.addressIn(t, GENERAL + sopOf(high));
  return m.windowAddress(t, sopOf(high), a16Of(high));
}

function legacyValue(m: Machine, t: Thread, high: number, low: number): number {
  return (high & SRC_TYPE) !== 0 ? m.read(t, GENERAL + (low & 0x1f)) : low;
}

/** Where READ_S and WRITE_S go. */
function address(m: Machine, t: Thread, sop: number, field: number, byRegister: boolean): number {
  if ((field & LOW_OF_REGISTER) !== 0) {
    const upper = m.read(t, sop) >>> 0;
    // Almost always a register below 2^31: then without floating point.
    return upper < 0x8000 ? (upper << 16) | (field & 0xfffc) : upper * 0x1_0000 + (field & 0xfffc);
  }
  return byRegister ? m.addressIn(t, field) : m.windowAddress(t, sop, field);
}

function write(m: Machine, t: Thread, high: number, low: number, masked: boolean): number {
  const addr = address(m, t, sopOf(high), a16Of(high), (high & DST_TYPE) !== 0);
  const value = (high & SRC_TYPE) !== 0 ? m.read(t, b16Of(low)) : low;
  if (addr >= 0) m.store(t, addr, value, masked);
  return DONE;
}

function writeWindow(m: Machine, t: Thread, high: number, low: number): number {
  if ((high & (DST_TYPE | SRC_TYPE)) === 0) {
    const addr = m.windowAddress(t, sopOf(high), a16Of(high));
    if (addr >= 0) m.store(t, addr, low, (high & WITH_MASK) !== 0);
    return DONE;
  }
  const addr = legacyAddress(m, t, high);
  if (addr >= 0) m.store(t, addr, legacyValue(m, t, high, low), (high & WITH_MASK) !== 0);
  return DONE;
}

function poll(m: Machine, t: Thread, high: number, low: number): number {
  const addr = legacyAddress(m, t, high);
  const mask = (high & WITH_MASK) !== 0 ? ~m.maskFor(t) : -1;
  const value = legacyValue(m, t, high, low);
  const seen = addr >= 0 ? m.load(t, addr) : 0;
  if (((seen ^ value) & mask) === 0) return DONE;
  t.pollAddr = addr;
  t.pollValue = value >>> 0;
  t.pollMask = mask >>> 0;
  t.pollSeen = seen;
  return POLLS;
}

function jump(m: Machine, t: Thread, units: number, absolute: boolean): void {
  const unit = m.soc.shift === 0 ? 1 : 8;
  t.jump(absolute ? (units >>> 0) * unit : t.current + (units | 0) * unit);
}

function waitOrUpdate(m: Machine, t: Thread, high: number, low: number): number {
  const update = (low & WFE.update) !== 0 ? low & WFE.updateOperator : 0;
  const wait = (low & WFE.wait) !== 0 ? low & WFE.waitOperator : 0;
  if ((update | wait) !== 0) return stop(t, { kind: 'event-operator', update: update >>> 28, wait: wait >>> 12 });
  const id = a16Of(high) & 0x3ff;
  if (a16Of(high) > 0x3ff && !t.waiting) m.find('event-range', t, `uses event ${a16Of(high)}, which is ${id} here`);
  if ((low & WFE.wait) !== 0 && m.events.get(id) !== (low & WFE.waitValue)) {
    t.waitId = id;
    t.waitValue = low & WFE.waitValue;
    return WAITS;
  }
  if ((low & WFE.update) !== 0) m.events.set(id, (low & WFE.updateValue) >>> 16);
  return DONE;
}

const NUMBER_MAX = 0xffff_ffff;

/** Two operands, unsigned, to a result; a negative one or one beyond 32 bits is an overflow. By operator code. */
const LOGIC: readonly (((left: number, right: number) => number) | undefined)[] = [
  (left) => left,
  (left, right) => left + right,
  (left, right) => left - right,
  (left, right) => left * right,
  undefined,
  undefined,
  undefined,
  undefined,
  (left, right) => (left ^ right) >>> 0,
  (left) => ~left >>> 0,
  (left, right) => (left | right) >>> 0,
  (left, right) => (left & right) >>> 0,
  (left, right) => (right > 31 ? 0 : (left << right) >>> 0),
  (left, right) => (right > 31 ? 0 : left >>> right),
];

function logic(m: Machine, t: Thread, high: number, low: number): number {
  const code = sopOf(high);
  const compute = LOGIC[code];
  if (compute === undefined) return stop(t, { kind: 'operator', code });
  if (code === 0 && (high & SRC_TYPE) === 0) {
    m.write(t, a16Of(high), low);
    return DONE;
  }
  const left = leftOf(m, t, high, low);
  const right = rightOf(m, t, high, low);
  const result = compute(left, right);
  if (result < 0 || result > NUMBER_MAX)
    return stop(t, { kind: 'overflow', left, operator: LOGIC_OPERATORS[code] ?? '', right });
  m.write(t, a16Of(high), result);
  return DONE;
}

/** Whether two operands, unsigned, meet a condition. By condition code. */
const CONDITION: readonly ((left: number, right: number) => boolean)[] = [
  (left, right) => left === right,
  (left, right) => left !== right,
  (left, right) => left >= right,
  (left, right) => left <= right,
  (left, right) => left > right,
  (left, right) => left < right,
];

function conditional(m: Machine, t: Thread, high: number, low: number, absolute: boolean): number {
  const meets = CONDITION[sopOf(high)];
  if (meets === undefined) return stop(t, { kind: 'condition', code: sopOf(high) });
  if (meets(leftOf(m, t, high, low), rightOf(m, t, high, low))) jump(m, t, m.read(t, a16Of(high)), absolute);
  return DONE;
}

function leftOf(m: Machine, t: Thread, high: number, low: number): number {
  return (high & SRC_TYPE) !== 0 ? m.read(t, b16Of(low)) >>> 0 : b16Of(low);
}

function rightOf(m: Machine, t: Thread, high: number, low: number): number {
  return (high & C_TYPE) !== 0 ? m.read(t, c16Of(low)) >>> 0 : c16Of(low);
}
