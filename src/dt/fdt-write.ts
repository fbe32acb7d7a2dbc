// Tree to blob: the layout and the string table are dtc's, so the same tree gives the same bytes.
import { encodeUtf8 } from '../base/text.js';
import type { Diagnostic } from '../base/diagnostic.js';
import { writeCell } from './cells.js';
import { FDT_BEGIN_NODE, FDT_END, FDT_END_NODE, FDT_MAGIC, FDT_PROP, fdtAligned } from './fdt-format.js';
import { putLatin1 } from './latin1.js';
import { dtDiagnostic } from './messages.js';
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
const MAX_COUNT = 1 << 24;

/** What is wrong with the options; nothing when {@link writeFdt} can be called with them. */
export function checkWriteOptions(options: FdtWriteOptions): Diagnostic[] {
  const { version = 17, align = 1 } = options;
  const wrong: Diagnostic[] = [];
  if (version !== 16 && version !== 17) wrong.push(dtDiagnostic('dt/write/version', { version }));
  if (options.padding !== undefined && options.space !== undefined) wrong.push(dtDiagnostic('dt/write/exclusive'));
  if (!isCount(align) || align === 0 || (align & (align - 1)) !== 0) {
    wrong.push(dtDiagnostic('dt/write/align', { align }));
  }
  for (const name of ['reserve', 'padding', 'space'] as const) {
    const count = options[name] ?? 0;
    if (!isCount(count)) wrong.push(dtDiagnostic('dt/write/count', { name, count, limit: MAX_COUNT }));
  }
  return wrong;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;
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
  const header = [
    FDT_MAGIC,
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
  header.forEach((cell, index) => writeCell(bytes, index * 4, cell));
  const view = new DataView(bytes.buffer);
  tree.reservations.forEach(({ address, size }, index) => {
    view.setBigUint64(HEADER_BYTES + index * 16, address);
    view.setBigUint64(HEADER_BYTES + index * 16 + 8, size);
  });
  new StructWriter(bytes, structOffset, strings).write(tree.root);
  putLatin1(bytes, stringsOffset, strings.text);
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
    size += 8 + fdtAligned(byteText(node.name).length + 1);
    for (const property of node.properties) {
      strings.offset(property.name);
      size += 12 + fdtAligned(property.length);
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
      () => this.#cell(FDT_END_NODE),
    );
    this.#cell(FDT_END);
  }

  #node(node: DtNode): void {
    this.#cell(FDT_BEGIN_NODE);
    const name = byteText(node.name);
    putLatin1(this.#bytes, this.#at, name);
    this.#at += fdtAligned(name.length + 1);
    const { properties } = node;
    for (let i = 0; i < properties.length; i++) this.#property(properties[i] as DtProperty);
  }

  #property(property: DtProperty): void {
    const { length } = property;
    this.#cell(FDT_PROP);
    this.#cell(length);
    this.#cell(this.#strings.offset(property.name));
    property.copyTo(this.#bytes, this.#at);
    this.#at += fdtAligned(length);
  }

  #cell(value: number): void {
    writeCell(this.#bytes, this.#at, value);
    this.#at += 4;
  }
}
