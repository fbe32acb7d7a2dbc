// Counts references to nodes as Linux's of_node_get and of_node_put do, so that leaks and double puts come to light.
import type { DtNode } from '../../dt/tree.js';

/** The references that a piece of code took and gave back. Starts balanced. */
export class NodeRefs {
  readonly #counts = new Map<DtNode, number>();

  /** Takes a reference and gives the node back; nothing happens for no node. */
  get<T extends DtNode | undefined>(node: T): T {
    this.#add(node, 1);
    return node;
  }

  /** Gives a reference back; nothing happens for no node. */
  put(node: DtNode | undefined): void {
    this.#add(node, -1);
  }

  /** Nodes whose references are not what they were before: above 0 leaked, below 0 put too often. */
  differences(): ReadonlyMap<DtNode, number> {
    return new Map([...this.#counts].filter(([, count]) => count !== 0));
  }

  #add(node: DtNode | undefined, change: number): void {
    if (node !== undefined) this.#counts.set(node, (this.#counts.get(node) ?? 0) + change);
  }
}
