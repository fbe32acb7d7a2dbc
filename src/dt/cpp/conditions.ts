// #if and its family: which groups of lines count. A group that does not is skipped here, without being scanned.
import { IS_WORD, skipBlanks } from './chars.js';
import type { Condition, Cursor } from './cursor.js';
import { evaluate } from './expression.js';
import { macroNameEnd } from './macros.js';
import type { Run } from './run.js';
import { END, lexRange } from './tokens.js';

/** Whether an opening or continuing directive's condition holds; it reads the line behind its name from `pos`. */
type Test = (run: Run, cursor: Cursor, at: number, directive: string, pos: number) => boolean;

const ifdef: Test = (run, cursor, at, directive, pos) => {
  const name = readName(run, cursor, at, directive, pos);
  return name !== undefined && run.macros.get(name) !== undefined;
};
const ifndef: Test = (run, cursor, at, directive, pos) => {
  const name = readName(run, cursor, at, directive, pos);
  return name !== undefined && run.macros.get(name) === undefined;
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

/** Obeys the conditional directive whose `#` stands at `at`; leaves the cursor at the next line that counts. */
export function conditional(run: Run, cursor: Cursor, at: number, directive: string, pos: number): void {
  const open = OPENING.get(directive);
  if (open !== undefined) {
    const guard = cursor.guardState === 'open' ? guardName(cursor, directive, pos) : undefined;
    if (guard === undefined) cursor.breakGuard();
    else cursor.guardState = 'inside';
    const taken = open(run, cursor, at, directive, pos);
    cursor.conditions.push({ at, directive, taken, elseAt: -1, guard });
    nextLine(cursor, pos);
    if (!taken) skipGroups(run, cursor);
    return;
  }
  if (continueOrEnd(run, cursor, at, directive, pos, false)) skipGroups(run, cursor);
}

/** The macro that may guard the whole file: of `#ifndef X` or `#if !defined X`. */
function guardName({ text }: Cursor, directive: string, pos: number): string | undefined {
  let start = skipBlanks(text, pos);
  if (directive === 'if') {
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
  const end = directive === 'ifndef' ? macroNameEnd(text, start) : start;
  return end > start ? text.slice(start, end) : undefined;
}

/** Obeys #elif, #else or #endif behind a group that was skipped or not; true when the next group must be skipped. */
function continueOrEnd(
  run: Run,
  cursor: Cursor,
  at: number,
  directive: string,
  pos: number,
  skipped: boolean,
): boolean {
  const open = cursor.conditions.at(-1);
  if (open === undefined) run.report.add('without-if', cursor.file, at, { directive });
  else if (directive === 'endif') {
    close(run, cursor, open, pos);
    return false;
  } else if (open.elseAt >= 0) {
    const { line } = cursor.file.position(open.at);
    run.report.add('after-else', cursor.file, at, { directive, line });
  } else return !opens(run, cursor, open, at, directive, pos);
  nextLine(cursor, pos);
  return skipped;
}

function close(run: Run, cursor: Cursor, open: Condition, pos: number): void {
  checkRest(run, cursor, 'endif', pos);
  cursor.conditions.pop();
  if (open.guard !== undefined && cursor.guardState === 'inside') {
    cursor.guardState = 'closed';
    cursor.guard = open.guard;
  }
  nextLine(cursor, pos);
}

function opens(run: Run, cursor: Cursor, open: Condition, at: number, directive: string, pos: number): boolean {
  if (open.guard !== undefined) cursor.guardState = 'none';
  if (directive === 'else') {
    open.elseAt = at;
    checkRest(run, cursor, directive, pos);
  }
  const counts = !open.taken && (CONTINUING.get(directive) as Test)(run, cursor, at, directive, pos);
  if (counts) open.taken = true;
  nextLine(cursor, pos);
  return counts;
}

/** Skips groups of the innermost condition until one counts or its #endif is read. */
function skipGroups(run: Run, cursor: Cursor): void {
  const { text } = cursor;
  for (let depth = 0; cursor.pos < text.length && !run.report.halted; ) {
    const hash = cursor.skipSpace(cursor.pos);
    if (text.charCodeAt(hash) !== 0x23) {
      cursor.pos = cursor.lineEnd(hash) + 1;
      continue;
    }
    const start = cursor.skipSpace(hash + 1);
    const end = macroNameEnd(text, start);
    const directive = text.slice(start, end);
    if (OPENING.has(directive)) depth++;
    else if (depth > 0) depth -= directive === 'endif' ? 1 : 0;
    else if (directive === 'endif' || CONTINUING.has(directive)) {
      if (!continueOrEnd(run, cursor, hash, directive, end, true)) return;
      continue;
    }
    cursor.pos = cursor.lineEnd(end) + 1;
  }
}

function nextLine(cursor: Cursor, pos: number): void {
  cursor.pos = cursor.lineEnd(pos) + 1;
}

/** Warns when a directive's line goes on behind what the directive needs. */
export function checkRest(run: Run, cursor: Cursor, directive: string, pos: number): void {
  const rest = cursor.skipSpace(pos);
  if (cursor.text.charCodeAt(rest) !== 0x0a) run.report.add('extra-tokens', cursor.file, rest, { directive });
}

/** The macro name behind a directive, with a complaint when there is none. */
export function readName(run: Run, cursor: Cursor, at: number, directive: string, pos: number): string | undefined {
  const { text } = cursor;
  const start = cursor.skipSpace(pos);
  const end = macroNameEnd(text, start);
  const name = text.slice(start, end);
  if (end > start && name !== 'defined') {
    if (directive !== 'define') checkRest(run, cursor, directive, end);
    return name;
  }
  if (text.charCodeAt(start) === 0x0a) run.report.add('no-macro-name', cursor.file, at, { directive });
  else {
    let wordEnd = start + 1;
    while (IS_WORD[text.charCodeAt(wordEnd)] === 1) wordEnd++;
    run.report.add('macro-name', cursor.file, start, { directive, name: text.slice(start, wordEnd) });
  }
  return undefined;
}

function condition(run: Run, cursor: Cursor, at: number, directive: string, pos: number): boolean {
  const { file, text } = cursor;
  const tokens = lexRange(text, pos, cursor.lineEnd(pos), file);
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
