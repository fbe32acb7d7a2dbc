// The overlay: reads up to four layers from memory and puts them on top of each other (Linux 6.12: mtk_disp_ovl.c).
//
// Gaps: rotation, compressed pictures (AFBC), ten-bit formats and plane alpha.
import { SysError } from '../../base/errno.js';
import type { IrqReturn } from '../../core/interrupt.js';
import type { MmioSpace } from '../../core/io.js';
import type { Device } from '../../core/device.js';
import { DRM_FORMATS, type DrmFormat } from '../../core/drm-fourcc.js';
import type { DdpComp, DdpLayer, DdpLayers, DdpSize, DdpVblank } from './ddp-comp.js';
import { type DdpWindow, type DdpWriter, updateBits } from './ddp-write.js';
import { bit, OVL, OVL_BITS as B } from './regs.js';

/** What differs between overlays (Linux: struct mtk_disp_ovl_data). */
export interface OvlData {
  /** Where the layers' addresses are. */
  readonly addr: number;
  readonly gmcBits: 8 | 10;
  readonly layers: number;
  readonly rgb565Is0: boolean;
  readonly smiId: boolean;
  /** Blends with colours that are multiplied by alpha already, which has formats of its own. */
  readonly premultiplied: boolean;
}

const MT8173: OvlData = {
  addr: OVL.ADDR_MT8173,
  gmcBits: 8,
  layers: 4,
  rgb565Is0: true,
  smiId: false,
  premultiplied: false,
};
const MT8183: OvlData = { ...MT8173, gmcBits: 10 };
const MT8192: OvlData = { ...MT8183, smiId: true, premultiplied: true };

/** By compatible. MT8195's is not here: its formats and compression need more registers. */
export const OVL_DATA: Readonly<Record<string, OvlData>> = {
  'mediatek,mt2701-disp-ovl': { ...MT8173, addr: OVL.ADDR_MT2701, rgb565Is0: false },
  'mediatek,mt8173-disp-ovl': MT8173,
  'mediatek,mt8183-disp-ovl': MT8183,
  'mediatek,mt8183-disp-ovl-2l': { ...MT8183, layers: 2 },
  'mediatek,mt8192-disp-ovl': MT8192,
  'mediatek,mt8192-disp-ovl-2l': { ...MT8192, layers: 2 },
};

const FORMATS = Object.keys(DRM_FORMATS) as DrmFormat[];

/** The part of CON that says how a pixel lies in memory; RGB565 and RGB888 change places on old ones. */
const FORMAT_CON: Readonly<Record<DrmFormat, number>> = {
  XRGB8888: B.CON_ARGB8888,
  ARGB8888: B.CON_ARGB8888,
  XBGR8888: B.CON_ARGB8888 | B.CON_BYTE_SWAP,
  ABGR8888: B.CON_ARGB8888 | B.CON_BYTE_SWAP,
  BGRX8888: B.CON_RGBA8888 | B.CON_BYTE_SWAP,
  BGRA8888: B.CON_RGBA8888 | B.CON_BYTE_SWAP,
  RGB888: B.CON_RGB,
  BGR888: B.CON_RGB | B.CON_BYTE_SWAP,
  RGB565: 0,
  UYVY: B.CON_UYVY | B.CON_MTX_YUV_TO_RGB,
  YUYV: B.CON_YUYV | B.CON_MTX_YUV_TO_RGB,
};
const PREMULTIPLIED = B.CON_RGBA8888 | B.CON_CLRFMT_MAN;
const PREMULTIPLIED_CON: Readonly<Partial<Record<DrmFormat, number>>> = {
  XRGB8888: PREMULTIPLIED,
  ARGB8888: PREMULTIPLIED,
  XBGR8888: PREMULTIPLIED | B.CON_RGB_SWAP,
  ABGR8888: PREMULTIPLIED | B.CON_RGB_SWAP,
  BGRX8888: PREMULTIPLIED | B.CON_BYTE_SWAP,
  BGRA8888: PREMULTIPLIED | B.CON_BYTE_SWAP,
};

/** One overlay. */
export class MtkDispOvl implements DdpComp {
  readonly layers: DdpLayers;
  readonly vblank: DdpVblank;
  readonly #dev: Device;
  readonly #window: DdpWindow;
  readonly #regs: MmioSpace;
  readonly #data: OvlData;

