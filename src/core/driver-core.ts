// The driver core (Linux: drivers/base/dd.c): who binds to whom, who waits, who failed, and in which order all goes
// away.
import { assert } from '../base/assert.js';
import type { Clock } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Trace } from '../base/trace.js';
import type { DtNode, DtTree } from '../dt/tree.js';
import { type ClassDevice, Device, type DeviceCore, type DeviceSpec, type Driver, ofMatchIndex } from './device.js';
import { waitsForSupplier } from './fwnode.js';

/** What a driver core stands on. */
export interface DriverCoreParts {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly tree: DtTree;
}

/** States in which a new driver is offered a device. */
const UNBOUND: ReadonlySet<Device['state']['kind']> = new Set(['no-driver', 'failed', 'deferred']);

/** All devices and drivers of one machine. */
export class DriverCore implements DeviceCore {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly tree: DtTree;
  readonly #drivers: Driver[] = [];
  readonly #devices: Device[] = [];
  readonly #byNode = new Map<DtNode, Device>();
  readonly #classes = new Map<string, Set<ClassDevice>>();
  /** Devices that wait, in the order in which they began to (Linux: deferred_probe_pending_list). */
  readonly #deferred = new Set<Device>();
  #depth = 0;
  #retry = false;
  #driversDone = false;

  constructor(parts: DriverCoreParts) {
    this.clock = parts.clock;
    this.trace = parts.trace;
    this.tree = parts.tree;
  }

  get devices(): readonly Device[] {
    return this.#devices;
  }

  get drivers(): readonly Driver[] {
    return this.#drivers;
  }

  deviceOf(node: DtNode): Device | undefined {
    return this.#byNode.get(node);
  }

