// The devicetree itself: nodes and properties in the order of the blob or source, as every part of this room sees them.
import type { Position, Via } from '../base/diagnostic.js';
import { decodeUtf8, encodeUtf8 } from '../base/text.js';
import { readCell, writeCell } from './cells.js';

/** Where a byte of a property's value came from, as the source wrote it. Only trees compiled from source have them. */
export interface Marker {
  /**
   * `phandle` and `path`: a reference (`&label`, `&{/path}`) whose number or path stands at `offset`;
   * `label`: a label inside the value; the others: a run of that type begins at `offset` and ends where the next run
   * begins, or at the end.
   */
  readonly kind: 'phandle' | 'path' | 'label' | 'string' | 'u8' | 'u16' | 'u32' | 'u64';
  readonly offset: number;
  /** The label or path referred to, or the label; empty for runs. */
  readonly ref: string;
  /** Offset in the preprocessed source, for `DtTree.locate`. */
  readonly origin: number;
}

const NO_BYTES = new Uint8Array(0);
// Shared by all properties without labels or markers: a big blob has thousands, and lists for each cost time.
const NO_LABELS: readonly string[] = [];
const NO_MARKERS: readonly Marker[] = [];

/** One property: a name and bytes. The value is a view of the blob it was read from until it is replaced. */
export class DtProperty {
  readonly name: string;
  #data: Uint8Array;
  #start: number;
  #length: number;
  /** Offset of the property's name in the preprocessed source; -1 when there is none. */
  origin = -1;
  labels: readonly string[] = NO_LABELS;
  markers: readonly Marker[] = NO_MARKERS;
  /** The strings of the value, once somebody has asked: every driver looks at every `compatible`. */
  #strings: readonly string[] | undefined;

  constructor(name: string, data: Uint8Array = NO_BYTES, start = 0, length: number = data.length - start) {
    this.name = name;
    this.#data = data;
    this.#start = start;
    this.#length = length;
  }

  /** Length of the value in bytes. */
  get length(): number {
    return this.#length;
  }

  get value(): Uint8Array {
    return this.#data.subarray(this.#start, this.#start + this.#length);
  }

  set value(bytes: Uint8Array) {
    this.#data = bytes;
    this.#start = 0;
    this.#length = bytes.length;
    this.#strings = undefined;
  }

  /** Whole 32-bit cells in the value; a rest of 1 to 3 bytes does not count. */
  get cellCount(): number {
    return this.#length >>> 2;
  }

