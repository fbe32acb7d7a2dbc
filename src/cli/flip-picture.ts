// The pictures that `bringup flip` shows: a bar that walks, so that parts of two pictures on one screen make a step.

/** Colours as 0xRRGGBB. */
const BACKGROUND = 0x1c2430;
const GRID = 0x2f3c4f;
const BAR = 0xf2f5f8;
/** The bar stands at as many places in turn; two pictures that follow each other never have it at the same. */
const PLACES = 8;
/** Lines of the grid across the screen. */
const GRID_LINES = 8;

/** The colour of a pixel of picture `number` (from 0) on a screen of that size: 0xRRGGBB. */
function flipPixel(number: number, x: number, y: number, width: number, height: number): number {
  const place = Math.floor(width / PLACES);
  const left = (number % PLACES) * place;
  if (x >= left && x < left + place) return BAR;
  return y % Math.ceil(height / GRID_LINES) === 0 ? GRID : BACKGROUND;
}

/** Draws a picture into XRGB8888 memory, lines `pitch` bytes apart. */
export function drawFlip(bytes: Uint8Array, pitch: number, number: number, width: number, height: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      view.setUint32(y * pitch + 4 * x, flipPixel(number, x, y, width, height) | 0xff00_0000, true);
}

/** Rows of a screen that come from one picture; `picture` is undefined where they come from none that was shown. */
export interface FlipPart {
  readonly picture: number | undefined;
  readonly firstRow: number;
  readonly rows: number;
}

/** Which pictures a screen shows, from the top. `numbers` are those that may be on it. RGB, three bytes a pixel. */
export function flipParts(
  screen: { readonly width: number; readonly height: number; readonly rgb: Uint8Array },
  numbers: readonly number[],
): FlipPart[] {
  const parts: { picture: number | undefined; firstRow: number; rows: number }[] = [];
  for (let y = 0; y < screen.height; y++) {
    const last = parts.at(-1);
    // Rows that pictures have in common go with what is above them.
    const likely = last?.picture === undefined ? numbers : [last.picture, ...numbers];
    const picture = likely.find((number) => showsRow(screen, number, y));
    if (last !== undefined && last.picture === picture) last.rows++;
    else parts.push({ picture, firstRow: y, rows: 1 });
  }
  return parts;
}

function showsRow(
  { width, height, rgb }: { readonly width: number; readonly height: number; readonly rgb: Uint8Array },
  number: number,
  y: number,
): boolean {
  let at = y * width * 3;
  for (let x = 0; x < width; x++, at += 3) {
    const pixel = flipPixel(number, x, y, width, height);
    if (rgb[at] !== pixel >> 16 || rgb[at + 1] !== ((pixel >> 8) & 0xff) || rgb[at + 2] !== (pixel & 0xff))
      return false;
  }
  return true;
}
