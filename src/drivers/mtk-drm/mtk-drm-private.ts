// What a mediatek-drm device knows of its mmsys, and which devices share one display (Linux: struct mtk_drm_private).
import type { Device } from '../../core/device.js';
import type { DrmDevice } from '../../core/drm.js';
import type { DtNode } from '../../dt/tree.js';
import type { CrtcPlan, MmsysGroup, MmsysMember } from './mmsys-group.js';

/** A display, from before its components are bound to after they are unbound. */
export interface MtkDisplay {
  readonly drm: DrmDevice;
  /** Takes all of it down. */
  readonly down: () => Promise<void>;
}

/** A mediatek-drm device that takes part in a display. */
export class MtkDrmPrivate {
  readonly dev: Device;
  readonly member: MmsysMember;
  readonly group: MmsysGroup;
  /** All CRTCs of the display, not only those of this mmsys. */
  readonly plans: readonly CrtcPlan[];
  /** Its components are all there. */
  bound = false;
  display: MtkDisplay | undefined;

  constructor(dev: Device, member: MmsysMember, group: MmsysGroup, plans: readonly CrtcPlan[]) {
    this.dev = dev;
    this.member = member;
    this.group = group;
    this.plans = plans;
  }
}

/** The mediatek-drm devices of a machine that take part in a display, by their mmsys. */
export class MtkDrm {
  readonly privates = new Map<DtNode, MtkDrmPrivate>();
}
