// Devices of the industrial I/O subsystem (Linux: linux/iio/iio.h, industrialio-core.c): channels and a driver's
// answers as tables; files, buffers, events and a trigger made from them. Compared with Linux 6.12.
//
// Times are nanoseconds since power-on, whatever clock `current_timestamp_clock` names: virtual time has no other.
//
// Differences from Linux: files may be read-only (IioInfo.isWritable); two events of one type and direction on a
// channel may differ in severity (IioEventSpec.severity); a trigger takes any number of consumers, where Linux has
// room for two unless configured otherwise; a handler that fails leaves a line in the log every five seconds.
import type { ClassDevice, Device } from '../device.js';
import { addChannelFiles, addEventFiles, IioAttributeList } from './attributes.js';
import { IioBuffer } from './buffer.js';
import { bufferFiles, scanElementFiles, triggerFiles } from './buffer-attributes.js';
import { IioCapture } from './capture.js';
import type { IioChanSpec } from './channel.js';
import { checkChannels } from './check.js';
import { debugfsDir, textFile, timestampClockFile } from './device-files.js';
import { IioEvents } from './event.js';
import type { IioInfo } from './info.js';
import { scanOrder } from './scan.js';
import type { IioTrigger } from './trigger.js';
import { type Attribute, SysfsDir } from '../sysfs.js';

/** The class of IIO devices; the directory of each is `iio:deviceN`. */
const CLASS = 'iio';

/** How a device with a triggered buffer captures (Linux: iio_triggered_buffer_setup). Errors are SysErrors. */
export interface IioBufferSetup {
  /**
   * Captures one scan of `indio.activeScan` and calls `indio.pushToBuffers`. Runs once per trigger; triggers during a
   * run are missed. What it throws is told in the log, and capturing goes on.
   */
  readonly handler: (indio: IioDevice, timestampNs: number) => Promise<void>;
  readonly preenable?: (indio: IioDevice) => void | Promise<void>;
  readonly postenable?: (indio: IioDevice) => void | Promise<void>;
  readonly predisable?: (indio: IioDevice) => void | Promise<void>;
  readonly postdisable?: (indio: IioDevice) => void | Promise<void>;
  /** The trigger that it has from the start. */
  readonly trigger?: IioTrigger;
}

/** A device as its driver registers it. */
export interface IioDeviceSpec {
  /** What the file `name` says. */
  readonly name: string;
  /** What the file `label` says; without it the node's property of that name, if there is one. */
  readonly label?: string;
  readonly channels: readonly IioChanSpec[];
  readonly info: IioInfo;
  readonly buffer?: IioBufferSetup;
}

/** A registered device (`iio:deviceN`). */
export class IioDevice implements ClassDevice {
  readonly nr: number;
  readonly parent: Device;
  /** With the directories `events`, `scan_elements`, `buffer` and `trigger` where there is something for them. */
  readonly sysfs: SysfsDir;
  /** What debugfs has of it: `direct_reg_access`. */
  readonly debugfs: SysfsDir | undefined;
  readonly name: string;
  readonly label: string | undefined;
  readonly channels: readonly IioChanSpec[];
  readonly info: IioInfo;
  /** The buffer behind the device's file, with the files in `scan_elements` and `buffer`. */
  readonly buffer: IioBuffer | undefined;
  readonly events: IioEvents | undefined;
  /** Channels that can be captured, in the order of a scan. */
  readonly scanChannels: readonly IioChanSpec[];
  /** Whether a program has the device's file open. For chrdev.ts. */
  chrdevOpen = false;
  readonly #capture: IioCapture;

