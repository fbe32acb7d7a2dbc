// What is wired between the display blocks inside each SoC: a table. Fixed wires are the neighbours in the order in
// which Linux's mtk_drm_drv.c lists a path (v6.12) that MMSYS does not select; bits of the mutex are those of
// mtk-mutex.c; inputs of the GCE those of include/dt-bindings/gce/mt*-gce.h and mailbox/mediatek,mt8188-gce.h.
//
// Gaps
// - On MT8186, MT8192 and MT8195 the GCE has numbered inputs for underruns, and nothing public says whose. MT8365's GCE
//   has no public list.
// - MT8188 and MT8195 have two GCEs with one list of inputs: the signals of VDOSYS0 lead to the first.
import type { MMSYS } from './routes.js';

/** SoCs whose display is modelled. */
export type MtkDisplaySoc = keyof typeof MMSYS;

/** What there is to know of one. */
export interface SocWires {
  /** Wires that nothing selects, each a chain of blocks. */
  readonly chains: readonly (readonly string[])[];
  /** Bits of MOD in the mutex. */
  readonly mods: Readonly<Record<string, number>>;
  /** Numbers of the outputs in SOF and EOF of the mutex. */
  readonly outputs: Readonly<Record<string, number>>;
  /** Inputs of the GCE: by block, of its signals. */
  readonly gce: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** `stream_eof0` and the following ones. */
const streams = (first: number, count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`stream_eof${n}`, first + n]));

const frame = (sof: number, eof: number): Record<string, number> => ({ sof, eof });
const IMPROVE = ['COLOR0', 'CCORR0', 'AAL0', 'GAMMA0'];
/** MT8188 and MT8195 have the same. */
const VDO0_MODS = {
  OVL0: 0,
  RDMA0: 2,
  COLOR0: 3,
  CCORR0: 4,
  AAL0: 5,
  GAMMA0: 6,
  DITHER0: 7,
  DSC0: 9,
  MERGE0: 20,
};
/** Nothing says where MERGE0 tells the end of a frame. */
const VDO0_SOFS = { MERGE0: { sof: 532 } };

