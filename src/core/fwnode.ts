// Who must be bound before whom, read from the tree (Linux 6.12: fw_devlink in drivers/base/core.c,
// of_supplier_bindings in drivers/of/property.c).
//
// Differences from Linux:
// fwnode-L1  A supplier node without a device, and without one above it, holds nobody up. Linux waits for it until its
//            drivers are done.
// fwnode-L2  What Linux sets up before there are devices (root interrupt controllers, fixed clocks) is a device here
//            like any other, but holds nobody up.
// fwnode-L3  No timeout: who waits for a supplier without driver goes on at `driversDone`, as in a kernel without
//            modules.
import { portParent, remotePortParent } from '../dt/graph.js';
import { interrupt, interruptParent } from '../dt/interrupts.js';
import { phandleArgs, references } from '../dt/references.js';
import type { DtNode, DtProperty, DtTree } from '../dt/tree.js';
import type { Device, DeviceCore } from './device.js';
import { ofWholePathAvailable } from './of.js';

/** How the suppliers of a property are found. */
type Parse = (tree: DtTree, node: DtNode, property: DtProperty) => readonly (DtNode | undefined)[];

/**
 * Phandles, each followed by as many cells as the supplier's property says, none where it lacks that (Linux:
 * DEFINE_SIMPLE_PROP).
 */
const cells =
  (name: string, fallback: number | undefined = 0): Parse =>
  (tree, node, property) =>
    phandleArgs(tree, node, property.name, name, fallback).entries.map((entry) => entry.node);

/** Phandles and nothing else. */
const phandles: Parse = (tree, node, property) =>
  phandleArgs(tree, node, property.name, 0).entries.map((entry) => entry.node);

/** As the general table of references has it: `iommu-map`, `interrupt-map`. */
const byTable: Parse = (tree, node, property) =>
  references(tree, node, property)?.entries.map((entry) => entry.node) ?? [];

/** GPIOs by suffix (Linux: DEFINE_SUFFIX_PROP): a supplier that does not say how many cells follow ends the list. */
const gpioList = cells('#gpio-cells', undefined);

/** A GPIO hog lists lines of its parent. */
const gpios: Parse = (tree, node, property) =>
  node.property('gpio-hog') === undefined ? gpioList(tree, node, property) : [];

const interrupts: Parse = (tree, node) => {
  const found: DtNode[] = [];
  for (let index = 0; ; index++) {
    const one = interrupt(tree, node, index);
    if (one.kind === 'none') return found;
    found.push(one.controller);
  }
};

/** Suppliers by property; names that begin with `*` are suffixes, and more must stand before them. */
const SUPPLIER_BINDINGS: readonly (readonly [name: string, parse: Parse])[] = [
  ['clocks', cells('#clock-cells')],
  ['interconnects', cells('#interconnect-cells')],
  ['iommus', cells('#iommu-cells')],
  ['iommu-map', byTable],
  ['mboxes', cells('#mbox-cells')],
  ['io-channels', cells('#io-channel-cells')],
  ['io-backends', cells('#io-backend-cells')],
  ['interrupt-parent', phandles],
  ['dmas', cells('#dma-cells')],
  ['power-domains', cells('#power-domain-cells')],
  ['hwlocks', cells('#hwlock-cells')],
  ['extcon', phandles],
  ['nvmem-cells', cells('#nvmem-cell-cells')],
  ['phys', cells('#phy-cells')],
  ['wakeup-parent', phandles],
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((nr) => [`pinctrl-${nr}`, phandles] as const),
  ['pwms', cells('#pwm-cells')],
  ['resets', cells('#reset-cells')],
  ['leds', phandles],
  ['backlight', phandles],
  ['panel', phandles],
  ['msi-parent', cells('#msi-cells')],
  ['pses', cells('#pse-cells')],
  ['power-supplies', phandles],
  ['gpio', gpios],
  ['gpios', gpios],
  ['interrupts', interrupts],
  ['interrupts-extended', interrupts],
  ['interrupt-map', byTable],
  ['access-controllers', cells('#access-controller-cells')],
  ['*-supply', phandles],
  ['*-gpio', gpioList],
  ['*-gpios', gpioList],
];

const EXACT = new Map(SUPPLIER_BINDINGS.filter(([name]) => !name.startsWith('*')));
const SUFFIXES = SUPPLIER_BINDINGS.flatMap(([name, parse]) =>
  name.startsWith('*') ? [{ suffix: name.slice(1), parse }] : [],
);

function parserOf(name: string): Parse | undefined {
  if (name.endsWith(',nr-gpios')) return undefined;
  return EXACT.get(name) ?? SUFFIXES.find(({ suffix }) => name.endsWith(suffix) && name.length > suffix.length)?.parse;
}

/** Children of a device that hold its endpoints. */
const PORTS: ReadonlySet<string> = new Set(['port', 'ports', 'in-ports', 'out-ports']);
/** Set up before devices exist, beside root interrupt controllers (Linux: CLK_OF_DECLARE, IRQCHIP_DECLARE). */
const EARLY: ReadonlySet<string> = new Set([
  'fixed-clock',
  'fixed-factor-clock',
  'mediatek,mt6577-sysirq',
  'nvidia,tegra210-ictlr',
]);

/** A node that another names as its supplier, and the device that stands for it: its own or the nearest above. */
export interface Supplier {
  readonly node: DtNode;
  readonly owner: Device;
}

