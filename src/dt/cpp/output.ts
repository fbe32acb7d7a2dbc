// The text that is being written, with its map.
import type { SourceMap } from '../tree.js';
import { BLANK, CHAR_CLASS, NEWLINE } from './chars.js';
import type { Cursor } from './cursor.js';
import type { Expansion } from './expansion.js';
import { MapBuilder } from './map.js';
import { LIMITS, type Report } from './report.js';

/** Collects the output of one run. */
export class Output {
  readonly map: MapBuilder = new MapBuilder();
  readonly #report: Report;
  readonly #parts: string[] = [];
  #length = 0;
  #endsBlank = true;

  constructor(report: Report) {
    this.#report = report;
  }

  /** Copies what the cursor has read since its last copy, up to `end`. A run of blanks becomes one newline at most. */
  flush(cursor: Cursor, end: number): void {
    const start = cursor.runStart;
    cursor.runStart = end;
    if (end <= start) return;
    if (!cursor.solid) {
      this.blank('\n');
      return;
    }
    cursor.solid = false;
    cursor.breakGuard();
    this.map.add(this.#length, start);
    this.#push(cursor, cursor.text.slice(start, end));
    const last = CHAR_CLASS[cursor.text.charCodeAt(end - 1)];
    this.#endsBlank = last === BLANK || last === NEWLINE;
  }

  /** Keeps two tokens apart where the output does not do so already. */
  blank(char: ' ' | '\n'): void {
    if (this.#endsBlank) return;
    this.#parts.push(char);
    this.#length++;
    this.#endsBlank = true;
  }

  /** Writes what the macro call at `callAt` became. */
  expansion(cursor: Cursor, callAt: number, expansion: Expansion): void {
    if (expansion.text === '') return;
    // A # that begins a line must not be read as a directive by whoever comes next.
    if (this.#endsBlank && expansion.first?.text === '#') this.#push(cursor, ' ');
    this.map.add(this.#length, callAt, expansion.marks);
    this.#push(cursor, expansion.text);
    this.#endsBlank = false;
  }

  finish(): { readonly text: string; readonly source: SourceMap } {
    return { text: this.#parts.join(''), source: this.map.finish(this.#length) };
  }

  #push(cursor: Cursor, text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length > LIMITS.output) {
      const { path } = cursor.file.source;
      this.#report.halt('too-much', cursor.file, cursor.pos, {
        limit: `${LIMITS.output} bytes of output`,
        culprit: path,
      });
    }
  }
}
