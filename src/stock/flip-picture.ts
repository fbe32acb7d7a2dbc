// The pictures that `bringup flip` shows: a bar that walks, so that parts of two pictures on one screen make a step.

/** Colours as 0xRRGGBB. */
const BACKGROUND = 0x1c2430;
const GRID = 0x2f3c4f;
const BAR = 0xf2f5f8;
/** The bar stands at as many places in turn; two pictures that follow each other never have it at the same. */
const PLACES = 8;
/** Lines of the grid across the screen. */
const GRID_LINES = 8;

/** A row of picture `number` (from 0) on a screen of that size: the bar from `left` to `right`, the rest around it. */
interface FlipRow {
  readonly left: number;
  readonly right: number;
  /** 0xRRGGBB. */
  readonly rest: number;
}

function flipRow(number: number, y: number, width: number, height: number): FlipRow {
  const place = Math.floor(width / PLACES);
  const left = (number % PLACES) * place;
  const rest = y % Math.ceil(height / GRID_LINES) === 0 ? GRID : BACKGROUND;
  return { left, right: left + place, rest };
}

/** Draws a picture into XRGB8888 memory, lines `pitch` bytes apart. There are two kinds of rows: each is drawn once. */
export function drawFlip(bytes: Uint8Array, pitch: number, number: number, width: number, height: number): void {
  const drawn = new Map<number, Uint8Array>();
  for (let y = 0; y < height; y++) {
    const row = flipRow(number, y, width, height);
    let pixels = drawn.get(row.rest);
    if (pixels === undefined) drawn.set(row.rest, (pixels = pixelsOf(row, width)));
    bytes.set(pixels, y * pitch);
  }
}

function pixelsOf({ left, right, rest }: FlipRow, width: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(width * 4));
  for (let x = 0; x < width; x++)
    view.setUint32(4 * x, ((x >= left && x < right ? BAR : rest) | 0xff00_0000) >>> 0, true);
  return new Uint8Array(view.buffer);
}

/** Rows of a screen that come from one picture; `picture` is undefined where they come from none that was shown. */
export interface FlipPart {
  readonly picture: number | undefined;
  readonly firstRow: number;
  readonly rows: number;
}

/** What a screen shows. */
interface Screen {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** Which pictures a screen shows, from the top. `numbers` are those that may be on it. RGB, three bytes a pixel. */
export function flipParts(screen: Screen, numbers: readonly number[]): FlipPart[] {
  const rows = new FlipRows(screen);
  const parts: { picture: number | undefined; firstRow: number; rows: number }[] = [];
  for (let y = 0; y < screen.height; y++) {
    const last = parts.at(-1);
    // Rows that pictures have in common go with what is above them.
    const likely = last?.picture === undefined ? numbers : [last.picture, ...numbers];
    const picture = likely.find((number) => rows.shows(number, y));
    if (last !== undefined && last.picture === picture) last.rows++;
    else parts.push({ picture, firstRow: y, rows: 1 });
  }
  return parts;
}

/** Rows of the pictures as a screen has them: three bytes a pixel, as words where they are whole ones. */
class FlipRows {
  readonly #screen: Screen;
  /** The screen's. */
  readonly #words: Uint32Array | Uint8Array;
  /** Elements of a row. */
  readonly #length: number;
  readonly #rows = new Map<string, Uint32Array | Uint8Array>();

  constructor(screen: Screen) {
    const { rgb, width } = screen;
    const isWhole = (width * 3) % 4 === 0 && rgb.byteOffset % 4 === 0;
    this.#screen = screen;
    this.#words = isWhole ? new Uint32Array(rgb.buffer, rgb.byteOffset, rgb.length >> 2) : rgb;
    this.#length = isWhole ? (width * 3) / 4 : width * 3;
  }

  /** Whether row `y` of the screen is that of a picture. */
  shows(number: number, y: number): boolean {
    const row = this.#row(number, y);
    const from = y * this.#length;
    for (let at = 0; at < row.length; at++) if (row[at] !== this.#words[from + at]) return false;
    return true;
  }

  #row(number: number, y: number): Uint32Array | Uint8Array {
    const { width, height } = this.#screen;
    const row = flipRow(number, y, width, height);
    const key = `${row.left} ${row.rest}`;
    let found = this.#rows.get(key);
    if (found === undefined) {
      const bytes = rgbOf(row, width);
      found = this.#words instanceof Uint8Array ? bytes : new Uint32Array(bytes.buffer);
      this.#rows.set(key, found);
    }
    return found;
  }
}

function rgbOf({ left, right, rest }: FlipRow, width: number): Uint8Array {
  const bytes = new Uint8Array(width * 3);
  for (let x = 0; x < width; x++) {
    const pixel = x >= left && x < right ? BAR : rest;
    bytes.set([pixel >> 16, (pixel >> 8) & 0xff, pixel & 0xff], x * 3);
  }
  return bytes;
}
