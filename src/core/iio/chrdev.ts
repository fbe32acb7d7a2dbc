// The file /dev/iio:deviceN (Linux: iio_buffer_fileops of industrialio-core.c, iio_buffer_read of
// industrialio-buffer.c).
import type { Errno, SysError } from '../../base/errno.js';
import type { IioBuffer } from './buffer.js';
import type { IioDevice } from './iio.js';
import type { IioEventReader } from './event.js';

/** A device's file that a program has opened: its scans, and the way to its events. */
export class IioChrdev {
  readonly #indio: IioDevice;
  #open = true;

  /** EBUSY: somebody has it open; ENODEV: the device is gone. */
  constructor(indio: IioDevice) {
    this.#indio = indio;
    this.#refuseGone();
    if (indio.chrdevOpen) throw this.#error('EBUSY', 'the file is open already');
    indio.chrdevOpen = true;
  }

  /**
   * Reads whole scans: none where the buffer was never enabled. It waits until there are as many as fit into
   * `maxBytes`, or as the watermark says if that is less. What a disabled buffer still has is read at once; an empty
   * one is waited for. EAGAIN: `nonblock`, and there is no scan; EINTR: what `whenInterrupted` was given is called
   * while it waits; EINVAL: not one fits, or the device has no buffer; ENODEV: the device is gone.
   */
  async read(maxBytes: number, nonblock = false, whenInterrupted?: (stop: () => void) => void): Promise<Uint8Array> {
    let interrupted = false;
    whenInterrupted?.(() => {
      interrupted = true;
      this.#indio.buffer?.waiting.wake();
    });
    for (;;) {
      const buffer = this.#buffer();
      const size = buffer.storedBytesPerScan;
      if (size === 0) return new Uint8Array(0);
      if (maxBytes < size) throw this.#error('EINVAL', `${maxBytes} bytes hold no scan of ${size}`);
      const wanted = Math.min(Math.floor(maxBytes / size), buffer.watermark);
      if (buffer.dataAvailable > 0 && (nonblock || buffer.has(wanted))) return buffer.read(maxBytes);
      if (nonblock) throw this.#error('EAGAIN', 'no scan');
      if (interrupted) throw this.#error('EINTR', 'interrupted');
      const goesOn = (): boolean => interrupted || this.#isOver() || buffer.has(wanted);
      await buffer.waiting.wait(() => (goesOn() ? true : undefined));
    }
  }

  /** Whether a read would not wait (Linux: iio_buffer_poll, which goes by the watermark). */
  get readable(): boolean {
    const { buffer, registered } = this.#indio;
    return !registered || buffer?.has(buffer.watermark) === true;
  }

  /** Asks to be woken whenever `readable` may have changed. Answers how to end that. */
  watch(wake: () => void): () => void {
    return this.#buffer().waiting.watch(wake);
  }

  /** Becomes the reader of events (Linux: the ioctl IIO_GET_EVENT_FD). ENODEV: it has none; EBUSY: somebody reads. */
  events(): IioEventReader {
    const { events } = this.#indio;
    if (events === undefined) throw this.#error('ENODEV', 'the device has no events');
    return events.open();
  }

  /** Lets somebody else open it. The reader of events stays. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#indio.chrdevOpen = false;
    this.#indio.buffer?.waiting.wake();
  }

  #isOver(): boolean {
    return !this.#open || !this.#indio.registered;
  }

  #buffer(): IioBuffer {
    this.#refuseGone();
    if (!this.#open) throw this.#error('EBADF', 'the file is closed');
    const { buffer } = this.#indio;
    if (buffer === undefined) throw this.#error('EINVAL', 'the device has no buffer');
    return buffer;
  }

  #refuseGone(): void {
    if (!this.#indio.registered) throw this.#error('ENODEV', 'the device is gone');
  }

  #error(code: Errno, what: string): SysError {
    return this.#indio.parent.error(code, what, this.#indio.sysfs.name);
  }
}
