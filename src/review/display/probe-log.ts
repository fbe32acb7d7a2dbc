// What the kernel's log has of the probe of one mmsys.
import { ERRNO } from '../../base/errno.js';
import type { KernelLine } from '../../drivers/mtk-drm/walk.js';
import type { MmsysForecast } from './result.js';

/** With these a probe ends without a word of the driver core (facts: OF graphs, 4.6). */
const UNTOLD: ReadonlySet<number> = new Set([-ERRNO.ENXIO, -ERRNO.ENODEV, -ERRNO.EPROBE_DEFER]);

/** The driver's own lines, and the driver core's word on a probe that failed. */
export function probeLog({ messages, hang, probeRet }: MmsysForecast): readonly KernelLine[] {
  if (hang || probeRet === 0 || UNTOLD.has(probeRet)) return messages;
  return [...messages, { level: 'err', text: `probe with driver mediatek-drm failed with error ${probeRet}` }];
}
