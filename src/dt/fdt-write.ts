// Tree to blob: the layout and the string table are dtc's, so the same tree gives the same bytes.
import { encodeUtf8 } from '../base/text.js';
import type { Diagnostic } from '../base/diagnostic.js';
import type { DtNode, DtProperty, DtTree } from './tree.js';

/** What dtc's options of the same meaning say about the blob. */
export interface FdtWriteOptions {
  /** Version of the format (`-V`): 16 or 17. 16 has no size of the structure block in its header. */
  readonly version?: number;
  /** Empty slots behind the reservations (`-R`). */
  readonly reserve?: number;
  /** Bytes of zeros behind the blob (`-p`). Not together with `space`. */
  readonly padding?: number;
  /** Least size in bytes (`-S`). */
  readonly space?: number;
  /** The total size becomes a multiple of this power of two (`-a`). */
  readonly align?: number;
}

const HEADER_BYTES = 40;
const MAGIC = 0xd00dfeed;
const BEGIN_NODE = 1;
const END_NODE = 2;
const PROP = 3;
const END = 9;
const MAX_COUNT = 1 << 24;

/** What is wrong with the options; nothing when {@link writeFdt} can be called with them. */
export function checkWriteOptions(options: FdtWriteOptions): Diagnostic[] {
  const wrong: string[] = [];
  const { version = 17, align = 1 } = options;
  if (version !== 16 && version !== 17) {
    wrong.push(`blob version ${version} cannot be written: only 17 and 16 are (older ones store full paths as names)`);
  }
  if (options.padding !== undefined && options.space !== undefined) {
    wrong.push('padding (-p) and space (-S) exclude each other');
  }
  if (align < 1 || align > MAX_COUNT || (align & (align - 1)) !== 0)
    wrong.push(`alignment ${align} is no power of two`);
  for (const name of ['reserve', 'padding', 'space'] as const) {
    const count = options[name] ?? 0;
    if (!(Number.isInteger(count) && count >= 0 && count <= MAX_COUNT)) {
      wrong.push(`${name} must be a whole number from 0 to ${MAX_COUNT}, not ${count}`);
    }
  }
  return wrong.map((text) => ({ severity: 'error', code: 'dt/write/option', text }));
}

/**
 * The blob of a tree. Two passes over the tree, one buffer. Options that {@link checkWriteOptions} refuses give
 * version 17 without extra space.
 */
export function writeFdt(tree: DtTree, options: FdtWriteOptions = {}): Uint8Array {
  const o = checkWriteOptions(options).length === 0 ? options : {};
  const strings = new StringTable();
  const structBytes = measure(tree.root, strings);
  const reserveBytes = (tree.reservations.length + (o.reserve ?? 0) + 1) * 16;
  const structOffset = HEADER_BYTES + reserveBytes;
  const stringsOffset = structOffset + structBytes;
  const used = stringsOffset + strings.text.length;
  const bytes = new Uint8Array(totalSize(used, o));
  const view = new DataView(bytes.buffer);
  const header = [
    MAGIC,
    bytes.length,
    structOffset,
    stringsOffset,
    HEADER_BYTES,
    o.version ?? 17,
    16,
    tree.bootCpu,
    strings.text.length,
    o.version === 16 ? 0 : structBytes,
  ];
  header.forEach((cell, index) => view.setUint32(index * 4, cell));
  tree.reservations.forEach(({ address, size }, index) => {
    view.setBigUint64(HEADER_BYTES + index * 16, address);
    view.setBigUint64(HEADER_BYTES + index * 16 + 8, size);
  });
  new StructWriter(bytes, structOffset, strings).write(tree.root);
  putText(bytes, stringsOffset, strings.text);
  return bytes;
}

function totalSize(used: number, options: FdtWriteOptions): number {
  const extra = options.padding ?? Math.max(0, (options.space ?? 0) - used);
  const align = options.align ?? 1;
  return Math.ceil((used + extra) / align) * align;
}

/** Names of properties, each once; one that is the tail of an earlier one is stored in it. */
class StringTable {
  /** All names with a NUL behind each, one character per byte. */
  text = '';
  readonly #offsets = new Map<string, number>();

  offset(name: string): number {
    let offset = this.#offsets.get(name);
    if (offset !== undefined) return offset;
    const entry = `${byteText(name)}\0`;
    offset = this.text.indexOf(entry);
    if (offset < 0) {
      offset = this.text.length;
      this.text += entry;
    }
    this.#offsets.set(name, offset);
    return offset;
  }
}

/** One character per UTF-8 byte. Nearly all names are ASCII and stay what they are. */
function byteText(name: string): string {
  for (let i = 0; i < name.length; i++) {
    if (name.charCodeAt(i) > 127) return String.fromCharCode(...encodeUtf8(name));
  }
  return name;
}

function putText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

function aligned(length: number): number {
  return (length + 3) & ~3;
}

/** Calls back when entering and when leaving each node. Trees from blobs may be deeper than our own stack. */
function traverse(root: DtNode, enter: (node: DtNode) => void, leave: () => void): void {
  const stack: { readonly node: DtNode; next: number }[] = [{ node: root, next: 0 }];
  enter(root);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = top.node.children[top.next++];
    if (child === undefined) {
      leave();
      stack.pop();
    } else {
      enter(child);
      stack.push({ node: child, next: 0 });
    }
  }
}

/** Size of the structure block; fills the string table in the order of the properties. */
function measure(root: DtNode, strings: StringTable): number {
  let size = 4;
  const enter = (node: DtNode): void => {
    size += 8 + aligned(byteText(node.name).length + 1);
    for (const property of node.properties) {
      strings.offset(property.name);
      size += 12 + aligned(property.length);
    }
  };
  traverse(root, enter, () => {});
  return size;
}

/** Writes the structure block into its place. */
class StructWriter {
  readonly #bytes: Uint8Array;
  readonly #strings: StringTable;
  #at: number;

  constructor(bytes: Uint8Array, at: number, strings: StringTable) {
    this.#bytes = bytes;
    this.#at = at;
    this.#strings = strings;
  }

  write(root: DtNode): void {
    traverse(
      root,
      (node) => this.#node(node),
      () => this.#cell(END_NODE),
    );
    this.#cell(END);
  }

  #node(node: DtNode): void {
    this.#cell(BEGIN_NODE);
    const name = byteText(node.name);
    putText(this.#bytes, this.#at, name);
    this.#at += aligned(name.length + 1);
    const { properties } = node;
    for (let i = 0; i < properties.length; i++) this.#property(properties[i] as DtProperty);
  }

  #property(property: DtProperty): void {
    const { length } = property;
    this.#cell(PROP);
    this.#cell(length);
    this.#cell(this.#strings.offset(property.name));
    property.copyTo(this.#bytes, this.#at);
    this.#at += aligned(length);
  }

  #cell(value: number): void {
    const bytes = this.#bytes;
    const at = this.#at;
    bytes[at] = value >>> 24;
    bytes[at + 1] = value >>> 16;
    bytes[at + 2] = value >>> 8;
    bytes[at + 3] = value;
    this.#at = at + 4;
  }
}
