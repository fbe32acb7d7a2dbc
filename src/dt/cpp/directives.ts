// The directives: a table of names, and what each does. A line with another name is text, as in assembler mode.
import { CHAR_CLASS, DIGIT, LETTER, wordEnd } from './chars.js';
import { CONDITIONALS, checkRest, conditional, readName } from './conditions.js';
import type { Cursor } from './cursor.js';
import { type DefinitionRange, Macro, parseParameters, separatesBody } from './macros.js';
import type { MessageName } from './messages.js';
import type { Directive, Run } from './run.js';
import { END, lexRange, type Token } from './tokens.js';

/** Leaves the cursor at the line to go on with. */
type Handler = (directive: Directive) => void;

/** A directive whose whole line is read once it is done. */
const line = (handler: Handler): Handler => {
  return (directive) => {
    const lineEnd = directive.cursor.lineEnd(directive.end);
    handler(directive);
    directive.cursor.pos = lineEnd + 1;
  };
};

const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['define', define],
  ['undef', line(undef)],
  ['include', include],
  ['include_next', include],
  ['import', include],
  ['line', line(lineNumber)],
  ['pragma', line(pragma)],
  ['error', line((directive) => message(directive, 'error-directive'))],
  ['warning', line((directive) => message(directive, 'warning-directive'))],
  ['assert', line(unsupported)],
  ['unassert', line(unsupported)],
  ['ident', line(() => undefined)],
  ['sccs', line(() => undefined)],
  ...CONDITIONALS.map((name) => [name, conditional] as const),
]);

/** Obeys the directive whose `#` stands at the cursor. False when the line is none: then it is text. */
export function obeyDirective(run: Run, cursor: Cursor): boolean {
  const { text, pos: at } = cursor;
  const start = cursor.skipSpace(at + 1);
  const charClass = CHAR_CLASS[text.charCodeAt(start)];
  if (charClass === LETTER) {
    const end = wordEnd(text, start);
    const name = text.slice(start, end);
    const handler = HANDLERS.get(name);
    if (handler === undefined) return false;
    if (handler !== conditional) cursor.breakGuard();
    handler({ run, cursor, name, at, end });
    return true;
  }
  if (charClass === DIGIT) return lineMarker(cursor, start);
  if (text.charCodeAt(start) !== 0x0a) return false;
  cursor.pos = start + 1;
  return true;
}

function define(directive: Directive): void {
  const { run, cursor, end } = directive;
  const { file, text } = cursor;
  const lineEnd = cursor.lineEnd(end);
  cursor.pos = lineEnd + 1;
  const name = readName(directive);
  if (name === undefined) return;
  const nameAt = cursor.skipSpace(end);
  const nameEnd = nameAt + name.length;
  let range: DefinitionRange = { file, at: nameAt, bodyStart: nameEnd, bodyEnd: lineEnd };
  let macro: Macro;
  if (text[nameEnd] === '(') {
    const parsed = parseParameters(file, nameEnd, lineEnd);
    if (parsed.kind === 'wrong') return run.report.add('parameters', file, nameAt, { macro: name, reason: parsed.why });
    range = { ...range, bodyStart: parsed.end };
    macro = new Macro(name, range, parsed.parameters);
  } else {
    if (!separatesBody(text, nameEnd)) run.report.add('space-after-name', file, nameEnd, { macro: name });
    macro = new Macro(name, range);
  }
  if (cursor.hasPaste(range.bodyStart, lineEnd) && macro.pastesAtEnd)
    return run.report.add('paste-at-end', file, nameAt, { macro: name });
  const old = run.macros.define(macro);
  if (old !== undefined && !old.sameAs(macro)) {
    const first = old.range === undefined ? 'the preprocessor itself' : placeOf(old.range);
    run.report.add('redefined', file, nameAt, { macro: name, first });
  }
}

function placeOf({ file, at }: DefinitionRange): string {
  const place = file.position(at);
  return `${place.file}:${place.line}`;
}

function undef(directive: Directive): void {
  const { run, cursor, at } = directive;
  const name = readName(directive);
  if (name === undefined) return;
  if (run.macros.get(name)?.builtin !== undefined) {
    run.report.add('undefining-builtin', cursor.file, at, { macro: name });
  }
  run.macros.undefine(name);
}

