// What became of every node of the tree that describes a device, and of the devices that drivers made beside them.
import { aggregateAwaits } from '../core/component.js';
import { type Awaited, type Device, type DeviceCore, MATCH } from '../core/device.js';
import { dsiHostAwaits } from '../core/mipi-dsi.js';
import { isPopulatedBus, isSkipped } from '../core/of-platform.js';
import { channelOf } from '../core/rpmsg.js';
import type { DtNode } from '../dt/tree.js';
import type { BoardSocket } from './board-socket.js';
import { SIM_I2C } from './i2c-stand-in.js';
import { SIM_REMOTEPROC } from './remoteproc-stand-in.js';

/**
 * Where a node stands. `bound`, `waits`, `failed`, `no driver` are devices; `bus` is a device that Linux populates and
 * that needs no driver; `disabled` has a status that says so, itself or above it; `waits` without a driver is a node
 * whose parent has not created its device; `no device` stands where Linux makes none (cpus, opp tables, children of
 * such nodes).
 */
export type NodeState = 'bound' | 'waits' | 'failed' | 'no driver' | 'bus' | 'disabled' | 'no device';

/** One node with a `compatible`, or one device without node. */
export interface NodeReport {
  /** That of the node; for a device without one that of its parent with its name behind. */
  readonly path: string;
  /** First compatible string; empty for a device without node. */
  readonly compatible: string;
  readonly state: NodeState;
  /** Linux's device name, where there is a device. */
  readonly device?: string;
  readonly driver?: string;
  /** Model that sits in the socket. */
  readonly chip?: string;
  /** For `waits`: the path of whom. For `bound` too, where a part of what it drives is not there yet. */
  readonly waitsFor?: string;
  /**
   * Why, in words: for every state except `bus`; for `bound` where there is something to say, for `no driver` where one
   * looked and did not know the device.
   */
  readonly reason?: string;
}

/**
 * Reports every node with a `compatible` except the root, in tree order. Devices without node stand behind their
 * parent, those without parent at the end.
 */
export function reportNodes(core: DeviceCore, sockets: ReadonlyMap<string, BoardSocket>): NodeReport[] {
  const reports: NodeReport[] = [];
  const addNodeless = (devices: readonly Device[]): void => {
    for (const dev of devices) {
      if (dev.ofNode !== undefined) continue;
      reports.push({ path: dev.path, compatible: '', ...ofDevice(dev) });
      addNodeless(dev.children);
    }
  };
  for (const node of core.tree.root.walk()) {
    const dev = core.deviceOf(node);
    const [compatible] = node.compatible;
    if (compatible !== undefined && node.parent !== undefined) {
      const chip = sockets.get(node.path)?.model.name;
      const what = dev === undefined ? withoutDevice(core, node) : ofDevice(dev);
      reports.push({ path: node.path, compatible, ...what, ...(chip === undefined ? {} : { chip }) });
    }
    if (dev !== undefined) addNodeless(dev.children);
  }
  addNodeless(core.devices.filter(({ parent }) => parent === undefined));
  return reports;
}

type Outcome = Omit<NodeReport, 'path' | 'compatible' | 'chip'>;

function ofDevice(dev: Device): Outcome {
  const { state, name: device, ofNode } = dev;
  switch (state.kind) {
    case 'bound':
      return { state: 'bound', device, driver: state.driver.name, ...remarkOn(dev, state.driver.name) };
    case 'deferred': {
      const waitsFor = state.waitsFor === undefined ? {} : { waitsFor: state.waitsFor };
      return { state: 'waits', device, driver: state.driver.name, ...waitsFor, reason: state.reason };
    }
    case 'failed':
      if (state.error.op === MATCH) return { state: 'no driver', device, reason: state.error.message };
      return { state: 'failed', device, driver: state.driver.name, reason: state.error.message };
    case 'new':
    case 'probing':
    case 'removed':
    case 'no-driver':
      return { state: ofNode !== undefined && isPopulatedBus(ofNode) ? 'bus' : 'no driver', device };
  }
}

/** Who may know of a bound device that it waits for others: its subsystems, then its driver. */
const AWAITS: readonly ((dev: Device) => Awaited | undefined)[] = [
  aggregateAwaits,
  dsiHostAwaits,
  (dev) => dev.awaits?.(),
];

/** What there is to say about a bound device. */
function remarkOn(dev: Device, driver: string): Pick<NodeReport, 'waitsFor' | 'reason'> {
  if ((driver === SIM_I2C || driver === SIM_REMOTEPROC) && dev.matched === undefined)
    return { reason: `stands in for ${dev.ofNode?.compatible[0] ?? dev.name}` };
  for (const awaits of AWAITS) {
    const found = awaits(dev);
    if (found !== undefined) return { waitsFor: found.path, reason: found.reason };
  }
  return {};
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
  if (dev.state.kind === 'bound') {
    const { driver } = dev.state;
    if (driver.name === SIM_REMOTEPROC) return belowStandIn(node, owner);
    return { state: 'no device', reason: `part of ${owner.path}` };
  }
  const why = `${owner.path} ${dev.state.kind === 'no-driver' ? 'has no driver' : `is ${dev.state.kind}`}`;
  const parent = nearest(node, (at) => at === owner || at.compatible.length > 0) ?? owner;
  return { state: 'waits', waitsFor: parent.path, reason: parent === owner ? why : `${parent.path} waits: ${why}` };
}

/** What stands for a channel, or below one, waits until the remote processor opens it; the rest for its driver. */
function belowStandIn(node: DtNode, owner: DtNode): Outcome {
  for (let at: DtNode | undefined = node; at !== undefined && at !== owner; at = at.parent) {
    const channel = channelOf(at);
    if (channel === undefined) continue;
    return { state: 'waits', waitsFor: owner.path, reason: `${owner.path} has not opened the channel ${channel}` };
  }
  return { state: 'waits', waitsFor: owner.path, reason: `${owner.path} has a stand-in for its driver` };
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
