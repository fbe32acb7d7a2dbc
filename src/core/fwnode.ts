// Who must be bound before whom, read from the tree (Linux: fw_devlink, drivers/of/property.c and drivers/base/core.c).
import { phandleArgs, referenceRule } from '../dt/references.js';
import type { DtNode } from '../dt/tree.js';
import type { Device, DeviceCore } from './device.js';
import { ofWholePathAvailable } from './of.js';

/** The reference properties that make a supplier (Linux: of_supplier_bindings); patterns end or begin with `*`. */
const SUPPLIER_PROPERTIES: readonly string[] = [
  'clocks',
  'interconnects',
  'iommus',
  'mboxes',
  'io-channels',
  'dmas',
  'power-domains',
  'hwlocks',
  'extcon',
  'nvmem-cells',
  'phys',
  'wakeup-parent',
  'interrupts-extended',
  'pwms',
  'resets',
  'leds',
  'backlight',
  'panel',
  'msi-parent',
  'pinctrl-*',
  '*-supply',
  '*-gpio',
  '*-gpios',
  'gpios',
];

const EXACT = new Set(SUPPLIER_PROPERTIES.filter((name) => !name.includes('*')));
const PREFIXES = SUPPLIER_PROPERTIES.filter((name) => name.endsWith('*')).map((name) => name.slice(0, -1));
const SUFFIXES = SUPPLIER_PROPERTIES.filter((name) => name.startsWith('*')).map((name) => name.slice(1));

function makesSupplier(name: string): boolean {
  return (
    EXACT.has(name) || PREFIXES.some((text) => name.startsWith(text)) || SUFFIXES.some((text) => name.endsWith(text))
  );
}

/**
 * The path of the first supplier that holds a device up, or undefined. A supplier counts as long as its device (the
 * node's own
 * or the nearest one above it) is not bound. It does not count when it or something above it is disabled, when nothing
 * will
 * ever create its device, when no driver fits it and all drivers are known, or when it depends on the consumer itself.
 */
export function waitsForSupplier(core: DeviceCore, dev: Device): string | undefined {
  for (const { node, owner } of suppliersOf(core, dev)) {
    if (holdsUp(core, owner) && !dependsOn(core, owner, dev, new Set())) return node.path;
  }
  return undefined;
}

interface Supplier {
  readonly node: DtNode;
  readonly owner: Device;
}

function* suppliersOf(core: DeviceCore, dev: Device): Generator<Supplier> {
  if (dev.ofNode === undefined) return;
  for (const property of dev.ofNode.properties) {
    if (!makesSupplier(property.name)) continue;
    for (const node of targetsOf(core, dev.ofNode, property.name)) {
      const owner = ofWholePathAvailable(node) ? ownerOf(core, node) : undefined;
      if (owner !== undefined && !related(owner, dev)) yield { node, owner };
    }
  }
}

function targetsOf(core: DeviceCore, node: DtNode, property: string): DtNode[] {
  const rule = referenceRule(node, property);
  if (rule === undefined) return [];
  const list =
    rule.kind === 'args'
      ? phandleArgs(core.tree, node, property, rule.cells, rule.fallback)
      : phandleArgs(core.tree, node, property, 0);
  return list.entries.flatMap((entry) => (entry.node === undefined ? [] : [entry.node]));
}

/** The device of a node, or of the nearest node above it that has one. */
function ownerOf(core: DeviceCore, node: DtNode): Device | undefined {
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) {
    const dev = core.deviceOf(at);
    if (dev !== undefined) return dev;
  }
  return undefined;
}

/** True when one of them is the other or stands above it: a child cannot wait for its parent, which is probing. */
function related(a: Device, b: Device): boolean {
  return isAbove(a, b) || isAbove(b, a);
}

function isAbove(upper: Device, lower: Device): boolean {
  for (let at: Device | undefined = lower; at !== undefined; at = at.parent) if (at === upper) return true;
  return false;
}

function holdsUp(core: DeviceCore, supplier: Device): boolean {
  const { kind } = supplier.state;
  if (kind === 'bound') return false;
  return !(core.allDriversKnown && kind === 'no-driver');
}

/**
 * True when `dev` waits, through any number of others, for `target`: the circle is cut there (Linux: fw_devlink
 * cycles).
 */
function dependsOn(core: DeviceCore, dev: Device, target: Device, seen: Set<Device>): boolean {
  if (seen.has(dev)) return false;
  seen.add(dev);
  for (const { owner } of suppliersOf(core, dev)) {
    if (owner === target || (holdsUp(core, owner) && dependsOn(core, owner, target, seen))) return true;
  }
  return dev.parent !== undefined && !related(dev.parent, target) && dependsOn(core, dev.parent, target, seen);
}
