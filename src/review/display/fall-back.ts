// Which compatible string to put behind that of a newer SoC, so that the display driver knows the block.
import { matchMmsys } from '../../drivers/mtk-drm/component.js';
import type { DisplayRules } from '../../drivers/mtk-drm/rules.js';
import { COMPATIBLES } from '../../drivers/mtk-drm/tables.js';
import { suggestion } from '../../dt/suggestion.js';
import type { DtNode } from '../../dt/tree.js';

/** What the trees of v7.1 put behind a newer SoC's own string most often, by block. */
const USUAL: Readonly<Record<string, string>> = {
  'disp-aal': 'mt8183',
  'disp-ccorr': 'mt8192',
  'disp-color': 'mt8173',
  'disp-dither': 'mt8183',
  'disp-dsc': 'mt8195',
  'disp-gamma': 'mt8183',
  'disp-merge': 'mt8195',
  'disp-od': 'mt8173',
  'disp-ovl': 'mt8192',
  'disp-ovl-2l': 'mt8192',
  'disp-rdma': 'mt8183',
  'disp-ufoe': 'mt8173',
  'disp-wdma': 'mt8173',
  dpi: 'mt8192',
  dsi: 'mt8183',
};

/** A string of MediaTek's, by SoC and block: `mediatek,mt8195-disp-aal`. */
const OWN = /^mediatek,(mt\d+)-(.+)$/i;

/**
 * The string of an older SoC for the same block: that of the mmsys's own SoC, the usual one, or the newest. Undefined
 * when no SoC has such a block, or when the string itself is one that later kernels know.
 */
export function fallBack(device: DtNode, mmsys: DtNode): string | undefined {
  for (const word of device.compatible) {
    const block = OWN.exec(word)?.[2]?.toLowerCase();
    const found = block === undefined || isLater(word) ? undefined : ofBlock(block, mmsys);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The string that was meant by one with a misspelt block: one word of its name is like that of a block we know. */
export function misspelt(device: DtNode, mmsys: DtNode): string | undefined {
  for (const word of device.compatible) {
    const [, soc = '', block = ''] = OWN.exec(word.toLowerCase()) ?? [];
    const meant = BLOCKS.find((known) => isLike(block, known));
    if (meant === undefined) continue;
    const corrected = ROWS.find(({ compatible }) => compatible === `mediatek,${soc}-${meant}`);
    return corrected?.compatible ?? ofBlock(meant, mmsys);
  }
  return undefined;
}

const ROWS = COMPATIBLES.filter(({ since, type }) => since === undefined && type !== 'DISP_MUTEX');
const BLOCKS = [...new Set(ROWS.flatMap(({ compatible }) => OWN.exec(compatible)?.[2] ?? []))];

/** All words are the same but one, of which two letters have changed places, or a third of the letters is wrong. */
function isLike(block: string, known: string): boolean {
  const [words, others] = [block.split('-'), known.split('-')];
  const odd = words.flatMap((word, i) => (word === others[i] ? [] : [[word, others[i] ?? ''] as const]));
  const [one] = odd;
  if (one === undefined || odd.length > 1 || words.length !== others.length) return false;
  const letters = one.map((word) => [...word].toSorted().join(''));
  return letters[0] === letters[1] || suggestion(one[0], [one[1]]) !== '';
}

function ofBlock(block: string, mmsys: DtNode): string | undefined {
  const rows = ROWS.filter(({ compatible }) => OWN.exec(compatible)?.[2] === block);
  const has = (soc: string | undefined): string | undefined =>
    rows.find(({ compatible }) => compatible === `mediatek,${soc}-${block}`)?.compatible;
  const soc = OWN.exec(matchMmsys(mmsys)?.compatible ?? '')?.[1];
  return (
    has(soc) ??
    has(USUAL[block]) ??
    rows
      .map(({ compatible }) => compatible)
      .toSorted()
      .at(-1)
  );
}

/** Whether a string stands in the tables of later kernels only. */
export function isLater(word: string, tables: DisplayRules['tables'] = 'v6.12'): boolean {
  const row = COMPATIBLES.find(({ compatible }) => compatible === word.toLowerCase());
  return row?.since !== undefined && row.since !== tables;
}
