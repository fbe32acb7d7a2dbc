// What led to an event, and what it led to: a table of rules that join two events of a trace. A rule says which kinds,
// how near, and what both must have in common; the nearest earlier event that fits is the cause. The trace does not say
// why something happened: these are the ways on which one thing brings about another on a board.
import type { TraceEvent } from '../base/trace.js';
import { isBelow } from './trace-filter.js';

/** Events by number: from `first` to just before `end`. */
export interface EventLog {
  readonly first: number;
  readonly end: number;
  at(seq: number): TraceEvent | undefined;
  /** A number for the place of an event. */
  placeOf(seq: number): number;
}

/** What the trace does not say of a board: which devices hang on an interrupt line. */
export interface Wiring {
  owners(line: string): readonly string[];
}

/** An event that has to do with another. */
export interface Neighbour {
  readonly seq: number;
  /** How: `interrupt, its handler`. */
  readonly relation: string;
  /** 1: directly; 2: by one between. */
  readonly depth: number;
}

type Kind = TraceEvent['kind'];
type Of<K, E = TraceEvent> = E extends { readonly kind: infer Kinds } ? (K extends Kinds ? E : never) : never;

/** What a rule may ask beside its two events. */
interface Around extends Wiring {
  /** The event of that kind that came last at the place of `event`. */
  previous<K extends Kind>(event: TraceEvent, kind: K): Of<K> | undefined;
}

interface Rule {
  readonly relation: string;
  readonly cause: readonly Kind[];
  readonly effect: readonly Kind[];
  /** `place`: both at one place, at any time; `moment`: anywhere, within the same moment; `near`: not long ago. */
  readonly how: 'place' | 'moment' | 'near';
  joins(cause: TraceEvent, effect: TraceEvent, around: Around): boolean;
  /** An event between the two that parts them. */
  parts?(between: TraceEvent, effect: TraceEvent): boolean;
}

/** A rule whose events have kinds of their own. */
function rule<C extends Kind, E extends Kind>(
  relation: string,
  cause: readonly C[],
  effect: readonly E[],
  how: Rule['how'],
  joins: (cause: Of<C>, effect: Of<E>, around: Around) => boolean,
  parts?: Rule['parts'],
): Rule {
  const both = { relation, cause, effect, how, joins: joins as unknown as Rule['joins'] };
  return parts === undefined ? both : { ...both, parts };
}

const always = (): boolean => true;
/** A device without the number of its window. */
const device = (where: string): string => where.replace(/\[[^\]]*\]$/, '');
const isOn = (line: string, where: string, { owners }: Wiring): boolean => owners(line).includes(device(where));
/** What a device is called in sentences: by its path, or as Linux names it, `10005000.gpio`. */
const names = (where: string): readonly string[] => {
  const [name = '', addr] = where.slice(where.lastIndexOf('/') + 1).split('@');
  return [where, addr === undefined ? name : `${addr}.${name}`];
};
/** Both ways in which a line moves. */
const EDGES = ['irq_raise', 'irq_lower'] as const;
/** The line of an interrupt leads to the device. */
const onLine = (c: { readonly where: string }, e: { readonly where: string }, around: Wiring): boolean =>
  isOn(e.where, c.where, around);
/** What a line does behind its handler's entry, the handler has done. */
const handled = (between: TraceEvent, e: TraceEvent): boolean =>
  between.kind === 'irq_handler_entry' && between.where === e.where;
/** Where a device writes by itself, the event has a physical address in place of an offset: no window is as large. */
const WINDOW_MOST = 0x10_0000;
const leadsTo = (to: string, where: string): boolean => to.split(' ').some((end) => end.startsWith(`${where}:`));
const sameAddr = (a: { readonly addr: number }, b: { readonly addr: number }): boolean => a.addr === b.addr;
const transferOver = (e: TraceEvent): boolean => e.kind === 'i2c_result';
const DRIVER_ENDS = ['bound', 'failed', 'deferred'] as const;
const MESSAGES = ['printk', ...DRIVER_ENDS] as const;

/** What may happen inside a handler. */
const IN_HANDLER: readonly Kind[] = [
  ...(['mmio_read', 'mmio_write', 'printk', 'irq_lower', 'irq_raise', 'event_fire', 'dma_unmap', 'dma_sync'] as const),
  ...(['iio_event', 'dpaa_dequeue', 'dpaa_enqueue', 'bman_release', 'gce_thread', 'clk_disable'] as const),
];

