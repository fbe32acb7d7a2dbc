// The directories of /sys/devices: each device with its files and links, and below it its members of classes.
import type { ClassDevice, Device } from '../core/device.js';
import { I2cClient } from '../core/i2c.js';
import { PLATFORM_BUS } from '../core/platform-device.js';
import { RPMSG_BUS } from '../core/rpmsg.js';
import { type Attribute, SysfsDir } from '../core/sysfs.js';
import { attributesOf, dirsOf } from './sysfs-file.js';
import { NOWHERE, type SysfsIndex } from './sysfs-index.js';
import { ADAPTERS, CARDS, CLASSES, type ClassPlace, memberPath, nodePath, pathOf } from './sysfs-places.js';
import { memberUeventText, modaliasOf, ueventText } from './sysfs-uevent.js';
import { dirOf, type Entries, entriesOf, entry, fixed, linkTo } from './vfs-dir.js';
import type { VDir } from './vfs.js';

const READ_ONLY = 0o444;

/** The directory `devices`. */
export function devicesDir(index: SysfsIndex): VDir {
  const platform = dirOf(devicesBelow(index, 'devices/platform'));
  const members = CLASSES.map((place) => membersBelow(index, NOWHERE, place));
  return dirOf(fixed({ platform }), devicesBelow(index, 'devices'), ...members);
}

function devicesBelow(index: SysfsIndex, owner: Parameters<SysfsIndex['below']>[0]): Entries {
  return entriesOf(
    () => index.below(owner),
    (dev) => deviceDir(index, dev),
  );
}

function deviceDir(index: SysfsIndex, dev: Device): VDir {
  const path = pathOf(dev);
  return dirOf(
    attributesOf(withFiles(dev.name, deviceFiles(dev))),
    attributesOf(dev.sysfs),
    dirsOf(dev.sysfs),
    link(path, 'subsystem', `bus/${dev.bus.name}`),
    entry('driver', boundTo, (driver) => linkTo(path, `bus/${driver.bus.name}/drivers/${driver.name}`)),
    ...nodeLink(path, dev),
    devicesBelow(index, dev),
    ...CLASSES.map((place) => membersBelow(index, dev, place)),
  );

  function boundTo() {
    return dev.state.kind === 'bound' ? dev.state.driver : undefined;
  }
}

function deviceFiles(dev: Device): Attribute[] {
  const shown = dev.bus === PLATFORM_BUS || dev.bus === RPMSG_BUS || dev.outer instanceof I2cClient;
  const modalias = shown ? modaliasOf(dev) : undefined;
  return [
    file('uevent', () => ueventText(dev)),
    ...(modalias === undefined ? [] : [file('modalias', () => `${modalias}\n`)]),
    ...(dev.outer instanceof I2cClient ? [file('name', () => `${clientName(dev)}\n`)] : []),
  ];
}

/** The first compatible without its vendor (Linux: of_alias_from_compatible). */
function clientName({ ofNode, name }: Device): string {
  const compatible = ofNode?.compatible[0] ?? name;
  return compatible.slice(compatible.indexOf(',') + 1);
}

function file(name: string, show: () => string): Attribute {
  return { name, mode: READ_ONLY, show };
}

function withFiles(name: string, files: readonly Attribute[]): SysfsDir {
  const dir = new SysfsDir(name);
  dir.addGroup(files);
  return dir;
}

function link(from: string, name: string, to: string): Entries {
  return fixed({ [name]: linkTo(from, to) });
}

function nodeLink(from: string, { ofNode }: Device): Entries[] {
  return ofNode === undefined ? [] : [link(from, 'of_node', nodePath(ofNode))];
}

function membersBelow(index: SysfsIndex, dev: Device | typeof NOWHERE, place: ClassPlace): Entries {
  const members = entriesOf(
    () => index.membersOf(dev, place),
    (member) => memberDir(index, place, member),
  );
  if (!place.glue) return members;
  const glue = dirOf(members);
  const needed = () => (index.membersOf(dev, place).size > 0 ? glue : undefined);
  return entry(place.name, needed, () => glue);
}

function memberDir(index: SysfsIndex, place: ClassPlace, member: ClassDevice): VDir {
  const { parent, sysfs } = member;
  const path = memberPath(place, member);
  const files = [
    file('uevent', () => memberUeventText(member, place.devtype, place.ofNode)),
    // Linux's drivers of adapters write their own; the models have none but the controller's.
    ...(place === ADAPTERS ? [file('name', () => `${parent.name}\n`)] : []),
  ];
  return dirOf(
    attributesOf(sysfs),
    attributesOf(withFiles(sysfs.name, files)),
    ...(place === CARDS ? [connectorsOf(path, sysfs)] : []),
    dirsOf(sysfs),
    link(path, 'subsystem', place.subsystem),
    ...(place.device ? [link(path, 'device', pathOf(parent))] : []),
    ...(place.ofNode ? nodeLink(path, parent) : []),
    ...(place === ADAPTERS ? [devicesBelow(index, member)] : []),
  );
}

/** Connectors are devices, too: their `device` is the card. */
function connectorsOf(card: string, sysfs: SysfsDir): Entries {
  return entriesOf(
    () => sysfs.dirs,
    (dir, name) => {
      const path = `${card}/${name}`;
      const uevent = withFiles(name, [file('uevent', () => 'DEVTYPE=drm_connector\n')]);
      return dirOf(
        attributesOf(dir),
        attributesOf(uevent),
        link(path, 'subsystem', CARDS.subsystem),
        link(path, 'device', card),
      );
    },
  );
}
