// Framebuffers: pictures in memory that a display reads (Linux: drm/drm_framebuffer.h, dumb buffers).
import type { DmaBuffer } from '../bus/dma.js';
import type { Device } from './device.js';
import { allocPages, dmaMapSingle, dmaUnmapSingle, freePages } from './dma-mapping.js';
import { DRM_FORMATS, type DrmFormat } from './drm-fourcc.js';

/** What a framebuffer shall be. */
export interface DrmFramebufferSpec {
  readonly width: number;
  readonly height: number;
  readonly format: DrmFormat;
  /** Bytes from one line to the next; what a line needs unless given. */
  readonly pitch?: number;
}

/** The sizes that a display takes, in pixels (Linux: struct drm_mode_config). */
export interface DrmSizeLimits {
  readonly minWidth: number;
  readonly maxWidth: number;
  readonly minHeight: number;
  readonly maxHeight: number;
}

/** A picture in memory. Program and display see its bytes at the same time. */
export class DrmFramebuffer {
  readonly width: number;
  readonly height: number;
  readonly format: DrmFormat;
  readonly pitch: number;
  /** Where the display finds the first byte. */
  readonly iova: number;
  /** What the program draws into, line after line. */
  readonly bytes: Uint8Array;
  /** Set by drmFramebufferFree: nothing is to be shown of it any more. */
  freed = false;

  constructor(spec: DrmFramebufferSpec, pitch: number, iova: number, bytes: Uint8Array) {
    this.width = spec.width;
    this.height = spec.height;
    this.format = spec.format;
    this.pitch = pitch;
    this.iova = iova;
    this.bytes = bytes;
  }
}

/** Framebuffers and their memory, of one display device. */
export class DrmFramebuffers {
  readonly #limits: DrmSizeLimits;
  readonly #memory = new Map<DrmFramebuffer, { readonly dev: Device; readonly buffer: DmaBuffer }>();

  constructor(limits: DrmSizeLimits) {
    this.#limits = limits;
  }

  /** Those that are there, the oldest first. */
  get all(): readonly DrmFramebuffer[] {
    return [...this.#memory.keys()];
  }

  /**
   * Makes one in the memory of `dev`, black. EINVAL: its size, format or pitch cannot be; ENOMEM: memory is out, or
   * out of the device's reach.
   */
  add(dev: Device, spec: DrmFramebufferSpec): DrmFramebuffer {
    const pitch = this.#pitch(dev, spec);
    const buffer = allocPages(dev, pitch * spec.height, PAGE);
    try {
      const iova = dmaMapSingle(dev, buffer, 'bidirectional');
      const fb = new DrmFramebuffer(spec, pitch, iova, buffer.bytes);
      this.#memory.set(fb, { dev, buffer });
      return fb;
    } catch (e) {
      freePages(dev, buffer);
      throw e;
    }
  }

  /** Gives the memory of one back. Whoever calls this knows that no display reads it. */
  free(fb: DrmFramebuffer): void {
    const held = this.#memory.get(fb);
    if (held === undefined) return;
    const { dev, buffer } = held;
    this.#memory.delete(fb);
    fb.freed = true;
    dmaUnmapSingle(dev, fb.iova, buffer.bytes.length, 'bidirectional');
    freePages(dev, buffer);
  }

  #pitch(dev: Device, { width, height, format, pitch }: DrmFramebufferSpec): number {
    const { minWidth, maxWidth, minHeight, maxHeight } = this.#limits;
    if (!isBetween(width, minWidth, maxWidth) || !isBetween(height, minHeight, maxHeight)) {
      const range = `${minWidth}x${minHeight} to ${maxWidth}x${maxHeight}`;
      throw dev.error('EINVAL', `no framebuffer of ${width}x${height}: ${range} can be`, 'framebuffer');
    }
    const info = DRM_FORMATS[format];
    if (info === undefined) throw dev.error('EINVAL', `no framebuffer of format ${String(format)}`, 'framebuffer');
    if (info.isYuv && width % 2 !== 0)
      throw dev.error('EINVAL', `${format} has pairs of pixels, ${width} is odd`, 'framebuffer');
    const line = width * info.cpp;
    if (pitch !== undefined && !isBetween(pitch, line, MAX_PITCH))
      throw dev.error('EINVAL', `a line of ${width} pixels needs ${line} bytes, not ${pitch}`, 'framebuffer');
    return pitch ?? line;
  }
}

const PAGE = 4096;
/** The widest line that any display here can be told of. */
const MAX_PITCH = 0xffff;

function isBetween(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
