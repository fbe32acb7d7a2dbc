// The registers of a DSI host: on, off, its interrupt (Linux 6.12: mtk_dsi_poweron, mtk_dsi_lane_ready,
// mtk_output_dsi_enable, mtk_dsi_poweroff, mtk_dsi_irq).
import { type Duration, ms, us } from '../../base/clock.js';
import { SysError } from '../../base/errno.js';
import type { IrqReturn } from '../../core/interrupt.js';
import type { MmioSpace } from '../../core/io.js';
import type { Device } from '../../core/device.js';
import type { DrmMode } from '../../core/drm-bridge.js';
import { WaitQueue } from '../../core/wait.js';
import { updateBits } from './ddp-write.js';
import { DSI, DSI_BITS as B } from './mtk-dsi-regs.js';
import { DSI_PIXELS, dsiLine, type DsiLink, dsiPhy } from './mtk-dsi-timing.js';
import { bit } from './regs.js';

/** What differs between hosts (Linux: struct mtk_dsi_driver_data). */
export interface DsiData {
  /** Has shadow registers, which are passed by. */
  readonly shadow: boolean;
  /** Has a register for the size of the picture. */
  readonly size: boolean;
}

const MT8183: DsiData = { shadow: true, size: true };
/** By compatible. */
export const DSI_DATA: Readonly<Record<string, DsiData>> = {
  'mediatek,mt2701-dsi': { shadow: false, size: false },
  'mediatek,mt8173-dsi': { shadow: false, size: false },
  'mediatek,mt8183-dsi': MT8183,
  'mediatek,mt8186-dsi': MT8183,
  'mediatek,mt8188-dsi': MT8183,
};

const INTERRUPTS = B.INT_LPRX_RD_RDY | B.INT_CMD_DONE | B.INT_VM_DONE;
/** How long the lanes take from low power, and how long the peripheral does to notice. */
const LANES_WAKE: Duration = us(30);
const PERIPHERAL_WAKE: Duration = ms(1);
/** How long the end of the last frame is waited for. */
const VM_DONE_LIMIT: Duration = ms(500);
/** How often a host that calls itself busy is acknowledged in one interrupt. */
const MOST_ACKS = 100;

/** One host. Power is counted: the CRTC and the bridge chain each want it. */
export class MtkDsiHw {
  readonly #dev: Device;
  readonly #regs: MmioSpace;
  readonly #data: DsiData;
  readonly #done = new WaitQueue();
  #seen = 0;
  #powered = 0;
  #lanesReady = false;

  constructor(dev: Device, regs: MmioSpace, data: DsiData) {
    this.#dev = dev;
    this.#regs = regs;
    this.#data = data;
  }

