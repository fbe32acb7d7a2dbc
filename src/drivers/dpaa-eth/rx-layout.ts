// How received frames lie in memory: the longest one, the buffers that it comes in, and what stands in each.
import type { Device } from '../../core/device.js';
import { PAGE_BUFFER_BYTES, POOL_BUFFER_BYTES } from './dpa-bp.js';

/** The longest frame where nothing else is said (Linux: FSL_FM_MAX_FRAME_SIZE). */
export const MAX_FRAME = 1522;
/** Linux's bounds for fsl_fm_max_frm; below 90 no MTU would be left. */
const LEAST_MAX_FRAME = 90;
const MOST_MAX_FRAME = 9600;

/**
 * Without and with erratum A050385: where FMan puts parse results into a buffer, where data begins (facts 2.7), and
 * what FMan may use of a buffer, by its memory. With the erratum the memory is more, and data begins at a multiple of
 * 256.
 */
const LAYOUTS = {
  usual: {
    ...{ parseResults: 80, headroom: 128, align: 64 },
    size: { 2048: POOL_BUFFER_BYTES, 4096: PAGE_BUFFER_BYTES },
  },
  A050385: { ...{ parseResults: 80, headroom: 256, align: 256 }, size: { 2048: 2048, 4096: 3584 } },
} as const;
/** The hash stands behind parse results and timestamp. */
const HASH_AT = 40;

/** The buffers of an interface. */
export interface RxLayout {
  /** Bytes that FMan may use of a buffer, and what its address is a multiple of. */
  readonly size: number;
  readonly align: number;
  /** Where data begin, or a table; parse results; the hash. */
  readonly headroom: number;
  readonly parseResults: number;
  readonly hash: number;
}

/** What an interface's buffers depend on. */
export interface RxLayoutWishes {
  readonly erratumA050385: boolean;
  readonly maxFrame: number;
  /** As wished; undefined is by the longest frame. */
  readonly bufferBytes: number | undefined;
}

/** The layout for a longest frame. Those of 1522 bytes fit into buffers of either size (dpaa-L51). */
export function rxLayout(dev: Device, { erratumA050385, maxFrame, bufferBytes: wished }: RxLayoutWishes): RxLayout {
  const { size, ...layout } = LAYOUTS[erratumA050385 ? 'A050385' : 'usual'];
  const usual = maxFrame > MAX_FRAME ? 4096 : 2048;
  const can = wished === 2048 || wished === 4096;
  if (wished !== undefined && !can) dev.warn(`buffers of ${wished} bytes are not to be had: ${usual} is taken`);
  return { ...layout, size: size[can ? wished : usual], hash: layout.parseResults + HASH_AT };
}

/** The longest frame as wished, if it can be (Linux: fman_get_max_frm). */
export function maxFrameOf(dev: Device, wished: number): number {
  if (Number.isInteger(wished) && wished >= LEAST_MAX_FRAME && wished <= MOST_MAX_FRAME) return wished;
  dev.warn(`max-frame ${wished} is not within ${LEAST_MAX_FRAME} and ${MOST_MAX_FRAME}: ${MAX_FRAME} is taken`);
  return MAX_FRAME;
}
