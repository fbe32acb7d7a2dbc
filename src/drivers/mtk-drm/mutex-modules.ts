// Table of the display mutex by SoC: the bit of each component, and the number of each output as start of frame (Linux
// 6.12: drivers/soc/mediatek/mtk-mutex.c). Bits from 32 on are in a second register.
import { MUTEX_REGS } from './regs.js';
import type { ComponentName } from './tables.js';

/** What the mutex of a SoC is like (Linux: struct mtk_mutex_data). */
export interface MutexData {
  readonly registers: { readonly MOD: number; readonly SOF: number };
  readonly modules: ReadonlyMap<string, number>;
  /** Values of SOF by the output that gives the start of frame, with its end where the SoC wants that told. */
  readonly sof: Readonly<Partial<Record<ComponentName, number>>>;
}

/** `OVL0:11` for each component. */
function modules(text: string): ReadonlyMap<string, number> {
  const entry = (word: string): [string, number] => {
    const [name = '', bit] = word.split(':');
    return [name, Number(bit)];
  };
  return new Map(text.split(' ').map(entry));
}

/** DSI1 shares the number of DSI0, as in Linux. */
const SOF_MT2712 = { DSI0: 1, DSI1: 1, DPI0: 3, DPI1: 4, DSI2: 5, DSI3: 6 } as const;
const SOF_MT8183 = { DSI0: 0x41, DSI1: 0x41, DPI0: 0x82 } as const;
const MT8173_MODULES = modules(
  'OVL0:11 OVL1:12 RDMA0:13 RDMA1:14 RDMA2:15 WDMA0:16 WDMA1:17 COLOR0:18 COLOR1:19 AAL0:20 GAMMA:21 UFOE:22 ' +
    'PWM0:23 PWM1:24 OD0:25',
);

/** By compatible. Those of MT8188, of its video front and of the scalers are not here. */
export const MUTEX_DATA: Readonly<Record<string, MutexData>> = {
  'mediatek,mt2701-disp-mutex': {
    registers: MUTEX_REGS.MT2701,
    modules: modules('OVL0:3 WDMA0:6 COLOR0:7 BLS:9 RDMA0:10 RDMA1:12'),
    sof: SOF_MT2712,
  },
  'mediatek,mt2712-disp-mutex': {
    registers: MUTEX_REGS.MT2701,
    modules: modules(
      'PWM2:10 OVL0:11 OVL1:12 RDMA0:13 RDMA1:14 RDMA2:15 WDMA0:16 WDMA1:17 COLOR0:18 COLOR1:19 AAL0:20 UFOE:22 ' +
        'PWM0:23 PWM1:24 OD0:25 AAL1:33 OD1:34',
    ),
    sof: SOF_MT2712,
  },
  'mediatek,mt6795-disp-mutex': {
    registers: MUTEX_REGS.MT2701,
    modules: MT8173_MODULES,
    sof: { DSI0: 1, DSI1: 1, DPI0: 3 },
  },
  'mediatek,mt8167-disp-mutex': {
    registers: MUTEX_REGS.MT2701,
    modules: modules(
      'PWM0:1 OVL0:6 OVL1:7 RDMA0:8 RDMA1:9 WDMA0:10 CCORR:11 COLOR0:12 AAL0:13 GAMMA:14 DITHER0:15 UFOE:16',
    ),
    sof: { DSI0: 1, DSI1: 1, DPI0: 2, DPI1: 3 },
  },
  'mediatek,mt8173-disp-mutex': { registers: MUTEX_REGS.MT2701, modules: MT8173_MODULES, sof: SOF_MT2712 },
  'mediatek,mt8183-disp-mutex': {
    registers: MUTEX_REGS.MT8183,
    modules: modules(
      'RDMA0:0 RDMA1:1 OVL0:9 OVL_2L0:10 OVL_2L1:11 WDMA0:12 COLOR0:13 CCORR:14 AAL0:15 GAMMA:16 DITHER0:17',
    ),
    sof: SOF_MT8183,
  },
  'mediatek,mt8186-disp-mutex': {
    registers: MUTEX_REGS.MT8183,
    modules: modules('OVL0:0 OVL_2L0:1 RDMA0:2 COLOR0:4 CCORR:5 AAL0:7 GAMMA:8 POSTMASK0:9 DITHER0:10 RDMA1:17'),
    sof: SOF_MT8183,
  },
  'mediatek,mt8192-disp-mutex': {
    registers: MUTEX_REGS.MT8183,
    modules: modules(
      'OVL0:0 OVL_2L0:1 RDMA0:2 COLOR0:4 CCORR:5 AAL0:6 GAMMA:7 POSTMASK0:8 DITHER0:9 OVL_2L2:16 RDMA4:17',
    ),
    sof: SOF_MT8183,
  },
  'mediatek,mt8195-disp-mutex': {
    registers: MUTEX_REGS.MT8183,
    modules: modules(
      'OVL0:0 WDMA0:1 RDMA0:2 COLOR0:3 CCORR:4 AAL0:5 GAMMA:6 DITHER0:7 DSI0:8 DSC0:9 MERGE0:20 DP_INTF0:21 PWM0:27 ' +
        'MDP_RDMA0:0 MDP_RDMA1:1 MDP_RDMA2:2 MDP_RDMA3:3 MDP_RDMA4:4 MDP_RDMA5:5 MDP_RDMA6:6 MDP_RDMA7:7 MERGE1:8 ' +
        'MERGE2:9 MERGE3:10 MERGE4:11 MERGE5:12 ETHDR_MIXER:18 DP_INTF1:27',
    ),
    sof: { DSI0: 0x81, DSI1: 0x81, DP_INTF0: 0x183, DP_INTF1: 0x204, DPI1: 0x285, DPI0: 0x306 },
  },
  'mediatek,mt8365-disp-mutex': {
    registers: MUTEX_REGS.MT8183,
    modules: modules(
      'OVL0:7 OVL_2L0:8 RDMA0:9 RDMA1:10 WDMA0:11 COLOR0:12 CCORR:13 AAL0:14 GAMMA:15 DITHER0:16 DSI0:17 PWM0:20 ' +
        'DPI0:22',
    ),
    sof: SOF_MT8183,
  },
};
