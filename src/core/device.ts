// Device, driver and bus type (Linux: linux/device.h). How they come together is in driver-core.ts.
import { assert } from '../base/assert.js';
import { type Clock, OwnedClock } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import { Scope } from '../base/scope.js';
import type { LogLevel, Trace } from '../base/trace.js';
import type { DtNode, DtTree } from '../dt/tree.js';
import type { IoRegions } from './ioport.js';
import { Mutex } from './mutex.js';
import { SysfsDir } from './sysfs.js';
import type { BoardWires } from './wires.js';

/** A kind of bus: its name, and an own rule for which driver fits which device beside the `compatible` table. */
export interface BusType {
  readonly name: string;
  readonly match?: (dev: Device, driver: Driver) => boolean;
  /** For what Linux has no device for: sysfs shows members of classes of such a device, and not itself. */
  readonly hidden?: true;
}

/** A driver. `probe` binds or throws; what it acquires goes into `dev.scope`, and closing the scope is the removal. */
export interface Driver {
  readonly name: string;
  readonly bus: BusType;
  /** Devicetree compatibles (Linux: of_match_table). */
  readonly compatible: readonly string[];
  /** For a driver that knows its devices by more than their compatible; asked when the table has no match. */
  readonly matches?: (dev: Device) => boolean;
  readonly probe: (dev: Device) => void | Promise<void>;
}

/** What a driver does when the machine goes to sleep and wakes up (Linux: struct dev_pm_ops). Errors are SysErrors. */
export interface DevPmOps {
  readonly suspend: () => void | Promise<void>;
  readonly resume: () => void | Promise<void>;
}

/**
 * The operation of an ENODEV or ENXIO with which a driver says that a device, matched by its name, is none that it
 * knows, as opposed to one that it knows and that lacks something. Reports then have it without driver.
 */
export const MATCH = 'match';

/** Where a device stands. */
export type DeviceState =
  | { readonly kind: 'new' }
  | { readonly kind: 'probing'; readonly driver: Driver }
  | { readonly kind: 'bound'; readonly driver: Driver }
  | { readonly kind: 'no-driver' }
  | {
      readonly kind: 'deferred';
      readonly driver: Driver;
      readonly reason: string;
      readonly waitsFor: string | undefined;
    }
  | { readonly kind: 'failed'; readonly driver: Driver; readonly error: SysError }
  | { readonly kind: 'removed' };

/** How a device is made. */
export interface DeviceSpec {
  /** Linux's name: `7000c400.i2c`, `1-0040`. */
  readonly name: string;
  readonly bus: BusType;
  readonly parent?: Device | undefined;
  readonly ofNode?: DtNode | undefined;
  /** Makes the bus's own object around the device (Linux reaches it by container_of): an I2cClient, say. */
  readonly outer?: (dev: Device) => unknown;
  /** Told when the device is removed and unbound, whoever removed it (Linux: the release of struct device). */
  readonly release?: (dev: Device) => void;
}

/** A member of a class: what a subsystem shows of a bound device (Linux: hwmon0, i2c-1, iio:device0). */
export interface ClassDevice {
  readonly nr: number;
  readonly parent: Device;
  readonly sysfs: SysfsDir;
}

/** What devices, drivers and subsystems ask of the driver core; driver-core.ts has the one that does it. */
export interface DeviceCore {
  readonly clock: Clock;
  readonly trace: Trace;
  readonly tree: DtTree;
  /** Every device that was added and not removed, in order. */
  readonly devices: readonly Device[];
  /** True once no more drivers will come: a supplier that none of them fits then holds nobody up. */
  readonly allDriversKnown: boolean;
  /** Who has claimed which register windows. */
  readonly regions: IoRegions;
  /** What the board leads to the processor. ENODEV where this machine has no such wires. */
  readonly wires: BoardWires;
  /** The device made for a node, if any. */
  deviceOf(node: DtNode): Device | undefined;
  /**
   * Adds a device and probes it (Linux: device_add). Its probe may add others. EEXIST: its bus has one of that name.
   */
  addDevice(spec: DeviceSpec): Promise<Device>;
  /**
   * Removes a device with everything below it, youngest first (Linux: device_del). A probe in progress ends before.
   * While a removal lasts, asking again waits for the same one; afterwards it is a Bug.
   */
  removeDevice(dev: Device): Promise<void>;
  /**
   * Makes a device depend on another until it is unbound (Linux: device_link_add): when the supplier is to be unbound,
   * the consumer is first, and waits for it. EINVAL: the supplier depends on the consumer.
   */
  deviceLinkAdd(consumer: Device, supplier: Device): void;
  /** The members of a class (Linux: /sys/class/NAME), in the order of registration. */
  classDevices(name: string): readonly ClassDevice[];
  /** Enters a member into a class; the scope of its parent takes it out again. */
  joinClass(name: string, member: ClassDevice): void;
  /** The same for a member that may go before its parent is unbound: the answer takes it out. */
  enterClass(name: string, member: ClassDevice): () => void;
  /** The first number from `first` (default 0) up that no member of the class has. */
  freeNumber(name: string, first?: number): number;
  /** The machine's one instance of a subsystem, made when first asked for (Linux: static variables). */
  subsystem<T>(kind: new (core: DeviceCore) => T): T;
}

/** Whom a bound device still waits for: the path, and a sentence for people. */
export interface Awaited {
  readonly path: string;
  readonly reason: string;
}

