// The kernel's log of a forecast as dmesg shows it.
import { ERRNO } from '../../base/errno.js';
import type { KernelLine } from '../../drivers/mtk-drm/walk.js';
import type { MmsysForecast } from '../../review/display/result.js';
import { alignRows } from '../text-table.js';

/** With these a probe ends without a word of the driver core (facts: OF graphs, 4.6). */
const UNTOLD: ReadonlySet<number> = new Set([-ERRNO.ENXIO, -ERRNO.ENODEV, -ERRNO.EPROBE_DEFER]);

/** What the log has of one mmsys: the driver's own lines, and the driver core's word on a probe that failed. */
export function probeLog({ messages, hang, probeRet }: MmsysForecast): readonly KernelLine[] {
  if (hang || probeRet === 0 || UNTOLD.has(probeRet)) return messages;
  return [...messages, { level: 'err', text: `probe with driver mediatek-drm failed with error ${probeRet}` }];
}

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
