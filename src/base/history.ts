// Rows of numbers over time in memory that does not grow: the newest as they came, older ones as the least and greatest
// of some, the oldest of many. Every level keeps the same number of buckets; the last one makes its buckets wider when
// it is full, so that nothing is ever forgotten, only seen from further away.

import { assert } from './assert.js';

/** How much is kept. */
export interface HistoryShape {
  /** Numbers of a row. */
  readonly columns: number;
  /** Buckets of a level. */
  readonly capacity?: number;
  readonly levels?: number;
  /** Buckets of a level that become one of the next. */
  readonly group?: number;
}

/** Rows as a chart draws them: moments in order, and for each column as many values; NaN where there is none. */
export interface HistoryRows {
  readonly times: Float64Array;
  readonly columns: readonly Float64Array[];
}

const DEFAULT = { capacity: 1024, levels: 5, group: 4 };

/** The table. Moments come in order. */
export class History {
  readonly #capacity: number;
  readonly #group: number;
  #columns: number;
  #levels: Level[];
  #rows = 0;

  constructor(shape: HistoryShape) {
    const { columns, capacity, levels, group } = { ...DEFAULT, ...shape };
    assert(capacity % 2 === 0, `a history of ${capacity} buckets: two are made one when it is full`);
    this.#capacity = capacity;
    this.#group = group;
    this.#columns = columns;
    this.#levels = Array.from({ length: levels }, (_, k) => new Level(columns, capacity, k === 0 ? 1 : group));
  }

  /** Numbers of a row. */
  get columns(): number {
    return this.#columns;
  }

  /** Rows that came, all of them. */
  get rows(): number {
    return this.#rows;
  }

