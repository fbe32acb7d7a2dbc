// The registers of OVL and OVL_2L: a table. Offsets and bits from Linux's mtk_disp_ovl.c (v4.5 to v6.12) and, for
// interrupts, status and key bits that Linux does not use, from the ddp_reg.h of MediaTek's phone kernels (MT6589,
// MT6735, MT6768), which agree with each other there. OVL_2L has layers 0 and 1 only.
import { bit, bits, type Field, registers, type RegSpec } from '../../base/regs.js';

/** Status and enable have the same bits. */
const interrupts = (access: 'rw' | 'ro') => ({
  REG_CMT: bit(0, access),
  FME_CPL: bit(1, access),
  FME_UND: bit(2, access),
  FME_SWRST_DONE: bit(3, access),
  FME_HWRST_DONE: bit(4, access),
  RDMA_EOF_ABNORMAL: bits(8, 5, access),
  RDMA_FIFO_UNDERFLOW: bits(12, 9, access),
  ABNORMAL_SOF: bit(13, access),
  START: bit(14, access),
});

const con = (layer: number) => ({
  addr: 0x30 + 0x20 * layer,
  fields: {
    DSTKEY_EN: bit(31, 'todo'),
    SRCKEY_EN: bit(30, 'todo'),
    /** 0 memory, 1 constant colour, others unknown. */
    LAYER_SRC: bits(29, 28, 'todo'),
    RGB_SWAP: bit(25),
    BYTE_SWAP: bit(24),
    CLRFMT_MAN: bit(23),
    MTX: bits(19, 16),
    CLRFMT: bits(15, 12),
    HORZ_FLIP: bit(10),
    VIRT_FLIP: bit(9),
    AEN: bit(8),
    ALPHA: bits(7, 0),
  },
});
const value = (hi = 31, lo = 0): { V: Field } => ({ V: bits(hi, lo) });
const at = <F extends RegSpec['fields']>(base: number, layer: number, fields: F) => ({
  addr: base + 0x20 * layer,
  fields,
});
const size = (layer: number) => at(0x38, layer, { H: bits(28, 16), W: bits(12, 0) });
const offset = (layer: number) => at(0x3c, layer, { Y: bits(28, 16), X: bits(12, 0) });
const msb = (layer: number) => at(0x40, layer, { SUBBUF_2ND: bit(16, 'todo'), PITCH_MSB: bits(3, 0) });
/** SUR_ALFA, the upper half but for bit 28, chooses other blending equations. */
const pitch = (layer: number) =>
  at(0x44, layer, {
    SUR_ALFA_HI: bits(31, 29, 'todo'),
    CONST_BLD: bit(28),
    SUR_ALFA_LO: bits(27, 16, 'todo'),
    PITCH: bits(15, 0),
  });

/** All of them. */
export const R = registers({
  STA: { addr: 0x00, fields: { RDMA_IDLE: bits(4, 1, 'ro'), RUN: bit(0, 'ro') } },
  INTEN: { addr: 0x04, fields: interrupts('rw') },
  INTSTA: { addr: 0x08, fields: interrupts('ro') },
  EN: { addr: 0x0c, fields: { EN: bit(0), HIGH: bits(31, 1) } },
  TRIG: { addr: 0x10, fields: { SW_TRIG: bit(0, 'todo') } },
  RST: { addr: 0x14, fields: { RST: bit(0) } },
  ROI_SIZE: { addr: 0x20, fields: { H: bits(28, 16), W: bits(12, 0) } },
  DATAPATH_CON: {
    addr: 0x24,
    fields: {
      HIGH: bits(31, 8),
      AFBC_EN: bits(7, 4),
      BIT3: bit(3),
      BGCLR_IN_SEL: bit(2),
      BIT1: bit(1),
      SMI_ID: bit(0),
    },
  },
  ROI_BGCLR: { addr: 0x28, fields: { ALPHA: bits(31, 24), RED: bits(23, 16), GREEN: bits(15, 8), BLUE: bits(7, 0) } },
  SRC_CON: { addr: 0x2c, fields: { LAYER_EN: bits(3, 0) } },
  L0_CON: con(0),
  L1_CON: con(1),
  L2_CON: con(2),
  L3_CON: con(3),
  L0_SRCKEY: at(0x34, 0, value()),
  L1_SRCKEY: at(0x34, 1, value()),
  L2_SRCKEY: at(0x34, 2, value()),
  L3_SRCKEY: at(0x34, 3, value()),
  L0_SRC_SIZE: size(0),
  L1_SRC_SIZE: size(1),
  L2_SRC_SIZE: size(2),
  L3_SRC_SIZE: size(3),
  L0_OFFSET: offset(0),
  L1_OFFSET: offset(1),
  L2_OFFSET: offset(2),
  L3_OFFSET: offset(3),
  L0_PITCH_MSB: msb(0),
  L1_PITCH_MSB: msb(1),
  L2_PITCH_MSB: msb(2),
  L3_PITCH_MSB: msb(3),
  L0_PITCH: pitch(0),
  L1_PITCH: pitch(1),
  L2_PITCH: pitch(2),
  L3_PITCH: pitch(3),
  RDMA0_CTRL: at(0xc0, 0, { EN: bit(0), HIGH: bits(31, 1) }),
  RDMA1_CTRL: at(0xc0, 1, { EN: bit(0), HIGH: bits(31, 1) }),
  RDMA2_CTRL: at(0xc0, 2, { EN: bit(0), HIGH: bits(31, 1) }),
  RDMA3_CTRL: at(0xc0, 3, { EN: bit(0), HIGH: bits(31, 1) }),
  RDMA0_GMC: at(0xc8, 0, value()),
  RDMA1_GMC: at(0xc8, 1, value()),
  RDMA2_GMC: at(0xc8, 2, value()),
  RDMA3_GMC: at(0xc8, 3, value()),
  /** Two bits of depth in four of each layer: 0 is 8 bits, 1 is 10. MT8195. */
  CLRFMT_EXT: { addr: 0x2d0, fields: { DEPTH: bits(15, 0, 'todo') } },
  L0_ADDR: at(0xf40, 0, value()),
  L1_ADDR: at(0xf40, 1, value()),
  L2_ADDR: at(0xf40, 2, value()),
  L3_ADDR: at(0xf40, 3, value()),
  L0_HDR_ADDR: at(0xf44, 0, value()),
  L1_HDR_ADDR: at(0xf44, 1, value()),
  L2_HDR_ADDR: at(0xf44, 2, value()),
  L3_HDR_ADDR: at(0xf44, 3, value()),
  L0_HDR_PITCH: at(0xf48, 0, value()),
  L1_HDR_PITCH: at(0xf48, 1, value()),
  L2_HDR_PITCH: at(0xf48, 2, value()),
  L3_HDR_PITCH: at(0xf48, 3, value()),
});

/** The registers of one layer. */
export const layerRegs = (n: 0 | 1 | 2 | 3) =>
  ({
    con: R[`L${n}_CON`],
    size: R[`L${n}_SRC_SIZE`],
    offset: R[`L${n}_OFFSET`],
    msb: R[`L${n}_PITCH_MSB`],
    pitch: R[`L${n}_PITCH`],
    rdma: R[`RDMA${n}_CTRL`],
    addr: R[`L${n}_ADDR`],
  }) as const;
