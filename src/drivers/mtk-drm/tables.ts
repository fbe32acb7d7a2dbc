// Table of the mediatek-drm driver: components, types, compatibles, the OVL adaptor, built-in paths (facts: OF graphs,
// chapter 3; Linux 6.12: mtk_ddp_comp.c, mtk_drm_drv.c, mtk_disp_ovl_adaptor.c). Rows since v6.13 are marked mainline.
import type { DisplayRules, PathName } from './rules.js';

/** Component numbers by name (Linux: enum mtk_ddp_comp_id, without DDP_COMPONENT_). */
export const COMPONENT_IDS = {
  AAL0: 0,
  AAL1: 1,
  BLS: 2,
  CCORR: 3,
  COLOR0: 4,
  COLOR1: 5,
  DITHER0: 6,
  DITHER1: 7,
  DP_INTF0: 8,
  DP_INTF1: 9,
  DPI0: 10,
  DPI1: 11,
  DSC0: 12,
  DSC1: 13,
  DSI0: 14,
  DSI1: 15,
  DSI2: 16,
  DSI3: 17,
  ETHDR_MIXER: 18,
  GAMMA: 19,
  MDP_RDMA0: 20,
  MDP_RDMA1: 21,
  MDP_RDMA2: 22,
  MDP_RDMA3: 23,
  MDP_RDMA4: 24,
  MDP_RDMA5: 25,
  MDP_RDMA6: 26,
  MDP_RDMA7: 27,
  MERGE0: 28,
  MERGE1: 29,
  MERGE2: 30,
  MERGE3: 31,
  MERGE4: 32,
  MERGE5: 33,
  OD0: 34,
  OD1: 35,
  OVL0: 36,
  OVL_2L0: 37,
  OVL_2L1: 38,
  OVL_2L2: 39,
  OVL1: 40,
  PADDING0: 41,
  PADDING1: 42,
  PADDING2: 43,
  PADDING3: 44,
  PADDING4: 45,
  PADDING5: 46,
  PADDING6: 47,
  PADDING7: 48,
  POSTMASK0: 49,
  PWM0: 50,
  PWM1: 51,
  PWM2: 52,
  RDMA0: 53,
  RDMA1: 54,
  RDMA2: 55,
  RDMA4: 56,
  UFOE: 57,
  WDMA0: 58,
  WDMA1: 59,
  DRM_OVL_ADAPTOR: 61,
} as const;

/** Name of a component as the datasheets have it. */
export type ComponentName = keyof typeof COMPONENT_IDS;

/** The OVL adaptor: a software component that stands for a bundle of blocks. */
export const OVL_ADAPTOR_ID = 61;
/** Most entries of a path (Linux: DDP_COMPONENT_DRM_ID_MAX). */
export const PATH_LIMIT = 62;

/** One kind of component (Linux: enum mtk_ddp_comp_type). */
export interface ComponentType {
  /** Linux's name. */
  readonly name: string;
  /** Stem of its aliases: `ovl-2l` for `ovl-2l0`. */
  readonly stem: string;
  /** Components by alias number, in the order of their own numbers. */
  readonly instances: Readonly<Record<number, ComponentName>>;
  /** Has a driver of its own, so that the display waits for it; others are mapped by mediatek-drm itself, or not. */
  readonly ownDriver: boolean;
  /** Something can be done with it (Linux: has mtk_ddp_comp_funcs). */
  readonly operations: boolean;
}

