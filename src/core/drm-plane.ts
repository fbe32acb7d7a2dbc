// Planes: the layers that a CRTC puts on top of each other (Linux: drm/drm_plane.h). No scaling, no rotation.
import type { Errno } from '../base/errno.js';
import type { Device } from './device.js';
import type { DrmMode } from './drm-bridge.js';
import { DRM_FORMATS, type DrmFormat } from './drm-fourcc.js';
import type { DrmFramebuffer } from './drm-framebuffer.js';

/** What a plane is for. */
export type DrmPlaneType = 'primary' | 'overlay' | 'cursor';

/** What a plane shows: a part of a framebuffer at a place of the screen, in pixels (Linux: struct drm_plane_state). */
export interface DrmPlaneState {
  readonly fb: DrmFramebuffer;
  /** Left upper corner on the screen. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Left upper corner in the framebuffer. */
  readonly srcX: number;
  readonly srcY: number;
}

/** What a plane shall show. Without a place it is the screen's corner, without a size all of the framebuffer. */
export interface DrmPlaneUpdate extends Partial<Omit<DrmPlaneState, 'fb'>> {
  /** Index of the plane; 0 is the lowest, the primary one. */
  readonly plane: number;
  /** Undefined: nothing. */
  readonly fb: DrmFramebuffer | undefined;
}

/** What a driver says of a plane. */
export interface DrmPlaneSpec {
  readonly type: DrmPlaneType;
  readonly formats: readonly DrmFormat[];
}

/** One layer. */
export class DrmPlane {
  /** Its number, which is its place from below. */
  readonly index: number;
  readonly type: DrmPlaneType;
  readonly formats: readonly DrmFormat[];
  /** What was committed last; undefined: nothing. Set by the CRTC. */
  state: DrmPlaneState | undefined;

  constructor(index: number, spec: DrmPlaneSpec) {
    this.index = index;
    this.type = spec.type;
    this.formats = spec.formats;
  }
}

/**
 * The state that an update asks for. ENOENT: the picture was given back; ENOSPC: it has no such part; EINVAL: its
 * format or place cannot be. A part beyond the screen is refused, which Linux cuts off.
 */
export function planeState(
  dev: Device,
  plane: DrmPlane,
  update: DrmPlaneUpdate,
  mode: DrmMode,
): DrmPlaneState | undefined {
  const { fb, x = 0, y = 0, srcX = 0, srcY = 0 } = update;
  if (fb === undefined) return undefined;
  const { width = fb.width - srcX, height = fb.height - srcY } = update;
  const refuse = (why: string, code: Errno = 'EINVAL'): never => {
    throw dev.error(code, `plane ${plane.index}: ${why}`, 'commit');
  };
  if (fb.freed) refuse('the framebuffer was given back', 'ENOENT');
  if (!plane.formats.includes(fb.format)) refuse(`no ${fb.format}, only ${plane.formats.join(', ')}`);
  const what = `${width}x${height} pixels`;
  if (!fits(srcX, width, fb.width) || !fits(srcY, height, fb.height))
    refuse(`${what} at ${srcX},${srcY} are not inside the framebuffer of ${fb.width}x${fb.height}`, 'ENOSPC');
  if (!fits(x, width, mode.hdisplay) || !fits(y, height, mode.vdisplay))
    refuse(`${what} at ${x},${y} are not inside the screen of ${mode.hdisplay}x${mode.vdisplay}`);
  if (DRM_FORMATS[fb.format].isYuv && srcX % 2 !== 0) refuse(`${fb.format} has pairs of pixels, ${srcX} is odd`);
  return { fb, x, y, width, height, srcX, srcY };
}

/** True for whole pixels, at least one, within `[0, most)`. */
function fits(from: number, count: number, most: number): boolean {
  return Number.isInteger(from) && Number.isInteger(count) && from >= 0 && count >= 1 && from + count <= most;
}
