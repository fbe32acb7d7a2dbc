// The last events of a trace, for a page that scrolls through them and for views that follow them.
//
// `onEvent` tells each event at once, after which nothing needs to be searched; `since(seq)` and `last(count)` go
// through what is kept; `at(seq)` is one of them. `events` is all of it as an array: the store's own while nothing was
// dropped, a copy of a million after that, so that a view should rather use the others.
import type { Trace, TraceEvent, TraceSink } from '../base/trace.js';
import { TraceExport } from './trace-export.js';
import { TraceFilter, type TraceQuery } from './trace-filter.js';
import { TraceRing } from './trace-ring.js';

/** How many are kept. */
const MOST_EVENTS = 1_000_000;
/** As many searches are kept: that of the page, and the one before it, which typing narrows. */
const MOST_FILTERS = 3;

/** Keeps what a trace says from the moment when this is made. */
export class TraceStore {
  readonly ring: TraceRing;
  /** What is written into files. */
  readonly exports: TraceExport;
  readonly #stop: () => void;
  readonly #listeners = new Set<TraceSink>();
  readonly #filters: { readonly key: string; readonly filter: TraceFilter }[] = [];

  /** `most` is how many are kept. */
  constructor(trace: Trace, most = MOST_EVENTS) {
    const ring = new TraceRing(most);
    this.ring = ring;
    this.exports = new TraceExport(ring);
    this.#stop = trace.attach((event) => {
      ring.add(event);
      if (this.#listeners.size > 0) for (const listener of this.#listeners) listener(event);
    });
  }

  /** Events that are kept, oldest first. */
  get events(): readonly TraceEvent[] {
    return this.ring.all();
  }

  /** Older ones that are not. */
  get dropped(): number {
    return this.ring.dropped;
  }

  /** The event of that number, if it is kept. */
  at(seq: number): TraceEvent | undefined {
    return this.ring.at(seq);
  }

  /** Events from that number on, oldest first. */
  since(seq: number): Iterable<TraceEvent> {
    return this.ring.range(seq);
  }

  /** The youngest, oldest of them first. */
  last(count: number): TraceEvent[] {
    return [...this.ring.range(this.ring.end - count)];
  }

  /** All that are kept, oldest first. */
  [Symbol.iterator](): Iterator<TraceEvent> {
    return this.ring.range(this.ring.first);
  }

  /** Tells each event from now on, at once: the listener must not call back into the board. Answers how to stop. */
  onEvent(listener: TraceSink): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** The search for a query, as far as it has come. The last few are kept, with what they have found. */
  filtered(query: TraceQuery): TraceFilter {
    const { text = '', kinds = [], place, level, after, before } = query;
    const key = JSON.stringify([text.toLowerCase().trim(), kinds, place, level, after, before]);
    const known = this.#filters.find((one) => one.key === key);
    if (known !== undefined) return known.filter;
    const filter = new TraceFilter(this.ring, query, this.#filters.at(-1)?.filter);
    this.#filters.push({ key, filter });
    if (this.#filters.length > MOST_FILTERS) this.#filters.shift();
    return filter;
  }

  /** Keeps no more. */
  close(): void {
    this.#stop();
    this.#listeners.clear();
  }
}
