// Where each device and each member of a class stands in sysfs, as Linux lays it out: paths without leading slash.
import type { BusType, ClassDevice, Device } from '../core/device.js';
import { I2C_BUS, I2cClient } from '../core/i2c.js';
import { MIPI_DSI_BUS } from '../core/mipi-dsi.js';
import { AMBA_BUS, PLATFORM_BUS } from '../core/platform-device.js';
import type { DtNode } from '../dt/tree.js';

/** How the members of a class are shown. */
export interface ClassPlace {
  readonly name: string;
  /** What `subsystem` leads to; a class of this kind is a bus where the path begins with `bus`. */
  readonly subsystem: string;
  /** The directories with a link to each member. */
  readonly lists: readonly string[];
  /** True: in a directory of the class's name below the device (Linux: get_device_parent). False: directly below. */
  readonly glue: boolean;
  /** It has a link `device` to what it belongs to. */
  readonly device: boolean;
  /** It has its device's node. */
  readonly ofNode: boolean;
  readonly devtype?: string;
}

const HWMON: ClassPlace = {
  name: 'hwmon',
  subsystem: 'class/hwmon',
  lists: ['class/hwmon'],
  glue: true,
  device: true,
  ofNode: true,
};

/** Adapters of I2C buses; clients stand below them. */
export const ADAPTERS: ClassPlace = {
  name: 'i2c-adapter',
  subsystem: 'bus/i2c',
  lists: ['bus/i2c/devices', 'class/i2c-adapter'],
  glue: false,
  device: true,
  ofNode: true,
};

/** Display devices. They have connectors, which are members of the class, too. */
export const CARDS: ClassPlace = {
  name: 'drm',
  subsystem: 'class/drm',
  lists: ['class/drm'],
  glue: true,
  device: true,
  ofNode: false,
  devtype: 'drm_minor',
};

/** Network interfaces. */
const NET: ClassPlace = {
  name: 'net',
  subsystem: 'class/net',
  lists: ['class/net'],
  glue: true,
  device: true,
  ofNode: false,
};

/** Converters and sensors of the subsystem IIO. */
export const IIO: ClassPlace = {
  name: 'iio',
  subsystem: 'bus/iio',
  lists: ['bus/iio/devices'],
  glue: false,
  device: false,
  ofNode: true,
  devtype: 'iio_device',
};

const TRIGGERS: ClassPlace = {
  name: 'iio-trigger',
  subsystem: 'bus/iio',
  lists: ['bus/iio/devices'],
  glue: false,
  device: false,
  ofNode: false,
};

/** The table of classes. */
export const CLASSES: readonly ClassPlace[] = [HWMON, ADAPTERS, CARDS, NET, IIO, TRIGGERS];

/** Buses that are there whether or not a device is on them. Those of IIO are members of classes. */
export const BUSES: readonly BusType[] = [PLATFORM_BUS, AMBA_BUS, I2C_BUS, MIPI_DSI_BUS, { name: 'iio' }];

/** What a device stands directly below: an adapter, another device, or a directory. */
export function ownerOf(dev: Device): ClassDevice | Device | 'devices' | 'devices/platform' {
  if (dev.outer instanceof I2cClient) return dev.outer.adapter;
  if (dev.parent !== undefined) return dev.parent;
  return dev.bus === PLATFORM_BUS || dev.bus === AMBA_BUS ? 'devices/platform' : 'devices';
}

/** The directory of a device. */
export function pathOf(dev: Device): string {
  const owner = ownerOf(dev);
  if (typeof owner === 'string') return `${owner}/${dev.name}`;
  return `${owner === dev.parent ? pathOf(dev.parent) : memberPath(ADAPTERS, owner as ClassDevice)}/${dev.name}`;
}

/** The directory of a member of a class. */
export function memberPath({ name, glue }: ClassPlace, { parent, sysfs }: ClassDevice): string {
  const owner = parent.bus.hidden === true ? 'devices' : pathOf(parent);
  return `${owner}/${glue ? `${name}/` : ''}${sysfs.name}`;
}

/** The directory of a node of the devicetree. */
export function nodePath(node: DtNode): string {
  return `firmware/devicetree/base${node.parent === undefined ? '' : node.path}`;
}
