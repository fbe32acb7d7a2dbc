// Checks of properties that refer to a provider and give it arguments: clocks, resets, GPIOs, interrupts and the like.
import type { DtNode, DtProperty } from '../tree.js';
import type { Check, CheckContext } from './check-context.js';
import { isCell } from './checks-types.js';
import { isPhandle } from './phandles.js';

/** Property with references, property of the provider that says how many cells follow, prefix of the checks' names. */
interface Provider {
  readonly check: string;
  readonly property: string;
  readonly cells: string;
  /** Without the cells property no cells follow. */
  readonly optional?: true;
}

const PROVIDERS: readonly Provider[] = [
  { check: 'clocks', property: 'clocks', cells: '#clock-cells' },
  { check: 'cooling_device', property: 'cooling-device', cells: '#cooling-cells' },
  { check: 'dmas', property: 'dmas', cells: '#dma-cells' },
  { check: 'hwlocks', property: 'hwlocks', cells: '#hwlock-cells' },
  { check: 'interrupts_extended', property: 'interrupts-extended', cells: '#interrupt-cells' },
  { check: 'io_channels', property: 'io-channels', cells: '#io-channel-cells' },
  { check: 'iommus', property: 'iommus', cells: '#iommu-cells' },
  { check: 'mboxes', property: 'mboxes', cells: '#mbox-cells' },
  { check: 'msi_parent', property: 'msi-parent', cells: '#msi-cells', optional: true },
  { check: 'mux_controls', property: 'mux-controls', cells: '#mux-control-cells' },
  { check: 'phys', property: 'phys', cells: '#phy-cells' },
  { check: 'power_domains', property: 'power-domains', cells: '#power-domain-cells' },
  { check: 'pwms', property: 'pwms', cells: '#pwm-cells' },
  { check: 'resets', property: 'resets', cells: '#reset-cells' },
  { check: 'sound_dai', property: 'sound-dai', cells: '#sound-dai-cells' },
  { check: 'thermal_sensors', property: 'thermal-sensors', cells: '#thermal-sensor-cells' },
];

/** Walks the references of a property: each is followed by as many cells as its provider asks for. */
function phandleArgs(node: DtNode, property: DtProperty, c: CheckContext, provider: Omit<Provider, 'check'>): void {
  const { length, markers } = property;
  if (length % 4 !== 0) return c.fail(node, 'wholeCells', { length }, property);
  const references = new Set(markers.map((m) => (m.kind === 'phandle' ? m.offset : -1)));
  for (let cell = 0; cell < property.cellCount; ) {
    const phandle = property.cell(cell) as number;
    if (!isPhandle(phandle)) {
      if (c.tree.plugin) return; // left for the base tree: nothing is known of it
      cell++; // 0 and ffffffff leave out an entry
      continue;
    }
    if (markers.length > 0 && !references.has(cell * 4)) c.fail(node, 'notReference', { cell }, property);
    const count = argCount(node, property, c, provider, cell, phandle);
    if (count === undefined) return;
    cell += count + 1;
    if (cell > property.cellCount) return c.fail(node, 'tooFewCells', { length, cells: count }, property);
  }
}

function argCount(
  node: DtNode,
  property: DtProperty,
  c: CheckContext,
  { cells, optional }: Omit<Provider, 'check'>,
  cell: number,
  phandle: number,
): number | undefined {
  const target = c.phandles.node(phandle);
  if (target === undefined) {
    c.fail(node, 'noPhandleNode', { cell }, property);
    return undefined;
  }
  const count = target.u32(cells);
  if (count !== undefined || optional === true) return count ?? 0;
  c.fail(node, 'noCellsProperty', { cells, provider: target.path, cell, name: property.name });
  return undefined;
}

function isGpio(name: string): boolean {
  return !name.endsWith(',nr-gpios') && /(^|-)gpios?$/.test(name);
}

function gpios(node: DtNode, c: CheckContext): void {
  if (node.property('gpio-hog') !== undefined) return;
  for (const property of node.properties) {
    if (isGpio(property.name)) phandleArgs(node, property, c, { property: property.name, cells: '#gpio-cells' });
  }
}

function deprecatedGpio(node: DtNode, c: CheckContext): void {
  for (const property of node.properties) {
    if (isGpio(property.name) && property.name.endsWith('gpio')) c.fail(node, 'deprecatedGpio', {}, property);
  }
}

function isInterruptProvider(node: DtNode): boolean {
  return node.property('interrupt-controller') !== undefined || node.property('interrupt-map') !== undefined;
}

function interruptProvider(node: DtNode, c: CheckContext): void {
  if (!isInterruptProvider(node)) return;
  for (const name of ['#interrupt-cells', '#address-cells']) {
    if (node.property(name) === undefined) c.fail(node, 'providerMisses', { name });
  }
}

function interrupts(node: DtNode, c: CheckContext): void {
  const property = node.property('interrupts');
  if (property === undefined) return;
  const { length } = property;
  if (length % 4 !== 0) c.fail(node, 'wholeCells', { length }, property);
  const parent = interruptParent(node, c);
  if (parent === undefined) return;
  if (parent === 'none') return c.fail(node, 'noInterruptParent');
  const cells = parent.property('#interrupt-cells');
  if (cells === undefined) return;
  const expected = (cells.cell(0) ?? 0) * 4;
  if (expected === 0 ? length !== 0 : length % expected !== 0) {
    c.fail(node, 'interruptLength', { user: node.path, length, expected }, cells);
  }
}

/** The controller by `interrupt-parent` or above; `none` without one; undefined when nothing more can be said. */
function interruptParent(node: DtNode, c: CheckContext): DtNode | 'none' | undefined {
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) {
    if (at !== node && isInterruptProvider(at)) return at;
    const property = at.property('interrupt-parent');
    if (property === undefined) continue;
    const phandle = property.cell(0) ?? 0;
    if (!isPhandle(phandle)) {
      if (c.tree.plugin) return undefined;
      c.fail(at, 'interruptParentInvalid', {}, property);
      return 'none';
    }
    const parent = c.phandles.node(phandle);
    if (parent === undefined) c.fail(at, 'interruptParentBad', {}, property);
    else if (!isInterruptProvider(parent)) c.fail(parent, 'notInterruptProvider');
    return parent;
  }
  return 'none';
}

function checksOf(provider: Provider): Check[] {
  const { check, cells } = provider;
  const run: Check['run'] = (node, c) => {
    const property = node.property(provider.property);
    if (property !== undefined) phandleArgs(node, property, c, provider);
  };
  return [
    { name: `${check}_property`, level: 'warning', needs: [`${check}_is_cell`, 'phandle_references'], run },
    { name: `${check}_is_cell`, level: 'warning', needs: [], run: isCell(cells) },
  ];
}

/** All providers, then GPIOs and interrupts. */
export const PROVIDER_CHECKS: readonly Check[] = [
  ...PROVIDERS.flatMap(checksOf),
  { name: 'deprecated_gpio_property', level: 'off', needs: [], run: deprecatedGpio },
  { name: 'gpios_property', level: 'warning', needs: ['phandle_references'], run: gpios },
  { name: 'interrupts_property', level: 'warning', needs: [], run: interrupts },
  { name: 'interrupt_provider', level: 'warning', needs: [], run: interruptProvider },
];
