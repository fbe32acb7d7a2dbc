// What came of faults: from a trace, each strike with what the bus answered and what drivers said next.
import { traceLine } from '../abi/trace-text.js';
import { type Duration, type Instant, s } from '../base/clock.js';
import { errnoName } from '../base/errno.js';
import type { TraceEvent } from '../base/trace.js';
import type { DtTree } from '../dt/tree.js';
import { addressOf } from './fault-wires.js';

/** One event in the kernel's words. */
export interface AnswerLine {
  readonly t: Instant;
  /** Place in the trace. */
  readonly seq: number;
  readonly where: string;
  readonly text: string;
}

/** A fault that struck, or the same one several times within a second. */
export interface FaultStrike {
  readonly at: Instant;
  readonly seq: number;
  /** When it struck last, and how often. */
  readonly until: Instant;
  readonly count: number;
  /** The bus or device. */
  readonly where: string;
  /** The planned point without its fault. */
  readonly point: string;
  readonly fault: string;
  /** What the bus answered, and what the devices at the wire said. */
  readonly answer: readonly AnswerLine[];
  /** What others said meanwhile. */
  readonly elsewhere: readonly AnswerLine[];
}

/** Strikes that are kept. */
const MOST_STRIKES = 50;
/** How long it is listened to the devices at the wire, and to others. */
const NEAR_FOR: Duration = s(3);
const OTHERS_FOR: Duration = s(1);
const MOST_NEAR = 10;
const MOST_OTHERS = 4;
/** The same fault again so soon is not told anew. */
const SAME_WITHIN: Duration = s(1);

/** What a person would look for in the log. */
const SAID: ReadonlySet<TraceEvent['kind']> = new Set<TraceEvent['kind']>([
  ...(['printk', 'bound', 'failed', 'deferred', 'unbound', 'device_pm_callback'] as const),
  ...(['dma_debug', 'dsp_state', 'dsp_finding', 'gce_finding', 'fman_finding', 'dpaa_finding'] as const),
  'dpaa_reject',
]);

type Open = { -readonly [K in keyof FaultStrike]: FaultStrike[K] } & {
  answer: AnswerLine[];
  elsewhere: AnswerLine[];
  /** The devices at the wire: paths. */
  near: readonly string[];
};

/** Listens to a trace, event by event. */
export class FaultStrikes {
  readonly #tree: DtTree;
  /** Paths of devices by the name with which they listen to an interrupt line. */
  readonly #listeners: (line: string) => readonly string[];
  readonly #strikes: Open[] = [];
  #open: Open[] = [];
  /** Strikes that are not kept any more. */
  dropped = 0;
  /** Counts what changed. */
  changes = 0;

  constructor(tree: DtTree, listeners: (line: string) => readonly string[]) {
    this.#tree = tree;
    this.#listeners = listeners;
  }

  /** The oldest first. */
  get strikes(): readonly FaultStrike[] {
    return this.#strikes;
  }

  /** Takes the next event. */
  feed(event: TraceEvent): void {
    if (event.kind === 'fault') return this.#struck(event);
    if (this.#open.length === 0) return;
    if (this.#open.some(({ until }) => event.t > until + NEAR_FOR))
      this.#open = this.#open.filter(({ until }) => event.t <= until + NEAR_FOR);
    for (const open of this.#open) this.#listen(open, event);
  }

  #struck({ t, seq, where, point, fault }: Extract<TraceEvent, { kind: 'fault' }>): void {
    this.changes++;
    const same = this.#open.findLast((one) => one.point === point && one.where === where && one.fault === fault);
    if (same !== undefined && t - same.until <= SAME_WITHIN) {
      same.count++;
      same.until = t;
      return;
    }
    const near = /:irq[\d.]+$/.test(where) ? this.#listeners(where) : [where.replace(/\[[^\]]*\]$/, '')];
    const open: Open = { at: t, seq, until: t, count: 1, where, point, fault, answer: [], elsewhere: [], near };
    this.#strikes.push(open);
    this.#open.push(open);
    if (this.#strikes.length <= MOST_STRIKES) return;
    const oldest = this.#strikes.shift();
    this.#open = this.#open.filter((one) => one !== oldest);
    this.dropped++;
  }

  #listen(open: Open, event: TraceEvent): void {
    if (event.where === open.where && event.t === open.until && isRefusal(event)) {
      if (event.kind === 'i2c_result') open.near = [this.#targetAt(open.where, event.addr)];
      if (open.answer.length < MOST_NEAR && !open.answer.some(({ text }) => text === textOf(event)))
        this.#add(open.answer, event);
    }
    if (!SAID.has(event.kind)) return;
    if (open.near.some((path) => isAt(path, event.where))) {
      if (open.answer.length < MOST_NEAR) this.#add(open.answer, event);
    } else if (isTrouble(event) && event.t <= open.until + OTHERS_FOR && open.elsewhere.length < MOST_OTHERS)
      this.#add(open.elsewhere, event);
  }

  #add(lines: AnswerLine[], event: TraceEvent): void {
    this.changes++;
    lines.push({ t: event.t, seq: event.seq, where: event.where, text: textOf(event) });
  }

  #targetAt(bus: string, addr: number): string {
    const node = this.#tree.byPath(bus);
    const children = (node?.child('i2c-bus') ?? node)?.children ?? [];
    return children.find((child) => addressOf(child) === addr)?.path ?? bus;
  }
}

/** A device at the path, below it, or what it is part of. */
function isAt(path: string, where: string): boolean {
  return where === path || where.startsWith(`${path}/`) || path.startsWith(`${where}/`);
}

/** A bus that says no. */
function isRefusal(event: TraceEvent): event is Extract<TraceEvent, { ret: number }> & TraceEvent {
  return (event.kind === 'i2c_result' || event.kind === 'rpmsg_send') && event.ret < 0;
}

function isTrouble(event: TraceEvent): boolean {
  if (event.kind === 'printk') return event.level === 'err' || event.level === 'warn';
  return event.kind !== 'bound';
}

/** As the log has it: a driver's line as it is, other events with their name; numbers of errors with their names. */
function textOf(event: TraceEvent): string {
  if (event.kind === 'printk') return event.text;
  const line = traceLine(event);
  const text = line.slice(line.indexOf('] ') + 2 + event.where.length + 2);
  const name = 'ret' in event && typeof event.ret === 'number' && event.ret < 0 ? errnoName(event.ret) : undefined;
  return name === undefined ? text : `${text} (${name})`;
}
