// Closing a scope that is not a device's own.
import { SysError } from '../../base/errno.js';
import type { Scope } from '../../base/scope.js';
import type { Device } from '../../core/device.js';

/** Undoes what a scope holds. As on unbind a device's failure is told and does not stop the rest; a bug goes up. */
export async function closeTelling(dev: Device, scope: Scope): Promise<void> {
  for (const failure of await scope.close()) {
    if (!(failure instanceof SysError)) throw failure;
    dev.err(`cleanup: ${failure.message}`);
  }
}
