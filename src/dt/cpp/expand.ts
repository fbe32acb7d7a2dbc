// Macro expansion: a stack of token lists, read from the top, as GCC does it; so spaces come out where GCC has them.
import { type Argument, substitute } from './arguments.js';
import { type Expansion, Printer } from './expansion.js';
import type { CallChain } from './map.js';
import type { Builtin, Macro, MacroTable, Parameters } from './macros.js';
import type { MessageName } from './messages.js';
import type { Values } from '../message.js';
import { LIMITS, type Report } from './report.js';
import type { Inclusion } from './source.js';
import { AVOID_PASTE, END, lexToken, paddingFor, spaceSource, Token } from './tokens.js';

/** The file behind a macro call, where its arguments may stand. */
export interface RawInput {
  readonly file: Inclusion;
  /** True when the next token, over any lines, is `(`. Takes nothing. */
  peekCall(): boolean;
  /** Takes the next token, `END` at the end of the file. Directives on the way are obeyed. */
  next(caller: string): Token;
}

/** A list being read. A barrier (an argument or a directive's line) is not left before its reader takes it away. */
interface Context {
  readonly tokens: readonly Token[];
  pos: number;
  readonly macro: Macro | undefined;
  readonly chain: CallChain | undefined;
  readonly barrier: boolean;
}

/** Expands the macro calls of one run. */
export class Expander {
  readonly #macros: MacroTable;
  readonly #report: Report;
  readonly #contexts: Context[] = [];
  #input: RawInput;
  /** The outermost call: its name and where it stands. */
  #callName = '';
  #callAt = 0;
  #preventing = 0;
  #argumentDepth = 0;
  #counter = 0;
  /** The expansion depends on more than the macro table: on text behind the call, or on a built-in. */
  #volatile = false;

  constructor(macros: MacroTable, report: Report, input: RawInput) {
    this.#macros = macros;
    this.#report = report;
    this.#input = input;
  }

