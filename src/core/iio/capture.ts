// Turning the buffers of a device on and off, and filling them (Linux: iio_update_buffers, iio_push_to_buffers of
// industrialio-buffer.c). The device captures the channels that any buffer wants; each buffer gets its own.
import { assert, Bug } from '../../base/assert.js';
import { putU64le } from '../../base/bytes.js';
import { SysError } from '../../base/errno.js';
import type { Undo } from '../../base/scope.js';
import type { Device } from '../device.js';
import type { IioBuffer } from './buffer.js';
import type { IioChanSpec } from './channel.js';
import { type ScanLayout, scanLayout } from './scan.js';
import type { IioPollFunc, IioTrigger } from './trigger.js';
import { Mutex } from '../mutex.js';
import { Ratelimit } from '../ratelimit.js';

/** What a driver is asked before and after capturing starts and stops. */
export type CaptureHook = 'preenable' | 'postenable' | 'predisable' | 'postdisable';

/** What a capture stands on. */
export interface CaptureParts {
  readonly dev: Device;
  /** Channels that can be captured, in the order of a scan. */
  readonly channels: readonly IioChanSpec[];
  hook(which: CaptureHook): void | Promise<void>;
  /** Captures one scan of the active channels and pushes it. */
  handler(timestampNs: number): Promise<void>;
}

const NOTHING: ScanLayout = scanLayout([]);

