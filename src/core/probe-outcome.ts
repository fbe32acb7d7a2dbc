// How a probe ended, and what that says (Linux: really_probe in drivers/base/dd.c).
import type { SysError } from '../base/errno.js';
import type { Device } from './device.js';

/** How a probe ended. `stop`: the other drivers are not tried. */
export type Outcome = { readonly state: Device['state']; readonly stop: boolean };

/** Linux's words for a supplier that is a device and not bound. */
export function notReady(supplier: Device): string {
  return `supplier ${supplier.name} not ready`;
}

/** ENODEV and ENXIO say that the device is none of the driver's. */
export function isRejection({ code }: SysError): boolean {
  return code === 'ENODEV' || code === 'ENXIO';
}

/** Which of two outcomes says more about a device without driver: the larger one. */
export function weight(state: Device['state']): number {
  if (state.kind === 'deferred') return 2;
  return state.kind === 'failed' && !isRejection(state.error) ? 1 : 0;
}
