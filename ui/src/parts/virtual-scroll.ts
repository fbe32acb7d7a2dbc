// Where a long list stands. Browsers have no element of 22 million pixels: for long lists the scroll bar stands for the
// whole, small moves of it are pixels, large ones are places.

/** Taller elements are cut off by browsers. */
const MOST_PIXELS = 6_000_000;
/** A move of the bar by more screens than that is meant as a place. */
const SCREENS = 3;

/** The list as it is drawn: rows from `first` to just before `end`, of one height in pixels. */
export interface ScrollRows {
  readonly first: number;
  readonly end: number;
  readonly rowHeight: number;
}

/** The place of a list, in rows, and what its scroll bar says of it. */
export class VirtualScroll {
  /** The row at the upper edge, with its part above it. */
  top = 0;
  /** Of what is seen. */
  height = 400;
  #rows: ScrollRows = { first: 0, end: 0, rowHeight: 20 };
  /** What the bar said last. */
  #bar = 0;

  /** The list is this one now; `follow` keeps its end on the screen. */
  be(rows: ScrollRows, follow: boolean): void {
    this.#rows = rows;
    this.top = follow ? this.last : Math.min(Math.max(this.top, rows.first), this.last);
  }

  /** Of all rows, so far as the bar shows them. */
  get pixels(): number {
    return Math.min(this.#wanted, MOST_PIXELS);
  }

  /** Whether a pixel of the bar is one of the list. */
  get isExact(): boolean {
    return this.#wanted <= MOST_PIXELS;
  }

  /** The place from which on the end is on the screen. */
  get last(): number {
    const { first, end } = this.#rows;
    return Math.max(first, end - this.visible);
  }

  /** Rows that fit. */
  get visible(): number {
    return this.height / this.#rows.rowHeight;
  }

  /** Rows that are to be drawn. */
  get drawn(): readonly number[] {
    const from = Math.max(this.#rows.first, Math.floor(this.top));
    const to = Math.min(this.#rows.end, Math.ceil(this.top + this.visible));
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
  }

  /** Goes there, as far as there are rows. */
  moveTo(top: number): void {
    this.top = Math.min(Math.max(top, this.#rows.first), this.last);
  }

  /** Goes so far that the row is seen as a whole. */
  reveal(index: number): void {
    if (index < this.top) this.moveTo(index);
    else if (index + 1 > this.top + this.visible) this.moveTo(index + 1 - this.visible);
  }

  /** A person has moved the bar; false where it only follows what was set. */
  moved(bar: number): boolean {
    const { first, rowHeight } = this.#rows;
    const by = bar - this.#bar;
    if (Math.abs(by) < 1) return false;
    this.#bar = bar;
    const room = this.pixels - this.height;
    if (this.isExact) this.moveTo(first + bar / rowHeight);
    else if (bar <= 0) this.moveTo(first);
    else if (bar >= room - 1) this.moveTo(this.last);
    else if (Math.abs(by) < SCREENS * this.height) this.moveTo(this.top + by / rowHeight);
    else this.moveTo(first + (bar / room) * (this.last - first));
    return true;
  }

  /** Brings the bar to where the list is. */
  setBar(element: { scrollTop: number }): void {
    const { first, rowHeight } = this.#rows;
    const span = this.last - first;
    const share = span === 0 ? 0 : ((this.top - first) / span) * Math.max(this.pixels - this.height, 0);
    const wanted = this.isExact ? (this.top - first) * rowHeight : share;
    if (Math.abs(element.scrollTop - wanted) > 1) element.scrollTop = wanted;
    this.#bar = element.scrollTop;
  }

  get #wanted(): number {
    const { first, end, rowHeight } = this.#rows;
    return (end - first) * rowHeight;
  }
}