/** All types, by Linux's name without `MTK_`. */
export const TYPES = {
  DISP_AAL: {
    name: 'MTK_DISP_AAL',
    stem: 'aal',
    instances: { 0: 'AAL0', 1: 'AAL1' },
    ownDriver: true,
    operations: true,
  },
  DISP_BLS: { name: 'MTK_DISP_BLS', stem: 'bls', instances: { 0: 'BLS' }, ownDriver: false, operations: false },
  DISP_CCORR: { name: 'MTK_DISP_CCORR', stem: 'ccorr', instances: { 0: 'CCORR' }, ownDriver: true, operations: true },
  DISP_COLOR: {
    name: 'MTK_DISP_COLOR',
    stem: 'color',
    instances: { 0: 'COLOR0', 1: 'COLOR1' },
    ownDriver: true,
    operations: true,
  },
  DISP_DITHER: {
    name: 'MTK_DISP_DITHER',
    stem: 'dither',
    instances: { 0: 'DITHER0' },
    ownDriver: false,
    operations: true,
  },
  DISP_DSC: {
    name: 'MTK_DISP_DSC',
    stem: 'dsc',
    instances: { 0: 'DSC0', 1: 'DSC1' },
    ownDriver: false,
    operations: true,
  },
  DISP_GAMMA: { name: 'MTK_DISP_GAMMA', stem: 'gamma', instances: { 0: 'GAMMA' }, ownDriver: true, operations: true },
  DISP_MERGE: {
    name: 'MTK_DISP_MERGE',
    stem: 'merge',
    instances: { 0: 'MERGE0', 1: 'MERGE1', 2: 'MERGE2', 3: 'MERGE3', 4: 'MERGE4', 5: 'MERGE5' },
    ownDriver: true,
    operations: true,
  },
  DISP_MUTEX: { name: 'MTK_DISP_MUTEX', stem: 'mutex', instances: {}, ownDriver: false, operations: false },
  DISP_OD: { name: 'MTK_DISP_OD', stem: 'od', instances: { 0: 'OD0', 1: 'OD1' }, ownDriver: false, operations: true },
  DISP_OVL: {
    name: 'MTK_DISP_OVL',
    stem: 'ovl',
    instances: { 0: 'OVL0', 1: 'OVL1' },
    ownDriver: true,
    operations: true,
  },
  DISP_OVL_2L: {
    name: 'MTK_DISP_OVL_2L',
    stem: 'ovl-2l',
    instances: { 0: 'OVL_2L0', 1: 'OVL_2L1', 2: 'OVL_2L2' },
    ownDriver: true,
    operations: true,
  },
  DISP_OVL_ADAPTOR: {
    name: 'MTK_DISP_OVL_ADAPTOR',
    stem: 'ovl_adaptor',
    instances: { 0: 'DRM_OVL_ADAPTOR' },
    ownDriver: true,
    operations: true,
  },
  DISP_POSTMASK: {
    name: 'MTK_DISP_POSTMASK',
    stem: 'postmask',
    instances: { 0: 'POSTMASK0' },
    ownDriver: false,
    operations: true,
  },
  DISP_PWM: {
    name: 'MTK_DISP_PWM',
    stem: 'pwm',
    instances: { 0: 'PWM0', 1: 'PWM1', 2: 'PWM2' },
    ownDriver: false,
    operations: false,
  },
  DISP_RDMA: {
    name: 'MTK_DISP_RDMA',
    stem: 'rdma',
    instances: { 0: 'RDMA0', 1: 'RDMA1', 2: 'RDMA2', 4: 'RDMA4' },
    ownDriver: true,
    operations: true,
  },
  DISP_UFOE: { name: 'MTK_DISP_UFOE', stem: 'ufoe', instances: { 0: 'UFOE' }, ownDriver: false, operations: true },
  DISP_WDMA: {
    name: 'MTK_DISP_WDMA',
    stem: 'wdma',
    instances: { 0: 'WDMA0', 1: 'WDMA1' },
    ownDriver: false,
    operations: false,
  },
  DPI: { name: 'MTK_DPI', stem: 'dpi', instances: { 0: 'DPI0', 1: 'DPI1' }, ownDriver: true, operations: true },
  DP_INTF: {
    name: 'MTK_DP_INTF',
    stem: 'dp-intf',
    instances: { 0: 'DP_INTF0', 1: 'DP_INTF1' },
    ownDriver: true,
    operations: true,
  },
  DSI: {
    name: 'MTK_DSI',
    stem: 'dsi',
    instances: { 0: 'DSI0', 1: 'DSI1', 2: 'DSI2', 3: 'DSI3' },
    ownDriver: true,
    operations: true,
  },
} as const satisfies Readonly<Record<string, ComponentType>>;

/** Name of a type, without `MTK_`. */
export type TypeName = keyof typeof TYPES;

/** A row that some kernels lack. */
export interface Since {
  /** The first table that has it; left out: all. */
  readonly since?: DisplayRules['tables'];
}