/** Table of rules. */
export const RULES: readonly Rule[] = [
  rule('write, then read in one transfer', ['i2c_write'], ['i2c_read'], 'place', sameAddr, transferOver),
  rule('read, its answer', ['i2c_read'], ['i2c_reply'], 'place', sameAddr, transferOver),
  rule('transfer, its result', ['i2c_write', 'i2c_read', 'i2c_reply'], ['i2c_result'], 'place', sameAddr),
  rule(
    'transfer, the register',
    ['i2c_result'],
    ['regmap_reg_read', 'regmap_reg_write'],
    'moment',
    (c, e) => c.ret >= 0 && isBelow(e.where, c.where),
    (between, e) => between.where === e.where && between.kind.startsWith('regmap_reg'),
  ),
  rule('failed transfer, what is said of it', ['i2c_result'], MESSAGES, 'moment', (c, e) => {
    return c.ret < 0 && isBelow(e.where, c.where) && (e.kind !== 'printk' || e.level !== 'info');
  }),
  rule(
    'fault, what it struck',
    ['fault'],
    ['i2c_result', 'i2c_reply', 'rpmsg_send', 'ethernet_frame', 'irq_raise', 'mmio_read', 'dpaa_reject', 'gce_thread'],
    'moment',
    (c, e) => isBelow(e.where, c.where) || isBelow(c.where, e.where),
    (between, e) => between.where === e.where && between.kind === e.kind,
  ),
  rule('error, the end of the probe', ['printk'], DRIVER_ENDS, 'place', (c, e) => c.level === 'err' && c.t === e.t),

  rule('write, interrupt', ['mmio_write'], EDGES, 'moment', onLine),
  rule('knob, interrupt', ['knob'], EDGES, 'moment', onLine, handled),
  rule(
    'signal, interrupt',
    ['event_fire'],
    EDGES,
    'moment',
    (c, e, { owners }) => owners(e.where).some((path) => path === c.where || leadsTo(c.to, path)),
    handled,
  ),
  rule('thread, interrupt', ['gce_thread'], EDGES, 'moment', onLine, handled),
  rule('frame in a queue, interrupt', ['dpaa_enqueue'], EDGES, 'moment', onLine, handled),
  // Which of both edges is the interrupt, the line's trigger says: it is the one before the handler.
  rule('interrupt, its handler', EDGES, ['irq_handler_entry'], 'place', always),
  rule('handler, its end', ['irq_handler_entry'], ['irq_handler_exit'], 'place', (c, e) => c.action === e.action),
  rule('handler, what it does', ['irq_handler_entry'], IN_HANDLER, 'moment', always, (between) => {
    return between.kind === 'irq_handler_exit';
  }),
  rule(
    'handler, its transfer',
    ['irq_handler_entry'],
    ['i2c_write', 'i2c_read'],
    'moment',
    (c, e, { owners }) => owners(c.where).some((path) => isBelow(path, e.where)),
    (between, e) => between.kind === 'i2c_result' && between.where === e.where,
  ),

  rule('signal, the next', ['event_fire'], ['event_fire'], 'moment', (c, e) => leadsTo(c.to, e.where)),
  rule(
    'signal, the thread that waited for it',
    ['event_fire'],
    ['gce_thread', 'mmio_write'],
    'moment',
    (c, e, around) => {
      const before = around.previous(e, 'gce_thread');
      const event = /event (\d+)/.exec(before?.why ?? '')?.[1];
      const isWoken = before?.state === 'waiting' && c.to.split(' ').includes(`${e.where}:${event}`);
      return isWoken && (e.kind === 'gce_thread' || e.offset >= WINDOW_MOST);
    },
  ),
  rule('thread, its next state', ['gce_thread'], ['gce_thread'], 'place', (c, e) => c.thread === e.thread),
  rule('write, thread', ['mmio_write'], ['gce_thread'], 'moment', (c, e) => {
    return c.where === e.where && c.offset < WINDOW_MOST;
  }),
  rule('thread, its write', ['gce_thread'], ['mmio_write'], 'place', (_, e) => e.offset >= WINDOW_MOST),

  rule('write, frame into a queue', ['mmio_write'], ['dpaa_enqueue', 'dpaa_reject'], 'moment', (c, e) => {
    return device(c.where) === device(e.where);
  }),
  rule('into a queue, out of it', ['dpaa_enqueue'], ['dpaa_dequeue'], 'near', (c, e) => {
    return c.fqid === e.fqid && c.addr === e.addr;
  }),
  rule('out of a queue, onto the wire', ['dpaa_dequeue'], ['ethernet_frame'], 'near', (c, e) => {
    return e.direction === 'out' && isBelow(e.where, c.where);
  }),
  rule('sent, received', ['ethernet_frame'], ['ethernet_frame'], 'near', (c, e) => {
    return c.direction === 'out' && e.direction === 'in' && c.where !== e.where && c.length === e.length;
  }),
  rule(
    'received, into a queue',
    ['ethernet_frame'],
    ['dpaa_enqueue', 'bman_acquire', 'fman_finding'],
    'moment',
    (c, e) => {
      return c.direction === 'in' && isBelow(c.where, e.where);
    },
  ),
  rule('buffer, the frame in it', ['bman_acquire'], ['dpaa_enqueue'], 'near', (c, e) => c.addrs.includes(e.addr)),
  rule('frame, its buffer back', ['dpaa_dequeue'], ['bman_release'], 'near', (c, e) => e.addrs.includes(c.addr)),

  rule('message, what comes back', ['rpmsg_send'], ['rpmsg_deliver'], 'place', (c) => c.ret >= 0),
  rule('message, what the DSP makes of it', ['rpmsg_send'], ['dsp_state', 'dsp_finding'], 'moment', (c, e) => {
    return isBelow(c.where, e.where);
  }),

  rule('device, its probe', ['device_add'], DRIVER_ENDS, 'place', always),
  rule('deferral, tried again', ['deferred'], DRIVER_ENDS, 'place', always),
  rule('supplier, who waited for it', ['bound'], DRIVER_ENDS, 'near', (c, e, around) => {
    return names(c.where).some((name) =>
      around
        .previous(e, 'deferred')
        ?.reason.split(/[\s:,]+/)
        .includes(name),
    );
  }),
  rule('bound, unbound', ['bound'], ['unbound'], 'place', always),
  rule('device, its end', ['device_add'], ['device_del'], 'place', always),
  rule('mapped, used', ['dma_map'], ['dma_unmap', 'dma_sync', 'dma_debug'], 'place', (c, e) => {
    return e.kind === 'dma_debug' || c.iova === e.iova;
  }),
  rule('resumed, suspended', ['rpm_resume'], ['rpm_suspend'], 'place', always),
  rule('access, what the model lacks', ['mmio_read', 'mmio_write'], ['todo', 'unknown_reg'], 'moment', (c, e) => {
    return isBelow(e.where, device(c.where));
  }),
  rule('transfer, what the model lacks', ['i2c_write', 'i2c_read'], ['todo', 'unknown_reg'], 'moment', (c, e) => {
    return isBelow(e.where, c.where);
  }),
];