/** The supplier relations of one machine. What a node names is read once: properties must not change afterwards. */
export class FwLinks {
  readonly #core: DeviceCore;
  readonly #nodes = new Map<DtNode, readonly DtNode[]>();
  /** The same the other way: who names a node. */
  readonly #namedBy = new Map<DtNode, Set<DtNode>>();

  constructor(core: DeviceCore) {
    this.#core = core;
  }

  /**
   * The first supplier that holds a device up, or undefined. A supplier does so until the device that stands for it is
   * bound. It does not when it or something above it is disabled, when no device stands for it, when no driver ever
   * fitted it and all drivers are known, or when it depends on the consumer itself: the circle is cut.
   */
  missing(dev: Device): Supplier | undefined {
    for (const supplier of this.#suppliers(dev)) {
      if (this.#holdsUp(supplier.owner) && !this.#isCut(dev, supplier.owner)) return supplier;
    }
    return undefined;
  }

  /**
   * The devices, bound or about to be, that named this one as their supplier. What they name was read when they were
   * first to be probed.
   */
  *consumers(dev: Device): Generator<Device> {
    for (const node of dev.ofNode === undefined ? [] : this.#standsFor(dev.ofNode)) {
      for (const consumer of this.#namedBy.get(node) ?? []) {
        const other = this.#core.deviceOf(consumer);
        if (other !== undefined && isHeld(other) && isApart(other, dev) && !this.#isCut(other, dev)) yield other;
      }
    }
  }

  /** The nodes whose nearest device is that of `node`. */
  *#standsFor(node: DtNode): Generator<DtNode> {
    yield node;
    for (const child of node.children) if (this.#core.deviceOf(child) === undefined) yield* this.#standsFor(child);
  }

  *#suppliers(dev: Device): Generator<Supplier> {
    if (dev.ofNode === undefined) return;
    for (const node of this.#nodesOf(dev.ofNode)) {
      const owner = ownerOf(this.#core, node);
      if (owner !== undefined && isApart(owner, dev)) yield { node, owner };
    }
  }

  #nodesOf(node: DtNode): readonly DtNode[] {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const found = supplierNodes(this.#core.tree, node);
    this.#nodes.set(node, found);
    for (const supplier of found) this.#namedBy.set(supplier, (this.#namedBy.get(supplier) ?? new Set()).add(node));
    return found;
  }

  #holdsUp(supplier: Device): boolean {
    const { kind } = supplier.state;
    return kind !== 'bound' && !(this.#core.allDriversKnown && kind === 'no-driver' && !supplier.canMatch);
  }

  /**
   * True when the supplier depends, through any number of others, on the consumer (Linux: fw_devlink cycles). A device
   * needs its parent too. The nearest are asked first: the ends of a link in a graph name each other.
   */
  #isCut(consumer: Device, supplier: Device): boolean {
    const seen = new Set([supplier]);
    for (const from of seen) {
      for (const { owner } of this.#suppliers(from)) {
        if (owner === consumer) return true;
        seen.add(owner);
      }
      const { parent } = from;
      if (parent !== undefined && !isAbove(parent, consumer)) seen.add(parent);
    }
    return false;
  }
}

/** The available nodes that a node names as suppliers, each once, in the order of properties; endpoints come last. */
export function supplierNodes(tree: DtTree, node: DtNode): DtNode[] {
  const found = new Set<DtNode>();
  for (const property of node.properties) {
    for (const supplier of parserOf(property.name)?.(tree, node, property) ?? []) {
      if (supplier === undefined) break; // as in Linux an empty entry ends the list
      found.add(supplier);
    }
  }
  for (const supplier of remoteDevices(tree, node)) found.add(supplier);
  const ignored = node.property('post-init-providers');
  for (const later of ignored === undefined ? [] : phandles(tree, node, ignored))
    if (later !== undefined) found.delete(later);
  return [...found].filter((supplier) => ofWholePathAvailable(supplier) && !isEarly(tree, supplier));
}

/** The devices at the other ends of a device's endpoints. */
function* remoteDevices(tree: DtTree, node: DtNode): Generator<DtNode> {
  for (const child of node.children) {
    if (!PORTS.has(child.baseName)) continue;
    for (const below of child.walk()) {
      if (below.property('remote-endpoint') === undefined || portParent(below) !== node) continue;
      const remote = remotePortParent(tree, below);
      if (remote !== undefined && remote !== node) yield remote;
    }
  }
}

function isEarly(tree: DtTree, node: DtNode): boolean {
  if (node.compatible.some((word) => EARLY.has(word))) return true;
  if (node.property('interrupt-controller') === undefined) return false;
  const above = interruptParent(tree, node);
  return above === undefined || above === node;
}

function ownerOf(core: DeviceCore, node: DtNode): Device | undefined {
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) {
    const dev = core.deviceOf(at);
    if (dev !== undefined) return dev;
  }
  return undefined;
}

/** True for a device that a driver has, or is about to have. */
function isHeld({ state }: Device): boolean {
  return state.kind === 'bound' || state.kind === 'probing';
}

/** True for two devices neither of which is, or stands above, the other. */
function isApart(one: Device, other: Device): boolean {
  return !isAbove(one, other) && !isAbove(other, one);
}

/** True also for a device and itself. A child cannot wait for what stands above it, which is probing. */
function isAbove(upper: Device, lower: Device): boolean {
  for (let at: Device | undefined = lower; at !== undefined; at = at.parent) if (at === upper) return true;
  return false;
}
