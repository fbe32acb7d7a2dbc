// The blocks that improve a picture, as far as they matter for whether it comes through: a table. Offsets and bits from
// Linux's mtk_ddp_comp.c, mtk_disp_color.c, mtk_disp_ccorr.c, mtk_disp_aal.c, mtk_disp_gamma.c and mtk_disp_merge.c
// (v5.0 to v6.12).
import { bit, bits, type Field, type Reg, type Registers, registers } from '../../base/regs.js';

/** One kind of block. */
export interface RelayKind {
  readonly name: string;
  readonly compatible: readonly string[];
  readonly regs: Registers;
  /** The block works while one of these bits of the register is set. */
  readonly enable: { readonly reg: Reg; readonly mask: number };
  /** Where software says how large the picture is; undefined for a block that does not ask. */
  readonly width?: { readonly reg: Reg; readonly field: string };
  readonly height?: { readonly reg: Reg; readonly field: string };
  /** Tables in the window: first byte and length. */
  readonly ram?: readonly [from: number, bytes: number];
}

const word = (addr: number): { addr: number; fields: { V: Field } } => ({ addr, fields: { V: bits(31, 0) } });
const en = { addr: 0x00, fields: { EN: bit(0) } };
/** RELAY_MODE passes the picture untouched; so does the model without it. */
const cfg = { addr: 0x20, fields: { HIGH: bits(31, 3), BIT2: bit(2), ENGINE_EN: bit(1), RELAY_MODE: bit(0) } };
/** Linux wrote CCORR's the other way round until "drm/mediatek: Fix ccorr size config" put it right. */
const size = { addr: 0x30, fields: { HSIZE: bits(28, 16), VSIZE: bits(12, 0) } };
const ditherTable = {
  DITHER_5: word(0x114),
  DITHER_7: word(0x11c),
  DITHER_15: word(0x13c),
  DITHER_16: word(0x140),
};
const COLOR = registers({
  CFG_MAIN: { addr: 0x400, fields: { SEQ_SEL: bit(13), ALL_BYPASS: bit(7), LOW: bits(6, 0) } },
  START: { addr: 0xc00, fields: { DISP_COLOR_START: bit(0), HIGH: bits(2, 1) } },
  WIDTH: { addr: 0xc50, fields: { WIDTH: bits(13, 0) } },
  HEIGHT: { addr: 0xc54, fields: { HEIGHT: bits(13, 0) } },
});
const CCORR = registers({
  EN: en,
  CFG: cfg,
  SIZE: size,
  COEF_0: word(0x80),
  COEF_1: word(0x84),
  COEF_2: word(0x88),
  COEF_3: word(0x8c),
  COEF_4: word(0x90),
});
const AAL = registers({ EN: en, CFG: cfg, SIZE: size, OUTPUT_SIZE: { ...size, addr: 0x4d8 } });
const GAMMA = registers({ EN: en, CFG: cfg, SIZE: size, BANK: word(0x100), ...ditherTable });
const DITHER = registers({ EN: en, CFG: cfg, SIZE: size, ...ditherTable });
const OD = registers({ EN: en, CFG: cfg, SIZE: size, ...ditherTable });
const POSTMASK = registers({ EN: en, CFG: cfg, SIZE: size });
/** START 1 compresses, BYPASS passes. */
const UFOE = registers({ START: { addr: 0x00, fields: { BYPASS: bit(2), LR_EN: bit(1), START: bit(0) } } });

