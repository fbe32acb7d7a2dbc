// What the engine shows of itself, as plain data: states of threads, why they stand still, findings, hooks.

/** What a thread does. A thread that is `running` is able to execute, and may wait for its turn. */
export type ThreadState = 'disabled' | 'suspended' | 'error' | 'polling' | 'idle-at-end' | 'waiting' | 'running';

/** Why an instruction was not executed and its thread stopped. */
export type ErrorCause =
  | { readonly kind: 'opcode'; readonly opcode: number }
  | { readonly kind: 'operator'; readonly code: number }
  | { readonly kind: 'condition'; readonly code: number }
  | { readonly kind: 'overflow'; readonly left: number; readonly operator: string; readonly right: number }
  /** A WFE with an update or wait operator other than 0. */
  | { readonly kind: 'event-operator'; readonly update: number; readonly wait: number }
  /** The program counter is not at a multiple of 8 bytes. */
  | { readonly kind: 'misaligned' }
  /** The code could not be read: nobody has mapped it, or it is cut off. */
  | { readonly kind: 'fetch'; readonly text: string };

/** An instruction and where it is, in bytes. `high` is the word with the opcode. */
export interface Instruction {
  readonly pc: number;
  readonly high: number;
  readonly low: number;
}

/** What a POLL looks for, and what it saw last. */
export interface PollLook {
  readonly addr: number;
  readonly value: number;
  /** Bits that are compared. */
  readonly mask: number;
  readonly seen: number;
}

/** One thread. Addresses in bytes, whatever the shift. */
export interface ThreadLook {
  readonly id: number;
  readonly state: ThreadState;
  readonly pc: number;
  readonly end: number;
  readonly priority: number;
  readonly waitToken: number;
  readonly irqStatus: number;
  readonly irqEnable: number;
  readonly execCount: number;
  readonly spr: readonly number[];
  /** The instruction that a thread stands on which waits, polls, or has stopped with an error. */
  readonly at?: Instruction;
  /** Since when it waits or polls, in nanoseconds. */
  readonly since?: number;
  /** The event and the value that is waited for. */
  readonly waitsFor?: { readonly event: number; readonly value: number };
  readonly pollsFor?: PollLook;
  readonly error?: ErrorCause;
}

/**
 * Kinds of things that a program did and that the hardware does not tell anybody. `code` cannot be read, and its
 * thread has stopped: the flag alone does not say why. `ddr-off`: GCTL_VALUE has memory switched off, and nobody knows
 * what the hardware reads then.
 */
export type FindingKind =
  | 'code'
  | 'ddr-off'
  | 'unknown-subsys'
  | 'unknown-register'
  | 'bus-error'
  | 'memory-error'
  | 'mask-hazard'
  | 'event-range';

/** Something a program did wrong that no register tells. */
export interface GceFinding {
  readonly kind: FindingKind;
  readonly thread: number;
  readonly pc: number;
  readonly text: string;
}

/**
 * Called by the engine while it runs, in order; what is left out costs nothing. A hook must not touch the engine.
 */
export interface GceHooks {
  /** Before an instruction is executed; once for one that waits, however often it is looked at. */
  instruction?(thread: number, pc: number, high: number, low: number): void;
  /** Before the word is written: to a register, or to memory. `value` is what the mask left of it. */
  write?(thread: number, addr: number, value: number): void;
  /** After a word was read. */
  read?(thread: number, addr: number, value: number): void;
  /** An event got another value, whoever did it. */
  event?(id: number, value: number): void;
  /** A flag of IRQ_STATUS went up: 1 done, 2 timeout, 0x10 invalid instruction. */
  flag?(thread: number, flag: number): void;
  finding?(finding: GceFinding): void;
}

/** The name of an event; undefined where it has none. */
export type EventName = (event: number) => string | undefined;

const NAMELESS: EventName = () => undefined;

/** Why a thread stands still or runs, in words: `waits for event 53 to be 1`. */
export function inWords(thread: ThreadLook, name: EventName = NAMELESS): string {
  const { waitsFor, pollsFor, error } = thread;
  switch (thread.state) {
    case 'disabled':
      return 'is not enabled';
    case 'suspended':
      return waitsFor === undefined ? 'is suspended' : `is suspended; ${waitWords(waitsFor, name)}`;
    case 'error':
      return error === undefined ? 'has stopped' : `has stopped: ${errorWords(error)}`;
    case 'polling':
      return pollsFor === undefined ? 'polls' : pollWords(pollsFor);
    case 'idle-at-end':
      return 'is at its end';
    case 'waiting':
      return waitsFor === undefined ? 'waits' : waitWords(waitsFor, name);
    case 'running':
      return 'can execute';
  }
}

/**
 * Why nothing happens, a line for each thread that somebody has enabled:
 * `thread 0 at 0x40000008 waits for event 53 (MUTEX0_STREAM_EOF) to be 1`. One that can execute and does not is told
 * who has the engine.
 */
export function whyInWords(threads: readonly ThreadLook[], name: EventName = NAMELESS): string[] {
  const poller = threads.find(({ state }) => state === 'polling');
  return threads.flatMap((thread) => {
    const { id, state, pc, since } = thread;
    if (state === 'disabled') return [];
    const behind = poller === undefined || state !== 'running' ? '' : `, but thread ${poller.id} holds the engine`;
    const long = since === undefined ? '' : `, since ${since} ns`;
    return [`thread ${id} at ${hex(pc)} ${inWords(thread, name)}${behind}${long}`];
  });
}

const hex = (value: number): string => `0x${value.toString(16)}`;

function waitWords({ event, value }: NonNullable<ThreadLook['waitsFor']>, name: EventName): string {
  const called = name(event);
  return `waits for event ${event}${called === undefined ? '' : ` (${called})`} to be ${value}`;
}

function pollWords({ addr, value, mask, seen }: PollLook): string {
  const bits = mask === 0xffff_ffff ? '' : ` in bits ${hex(mask)}`;
  return `polls ${hex(addr)} for ${hex(value)}${bits}, which reads ${hex(seen)}`;
}

/** What was wrong with an instruction, in words. */
export function errorWords(error: ErrorCause): string {
  switch (error.kind) {
    case 'opcode':
      return `there is no opcode ${hex(error.opcode)}`;
    case 'operator':
      return `LOGIC has no operator ${error.code}`;
    case 'condition':
      return `a jump has no condition ${error.code}`;
    case 'overflow':
      return `${hex(error.left)} ${error.operator} ${hex(error.right)} does not fit into 32 bits`;
    case 'event-operator':
      return `WFE has no operators ${error.update} to update and ${error.wait} to wait`;
    case 'misaligned':
      return 'its address is no multiple of 8';
    case 'fetch':
      return error.text;
  }
}
