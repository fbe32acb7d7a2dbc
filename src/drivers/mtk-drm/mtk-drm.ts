// The MediaTek display: every driver that takes part, for a bench or a catalogue.
import type { DeviceCore, Driver } from '../../core/device.js';
import type { DrmCrtc } from '../../core/drm-crtc.js';
import { ddpCompDrivers } from './mtk-ddp-comp.js';
import { mtkDispOvlAdaptor } from './mtk-disp-ovl-adaptor.js';
import { mtkDpi } from './mtk-dpi.js';
import { mediatekDrmDriver } from './mtk-drm-drv.js';
import { type MtkCrtcWay, MtkDrm, type MtkDrmOptions } from './mtk-drm-private.js';
import { mtkDsi } from './mtk-dsi.js';
import { mtkMmsys } from './mtk-mmsys.js';
import { mtkMutex } from './mtk-mutex.js';

export type { MtkCrtcWay, MtkDrmOptions } from './mtk-drm-private.js';

/** Who writes the registers of a CRTC; undefined for one that this display cannot switch on, or of another driver. */
export function mtkCrtcWay(core: DeviceCore, crtc: DrmCrtc): MtkCrtcWay | undefined {
  return core.subsystem(MtkDrm).ways.get(crtc);
}

/** The drivers, in an order in which they may be registered; any other does as well. */
export function mtkDrm(options: MtkDrmOptions = {}): readonly Driver[] {
  return [mtkMmsys, mtkMutex, mediatekDrmDriver(options), mtkDispOvlAdaptor, ...ddpCompDrivers, mtkDsi, mtkDpi];
}

/** The drivers as they are without options. */
export const mtkDrmDrivers: readonly Driver[] = mtkDrm();
