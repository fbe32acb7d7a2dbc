// The registers of DPI and DP_INTF: a table. Offsets and bits from Linux's mtk_dpi_regs.h, as far as mtk_dpi.c writes
// them (v4.9 to v6.12). They differ in how wide sizes are.
import { bit, bits, type Field, registers } from '../../base/regs.js';

/** Status and enable have the same bits. */
const interrupts = (access: 'rw' | 'ro') => ({
  UNDERFLOW: bit(2, access),
  VDE: bit(1, access),
  VSYNC: bit(0, access),
});
const word = (addr: number): { addr: number; fields: { V: Field } } => ({ addr, fields: { V: bits(31, 0) } });
const width = (addr: number, top: number) => ({ addr, fields: { HALF_LINE: bit(16, 'todo'), WIDTH: bits(top, 0) } });
const porch = (addr: number, top: number) => ({ addr, fields: { FRONT: bits(top + 16, 16), BACK: bits(top, 0) } });

/** All of them; sizes and porches have `top + 1` bits. */
const map = (top: 12 | 15) =>
  registers({
    EN: { addr: 0x00, fields: { EN: bit(0) } },
    RET: { addr: 0x04, fields: { RST: bit(0) } },
    INTEN: { addr: 0x08, fields: interrupts('rw') },
    INTSTA: { addr: 0x0c, fields: interrupts('ro') },
    CON: {
      addr: 0x10,
      fields: { HIGH: bits(31, 9), MID: bits(8, 4), TDFP_EN: bit(3, 'todo'), INTL_EN: bit(2, 'todo'), LOW: bits(1, 0) },
    },
    OUTPUT_SETTING: word(0x14),
    SIZE: { addr: 0x18, fields: { VSIZE: bits(top + 16, 16), HSIZE: bits(top, 0) } },
    DDR_SETTING: word(0x1c),
    TGEN_HWIDTH: width(0x20, top),
    TGEN_HPORCH: porch(0x24, top),
    TGEN_VWIDTH: width(0x28, top),
    TGEN_VPORCH: porch(0x2c, top),
    FIFO_CTRL: word(0x3c),
    STATUS: { addr: 0x40, fields: { OUTEN: bit(17, 'ro'), BUSY: bit(16, 'ro') } },
    TMODE: word(0x44),
    TGEN_VWIDTH_LEVEN: width(0x68, top),
    TGEN_VPORCH_LEVEN: porch(0x6c, top),
    TGEN_VWIDTH_RODD: width(0x70, top),
    TGEN_VPORCH_RODD: porch(0x74, top),
    TGEN_VWIDTH_REVEN: width(0x78, top),
    TGEN_VPORCH_REVEN: porch(0x7c, top),
    Y_LIMIT: word(0x98),
    C_LIMIT: word(0x9c),
    YUV422_SETTING: word(0xa0),
    MATRIX_SET: word(0xb4),
    H_FRE_CON: word(0xe0),
  });

/** Those of DPI. */
export const DPI = map(12);
/** Those of DP_INTF. */
export const DP_INTF = map(15);
