// The nodes that the kernel knows by number. Each lookup counts; what is forgotten as often goes out of the table.
import type { VDir, VNode } from './vfs.js';
import { ROOT_ID } from './fuse-layout.js';

/** A node at its place. */
export interface FuseNode {
  readonly id: number;
  readonly name: string;
  /** Undefined for the root. */
  readonly parent: FuseNode | undefined;
  readonly vnode: VNode;
}

interface Counted extends FuseNode {
  readonly parent: Counted | undefined;
  /** How often the kernel has been given it and has not forgotten it. */
  lookups: number;
  /** Nodes of the table that stand directly below it, those of ended entries included. */
  below: number;
  /** The node that a name has now. */
  readonly children: Map<string, Counted>;
}

/** The table of nodes. A directory's entry has one node as long as it stays the same object. */
export class NodeTable {
  readonly #nodes = new Map<number, Counted>();
  readonly #inos = new WeakMap<VNode, number>();
  #lastId = ROOT_ID;
  #lastIno = 0;

  constructor(root: VDir) {
    this.#nodes.set(ROOT_ID, counted(ROOT_ID, '', undefined, root));
  }

  get size(): number {
    return this.#nodes.size;
  }

  get(id: number): FuseNode | undefined {
    return this.#nodes.get(id);
  }

  /** The inode number of a file, as `ls -i` shows it: the same for the same object. */
  ino(vnode: VNode): number {
    const known = this.#inos.get(vnode) ?? ++this.#lastIno;
    this.#inos.set(vnode, known);
    return known;
  }

  /** The node of an entry of a directory, counted once more. */
  lookUp(dir: FuseNode, name: string, vnode: VNode): FuseNode {
    const parent = dir as Counted;
    let node = parent.children.get(name);
    if (node?.vnode !== vnode) {
      node = counted(++this.#lastId, name, parent, vnode);
      this.#nodes.set(node.id, node);
      parent.children.set(name, node);
      parent.below++;
    }
    node.lookups++;
    return node;
  }

  /** Takes back so many lookups of a node. */
  forget(id: number, lookups: number): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    node.lookups = Math.max(0, node.lookups - lookups);
    this.#drop(node);
  }

  /** Whether a node is still what its place shows, and so is every directory above it. */
  isThere(node: FuseNode): boolean {
    for (let at = node; at.parent !== undefined; at = at.parent) {
      const dir = at.parent.vnode;
      if (dir.kind !== 'dir' || dir.lookup(at.name) !== at.vnode) return false;
    }
    return true;
  }

  /** A directory whose entries are still known stays; the last of them takes it along. */
  #drop(node: Counted): void {
    for (let at: Counted | undefined = node; at?.parent !== undefined; at = at.parent) {
      if (at.lookups > 0 || at.below > 0) return;
      this.#nodes.delete(at.id);
      at.parent.below--;
      if (at.parent.children.get(at.name) === at) at.parent.children.delete(at.name);
    }
  }
}

function counted(id: number, name: string, parent: Counted | undefined, vnode: VNode): Counted {
  return { id, name, parent, vnode, lookups: 0, below: 0, children: new Map() };
}
