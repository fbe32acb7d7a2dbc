// Names of the files of IIO channels (Linux: __iio_device_attr_init of industrialio-core.c).
import { SysError } from '../../base/errno.js';
import type { IioChanSpec, IioEventSpec } from './channel.js';

/** With which channels a file is shared. */
export type IioSharedBy = 'separate' | 'shared_by_type' | 'shared_by_dir' | 'shared_by_all';

/** What of a channel stands in names. */
export type IioNamed = Pick<
  IioChanSpec,
  'type' | 'channel' | 'channel2' | 'indexed' | 'differential' | 'output' | 'modifier' | 'extendName'
>;

/**
 * The name of a channel's file: `in_voltage1-voltage0_raw`. EINVAL: a separate file of a difference between channels
 * that have no numbers.
 */
export function iioAttrName(chan: IioNamed, postfix: string, sharedBy: IioSharedBy): string {
  const parts = sharedBy === 'separate' ? [...ownParts(chan), postfix] : [...sharedParts(chan, sharedBy), postfix];
  return parts.join('_');
}

/** What the names of a channel's separate files have in common: `in_voltage1-voltage0`. */
export function iioChanName(chan: IioNamed): string {
  return ownParts(chan).join('_');
}

/** An event's part of file names: `thresh_rising`, with its severity `critical_thresh_rising`. */
export function iioEventName({ severity, type, dir }: Omit<IioEventSpec, 'separate'>): string {
  return [severity, type, dir].filter((part) => part !== undefined).join('_');
}

function ownParts(chan: IioNamed): string[] {
  const { modifier, extendName } = chan;
  return [direction(chan), subject(chan), modifier, extendName].filter((part) => part !== undefined);
}

function subject({ type, channel, channel2, indexed, differential }: IioNamed): string {
  if (differential !== true) return indexed === true ? `${type}${channel}` : type;
  if (indexed !== true) throw new SysError('EINVAL', 'Differential channels must be indexed');
  return `${type}${channel}-${type}${channel2 ?? 0}`;
}

function sharedParts(chan: IioNamed, sharedBy: IioSharedBy): string[] {
  if (sharedBy === 'shared_by_all') return [];
  if (sharedBy === 'shared_by_dir') return [direction(chan)];
  return [direction(chan), chan.differential === true ? `${chan.type}-${chan.type}` : chan.type];
}

function direction({ output }: IioNamed): string {
  return output === true ? 'out' : 'in';
}