/** The file name of an include directive, `"` or `<` and all, and where its line ends; undefined after a complaint. */
function includeOperand(directive: Directive): string | undefined {
  const { run, cursor, name, at, end: from } = directive;
  const { file, text } = cursor;
  const start = cursor.skipSpace(from);
  const lineEnd = cursor.lineEnd(from);
  const first = text[start];
  if (first === '"' || first === '<') {
    const end = text.indexOf(first === '<' ? '>' : '"', start + 1);
    if (end > 0 && end < text.indexOf('\n', start)) {
      checkRest(directive, end + 1);
      return text.slice(start, end + 1);
    }
  }
  const endLine = run.expander.beginLine(lexRange(text, start, lineEnd, file), at, run.input(cursor));
  const token = run.expander.nextInLine();
  const operand =
    token.kind === 'string' ? token.text : token.text === '<' ? glued(() => run.expander.nextInLine()) : '';
  endLine();
  if (/^".*"$|^<.*>$/.test(operand)) return operand;
  run.report.add('include-operand', file, at, {
    directive: `#${name}`,
    found: text.slice(start, lineEnd).trim() || 'nothing',
  });
  return undefined;
}

/** The tokens up to `>`, in their own spelling. */
function glued(next: () => Token): string {
  let operand = '<';
  for (let token = next(); token !== END; token = next()) {
    operand += (token.white ? ' ' : '') + token.text;
    if (token.text === '>') break;
  }
  return operand;
}

function include(directive: Directive): void {
  const { run, cursor, at } = directive;
  const { file } = cursor;
  const operand = includeOperand(directive);
  cursor.pos = cursor.lineEnd(directive.end) + 1;
  if (operand === undefined) return;
  if (cursor.caller !== undefined)
    return run.report.add('include-in-call', file, at, { directive: directive.name, macro: cursor.caller });
  const name = operand.slice(1, -1);
  const behindThis = directive.name === 'include_next' && file.parent !== undefined;
  const beside = operand.startsWith('"') && !behindThis ? file.source.path : undefined;
  const first = behindThis ? file.directory + 1 : 0;
  const found = run.files.find(name, beside, first);
  if (found === undefined) {
    run.report.add('missing-include', file, at, { file: operand, places: run.files.places(name, beside, first) });
    return;
  }
  run.include(cursor, at, name, found);
  if (directive.name === 'import' && found.loaded.kind === 'source') found.loaded.file.once = true;
}

function lineNumber({ run, cursor, at, end }: Directive): void {
  const { file, text } = cursor;
  const lineEnd = cursor.lineEnd(end);
  const endLine = run.expander.beginLine(lexRange(text, end, lineEnd, file), at, run.input(cursor));
  const number = run.expander.nextInLine();
  const name = run.expander.nextInLine();
  endLine();
  if (/^\d+$/.test(number.text) && (name === END || name.kind === 'string')) {
    file.mark(lineEnd + 1, Number(number.text), name === END ? undefined : fileName(name.text));
  } else run.report.add('line-operand', file, at, { found: text.slice(end, lineEnd).trim() || 'nothing' });
}

function fileName(literal: string): string {
  return literal.slice(1, -1).replace(/\\(.)/g, '$1');
}

const LINE_MARKER = /^([0-9]+)[ \t]+("(?:[^"\\\n]|\\.)*")[ \t0-9]*\r?$/;

/**
 * `# 12 "file" 1`: what an earlier preprocessor left. GCC passes it on in assembler mode and dtc obeys it;
 * here it is obeyed at once and the compiler never sees it.
 */
function lineMarker(cursor: Cursor, start: number): boolean {
  const { file, text } = cursor;
  const end = text.indexOf('\n', start);
  const match = LINE_MARKER.exec(text.slice(start, end));
  if (match === null) return false;
  file.mark(end + 1, Number(match[1]), fileName(match[2] as string));
  cursor.pos = end + 1;
  return true;
}

function pragma({ cursor, end }: Directive): void {
  const start = cursor.skipSpace(end);
  if (cursor.text.slice(start, wordEnd(cursor.text, start)) === 'once') cursor.file.source.once = true;
}

function unsupported({ run, cursor, name, at }: Directive): void {
  run.report.add('no-assertions', cursor.file, at, { directive: name });
}

function message({ run, cursor, at, end }: Directive, name: MessageName): void {
  const text = cursor.text.slice(end, cursor.lineEnd(end)).replace(/\s+/g, ' ').trim();
  run.report.add(name, cursor.file, at, { text });
}
