// Collects the diagnostics of one run and ends the run when it has become hopeless.
import type { Diagnostic } from '../../base/diagnostic.js';
import { diagnosticOf, type Place, type Values } from '../message.js';
import { type CallChain, chainVia } from './map.js';
import { CPP_MESSAGES, type MessageName } from './messages.js';
import type { Inclusion } from './source.js';

/** Beyond these a run gives up with one error. Real boards stay below a hundredth of each. */
export const LIMITS = {
  includeDepth: 200,
  inclusions: 65_536,
  /** Chars of source scanned, counting each inclusion. */
  scanned: 2 ** 29,
  /** Chars of output. */
  output: 64 * 2 ** 20,
  /** Tokens made by macro expansion; long pasted or stringized ones count for more. */
  tokens: 2 ** 22,
  callDepth: 256,
  expressionDepth: 256,
  messages: 500,
} as const;

/** The run's messages and its brake. */
export class Report {
  readonly diagnostics: Diagnostic[] = [];
  #halted = false;
  #tokens = 0;
  #scanned = 0;
  #inclusions = 0;

  /** True when the run gave up: every loop ends, later messages are dropped. */
  get halted(): boolean {
    return this.#halted;
  }

  /** Adds a message about an offset of a file, or about something inside a macro call that stands there. */
  add(name: MessageName, file: Inclusion, offset: number, values: Values = {}, chain?: CallChain) {
    if (this.#halted) return;
    const macros = chain === undefined ? [] : chainVia(chain, file, offset);
    this.#push(name, values, { at: file.position(offset), via: [...macros, ...file.via()] });
    if (this.diagnostics.length < LIMITS.messages) return;
    this.#push('too-many-messages', { limit: LIMITS.messages }, { at: file.position(offset) });
    this.#halted = true;
  }

  /** Adds a message about the first file as a whole. */
  addWhole(name: MessageName, file: string, values: Values): void {
    this.#push(name, values, { at: { file, line: 1, column: 0 } });
  }

  /** Adds an error and ends the run. */
  halt(name: MessageName, file: Inclusion, offset: number, values: Values, chain?: CallChain) {
    this.add(name, file, offset, values, chain);
    this.#halted = true;
  }

  /** Counts tokens made by the macro call at `offset`; false when they are too many. */
  spend(tokens: number, file: Inclusion, offset: number, name: string): boolean {
    this.#tokens += tokens;
    if (this.#tokens > LIMITS.tokens)
      this.halt('too-much', file, offset, { limit: `${LIMITS.tokens} tokens`, culprit: `macro ${name}` });
    return !this.#halted;
  }

  /** Counts a file about to be scanned; false when they are too many or too much. */
  spendFile(chars: number, file: Inclusion, offset: number, name: string): boolean {
    this.#scanned += chars;
    this.#inclusions++;
    const tooMany = this.#inclusions > LIMITS.inclusions;
    if (tooMany || this.#scanned > LIMITS.scanned) {
      const limit = tooMany ? `${LIMITS.inclusions} inclusions` : `${LIMITS.scanned} bytes of source`;
      this.halt('too-much', file, offset, { limit, culprit: name });
    }
    return !this.#halted;
  }

  #push(name: MessageName, values: Values, place: Place): void {
    this.diagnostics.push(diagnosticOf(`dt/cpp/${name}`, CPP_MESSAGES[name], values, place));
  }
}
