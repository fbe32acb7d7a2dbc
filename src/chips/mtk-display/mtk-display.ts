// The display blocks of MediaTek SoCs, from memory to the panel's wires: MT8173, MT8183, MT8186, MT8192, MT8365, and
// VDOSYS0 of MT8188 and MT8195. What each block lacks stands in its file's header; Gaps of the whole follow.
//
// Gaps
// - WDMA, SPLIT, PWM, RSZ and all that only VDOSYS1 has (MDP_RDMA, PADDING, ETHDR) are not there.
// - Clocks, power domains, IOMMU and the paths to memory cost nothing and stop nothing. An address is the bus address.
// - Nothing is late: each block has its picture when the next wants it, or not at all.
import type { ChipModel } from '../../bus/socket.js';
import { dpIntfChip, dpiChip } from './dpi.js';
import { dsiChip } from './dsi.js';
import { mmsysChip } from './mmsys.js';
import { mutexChip } from './mutex.js';
import { ovlChip } from './ovl.js';
import { rdmaChip } from './rdma.js';
import { relayChips } from './relay.js';
import { MMSYS } from './routes.js';

export { mtkDisplayPlan, mtkDisplayPlans } from './plan.js';
export type { MtkDisplaySoc } from './socs.js';

const named = (block: string, ...socs: readonly string[]): string[] => socs.map((soc) => `mediatek,${soc}-${block}`);

/**
 * The models. What leads pictures and frame starts from block to block is the SoC's plan: `mtkDisplayPlan`, laid over
 * the tree by the bench's `socWiring`. A block whose node names two SoCs is the first one's: newer SoCs stand before
 * older.
 */
export const mtkDisplayChips: readonly ChipModel[] = [
  ...Object.values(MMSYS).map((variant) => mmsysChip(variant)),
  mutexChip({
    compatible: named('disp-mutex', 'mt8195', 'mt8188'),
    count: 16,
    sofAddr: 0xc,
    modAddr: 0x10,
    eofShift: 7,
  }),
  mutexChip({
    compatible: named('disp-mutex', 'mt8192', 'mt8186', 'mt8183', 'mt8365'),
    count: 16,
    sofAddr: 0xc,
    modAddr: 0x10,
    eofShift: 6,
  }),
  mutexChip({ compatible: named('disp-mutex', 'mt8173'), count: 10, sofAddr: 0x10, modAddr: 0xc }),
  ovlChip({
    name: 'mtk-disp-ovl',
    compatible: named('disp-ovl', 'mt8195', 'mt8192', 'mt8186'),
    layers: 4,
    hasMan: true,
  }),
  ovlChip({ name: 'mtk-disp-ovl', compatible: named('disp-ovl', 'mt8183', 'mt8173'), layers: 4, hasMan: false }),
  ovlChip({ name: 'mtk-disp-ovl-2l', compatible: named('disp-ovl-2l', 'mt8192', 'mt8186'), layers: 2, hasMan: true }),
  ovlChip({ name: 'mtk-disp-ovl-2l', compatible: named('disp-ovl-2l', 'mt8183'), layers: 2, hasMan: false }),
  rdmaChip(named('disp-rdma', 'mt8195', 'mt8192', 'mt8186', 'mt8183', 'mt8173')),
  ...relayChips,
  dsiChip(named('dsi', 'mt8195', 'mt8188', 'mt8186', 'mt8183', 'mt8173')),
  dpiChip(named('dpi', 'mt8192', 'mt8186', 'mt8183', 'mt8173')),
  dpIntfChip(named('dp-intf', 'mt8195', 'mt8188')),
];
