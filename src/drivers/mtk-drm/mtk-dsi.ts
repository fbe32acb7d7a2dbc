// The DSI host: sends a picture to a panel or bridge over one to four lanes (Linux 6.12: mtk_dsi.c).
//
// Differences from the patch:
// ofgraph-O3   A host takes one peripheral: a second one ends with EBUSY. The patch lets it overwrite the first.
// ofgraph-O5   The output of the old layout, port 0, is looked at only when port 1 has no endpoint at all. The patch
//              does so after any error, takes the component in front of it for its panel, and waits for ever.
// ofgraph-O6   Any endpoint of port 1 leads to the panel. The patch wants number 0 there, the walk of path N number N.
// ofgraph-O10  More than four lanes, or none, end with EINVAL. The patch stores what it is told.
//
// Differences from Linux:
// dsi-L1  The interrupt acknowledges a host that stays busy a hundred times. Linux does not come back.
// dsi-L2  A sync or porch that is shorter than the head of its packet is 0 bytes. In Linux the number goes below 0.
//
// Gaps: no packet goes over the bus, so that a peripheral is never set up; clocks, reset and MIPI PHY (its PLL is the
// lanes' clock) are not asked for; the pauses per frame of MT8188 are per line.
import { assert } from '../../base/assert.js';
import { SysError } from '../../base/errno.js';
import { Scope } from '../../base/scope.js';
import { componentAdd } from '../../core/component.js';
import type { Device, Driver } from '../../core/device.js';
import { DrmBridge, drmBridgeAdd, drmBridgeAttach, type DrmBridgeOps, type DrmMode } from '../../core/drm-bridge.js';
import { devmRequestIrq, platformGetIrq } from '../../core/interrupt.js';
import { devmPlatformIoremapResource } from '../../core/io.js';
import { type MipiDsiDevice, mipiDsiHostRegister } from '../../core/mipi-dsi.js';
import { platformDriver } from '../../core/platform-device.js';
import type { DdpComp } from './ddp-comp.js';
import { DSI_DATA, type DsiData, MtkDsiHw } from './mtk-dsi-hw.js';
import { DSI_PIXELS, type DsiLink } from './mtk-dsi-timing.js';
import { mtkEncoderInit } from './mtk-encoder.js';
import { outputBridge } from './output-bridge.js';
import { RIGHT } from './rules.js';
import { closeTelling } from './scope.js';

const MAX_LANES = 4;
const FORMATS: ReadonlySet<string> = new Set(['RGB888', 'RGB666', 'RGB666_PACKED', 'RGB565']);

/** The driver. Bound, it is a DSI host; it becomes a component of the display when a peripheral is attached. */
export const mtkDsi: Driver = platformDriver({
  name: 'mtk-dsi',
  compatible: [
    'mediatek,mt2701-dsi',
    'mediatek,mt8173-dsi',
    'mediatek,mt8183-dsi',
    'mediatek,mt8186-dsi',
    'mediatek,mt8188-dsi',
  ],
  async probe(dev) {
    const irq = platformGetIrq(dev, 0);
    const hw = new MtkDsiHw(dev, devmPlatformIoremapResource(dev), DSI_DATA[dev.matched ?? ''] as DsiData);
    devmRequestIrq(dev, irq, () => hw.irq());
    const dsi = new MtkDsi(dev, hw);
    dev.drvdata = dsi;
    const ops = {
      attach: (device: MipiDsiDevice) => dsi.attach(device),
      detach: () => dsi.detach(),
    };
    dev.scope.defer(await mipiDsiHostRegister(dev, ops));
  },
});

/** What the lanes can take: kilobits per second on each. */
const MAX_LANE_RATE = 1_500_000;

/** One host. To a CRTC it is the component that its path ends with. */
class MtkDsi implements DdpComp {
  readonly #dev: Device;
  readonly #hw: MtkDsiHw;
  #link: DsiLink | undefined;
  #mode: DrmMode | undefined;
  /** What to undo on detach; undefined while nothing is attached. */
  #attached: Scope | undefined;

  constructor(dev: Device, hw: MtkDsiHw) {
    this.#dev = dev;
    this.#hw = hw;
  }

  start(): void {
    const [mode, link] = [this.#mode, this.#link];
    if (mode === undefined || link === undefined) throw this.#dev.error('EINVAL', 'has no mode', 'enable');
    this.#hw.powerOn(mode, link);
  }

  stop(): Promise<void> {
    return this.#hw.powerOff();
  }

  modeValid({ clockKhz }: DrmMode): string | undefined {
    const { lanes = MAX_LANES, format = 'RGB888' } = this.#link ?? {};
    const bits = DSI_PIXELS[format].bytes * 8;
    const rate = Math.trunc((clockKhz * bits) / lanes);
    return rate > MAX_LANE_RATE ? `${rate} kbit/s on ${lanes} lanes, ${MAX_LANE_RATE} can be` : undefined;
  }

  async attach({ dev: peripheral, lanes, format, modeFlags }: MipiDsiDevice): Promise<void> {
    const dev = this.#dev;
    if (this.#attached !== undefined)
      throw dev.error('EBUSY', `${peripheral.path} comes second: the host has a peripheral`, 'attach');
    if (!Number.isInteger(lanes) || lanes < 1 || lanes > MAX_LANES)
      throw dev.error('EINVAL', `${peripheral.path} wants ${lanes} lanes, the host has ${MAX_LANES}`, 'attach');
    if (!FORMATS.has(format))
      throw dev.error(
        'EINVAL',
        `${peripheral.path} wants ${format}, the host has ${[...FORMATS].join(', ')}`,
        'attach',
      );
    const next = outputBridge(dev, RIGHT.dsiLookups);
    const bridge = new DrmBridge({
      dev,
      type: 'DSI',
      attach: (encoder, self) => drmBridgeAttach(encoder, next, self),
      ops: this.#bridgeOps(),
    });
    this.#link = { lanes, format, modeFlags };
    const scope = new Scope(`${dev.path}: attach`);
    this.#attached = scope;
    scope.defer(drmBridgeAdd(bridge));
    try {
      scope.defer(await this.#addComponent(bridge));
    } catch (e) {
      if (e instanceof SysError) dev.err(`[drm] failed to add dsi_host component: ${e.errno}`);
      await this.detach();
      throw e;
    }
  }

  async detach(): Promise<void> {
    assert(this.#attached !== undefined, `${this.#dev.path}: detached without being attached`);
    const scope = this.#attached;
    this.#attached = undefined;
    await closeTelling(this.#dev, scope);
  }

  /** Power is wanted twice, by the CRTC and by the chain, and the last to let go switches off. */
  #bridgeOps(): DrmBridgeOps {
    return {
      modeSet: (mode) => {
        this.#mode = mode;
      },
      preEnable: () => this.start(),
      enable: () => this.#hw.start(this.#link as DsiLink), // There is one while a chain is.
      postDisable: () => this.stop(),
    };
  }

  #addComponent(bridge: DrmBridge): Promise<() => Promise<void>> {
    let leave: () => void = () => undefined;
    return componentAdd(this.#dev, {
      bind: async (dev, master) => {
        leave = await mtkEncoderInit(dev, master, 'DSI', bridge);
      },
      unbind: () => leave(),
    });
  }
}
