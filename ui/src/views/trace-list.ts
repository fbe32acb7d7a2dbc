// The rows of the trace that the page has: pages of them, asked for as they come onto the screen.
import { signal } from '@preact/signals';
import type { Args } from '../../../src/page/protocol.js';
import type { TraceRow, TraceRows, TraceState } from '../../../src/page/views/trace.js';
import { ask } from '../store.js';

const PAGE = 100;
const MOST_PAGES = 60;
const MOST_ASKED = 2;
/** Rows in one move that are a jump. */
const FAR = 200;
const PASSING_MS = 50;

/** Rows of one query. */
export class TraceList {
  /** Numbers of the rows, and events that were not searched yet. */
  readonly bounds = signal({ first: 0, end: 0, left: 1 });
  /** Counts what came. */
  readonly version = signal(0);
  readonly query: Args;
  readonly #pages = new Map<number, readonly TraceRow[]>();
  readonly #asked = new Set<number>();
  #window = { from: 0, count: 0 };
  #timer = 0;
  #closed = false;
  #searching = false;

  constructor(query: Args) {
    this.query = query;
  }

  /** A row, if it is there already. */
  row(index: number): TraceRow | undefined {
    const page = Math.floor(index / PAGE);
    return this.#pages.get(page)?.[index - page * PAGE];
  }

  /** These are on the screen. */
  want(from: number, count: number): void {
    const isFar = Math.abs(from - this.#window.from) > FAR;
    this.#window = { from, count };
    clearTimeout(this.#timer);
    // While somebody drags the scroll bar, most places are passed before their rows could come.
    if (isFar && this.row(from) === undefined) this.#timer = window.setTimeout(() => this.#fetch(), PASSING_MS);
    else this.#fetch();
  }

  /** The board has more. */
  grown({ first, end }: TraceState): void {
    if (Object.keys(this.query).length === 0) {
      this.bounds.value = { first, end, left: 0 };
      this.#fetch();
    } else void this.#search();
  }

  /** Asks no more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Asks on until all that there is was searched. */
  async #search(): Promise<void> {
    if (this.#searching) return;
    this.#searching = true;
    let left = 1;
    while (left > 0 && !this.#closed) {
      const { end } = this.bounds.value;
      const answer = await ask<TraceRows>('trace', { what: 'rows', ...this.query, from: end, count: 0 });
      if (answer === undefined) break;
      ({ left } = answer);
      this.#bound(answer);
      this.#fetch();
    }
    this.#searching = false;
  }

  #bound({ first, end, left }: TraceRows): void {
    const old = this.bounds.value;
    if (old.first !== first || old.end < end || old.left !== left)
      this.bounds.value = { first, end: Math.max(end, old.end), left };
  }

  #fetch(): void {
    const { from, count } = this.#window;
    const { first, end } = this.bounds.value;
    const most = Math.min(from + count, end) - 1;
    for (let page = Math.floor(Math.max(from, first) / PAGE); page <= Math.floor(most / PAGE); page++) {
      if (this.#asked.size >= MOST_ASKED || this.#asked.has(page)) continue;
      const have = this.#pages.get(page);
      if (have === undefined || have.length < Math.min(PAGE, end - page * PAGE)) void this.#ask(page);
    }
  }

  async #ask(page: number): Promise<void> {
    this.#asked.add(page);
    const answer = await ask<TraceRows>('trace', { what: 'rows', ...this.query, from: page * PAGE, count: PAGE });
    this.#asked.delete(page);
    if (answer === undefined || this.#closed) return;
    this.#bound(answer);
    // The first rows of a page may be gone already.
    const rows: TraceRow[] = [];
    for (const [at, row] of answer.rows.entries()) rows[answer.from - page * PAGE + at] = row;
    this.#pages.delete(page);
    this.#pages.set(page, rows);
    for (const oldest of this.#pages.keys()) if (this.#pages.size > MOST_PAGES) this.#pages.delete(oldest);
    this.version.value++;
    this.#fetch();
  }
}