  constructor(dev: Device, nr: number, spec: IioDeviceSpec) {
    this.nr = nr;
    this.parent = dev;
    this.sysfs = new SysfsDir(`iio:device${nr}`);
    this.debugfs = debugfsDir(dev, this.sysfs.name, spec.info);
    this.name = spec.name;
    this.label = spec.label ?? dev.ofNode?.string('label');
    this.channels = spec.channels;
    this.info = spec.info;
    this.scanChannels = spec.buffer === undefined ? [] : scanOrder(spec.channels);
    this.events = hasEvents(spec) ? new IioEvents(dev, spec.channels) : undefined;
    this.#capture = new IioCapture({
      dev,
      channels: this.scanChannels,
      hook: (which) => spec.buffer?.[which]?.(this),
      handler: async (timestampNs) => spec.buffer?.handler(this, timestampNs),
    });
    this.#capture.trigger = spec.buffer?.trigger;
    this.buffer = spec.buffer === undefined ? undefined : new IioBuffer(this);
  }

  /** What says when to capture. It stays as it is while the device captures (EBUSY). */
  get trigger(): IioTrigger | undefined {
    return this.#capture.trigger;
  }

  set trigger(trigger: IioTrigger | undefined) {
    this.#capture.trigger = trigger;
  }

  /** The channels that are captured now, for all buffers together, in the order of a scan. */
  get activeScan(): readonly IioChanSpec[] {
    return this.#capture.activeScan;
  }

  /** False from the unbind on. */
  get registered(): boolean {
    return this.#capture.registered;
  }

  /**
   * Enables a buffer beside those that are enabled, which stop for a moment (Linux: iio_update_buffers). EINVAL: no
   * channel but the time is chosen, or the device has no trigger; ENODEV: the device is gone. When a start fails no
   * buffer is enabled any more.
   */
  attachBuffer(buffer: IioBuffer): Promise<void> {
    return this.#capture.attach(buffer);
  }

  /** Disables a buffer. What is in it can still be read. */
  detachBuffer(buffer: IioBuffer): Promise<void> {
    return this.#capture.detach(buffer);
  }

  /**
   * Gives a scan to the enabled buffers (Linux: iio_push_to_buffers_with_timestamp). It begins with the bytes of
   * `activeScan`, each channel aligned to its own size; the time is written into it.
   */
  pushToBuffers(scan: Uint8Array, timestampNs: number): void {
    this.#capture.push(scan, timestampNs);
  }

  /** Makes the files. Answers how to undo that and to stop what runs, the last first. For devmIioDeviceRegister. */
  register(): readonly (() => void | Promise<void>)[] {
    return [
      () => this.events?.shutdown(),
      () => this.buffer?.waiting.wake(), // who waits for it to be enabled
      () => this.#capture.close(),
      ...this.#addFiles(),
    ];
  }

  #addFiles(): (() => Promise<void>)[] {
    const { parent: dev, channels, info, buffer, sysfs } = this;
    const own = new IioAttributeList(dev);
    const events = new IioAttributeList(dev);
    for (const chan of channels) {
      addChannelFiles(own, chan, info);
      addEventFiles(events, chan, info);
    }
    const all: (readonly [SysfsDir, readonly Attribute[]])[] = [
      [sysfs, [...(info.attributes ?? []), ...own.files, ...this.#deviceFiles()]],
    ];
    if (this.events !== undefined)
      all.push([new SysfsDir('events'), [...(info.eventAttributes ?? []), ...events.files]]);
    if (buffer !== undefined)
      all.push(
        [new SysfsDir('scan_elements'), this.scanChannels.flatMap((c) => scanElementFiles(buffer, this.#capture, c))],
        [new SysfsDir('buffer'), bufferFiles(buffer, this.#capture)],
        [new SysfsDir('trigger'), triggerFiles(dev, this.#capture)],
      );
    return all.map(([dir, files]) => {
      if (dir !== sysfs) sysfs.addDir(dir);
      return dir.addGroup(files);
    });
  }

  #deviceFiles(): Attribute[] {
    const { name, label, events, channels } = this;
    const isBusy = (): boolean => events?.enabled === true || this.#capture.running;
    const hasTimes = events !== undefined || channels.some(({ type }) => type === 'timestamp');
    return [
      textFile('name', name),
      ...(label === undefined ? [] : [textFile('label', label)]),
      ...(hasTimes ? [timestampClockFile(isBusy)] : []),
    ];
  }
}

function hasEvents({ channels, info }: IioDeviceSpec): boolean {
  return info.eventAttributes !== undefined || channels.some(({ events = [] }) => events.length > 0);
}

/**
 * Registers an IIO device until unbind (Linux: devm_iio_device_register). The unbind takes its files away, disables
 * its buffers and wakes who waits for scans or events. EBUSY, EEXIST: two files of one name; EINVAL: channels that do
 * not go together.
 */
export function devmIioDeviceRegister(dev: Device, spec: IioDeviceSpec): IioDevice {
  checkChannels(dev, spec.channels, spec.info, spec.buffer !== undefined);
  const indio = new IioDevice(dev, dev.core.freeNumber(CLASS), spec);
  for (const undo of indio.register()) dev.scope.defer(undo);
  dev.core.joinClass(CLASS, indio);
  return indio;
}
