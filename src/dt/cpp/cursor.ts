// Where the preprocessor is in one reading of a file, and the moves that directives and the scanner share.
import { BLANK, CHAR_CLASS, commentEnd, literalEnd, NEWLINE, QUOTE, SLASH } from './chars.js';
import type { Report } from './report.js';
import type { Inclusion } from './source.js';

/** An open #if: where it stands, whether one of its groups was taken, where its #else is (-1: none yet). */
export interface Condition {
  readonly at: number;
  readonly directive: string;
  taken: boolean;
  elseAt: number;
  /** The macro of an #ifndef that may guard the whole file. */
  readonly guard: string | undefined;
}

/** A file being read. */
export class Cursor {
  readonly file: Inclusion;
  readonly text: string;
  readonly conditions: Condition[] = [];
  pos = 0;
  /** Start of the text that was read but not yet copied, and whether it holds more than blanks. */
  runStart = 0;
  solid = false;
  /** The macro whose arguments are being read, while they are. */
  caller: string | undefined;
  /** Whole-file guard: nothing read yet, inside its #ifndef, behind its #endif, or there is none. */
  guardState: 'open' | 'inside' | 'closed' | 'none' = 'open';
  guard: string | undefined;
  readonly #report: Report;
  readonly #comments: Finder;
  readonly #pastes: Finder;
  /** A comment without end was reported. */
  #cutOff = false;

  constructor(file: Inclusion, report: Report) {
    this.file = file;
    this.text = file.source.text;
    this.#report = report;
    this.#comments = new Finder(this.text, '/*');
    this.#pastes = new Finder(this.text, '##');
    if (this.text.startsWith('\xef\xbb\xbf')) this.pos = 3;
    this.runStart = this.pos;
  }

  /** Something outside of conditions, so the file has no guard. */
  breakGuard(): void {
    if (this.conditions.length === 0) this.guardState = 'none';
  }

  /** True when `##` stands between two offsets. */
  hasPaste(start: number, end: number): boolean {
    return this.#pastes.from(start) < end;
  }

  /** Behind the comment at `pos`, or `pos` when there is none. One without end goes to the end of the file. */
  skipComment(pos: number): number {
    const end = commentEnd(this.text, pos);
    if (end >= 0) return end;
    if (!this.#cutOff) this.#report.add('unterminated-comment', this.file, pos);
    this.#cutOff = true;
    return this.text.length - 1;
  }

  /** Behind blanks and comments, at most at the newline that ends the line. */
  skipSpace(pos: number): number {
    for (let i = pos; ; ) {
      const charClass = CHAR_CLASS[this.text.charCodeAt(i)];
      if (charClass === BLANK) i++;
      else if (charClass === SLASH) {
        const end = this.skipComment(i);
        if (end === i) return i;
        i = end;
      } else return i;
    }
  }

  /** The newline that ends the line of `pos`: a block comment may carry it over several. */
  lineEnd(pos: number): number {
    const newline = this.text.indexOf('\n', pos);
    if (this.#comments.from(pos) > newline) return newline;
    for (let i = pos; ; ) {
      const charClass = CHAR_CLASS[this.text.charCodeAt(i)];
      if (charClass === NEWLINE) return i;
      if (charClass === QUOTE) i = literalEnd(this.text, i);
      else if (charClass === SLASH) {
        const end = this.skipComment(i);
        i = end === i ? i + 1 : end;
      } else i++;
    }
  }
}

/** Where a string comes next. Asked with growing offsets, as a file is read, it searches the text only once. */
class Finder {
  readonly #text: string;
  readonly #wanted: string;
  #from = 0;
  #found = -1;

  constructor(text: string, wanted: string) {
    this.#text = text;
    this.#wanted = wanted;
  }

  /** First place at or behind `pos`; the length of the text when there is none. */
  from(pos: number): number {
    if (this.#found < pos || pos < this.#from) {
      const found = this.#text.indexOf(this.#wanted, pos);
      this.#found = found < 0 ? this.#text.length : found;
      this.#from = pos;
    }
    return this.#found;
  }
}