  /** Expands the call of `macro` whose name is `name`; what follows the name is taken from `input` as needed. */
  expand(macro: Macro, name: Token, input: RawInput): Expansion {
    if (macro.cache !== undefined && macro.cacheGeneration === this.#macros.generation) return macro.cache;
    this.#input = input;
    this.#callName = macro.name;
    this.#callAt = name.at;
    this.#volatile = macro.parameters !== undefined;
    const printer = new Printer(name);
    if (!this.#enter(macro, name)) printer.print(name, undefined);
    while (this.#contexts.length > 0 && !this.#report.halted) {
      const token = this.next();
      printer.print(token, this.#contexts.at(-1)?.chain);
    }
    this.#contexts.length = 0;
    const expansion = printer.finish();
    if (!this.#volatile) {
      macro.cache = expansion;
      macro.cacheGeneration = this.#macros.generation;
    }
    return expansion;
  }

  /** Begins to read a directive's line, which stands at `at`; each `nextInLine` gives a token until `END`. */
  beginLine(tokens: readonly Token[], at: number, input: RawInput): () => void {
    const saved = { input: this.#input, callAt: this.#callAt, preventing: this.#preventing };
    const depth = this.#contexts.length;
    this.#input = input;
    this.#callAt = at;
    this.#preventing = 0;
    this.#push(tokens, undefined, undefined, true);
    return () => {
      while (this.#contexts.length > depth) this.#pop();
      this.#input = saved.input;
      this.#callAt = saved.callAt;
      this.#preventing = saved.preventing;
    };
  }

  /** The next token of the directive's line, expanded unless `literally`; `END` for ever at its end. */
  nextInLine(literally = false): Token {
    if (literally) this.#preventing++;
    let token = this.next();
    while (token.kind === 'padding') token = this.next();
    if (literally) this.#preventing--;
    return token;
  }

  /** The next token of the top list, or of the file when there is none; macro calls are entered on the way. */
  next(): Token {
    for (;;) {
      if (this.#report.halted) return END;
      const context = this.#contexts.at(-1);
      if (context === undefined) return this.#raw(this.#callName);
      const token = context.tokens[context.pos];
      if (token === undefined) {
        if (context.barrier) return END;
        this.#pop();
        return AVOID_PASTE;
      }
      context.pos++;
      if (!this.#spend(1, context.chain?.name ?? this.#callName)) return END;
      if (token.pasteLeft) return this.#paste(context, token);
      if (token.kind !== 'word' || token.painted) return token;
      const macro = this.#macros.get(token.text);
      if (macro === undefined) return token;
      if (macro.active) return painted(token);
      if (this.#preventing > 0 || !this.#enter(macro, token)) return token;
      return paddingFor(token);
    }
  }

  #raw(caller: string): Token {
    this.#volatile = true;
    this.#spend(1, caller);
    return this.#input.next(caller);
  }

  #spend(tokens: number, name: string): boolean {
    return this.#report.spend(tokens, this.#input.file, this.#callAt, name);
  }

  #push(tokens: readonly Token[], macro: Macro | undefined, name: Token | undefined, barrier = false): void {
    const parent = this.#contexts.at(-1)?.chain;
    const chain = macro === undefined || name === undefined ? parent : { name: macro.name, token: name, parent };
    if (macro !== undefined) macro.active = true;
    this.#contexts.push({ tokens, pos: 0, macro, chain, barrier });
  }

  #pop(): void {
    const context = this.#contexts.pop();
    if (context?.macro !== undefined) context.macro.active = false;
  }

  /** False when it is no call after all; then the name stands for itself. */
  #enter(macro: Macro, name: Token): boolean {
    if (macro.builtin !== undefined) return this.#enterBuiltin(macro.builtin, name);
    const { parameters } = macro;
    if (parameters === undefined) {
      this.#push(macro.body, macro, name);
      return true;
    }
    if (!this.#takeParenthesis()) return false;
    const lists = this.#collect(macro.name, parameters, name);
    const args = lists === undefined ? undefined : this.#checkedArguments(macro, parameters, name, lists);
    if (args === undefined) return false;
    const tokens = substitute(macro, args);
    let size = 0;
    for (const token of tokens) size += 1 + (token.text.length >>> 2);
    if (this.#spend(size, macro.name)) this.#push(tokens, macro, name);
    return true;
  }

  /** Takes `(` when it comes next, over the ends of lists; else puts back what it saw. */
  #takeParenthesis(): boolean {
    let padding: Token | undefined;
    this.#preventing++;
    let found = false;
    for (;;) {
      const top = this.#contexts.at(-1);
      if (top === undefined) {
        this.#volatile = true;
        found = this.#input.peekCall();
        if (found) this.#input.next('');
        break;
      }
      const token = this.next();
      if (token.kind === 'padding') {
        if (spaceSource(padding?.source, token) === token.source) padding = token;
        continue;
      }
      found = token.kind === 'operator' && token.text === '(';
      const source = this.#contexts.at(-1);
      if (!found && token !== END && source !== undefined) source.pos--;
      break;
    }
    this.#preventing--;
    if (!found && padding !== undefined) this.#push([padding], undefined, undefined);
    return found;
  }

  /** The argument lists of a call whose `(` is taken; undefined when its `)` is missing. */
  #collect(macro: string, parameters: Parameters, name: Token): Token[][] | undefined {
    const lists: Token[][] = [];
    let list: Token[] = [];
    let depth = 0;
    this.#preventing++;
    for (;;) {
      const token = this.#contexts.length === 0 ? this.#raw(macro) : this.next();
      if (token.kind === 'end') break;
      if (token.kind === 'padding') {
        if (list.length > 0) list.push(token);
        continue;
      }
      if (token.kind === 'operator') {
        if (token.text === '(') depth++;
        else if (token.text === ')' && depth-- === 0) break;
        else if (token.text === ',' && depth === 0 && !takesCommas(parameters, lists.length)) {
          lists.push(trimmed(list));
          list = [];
          continue;
        }
      }
      list.push(token);
    }
    this.#preventing--;
    lists.push(trimmed(list));
    if (depth < 0) return lists;
    const inside = this.#contexts.length === 0 ? 'file' : 'line or argument';
    this.#complain('unterminated-call', name, { macro, inside });
    return undefined;
  }

  #checkedArguments(macro: Macro, parameters: Parameters, name: Token, lists: Token[][]): Argument[] | undefined {
    const wanted = parameters.names.length;
    const only = lists[0] as Token[];
    const given = wanted === 0 && lists.length === 1 && only.length === 0 ? 0 : lists.length;
    if (given > wanted) return this.#complain('too-many-arguments', name, { macro: macro.name, wanted, given });
    // GNU: the variadic argument may be left out with its comma.
    if (given < wanted - (parameters.variadic ? 1 : 0)) {
      return this.#complain('too-few-arguments', name, { macro: macro.name, wanted, given });
    }
    return parameters.names.map((_, index) => {
      const list = lists[index] ?? [];
      const alone = wanted === 1 && list.length === 0;
      return this.#argument(list, lists[index] === undefined || alone);
    });
  }

  #argument(tokens: readonly Token[], omitted: boolean): Argument {
    let expanded: readonly Token[] | undefined;
    return {
      tokens,
      omitted,
      expanded: () => {
        expanded ??= tokens.length === 0 ? tokens : this.#prescan(tokens);
        return expanded;
      },
    };
  }

  #prescan(tokens: readonly Token[]): Token[] {
    const out: Token[] = [];
    if (this.#argumentDepth >= LIMITS.callDepth) {
      const { file } = this.#input;
      this.#report.halt('too-deep', file, this.#callAt, { what: 'macro calls', limit: LIMITS.callDepth });
      return out;
    }
    this.#argumentDepth++;
    const preventing = this.#preventing;
    this.#preventing = 0;
    const depth = this.#contexts.length;
    this.#push(tokens, undefined, undefined, true);
    for (let token = this.next(); token !== END; token = this.next()) out.push(token);
    while (this.#contexts.length > depth) this.#pop();
    this.#preventing = preventing;
    this.#argumentDepth--;
    return out;
  }

  /** Does the `##` behind `first`; the result is a list of its own. In assembler mode a paste that fails is silent. */
  #paste(context: Context, first: Token): Token {
    let left = first;
    for (;;) {
      const right = context.tokens[context.pos];
      if (right === undefined) break;
      context.pos++;
      if (right.kind === 'padding') break;
      const joined = join(left, right);
      if (joined === undefined) {
        context.pos--;
        break;
      }
      left = joined;
      if (!this.#spend(1 + (left.text.length >>> 2), context.chain?.name ?? this.#callName)) break;
      if (!right.pasteLeft) break;
    }
    const result = left.copy();
    result.pasteLeft = false;
    this.#push([result], undefined, undefined);
    return paddingFor(first);
  }

  #enterBuiltin(builtin: Builtin, name: Token): boolean {
    this.#volatile = true;
    if (builtin === '__has_include' || builtin === '__has_include_next') return false;
    if (builtin === '_Pragma') {
      if (!this.#takeParenthesis()) return false;
      this.#collect(builtin, { names: [''], variadic: true }, name);
      return true;
    }
    const text = this.#builtinText(builtin, name);
    const kind = text.startsWith('"') ? 'string' : 'number';
    this.#push([new Token(kind, text, false, name.at, name.origin)], undefined, undefined);
    return true;
  }

  #builtinText(builtin: Exclude<Builtin, '_Pragma' | '__has_include' | '__has_include_next'>, name: Token): string {
    const { file } = this.#input;
    switch (builtin) {
      case '__FILE__':
        return stringOf(file.position(this.#callAt).file);
      case '__BASE_FILE__': {
        let base = file;
        while (base.parent !== undefined) base = base.parent;
        return stringOf(base.source.path);
      }
      case '__LINE__':
        // In an argument it stands in the file itself, perhaps on a later line than the call.
        return String(file.position(this.#contexts.at(-1)?.chain === undefined ? name.at : this.#callAt).line);
      case '__INCLUDE_LEVEL__':
        return String(file.depth);
      case '__COUNTER__':
        return String(this.#counter++);
      default:
        this.#complain('no-date', name, { macro: builtin });
        return builtin === '__TIME__' ? '"??:??:??"' : '"??? ?? ????"';
    }
  }

  #complain(message: MessageName, name: Token, values: Values): undefined {
    const chain = this.#contexts.at(-1)?.chain;
    const at = chain === undefined && name.origin === this.#input.file ? name.at : this.#callAt;
    this.#report.add(message, this.#input.file, at, values, chain);
    return undefined;
  }
}

function takesCommas({ names, variadic }: Parameters, index: number): boolean {
  return variadic && index === names.length - 1;
}

function trimmed(list: Token[]): Token[] {
  while (list.at(-1)?.kind === 'padding') list.pop();
  return list;
}

function painted(token: Token): Token {
  const copy = token.copy();
  copy.painted = true;
  return copy;
}

function stringOf(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** `left ## right` as one token, or undefined when the two make none. A comment must not come out of it. */
function join(left: Token, right: Token): Token | undefined {
  const text = left.text + right.text;
  if (left.text === '/' && right.text !== '=') return undefined;
  const { kind, text: first } = lexToken(`${text}\n`, 0, left.white, left.origin as Inclusion);
  return first === text ? new Token(kind, text, left.white, left.at, left.origin) : undefined;
}
