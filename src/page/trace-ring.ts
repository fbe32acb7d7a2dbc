// The last events of a trace, with who and what of each as numbers: what filters look at before any text is made.
import type { Instant } from '../base/clock.js';
import type { TraceEvent } from '../base/trace.js';

/** Numbers for names, in the order in which they came, and how many events of each are kept. */
export class Names {
  readonly list: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #counts: number[] = [];

  /** The number of a name; counts one event more. */
  take(name: string): number {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.list.length;
      this.#ids.set(name, id);
      this.list.push(name);
      this.#counts.push(0);
    }
    this.#counts[id] = (this.#counts[id] as number) + 1;
    return id;
  }

  /** One event of that number is kept no longer. */
  drop(id: number): void {
    this.#counts[id] = (this.#counts[id] as number) - 1;
  }

  /** Events of a number that are kept. */
  count(id: number): number {
    return this.#counts[id] as number;
  }
}

/** A ring of events by their sequence numbers: from `first` to just before `end`, without a gap. */
export class TraceRing {
  /** Devices, buses, lines: the places of events. */
  readonly places = new Names();
  readonly kinds = new Names();
  readonly #most: number;
  readonly #events: TraceEvent[] = [];
  readonly #place: Uint32Array;
  readonly #kind: Uint8Array;
  #begin = 0;
  #end = 0;

  constructor(most: number) {
    this.#most = most;
    this.#place = new Uint32Array(most);
    this.#kind = new Uint8Array(most);
  }

  /** The oldest event that is kept. */
  get first(): number {
    return Math.max(this.#begin, this.#end - this.#most);
  }

  /** Behind the youngest. */
  get end(): number {
    return this.#end;
  }

  /** How many came and are kept no longer. */
  get dropped(): number {
    return this.first - this.#begin;
  }

  /** Takes one; the oldest goes when there are too many. */
  add(event: TraceEvent): void {
    if (this.#end === this.#begin) {
      this.#begin = event.seq;
      this.#end = event.seq;
    }
    const slot = (this.#end++ - this.#begin) % this.#most;
    if (slot < this.#events.length) {
      this.places.drop(this.#place[slot] as number);
      this.kinds.drop(this.#kind[slot] as number);
      this.#events[slot] = event;
    } else this.#events.push(event);
    this.#place[slot] = this.places.take(event.where);
    this.#kind[slot] = this.kinds.take(event.kind);
  }

  /** The event of that number, if it is kept. */
  at(seq: number): TraceEvent | undefined {
    return seq >= this.first && seq < this.#end ? this.#events[this.#slot(seq)] : undefined;
  }

  /** Number of its place in `places`; the event must be kept. */
  placeOf(seq: number): number {
    return this.#place[this.#slot(seq)] as number;
  }

  /** Number of its kind in `kinds`; the event must be kept. */
  kindOf(seq: number): number {
    return this.#kind[this.#slot(seq)] as number;
  }

  /** The first event at that moment or later; `end` when there is none. */
  atTime(t: Instant): number {
    let [low, high] = [this.first, this.#end];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.at(middle) as TraceEvent).t < t) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Events of a range, oldest first; both ends are cut to what is kept. */
  *range(from: number, to: number = this.#end): Generator<TraceEvent> {
    for (let seq = Math.max(from, this.first); seq < Math.min(to, this.#end); seq++) {
      const event = this.at(seq);
      // More may have come meanwhile than fit.
      if (event !== undefined) yield event;
    }
  }

  /** All as an array, oldest first: the ring's own while nothing was dropped, else a copy. */
  all(): readonly TraceEvent[] {
    if (this.#end - this.#begin <= this.#most) return this.#events;
    const slot = this.#slot(this.first);
    return [...this.#events.slice(slot), ...this.#events.slice(0, slot)];
  }

  #slot(seq: number): number {
    return (seq - this.#begin) % this.#most;
  }
}
