// debugfs (Linux: linux/debugfs.h): files for people who look for faults. No program may rely on them.
import type { Device, DeviceCore } from './device.js';
import { SysfsDir } from './sysfs.js';

/** The machine's debugfs. */
class Debugfs {
  readonly root = new SysfsDir('debug');
}

/** The root of a machine's debugfs: /sys/kernel/debug. */
export function debugfsRoot(core: DeviceCore): SysfsDir {
  return core.subsystem(Debugfs).root;
}

/**
 * Makes a directory at the root of debugfs for a driver to put its files into (Linux: debugfs_create_dir); the scope of
 * `dev` takes it away. A name that is taken ends with EEXIST.
 */
export function debugfsDir(dev: Device, name: string): SysfsDir {
  const dir = new SysfsDir(name);
  dev.scope.defer(debugfsRoot(dev.core).addDir(dir));
  return dir;
}
