// #if and its family: which groups of lines count. A group that does not is skipped here, without being scanned.
import { skipBlanks, wordEnd } from './chars.js';
import type { Condition, Cursor } from './cursor.js';
import { evaluate } from './expression.js';
import { macroNameEnd } from './macros.js';
import type { Directive, Run } from './run.js';
import { END, lexRange } from './tokens.js';

/** Whether an opening or continuing directive's condition holds; it reads the line behind the name. */
type Test = (directive: Directive) => boolean;

const ifdef: Test = (directive) => {
  const name = readName(directive);
  return name !== undefined && directive.run.macros.get(name) !== undefined;
};
const ifndef: Test = (directive) => {
  const name = readName(directive);
  return name !== undefined && directive.run.macros.get(name) === undefined;
};
const OPENING: ReadonlyMap<string, Test> = new Map([
  ['if', condition],
  ['ifdef', ifdef],
  ['ifndef', ifndef],
]);
const CONTINUING: ReadonlyMap<string, Test> = new Map([
  ['elif', condition],
  ['elifdef', ifdef],
  ['elifndef', ifndef],
  ['else', () => true],
]);

/** The names of the directives that `conditional` handles. */
export const CONDITIONALS: readonly string[] = [...OPENING.keys(), ...CONTINUING.keys(), 'endif'];

/** Obeys a conditional directive; leaves the cursor at the next line that counts. */
export function conditional(directive: Directive): void {
  const { run, cursor, name, at } = directive;
  const open = OPENING.get(name);
  if (open !== undefined) {
    const guard = cursor.guardState === 'open' ? guardName(directive) : undefined;
    if (guard === undefined) cursor.breakGuard();
    else cursor.guardState = 'inside';
    const taken = open(directive);
    cursor.conditions.push({ at, directive: name, taken, elseAt: -1, guard });
    nextLine(directive);
    if (!taken) skipGroups(run, cursor);
    return;
  }
  if (continueOrEnd(directive, false)) skipGroups(run, cursor);
}

/** The macro that may guard the whole file: of `#ifndef X` or `#if !defined X`. */
function guardName({ cursor: { text }, name, end: from }: Directive): string | undefined {
  let start = skipBlanks(text, from);
  if (name === 'if') {
    if (text[start] !== '!') return undefined;
    start = skipBlanks(text, start + 1);
    if (!text.startsWith('defined', start)) return undefined;
    start = skipBlanks(text, start + 7);
    const open = text[start] === '(';
    if (open) start = skipBlanks(text, start + 1);
    const end = macroNameEnd(text, start);
    const close = skipBlanks(text, end);
    const last = open ? (text[close] === ')' ? skipBlanks(text, close + 1) : -1) : close;
    return end > start && text[last] === '\n' ? text.slice(start, end) : undefined;
  }
  const end = name === 'ifndef' ? macroNameEnd(text, start) : start;
  return end > start ? text.slice(start, end) : undefined;
}

/** Obeys #elif, #else or #endif behind a group that was skipped or not; true when the next group must be skipped. */
function continueOrEnd(directive: Directive, skipped: boolean): boolean {
  const { run, cursor, name, at } = directive;
  const open = cursor.conditions.at(-1);
  if (open === undefined) run.report.add('without-if', cursor.file, at, { directive: name });
  else if (name === 'endif') {
    close(directive, open);
    return false;
  } else if (open.elseAt >= 0) {
    const { line } = cursor.file.position(open.at);
    run.report.add('after-else', cursor.file, at, { directive: name, line });
  } else return !opens(directive, open);
  nextLine(directive);
  return skipped;
}

function close(directive: Directive, open: Condition): void {
  const { cursor } = directive;
  checkRest(directive, directive.end);
  cursor.conditions.pop();
  if (open.guard !== undefined && cursor.guardState === 'inside') {
    cursor.guardState = 'closed';
    cursor.guard = open.guard;
  }
  nextLine(directive);
}

function opens(directive: Directive, open: Condition): boolean {
  const { cursor, name, at, end } = directive;
  if (open.guard !== undefined) cursor.guardState = 'none';
  if (name === 'else') {
    open.elseAt = at;
    checkRest(directive, end);
  }
  const counts = !open.taken && (CONTINUING.get(name) as Test)(directive);
  if (counts) open.taken = true;
  nextLine(directive);
  return counts;
}

/** Skips groups of the innermost condition until one counts or its #endif is read. */
function skipGroups(run: Run, cursor: Cursor): void {
  const { text } = cursor;
  for (let depth = 0; cursor.pos < text.length && !run.report.halted; ) {
    const at = cursor.skipSpace(cursor.pos);
    if (text.charCodeAt(at) !== 0x23) {
      cursor.pos = cursor.lineEnd(at) + 1;
      continue;
    }
    const start = cursor.skipSpace(at + 1);
    const end = macroNameEnd(text, start);
    const name = text.slice(start, end);
    if (OPENING.has(name)) depth++;
    else if (depth > 0) depth -= name === 'endif' ? 1 : 0;
    else if (name === 'endif' || CONTINUING.has(name)) {
      if (!continueOrEnd({ run, cursor, name, at, end }, true)) return;
      continue;
    }
    cursor.pos = cursor.lineEnd(end) + 1;
  }
}

function nextLine({ cursor, end }: Directive): void {
  cursor.pos = cursor.lineEnd(end) + 1;
}

/** Warns when the directive's line goes on at `pos`, behind what the directive needs. */
export function checkRest({ run, cursor, name }: Directive, pos: number): void {
  const rest = cursor.skipSpace(pos);
  if (cursor.text.charCodeAt(rest) !== 0x0a) run.report.add('extra-tokens', cursor.file, rest, { directive: name });
}

/** The macro name behind a directive, with a complaint when there is none. */
export function readName(directive: Directive): string | undefined {
  const { run, cursor } = directive;
  const { text } = cursor;
  const start = cursor.skipSpace(directive.end);
  const end = macroNameEnd(text, start);
  const name = text.slice(start, end);
  if (end > start && name !== 'defined') {
    if (directive.name !== 'define') checkRest(directive, end);
    return name;
  }
  const values = { directive: directive.name };
  if (text.charCodeAt(start) === 0x0a) run.report.add('no-macro-name', cursor.file, directive.at, values);
  else
    run.report.add('macro-name', cursor.file, start, { ...values, name: text.slice(start, wordEnd(text, start + 1)) });
  return undefined;
}

function condition({ run, cursor, name: directive, at, end }: Directive): boolean {
  const { file, text } = cursor;
  const tokens = lexRange(text, end, cursor.lineEnd(end), file);
  const input = run.input(cursor);
  const endLine = run.expander.beginLine(tokens, at, input);
  const value = evaluate({
    next: (literally) => run.expander.nextInLine(literally),
    isDefined: (name) => run.macros.get(name) !== undefined,
    hasInclude: (operand, behindThis) => {
      const name = operand.slice(1, -1);
      const beside = operand.startsWith('"') && !behindThis ? file.source.path : undefined;
      return run.files.find(name, beside, behindThis ? file.directory + 1 : 0) !== undefined;
    },
    complain: (message, token, values) => {
      const place = token === END ? at : token.origin === file ? token.at : at;
      run.report.add(message, file, place, { directive, ...values });
    },
  });
  endLine();
  return value === true;
}
