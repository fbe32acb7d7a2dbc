// DPI and DP_INTF: the parallel outputs, in front of an HDMI, DisplayPort or other bridge (Linux 6.12: mtk_dpi.c).
//
// Differences from the patch:
// ofgraph-O5  The output of the old layout, port 0, is looked at only when port 1 has no endpoint at all.
// ofgraph-O7  The bridge is looked up during probe, as before the patch and in later kernels: who waits for it is this
//             device, by name. The patch looks when the bridge chain is made, where the whole display fails instead.
//
// Differences from Linux:
// dpi-L1  The bridge is a supplier of the output: when it goes, the display goes before. Linux leaves the chain with a
//         pointer to what is gone.
//
// Gaps: clocks, with them the frequency of the pixels, and pin states are not asked for; DP_INTF and the DPI of MT8186,
// MT8188 and MT8195 are bound and cannot show a picture; pictures are RGB of full range, syncs are active low.
import { SysError } from '../../base/errno.js';
import { componentAdd } from '../../core/component.js';
import type { Device, Driver } from '../../core/device.js';
import { DrmBridge, drmBridgeAdd, drmBridgeAttach, type DrmMode } from '../../core/drm-bridge.js';
import { devmPlatformIoremapResource } from '../../core/io.js';
import { platformGetIrq } from '../../core/interrupt.js';
import { platformDriver } from '../../core/platform-device.js';
import type { MmioSpace } from '../../core/io.js';
import type { DdpComp } from './ddp-comp.js';
import { DPI_DATA, type DpiData, dpiStart, dpiStop } from './mtk-dpi-hw.js';
import { mtkEncoderInit } from './mtk-encoder.js';
import { outputBridge } from './output-bridge.js';
import { RIGHT } from './rules.js';

/** The driver. Bound, the output and the bridge behind it are ready for the display. */
export const mtkDpi: Driver = platformDriver({
  name: 'mediatek-dpi',
  compatible: [
    'mediatek,mt2701-dpi',
    'mediatek,mt8173-dpi',
    'mediatek,mt8183-dpi',
    'mediatek,mt8186-dpi',
    'mediatek,mt8188-dp-intf',
    'mediatek,mt8192-dpi',
    'mediatek,mt8195-dp-intf',
    'mediatek,mt8195-dpi',
  ],
  async probe(dev) {
    const regs = devmPlatformIoremapResource(dev);
    platformGetIrq(dev, 0); // As in Linux it must be there; nobody listens to it.
    const data = DPI_DATA[dev.matched ?? ''];
    const dpi = data === undefined ? undefined : new MtkDpi(regs, data);
    dev.drvdata = dpi;
    const next = bridgeOf(dev);
    dev.core.deviceLinkAdd(dev, next.dev);
    const bridge = new DrmBridge({
      dev,
      type: 'DPI',
      attach: (encoder, self) => drmBridgeAttach(encoder, next, self),
      ops: { enable: (mode) => dpi?.enable(mode), disable: () => dpi?.stop() },
    });
    dev.scope.defer(drmBridgeAdd(bridge));
    dev.scope.defer(await addComponent(dev, bridge));
  },
});

/** One output. To a CRTC it is the component that its path ends with. */
class MtkDpi implements DdpComp {
  readonly #regs: MmioSpace;
  readonly #data: DpiData;
  /** The CRTC and the bridge chain each want it on; the last to let go switches it off. */
  #powered = 0;

  constructor(regs: MmioSpace, data: DpiData) {
    this.#regs = regs;
    this.#data = data;
  }

  start(): void {
    this.#powered++;
  }

  stop(): void {
    if (this.#powered === 0) return;
    this.#powered--;
    if (this.#powered === 0) dpiStop(this.#regs);
  }

  enable(mode: DrmMode): void {
    this.#powered++;
    dpiStart(this.#regs, this.#data, mode);
  }

  modeValid({ clockKhz }: DrmMode): string | undefined {
    const { maxClockKhz } = this.#data;
    return clockKhz > maxClockKhz ? `a clock of ${clockKhz} kHz, ${maxClockKhz} can be` : undefined;
  }
}

/** As in Linux a bridge that cannot come is told, one that is awaited is not. */
function bridgeOf(dev: Device): DrmBridge {
  try {
    return outputBridge(dev, RIGHT.dpiLookups);
  } catch (e) {
    if (e instanceof SysError && e.code !== 'EPROBE_DEFER') dev.err(`error -${e.code}: Failed to get bridge`);
    throw e;
  }
}

function addComponent(dev: Device, bridge: DrmBridge): Promise<() => Promise<void>> {
  let leave: () => void = () => undefined;
  return componentAdd(dev, {
    bind: async (self, master) => {
      leave = await mtkEncoderInit(self, master, 'TMDS', bridge);
    },
    unbind: () => leave(),
  });
}
