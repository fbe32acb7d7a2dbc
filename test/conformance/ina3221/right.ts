// What a result is held against: the recorded one, or where a documented difference applies, the one that is right.
import { SimClock } from '../../../src/base/clock.js';
import { type Verdict, verdict } from '../family.js';
import type { Case, Registers, Transfer } from './case.js';
import { RecordingChip } from './recording-chip.js';
import type { Result } from './run-case.js';

/** What must come out: everything that a case tells. */
export interface Wanted {
  readonly chipBefore: Registers;
  readonly cacheBefore: Registers;
  readonly ret: number;
  readonly text: string | undefined;
  readonly bus: readonly Transfer[];
  readonly chip: Registers;
  readonly cache: Registers;
  readonly sleptUs: number;
}

/** The right result by rules over the input of the case, and the ids of the differences whose rules applied. */
export interface Right extends Wanted {
  readonly ids: ReadonlySet<string>;
}

function recorded({ chipBefore, cacheBefore, expected }: Case): Wanted {
  const { ret, text, bus, chip, cache, sleptUs } = expected;
  return { chipBefore, cacheBefore, ret, text, bus, chip, cache, sleptUs };
}

/**
 * The result must be the right one: passed where that is the recorded one, else a deviation. So a driver that makes a
 * mistake of the original again fails.
 */
export function judge(one: Case, result: Result, right: Right): Verdict {
  const is: Wanted = { ...result.outcome, chipBefore: result.chipBefore, cacheBefore: result.cacheBefore };
  const { summationShunt } = one.expected;
  if (one.expected.ret === 0 && summationShunt !== undefined && result.outcome.summationShunt !== summationShunt)
    return verdict(`common shunt ${result.outcome.summationShunt}, not ${summationShunt}`);
  const ids = [...right.ids].join(' ');
  const wrong = difference(is, right);
  if (wrong !== undefined) return verdict(`${wrong}${ids === '' ? '' : `, by ${ids}`}`);
  const deviates = difference(right, recorded(one));
  if (deviates === undefined) return { kind: 'passed' };
  return ids === '' ? verdict(`no rule has a reason for: ${deviates}`) : { kind: 'deviation', id: ids };
}

function difference(is: Wanted, wanted: Wanted): string | undefined {
  const plain = { is: textOf(is), wanted: textOf(wanted) };
  for (const key of Object.keys(plain.is) as (keyof Wanted)[])
    if (plain.is[key] !== plain.wanted[key]) return `${key} ${plain.is[key]}, not ${plain.wanted[key]}`;
  return undefined;
}

/** CONFIG in the cache is the mistake of the patch (ina3221-D1), so that register is left out of the comparison. */
function textOf(one: Wanted): Record<keyof Wanted, string> {
  const registers = (map: Registers): string => {
    const sorted = [...map].sort(([a], [b]) => a - b);
    return sorted.map(([reg, value]) => `${hex(reg, 2)}=${hex(value, 4)}`).join(' ');
  };
  const cache = (map: Registers): string => registers(new Map([...map].filter(([reg]) => reg !== 0)));
  return {
    chipBefore: registers(one.chipBefore),
    cacheBefore: cache(one.cacheBefore),
    ret: String(one.ret),
    text: String(one.text),
    bus: one.bus.map(([op, reg, value, errno = 0]) => `${op}${hex(reg, 2)}=${hex(value, 4)}${errno || ''}`).join(' '),
    chip: registers(one.chip),
    cache: cache(one.cache),
    sleptUs: String(one.sleptUs),
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** The registers after these transfers. Conversion ready is not looked at: reading its register clears it. */
export function after(registers: Registers, bus: readonly Transfer[]): Registers {
  const chip = new RecordingChip(new SimClock(() => Promise.resolve()), registers);
  for (const [op, reg, value, errno] of bus) {
    if (errno !== undefined) continue;
    if (op === 'w') chip.write(reg, value);
    else chip.read(reg);
  }
  return chip.registers;
}

/** The transfers up to the one that the case lets fail; undefined when it strikes none. */
export function cut(bus: readonly Transfer[], fault: Case['fault']): readonly Transfer[] | undefined {
  if (fault === undefined || fault.after >= bus.length) return undefined;
  const [op, reg, value] = bus[fault.after] as Transfer;
  return [...bus.slice(0, fault.after), [op, reg, op === 'r' ? 0 : value, fault.errno]];
}
