// Checks of buses whose addresses have a form of their own: PCI, simple-bus, I2C, SPI.
import type { DtNode, DtProperty } from '../tree.js';
import type { Bus, Check, CheckContext } from './check-context.js';
import { addressCellsOr2, sizeCellsOr1 } from './checks-address.js';

const I2C_OWN_SLAVE_ADDRESS = 0x40000000;
const I2C_TEN_BIT_ADDRESS = 0x80000000;

function cellsMustBe(node: DtNode, c: CheckContext, bus: Bus, address: number, size: number): void {
  if (addressCellsOr2(node) !== address) c.fail(node, 'busAddressCells', { bus, value: address });
  if (sizeCellsOr1(node) !== size) c.fail(node, 'busSizeCells', { bus, value: size });
}

function unitAddressMustBe(node: DtNode, c: CheckContext, bus: Bus, expected: string): void {
  if ((node.unitAddress ?? '') !== expected) c.fail(node, 'unitAddress', { bus, expected });
}

/** Runs only for nodes on that bus. */
function onBus(bus: Bus, run: (node: DtNode, parent: DtNode, c: CheckContext) => void): Check['run'] {
  return (node, c) => {
    const { parent } = node;
    if (parent !== undefined && c.buses.get(parent) === bus) run(node, parent, c);
  };
}

function pciBridge(node: DtNode, c: CheckContext): void {
  if (node.string('device_type') !== 'pci') return;
  c.buses.set(node, 'PCI');
  if (node.baseName !== 'pci' && node.baseName !== 'pcie') c.fail(node, 'pciName');
  if (node.property('ranges') === undefined) c.fail(node, 'pciNoRanges');
  cellsMustBe(node, c, 'PCI', 3, 2);
  const range = node.property('bus-range');
  if (range === undefined) return;
  if (range.length !== 8) return c.fail(node, 'busRangeLength', {}, range);
  const [first, last] = range.cells() as [number, number];
  if (first > last) c.fail(node, 'busRangeOrder', {}, range);
  if (last > 255) c.fail(node, 'busRangeMax', {}, range);
}

/** dtc 1.6.1 takes the first cell of `bus-range` for the last bus, too; later releases do not, and neither do we. */
function pciDeviceBusNum(node: DtNode, parent: DtNode, c: CheckContext): void {
  const reg = node.property('reg');
  if (reg === undefined) return;
  const value = ((reg.cell(0) ?? 0) >>> 16) & 0xff;
  const range = parent.property('bus-range');
  const first = range?.cell(0) ?? 0;
  const last = range?.cell(1) ?? 0;
  if (value < first || value > last) c.fail(node, 'pciBusNumber', { value, first, last }, reg);
}

function pciDeviceReg(node: DtNode, _: DtNode, c: CheckContext): void {
  const reg = node.property('reg');
  if (reg === undefined) return;
  if ((reg.cell(1) ?? 0) !== 0 || (reg.cell(2) ?? 0) !== 0) c.fail(node, 'pciRegRest', {}, reg);
  const address = reg.cell(0) ?? 0;
  if (address >>> 24 !== 0) c.fail(node, 'pciRegSpace', {}, reg);
  if ((address & 0xff) !== 0) c.fail(node, 'pciRegRegister', {}, reg);
  const device = ((address & 0xf800) >>> 11).toString(16);
  const func = (address & 0x700) >>> 8;
  if (func !== 0 || node.unitAddress !== device) unitAddressMustBe(node, c, 'PCI', `${device},${func}`);
}

function simpleBusBridge(node: DtNode, c: CheckContext): void {
  if (node.compatible.includes('simple-bus')) c.buses.set(node, 'simple-bus');
}

/** `reg`, or the parent address of the first row of `ranges`: where the unit address comes from, and at which cell. */
function firstAddress(node: DtNode): { property: DtProperty; cell: number } | undefined {
  const reg = node.property('reg');
  if (reg !== undefined) return { property: reg, cell: 0 };
  const ranges = node.property('ranges');
  if (ranges === undefined || ranges.length === 0) return undefined;
  return { property: ranges, cell: addressCellsOr2(node) };
}

