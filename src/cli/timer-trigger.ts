// The IIO trigger `timer0`: on a board somebody makes one in configfs before capturing at a rate of his own.
import { s } from '../base/clock.js';
import { iioHrtimerTrigger } from '../core/iio/trig-hrtimer.js';
import type { ServiceStart } from './services.js';

const NAME = 'timer0';

/** Makes it. It needs virtual time to end, and has it: what starts and closes services drives the machine. */
export const timerTrigger: ServiceStart = async (bench) => {
  const drive = <T>(body: () => Promise<T>): Promise<T> => bench.drive(NAME, s(1), body);
  const { parent } = await drive(() => iioHrtimerTrigger(bench.core, NAME));
  return { about: `IIO trigger ${NAME}`, close: () => drive(() => bench.core.removeDevice(parent)) };
};