/** The buffers of one device that are enabled, and what is captured for them. */
export class IioCapture {
  /** Held while buffers, their settings or the trigger change (Linux: mlock). */
  readonly lock: Mutex = new Mutex();
  readonly #parts: CaptureParts;
  readonly #buffers = new Map<IioBuffer, ScanLayout>();
  readonly #errors: Ratelimit;
  /** The enabled buffers once more, for the fast way. */
  #targets: readonly IioBuffer[] = [];
  #active = NOTHING;
  #trigger: IioTrigger | undefined;
  #closed = false;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
    this.#errors = new Ratelimit(parts.dev.clock);
  }

  /** What says when to capture. EBUSY: it does so now. */
  get trigger(): IioTrigger | undefined {
    return this.#trigger;
  }

  set trigger(trigger: IioTrigger | undefined) {
    if (this.running) throw this.#parts.dev.error('EBUSY', 'the trigger of a device that captures', 'iio');
    this.#trigger = trigger;
  }

  /** Whether a buffer is enabled, or about to be. */
  get running(): boolean {
    return this.#buffers.size > 0;
  }

  /** The channels that are captured, in the order of a scan. */
  get activeScan(): readonly IioChanSpec[] {
    return this.#active.channels;
  }

  /** False when the device is gone. */
  get registered(): boolean {
    return !this.#closed;
  }

  /**
   * Enables a buffer; those that are enabled stop for a moment. EINVAL: it has no channel but the time, or the device
   * has no trigger; ENODEV: the device is gone. When a start fails, no buffer is enabled any more, as in Linux.
   */
  attach(buffer: IioBuffer): Promise<void> {
    return this.lock.run(async () => {
      if (this.#closed) throw this.#parts.dev.error('ENODEV', 'the device is gone', 'iio');
      if (buffer.enabled) return;
      this.#verify(buffer);
      const own = buffer.prepare();
      try {
        await this.#restart(() => this.#buffers.set(buffer, own));
      } catch (e) {
        buffer.release();
        throw e;
      }
    });
  }

  /** Disables a buffer; the others stop for a moment. What is in it can still be read. */
  detach(buffer: IioBuffer): Promise<void> {
    return this.lock.run(async () => {
      if (!this.#buffers.has(buffer)) return;
      try {
        await this.#restart(() => this.#buffers.delete(buffer));
      } finally {
        buffer.release();
      }
    });
  }

  /** Disables everything for good. Throws what stopping throws. */
  close(): Promise<void> {
    return this.lock.run(async () => {
      this.#closed = true;
      try {
        await this.#disable();
      } finally {
        this.#releaseAll();
      }
    });
  }

  /**
   * Gives a scan to all buffers. It begins with the active channels' bytes as `scan.ts` lays them out; the time
   * is written into it where they have one.
   */
  push(scan: Uint8Array, timestampNs: number): void {
    const { bytes, timestampAt } = this.#active;
    // Not by assert: the text would be made each time.
    if (scan.length < bytes) throw new Bug(`a scan of ${scan.length} bytes, not ${bytes}`);
    if (timestampAt >= 0) putU64le(scan, timestampAt, timestampNs);
    const targets = this.#targets;
    for (let i = 0; i < targets.length; i++) (targets[i] as IioBuffer).push(scan);
  }

  #verify(buffer: IioBuffer): void {
    assert(
      buffer.channels.every((chan) => this.#parts.channels.includes(chan)),
      'a buffer of another device',
    );
    if (buffer.channels.every(({ type }) => type === 'timestamp'))
      throw this.#parts.dev.error('EINVAL', 'At least one scan element must be enabled first', 'buffer');
    this.#needTrigger();
  }

  #needTrigger(): IioTrigger {
    if (this.#trigger === undefined) throw this.#parts.dev.error('EINVAL', 'Buffer not started: no trigger', 'buffer');
    return this.#trigger;
  }

  /** Stops, changes the set of buffers, and starts again. A failure leaves none enabled. */
  async #restart(change: () => void): Promise<void> {
    try {
      await this.#disable();
      change();
      if (this.#buffers.size > 0) await this.#enable();
    } catch (e) {
      this.#releaseAll();
      throw e;
    }
  }

  #releaseAll(): void {
    for (const buffer of this.#buffers.keys()) buffer.release();
    this.#buffers.clear();
  }

  async #enable(): Promise<void> {
    const trigger = this.#needTrigger();
    this.#connect();
    const undo: Undo[] = [() => this.#disconnect()];
    try {
      await this.#parts.hook('preenable');
      undo.push(() => this.#parts.hook('postdisable'));
      await trigger.attach(this.#pollFunc);
      undo.push(() => trigger.detach(this.#pollFunc));
      await this.#parts.hook('postenable');
    } catch (e) {
      for (const failure of await failures(undo.reverse())) this.#parts.dev.err(`cleanup: ${failure.message}`);
      throw e;
    }
  }

  /** Goes through all steps, and throws the first failure afterwards, as Linux. */
  async #disable(): Promise<void> {
    if (this.#active === NOTHING) return;
    const [failure] = await failures([
      () => this.#parts.hook('predisable'),
      () => this.#trigger?.detach(this.#pollFunc),
      () => this.#parts.hook('postdisable'),
      () => this.#disconnect(),
    ]);
    if (failure !== undefined) throw failure;
  }

  #connect(): void {
    const wanted = new Set([...this.#buffers.values()].flatMap(({ channels }) => channels));
    this.#active = scanLayout(this.#parts.channels.filter((chan) => wanted.has(chan)));
    for (const [buffer, own] of this.#buffers) buffer.connect(this.#active, own);
    this.#targets = [...this.#buffers.keys()];
  }

  #disconnect(): void {
    this.#active = NOTHING;
    this.#targets = [];
  }

  /** A scan that cannot be captured is left out; the log says so now and then, and the stream goes on. */
  readonly #pollFunc: IioPollFunc = async (timestampNs) => {
    try {
      await this.#parts.handler(timestampNs);
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      const suppressed = this.#errors.pass();
      if (suppressed === undefined) return;
      this.#parts.dev.err(`no scan: ${e.message}${suppressed > 0 ? `, and ${suppressed} before it` : ''}`);
    }
  };
}

/** Does all steps and answers what failed. */
async function failures(steps: readonly Undo[]): Promise<readonly SysError[]> {
  const failed: SysError[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      failed.push(e);
    }
  }
  return failed;
}
