// What a mediatek-drm device knows of its mmsys, and which devices share one display (Linux: struct mtk_drm_private).
import type { Device } from '../../core/device.js';
import type { DrmDevice } from '../../core/drm.js';
import type { DrmCrtc } from '../../core/drm-crtc.js';
import type { DtNode } from '../../dt/tree.js';
import type { DdpComp } from './ddp-comp.js';
import type { CrtcPlan, MmsysGroup, MmsysMember } from './mmsys-group.js';

/** A display, from before its components are bound to after they are unbound. */
export interface MtkDisplay {
  readonly drm: DrmDevice;
  /** Takes all of it down. */
  readonly down: () => Promise<void>;
}

/** What a user may choose. */
export interface MtkDrmOptions {
  /**
   * Who writes the registers of a CRTC without shadow registers. `auto`, the default: a GCE where the tree gives one;
   * `off`: always the processor.
   */
  readonly cmdq?: 'auto' | 'off';
}

/** A mediatek-drm device that takes part in a display. */
export class MtkDrmPrivate {
  readonly dev: Device;
  readonly member: MmsysMember;
  readonly group: MmsysGroup;
  /** All CRTCs of the display, not only those of this mmsys. */
  readonly plans: readonly CrtcPlan[];
  /** Components without drivers of their own, by number. */
  readonly mapped: ReadonlyMap<number, DdpComp>;
  readonly options: MtkDrmOptions;
  /** Its components are all there. */
  bound = false;
  display: MtkDisplay | undefined;

  constructor(
    dev: Device,
    member: MmsysMember,
    group: MmsysGroup,
    plans: readonly CrtcPlan[],
    mapped: ReadonlyMap<number, DdpComp>,
    options: MtkDrmOptions,
  ) {
    this.dev = dev;
    this.member = member;
    this.group = group;
    this.plans = plans;
    this.mapped = mapped;
    this.options = options;
  }

  /** What a CRTC works with for a component of this mmsys; undefined: nobody knows how to program it. */
  compOf(id: number): DdpComp | undefined {
    const sibling = this.member.siblings.components.get(id);
    if (sibling === undefined) return undefined;
    if (!sibling.type.operations) return {};
    // The drivers of components keep there what a CRTC needs, and nothing else.
    const own = this.dev.core.deviceOf(sibling.node)?.drvdata as DdpComp | undefined;
    return sibling.type.ownDriver ? own : this.mapped.get(id);
  }
}

/** Who takes a commit of a CRTC to its registers. */
export interface MtkCrtcWay {
  /**
   * `gce`: a packet, at the end of the frame; `cpu`: the processor, in the interrupt at the end of the frame; `shadow`:
   * the processor at once, and the hardware takes it over with the next frame.
   */
  readonly by: 'gce' | 'cpu' | 'shadow';
  /** Why it is not the GCE, in words; undefined where it is, or where there is nothing to it. */
  readonly why?: string;
}

/** The mediatek-drm devices of a machine that take part in a display, by their mmsys, and how its CRTCs are written. */
export class MtkDrm {
  readonly privates = new Map<DtNode, MtkDrmPrivate>();
  readonly ways = new Map<DrmCrtc, MtkCrtcWay>();
}
