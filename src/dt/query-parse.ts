// The grammar of queries; `query` in query.ts describes it.
import type { Diagnostic } from '../base/diagnostic.js';
import { dtDiagnostic } from './messages.js';

/** One `[...]` of a step. */
export interface Condition {
  readonly name: string;
  /** Undefined: any value. `literal`: it stood in quotes. */
  readonly value: { readonly text: string; readonly literal: boolean } | undefined;
  readonly negated: boolean;
}

/** One `/name[...]`; the name is a glob or `**`. */
export interface Step {
  readonly name: string;
  readonly conditions: readonly Condition[];
}

/** A query taken apart. */
export interface Query {
  readonly start: {
    readonly kind: 'root' | 'label' | 'alias';
    readonly name: string;
    readonly conditions: readonly Condition[];
  };
  readonly steps: readonly Step[];
  readonly property: string | undefined;
}

/** Where the reading stands. */
interface Cursor {
  readonly text: string;
  at: number;
}

/** Takes an expression apart, or says at which column (from 1) it goes wrong. */
export function parseQuery(expression: string): Query | Diagnostic {
  const cursor: Cursor = { text: expression.trim(), at: 0 };
  if (cursor.text === '') return dtDiagnostic('dt/query/empty');
  const steps: Step[] = [];
  const start = readStart(cursor, steps);
  if ('severity' in start) return start;
  while (cursor.text[cursor.at] === '/') {
    cursor.at++;
    // The root alone: `/`, or `/:model` for its properties.
    if (start.kind === 'root' && steps.length === 0 && /^(:|$)/.test(cursor.text.slice(cursor.at))) break;
    const step = readStep(cursor);
    if ('severity' in step) return step;
    steps.push(step);
  }
  const property = readProperty(cursor);
  if (typeof property === 'object') return property;
  if (cursor.at < cursor.text.length) {
    return dtDiagnostic('dt/query/junk', { column: cursor.at + 1, text: cursor.text.slice(cursor.at) });
  }
  return { start, steps, property };
}

function readStart(cursor: Cursor, steps: Step[]): Query['start'] | Diagnostic {
  const root = { kind: 'root', name: '', conditions: [] } as const;
  if (cursor.text.startsWith('/')) return root;
  const bare = cursor.text.startsWith('[');
  if (bare || cursor.text.startsWith('**')) {
    const step = bare ? readStep(cursor, '**') : readStep(cursor);
    if ('severity' in step) return step;
    steps.push(step);
    return root;
  }
  const kind = cursor.text.startsWith('&') ? 'label' : 'alias';
  if (kind === 'label') cursor.at++;
  const step = readStep(cursor);
  return 'severity' in step ? step : { kind, ...step };
}

function readStep(cursor: Cursor, name: string = readName(cursor)): Step | Diagnostic {
  if (name === '') return dtDiagnostic('dt/query/empty-step', { column: cursor.at + 1 });
  const conditions: Condition[] = [];
  while (cursor.text[cursor.at] === '[') {
    const condition = readCondition(cursor);
    if ('severity' in condition) return condition;
    conditions.push(condition);
  }
  return { name, conditions };
}

function readName(cursor: Cursor): string {
  const rest = /^[^/:[\]]*/.exec(cursor.text.slice(cursor.at))?.[0] ?? '';
  cursor.at += rest.length;
  return rest;
}

function readCondition(cursor: Cursor): Condition | Diagnostic {
  const column = cursor.at + 1;
  const form = /^\[(!?)([^\]=!"]*)(?:(!?=)(?:"([^"]*)"|([^\]"]*)))?\]/.exec(cursor.text.slice(cursor.at));
  if (form === null) return dtDiagnostic('dt/query/unclosed', { column });
  const [whole, not, name = '', operator, quoted, plain] = form;
  if (name === '') return dtDiagnostic('dt/query/empty-condition', { column });
  cursor.at += whole.length;
  const value = operator === undefined ? undefined : { text: quoted ?? plain ?? '', literal: quoted !== undefined };
  return { name, value, negated: (not === '!') !== (operator === '!=') };
}

function readProperty(cursor: Cursor): string | Diagnostic | undefined {
  if (cursor.text[cursor.at] !== ':') return undefined;
  cursor.at++;
  const name = readName(cursor);
  return name === '' ? dtDiagnostic('dt/query/empty-step', { column: cursor.at + 1 }) : name;
}
