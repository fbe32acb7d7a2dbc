// Writes a devicetree as source text: exactly as `dtc -I dtb -O dts` (1.6.1) prints it, or with its references
// restored.
import { prettyValue, sourceLabels } from './decompile-pretty.js';
import { valueText } from './decompile-value.js';
import { byAddress, byName } from './order.js';
import type { DtNode, DtProperty, DtTree } from './tree.js';

/** How to write. */
export interface DecompileOptions {
  /** Nodes, properties and reservations in order of name (dtc -s). */
  readonly sort?: boolean;
  /**
   * Labels, references, lists of strings, and the names of clocks and the like as comments. Compiles to an equal
   * tree.
   */
  readonly pretty?: boolean;
  /** Write `\0` for every NUL inside a string, as dtc does, although `\01` is then read back as one character. */
  readonly dtcNul?: boolean;
}

/** How one property's value is written, ` = ` and all. */
type WriteValue = (node: DtNode, property: DtProperty) => string;

/**
 * The tree as text of version 1 (`/dts-v1/`). Types are guessed from the bytes, as dtc does. One difference from dtc
 * 1.6.1 unless `dtcNul` is set: a NUL inside a string that is followed by an octal digit is written `\000`. Real blobs
 * need it: the cell 0x00324b00 (3.3 V in microvolts) looks like the string "\02K", which dtc's own compiler turns into
 * other bytes.
 */
export function decompile(tree: DtTree, options: DecompileOptions = {}): string {
  const sort = options.sort === true;
  const labels = options.pretty === true ? sourceLabels(tree) : new Map<DtNode, readonly string[]>();
  const write: WriteValue =
    options.pretty === true
      ? (node, property) => prettyValue(tree, node, property, labels)
      : (_node, property) => plainValue(property, options.dtcNul === true);
  let text = '/dts-v1/;\n\n';
  const reservations = sort ? tree.reservations.toSorted(byAddress) : tree.reservations;
  for (const { address, size } of reservations) text += `/memreserve/\t${hex64(address)} ${hex64(size)};\n`;
  const parts: string[] = [text];
  writeNode(tree.root, '', { sort, labels, write, parts });
  return parts.join('');
}

interface Writing {
  readonly sort: boolean;
  readonly labels: ReadonlyMap<DtNode, readonly string[]>;
  readonly write: WriteValue;
  readonly parts: string[];
}

function writeNode(node: DtNode, indent: string, to: Writing): void {
  const { parts } = to;
  const inner = `${indent}\t`;
  const labels =
    to.labels
      .get(node)
      ?.map((label) => `${label}: `)
      .join('') ?? '';
  let text = `${indent}${labels}${node.parent === undefined ? '/' : node.name} {\n`;
  for (const property of to.sort ? node.properties.toSorted(byName) : node.properties) {
    text += `${inner}${property.name}${to.write(node, property)}\n`;
  }
  parts.push(text);
  for (const child of to.sort ? node.children.toSorted(byName) : node.children) {
    parts.push('\n');
    writeNode(child, inner, to);
  }
  parts.push(`${indent}};\n`);
}

function plainValue(property: DtProperty, dtcNul: boolean): string {
  return property.length === 0 ? ';' : ` = ${valueText(property.value, dtcNul)};`;
}

function hex64(value: bigint): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}