/** All of them. */
export const SOCS: Readonly<Record<MtkDisplaySoc, SocWires>> = {
  mt8173: {
    chains: [
      ['AAL0', 'OD0'],
      ['COLOR1', 'GAMMA0'],
    ],
    mods: {
      OVL0: 11,
      OVL1: 12,
      RDMA0: 13,
      RDMA1: 14,
      RDMA2: 15,
      COLOR0: 18,
      COLOR1: 19,
      AAL0: 20,
      GAMMA0: 21,
      UFOE0: 22,
      OD0: 25,
    },
    outputs: { DSI0: 1, DSI1: 2, DPI0: 3 },
    gce: {
      OVL0: frame(11, 39),
      OVL1: frame(12, 40),
      RDMA0: { ...frame(13, 41), underrun: 63 },
      RDMA1: { ...frame(14, 42), underrun: 64 },
      RDMA2: { ...frame(15, 43), underrun: 65 },
      MUTEX0: streams(53, 5),
    },
  },
  mt8183: {
    chains: [[...IMPROVE, 'DITHER0']],
    mods: {
      RDMA0: 0,
      RDMA1: 1,
      OVL0: 9,
      OVL_2L0: 10,
      OVL_2L1: 11,
      COLOR0: 13,
      CCORR0: 14,
      AAL0: 15,
      GAMMA0: 16,
      DITHER0: 17,
    },
    outputs: { DSI0: 1, DPI0: 2 },
    gce: {
      RDMA0: { ...frame(0, 26), underrun: 142 },
      RDMA1: { ...frame(1, 27), underrun: 143 },
      OVL0: { ...frame(9, 35), rst_done: 155 },
      OVL_2L0: { ...frame(10, 36), rst_done: 156 },
      OVL_2L1: { ...frame(11, 37), rst_done: 157 },
      COLOR0: frame(13, 39),
      CCORR0: frame(14, 40),
      AAL0: frame(15, 41),
      GAMMA0: frame(16, 42),
      DITHER0: frame(17, 43),
      DSI0: { ...frame(19, 44), done: 146 },
      DPI0: frame(20, 45),
      MUTEX0: streams(130, 12),
    },
  },
  mt8186: {
    chains: [[...IMPROVE, 'POSTMASK0', 'DITHER0']],
    mods: {
      OVL0: 0,
      OVL_2L0: 1,
      RDMA0: 2,
      COLOR0: 4,
      CCORR0: 5,
      AAL0: 7,
      GAMMA0: 8,
      POSTMASK0: 9,
      DITHER0: 10,
      RDMA1: 17,
    },
    outputs: { DSI0: 1, DPI0: 2 },
    gce: {
      OVL0: { ...frame(384, 416), rst_done: 456 },
      OVL_2L0: { ...frame(385, 417), rst_done: 457 },
      RDMA0: frame(386, 414),
      COLOR0: frame(388, 422),
      CCORR0: frame(389, 425),
      AAL0: frame(391, 426),
      GAMMA0: frame(392, 418),
      POSTMASK0: frame(393, 415),
      DITHER0: frame(394, 421),
      DSI0: { ...frame(398, 410), done: 452 },
      MUTEX0: streams(434, 16),
    },
  },
  mt8192: {
    chains: [
      ['COLOR0', 'CCORR0'],
      ['AAL0', 'GAMMA0', 'POSTMASK0', 'DITHER0'],
      ['RDMA4', 'DPI0'],
    ],
    mods: {
      OVL0: 0,
      OVL_2L0: 1,
      RDMA0: 2,
      COLOR0: 4,
      CCORR0: 5,
      AAL0: 6,
      GAMMA0: 7,
      POSTMASK0: 8,
      DITHER0: 9,
      OVL_2L2: 16,
      RDMA4: 17,
    },
    outputs: { DSI0: 1, DPI0: 2 },
    gce: {
      OVL0: { ...frame(384, 424), rst_done: 457 },
      OVL_2L0: { ...frame(385, 425), rst_done: 458 },
      OVL_2L2: { ...frame(400, 423), rst_done: 456 },
      RDMA0: frame(386, 421),
      RDMA4: frame(401, 420),
      COLOR0: frame(388, 431),
      CCORR0: frame(389, 432),
      AAL0: frame(390, 433),
      GAMMA0: frame(391, 426),
      POSTMASK0: frame(392, 422),
      DITHER0: frame(393, 430),
      DSI0: { ...frame(396, 416), done: 452 },
      DPI0: frame(402, 429),
      MUTEX0: streams(434, 16),
    },
  },
  mt8188: {
    chains: [[...IMPROVE, 'POSTMASK0', 'DITHER0']],
    mods: { ...VDO0_MODS, POSTMASK0: 24 },
    outputs: { DSI0: 1, DP_INTF0: 3 },
    gce: {
      ...VDO0_SOFS,
      OVL0: { ...frame(512, 546), rst_done: 627 },
      RDMA0: { ...frame(514, 548), underrun: 590 },
      COLOR0: frame(515, 549),
      CCORR0: frame(516, 550),
      AAL0: frame(517, 551),
      GAMMA0: frame(518, 552),
      POSTMASK0: frame(536, 570),
      DITHER0: frame(519, 553),
      DSI0: { ...frame(520, 554), done: 609 },
      DSC0: frame(521, 555),
      DP_INTF0: frame(533, 567),
      MUTEX0: streams(574, 16),
    },
  },
  mt8195: {
    chains: [['RDMA0', ...IMPROVE, 'DITHER0']],
    mods: VDO0_MODS,
    outputs: { DSI0: 1, DSI1: 2, DP_INTF0: 3 },
    gce: {
      ...VDO0_SOFS,
      OVL0: { ...frame(512, 544), rst_done: 589 },
      RDMA0: frame(514, 546),
      COLOR0: frame(515, 547),
      CCORR0: frame(516, 548),
      AAL0: frame(517, 549),
      GAMMA0: frame(518, 550),
      DITHER0: frame(519, 551),
      DSI0: { ...frame(520, 552), done: 579 },
      DSC0: frame(521, 553),
      DSI1: { ...frame(530, 562), done: 584 },
      DP_INTF0: frame(533, 565),
      MUTEX0: streams(597, 16),
    },
  },
  mt8365: {
    chains: [[...IMPROVE.slice(1), 'DITHER0']],
    mods: {
      OVL0: 7,
      RDMA0: 9,
      RDMA1: 10,
      COLOR0: 12,
      CCORR0: 13,
      AAL0: 14,
      GAMMA0: 15,
      DITHER0: 16,
    },
    outputs: { DSI0: 1, DPI0: 2 },
    gce: {},
  },
};
