// Who stands below whom, on which bus, in which class: made when somebody asks, forgotten when the machine changes.
import type { BusType, ClassDevice, Device, Driver } from '../core/device.js';
import type { DriverCore } from '../core/driver-core.js';
import type { SysfsDir } from '../core/sysfs.js';
import { BUSES, CARDS, CLASSES, type ClassPlace, ownerOf } from './sysfs-places.js';

/** Whom members belong to that have no device in Linux. */
export const NOWHERE = 'devices';

type ByName<T> = Map<string, T>;
type Owner = ReturnType<typeof ownerOf>;

/** Names to objects, one map per owner. */
class Shelf<K, T> {
  readonly #maps = new Map<K, ByName<T>>();

  put(owner: K, name: string, of: T): void {
    const map = this.#maps.get(owner) ?? new Map<string, T>();
    this.#maps.set(owner, map.set(name, of));
  }

  get(owner: K): ReadonlyMap<string, T> {
    return this.#maps.get(owner) ?? NOBODY;
  }
}

const NOBODY: ReadonlyMap<string, never> = new Map<string, never>();

class Maps {
  readonly below = new Shelf<Owner, Device>();
  readonly onBus = new Shelf<string, Device>();
  readonly drivers = new Shelf<string, Driver>();
  readonly members = new Shelf<ClassPlace, ClassDevice>();
  readonly membersOf = new Map<ClassPlace, Shelf<Device | typeof NOWHERE, ClassDevice>>();
  readonly connectors = new Map<string, SysfsDir>();
  readonly buses = new Map<string, BusType>(BUSES.map((bus) => [bus.name, bus]));

  constructor(core: DriverCore) {
    for (const dev of core.devices) {
      if (dev.bus.hidden === true) continue;
      this.below.put(ownerOf(dev), dev.name, dev);
      this.onBus.put(dev.bus.name, dev.name, dev);
    }
    for (const driver of core.drivers) this.drivers.put(driver.bus.name, driver.name, driver);
    for (const { bus } of [...core.devices, ...core.drivers]) if (bus.hidden !== true) this.buses.set(bus.name, bus);
    for (const place of CLASSES) this.#enter(place, core.classDevices(place.name));
  }

  #enter(place: ClassPlace, members: readonly ClassDevice[]): void {
    const shelf = new Shelf<Device | typeof NOWHERE, ClassDevice>();
    this.membersOf.set(place, shelf);
    for (const member of members) {
      shelf.put(member.parent.bus.hidden === true ? NOWHERE : member.parent, member.sysfs.name, member);
      this.members.put(place, member.sysfs.name, member);
      if (place === CARDS) for (const [name, dir] of member.sysfs.dirs) this.connectors.set(name, dir);
    }
  }
}

/** The index of a machine. Looking things up in it costs little, however often the machine is asked. */
export class SysfsIndex {
  readonly #core: DriverCore;
  #made: Maps | undefined;

  constructor(core: DriverCore) {
    this.#core = core;
    core.onChange(() => {
      this.#made = undefined;
    });
  }

  /** The devices that stand directly below a device, an adapter or a directory. */
  below(owner: Owner): ReadonlyMap<string, Device> {
    return this.#maps.below.get(owner);
  }

  onBus(bus: string): ReadonlyMap<string, Device> {
    return this.#maps.onBus.get(bus);
  }

  drivers(bus: string): ReadonlyMap<string, Driver> {
    return this.#maps.drivers.get(bus);
  }

  members(place: ClassPlace): ReadonlyMap<string, ClassDevice> {
    return this.#maps.members.get(place);
  }

  /** The members that belong to a device, or to none that Linux has. */
  membersOf(dev: Device | typeof NOWHERE, place: ClassPlace): ReadonlyMap<string, ClassDevice> {
    return this.#maps.membersOf.get(place)?.get(dev) ?? NOBODY;
  }

  /** Directories of connectors, by the names that no two cards share. */
  get connectors(): ReadonlyMap<string, SysfsDir> {
    return this.#maps.connectors;
  }

  get buses(): ReadonlyMap<string, BusType> {
    return this.#maps.buses;
  }

  get #maps(): Maps {
    this.#made ??= new Maps(this.#core);
    return this.#made;
  }
}
