// Buffer pools (Linux: struct bman_pool, bman_new_pool).
import { ERRNO, SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import type { BmanPortal } from './bman-portal.js';
import { qbmanOf } from './state.js';

/** A pool, through the portal of the CPU that works with it. */
export class BmanPoolHandle {
  readonly bpid: number;
  readonly #portals: readonly BmanPortal[];

  constructor(bpid: number, portals: readonly BmanPortal[]) {
    this.bpid = bpid;
    this.#portals = portals;
  }

  /** Gives 1 to 8 buffers in one command: 0, -EBUSY while the ring is full, or another negative error. */
  release(buffers: Float64Array, count: number): number {
    try {
      return this.#portals[0]?.release(this.bpid, buffers, count) ?? -ERRNO.ENODEV;
    } catch (error) {
      return errnoOf(error);
    }
  }

  /** Takes exactly `count`, 1 to 8: answers that, or a negative error. */
  acquire(buffers: Float64Array, count: number): number {
    try {
      return this.#portals[0]?.acquire(this.bpid, buffers, count) ?? -ERRNO.ENODEV;
    } catch (error) {
      return errnoOf(error);
    }
  }
}

/** The number of a SysError; nothing else is an answer of a device. */
export function errnoOf(error: unknown): number {
  if (error instanceof SysError) return error.errno;
  throw error;
}

/** A pool of its own for a device until unbind. Whatever is in it then is taken out (Linux: bman_free_pool, M1). */
export function devmBmanNewPool(dev: Device): BmanPoolHandle {
  const { bman, bmanPortals } = qbmanOf(dev);
  if (bman === undefined || bmanPortals[0] === undefined) throw dev.error('ENODEV', 'BMan has no portal', 'bman');
  dev.core.deviceLinkAdd(dev, bman.dev);
  const bpid = bman.bpids.alloc(dev);
  const pool = new BmanPoolHandle(bpid, bmanPortals);
  const one = new Float64Array(1);
  const drain = (): void => {
    while (pool.acquire(one, 1) === 1) continue;
  };
  dev.scope.defer(() => {
    drain();
    bman.bpids.free(bpid);
  });
  drain();
  return pool;
}
