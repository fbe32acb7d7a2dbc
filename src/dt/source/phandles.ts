// Numbers of nodes: those that the source gives, and the lowest free ones for nodes that are referred to.
import type { DtNode } from '../tree.js';
import { Arena } from './arena.js';

/** Which properties carry a number that the compiler gives (`-H`). */
export type PhandleFormat = 'legacy' | 'epapr' | 'both';

/** True unless 0 or ffffffff. */
export function isPhandle(value: number): boolean {
  return value !== 0 && value !== 0xffffffff;
}

/** The numbers of one tree. */
export class Phandles {
  readonly #format: PhandleFormat;
  readonly #ofNode = new Map<DtNode, number>();
  readonly #nodes = new Map<number, DtNode>();
  readonly #arena = new Arena();
  #next = 1;

  constructor(format: PhandleFormat) {
    this.#format = format;
  }

  /** Notes a number that the source gives. */
  set(node: DtNode, phandle: number): void {
    this.#ofNode.set(node, phandle);
    this.#nodes.set(phandle, node);
  }

  /** Node by number. */
  node(phandle: number): DtNode | undefined {
    return this.#nodes.get(phandle);
  }

  /** A node that has left the tree has no number any more. */
  forget(node: DtNode): void {
    const phandle = this.#ofNode.get(node);
    if (phandle !== undefined) this.#nodes.delete(phandle);
  }

  /** The number of a node. One that has none gets the lowest free one, and properties that say so. */
  of(node: DtNode): number {
    const known = this.#ofNode.get(node);
    if (known !== undefined) return known;
    while (this.#nodes.has(this.#next)) this.#next++;
    const phandle = this.#next;
    this.set(node, phandle);
    if (this.#format !== 'epapr') this.#property(node, 'linux,phandle', phandle);
    if (this.#format !== 'legacy') this.#property(node, 'phandle', phandle);
    return phandle;
  }

  #property(node: DtNode, name: string, phandle: number): void {
    if (node.property(name) !== undefined) return; // `phandle = <&self>`: the reference in it gets the number
    this.#arena.begin();
    this.#arena.append(phandle, 4);
    const property = this.#arena.finish(name);
    property.markers = ONE_CELL;
    node.properties.push(property);
  }
}

const ONE_CELL = [{ kind: 'u32', offset: 0, ref: '', origin: -1 }] as const;