/** So far a rule looks: events of the same place are found without looking at the others. */
const PLACE_LOOK = 300_000;
const NEAR_LOOK = 6_000;
const MOMENT_LOOK = 3_000;
const LOOKS: Readonly<Record<Rule['how'], number>> = { place: PLACE_LOOK, near: NEAR_LOOK, moment: MOMENT_LOOK };
/** Chains end here. */
const MOST_DEPTH = 8;
const MOST_CAUSES = 16;
const MOST_EFFECTS = 24;
const MOST_BY_ONE_RULE = 8;

/** What led to an event: its causes, and theirs, the nearest first. */
export function causesOf(log: EventLog, seq: number, wiring: Wiring): Neighbour[] {
  return follow(seq, MOST_CAUSES, (at) => directCauses(log, at, wiring));
}

/** What followed from it. */
export function effectsOf(log: EventLog, seq: number, wiring: Wiring): Neighbour[] {
  return follow(seq, MOST_EFFECTS, (at) => directEffects(log, at, wiring));
}

/** Events at the same place just before and after. */
export function beside(
  log: EventLog,
  seq: number,
  count: number,
): { readonly before: number[]; readonly after: number[] } {
  const before: number[] = [];
  const after: number[] = [];
  const place = log.placeOf(seq);
  const [least, most] = [Math.max(log.first, seq - PLACE_LOOK), Math.min(log.end, seq + PLACE_LOOK)];
  for (let at = seq - 1; at >= least && before.length < count; at--) if (log.placeOf(at) === place) before.unshift(at);
  for (let at = seq + 1; at < most && after.length < count; at++) if (log.placeOf(at) === place) after.push(at);
  return { before, after };
}

