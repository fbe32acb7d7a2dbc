// /sys of a machine, live: devices, buses, classes, the devicetree, debugfs, and the file that sends it to sleep.
import { SysError } from '../base/errno.js';
import { debugfsRoot } from '../core/debugfs.js';
import type { DriverCore } from '../core/driver-core.js';
import { IioDevice } from '../core/iio/iio.js';
import { dpmResume, dpmSuspend } from '../core/pm.js';
import { SysfsDir } from '../core/sysfs.js';
import { devicetreeDir } from './devicetree-dir.js';
import { busesDir, classesDir } from './sysfs-buses.js';
import { devicesDir } from './sysfs-devices.js';
import { attributesOf, dirsOf, sysfsDir } from './sysfs-file.js';
import { SysfsIndex } from './sysfs-index.js';
import { IIO } from './sysfs-places.js';
import { dirOf, entriesOf, fixed } from './vfs-dir.js';
import type { VDir } from './vfs.js';

/**
 * The directory `/sys`. It shows at any moment what the machine has at that moment: devices come and go, drivers are
 * bound and unbound, by this file system too. Stores and shows of drivers may need virtual time to pass.
 */
export function sysfsTree(core: DriverCore): VDir {
  const index = new SysfsIndex(core);
  const firmware = dirOf(fixed({ devicetree: dirOf(fixed({ base: devicetreeDir(core.tree) })) }));
  return dirOf(
    fixed({
      bus: busesDir(core, index),
      class: classesDir(index),
      devices: devicesDir(index),
      firmware,
      kernel: dirOf(fixed({ debug: debugDir(core, index) })),
      power: powerDir(core),
    }),
  );
}

/** Linux lets only root look at debugfs; whoever has mounted ours is its root. */
function debugDir(core: DriverCore, index: SysfsIndex): VDir {
  const root = debugfsRoot(core);
  const iio = dirOf(entriesOf(() => iioDirs(index), sysfsDir));
  return dirOf(fixed({ iio }), attributesOf(root), dirsOf(root));
}

function iioDirs(index: SysfsIndex): ReadonlyMap<string, SysfsDir> {
  const dirs = [...index.members(IIO).values()].flatMap((one) => (one instanceof IioDevice ? (one.debugfs ?? []) : []));
  return new Map(dirs.map((dir) => [dir.name, dir]));
}

/** `state`: a machine that is sent to sleep is woken at once. EINVAL: no such sleep; EBUSY: it is falling asleep. */
function powerDir(core: DriverCore): VDir {
  const dir = new SysfsDir('power');
  let falling = false;
  const sleep = async (text: string): Promise<void> => {
    const word = (text.split('\0', 1)[0] as string).split('\n', 1)[0];
    if (word !== 'mem') throw new SysError('EINVAL', `"${word}" is no sleep; there is mem`, { op: 'power/state' });
    if (falling) throw new SysError('EBUSY', 'the machine is falling asleep', { op: 'power/state' });
    falling = true;
    try {
      await dpmSuspend(core);
      await dpmResume(core);
    } finally {
      falling = false;
    }
  };
  dir.addGroup([{ name: 'state', mode: 0o644, show: () => 'mem\n', store: sleep }]);
  return sysfsDir(dir);
}
