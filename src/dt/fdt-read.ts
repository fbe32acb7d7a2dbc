// Reads a flattened devicetree (.dtb, .dtbo), versions 16 and 17, from bytes that may be damaged or hostile.
import type { Diagnostic } from '../base/diagnostic.js';
import { hexNumber } from '../base/bytes.js';
import { decodeUtf8 } from '../base/text.js';
import { readCell } from './cells.js';
import { FDT_BEGIN_NODE, FDT_END, FDT_END_NODE, FDT_NOP, FDT_PROP, fdtAligned } from './fdt-format.js';
import { type FdtHeader, readHeader } from './fdt-header.js';
import type { Values } from './message.js';
import { type DtCode, dtDiagnostic } from './messages.js';
import { DtNode, DtProperty, DtTree } from './tree.js';

/** What `readFdt` found. `tree` is undefined exactly when a diagnostic is an error. */
export interface FdtResult {
  readonly tree: DtTree | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Nodes this far below the root are skipped (Linux: FDT_MAX_DEPTH - 1 in unflatten_dt_nodes; the root is at 0). */
const DEPTH_LIMIT = 63;
/** Warnings beyond this number are only counted, so that a hostile blob cannot fill the memory with them. */
const FINDINGS_LIMIT = 100;

/** Devicetree Specification 2.2.1 and 2.2.4; dtc adds no more. */
const NODE_NAME = /^[A-Za-z0-9,._+@-]+$/;
const PROPERTY_NAME = /^[A-Za-z0-9,._+#?@-]+$/;

/**
 * Reads a blob. Property values stay views of `bytes`, which therefore must not change while the tree is in use.
 * Never throws; allocates in proportion to the file's real length, whatever its header claims.
 */
export function readFdt(bytes: Uint8Array): FdtResult {
  const diagnostics: Diagnostic[] = [];
  const header = readHeader(bytes, diagnostics);
  if (header === undefined) return { tree: undefined, diagnostics };
  const reader = new Reader(bytes, header, diagnostics);
  const root = reader.structure();
  if (root === undefined) return { tree: undefined, diagnostics };
  const tree = new DtTree(root);
  tree.bootCpu = header.bootCpu;
  return reader.reservations(tree) ? { tree, diagnostics } : { tree: undefined, diagnostics };
}

/** One pass over one blob. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #header: FdtHeader;
  readonly #diagnostics: Diagnostic[];
  /** By offset in the strings block: 1 + index into #names, 0 when not read yet. */
  readonly #nameAt: Uint16Array | Uint32Array;
  readonly #names: string[] = [''];
  readonly #nameIds = new Map<string, number>();
  /** By index into #names: the last node in which the name was seen. */
  readonly #seenIn: DtNode[] = [];
  #root: DtNode | undefined;
  /** The innermost open node that is kept. */
  #node: DtNode | undefined;
  #depth = 0;
  #unlisted = 0;
  #tooDeep = false;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, header: FdtHeader, diagnostics: Diagnostic[]) {
    this.#bytes = bytes;
    this.#header = header;
    this.#diagnostics = diagnostics;
    const size = header.stringsEnd - header.stringsStart;
    this.#nameAt = size < 0xffff ? new Uint16Array(size) : new Uint32Array(size);
    this.#at = header.structStart;
    this.#end = header.structEnd;
  }

