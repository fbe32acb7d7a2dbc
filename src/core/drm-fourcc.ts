// Table of the pixel formats that framebuffers are made in (Linux: drm/drm_fourcc.h).

/** What the memory of a format looks like (Linux: struct drm_format_info). */
export interface DrmFormatInfo {
  /** The four characters of its number: `XR24`. */
  readonly code: string;
  /** Bytes per pixel; with `isYuv` of one of the two pixels that share their colour. */
  readonly cpp: number;
  readonly hasAlpha: boolean;
  readonly isYuv: boolean;
}

const row = (code: string, cpp: number, kind: 'opaque' | 'alpha' | 'yuv' = 'opaque'): DrmFormatInfo => ({
  code,
  cpp,
  hasAlpha: kind === 'alpha',
  isYuv: kind === 'yuv',
});

/** All formats by Linux's name without `DRM_FORMAT_`: the first letter of a name is in the highest bits of a word. */
export const DRM_FORMATS = {
  XRGB8888: row('XR24', 4),
  ARGB8888: row('AR24', 4, 'alpha'),
  XBGR8888: row('XB24', 4),
  ABGR8888: row('AB24', 4, 'alpha'),
  BGRX8888: row('BX24', 4),
  BGRA8888: row('BA24', 4, 'alpha'),
  RGB888: row('RG24', 3),
  BGR888: row('BG24', 3),
  RGB565: row('RG16', 2),
  UYVY: row('UYVY', 2, 'yuv'),
  YUYV: row('YUYV', 2, 'yuv'),
} as const satisfies Readonly<Record<string, DrmFormatInfo>>;

/** The name of a format. */
export type DrmFormat = keyof typeof DRM_FORMATS;

/** The number of a format, as programs hand it to the kernel: its four characters, the first in the lowest byte. */
export function drmFourcc(format: DrmFormat): number {
  const bytes = [...DRM_FORMATS[format].code].map((letter) => letter.charCodeAt(0));
  return bytes.reduceRight((word, byte) => word * 0x100 + byte, 0);
}
