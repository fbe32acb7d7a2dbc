// The mmsys: the block that routes between the display's components (Linux 6.12: drivers/soc/mediatek/mtk-mmsys.c). Its
// driver makes the device that the display's driver binds to.
//
// Gaps: the multiplexers are not set (table: routing.ts); clocks and resets of the block are not provided.
import type { Device, Driver } from '../../core/device.js';
import { devmPlatformIoremapResource } from '../../core/io.js';
import { platformDriver } from '../../core/platform-device.js';
import { platformDeviceRegisterAuto } from './auto-device.js';
import { matchMmsys } from './component.js';
import { MMSYS } from './routing.js';

/** The driver. Bound, a mmsys that is no vppsys has a child `mediatek-drm.N.auto`. */
export const mtkMmsys: Driver = platformDriver({
  name: 'mtk-mmsys',
  compatible: MMSYS.map(({ compatible }) => compatible),
  async probe(dev: Device) {
    devmPlatformIoremapResource(dev);
    if (dev.ofNode === undefined || matchMmsys(dev.ofNode)?.vppsys !== false) return;
    await platformDeviceRegisterAuto(dev, 'mediatek-drm');
  },
});
