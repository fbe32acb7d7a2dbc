// Addresses: cells, reg, ranges, and the names that Linux derives from them (Linux: drivers/of/address.c, platform.c).
import type { DtNode, DtProperty } from './tree.js';

/** How many 32-bit cells an address and a size have. */
export interface CellCounts {
  readonly address: number;
  readonly size: number;
}

/** A range in the address space of the node's parent bus. */
export interface RegEntry {
  readonly address: bigint;
  readonly size: bigint;
  /** First cell of a PCI address (space, prefetchable, bus, device, function); 0 on other buses. */
  readonly flags: number;
}

/** One row of `ranges` or `dma-ranges`: `child` addresses appear at `parent`. */
export interface RangeRow {
  readonly child: bigint;
  readonly parent: bigint;
  readonly size: bigint;
  readonly childFlags: number;
  readonly parentFlags: number;
}

/** Linux's limit for address cells (OF_MAX_ADDR_CELLS). */
const MAX_ADDRESS_CELLS = 4;
const MASK_64 = 0xffff_ffff_ffff_ffffn;

/**
 * Cells of a node's own `reg` (Linux: of_n_addr_cells, of_n_size_cells): from the parent, else from further up, else
 * 1 and 1. The specification says 2 and 1 and knows no inheritance; trees are written for Linux.
 */
export function cellCounts(node: DtNode): CellCounts {
  const bus = node.parent ?? node;
  return { address: inherited(bus, '#address-cells'), size: inherited(bus, '#size-cells') };
}

function inherited(from: DtNode, property: string): number {
  for (let node: DtNode | undefined = from; node !== undefined; node = node.parent) {
    const cells = node.u32(property);
    if (cells !== undefined) return cells;
  }
  return 1;
}

/** A kind of bus: its cells, and how many leading cells of an address are flags. */
interface Bus {
  readonly kind: 'pci' | 'flags' | 'default';
  readonly address: number;
  readonly size: number;
}

/** The bus that the children of `bus` sit on. PCI always has 3 and 2 cells, whatever it says. */
function busOf(bus: DtNode): Bus {
  const type = bus.string('device_type');
  if (type === 'pci' || type === 'pciex' || type === 'vci' || type === 'ht' || bus.baseName === 'pcie') {
    return { kind: 'pci', address: 3, size: 2 };
  }
  const counts = { address: inherited(bus, '#address-cells'), size: inherited(bus, '#size-cells') };
  return { kind: counts.address === 3 ? 'flags' : 'default', ...counts };
}

const usable = (bus: Bus): boolean => bus.address > 0 && bus.address <= MAX_ADDRESS_CELLS;

/** A number of any count of cells; more than two lose their upper part (Linux: of_read_number). */
function readNumber(cells: readonly number[]): bigint {
  let value = 0n;
  for (const cell of cells) value = ((value << 32n) | BigInt(cell)) & MASK_64;
  return value;
}

function cellsAt(property: DtProperty, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => property.cell(from + index) ?? 0);
}

/** The rows of `reg`; a rest that is no whole row is left out. Not an address of the CPU before `translate`. */
export function regEntries(node: DtNode): RegEntry[] {
  const property = node.property('reg');
  if (property === undefined || node.parent === undefined) return [];
  const bus = busOf(node.parent);
  const entries: RegEntry[] = [];
  const row = bus.address + bus.size;
  for (let at = 0; row > 0 && at + row <= property.cellCount; at += row) {
    const size = readNumber(cellsAt(property, at + bus.address, bus.size));
    entries.push({ ...split(bus, cellsAt(property, at, bus.address)), size });
  }
  return entries;
}

/** The rows of `ranges` or `dma-ranges` of a bus. Undefined: no such property. Empty: addresses pass unchanged. */
export function ranges(bus: DtNode, property: 'ranges' | 'dma-ranges' = 'ranges'): RangeRow[] | undefined {
  const found = bus.property(property);
  if (found === undefined) return undefined;
  const child = busOf(bus);
  const parent = busOf(bus.parent ?? bus);
  if (!usable(child) || !usable(parent)) return [];
  const rows: RangeRow[] = [];
  const length = child.address + parent.address + child.size;
  for (let at = 0; length > 0 && at + length <= found.cellCount; at += length) {
    const from = split(child, cellsAt(found, at, child.address));
    const to = split(parent, cellsAt(found, at + child.address, parent.address));
    rows.push({
      child: from.address,
      childFlags: from.flags,
      parent: to.address,
      parentFlags: to.flags,
      size: readNumber(cellsAt(found, at + child.address + parent.address, child.size)),
    });
  }
  return rows;
}

/** An address on one bus. */
interface BusAddress {
  readonly address: bigint;
  readonly flags: number;
}

