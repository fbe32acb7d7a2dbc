// Macro definitions and the table of them. A body is kept as a range of its file and tokenised when it is first used.
import { CHAR_CLASS, IS_WORD, LETTER, NEWLINE, BLANK, wordEnd } from './chars.js';
import type { Expansion } from './expansion.js';
import type { Inclusion } from './source.js';
import { lexRange, type Token } from './tokens.js';

/** Macros that the preprocessor itself knows; their value is computed at each use. */
export type Builtin =
  | '__FILE__'
  | '__BASE_FILE__'
  | '__LINE__'
  | '__INCLUDE_LEVEL__'
  | '__COUNTER__'
  | '__DATE__'
  | '__TIME__'
  | '__TIMESTAMP__'
  | '_Pragma'
  | '__has_include'
  | '__has_include_next';

const BUILTINS: readonly Builtin[] = [
  '__FILE__',
  '__BASE_FILE__',
  '__LINE__',
  '__INCLUDE_LEVEL__',
  '__COUNTER__',
  '__DATE__',
  '__TIME__',
  '__TIMESTAMP__',
  '_Pragma',
  '__has_include',
  '__has_include_next',
];

/** Where the parts of a definition stand in the text of its file. */
export interface DefinitionRange {
  readonly file: Inclusion;
  /** Offset of the name. */
  readonly at: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
}

/** Parameters of a function-like macro; a variadic one's last is `__VA_ARGS__` or has the name it was given. */
export interface Parameters {
  readonly names: readonly string[];
  readonly variadic: boolean;
}

/** One macro. */
export class Macro {
  readonly name: string;
  readonly range: DefinitionRange | undefined;
  readonly parameters: Parameters | undefined;
  readonly builtin: Builtin | undefined;
  /** It is being expanded: its own name is not a call now. */
  active = false;
  /** The whole expansion of an object-like macro, valid while the table has `cacheGeneration`. */
  cache: Expansion | undefined;
  cacheGeneration = -1;
  #body: readonly Token[] | undefined;

  constructor(name: string, range?: DefinitionRange, parameters?: Parameters, builtin?: Builtin) {
    this.name = name;
    this.range = range;
    this.parameters = parameters;
    this.builtin = builtin;
  }

  /** The body: parameters are `param` tokens, `##` is a flag of the token before it, `#` one of its parameter. */
  get body(): readonly Token[] {
    this.#body ??= this.range === undefined ? [] : parseBody(this.range, this.parameters);
    return this.#body;
  }

  /** True when `##` begins or ends the body, which C forbids. */
  get pastesAtEnd(): boolean {
    const { range } = this;
    if (range === undefined) return false;
    const text = range.file.source.text;
    const tokens = lexRange(text, range.bodyStart, range.bodyEnd, range.file);
    return tokens[0]?.text === '##' || tokens.at(-1)?.text === '##';
  }

  /** Same parameters and same body, spaces compared as present or absent (C's rule for a second #define). */
  sameAs(other: Macro): boolean {
    if (this.builtin !== other.builtin || signature(this) !== signature(other)) return false;
    return (
      this.body.length === other.body.length && this.body.every((token, i) => alike(token, other.body[i] as Token))
    );
  }
}

function signature({ parameters }: Macro): string {
  return parameters === undefined ? '' : `(${parameters.names.join()}${parameters.variadic ? '...' : ''})`;
}

function alike(a: Token, b: Token): boolean {
  return a.text === b.text && a.white === b.white && a.pasteLeft === b.pasteLeft && a.stringize === b.stringize;
}

function parseBody(range: DefinitionRange, parameters: Parameters | undefined): Token[] {
  const body: Token[] = [];
  const tokens = lexRange(range.file.source.text, range.bodyStart, range.bodyEnd, range.file);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as Token;
    const last = body.at(-1);
    if (token.text === '##' && last !== undefined) {
      last.pasteLeft = true;
      continue;
    }
    const next = tokens[i + 1];
    // In assembler mode a # that stands before no parameter is an ordinary token.
    if (token.text === '#' && next !== undefined && indexOf(parameters, next) >= 0) {
      body.push(parameter(next, indexOf(parameters, next), token));
      i++;
    } else {
      const index = indexOf(parameters, token);
      body.push(index < 0 ? token : parameter(token, index));
    }
  }
  if (body[0] !== undefined) body[0].white = false;
  return body;
}

