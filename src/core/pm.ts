// Sleep and waking of a machine (Linux: drivers/base/power/main.c).
import { SysError } from '../base/errno.js';
import type { Device, DeviceCore } from './device.js';

/**
 * Sends every bound device to sleep, the youngest first (Linux: dpm_suspend). When one refuses, those that sleep are
 * woken and its error goes up.
 */
export async function dpmSuspend(core: DeviceCore): Promise<void> {
  for (const dev of [...core.devices].reverse()) {
    const error = dev.isSuspended ? undefined : await callback(dev, 'suspend');
    if (error === undefined) continue;
    await dpmResume(core);
    throw error;
  }
}

/** Wakes them, the oldest first; one that fails is told in the log and does not stop the rest (Linux: dpm_resume). */
export async function dpmResume(core: DeviceCore): Promise<void> {
  for (const dev of [...core.devices]) if (dev.isSuspended) await callback(dev, 'resume');
}

/** Runs a callback of a device that has it and answers its error. */
async function callback(dev: Device, op: 'suspend' | 'resume'): Promise<SysError | undefined> {
  let error: SysError | undefined;
  const ran = await dev.lock.run(async () => {
    const { pm } = dev;
    if (pm === undefined) return false;
    try {
      await pm[op]();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      error = e;
    }
    dev.isSuspended = op === 'suspend' && error === undefined;
    return true;
  });
  if (error !== undefined) dev.err(`PM: failed to ${op}: error ${error.errno}`);
  if (ran) dev.trace.emit(dev.path, { kind: 'device_pm_callback', op, ret: error?.errno ?? 0 });
  return error;
}
