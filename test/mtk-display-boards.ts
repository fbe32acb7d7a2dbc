// Boards for tests of MediaTek's display: which blocks, where, and how Linux leads the main path.
import type { MtkDisplaySoc } from '../src/chips/mtk-display/mtk-display.js';

type Board = Readonly<Record<string, readonly [compatible: string, addr: number, irq: number]>>;

const MT8173: Board = {
  MMSYS0: ['mt8173-mmsys', 0x14000000, 0],
  OVL0: ['mt8173-disp-ovl', 0x1400c000, 180],
  OVL1: ['mt8173-disp-ovl', 0x1400d000, 181],
  RDMA0: ['mt8173-disp-rdma', 0x1400e000, 182],
  RDMA1: ['mt8173-disp-rdma', 0x1400f000, 183],
  COLOR0: ['mt8173-disp-color', 0x14013000, 187],
  COLOR1: ['mt8173-disp-color', 0x14014000, 188],
  AAL0: ['mt8173-disp-aal', 0x14015000, 189],
  GAMMA0: ['mt8173-disp-gamma', 0x14016000, 190],
  UFOE0: ['mt8173-disp-ufoe', 0x1401a000, 191],
  DSI0: ['mt8173-dsi', 0x1401b000, 192],
  DPI0: ['mt8173-dpi', 0x1401d000, 194],
  MUTEX0: ['mt8173-disp-mutex', 0x14020000, 169],
  OD0: ['mt8173-disp-od', 0x14023000, 0],
  GCE0: ['mt8173-gce', 0x10212000, 135],
};

const MT8183: Board = {
  MMSYS0: ['mt8183-mmsys', 0x14000000, 0],
  OVL0: ['mt8183-disp-ovl', 0x14008000, 225],
  OVL_2L0: ['mt8183-disp-ovl-2l', 0x14009000, 226],
  OVL_2L1: ['mt8183-disp-ovl-2l', 0x1400a000, 227],
  RDMA0: ['mt8183-disp-rdma', 0x1400b000, 228],
  RDMA1: ['mt8183-disp-rdma', 0x1400c000, 229],
  COLOR0: ['mt8183-disp-color", "mediatek,mt8173-disp-color', 0x1400e000, 231],
  CCORR0: ['mt8183-disp-ccorr', 0x1400f000, 232],
  AAL0: ['mt8183-disp-aal', 0x14010000, 233],
  GAMMA0: ['mt8183-disp-gamma', 0x14011000, 234],
  DITHER0: ['mt8183-disp-dither', 0x14012000, 235],
  DSI0: ['mt8183-dsi', 0x14014000, 236],
  DPI0: ['mt8183-dpi', 0x14015000, 237],
  MUTEX0: ['mt8183-disp-mutex', 0x14016000, 217],
  GCE0: ['mt8183-gce', 0x10238000, 162],
};

/** What else there is beside the main path. */
const BESIDE: Readonly<Record<Exclude<MtkDisplaySoc, 'mt8173' | 'mt8183'>, readonly string[]>> = {
  mt8186: ['OVL_2L0', 'RDMA1', 'DPI0', 'GCE0'],
  mt8188: ['DSC0', 'MERGE0', 'DSI0', 'GCE0', 'GCE1'],
  mt8192: ['OVL_2L2', 'RDMA4', 'DPI0', 'GCE0'],
  mt8195: ['DSI0', 'DSI1', 'GCE0', 'GCE1'],
  mt8365: ['RDMA1', 'DPI0'],
};

/** The main path of a SoC: blocks in order, and the registers of MMSYS and mutex 0 that lead and start them. */
export interface MainPath {
  readonly path: readonly string[];
  readonly mmsys: readonly (readonly [offset: number, value: number])[];
  readonly sof: number;
  readonly mod: number;
}

const mods = (...all: readonly number[]): number => all.reduce((sum, mod) => sum + 2 ** mod, 0);
const IMPROVE = ['COLOR0', 'CCORR0', 'AAL0', 'GAMMA0'];

