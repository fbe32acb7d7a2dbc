// Interrupts: from a node to the controller and the cells that it gets (Linux: drivers/of/irq.c).
import { phandleArgs } from './references.js';
import type { DtNode, DtProperty, DtTree } from './tree.js';

/** Where an interrupt ends, or why it does not. */
export type Interrupt =
  | { readonly kind: 'interrupt'; readonly controller: DtNode; readonly cells: readonly number[] }
  | { readonly kind: 'none'; readonly reason: string };

/** Cells that Linux can hold for one interrupt (MAX_PHANDLE_ARGS). */
const MAX_CELLS = 16;
/** Nexus nodes on the way; more can only be a circle. */
const MAX_HOPS = 64;

const none = (reason: string): Interrupt => ({ kind: 'none', reason });

/**
 * The interrupt parent: by `interrupt-parent` or the parent node, upwards to one with `#interrupt-cells`
 * (of_irq_find_parent).
 */
export function interruptParent(tree: DtTree, node: DtNode): DtNode | undefined {
  let at: DtNode | undefined = node;
  const seen = new Set<DtNode>();
  do {
    const phandle: number | undefined = at.u32('interrupt-parent');
    at = phandle === undefined ? at.parent : tree.byPhandle(phandle);
    if (at === undefined || seen.has(at)) return undefined;
    seen.add(at);
  } while (at.property('#interrupt-cells') === undefined);
  return at;
}

/** How many interrupts a node has (of_irq_count); those without a controller count too. */
export function interruptCount(tree: DtTree, node: DtNode): number {
  if (node.property('interrupts-extended') !== undefined) {
    return phandleArgs(tree, node, 'interrupts-extended', '#interrupt-cells').entries.length;
  }
  const cells = interruptParent(tree, node)?.u32('#interrupt-cells') ?? 0;
  return cells === 0 ? 0 : Math.floor((node.property('interrupts')?.cellCount ?? 0) / cells);
}

/** Interrupt `index` of a node, followed through every nexus (of_irq_parse_one). */
export function interrupt(tree: DtTree, node: DtNode, index = 0): Interrupt {
  const extended = fromExtended(tree, node, index);
  const found = node.property('interrupts');
  // Linux tries interrupts-extended first and takes interrupts when that cannot be read.
  if (typeof extended !== 'string') return follow(tree, node, extended.controller, extended.cells);
  if (found === undefined) return none(extended);
  const controller = interruptParent(tree, node);
  if (controller === undefined) return none('no interrupt parent: no node on the way has #interrupt-cells');
  const count = controller.u32('#interrupt-cells');
  if (count === undefined) return none(`#interrupt-cells of ${controller.path} cannot be read`);
  if (count > MAX_CELLS) return none(`${controller.path} wants ${count} cells, Linux has room for ${MAX_CELLS}`);
  if ((index + 1) * count > found.cellCount) {
    return none(`interrupt ${index} needs cells up to ${(index + 1) * count}, interrupts has ${found.cellCount}`);
  }
  const cells = Array.from({ length: count }, (_, cell) => found.cell(index * count + cell) as number);
  return follow(tree, node, controller, cells);
}

/** An entry of `interrupts-extended`, or why there is none. */
function fromExtended(
  tree: DtTree,
  node: DtNode,
  index: number,
): string | { controller: DtNode; cells: readonly number[] } {
  const { entries, fault } = phandleArgs(tree, node, 'interrupts-extended', '#interrupt-cells');
  const entry = entries[index];
  if (entry?.node !== undefined) return { controller: entry.node, cells: entry.args };
  if (entry !== undefined) return `entry ${index} of interrupts-extended is empty`;
  if (fault !== undefined) return `interrupts-extended: ${fault}`;
  if (entries.length > 0) return `interrupts-extended has ${entries.length} entries, no entry ${index}`;
  return 'the node has neither interrupts nor interrupts-extended';
}

/** What is looked up in an interrupt-map: a unit address and a specifier. */
interface Search {
  readonly unit: readonly number[];
  readonly cells: readonly number[];
}

/** Walks from nexus to nexus up to a controller (of_irq_parse_raw). */
function follow(tree: DtTree, node: DtNode, start: DtNode, specifier: readonly number[]): Interrupt {
  const reg = node.property('reg');
  let at = start;
  let search: Search = { unit: unitOf(reg, addressCells(start)), cells: specifier };
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const map = at.property('interrupt-map');
    if (map === undefined) {
      if (at.property('interrupt-controller') !== undefined) {
        return { kind: 'interrupt', controller: at, cells: search.cells };
      }
      const above = interruptParent(tree, at);
      if (above === undefined) return none(`${at.path} is no interrupt controller and has no interrupt parent`);
      at = above;
      continue;
    }
    if (search.unit.length > 0 && reg === undefined) return none('the node has no reg to look up in the interrupt map');
    const row = findRow(tree, at, map, search);
    if (typeof row === 'string') return none(row);
    if (row.parent === at) return { kind: 'interrupt', controller: at, cells: row.cells };
    at = row.parent;
    search = row;
  }
  return none(`the interrupt maps from ${start.path} on go in a circle`);
}

interface Row extends Search {
  readonly parent: DtNode;
}

/** The first row of an interrupt map that fits, or why there is none. */
function findRow(tree: DtTree, nexus: DtNode, map: DtProperty, search: Search): Row | string {
  const key = [...search.unit, ...search.cells];
  const mask = nexus.property('interrupt-map-mask');
  if (key.length > MAX_CELLS) return `${nexus.path} looks up ${key.length} cells, Linux has room for ${MAX_CELLS}`;
  for (let at = 0; map.cellCount - at > key.length + 1; ) {
    const fits = key.every((cell, i) => (((map.cell(at + i) as number) ^ cell) & (mask?.cell(i) ?? 0xffffffff)) === 0);
    at += key.length;
    const parent = tree.byPhandle(map.cell(at) as number);
    if (parent === undefined) return `interrupt-map of ${nexus.path}: no node has the phandle ${map.cell(at)}`;
    const cells = parent.u32('#interrupt-cells');
    if (cells === undefined) return `interrupt-map of ${nexus.path}: ${parent.path} has no #interrupt-cells`;
    const unit = parent.u32('#address-cells') ?? 0;
    at += 1;
    if (unit + cells > MAX_CELLS || at + unit + cells > map.cellCount) {
      return `interrupt-map of ${nexus.path}: a row for ${parent.path} is cut short`;
    }
    if (fits && parent.available) return { parent, unit: read(map, at, unit), cells: read(map, at + unit, cells) };
    at += unit + cells;
  }
  return `interrupt-map of ${nexus.path} has no row for ${key.map((cell) => `0x${cell.toString(16)}`).join(' ')}`;
}

function read(property: DtProperty, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => property.cell(from + index) as number);
}

/** Unit address for the look-up: the first cells of `reg`, zeros where there are none. */
function unitOf(reg: DtProperty | undefined, count: number): number[] {
  return Array.from({ length: Math.min(count, MAX_CELLS + 1) }, (_, index) => reg?.cell(index) ?? 0);
}

/** `#address-cells` for interrupt maps: looked for upwards, 2 when nobody has one (an old habit that Linux keeps). */
function addressCells(from: DtNode): number {
  for (let node: DtNode | undefined = from; node !== undefined; node = node.parent) {
    const cells = node.u32('#address-cells');
    if (cells !== undefined) return cells;
  }
  return 2;
}
