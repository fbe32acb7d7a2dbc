// The scanner: copies runs of text untouched, stops only at directives, comments and words that may be macros.
import {
  BLANK,
  CHAR_CLASS,
  commentEnd,
  DIGIT,
  DOT,
  IS_WORD,
  LETTER,
  literalEnd,
  NEWLINE,
  numberEnd,
  OTHER,
  QUOTE,
  SLASH,
} from './chars.js';
import type { Cursor } from './cursor.js';
import { obeyDirective } from './directives.js';
import type { RawInput } from './expand.js';
import type { Macro } from './macros.js';
import type { Output } from './output.js';
import type { Run } from './run.js';
import { END, lexToken, Token, wouldFuse } from './tokens.js';

const HASH = 0x23;

/** Reads a file from the cursor to its end into the run's output. */
export function scan(run: Run, cursor: Cursor): void {
  const { text } = cursor;
  const { macros, report, output } = run;
  const calls = new Calls(run, cursor);
  let pos = cursor.pos;
  let lineStart = true;
  while (pos < text.length && !report.halted) {
    const code = text.charCodeAt(pos);
    switch (CHAR_CLASS[code]) {
      case BLANK:
        pos++;
        continue;
      case NEWLINE:
        pos++;
        lineStart = true;
        continue;
      case LETTER: {
        const start = pos;
        let hash = 0;
        for (let c = code; IS_WORD[c] === 1; c = text.charCodeAt(++pos)) hash = (Math.imul(hash, 31) + c) | 0;
        if (macros.mayHave(hash)) pos = calls.at(start, pos);
        break;
      }
      case DIGIT:
        pos = numberEnd(text, pos);
        break;
      case QUOTE:
        pos = literalEnd(text, pos);
        break;
      case DOT:
        pos = CHAR_CLASS[text.charCodeAt(pos + 1)] === DIGIT ? numberEnd(text, pos) : pos + 1;
        break;
      case SLASH: {
        const end = dropComment(output, cursor, pos);
        if (end > pos) {
          pos = end;
          continue;
        }
        pos++;
        break;
      }
      default:
        if (code === HASH && lineStart) {
          output.flush(cursor, pos);
          cursor.pos = pos;
          if (obeyDirective(run, cursor)) {
            pos = cursor.pos;
            cursor.runStart = pos;
            continue;
          }
        }
        pos++;
    }
    cursor.solid = true;
    lineStart = false;
  }
  output.flush(cursor, Math.min(pos, text.length));
  output.blank('\n');
}

/** Writes a blank for the comment at `pos` and returns its end; `pos` when there is none. */
function dropComment(output: Output, cursor: Cursor, pos: number): number {
  const end = cursor.skipComment(pos);
  if (end === pos) return pos;
  output.flush(cursor, pos);
  output.blank(' ');
  cursor.runStart = end;
  return end;
}

