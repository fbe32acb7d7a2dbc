// The trigger that fires at a steady rate (Linux: drivers/iio/trigger/iio-trig-hrtimer.c).
import { assert } from '../../base/assert.js';
import type { Duration, Timer } from '../../base/clock.js';
import type { BusType, Device, Driver } from '../device.js';
import type { DriverCore } from '../driver-core.js';
import { devmIioTriggerRegister, IioTrigger } from './trigger.js';
import { iioFormatValue, iioMicro, iioStrToFixpoint } from './value.js';
import { SysError } from '../../base/errno.js';
import type { Attribute } from '../sysfs.js';

const DEFAULT_HZ = 100;
/** Linux counts the rate in mHz and keeps it in 32 bits. */
const MOST_MHZ = 2 ** 32 - 1;
const MHZ_PER_NS = 1e12;

/** The timer behind the trigger. */
class Hrtimer {
  readonly #dev: Device;
  readonly #fire: () => void;
  #mhz = DEFAULT_HZ * 1000;
  #timer: Timer | undefined;

  constructor(dev: Device, fire: () => void) {
    this.#dev = dev;
    this.#fire = fire;
  }

  /** The file with the rate in Hz: three decimals count, six are shown. A new rate holds from the next firing on. */
  readonly samplingFrequency: Attribute = {
    name: 'sampling_frequency',
    mode: 0o644,
    show: () => iioFormatValue(iioMicro(Math.floor(this.#mhz / 1000), (this.#mhz % 1000) * 1000)),
    store: (text) => {
      const { integer, fract } = iioStrToFixpoint(text, 100);
      if (integer < 0 || fract < 0) throw new SysError('ERANGE', 'a rate below 0');
      const mhz = integer * 1000 + fract;
      if (mhz === 0 || mhz > MOST_MHZ) throw new SysError('EINVAL', `a rate of ${mhz} mHz`);
      this.#mhz = mhz;
    },
  };

  /** The first firing is one period after the start. */
  setState(on: boolean): void {
    this.#timer?.cancel();
    this.#timer = on ? this.#arm() : undefined;
  }

  #arm(): Timer {
    const period: Duration = Math.floor(MHZ_PER_NS / this.#mhz);
    return this.#dev.clock.after(period, () => {
      this.#timer = this.#arm();
      this.#fire();
    });
  }
}

/** Makes a trigger that fires `sampling_frequency` times a second, at first 100, and belongs to a device. */
export function devmIioHrtimerTrigger(dev: Device, name: string): IioTrigger {
  const timer = new Hrtimer(dev, () => trigger.poll(dev.clock.now()));
  const setState = (on: boolean): void => timer.setState(on);
  const trigger = devmIioTriggerRegister(dev, { name, setState, attributes: [timer.samplingFrequency] });
  return trigger;
}

/** Where triggers are made by hand (Linux: configfs, iio/triggers/hrtimer). */
const SW_TRIGGER_BUS: BusType = { name: 'iio-sw-trigger', match: () => true, hidden: true };

const HRTIMER_DRIVER: Driver = {
  name: 'hrtimer',
  bus: SW_TRIGGER_BUS,
  compatible: [],
  probe(dev) {
    dev.drvdata = devmIioHrtimerTrigger(dev, dev.name);
  },
};

/**
 * The same without a device that it belongs to: it gets one of its own, and is there until the machine is switched
 * off or `trigger.parent` is removed. EEXIST: there is a trigger of that name.
 */
export async function iioHrtimerTrigger(core: DriverCore, name: string): Promise<IioTrigger> {
  if (!core.drivers.includes(HRTIMER_DRIVER)) await core.registerDriver(HRTIMER_DRIVER);
  const dev = await core.addDevice({ name, bus: SW_TRIGGER_BUS });
  if (dev.state.kind === 'failed') {
    const { error } = dev.state;
    await core.removeDevice(dev);
    throw error;
  }
  assert(dev.drvdata instanceof IioTrigger, `${dev.path}: bound without a trigger`);
  return dev.drvdata;
}
