// Registers the chip with IIO, under one of two sets of names, and leads passed limits to its events.
import { devmIioDeviceRegister, type IioDevice } from '../../core/iio/iio.js';
import { iioEventCode } from '../../core/iio/event.js';
import { type AlertMonitor, pinOf } from './alerts.js';
import { bufferSetup } from './capture.js';
import { eventOf, type EventSwitch, measuredDevice } from './iio-measured.js';
import { patchDevice } from './iio-patch.js';
import type { Ina3221Data } from './ina3221-data.js';
import type { AlarmFlag } from './regs.js';

/** Registers the device with the names of the patch: no buffer, no events. */
export function registerPatchIio(data: Ina3221Data): IioDevice {
  return devmIioDeviceRegister(data.dev, patchDevice(data));
}

/** Registers the device with channels for what is measured, with buffer, trigger and events. */
export function registerMeasuredIio(data: Ina3221Data, alerts: AlertMonitor): IioDevice {
  const { dev } = data;
  const wanted = new WantedEvents(alerts);
  const name = `ina3221-dev${dev.core.freeNumber('iio')}`;
  const indio = devmIioDeviceRegister(dev, { ...measuredDevice(data, wanted), buffer: bufferSetup(data, name) });
  alerts.listen((flag, at) => {
    const found = wanted.isOn(flag) ? eventOf(data, flag) : undefined;
    if (found !== undefined) indio.events?.push(iioEventCode(found.chan, found.event), at);
  });
  return indio;
}

/** Which alarms are wanted as events. Those whose pin leads nowhere are looked for. */
class WantedEvents implements EventSwitch {
  readonly #alerts: AlertMonitor;
  readonly #on = new Set<AlarmFlag>();

  constructor(alerts: AlertMonitor) {
    this.#alerts = alerts;
  }

  isOn(flag: AlarmFlag): boolean {
    return this.#on.has(flag);
  }

  turn(flag: AlarmFlag, on: boolean): void {
    if (on) this.#on.add(flag);
    else this.#on.delete(flag);
    this.#alerts.poll([...this.#on].some((wanted) => !this.#alerts.isWired(pinOf(wanted))));
  }
}