  /** The big-endian 32-bit cell at `index`, or undefined when the value is too short. */
  cell(index: number): number | undefined {
    if (index < 0 || (index + 1) * 4 > this.#length) return undefined;
    return readCell(this.#data, this.#start + index * 4);
  }

  /** Overwrites the 4 bytes at a byte offset inside the value, big-endian, where they are. */
  setCell(offset: number, cell: number): void {
    writeCell(this.#data, this.#start + offset, cell);
    this.#strings = undefined;
  }

  /** Copies the value to an offset of `into`, which must have room. Quicker than `value` for the many short ones. */
  copyTo(into: Uint8Array, at: number): void {
    const data = this.#data;
    const start = this.#start;
    const length = this.#length;
    if (length > 64) into.set(data.subarray(start, start + length), at);
    else for (let i = 0; i < length; i++) into[at + i] = data[start + i] as number;
  }

  /** All whole cells. */
  cells(): number[] {
    return Array.from({ length: this.cellCount }, (_, index) => this.cell(index) as number);
  }

  /** The strings of a list: what lies between NULs. A last string without NUL counts; an empty value is no string. */
  strings(): readonly string[] {
    this.#strings ??= this.#decoded();
    return this.#strings;
  }

  #decoded(): string[] {
    const found: string[] = [];
    for (let offset = 0; offset < this.#length; ) {
      const end = this.#stringEnd(offset);
      found.push(decodeUtf8(this.#data, this.#start + offset, this.#start + end));
      offset = end + 1;
    }
    return found;
  }

  /** The first string, or undefined for an empty value. */
  string(): string | undefined {
    return this.#length === 0 ? undefined : decodeUtf8(this.#data, this.#start, this.#start + this.#stringEnd(0));
  }

  /** Offset of the NUL that ends the string at `offset`, or the length where there is none. */
  #stringEnd(offset: number): number {
    const found = this.#data.indexOf(0, this.#start + offset) - this.#start;
    return found < 0 || found > this.#length ? this.#length : found;
  }
}

/** One node. Names include the unit address; the root's name is empty. Children and properties keep their order. */
export class DtNode {
  readonly name: string;
  parent: DtNode | undefined;
  readonly properties: DtProperty[] = [];
  readonly children: DtNode[] = [];
  labels: string[] = [];
  /** Offset of the node's name in the preprocessed source; -1 when there is none. */
  origin = -1;

  constructor(name: string, parent?: DtNode) {
    this.name = name;
    this.parent = parent;
  }

  /** Full path; `/` for the root. */
  get path(): string {
    if (this.parent === undefined) return '/';
    const parts: string[] = [];
    for (let node: DtNode = this; node.parent !== undefined; node = node.parent) parts.push(node.name);
    return `/${parts.reverse().join('/')}`;
  }

  /** Name before the `@` (Linux: of_node_name_eq compares this). */
  get baseName(): string {
    const at = this.name.indexOf('@');
    return at < 0 ? this.name : this.name.slice(0, at);
  }

  /** Text after the `@`, or undefined. */
  get unitAddress(): string | undefined {
    const at = this.name.indexOf('@');
    return at < 0 ? undefined : this.name.slice(at + 1);
  }

  /** First property of that name (Linux: of_find_property). */
  property(name: string): DtProperty | undefined {
    const all = this.properties;
    for (let i = 0; i < all.length; i++) if ((all[i] as DtProperty).name === name) return all[i];
    return undefined;
  }

  /** First child of that full name. */
  child(name: string): DtNode | undefined {
    const all = this.children;
    for (let i = 0; i < all.length; i++) if ((all[i] as DtNode).name === name) return all[i];
    return undefined;
  }

  /** First cell of a property (Linux: of_property_read_u32); undefined when missing or shorter than 4 bytes. */
  u32(name: string): number | undefined {
    return this.property(name)?.cell(0);
  }

  /** First string of a property; undefined when missing or empty. */
  string(name: string): string | undefined {
    return this.property(name)?.string();
  }

  /** The strings of a property; empty when missing. */
  strings(name: string): readonly string[] {
    return this.property(name)?.strings() ?? NO_LABELS;
  }

  /** The `compatible` strings, most specific first. */
  get compatible(): readonly string[] {
    return this.strings('compatible');
  }

  /** No status, or its first string exactly `okay` or `ok` (Linux: of_device_is_available; parents do not matter). */
  get available(): boolean {
    const status = this.property('status');
    if (status === undefined) return true;
    const word = status.string();
    return word === 'okay' || word === 'ok';
  }

  /**
   * This node's number, as Linux takes it from the properties in their order (populate_properties): the first non-zero
   * `phandle` or `linux,phandle`; an `ibm,phandle` replaces what came before. The first cell counts; 0 for none.
   */
  get phandle(): number {
    let found = 0;
    for (const p of this.properties) {
      const isNumber = p.name === 'phandle' || p.name === 'linux,phandle';
      if (p.name === 'ibm,phandle' || (isNumber && found === 0)) found = p.cell(0) ?? found;
    }
    return found;
  }

  /** This node and all below it, depth first, in order. The tree may grow below the node that was yielded last. */
  *walk(): Generator<DtNode> {
    const stack: DtNode[] = [this];
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      yield node;
      const { children } = node;
      for (let i = children.length - 1; i >= 0; i--) stack.push(children[i] as DtNode);
    }
  }
}

/** A reserved range of memory. 64-bit numbers. */
export interface Reservation {
  readonly address: bigint;
  readonly size: bigint;
  readonly labels?: readonly string[];
}

/** Finds the place of an offset in preprocessed source: position, and the includes and macros that led there. */
export interface SourceMap {
  locate(offset: number): { readonly at: Position; readonly via: readonly Via[] } | undefined;
}

const ALIAS_DEPTH = 16;

/** A whole devicetree. */
export class DtTree {
  readonly root: DtNode;
  readonly reservations: Reservation[] = [];
  /** Physical id of the boot CPU (header field since version 2). */
  bootCpu = 0;
  /** True for a source with `/plugin/;`: an overlay. */
  plugin = false;
  /** Present when the tree was compiled from source. */
  source: SourceMap | undefined;
  #byPhandle: Map<number, DtNode> | undefined;

  constructor(root: DtNode = new DtNode('')) {
    this.root = root;
  }

  /** Node by number; the first in tree order where two share one; undefined for 0 and for numbers nobody has. */
  byPhandle(phandle: number): DtNode | undefined {
    if (this.#byPhandle === undefined) {
      const map = new Map<number, DtNode>();
      for (const node of this.root.walk()) {
        const number = node.phandle;
        if (number !== 0 && !map.has(number)) map.set(number, node);
      }
      this.#byPhandle = map;
    }
    return this.#byPhandle.get(phandle);
  }

  /** Forgets look-up tables; call it after nodes or phandles were changed. */
  changed(): void {
    this.#byPhandle = undefined;
  }

  /**
   * Node by full path (`/soc/i2c@0`) or by alias (`i2c0`, `i2c0/power@40`); a part after `:` is ignored
   * (Linux: of_find_node_by_path).
   * Path elements compare with the full name, unit address included.
   */
  byPath(path: string): DtNode | undefined {
    return this.#byPath(path, 0);
  }

  /** An alias may begin with another alias. Linux would follow a circle of them for ever; here it ends in nothing. */
  #byPath(path: string, depth: number): DtNode | undefined {
    const colon = path.indexOf(':');
    const clean = colon < 0 ? path : path.slice(0, colon);
    if (clean === '/') return this.root;
    if (clean.startsWith('/')) return descend(this.root, clean);
    const slash = clean.indexOf('/');
    const alias = slash < 0 ? clean : clean.slice(0, slash);
    const target = this.root.child('aliases')?.string(alias);
    if (target === undefined || depth === ALIAS_DEPTH) return undefined;
    const base = this.#byPath(target, depth + 1);
    return base === undefined || slash < 0 ? base : descend(base, clean.slice(slash));
  }

  /** Node by source label, from the source itself or from `/__symbols__`. */
  byLabel(label: string): DtNode | undefined {
    const path = this.root.child('__symbols__')?.string(label);
    if (path !== undefined) return this.byPath(path);
    for (const node of this.root.walk()) if (node.labels.includes(label)) return node;
    return undefined;
  }
}

/** As in Linux nothing is found by a path with an empty element, a slash at its end included. */
function descend(from: DtNode, path: string): DtNode | undefined {
  let node: DtNode | undefined = from;
  for (const name of path.slice(1).split('/')) node = name === '' ? undefined : node?.child(name);
  return node;
}

/** The value of a string property: UTF-8 with a NUL behind each. */
export function stringValue(...strings: readonly string[]): Uint8Array {
  return encodeUtf8(strings.map((text) => `${text}\0`).join(''));
}

/** The value of a cell property: big-endian 32-bit numbers. */
export function cellValue(...cells: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(cells.length * 4);
  cells.forEach((cell, index) => writeCell(bytes, index * 4, cell));
  return bytes;
}
