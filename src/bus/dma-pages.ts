// Which pages of the modelled memory are free.
import { assert } from '../base/assert.js';

/** Pages `[start, start + count)`. */
interface Range {
  start: number;
  count: number;
}

/**
 * Hands out ranges of pages. The search goes on where the last one ended, so that a freed page is used again as late
 * as possible and who still holds it is found out.
 */
export class PageAllocator {
  /** Free ranges in order, never touching one another. */
  readonly #free: Range[];
  #rover: number;

  constructor(start: number, count: number) {
    this.#free = [{ start, count }];
    this.#rover = start;
  }

  /** The first of `count` pages, a multiple of `align`, or undefined when there is no such hole. */
  take(count: number, align: number): number | undefined {
    const from = this.#free.findIndex((range) => range.start + range.count > this.#rover);
    const first = Math.max(from, 0);
    for (let i = 0; i <= this.#free.length; i++) {
      const index = (first + i) % this.#free.length;
      const range = this.#free[index];
      if (range === undefined) return undefined;
      // The range around the rover is tried from the rover at first, and from its start in the end.
      const low = i === 0 ? Math.max(range.start, this.#rover) : range.start;
      const start = Math.ceil(low / align) * align;
      if (start + count <= range.start + range.count) return this.#cut(index, range, start, count);
    }
    return undefined;
  }

  /** Takes pages back. */
  give(start: number, count: number): void {
    const at = this.#free.findIndex((range) => range.start > start);
    const index = at < 0 ? this.#free.length : at;
    const before = this.#free[index - 1];
    const after = this.#free[index];
    assert(before === undefined || before.start + before.count <= start, 'pages are given back once');
    assert(after === undefined || start + count <= after.start, 'pages are given back once');
    const joinsBefore = before !== undefined && before.start + before.count === start;
    const joinsAfter = after !== undefined && start + count === after.start;
    const merged: Range = {
      start: joinsBefore ? before.start : start,
      count: count + (joinsBefore ? before.count : 0) + (joinsAfter ? after.count : 0),
    };
    this.#free.splice(index - (joinsBefore ? 1 : 0), (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), merged);
  }

  #cut(index: number, range: Range, start: number, count: number): number {
    const end = range.start + range.count;
    const rest = [
      { start: range.start, count: start - range.start },
      { start: start + count, count: end - start - count },
    ].filter((part) => part.count > 0);
    this.#free.splice(index, 1, ...rest);
    this.#rover = start + count;
    return start;
  }
}