function indexOf(parameters: Parameters | undefined, token: Token): number {
  return parameters === undefined || token.kind !== 'word' ? -1 : parameters.names.indexOf(token.text);
}

function parameter(token: Token, index: number, hash?: Token): Token {
  const param = token.copy('param');
  param.index = index;
  param.stringize = hash !== undefined;
  param.white = (hash ?? token).white;
  return param;
}

/** The parameters, or what is wrong with them. `end` is the offset behind the closing parenthesis. */
type ParsedParameters =
  | { readonly kind: 'ok'; readonly parameters: Parameters; readonly end: number }
  | { readonly kind: 'wrong'; readonly why: string };

/** Reads a parameter list; `open` is the offset of its parenthesis, `end` that of the line's end. */
export function parseParameters(file: Inclusion, open: number, end: number): ParsedParameters {
  const tokens = lexRange(file.source.text, open + 1, end, file);
  const names: string[] = [];
  const wrong = (why: string): ParsedParameters => ({ kind: 'wrong', why });
  const ok = (close: Token, variadic: boolean): ParsedParameters => {
    return { kind: 'ok', parameters: { names, variadic }, end: close.at + 1 };
  };
  for (let i = 0; ; ) {
    const token = tokens[i++];
    if (token === undefined) return wrong('the ) is missing');
    if (token.text === ')' && names.length === 0) return ok(token, false);
    const dots = token.text === '...';
    if (!dots && token.kind !== 'word') return wrong(`expected a parameter name, found ${token.text}`);
    const name = dots ? '__VA_ARGS__' : token.text;
    if (names.includes(name)) return wrong(`parameter ${name} is there twice`);
    names.push(name);
    const named = !dots && tokens[i]?.text === '...';
    if (named) i++;
    const after = tokens[i++];
    if (after?.text === ')') return ok(after, dots || named);
    if (after === undefined) return wrong('the ) is missing');
    if (dots || named) return wrong('only ) may follow ...');
    if (after.text !== ',') return wrong(`expected , or ), found ${after.text}`);
  }
}

const FILTER_BITS = 16;

/** The hash that `MacroTable.mayHave` takes: `h = Math.imul(h, 31) + code` over the name, from 0. */
function hashOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return hash;
}

/** The macros defined now. */
export class MacroTable {
  /** Changes with every definition, so that a cached expansion can be told from a stale one. */
  generation = 0;
  readonly #macros = new Map<string, Macro>();
  /** One bit per hash: most words of a source are no macros and never need to become strings. */
  readonly #filter = new Uint8Array(1 << FILTER_BITS);

  constructor() {
    for (const name of BUILTINS) this.define(new Macro(name, undefined, undefined, name));
  }

  get(name: string): Macro | undefined {
    return this.#macros.get(name);
  }

  /** False when no macro has a name of that hash. */
  mayHave(hash: number): boolean {
    return this.#filter[(hash ^ (hash >>> FILTER_BITS)) & ((1 << FILTER_BITS) - 1)] === 1;
  }

  /** Defines a macro and returns the one that had its name. */
  define(macro: Macro): Macro | undefined {
    const hash = hashOf(macro.name);
    const old = this.mayHave(hash) ? this.#macros.get(macro.name) : undefined;
    this.#filter[(hash ^ (hash >>> FILTER_BITS)) & ((1 << FILTER_BITS) - 1)] = 1;
    this.#macros.set(macro.name, macro);
    this.generation++;
    return old;
  }

  undefine(name: string): void {
    if (this.#macros.delete(name)) this.generation++;
  }
}

/** The macro name at `pos`: its end, or `pos` when there is no identifier. */
export function macroNameEnd(text: string, pos: number): number {
  return CHAR_CLASS[text.charCodeAt(pos)] === LETTER ? wordEnd(text, pos) : pos;
}

/** True when a body may begin directly at this char: behind a blank, a line end or a comment. */
export function separatesBody(text: string, pos: number): boolean {
  const code = text.charCodeAt(pos);
  const charClass = CHAR_CLASS[code];
  return charClass === BLANK || charClass === NEWLINE || (text[pos] === '/' && IS_WORD[code] === 0);
}
