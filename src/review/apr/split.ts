// Packets that stand one behind the other: cut by the sizes that they claim.
import { APR_HDR_SIZE, GPR_HDR_SIZE } from '../../drivers/qcom-apr/constants.js';

/** What can be cut, and where the rest begins. */
export interface Split {
  readonly pieces: readonly Uint8Array[];
  readonly restAt: number;
}

/** Cuts as far as headers make sense. */
export function splitPackets(bytes: Uint8Array): Split {
  const pieces: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const from = at;
    const size = claimedSizes(bytes, at).find((one) => from + one <= bytes.length);
    if (size === undefined) break;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { pieces, restAt: at };
}

/**
 * The sizes that a header of a form that is sent may claim, the likelier first. A header of five words is APR's; a
 * longer one is GPR's, or has words behind APR's.
 */
export function claimedSizes(bytes: Uint8Array, at = 0): number[] {
  if (bytes.length - at < 4) return [];
  const byte = (offset: number): number => bytes[at + offset] as number;
  const headerBytes = (byte(0) >> 4) * 4;
  if ((byte(0) & 0xf) > 1 || headerBytes < APR_HDR_SIZE) return [];
  const apr = byte(1) < 4 ? byte(2) | (byte(3) << 8) : 0;
  const gpr = headerBytes >= GPR_HDR_SIZE ? byte(1) | (byte(2) << 8) | (byte(3) << 16) : 0;
  return [gpr, apr].filter((size) => size >= headerBytes);
}
