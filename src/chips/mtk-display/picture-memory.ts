// A block's way to the memory that a picture lies in, row by row. What it may not read is a finding, said once a frame.
import { isErrno } from '../../base/errno.js';
import type { DmaPort } from '../../bus/dma.js';

/** Rows of one picture in memory. */
export class PictureMemory {
  readonly #port: DmaPort;
  #denied = false;

  constructor(port: DmaPort) {
    this.#port = port;
  }

  /** A frame begins, or the registers that say where the picture lies have changed. */
  renew(): void {
    this.#denied = false;
  }

  /** The bytes of a row, to be used at once; undefined from where the block may not read, up to the next `renew`. */
  row(iova: number, length: number): Uint8Array | undefined {
    if (this.#denied) return undefined;
    try {
      return this.#port.read(iova, length);
    } catch (e) {
      if (!isErrno(e, 'EFAULT')) throw e;
      this.#denied = true;
      return undefined;
    }
  }
}
