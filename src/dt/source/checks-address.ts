// Checks of addresses: lengths of reg and ranges, unit addresses, cells that count them.
import type { DtNode, DtProperty } from '../tree.js';
import type { Check, CheckContext } from './check-context.js';

/** Nodes of one address that are compared with each other; without a limit a hostile tree would take ages. */
const MAX_SAME = 100;

/** `#address-cells` of a node, for its children; -1 when it has none. */
export function addressCells(node: DtNode): number {
  return (node.u32('#address-cells') ?? -1) | 0;
}

/** `#size-cells` of a node, for its children; -1 when it has none. */
export function sizeCells(node: DtNode): number {
  return (node.u32('#size-cells') ?? -1) | 0;
}

/** As {@link addressCells}, with the default of 2. */
export function addressCellsOr2(node: DtNode): number {
  const cells = addressCells(node);
  return cells === -1 ? 2 : cells;
}

/** As {@link sizeCells}, with the default of 1. */
export function sizeCellsOr1(node: DtNode): number {
  const cells = sizeCells(node);
  return cells === -1 ? 1 : cells;
}

function isMultiple(length: number, entry: number): boolean {
  return entry === 0 ? length === 0 : length % entry === 0;
}

function regFormat(node: DtNode, c: CheckContext): void {
  const reg = node.property('reg');
  if (reg === undefined) return;
  const { parent } = node;
  if (parent === undefined) return c.fail(node, 'rootReg', { name: 'reg' });
  if (reg.length === 0) c.fail(node, 'emptyProperty', {}, reg);
  const address = addressCellsOr2(parent);
  const size = sizeCellsOr1(parent);
  if (!isMultiple(reg.length, (address + size) * 4))
    c.fail(node, 'regLength', { length: reg.length, address, size }, reg);
}

function rangesFormat(name: string): Check['run'] {
  return (node, c) => {
    const ranges = node.property(name);
    if (ranges === undefined) return;
    if (node.parent === undefined) c.fail(node, 'rootReg', { name }, ranges);
    else rangesOf(node, node.parent, ranges, c);
  };
}

function rangesOf(node: DtNode, above: DtNode, ranges: DtProperty, c: CheckContext): void {
  const address = addressCellsOr2(node);
  const size = sizeCellsOr1(node);
  const parent = addressCellsOr2(above);
  const { length } = ranges;
  if (length > 0) {
    if (isMultiple(length, (parent + address + size) * 4)) return;
    return c.fail(node, 'rangesLength', { length, parent, address, size }, ranges);
  }
  const where = above.path;
  if (parent !== address) c.fail(node, 'rangesEmptyAddress', { own: address, other: parent, parent: where }, ranges);
  const parentSize = sizeCellsOr1(above);
  if (parentSize !== size) c.fail(node, 'rangesEmptySize', { own: size, other: parentSize, parent: where }, ranges);
}

function unitAddressVsReg(node: DtNode, c: CheckContext): void {
  if (node.child('__overlay__') !== undefined) return;
  const ranges = node.property('ranges');
  const addressed = node.property('reg') !== undefined || (ranges !== undefined && ranges.length > 0);
  const named = (node.unitAddress ?? '') !== '';
  if (addressed && !named) c.fail(node, 'noUnitAddress');
  if (!addressed && named) c.fail(node, 'noReg');
}

function unitAddressFormat(node: DtNode, c: CheckContext): void {
  if (node.parent !== undefined && c.buses.has(node.parent)) return;
  let unit = node.unitAddress ?? '';
  if (unit.startsWith('0x')) {
    c.fail(node, 'unit0x');
    unit = unit.slice(2);
  }
  if (/^0[0-9a-fA-F]/.test(unit)) c.fail(node, 'unitZeros');
}

function avoidDefaultAddrSize(node: DtNode, c: CheckContext): void {
  const { parent } = node;
  if (parent === undefined) return;
  if (node.property('reg') === undefined && node.property('ranges') === undefined) return;
  if (addressCells(parent) === -1) c.fail(node, 'defaultAddressCells');
  if (sizeCells(parent) === -1) c.fail(node, 'defaultSizeCells');
}

function avoidUnnecessaryAddrSize(node: DtNode, c: CheckContext): void {
  if (node.parent === undefined || node.children.length === 0) return;
  if (addressCells(node) < 0 || sizeCells(node) < 0 || node.property('ranges') !== undefined) return;
  if (!node.children.some((child) => child.property('reg') !== undefined)) c.fail(node, 'unnecessaryCells');
}

function uniqueUnitAddress(onlyEnabled: boolean): Check['run'] {
  return (node, c) => {
    if (node.children.length < 2 || addressCells(node) < 0 || sizeCells(node) < 0) return;
    const seen = new Map<string, DtNode[]>();
    for (const child of node.children) {
      const unit = child.unitAddress ?? '';
      if (unit === '' || (onlyEnabled && child.string('status') === 'disabled')) continue;
      const same = seen.get(unit);
      if (same === undefined) seen.set(unit, [child]);
      else {
        for (const first of same) c.fail(first, 'sameUnitAddress', { other: child.path });
        if (same.length < MAX_SAME) same.push(child);
      }
    }
  };
}

/** Lengths of addresses and whether names agree with them. */
export const ADDRESS_CHECKS: readonly Check[] = [
  {
    name: 'addr_size_cells',
    level: 'warning',
    needs: ['address_cells_is_cell', 'size_cells_is_cell'],
    run: () => {}, // dtc remembers the cells here; we read them where they are needed
  },
  { name: 'reg_format', level: 'warning', needs: ['addr_size_cells'], run: regFormat },
  { name: 'ranges_format', level: 'warning', needs: ['addr_size_cells'], run: rangesFormat('ranges') },
  { name: 'dma_ranges_format', level: 'warning', needs: ['addr_size_cells'], run: rangesFormat('dma-ranges') },
  { name: 'unit_address_vs_reg', level: 'warning', needs: [], run: unitAddressVsReg },
  {
    name: 'unit_address_format',
    level: 'warning',
    needs: ['node_name_format', 'pci_bridge', 'simple_bus_bridge'],
    run: unitAddressFormat,
  },
];

/** Cells that are missing or useless, addresses that two nodes share. */
export const ADDRESS_STYLE_CHECKS: readonly Check[] = [
  { name: 'avoid_default_addr_size', level: 'warning', needs: ['addr_size_cells'], run: avoidDefaultAddrSize },
  {
    name: 'avoid_unnecessary_addr_size',
    level: 'warning',
    needs: ['avoid_default_addr_size'],
    run: avoidUnnecessaryAddrSize,
  },
  { name: 'unique_unit_address', level: 'warning', needs: ['avoid_default_addr_size'], run: uniqueUnitAddress(false) },
  {
    name: 'unique_unit_address_if_enabled',
    level: 'off',
    needs: ['avoid_default_addr_size'],
    run: uniqueUnitAddress(true),
  },
];
