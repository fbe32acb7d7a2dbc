// CRTCs: pipelines that a program switches on, gives pictures, and switches off (Linux: drm/drm_crtc.h,
// drm_atomic_helper.c). A commit is checked first, then done; it ends with an event.
import { SysError } from '../base/errno.js';
import type { Device } from './device.js';
import { type DrmEncoder, drmBridgeChain, type DrmMode, drmModeMistake } from './drm-bridge.js';
import { DrmPendingEvent } from './drm-event.js';
import type { DrmFramebuffer } from './drm-framebuffer.js';
import { DrmPlane, type DrmPlaneSpec, planeState, type DrmPlaneUpdate } from './drm-plane.js';
import { DrmVblank, type DrmVblankEvent, type DrmVblankOps } from './drm-vblank.js';
import { Mutex } from './mutex.js';

/** What a driver does for its CRTC (Linux: drm_crtc_helper_funcs, drm_plane_helper_funcs). */
export interface DrmCrtcOps extends DrmVblankOps {
  /** The output that shows its picture, if any is connected. */
  readonly encoder: () => DrmEncoder | undefined;
  /** Why a mode cannot be shown; undefined: it can. */
  readonly modeValid: (mode: DrmMode) => string | undefined;
  /** Switches the pipeline on, without a picture, and vblank. What it throws has left nothing on. */
  readonly atomicEnable: (mode: DrmMode) => void | Promise<void>;
  /** Switches vblank and the pipeline off. What it throws has left nothing on, as far as registers can be reached. */
  readonly atomicDisable: () => void | Promise<void>;
  /**
   * Takes the states of these planes to the hardware, and sends the event when they are on the screen. What it throws
   * ends the event.
   */
  readonly atomicFlush: (planes: readonly DrmPlane[], event: DrmPendingEvent) => void | Promise<void>;
}

/** What a CRTC is. One without `ops` is only told of: it cannot be switched on, for the reason `whyNot`. */
export interface DrmCrtcSpec {
  /** From 0, in the order of their making; the bit in an encoder's `possibleCrtcs`. */
  readonly index: number;
  /** The driver's name of the pipeline: `main`. */
  readonly name: string;
  /** The blocks that it goes through, by name, in order. */
  readonly components: readonly string[];
  /** From below; the first is the primary one. */
  readonly planeSpecs?: readonly DrmPlaneSpec[];
  readonly ops?: DrmCrtcOps;
  readonly whyNot?: string;
}

const NO_VBLANK: DrmVblankOps = { enableVblank: () => undefined, disableVblank: () => undefined };

/** One display pipeline. */
export class DrmCrtc implements DrmCrtcSpec {
  readonly index: number;
  readonly name: string;
  readonly components: readonly string[];
  readonly planes: readonly DrmPlane[];
  readonly vblank: DrmVblank;
  readonly #dev: Device;
  readonly #ops: DrmCrtcOps | undefined;
  readonly #whyNot: string;
  /** One commit after the other. */
  readonly #lock = new Mutex();
  #mode: DrmMode | undefined;
  #event: DrmPendingEvent | undefined;
  /** What a commit that waits for its turn will show. */
  #coming: readonly DrmFramebuffer[] = [];
  /** What the screen may still show until an event. */
  readonly #leaving = new Set<DrmFramebuffer>();
  #isGone = false;

