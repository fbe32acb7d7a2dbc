// Table of the registers that the display's drivers use, by block (Linux 6.12: mtk_disp_ovl.c, mtk_disp_rdma.c,
// mtk_disp_color.c, mtk_disp_ccorr.c, mtk_disp_aal.c, mtk_disp_gamma.c, mtk_ddp_comp.c, mtk-mutex.c). Offsets in bytes.

/** One bit, unsigned also for bit 31. */
export const bit = (number: number): number => 2 ** number;

/** Overlay: puts layers from memory on top of each other. Layer n is 0x20 bytes further where `LAYER` says so. */
export const OVL = {
  INTEN: 0x04,
  INTSTA: 0x08,
  EN: 0x0c,
  RST: 0x14,
  ROI_SIZE: 0x20,
  DATAPATH_CON: 0x24,
  ROI_BGCLR: 0x28,
  SRC_CON: 0x2c,
  LAYER: 0x20,
  CON: 0x30,
  SRC_SIZE: 0x38,
  OFFSET: 0x3c,
  PITCH: 0x44,
  RDMA_CTRL: 0xc0,
  RDMA_GMC: 0xc8,
  ADDR_MT2701: 0x40,
  ADDR_MT8173: 0xf40,
} as const;

/** Bits of the overlay. */
export const OVL_BITS = {
  INT_FME_CPL: bit(1),
  DATAPATH_LAYER_SMI_ID_EN: bit(0),
  DATAPATH_BGCLR_SEL_IN: bit(2),
  BGCLR_OPAQUE: 0xff00_0000,
  CON_ALPHA: 0xff,
  CON_AEN: bit(8),
  CON_RGB: 1 * bit(12),
  CON_ARGB8888: 2 * bit(12),
  CON_RGBA8888: 3 * bit(12),
  CON_UYVY: 4 * bit(12),
  CON_YUYV: 5 * bit(12),
  CON_MTX_YUV_TO_RGB: 6 * bit(16),
  CON_CLRFMT_MAN: bit(23),
  CON_BYTE_SWAP: bit(24),
  CON_RGB_SWAP: bit(25),
  PITCH_CONST_BLEND: bit(28),
} as const;

/** Read DMA: a FIFO in front of the output, or the reader of a picture by itself. */
export const RDMA = {
  INT_ENABLE: 0x00,
  INT_STATUS: 0x04,
  GLOBAL_CON: 0x10,
  SIZE_CON_0: 0x14,
  SIZE_CON_1: 0x18,
  MEM_CON: 0x24,
  MEM_SRC_PITCH: 0x2c,
  MEM_GMC_SETTING_0: 0x30,
  FIFO_CON: 0x40,
  MEM_START_ADDR: 0xf00,
} as const;

/** Bits of the read DMA. */
export const RDMA_BITS = {
  INT_FRAME_END: bit(2),
  ENGINE_EN: bit(0),
  MODE_MEMORY: bit(1),
  SIZE_0_WIDTH: 0xfff,
  SIZE_0_MATRIX_ENABLE: bit(17),
  SIZE_0_MATRIX_SEL: 0xf0_0000,
  SIZE_0_MATRIX_BT601_TO_RGB: 6 * bit(20),
  SIZE_1_HEIGHT: 0xf_ffff,
  MEM_RGB565: 0 * bit(4),
  MEM_RGB888: 1 * bit(4),
  MEM_RGBA8888: 2 * bit(4),
  MEM_ARGB8888: 3 * bit(4),
  MEM_UYVY: 4 * bit(4),
  MEM_YUYV: 5 * bit(4),
  MEM_SWAP: bit(8),
  GMC: 0x4040_2020,
  FIFO_UNDERFLOW_EN: bit(31),
} as const;

/** Colour processor. `START` lies elsewhere in each generation; width and height follow it. */
export const COLOR = {
  CFG_MAIN: 0x400,
  START_MT2701: 0xf00,
  START_MT8167: 0x400,
  START_MT8173: 0xc00,
  WIDTH: 0x50,
  HEIGHT: 0x54,
} as const;

/** Bits of the colour processor. */
export const COLOR_BITS = { BYPASS_ALL: bit(7), SEQ_SEL: bit(13) } as const;

/** What CCORR, AAL, GAMMA, DITHER, OD and POSTMASK have at the same place. */
export const DISP = { EN: 0x00, CFG: 0x20, SIZE: 0x30 } as const;

/** Bits of `CFG`. OD and GAMMA have dithering of their own. */
export const DISP_BITS = { RELAY_MODE: bit(0), ENGINE_EN: bit(1), DITHERING: bit(2) } as const;

/** The adaptive ambient light processor's second size. */
export const AAL = { OUTPUT_SIZE: 0x4d8 } as const;

/** Dithering, wherever it is. */
export const DITHER = { D5: 0x114, D7: 0x11c, D15: 0x13c, D16: 0x140 } as const;

/** Frame compression in front of a DSI. */
export const UFOE = { START: 0x00 } as const;

/** Bits of it. */
export const UFOE_BITS = { BYPASS: bit(2) } as const;

/** The display mutex; mutex n is 0x20 bytes further. Where modules and start of frame lie differs by SoC. */
export const MUTEX_REGS = {
  STEP: 0x20,
  EN: 0x20,
  GET: 0x24,
  RST: 0x28,
  MT2701: { MOD: 0x2c, SOF: 0x30 },
  MT8183: { MOD: 0x30, SOF: 0x2c },
  MOD2: 0x34,
} as const;

/** Bits of the display mutex. */
export const MUTEX_BITS = { GOT: bit(1) } as const;
