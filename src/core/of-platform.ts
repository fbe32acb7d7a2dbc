// Devices from the tree (Linux: drivers/of/platform.c): which nodes become devices, and under which names.
import { deviceName } from '../dt/address.js';
import type { DtNode } from '../dt/tree.js';
import type { Device, DeviceCore } from './device.js';
import { AMBA_BUS, PLATFORM_BUS } from './platform-device.js';

/** Nodes whose children are devices too (Linux: of_default_bus_match_table). */
const DEFAULT_BUSES: readonly string[] = ['simple-bus', 'simple-mfd', 'isa', 'arm,amba-bus'];
/** Nodes that look like devices and are none (Linux: of_skipped_node_table). */
const SKIPPED: readonly string[] = ['operating-points-v2'];
/** Nodes without `compatible` whose children are devices (Linux: of_platform_default_populate_init). */
const CONTAINERS: readonly string[] = ['/firmware'];
/** Compatibles of `/reserved-memory` children that become devices (Linux: reserved_mem_matches). */
const RESERVED_MEMORY: readonly string[] = [
  'phram',
  'qcom,rmtfs-mem',
  'qcom,cmd-db',
  'qcom,smem',
  'ramoops',
  'nvmem-rmem',
  'google,open-dice',
];

/** True when Linux populates the children of this node. */
export function isPopulatedBus(node: DtNode): boolean {
  return node.compatible.some((word) => DEFAULT_BUSES.includes(word));
}

/** Creates the platform devices of the whole tree (Linux: of_platform_default_populate_init). */
export async function ofPlatformDefaultPopulate(core: DeviceCore): Promise<void> {
  const { root } = core.tree;
  for (const node of root.child('reserved-memory')?.children ?? []) {
    if (node.compatible.some((word) => RESERVED_MEMORY.includes(word))) await createDevice(core, node, undefined);
  }
  for (const path of CONTAINERS) {
    const node = core.tree.byPath(path);
    if (node !== undefined) await ofPlatformPopulate(core, node, undefined);
  }
  await ofPlatformPopulate(core, root, undefined);
}

/** Creates the devices of a node's children, and of theirs where the child is a bus (Linux: of_platform_populate). */
export async function ofPlatformPopulate(
  core: DeviceCore,
  parent: DtNode,
  parentDev: Device | undefined,
): Promise<void> {
  for (const node of parent.children) {
    const { compatible } = node;
    if (compatible.length === 0 || compatible.some((word) => SKIPPED.includes(word))) continue;
    const dev = await createDevice(core, node, parentDev);
    if (dev !== undefined && isPopulatedBus(node)) await ofPlatformPopulate(core, node, dev);
  }
}

async function createDevice(core: DeviceCore, node: DtNode, parent: Device | undefined): Promise<Device | undefined> {
  if (!node.available || core.deviceOf(node) !== undefined) return undefined;
  const bus = node.compatible.includes('arm,primecell') ? AMBA_BUS : PLATFORM_BUS;
  return core.addDevice({ name: deviceName(node), bus, parent, ofNode: node });
}