function simpleBusReg(node: DtNode, parent: DtNode, c: CheckContext): void {
  const from = firstAddress(node);
  if (from === undefined || from.property.length === 0) {
    if (parent.parent !== undefined && c.buses.get(node) !== 'simple-bus') c.fail(node, 'missingReg');
    return;
  }
  let address = 0n;
  const count = Math.min(addressCellsOr2(parent), from.property.cellCount);
  for (let i = 0; i < count; i++) {
    address = BigInt.asUintN(64, (address << 32n) | BigInt(from.property.cell(from.cell + i) ?? 0));
  }
  unitAddressMustBe(node, c, 'simple-bus', address.toString(16));
}

function i2cBusBridge(node: DtNode, c: CheckContext): void {
  const name = node.baseName;
  if (name !== 'i2c' && name !== 'i2c-bus' && name !== 'i2c-arb') return;
  c.buses.set(node, 'I2C');
  if (node.children.length > 0) cellsMustBe(node, c, 'I2C', 1, 0);
}

function i2cBusReg(node: DtNode, _: DtNode, c: CheckContext): void {
  const reg = node.property('reg');
  if (reg === undefined || reg.length === 0) return c.fail(node, 'missingBusReg');
  const addresses = reg.cells().map((cell) => (cell & ~I2C_OWN_SLAVE_ADDRESS) >>> 0);
  unitAddressMustBe(node, c, 'I2C', (addresses[0] ?? 0).toString(16));
  for (const address of addresses) {
    const value = `0x${address.toString(16)}`;
    if (address >= I2C_TEN_BIT_ADDRESS) {
      if (address - I2C_TEN_BIT_ADDRESS > 0x3ff) c.fail(node, 'i2cTenBits', { value }, reg);
    } else if (address > 0x7f) c.fail(node, 'i2cSevenBits', { value }, reg);
  }
}

function spiBusBridge(node: DtNode, c: CheckContext): void {
  if (node.baseName === 'spi') c.buses.set(node, 'SPI');
  else if (addressCellsOr2(node) === 1 && sizeCellsOr1(node) === 0 && node.children.some(hasSpiProperty)) {
    c.buses.set(node, 'SPI');
    if (node.property('reg') !== undefined) c.fail(node, 'spiName');
  }
  if (c.buses.get(node) !== 'SPI' || node.children.length === 0) return;
  cellsMustBe(node, c, 'SPI', node.property('spi-slave') === undefined ? 1 : 0, 0);
}

function hasSpiProperty(node: DtNode): boolean {
  return node.properties.some((property) => property.name.startsWith('spi-'));
}

function spiBusReg(node: DtNode, parent: DtNode, c: CheckContext): void {
  if (parent.property('spi-slave') !== undefined) return;
  const reg = node.property('reg');
  if (reg === undefined || reg.length === 0) return c.fail(node, 'missingBusReg');
  unitAddressMustBe(node, c, 'SPI', (reg.cell(0) ?? 0).toString(16));
}

function warning(name: string, needs: readonly string[], run: Check['run']): Check {
  return { name, level: 'warning', needs, run };
}

/** Bridges and devices of these buses. */
export const BUS_CHECKS: readonly Check[] = [
  warning('pci_bridge', ['device_type_is_string', 'addr_size_cells'], pciBridge),
  warning('pci_device_reg', ['reg_format', 'pci_bridge'], onBus('PCI', pciDeviceReg)),
  warning('pci_device_bus_num', ['reg_format', 'pci_bridge'], onBus('PCI', pciDeviceBusNum)),
  warning('simple_bus_bridge', ['addr_size_cells', 'compatible_is_string_list'], simpleBusBridge),
  warning('simple_bus_reg', ['reg_format', 'simple_bus_bridge'], onBus('simple-bus', simpleBusReg)),
  warning('i2c_bus_bridge', ['addr_size_cells'], i2cBusBridge),
  warning('i2c_bus_reg', ['reg_format', 'i2c_bus_bridge'], onBus('I2C', i2cBusReg)),
  warning('spi_bus_bridge', ['addr_size_cells'], spiBusBridge),
  warning('spi_bus_reg', ['reg_format', 'spi_bus_bridge'], onBus('SPI', spiBusReg)),
];
