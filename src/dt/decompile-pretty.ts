// What makes decompiled source pleasant to read: labels, references, one group per entry, names as comments.
import { cellCounts } from './address.js';
import { cellTexts, listText } from './decompile-value.js';
import { type PhandleArgs, referenceRule, references } from './references.js';
import type { DtNode, DtProperty, DtTree } from './tree.js';

type Labels = ReadonlyMap<DtNode, readonly string[]>;

const LABEL = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names that may stand in a comment. */
const PLAIN = /^[\w.,+ -]+$/;

/**
 * A label for each node that has a name of its own: from `/__symbols__`, from the source, else from `/aliases`.
 * No label is used twice, and none for a node that its path does not find.
 */
export function sourceLabels(tree: DtTree): Map<DtNode, string[]> {
  const labels = new Map<DtNode, string[]>();
  const used = new Set<string>();
  const add = (label: string, node: DtNode | undefined): void => {
    if (node === undefined || node.parent === undefined || used.has(label) || !LABEL.test(label)) return;
    used.add(label);
    labels.set(node, [...(labels.get(node) ?? []), label]);
  };
  const fromPaths = (list: string, onlyNew: boolean): void => {
    for (const property of tree.root.child(list)?.properties ?? []) {
      const node = pathTarget(tree, property);
      if (node !== undefined && !(onlyNew && labels.has(node))) add(property.name, node);
    }
  };
  fromPaths('__symbols__', false);
  for (const node of tree.root.walk()) for (const label of node.labels) add(label, node);
  fromPaths('aliases', true);
  return labels;
}

/** The node whose full path is exactly the value of a property. */
function pathTarget(tree: DtTree, property: DtProperty): DtNode | undefined {
  const path = property.string();
  if (path === undefined || !path.startsWith('/') || property.length !== path.length + 1) return undefined;
  const node = tree.byPath(path);
  return node?.path === path ? node : undefined;
}

/** ` = ...;` for one property, or `;` without value. */
export function prettyValue(tree: DtTree, node: DtNode, property: DtProperty, labels: Labels): string {
  if (property.length === 0) return ';';
  const label = node.name === 'aliases' ? aliasLabel(tree, property, labels) : undefined;
  if (label !== undefined) return ` = &${label};`;
  const found = property.length % 4 === 0 ? references(tree, node, property) : undefined;
  if (found?.fault === undefined && found !== undefined && found.entries.length > 0) {
    return ` = ${referenceText(tree, node, property, found.entries, labels)}`;
  }
  if (property.name === 'reg' && property.length % 4 === 0 && node.parent !== undefined) {
    const { address, size } = cellCounts(node);
    return ` = ${grouped(cellTexts(property.value), address + size)};`;
  }
  return ` = ${listText(property.value)};`;
}

function aliasLabel(tree: DtTree, property: DtProperty, labels: Labels): string | undefined {
  const target = pathTarget(tree, property);
  return target === undefined ? undefined : labels.get(target)?.[0];
}

/** Cells in groups of `count`, or in one where they do not fit. */
function grouped(cells: readonly string[], count: number): string {
  if (count === 0 || cells.length % count !== 0) return `<${cells.join(' ')}>`;
  const groups: string[] = [];
  for (let at = 0; at < cells.length; at += count) groups.push(`<${cells.slice(at, at + count).join(' ')}>`);
  return groups.join(', ');
}

function referenceText(
  tree: DtTree,
  node: DtNode,
  property: DtProperty,
  entries: readonly PhandleArgs[],
  labels: Labels,
): string {
  const cells = cellTexts(property.value);
  for (const entry of entries) {
    const name = entry.node === undefined ? undefined : refName(tree, entry.node, property.cell(entry.index), labels);
    if (name !== undefined) cells[entry.index] = name;
  }
  const starts = groupStarts(node, property, entries);
  const groups = starts.map((start, i) => `<${cells.slice(start, starts[i + 1]).join(' ')}>`);
  const names = entryNames(node, property, entries.length);
  if (names === undefined) return `${groups.join(', ')};`;
  const lines = groups.map((group, i) => `${group}${i + 1 < groups.length ? ',' : ';'} /* ${names[i]} */`);
  const indent = '\t'.repeat(depth(node) + 2);
  return lines.join(`\n${indent}`);
}

/** `&label` or `&{/path}` when the compiler would put this very number there. */
function refName(tree: DtTree, target: DtNode, phandle: number | undefined, labels: Labels): string | undefined {
  const own = target.property('phandle') ?? target.property('linux,phandle');
  if (own === undefined || own.length !== 4 || own.cell(0) !== phandle) return undefined;
  const label = labels.get(target)?.[0];
  if (label !== undefined) return `&${label}`;
  const { path } = target;
  return target.parent !== undefined && tree.byPath(path) === target ? `&{${path}}` : undefined;
}

/** First cell of each group: where an entry begins; a row of a map begins before its phandle. */
function groupStarts(node: DtNode, property: DtProperty, entries: readonly PhandleArgs[]): number[] {
  const rule = referenceRule(node, property.name);
  const before = rule?.kind === 'map' || rule?.kind === 'interrupt-map' ? (entries[0]?.index ?? 0) : 0;
  return entries.map((entry) => entry.index - before);
}

/** The companion `...-names` of a list, when it has a harmless name for every entry. */
function entryNames(node: DtNode, property: DtProperty, count: number): readonly string[] | undefined {
  const pin = /^pinctrl-(\d+)$/.exec(property.name)?.[1];
  if (pin !== undefined) {
    const state = node.strings('pinctrl-names')[Number(pin)];
    return count === 1 && state !== undefined && PLAIN.test(state) ? [state] : undefined;
  }
  const list = property.name === 'interrupts-extended' ? 'interrupt' : property.name.replace(/s$/, '');
  const names = node.strings(`${list}-names`);
  return names.length === count && names.every((name) => PLAIN.test(name)) ? names : undefined;
}

function depth(node: DtNode): number {
  let count = 0;
  for (let at = node.parent; at !== undefined; at = at.parent) count++;
  return count;
}