  /** Everything but the lanes. What it throws has left the count as it was. */
  powerOn(mode: DrmMode, link: DsiLink): void {
    if (this.#powered === 0) this.#setUp(mode, link);
    this.#powered++;
  }

  /** Wakes the lanes and starts the picture. */
  async start(link: DsiLink): Promise<void> {
    if (this.#powered === 0) return;
    await this.#lanesUp(link);
    this.#regs.write32(DSI.MODE_CTRL, modeOf(link));
    this.#hsClock(true);
    this.#regs.write32(DSI.START, 0);
    this.#regs.write32(DSI.START, 1);
  }

  /** The last to call it switches off, after the frame that is under way. */
  async powerOff(): Promise<void> {
    if (this.#powered === 0) return;
    this.#powered--;
    if (this.#powered > 0) return;
    this.#lanesReady = false;
    const regs = this.#regs;
    regs.write32(DSI.START, 0);
    this.#seen &= ~B.INT_VM_DONE;
    regs.write32(DSI.MODE_CTRL, B.MODE_CMD);
    await this.#frameEnd();
    this.#reset();
    for (const lane of [DSI.PHY_LD0CON, DSI.PHY_LCCON]) {
      updateBits(regs, lane, B.HS_TX_EN, 0);
      updateBits(regs, lane, B.ULPM_EN, 0);
    }
    regs.write32(DSI.TXRX_CTRL, 0);
    updateBits(regs, DSI.CON_CTRL, B.EN, 0);
  }

  /** What cannot be reached is told: the line stays up, and this is called again. */
  irq(): IrqReturn {
    try {
      return this.#acknowledge();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.#dev.err(`interrupt: ${e.message}`);
      return 'handled';
    }
  }

  #acknowledge(): IrqReturn {
    const regs = this.#regs;
    const status = regs.read32(DSI.INTSTA) & INTERRUPTS;
    if (status === 0) return 'unhandled';
    for (let nth = 0; nth < MOST_ACKS; nth++) {
      updateBits(regs, DSI.RACK, B.RACK, B.RACK);
      if (regs.read32(DSI.INTSTA) < B.BUSY) break;
    }
    updateBits(regs, DSI.INTSTA, status, 0);
    this.#seen |= status;
    this.#done.wake();
    return 'handled';
  }

  #setUp(mode: DrmMode, link: DsiLink): void {
    const regs = this.#regs;
    updateBits(regs, DSI.CON_CTRL, B.EN, B.EN);
    if (this.#data.shadow) regs.write32(DSI.SHADOW_DEBUG, B.FORCE_COMMIT | B.BYPASS_SHADOW);
    this.#reset();
    const phy = dsiPhy(mode, link);
    for (const [nth, value] of phy.timecon.entries()) regs.write32(DSI.PHY_TIMECON0 + 4 * nth, value);
    const { bytes, select } = DSI_PIXELS[link.format];
    const count = mode.hdisplay * bytes;
    const packet = (count & 0x3fff) + select * bit(16);
    regs.write32(DSI.VACT_NL, mode.vdisplay);
    regs.write32(DSI.HSTX_CKL_WC, count);
    regs.write32(DSI.PSCTRL, packet);
    updateBits(regs, DSI.VM_CMD_CON, B.VM_CMD_EN, B.VM_CMD_EN);
    updateBits(regs, DSI.VM_CMD_CON, B.TS_VFP_EN, B.TS_VFP_EN);
    regs.write32(DSI.VSA_NL, mode.vsyncEnd - mode.vsyncStart);
    regs.write32(DSI.VBP_NL, mode.vtotal - mode.vsyncEnd);
    regs.write32(DSI.VFP_NL, mode.vsyncStart - mode.vdisplay);
    regs.write32(DSI.VACT_NL, mode.vdisplay);
    if (this.#data.size) regs.write32(DSI.SIZE_CON, mode.vdisplay * bit(16) + mode.hdisplay);
    const line = dsiLine(mode, link, phy);
    if (line.tooShort) this.#dev.warn('[drm] HFP + HBP less than d-phy, FPS will under 60Hz');
    regs.write32(DSI.HSA_WC, line.hsa);
    regs.write32(DSI.HBP_WC, line.hbp);
    regs.write32(DSI.HFP_WC, line.hfp);
    regs.write32(DSI.PSCTRL, packet);
    regs.write32(DSI.INTEN, INTERRUPTS);
  }

  async #lanesUp(link: DsiLink): Promise<void> {
    if (this.#lanesReady) return;
    const regs = this.#regs;
    regs.write32(DSI.TXRX_CTRL, lanesOf(link));
    await this.#dev.clock.sleep(LANES_WAKE);
    updateBits(regs, DSI.CON_CTRL, B.DPHY_RESET, B.DPHY_RESET);
    updateBits(regs, DSI.CON_CTRL, B.DPHY_RESET, 0);
    for (const lane of [DSI.PHY_LCCON, DSI.PHY_LD0CON]) {
      updateBits(regs, lane, B.ULPM_EN, 0);
      updateBits(regs, lane, B.WAKEUP_EN, B.WAKEUP_EN);
      updateBits(regs, lane, B.WAKEUP_EN, 0);
    }
    this.#hsClock(false);
    await this.#dev.clock.sleep(PERIPHERAL_WAKE);
    this.#lanesReady = true;
  }

  #hsClock(on: boolean): void {
    const isOn = (this.#regs.read32(DSI.PHY_LCCON) & B.HS_TX_EN) !== 0;
    if (isOn !== on) updateBits(this.#regs, DSI.PHY_LCCON, B.HS_TX_EN, on ? B.HS_TX_EN : 0);
  }

  /** A host that does not say it is through is told of and reset, as in Linux. */
  async #frameEnd(): Promise<void> {
    const look = (): true | undefined => ((this.#seen & B.INT_VM_DONE) !== 0 ? true : undefined);
    const seen = await this.#done.wait(look, { clock: this.#dev.clock, limit: VM_DONE_LIMIT });
    if (seen !== 'timeout') return;
    this.#dev.warn(`[drm] Wait DSI IRQ(0x${B.INT_VM_DONE.toString(16).padStart(8, '0')}) Timeout`);
    updateBits(this.#regs, DSI.CON_CTRL, B.EN, B.EN);
    this.#reset();
    this.#dev.err('[drm] *ERROR* failed to switch cmd mode');
  }

  #reset(): void {
    updateBits(this.#regs, DSI.CON_CTRL, B.RESET, B.RESET);
    updateBits(this.#regs, DSI.CON_CTRL, B.RESET, 0);
  }
}

function modeOf({ modeFlags }: DsiLink): number {
  if (!modeFlags.includes('MODE_VIDEO')) return B.MODE_CMD;
  if (modeFlags.includes('MODE_VIDEO_BURST')) return B.MODE_BURST;
  return modeFlags.includes('MODE_VIDEO_SYNC_PULSE') ? B.MODE_SYNC_PULSE : B.MODE_SYNC_EVENT;
}

function lanesOf({ lanes, modeFlags }: DsiLink): number {
  const clock = modeFlags.includes('CLOCK_NON_CONTINUOUS') ? B.HSTX_CKLP_EN : 0;
  const end = modeFlags.includes('MODE_NO_EOT_PACKET') ? B.DIS_EOT : 0;
  return (bit(lanes) - 1) * bit(2) + clock + end;
}
