// Masks of channels as OPEN and READBUF write them: eight hex digits for 32 channels, the last channels first.
import { SysError } from '../../base/errno.js';
import type { ChannelModel, DeviceModel, ScanElement } from './model.js';

/** A channel that a buffer can hold. */
export type ScanChannel = ChannelModel & { readonly scan: ScanElement };

const BITS = 32;

/**
 * The channels of a buffer that a mask selects. EINVAL where it has not the digits for the channels of the device, or
 * selects nothing.
 */
export function parseMask(model: DeviceModel, mask: string): readonly ScanChannel[] {
  const { channels, device } = model;
  const digits = Math.ceil(channels.length / BITS) * 8;
  if (mask.length !== digits || !/^[0-9a-fA-F]+$/.test(mask))
    throw new SysError('EINVAL', `a mask of ${digits} hex digits is needed`, { dev: device.id, op: mask });
  const chosen = channels.filter((channel, at): channel is ScanChannel => {
    const digit = Number.parseInt(mask.charAt(digits - 1 - (at >> 2)), 16);
    return channel.scan !== undefined && ((digit >> (at & 3)) & 1) === 1;
  });
  if (chosen.length === 0) throw new SysError('EINVAL', 'the mask selects no channel', { dev: device.id, op: mask });
  return chosen;
}

/** The mask of these channels. */
export function formatMask({ channels }: DeviceModel, chosen: readonly ChannelModel[]): string {
  const digits = Array.from({ length: Math.ceil(channels.length / BITS) * 8 }, () => 0);
  for (const channel of chosen) {
    const at = channels.indexOf(channel);
    const digit = digits.length - 1 - (at >> 2);
    digits[digit] = (digits[digit] ?? 0) | (1 << (at & 3));
  }
  return digits.map((digit) => digit.toString(16)).join('');
}

/** Bytes of one scan of these channels: each aligned to its own size, the whole to the largest. */
export function scanBytes(chosen: readonly ScanChannel[]): number {
  let end = 0;
  let largest = 1;
  for (const { scan } of chosen) {
    const size = Math.max(1, (scan.storageBits / 8) * scan.repeat);
    end = Math.ceil(end / size) * size + size;
    largest = Math.max(largest, size);
  }
  return Math.ceil(end / largest) * largest;
}
