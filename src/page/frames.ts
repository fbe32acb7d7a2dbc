// Bytes from board to page: what would be too much as JSON. Little-endian; a head of eight bytes, then the payload.
//
//   0  u8   what: 1 samples, 2 a picture, 3 rows
//   1  u8   view: its place in VIEW_NAMES
//   2  u16  which: series, output
//   4  u32  samples: how many; picture: width in the low, height in the high half
//
// Samples are pairs of f64: a moment in ns since power-on and a value, NaN where there was none. Pictures are RGBA, a
// row after the other. Rows are the view's own.
import { VIEW_NAMES, type ViewName } from './protocol.js';

const HEAD_BYTES = 8;
const SAMPLES = 1;
const PICTURE = 2;
const ROWS = 3;

/** Samples of one series, a picture of one output, or rows of a view's own form. */
export type Frame =
  | { readonly what: 'samples'; readonly view: ViewName; readonly which: number; readonly pairs: Float64Array }
  | {
      readonly what: 'picture';
      readonly view: ViewName;
      readonly which: number;
      readonly width: number;
      readonly height: number;
      readonly rgba: Uint8Array;
    }
  | { readonly what: 'rows'; readonly view: ViewName; readonly which: number; readonly bytes: Uint8Array };

/** Samples as bytes. `pairs` are moment and value in turn. */
export function samplesFrame(view: ViewName, which: number, pairs: Float64Array): Uint8Array {
  const frame = head(SAMPLES, view, which, pairs.length / 2, pairs.byteLength);
  frame.set(new Uint8Array(pairs.buffer, pairs.byteOffset, pairs.byteLength), HEAD_BYTES);
  return frame;
}

/** A picture as bytes: four a pixel. */
export function pictureFrame(
  view: ViewName,
  which: number,
  width: number,
  height: number,
  rgba: Uint8Array,
): Uint8Array {
  const frame = head(PICTURE, view, which, width + height * 0x1_0000, rgba.length);
  frame.set(rgba, HEAD_BYTES);
  return frame;
}

/** Rows of a view's own form as bytes. */
export function rowsFrame(view: ViewName, which: number, bytes: Uint8Array): Uint8Array {
  const frame = head(ROWS, view, which, bytes.length, bytes.length);
  frame.set(bytes, HEAD_BYTES);
  return frame;
}

function head(what: number, view: ViewName, which: number, count: number, payload: number): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + payload);
  const words = new DataView(bytes.buffer);
  words.setUint8(0, what);
  words.setUint8(1, VIEW_NAMES.indexOf(view));
  words.setUint16(2, which, true);
  words.setUint32(4, count, true);
  return bytes;
}

/** Takes a frame apart; undefined for bytes that are none. The payload is a view of `bytes`. */
export function readFrame(bytes: Uint8Array): Frame | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const view = VIEW_NAMES[words.getUint8(1)];
  const which = words.getUint16(2, true);
  const count = words.getUint32(4, true);
  const payload = bytes.subarray(HEAD_BYTES);
  if (view === undefined) return undefined;
  switch (words.getUint8(0)) {
    case SAMPLES:
      if (payload.length !== count * 16) return undefined;
      // Aligned to eight, since the head has eight bytes; a websocket's buffer may still begin anywhere.
      return { what: 'samples', view, which, pairs: new Float64Array(payload.slice().buffer) };
    case PICTURE: {
      const [width, height] = [count % 0x1_0000, Math.floor(count / 0x1_0000)];
      return payload.length === width * height * 4
        ? { what: 'picture', view, which, width, height, rgba: payload }
        : undefined;
    }
    case ROWS:
      return payload.length === count ? { what: 'rows', view, which, bytes: payload } : undefined;
    default:
      return undefined;
  }
}
