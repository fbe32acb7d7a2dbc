// What a CRTC still has to write: the mode, and the layers that were committed (Linux: the pending states of
// mtk_crtc_state and mtk_plane_state, mtk_crtc_ddp_config).
import type { DrmPlane } from '../../core/drm-plane.js';
import { DRM_FORMATS } from '../../core/drm-fourcc.js';
import type { DdpLayer, DdpSize } from './ddp-comp.js';
import type { DdpWriter } from './ddp-write.js';
import type { MtkPipe } from './mtk-crtc-pipe.js';

const OFF: DdpLayer = { enable: false, addr: 0, pitch: 0, format: 'RGB565', x: 0, y: 0, width: 0, height: 0 };

/** The writes that are pending. They stay so until `done`. */
export class MtkPending {
  readonly #pipe: MtkPipe;
  readonly #layers = new Map<number, DdpLayer>();
  #size: DdpSize | undefined;

  constructor(pipe: MtkPipe) {
    this.#pipe = pipe;
  }

  /** A mode was set: the first block is programmed once more with the next picture. Dithering stays as it is. */
  mode(width: number, height: number): void {
    this.#size = { width, height, bpc: 0 };
  }

  /** A plane was committed. */
  plane({ index, state }: DrmPlane): void {
    if (state === undefined) {
      this.#layers.set(index, OFF);
      return;
    }
    const { fb, x, y, width, height, srcX, srcY } = state;
    const { pitch, format } = fb;
    const addr = fb.iova + srcY * pitch + srcX * DRM_FORMATS[format].cpp;
    this.#layers.set(index, { enable: true, addr, pitch, format, x, y, width, height });
  }

  /** All layers go. */
  allOff(): void {
    for (const index of this.#pipe.layers.keys()) this.#layers.set(index, OFF);
  }

  /** Writes all of it, in the order of the planes. */
  write(writer: DdpWriter): void {
    if (this.#size !== undefined) this.#pipe.config(writer, this.#size);
    for (const [nth, { layers, index }] of this.#pipe.layers.entries()) {
      const layer = this.#layers.get(nth);
      if (layer !== undefined) layers.config(writer, index, layer);
    }
  }

  /** It is in the hardware. */
  done(): void {
    this.#size = undefined;
    this.#layers.clear();
  }
}
