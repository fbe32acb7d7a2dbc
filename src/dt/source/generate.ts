// What the compiler adds: aliases and symbols from labels, fixups of overlays. And sorting.
import type { Diagnostic } from '../../base/diagnostic.js';
import type { Place } from '../message.js';
import { byAddress, byName } from '../order.js';
import { cellValue, DtNode, DtProperty, type DtTree, type Marker, stringValue } from '../tree.js';
import { syntaxDiagnostic } from './messages.js';
import type { Phandles } from './phandles.js';

/** Finds the node of a reference. */
export type Target = (ref: string) => DtNode | undefined;

function childOf(parent: DtNode, name: string): DtNode {
  const known = parent.child(name);
  if (known !== undefined) return known;
  const node = new DtNode(name, parent);
  parent.children.push(node);
  return node;
}

/** Calls back for every node with its path, parents first. Nodes added meanwhile at the end are visited too. */
function eachNode(node: DtNode, path: string, visit: (node: DtNode, path: string) => void): void {
  visit(node, path === '' ? '/' : path);
  for (const child of node.children) eachNode(child, `${path}/${child.name}`, visit);
}

/** Adds a property label = path for every label to `/NAME` (`-@`: `__symbols__`, `-A`: `aliases`). */
export function addLabelNode(
  tree: DtTree,
  name: string,
  onceLabelled: ReadonlySet<DtNode>,
  phandles?: Phandles,
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  let into: DtNode | undefined;
  let known = new Set<string>();
  eachNode(tree.root, '', (node, path) => {
    if (node.labels.length === 0 && !onceLabelled.has(node)) return;
    if (into === undefined) {
      into = childOf(tree.root, name);
      known = new Set(into.properties.map((property) => property.name));
    }
    for (const label of node.labels) {
      if (known.has(label))
        diagnostics.push(syntaxDiagnostic('symbol-exists', { label, node: name }, placeOf(tree, node.origin, path)));
      else into.properties.push(stringProperty(label, path));
      known.add(label);
    }
    phandles?.of(node);
  });
  return diagnostics;
}

function placeOf(tree: DtTree, origin: number, path: string): Place {
  return { where: path, ...tree.source?.locate(origin) };
}

function stringProperty(name: string, text: string): DtProperty {
  const property = new DtProperty(name, stringValue(text));
  property.markers = [{ kind: 'string', offset: 0, ref: '', origin: -1 }];
  return property;
}

/** Appends parts to a property, which is made if need be. */
function append(node: DtNode, name: string, parts: readonly Uint8Array[], kind: Marker['kind']): void {
  let property = node.property(name);
  if (property === undefined) {
    property = new DtProperty(name);
    node.properties.push(property);
  }
  const all = [property.value, ...parts];
  const value = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  const markers = [...property.markers];
  let offset = 0;
  for (const part of all) {
    value.set(part, offset);
    if (part !== all[0]) markers.push({ kind, offset, ref: '', origin: -1 });
    offset += part.length;
  }
  property.markers = markers;
  property.value = value;
}

/** Calls back for every reference by number. */
function eachReference(
  tree: DtTree,
  visit: (node: DtNode, path: string, property: DtProperty, marker: Marker) => void,
): void {
  eachNode(tree.root, '', (node, path) => {
    for (const property of node.properties) {
      for (const marker of property.markers) if (marker.kind === 'phandle') visit(node, path, property, marker);
    }
  });
}

/** Adds `/__fixups__`: per unknown label, where its number is wanted. Answers what cannot be written that way. */
export function addFixups(tree: DtTree, target: Target): Diagnostic[] {
  const wanted = new Map<string, string[]>();
  const diagnostics: Diagnostic[] = [];
  eachReference(tree, (_, path, property, marker) => {
    if (target(marker.ref) !== undefined) return;
    const key = marker.ref.startsWith('/') ? 'fixup-path' : path.includes(':') ? 'fixup-colon' : undefined;
    if (key === undefined) {
      const entries = wanted.get(marker.ref);
      const entry = `${path}:${property.name}:${marker.offset}`;
      if (entries === undefined) wanted.set(marker.ref, [entry]);
      else entries.push(entry);
    } else {
      diagnostics.push(syntaxDiagnostic(key, { ref: marker.ref, path }, placeOf(tree, marker.origin, path)));
    }
  });
  if (wanted.size === 0) return diagnostics;
  const node = childOf(tree.root, '__fixups__');
  for (const [ref, entries] of wanted)
    append(
      node,
      ref,
      entries.map((entry) => stringValue(entry)),
      'string',
    );
  return diagnostics;
}

/** Adds `/__local_fixups__`: the same nodes and properties, with the offsets of the overlay's own numbers. */
export function addLocalFixups(tree: DtTree, target: Target): void {
  const found = new Map<DtProperty, { readonly node: DtNode; readonly offsets: Uint8Array[] }>();
  eachReference(tree, (node, _, property, marker) => {
    if (target(marker.ref) === undefined) return;
    const known = found.get(property);
    if (known === undefined) found.set(property, { node, offsets: [cellValue(marker.offset)] });
    else known.offsets.push(cellValue(marker.offset));
  });
  if (found.size === 0) return;
  const mirror = new Map<DtNode, DtNode>([[tree.root, childOf(tree.root, '__local_fixups__')]]);
  for (const [{ name }, { node, offsets }] of found) append(mirrorOf(node, mirror), name, offsets, 'u32');
}

function mirrorOf(node: DtNode, mirror: Map<DtNode, DtNode>): DtNode {
  const known = mirror.get(node);
  if (known !== undefined) return known;
  const made = childOf(mirrorOf(node.parent as DtNode, mirror), node.name);
  mirror.set(node, made);
  return made;
}

/** Sorts reservations by address and size, properties and nodes by name (`-s`). */
export function sortTree(tree: DtTree): void {
  tree.reservations.sort(byAddress);
  eachNode(tree.root, '', (node) => {
    node.properties.sort(byName);
    node.children.sort(byName);
  });
}
