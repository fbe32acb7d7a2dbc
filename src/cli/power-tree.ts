// The devicetree of a real bus with one power monitor on it, as somebody would write it for that board.
import { cellValue, DtNode, DtProperty, DtTree, stringValue } from '../dt/tree.js';
import type { Shunt } from './shunt.js';

/** What the command line says of a chip on a real bus. */
export interface RealMonitor {
  /** The device file of the bus. */
  readonly path: string;
  readonly address: number;
  readonly shunts: readonly Shunt[];
  /** Names of the inputs in order; empty or missing for none. */
  readonly labels: readonly string[];
}

/** The tree. Its adapter has the number of the device file, so that devices have the names of Linux: `1-0040`. */
export function monitorTree({ path, address, shunts, labels }: RealMonitor): DtTree {
  const number = Number(/(\d+)$/.exec(path)?.[1] ?? 0);
  const name = `i2c@${number.toString(16)}`;
  const tree = new DtTree();
  cells(tree.root, { '#address-cells': 1, '#size-cells': 0 });
  strings(child(tree.root, 'aliases'), { [`i2c${number}`]: `/${name}` });
  const bus = child(tree.root, name);
  strings(bus, { compatible: 'bringup,i2c-dev' });
  cells(bus, { reg: number, '#address-cells': 1, '#size-cells': 0 });
  const chip = child(bus, `power@${address.toString(16)}`);
  strings(chip, { compatible: 'ti,ina3221' });
  cells(chip, { reg: address, '#address-cells': 1, '#size-cells': 0 });
  shunts.forEach((shunt, index) => addInput(chip, index, shunt, labels[index] ?? ''));
  return tree;
}

function addInput(chip: DtNode, index: number, shunt: Shunt, label: string): void {
  const input = child(chip, `input@${index}`);
  cells(input, { reg: index });
  if (shunt === undefined) strings(input, { status: 'disabled' });
  else cells(input, { 'shunt-resistor-micro-ohms': shunt });
  if (label !== '') strings(input, { label });
}

function child(parent: DtNode, name: string): DtNode {
  const node = new DtNode(name, parent);
  parent.children.push(node);
  return node;
}

function cells(node: DtNode, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) node.properties.push(new DtProperty(name, cellValue(value)));
}

function strings(node: DtNode, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) node.properties.push(new DtProperty(name, stringValue(value)));
}
