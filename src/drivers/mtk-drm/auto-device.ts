// Platform devices without a node, which one driver makes for another (Linux: platform_device_register_data with
// PLATFORM_DEVID_AUTO).
import type { Device } from '../../core/device.js';
import { PLATFORM_BUS } from '../../core/platform-device.js';

const AUTO = /\.(\d+)\.auto$/;

/**
 * Makes `NAME.N.auto` below a device, N the lowest number that no such device has, and probes it. The scope of the
 * device removes it.
 */
export async function platformDeviceRegisterAuto(parent: Device, name: string): Promise<Device> {
  const { core } = parent;
  const taken = new Set(core.devices.map((dev) => Number(AUTO.exec(dev.name)?.[1])));
  let nr = 0;
  while (taken.has(nr)) nr++;
  const child = await core.addDevice({ name: `${name}.${nr}.auto`, bus: PLATFORM_BUS, parent });
  parent.scope.defer(() => (child.state.kind === 'removed' ? undefined : core.removeDevice(child)));
  return child;
}

/** For `matches`: whether a device was made so, under this name (Linux: the bus compares driver and device names). */
export function isAutoDevice(dev: Device, name: string): boolean {
  return dev.ofNode === undefined && dev.name.replace(AUTO, '') === name && AUTO.test(dev.name);
}
