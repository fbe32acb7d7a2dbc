// The tree while it grows: adding, merging and deleting as dtc does it. What is deleted keeps its place until the end.
import { DtNode, type DtProperty, DtTree } from '../tree.js';

/** Lists longer than this get a Map by name; shorter ones are quicker to walk. */
const LONG_LIST = 48;

type Named = { readonly name: string };

/** A tree under construction and the labels on its nodes. */
export class Builder {
  readonly tree: DtTree = new DtTree();
  /** Nodes that vanish unless something refers to them. */
  readonly omit: Set<DtNode> = new Set();
  /** Nodes that lost labels when they were deleted: revived ones still get a number with `-@`, as in dtc. */
  readonly onceLabelled: Set<DtNode> = new Set();
  readonly #labels = new Map<string, DtNode>();
  /** Labels that were put on more than one node: an error, but `-f` goes on and takes the first in tree order. */
  readonly #ambiguous = new Set<string>();
  /** Deleted nodes and properties: one that is added again appears at its old place. */
  readonly #deleted = new Set<Named>();
  readonly #holders = new Set<DtNode>();
  readonly #indexes = new Map<readonly Named[], Map<string, Named>>();
  #fragments = 0;

  /** The child of that name to fill, and whether it is new. A new body does not look for names it has had before. */
  child(parent: DtNode, name: string, fresh: boolean, origin: number): { node: DtNode; fresh: boolean } {
    const known = fresh ? undefined : this.#find(parent.children, name);
    if (known !== undefined) {
      this.#deleted.delete(known);
      return { node: known, fresh: false };
    }
    const node = new DtNode(name, parent);
    node.origin = origin;
    this.#add(parent.children, node);
    return { node, fresh: true };
  }

  /** Adds a property, or gives an existing one the new value. Its labels join those it had. */
  property(node: DtNode, property: DtProperty, fresh: boolean): void {
    const list = node.properties;
    const known = fresh ? undefined : this.#find(list, property.name);
    if (known === undefined) {
      this.#add(list, property);
      return;
    }
    this.#deleted.delete(known);
    if (known.labels.length > 0) property.labels = joinLabels(known.labels, property.labels);
    list[list.indexOf(known)] = property;
    this.#indexes.get(list)?.set(property.name, property);
  }

  /** Deletes a property. In a new body it only keeps the place of one that a later body may add. */
  deleteProperty(node: DtNode, placeholder: DtProperty, fresh: boolean): void {
    const known = fresh ? undefined : this.#find(node.properties, placeholder.name);
    if (!fresh && known === undefined) return;
    const property = known ?? placeholder;
    if (known === undefined) this.#add(node.properties, placeholder);
    property.labels = [];
    this.#deleted.add(property);
    this.#holders.add(node);
  }

  /** Deletes a child by name, with the same rule for a new body as {@link deleteProperty}. */
  deleteChild(parent: DtNode, name: string, fresh: boolean): void {
    const known = fresh ? undefined : this.#find(parent.children, name);
    if (!fresh && known === undefined) return;
    const node = known ?? new DtNode(name, parent);
    if (known === undefined) this.#add(parent.children, node);
    this.delete(node);
  }

  /** Deletes a node with all in it, labels too. */
  delete(node: DtNode): void {
    this.#deleted.add(node);
    this.#holders.add(node.parent ?? node);
    for (const label of node.labels) if (this.#labels.get(label) === node) this.#labels.delete(label);
    if (node.labels.length > 0) this.onceLabelled.add(node);
    node.labels = [];
    for (const property of node.properties) {
      property.labels = [];
      this.#deleted.add(property);
    }
    if (node.properties.length > 0) this.#holders.add(node);
    for (const child of node.children) this.delete(child);
  }

  /** Puts labels on a node, in dtc's order: on a new node as written, on an existing one each in front. */
  label(node: DtNode, labels: readonly string[], fresh: boolean): void {
    if (labels.length === 0) return;
    node.labels = fresh ? [...new Set(labels)] : joinLabels(node.labels, labels);
    for (const label of labels) {
      const other = this.#labels.get(label);
      if (other !== undefined && other !== node) this.#ambiguous.add(label);
      else this.#labels.set(label, node);
    }
  }

  /** The node that a label or an absolute path means; deleted ones are not there. */
  target(ref: string): DtNode | undefined {
    if (ref.startsWith('/')) return this.#byPath(ref);
    if (!this.#ambiguous.has(ref)) return this.#labels.get(ref);
    return firstLabelled(this.tree.root, ref);
  }

  #byPath(path: string): DtNode | undefined {
    let node = this.tree.root;
    // Several slashes count as one, except at the end: there one is allowed (dtc's habit).
    for (let rest = path === '/' ? '' : path; rest !== ''; ) {
      rest = rest.replace(/^\/+/, '');
      const slash = rest.indexOf('/');
      const name = slash < 0 ? rest : rest.slice(0, slash);
      const child = node.children.find((c) => c.name === name && !this.#deleted.has(c));
      if (child === undefined) return undefined;
      node = child;
      rest = slash < 0 ? '' : rest.slice(slash + 1);
    }
    return node;
  }

  /** A new `fragment@N` of an overlay; answers its `__overlay__` node. */
  fragment(target: DtProperty, origin: number): DtNode {
    const { root } = this.tree;
    const fragment = new DtNode(`fragment@${this.#fragments++}`, root);
    fragment.origin = origin;
    fragment.properties.push(target);
    this.#add(root.children, fragment);
    const overlay = new DtNode('__overlay__', fragment);
    overlay.origin = origin;
    fragment.children.push(overlay);
    return overlay;
  }

  /** Ends construction: guesses the boot CPU as dtc does, then takes out what was deleted. */
  finish(): void {
    const cpus = this.#byPath('/cpus');
    const reg = cpus?.children[0]?.properties.find((p) => p.name === 'reg' && !this.#deleted.has(p));
    if (reg?.length === 4) this.tree.bootCpu = reg.cell(0) as number;
    for (const node of this.#holders) {
      retain(node.properties, (property) => !this.#deleted.has(property));
      retain(node.children, (child) => !this.#deleted.has(child));
    }
  }

  #add<N extends Named>(list: N[], item: N): void {
    list.push(item);
    const index = this.#indexes.get(list);
    if (index !== undefined && !index.has(item.name)) index.set(item.name, item);
  }

  /** First of that name, deleted ones included. */
  #find<N extends Named>(list: readonly N[], name: string): N | undefined {
    if (list.length <= LONG_LIST) {
      for (let i = 0; i < list.length; i++) if ((list[i] as N).name === name) return list[i];
      return undefined;
    }
    let index = this.#indexes.get(list);
    if (index === undefined) {
      index = new Map();
      for (const item of list) if (!index.has(item.name)) index.set(item.name, item);
      this.#indexes.set(list, index);
    }
    return index.get(name) as N | undefined;
  }
}

/** Each new label goes in front of what is there, so several end up reversed. */
function joinLabels(old: readonly string[], added: readonly string[]): string[] {
  const labels = [...old];
  for (const label of added) if (!labels.includes(label)) labels.unshift(label);
  return labels;
}

function firstLabelled(node: DtNode, label: string): DtNode | undefined {
  if (node.labels.includes(label)) return node;
  for (const child of node.children) {
    const found = firstLabelled(child, label);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Removes from the list in place what `keep` does not want. */
export function retain<N>(list: N[], keep: (item: N) => boolean): void {
  let kept = 0;
  for (const item of list) if (keep(item)) list[kept++] = item;
  list.length = kept;
}
