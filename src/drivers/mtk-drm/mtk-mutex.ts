// The display mutex: starts the components of a pipeline together at the start of a frame (Linux 6.12:
// drivers/soc/mediatek/mtk-mutex.c).
//
// Differences from Linux:
// mutex-L1  The mutex is a component of the display: when it is unbound, the display goes down before. Linux leaves the
//           display with a pointer to what is gone.
//
// Gaps: no register is written; which component has a module bit is in routing.ts and not used yet.
import { componentAdd } from '../../core/component.js';
import type { Device, Driver } from '../../core/device.js';
import { devmPlatformIoremapResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';

/** How many pipelines one block can start (Linux: the array in struct mtk_mutex_ctx). */
const MUTEX_COUNT = 10;

/** The state of one block: which of its mutexes are taken. */
class MtkMutexCtx {
  readonly claimed = new Set<number>();
}

/** One mutex of a block. */
export interface MtkMutex {
  readonly id: number;
  /** Gives it back (Linux: mtk_mutex_put). */
  readonly put: () => void;
}

/** The driver. Bound, mutexes can be had, and the display may come up. */
export const mtkMutex: Driver = platformDriver({
  name: 'mediatek-mutex',
  compatible: [
    'mediatek,mt2701-disp-mutex',
    'mediatek,mt2712-disp-mutex',
    'mediatek,mt6795-disp-mutex',
    'mediatek,mt8167-disp-mutex',
    'mediatek,mt8173-disp-mutex',
    'mediatek,mt8183-disp-mutex',
    'mediatek,mt8186-disp-mutex',
    'mediatek,mt8186-mdp3-mutex',
    'mediatek,mt8188-disp-mutex',
    'mediatek,mt8188-vpp-mutex',
    'mediatek,mt8192-disp-mutex',
    'mediatek,mt8195-disp-mutex',
    'mediatek,mt8195-vpp-mutex',
    'mediatek,mt8365-disp-mutex',
  ],
  async probe(dev: Device) {
    devmPlatformIoremapResource(dev);
    dev.drvdata = new MtkMutexCtx();
    dev.scope.defer(await componentAdd(dev, { bind: () => undefined }));
  },
});

/** Takes the first free mutex of a block. ENODEV: the device is no bound mutex block; EBUSY: all ten are taken. */
export function mtkMutexGet(dev: Device): MtkMutex {
  const ctx = dev.drvdata;
  if (!(ctx instanceof MtkMutexCtx)) throw dev.error('ENODEV', 'is no mutex', 'mutex');
  for (let id = 0; id < MUTEX_COUNT; id++) {
    if (ctx.claimed.has(id)) continue;
    ctx.claimed.add(id);
    return { id, put: () => void ctx.claimed.delete(id) };
  }
  throw dev.error('EBUSY', `all ${MUTEX_COUNT} mutexes are taken`, 'mutex');
}
