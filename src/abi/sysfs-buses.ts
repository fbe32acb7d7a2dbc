// /sys/bus and /sys/class: links to the devices, and the drivers with their files `bind` and `unbind`.
import { SysError } from '../base/errno.js';
import type { Device, Driver } from '../core/device.js';
import type { DriverCore } from '../core/driver-core.js';
import { SysfsDir } from '../core/sysfs.js';
import { attributesOf } from './sysfs-file.js';
import type { SysfsIndex } from './sysfs-index.js';
import { CARDS, CLASSES, type ClassPlace, memberPath, pathOf } from './sysfs-places.js';
import { dirOf, type Entries, entriesOf, fixed, linkTo } from './vfs-dir.js';
import type { VDir } from './vfs.js';

const WRITE_ONLY = 0o200;

/** The directory `bus`. */
export function busesDir(core: DriverCore, index: SysfsIndex): VDir {
  return dirOf(
    entriesOf(
      () => index.buses,
      ({ name }) => busDir(core, index, name),
    ),
  );
}

function busDir(core: DriverCore, index: SysfsIndex, bus: string): VDir {
  const path = `bus/${bus}/devices`;
  const devices = dirOf(
    entriesOf(
      () => index.onBus(bus),
      (dev) => linkTo(path, pathOf(dev)),
    ),
    ...listedIn(index, path),
  );
  const drivers = dirOf(
    entriesOf(
      () => index.drivers(bus),
      (driver) => driverDir(core, index, driver),
    ),
  );
  return dirOf(fixed({ devices, drivers }));
}

/** The directory `class`. */
export function classesDir(index: SysfsIndex): VDir {
  const paths = CLASSES.flatMap(({ lists }) => lists.filter((path) => path.startsWith('class/')));
  const dirs = paths.map((path) => [path.slice('class/'.length), dirOf(...listedIn(index, path))] as const);
  return dirOf(fixed(Object.fromEntries(dirs)));
}

/** The links of a directory that lists members of classes. */
function listedIn(index: SysfsIndex, path: string): Entries[] {
  return CLASSES.filter(({ lists }) => lists.includes(path)).flatMap((place) => [
    entriesOf(
      () => index.members(place),
      (member) => linkTo(path, memberPath(place, member)),
    ),
    ...(place === CARDS ? [connectorLinks(index, path, place)] : []),
  ]);
}

function connectorLinks(index: SysfsIndex, path: string, place: ClassPlace): Entries {
  return entriesOf(
    () => index.connectors,
    (_dir, name) => {
      const card = index.members(place).get(name.slice(0, name.indexOf('-')));
      return linkTo(path, card === undefined ? name : `${memberPath(place, card)}/${name}`);
    },
  );
}

/** A driver's directory: links to the devices that it is bound to, and the two files. */
function driverDir(core: DriverCore, index: SysfsIndex, driver: Driver): VDir {
  const bus = driver.bus.name;
  const path = `bus/${bus}/drivers/${driver.name}`;
  const bound = (dev: Device): boolean => dev.state.kind === 'bound' && dev.state.driver === driver;
  const links = entriesOf(
    () => index.onBus(bus),
    (dev) => linkTo(path, pathOf(dev)),
  );
  const named = (text: string): Device | undefined => index.onBus(bus).get(nameIn(text));
  const files = new SysfsDir(driver.name);
  files.addGroup([
    { name: 'bind', mode: WRITE_ONLY, store: (text) => bind(core, driver, named(text)) },
    { name: 'unbind', mode: WRITE_ONLY, store: (text) => unbind(core, driver, named(text)) },
  ]);
  return dirOf(attributesOf(files), {
    find(name) {
      const dev = index.onBus(bus).get(name);
      return dev !== undefined && bound(dev) ? links.find(name) : undefined;
    },
    *list() {
      for (const [name, dev] of index.onBus(bus)) {
        const node = bound(dev) ? links.find(name) : undefined;
        if (node !== undefined) yield [name, node];
      }
    },
  });
}

/** A name as a C string with at most one newline behind (Linux: sysfs_streq). */
function nameIn(text: string): string {
  return (text.split('\0', 1)[0] as string).replace(/\n$/, '');
}

/**
 * Binds a device to this driver and no other (Linux: bind_store). ENODEV: no such device, or the driver does not fit;
 * EBUSY: it is bound; EAGAIN: it has to wait; otherwise what the probe ended with.
 */
async function bind(core: DriverCore, driver: Driver, dev: Device | undefined): Promise<void> {
  if (dev === undefined) throw noDevice(driver, 'bind');
  await core.bind(dev, driver);
  const { state } = dev;
  if (state.kind === 'bound') return;
  if (state.kind === 'deferred') throw dev.error('EAGAIN', state.reason, 'bind');
  if (state.kind === 'failed' && state.driver === driver) throw state.error;
  throw noDevice(driver, 'bind');
}

/** Takes the driver off a device. ENODEV: no such device, or it has another driver or none (Linux: unbind_store). */
async function unbind(core: DriverCore, driver: Driver, dev: Device | undefined): Promise<void> {
  if (dev?.state.kind !== 'bound' || dev.state.driver !== driver) throw noDevice(driver, 'unbind');
  await core.unbind(dev);
}

function noDevice(driver: Driver, op: string): SysError {
  return new SysError('ENODEV', 'no such device', { dev: driver.name, op });
}
