// Puts the arguments of a call into the body of its macro: prescanned, stringized or to be pasted.
import type { Macro } from './macros.js';
import { AVOID_PASTE, paddingFor, quoted, spaceSource, Token } from './tokens.js';

/** One argument as written; `omitted` is true when a variadic call does not even have its comma. */
export interface Argument {
  readonly tokens: readonly Token[];
  readonly omitted: boolean;
  /** The argument with its macros expanded, made when first asked for. */
  readonly expanded: () => readonly Token[];
}

/** The macro's body with the arguments in place; `##` is still to be done. */
export function substitute(macro: Macro, args: readonly Argument[]): Token[] {
  return substituteRange(macro, args, 0, macro.body.length);
}

function substituteRange(macro: Macro, args: readonly Argument[], from: number, to: number): Token[] {
  const { body } = macro;
  const out: Token[] = [];
  for (let i = from; i < to; i++) {
    const token = body[i] as Token;
    if (token.kind === 'param') {
      placeArgument(out, token, body[i - 1], isVariadic(macro, token), args[token.index] as Argument);
      continue;
    }
    const close = macro.parameters?.variadic && token.text === '__VA_OPT__' ? closing(body, i + 1, to) : -1;
    if (close < 0) {
      out.push(token);
      continue;
    }
    const wanted = (args.at(-1) as Argument).expanded().some((t) => t.kind !== 'padding');
    const inner = wanted ? substituteRange(macro, args, i + 2, close) : [];
    placeOptional(out, token, body[i - 1], body[close] as Token, inner);
    i = close;
  }
  return out;
}

function isVariadic({ parameters }: Macro, param: Token): boolean {
  return parameters !== undefined && parameters.variadic && param.index === parameters.names.length - 1;
}

/** Index of the parenthesis that closes the one at `open`, or -1. */
function closing(body: readonly Token[], open: number, to: number): number {
  if (body[open]?.text !== '(') return -1;
  let depth = 0;
  for (let i = open; i < to; i++) {
    const { text } = body[i] as Token;
    if (text === '(') depth++;
    else if (text === ')' && --depth === 0) return i;
  }
  return -1;
}

function placeArgument(out: Token[], param: Token, before: Token | undefined, variadic: boolean, arg: Argument): void {
  const pasted = before?.pasteLeft === true;
  if (before !== undefined && !pasted) out.push(paddingFor(param));
  if (pasted && !param.pasteLeft && !param.stringize) {
    // GNU: `, ## __VA_ARGS__` loses its comma when the argument is omitted, and pastes nothing when it is there.
    if (variadic && out.at(-1)?.text === ',') {
      if (arg.omitted) out.pop();
      else setPaste(out, false);
    } else if (arg.tokens.length === 0) setPaste(out, false);
  }
  const raw = pasted || param.pasteLeft;
  const tokens = param.stringize ? [stringized(param, arg.tokens)] : raw ? arg.tokens : arg.expanded();
  for (const token of tokens) out.push(token);
  if (param.pasteLeft) {
    if (tokens.length > 0) setPaste(out, true);
  } else out.push(AVOID_PASTE);
}

function placeOptional(out: Token[], opt: Token, before: Token | undefined, close: Token, inner: Token[]): void {
  const pasted = before?.pasteLeft === true;
  if (before !== undefined && !pasted) out.push(paddingFor(opt));
  while (inner.at(-1)?.kind === 'padding') inner.pop();
  if (inner.length === 0 && pasted && !close.pasteLeft) setPaste(out, false);
  while (inner[0]?.kind === 'padding') inner.shift();
  for (const token of inner) out.push(token);
  if (close.pasteLeft && inner.length > 0) setPaste(out, true);
  if (!close.pasteLeft) out.push(AVOID_PASTE);
}

function setPaste(out: Token[], pasteLeft: boolean): void {
  const last = out.at(-1);
  if (last === undefined || last.pasteLeft === pasteLeft || last.kind === 'padding') return;
  const copy = last.copy();
  copy.pasteLeft = pasteLeft;
  out[out.length - 1] = copy;
}

/** `#param`: the argument as written in one string, each run of white space one blank. */
function stringized(param: Token, tokens: readonly Token[]): Token {
  const parts: string[] = [];
  let source: Token | undefined;
  for (const token of tokens) {
    if (token.kind === 'padding') {
      source = spaceSource(source, token);
      continue;
    }
    if (parts.length > 0 && (source ?? token).white) parts.push(' ');
    source = undefined;
    parts.push(quoted(token));
  }
  // A last lone backslash would escape the closing quote; cpp drops it.
  const lone = tokens.findLastIndex((token) => token.text !== '\\');
  if ((tokens.length - 1 - lone) % 2 === 1) parts.pop();
  return new Token('string', `"${parts.join('')}"`, false, param.at, param.origin);
}
