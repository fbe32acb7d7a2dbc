// What an IIO channel is (Linux: linux/iio/iio.h, uapi/linux/iio/types.h): the words of its kinds as tables, where
// the place in a table is the number that programs see, and the description that drivers write.

/** What is measured. */
export const IIO_CHAN_TYPES = [
  'voltage',
  'current',
  'power',
  'accel',
  'anglvel',
  'magn',
  'illuminance',
  'intensity',
  'proximity',
  'temp',
  'incli',
  'rot',
  'angl',
  'timestamp',
  'capacitance',
  'altvoltage',
  'cct',
  'pressure',
  'humidityrelative',
  'activity',
  'steps',
  'energy',
  'distance',
  'velocity',
  'concentration',
  'resistance',
  'ph',
  'uvindex',
  'electricalconductivity',
  'count',
  'index',
  'gravity',
  'positionrelative',
  'phase',
  'massconcentration',
  'deltaangl',
  'deltavelocity',
  'colortemp',
  'chromaticity',
] as const;

/** What is measured, as it stands in file names. */
export type IioChanType = (typeof IIO_CHAN_TYPES)[number];

/** Which part or axis of a quantity. The first stands for none. */
export const IIO_MODIFIERS = [
  '',
  'x',
  'y',
  'z',
  'x&y',
  'x&z',
  'y&z',
  'x&y&z',
  'x|y',
  'x|z',
  'y|z',
  'x|y|z',
  'both',
  'ir',
  'sqrt(x^2+y^2)',
  'x^2+y^2+z^2',
  'clear',
  'red',
  'green',
  'blue',
  'quaternion',
  'ambient',
  'object',
  'from_north_magnetic',
  'from_north_true',
  'from_north_magnetic_tilt_comp',
  'from_north_true_tilt_comp',
  'running',
  'jogging',
  'walking',
  'still',
  'sqrt(x^2+y^2+z^2)',
  'i',
  'q',
  'co2',
  'voc',
  'uv',
  'uva',
  'uvb',
  'duv',
  'pm1',
  'pm2p5',
  'pm4',
  'pm10',
  'ethanol',
  'h2',
  'o2',
  'linear_x',
  'linear_y',
  'linear_z',
  'pitch',
  'yaw',
  'roll',
] as const;

/** Which part or axis of a quantity, as it stands in file names. */
export type IioModifier = Exclude<(typeof IIO_MODIFIERS)[number], ''>;

/** What can be read or set of a channel: the end of the file's name. */
export type IioChanInfo =
  | 'raw'
  | 'input'
  | 'scale'
  | 'offset'
  | 'calibscale'
  | 'calibbias'
  | 'peak_raw'
  | 'peak_scale'
  | 'quadrature_correction_raw'
  | 'mean_raw'
  | 'filter_low_pass_3db_frequency'
  | 'filter_high_pass_3db_frequency'
  | 'sampling_frequency'
  | 'frequency'
  | 'phase'
  | 'hardwaregain'
  | 'hysteresis'
  | 'hysteresis_relative'
  | 'integration_time'
  | 'en'
  | 'calibheight'
  | 'calibweight'
  | 'debounce_count'
  | 'debounce_time'
  | 'calibemissivity'
  | 'oversampling_ratio'
  | 'thermocouple_type'
  | 'calibambient'
  | 'zeropoint'
  | 'trough_raw';

/** What makes an event. */
export const IIO_EVENT_TYPES = [
  'thresh',
  'mag',
  'roc',
  'thresh_adaptive',
  'mag_adaptive',
  'change',
  'mag_referenced',
  'gesture',
] as const;

/** What makes an event, as it stands in file names. */
export type IioEventType = (typeof IIO_EVENT_TYPES)[number];

/** Which way a value went. */
export const IIO_EVENT_DIRECTIONS = ['either', 'rising', 'falling'] as const;

/** Which way a value went, as it stands in file names. */
export type IioEventDirection = (typeof IIO_EVENT_DIRECTIONS)[number];

/** What can be read or set of an event: the end of the file's name. */
export type IioEventInfo = 'en' | 'value' | 'hysteresis' | 'period';

/** One event of a channel. */
export interface IioEventSpec {
  readonly type: IioEventType;
  readonly dir: IioEventDirection;
  /**
   * Not in Linux: tells two events of one type and direction on a channel apart, as the reviewer of the INA3221 patch
   * asked for. It stands before the type in file names (`critical_thresh_rising_value`) and is 0x80 in the modifier
   * of the event's code, so that programs which do not know it see an event of that type on that channel.
   */
  readonly severity?: 'critical';
  readonly separate: readonly IioEventInfo[];
}

/** How a sample lies in a scan: `be:s13/16>>3` is big-endian, 13 bits signed, in 16 bits, above 3 that do not count. */
export interface IioScanType {
  readonly sign: 's' | 'u';
  readonly realbits: number;
  readonly storagebits: 8 | 16 | 32 | 64;
  readonly shift: number;
  readonly endianness: 'be' | 'le';
}

/** A channel as its driver describes it. Lists say of what there are files, and with whom a file is shared. */
export interface IioChanSpec {
  readonly type: IioChanType;
  /** Negative: the channel has no files of its own (the timestamp). */
  readonly channel: number;
  /** The second channel of a difference. */
  readonly channel2?: number;
  /** Whether the number stands in file names. */
  readonly indexed?: boolean;
  readonly differential?: boolean;
  readonly output?: boolean;
  readonly modifier?: IioModifier;
  /** Stands in the names of separate files, and makes a `…_label` file. */
  readonly extendName?: string;
  /** The driver's own. */
  readonly address?: number;
  readonly separate?: readonly IioChanInfo[];
  readonly separateAvailable?: readonly IioChanInfo[];
  readonly sharedByType?: readonly IioChanInfo[];
  readonly sharedByTypeAvailable?: readonly IioChanInfo[];
  readonly sharedByDir?: readonly IioChanInfo[];
  readonly sharedByDirAvailable?: readonly IioChanInfo[];
  readonly sharedByAll?: readonly IioChanInfo[];
  readonly sharedByAllAvailable?: readonly IioChanInfo[];
  /** Place in a scan; without one the channel is not captured. */
  readonly scanIndex?: number;
  readonly scanType?: IioScanType;
  readonly events?: readonly IioEventSpec[];
}

/** The channel of the moments at which scans were captured (Linux: IIO_CHAN_SOFT_TIMESTAMP). */
export function iioSoftTimestamp(scanIndex: number): IioChanSpec {
  const scanType = { sign: 's', realbits: 64, storagebits: 64, shift: 0, endianness: 'le' } as const;
  return { type: 'timestamp', channel: -1, scanIndex, scanType };
}
