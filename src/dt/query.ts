// Selects nodes and properties of a devicetree by an expression.
import type { Diagnostic } from '../base/diagnostic.js';
import { type Condition, parseQuery, type Query, type Step } from './query-parse.js';
import { dtDiagnostic } from './messages.js';
import { suggestion } from './suggestion.js';
import type { DtNode, DtProperty, DtTree } from './tree.js';

/** One thing selected: a node, or with `:name` in the expression one of its properties. */
export interface Match {
  readonly node: DtNode;
  readonly property?: DtProperty;
}

/** What a query selected, in tree order; empty with a diagnostic when the expression makes no sense. */
export interface QueryResult {
  readonly matches: readonly Match[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Selects by this grammar (no blanks except inside quotes):
 *
 * ```text
 * query     = start step* [ ':' glob ]
 * start     = '/'                      the root: /soc/i2c@0
 *           | '&' label                a label of /__symbols__ or of the source: &i2c0
 *           | '**'                     any node: **[compatible=ti,ina3221]; nothing before a '[' means the same
 *           | alias                    a name in /aliases: serial0
 * step      = '/' ( glob condition* | '**' condition* )
 * condition = '[' glob ']'             has a property of that name
 *           | '[!' glob ']'            has none
 *           | '[' glob '=' value ']'   has one with that value
 *           | '[' glob '!=' value ']'  has none with that value; nodes without the property count
 * value     = glob or "text" in quotes, taken literally
 * ```
 *
 * In a glob `*` stands for any characters and `?` for one. A step without `@` matches the name before the `@` as well
 * as the whole name: `/soc/i2c` selects every `i2c@...`. `**` is any number of levels, none included. A value is
 * compared with each string of the property, and when it is a number (`12`, `0x40`) with each cell. `:glob` selects
 * properties instead of nodes.
 */
export function query(tree: DtTree, expression: string): QueryResult {
  const parsed = parseQuery(expression);
  if ('severity' in parsed) return { matches: [], diagnostics: [parsed] };
  const start = startNodes(tree, parsed);
  if (!Array.isArray(start)) return { matches: [], diagnostics: [start as Diagnostic] };
  let nodes = new Set<DtNode>(start);
  for (const step of parsed.steps) nodes = take(nodes, step);
  const ordered = nodes.size < 2 ? [...nodes] : [...tree.root.walk()].filter((node) => nodes.has(node));
  return { matches: ordered.flatMap((node) => select(node, parsed.property)), diagnostics: [] };
}

function startNodes(tree: DtTree, { start }: Query): DtNode[] | Diagnostic {
  if (start.kind === 'root') return [tree.root];
  if (start.kind === 'label') {
    const node = tree.byLabel(start.name);
    return node !== undefined ? filter([node], start.conditions) : noLabel(tree, start.name);
  }
  const node = tree.byPath(start.name);
  return node !== undefined ? filter([node], start.conditions) : noAlias(tree, start.name);
}

function noLabel(tree: DtTree, label: string): Diagnostic {
  const known = tree.root.child('__symbols__')?.properties.map((property) => property.name) ?? [];
  const hint = known.length === 0 ? ' (it was compiled without -@)' : suggestion(label, known);
  return dtDiagnostic('dt/query/no-label', { label, hint });
}

function noAlias(tree: DtTree, alias: string): Diagnostic {
  const known = tree.root.child('aliases')?.properties.map((property) => property.name) ?? [];
  return dtDiagnostic('dt/query/no-alias', { alias, hint: suggestion(alias, known) || searchHint(tree, alias) });
}

/** Somebody left out what begins a path or a search. */
function searchHint(tree: DtTree, name: string): string {
  for (const node of tree.root.walk())
    if (node.parent !== undefined && named(node, name)) return `; did you mean **/${name}?`;
  return '';
}

/** One step from a set of nodes: to their children, or for `**` to all below them and themselves. */
function take(from: ReadonlySet<DtNode>, step: Step): Set<DtNode> {
  const to = new Set<DtNode>();
  if (step.name === '**') for (const node of from) descend(node, to);
  else for (const node of from) for (const child of node.children) if (named(child, step.name)) to.add(child);
  return new Set(filter([...to], step.conditions));
}

/** Adds a node and all below it, unless it is there already: then so is everything below. */
function descend(node: DtNode, to: Set<DtNode>): void {
  if (to.has(node)) return;
  for (const one of node.walk()) to.add(one);
}

function named(node: DtNode, pattern: string): boolean {
  return glob(pattern, node.name) || (!pattern.includes('@') && glob(pattern, node.baseName));
}

function filter(nodes: DtNode[], conditions: readonly Condition[]): DtNode[] {
  return conditions.length === 0 ? nodes : nodes.filter((node) => conditions.every((one) => holds(node, one)));
}

function holds(node: DtNode, { name, value, negated }: Condition): boolean {
  const fits = node.properties.some(
    (property) => glob(name, property.name) && (value === undefined || hasValue(property, value)),
  );
  return fits !== negated;
}

function hasValue(property: DtProperty, value: { readonly text: string; readonly literal: boolean }): boolean {
  const { text, literal } = value;
  if (property.strings().some((one) => (literal ? one === text : glob(text, one)))) return true;
  if (literal || !/^(0x[0-9a-f]+|\d+)$/i.test(text) || property.length % 4 !== 0) return false;
  return property.cells().includes(Number(text));
}

function select(node: DtNode, pattern: string | undefined): Match[] {
  if (pattern === undefined) return [{ node }];
  return node.properties.filter(({ name }) => glob(pattern, name)).map((property) => ({ node, property }));
}

/** `*` and `?`. Goes back to the last `*` only, so that no pattern takes long. */
function glob(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    const c = pattern[p];
    if (c === '*') [star, mark, p] = [p, t, p + 1];
    else if (c === '?' || c === text[t]) [p, t] = [p + 1, t + 1];
    else if (star >= 0) [mark, p, t] = [mark + 1, star + 1, mark + 1];
    else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
