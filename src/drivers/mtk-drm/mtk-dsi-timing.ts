// The numbers of a DSI host: lane rates, PHY cycles, bytes of a line (Linux 6.12: mtk_dsi_phy_timconfig,
// mtk_dsi_config_vdo_timing). Whole numbers, cut as C does.
import type { DrmMode } from '../../core/drm-bridge.js';
import type { DsiFormat } from '../../core/mipi-dsi.js';
import { bit } from './regs.js';

/** How the picture goes over the lanes. */
export interface DsiLink {
  readonly lanes: number;
  readonly format: DsiFormat;
  readonly modeFlags: readonly string[];
}

/** Bits of a pixel on the wire, bytes of a pixel in a packet, and the number of the format in PSCTRL. */
export const DSI_PIXELS: Readonly<
  Record<DsiFormat, { readonly bits: number; readonly bytes: number; readonly select: number }>
> = {
  RGB565: { bits: 16, bytes: 2, select: 0 },
  RGB666_PACKED: { bits: 18, bytes: 3, select: 1 },
  RGB666: { bits: 24, bytes: 3, select: 2 },
  RGB888: { bits: 24, bytes: 3, select: 3 },
};

/** What the PHY's timing registers get, and the cycles of a line that it needs for itself. */
export interface DsiPhy {
  readonly timecon: readonly [number, number, number, number];
  readonly cycles: number;
}

/** The PHY's timing for a mode. */
export function dsiPhy({ clockKhz }: DrmMode, { lanes, format }: DsiLink): DsiPhy {
  const rate = Math.ceil((clockKhz * 1000 * DSI_PIXELS[format].bits) / lanes);
  const mhz = Math.ceil(rate / 1_000_000);
  const cut = Math.trunc;
  const lpx = cut((60 * mhz) / 8000) + 1;
  const prepare = cut((80 * mhz + 4000) / 8000);
  const zero = cut((170 * mhz + 10_000) / 8000) + 1 - prepare;
  const exit = 2 * lpx + 1;
  const clkPrepare = cut((70 * mhz) / 8000);
  return {
    timecon: [
      word(lpx, prepare, zero, prepare + 1),
      word(4 * lpx - 2, lpx + 2, 4 * lpx, exit),
      word(0, 1, clkPrepare * 4, clkPrepare),
      word(clkPrepare, clkPrepare + 8, 2 * clkPrepare, 0),
    ],
    cycles: lpx + prepare + zero + exit + 3,
  };
}

function word(b0: number, b1: number, b2: number, b3: number): number {
  return b0 + b1 * bit(8) + b2 * bit(16) + b3 * bit(24);
}

/** What is between the pictures of two lines, in bytes. */
export interface DsiLine {
  readonly hsa: number;
  readonly hbp: number;
  readonly hfp: number;
  /** The porches have no room for the PHY: the picture will be slower. */
  readonly tooShort: boolean;
}

/** Bytes of a packet's head and tail that a porch does not need to send. */
const PACKET = 10;

/** The bytes of a line around its picture. */
export function dsiLine(mode: DrmMode, link: DsiLink, { cycles }: DsiPhy): DsiLine {
  const { bytes } = DSI_PIXELS[link.format];
  const has = (flag: string): boolean => link.modeFlags.includes(flag);
  const sync = mode.hsyncEnd - mode.hsyncStart;
  const back = mode.htotal - mode.hsyncEnd + (has('MODE_VIDEO_SYNC_PULSE') ? 0 : sync);
  let hsa = Math.max(0, sync * bytes - PACKET);
  let hbp = Math.max(0, back * bytes - PACKET);
  let hfp = (mode.hsyncStart - mode.hdisplay) * bytes;
  const delta = (has('MODE_VIDEO_BURST') ? 18 : 12) + (has('MODE_NO_EOT_PACKET') ? 2 : 0);
  const phyBytes = cycles * link.lanes + delta;
  const porches = hfp + hbp;
  const tooShort = porches <= phyBytes;
  if (!tooShort) {
    hfp -= Math.trunc((phyBytes * hfp) / porches);
    hbp -= Math.trunc((phyBytes * hbp) / porches);
  }
  if (has('HS_PKT_END_ALIGNED') && link.lanes === 4) {
    const aligned = (count: number): number => Math.max(0, Math.ceil(count / 4) * 4 - 2);
    hsa = aligned(hsa);
    hfp = aligned(hfp);
    hbp = Math.max(0, aligned(hbp) - ((mode.hdisplay * bytes + 2) % 4));
  }
  return { hsa, hbp, hfp, tooShort };
}
