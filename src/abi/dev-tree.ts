// /dev of a machine: the files from which programs read captured scans, one per IIO device.
import { SysError } from '../base/errno.js';
import type { DriverCore } from '../core/driver-core.js';
import { IioDevice } from '../core/iio/iio.js';
import { IioChrdev } from '../core/iio/chrdev.js';
import { SysfsIndex } from './sysfs-index.js';
import { IIO } from './sysfs-places.js';
import { dirOf, entriesOf } from './vfs-dir.js';
import { POLL, type VCall, type VDir, type VFile, type VOpen } from './vfs.js';

/**
 * The directory `/dev` as far as it is the machine's. Its files are no devices of this computer's kernel: they can be
 * read and polled; an ioctl, with which programs ask for events, is ENOTTY.
 */
export function devTree(core: DriverCore): VDir {
  const index = new SysfsIndex(core);
  const withFile = (): ReadonlyMap<string, IioDevice> => new Map([...index.members(IIO)].flatMap(fileOf));
  return { ...dirOf(entriesOf(withFile, iioFile)), watch: (changed) => core.onChange(changed) };
}

/** Only a device with a buffer or events has one (Linux: iio_device_register). */
function fileOf([name, member]: readonly [string, unknown]): (readonly [string, IioDevice])[] {
  const has = member instanceof IioDevice && (member.buffer !== undefined || member.events !== undefined);
  return has ? [[name, member]] : [];
}

function iioFile(indio: IioDevice): VFile {
  return { kind: 'file', mode: 0o600, size: 0, stream: true, open: () => new OpenIio(new IioChrdev(indio)) };
}

class OpenIio implements VOpen {
  readonly #chrdev: IioChrdev;
  #wake: (() => void) | undefined;
  #unwatch: (() => void) | undefined;

  constructor(chrdev: IioChrdev) {
    this.#chrdev = chrdev;
  }

  read(_offset: number, length: number, call: VCall): Promise<Uint8Array> {
    return this.#chrdev.read(length, call.nonblock, (stop) => call.whenInterrupted(stop));
  }

  /** Linux: iio_buffer_write of a device that captures. */
  write(): never {
    throw new SysError('EPERM', 'scans are only read', { op: 'write' });
  }

  poll(wake: () => void): number {
    if (this.#chrdev.readable) return POLL.IN | POLL.RDNORM;
    this.#wake = wake;
    this.#unwatch ??= this.#chrdev.watch(() => this.#wake?.());
    return 0;
  }

  close(): void {
    this.#unwatch?.();
    this.#chrdev.close();
  }
}