function split(bus: Bus, cells: readonly number[]): BusAddress {
  if (bus.kind === 'default') return { address: readNumber(cells), flags: 0 };
  return { address: readNumber(cells.slice(1)), flags: cells[0] ?? 0 };
}

/**
 * An address on the bus of `node` as the CPU sees it (Linux: of_translate_address), or undefined where the way up is
 * closed: a bus without `ranges`, no row that contains the address, or a bus whose children have no size (i2c, DSI:
 * their `reg` is no address).
 */
export function translate(
  node: DtNode,
  address: bigint,
  flags = 0,
  property: 'ranges' | 'dma-ranges' = 'ranges',
): bigint | undefined {
  const first = node.parent === undefined ? undefined : busOf(node.parent);
  if (first === undefined || !usable(first) || first.size === 0) return undefined;
  let at: BusAddress | undefined = { address, flags };
  for (let bus = node.parent; bus?.parent !== undefined && at !== undefined; bus = bus.parent) {
    const above = busOf(bus.parent);
    at = usable(above) && above.size > 0 ? oneLevel(bus, at, property) : undefined;
  }
  return at?.address;
}

function oneLevel(bus: DtNode, at: BusAddress, property: 'ranges' | 'dma-ranges'): BusAddress | undefined {
  const rows = ranges(bus, property);
  // Without dma-ranges a bus masters memory one to one; without ranges its children cannot be reached.
  if (rows === undefined) return property === 'dma-ranges' ? at : undefined;
  if (bus.property(property)?.length === 0) return at;
  const { kind } = busOf(bus);
  const row = rows.find((candidate) => {
    if (kind === 'pci' && !sameSpace(candidate.childFlags, at.flags)) return false;
    if (kind === 'flags' && candidate.childFlags !== at.flags) return false;
    return at.address >= candidate.child && at.address < candidate.child + candidate.size;
  });
  if (row === undefined) return undefined;
  return { address: (at.address - row.child + row.parent) & MASK_64, flags: row.parentFlags };
}

/** PCI configuration space is no memory: nothing there can be translated. */
function sameSpace(a: number, b: number): boolean {
  const space = pciSpace(a);
  return space !== 'config' && space === pciSpace(b);
}

/** The kind of address space in the first cell of a PCI address (IEEE 1275 PCI binding: `ss`, bits 25 and 24). */
function pciSpace(flags: number): 'config' | 'io' | 'memory' {
  const space = (flags >>> 24) & 3;
  if (space === 0) return 'config';
  return space === 1 ? 'io' : 'memory';
}

/** The CPU address of `reg` row `index` of a node, or undefined when it has none. */
export function cpuAddress(node: DtNode, index = 0): bigint | undefined {
  const entry = regEntries(node)[index];
  return entry === undefined ? undefined : translate(node, entry.address, entry.flags);
}

/** A range of the processor's addresses; both numbers are exact. */
export interface CpuRange {
  readonly start: number;
  readonly size: number;
}

/** `reg` row `index` as the processor sees it; undefined when it is not there, out of reach, or ends beyond 2^53. */
export function cpuRange(node: DtNode, index = 0): CpuRange | undefined {
  const start = cpuAddress(node, index);
  const size = regEntries(node)[index]?.size;
  if (start === undefined || size === undefined) return undefined;
  const range = { start: Number(start), size: Number(size) };
  return Number.isSafeInteger(range.start + range.size) ? range : undefined;
}

/**
 * The name of the platform device that Linux makes of a node (of_device_make_bus_id): `1c000000.ovl`, `soc@0:foo`.
 * A node with a `mask` has the number of the lowest set bit between the two.
 */
export function deviceName(node: DtNode): string {
  let name = '';
  for (let at = node; at.parent !== undefined; at = at.parent) {
    const tail = name === '' ? '' : `:${name}`;
    const address = firstAddress(at);
    if (address !== undefined) return `${address.toString(16)}${maskPart(at)}.${at.baseName}${tail}`;
    name = `${at.name}${tail}`;
  }
  return name;
}

/** Linux translates the first cells of `reg` even when no whole row is there. */
function firstAddress(node: DtNode): bigint | undefined {
  const property = node.property('reg');
  if (property === undefined || node.parent === undefined) return undefined;
  const bus = busOf(node.parent);
  if (!usable(bus) || property.cellCount < bus.address) return undefined;
  const cells = cellsAt(property, 0, bus.address);
  const { address, flags } = split(bus, cells);
  return translate(node, address, flags);
}

function maskPart(node: DtNode): string {
  const mask = node.u32('mask');
  if (mask === undefined) return '';
  // ffs(0) - 1 is printed as an unsigned number.
  return mask === 0 ? '.ffffffff' : `.${(31 - Math.clz32(mask & -mask)).toString(16)}`;
}