  /** The moments of the oldest and the newest row; undefined before the first. */
  get span(): { readonly from: number; readonly to: number } | undefined {
    if (this.#rows === 0) return undefined;
    const oldest = this.#levels.findLast(({ count }) => count > 0) as Level;
    return { from: oldest.from(0), to: this.#finest.to(this.#finest.count - 1) };
  }

  get #finest(): Level {
    return this.#levels[0] as Level;
  }

  /** Takes a row in. What is missing in it is NaN. */
  push(t: number, values: ArrayLike<number>): void {
    this.#rows++;
    this.#put(0, t, t, values, values);
  }

  #put(k: number, from: number, to: number, low: ArrayLike<number>, high: ArrayLike<number>): void {
    const level = this.#levels[k] as Level;
    if (!level.gather(from, to, low, high)) return;
    if (level.count === this.#capacity && k === this.#levels.length - 1) level.widen();
    const { least, greatest } = level;
    level.commit();
    if (k + 1 < this.#levels.length) this.#put(k + 1, level.begin, level.end, least, greatest);
  }

  /**
   * Rows between two moments, and one on either side, in at most about `most` points: two for a bucket, its least and
   * its greatest.
   */
  read(from: number, to: number, most: number): HistoryRows {
    const first = this.#levels.findIndex((level, k) => this.#reaches(k, from) && level.points(from, to) <= most);
    const picked: [level: Level, at: number, end: number][] = [];
    let begin = from;
    for (let k = first < 0 ? this.#levels.length - 1 : first; k >= 0; k--) {
      const level = this.#levels[k] as Level;
      // What this level has not put into a bucket yet is in the finer ones.
      const isFirst = picked.length === 0;
      const at = isFirst ? Math.max(0, level.firstSince(begin) - 1) : level.firstAfter(begin);
      const end = Math.min(level.count, level.firstAfter(to) + (level.raw ? 1 : 0));
      if (end <= at) continue;
      picked.push([level, at, end]);
      begin = level.to(end - 1);
    }
    return this.#table(picked);
  }

  /** Whether a level knows of that moment, or of all that any level knows. */
  #reaches(k: number, moment: number): boolean {
    const level = this.#levels[k] as Level;
    return !level.dropped || (level.count > 0 && level.from(0) <= moment) || k === this.#levels.length - 1;
  }

  #table(picked: readonly (readonly [level: Level, at: number, end: number])[]): HistoryRows {
    const length = picked.reduce((sum, [level, at, end]) => sum + (end - at) * (level.raw ? 1 : 2), 0);
    const times = new Float64Array(length);
    const columns = Array.from({ length: this.#columns }, () => new Float64Array(length));
    let row = 0;
    for (const [level, at, end] of picked) {
      for (let i = at; i < end; i++) {
        times[row] = level.from(i);
        columns.forEach((column, c) => (column[row] = level.low(i, c)));
        row++;
        if (level.raw) continue;
        times[row] = level.to(i);
        columns.forEach((column, c) => (column[row] = level.high(i, c)));
        row++;
      }
    }
    return { times, columns };
  }

  /** More numbers in each row from now on; rows before have none. */
  widen(columns: number): void {
    for (const level of this.#levels) level.addColumns(columns - this.#columns);
    this.#columns = columns;
  }

  /** All of it as numbers, to be sent somewhere. */
  save(): Float64Array {
    const head = [this.#columns, this.#capacity, this.#levels.length, this.#group, this.#rows];
    return Float64Array.from([...head, ...this.#levels.flatMap((level) => level.save())]);
  }

  /** The history that was saved. */
  static load(saved: Float64Array): History {
    const [columns = 0, capacity = 0, levels = 0, group = 0, rows = 0] = saved;
    const history = new History({ columns, capacity, levels, group });
    history.#rows = rows;
    let at = 5;
    for (const level of history.#levels) at = level.load(saved, at);
    return history;
  }
}

/** Buckets of one width in a ring, oldest first, and one that is being filled. */
class Level {
  readonly raw: boolean;
  readonly #capacity: number;
  #group: number;
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  readonly #low: Float64Array[] = [];
  readonly #high: Float64Array[] = [];
  #start = 0;
  count = 0;
  /** Whether older buckets were given up. */
  dropped = false;
  /** The bucket that is being filled, or was filled last. */
  begin = 0;
  end = 0;
  least = new Float64Array(0);
  greatest = new Float64Array(0);
  #gathered = 0;

  constructor(columns: number, capacity: number, group: number) {
    this.raw = group === 1;
    this.#capacity = capacity;
    this.#group = group;
    this.#from = new Float64Array(capacity);
    this.#to = this.raw ? this.#from : new Float64Array(capacity);
    this.addColumns(columns);
  }

  from(index: number): number {
    return this.#from[this.#slot(index)] as number;
  }

  to(index: number): number {
    return this.#to[this.#slot(index)] as number;
  }

  low(index: number, column: number): number {
    return this.#low[column]?.[this.#slot(index)] as number;
  }

  high(index: number, column: number): number {
    return this.#high[column]?.[this.#slot(index)] as number;
  }

  #slot(index: number): number {
    return (this.#start + index) % this.#capacity;
  }

  /** The first bucket that ends at that moment or later. */
  firstSince(moment: number): number {
    return this.#search((index) => this.to(index) >= moment);
  }

  /** The first bucket that begins later. */
  firstAfter(moment: number): number {
    return this.#search((index) => this.from(index) > moment);
  }

  #search(isPast: (index: number) => boolean): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isPast(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** How many points it has between two moments. */
  points(from: number, to: number): number {
    return (this.firstAfter(to) - this.firstSince(from)) * (this.raw ? 1 : 2);
  }

  /** Takes one into the bucket that is being filled; answers whether that is full. */
  gather(from: number, to: number, low: ArrayLike<number>, high: ArrayLike<number>): boolean {
    const { least, greatest } = this;
    if (this.#gathered === 0) this.begin = from;
    this.end = to;
    for (let c = 0; c < least.length; c++) {
      const [one, other] = [low[c] ?? Number.NaN, high[c] ?? Number.NaN];
      least[c] = this.#gathered === 0 ? one : lesser(least[c] as number, one);
      greatest[c] = this.#gathered === 0 ? other : greater(greatest[c] as number, other);
    }
    return ++this.#gathered >= this.#group;
  }

  /** The full bucket goes into the ring. */
  commit(): void {
    this.#gathered = 0;
    if (this.count === this.#capacity) {
      this.#start = this.#slot(1);
      this.count--;
      this.dropped = true;
    }
    const slot = this.#slot(this.count++);
    this.#from[slot] = this.begin;
    this.#to[slot] = this.end;
    for (let c = 0; c < this.least.length; c++) {
      (this.#low[c] as Float64Array)[slot] = this.least[c] as number;
      (this.#high[c] as Float64Array)[slot] = this.greatest[c] as number;
    }
  }

  /** Makes one bucket of two each, from now on too. */
  widen(): void {
    const half = this.count >> 1;
    for (let index = 0; index < half; index++) {
      const [one, other, to] = [this.#slot(2 * index), this.#slot(2 * index + 1), this.#slot(index)];
      this.#from[to] = this.#from[one] as number;
      this.#to[to] = this.#to[other] as number;
      for (const low of this.#low) low[to] = lesser(low[one] as number, low[other] as number);
      for (const high of this.#high) high[to] = greater(high[one] as number, high[other] as number);
    }
    this.count = half;
    this.#group *= 2;
  }

  addColumns(count: number): void {
    for (let c = 0; c < count; c++) {
      const low = new Float64Array(this.#capacity).fill(Number.NaN);
      this.#low.push(low);
      this.#high.push(this.raw ? low : new Float64Array(this.#capacity).fill(Number.NaN));
    }
    const more = new Float64Array(count).fill(Number.NaN);
    this.least = Float64Array.from([...this.least, ...more]);
    this.greatest = Float64Array.from([...this.greatest, ...more]);
  }

  save(): number[] {
    const dropped = this.dropped ? 1 : 0;
    const out = [this.#group, this.count, dropped, this.#gathered, this.begin, this.end];
    out.push(...this.least, ...this.greatest);
    for (let i = 0; i < this.count; i++) {
      out.push(this.from(i), this.to(i));
      for (let c = 0; c < this.least.length; c++) out.push(this.low(i, c), this.high(i, c));
    }
    return out;
  }

  /** Answers where the next level begins. */
  load(saved: Float64Array, begin: number): number {
    let at = begin;
    const next = (): number => saved[at++] ?? Number.NaN;
    this.#group = next();
    this.count = next();
    this.dropped = next() === 1;
    this.#gathered = next();
    this.begin = next();
    this.end = next();
    this.least = this.least.map(next);
    this.greatest = this.greatest.map(next);
    for (let i = 0; i < this.count; i++) {
      this.#from[i] = next();
      this.#to[i] = next();
      for (let c = 0; c < this.least.length; c++) {
        (this.#low[c] as Float64Array)[i] = next();
        (this.#high[c] as Float64Array)[i] = next();
      }
    }
    return at;
  }
}

/** The lesser of two of which either may be NaN. */
function lesser(a: number, b: number): number {
  return a <= b || Number.isNaN(b) ? a : b;
}

function greater(a: number, b: number): number {
  return a >= b || Number.isNaN(b) ? a : b;
}
