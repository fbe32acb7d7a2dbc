// Hardware monitoring devices (Linux: linux/hwmon.h): channels and attributes as a table, files made from it.
import type { ClassDevice, Device } from './device.js';
import { kstrtol } from './kstrtox.js';
import { type Attribute, SysfsDir } from './sysfs.js';

/**
 * The kinds of sensors. Units of `input` and limits: `in` mV, `curr` mA, `power` µW, `temp` m°C; `chip` has no
 * channels.
 */
export type HwmonType = 'chip' | 'in' | 'curr' | 'power' | 'temp';

/** File name of a sensor kind and the number of its first channel in file names (sysfs-interface: in counts from 0). */
const PREFIX: Readonly<Record<HwmonType, { readonly stem: string; readonly first: number }>> = {
  chip: { stem: '', first: 0 },
  in: { stem: 'in', first: 0 },
  curr: { stem: 'curr', first: 1 },
  power: { stem: 'power', first: 1 },
  temp: { stem: 'temp', first: 1 },
};

/**
 * The attributes of channel 0, 1, … of one kind (Linux: struct hwmon_channel_info). An empty list leaves a channel out.
 */
export interface HwmonChannelInfo {
  readonly type: HwmonType;
  readonly channels: readonly (readonly string[])[];
}

/** How a driver answers (Linux: struct hwmon_ops). Channels count from 0 for every kind. Errors are SysErrors. */
export interface HwmonOps {
  /** Permission bits of an attribute, 0 to leave it out. */
  readonly isVisible: (type: HwmonType, attr: string, channel: number) => number;
  readonly read: (type: HwmonType, attr: string, channel: number) => number | Promise<number>;
  readonly readString?: (type: HwmonType, attr: string, channel: number) => string;
  readonly write?: (type: HwmonType, attr: string, channel: number, value: number) => void | Promise<void>;
}

/** A chip as registered with hwmon. */
export interface HwmonChip {
  /** What the `name` file says. */
  readonly name: string;
  readonly info: readonly HwmonChannelInfo[];
  readonly ops: HwmonOps;
  /** Files of the driver's own beside those of the ABI (Linux: extra_groups). */
  readonly attributes?: readonly Attribute[];
}

/** A registered hwmon device (`hwmonN`). Its directory holds the files. */
export interface HwmonDevice extends ClassDevice {
  readonly chip: HwmonChip;
}

/** Registers a chip for a device and makes its files (Linux: devm_hwmon_device_register_with_info). */
export function hwmonDeviceRegister(dev: Device, chip: HwmonChip): HwmonDevice {
  const nr = dev.core.freeNumber('hwmon');
  const sysfs = new SysfsDir(`hwmon${nr}`);
  const removeFiles = sysfs.addGroup([
    { name: 'name', mode: 0o444, show: () => `${chip.name}\n` },
    ...attributesOf(chip),
    ...(chip.attributes ?? []),
  ]);
  const hwmon: HwmonDevice = { nr, parent: dev, sysfs, chip };
  dev.core.joinClass('hwmon', hwmon);
  dev.scope.defer(removeFiles);
  return hwmon;
}

/** Says that an attribute has changed by itself: who polls its file is woken (Linux: hwmon_notify_event). */
export function hwmonNotifyEvent(hwmon: HwmonDevice, type: HwmonType, attr: string, channel: number): void {
  hwmon.sysfs.notify(fileName(type, attr, channel));
}

function fileName(type: HwmonType, attr: string, channel: number): string {
  const { stem, first } = PREFIX[type];
  return type === 'chip' ? attr : `${stem}${channel + first}_${attr}`;
}

function attributesOf(chip: HwmonChip): Attribute[] {
  return chip.info.flatMap(({ type, channels }) =>
    channels.flatMap((attrs, channel) => attrs.flatMap((attr) => attributeOf(chip.ops, type, attr, channel))),
  );
}

function attributeOf(ops: HwmonOps, type: HwmonType, attr: string, channel: number): Attribute[] {
  const mode = ops.isVisible(type, attr, channel);
  if (mode === 0) return [];
  const name = fileName(type, attr, channel);
  const { readString, write } = ops;
  if (attr === 'label' && readString !== undefined)
    return [{ name, mode, show: () => `${readString(type, attr, channel)}\n` }];
  const show = async () => `${await ops.read(type, attr, channel)}\n`;
  if (write === undefined || (mode & 0o222) === 0) return [{ name, mode, show }];
  return [{ name, mode, show, store: (text) => write(type, attr, channel, kstrtol(text)) }];
}