/** A device on a bus. */
export class Device {
  readonly name: string;
  readonly bus: BusType;
  readonly core: DeviceCore;
  readonly parent: Device | undefined;
  /** Those whose parent it is, in the order of their coming (Linux: klist_children). Kept by the driver core. */
  readonly children: Device[] = [];
  readonly ofNode: DtNode | undefined;
  readonly outer: unknown;
  /** For the driver core: the bus's own hook at the end of a removal. */
  readonly release: ((dev: Device) => void) | undefined;
  /** The time, and a count of the timers that its driver has set and not seen fire. */
  readonly clock: OwnedClock;
  readonly sysfs: SysfsDir;
  state: DeviceState = { kind: 'new' };
  /** The entry of the driver's `compatible` that matched, for drivers with data per chip. */
  matched: string | undefined;
  /** A driver has fitted it at some time, bound or not (Linux: can_match): consumers then wait for it. */
  canMatch = false;
  /** The driver's own (Linux: dev_set_drvdata). Set in `probe`, undefined again after the unbind. */
  drvdata: unknown;
  /** Set by a driver whose bound device may still wait for others; reports ask it. As `drvdata` it ends with unbind. */
  awaits: (() => Awaited | undefined) | undefined;
  /** Set by a driver that has something to do when the machine sleeps. As `drvdata` it ends with unbind. */
  pm: DevPmOps | undefined;
  /** True from a suspend that went well to the resume. For the driver core. */
  isSuspended = false;
  /** Set from the start of the removal on: nothing binds to it any more. */
  removal: Promise<void> | undefined;
  /** Held while a driver is bound or taken off (Linux: device_lock). For the driver core. */
  readonly lock: Mutex = new Mutex();
  #scope: Scope | undefined;

  constructor(core: DeviceCore, spec: DeviceSpec) {
    this.core = core;
    this.name = spec.name;
    this.bus = spec.bus;
    this.parent = spec.parent;
    this.ofNode = spec.ofNode;
    this.clock = new OwnedClock(core.clock, this.path);
    this.release = spec.release;
    this.outer = spec.outer?.(this);
    this.sysfs = new SysfsDir(spec.name);
  }

  /** The devicetree path, or the parent's path and the name for a device without node. */
  get path(): string {
    return this.ofNode?.path ?? `${this.parent?.path ?? ''}/${this.name}`;
  }

  get trace(): Trace {
    return this.core.trace;
  }

  /** What to undo on unbind. There is one from the start of `probe` to the end of the unbind. */
  get scope(): Scope {
    assert(this.#scope !== undefined, `${this.path}: no scope outside of probe and bound`);
    return this.#scope;
  }

  /** Undo entries held now; 0 when not bound. */
  get held(): number {
    return this.#scope?.size ?? 0;
  }

  /** Opens the scope. Called by the driver core before `probe`. */
  openScope(): void {
    assert(this.#scope === undefined, `${this.path}: scope opened twice`);
    this.#scope = new Scope(this.path);
  }

  /** Undoes what the driver acquired and answers what failed on the way. Called by the driver core. */
  async closeScope(): Promise<readonly unknown[]> {
    const failures = await this.scope.close();
    this.#scope = undefined;
    this.drvdata = undefined;
    this.awaits = undefined;
    this.pm = undefined;
    this.isSuspended = false;
    return failures;
  }

  err(text: string): void {
    this.#printk('err', text);
  }

  warn(text: string): void {
    this.#printk('warn', text);
  }

  info(text: string): void {
    this.#printk('info', text);
  }

  dbg(text: string): void {
    this.#printk('dbg', text);
  }

  /** A SysError of this device (Linux: dev_err_probe without the log line, which the driver core writes). */
  error(code: SysError['code'], what: string, op?: string, cause?: unknown): SysError {
    return new SysError(code, what, { dev: this.path, op, cause });
  }

  /** EPROBE_DEFER of this device: it waits for the one at that path, and is tried again when something was bound. */
  deferral(what: string, waitsFor: string, op = 'probe'): SysError {
    return new SysError('EPROBE_DEFER', what, { dev: this.path, op, waitsFor });
  }

  /** `driver device: text`, as dev_printk writes it; the bus's name stands where no driver has the device. */
  #printk(level: LogLevel, text: string): void {
    if (!this.trace.on) return;
    const { state } = this;
    const driver = state.kind === 'probing' || state.kind === 'bound' ? state.driver.name : this.bus.name;
    this.trace.emit(this.path, { kind: 'printk', level, text: `${driver} ${this.name}: ${text}` });
  }
}

/**
 * The node's most specific compatible that a table has, by its index in the node, and the table's entry (Linux:
 * of_match_node); undefined when there is none. The comparison ignores case.
 */
export function ofMatchIndex(
  node: DtNode,
  table: readonly string[],
): { readonly index: number; readonly entry: string } | undefined {
  const own = node.compatible;
  for (let index = 0; index < own.length; index++) {
    const word = own[index] as string;
    const entry = table.find((candidate) => isSame(candidate, word));
    if (entry !== undefined) return { index, entry };
  }
  return undefined;
}

/** Most words differ in length already, or are written the same. */
function isSame(one: string, other: string): boolean {
  return one === other || (one.length === other.length && one.toLowerCase() === other.toLowerCase());
}
