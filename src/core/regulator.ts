// Regulators (Linux: linux/regulator/driver.h): what they give, and the files that say so.
import type { ClassDevice, Device } from './device.js';
import { SysfsDir } from './sysfs.js';

/** Linux's regulator.0 is the dummy. */
const FIRST = 1;

/** What a regulator gives. */
export interface RegulatorDesc {
  readonly name: string;
  /** Undefined where nobody says. */
  readonly microvolts: number | undefined;
  /** On without anybody asking: always, or since the boot loader. */
  readonly enabled: boolean;
}

/** A registered regulator (`regulator.N`). */
export interface RegulatorDevice extends ClassDevice {
  readonly desc: RegulatorDesc;
}

/** Registers a regulator until unbind (Linux: devm_regulator_register). */
export function devmRegulatorRegister(dev: Device, desc: RegulatorDesc): RegulatorDevice {
  const { name, microvolts, enabled } = desc;
  const nr = dev.core.freeNumber('regulator', FIRST);
  const sysfs = new SysfsDir(`regulator.${nr}`);
  const file = (of: string, text: string) => ({ name: of, mode: 0o444, show: () => `${text}\n` });
  const voltages = microvolts === undefined ? [] : ['microvolts', 'min_microvolts', 'max_microvolts'];
  const remove = sysfs.addGroup([
    file('name', name),
    file('type', 'voltage'),
    file('state', enabled ? 'enabled' : 'disabled'),
    ...voltages.map((of) => file(of, String(microvolts))),
  ]);
  const regulator: RegulatorDevice = { nr, parent: dev, sysfs, desc };
  dev.core.joinClass('regulator', regulator);
  dev.scope.defer(remove);
  return regulator;
}
