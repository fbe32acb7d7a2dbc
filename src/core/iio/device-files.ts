// Files of an IIO device that are not about its channels: name, label, clock, and its registers in debugfs (Linux:
// industrialio-core.c).
import { SysError } from '../../base/errno.js';
import type { Device } from '../device.js';
import type { IioInfo } from './info.js';
import { cString, sysfsStreq } from '../kstrtox.js';
import { type Attribute, SysfsDir } from '../sysfs.js';

/** `name` and `label`: a file with one text. */
export function textFile(name: string, text: string): Attribute {
  return { name, mode: 0o444, show: () => `${text}\n` };
}

const CLOCKS: readonly string[] = [
  'realtime',
  'monotonic',
  'monotonic_raw',
  'realtime_coarse',
  'monotonic_coarse',
  'boottime',
  'tai',
];

/**
 * `current_timestamp_clock`. All clocks count from power-on here, so that it only remembers which was chosen. EBUSY
 * while somebody receives events or scans.
 */
export function timestampClockFile(isBusy: () => boolean): Attribute {
  let clock = 'realtime';
  return {
    name: 'current_timestamp_clock',
    mode: 0o644,
    show: () => `${clock}\n`,
    store: (text) => {
      const chosen = CLOCKS.find((name) => sysfsStreq(name, text));
      if (chosen === undefined) throw new SysError('EINVAL', `no clock ${JSON.stringify(cString(text))}`);
      if (isBusy()) throw new SysError('EBUSY', 'somebody receives events or scans');
      clock = chosen;
    },
  };
}

/**
 * A device's directory in debugfs, with `direct_reg_access`: writing `0x0f` chooses a register that reading then
 * reads, writing `0x0f 0x1234` also writes it. Undefined for a driver that gives no access.
 */
export function debugfsDir(dev: Device, name: string, { debugfsRegAccess: access }: IioInfo): SysfsDir | undefined {
  if (access === undefined) return undefined;
  let reg = 0;
  const dir = new SysfsDir(name);
  dir.addGroup([
    {
      name: 'direct_reg_access',
      mode: 0o644,
      show: async () => `0x${(await told(dev, 'read', () => access.read(reg))).toString(16).toUpperCase()}\n`,
      store: async (text) => {
        const [chosen, value] = numbers(text);
        if (chosen === undefined) throw new SysError('EINVAL', 'no register number');
        reg = chosen;
        if (value !== undefined) await told(dev, 'write', () => access.write(chosen, value));
      },
    },
  ]);
  return dir;
}

const NUMBER = String.raw`\s*([+-]?)(?:0x([0-9a-f]+)|(0[0-7]*)|([1-9][0-9]*))`;
const TWO_NUMBERS = new RegExp(`^${NUMBER}(?:${NUMBER})?`, 'i');

/** As sscanf with "%i %i": up to two 32-bit numbers in any notation of C, and whatever follows. */
function numbers(text: string): readonly (number | undefined)[] {
  const parts = TWO_NUMBERS.exec(cString(text))?.slice(1) ?? [];
  return [numberOf(parts.slice(0, 4)), numberOf(parts.slice(4))];
}

function numberOf([sign, hex, octal, decimal]: readonly (string | undefined)[]): number | undefined {
  if (hex === undefined && octal === undefined && decimal === undefined) return undefined;
  const size = hex !== undefined ? parseInt(hex, 16) : octal !== undefined ? parseInt(octal, 8) : Number(decimal);
  return (sign === '-' ? -size : size) >>> 0;
}

/** A failure is in the log too, as in Linux. */
async function told<T>(dev: Device, op: 'read' | 'write', access: () => Promise<T>): Promise<T> {
  try {
    return await access();
  } catch (e) {
    if (e instanceof SysError) dev.err(`iio_debugfs_${op}_reg: ${op} failed`);
    throw e;
  }
}