  /** The root node with everything below it, or undefined after an error. */
  structure(): DtNode | undefined {
    const bytes = this.#bytes;
    for (;;) {
      const at = this.#at;
      if (at + 4 > this.#end) return this.#fail('dt/fdt/no-end');
      const token = readCell(bytes, at);
      if (token === FDT_PROP) {
        if (!this.#property(at)) return undefined;
      } else if (token === FDT_BEGIN_NODE) {
        if (!this.#beginNode(at)) return undefined;
      } else if (token === FDT_END_NODE) {
        if (!this.#endNode(at)) return undefined;
      } else if (token === FDT_NOP) this.#at = at + 4;
      else if (token === FDT_END) return this.#finish(at);
      else return this.#fail('dt/fdt/bad-token', { token: hexNumber(token) });
    }
  }

  /** Fills in the memory reservations; false when they have no end. */
  reservations(tree: DtTree): boolean {
    const { reserveStart, total } = this.#header;
    for (let at = reserveStart; at + 16 <= total; at += 16) {
      const address = u64(this.#bytes, at);
      const size = u64(this.#bytes, at + 8);
      if (size === 0n) return this.#endReservations(address, at);
      tree.reservations.push({ address, size });
    }
    this.#diagnostics.push(dtDiagnostic('dt/fdt/reservations-open', {}, `offset ${hexNumber(reserveStart)}`));
    return false;
  }

  /** The end is a pair of zeros, but libfdt, dtc and Linux all stop at the first size of zero. */
  #endReservations(address: bigint, at: number): true {
    if (address !== 0n) this.#warn('dt/fdt/empty-reservation', { address: `0x${address.toString(16)}` }, at);
    return true;
  }

  #beginNode(at: number): boolean {
    const bytes = this.#bytes;
    const start = at + 4;
    const end = bytes.indexOf(0, start);
    if (end < 0 || end >= this.#end) return this.#no('dt/fdt/node-name-open');
    const name = decodeUtf8(bytes, start, end);
    this.#at = start + fdtAligned(end - start + 1);
    const depth = this.#depth++;
    if (depth === 0) return this.#beginRoot(name);
    if (depth >= DEPTH_LIMIT) {
      if (!this.#tooDeep) this.#warn('dt/fdt/too-deep', {}, at);
      this.#tooDeep = true;
      return true;
    }
    const parent = this.#node as DtNode;
    const node = new DtNode(name, parent);
    parent.children.push(node);
    this.#node = node;
    if (name === '') this.#warn('dt/fdt/node-name-empty', {}, at);
    else if (!NODE_NAME.test(name)) this.#warn('dt/fdt/node-name', { name }, at);
    return true;
  }

  #beginRoot(name: string): boolean {
    if (this.#root !== undefined) return this.#no('dt/fdt/two-roots');
    this.#root = new DtNode('');
    this.#node = this.#root;
    if (name !== '') this.#warn('dt/fdt/root-name', { name }, this.#header.structStart);
    return true;
  }

  #endNode(at: number): boolean {
    if (this.#depth === 0) return this.#no('dt/fdt/extra-end-node');
    this.#at = at + 4;
    if (this.#depth-- > DEPTH_LIMIT) return true;
    const node = this.#node as DtNode;
    if (node.children.length > 1) this.#duplicateChildren(node, at);
    this.#node = node.parent;
    return true;
  }

  #duplicateChildren(node: DtNode, at: number): void {
    const { children } = node;
    const seen = new Set<string>();
    for (let i = 0; i < children.length; i++) seen.add((children[i] as DtNode).name);
    if (seen.size === children.length) return;
    const once = new Set<string>();
    for (const { name } of children) {
      if (once.has(name) && seen.delete(name)) this.#warn('dt/fdt/duplicate-node', { name }, at);
      once.add(name);
    }
  }

  #property(at: number): boolean {
    if (at + 12 > this.#end) return this.#no('dt/fdt/no-end');
    const bytes = this.#bytes;
    const length = readCell(bytes, at + 4);
    const offset = readCell(bytes, at + 8);
    const id = offset < this.#nameAt.length ? (this.#nameAt[offset] as number) || this.#name(offset) : 0;
    if (id === 0) return this.#badName(offset);
    const start = at + 12;
    const name = this.#names[id] as string;
    if (length > this.#end - start) {
      return this.#no('dt/fdt/property-truncated', { name, length, left: this.#end - start });
    }
    this.#at = start + fdtAligned(length);
    if (this.#depth > DEPTH_LIMIT) return true;
    const node = this.#node;
    if (node === undefined) return this.#no('dt/fdt/property-outside');
    if (this.#seenIn[id] === node) this.#warn('dt/fdt/duplicate-property', { name }, at);
    if (node.children.length > 0) this.#warn('dt/fdt/property-after-node', { name }, at);
    this.#seenIn[id] = node;
    node.properties.push(new DtProperty(name, bytes, start, length));
    return true;
  }

  /** Reads the name at an offset of the strings block for the first time; 0 when it has no end. */
  #name(offset: number): number {
    const { stringsStart, stringsEnd } = this.#header;
    const start = stringsStart + offset;
    const end = this.#bytes.indexOf(0, start);
    if (end < 0 || end >= stringsEnd) return 0;
    const name = decodeUtf8(this.#bytes, start, end);
    if (!PROPERTY_NAME.test(name)) this.#warn('dt/fdt/property-name', { name }, start);
    let id = this.#nameIds.get(name);
    if (id === undefined) {
      id = this.#names.push(name) - 1;
      this.#nameIds.set(name, id);
    }
    this.#nameAt[offset] = id;
    return id;
  }

  #badName(offset: number): boolean {
    const size = this.#nameAt.length;
    const place = { offset: hexNumber(offset), size };
    return this.#no(offset < size ? 'dt/fdt/string-open' : 'dt/fdt/string-outside', place);
  }

  #finish(at: number): DtNode | undefined {
    if (this.#depth > 0) return this.#fail('dt/fdt/end-inside', { depth: this.#depth });
    if (this.#root === undefined) return this.#fail('dt/fdt/no-root');
    const count = this.#end - at - 4;
    if (count > 0 && this.#header.structSized) this.#warn('dt/fdt/after-end', { count }, at + 4);
    if (this.#unlisted > 0) this.#diagnostics.push(dtDiagnostic('dt/fdt/more', { count: this.#unlisted }));
    return this.#root;
  }

  #warn(code: DtCode, values: Values, at: number): void {
    if (this.#diagnostics.length < FINDINGS_LIMIT) this.#diagnostics.push(dtDiagnostic(code, values, this.#where(at)));
    else this.#unlisted++;
  }

  /** Reports an error at the current token. */
  #no(code: DtCode, values: Values = {}): false {
    this.#diagnostics.push(dtDiagnostic(code, values, this.#where(this.#at)));
    return false;
  }

  #fail(code: DtCode, values: Values = {}): undefined {
    this.#no(code, values);
  }

  #where(at: number): string {
    return this.#node === undefined ? `offset ${hexNumber(at)}` : `offset ${hexNumber(at)}, ${this.#node.path}`;
  }
}

function u64(bytes: Uint8Array, at: number): bigint {
  return (BigInt(readCell(bytes, at)) << 32n) | BigInt(readCell(bytes, at + 4));
}
