// The events of a trace that a person wants to see, found piece by piece: a search through a million of them must not
// keep the board from running.
import type { Instant } from '../base/clock.js';
import type { LogLevel, TraceEvent } from '../base/trace.js';
import { traceText } from '../abi/trace-text.js';
import { isAtLeast } from './trace-level.js';
import type { TraceRing } from './trace-ring.js';

/** What is wanted; what is left out is all. */
export interface TraceQuery {
  /** Words that must all be in place, kind or text; capitals do not matter. */
  readonly text?: string;
  readonly kinds?: readonly string[];
  /** A place with what is below it: `/soc/i2c@0` has `/soc/i2c@0/power@40` too. */
  readonly place?: string;
  /** At least as bad. */
  readonly level?: LogLevel;
  /** At these moments or between them. */
  readonly after?: Instant;
  readonly before?: Instant;
}

/** So much one step looks at: `LOOK` for an event that needs no text, `TEXT` for one that does. */
const BUDGET = 120_000;
const LOOK = 1;
const TEXT = 12;

/** Names that fit, by number: found out once for each name. */
class NameTest {
  readonly #list: readonly string[];
  readonly #fits: (name: string) => boolean;
  readonly #known: boolean[] = [];

  constructor(list: readonly string[], fits: (name: string) => boolean) {
    this.#list = list;
    this.#fits = fits;
  }

  has(id: number): boolean {
    for (let i = this.#known.length; i <= id; i++) this.#known.push(this.#fits(this.#list[i] as string));
    return this.#known[id] as boolean;
  }
}

/** The matches so far, by their place from 0 on. Places stay: matches that are kept no longer leave at `first`. */
export class TraceFilter {
  readonly query: TraceQuery;
  readonly #ring: TraceRing;
  readonly #kinds: NameTest;
  readonly #places: NameTest;
  readonly #words: readonly string[];
  readonly #wordInPlace: readonly NameTest[];
  readonly #wordInKind: readonly NameTest[];
  /** Numbers of matches, ascending; the ones before `#skip` are kept no longer. */
  #found: number[] = [];
  #skip = 0;
  #gone = 0;
  /** Matches of a wider query that was searched before, and as far as it was. */
  #wider: { readonly seqs: readonly number[]; at: number } | undefined;
  #next: number;

  constructor(ring: TraceRing, query: TraceQuery, before?: TraceFilter) {
    const { kinds, place } = query;
    this.#ring = ring;
    this.query = query;
    this.#kinds = new NameTest(ring.kinds.list, (name) => kinds === undefined || kinds.includes(name));
    this.#places = new NameTest(ring.places.list, (name) => place === undefined || isBelow(name, place));
    this.#words = (query.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const holds = (list: readonly string[]): NameTest[] =>
      this.#words.map((word) => new NameTest(list, (name) => name.toLowerCase().includes(word)));
    this.#wordInPlace = holds(ring.places.list);
    this.#wordInKind = holds(ring.kinds.list);
    this.#next = query.after === undefined ? ring.first : ring.atTime(query.after);
    if (before !== undefined && narrows(query, before.query)) {
      const rest = before.#wider === undefined ? [] : before.#wider.seqs.slice(before.#wider.at);
      this.#wider = { seqs: [...before.#found.slice(before.#skip), ...rest], at: 0 };
      this.#next = Math.max(before.#next, ring.first);
    }
  }

  /** The oldest match that is kept. */
  get first(): number {
    this.#forget();
    return this.#gone + this.#skip;
  }

  /** Behind the youngest match that was found. */
  get end(): number {
    return this.#gone + this.#found.length;
  }

  /** Events that were not looked at yet. */
  get left(): number {
    const wider = this.#wider === undefined ? 0 : this.#wider.seqs.length - this.#wider.at;
    return wider + this.#ring.end - Math.max(this.#next, this.#ring.first);
  }

  /** Number of the event of match `index`. */
  seqOf(index: number): number {
    return this.#found[index - this.#gone] as number;
  }

  /** The first match that is this event or a later one; `end` when there is none. */
  indexOf(seq: number): number {
    let [low, high] = [this.#skip, this.#found.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#found[middle] as number) < seq) low = middle + 1;
      else high = middle;
    }
    return this.#gone + low;
  }

  /** Looks a piece further: a few milliseconds' worth. */
  advance(budget = BUDGET): void {
    const left = this.#narrow(budget);
    this.#scan(left);
    this.#forget();
  }

  #narrow(budget: number): number {
    const wider = this.#wider;
    let left = budget;
    if (wider === undefined) return left;
    while (left > 0 && wider.at < wider.seqs.length) left -= this.#look(wider.seqs[wider.at++] as number);
    if (wider.at === wider.seqs.length) this.#wider = undefined;
    return left;
  }

  #scan(budget: number): void {
    const { first, end } = this.#ring;
    let seq = Math.max(this.#next, first);
    for (let left = budget; left > 0 && seq < end; seq++) left -= this.#look(seq);
    this.#next = seq;
  }

  /** Keeps the event if it fits; answers what looking has cost. */
  #look(seq: number): number {
    const ring = this.#ring;
    const event = ring.at(seq);
    if (event === undefined) return LOOK;
    if (!this.#kinds.has(ring.kindOf(seq)) || !this.#places.has(ring.placeOf(seq))) return LOOK;
    const { level, before } = this.query;
    if (before !== undefined && event.t > before) return LOOK;
    if (level !== undefined && !isAtLeast(event, level)) return LOOK;
    if (this.#words.length === 0) {
      this.#found.push(seq);
      return LOOK;
    }
    if (this.#hasWords(event, ring.placeOf(seq), ring.kindOf(seq))) this.#found.push(seq);
    return TEXT;
  }

  #hasWords(event: TraceEvent, place: number, kind: number): boolean {
    let text: string | undefined;
    for (let i = 0; i < this.#words.length; i++) {
      if ((this.#wordInPlace[i] as NameTest).has(place) || (this.#wordInKind[i] as NameTest).has(kind)) continue;
      text ??= traceText(event).toLowerCase();
      if (!text.includes(this.#words[i] as string)) return false;
    }
    return true;
  }

  /** Matches whose events are kept no longer. */
  #forget(): void {
    const { first } = this.#ring;
    while (this.#skip < this.#found.length && (this.#found[this.#skip] as number) < first) this.#skip++;
    if (this.#skip < 65_536 || this.#skip < this.#found.length / 2) return;
    this.#found = this.#found.slice(this.#skip);
    this.#gone += this.#skip;
    this.#skip = 0;
  }
}

/** True for a place and for what hangs on it: children, lines, windows, channels. */
export function isBelow(name: string, place: string): boolean {
  return name === place || (name.startsWith(place) && /[/:[.]/.test(name.charAt(place.length)));
}

/** True when whatever fits `query` fits `wider` too. */
function narrows(query: TraceQuery, wider: TraceQuery): boolean {
  const sameKinds = (query.kinds ?? []).join() === (wider.kinds ?? []).join();
  if (!sameKinds || query.place !== wider.place || query.level !== wider.level) return false;
  if (query.after !== wider.after || query.before !== wider.before) return false;
  return (query.text ?? '')
    .toLowerCase()
    .trimEnd()
    .startsWith((wider.text ?? '').toLowerCase());
}
