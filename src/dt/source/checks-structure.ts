// Checks of names, labels and references: what makes a tree a tree. One that fails an error here is not written.
import type { DtNode, DtProperty } from '../tree.js';
import { type Check, type CheckContext, labelPlace } from './check-context.js';
import { isString } from './checks-types.js';
import { explicitPhandles, nameProperties, omitUnusedNodes, pathReferences, phandleReferences } from './resolve.js';

const NODE_CHARS = /[^a-zA-Z0-9,._+@-]/;
const PROPERTY_CHARS = /[^a-zA-Z0-9,._+*#?-]/;
const STRICT_CHARS = /[^a-zA-Z0-9,-]/;

/** Items of one name that are compared with each other; without a limit a hostile source would take ages. */
const MAX_SAME = 100;

/** Calls back for each item whose name an earlier one has, with the earlier and the later one. */
function eachRepeat<N extends { readonly name: string }>(
  list: readonly N[],
  found: (first: N, later: N) => void,
): void {
  if (list.length > 24) {
    const seen = new Map<string, N[]>();
    for (const item of list) {
      const same = seen.get(item.name);
      if (same === undefined) seen.set(item.name, [item]);
      else {
        for (const first of same) found(first, item);
        if (same.length < MAX_SAME) same.push(item);
      }
    }
    return;
  }
  for (let i = 1; i < list.length; i++) {
    const name = (list[i] as N).name;
    for (let j = 0; j < i; j++) if ((list[j] as N).name === name) found(list[j] as N, list[i] as N);
  }
}

function duplicateNodes(node: DtNode, c: CheckContext): void {
  if (node.children.length < 2) return;
  eachRepeat(node.children, (_, later) => c.fail(later, 'duplicateNode', { name: later.name }));
}

function duplicateProperties(node: DtNode, c: CheckContext): void {
  if (node.properties.length < 2) return;
  eachRepeat(node.properties, (_, later) => c.fail(node, 'duplicateProperty', {}, later));
}

function nodeNameChars(node: DtNode, c: CheckContext): void {
  const char = NODE_CHARS.exec(node.name)?.[0];
  if (char !== undefined) c.fail(node, 'nodeChar', { char });
}

function nodeNameFormat(node: DtNode, c: CheckContext): void {
  if (node.unitAddress?.includes('@') === true) c.fail(node, 'manyAts');
}

function propertyNameChars(node: DtNode, c: CheckContext): void {
  for (const property of node.properties) {
    const char = PROPERTY_CHARS.exec(property.name)?.[0];
    if (char !== undefined) c.fail(node, 'propertyChar', { char }, property);
  }
}

function nodeNameCharsStrict(node: DtNode, c: CheckContext): void {
  const char = STRICT_CHARS.exec(node.baseName)?.[0];
  if (char !== undefined) c.fail(node, 'nodeCharStrict', { char });
}

/** `#` may begin the name, or the part behind the vendor. */
function propertyNameCharsStrict(node: DtNode, c: CheckContext): void {
  for (const property of node.properties) {
    if (property.name === 'device_type') continue;
    let rest = property.name;
    let match = STRICT_CHARS.exec(rest);
    if (match?.[0] === '#' && (match.index === 0 || rest[match.index - 1] === ',')) {
      rest = rest.slice(match.index + 1);
      match = STRICT_CHARS.exec(rest);
    }
    if (match !== null) c.fail(node, 'propertyCharStrict', { char: match[0] }, property);
  }
}

function nodeNameVsPropertyName(node: DtNode, c: CheckContext): void {
  if (node.parent?.property(node.name) !== undefined) c.fail(node, 'nodeAndProperty', { name: node.name });
}

function duplicateLabels(node: DtNode, c: CheckContext): void {
  for (const label of node.labels) oneLabel(label, node, c);
  const { properties } = node;
  for (let i = 0; i < properties.length; i++) {
    const property = properties[i] as DtProperty;
    for (const label of property.labels) oneLabel(label, node, c, property);
    if (property.markers.length < 2) continue;
    for (const m of property.markers) if (m.kind === 'label') oneLabel(m.ref, node, c, property, m.offset);
  }
}

function oneLabel(label: string, node: DtNode, c: CheckContext, property?: DtProperty, offset?: number): void {
  const there = c.labels.get(label) as string;
  const here = labelPlace(node, property, offset);
  if (here !== there) c.fail(node, 'duplicateLabel', { label, here, there });
}

/** Names, labels, references, in dtc's order. */
export const STRUCTURE_CHECKS: readonly Check[] = [
  { name: 'duplicate_node_names', level: 'error', needs: [], run: duplicateNodes },
  { name: 'duplicate_property_names', level: 'error', needs: [], run: duplicateProperties },
  { name: 'node_name_chars', level: 'error', needs: [], run: nodeNameChars },
  { name: 'node_name_format', level: 'error', needs: ['node_name_chars'], run: nodeNameFormat },
  { name: 'property_name_chars', level: 'error', needs: [], run: propertyNameChars },
  { name: 'name_is_string', level: 'error', needs: [], run: isString('name') },
  { name: 'name_properties', level: 'error', needs: ['name_is_string'], run: nameProperties },
  { name: 'node_name_vs_property_name', level: 'warning', needs: ['node_name_chars'], run: nodeNameVsPropertyName },
  { name: 'duplicate_label', level: 'error', needs: [], run: duplicateLabels },
  { name: 'explicit_phandles', level: 'error', needs: [], run: explicitPhandles },
  {
    name: 'phandle_references',
    level: 'error',
    needs: ['duplicate_node_names', 'explicit_phandles'],
    run: phandleReferences,
  },
  { name: 'path_references', level: 'error', needs: ['duplicate_node_names'], run: pathReferences },
  {
    name: 'omit_unused_nodes',
    level: 'error',
    needs: ['phandle_references', 'path_references'],
    run: omitUnusedNodes,
  },
];

/** Checks of names that dtc has switched off. */
export const STRICT_NAME_CHECKS: readonly Check[] = [
  { name: 'property_name_chars_strict', level: 'off', needs: [], run: propertyNameCharsStrict },
  { name: 'node_name_chars_strict', level: 'off', needs: [], run: nodeNameCharsStrict },
];
