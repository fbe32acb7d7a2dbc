// Triggers: what says when to capture (Linux: linux/iio/trigger.h, industrialio-trigger.c).
import type { ClassDevice, Device, DeviceCore } from '../device.js';
import { sysfsStreq } from '../kstrtox.js';
import { Mutex } from '../mutex.js';
import { type Attribute, SysfsDir } from '../sysfs.js';

/** The class of triggers; the directory of each is `triggerN`. */
const CLASS = 'iio-trigger';

/** A trigger as its driver describes it. */
export interface IioTriggerSpec {
  /** By which devices choose it. */
  readonly name: string;
  /** Starts and stops it: with the first consumer and after the last. */
  readonly setState?: (on: boolean) => void | Promise<void>;
  readonly attributes?: readonly Attribute[];
}

/** Captures once. What it throws is our own mistake. */
export type IioPollFunc = (timestampNs: number) => Promise<void>;

/** A registered trigger (`triggerN`). */
export class IioTrigger implements ClassDevice {
  readonly nr: number;
  readonly parent: Device;
  readonly sysfs: SysfsDir;
  readonly name: string;
  readonly #setState: NonNullable<IioTriggerSpec['setState']>;
  readonly #lock = new Mutex();
  /** The consumers, each with its latest run. */
  readonly #consumers = new Map<IioPollFunc, Promise<void>>();
  #running = 0;
  #missed = 0;
  #registered = true;

  constructor(dev: Device, nr: number, spec: IioTriggerSpec) {
    this.nr = nr;
    this.parent = dev;
    this.sysfs = new SysfsDir(`trigger${nr}`);
    this.name = spec.name;
    this.#setState = spec.setState ?? (() => undefined);
  }

  /** How often it fired while a consumer was still capturing. Nobody captured then, as in Linux. */
  get missed(): number {
    return this.#missed;
  }

  /** Lets all consumers capture, after this call. It may be called in interrupt context. */
  poll(timestampNs: number): void {
    if (!this.#registered) return;
    if (this.#running > 0) {
      this.#missed++;
      return;
    }
    for (const consumer of this.#consumers.keys()) this.#consumers.set(consumer, this.#run(consumer, timestampNs));
  }

  /** Adds a consumer. ENODEV: the trigger is gone; otherwise what its start throws. */
  attach(consumer: IioPollFunc): Promise<void> {
    return this.#lock.run(async () => {
      if (!this.#registered) throw this.parent.error('ENODEV', `trigger ${this.name} is gone`, 'iio');
      const isFirst = this.#consumers.size === 0;
      this.#consumers.set(consumer, Promise.resolve());
      try {
        if (isFirst) await this.#setState(true);
      } catch (e) {
        this.#consumers.delete(consumer);
        throw e;
      }
    });
  }

  /** Takes a consumer out; when this has ended it captures no more. Throws what the trigger's stop throws. */
  detach(consumer: IioPollFunc): Promise<void> {
    return this.#lock.run(async () => {
      const latest = this.#consumers.get(consumer);
      try {
        if (this.#consumers.size === 1 && this.#registered) await this.#setState(false);
      } finally {
        this.#consumers.delete(consumer);
        await latest;
      }
    });
  }

  /** Stops it for good. Consumers stay, and are not called any more. For the registration. */
  stop(): Promise<void> {
    return this.#lock.run(async () => {
      this.#registered = false;
      if (this.#consumers.size > 0) await this.#setState(false);
    });
  }

  async #run(consumer: IioPollFunc, timestampNs: number): Promise<void> {
    this.#running++;
    try {
      await Promise.resolve(); // never inside the call that fires
      await consumer(timestampNs);
    } finally {
      this.#running--;
    }
  }
}

/**
 * Registers a trigger until unbind (Linux: devm_iio_trigger_register). EEXIST: there is one of that name.
 */
export function devmIioTriggerRegister(dev: Device, spec: IioTriggerSpec): IioTrigger {
  if (triggers(dev.core).some(({ name }) => name === spec.name))
    throw dev.error('EEXIST', `Duplicate trigger name '${spec.name}'`, 'iio');
  const trigger = new IioTrigger(dev, dev.core.freeNumber(CLASS), spec);
  dev.scope.defer(() => trigger.stop());
  const name: Attribute = { name: 'name', mode: 0o444, show: () => `${spec.name}\n` };
  dev.scope.defer(trigger.sysfs.addGroup([name, ...(spec.attributes ?? [])]));
  dev.core.joinClass(CLASS, trigger);
  return trigger;
}

/** The trigger that somebody names, one newline at the end allowed; undefined when there is none. */
export function iioTriggerByName(core: DeviceCore, text: string): IioTrigger | undefined {
  return triggers(core).find(({ name }) => sysfsStreq(name, text));
}

function triggers(core: DeviceCore): IioTrigger[] {
  return core.classDevices(CLASS).filter((member) => member instanceof IioTrigger);
}
