// Which driver fits which device (Linux: driver_match_device).
import { type Device, type Driver, ofMatchIndex } from './device.js';

/** The entry of the driver's table that the device's node has. */
export function entryOf({ bus, ofNode }: Device, driver: Driver): string | undefined {
  return driver.bus === bus && ofNode !== undefined ? ofMatchIndex(ofNode, driver.compatible)?.entry : undefined;
}

/** By the driver's own rule or that of the bus. */
export function fitsOtherwise(dev: Device, driver: Driver): boolean {
  return driver.bus === dev.bus && (driver.matches?.(dev) === true || driver.bus.match?.(dev, driver) === true);
}
