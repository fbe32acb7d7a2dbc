// A line of assembly in parts: labels, the word of the instruction, operands with their columns.

/** A part of a line; `column` counts from 1. */
export interface Part {
  readonly text: string;
  readonly column: number;
}

/** A line that says something. */
export interface Statement {
  readonly line: number;
  readonly labels: readonly Part[];
  /** The first word; empty where the line has only labels. */
  readonly name: Part;
  /** Everything behind it, without the comment. */
  readonly rest: Part;
}

const COMMENT = /;|\/\/|#/;
const LABEL = /^\s*([A-Za-z_][\w.]*)\s*:/;

/** One line; undefined for an empty one. */
export function statementOf(text: string, line: number): Statement | undefined {
  const end = text.search(COMMENT);
  const code = end < 0 ? text : text.slice(0, end);
  const labels: Part[] = [];
  let at = 0;
  for (let match = LABEL.exec(code); match !== null; match = LABEL.exec(code.slice(at))) {
    labels.push(trimmed(match[0].slice(0, -1), at));
    at += match[0].length;
  }
  const all = trimmed(code.slice(at), at);
  if (all.text === '' && labels.length === 0) return undefined;
  const name = /^\S*/.exec(all.text)?.[0] ?? '';
  return {
    line,
    labels,
    name: { text: name, column: all.column },
    rest: trimmed(all.text.slice(name.length), all.column - 1 + name.length),
  };
}

/** Operands between commas. An empty text has none. */
export function operandsOf({ text, column }: Part): Part[] {
  if (text === '') return [];
  let at = column - 1;
  return text.split(',').map((piece) => {
    const part = trimmed(piece, at);
    at += piece.length + 1;
    return part;
  });
}

/** A text without the spaces around it; `offset` is where the text begins in its line, from 0. */
export function trimmed(text: string, offset: number): Part {
  const start = text.length - text.trimStart().length;
  return { text: text.trim(), column: offset + start + 1 };
}