/** What Linux 6.12 writes for the paths that it has built in. */
export const MAIN_PATHS: Readonly<Record<MtkDisplaySoc, MainPath>> = {
  mt8173: {
    path: ['OVL0', 'COLOR0', 'AAL0', 'OD0', 'RDMA0', 'UFOE0', 'DSI0'],
    mmsys: [
      [0x040, 1],
      [0x084, 1],
      [0x048, 1],
      [0x050, 1],
    ],
    sof: 1,
    mod: mods(11, 13, 18, 20, 22, 25),
  },
  mt8183: {
    path: ['OVL0', 'OVL_2L0', 'RDMA0', ...IMPROVE, 'DITHER0', 'DSI0'],
    mmsys: [
      [0xf00, 0x10],
      [0xf04, 1],
      [0xf24, 1],
      [0xf50, 1],
      [0xf0c, 1],
    ],
    sof: 0x41,
    mod: mods(0, 9, 10, 13, 14, 15, 16, 17),
  },
  mt8186: {
    path: ['OVL0', 'RDMA0', ...IMPROVE, 'POSTMASK0', 'DITHER0', 'DSI0'],
    mmsys: [
      [0xf18, 1],
      [0xf04, 1],
      [0xf0c, 1],
      [0xf20, 1],
      [0xf30, 1],
    ],
    sof: 0x41,
    mod: mods(0, 2, 4, 5, 7, 8, 9, 10),
  },
  mt8188: {
    path: ['OVL0', 'RDMA0', ...IMPROVE, 'POSTMASK0', 'DITHER0', 'DP_INTF0'],
    mmsys: [
      [0xf14, 1],
      [0xf4c, 3],
      [0xf58, 7],
    ],
    sof: 0x183,
    mod: mods(0, 2, 3, 4, 5, 6, 7, 24),
  },
  mt8192: {
    path: ['OVL0', 'OVL_2L0', 'RDMA0', ...IMPROVE, 'POSTMASK0', 'DITHER0', 'DSI0'],
    mmsys: [
      [0xf04, 6],
      [0xf18, 1],
      [0xf2c, 3],
      [0xf30, 1],
      [0xf34, 1],
      [0xf38, 1],
      [0xf3c, 1],
      [0xf40, 1],
    ],
    sof: 0x41,
    mod: mods(0, 1, 2, 4, 5, 6, 7, 8, 9),
  },
  mt8195: {
    path: ['OVL0', 'RDMA0', ...IMPROVE, 'DITHER0', 'DSC0', 'MERGE0', 'DP_INTF0'],
    mmsys: [
      [0xf14, 1],
      [0xf34, 0x1000],
      [0xf38, 0x2100],
    ],
    sof: 0x183,
    mod: mods(0, 2, 3, 4, 5, 6, 7, 9, 20),
  },
  mt8365: {
    path: ['OVL0', 'RDMA0', ...IMPROVE, 'DITHER0', 'DSI0'],
    mmsys: [
      [0xf3c, 1],
      [0xf4c, 1],
      [0xf50, 1],
      [0xf68, 1],
    ],
    sof: 0x41,
    mod: mods(7, 9, 12, 13, 14, 15, 16),
  },
};

/** The board of a SoC; addresses and interrupts are real for MT8173 and MT8183, counted for the others. */
export function displayBoard(soc: MtkDisplaySoc): Board {
  if (soc === 'mt8173') return MT8173;
  if (soc === 'mt8183') return MT8183;
  const names = ['MMSYS0', 'MUTEX0', ...MAIN_PATHS[soc].path, ...BESIDE[soc]];
  return Object.fromEntries(
    names.map((name, n) => [name, [compatibleOf(soc, name.slice(0, -1)), 0x1400_0000 + n * 0x1000, 100 + n]]),
  );
}

function compatibleOf(soc: MtkDisplaySoc, kind: string): string {
  if (kind === 'MMSYS') return soc === 'mt8188' || soc === 'mt8195' ? `${soc}-vdosys0` : `${soc}-mmsys`;
  if (kind === 'DSI' && soc === 'mt8192') return 'mt8183-dsi';
  if (kind === 'DSI' && soc === 'mt8365') return 'mt8365-dsi", "mediatek,mt8183-dsi';
  if (kind === 'DPI' && soc === 'mt8365') return 'mt8365-dpi", "mediatek,mt8192-dpi';
  if (['DSI', 'DPI', 'DP_INTF', 'GCE'].includes(kind)) return `${soc}-${kind.toLowerCase().replace('_', '-')}`;
  const block = kind.toLowerCase().replace('_', '-');
  const older = OLDER[soc]?.[block];
  return `${soc}-disp-${block}${older === undefined ? '' : `", "mediatek,${older}-disp-${block}`}`;
}

/** What the devicetrees of later SoCs name beside their own. */
const OLDER: Readonly<Partial<Record<MtkDisplaySoc, Readonly<Record<string, string>>>>> = {
  mt8188: {
    ovl: 'mt8195',
    rdma: 'mt8195',
    color: 'mt8173',
    ccorr: 'mt8192',
    aal: 'mt8183',
    gamma: 'mt8195',
    dither: 'mt8183',
    postmask: 'mt8192',
    dsc: 'mt8195',
    merge: 'mt8195',
  },
  mt8365: {
    ovl: 'mt8192',
    rdma: 'mt8183',
    color: 'mt8173',
    ccorr: 'mt8183',
    aal: 'mt8183',
    gamma: 'mt8183',
    dither: 'mt8183',
  },
};

/** The tree: all interrupts low-active, as on MT8173 and MT8183. */
export function displaySource(soc: MtkDisplaySoc): string {
  const blocks = Object.entries(displayBoard(soc)).map(([name, [compatible, addr, irq]]) => {
    const interrupts = irq === 0 ? '' : `interrupts = <0 ${irq} 8>;`;
    const at = addr.toString(16);
    return `${name}: b${at}@${at} { compatible = "mediatek,${compatible}"; reg = <0x${at} 0x1000>; ${interrupts} };`;
  });
  const aliases = Object.keys(displayBoard(soc)).filter((name) => /^(OVL|RDMA)/.test(name));
  const lines = aliases.map((name) => `${name.toLowerCase().replace('_', '-')} = &${name};`);
  return `/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;
    aliases { ${lines.join(' ')} };
    gic: gic { interrupt-controller; #interrupt-cells = <3>; };
    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x20000000>; };
    cpu@1000 { compatible = "x,cpu"; reg = <0x1000 4>; };
    ${blocks.join('\n')} };`;
}