  constructor(dev: Device, window: DdpWindow, data: OvlData) {
    this.#dev = dev;
    this.#window = window;
    this.#regs = window.regs;
    this.#data = data;
    this.layers = {
      count: data.layers,
      formats: FORMATS,
      window,
      config: (writer, index, layer) => this.#layerConfig(writer, index, layer),
      background: (fromBefore) =>
        updateBits(this.#regs, OVL.DATAPATH_CON, B.DATAPATH_BGCLR_SEL_IN, fromBefore ? B.DATAPATH_BGCLR_SEL_IN : 0),
    };
    this.vblank = {
      frameDone: undefined,
      enable: () => {
        this.#regs.write32(OVL.INTSTA, 0);
        this.#regs.write32(OVL.INTEN, B.INT_FME_CPL);
      },
      disable: () => this.#regs.write32(OVL.INTEN, 0),
    };
  }

  config(writer: DdpWriter, { width, height }: DdpSize): void {
    const window = this.#window;
    writer.write(window, OVL.ROI_SIZE, height * bit(16) + width);
    writer.write(window, OVL.ROI_BGCLR, B.BGCLR_OPAQUE);
    writer.write(window, OVL.RST, 1);
    writer.write(window, OVL.RST, 0);
  }

  start(): void {
    if (this.#data.smiId) this.#smiId(B.DATAPATH_LAYER_SMI_ID_EN);
    this.#regs.write32(OVL.EN, 1);
  }

  stop(): void {
    this.#regs.write32(OVL.EN, 0);
    if (this.#data.smiId) this.#smiId(0);
  }

  /** The end of a frame. What cannot be reached is told: the line stays up, and this is called again. */
  irq(): IrqReturn {
    try {
      this.#regs.write32(OVL.INTSTA, 0);
    } catch (e) {
      if (!(e instanceof SysError)) throw e;
      this.#dev.err(`interrupt: ${e.message}`);
      return 'handled';
    }
    const { frameDone } = this.vblank;
    frameDone?.();
    return frameDone === undefined ? 'unhandled' : 'handled';
  }

  #smiId(value: number): void {
    updateBits(this.#regs, OVL.DATAPATH_CON, B.DATAPATH_LAYER_SMI_ID_EN, value);
  }

  #layerConfig(writer: DdpWriter, index: number, layer: DdpLayer): void {
    const window = this.#window;
    const at = index * OVL.LAYER;
    if (!layer.enable) {
      writer.writeMask(window, OVL.SRC_CON, 0, bit(index));
      writer.write(window, OVL.RDMA_CTRL + at, 0);
      return;
    }
    writer.write(window, OVL.CON + at, this.#con(layer.format));
    writer.write(window, OVL.PITCH + at, pitchOf(layer));
    writer.write(window, OVL.SRC_SIZE + at, layer.height * bit(16) + layer.width);
    writer.write(window, OVL.OFFSET + at, layer.y * bit(16) + layer.x);
    writer.write(window, this.#data.addr + at, layer.addr);
    writer.write(window, OVL.RDMA_CTRL + at, 1);
    writer.write(window, OVL.RDMA_GMC + at, this.#gmc());
    writer.writeMask(window, OVL.SRC_CON, bit(index), bit(index));
  }

  #con(format: DrmFormat): number {
    const alpha = DRM_FORMATS[format].hasAlpha ? B.CON_AEN | B.CON_ALPHA : B.CON_ALPHA;
    return (this.#formatCon(format) | alpha) >>> 0;
  }

  #formatCon(format: DrmFormat): number {
    const { premultiplied, rgb565Is0 } = this.#data;
    const own = premultiplied ? PREMULTIPLIED_CON[format] : undefined;
    if (own !== undefined) return own;
    const con = FORMAT_CON[format];
    const changes = !rgb565Is0 && (format === 'RGB565' || format === 'RGB888' || format === 'BGR888');
    return changes ? con ^ B.CON_RGB : con;
  }

  /** Thresholds of the memory controller: a quarter of the buffer, on old ones an eighth as well. */
  #gmc(): number {
    const high = bit(this.#data.gmcBits) / 4;
    const low = bit(this.#data.gmcBits) / 8;
    if (this.#data.gmcBits === 10) return high + high * bit(16);
    return low + low * bit(8) + high * bit(16) + high * bit(24);
  }
}

/** Without alpha in the pixels the overlay must be told not to look for it. */
function pitchOf({ pitch, format }: DdpLayer): number {
  return (pitch & 0xffff) + (DRM_FORMATS[format].hasAlpha ? 0 : B.PITCH_CONST_BLEND);
}
