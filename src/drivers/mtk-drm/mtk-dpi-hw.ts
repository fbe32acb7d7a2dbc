// The registers of a DPI: timing, format, on and off (Linux 6.12: mtk_dpi_set_display_mode, mtk_dpi_regs.h).
import type { MmioSpace } from '../../core/io.js';
import type { DrmMode } from '../../core/drm-bridge.js';
import { updateBits } from './ddp-write.js';
import { bit } from './regs.js';

/** Registers. */
const DPI = {
  EN: 0x00,
  RET: 0x04,
  CON: 0x10,
  OUTPUT_SETTING: 0x14,
  SIZE: 0x18,
  DDR_SETTING: 0x1c,
  TGEN_HWIDTH: 0x20,
  TGEN_HPORCH: 0x24,
  TGEN_VWIDTH: 0x28,
  TGEN_VPORCH: 0x2c,
  TGEN_VWIDTH_LEVEN: 0x68,
  TGEN_VPORCH_LEVEN: 0x6c,
  TGEN_VWIDTH_RODD: 0x70,
  TGEN_VPORCH_RODD: 0x74,
  TGEN_VWIDTH_REVEN: 0x78,
  TGEN_VPORCH_REVEN: 0x7c,
  Y_LIMIT: 0x98,
  C_LIMIT: 0x9c,
} as const;

const ON = bit(0);
const LOW = 0xfff;
const HIGH = LOW * bit(16);
const SIZE_LOW = 0x1fff;
/** CON. */
const IN_RB_SWAP = bit(1);
const INTL_EN = bit(2);
const TDFP_EN = bit(3);
const YUV422_EN = bit(5);
const CSC_ENABLE = bit(6);
/** OUTPUT_SETTING. */
const POLARITIES = bit(12) + bit(13) + bit(14) + bit(15);
const CK_POL = bit(15);
const EDGE_SEL = bit(17);
const CH_SWAP = 7;
const OUT_BITS = 3 * bit(18);
const YC_MAP = 7 * bit(20);
/** DDR_SETTING. */
const DDR = bit(0) + bit(2);
/** The register that says how often the clock ticks, elsewhere in each generation. */
const H_FRE_2N = bit(25);
const EDGE_SEL_EN = bit(5);

/** What differs between them (Linux: struct mtk_dpi_conf). */
export interface DpiData {
  readonly hFreCon: number;
  readonly edgeSel: boolean;
  /** Twelve bits on both edges of the clock instead of 24 on one. */
  readonly dualEdge: boolean;
  readonly maxClockKhz: number;
}

/** By compatible. MT8186's edges are in the mmsys, and DP_INTF is another block: neither is here. */
export const DPI_DATA: Readonly<Record<string, DpiData>> = {
  'mediatek,mt2701-dpi': { hFreCon: 0xb0, edgeSel: true, dualEdge: false, maxClockKhz: 150_000 },
  'mediatek,mt8173-dpi': { hFreCon: 0xe0, edgeSel: false, dualEdge: false, maxClockKhz: 300_000 },
  'mediatek,mt8183-dpi': { hFreCon: 0xe0, edgeSel: false, dualEdge: true, maxClockKhz: 100_000 },
  'mediatek,mt8192-dpi': { hFreCon: 0xe0, edgeSel: false, dualEdge: true, maxClockKhz: 150_000 },
};

/** A register, its bits that change, and what they become. */
type Change = readonly [offset: number, mask: number, value: number];

/** Takes a mode and starts. */
export function dpiStart(regs: MmioSpace, data: DpiData, mode: DrmMode): void {
  for (const [offset, mask, value] of changes(data, mode)) updateBits(regs, offset, mask, value);
}

/** Stops. */
export function dpiStop(regs: MmioSpace): void {
  updateBits(regs, DPI.EN, ON, 0);
}

/** In the order of Linux: in reset, one field after the other. Neither interlaced nor stereoscopic. */
function changes(data: DpiData, mode: DrmMode): readonly Change[] {
  const back = mode.vtotal - mode.vsyncEnd;
  const front = mode.vsyncStart - mode.vdisplay;
  return [
    [DPI.RET, ON, ON],
    [DPI.OUTPUT_SETTING, POLARITIES, CK_POL],
    [DPI.TGEN_HWIDTH, LOW, mode.hsyncEnd - mode.hsyncStart],
    [DPI.TGEN_HPORCH, LOW, mode.htotal - mode.hsyncEnd],
    [DPI.TGEN_HPORCH, HIGH, (mode.hsyncStart - mode.hdisplay) * bit(16)],
    ...field(DPI.TGEN_VWIDTH, DPI.TGEN_VPORCH, mode.vsyncEnd - mode.vsyncStart, back, front),
    ...field(DPI.TGEN_VWIDTH_RODD, DPI.TGEN_VPORCH_RODD, 0, 0, 0),
    ...field(DPI.TGEN_VWIDTH_LEVEN, DPI.TGEN_VPORCH_LEVEN, 0, 0, 0),
    ...field(DPI.TGEN_VWIDTH_REVEN, DPI.TGEN_VPORCH_REVEN, 0, 0, 0),
    [DPI.CON, TDFP_EN, 0],
    [DPI.CON, INTL_EN, 0],
    [DPI.SIZE, SIZE_LOW, mode.hdisplay],
    [DPI.SIZE, SIZE_LOW * bit(16), mode.vdisplay * bit(16)],
    [DPI.Y_LIMIT, LOW, 0],
    [DPI.Y_LIMIT, HIGH, HIGH],
    [DPI.C_LIMIT, LOW, 0],
    [DPI.C_LIMIT, HIGH, HIGH],
    [DPI.OUTPUT_SETTING, OUT_BITS, 0],
    [DPI.OUTPUT_SETTING, CH_SWAP, 0],
    [DPI.OUTPUT_SETTING, CH_SWAP, 0],
    [DPI.CON, YUV422_EN, 0],
    [DPI.CON, CSC_ENABLE, 0],
    [DPI.CON, IN_RB_SWAP, 0],
    [DPI.OUTPUT_SETTING, YC_MAP, 0],
    [data.hFreCon, H_FRE_2N, H_FRE_2N],
    ...edges(data),
    [DPI.RET, ON, 0],
    [DPI.EN, ON, ON],
  ];
}

function field(width: number, porch: number, sync: number, back: number, front: number): readonly Change[] {
  return [
    [width, LOW, sync],
    [width, bit(16), 0],
    [porch, LOW, back],
    [porch, HIGH, front * bit(16)],
  ];
}

function edges({ dualEdge, edgeSel, hFreCon }: DpiData): readonly Change[] {
  return [
    [DPI.DDR_SETTING, DDR, dualEdge ? DDR : 0],
    ...(dualEdge ? [[DPI.OUTPUT_SETTING, EDGE_SEL, EDGE_SEL] as const] : []),
    ...(edgeSel ? [[hFreCon, EDGE_SEL_EN, 0] as const] : []),
  ];
}
