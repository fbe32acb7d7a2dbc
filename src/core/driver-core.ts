// The driver core (Linux: drivers/base/dd.c): who binds to whom, who waits, who failed, and in which order all goes
// away.
import { assert } from '../base/assert.js';
import type { Clock, OwnedClock } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import type { DtNode, DtTree } from '../dt/tree.js';
import { ClassTable } from './class-table.js';
import { type ClassDevice, Device, type DeviceCore, type DeviceSpec, type Driver } from './device.js';
import { entryOf, fitsOtherwise } from './driver-match.js';
import { FwLinks } from './fwnode.js';
import { IoRegions } from './ioport.js';
import { isRejection, notReady, type Outcome, weight } from './probe-outcome.js';
import type { BoardWires } from './wires.js';

/** What a driver core stands on. */
export interface DriverCoreParts {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly tree: DtTree;
  /** Left out where there is nothing to map and no interrupt: using them is then ENODEV. */
  readonly wires?: BoardWires | undefined;
}

/** States in which a driver is offered a device. */
const UNBOUND: ReadonlySet<Device['state']['kind']> = new Set(['new', 'no-driver', 'failed', 'deferred']);

/**
 * All devices and drivers of one machine. Calls may overlap: a device is bound or taken off by one of them at a time,
 * and the last to end retries what waits.
 */
export class DriverCore implements DeviceCore {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly tree: DtTree;
  readonly regions: IoRegions = new IoRegions();
  readonly #wires: BoardWires | undefined;
  readonly #links: FwLinks = new FwLinks(this);
  /** Consumers by the supplier that their drivers named, beside those of the tree. */
  readonly #deviceLinks = new Map<Device, Set<Device>>();
  readonly #drivers: Driver[] = [];
  readonly #devices: Device[] = [];
  /** The place of each device in the order of their coming. */
  readonly #order = new Map<Device, number>();
  #added = 0;
  readonly #byNode = new Map<DtNode, Device>();
  readonly #named = new Set<string>();
  readonly #classes = new ClassTable(() => this.#changed());
  readonly #subsystems = new Map<new (core: DeviceCore) => unknown, unknown>();
  /** Devices that wait and why, in the order in which they began to (Linux: deferred_probe_pending_list). */
  readonly #deferred = new Map<Device, string>();
  /** Clocks of devices that were removed while a timer of theirs was set. */
  readonly #leftClocks: OwnedClock[] = [];
  readonly #listeners = new Set<() => void>();
  #depth = 0;
  #retry = false;
  #driversDone = false;

  constructor(parts: DriverCoreParts) {
    this.clock = parts.clock;
    this.trace = parts.trace;
    this.tree = parts.tree;
    this.#wires = parts.wires;
  }

