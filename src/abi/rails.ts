// Power rails as the hwmon files tell them: what `sensors` would print, as rows.
import { SysError, type Errno } from '../base/errno.js';
import type { DeviceCore } from '../core/device.js';
import type { SysfsDir } from '../core/sysfs.js';

/** A value of a file, or the error that reading it ended with. */
export type Reading = { readonly value: number } | { readonly error: Errno };

/** One channel of one hwmon device that has a voltage and a current. */
export interface Rail {
  /** Path and Linux name of the device that measures. */
  readonly path: string;
  readonly device: string;
  /** `hwmonN`. */
  readonly hwmon: string;
  /** Number in the file names. */
  readonly channel: number;
  /** The label file, or `inN` where there is none. */
  readonly label: string;
  readonly millivolts: Reading;
  readonly milliamperes: Reading;
}

/** Reads every pair `inN_input`, `currN_input` of every hwmon device, in the order of the files. Needs running time. */
export async function readRails(core: DeviceCore): Promise<Rail[]> {
  const rails: Rail[] = [];
  for (const { parent, sysfs } of core.classDevices('hwmon')) {
    for (const channel of channelsOf(sysfs)) {
      const label = sysfs.attributes.has(`in${channel}_label`)
        ? (await sysfs.read(`in${channel}_label`)).trimEnd()
        : `in${channel}`;
      const millivolts = await reading(sysfs, `in${channel}_input`);
      const milliamperes = await reading(sysfs, `curr${channel}_input`);
      rails.push({
        path: parent.path,
        device: parent.name,
        hwmon: sysfs.name,
        channel,
        label,
        millivolts,
        milliamperes,
      });
    }
  }
  return rails;
}

function channelsOf(dir: SysfsDir): number[] {
  const numbers = [...dir.attributes.keys()].flatMap((name) => /^in(\d+)_input$/.exec(name)?.[1] ?? []);
  return numbers.map(Number).filter((channel) => dir.attributes.has(`curr${channel}_input`));
}

async function reading(dir: SysfsDir, file: string): Promise<Reading> {
  try {
    return { value: Number(await dir.read(file)) };
  } catch (e) {
    if (e instanceof SysError) return { error: e.code };
    throw e;
  }
}
