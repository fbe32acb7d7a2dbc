// Vertical blanking: counted, waited for, and switched on only while somebody wants it (Linux: drm/drm_vblank.h).
import { assert } from '../base/assert.js';
import { type Duration, type Instant, ms, s, type Timer } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Device } from './device.js';
import { WaitQueue } from './wait.js';

/** One vertical blanking: which, and when its interrupt came. */
export interface DrmVblankEvent {
  /** Counts from 1 and never starts again. */
  readonly sequence: number;
  readonly timestamp: Instant;
}

/** How a driver switches the interrupt of a CRTC. May be called in interrupt context. */
export interface DrmVblankOps {
  readonly enableVblank: () => void;
  readonly disableVblank: () => void;
}

/** How long the interrupt stays on after the last who wanted it (Linux: drm_vblank_offdelay). */
const OFF_DELAY: Duration = s(5);
/** How long one vblank is waited for (Linux: drm_wait_one_vblank). */
const WAIT: Duration = ms(100);

/** The vertical blanking of one CRTC. */
export class DrmVblank {
  readonly #dev: Device;
  readonly #ops: DrmVblankOps;
  readonly #who: string;
  readonly #queue = new WaitQueue();
  #isOn = false;
  #enabled = false;
  #references = 0;
  #offTimer: Timer | undefined;
  #last: DrmVblankEvent = { sequence: 0, timestamp: 0 };

  /** `who` is how messages call the CRTC. */
  constructor(dev: Device, ops: DrmVblankOps, who: string) {
    this.#dev = dev;
    this.#ops = ops;
    this.#who = who;
  }

  /** The last one whose interrupt came; sequence 0 before the first. */
  get last(): DrmVblankEvent {
    return this.#last;
  }

  /** Vblanks can be had from now on (Linux: drm_crtc_vblank_on). */
  on(): void {
    assert(!this.#isOn, `${this.#who}: vblank switched on twice`);
    this.#isOn = true;
  }

  /**
   * No more of them; who waits is told (Linux: drm_crtc_vblank_off). It throws what the driver throws, and is off all
   * the same.
   */
  off(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    this.#offTimer?.cancel();
    this.#offTimer = undefined;
    this.#references = 0;
    const enabled = this.#enabled;
    this.#enabled = false;
    this.#queue.wake();
    if (enabled) this.#ops.disableVblank();
  }

  /** Keeps the interrupt on until `put` (Linux: drm_crtc_vblank_get). EINVAL: the CRTC is off. */
  get(): void {
    if (!this.#isOn) throw this.#dev.error('EINVAL', `${this.#who} is off: there is no vblank`, 'vblank');
    this.#offTimer?.cancel();
    this.#offTimer = undefined;
    if (!this.#enabled) this.#ops.enableVblank();
    this.#enabled = true;
    this.#references++;
  }

  /** Five seconds after the last `put` the interrupt goes off. */
  put(): void {
    if (this.#references === 0) return; // Switched off meanwhile, and all references with it.
    this.#references--;
    if (this.#references > 0) return;
    this.#offTimer = this.#dev.clock.after(OFF_DELAY, () => {
      this.#offTimer = undefined;
      this.#disable();
    });
  }

  /** The interrupt came (Linux: drm_crtc_handle_vblank). */
  handle(): void {
    if (!this.#enabled) return;
    this.#last = { sequence: this.#last.sequence + 1, timestamp: this.#dev.clock.now() };
    this.#queue.wake();
  }

  /** Waits for the next one. ETIMEDOUT when it has not come in time; ECANCELED: switched off meanwhile. */
  async wait(limit: Duration = WAIT): Promise<DrmVblankEvent> {
    this.get();
    const before = this.#last.sequence;
    const look = (): DrmVblankEvent | 'off' | undefined => {
      if (!this.#isOn) return 'off';
      return this.#last.sequence > before ? this.#last : undefined;
    };
    const seen = await this.#queue.wait(look, { clock: this.#dev.clock, limit });
    if (seen === 'off') throw this.#dev.error('ECANCELED', `${this.#who} was switched off`, 'vblank');
    this.put();
    if (seen === 'timeout')
      throw this.#dev.error('ETIMEDOUT', `no vblank of ${this.#who} within ${limit / ms(1)} ms`, 'vblank');
    return seen;
  }

  /** A register that cannot be reached is told; interrupts that come all the same are not counted. */
  #disable(): void {
    this.#enabled = false;
    try {
      this.#ops.disableVblank();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.#dev.err(`${this.#who}: the vblank interrupt stays on: ${e.message}`);
    }
  }
}