  get wires(): BoardWires {
    if (this.#wires === undefined) throw new SysError('ENODEV', 'the machine has no wires but those of its buses');
    return this.#wires;
  }

  get devices(): readonly Device[] {
    return this.#devices;
  }

  get drivers(): readonly Driver[] {
    return this.#drivers;
  }

  /** The clocks on which a driver has set a timer although its device is not bound, by owner: the device's path. */
  get leftClocks(): readonly OwnedClock[] {
    const unbound = this.#devices.filter(({ state }) => state.kind !== 'bound').map(({ clock }) => clock);
    return [...unbound, ...this.#leftClocks].filter(({ pending }) => pending > 0);
  }

  deviceOf(node: DtNode): Device | undefined {
    return this.#byNode.get(node);
  }

  deviceLinkAdd(consumer: Device, supplier: Device): void {
    if (this.#dependsOn(supplier, consumer))
      throw consumer.error('EINVAL', `${supplier.path} depends on it and cannot be its supplier`, 'device link');
    const consumers = this.#deviceLinks.get(supplier) ?? new Set();
    if (consumers.has(consumer)) return;
    this.#deviceLinks.set(supplier, consumers.add(consumer));
    consumer.scope.defer(() => void consumers.delete(consumer));
  }

  /** The links that drivers have made and that hold now (deviceLinkAdd), as pairs of supplier and consumer. */
  *deviceLinks(): Generator<readonly [supplier: Device, consumer: Device]> {
    for (const [supplier, consumers] of this.#deviceLinks) for (const consumer of consumers) yield [supplier, consumer];
  }

  /** Asks to be told when a device, a driver or a member of a class comes or goes. Answers how to end that. */
  onChange(tell: () => void): () => void {
    this.#listeners.add(tell);
    return () => {
      this.#listeners.delete(tell);
    };
  }

  classDevices(name: string): readonly ClassDevice[] {
    return this.#classes.members(name);
  }

  joinClass(name: string, member: ClassDevice): void {
    member.parent.scope.defer(this.enterClass(name, member));
  }

  enterClass(name: string, member: ClassDevice): () => void {
    return this.#classes.enter(name, member);
  }

  freeNumber(name: string, first = 0): number {
    return this.#classes.freeNumber(name, first);
  }

  subsystem<T>(kind: new (core: DeviceCore) => T): T {
    const made = this.#subsystems.get(kind) ?? new kind(this);
    this.#subsystems.set(kind, made);
    return made as T;
  }

  /**
   * Registers a driver and offers it every device that is not bound (Linux: driver_register). EBUSY: its bus has a
   * driver of that name.
   */
  async registerDriver(driver: Driver): Promise<void> {
    if (this.#drivers.some(({ bus, name }) => bus === driver.bus && name === driver.name))
      throw new SysError('EBUSY', `driver '${driver.name}' is already registered`, { dev: driver.bus.name });
    this.#drivers.push(driver);
    this.#changed();
    await this.#work(async () => {
      // Most do not fit: nothing is waited for then.
      for (const dev of [...this.#devices]) if (this.#mayAttach(dev, [driver])) await this.#attach(dev, [driver]);
    });
  }

  /** Takes a driver off its devices, youngest first, and forgets it (Linux: driver_unregister). */
  async unregisterDriver(driver: Driver): Promise<void> {
    const index = this.#drivers.indexOf(driver);
    assert(index >= 0, `driver ${driver.name} is not registered`);
    this.#drivers.splice(index, 1);
    this.#changed();
    for (const dev of [...this.#devices].reverse()) {
      await dev.lock.run(() => undefined); // a probe in progress ends first
      if (!('driver' in dev.state) || dev.state.driver !== driver) continue;
      await this.unbind(dev);
      if (!('driver' in dev.state)) continue;
      this.#deferred.delete(dev);
      dev.state = { kind: 'no-driver' };
    }
  }

  get allDriversKnown(): boolean {
    return this.#driversDone;
  }

  /**
   * Says that no more drivers will come: who waits for a device that none of them fits is probed (Linux:
   * fw_devlink_drivers_done).
   */
  async driversDone(): Promise<void> {
    this.#driversDone = true;
    await this.#work(async () => {
      this.#retry = true;
    });
  }

  async addDevice(spec: DeviceSpec): Promise<Device> {
    const named = nameOnBus(spec);
    if (this.#named.has(named)) throw new SysError('EEXIST', 'a device of that name exists', { dev: named });
    this.#named.add(named);
    const dev = new Device(this, spec);
    this.#devices.push(dev);
    this.#order.set(dev, this.#added++);
    dev.parent?.children.push(dev);
    if (dev.ofNode !== undefined) this.#byNode.set(dev.ofNode, dev);
    this.#changed();
    this.trace.emit(dev.path, { kind: 'device_add' });
    await this.#work(() => this.#attach(dev));
    return dev;
  }

  removeDevice(dev: Device): Promise<void> {
    assert(dev.state.kind !== 'removed', `${dev.path}: removed twice`);
    dev.removal ??= this.#remove(dev);
    return dev.removal;
  }

  /** Takes the driver off a device; one that is not bound stays as it is (Linux: device_release_driver). */
  async unbind(dev: Device): Promise<void> {
    await this.#unbindConsumers(dev);
    await dev.lock.run(() => this.#unbind(dev));
  }

  /**
   * Offers the registered drivers, or one of them, again to a device that is not bound (a write to /sys/bus/…/bind).
   * What came of it is the device's state. ENODEV: the one does not fit; EBUSY: the device is bound.
   */
  async bind(dev: Device, driver?: Driver): Promise<void> {
    if (driver !== undefined && this.#candidates(dev, [driver]).next().done === true)
      throw dev.error('ENODEV', `${driver.name} does not fit`, 'bind');
    if (dev.state.kind === 'bound') throw dev.error('EBUSY', `already bound to ${dev.state.driver.name}`, 'bind');
    await this.#work(() => this.#attach(dev, driver === undefined ? this.#drivers : [driver]));
  }

  /** Removes every device, the youngest first. */
  async shutdown(): Promise<void> {
    for (let dev = this.#devices.at(-1); dev !== undefined; dev = this.#devices.at(-1)) await this.removeDevice(dev);
  }

  #changed(): void {
    for (const tell of this.#listeners) tell();
  }

  async #remove(dev: Device): Promise<void> {
    await dev.lock.run(() => undefined); // a probe in progress ends first
    for (let child = dev.children.at(-1); child !== undefined; child = dev.children.at(-1))
      await this.removeDevice(child);
    await this.unbind(dev);
    this.#deferred.delete(dev);
    this.#deviceLinks.delete(dev);
    this.#order.delete(dev);
    takeOut(this.#devices, dev);
    if (dev.parent !== undefined) takeOut(dev.parent.children, dev);
    this.#named.delete(nameOnBus(dev));
    if (dev.ofNode !== undefined) this.#byNode.delete(dev.ofNode);
    dev.state = { kind: 'removed' };
    if (dev.clock.pending > 0) this.#leftClocks.push(dev.clock);
    dev.release?.(dev);
    this.#changed();
    this.trace.emit(dev.path, { kind: 'device_del' });
  }

  /** Who was bound with a supplier's help goes before it and waits for it again (device_links_unbind_consumers). */
  async #unbindConsumers(dev: Device): Promise<void> {
    if (dev.state.kind !== 'bound') return;
    for (const consumer of this.#consumers(dev).reverse()) {
      await consumer.lock.run(() => undefined); // a probe in progress ends first
      if (consumer.state.kind !== 'bound') continue;
      const { driver } = consumer.state;
      await this.unbind(consumer);
      if (consumer.removal === undefined) this.#defer(consumer, driver, notReady(dev), dev.ofNode?.path);
    }
  }

  /** In the order of their coming. */
  #consumers(supplier: Device): Device[] {
    const all = new Set([...this.#links.consumers(supplier), ...(this.#deviceLinks.get(supplier) ?? [])]);
    const order = (dev: Device): number => this.#order.get(dev) ?? 0;
    return [...all].sort((a, b) => order(a) - order(b));
  }

  /** Through any number of others; what stands below a device depends on it too. */
  #dependsOn(dev: Device, on: Device): boolean {
    for (let at: Device | undefined = dev; at !== undefined; at = at.parent) if (at === on) return true;
    return this.#consumers(on).some((consumer) => this.#dependsOn(dev, consumer));
  }

  async #unbind(dev: Device): Promise<void> {
    if (dev.state.kind !== 'bound') return;
    const { driver } = dev.state;
    try {
      await this.#release(dev);
    } finally {
      dev.state = { kind: 'no-driver' }; // also when our own mistake goes up
    }
    this.trace.emit(dev.path, { kind: 'unbound', driver: driver.name });
  }

  /** Runs `body`; the last call to end retries what waits, as long as something binds (Linux: deferred_probe_work). */
  async #work(body: () => Promise<void>): Promise<void> {
    this.#depth++;
    try {
      await body();
      while (this.#depth === 1 && this.#retry) {
        this.#retry = false;
        for (const dev of [...this.#deferred.keys()]) if (this.#deferred.has(dev)) await this.#attach(dev);
      }
    } finally {
      this.#depth--;
    }
  }

  *#candidates(dev: Device, drivers: readonly Driver[]): Generator<{ driver: Driver; entry: string | undefined }> {
    for (const driver of drivers) {
      const entry = entryOf(dev, driver);
      if (entry !== undefined || fitsOtherwise(dev, driver)) yield { driver, entry };
    }
  }

  /** As in Linux who does not fit does not wait for the device either. */
  #mayAttach(dev: Device, drivers: readonly Driver[]): boolean {
    if (dev.state.kind === 'new') return true;
    return drivers.some((driver) => entryOf(dev, driver) !== undefined || fitsOtherwise(dev, driver));
  }

  /** Offers the drivers that fit to a device that has none. */
  async #attach(dev: Device, drivers: readonly Driver[] = this.#drivers): Promise<void> {
    if (!this.#mayAttach(dev, drivers)) return;
    await dev.lock.run(async () => {
      if (!UNBOUND.has(dev.state.kind) || dev.removal !== undefined) return;
      const state = await this.#tryAll(dev, drivers);
      dev.state = state ?? (dev.state.kind === 'new' ? { kind: 'no-driver' } : dev.state);
    });
  }

  /**
   * Tries drivers until one binds. As in Linux a failed probe, or one that its driver put off, lets the next try; who
   * waits for a supplier is not tried further. What remains is the first deferral, else the first failure; one that
   * only rejected the match counts last.
   */
  async #tryAll(dev: Device, drivers: readonly Driver[]): Promise<Device['state'] | undefined> {
    // A new driver's failure does not make the others' forgotten.
    const others = drivers !== this.#drivers && 'driver' in dev.state && !drivers.includes(dev.state.driver);
    let left: Device['state'] | undefined = others ? dev.state : undefined;
    for (const { driver, entry } of this.#candidates(dev, drivers)) {
      dev.matched = entry;
      dev.canMatch = true;
      const { state, stop } = await this.#probe(dev, driver);
      if (left === undefined || stop || weight(state) > weight(left)) left = state;
      if (stop) break;
    }
    if (left !== undefined && left.kind !== 'deferred') this.#deferred.delete(dev);
    return left;
  }

  async #probe(dev: Device, driver: Driver): Promise<Outcome> {
    const supplier = this.#links.missing(dev);
    if (supplier !== undefined) {
      const { node, owner } = supplier;
      const reason = owner.ofNode === node ? notReady(owner) : `wait for supplier ${node.path}`;
      return { state: this.#defer(dev, driver, reason, node.path), stop: true };
    }
    dev.state = { kind: 'probing', driver };
    dev.openScope();
    try {
      await driver.probe(dev);
    } catch (e) {
      await this.#release(dev);
      return { state: this.#refused(dev, driver, e), stop: false };
    }
    this.#retry ||= this.#deferred.size > 0;
    this.trace.emit(dev.path, { kind: 'bound', driver: driver.name });
    return { state: { kind: 'bound', driver }, stop: true };
  }

  /** Sorts out why a probe threw. What is not a SysError is our own mistake and goes up. */
  #refused(dev: Device, driver: Driver, e: unknown): Device['state'] {
    if (!(e instanceof SysError)) {
      dev.state = { kind: 'no-driver' };
      throw e;
    }
    if (e.code === 'EPROBE_DEFER') return this.#defer(dev, driver, e.message, e.waitsFor);
    if (isRejection(e)) dev.dbg(`probe with driver ${driver.name} rejects match ${e.errno}`);
    else dev.err(`probe with driver ${driver.name} failed with error ${e.errno}`);
    this.trace.emit(dev.path, { kind: 'failed', driver: driver.name, reason: e.message, errno: e.errno });
    return { kind: 'failed', driver, error: e };
  }

  /** Puts a device on the list of those that wait. Told once as long as the reason stays. */
  #defer(dev: Device, driver: Driver, reason: string, waitsFor: string | undefined): Device['state'] {
    if (this.#deferred.get(dev) !== reason)
      this.trace.emit(dev.path, { kind: 'deferred', driver: driver.name, reason });
    this.#deferred.set(dev, reason);
    dev.state = { kind: 'deferred', driver, reason, waitsFor };
    return dev.state;
  }

  /** Undoes what a probe acquired. A failure on the way is told and does not stop the rest. */
  async #release(dev: Device): Promise<void> {
    for (const failure of await dev.closeScope()) {
      if (!(failure instanceof SysError)) throw failure;
      dev.err(`cleanup: ${failure.message}`);
    }
    this.#wires?.released(dev.path);
  }
}

/** Takes a device out of a list; the youngest, at the end, go first and are found at once. */
function takeOut(devices: Device[], dev: Device): void {
  devices.splice(devices.lastIndexOf(dev), 1);
}

/** What no two devices may have in common. */
function nameOnBus({ bus, name }: Pick<DeviceSpec, 'bus' | 'name'>): string {
  return `${bus.name} ${name}`;
}
