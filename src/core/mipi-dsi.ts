// MIPI DSI hosts, devices and drivers (Linux: linux/drm_mipi_dsi.h, drivers/gpu/drm/drm_mipi_dsi.c).
import { assert } from '../base/assert.js';
import { SysError } from '../base/errno.js';
import { endpoints, parseEndpoint, remotePortParent } from '../dt/graph.js';
import type { DtNode } from '../dt/tree.js';
import type { Awaited, BusType, Device, DeviceCore, Driver } from './device.js';
import { awaited } from './drm-bridge.js';

/** The bus type of DSI peripherals. A driver fits by compatible, or by the device's type as its name. */
export const MIPI_DSI_BUS: BusType = {
  name: 'mipi-dsi',
  match: (dev, driver) => dev.outer instanceof MipiDsiDevice && dev.outer.type === driver.name,
};

/** What a host's driver does when a peripheral comes and goes. */
export interface MipiDsiHostOps {
  attach(device: MipiDsiDevice): void | Promise<void>;
  detach(device: MipiDsiDevice): void | Promise<void>;
}

/** A registered host, with its peripherals in the order of their coming. */
export interface MipiDsiHost {
  readonly dev: Device;
  readonly ops: MipiDsiHostOps;
  readonly devices: readonly MipiDsiDevice[];
}

/** Pixel formats on the wire (Linux: enum mipi_dsi_pixel_format without `MIPI_DSI_FMT_`). */
export type DsiFormat = 'RGB888' | 'RGB666' | 'RGB666_PACKED' | 'RGB565';

/** A peripheral on a host (Linux: struct mipi_dsi_device). Its driver says how it is to be driven, then attaches it. */
export class MipiDsiDevice {
  readonly dev: Device;
  readonly host: MipiDsiHost;
  /** Virtual channel, 0 to 3. */
  readonly channel: number;
  /** First compatible without the vendor (`tv101wum-nl6`), or what its maker called it. */
  readonly type: string;
  lanes = 0;
  format: DsiFormat = 'RGB888';
  /** Linux's names without `MIPI_DSI_`: `MODE_VIDEO`, `MODE_VIDEO_SYNC_PULSE`, `MODE_LPM`. */
  modeFlags: readonly string[] = [];
  /** True from the host's `attach` to its `detach`. */
  attached = false;

  constructor(dev: Device, host: MipiDsiHost, info: MipiDsiDeviceInfo) {
    this.dev = dev;
    this.host = host;
    this.channel = info.channel;
    this.type = info.type;
  }
}

/** What a peripheral is made of (Linux: struct mipi_dsi_device_info). */
export interface MipiDsiDeviceInfo {
  readonly type: string;
  readonly channel: number;
  readonly node?: DtNode | undefined;
}

/** What a DSI driver is: as Driver, but probed with its peripheral. */
export interface MipiDsiDriverSpec {
  readonly name: string;
  readonly compatible: readonly string[];
  readonly probe: (dsi: MipiDsiDevice) => void | Promise<void>;
}

/** Makes a driver for DSI peripherals (Linux: module_mipi_dsi_driver). */
export function mipiDsiDriver(spec: MipiDsiDriverSpec): Driver {
  return {
    name: spec.name,
    bus: MIPI_DSI_BUS,
    compatible: spec.compatible,
    probe(dev) {
      assert(dev.outer instanceof MipiDsiDevice, `${dev.path}: no DSI peripheral`);
      return spec.probe(dev.outer);
    },
  };
}

interface Host extends MipiDsiHost {
  readonly devices: MipiDsiDevice[];
}

/** The registered hosts of a machine. */
class MipiDsi {
  readonly hosts = new Set<Host>();
}

/** Virtual channels have two bits. */
const MAX_CHANNEL = 3;

/**
 * Registers a host and creates a peripheral for every available child node with a `reg` (Linux:
 * mipi_dsi_host_register); one that cannot be made is told and left out. The answer removes the peripherals, the
 * youngest first, and the host.
 */
export async function mipiDsiHostRegister(dev: Device, ops: MipiDsiHostOps): Promise<() => Promise<void>> {
  const host: Host = { dev, ops, devices: [] };
  const { hosts } = dev.core.subsystem(MipiDsi);
  hosts.add(host);
  const unregister = async (): Promise<void> => {
    for (let last = host.devices.at(-1); last !== undefined; last = host.devices.at(-1))
      await mipiDsiDeviceUnregister(last);
    hosts.delete(host);
  };
  try {
    for (const node of peripheralNodes(dev.ofNode)) if (node.available) await addPeripheral(host, node);
  } catch (e) {
    await unregister();
    throw e;
  }
  return unregister;
}

/** The children that are no ports. */
function peripheralNodes(node: DtNode | undefined): DtNode[] {
  return node?.children.filter((child) => child.property('reg') !== undefined && child.baseName !== 'port') ?? [];
}