  constructor(dev: Device, spec: DrmCrtcSpec) {
    this.#dev = dev;
    this.index = spec.index;
    this.name = spec.name;
    this.components = spec.components;
    this.planes = (spec.planeSpecs ?? []).map((plane, index) => new DrmPlane(index, plane));
    this.#ops = spec.ops;
    this.#whyNot = spec.whyNot ?? 'its driver has no operations for it';
    this.vblank = new DrmVblank(dev, spec.ops ?? NO_VBLANK, this.#who);
  }

  /** The mode that it shows; undefined while it is off. */
  get mode(): DrmMode | undefined {
    return this.#mode;
  }

  /** Whether a picture is on the screen, or on its way there or from there. */
  shows(fb: DrmFramebuffer): boolean {
    return this.planes.some(({ state }) => state?.fb === fb) || this.#leaving.has(fb) || this.#coming.includes(fb);
  }

  /**
   * Switches on in a mode, with a picture or black (Linux: drmModeSetCrtc). In the mode that it has already it only
   * changes the picture. It answers when that is on the screen. EINVAL: mode or picture cannot be shown; ENOSPC: the
   * picture is too small; ENOENT: it was given back; EBUSY: a commit is not on the screen yet; ETIMEDOUT: it never
   * came; EOPNOTSUPP: the driver cannot switch this CRTC on. It is off after what went wrong on the way there, and on,
   * maybe with another picture, after what went wrong with the picture.
   */
  async enable(mode: DrmMode, fb?: DrmFramebuffer): Promise<DrmVblankEvent> {
    const ops = this.#usable();
    const why = drmModeMistake(mode) ?? ops.modeValid(mode);
    if (why !== undefined) throw this.#dev.error('EINVAL', `${this.#who}: ${why}`, 'commit');
    this.#checkCovers(mode, fb);
    const touched = this.planes.filter(({ index, state }) => index === 0 || state !== undefined);
    const updates = touched.map(({ index }) => ({ plane: index, fb: index === 0 ? fb : undefined }));
    return this.#commit(updates, mode, async () => {
      if (this.#mode !== undefined && !sameMode(this.#mode, mode)) await this.#off(ops);
      if (this.#mode === undefined) await this.#on(ops, mode);
    });
  }

  /**
   * Shows another picture, of the same format, in the primary plane (Linux: drmModePageFlip). It answers when it is on
   * the screen. Errors as `enable`; EBUSY also while it shows no picture.
   */
  async pageFlip(fb: DrmFramebuffer): Promise<DrmVblankEvent> {
    this.#usable();
    const old = this.planes[0]?.state?.fb;
    if (old === undefined || this.#mode === undefined)
      throw this.#dev.error('EBUSY', `${this.#who} has no picture to flip`, 'commit');
    if (old.format !== fb.format)
      throw this.#dev.error('EINVAL', `a flip goes from ${old.format} to ${old.format}, not ${fb.format}`, 'commit');
    this.#checkCovers(this.#mode, fb);
    return this.#commit([{ plane: 0, fb }], this.#mode);
  }

  /** Changes several planes with one vblank (Linux: drmModeAtomicCommit). Those not named stay. Errors as `enable`. */
  async commit(updates: readonly DrmPlaneUpdate[]): Promise<DrmVblankEvent> {
    this.#usable();
    if (this.#mode === undefined) throw this.#dev.error('EINVAL', `${this.#who} is off`, 'commit');
    return this.#commit(updates, this.#mode);
  }

  /** Waits for what is on its way to the screen, and switches off. */
  async disable(): Promise<void> {
    const ops = this.#usable();
    await this.#event?.done.catch(() => undefined);
    await this.#lock.run(() => this.#off(ops));
  }

  /** The next vblank. EINVAL: it is off; ETIMEDOUT: none came in time; ECANCELED: switched off meanwhile. */
  waitVblank(): Promise<DrmVblankEvent> {
    return this.vblank.wait();
  }

  /** Switches off without waiting for a picture and for good: the device goes (Linux: drm_atomic_helper_shutdown). */
  async shutdown(): Promise<void> {
    this.#isGone = true;
    this.#event?.fail(this.#dev.error('ENODEV', `${this.#who} is gone`, 'commit'));
    const ops = this.#ops;
    if (ops !== undefined) await this.#lock.run(() => this.#off(ops));
  }

  get #who(): string {
    return `CRTC:${this.index}:${this.name}`;
  }

  #usable(): DrmCrtcOps {
    if (this.#isGone) throw this.#dev.error('ENODEV', `${this.#who} is gone`, 'commit');
    if (this.#ops !== undefined) return this.#ops;
    throw this.#dev.error('EOPNOTSUPP', `${this.#who} cannot be switched on: ${this.#whyNot}`, 'commit');
  }

  #checkCovers({ hdisplay, vdisplay }: DrmMode, fb: DrmFramebuffer | undefined): void {
    if (fb !== undefined && this.planes.length === 0)
      throw this.#dev.error('EINVAL', `${this.#who} has no plane for a picture`, 'commit');
    if (fb === undefined || (fb.width >= hdisplay && fb.height >= vdisplay)) return;
    const text = `a framebuffer of ${fb.width}x${fb.height} does not cover a screen of ${hdisplay}x${vdisplay}`;
    throw this.#dev.error('ENOSPC', text, 'commit');
  }

  /** Everything is checked when this returns; a picture larger than the screen shows its left upper part. */
  #commit(
    updates: readonly DrmPlaneUpdate[],
    mode: DrmMode,
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<DrmVblankEvent> {
    const ops = this.#usable();
    const states = updates.map((update) => {
      const plane = this.planes[update.plane];
      if (plane === undefined) throw this.#dev.error('EINVAL', `no plane ${update.plane}`, 'commit');
      return { plane, state: planeState(this.#dev, plane, plane.index === 0 ? cut(update, mode) : update, mode) };
    });
    if (this.#event?.pending === true)
      throw this.#dev.error('EBUSY', `${this.#who}: the commit before is not on the screen yet`, 'commit');
    const event = new DrmPendingEvent(this.#dev, this.vblank);
    this.#event = event;
    this.#coming = states.flatMap(({ state }) => state?.fb ?? []);
    return this.#lock
      .run(async () => {
        try {
          await before();
          event.begin(this.#who);
          this.#leave();
          for (const { plane, state } of states) plane.state = state;
          this.#coming = [];
          if (event.pending)
            await ops.atomicFlush(
              states.map(({ plane }) => plane),
              event,
            );
        } catch (e) {
          this.#coming = [];
          if (e instanceof SysError) event.fail(e);
          throw e;
        }
      })
      .then(() => this.#ended(event));
  }

  /** What is shown now goes; what a commit before could not replace may be there still. */
  #leave(): void {
    for (const { state } of this.planes) if (state !== undefined) this.#leaving.add(state.fb);
  }

  async #ended(event: DrmPendingEvent): Promise<DrmVblankEvent> {
    const seen = await event.done;
    if (this.#event === event) this.#leaving.clear();
    return seen;
  }

  async #on(ops: DrmCrtcOps, mode: DrmMode): Promise<void> {
    const encoder = ops.encoder();
    if (encoder !== undefined) await drmBridgeChain(encoder, 'modeSet', mode);
    await ops.atomicEnable(mode);
    this.#mode = mode;
    if (encoder === undefined) return;
    try {
      await drmBridgeChain(encoder, 'preEnable', mode);
      await drmBridgeChain(encoder, 'enable', mode);
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      await this.#off(ops).catch((worse: unknown) => {
        if (!(worse instanceof SysError)) throw worse;
      });
      throw e;
    }
  }

  /** All of it, whatever fails; then the first failure goes up. */
  async #off(ops: DrmCrtcOps): Promise<void> {
    const mode = this.#mode;
    if (mode === undefined) return;
    this.#mode = undefined;
    const encoder = ops.encoder();
    const failures: SysError[] = [];
    const attempt = async (step: () => void | Promise<void>): Promise<void> => {
      try {
        await step();
      } catch (e) {
        if (!(e instanceof SysError)) throw e;
        failures.push(e);
      }
    };
    if (encoder !== undefined) {
      await attempt(() => drmBridgeChain(encoder, 'disable', mode));
      await attempt(() => drmBridgeChain(encoder, 'postDisable', mode));
    }
    this.#leave();
    for (const plane of this.planes) plane.state = undefined;
    await attempt(() => ops.atomicDisable());
    this.#leaving.clear();
    if (failures[0] !== undefined) throw failures[0];
  }
}

/** A framebuffer may be larger than the screen. */
function cut(update: DrmPlaneUpdate, { hdisplay, vdisplay }: DrmMode): DrmPlaneUpdate {
  const { fb, width, height } = update;
  if (fb === undefined || width !== undefined || height !== undefined) return update;
  return { ...update, width: Math.min(fb.width, hdisplay), height: Math.min(fb.height, vdisplay) };
}

function sameMode(a: DrmMode, b: DrmMode): boolean {
  return (Object.keys(a) as (keyof DrmMode)[]).every((key) => a[key] === b[key]);
}
