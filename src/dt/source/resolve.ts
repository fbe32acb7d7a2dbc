// References become numbers and paths. In dtc these steps are checks; so they are here, and the order is one table.
import { encodeLatin1 } from '../latin1.js';
import type { DtNode, DtProperty, Marker } from '../tree.js';
import type { CheckContext } from './check-context.js';
import { retain } from './builder.js';
import { isPhandle } from './phandles.js';

function markerOf(property: DtProperty, kind: Marker['kind']): Marker | undefined {
  const { markers } = property;
  for (let i = 0; i < markers.length; i++) if ((markers[i] as Marker).kind === kind) return markers[i];
  return undefined;
}

/** The number that a `phandle` or `linux,phandle` property gives its node; 0 when there is none or it is unusable. */
function givenPhandle(node: DtNode, c: CheckContext, name: string): number {
  const property = node.property(name);
  if (property === undefined) return 0;
  if (property.length !== 4) {
    c.fail(node, 'phandleLength', { length: property.length }, property);
    return 0;
  }
  const reference = markerOf(property, 'phandle');
  if (reference !== undefined && c.origin !== undefined) {
    if (c.origin.target(reference.ref) !== node) c.fail(node, 'phandleOther', { name });
    return 0;
  }
  const phandle = property.cell(0) as number;
  if (isPhandle(phandle)) return phandle;
  c.fail(node, 'phandleValue', { value: `0x${phandle.toString(16)}` }, property);
  return 0;
}

/** `explicit_phandles`: numbers that the source gives. */
export function explicitPhandles(node: DtNode, c: CheckContext): void {
  const phandle = givenPhandle(node, c, 'phandle');
  const linux = givenPhandle(node, c, 'linux,phandle');
  if (phandle === 0 && linux === 0) return;
  if (phandle !== 0 && linux !== 0 && phandle !== linux) c.fail(node, 'phandleMismatch');
  const number = phandle === 0 ? linux : phandle;
  const other = c.phandles.node(number);
  if (other === undefined || other === node) c.phandles.set(node, number);
  else c.fail(node, 'phandleDuplicate', { value: `0x${number.toString(16)}`, other: other.path });
}

/** `phandle_references`: numbers into cells. In an overlay an unknown label is left for the base tree. */
export function phandleReferences(node: DtNode, c: CheckContext): void {
  const { origin } = c;
  if (origin === undefined) return; // the tree is resolved already
  const { properties } = node;
  // Numbers may be appended to this very node while it is walked.
  for (let i = 0; i < properties.length; i++) {
    const property = properties[i] as DtProperty;
    for (const marker of property.markers) {
      if (marker.kind !== 'phandle') continue;
      const target = origin.target(marker.ref);
      if (target === undefined) {
        if (!c.tree.plugin) c.fail(node, 'noTarget', { ref: marker.ref }, property);
        continue;
      }
      property.setCell(marker.offset, c.phandles.of(target));
      c.referenced.add(target);
    }
  }
}

/** `path_references`: paths into values. */
export function pathReferences(node: DtNode, c: CheckContext): void {
  if (c.origin === undefined) return; // the tree is resolved already
  for (const property of node.properties) {
    if (markerOf(property, 'path') !== undefined) insertPaths(node, property, c);
  }
}

function insertPaths(node: DtNode, property: DtProperty, c: CheckContext): void {
  const old = property.value;
  const parts: Uint8Array[] = [];
  let copied = 0;
  let shift = 0;
  const markers = property.markers.map((marker) => {
    const at = { ...marker, offset: marker.offset + shift };
    if (marker.kind !== 'path') return at;
    const target = c.origin?.target(marker.ref);
    if (target === undefined) {
      c.fail(node, 'noTarget', { ref: marker.ref }, property);
      return at;
    }
    c.referenced.add(target);
    const path = encodeLatin1(`${target.path}\0`);
    parts.push(old.subarray(copied, marker.offset), path);
    copied = marker.offset;
    shift += path.length;
    return at;
  });
  parts.push(old.subarray(copied));
  const value = new Uint8Array(old.length + shift);
  let at = 0;
  for (const part of parts) {
    value.set(part, at);
    at += part.length;
  }
  property.value = value;
  property.markers = markers;
}

/** `omit_unused_nodes`: nodes with /omit-if-no-ref/ that nothing refers to go. */
export function omitUnusedNodes(node: DtNode, c: CheckContext): void {
  const origin = c.origin;
  if (origin === undefined || !origin.omit.has(node) || c.referenced.has(node)) return;
  if (origin.symbols && (node.labels.length > 0 || origin.onceLabelled.has(node))) return;
  for (const gone of node.walk()) c.phandles.forget(gone);
  origin.drop(node);
  c.refresh();
}

/** `name_properties`: a `name` property that repeats the node's name is not compiled, any other is wrong. */
export function nameProperties(node: DtNode, c: CheckContext): void {
  const property = node.property('name');
  if (property === undefined) return;
  const value = property.string() ?? '';
  if (property.length !== node.baseName.length + 1 || value !== node.baseName) c.fail(node, 'wrongName', { value });
  else if (c.origin !== undefined) retain(node.properties, (p) => p !== property);
}
