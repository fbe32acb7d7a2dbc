// The files of channels and of their events (Linux: industrialio-core.c, industrialio-event.c).
import { assert } from '../../base/assert.js';
import { SysError } from '../../base/errno.js';
import type { Device } from '../device.js';
import type { IioChanInfo, IioChanSpec, IioEventInfo, IioEventSpec } from './channel.js';
import type { IioInfo, IioWriteFormat } from './info.js';
import { iioAttrName, iioEventName, type IioSharedBy } from './names.js';
import { iioFormatAvail, iioFormatValue, iioStrToFixpoint } from './value.js';
import { kstrtobool } from '../kstrtox.js';
import type { Attribute } from '../sysfs.js';

/** Files made from channels. A name comes once: shared files are merged, and separate ones that meet are an error. */
export class IioAttributeList {
  readonly #dev: Device;
  readonly #files = new Map<string, Attribute>();

  constructor(dev: Device) {
    this.#dev = dev;
  }

  /** In the order in which they were added. */
  get files(): readonly Attribute[] {
    return [...this.#files.values()];
  }

  /** Adds a channel's file. EBUSY: a separate file of that name is there. */
  add(chan: IioChanSpec, postfix: string, sharedBy: IioSharedBy, file: Omit<Attribute, 'name'>): void {
    const name = iioAttrName(chan, postfix, sharedBy);
    if (!this.#files.has(name)) this.#files.set(name, { name, ...file });
    else if (sharedBy === 'separate') {
      this.#dev.err(`tried to double register : ${name}`);
      throw this.#dev.error('EBUSY', `two files ${name}`, 'iio');
    }
  }
}

/** What of a channel is a list of files. */
type ChanList = {
  [K in keyof IioChanSpec]-?: NonNullable<IioChanSpec[K]> extends readonly IioChanInfo[] ? K : never;
}[keyof IioChanSpec];

/** The lists by how their files are shared: those of values, and those of what the values may be. */
const LISTS: readonly (readonly [IioSharedBy, ChanList, ChanList])[] = [
  ['separate', 'separate', 'separateAvailable'],
  ['shared_by_type', 'sharedByType', 'sharedByTypeAvailable'],
  ['shared_by_dir', 'sharedByDir', 'sharedByDirAvailable'],
  ['shared_by_all', 'sharedByAll', 'sharedByAllAvailable'],
];

/** Adds a channel's files: what it has, what that may be, and its label. */
export function addChannelFiles(list: IioAttributeList, chan: IioChanSpec, info: IioInfo): void {
  if (chan.channel < 0) return;
  for (const [sharedBy, has, available] of LISTS) {
    for (const what of chan[has] ?? []) list.add(chan, what, sharedBy, infoFile(chan, what, info));
    for (const what of chan[available] ?? [])
      list.add(chan, `${what}_available`, sharedBy, availableFile(chan, what, info));
  }
  if (info.readLabel !== undefined || chan.extendName !== undefined)
    list.add(chan, 'label', 'separate', { mode: 0o444, show: () => `${labelOf(chan, info)}\n` });
}

function infoFile(chan: IioChanSpec, what: IioChanInfo, info: IioInfo): Omit<Attribute, 'name'> {
  const show = async (): Promise<string> => iioFormatValue(await info.readRaw(chan, what));
  if (info.isWritable?.(chan, what) === false) return { mode: 0o444, show };
  return { mode: 0o644, show, store: (text) => writeInfo(chan, what, info, text) };
}

/** What the first decimal counts. */
const FRACT_MULT: Readonly<Record<IioWriteFormat, number>> = {
  INT: 0,
  INT_PLUS_MICRO: 100_000,
  INT_PLUS_NANO: 100_000_000,
};

function writeInfo(chan: IioChanSpec, what: IioChanInfo, info: IioInfo, text: string): void | Promise<void> {
  if (info.writeRaw === undefined) throw new SysError('EINVAL', `${what} is not for writing`);
  const { integer, fract } = iioStrToFixpoint(text, FRACT_MULT[info.writeRawGetFmt?.(chan, what) ?? 'INT_PLUS_MICRO']);
  return info.writeRaw(chan, integer, fract, what);
}

function availableFile(chan: IioChanSpec, what: IioChanInfo, info: IioInfo): Omit<Attribute, 'name'> {
  const { readAvail } = info;
  assert(readAvail !== undefined, `${what}_available without readAvail`);
  return { mode: 0o444, show: () => iioFormatAvail(readAvail(chan, what)) };
}

function labelOf(chan: IioChanSpec, { readLabel }: IioInfo): string {
  const label = readLabel === undefined ? chan.extendName : readLabel(chan);
  if (label === undefined) throw new SysError('EINVAL', 'the channel has no label');
  return label;
}

/** Adds the files of a channel's events. */
export function addEventFiles(list: IioAttributeList, chan: IioChanSpec, info: IioInfo): void {
  for (const event of chan.events ?? [])
    for (const what of event.separate) {
      const file = what === 'en' ? enableFile(chan, event, info) : valueFile(chan, event, what, info);
      list.add(chan, `${iioEventName(event)}_${what}`, 'separate', file);
    }
}

function enableFile(chan: IioChanSpec, event: IioEventSpec, info: IioInfo): Omit<Attribute, 'name'> {
  return {
    mode: 0o644,
    show: async () => `${Number(await given(info.readEventConfig, 'reading')(chan, event))}\n`,
    store: (text) => {
      const on = kstrtobool(text);
      return given(info.writeEventConfig, 'writing')(chan, event, on);
    },
  };
}

function valueFile(
  chan: IioChanSpec,
  event: IioEventSpec,
  what: Exclude<IioEventInfo, 'en'>,
  info: IioInfo,
): Omit<Attribute, 'name'> {
  return {
    mode: 0o644,
    show: async () => iioFormatValue(await given(info.readEventValue, 'reading')(chan, event, what)),
    store: (text) => {
      const write = given(info.writeEventValue, 'writing');
      const { integer, fract } = iioStrToFixpoint(text, FRACT_MULT.INT_PLUS_MICRO);
      return write(chan, event, what, integer, fract);
    },
  };
}

function given<T>(callback: T | undefined, what: string): T {
  if (callback === undefined) throw new SysError('EINVAL', `the event is not for ${what}`);
  return callback;
}