/** Which compatible is of which type (Linux: mtk_ddp_comp_dt_ids). */
export const COMPATIBLES: readonly ({ readonly compatible: string; readonly type: TypeName } & Since)[] = [
  { compatible: 'mediatek,mt8167-disp-aal', type: 'DISP_AAL' },
  { compatible: 'mediatek,mt8173-disp-aal', type: 'DISP_AAL' },
  { compatible: 'mediatek,mt8183-disp-aal', type: 'DISP_AAL' },
  { compatible: 'mediatek,mt8192-disp-aal', type: 'DISP_AAL' },
  { compatible: 'mediatek,mt8167-disp-ccorr', type: 'DISP_CCORR' },
  { compatible: 'mediatek,mt8183-disp-ccorr', type: 'DISP_CCORR' },
  { compatible: 'mediatek,mt8192-disp-ccorr', type: 'DISP_CCORR' },
  { compatible: 'mediatek,mt2701-disp-color', type: 'DISP_COLOR' },
  { compatible: 'mediatek,mt8167-disp-color', type: 'DISP_COLOR' },
  { compatible: 'mediatek,mt8173-disp-color', type: 'DISP_COLOR' },
  { compatible: 'mediatek,mt8167-disp-dither', type: 'DISP_DITHER' },
  { compatible: 'mediatek,mt8183-disp-dither', type: 'DISP_DITHER' },
  { compatible: 'mediatek,mt8195-disp-dsc', type: 'DISP_DSC' },
  { compatible: 'mediatek,mt8167-disp-gamma', type: 'DISP_GAMMA' },
  { compatible: 'mediatek,mt8173-disp-gamma', type: 'DISP_GAMMA' },
  { compatible: 'mediatek,mt8183-disp-gamma', type: 'DISP_GAMMA' },
  { compatible: 'mediatek,mt8195-disp-gamma', type: 'DISP_GAMMA' },
  { compatible: 'mediatek,mt8195-disp-merge', type: 'DISP_MERGE' },
  { compatible: 'mediatek,mt2701-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt2712-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt8167-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt8173-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt8183-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt8186-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt8188-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt8192-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt8195-disp-mutex', type: 'DISP_MUTEX' },
  { compatible: 'mediatek,mt8173-disp-od', type: 'DISP_OD' },
  { compatible: 'mediatek,mt2701-disp-ovl', type: 'DISP_OVL' },
  { compatible: 'mediatek,mt8167-disp-ovl', type: 'DISP_OVL' },
  { compatible: 'mediatek,mt8173-disp-ovl', type: 'DISP_OVL' },
  { compatible: 'mediatek,mt8183-disp-ovl', type: 'DISP_OVL' },
  { compatible: 'mediatek,mt8192-disp-ovl', type: 'DISP_OVL' },
  { compatible: 'mediatek,mt8195-disp-ovl', type: 'DISP_OVL' },
  { compatible: 'mediatek,mt8183-disp-ovl-2l', type: 'DISP_OVL_2L' },
  { compatible: 'mediatek,mt8192-disp-ovl-2l', type: 'DISP_OVL_2L' },
  { compatible: 'mediatek,mt8192-disp-postmask', type: 'DISP_POSTMASK' },
  { compatible: 'mediatek,mt2701-disp-pwm', type: 'DISP_BLS' },
  { compatible: 'mediatek,mt8167-disp-pwm', type: 'DISP_PWM' },
  { compatible: 'mediatek,mt8173-disp-pwm', type: 'DISP_PWM' },
  { compatible: 'mediatek,mt2701-disp-rdma', type: 'DISP_RDMA' },
  { compatible: 'mediatek,mt8167-disp-rdma', type: 'DISP_RDMA' },
  { compatible: 'mediatek,mt8173-disp-rdma', type: 'DISP_RDMA' },
  { compatible: 'mediatek,mt8183-disp-rdma', type: 'DISP_RDMA' },
  { compatible: 'mediatek,mt8195-disp-rdma', type: 'DISP_RDMA' },
  { compatible: 'mediatek,mt8173-disp-ufoe', type: 'DISP_UFOE' },
  { compatible: 'mediatek,mt8173-disp-wdma', type: 'DISP_WDMA' },
  { compatible: 'mediatek,mt2701-dpi', type: 'DPI' },
  { compatible: 'mediatek,mt8167-dsi', type: 'DSI' },
  { compatible: 'mediatek,mt8173-dpi', type: 'DPI' },
  { compatible: 'mediatek,mt8183-dpi', type: 'DPI' },
  { compatible: 'mediatek,mt8186-dpi', type: 'DPI' },
  { compatible: 'mediatek,mt8188-dp-intf', type: 'DP_INTF' },
  { compatible: 'mediatek,mt8192-dpi', type: 'DPI' },
  { compatible: 'mediatek,mt8195-dp-intf', type: 'DP_INTF' },
  { compatible: 'mediatek,mt2701-dsi', type: 'DSI' },
  { compatible: 'mediatek,mt8173-dsi', type: 'DSI' },
  { compatible: 'mediatek,mt8183-dsi', type: 'DSI' },
  { compatible: 'mediatek,mt8186-dsi', type: 'DSI' },
  { compatible: 'mediatek,mt8188-dsi', type: 'DSI' },
  { compatible: 'mediatek,mt8365-disp-mutex', type: 'DISP_MUTEX', since: 'mainline' },
  { compatible: 'mediatek,mt8195-dpi', type: 'DPI', since: 'mainline' },
];

