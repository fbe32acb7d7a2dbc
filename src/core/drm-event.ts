// The event with which a commit ends (Linux: struct drm_pending_vblank_event).
import { type Duration, s, type Timer } from '../base/clock.js';
import type { SysError } from '../base/errno.js';
import type { Device } from './device.js';
import type { DrmVblank, DrmVblankEvent } from './drm-vblank.js';

/** How long a flip may take (Linux: drm_atomic_helper_wait_for_flip_done). */
const FLIP_LIMIT: Duration = s(10);

/** The two ends of a promise. */
interface Settle {
  readonly ok: (event: DrmVblankEvent) => void;
  readonly no: (error: unknown) => void;
}

/** A commit that is not on the screen yet. It keeps the vblank interrupt on. Ends once; whoever comes later is late. */
export class DrmPendingEvent {
  /** When the commit is on the screen, or why it will not be told. */
  readonly done: Promise<DrmVblankEvent>;
  readonly #dev: Device;
  readonly #vblank: DrmVblank;
  #timer: Timer | undefined;
  #holdsVblank = false;
  #settle: Settle | undefined;

  constructor(dev: Device, vblank: DrmVblank) {
    this.#dev = dev;
    this.#vblank = vblank;
    this.done = new Promise((ok, no) => {
      this.#settle = { ok, no };
    });
    // Whoever waits hears of it; nobody has to wait.
    this.done.catch(() => undefined);
  }

  get pending(): boolean {
    return this.#settle !== undefined;
  }

  /** The commit is on its way: the interrupt goes on, and the time runs. ETIMEDOUT, in `done`, when it is over. */
  begin(who: string): void {
    if (!this.pending) return;
    this.#vblank.get();
    this.#holdsVblank = true;
    this.#timer = this.#dev.clock.after(FLIP_LIMIT, () => {
      this.#dev.err(`[drm] *ERROR* [${who}] flip_done timed out`);
      this.fail(this.#dev.error('ETIMEDOUT', `${who}: flip_done timed out after ${FLIP_LIMIT / s(1)} s`, 'commit'));
    });
  }

  /** It is on the screen with the vblank that was last (Linux: drm_crtc_send_vblank_event). In interrupt context. */
  send(): void {
    const settle = this.#end();
    settle?.ok({ sequence: this.#vblank.last.sequence, timestamp: this.#dev.clock.now() });
  }

  /** It never will be told. */
  fail(error: SysError): void {
    this.#end()?.no(error);
  }

  #end(): Settle | undefined {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#timer?.cancel();
    if (this.#holdsVblank) this.#vblank.put();
    this.#holdsVblank = false;
    return settle;
  }
}
