// The registers of the DSI transmitter: a table. Offsets and bits from Linux's mtk_dsi.c (v4.5 to v6.12), Fuchsia's
// mt-dsi-reg.h (MT8167) and the ddp_reg_dsi.h of MediaTek's phone kernels (MT6768). They differ in one bit: 4 of the
// interrupts is EXT_TE_RDY in the first two and FRAME_DONE in the last, which is taken here.
import { bit, bits, type Field, registers } from '../../base/regs.js';

/** Status and enable have the same bits. */
const interrupts = (access: 'rw' | 'ro') => ({
  BUFFER_UNDERRUN: bit(12, access),
  SLEEPOUT_DONE: bit(6, access),
  VM_CMD_DONE: bit(5, access),
  FRAME_DONE: bit(4, access),
  VM_DONE: bit(3, access),
  TE_RDY: bit(2, access),
  CMD_DONE: bit(1, access),
  LPRX_RD_RDY: bit(0, access),
});
const word = (addr: number): { addr: number; fields: { V: Field } } => ({ addr, fields: { V: bits(31, 0) } });
const received = (addr: number): { addr: number; fields: { V: Field } } => ({
  addr,
  fields: { V: bits(31, 0, 'ro') },
});
const lines = (addr: number) => ({ addr, fields: { NL: bits(14, 0) } });
const words = (addr: number) => ({ addr, fields: { WC: bits(14, 0), HIGH: bits(31, 15) } });

/** All that Linux touches. */
export const R = registers({
  START: { addr: 0x00, fields: { VM_CMD_START: bit(16, 'todo'), SLEEPOUT_START: bit(2, 'todo'), DSI_START: bit(0) } },
  STA: { addr: 0x04, fields: { BUFFER_UNDERRUN: bit(1, 'ro') } },
  INTEN: { addr: 0x08, fields: interrupts('rw') },
  INTSTA: { addr: 0x0c, fields: { BUSY: bit(31, 'ro'), ...interrupts('ro') } },
  CON_CTRL: { addr: 0x10, fields: { DUAL_EN: bit(4, 'todo'), DPHY_RESET: bit(2), DSI_EN: bit(1), DSI_RESET: bit(0) } },
  MODE_CTRL: { addr: 0x14, fields: { HIGH: bits(21, 16), MODE: bits(1, 0) } },
  TXRX_CTRL: {
    addr: 0x18,
    fields: {
      HSTX_CKLP_EN: bit(16),
      MAX_RTN_SIZE: bits(15, 12),
      TE: bits(11, 8),
      NULL_EN: bit(7),
      DIS_EOT: bit(6),
      LANE_NUM: bits(5, 2),
      VC_NUM: bits(1, 0),
    },
  },
  PSCTRL: { addr: 0x1c, fields: { PS_SEL: bits(17, 16), PS_WC: bits(14, 0) } },
  VSA_NL: lines(0x20),
  VBP_NL: lines(0x24),
  VFP_NL: lines(0x28),
  VACT_NL: lines(0x2c),
  SIZE_CON: { addr: 0x38, fields: { HEIGHT: bits(30, 16), WIDTH: bits(14, 0) } },
  HSA_WC: words(0x50),
  HBP_WC: words(0x54),
  /** HS_EN: the lanes stay in high speed over the lines of a frame. */
  HFP_WC: { addr: 0x58, fields: { HS_EN: bit(31), HS_VB_PS_WC: bits(30, 16), WC: bits(14, 0) } },
  BLLP_WC: words(0x5c),
  CMDQ_SIZE: { addr: 0x60, fields: { SIZE_SEL: bit(15), CMDQ_SIZE: bits(5, 0) } },
  HSTX_CKL_WC: word(0x64),
  RX_DATA0: received(0x74),
  RX_DATA1: received(0x78),
  RX_DATA2: received(0x7c),
  RX_DATA3: received(0x80),
  RACK: { addr: 0x84, fields: { BYPASS: bit(1), RACK: bit(0) } },
  PHY_LCCON: { addr: 0x104, fields: { WAKEUP_EN: bit(2), ULPM_EN: bit(1), HS_TX_EN: bit(0) } },
  PHY_LD0CON: { addr: 0x108, fields: { AS_L0: bit(3), WAKEUP_EN: bit(2), ULPM_EN: bit(1), HS_TX_EN: bit(0) } },
  PHY_TIMECON0: {
    addr: 0x110,
    fields: { HS_TRAIL: bits(31, 24), HS_ZERO: bits(23, 16), HS_PREP: bits(15, 8), LPX: bits(7, 0) },
  },
  PHY_TIMECON1: {
    addr: 0x114,
    fields: { HS_EXIT: bits(31, 24), TA_GET: bits(23, 16), TA_SURE: bits(15, 8), TA_GO: bits(7, 0) },
  },
  PHY_TIMECON2: word(0x118),
  PHY_TIMECON3: word(0x11c),
  VM_CMD_CON: word(0x130),
  SHADOW_DEBUG: { addr: 0x190, fields: { BYPASS_SHADOW: bit(1), FORCE_COMMIT: bit(0) } },
});

/** Command buffers: of MT8173, MT8183 and MT8192; of MT8186. The first is MT2701's, which phone kernels name. */
export const COMMANDS: readonly (readonly [from: number, bytes: number])[] = [
  [0x200, 0x200],
  [0xd00, 0x200],
];