async function addPeripheral(host: MipiDsiHost, node: DtNode): Promise<void> {
  const [compatible] = node.compatible;
  const channel = node.u32('reg');
  if (compatible === undefined) host.dev.err(`modalias failure on ${node.path}`);
  else if (channel === undefined) host.dev.err(`device node ${node.path} has no valid reg property: -22`);
  else {
    try {
      await mipiDsiDeviceRegisterFull(host, { type: compatible.slice(compatible.indexOf(',') + 1), channel, node });
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
    }
  }
}

/**
 * Creates a peripheral `HOST.CHANNEL` and probes it (Linux: mipi_dsi_device_register_full). EINVAL: no such channel;
 * EEXIST: it is taken. mipiDsiDeviceUnregister takes it away, and so does the removal of the host.
 */
export async function mipiDsiDeviceRegisterFull(host: MipiDsiHost, info: MipiDsiDeviceInfo): Promise<MipiDsiDevice> {
  const { dev, devices } = host as Host;
  const { channel, node } = info;
  if (channel > MAX_CHANNEL) {
    dev.err(`invalid virtual channel: ${channel}`);
    throw dev.error('EINVAL', `invalid virtual channel: ${channel}`, 'dsi');
  }
  const outer = (made: Device): MipiDsiDevice => {
    const dsi = new MipiDsiDevice(made, host, info);
    devices.push(dsi);
    return dsi;
  };
  try {
    const name = `${dev.name}.${channel}`;
    const made = await dev.core.addDevice({ name, bus: MIPI_DSI_BUS, parent: dev, ofNode: node, outer });
    return made.outer as MipiDsiDevice;
  } catch (e) {
    if (e instanceof SysError) dev.err(`failed to add DSI device ${e.errno}`);
    throw e;
  }
}

/**
 * The same for a driver of another bus, until that unbinds (Linux: devm_mipi_dsi_device_register_full). The host
 * becomes its supplier: when the host goes the driver goes before, and comes again with it.
 */
export async function devmMipiDsiDeviceRegisterFull(
  dev: Device,
  host: MipiDsiHost,
  info: MipiDsiDeviceInfo,
): Promise<MipiDsiDevice> {
  dev.core.deviceLinkAdd(dev, host.dev);
  const dsi = await mipiDsiDeviceRegisterFull(host, info);
  dev.scope.defer(() => mipiDsiDeviceUnregister(dsi));
  return dsi;
}

/** Takes a peripheral away (Linux: mipi_dsi_device_unregister). One that is attached is detached first. */
export async function mipiDsiDeviceUnregister(dsi: MipiDsiDevice): Promise<void> {
  const { dev } = dsi;
  if (dev.state.kind !== 'removed') await dev.core.removeDevice(dev);
  await detach(dsi);
  const { devices } = dsi.host as Host;
  const at = devices.indexOf(dsi);
  if (at >= 0) devices.splice(at, 1);
}

/**
 * Hands a peripheral to its host (Linux: mipi_dsi_attach). It throws what the host's `attach` throws. The answer
 * detaches it, unless the host has done so before.
 */
export async function mipiDsiAttach(dsi: MipiDsiDevice): Promise<() => Promise<void>> {
  assert(!dsi.attached, `${dsi.dev.path}: attached twice`);
  await dsi.host.ops.attach(dsi);
  dsi.attached = true;
  return () => detach(dsi);
}

async function detach(dsi: MipiDsiDevice): Promise<void> {
  if (!dsi.attached) return;
  dsi.attached = false;
  await dsi.host.ops.detach(dsi);
}

/** The host of a node, for bridges on other buses; undefined until it is registered. */
export function ofFindMipiDsiHostByNode(core: DeviceCore, node: DtNode): MipiDsiHost | undefined {
  return [...core.subsystem(MipiDsi).hosts].find(({ dev }) => dev.ofNode === node);
}

/**
 * What a host waits for as long as nothing is attached to it: the path, and a sentence. It is the first peripheral
 * among its children, otherwise what its output leads to: the port with the highest number, since the input, where
 * there is one, is port 0. Undefined for a device that is no host or has all it needs.
 */
export function dsiHostAwaits(dev: Device): Awaited | undefined {
  const host = [...dev.core.subsystem(MipiDsi).hosts].find((one) => one.dev === dev);
  if (host === undefined || host.devices.some(({ attached }) => attached)) return undefined;
  const { ofNode, core, path } = dev;
  const node = ofNode === undefined ? undefined : (peripheralOf(ofNode) ?? sinkOf(core, ofNode));
  if (node === undefined) return { path, reason: 'waits for its panel or bridge: the devicetree has none' };
  return { path: node.path, reason: awaited('its panel or bridge', core, node) };
}

/** An available one before one that is not. */
function peripheralOf(node: DtNode): DtNode | undefined {
  const all = peripheralNodes(node).filter(({ compatible }) => compatible.length > 0);
  return all.find(({ available }) => available) ?? all[0];
}

function sinkOf(core: DeviceCore, node: DtNode): DtNode | undefined {
  const byPort = [...endpoints(node, { variant: 'mainline' })].sort(
    (a, b) => parseEndpoint(b).port - parseEndpoint(a).port,
  );
  const [first] = byPort;
  return first === undefined ? undefined : remotePortParent(core.tree, first);
}