/** Parts of the OVL adaptor. */
export type AdaptorType = 'ETHDR' | 'MDP_RDMA' | 'MERGE' | 'PADDING';

/** The adaptor's own table: compatibles, stems, and which alias number is which component. */
export const ADAPTOR: Readonly<
  Record<
    AdaptorType,
    { readonly compatible: string; readonly stem: string; readonly instances: Readonly<Record<number, ComponentName>> }
  >
> = {
  PADDING: {
    compatible: 'mediatek,mt8188-disp-padding',
    stem: 'padding',
    instances: {
      0: 'PADDING0',
      1: 'PADDING1',
      2: 'PADDING2',
      3: 'PADDING3',
      4: 'PADDING4',
      5: 'PADDING5',
      6: 'PADDING6',
      7: 'PADDING7',
    },
  },
  ETHDR: { compatible: 'mediatek,mt8195-disp-ethdr', stem: 'ethdr', instances: { 0: 'ETHDR_MIXER' } },
  MERGE: {
    compatible: 'mediatek,mt8195-disp-merge',
    stem: 'merge',
    instances: { 1: 'MERGE1', 2: 'MERGE2', 3: 'MERGE3', 4: 'MERGE4' },
  },
  MDP_RDMA: {
    compatible: 'mediatek,mt8195-vdo1-rdma',
    stem: 'vdo1-rdma',
    instances: {
      0: 'MDP_RDMA0',
      1: 'MDP_RDMA1',
      2: 'MDP_RDMA2',
      3: 'MDP_RDMA3',
      4: 'MDP_RDMA4',
      5: 'MDP_RDMA5',
      6: 'MDP_RDMA6',
      7: 'MDP_RDMA7',
    },
  },
};
/** Parts that a path counts as the adaptor (T8). MERGE is a component of its own there. */
export const ADAPTOR_IN_PATH: ReadonlySet<AdaptorType> = new Set(['ETHDR', 'MDP_RDMA', 'PADDING']);

/** What the driver knows about one mmsys (Linux: struct mtk_mmsys_driver_data). */
export interface DrmData {
  /** Linux's name of the entry: `mt8183_mmsys_driver_data`. */
  readonly name: string;
  readonly paths: Readonly<Partial<Record<PathName, readonly ComponentName[]>>>;
  /** Ends of the main path that are chosen at run time (conn_routes). */
  readonly routes: readonly ComponentName[];
  readonly mmsysId: number;
  /** How many mmsys must be bound before there is a display. */
  readonly mmsysDevNum: number;
  readonly maxWidth?: number;
  readonly minWidth?: number;
  readonly minHeight?: number;
  readonly shadowRegister?: boolean;
}

const path = (text: string): readonly ComponentName[] => text.split(' ') as ComponentName[];

