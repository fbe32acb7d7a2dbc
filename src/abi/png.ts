// Writes PNG pictures (W3C PNG, second edition): eight bits each of red, green and blue, not interlaced. What
// compresses comes from outside: `deflateSync` of node:zlib, or CompressionStream in a browser.

/** A picture: three bytes a pixel, rows from the top, no padding. A frame of the bench is one. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Compresses to a zlib stream (RFC 1950). */
export type Deflate = (bytes: Uint8Array) => Uint8Array;

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const TRUE_COLOUR = 2;
/** Rows are stored as they are, or as differences to the row above. */
const FILTER_NONE = 0;
const FILTER_UP = 2;

/**
 * The file of a picture. `text` becomes tEXt chunks, keyword by keyword (`Title`, `Comment`), in Latin-1; what that
 * does not have is a question mark.
 */
export function png(picture: RgbPicture, deflate: Deflate, text: Readonly<Record<string, string>> = {}): Uint8Array {
  const { width, height } = picture;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, TRUE_COLOUR, 0, 0, 0], 8);
  const notes = Object.entries(text).map(([keyword, value]) => chunk('tEXt', latin1(`${keyword}\0${value}`)));
  const data = chunk('IDAT', deflate(filtered(picture)));
  return concat([SIGNATURE, chunk('IHDR', header), ...notes, data, chunk('IEND', new Uint8Array(0))]);
}

/** Each row behind its filter: rows that differ little from the one above become nearly empty. */
function filtered({ width, height, rgb }: RgbPicture): Uint8Array {
  const pitch = width * 3;
  const out = new Uint8Array((pitch + 1) * height);
  for (let y = 0; y < height; y++) {
    const from = y * pitch;
    const to = y * (pitch + 1);
    out[to] = y === 0 ? FILTER_NONE : FILTER_UP;
    if (y === 0) out.set(rgb.subarray(0, pitch), 1);
    else
      for (let x = 0; x < pitch; x++) out[to + 1 + x] = (rgb[from + x] as number) - (rgb[from - pitch + x] as number);
  }
  return out;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  out.set(latin1(type), 4);
  out.set(data, 8);
  view.setUint32(data.length + 8, crc32(out.subarray(4, data.length + 8)));
  return out;
}

/** The remainders of all bytes, for the polynomial of ISO 3309, lowest bit first. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb8_8320 : rest >>> 1;
  return rest;
});

function crc32(bytes: Uint8Array): number {
  let rest = 0xffff_ffff;
  for (let i = 0; i < bytes.length; i++) {
    rest = (REMAINDERS[(rest ^ (bytes[i] as number)) & 0xff] as number) ^ (rest >>> 8);
  }
  return ~rest >>> 0;
}

function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => (char.charCodeAt(0) < 0x100 ? char.charCodeAt(0) : 0x3f));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
