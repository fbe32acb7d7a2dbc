// Power of a device while the machine runs: who needs it counts, and without anybody it sleeps after a while (Linux:
// linux/pm_runtime.h).
//
// Differences from Linux:
// rpm-L1  What is still awake when its driver goes is put to sleep; references that are left are told. In Linux the
//         device stays as it is.
//
// Gaps: the callbacks are plain calls, so what must sleep in order to wake has no place here yet; parents and suppliers
// are not woken along.
import { assert } from '../base/assert.js';
import type { Duration, Instant, Timer } from '../base/clock.js';
import { SysError } from '../base/errno.js';
import type { Device } from './device.js';

/** What a driver does when nobody needs its device, and when somebody does again. */
export interface RuntimePmOps {
  /** A SysError keeps the device awake. */
  readonly suspend: () => void;
  /** A SysError goes to who wanted to use the device. */
  readonly resume: () => void;
}

/** The power states of one machine's devices. */
class RuntimePm {
  readonly states = new Map<Device, PowerState>();
}

/** Where one device stands. */
class PowerState {
  readonly #dev: Device;
  readonly #ops: RuntimePmOps;
  readonly #delay: Duration;
  usage = 0;
  active = false;
  /** The machine sleeps: nobody wakes the device by asking (Linux: pm_runtime_disable). */
  disabled = false;
  /** It was in use when the machine went to sleep. */
  needsResume = false;
  #lastBusy: Instant = 0;
  #timer: Timer | undefined;

  constructor(dev: Device, ops: RuntimePmOps, delay: Duration) {
    this.#dev = dev;
    this.#ops = ops;
    this.#delay = delay;
  }

  markLastBusy(): void {
    this.#lastBusy = this.#dev.clock.now();
  }

  resume(): void {
    this.cancel();
    if (this.active) return;
    this.#traced('rpm_resume', () => this.#ops.resume());
    this.active = true;
  }

  /** A driver that cannot is told in the log, and its device stays awake. */
  suspend(): void {
    this.cancel();
    if (!this.active) return;
    try {
      this.#traced('rpm_suspend', () => this.#ops.suspend());
      this.active = false;
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.#dev.err(`runtime suspend failed: ${e.message}`);
    }
  }

  /** Sleeps when nobody needs it and the delay since it was last busy is over; otherwise looks again then. */
  idle(): void {
    if (this.usage > 0 || !this.active || this.disabled) return;
    const wait = this.#lastBusy + this.#delay - this.#dev.clock.now();
    if (wait <= 0) return this.suspend();
    this.#timer ??= this.#dev.clock.after(wait, () => {
      this.#timer = undefined;
      this.idle();
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #traced(kind: 'rpm_suspend' | 'rpm_resume', run: () => void): void {
    const { trace, path } = this.#dev;
    try {
      run();
      trace.emit(path, { kind, usage: this.usage, ret: 0 });
    } catch (e) {
      if (e instanceof SysError) trace.emit(path, { kind, usage: this.usage, ret: e.errno });
      throw e;
    }
  }
}

/**
 * Lets a device sleep while nobody needs it, until unbind; it sleeps at first. `autosuspend` is how long it waits for
 * more work (Linux: devm_pm_runtime_enable, pm_runtime_set_autosuspend_delay).
 */
export function devmPmRuntimeEnable(dev: Device, ops: RuntimePmOps, autosuspend: Duration = 0): void {
  const { states } = dev.core.subsystem(RuntimePm);
  assert(!states.has(dev), `${dev.path}: runtime PM enabled twice`);
  const state = new PowerState(dev, ops, autosuspend);
  states.set(dev, state);
  dev.scope.defer(() => {
    if (state.usage > 0) dev.err(`runtime PM: ${state.usage} reference(s) left`);
    state.suspend();
    states.delete(dev);
  });
}

/**
 * Needs the device and wakes it (Linux: pm_runtime_resume_and_get). On an error there is nothing to put. EACCES: it
 * has no runtime PM, or the machine sleeps.
 */
export function pmRuntimeResumeAndGet(dev: Device): void {
  const state = stateOf(dev);
  if (state === undefined || (state.disabled && !state.active))
    throw dev.error('EACCES', state === undefined ? 'has no runtime PM' : 'the machine sleeps', 'runtime PM');
  state.usage++;
  try {
    state.resume();
  } catch (e) {
    state.usage--;
    throw e;
  }
}

/** Needs it no more; it sleeps after its delay (Linux: pm_runtime_put_autosuspend). One put too many is a Bug. */
export function pmRuntimePutAutosuspend(dev: Device): void {
  const state = put(dev);
  state.markLastBusy();
  state.idle();
}

/** Needs it no more; when nobody does it sleeps at once (Linux: pm_runtime_put_sync_suspend). */
export function pmRuntimePutSync(dev: Device): void {
  const state = put(dev);
  if (state.usage === 0 && !state.disabled) state.suspend();
}

/** Starts the delay anew (Linux: pm_runtime_mark_last_busy). */
export function pmRuntimeMarkLastBusy(dev: Device): void {
  stateOf(dev)?.markLastBusy();
}

/** True while the device is awake; one without runtime PM always is. */
export function pmRuntimeActive(dev: Device): boolean {
  return stateOf(dev)?.active ?? true;
}

/** How many need the device now. */
export function pmRuntimeUsage(dev: Device): number {
  return stateOf(dev)?.usage ?? 0;
}

/** For a driver's `suspend`: sleeps whoever needs it; what was in use wakes with the machine. */
export function pmRuntimeForceSuspend(dev: Device): void {
  const state = enabledState(dev);
  state.disabled = true;
  state.needsResume = state.active && state.usage > 0;
  state.suspend();
}

/** For a driver's `resume` (Linux: pm_runtime_force_resume). */
export function pmRuntimeForceResume(dev: Device): void {
  const state = enabledState(dev);
  state.disabled = false;
  if (state.needsResume) state.resume();
  state.needsResume = false;
  state.idle();
}

function stateOf(dev: Device): PowerState | undefined {
  return dev.core.subsystem(RuntimePm).states.get(dev);
}

function enabledState(dev: Device): PowerState {
  const state = stateOf(dev);
  assert(state !== undefined, `${dev.path}: no runtime PM`);
  return state;
}

function put(dev: Device): PowerState {
  const state = enabledState(dev);
  assert(state.usage > 0, `${dev.path}: runtime PM usage count underflow`);
  state.usage--;
  return state;
}
