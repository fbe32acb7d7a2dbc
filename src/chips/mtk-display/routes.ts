// The ways that MMSYS opens between blocks, by SoC: a table. Registers and values from the mt*-mmsys.h of Linux's
// drivers/soc/mediatek (v6.12). A way is open when each of its registers has its value. Names are those of socs.ts.

/** One of the registers of a way: it has to be `is` under `mask`. */
export interface RouteSetting {
  readonly reg: string;
  readonly addr: number;
  readonly mask: number;
  readonly is: number;
}

/** A way and its registers. */
export interface Route {
  readonly from: string;
  readonly to: string;
  readonly when: readonly RouteSetting[];
}

/** What MMSYS of a SoC has. */
export interface MmsysVariant {
  readonly compatible: readonly string[];
  readonly routes: readonly Route[];
  /** Software reset of blocks, active low; undefined where nothing public says where it is. */
  readonly resetAddr?: number;
}

const on = (reg: string, addr: number, mask: number, is = mask): RouteSetting => ({ reg, addr, mask, is });
const way = (from: string, to: string, ...when: readonly RouteSetting[]): Route => ({ from, to, when });

/** In Linux's table the row of AAL_SEL_IN stands under AAL0 to COLOR0; the register selects what AAL takes. */
const MT8173: readonly Route[] = [
  way('OVL0', 'COLOR0', on('OVL0_MOUT_EN', 0x040, 0x1), on('COLOR0_SEL_IN', 0x084, 0x1)),
  way('COLOR0', 'AAL0', on('COLOR0_SOUT_SEL_IN', 0x0bc, 0x1, 0), on('AAL_SEL_IN', 0x08c, 0x1, 0)),
  way('OD0', 'RDMA0', on('OD_MOUT_EN', 0x048, 0x1)),
  way('RDMA0', 'UFOE0', on('RDMA0_SOUT_SEL_IN', 0x0b0, 0x1, 0), on('UFOE_SEL_IN', 0x0a0, 0x1, 0)),
  way('UFOE0', 'DSI0', on('UFOE_MOUT_EN', 0x050, 0x1), on('DSI0_SEL_IN', 0x0a4, 0x1, 0)),
  way('OVL1', 'COLOR1', on('OVL1_MOUT_EN', 0x044, 0x1), on('COLOR1_SEL_IN', 0x088, 0x1)),
  way('GAMMA0', 'RDMA1', on('GAMMA_MOUT_EN', 0x04c, 0x1)),
  way('RDMA1', 'DPI0', on('RDMA1_SOUT_EN', 0x0c8, 0x7, 0x2), on('DPI_SEL_IN', 0x0ac, 0x3, 0x1)),
];

const MT8183: readonly Route[] = [
  way('OVL0', 'OVL_2L0', on('OVL0_MOUT_EN', 0xf00, 0x10)),
  way('OVL_2L0', 'RDMA0', on('OVL0_2L_MOUT_EN', 0xf04, 0x1), on('PATH0_SEL_IN', 0xf24, 0x1)),
  way('OVL_2L1', 'RDMA1', on('OVL1_2L_MOUT_EN', 0xf08, 0x10)),
  way('RDMA0', 'COLOR0', on('RDMA0_SOUT_SEL_IN', 0xf50, 0x1)),
  way('DITHER0', 'DSI0', on('DITHER0_MOUT_EN', 0xf0c, 0x1)),
  way('RDMA1', 'DPI0', on('DPI0_SEL_IN', 0xf30, 0x2)),
];

const MT8186: readonly Route[] = [
  way(
    'OVL0',
    'RDMA0',
    on('OVL0_MOUT_EN', 0xf18, 0xf, 0x1),
    on('RDMA0_SEL_IN', 0xf28, 0xf, 0),
    on('OVL_CON', 0xf04, 0x3, 0x1),
  ),
  way('RDMA0', 'COLOR0', on('RDMA0_SOUT_SEL', 0xf0c, 0xf, 0x1)),
  way('DITHER0', 'DSI0', on('DITHER0_MOUT_EN', 0xf20, 0xf, 0x1), on('DSI0_SEL_IN', 0xf30, 0xf, 0x1)),
  way(
    'OVL_2L0',
    'RDMA1',
    on('OVL0_2L_MOUT_EN', 0xf14, 0xf, 0x8),
    on('RDMA1_SEL_IN', 0xf40, 0xf, 0x2),
    on('OVL_CON', 0xf04, 0xc, 0x4),
  ),
  way('RDMA1', 'DPI0', on('RDMA1_MOUT_EN', 0xf3c, 0xf, 0x1), on('DPI0_SEL_IN', 0xf44, 0xf, 0)),
];

const MT8192: readonly Route[] = [
  way('OVL0', 'OVL_2L0', on('OVL_MOUT_EN', 0xf04, 0x2)),
  way(
    'OVL_2L0',
    'RDMA0',
    on('OVL0_2L_MOUT_EN', 0xf18, 0x1),
    on('RDMA0_SEL_IN', 0xf2c, 0x3),
    on('OVL_MOUT_EN', 0xf04, 0x4),
  ),
  way('OVL_2L2', 'RDMA4', on('OVL2_2L_MOUT_EN', 0xf4c, 0x1)),
  way('RDMA0', 'COLOR0', on('RDMA0_SOUT_SEL', 0xf30, 0x1)),
  way('CCORR0', 'AAL0', on('AAL0_SEL_IN', 0xf38, 0x1), on('CCORR0_SOUT_SEL', 0xf34, 0x1)),
  way('DITHER0', 'DSI0', on('DITHER0_MOUT_EN', 0xf3c, 0x1), on('DSI0_SEL_IN', 0xf40, 0x1)),
];

