// What became of every node of the tree that describes a device.
import type { Device, DeviceCore } from '../core/device.js';
import { isPopulatedBus, isSkipped } from '../core/of-platform.js';
import type { DtNode } from '../dt/tree.js';
import type { BoardSocket } from './board-socket.js';
import { SIM_I2C } from './i2c-stand-in.js';

/**
 * Where a node stands. `bound`, `waits`, `failed`, `no driver` are devices; `bus` is a device that Linux populates and
 * that needs no driver; `disabled` has a status that says so, itself or above it; `waits` without a driver is a node
 * whose parent has not created its device; `no device` stands where Linux makes none (cpus, opp tables, children of
 * such nodes).
 */
export type NodeState = 'bound' | 'waits' | 'failed' | 'no driver' | 'bus' | 'disabled' | 'no device';

/** One node with a `compatible`. */
export interface NodeReport {
  readonly path: string;
  /** First compatible string. */
  readonly compatible: string;
  readonly state: NodeState;
  /** Linux's device name, where there is a device. */
  readonly device?: string;
  readonly driver?: string;
  /** Model that sits in the socket. */
  readonly chip?: string;
  /** For `waits`: the path of whom. */
  readonly waitsFor?: string;
  /** Why, in words: for every state except `bound`, `bus` and `no driver`. */
  readonly reason?: string;
}

/** Reports every node with a `compatible` except the root, in tree order. */
export function reportNodes(core: DeviceCore, sockets: ReadonlyMap<string, BoardSocket>): NodeReport[] {
  const reports: NodeReport[] = [];
  for (const node of core.tree.root.walk()) {
    const compatible = node.compatible[0];
    if (compatible === undefined || node.parent === undefined) continue;
    const chip = sockets.get(node.path)?.model.name;
    const dev = core.deviceOf(node);
    const what = dev === undefined ? withoutDevice(core, node) : ofDevice(dev, node, compatible);
    reports.push({ path: node.path, compatible, ...what, ...(chip === undefined ? {} : { chip }) });
  }
  return reports;
}

type Outcome = Omit<NodeReport, 'path' | 'compatible' | 'chip'>;

function ofDevice(dev: Device, node: DtNode, compatible: string): Outcome {
  const { state, name: device } = dev;
  switch (state.kind) {
    case 'bound': {
      const driver = state.driver.name;
      return {
        state: 'bound',
        device,
        driver,
        ...(driver === SIM_I2C && dev.matched === undefined ? { reason: `stands in for ${compatible}` } : {}),
      };
    }
    case 'deferred': {
      const waitsFor = state.waitsFor === undefined ? {} : { waitsFor: state.waitsFor };
      return { state: 'waits', device, driver: state.driver.name, ...waitsFor, reason: state.reason };
    }
    case 'failed':
      return { state: 'failed', device, driver: state.driver.name, reason: state.error.message };
    case 'new':
    case 'probing':
    case 'removed':
    case 'no-driver':
      return { state: isPopulatedBus(node) ? 'bus' : 'no driver', device };
  }
}

function withoutDevice(core: DeviceCore, node: DtNode): Outcome {
  const off = disabledAt(node);
  if (off !== undefined) {
    return {
      state: 'disabled',
      reason: off === node ? `status is "${node.string('status') ?? ''}"` : `${off.path} is disabled`,
    };
  }
  if (isSkipped(node)) return { state: 'no device', reason: 'Linux makes no device of it' };
  const owner = nearest(node, (at) => core.deviceOf(at) !== undefined);
  const dev = owner === undefined ? undefined : core.deviceOf(owner);
  if (owner === undefined || dev === undefined) {
    return { state: 'no device', reason: `Linux makes no devices below ${node.parent?.path ?? '/'}` };
  }
  if (dev.state.kind === 'bound') return { state: 'no device', reason: `part of ${owner.path}` };
  const why = `${owner.path} ${dev.state.kind === 'no-driver' ? 'has no driver' : `is ${dev.state.kind}`}`;
  const parent = nearest(node, (at) => at === owner || at.compatible.length > 0) ?? owner;
  return { state: 'waits', waitsFor: parent.path, reason: parent === owner ? why : `${parent.path} waits: ${why}` };
}

/** The node itself or the topmost one above it that is not available. */
function disabledAt(node: DtNode): DtNode | undefined {
  let found: DtNode | undefined;
  for (let at: DtNode | undefined = node; at !== undefined; at = at.parent) if (!at.available) found = at;
  return found;
}

/** The nearest node above that is wanted. */
function nearest(node: DtNode, wanted: (at: DtNode) => boolean): DtNode | undefined {
  for (let at = node.parent; at !== undefined; at = at.parent) if (wanted(at)) return at;
  return undefined;
}
