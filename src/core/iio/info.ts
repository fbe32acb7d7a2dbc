// What a driver answers about its IIO device (Linux: struct iio_info of linux/iio/iio.h).
import type { IioChanInfo, IioChanSpec, IioEventInfo, IioEventSpec } from './channel.js';
import type { IioAvail, IioVal } from './value.js';
import type { Attribute } from '../sysfs.js';

/** How the text of a write is taken: whole, with six decimals, or with nine. */
export type IioWriteFormat = 'INT' | 'INT_PLUS_MICRO' | 'INT_PLUS_NANO';

/** The driver's side of an IIO device. Errors are SysErrors. */
export interface IioInfo {
  readonly readRaw: (chan: IioChanSpec, info: IioChanInfo) => IioVal | Promise<IioVal>;
  /** Without it every write ends with EINVAL. */
  readonly writeRaw?: (chan: IioChanSpec, val: number, val2: number, info: IioChanInfo) => void | Promise<void>;
  /** INT_PLUS_MICRO without it. */
  readonly writeRawGetFmt?: (chan: IioChanSpec, info: IioChanInfo) => IioWriteFormat;
  /** Not in Linux, where every file may be written: false makes the file read-only (0444). */
  readonly isWritable?: (chan: IioChanSpec, info: IioChanInfo) => boolean;
  /** For the `…_available` files. */
  readonly readAvail?: (chan: IioChanSpec, info: IioChanInfo) => IioAvail;
  /** Makes a `…_label` file for every channel; reading one ends with EINVAL where it answers undefined. */
  readonly readLabel?: (chan: IioChanSpec) => string | undefined;
  readonly readEventConfig?: (chan: IioChanSpec, event: IioEventSpec) => boolean | Promise<boolean>;
  readonly writeEventConfig?: (chan: IioChanSpec, event: IioEventSpec, on: boolean) => void | Promise<void>;
  readonly readEventValue?: (chan: IioChanSpec, event: IioEventSpec, info: IioEventInfo) => IioVal | Promise<IioVal>;
  readonly writeEventValue?: (
    chan: IioChanSpec,
    event: IioEventSpec,
    info: IioEventInfo,
    val: number,
    val2: number,
  ) => void | Promise<void>;
  /** The driver's own files in the device's directory. */
  readonly attributes?: readonly Attribute[];
  /** The driver's own files in the directory `events`. */
  readonly eventAttributes?: readonly Attribute[];
  /** Registers for debugfs. */
  readonly debugfsRegAccess?: {
    readonly read: (reg: number) => Promise<number>;
    readonly write: (reg: number, value: number) => Promise<void>;
  };
}
