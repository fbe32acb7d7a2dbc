// All events: rows by window, filtered, with what led to each and what followed, and as files.
import { ms } from '../../base/clock.js';
import type { LogLevel, TraceEvent } from '../../base/trace.js';
import { traceText } from '../../abi/trace-text.js';
import { InputError } from '../../stock/input-error.js';
import { beside, causesOf, effectsOf, type Neighbour, type Wiring } from '../causes.js';
import { lineOwners } from '../line-owners.js';
import type { Args } from '../protocol.js';
import { EXPORT_FORMS, type ExportForm, type ExportPart } from '../trace-export.js';
import type { TraceQuery } from '../trace-filter.js';
import { LEVELS, levelOf } from '../trace-level.js';
import type { Names } from '../trace-ring.js';
import type { View, ViewKind, ViewParts } from '../view.js';

/** What the view tells by itself: how much there is. */
export interface TraceState {
  /** Events from `first` to just before `end` are kept, older ones were dropped. */
  readonly first: number;
  readonly end: number;
  readonly dropped: number;
}

/** A line of the trace. */
export interface TraceRow {
  readonly seq: number;
  readonly t: number;
  readonly where: string;
  readonly kind: string;
  readonly text: string;
  readonly level?: LogLevel;
}

/** Rows `from`, `from + 1` and so on of those that fit; places of rows stay, older rows leave at `first`. */
export interface TraceRows {
  readonly first: number;
  readonly end: number;
  /** Events that were not searched yet: ask again. */
  readonly left: number;
  readonly from: number;
  readonly rows: readonly TraceRow[];
}

/** Names to choose from, with how many events each has. */
export interface TraceMenu {
  readonly kinds: readonly (readonly [name: string, count: number])[];
  readonly places: readonly (readonly [name: string, count: number])[];
}

/** A row that has to do with the event that was asked for. */
export type TraceNeighbour = TraceRow & Pick<Neighbour, 'relation' | 'depth'>;

/** One event, and what it has to do with others. */
export interface TraceDetail {
  readonly row: TraceRow;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  readonly causes: readonly TraceNeighbour[];
  readonly effects: readonly TraceNeighbour[];
  readonly before: readonly TraceRow[];
  readonly after: readonly TraceRow[];
}

/** A part of a file, and the board's moment when it was begun. */
export type TraceFilePart = ExportPart & { readonly t: number };

/** The view. */
export const trace: ViewKind = {
  watch: (parts) => new TraceView(parts),
  ask: (parts, args) => {
    const { what } = args;
    const answer = typeof what === 'string' && Object.hasOwn(ANSWERS, what) ? ANSWERS[what] : undefined;
    if (answer === undefined)
      throw new InputError(
        'trace',
        `it cannot be asked for ${String(what)}`,
        `ask for ${Object.keys(ANSWERS).join(', ')}`,
      );
    return answer(parts, args);
  },
};

/** So often it tells how much there is. */
const EVERY = ms(100);
/** Rows of one answer. */
const MOST_ROWS = 500;
const BESIDE = 6;

