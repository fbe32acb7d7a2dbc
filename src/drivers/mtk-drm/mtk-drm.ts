// The MediaTek display: every driver that takes part, for a bench or a catalogue.
import type { Driver } from '../../core/device.js';
import { ddpCompDrivers } from './mtk-ddp-comp.js';
import { mtkDispOvlAdaptor } from './mtk-disp-ovl-adaptor.js';
import { mtkDpi } from './mtk-dpi.js';
import { mediatekDrm } from './mtk-drm-drv.js';
import { mtkDsi } from './mtk-dsi.js';
import { mtkMmsys } from './mtk-mmsys.js';
import { mtkMutex } from './mtk-mutex.js';

/** The drivers, in an order in which they may be registered; any other does as well. */
export const mtkDrmDrivers: readonly Driver[] = [
  mtkMmsys,
  mtkMutex,
  mediatekDrm,
  mtkDispOvlAdaptor,
  ...ddpCompDrivers,
  mtkDsi,
  mtkDpi,
];
