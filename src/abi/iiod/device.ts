// What the server of libiio's protocol needs of a device: a directory of files, and perhaps a buffer to open.
import type { Duration } from '../../base/clock.js';
import type { SysfsDir } from '../../core/sysfs.js';

/** A device or trigger. Its name, label, channels and attributes are those that its files tell. */
export interface IiodDevice {
  /** The name of its directory: `iio:device0`, `trigger0`. */
  readonly id: string;
  /** The files, with the directories `scan_elements`, `buffer` and `trigger` where the device has them. */
  readonly dir: SysfsDir;
  /** The files in debugfs. */
  readonly debug?: SysfsDir | undefined;
  /** Opens a stream of scans; several may be open at once. Absent where the device has no buffer. */
  readonly open?: ((request: IiodOpen) => Promise<IiodStream>) | undefined;
}

/** Which scans are wanted. */
export interface IiodOpen {
  /** The `index` of each wanted channel, in ascending order, the timestamp's included; at least one. */
  readonly scanIndexes: readonly number[];
  /** Scans that a client takes at once, and how many times as many the buffer shall hold. Both at least 1. */
  readonly samples: number;
  readonly blocks: number;
}

/** An open buffer. `close` ends a wait in progress with `disabled`. */
export interface IiodStream {
  readonly bytesPerScan: number;
  /** Takes whole scans out, at once, as many as are ready and fit. The bytes must not change afterwards. */
  read(maxBytes: number): Uint8Array;
  /** Puts whole scans in, for an output: takes all, or throws a SysError. They are the callee's until it answers. */
  readonly write?: (scans: Uint8Array) => void | Promise<void>;
  /** Resolves when so many scans can be read; `disabled` when none will come any more. Without limit it waits on. */
  wait(scans: number, limit?: Duration): Promise<'ready' | 'timeout' | 'disabled'>;
  close(): void | Promise<void>;
}
