// The mmsys: the block that routes between the display's components (Linux 6.12: drivers/soc/mediatek/mtk-mmsys.c). Its
// driver makes the device that the display's driver binds to.
//
// Gaps: clocks and resets of the block are not provided; routes of MT8167, MT8188 and MT8195 are not here.
import type { MmioSpace } from '../../core/io.js';
import type { Device, Driver } from '../../core/device.js';
import { devmPlatformIoremapResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import { platformDeviceRegisterAuto } from './auto-device.js';
import { matchMmsys } from './component.js';
import { updateBits } from './ddp-write.js';
import { type Route, ROUTES } from './mmsys-routes.js';
import { MMSYS } from './routing.js';
import type { ComponentName } from './tables.js';

/** One mmsys: its multiplexers. */
export class MtkMmsys {
  /** Undefined: no values are known. */
  readonly routes: readonly Route[] | undefined;
  readonly #regs: MmioSpace;

  constructor(regs: MmioSpace, routes: readonly Route[] | undefined) {
    this.#regs = regs;
    this.routes = routes;
  }

  /** Leads one component to the next; a link without multiplexer is wired (Linux: mtk_mmsys_ddp_connect). */
  connect(from: ComponentName, to: ComponentName): void {
    for (const [, offset, mask, value] of this.#between(from, to)) updateBits(this.#regs, offset, mask, value);
  }

  /** Ends that (Linux: mtk_mmsys_ddp_disconnect). */
  disconnect(from: ComponentName, to: ComponentName): void {
    for (const [, offset, mask] of this.#between(from, to)) updateBits(this.#regs, offset, mask, 0);
  }

  #between(from: ComponentName, to: ComponentName): readonly Route[] {
    return this.routes?.filter(([link]) => link === `${from}>${to}`) ?? [];
  }
}

/** The driver. Bound, a mmsys that is no vppsys has a child `mediatek-drm.N.auto`. */
export const mtkMmsys: Driver = platformDriver({
  name: 'mtk-mmsys',
  compatible: MMSYS.map(({ compatible }) => compatible),
  async probe(dev: Device) {
    const regs = devmPlatformIoremapResource(dev);
    const row = dev.ofNode === undefined ? undefined : matchMmsys(dev.ofNode);
    dev.drvdata = new MtkMmsys(regs, row?.routing === undefined ? undefined : ROUTES[row.routing]);
    if (row?.vppsys !== false) return;
    await platformDeviceRegisterAuto(dev, 'mediatek-drm');
  },
});