/** Of VDOSYS0: the main path, to DP_INTF or to a DSI. All choices are in two registers. */
const MT8195: readonly Route[] = [
  way('OVL0', 'RDMA0', on('OVL_MOUT_EN', 0xf14, 0x1)),
  way('DITHER0', 'DSC0', on('SEL_IN', 0xf34, 0x10, 0), on('SEL_OUT', 0xf38, 0x1, 0)),
  way('DITHER0', 'DSI0', on('SEL_IN', 0xf34, 0x1_0000), on('SEL_OUT', 0xf38, 0x1)),
  way('DSC0', 'DSI0', on('SEL_IN', 0xf34, 0x1_0000, 0), on('SEL_OUT', 0xf38, 0x3000, 0)),
  way('DSC0', 'MERGE0', on('SEL_IN', 0xf34, 0x3, 0), on('SEL_OUT', 0xf38, 0x3000, 0x2000)),
  way('MERGE0', 'DP_INTF0', on('SEL_IN', 0xf34, 0x3000, 0x1000), on('SEL_OUT', 0xf38, 0x700, 0x100)),
  way('MERGE0', 'DSI1', on('SEL_IN', 0xf34, 0x2_0000), on('SEL_OUT', 0xf38, 0x700, 0)),
];

/** Of VDOSYS0. Linux opens RDMA0 to COLOR0 under a mask of two bits; the field has three. */
const MT8188: readonly Route[] = [
  way('OVL0', 'RDMA0', on('OVL_MOUT_EN', 0xf14, 0x1), on('DISP_RDMA_SEL', 0xf40, 0x100, 0)),
  way('RDMA0', 'COLOR0', on('DISP_RDMA_SEL', 0xf40, 0x7, 0)),
  way('DITHER0', 'DSI0', on('DSI0_SEL_IN', 0xf44, 0x1), on('DISP_DITHER0_SEL_OUT', 0xf58, 0x7, 0x1)),
  way('DITHER0', 'DSC0', on('DSC_WARP_SEL', 0xf64, 0x1, 0), on('DISP_DITHER0_SEL_OUT', 0xf58, 0x7, 0)),
  way('DITHER0', 'MERGE0', on('VPP_MERGE_SEL', 0xf60, 0x3), on('DISP_DITHER0_SEL_OUT', 0xf58, 0x7, 0x6)),
  way('DITHER0', 'DP_INTF0', on('DP_INTF0_SEL_IN', 0xf4c, 0x7, 0x3), on('DISP_DITHER0_SEL_OUT', 0xf58, 0x7)),
  way('DSC0', 'DSI0', on('DSI0_SEL_IN', 0xf44, 0x1, 0), on('DSC_WARP_SEL', 0xf64, 0xf_0000, 0x1_0000)),
  way('DSC0', 'MERGE0', on('VPP_MERGE_SEL', 0xf60, 0x3, 0), on('DSC_WARP_SEL', 0xf64, 0xf_0000, 0x4_0000)),
  way('MERGE0', 'DP_INTF0', on('DP_INTF0_SEL_IN', 0xf4c, 0x7, 0x1), on('VPP_MERGE_SEL', 0xf60, 0x70, 0x10)),
];

/**
 * Linux writes the selectors that are 0 under an empty mask, so it leaves them as they are; how wide they are is not
 * known, and one bit is looked at. RDMA1 feeds DPI0 only with the pixel clock of LVDS_SYS_CFG_00.
 */
const MT8365: readonly Route[] = [
  way('OVL0', 'RDMA0', on('OVL0_MOUT_EN', 0xf3c, 0x1), on('RDMA0_SEL_IN', 0xf54, 0x1, 0)),
  way('RDMA0', 'COLOR0', on('RDMA0_SOUT_SEL', 0xf4c, 0x1), on('RDMA0_RSZ0_SEL_IN', 0xf60, 0x1, 0)),
  way('COLOR0', 'CCORR0', on('COLOR0_SEL_IN', 0xf64, 0x1, 0)),
  way('DITHER0', 'DSI0', on('DITHER0_MOUT_EN', 0xf50, 0x1), on('DSI0_SEL_IN', 0xf68, 0x1)),
  way(
    'RDMA1',
    'DPI0',
    on('RDMA1_SOUT_SEL', 0xfd0, 0x1),
    on('DPI0_SEL_IN', 0xfd8, 0x1, 0),
    on('LVDS_SYS_CFG_00', 0xfdc, 0x1),
  ),
];

/** By the SoC's name in devicetrees. */
export const MMSYS = {
  mt8173: { compatible: ['mediatek,mt8173-mmsys'], routes: MT8173, resetAddr: 0x140 },
  mt8183: { compatible: ['mediatek,mt8183-mmsys'], routes: MT8183, resetAddr: 0x140 },
  mt8186: { compatible: ['mediatek,mt8186-mmsys'], routes: MT8186, resetAddr: 0x160 },
  mt8192: { compatible: ['mediatek,mt8192-mmsys'], routes: MT8192, resetAddr: 0x160 },
  mt8188: { compatible: ['mediatek,mt8188-vdosys0'], routes: MT8188, resetAddr: 0x190 },
  mt8195: { compatible: ['mediatek,mt8195-vdosys0', 'mediatek,mt8195-mmsys'], routes: MT8195 },
  mt8365: { compatible: ['mediatek,mt8365-mmsys'], routes: MT8365 },
} as const satisfies Readonly<Record<string, MmsysVariant>>;
