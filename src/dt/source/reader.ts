// What all parsing functions share: the lexer, the list of findings, and the words for "expected this, found that".
import type { Diagnostic } from '../../base/diagnostic.js';
import type { Values } from '../message.js';
import type { SourceInput } from './input.js';
import { Lexer, type Include } from './lexer.js';
import { type SyntaxKey, syntaxDiagnostic } from './messages.js';
import { CHAR, STATE, TOKEN } from './tokens.js';

/** Syntax errors after this many are counted, not kept. */
const MAX_ERRORS = 50;

/** The text being read and what was found wrong with it. */
export class Reader {
  readonly lexer: Lexer;
  readonly diagnostics: Diagnostic[] = [];
  readonly #input: SourceInput;
  #errors = 0;
  #muted = false;
  /** The end of the text was already reported as a mistake: what still misses there is its consequence. */
  #ended = false;

  constructor(input: SourceInput, include: Include) {
    this.#input = input;
    const main = input.segments[0] ?? input.add('', '');
    this.lexer = new Lexer(input, main, (key, values, origin) => this.report(key, values, origin), include);
  }

  /** True when nothing was found wrong so far. */
  get clean(): boolean {
    return this.#errors === 0;
  }

  /** True when the current token is of this kind. */
  at(kind: number): boolean {
    return this.lexer.kind === kind;
  }

  /** Notes an error at an offset of the input. */
  report(key: SyntaxKey, values: Values, origin: number = this.lexer.origin): void {
    if (this.#muted || (this.#ended && this.lexer.kind === TOKEN.END)) return;
    if (key.startsWith('unclosed') || (key === 'expected' && this.lexer.kind === TOKEN.END)) this.#ended = true;
    this.#errors++;
    if (this.#errors > MAX_ERRORS + 1) return;
    const place = this.#input.locate(origin);
    const last = this.#errors > MAX_ERRORS;
    this.diagnostics.push(
      last ? syntaxDiagnostic('too-many', { limit: MAX_ERRORS }, place) : syntaxDiagnostic(key, values, place),
    );
  }

  /** Notes that something else should stand here; answers false for the caller to return. */
  fail(expected: string): false {
    this.report('expected', { expected, found: this.describe() });
    return false;
  }

  /** Steps over the token if it is of this kind; else notes what should stand here. */
  expect(kind: number, expected: string): boolean {
    if (this.lexer.kind !== kind) return this.fail(expected);
    this.lexer.next();
    return true;
  }

  /** The current token in words. */
  describe(): string {
    const lexer = this.lexer;
    if (lexer.kind === TOKEN.END) return 'the end of the file';
    const word = lexer.word();
    const text = word.length > 40 ? `${word.slice(0, 40)}…` : word;
    return lexer.kind === TOKEN.STRING ? `the string ${text}` : `'${printable(text)}'`;
  }

  /**
   * Ends a statement. When the `;` was forgotten and something stands here that can begin the next statement,
   * notes that and goes on as if it were there; else answers false.
   */
  semicolon(after: string): boolean {
    const lexer = this.lexer;
    if (lexer.kind === CHAR.SEMICOLON) {
      lexer.next();
      return true;
    }
    this.fail(`';' after ${after}`);
    if (lexer.kind === TOKEN.END || /[^\w&/}#\\,]/.test(lexer.slice()[0] as string)) return false;
    if (lexer.kind !== CHAR.CLOSE_BRACE) lexer.again(STATE.NAMES);
    return true;
  }

  /** Skips what cannot be understood: to behind the next `;`, or to the `}` of the node around. */
  recover(): void {
    const lexer = this.lexer;
    this.#muted = true;
    for (let depth = 0; lexer.kind !== TOKEN.END; lexer.next()) {
      if (lexer.kind === CHAR.OPEN_BRACE) depth++;
      else if (lexer.kind === CHAR.CLOSE_BRACE && depth-- === 0) break;
      else if (lexer.kind === CHAR.SEMICOLON && depth <= 0) {
        lexer.next();
        break;
      }
    }
    this.#muted = false;
  }
}

function printable(text: string): string {
  return text.replace(/[^ -~…]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
