// What differs between two devicetrees, as data and as text.
import { hexNumber, sameBytes } from '../base/bytes.js';
import { listText } from './decompile-value.js';
import { references } from './references.js';
import type { DtNode, DtProperty, DtTree } from './tree.js';

/** A property that only one of the trees has. */
export interface PropertyPresence {
  readonly kind: 'property-added' | 'property-removed';
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

/** A property whose values differ. */
export interface PropertyChange {
  readonly kind: 'property-changed';
  readonly path: string;
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /**
   * What the cells that differ may point at in both trees, where it is not known whether they are references at all.
   */
  readonly sameTarget: string | undefined;
}

/** The same properties or children in another order. */
export interface OrderChange {
  readonly kind: 'order';
  readonly path: string;
  readonly what: 'properties' | 'children';
  readonly before: readonly string[];
  readonly after: readonly string[];
}

type InNode = PropertyPresence | PropertyChange | OrderChange;

/** One difference. Paths are full; values are text as source would have them. */
export type Difference =
  | InNode
  | { readonly kind: 'node-added' | 'node-removed'; readonly path: string; readonly node: DtNode }
  /** The same subtree hangs elsewhere, or at the same place under another name. */
  | { readonly kind: 'node-moved'; readonly path: string; readonly to: string }
  | { readonly kind: 'header'; readonly name: string; readonly before: string; readonly after: string };

/** What counts as a difference. */
export interface DiffOptions {
  /**
   * Compare references by the path they point at and leave out the `phandle` properties, whose numbers differ from
   * build to build (default). False compares numbers, and the values byte by byte.
   */
  readonly byTarget?: boolean;
  /** Report also a different order of properties or children; default false. */
  readonly order?: boolean;
}

/** The two trees with what is asked for. */
interface Comparison {
  readonly a: DtTree;
  readonly b: DtTree;
  readonly byTarget: boolean;
  readonly order: boolean;
  readonly found: Difference[];
}

const PHANDLES: ReadonlySet<string> = new Set(['phandle', 'linux,phandle']);

/** Everything that turns `a` into `b`, in the order of the trees. Empty when they are equal. */
export function diff(a: DtTree, b: DtTree, options: DiffOptions = {}): Difference[] {
  const { byTarget = true, order = false } = options;
  const comparison: Comparison = { a, b, byTarget, order, found: [] };
  compareHeaders(comparison);
  compareNodes(comparison, a.root, b.root, '/');
  return joinMoves(comparison);
}

function compareHeaders({ a, b, found }: Comparison): void {
  const header = (name: string, before: string, after: string): void => {
    if (before !== after) found.push({ kind: 'header', name, before, after });
  };
  header('boot_cpuid_phys', String(a.bootCpu), String(b.bootCpu));
  header('memreserve', reserved(a), reserved(b));
}

function reserved(tree: DtTree): string {
  const texts = tree.reservations.map(({ address, size }) => `0x${address.toString(16)} 0x${size.toString(16)}`);
  return texts.join(', ') || 'none';
}

function compareNodes(comparison: Comparison, a: DtNode, b: DtNode, path: string): void {
  compareProperties(comparison, a, b, path);
  const before = paired(a.children);
  const after = paired(b.children);
  for (const [key, child] of before) {
    const other = after.get(key);
    const childPath = path === '/' ? `/${child.name}` : `${path}/${child.name}`;
    if (other === undefined) comparison.found.push({ kind: 'node-removed', path: childPath, node: child });
    else compareNodes(comparison, child, other, childPath);
  }
  for (const [key, child] of after) {
    const childPath = path === '/' ? `/${child.name}` : `${path}/${child.name}`;
    if (!before.has(key)) comparison.found.push({ kind: 'node-added', path: childPath, node: child });
  }
  compareOrder(comparison, 'children', path, before, after);
}

/** Items by name; the second of two with one name has the key `name 2`, which no name can be. */
function paired<T extends { readonly name: string }>(items: readonly T[]): Map<string, T> {
  const map = new Map<string, T>();
  for (const item of items) {
    let key = item.name;
    for (let count = 2; map.has(key); count++) key = `${item.name} ${count}`;
    map.set(key, item);
  }
  return map;
}

function compareOrder<T>(
  { order, found }: Comparison,
  what: 'properties' | 'children',
  path: string,
  a: ReadonlyMap<string, T>,
  b: ReadonlyMap<string, T>,
): void {
  if (!order) return;
  const before = [...a.keys()].filter((key) => b.has(key));
  const after = [...b.keys()].filter((key) => a.has(key));
  if (before.some((key, index) => key !== after[index])) found.push({ kind: 'order', path, what, before, after });
}

function compareProperties(comparison: Comparison, a: DtNode, b: DtNode, path: string): void {
  const { found, byTarget } = comparison;
  const counts = (property: DtProperty): boolean => !(byTarget && PHANDLES.has(property.name));
  const before = paired(a.properties.filter(counts));
  const after = paired(b.properties.filter(counts));
  for (const [key, property] of before) {
    const other = after.get(key);
    const { name } = property;
    if (other === undefined) {
      found.push({ kind: 'property-removed', path, name, text: text(comparison.a, a, property, byTarget) });
    } else if (!sameBytes(property.value, other.value)) changed(comparison, a, b, path, property, other);
    else if (byTarget && sameNumbersOtherTargets(comparison, a, b, property, other)) {
      changed(comparison, a, b, path, property, other);
    }
  }
  for (const [key, property] of after) {
    if (before.has(key)) continue;
    const { name } = property;
    found.push({ kind: 'property-added', path, name, text: text(comparison.b, b, property, byTarget) });
  }
  compareOrder(comparison, 'properties', path, before, after);
}

function changed(
  { a: treeA, b: treeB, byTarget, found }: Comparison,
  a: DtNode,
  b: DtNode,
  path: string,
  property: DtProperty,
  other: DtProperty,
): void {
  const before = text(treeA, a, property, byTarget);
  const after = text(treeB, b, other, byTarget);
  const isReference = byTarget && references(treeA, a, property)?.fault === undefined;
  if (isReference && before === after && references(treeB, b, other)?.fault === undefined) return;
  const sameTarget = byTarget ? commonTargets(treeA, treeB, property, other) : undefined;
  found.push({ kind: 'property-changed', path, name: property.name, before, after, sameTarget });
}

/** Equal bytes may still point at different nodes. */
function sameNumbersOtherTargets(
  { a: treeA, b: treeB }: Comparison,
  a: DtNode,
  b: DtNode,
  property: DtProperty,
  other: DtProperty,
): boolean {
  const before = references(treeA, a, property);
  if (before === undefined || before.entries.length === 0) return false;
  return text(treeA, a, property, true) !== text(treeB, b, other, true);
}

/** Paths that all differing cells of two equally long values point at, when they do so in both trees. */
function commonTargets(treeA: DtTree, treeB: DtTree, a: DtProperty, b: DtProperty): string | undefined {
  if (a.length !== b.length || a.length % 4 !== 0) return undefined;
  const paths = new Set<string>();
  for (let index = 0; index < a.cellCount; index++) {
    const [before, after] = [a.cell(index) as number, b.cell(index) as number];
    if (before === after) continue;
    const path = treeA.byPhandle(before)?.path;
    if (path === undefined || path !== treeB.byPhandle(after)?.path) return undefined;
    paths.add(path);
  }
  return paths.size === 0 ? undefined : [...paths].join(', ');
}

/** A value as text; with `byTarget` the phandles of known references are written as paths. */
function text(tree: DtTree, node: DtNode, property: DtProperty, byTarget: boolean): string {
  const found = byTarget && property.length % 4 === 0 ? references(tree, node, property) : undefined;
  if (found === undefined || found.entries.length === 0) return listText(property.value);
  const at = new Map(found.entries.map((entry) => [entry.index, entry.node]));
  const cells = property.cells().map((cell, index) => {
    const target = at.get(index);
    return target === undefined ? hexNumber(cell, 2) : `&{${target.path}}`;
  });
  return `<${cells.join(' ')}>`;
}

/** A removed and an added node of one content are one node, when they have one name or one parent. */
function joinMoves(comparison: Comparison): Difference[] {
  return joinPairs(comparison, joinPairs(comparison, comparison.found, sameName), sameParent);
}

type Presence = Difference & { readonly kind: 'node-added' | 'node-removed' };

/** What two nodes must share besides their content to be one node; undefined for one that is like no other. */
type Likeness = (one: Presence, content: string) => string | undefined;

const sameName: Likeness = ({ node }, content) => `${node.name}{${content}}`;
/** Empty nodes are alike without being the same. */
const sameParent: Likeness = ({ path }, content) => (content === '' ? undefined : `${parentPath(path)}{${content}}`);

function joinPairs({ a, b, byTarget }: Comparison, found: readonly Difference[], likeness: Likeness): Difference[] {
  const added = new Map<string, Presence>();
  const removed = found.some((one) => one.kind === 'node-removed');
  for (const one of found) {
    const like = one.kind === 'node-added' && removed ? likeness(one, contentOf(b, one.node, byTarget)) : undefined;
    if (like !== undefined) added.set(like, one as Presence);
  }
  const joined = new Set<Difference>();
  const result = found.map((one): Difference => {
    if (one.kind !== 'node-removed') return one;
    const like = likeness(one, contentOf(a, one.node, byTarget));
    const to = like === undefined ? undefined : added.get(like);
    if (to === undefined || joined.has(to)) return one;
    joined.add(to);
    return { kind: 'node-moved', path: one.path, to: to.path };
  });
  return result.filter((one) => !joined.has(one));
}

function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** All below a node, in an order that does not depend on that of the tree. */
function contentOf(tree: DtTree, node: DtNode, byTarget: boolean): string {
  const properties = node.properties.filter((property) => !(byTarget && PHANDLES.has(property.name)));
  const own = properties.map((property) => `${property.name}=${text(tree, node, property, byTarget)};`).sort();
  const below = node.children.map((child) => `${child.name}{${contentOf(tree, child, byTarget)}}`).sort();
  return own.join('') + below.join('');
}

/** The differences as text: `-` lines of the first tree, `+` lines of the second, each below the path of its node. */
export function diffText(a: DtTree, b: DtTree, differences: readonly Difference[], options: DiffOptions = {}): string {
  const byTarget = options.byTarget ?? true;
  const lines: string[] = [];
  let at: string | undefined;
  for (const one of differences) {
    if (isInNode(one)) {
      if (one.path !== at) lines.push(one.path);
      at = one.path;
      lines.push(...propertyLines(one));
      continue;
    }
    at = undefined;
    if (one.kind === 'header') lines.push(`- ${one.name} = ${one.before}`, `+ ${one.name} = ${one.after}`);
    else if (one.kind === 'node-moved') lines.push(`- ${one.path}`, `+ ${one.to}  (the same node, ${moveOf(one)})`);
    else if (one.kind === 'node-added') lines.push(...nodeLines(b, one.node, one.path, '+', byTarget));
    else lines.push(...nodeLines(a, one.node, one.path, '-', byTarget));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function moveOf({ path, to }: { readonly path: string; readonly to: string }): 'renamed' | 'moved' {
  return parentPath(path) === parentPath(to) ? 'renamed' : 'moved';
}

function isInNode(one: Difference): one is InNode {
  return one.kind === 'order' || one.kind.startsWith('property-');
}

function propertyLines(one: InNode): string[] {
  if (one.kind === 'order') {
    return [`- order of ${one.what}: ${one.before.join(' ')}`, `+ order of ${one.what}: ${one.after.join(' ')}`];
  }
  if (one.kind !== 'property-changed') {
    return [`${one.kind === 'property-added' ? '+' : '-'}   ${assignment(one.name, one.text)}`];
  }
  const note =
    one.sameTarget === undefined ? '' : `  (perhaps the same: both numbers are phandles of ${one.sameTarget})`;
  return [`-   ${assignment(one.name, one.before)}`, `+   ${assignment(one.name, one.after)}${note}`];
}

function assignment(name: string, value: string): string {
  return value === '' ? `${name};` : `${name} = ${value};`;
}

function nodeLines(tree: DtTree, node: DtNode, path: string, sign: string, byTarget: boolean): string[] {
  const lines = [`${sign} ${path}`];
  for (const property of node.properties) {
    if (byTarget && PHANDLES.has(property.name)) continue;
    lines.push(`${sign}   ${assignment(property.name, text(tree, node, property, byTarget))}`);
  }
  for (const child of node.children) lines.push(...nodeLines(tree, child, `${path}/${child.name}`, sign, byTarget));
  return lines;
}