/** Copies a file that needs no preprocessing, but obeys its line markers. */
export function scanMarkers(run: Run, cursor: Cursor): void {
  const { text } = cursor;
  run.output.map.enter(cursor.file);
  for (let pos = cursor.pos; pos < text.length; pos = text.indexOf('\n', pos) + 1) {
    cursor.solid = true;
    if (text.charCodeAt(pos) !== HASH || !/^#(line)?[ \t]+[0-9]+[ \t]+"/.test(text.slice(pos, pos + 80))) continue;
    run.output.flush(cursor, pos);
    cursor.pos = pos;
    if (obeyDirective(run, cursor)) cursor.runStart = cursor.pos;
  }
  cursor.solid = true;
  run.output.flush(cursor, text.length);
}

/** The macro calls of one file, and the spaces that their results need around them. */
class Calls {
  readonly #run: Run;
  readonly #cursor: Cursor;
  readonly #input: RawInput;
  /** Where the last call ended, and the last token before that place: known when the next call stands there. */
  #endedAt = -1;
  #before: Token | undefined;
  #white = false;

  constructor(run: Run, cursor: Cursor) {
    this.#run = run;
    this.#cursor = cursor;
    this.#input = run.input(cursor);
  }

  /** Expands the word from `start` to `end` if it is a call. Returns where to go on. */
  at(start: number, end: number): number {
    const { text } = this.#cursor;
    const macro = this.#run.macros.get(text.slice(start, end));
    if (macro === undefined || !this.#isCall(macro, start, end)) return end;
    const { output, expander } = this.#run;
    const adjacent = start === this.#endedAt;
    const before = adjacent ? this.#before : this.#tokenBefore(start);
    const white = adjacent && this.#white;
    output.flush(this.#cursor, start);
    this.#cursor.breakGuard();
    this.#cursor.pos = end;
    const expansion = expander.expand(
      macro,
      new Token('word', macro.name, false, start, this.#cursor.file),
      this.#input,
    );
    const { first } = expansion;
    if (white || (before !== undefined && first !== undefined && wouldFuse(before, first))) output.blank(' ');
    output.expansion(this.#cursor, start, expansion);
    const { pos } = this.#cursor;
    this.#cursor.runStart = pos;
    this.#endedAt = pos;
    this.#before = expansion.last ?? before;
    this.#white = expansion.trailingWhite;
    this.#separate(pos);
    return pos;
  }

  #isCall(macro: Macro, start: number, end: number): boolean {
    const { text } = this.#cursor;
    if (macro.builtin?.startsWith('__has_')) return false;
    if (end === start + 1 && text[start] === 'L' && CHAR_CLASS[text.charCodeAt(end)] === QUOTE) return false;
    return macro.parameters === undefined || peeksCall(this.#cursor, end);
  }

  /** Writes a space behind a call when the token at `pos` would fuse with its last one. */
  #separate(pos: number): void {
    const { text, file } = this.#cursor;
    const charClass = CHAR_CLASS[text.charCodeAt(pos)];
    if (charClass === BLANK || charClass === NEWLINE || (charClass === OTHER && !this.#white)) return;
    if (charClass === undefined) return;
    const token = lexToken(text, pos, false, file);
    const macro = token.kind === 'word' ? this.#run.macros.get(token.text) : undefined;
    if (macro !== undefined && this.#isCall(macro, pos, pos + token.text.length)) return;
    const fuses = this.#before !== undefined && wouldFuse(this.#before, token);
    if (this.#white || fuses) this.#run.output.blank(' ');
  }

  /** The token that ends at `start`, when it touches the word there and could fuse with what the word becomes. */
  #tokenBefore(start: number): Token | undefined {
    const { text, runStart, file } = this.#cursor;
    let from = start;
    while (from > runStart && isOperatorChar(text.charCodeAt(from - 1))) from--;
    let token: Token | undefined;
    for (let pos = from; pos < start; pos += token.text.length) token = lexToken(text, pos, false, file);
    return token;
  }
}

/** Chars of operators that fuse, and the backslash. */
function isOperatorChar(code: number): boolean {
  const charClass = CHAR_CLASS[code] as number;
  return charClass >= SLASH || code === 0x5c;
}

/** True when `(` comes next behind `pos`, over blanks, comments and lines but no directive. */
function peeksCall({ text }: Cursor, pos: number): boolean {
  for (let i = pos; ; ) {
    const code = text.charCodeAt(i);
    const charClass = CHAR_CLASS[code];
    if (charClass === BLANK || charClass === NEWLINE) i++;
    else if (charClass === SLASH) {
      const end = commentEnd(text, i);
      if (end <= i) return false;
      i = end;
    } else return code === 0x28;
  }
}

/** The file at the cursor as input for macro calls. */
export function rawInput(run: Run, cursor: Cursor): RawInput {
  return {
    file: cursor.file,
    peekCall: () => peeksCall(cursor, cursor.pos),
    next: (caller) => {
      const saved = cursor.caller;
      cursor.caller = caller;
      const token = nextToken(run, cursor);
      cursor.caller = saved;
      return token;
    },
  };
}

function nextToken(run: Run, cursor: Cursor): Token {
  const { text } = cursor;
  let white = false;
  let lineStart = false;
  while (cursor.pos < text.length && !run.report.halted) {
    const code = text.charCodeAt(cursor.pos);
    const charClass = CHAR_CLASS[code];
    if (charClass === BLANK || charClass === NEWLINE) {
      lineStart ||= charClass === NEWLINE;
      white = true;
      cursor.pos++;
      continue;
    }
    if (charClass === SLASH) {
      const end = cursor.skipComment(cursor.pos);
      if (end > cursor.pos) {
        white = true;
        cursor.pos = end;
        continue;
      }
    }
    if (code === HASH && lineStart && obeyDirective(run, cursor)) continue;
    const token = lexToken(text, cursor.pos, white, cursor.file);
    cursor.pos += token.text.length;
    return token;
  }
  return END;
}