type Step = { readonly seq: number; readonly relation: string };

function follow(seq: number, most: number, next: (seq: number) => Step[]): Neighbour[] {
  const seen = new Set([seq]);
  const found: Neighbour[] = [];
  let edge = [seq];
  for (let depth = 1; depth <= MOST_DEPTH && edge.length > 0 && found.length < most; depth++) {
    const steps = edge.flatMap(next);
    edge = [];
    for (const step of steps) {
      if (seen.has(step.seq) || found.length >= most) continue;
      seen.add(step.seq);
      edge.push(step.seq);
      found.push({ ...step, depth });
    }
  }
  return found;
}

function directCauses(log: EventLog, seq: number, wiring: Wiring): Step[] {
  const effect = log.at(seq);
  if (effect === undefined) return [];
  const around = aroundOf(log, wiring);
  return RULES.flatMap((one) => {
    const cause = one.effect.includes(effect.kind) ? nearest(log, one, effect, around) : undefined;
    return cause === undefined ? [] : [{ seq: cause, relation: one.relation }];
  }).sort((a, b) => b.seq - a.seq);
}

/** The nearest earlier event that has led to `effect` by a rule. */
function nearest(log: EventLog, one: Rule, effect: TraceEvent, around: Around): number | undefined {
  const least = Math.max(log.first, effect.seq - LOOKS[one.how]);
  const place = log.placeOf(effect.seq);
  for (let at = effect.seq - 1; at >= least; at--) {
    if (one.how === 'place' && log.placeOf(at) !== place) continue;
    const event = log.at(at) as TraceEvent;
    if (one.how === 'moment' && event.t !== effect.t) return undefined;
    if (one.cause.includes(event.kind) && one.joins(event, effect, around)) return at;
    if (one.parts?.(event, effect) === true) return undefined;
  }
  return undefined;
}

function directEffects(log: EventLog, seq: number, wiring: Wiring): Step[] {
  const cause = log.at(seq);
  if (cause === undefined) return [];
  const around = aroundOf(log, wiring);
  const all = RULES.filter((one) => one.cause.includes(cause.kind)).flatMap((one) => led(log, one, cause, around));
  return all.sort((a, b) => a.seq - b.seq);
}

/** Later events that `cause` has led to by a rule. */
function led(log: EventLog, one: Rule, cause: TraceEvent, around: Around): Step[] {
  const most = Math.min(log.end, cause.seq + LOOKS[one.how]);
  const place = log.placeOf(cause.seq);
  const found: Step[] = [];
  for (let at = cause.seq + 1; at < most && found.length < MOST_BY_ONE_RULE; at++) {
    if (one.how === 'place' && log.placeOf(at) !== place) continue;
    const event = log.at(at) as TraceEvent;
    if (one.how === 'moment' && event.t !== cause.t) break;
    if (!one.effect.includes(event.kind) || !one.joins(cause, event, around)) {
      // Whatever comes later is another one's.
      if (one.how === 'place' && one.cause.includes(event.kind) && found.length > 0) break;
      continue;
    }
    if (nearest(log, one, event, around) === cause.seq) found.push({ seq: at, relation: one.relation });
    else if (one.how === 'place') break;
  }
  return found;
}

function aroundOf(log: EventLog, wiring: Wiring): Around {
  return {
    owners: (line) => wiring.owners(line),
    previous: <K extends Kind>(event: TraceEvent, kind: K) => {
      const place = log.placeOf(event.seq);
      for (let at = event.seq - 1; at >= Math.max(log.first, event.seq - PLACE_LOOK); at--) {
        if (log.placeOf(at) !== place) continue;
        const found = log.at(at);
        if (found?.kind === kind) return found as Of<K>;
      }
      return undefined;
    },
  };
}
