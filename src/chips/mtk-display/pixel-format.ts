// Pixel formats as the blocks that read memory know them: how bytes become 0xAARRGGBB words. DRM's names in brackets.

/** One format. */
export interface PixelFormat {
  readonly name: string;
  /** Bytes of a pixel. */
  readonly bytes: number;
  readonly hasAlpha: boolean;
  /** Colours are multiplied with alpha in memory. */
  readonly premultiplied: boolean;
  /** Writes `count` pixels from `from` of `bytes` into `into` at `at`. */
  read(bytes: Uint8Array, from: number, count: number, into: Uint32Array, at: number): void;
}

const OPAQUE = 0xff00_0000;

/** 16-bit words, RRRRRGGGGGGBBBBB (RGB565), or with red and blue exchanged (BGR565). The low bits repeat the high. */
function packed565(name: string, redShift: number, blueShift: number): PixelFormat {
  return {
    name,
    bytes: 2,
    hasAlpha: false,
    premultiplied: false,
    read(bytes, from, count, into, at) {
      let i = from;
      for (let x = at; x < at + count; x++, i += 2) {
        const word = (bytes[i] as number) | ((bytes[i + 1] as number) << 8);
        const red = (word >> redShift) & 0x1f;
        const green = (word >> 5) & 0x3f;
        const blue = (word >> blueShift) & 0x1f;
        const rgb = ((red << 3) | (red >> 2)) << 16;
        into[x] = OPAQUE | rgb | (((green << 2) | (green >> 4)) << 8) | (blue << 3) | (blue >> 2);
      }
    },
  };
}

/** Bytes, at the offsets given for red, green, blue and, where there is one, alpha. */
function byteWise(name: string, bytes: number, offsets: readonly number[], premultiplied = false): PixelFormat {
  const [r = 0, g = 0, b = 0, a] = offsets;
  const rgbOf = (data: Uint8Array, i: number): number =>
    ((data[i + r] as number) << 16) | ((data[i + g] as number) << 8) | (data[i + b] as number);
  return {
    name,
    bytes,
    hasAlpha: a !== undefined,
    premultiplied,
    read(data, from, count, into, at) {
      let i = from;
      const end = at + count;
      if (a === undefined) for (let x = at; x < end; x++, i += bytes) into[x] = OPAQUE | rgbOf(data, i);
      else for (let x = at; x < end; x++, i += bytes) into[x] = ((data[i + a] as number) << 24) | rgbOf(data, i);
    },
  };
}

const IS_LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** B G R A is the pixel's word as this computer has it, if it has the first byte lowest: whole rows are copied then. */
function wordWise(name: string, premultiplied = false): PixelFormat {
  const slow = byteWise(name, 4, [2, 1, 0, 3], premultiplied);
  return {
    ...slow,
    read(bytes, from, count, into, at) {
      const start = bytes.byteOffset + from;
      if (!IS_LITTLE || start % 4 !== 0) return slow.read(bytes, from, count, into, at);
      into.set(new Uint32Array(bytes.buffer, start, count), at);
    },
  };
}

/**
 * The formats of RDMA, and of OVL before MT8192: by CLRFMT, with the swap bit clear and set. The swap exchanges red and
 * blue. In memory, first byte first.
 */
const PLAIN: readonly (readonly [PixelFormat, PixelFormat] | undefined)[] = [
  [packed565('RGB565', 11, 0), packed565('BGR565', 0, 11)],
  // B G R (RGB888); R G B (BGR888).
  [byteWise('RGB888', 3, [2, 1, 0]), byteWise('BGR888', 3, [0, 1, 2])],
  // B G R A (ARGB8888); R G B A (ABGR8888).
  [wordWise('ARGB8888'), byteWise('ABGR8888', 4, [0, 1, 2, 3])],
  // A B G R (RGBA8888); A R G B (BGRA8888).
  [byteWise('RGBA8888', 4, [3, 2, 1, 0]), byteWise('BGRA8888', 4, [1, 2, 3, 0])],
];

/** OVL since MT8192 with CLRFMT_MAN and CLRFMT 3: by RGB_SWAP, then BYTE_SWAP, which turns the four bytes round. */
const PREMULTIPLIED: readonly (readonly [PixelFormat, PixelFormat])[] = [
  // B G R A; A R G B.
  [wordWise('PARGB8888', true), byteWise('PBGRA8888', 4, [1, 2, 3, 0], true)],
  // R G B A; A B G R.
  [byteWise('PABGR8888', 4, [0, 1, 2, 3], true), byteWise('PRGBA8888', 4, [3, 2, 1, 0], true)],
];

/** The format of a code and the swap bit; undefined for those that the models do not have (UYVY 4, YUYV 5, others). */
export function plainFormat(code: number, swap: number): PixelFormat | undefined {
  return PLAIN[code]?.[swap];
}

/** The format of a code under CLRFMT_MAN. Only CLRFMT 3 is known there. */
export function premultipliedFormat(code: number, rgbSwap: number, byteSwap: number): PixelFormat | undefined {
  return code === 3 ? PREMULTIPLIED[rgbSwap]?.[byteSwap] : undefined;
}
