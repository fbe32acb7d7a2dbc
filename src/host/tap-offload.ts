// A TAP whose stack leaves work to us, and to which we leave some: a struct virtio_net_hdr before each frame says what.
import { VirtioNetHdr, VNET_HDR_BYTES } from '../abi/virtio-net.js';
import { type Calls, ERRNO_GONE, type NativeTap, type Tap } from './tap-device.js';
import { TAP_IOCTL } from './tap-ioctl.js';

/** Takes a frame and what is left to be done with it. Both are good during the call. */
export type OffloadReceive = (frame: Uint8Array, header: VirtioNetHdr) => void;

/** An open TAP with offload. Its counts are of frames, large ones too, without what stands before them. */
export interface OffloadTap extends Pick<Tap, 'name' | 'counts' | 'isOpen' | 'setCarrier' | 'close'> {
  /** As that of `Tap`. */
  listen(receive: OffloadReceive): void;
  /** As that of `Tap`, with the header (`VirtioNetHdr.write`) in the first ten bytes and the frame behind it. */
  send(bytes: Uint8Array): boolean;
}

/** Large frames are cut into many: after so many bytes those have their turn first. */
const BATCH_BYTES = 262_144;

/** By `TapLoop.open`. */
export class NativeOffloadTap implements OffloadTap {
  readonly #fd: number;
  readonly #tap: NativeTap;
  readonly #calls: Calls;
  readonly #header = new VirtioNetHdr();
  #receive: OffloadReceive = () => {};

  constructor(fd: number, tap: NativeTap, calls: Calls) {
    this.#fd = fd;
    this.#tap = tap;
    this.#calls = calls;
  }

  get name(): string {
    return this.#tap.name;
  }

  get counts(): NativeTap['counts'] {
    return this.#tap.counts;
  }

  get isOpen(): boolean {
    return this.#tap.isOpen;
  }

  listen(receive: OffloadReceive): void {
    this.#receive = receive;
    this.#tap.listen(() => {}); // it is `drain` below that reads
  }

  send(bytes: Uint8Array): boolean {
    const done = this.#tap.send(bytes);
    if (done) this.#tap.counts.sentBytes -= VNET_HDR_BYTES;
    return done;
  }

  setCarrier(up: boolean): void {
    this.#tap.setCarrier(up);
  }

  close(): void {
    // A device that stays is plain again for whoever has it next.
    if (this.#tap.isOpen) this.#calls.ioctlValue(this.#fd, TAP_IOCTL.TUNSETOFFLOAD, 0);
    this.#tap.close();
  }

  /** Hands on what is there, up to so many frames. */
  drain(most: number): void {
    const { read, buffer, errno } = this.#calls;
    const { counts } = this.#tap;
    let bytes = 0;
    for (let count = 0; count < most && bytes < BATCH_BYTES && this.#tap.isOpen; count++) {
      const length = Number(read(this.#fd, buffer, buffer.length));
      if (length < VNET_HDR_BYTES) {
        if (length < 0 && errno() === ERRNO_GONE) this.close();
        return;
      }
      bytes += length;
      counts.received++;
      counts.receivedBytes += length - VNET_HDR_BYTES;
      this.#header.read(buffer, 0);
      this.#receive(buffer.subarray(VNET_HDR_BYTES, length), this.#header);
    }
  }
}