  classDevices(name: string): readonly ClassDevice[] {
    return [...(this.#classes.get(name) ?? [])];
  }

  joinClass(name: string, member: ClassDevice): void {
    const members = this.#classes.get(name) ?? new Set();
    this.#classes.set(name, members.add(member));
    member.parent.scope.defer(() => {
      members.delete(member);
    });
  }

  freeNumber(name: string, first = 0): number {
    const taken = new Set(this.classDevices(name).map((member) => member.nr));
    let nr = first;
    while (taken.has(nr)) nr++;
    return nr;
  }

  /** Registers a driver and offers it every device that is not bound (Linux: driver_register). */
  async registerDriver(driver: Driver): Promise<void> {
    this.#drivers.push(driver);
    await this.#work(async () => {
      for (const dev of [...this.#devices]) if (UNBOUND.has(dev.state.kind)) await this.#attach(dev, [driver]);
    });
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
    const dev = new Device(this, spec);
    this.#devices.push(dev);
    if (dev.ofNode !== undefined) this.#byNode.set(dev.ofNode, dev);
    this.trace.emit(dev.path, { kind: 'device_add' });
    await this.#work(() => this.#attach(dev));
    return dev;
  }

  async removeDevice(dev: Device): Promise<void> {
    const children = this.#devices.filter((other) => other.parent === dev);
    for (const child of children.reverse()) await this.removeDevice(child);
    await this.unbind(dev);
    this.#deferred.delete(dev);
    this.#devices.splice(this.#devices.indexOf(dev), 1);
    if (dev.ofNode !== undefined) this.#byNode.delete(dev.ofNode);
    dev.state = { kind: 'removed' };
    this.trace.emit(dev.path, { kind: 'device_del' });
  }

  /** Takes the driver off a device; one that is not bound stays as it is (Linux: device_release_driver). */
  async unbind(dev: Device): Promise<void> {
    if (dev.state.kind !== 'bound') return;
    const { driver } = dev.state;
    await this.#release(dev);
    dev.state = { kind: 'no-driver' };
    this.trace.emit(dev.path, { kind: 'unbound', driver: driver.name });
  }

  /** Offers the registered drivers again to a device that is not bound (a write to /sys/bus/…/bind). */
  async bind(dev: Device): Promise<void> {
    assert(dev.state.kind !== 'bound' && dev.state.kind !== 'probing', `${dev.path}: already bound`);
    await this.#work(() => this.#attach(dev));
  }

  /** Removes every device, the youngest first. */
  async shutdown(): Promise<void> {
    for (let dev = this.#devices.at(-1); dev !== undefined; dev = this.#devices.at(-1)) await this.removeDevice(dev);
  }

  /**
   * Runs `body`; the outermost call then retries what waits, as long as something binds (Linux: deferred_probe_work).
   */
  async #work(body: () => Promise<void>): Promise<void> {
    this.#depth++;
    try {
      await body();
      while (this.#depth === 1 && this.#retry) {
        this.#retry = false;
        for (const dev of [...this.#deferred]) if (this.#deferred.has(dev)) await this.#attach(dev);
      }
    } finally {
      this.#depth--;
    }
  }

  *#candidates(dev: Device, drivers: readonly Driver[]): Generator<{ driver: Driver; entry: string | undefined }> {
    for (const driver of drivers) {
      if (driver.bus !== dev.bus) continue;
      const entry = dev.ofNode === undefined ? undefined : ofMatchIndex(dev.ofNode, driver.compatible)?.entry;
      if (entry !== undefined || driver.matches?.(dev) === true || driver.bus.match?.(dev, driver) === true)
        yield { driver, entry };
    }
  }

  /** Tries the drivers that fit, until one binds, waits or fails; one that rejects the match lets the next try. */
  async #attach(dev: Device, drivers: readonly Driver[] = this.#drivers): Promise<void> {
    for (const { driver, entry } of this.#candidates(dev, drivers)) {
      dev.matched = entry;
      if (await this.#probe(dev, driver)) return;
    }
    if (dev.state.kind === 'new') dev.state = { kind: 'no-driver' };
  }

  /** One probe. Answers false when the driver rejected the match (ENODEV, ENXIO), so that another may try. */
  async #probe(dev: Device, driver: Driver): Promise<boolean> {
    const supplier = waitsForSupplier(this, dev);
    if (supplier !== undefined) {
      this.#defer(dev, driver, `wait for supplier ${supplier}`, supplier);
      return true;
    }
    dev.state = { kind: 'probing', driver };
    dev.openScope();
    try {
      await driver.probe(dev);
    } catch (e) {
      await this.#release(dev);
      return this.#refused(dev, driver, e);
    }
    dev.state = { kind: 'bound', driver };
    this.#deferred.delete(dev);
    this.#retry = this.#deferred.size > 0;
    this.trace.emit(dev.path, { kind: 'bound', driver: driver.name });
    return true;
  }

  /** Sorts out why a probe threw. What is not a SysError is our own mistake and goes up. */
  #refused(dev: Device, driver: Driver, e: unknown): boolean {
    if (!(e instanceof SysError)) throw e;
    if (e.code === 'EPROBE_DEFER') {
      this.#defer(dev, driver, e.message, undefined);
      return true;
    }
    const rejects = e.code === 'ENODEV' || e.code === 'ENXIO';
    if (rejects) dev.dbg(`probe with driver ${driver.name} rejects match ${e.errno}`);
    else dev.err(`probe with driver ${driver.name} failed with error ${e.errno}`);
    dev.state = { kind: 'failed', driver, error: e };
    this.#deferred.delete(dev);
    this.trace.emit(dev.path, { kind: 'failed', driver: driver.name, reason: e.message, errno: e.errno });
    return !rejects;
  }

  #defer(dev: Device, driver: Driver, reason: string, waitsFor: string | undefined): void {
    const before = dev.state.kind === 'deferred' ? dev.state.reason : undefined;
    dev.state = { kind: 'deferred', driver, reason, waitsFor };
    this.#deferred.add(dev);
    if (before !== reason) this.trace.emit(dev.path, { kind: 'deferred', driver: driver.name, reason });
  }

  /** Undoes what a probe acquired. A failure on the way is told and does not stop the rest. */
  async #release(dev: Device): Promise<void> {
    for (const failure of await dev.closeScope()) {
      if (!(failure instanceof SysError)) throw failure;
      dev.err(`cleanup: ${failure.message}`);
    }
  }
}
