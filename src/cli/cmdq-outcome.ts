// How each thread of a run has ended, in words; and of a thread that does not go on, why.
import type { Diagnostic } from '../base/diagnostic.js';
import { inWords } from '../chips/gce/look.js';
import type { CmdqNames } from '../drivers/mtk-cmdq/disassemble-names.js';
import type { DtTree } from '../dt/tree.js';
import { eventSource } from '../review/cmdq/event-source.js';
import { eventUses } from '../review/cmdq/event-uses.js';
import { awaitedEvent, type ThreadState } from '../review/cmdq/thread-state.js';
import { type Bystander, type Waiting, type WhyStuck, whyStuck } from '../review/cmdq/why-stuck.js';
import type { RunResult, ThreadResult } from './cmdq-run.js';
import { formatDuration } from '../stock/duration.js';

/** The end of one thread. */
export interface Outcome extends WhyStuck {
  readonly isFine: boolean;
}

/** What names are from. */
export interface NamesOfRun {
  readonly names: CmdqNames;
  readonly tree: DtTree | undefined;
}

/** Explains where a thread has ended. */
export function outcomeOf(thread: ThreadResult, result: RunResult, from: NamesOfRun): Outcome {
  const { id, pc, plan, state } = thread;
  const name = `thread ${id}`;
  if (state === 'idle-at-end') return { isFine: true, says: `${name} is at its end`, why: [], check: [] };
  if (state === 'waiting' && thread.waitsFor !== undefined) {
    const { event, value } = thread.waitsFor;
    const others = result.threads.filter((other) => other.id !== id).map(bystander);
    const source = eventSource(event, from.names.soc, from.tree);
    const waiting: Waiting = { name, program: bystander(thread), offset: pc - plan.base, event, value, source, others };
    const { says, why, check } = whyStuck(waiting, from.names);
    const inRun = value === 1 ? raisesOf(thread, event, result, from.names) : { why: [], check: [] };
    return { isFine: false, says, why: [...why, ...inRun.why], check: [...check, ...inRun.check] };
  }
  const at = `offset 0x${Math.abs(pc - plan.base)
    .toString(16)
    .padStart(4, '0')}`;
  if (pc < plan.base || pc > plan.base + plan.bytes.length) return outside(thread);
  if (state === 'polling') return polls(`${name} at ${at} ${registerWords(thread, from.names)}`);
  if (state === 'running') return endless(`${name} still runs, at ${at}`, result.isOut);
  return { isFine: false, says: `${name} ${inWords(thread)}, at ${at}`, why: [], check: checksOf(thread) };
}

function bystander({ id, plan: { bytes } }: ThreadResult): Bystander {
  return { name: `thread ${id}`, uses: eventUses(bytes) };
}

/** What became of the event in this run. */
function raisesOf(
  { lastNs }: ThreadResult,
  event: number,
  { steps }: RunResult,
  names: CmdqNames,
): Omit<WhyStuck, 'says'> {
  const last = steps.findLast(({ raised }) => raised === event)?.at;
  if (last === undefined) {
    const name = names.eventName(event) ?? String(event);
    return { why: ['nobody raises it in this run'], check: [`how it goes on: --event ${name}@16.7ms raises it here`] };
  }
  const [at, came] = [formatDuration(last), formatDuration(lastNs)];
  const lost =
    last <= lastNs
      ? `it was raised at ${at}, which is too early: the thread came here at ${came}`
      : `it was raised at ${at}, and another thread was faster`;
  return { why: [lost], check: [] };
}

function outside({ id, pc, plan }: ThreadResult): Outcome {
  const addr = `0x${pc.toString(16)}`;
  const end = `0x${(plan.base + plan.bytes.length).toString(16)}`;
  const says = `thread ${id} has left its program: it stands at ${addr}, and the program ends at ${end}`;
  const why = ['END_ADDR is compared for equality: a jump past it is not noticed', 'what is there is not known here'];
  return { isFine: false, says, why, check: ['the targets of its jumps; --base where it is in memory otherwise'] };
}

function registerWords({ pollsFor }: ThreadResult, names: CmdqNames): string {
  if (pollsFor === undefined) return 'polls';
  const { addr, value, mask, seen } = pollsFor;
  const bits = mask === 0xffff_ffff ? '' : ` in bits 0x${mask.toString(16)}`;
  const name = names.registerName(addr) ?? `0x${addr.toString(16)}`;
  return `polls ${name} for 0x${((value & mask) >>> 0).toString(16)}${bits}; it reads 0x${seen.toString(16)}`;
}

function polls(says: string): Outcome {
  const why = ['while a thread polls, no other thread executes, and drivers cannot suspend it'];
  return {
    isFine: false,
    says,
    why,
    check: ['the block that should change it; --reg PLACE=VALUE gives it a value here'],
  };
}

function endless(says: string, isOut: boolean): Outcome {
  const why = isOut
    ? ['--steps or --for is used up: it is a loop, or longer than that']
    : ['it has a higher priority above it'];
  return { isFine: false, says, why, check: [] };
}

function checksOf({ error }: ThreadResult): string[] {
  if (error?.kind === 'opcode') return ['the bytes there: no instruction has this operation'];
  return error === undefined ? [] : ['the instruction there'];
}

/** Why the thread of a log waits, where the log has no program; undefined when it does not say that it waits. */
export function outcomeOfLog(state: ThreadState, { names, tree }: NamesOfRun): Outcome | undefined {
  const event = awaitedEvent(state);
  if (event === undefined) return undefined;
  const source = eventSource(event, names.soc, tree);
  const name = state.thread === undefined ? 'the thread' : `thread ${state.thread}`;
  const waiting: Waiting = { name, program: undefined, offset: undefined, event, value: 1, source, others: [] };
  return { isFine: false, ...whyStuck(waiting, names) };
}

/** What programs did wrong without being stopped. */
export function findingsOf({ findings }: RunResult): Diagnostic[] {
  return findings.map(({ kind, thread, pc, text }) => {
    return { severity: 'warning', code: `cmdq/run/${kind}`, text, where: `thread ${thread}, 0x${pc.toString(16)}` };
  });
}
