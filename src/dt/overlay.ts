// Applies an overlay to a devicetree as libfdt does (fdt_overlay_apply, what U-Boot and fdtoverlay run).
import { type Diagnostic, hasErrors } from '../base/diagnostic.js';
import { encodeUtf8 } from '../base/text.js';
import { dtDiagnostic } from './messages.js';
import { type Fragment, findFragment, libfdtChild } from './overlay-fragments.js';
import { resolveFixups, resolveLocalPhandles } from './overlay-fixups.js';
import { SourceLayers } from './source-layers.js';
import { DtNode, DtProperty, DtTree } from './tree.js';

/** What `applyOverlay` made. `tree` is undefined exactly when a diagnostic is an error. */
export interface OverlayResult {
  readonly tree: DtTree | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * A new tree: `base` with `overlay` applied. Neither argument is changed, whatever happens; several overlays are
 * applied one by one. New properties and new children come before the existing ones, in reverse order, as libfdt
 * inserts them; dtc would append them.
 */
export function applyOverlay(base: DtTree, overlay: DtTree): OverlayResult {
  const diagnostics: Diagnostic[] = [];
  const tree = copyTree(base);
  const patch = copyTree(overlay);
  liftOrigins(tree, patch);
  resolveLocalPhandles(tree, patch, diagnostics);
  resolveFixups(tree, patch, diagnostics);
  if (hasErrors(diagnostics)) return { tree: undefined, diagnostics };
  const fragments = mergeFragments(tree, patch, diagnostics);
  mergeSymbols(tree, patch, fragments, diagnostics);
  tree.changed();
  return hasErrors(diagnostics) ? { tree: undefined, diagnostics } : { tree, diagnostics };
}

/** A copy that shares only the bytes of the values, which nobody writes into. */
function copyTree(from: DtTree): DtTree {
  const tree = new DtTree(copyNode(from.root, undefined));
  tree.reservations.push(...from.reservations);
  tree.bootCpu = from.bootCpu;
  tree.plugin = from.plugin;
  tree.source = from.source;
  return tree;
}

function copyNode(from: DtNode, parent: DtNode | undefined): DtNode {
  const node = new DtNode(from.name, parent);
  node.labels = [...from.labels];
  node.origin = from.origin;
  for (const property of from.properties) node.properties.push(copyProperty(property));
  for (const child of from.children) node.children.push(copyNode(child, node));
  return node;
}

function copyProperty(from: DtProperty): DtProperty {
  const property = new DtProperty(from.name, from.value);
  property.labels = from.labels;
  property.markers = from.markers;
  property.origin = from.origin;
  return property;
}

/** Gives the patch places of its own in the source of the tree that it becomes part of. */
function liftOrigins(tree: DtTree, patch: DtTree): void {
  const layers = SourceLayers.join(tree.source, patch.source);
  tree.source = layers;
  if (layers === undefined || patch.source === undefined) return;
  for (const node of patch.root.walk()) {
    node.origin = layers.lift(node.origin);
    for (const property of node.properties) property.origin = layers.lift(property.origin);
  }
}

/** One fragment after the other: a later one may go to a node that an earlier one brought. */
function mergeFragments(tree: DtTree, patch: DtTree, diagnostics: Diagnostic[]): Fragment[] {
  const fragments: Fragment[] = [];
  for (const node of patch.root.children) {
    const fragment = findFragment(tree, node);
    if (fragment === undefined) continue;
    if ('severity' in fragment) diagnostics.push(fragment);
    else {
      merge(fragment.target, fragment.content);
      fragments.push(fragment);
    }
  }
  if (fragments.length === 0 && !hasErrors(diagnostics)) diagnostics.push(dtDiagnostic('dt/overlay/not-an-overlay'));
  return fragments;
}

/** Properties overwrite or go to the front; children merge or go to the front (libfdt: overlay_apply_node). */
function merge(target: DtNode, from: DtNode): void {
  for (const { name, value, origin } of from.properties) setProperty(target, name, value, origin);
  for (const child of from.children) {
    let into = libfdtChild(target, child.name);
    if (into === undefined) {
      into = new DtNode(child.name, target);
      into.origin = child.origin;
      target.children.unshift(into);
    }
    merge(into, child);
  }
}

function setProperty(node: DtNode, name: string, value: Uint8Array, origin = -1): void {
  const property = new DtProperty(name, value);
  property.origin = origin;
  const index = node.properties.findIndex((one) => one.name === name);
  if (index < 0) node.properties.unshift(property);
  else node.properties[index] = property;
}

/** Adds the overlay's labels with the paths that their nodes have now (libfdt: overlay_symbol_update). */
function mergeSymbols(tree: DtTree, patch: DtTree, fragments: readonly Fragment[], diagnostics: Diagnostic[]): void {
  const added = libfdtChild(patch.root, '__symbols__');
  if (added === undefined) return;
  let symbols = libfdtChild(tree.root, '__symbols__');
  if (symbols === undefined) {
    symbols = new DtNode('__symbols__', tree.root);
    tree.root.children.unshift(symbols);
  }
  for (const property of added.properties) {
    const moved = movedPath(property, patch, fragments);
    if (moved === 'bad') {
      const values = { label: property.name, path: property.string() ?? '' };
      diagnostics.push(dtDiagnostic('dt/overlay/bad-symbol', values, `/__symbols__:${property.name}`));
    } else if (moved !== undefined) setProperty(symbols, property.name, moved);
  }
}

/** The value of a label with the path that its node has in the base; undefined for a label outside every fragment. */
function movedPath(
  property: DtProperty,
  patch: DtTree,
  fragments: readonly Fragment[],
): Uint8Array | 'bad' | undefined {
  const bytes = property.value;
  const path = property.string() ?? '';
  if (!path.startsWith('/') || bytes.indexOf(0) !== bytes.length - 1) return 'bad';
  const [head, name] = /^\/([^/]+)\/__overlay__(?:\/|$)/.exec(path) ?? [];
  if (head === undefined || name === undefined) return undefined;
  const fragment = fragments.find((one) => one.node === libfdtChild(patch.root, name));
  if (fragment === undefined) return 'bad';
  // Bytes, not text: what is not UTF-8 must come through unchanged.
  return Uint8Array.from([...encodeUtf8(`${prefix(fragment)}/`), ...bytes.subarray(encodeUtf8(head).length)]);
}

/** Path of a fragment's target as libfdt writes it: a target-path stays as the overlay spells it. */
function prefix(fragment: Fragment): string {
  const path = fragment.targetPath ?? fragment.target.path;
  return path === '/' ? '' : path;
}
