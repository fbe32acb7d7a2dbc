// Buffers of captured scans (Linux: linux/iio/buffer.h, industrialio-buffer.c): which channels one buffer wants, and
// the scans it has got. capture.ts turns buffers on and off and fills them.
import { assert } from '../../base/assert.js';
import type { Duration } from '../../base/clock.js';
import type { Device } from '../device.js';
import type { IioChanSpec } from './channel.js';
import { ScanFifo } from './kfifo.js';
import { type ScanCopy, type ScanLayout, scanDemux, scanLayout } from './scan.js';
import { WaitQueue } from '../wait.js';

/** What a buffer asks of the device whose scans it takes; an IioDevice is one. */
export interface IioBufferSource {
  readonly parent: Device;
  /** Channels that can be captured, in the order of a scan. */
  readonly scanChannels: readonly IioChanSpec[];
  /** False from the unbind on. */
  readonly registered: boolean;
}

/** How a wait for scans ended: they are there, the time was over, or no more will come. */
export type IioBufferWait = 'ready' | 'timeout' | 'disabled';

/** A buffer: the one behind the device's file, or one that a program of the bench attaches beside it. */
export class IioBuffer {
  /** Woken when there is more to read, and when none will come. */
  readonly waiting: WaitQueue = new WaitQueue();
  readonly #source: IioBufferSource;
  readonly #mask = new Set<IioChanSpec>();
  #length = 2;
  #watermark = 1;
  #enabled = false;
  #fifo: ScanFifo | undefined;
  #demux: readonly ScanCopy[] | undefined;
  #overflows = 0;

  constructor(indio: IioBufferSource) {
    this.#source = indio;
  }

  /** Whether the device fills it, or is about to. Channels, length and watermark then stay as they are (EBUSY). */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** Scans that are kept; Linux's fifo rounds up to a power of two. At least 2. */
  get length(): number {
    return this.#length;
  }

  set length(scans: number) {
    if (scans === this.#length) return;
    this.#refuseEnabled('length');
    this.#length = Math.max(scans, 2);
    this.#watermark = Math.min(this.#watermark, this.#length);
  }

  /** Scans for which a reader of the device's file waits. EINVAL: 0, or more than the length. */
  get watermark(): number {
    return this.#watermark;
  }

  set watermark(scans: number) {
    if (scans < 1 || scans > this.#length) {
      const what = `a watermark of ${scans} with a length of ${this.#length}`;
      throw this.#source.parent.error('EINVAL', what, 'buffer');
    }
    this.#refuseEnabled('watermark');
    this.#watermark = scans;
  }

  /** Chooses a channel, or no longer. EINVAL: no channel that can be captured has this scan index. */
  setChannel(scanIndex: number, on: boolean): void {
    const chan = this.#source.scanChannels.find((each) => each.scanIndex === scanIndex);
    if (chan === undefined) throw this.#source.parent.error('EINVAL', `no scan index ${scanIndex}`, 'buffer');
    this.#refuseEnabled('channels');
    if (on) this.#mask.add(chan);
    else this.#mask.delete(chan);
  }

  /** Whether a channel is chosen. */
  hasChannel(scanIndex: number): boolean {
    return this.channels.some((chan) => chan.scanIndex === scanIndex);
  }

  /** The chosen channels in the order of a scan. */
  get channels(): readonly IioChanSpec[] {
    return this.#source.scanChannels.filter((chan) => this.#mask.has(chan));
  }

  /** Size of a scan of the chosen channels. */
  get bytesPerScan(): number {
    return scanLayout(this.channels).bytes;
  }

  /** Size of the scans that are in it: those of the channels that it was last enabled with. 0 before that. */
  get storedBytesPerScan(): number {
    return this.#fifo?.bytesPerScan ?? 0;
  }

  /** Scans that can be read now. */
  get dataAvailable(): number {
    return this.#fifo?.count ?? 0;
  }

  /** Scans that found the buffer full and were lost, since it was last enabled. */
  get overflows(): number {
    return this.#overflows;
  }

  /** Takes what there is, as whole scans, at once. What a disabled buffer still has can be read. */
  read(maxBytes: number): Uint8Array {
    return this.#fifo?.take(maxBytes) ?? new Uint8Array(0);
  }

  /** Whether a number of scans is there; more than fit count as all that fit, and any from a disabled buffer as one. */
  has(scans: number): boolean {
    const most = this.#enabled ? (this.#fifo?.capacity ?? 0) : 1;
    return this.dataAvailable >= Math.min(scans, most);
  }

  /**
   * Waits until it `has` a number of scans: 'ready'. 'disabled': it is disabled or becomes so and is empty, or its
   * device is gone.
   */
  wait(scans: number, limit?: Duration): Promise<IioBufferWait> {
    const { clock } = this.#source.parent;
    return this.waiting.wait(() => this.#look(scans), limit === undefined ? undefined : { clock, limit });
  }

  /** Makes room and takes note of the channels, so that it can be filled. For the capture of its device. */
  prepare(): ScanLayout {
    const layout = scanLayout(this.channels);
    this.#fifo = new ScanFifo(layout.bytes, this.#length);
    this.#overflows = 0;
    this.#enabled = true;
    return layout;
  }

  /** Says how scans come that have the channels of all buffers. For the capture of its device. */
  connect(whole: ScanLayout, mine: ScanLayout): void {
    this.#demux = scanDemux(whole, mine);
  }

  /** Takes a scan; one that finds no room is lost and counted. For the capture of its device. */
  push(scan: Uint8Array): void {
    assert(this.#fifo !== undefined, 'a buffer is prepared before it is filled');
    if (!this.#fifo.put(scan, this.#demux)) this.#overflows++;
    else this.waiting.wake();
  }

  /** Ends the filling, or tells that the device is gone, and wakes who waits. For the capture of its device. */
  release(): void {
    this.#enabled = false;
    this.waiting.wake();
  }

  #look(scans: number): 'ready' | 'disabled' | undefined {
    if (!this.#source.registered) return 'disabled';
    if (this.has(scans)) return 'ready';
    return this.#enabled ? undefined : 'disabled';
  }

  #refuseEnabled(what: string): void {
    if (this.#enabled) throw this.#source.parent.error('EBUSY', `the ${what} of a buffer that is enabled`, 'buffer');
  }
}
