// Devices from the tree (Linux: drivers/of/platform.c): which nodes become devices, and under which names.
import { isErrno } from '../base/errno.js';
import { cpuAddress, deviceName } from '../dt/address.js';
import type { DtNode } from '../dt/tree.js';
import { type Device, type DeviceCore, ofMatchIndex } from './device.js';
import { AMBA_BUS, PLATFORM_BUS } from './platform-device.js';

/** Nodes whose children are devices too (Linux: of_default_bus_match_table). */
const DEFAULT_BUSES: readonly string[] = ['simple-bus', 'simple-mfd', 'isa', 'arm,amba-bus'];
/** Nodes that look like devices and are none (Linux: of_skipped_node_table). */
const SKIPPED: readonly string[] = ['operating-points-v2'];
/** Nodes anywhere in the tree that become devices first (Linux: reserved_mem_matches). */
const RESERVED_MEMORY: readonly string[] = [
  'phram',
  'qcom,rmtfs-mem',
  'qcom,cmd-db',
  'qcom,smem',
  'ramoops',
  'nvmem-rmem',
  'google,open-dice',
];

/** True when Linux populates the children of this node, once it is a device. */
export function isPopulatedBus(node: DtNode): boolean {
  return ofMatchIndex(node, DEFAULT_BUSES) !== undefined && !isAmba(node);
}

/** True for a node that Linux leaves out wherever it stands. */
export function isSkipped(node: DtNode): boolean {
  return ofMatchIndex(node, SKIPPED) !== undefined;
}

/** Creates the platform devices of the whole tree (Linux: of_platform_default_populate_init). */
export async function ofPlatformDefaultPopulate(core: DeviceCore): Promise<void> {
  const { root } = core.tree;
  for (const node of root.walk()) if (ofMatchIndex(node, RESERVED_MEMORY)) await createDevice(core, node, undefined);
  const firmware = core.tree.byPath('/firmware');
  if (firmware !== undefined) await ofPlatformPopulate(core, firmware, undefined);
  const screen = root.child('chosen')?.children.find((node) => ofMatchIndex(node, ['simple-framebuffer']));
  if (screen !== undefined) await createDevice(core, screen, undefined);
  await ofPlatformPopulate(core, root, undefined);
}

/** Creates the devices of a node's children, and of theirs where the child is a bus (Linux: of_platform_populate). */
export async function ofPlatformPopulate(
  core: DeviceCore,
  parent: DtNode,
  parentDev: Device | undefined,
): Promise<readonly Device[]> {
  const made: Device[] = [];
  for (const node of parent.children) {
    if (node.property('compatible') === undefined || isSkipped(node)) continue;
    const dev = await createDevice(core, node, parentDev);
    if (dev === undefined) continue;
    made.push(dev);
    if (isPopulatedBus(node)) await ofPlatformPopulate(core, node, dev);
  }
  return made;
}

/** The same for a driver whose node holds devices; unbind removes them (Linux: devm_of_platform_populate). */
export async function devmOfPlatformPopulate(dev: Device): Promise<void> {
  if (dev.ofNode === undefined) throw dev.error('ENODEV', 'no devicetree node', 'populate');
  const made: Device[] = [];
  dev.scope.defer(async () => {
    for (const child of made.reverse()) if (child.state.kind !== 'removed') await dev.core.removeDevice(child);
  });
  made.push(...(await ofPlatformPopulate(dev.core, dev.ofNode, dev)));
}

/** As in Linux a device that cannot be made is told and left out. */
async function createDevice(core: DeviceCore, node: DtNode, parent: Device | undefined): Promise<Device | undefined> {
  if (!node.available || core.deviceOf(node) !== undefined) return undefined;
  const bus = isAmba(node) ? AMBA_BUS : PLATFORM_BUS;
  if (bus === AMBA_BUS && cpuAddress(node) === undefined) {
    complain(core, node, `amba: of_address_to_resource() failed (-22) for ${node.path}`);
    return undefined;
  }
  const name = deviceName(node);
  try {
    return await core.addDevice({ name, bus, parent, ofNode: node });
  } catch (e) {
    if (!isErrno(e, 'EEXIST')) throw e;
    complain(core, node, `sysfs: cannot create duplicate filename '/bus/${bus.name}/devices/${name}'`);
    return undefined;
  }
}

function complain(core: DeviceCore, node: DtNode, text: string): void {
  core.trace.emit(node.path, { kind: 'printk', level: 'err', text });
}

function isAmba(node: DtNode): boolean {
  return ofMatchIndex(node, ['arm,primecell']) !== undefined;
}
