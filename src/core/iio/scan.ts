// How a scan lies in memory, and how the part that one buffer wants is taken out of it (Linux:
// iio_compute_scan_bytes, iio_buffer_update_demux of industrialio-buffer.c).
import { assert } from '../../base/assert.js';
import type { IioChanSpec } from './channel.js';

/** Where the channels of a scan lie: each aligned to its own size, the whole to the largest. */
export interface ScanLayout {
  readonly channels: readonly IioChanSpec[];
  /** By place in `channels`. */
  readonly offsets: readonly number[];
  /** Of the whole scan; 0 without channels. */
  readonly bytes: number;
  /** Where the time is written, or -1. */
  readonly timestampAt: number;
}

/** Bytes to copy from a scan of the device into a scan of a buffer. */
export interface ScanCopy {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** The channels that can be captured, in the order of a scan: by index, the time last. */
export function scanOrder(channels: readonly IioChanSpec[]): IioChanSpec[] {
  const last = ({ type, scanIndex = -1 }: IioChanSpec): number => (type === 'timestamp' ? 2 ** 32 : scanIndex);
  return channels.filter(({ scanIndex = -1 }) => scanIndex >= 0).sort((a, b) => last(a) - last(b));
}

/** Lays out channels that are in the order of a scan. */
export function scanLayout(channels: readonly IioChanSpec[]): ScanLayout {
  const offsets: number[] = [];
  let bytes = 0;
  let largest = 1;
  let timestampAt = -1;
  for (const chan of channels) {
    const size = storageBytes(chan);
    const offset = aligned(bytes, size);
    offsets.push(offset);
    bytes = offset + size;
    largest = Math.max(largest, size);
    if (chan.type === 'timestamp') timestampAt = offset;
  }
  return { channels, offsets, bytes: aligned(bytes, largest), timestampAt };
}

/**
 * How to make a scan of `part` from one of `whole`; undefined where the whole begins with it: both have the same
 * channels, apart from the time.
 */
export function scanDemux(whole: ScanLayout, part: ScanLayout): readonly ScanCopy[] | undefined {
  if (measured(whole) === measured(part)) return undefined;
  const copies: ScanCopy[] = [];
  part.channels.forEach((chan, i) => {
    const from = whole.offsets[whole.channels.indexOf(chan)];
    const to = part.offsets[i];
    assert(from !== undefined && to !== undefined, `scan index ${chan.scanIndex} is not captured`);
    copies.push({ from, to, bytes: storageBytes(chan) });
  });
  return joined(copies);
}

function measured({ channels }: ScanLayout): number {
  return channels.filter(({ type }) => type !== 'timestamp').length;
}

/** Neighbours that stay neighbours are copied at once. */
function joined(copies: readonly ScanCopy[]): ScanCopy[] {
  const out: ScanCopy[] = [];
  for (const copy of copies) {
    const before = out.at(-1);
    if (before !== undefined && before.from + before.bytes === copy.from && before.to + before.bytes === copy.to)
      out[out.length - 1] = { ...before, bytes: before.bytes + copy.bytes };
    else out.push(copy);
  }
  return out;
}

function storageBytes({ scanType }: IioChanSpec): number {
  assert(scanType !== undefined, 'a channel with a scan index has a scan type');
  return scanType.storagebits / 8;
}

function aligned(offset: number, size: number): number {
  return Math.ceil(offset / size) * size;
}