/** BYPASS passes the picture; without it the model does, too. */
const DSC = registers({
  CON: { addr: 0x00, fields: { UFOE_SEL: bit(16), BYPASS: bit(4), DUAL_INOUT: bit(2), EN: bit(0) } },
});
const area = (addr: number) => ({ addr, fields: { HEIGHT: bits(31, 16), WIDTH: bits(15, 0) } });
/** CFG_0 and CFG_1 are the two halves that come in, CFG_4 is what goes out; the model has one input. */
const MERGE = registers({
  CTRL: { addr: 0x000, fields: { EN: bit(0) } },
  CFG_0: area(0x010),
  CFG_1: area(0x014),
  CFG_4: area(0x020),
  CFG_10: { addr: 0x038, fields: { SWAP_MODE: bits(4, 0) } },
  CFG_12: { addr: 0x040, fields: { MERGE_MODE: bits(4, 0) } },
  CFG_24: area(0x070),
  CFG_25: area(0x074),
  CFG_26: area(0x078),
  CFG_27: area(0x07c),
  CFG_36: { addr: 0x0a0, fields: { PREULTRA_EN: bit(4), ULTRA_EN: bit(0) } },
  CFG_37: { addr: 0x0a4, fields: { BUFFER_MODE: bits(1, 0) } },
  CFG_40: area(0x0b0),
  CFG_41: area(0x0b4),
  MUTE_0: { addr: 0xf00, fields: { MUTE: bit(0) } },
});

const SIZED = (map: typeof AAL | typeof CCORR | typeof GAMMA | typeof DITHER | typeof OD | typeof POSTMASK) => ({
  regs: map,
  enable: { reg: map.EN, mask: 1 },
  width: { reg: map.SIZE, field: 'HSIZE' },
  height: { reg: map.SIZE, field: 'VSIZE' },
});
const socs = (block: string, ...names: readonly string[]): string[] =>
  names.map((name) => `mediatek,${name}-disp-${block}`);

/** All of them. */
export const RELAYS: readonly RelayKind[] = [
  {
    name: 'mtk-disp-color',
    compatible: socs('color', 'mt8195', 'mt8192', 'mt8186', 'mt8183', 'mt8173'),
    regs: COLOR,
    enable: { reg: COLOR.START, mask: 1 },
    width: { reg: COLOR.WIDTH, field: 'WIDTH' },
    height: { reg: COLOR.HEIGHT, field: 'HEIGHT' },
  },
  { name: 'mtk-disp-ccorr', compatible: socs('ccorr', 'mt8195', 'mt8192', 'mt8186', 'mt8183'), ...SIZED(CCORR) },
  {
    name: 'mtk-disp-aal',
    compatible: socs('aal', 'mt8195', 'mt8192', 'mt8186', 'mt8183', 'mt8173'),
    ...SIZED(AAL),
    ram: [0x700, 0x800],
  },
  {
    name: 'mtk-disp-gamma',
    compatible: socs('gamma', 'mt8195', 'mt8192', 'mt8186', 'mt8183', 'mt8173'),
    ...SIZED(GAMMA),
    ram: [0x700, 0x900],
  },
  { name: 'mtk-disp-dither', compatible: socs('dither', 'mt8195', 'mt8192', 'mt8186', 'mt8183'), ...SIZED(DITHER) },
  { name: 'mtk-disp-od', compatible: socs('od', 'mt8173'), ...SIZED(OD) },
  { name: 'mtk-disp-postmask', compatible: socs('postmask', 'mt8192', 'mt8188', 'mt8186'), ...SIZED(POSTMASK) },
  {
    name: 'mtk-disp-ufoe',
    compatible: socs('ufoe', 'mt8173'),
    regs: UFOE,
    enable: { reg: UFOE.START, mask: 0x5 },
  },
  {
    name: 'mtk-disp-dsc',
    compatible: socs('dsc', 'mt8195'),
    regs: DSC,
    enable: { reg: DSC.CON, mask: 0x1 },
  },
  {
    name: 'mtk-disp-merge',
    compatible: socs('merge', 'mt8195'),
    regs: MERGE,
    enable: { reg: MERGE.CTRL, mask: 0x1 },
    width: { reg: MERGE.CFG_4, field: 'WIDTH' },
    height: { reg: MERGE.CFG_4, field: 'HEIGHT' },
  },
];