/** Driver data by Linux's name, with the built-in paths. */
export const DRM_DATA = {
  mt2701_mmsys_driver_data: {
    name: 'mt2701_mmsys_driver_data',
    paths: { main: path('OVL0 RDMA0 COLOR0 BLS DSI0'), ext: path('RDMA1 DPI0') },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 1,
    shadowRegister: true,
  },
  mt7623_mmsys_driver_data: {
    name: 'mt7623_mmsys_driver_data',
    paths: { main: path('OVL0 RDMA0 COLOR0 BLS DPI0'), ext: path('RDMA1 DSI0') },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 1,
    shadowRegister: true,
  },
  mt2712_mmsys_driver_data: {
    name: 'mt2712_mmsys_driver_data',
    paths: {
      main: path('OVL0 COLOR0 AAL0 OD0 RDMA0 DPI0 PWM0'),
      ext: path('OVL1 COLOR1 AAL1 OD1 RDMA1 DPI1 PWM1'),
      third: path('RDMA2 DSI3 PWM2'),
    },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 1,
  },
  mt8167_mmsys_driver_data: {
    name: 'mt8167_mmsys_driver_data',
    paths: { main: path('OVL0 COLOR0 CCORR AAL0 GAMMA DITHER0 RDMA0 DSI0') },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 1,
  },
  mt8173_mmsys_driver_data: {
    name: 'mt8173_mmsys_driver_data',
    paths: { main: path('OVL0 COLOR0 AAL0 OD0 RDMA0 UFOE DSI0 PWM0'), ext: path('OVL1 COLOR1 GAMMA RDMA1 DPI0') },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 1,
  },
  mt8183_mmsys_driver_data: {
    name: 'mt8183_mmsys_driver_data',
    paths: { main: path('OVL0 OVL_2L0 RDMA0 COLOR0 CCORR AAL0 GAMMA DITHER0 DSI0'), ext: path('OVL_2L1 RDMA1 DPI0') },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 1,
  },
  mt8186_mmsys_driver_data: {
    name: 'mt8186_mmsys_driver_data',
    paths: { main: path('OVL0 RDMA0 COLOR0 CCORR AAL0 GAMMA POSTMASK0 DITHER0 DSI0'), ext: path('OVL_2L0 RDMA1 DPI0') },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 1,
  },
  mt8188_vdosys0_driver_data: {
    name: 'mt8188_vdosys0_driver_data',
    paths: { main: path('OVL0 RDMA0 COLOR0 CCORR AAL0 GAMMA POSTMASK0 DITHER0') },
    routes: ['DP_INTF0', 'DSI0'],
    mmsysId: 0,
    mmsysDevNum: 2,
    maxWidth: 8191,
    minWidth: 1,
    minHeight: 1,
  },
  mt8192_mmsys_driver_data: {
    name: 'mt8192_mmsys_driver_data',
    paths: {
      main: path('OVL0 OVL_2L0 RDMA0 COLOR0 CCORR AAL0 GAMMA POSTMASK0 DITHER0 DSI0'),
      ext: path('OVL_2L2 RDMA4 DPI0'),
    },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 1,
  },
  mt8195_vdosys0_driver_data: {
    name: 'mt8195_vdosys0_driver_data',
    paths: { main: path('OVL0 RDMA0 COLOR0 CCORR AAL0 GAMMA DITHER0 DSC0 MERGE0 DP_INTF0') },
    routes: [],
    mmsysId: 0,
    mmsysDevNum: 2,
    maxWidth: 8191,
    minWidth: 1,
    minHeight: 1,
  },
  mt8195_vdosys1_driver_data: {
    name: 'mt8195_vdosys1_driver_data',
    paths: { ext: path('DRM_OVL_ADAPTOR MERGE5 DP_INTF1') },
    routes: [],
    mmsysId: 1,
    mmsysDevNum: 2,
    maxWidth: 8191,
    minWidth: 2,
    minHeight: 1,
  },
  mt8365_mmsys_driver_data: { name: 'mt8365_mmsys_driver_data', paths: {}, routes: [], mmsysId: 0, mmsysDevNum: 1 },
} as const satisfies Readonly<Record<string, DrmData>>;

/** Which mmsys has which data (Linux: mtk_drm_of_ids). */
export const DRM_MATCHES: readonly ({ readonly compatible: string; readonly data: keyof typeof DRM_DATA } & Since)[] = [
  { compatible: 'mediatek,mt2701-mmsys', data: 'mt2701_mmsys_driver_data' },
  { compatible: 'mediatek,mt7623-mmsys', data: 'mt7623_mmsys_driver_data' },
  { compatible: 'mediatek,mt2712-mmsys', data: 'mt2712_mmsys_driver_data' },
  { compatible: 'mediatek,mt8167-mmsys', data: 'mt8167_mmsys_driver_data' },
  { compatible: 'mediatek,mt8173-mmsys', data: 'mt8173_mmsys_driver_data' },
  { compatible: 'mediatek,mt8183-mmsys', data: 'mt8183_mmsys_driver_data' },
  { compatible: 'mediatek,mt8186-mmsys', data: 'mt8186_mmsys_driver_data' },
  { compatible: 'mediatek,mt8188-vdosys0', data: 'mt8188_vdosys0_driver_data' },
  { compatible: 'mediatek,mt8188-vdosys1', data: 'mt8195_vdosys1_driver_data' },
  { compatible: 'mediatek,mt8192-mmsys', data: 'mt8192_mmsys_driver_data' },
  { compatible: 'mediatek,mt8195-mmsys', data: 'mt8195_vdosys0_driver_data' },
  { compatible: 'mediatek,mt8195-vdosys0', data: 'mt8195_vdosys0_driver_data' },
  { compatible: 'mediatek,mt8195-vdosys1', data: 'mt8195_vdosys1_driver_data' },
  { compatible: 'mediatek,mt8365-mmsys', data: 'mt8365_mmsys_driver_data', since: 'mainline' },
];
