// Two devices for tests of the iiod server, with the files of the recorded sessions: the patch as posted, and the
// layout that its reviewer asked for. The second one plays scans that a test feeds.
import { type Duration, SimClock } from '../src/base/clock.js';
import { SysError } from '../src/base/errno.js';
import type { IiodDevice, IiodOpen, IiodStream } from '../src/abi/iiod/device.js';
import { type Attribute, SysfsDir } from '../src/core/sysfs.js';
import { WaitQueue } from '../src/core/wait.js';
import { settle } from '../src/host/settle.js';

const TIMES = '0.000140 0.000204 0.000332 0.000588 0.001100 0.002116 0.004156 0.008244';
const COUNTS = '1 4 16 64 128 256 512 1024';

/** A file with one text that can be replaced, unless it is read-only; a value that is no number is refused. */
function file(name: string, text: string, mode = 0o644): Attribute {
  let now = `${text}\n`;
  const show = (): string => now;
  if ((mode & 0o222) === 0) return { name, mode, show };
  const store = (written: string): void => {
    const value = written.replace(/[\0\n].*$/s, '');
    if (!/^-?[\d.]+$/.test(value)) throw new SysError('EINVAL', `no number: ${value}`);
    now = `${value}\n`;
  };
  return { name, mode, show, store };
}

function dirOf(name: string, files: readonly Attribute[], dirs: readonly SysfsDir[] = []): SysfsDir {
  const dir = new SysfsDir(name);
  dir.addGroup(files);
  for (const below of dirs) dir.addDir(below);
  return dir;
}

/** `iio:device0`: three channels with four extend names each, no buffer. */
export function seedDevice(): IiodDevice {
  const raw: Readonly<Record<string, string>> = {
    shunt: '1250',
    bus: '412',
    shunt_critical: '4095',
    shunt_warning: '4095',
  };
  const channels = [2, 1, 3].flatMap((n) =>
    Object.entries(raw).flatMap(([ext, value]) => [
      file(`in_voltage${n}_${ext}_label`, ext, 0o444),
      file(`in_voltage${n}_${ext}_raw`, value),
      file(`in_voltage${n}_${ext}_scale`, ext === 'bus' ? '8.000000' : '0.040000'),
    ]),
  );
  const own = [
    file('name', 'ina3221', 0o444),
    file('oversampling_ratio', '1'),
    file('oversampling_ratio_available', COUNTS, 0o444),
    file('shunt_integration_time', '0.001100'),
    file('shunt_integration_time_available', TIMES, 0o444),
    file('bus_integration_time', '0.001100'),
    file('bus_integration_time_available', TIMES, 0o444),
  ];
  return { id: 'iio:device0', dir: dirOf('iio:device0', [...channels, ...own]) };
}

/** The channels of the second device in the order of their indexes. */
const CHANNELS = ['voltage1-voltage0', 'voltage0', 'voltage3-voltage2', 'voltage2', 'voltage5-voltage4', 'voltage4'];
const TIMESTAMP = CHANNELS.length;

/** Feeds scans to every stream that is open. In scan k channels of even index have -40 + 8 k, of odd 8000 + 8 k. */
export class Player {
  readonly clock: SimClock = new SimClock(settle);
  readonly streams: Set<PlayedStream> = new Set();
  #scans = 0;

  feed(count: number): void {
    for (const stream of this.streams) stream.available += count;
    this.#scans += count;
    for (const stream of this.streams) stream.waiting.wake();
  }

  /** Opens a stream that begins with the next scan. */
  open({ scanIndexes, samples, blocks }: IiodOpen): IiodStream {
    const stream = new PlayedStream(this, scanIndexes, this.#scans, samples * blocks);
    this.streams.add(stream);
    return stream;
  }
}

/** One reader's scans. Those beyond its length are lost. */
class PlayedStream implements IiodStream {
  readonly bytesPerScan: number;
  readonly waiting: WaitQueue = new WaitQueue();
  readonly #player: Player;
  readonly #indexes: readonly number[];
  readonly #length: number;
  #next: number;
  #available = 0;
  #closed = false;

