// What a driver may not describe (Linux: iio_check_unique_scan_index, iio_check_extended_name and
// iio_channel_validate_scan_type).
import type { SysError } from '../../base/errno.js';
import type { Device } from '../device.js';
import type { IioChanSpec } from './channel.js';
import type { IioInfo } from './info.js';

/** Throws EINVAL for channels that do not go together, with a line in the log. */
export function checkChannels(dev: Device, channels: readonly IioChanSpec[], info: IioInfo, isBuffered: boolean): void {
  const wrong = (isBuffered ? wrongScan(channels) : undefined) ?? wrongLabels(channels, info);
  if (wrong !== undefined) throw refused(dev, wrong);
}

function refused(dev: Device, what: string): SysError {
  dev.err(what);
  return dev.error('EINVAL', what, 'iio');
}

function wrongScan(channels: readonly IioChanSpec[]): string | undefined {
  const seen = new Set<number>();
  for (const { type, scanIndex = -1, scanType } of channels) {
    if (scanIndex < 0) continue;
    if (seen.has(scanIndex)) return `Duplicate scan index ${scanIndex}`;
    seen.add(scanIndex);
    if (scanType === undefined) return `Scan index ${scanIndex} has no scan type`;
    const { realbits, storagebits, shift } = scanType;
    if (storagebits < realbits + shift)
      return `Scan index ${scanIndex}: ${realbits} bits above ${shift} do not fit into ${storagebits}`;
    if (type === 'timestamp' && storagebits !== 64) return `Scan index ${scanIndex}: a time has 64 bits`;
  }
  return undefined;
}

function wrongLabels(channels: readonly IioChanSpec[], { readLabel }: IioInfo): string | undefined {
  const both = readLabel !== undefined && channels.some(({ extendName }) => extendName !== undefined);
  return both ? 'Cannot use labels and extend_name at the same time' : undefined;
}
