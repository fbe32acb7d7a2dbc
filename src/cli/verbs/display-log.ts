// The kernel's log of a forecast as dmesg shows it.
import type { KernelLine } from '../../drivers/mtk-drm/walk.js';
import { alignRows } from '../text-table.js';

/** The number in the device's name is given out at registration: no tree tells it. */
const DEVICE = 'mediatek-drm mediatek-drm.N.auto: ';
/** Said by the code of device graphs, not by this device. */
const NOT_OURS = /^non endpoint node is used/;

/** The lines with their levels, under a heading; nothing for none. Debug lines only when wanted. */
export function logLines(messages: readonly KernelLine[], verbose: boolean): string[] {
  const told = messages.filter(({ level }) => verbose || level !== 'dbg');
  if (told.length === 0) return [];
  const rows = told.map(({ level, text }) => [level, `${NOT_OURS.test(text) ? '' : DEVICE}${text}`]);
  return ['  kernel log', ...alignRows(rows, '    ')];
}
