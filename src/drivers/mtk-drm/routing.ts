// Table of the mmsys and mutex drivers: which blocks exist, which links have multiplexers, which components a mutex
// knows (facts: OF graphs, chapters 3.6 and 3.7; Linux 6.12: drivers/soc/mediatek/mtk-mmsys.c, mtk-mutex.c).
import type { ComponentName } from './tables.js';

/** A link that has a multiplexer. */
export type Link = readonly [from: ComponentName, to: ComponentName];

const links = (text: string): readonly Link[] => text.split(' ').map((link) => link.split('>') as unknown as Link);
const names = (text: string): readonly ComponentName[] => text.split(' ') as ComponentName[];

/** Routing tables by name: `A>B` programs at least one multiplexer. */
export const ROUTING = {
  mt8167: links('DITHER0>RDMA0 OVL0>COLOR0 RDMA0>DSI0'),
  mt8173: links(
    'AAL0>COLOR0 COLOR0>AAL0 GAMMA>RDMA1 OD0>RDMA0 OVL0>COLOR0 OVL1>COLOR1 RDMA0>UFOE RDMA1>DPI0 ' + 'UFOE>DSI0',
  ),
  mt8183: links('DITHER0>DSI0 OVL0>OVL_2L0 OVL_2L0>RDMA0 OVL_2L1>RDMA1 RDMA0>COLOR0 RDMA1>DPI0'),
  mt8186: links('DITHER0>DSI0 OVL0>RDMA0 OVL_2L0>RDMA1 RDMA0>COLOR0 RDMA1>DPI0'),
  mt8188: links(
    'DITHER0>DP_INTF0 DITHER0>DSC0 DITHER0>DSI0 DITHER0>MERGE0 DSC0>DSI0 DSC0>MERGE0 MERGE0>DPI0 ' +
      'MERGE0>DP_INTF0 MERGE0>DSC0 MERGE0>WDMA0 OVL0>RDMA0 OVL0>WDMA0 RDMA0>COLOR0',
  ),
  mt8188Vdo1: links(
    'ETHDR_MIXER>MERGE5 MDP_RDMA0>MERGE1 MDP_RDMA1>MERGE1 MDP_RDMA2>MERGE2 MERGE1>ETHDR_MIXER ' +
      'MERGE2>ETHDR_MIXER MERGE3>ETHDR_MIXER MERGE4>ETHDR_MIXER MERGE5>DPI1 MERGE5>DP_INTF1',
  ),
  mt8192: links('CCORR>AAL0 DITHER0>DSI0 OVL0>OVL_2L0 OVL_2L0>RDMA0 OVL_2L2>RDMA4 RDMA0>COLOR0'),
  mt8195: links(
    'DITHER0>DSC0 DITHER0>DSI0 DITHER1>DPI0 DITHER1>DPI1 DITHER1>DP_INTF0 DITHER1>DP_INTF1 ' +
      'DITHER1>DSC1 DITHER1>DSI1 DITHER1>MERGE0 DSC0>DPI0 DSC0>DPI1 DSC0>DP_INTF1 DSC0>DSI0 DSC0>MERGE0 ' +
      'DSC1>DPI0 DSC1>DPI1 DSC1>DP_INTF0 DSC1>DP_INTF1 DSC1>DSI1 DSC1>MERGE0 MERGE0>DPI0 MERGE0>DPI1 ' +
      'MERGE0>DP_INTF0 MERGE0>DP_INTF1 MERGE0>DSC0 MERGE0>DSC1 MERGE0>DSI1 MERGE0>WDMA1 MERGE5>DP_INTF0 ' +
      'MERGE5>MERGE0 OVL0>OVL1 OVL0>RDMA0 OVL0>WDMA0 OVL1>OVL0 OVL1>RDMA1 OVL1>WDMA1',
  ),
  mt8195Vdo1: links(
    'ETHDR_MIXER>MERGE5 MDP_RDMA0>MERGE1 MDP_RDMA1>MERGE1 MDP_RDMA2>MERGE2 MERGE1>ETHDR_MIXER ' +
      'MERGE2>ETHDR_MIXER MERGE3>ETHDR_MIXER MERGE4>ETHDR_MIXER MERGE5>DPI1 MERGE5>DP_INTF1',
  ),
  mt8365: links('COLOR0>CCORR DITHER0>DSI0 OVL0>RDMA0 RDMA0>COLOR0 RDMA1>DPI0'),
  default: links(
    'BLS>DPI0 BLS>DSI0 GAMMA>RDMA1 OD0>RDMA0 OD1>RDMA1 OVL0>COLOR0 OVL0>RDMA0 OVL1>COLOR1 RDMA0>DPI0 ' +
      'RDMA0>DPI1 RDMA0>DSI1 RDMA0>DSI2 RDMA0>DSI3 RDMA1>DPI0 RDMA1>DPI1 RDMA1>DSI0 RDMA1>DSI1 ' +
      'RDMA1>DSI2 RDMA1>DSI3 RDMA2>DPI0 RDMA2>DPI1 RDMA2>DSI0 RDMA2>DSI1 RDMA2>DSI2 RDMA2>DSI3 ' +
      'UFOE>DSI0',
  ),
} as const;

/** One device that the mmsys driver binds. */
export interface MmsysRow {
  readonly compatible: string;
  /** A vppsys gets no mediatek-drm child. */
  readonly vppsys: boolean;
  readonly routing: keyof typeof ROUTING | undefined;
}