  constructor(player: Player, indexes: readonly number[], next: number, length: number) {
    this.#player = player;
    this.#indexes = indexes;
    this.#next = next;
    this.#length = length;
    const words = indexes.filter((index) => index !== TIMESTAMP).length * 2;
    this.bytesPerScan = indexes.includes(TIMESTAMP) ? Math.ceil(words / 8) * 8 + 8 : words;
  }

  get available(): number {
    return this.#available;
  }

  set available(scans: number) {
    this.#available = Math.min(scans, this.#length);
  }

  read(maxBytes: number): Uint8Array {
    const scans = Math.min(this.#available, Math.floor(maxBytes / this.bytesPerScan));
    const bytes = new Uint8Array(scans * this.bytesPerScan);
    for (let k = 0; k < scans; k++) this.#put(new DataView(bytes.buffer, k * this.bytesPerScan), this.#next + k);
    this.#next += scans;
    this.#available -= scans;
    return bytes;
  }

  wait(scans: number, limit?: Duration): Promise<'ready' | 'timeout' | 'disabled'> {
    const look = (): 'ready' | 'disabled' | undefined =>
      this.#closed ? 'disabled' : this.#available >= scans ? 'ready' : undefined;
    return this.waiting.wait(look, limit === undefined ? undefined : { clock: this.#player.clock, limit });
  }

  close(): void {
    this.#closed = true;
    this.#player.streams.delete(this);
    this.waiting.wake();
  }

  #put(view: DataView, scan: number): void {
    let at = 0;
    for (const index of this.#indexes) {
      if (index === TIMESTAMP) view.setBigUint64(this.bytesPerScan - 8, BigInt(scan) * 10_000_000n, true);
      else view.setInt16(at, (index % 2 === 0 ? -40 : 8000) + 8 * scan);
      at += 2;
    }
  }
}

/** `iio:device1`: single-ended and differential channels with scales of their types, a buffer and a trigger. */
export function reviewerDevice(player: Player, debug?: SysfsDir): IiodDevice {
  const scan = (name: string, index: number, type: string): Attribute[] => [
    file(`in_${name}_en`, '0'),
    file(`in_${name}_index`, String(index), 0o444),
    file(`in_${name}_type`, type, 0o444),
  ];
  const own = [
    file('name', 'ina3221', 0o444),
    file('label', 'VDD rails', 0o444),
    ...CHANNELS.map((name) => file(`in_${name}_raw`, '1000')),
    file('in_voltage_scale', '8.000000', 0o444),
    file('in_voltage-voltage_scale', '0.040000', 0o444),
    file('in_voltage_integration_time', '0.001100'),
    file('in_voltage-voltage_integration_time', '0.001100'),
    file('in_voltage-voltage_integration_time_available', TIMES, 0o444),
    file('current_timestamp_clock', 'realtime', 0o444),
    file('oversampling_ratio', '1'),
    file('sampling_frequency', '100'),
  ];
  const dir = dirOf('iio:device1', own, [
    dirOf('scan_elements', [
      ...CHANNELS.flatMap((name, index) => scan(name, index, 'be:s13/16>>3')),
      ...scan('timestamp', TIMESTAMP, 'le:s64/64>>0'),
    ]),
    dirOf('buffer', [
      file('length', '0'),
      file('enable', '0'),
      file('watermark', '1'),
      file('data_available', '0', 0o444),
      file('direction', 'in', 0o444),
    ]),
    dirOf('trigger', [triggerFile()]),
  ]);
  return { id: 'iio:device1', dir, debug, open: async (request) => player.open(request) };
}

/** As Linux's: any text; none is an empty line here, as in the plain files of the recorded sessions. */
function triggerFile(): Attribute {
  let trigger = '';
  return {
    name: 'current_trigger',
    mode: 0o644,
    show: () => `${trigger}\n`,
    store: (text) => {
      trigger = text.replace(/[\0\n].*$/s, '');
    },
  };
}

/** `trigger0`. */
export function demoTrigger(): IiodDevice {
  return {
    id: 'trigger0',
    dir: dirOf('trigger0', [file('name', 'sysfstrig0', 0o444), file('sampling_frequency', '100')]),
  };
}

/** A directory of debugfs with one register. */
export function demoDebug(): SysfsDir {
  return dirOf('iio:device1', [file('direct_reg_access', '7')]);
}
