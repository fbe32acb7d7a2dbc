// Source text without the parts that are no code. A scanner, no parser: enough for rules about lines and names.

type Kind = 'code' | 'comment' | 'string' | 'regex';
interface Span {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

/** One source file: its path from the project's root with `/`, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** A regular expression may begin after these; after a name, a number or a closing bracket `/` divides. */
const BEFORE_REGEX = /(?:^|[([{,;=:!&|?+\-*%~^<>]|=>|\b(?:return|typeof|case|of|in|void|throw|await|yield))\s*$/;

/** The text with all but the kept kinds turned into blanks. Places and line breaks stay where they were. */
export function only(text: string, ...keep: readonly Kind[]): string {
  return spans(text)
    .map(({ kind, start, end }) => {
      const part = text.slice(start, end);
      return keep.includes(kind) ? part : part.replace(/[^\n]/g, ' ');
    })
    .join('');
}

/** The number of the line, from 1, that a place in the text is in. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Cuts the text into spans. Code inside `${}` of a template is code again. */
function spans(text: string): Span[] {
  const out: Span[] = [];
  const templates: number[] = []; // for each open template: how many braces are open inside its `${`
  let at = 0;
  let codeStart = 0;
  const push = (kind: Kind, end: number): void => {
    out.push({ kind: 'code', start: codeStart, end: at }, { kind, start: at, end });
    at = codeStart = end;
  };
  const template = (from: number): void => {
    const end = templateEnd(text, from);
    if (text[end - 1] === '{') templates.push(0);
    push('string', end);
  };
  while (at < text.length) {
    const c = text[at] as string;
    const open = templates.at(-1);
    const end = literalEnd(text, at, codeStart);
    if (end !== undefined) push(end.kind, end.end);
    else if (c === '`') template(at + 1);
    else if (c === '}' && open === 0) {
      templates.pop();
      template(at + 1);
    } else {
      if (open !== undefined && c === '{') templates[templates.length - 1] = open + 1;
      if (open !== undefined && c === '}') templates[templates.length - 1] = open - 1;
      at++;
    }
  }
  out.push({ kind: 'code', start: codeStart, end: at });
  return out;
}

/** The comment, string or regular expression that begins at a place; `undefined` where none does. */
function literalEnd(text: string, at: number, codeStart: number): { kind: Kind; end: number } | undefined {
  const c = text[at];
  if (at === 0 && text.startsWith('#!')) return { kind: 'comment', end: endOr(text.indexOf('\n'), text) };
  if (c === "'" || c === '"') return { kind: 'string', end: quotedEnd(text, at, c) };
  if (c !== '/') return undefined;
  if (text[at + 1] === '/') return { kind: 'comment', end: endOr(text.indexOf('\n', at), text) };
  if (text[at + 1] === '*') return { kind: 'comment', end: endOr(text.indexOf('*/', at + 2) + 2, text) };
  const before = text.slice(Math.max(codeStart, at - 40), at);
  const afterLiteral = codeStart > 0 && before.trim() === '' && !/[\n]/.test(before);
  if (afterLiteral || !BEFORE_REGEX.test(before)) return undefined;
  const regex = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
  regex.lastIndex = at;
  return regex.test(text) ? { kind: 'regex', end: regex.lastIndex } : undefined;
}

/** The end of a quoted string: the next quote of its own kind that no backslash hides, or the end of the line. */
function quotedEnd(text: string, at: number, quote: string): number {
  let end = at + 1;
  while (end < text.length && text[end] !== quote && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
  return Math.min(end + 1, text.length);
}

/** From inside a template to behind its end, or to behind the next `${`. */
function templateEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length) {
    if (text[end] === '\\') end++;
    else if (text[end] === '`') return end + 1;
    else if (text[end] === '$' && text[end + 1] === '{') return end + 2;
    end++;
  }
  return text.length;
}

function endOr(end: number, text: string): number {
  return end < 2 ? text.length : end;
}