/** Everything that the mmsys driver binds. */
export const MMSYS: readonly MmsysRow[] = [
  { compatible: 'mediatek,mt2701-mmsys', vppsys: false, routing: 'default' },
  { compatible: 'mediatek,mt2712-mmsys', vppsys: false, routing: 'default' },
  { compatible: 'mediatek,mt6779-mmsys', vppsys: false, routing: undefined },
  { compatible: 'mediatek,mt6795-mmsys', vppsys: false, routing: 'mt8173' },
  { compatible: 'mediatek,mt6797-mmsys', vppsys: false, routing: undefined },
  { compatible: 'mediatek,mt8167-mmsys', vppsys: false, routing: 'mt8167' },
  { compatible: 'mediatek,mt8173-mmsys', vppsys: false, routing: 'mt8173' },
  { compatible: 'mediatek,mt8183-mmsys', vppsys: false, routing: 'mt8183' },
  { compatible: 'mediatek,mt8186-mmsys', vppsys: false, routing: 'mt8186' },
  { compatible: 'mediatek,mt8188-vdosys0', vppsys: false, routing: 'mt8188' },
  { compatible: 'mediatek,mt8188-vdosys1', vppsys: false, routing: 'mt8188Vdo1' },
  { compatible: 'mediatek,mt8188-vppsys0', vppsys: true, routing: undefined },
  { compatible: 'mediatek,mt8188-vppsys1', vppsys: true, routing: undefined },
  { compatible: 'mediatek,mt8192-mmsys', vppsys: false, routing: 'mt8192' },
  { compatible: 'mediatek,mt8195-mmsys', vppsys: false, routing: 'mt8195' },
  { compatible: 'mediatek,mt8195-vdosys0', vppsys: false, routing: 'mt8195' },
  { compatible: 'mediatek,mt8195-vdosys1', vppsys: false, routing: 'mt8195Vdo1' },
  { compatible: 'mediatek,mt8195-vppsys0', vppsys: true, routing: undefined },
  { compatible: 'mediatek,mt8195-vppsys1', vppsys: true, routing: undefined },
  { compatible: 'mediatek,mt8365-mmsys', vppsys: false, routing: 'mt8365' },
];

/** Which components a mutex has module bits for, by SoC (T11). Outputs choose the start of frame instead. */
export const MUTEX_MODULES = {
  mt2701: names('BLS COLOR0 OVL0 RDMA0 RDMA1 WDMA0'),
  mt2712: names('AAL0 AAL1 COLOR0 COLOR1 OD0 OD1 OVL0 OVL1 PWM0 PWM1 PWM2 RDMA0 RDMA1 RDMA2 UFOE WDMA0 WDMA1'),
  mt8167: names('AAL0 CCORR COLOR0 DITHER0 GAMMA OVL0 OVL1 PWM0 RDMA0 RDMA1 UFOE WDMA0'),
  mt8173: names('AAL0 COLOR0 COLOR1 GAMMA OD0 OVL0 OVL1 PWM0 PWM1 RDMA0 RDMA1 RDMA2 UFOE WDMA0 WDMA1'),
  mt8183: names('AAL0 CCORR COLOR0 DITHER0 GAMMA OVL0 OVL_2L0 OVL_2L1 RDMA0 RDMA1 WDMA0'),
  mt8186: names('AAL0 CCORR COLOR0 DITHER0 GAMMA OVL0 OVL_2L0 POSTMASK0 RDMA0 RDMA1'),
  mt8188: names(
    'OVL0 WDMA0 RDMA0 COLOR0 CCORR AAL0 GAMMA POSTMASK0 DITHER0 MERGE0 DSC0 DSI0 PWM0 DP_INTF0 ' +
      'DP_INTF1 DPI1 ETHDR_MIXER MDP_RDMA0 MDP_RDMA1 MDP_RDMA2 MDP_RDMA3 MDP_RDMA4 MDP_RDMA5 MDP_RDMA6 ' +
      'MDP_RDMA7 PADDING0 PADDING1 PADDING2 PADDING3 PADDING4 PADDING5 PADDING6 PADDING7 MERGE1 MERGE2 ' +
      'MERGE3 MERGE4 MERGE5',
  ),
  mt8192: names('AAL0 CCORR COLOR0 DITHER0 GAMMA POSTMASK0 OVL0 OVL_2L0 OVL_2L2 RDMA0 RDMA4'),
  mt8195: names(
    'OVL0 WDMA0 RDMA0 COLOR0 CCORR AAL0 GAMMA DITHER0 MERGE0 DSC0 DSI0 PWM0 DP_INTF0 MDP_RDMA0 ' +
      'MDP_RDMA1 MDP_RDMA2 MDP_RDMA3 MDP_RDMA4 MDP_RDMA5 MDP_RDMA6 MDP_RDMA7 MERGE1 MERGE2 MERGE3 ' +
      'MERGE4 ETHDR_MIXER MERGE5 DP_INTF1',
  ),
  mt8365: names('AAL0 CCORR COLOR0 DITHER0 DPI0 DSI0 GAMMA OVL0 OVL_2L0 PWM0 RDMA0 RDMA1 WDMA0'),
} as const;

/** Links of real graphs that have no multiplexer because they are wired (facts, 3.7), and where not. */
export const WIRED: readonly {
  readonly link: Link;
  readonly except?: readonly string[];
  readonly only?: readonly string[];
}[] = [
  { link: ['CCORR', 'AAL0'] },
  { link: ['AAL0', 'GAMMA'] },
  { link: ['GAMMA', 'DITHER0'] },
  { link: ['GAMMA', 'POSTMASK0'] },
  { link: ['POSTMASK0', 'DITHER0'] },
  { link: ['COLOR0', 'CCORR'], except: ['mt8365'] },
  { link: ['RDMA0', 'COLOR0'], only: ['mt8195'] },
];
