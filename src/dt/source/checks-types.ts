// Checks of what type a property has: one string, a list of strings, one cell.
import type { DtNode, DtProperty } from '../tree.js';
import type { Check, CheckContext } from './check-context.js';

/** One string: NUL at the end and nowhere else. */
export function isString(name: string): Check['run'] {
  return (node, c) => {
    const property = node.property(name);
    if (property !== undefined) oneString(node, property, c);
  };
}

function oneString(node: DtNode, property: DtProperty, c: CheckContext): void {
  const { value } = property;
  if (value.length === 0 || value.indexOf(0) !== value.length - 1) c.fail(node, 'notString', {}, property);
}

function stringList(node: DtNode, property: DtProperty, c: CheckContext): void {
  if (property.length > 0 && property.value.at(-1) !== 0) c.fail(node, 'notStringList', {}, property);
}

/** One 32-bit cell. */
export function isCell(name: string): Check['run'] {
  return (node, c) => {
    const property = node.property(name);
    if (property !== undefined && property.length !== 4) c.fail(node, 'notCell', { length: property.length }, property);
  };
}

function compatibleIsStringList(node: DtNode, c: CheckContext): void {
  const property = node.property('compatible');
  if (property !== undefined) stringList(node, property, c);
}

function namesIsStringList(node: DtNode, c: CheckContext): void {
  for (const property of node.properties) if (property.name.endsWith('-names')) stringList(node, property, c);
}

function warning(name: string, run: Check['run']): Check {
  return { name, level: 'warning', needs: [], run };
}

/** Types of properties that every node may have. */
export const TYPE_CHECKS: readonly Check[] = [
  warning('address_cells_is_cell', isCell('#address-cells')),
  warning('size_cells_is_cell', isCell('#size-cells')),
  warning('device_type_is_string', isString('device_type')),
  warning('model_is_string', isString('model')),
  warning('status_is_string', isString('status')),
  warning('label_is_string', isString('label')),
  warning('compatible_is_string_list', compatibleIsStringList),
  warning('names_is_string_list', namesIsStringList),
];

function inChosen(run: Check['run']): Check['run'] {
  return (node, c) => {
    if (node.name === 'chosen') run(node, c);
  };
}

function chosenIsRoot(node: DtNode, c: CheckContext): void {
  if (node.parent !== c.tree.root) c.fail(node, 'chosenPlace');
}

function stdoutPath(node: DtNode, c: CheckContext): void {
  let property = node.property('stdout-path');
  if (property === undefined) {
    property = node.property('linux,stdout-path');
    if (property === undefined) return;
    c.fail(node, 'stdoutPath', {}, property);
  }
  oneString(node, property, c);
}

function obsoleteChosen(node: DtNode, c: CheckContext): void {
  if (node.parent !== undefined) return;
  const property = node.child('chosen')?.property('interrupt-controller');
  if (property !== undefined) c.fail(node, 'obsoleteChosen', {}, property);
}

/** What belongs into /chosen, and how. */
export const CHOSEN_CHECKS: readonly Check[] = [
  warning('obsolete_chosen_interrupt_controller', obsoleteChosen),
  warning('chosen_node_is_root', inChosen(chosenIsRoot)),
  warning('chosen_node_bootargs', inChosen(isString('bootargs'))),
  warning('chosen_node_stdout_path', inChosen(stdoutPath)),
];

const ALIAS_NAME = /^[a-z0-9-]*$/;

/** Relative to the root, with or without a slash in front: so dtc reads the values of aliases. */
function exists(path: string, root: DtNode): boolean {
  let node: DtNode | undefined = root;
  for (const name of path.split('/')) if (name !== '') node = node?.child(name);
  return node !== undefined;
}

function aliasPaths(node: DtNode, c: CheckContext): void {
  if (node.name !== 'aliases') return;
  for (const property of node.properties) {
    if (property.name === 'phandle' || property.name === 'linux,phandle') continue;
    const value = property.string();
    if (value === undefined || !exists(value, c.tree.root)) c.fail(node, 'aliasPath', { value: value ?? '' }, property);
    else if (!ALIAS_NAME.test(property.name)) c.fail(node, 'aliasName', { name: property.name });
  }
}

/** What stands in /aliases. */
export const ALIAS_CHECKS: readonly Check[] = [warning('alias_paths', aliasPaths)];