class TraceView implements View {
  readonly #parts: ViewParts;
  #told = '';
  #toldAt = Number.NEGATIVE_INFINITY;
  #seen = -1;

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  state(): TraceState | undefined {
    const { events, bench } = this.#parts;
    const { first, end, dropped } = events.ring;
    const now = bench.clock.now();
    // While time passes not each time; what was left out is told when it stands still.
    const moves = now !== this.#seen;
    this.#seen = now;
    if (moves && now - this.#toldAt < EVERY) return undefined;
    const told = `${first} ${end}`;
    if (told === this.#told) return undefined;
    this.#told = told;
    this.#toldAt = now;
    return { first, end, dropped };
  }
}

type Answer = (parts: ViewParts, args: Args) => unknown;

/** Table of questions. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  rows: ({ events }, args): TraceRows => {
    const list = listOf(events, args);
    const count = Math.min(whole(args['count'], 100), MOST_ROWS);
    const wanted = args['from'] === undefined ? list.end - count : whole(args['from'], 0);
    const from = Math.min(Math.max(wanted, list.first), list.end);
    const rows: TraceRow[] = [];
    for (let at = from; at < Math.min(from + count, list.end); at++) {
      const event = events.at(list.seqOf(at));
      if (event !== undefined) rows.push(rowOf(event));
    }
    return { first: list.first, end: list.end, left: list.left, from, rows };
  },
  /** The row of an event, or of the first one at a moment. */
  find: ({ events }, args): { readonly index: number; readonly left: number } => {
    const list = listOf(events, args);
    const { t, seq } = args;
    const wanted = typeof t === 'number' ? events.ring.atTime(t) : whole(seq, 0);
    return { index: list.indexOf(wanted), left: list.left };
  },
  menu: ({ events }): TraceMenu => ({ kinds: menuOf(events.ring.kinds), places: menuOf(events.ring.places) }),
  event: (parts, args): TraceDetail => detail(parts, whole(args['seq'], -1)),
  export: ({ events, bench }, args): TraceFilePart => {
    const { form } = args;
    if (form !== undefined) {
      if (!(EXPORT_FORMS as readonly unknown[]).includes(form))
        throw new InputError('trace', `it is not written as ${String(form)}`, `there are ${EXPORT_FORMS.join(', ')}`);
      events.exports.begin(form as ExportForm);
    }
    const part = events.exports.next();
    if (part === undefined) throw new InputError('trace', 'no file was begun', 'say its form');
    return { ...part, t: bench.clock.now() };
  },
};

interface List {
  readonly first: number;
  readonly end: number;
  readonly left: number;
  seqOf(index: number): number;
  indexOf(seq: number): number;
}

/** Those that fit, searched a piece further; without a query all, which needs no search. */
function listOf(events: ViewParts['events'], args: Args): List {
  const query = queryOf(args);
  const { ring } = events;
  if (query === undefined) {
    const { first, end } = ring;
    return { first, end, left: 0, seqOf: (index) => index, indexOf: (seq) => Math.min(Math.max(seq, first), end) };
  }
  const filter = events.filtered(query);
  filter.advance();
  const { first, end, left } = filter;
  return { first, end, left, seqOf: (index) => filter.seqOf(index), indexOf: (seq) => filter.indexOf(seq) };
}

function queryOf(args: Args): TraceQuery | undefined {
  const { text = '', kinds = '', place = '', level = '', after, before } = args;
  const wanted = LEVELS.find((one) => one === level);
  const list = String(kinds).split(',').filter(Boolean);
  const query = {
    ...(String(text).trim() === '' ? {} : { text: String(text) }),
    ...(list.length === 0 ? {} : { kinds: list }),
    ...(place === '' ? {} : { place: String(place) }),
    ...(wanted === undefined ? {} : { level: wanted }),
    ...(typeof after === 'number' ? { after } : {}),
    ...(typeof before === 'number' ? { before } : {}),
  };
  return Object.keys(query).length === 0 ? undefined : query;
}

function detail({ events, bench }: ViewParts, seq: number): TraceDetail {
  const event = events.at(seq);
  if (event === undefined)
    throw new InputError(
      'trace',
      `event ${seq} is not kept`,
      `there are ${events.ring.first} to ${events.ring.end - 1}`,
    );
  const wiring: Wiring = lineOwners(bench.tree);
  const near = (all: readonly Neighbour[]): TraceNeighbour[] =>
    all.map(({ seq: at, relation, depth }) => ({ ...rowOf(events.at(at) as TraceEvent), relation, depth }));
  const rows = (all: readonly number[]): TraceRow[] => all.map((at) => rowOf(events.at(at) as TraceEvent));
  const { before, after } = beside(events.ring, seq, BESIDE);
  const { t: _t, seq: _seq, where: _where, kind: _kind, ...fields } = event;
  return {
    row: rowOf(event),
    fields,
    causes: near(causesOf(events.ring, seq, wiring)),
    effects: near(effectsOf(events.ring, seq, wiring)),
    before: rows(before),
    after: rows(after),
  };
}

function rowOf(event: TraceEvent): TraceRow {
  const { seq, t, where, kind } = event;
  const level = levelOf(event);
  return { seq, t, where, kind, text: traceText(event), ...(level === undefined ? {} : { level }) };
}

function menuOf(names: Names): (readonly [string, number])[] {
  const all = names.list.map((name, id) => [name, names.count(id)] as const).filter(([, count]) => count > 0);
  return all.sort(([a], [b]) => (a < b ? -1 : 1));
}

function whole(value: Args[string] | undefined, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.floor(value) : otherwise;
}
