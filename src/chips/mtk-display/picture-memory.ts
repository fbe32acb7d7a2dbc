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

  /** The block reads a row; what it may not read is a finding, one up to the next `renew`. */
  probe(iova: number, length: number): void {
    if (this.#denied) return;
    try {
      this.#port.read(iova, length);
    } catch (e) {
      if (!isErrno(e, 'EFAULT')) throw e;
      this.#denied = true;
    }
  }

  /**
   * The bytes of a row for who looks at the picture, to be used at once; undefined where the block may not read. The
   * trace is the same whether somebody looks or not.
   */
  row(iova: number, length: number): Uint8Array | undefined {
    return this.#port.look(iova, length);
  }
}
