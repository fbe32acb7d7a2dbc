// The run loop: a thread executes one instruction after the other. It is a function over fields that anybody can see,
// because it runs for every instruction, and calls of private methods cost a fifth of it.
import { DONE, execute } from './execute.js';
import type { Machine } from './machine.js';
import type { Schedule } from './schedule.js';
import { KEPT, type Thread } from './thread.js';

/** The loop ended because the thread is at its end, its time is over, or another one must have the engine. */
export const ENDS = -1;
/** No instruction is at hand. */
export const FETCHES = -2;

/** True when the next instruction must be got from memory. */
export function mustFetch(m: Machine, t: Thread): boolean {
  return t.index >= t.count || (t.epoch !== m.memory.epoch && t.epoch !== KEPT);
}

/**
 * Executes a thread that stands on nothing until `m.executed` is `limit`. Answers why it ended: one of the two above,
 * or what an instruction said that is not done; the thread is then still on it.
 */
export function straight(m: Machine, t: Thread, schedule: Schedule, limit: number): number {
  const { memory } = m;
  const { instruction } = m.hooks;
  while (m.executed < limit) {
    const at = t.index;
    if (at === t.endIndex) return ENDS;
    if (at >= t.count || (t.epoch !== memory.epoch && t.epoch !== KEPT)) return t.atEnd ? ENDS : FETCHES;
    const { words } = t;
    const low = words[2 * at] as number;
    const high = words[2 * at + 1] as number;
    if (instruction !== undefined) m.hooks.instruction?.(t.id, t.pc, high >>> 0, low >>> 0);
    t.index = at + 1;
    const outcome = execute(m, t, high, low);
    if (outcome !== DONE) {
      t.index = at;
      return outcome;
    }
    m.executed++;
    if (schedule.over) return ENDS;
  }
  return ENDS;
}

/** The instruction that a thread stands on, once more. */
export function again(m: Machine, t: Thread): number {
  const at = t.index;
  t.index = at + 1;
  const outcome = execute(m, t, t.words[2 * at + 1] as number, t.words[2 * at] as number);
  if (outcome === DONE) m.executed++;
  else t.index = at;
  return outcome;
}
