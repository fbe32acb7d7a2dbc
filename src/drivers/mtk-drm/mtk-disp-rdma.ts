// The read DMA: a FIFO behind the overlay, or the reader of a picture where a path begins with it (Linux 6.12:
// mtk_disp_rdma.c).
//
// Differences from Linux:
// ddp-L2  Interrupts are not cleared in the probe, so that a node without registers behind it binds.
// ddp-L3  Without a picture it does not read memory. Linux points it at address 0 until the first one, and leaves it at
//         the last one.
import { SysError } from '../../base/errno.js';
import type { IrqReturn } from '../../core/interrupt.js';
import type { MmioSpace } from '../../core/io.js';
import type { Device } from '../../core/device.js';
import { DRM_FORMATS, type DrmFormat } from '../../core/drm-fourcc.js';
import type { DdpComp, DdpLayer, DdpLayers, DdpSize, DdpVblank } from './ddp-comp.js';
import { type DdpWindow, type DdpWriter, updateBits } from './ddp-write.js';
import { bit, RDMA, RDMA_BITS as B } from './regs.js';

/** Bytes of the FIFO, by compatible; a node may say otherwise. */
export const RDMA_FIFO: Readonly<Record<string, number>> = {
  'mediatek,mt2701-disp-rdma': 4096,
  'mediatek,mt8173-disp-rdma': 8192,
  'mediatek,mt8183-disp-rdma': 5120,
  'mediatek,mt8195-disp-rdma': 1920,
};

const FORMATS = Object.keys(DRM_FORMATS) as DrmFormat[];
const FORMAT_CON: Readonly<Record<DrmFormat, number>> = {
  XRGB8888: B.MEM_RGBA8888,
  ARGB8888: B.MEM_RGBA8888,
  XBGR8888: B.MEM_RGBA8888 | B.MEM_SWAP,
  ABGR8888: B.MEM_RGBA8888 | B.MEM_SWAP,
  BGRX8888: B.MEM_ARGB8888 | B.MEM_SWAP,
  BGRA8888: B.MEM_ARGB8888 | B.MEM_SWAP,
  RGB888: B.MEM_RGB888,
  BGR888: B.MEM_RGB888 | B.MEM_SWAP,
  RGB565: B.MEM_RGB565,
  UYVY: B.MEM_UYVY,
  YUYV: B.MEM_YUYV,
};

/** One read DMA. */
export class MtkDispRdma implements DdpComp {
  readonly layers: DdpLayers;
  readonly vblank: DdpVblank;
  readonly #dev: Device;
  readonly #window: DdpWindow;
  readonly #regs: MmioSpace;
  readonly #fifoBytes: number;

  constructor(dev: Device, window: DdpWindow, fifoBytes: number) {
    this.#dev = dev;
    this.#window = window;
    this.#regs = window.regs;
    this.#fifoBytes = fifoBytes;
    this.layers = {
      count: 1,
      formats: FORMATS,
      window,
      config: (writer, _index, layer) => this.#layerConfig(writer, layer),
    };
    this.vblank = {
      frameDone: undefined,
      enable: () => updateBits(this.#regs, RDMA.INT_ENABLE, B.INT_FRAME_END, B.INT_FRAME_END),
      disable: () => updateBits(this.#regs, RDMA.INT_ENABLE, B.INT_FRAME_END, 0),
    };
  }

  config(writer: DdpWriter, { width, height }: DdpSize): void {
    const window = this.#window;
    writer.writeMask(window, RDMA.SIZE_CON_0, width, B.SIZE_0_WIDTH);
    writer.writeMask(window, RDMA.SIZE_CON_1, height, B.SIZE_1_HEIGHT);
    // The output starts when seven tenths of the FIFO are full: DSI and DPI cannot be held up afterwards.
    const size = Math.floor(this.#fifoBytes / 16);
    const threshold = Math.floor(Math.floor((this.#fifoBytes * 7) / 10) / 16);
    writer.write(window, RDMA.FIFO_CON, B.FIFO_UNDERFLOW_EN + size * bit(16) + threshold);
  }

  start(): void {
    updateBits(this.#regs, RDMA.GLOBAL_CON, B.ENGINE_EN, B.ENGINE_EN);
  }

  stop(): void {
    updateBits(this.#regs, RDMA.GLOBAL_CON, B.ENGINE_EN, 0);
  }

  /** As the overlay's. */
  irq(): IrqReturn {
    try {
      this.#regs.write32(RDMA.INT_STATUS, 0);
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.#dev.err(`interrupt: ${e.message}`);
      return 'handled';
    }
    const { frameDone } = this.vblank;
    frameDone?.();
    return frameDone === undefined ? 'unhandled' : 'handled';
  }

  #layerConfig(writer: DdpWriter, { enable, addr, pitch, format }: DdpLayer): void {
    const window = this.#window;
    if (!enable) {
      writer.writeMask(window, RDMA.GLOBAL_CON, 0, B.MODE_MEMORY);
      return;
    }
    writer.write(window, RDMA.MEM_CON, FORMAT_CON[format]);
    const { isYuv } = DRM_FORMATS[format];
    writer.writeMask(window, RDMA.SIZE_CON_0, isYuv ? B.SIZE_0_MATRIX_ENABLE : 0, B.SIZE_0_MATRIX_ENABLE);
    if (isYuv) writer.writeMask(window, RDMA.SIZE_CON_0, B.SIZE_0_MATRIX_BT601_TO_RGB, B.SIZE_0_MATRIX_SEL);
    writer.write(window, RDMA.MEM_START_ADDR, addr);
    writer.write(window, RDMA.MEM_SRC_PITCH, pitch & 0xffff);
    writer.write(window, RDMA.MEM_GMC_SETTING_0, B.GMC);
    writer.writeMask(window, RDMA.GLOBAL_CON, B.MODE_MEMORY, B.MODE_MEMORY);
  }
}
