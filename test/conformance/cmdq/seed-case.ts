// A recorded run of the patch's helper (schema: test/golden/cmdq.md, family "seed"), and what must be known of a run.
import { createHash } from 'node:crypto';
import { PATCH_EVENTS } from '../../../src/drivers/mtk-cmdq/pkt-patch.js';
import { bytesOf } from './common.js';

/** One call. */
export interface SeedOp {
  readonly op: string;
  readonly offset?: number;
  readonly value?: number;
  readonly mask?: number;
  readonly dev?: number;
  readonly count?: number;
  readonly offset_step?: number;
  readonly value_step?: number;
  readonly event?: string | number;
  readonly after?: number;
  readonly cb?: boolean;
  readonly err?: number;
}

/** The case. */
export interface SeedCase {
  readonly bases: readonly string[];
  readonly page_size?: number;
  readonly resource_err?: readonly number[];
  readonly register_alloc_fail?: readonly boolean[];
  readonly raw_bases?: readonly { readonly subsys: number; readonly base: string }[];
  readonly ops: readonly SeedOp[];
  readonly expected: {
    readonly register: readonly ({ readonly subsys: number; readonly base: string } | null)[];
    readonly rets: readonly (number | null)[];
    readonly warns: number;
    readonly cmd_buf_size: number | null;
    readonly buf_size: number | null;
    readonly tail_zero?: boolean;
    readonly buffer_sha256?: string;
    readonly mailbox?: SeedMailbox;
  };
}

/** What the mailbox saw. */
export interface SeedMailbox {
  readonly send_message: number;
  readonly txdone: number;
  readonly user_callbacks: number;
  readonly channel_freed: number;
  readonly last_callback?: { readonly err: number | boolean; readonly data_passed_back: boolean };
}

/** What came out of a run, as far as both packets and the rules can tell it. */
export interface SeedResult {
  /** Which of the modules were registered. */
  readonly registered: readonly boolean[];
  readonly rets: readonly (number | null)[];
  readonly warns: number;
  /** Instructions as text; undefined without packet. */
  readonly words: readonly string[] | undefined;
  readonly mailbox: SeedMailbox;
}

/** One line for each thing to compare. */
export function seedLines(one: SeedResult, withMailbox: boolean): readonly string[] {
  const { registered, rets, warns, words, mailbox } = one;
  const bytes = words === undefined ? undefined : bytesOf(words);
  const sum = bytes === undefined ? 'no packet' : createHash('sha256').update(bytes).digest('hex');
  return [
    `registered ${registered.join(' ')}`,
    `answers ${rets.join(' ')}`,
    `warnings ${warns}`,
    `${bytes?.length} bytes ${sum}`,
    ...(withMailbox ? [mailboxLine(mailbox)] : []),
  ];
}

/** The same of what was recorded. */
export function recordedLines({ expected }: SeedCase): readonly string[] {
  const { register, rets, warns, cmd_buf_size: used, buffer_sha256: sum = 'no packet', mailbox } = expected;
  return [
    `registered ${register.map((one) => one !== null).join(' ')}`,
    `answers ${rets.join(' ')}`,
    `warnings ${warns}`,
    `${used ?? undefined} bytes ${sum}`,
    ...(mailbox === undefined ? [] : [mailboxLine(mailbox)]),
  ];
}

/** The index of an event in the patch's enum; beyond it for a number that is not there. */
export function eventIndex(event: string | number | undefined): number {
  if (typeof event === 'number') return event;
  const name = String(event).replace(/^CMDQ_EVENT_/, '');
  return PATCH_EVENTS.findIndex((one) => one.name === name);
}

/** Calls without an answer. */
export function isSilent(op: string): boolean {
  return ['fail_alloc', 'chan_err', 'send_ret'].includes(op);
}

function mailboxLine(one: SeedMailbox): string {
  const last = one.last_callback;
  const told = last === undefined ? '' : `, last ${Number(last.err)} ${last.data_passed_back}`;
  const { send_message: sent, txdone, user_callbacks: count, channel_freed: freed } = one;
  return `sent ${sent}, txdone ${txdone}, told ${count}${told}, freed ${freed}`;
}
