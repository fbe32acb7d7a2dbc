// Components whose programming is a few rows of registers: sizes, relay or bypass, on and off (Linux 6.12:
// mtk_disp_color.c, _ccorr.c, _aal.c, _gamma.c, mtk_ddp_comp.c).
//
// Gaps: colour matrices and gamma tables are left as they are; MERGE is not here.
import type { DdpComp, DdpSize } from './ddp-comp.js';
import { CPU, type DdpWindow, type DdpWriter } from './ddp-write.js';
import { AAL, bit, COLOR, COLOR_BITS, DISP, DISP_BITS, DITHER, UFOE, UFOE_BITS } from './regs.js';

/** A register and what to write. */
type Row = readonly [offset: number, value: number | ((size: DdpSize) => number)];

/** The programming of a block. */
interface Rows {
  readonly config?: readonly Row[];
  /** Rows that dithering to fewer bits per colour adds: the bits of CFG that switch it on. */
  readonly dithers?: number;
  readonly start?: readonly Row[];
  readonly stop?: readonly Row[];
}

/** Bits per colour inside the path, and the fewest that dithering knows (Linux: MTK_MAX_BPC, MTK_MIN_BPC). */
export const MAX_BPC = 10;
const MIN_BPC = 3;

const size = ({ width, height }: DdpSize): number => width * bit(16) + height;
const lacking = ({ bpc }: DdpSize): number => (MAX_BPC - bpc) & 7;

const ON: readonly Row[] = [[DISP.EN, 1]];
const OFF: readonly Row[] = [[DISP.EN, 0]];
const RELAYED: readonly Row[] = [
  [DISP.SIZE, size],
  [DISP.CFG, DISP_BITS.RELAY_MODE],
];

const DITHERED: readonly Row[] = [
  [DITHER.D5, 0],
  [DITHER.D7, 0],
  [DITHER.D15, (s) => lacking(s) * (bit(28) + bit(20)) + 1],
  [DITHER.D16, (s) => lacking(s) * (bit(28) + bit(20) + bit(12) + bit(4))],
];

const color = (start: number): Rows => ({
  config: [
    [start + COLOR.WIDTH, ({ width }) => width],
    [start + COLOR.HEIGHT, ({ height }) => height],
  ],
  start: [
    [COLOR.CFG_MAIN, COLOR_BITS.BYPASS_ALL + COLOR_BITS.SEQ_SEL],
    [start, 1],
  ],
});
const CCORR: Rows = {
  config: [
    [DISP.SIZE, size],
    [DISP.CFG, DISP_BITS.ENGINE_EN],
  ],
  start: ON,
  stop: OFF,
};
const AAL_ROWS: Rows = {
  config: [
    [DISP.SIZE, size],
    [AAL.OUTPUT_SIZE, size],
  ],
  start: ON,
  stop: OFF,
};
const GAMMA: Rows = { config: [[DISP.SIZE, size]], start: ON, stop: OFF };
const DITHER_ROWS: Rows = { config: RELAYED, dithers: DISP_BITS.ENGINE_EN, start: ON, stop: OFF };

/** By compatible: those with drivers of their own, and those that the display's driver maps itself. */
const BLOCKS: Readonly<Record<string, Rows>> = {
  'mediatek,mt2701-disp-color': color(COLOR.START_MT2701),
  'mediatek,mt8167-disp-color': color(COLOR.START_MT8167),
  'mediatek,mt8173-disp-color': color(COLOR.START_MT8173),
  'mediatek,mt8183-disp-ccorr': CCORR,
  'mediatek,mt8192-disp-ccorr': CCORR,
  'mediatek,mt8173-disp-aal': AAL_ROWS,
  'mediatek,mt8183-disp-aal': AAL_ROWS,
  'mediatek,mt8173-disp-gamma': { ...GAMMA, dithers: DISP_BITS.DITHERING },
  'mediatek,mt8183-disp-gamma': GAMMA,
  'mediatek,mt8195-disp-gamma': GAMMA,
  'mediatek,mt8167-disp-dither': DITHER_ROWS,
  'mediatek,mt8183-disp-dither': DITHER_ROWS,
  'mediatek,mt8173-disp-od': { config: RELAYED, dithers: DISP_BITS.DITHERING, start: ON },
  'mediatek,mt8192-disp-postmask': { config: RELAYED, start: ON, stop: OFF },
  'mediatek,mt8173-disp-ufoe': { start: [[UFOE.START, UFOE_BITS.BYPASS]] },
};

/** The component for a compatible; undefined where no rows are known. */
export function rowsComp(compatible: string, window: DdpWindow): DdpComp | undefined {
  const rows = BLOCKS[compatible];
  if (rows === undefined) return undefined;
  return {
    config: (writer, to) => {
      put(rows.config ?? [], writer, window, to);
      const { dithers } = rows;
      if (dithers === undefined || to.bpc < MIN_BPC) return;
      put([...DITHERED, [DISP.CFG, dithers]], writer, window, to);
    },
    start: () => put(rows.start ?? [], CPU, window),
    stop: () => put(rows.stop ?? [], CPU, window),
  };
}

const NO_SIZE: DdpSize = { width: 0, height: 0, bpc: 0 };

function put(rows: readonly Row[], writer: DdpWriter, window: DdpWindow, to: DdpSize = NO_SIZE): void {
  for (const [offset, value] of rows) writer.write(window, offset, typeof value === 'number' ? value : value(to));
}
