// Who in the kernel holds a chip on an I2C bus, as sysfs tells: its driver, and where its measurements can be read.
import { readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The kernel's own user of a chip. */
export interface I2cHolder {
  /** Linux's name of the client: `1-0040`. */
  readonly client: string;
  /** Its driver; undefined where sysfs does not tell. */
  readonly driver: string | undefined;
  /** Folders of its measurements: `/sys/class/hwmon/hwmon2`. */
  readonly hwmon: readonly string[];
}

/** Looks up the client at an address of the adapter behind a device file, which may be a link to `/dev/i2c-N`. */
export function i2cHolder(path: string, addr: number, sys = '/sys'): I2cHolder {
  const client = `${adapterNumber(path)}-${addr.toString(16).padStart(4, '0')}`;
  const folder = join(sys, 'bus/i2c/devices', client);
  const hwmon = namesIn(join(folder, 'hwmon')).map((name) => join(sys, 'class/hwmon', name));
  return { client, driver: driverOf(folder), hwmon };
}

/** The number in `/dev/i2c-1`; a question mark where the file is called otherwise. */
function adapterNumber(path: string): string {
  try {
    return /^i2c-(\d+)$/.exec(basename(realpathSync(path)))?.[1] ?? '?';
  } catch {
    return '?';
  }
}

function driverOf(folder: string): string | undefined {
  try {
    return basename(readlinkSync(join(folder, 'driver')));
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
