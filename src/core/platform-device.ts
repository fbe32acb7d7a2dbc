// Platform devices and drivers (Linux: linux/platform_device.h).
import type { BusType, Device, Driver } from './device.js';

/** The bus type of devices that sit on no enumerable bus: most of an SoC. */
export const PLATFORM_BUS: BusType = { name: 'platform' };
/** The bus type of ARM PrimeCell blocks (`arm,primecell`). */
export const AMBA_BUS: BusType = { name: 'amba' };

/** What a platform driver is. */
export interface PlatformDriverSpec {
  readonly name: string;
  readonly compatible: readonly string[];
  /** For a driver that knows its devices by more than their compatible; asked when the table has no match. */
  readonly matches?: (dev: Device) => boolean;
  readonly probe: (dev: Device) => void | Promise<void>;
}

/** Makes a driver for platform devices (Linux: module_platform_driver). */
export function platformDriver(spec: PlatformDriverSpec): Driver {
  return { ...spec, bus: PLATFORM_BUS };
}
