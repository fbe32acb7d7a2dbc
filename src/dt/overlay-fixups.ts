// Gives the phandles of an overlay numbers that fit the base tree, and puts in those that it takes from there.
import { hexNumber } from '../base/bytes.js';
import type { Diagnostic } from '../base/diagnostic.js';
import { readCell, writeCell } from './cells.js';
import { dtDiagnostic } from './messages.js';
import { libfdtChild, libfdtPath, phandleOf } from './overlay-fragments.js';
import { suggestion } from './suggestion.js';
import type { DtNode, DtProperty, DtTree } from './tree.js';

/**
 * Moves the overlay's own phandles above those of the base: in `phandle` properties and where `__local_fixups__`
 * says.
 */
export function resolveLocalPhandles(base: DtTree, overlay: DtTree, diagnostics: Diagnostic[]): void {
  const delta = maxPhandle(base);
  for (const node of overlay.root.walk()) {
    for (const property of node.properties) {
      if (property.name === 'phandle' || property.name === 'linux,phandle') raise(node, property, delta, diagnostics);
    }
  }
  const fixups = libfdtChild(overlay.root, '__local_fixups__');
  if (fixups !== undefined) shiftReferences(overlay.root, fixups, delta, diagnostics);
}

/** The highest valid phandle of a tree, 0 when it has none (libfdt: fdt_find_max_phandle). */
function maxPhandle(tree: DtTree): number {
  let max = 0;
  for (const node of tree.root.walk()) {
    const phandle = phandleOf(node);
    if (phandle > max && phandle !== 0xffffffff) max = phandle;
  }
  return max;
}

function raise(node: DtNode, property: DtProperty, delta: number, diagnostics: Diagnostic[]): void {
  const where = node.path;
  const { name, length } = property;
  if (length !== 4) {
    diagnostics.push(dtDiagnostic('dt/overlay/bad-phandle', { name, length }, where));
    return;
  }
  const phandle = property.cell(0) as number;
  if (phandle + delta >= 0xffffffff) {
    diagnostics.push(
      dtDiagnostic('dt/overlay/phandle-overflow', { phandle: hexNumber(phandle), delta: hexNumber(delta) }, where),
    );
  } else property.value = patched(property, 0, phandle + delta);
}

/** `fixups` mirrors `node`: each of its properties lists byte offsets of phandles in the property of the same name. */
function shiftReferences(node: DtNode, fixups: DtNode, delta: number, diagnostics: Diagnostic[]): void {
  const bad = (place: string, what: string): void => {
    diagnostics.push(dtDiagnostic('dt/overlay/bad-local-fixup', { place, what }, fixups.path));
  };
  for (const list of fixups.properties) {
    const property = node.property(list.name);
    const place = `${node.path}:${list.name}`;
    if (property === undefined) bad(place, 'no such property');
    else if (list.length % 4 !== 0) bad(place, `${list.length} bytes are no list of offsets`);
    else {
      for (const offset of list.cells()) {
        if (offset + 4 > property.length) bad(place, `byte ${offset} of ${property.length}`);
        else property.value = patched(property, offset, (readCell(property.value, offset) + delta) >>> 0);
      }
    }
  }
  for (const child of fixups.children) {
    const into = libfdtChild(node, child.name);
    if (into === undefined) bad(`${node.path}/${child.name}`, 'no such node');
    else shiftReferences(into, child, delta, diagnostics);
  }
}

/** `path:property:offset`, an entry of `__fixups__`. */
const FIXUP = /^([^:]+):([^:]+):(0x[0-9a-fA-F]+|\d+)$/;

/** Puts the phandles of the base's labelled nodes where `__fixups__` asks for them. */
export function resolveFixups(base: DtTree, overlay: DtTree, diagnostics: Diagnostic[]): void {
  const symbols = libfdtChild(base.root, '__symbols__');
  for (const fixup of libfdtChild(overlay.root, '__fixups__')?.properties ?? []) {
    const place = placeOf(base, overlay, fixup);
    const phandle = labelPhandle(base, symbols, fixup.name, place, diagnostics);
    if (fixup.value.at(-1) !== 0) {
      const values = { entry: fixup.string() ?? '', label: fixup.name };
      diagnostics.push({ ...dtDiagnostic('dt/overlay/bad-fixup', values), ...place });
      continue;
    }
    for (const entry of fixup.strings()) {
      const problem = applyFixup(overlay, entry, fixup.name, phandle);
      if (problem !== undefined) diagnostics.push(problem);
    }
  }
}

type Place = Pick<Diagnostic, 'where' | 'at' | 'via'>;

/** Where the overlay asks for a label: the first property that does, as far as its source is known. */
function placeOf(base: DtTree, overlay: DtTree, fixup: DtProperty): Place {
  const [, path = '', name = ''] = FIXUP.exec(fixup.string() ?? '') ?? [];
  const node = path === '' ? undefined : libfdtPath(overlay, path);
  const origins = [node?.property(name)?.origin, node?.origin];
  const origin = origins.find((offset) => offset !== undefined && offset >= 0);
  return { where: `/__fixups__:${fixup.name}`, ...(origin === undefined ? {} : base.source?.locate(origin)) };
}

function labelPhandle(
  base: DtTree,
  symbols: DtNode | undefined,
  label: string,
  place: Place,
  diagnostics: Diagnostic[],
): number {
  if (symbols === undefined) {
    diagnostics.push({ ...dtDiagnostic('dt/overlay/no-symbols', { label }), ...place });
    return 0;
  }
  const path = symbols.string(label);
  if (path === undefined) {
    const hint = suggestion(
      label,
      symbols.properties.map((property) => property.name),
    );
    diagnostics.push({ ...dtDiagnostic('dt/overlay/unknown-label', { label, hint }), ...place });
    return 0;
  }
  const node = libfdtPath(base, path);
  const phandle = node === undefined ? 0 : phandleOf(node);
  if (node === undefined) diagnostics.push({ ...dtDiagnostic('dt/overlay/dangling-label', { label, path }), ...place });
  else if (phandle === 0) {
    diagnostics.push({ ...dtDiagnostic('dt/overlay/label-without-phandle', { label, path }), ...place });
  }
  return phandle;
}

/** One `path:property:offset`; what is wrong with it, or undefined. */
function applyFixup(overlay: DtTree, entry: string, label: string, phandle: number): Diagnostic | undefined {
  const where = `/__fixups__:${label}`;
  const parts = FIXUP.exec(entry);
  if (parts === null) return dtDiagnostic('dt/overlay/bad-fixup', { entry, label }, where);
  const [, path, name, text] = parts as unknown as [string, string, string, string];
  const offset = Number(text);
  const node = libfdtPath(overlay, path);
  const property = node?.property(name);
  if (property !== undefined && offset + 4 <= property.length) {
    property.value = patched(property, offset, phandle);
    return undefined;
  }
  const missing = node === undefined ? `no node ${path}` : `no property ${name}`;
  const what = property === undefined ? missing : `byte ${offset} of ${property.length}`;
  return dtDiagnostic('dt/overlay/fixup-target', { entry, label, what }, where);
}

/** The value with one number replaced; the old bytes may belong to a blob and stay as they are. */
function patched(property: DtProperty, offset: number, number: number): Uint8Array {
  const bytes = property.value.slice();
  writeCell(bytes, offset, number);
  return bytes;
}
